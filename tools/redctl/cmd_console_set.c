// SPDX-License-Identifier: GPL-2.0-or-later
/* console: settings of the console, the same on both modules (S-218). */
#include "configure.h"

#define RATES "<speed-sense|1200|2400|4800|9600|19200|38400|57600|115200>"

static int run_mode(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	return configure(ctx, 3, "console", "mode", args[0]);
}

static int run_baud(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	return configure(ctx, 3, "console", "baud-rate", args[0]);
}

static int run_flow(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	return configure(ctx, 3, "console", "flow-control", args[0]);
}

static int run_timer(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	return configure(ctx, 3, "console", "inactivity-timer", args[0]);
}

static int run_show(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	struct config c;
	enum flash_which image;
	int status = configure_running(ctx, &c, &image);

	if (status)
		return status;
	out_text(&ctx->out, "\n Console/Serial Link\n\n");
	out_flag(&ctx->out, "ok", NULL, true);
	out_console(&ctx->out, &c);
	return STATUS_DONE;
}

COMMAND(console_mode) = {
	.syntax = "console mode <vt100|ansi|none>",
	.summary = "Sets the terminal type of the console.",
	.help = "One setting for both modules, kept and shown; redctl's console goes by TERM of\n"
		"its terminal. Default: vt100.",
	.run = run_mode,
};

COMMAND(console_baud) = {
	.syntax = "console baud-rate " RATES,
	.summary = "Sets the speed of the serial console.",
	.help = "One setting for both modules. A console session sets its line to it before its\n"
		"next prompt, and back at its end. Default: speed-sense, the line keeps its speed.",
	.run = run_baud,
};

COMMAND(console_flow) = {
	.syntax = "console flow-control <xon/xoff|none>",
	.summary = "Sets the flow control of the serial console.",
	.help = "One setting for both modules. A console session sets its line to it before its\n"
		"next prompt, and back at its end. Default: none: Ctrl-S does not stop the output.",
	.run = run_flow,
};

COMMAND(console_timer) = {
	.syntax = "console inactivity-timer <MINUTES>",
	.summary = "Ends a console session after so many minutes without input.",
	.help = "0 to 120 minutes; 0, the default: never.",
	.run = run_timer,
};

COMMAND(show_console) = {
	.syntax = "show console",
	.summary = "Displays the settings of the console.",
	.help = "They are the same on both modules.",
	.run = run_show,
};
