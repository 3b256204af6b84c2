// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * update: a release image from a file into this module's flash (S-232). The one
 * way that never reaches the other module by itself (C-33).
 */
#include <errno.h>
#include <string.h>
#include "../lib/hold.h"
#include "image.h"

static bool confirm(struct ctx *ctx, enum flash_which which, const struct fit_info *info)
{
	char question[384];

	snprintf(question, sizeof(question),
		 "The %s flash of this management module will be overwritten with\n"
		 "version %s build %u. The other management module keeps its images.\n"
		 "Do you want to continue [y/n]?",
		 flash_name(which), info->version, info->build);
	return ask(ctx, question);
}

/* Held back before it is written: redsyncd looks as soon as it is there. */
static int write_held(struct ctx *ctx, enum flash_which which, const struct fit *fit)
{
	bool held = hold_read(flash_dir(), flash_name(which));
	int err = hold_set(flash_dir(), flash_name(which), true), status;

	if (err)
		return image_fail(ctx, which, err);
	status = image_write(ctx, which, fit);
	if (status && !held)
		hold_set(flash_dir(), flash_name(which), false);
	return status;
}

static void report(struct ctx *ctx, enum flash_which which, const struct fit_info *info)
{
	out_text(&ctx->out,
		 "%s flash holds version %s build %u. It runs from the next boot from %s on.\n"
		 "The other management module keeps its image until `redctl sync image'.\n",
		 flash_title(which), info->version, info->build, flash_name(which));
	image_out(&ctx->out, which, info);
}

static int run(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	enum flash_which which;
	struct fit_info info;
	struct fit *fit = NULL;
	int status = image_which(ctx, args[1], &which);

	if (!status)
		status = image_load(ctx, args[0], args[0], &fit);
	if (status)
		return status;
	fit_info(fit, &info);
	status = confirm(ctx, which, &info) ? write_held(ctx, which, fit) : STATUS_REFUSED;
	if (!status)
		report(ctx, which, &info);
	fit_free(fit);
	return status;
}

COMMAND(update) = {
	.syntax = "update <FILE> [primary|secondary]",
	.summary = "Writes a release image from a file into this module's flash.",
	.help = "Asks first. Without a flash it is primary. The image is verified before, and the\n"
		"flash is replaced whole: after a failure or a loss of power it holds the old image\n"
		"or the new one. The other module is not touched, and the image is held back from\n"
		"it until `sync image' or a download to that flash: while the two run different\n"
		"software, show redundancy warns.",
	.options = OPT_YES,
	.flags = CMD_LOCAL,
	.run = run,
};
