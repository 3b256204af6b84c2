// SPDX-License-Identifier: GPL-2.0-or-later
/* configure, exit, end, logout: the contexts of the interactive console (S-029). */
#include "redctl.h"

static int go(struct ctx *ctx, enum console_context context)
{
	ctx->context = context;
	out_flag(&ctx->out, "ok", NULL, true);
	return STATUS_DONE;
}

static int run_configure(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	return go(ctx, CONTEXT_CONFIG);
}

static int run_leave(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	return go(ctx, CONTEXT_EXEC);
}

static int run_exit(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	return go(ctx, ctx->context == CONTEXT_CONFIG ? CONTEXT_EXEC : CONTEXT_LEFT);
}

static int run_logout(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	return go(ctx, CONTEXT_LEFT);
}

COMMAND(configure) = {
	.syntax = "configure [terminal]",
	.summary = "Goes to the configuration context.",
	.help = "The prompt becomes NAME(config)#. Every command works in both contexts.",
	.flags = CMD_LOCAL | CMD_CONSOLE,
	.run = run_configure,
};

COMMAND(end) = {
	.syntax = "end",
	.summary = "Leaves the configuration context.",
	.help = "The prompt becomes NAME#.",
	.flags = CMD_LOCAL | CMD_CONSOLE,
	.run = run_leave,
};

COMMAND(exit) = {
	.syntax = "exit",
	.summary = "Leaves the configuration context, then the session.",
	.help = "In the configuration context the prompt becomes NAME#; there it ends the session.",
	.flags = CMD_LOCAL | CMD_CONSOLE,
	.run = run_exit,
};

COMMAND(logout) = {
	.syntax = "logout",
	.summary = "Ends the session.",
	.help = "So does Ctrl-D at the beginning of a line.",
	.flags = CMD_LOCAL | CMD_CONSOLE,
	.run = run_logout,
};
