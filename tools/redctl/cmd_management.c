// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * [no] redundancy management-module: redundant management on and off
 * (S-054..S-073; y does it, C-01; the prompts' texts: S-057, C-04). The stored
 * configuration in use says so at once (S-066), that line of it only.
 */
#include "configure.h"

static const char enable_question[] =
	"All configuration files and software images on the off-line management\n"
	"module will be overwritten with the data from the current active\n"
	"management module. Do you want to continue [y/n]?";

static const char disable_question[] =
	"The other management module will no longer be used for system\n"
	"redundancy except in the case of a HW failure of the active management\n"
	"module. Do you want to continue [y/n]?";

static int store(struct ctx *ctx, bool on)
{
	char why[CONFIG_WHY_MAX];
	enum flash_which image;
	int err = config_booted(ctx->rd, ctx->instance, &image);

	if (err)
		return session_fail(ctx, err);
	err = config_store_redundancy(config_startup(image), on, why);
	if (err < 0)
		return fail(ctx, STATUS_REFUSED, "not-stored",
			    "redundancy is %s, but the stored configuration does not say so: %s",
			    on ? "enabled" : "disabled", why);
	return STATUS_DONE;
}

static int set(struct ctx *ctx, bool on)
{
	int err, status;

	if (!ask(ctx, on ? enable_question : disable_question))
		return STATUS_REFUSED;
	err = rd_set_redundancy(ctx->rd, ctx->instance, on, session_requester());
	if (err)
		return session_fail(ctx, err);
	status = store(ctx, on);
	if (status)
		return status;
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
		"images will be overwritten with those of the active one. The stored configuration\n"
		"in use says so at once.",
	.options = OPT_YES,
	.run = run_on,
};

COMMAND(no_management) = {
	.syntax = "no redundancy management-module",
	.summary = "Disables redundant management.",
	.help = "The other management module goes offline; it takes over only when the hardware\n"
		"of the active one fails. Asks first. The stored configuration in use says so\n"
		"at once.",
	.options = OPT_YES,
	.run = run_off,
};
