// SPDX-License-Identifier: GPL-2.0-or-later
/* hostname: the name in the console's prompt (S-029). */
#include "configure.h"

static int run(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	return configure(ctx, 2, "hostname", args[0]);
}

static int run_no(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	return configure(ctx, 2, "no", "hostname");
}

COMMAND(hostname) = {
	.syntax = "hostname <NAME>",
	.summary = "Sets the name in the console's prompt.",
	.help = "1 to 25 printable ASCII characters; quote a name with blanks.",
	.run = run,
};

COMMAND(no_hostname) = {
	.syntax = "no hostname",
	.summary = "The prompt shows the first word of the module's description again.",
	.help = "It comes from the module's EEPROM.",
	.run = run_no,
};
