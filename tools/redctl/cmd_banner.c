// SPDX-License-Identifier: GPL-2.0-or-later
/* banner motd: what the console of the active module prints first (S-215). */
#include "configure.h"

static int run(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	return configure(ctx, 3, "banner", "motd", args[0]);
}

static int run_no(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	return configure(ctx, 3, "no", "banner", "motd");
}

COMMAND(banner) = {
	.syntax = "banner motd <TEXT>",
	.summary = "Sets the text that the console prints when a session begins.",
	.help = "1 to 320 printable ASCII characters, quoted; \\n in it begins a new line. It is\n"
		"seen on the active module only.",
	.run = run,
};

COMMAND(no_banner) = {
	.syntax = "no banner motd",
	.summary = "Removes that text.",
	.help = "There is none by default.",
	.run = run_no,
};
