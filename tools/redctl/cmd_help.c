// SPDX-License-Identifier: GPL-2.0-or-later
/* help: listed here as a command; main.c takes its words as they come. */
#include "redctl.h"

static int run(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	return help_words(ctx, args, args[0] ? 1 : 0);
}

COMMAND(help) = {
	.syntax = "help [COMMAND]",
	.summary = "Prints all commands, or one command's page.",
	.help = "COMMAND may be several words, or their beginning.",
	.flags = CMD_LOCAL,
	.run = run,
};
