// SPDX-License-Identifier: GPL-2.0-or-later
/* front-panel-security: what the buttons may do (S-227). */
#include "configure.h"

static int run(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	return configure(ctx, 2, "front-panel-security", args[0]);
}

static int run_no(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	return configure(ctx, 3, "no", "front-panel-security", args[0]);
}

static int run_show(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	struct config c;
	enum flash_which image;
	int status = configure_running(ctx, &c, &image);

	if (status)
		return status;
	out_flag(&ctx->out, "ok", NULL, true);
	out_front_panel(&ctx->out, &c);
	return STATUS_DONE;
}

static const char help[] =
	"A setting of the active module only; all three are enabled by default. They are\n"
	"kept, stored and shown. No program of this release has passwords, so the Clear\n"
	"button clears none, whatever is set.";

COMMAND(front_panel) = {
	.syntax = "front-panel-security <factory-reset|password-clear|password-recovery>",
	.summary = "Allows the front panel's buttons to do that.",
	.help = help,
	.run = run,
};

COMMAND(no_front_panel) = {
	.syntax = "no front-panel-security <factory-reset|password-clear|password-recovery>",
	.summary = "Forbids it.",
	.help = help,
	.run = run_no,
};

COMMAND(show_front_panel) = {
	.syntax = "show front-panel-security",
	.summary = "Displays what the front panel's buttons may do.",
	.help = help,
	.run = run_show,
};
