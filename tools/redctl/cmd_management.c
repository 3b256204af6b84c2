// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * [no] redundancy management-module: redundant management on and off
 * (S-054..S-073; y does it, C-01; the prompts' texts: S-057, C-04).
 */
#include "session.h"

static const char enable_question[] =
	"All configuration files and software images on the off-line management\n"
	"module will be overwritten with the data from the current active\n"
	"management module. Do you want to continue [y/n]?";

static const char disable_question[] =
	"The other management module will no longer be used for system\n"
	"redundancy except in the case of a HW failure of the active management\n"
	"module. Do you want to continue [y/n]?";

static int set(struct ctx *ctx, bool on)
{
	int err;

	if (!ask(ctx, on ? enable_question : disable_question))
		return STATUS_REFUSED;
	err = rd_set_redundancy(ctx->rd, ctx->instance, on, session_requester());
	if (err)
		return session_fail(ctx, err);
	out_flag(&ctx->out, "ok", NULL, true);
	out_flag(&ctx->out, "redundancy", NULL, on);
	return STATUS_DONE;
}

static int run_on(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	return set(ctx, true);
}

static int run_off(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	return set(ctx, false);
}

COMMAND(management) = {
	.syntax = "redundancy management-module",
	.summary = "Enables redundant management.",
	.help = "The other management module becomes the standby. Asks first: its files and\n"
		"images will be overwritten with those of the active one.",
	.options = OPT_YES,
	.run = run_on,
};

COMMAND(no_management) = {
	.syntax = "no redundancy management-module",
	.summary = "Disables redundant management.",
	.help = "The other management module goes offline; it takes over only when the hardware\n"
		"of the active one fails. Asks first. The setting survives power cycles.",
	.options = OPT_YES,
	.run = run_off,
};
