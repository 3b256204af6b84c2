// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * copy ... flash: a release image into the flash of this module, and so of the
 * standby (S-159 to S-162, S-219, S-221).
 */
#include <string.h>
#include "configure.h"
#include "image.h"

static bool confirm(struct ctx *ctx, enum flash_which which)
{
	char question[80];

	snprintf(question, sizeof(question), "The %s OS Image will be deleted, continue [y/n]?",
		 flash_title(which));
	return ask(ctx, question);
}

static int prepare(struct ctx *ctx, const char *word, enum flash_which *which)
{
	int status = image_which(ctx, word, which);

	if (!status)
		status = configure_owner(ctx);
	if (status)
		return status;
	return confirm(ctx, *which) ? STATUS_DONE : STATUS_REFUSED;
}

static int finish(struct ctx *ctx, enum flash_which which, const struct fit_info *info)
{
	char done[128];

	snprintf(done, sizeof(done), "%s flash holds version %s build %u", flash_title(which),
		 info->version, info->build);
	out_text(&ctx->out, "%s.\n", done);
	image_out(&ctx->out, which, info);
	return image_spread(ctx, which, done);
}

static int run_tftp(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	enum flash_which which;
	char path[FLASH_PATH_MAX];
	struct fit *fit = NULL;
	struct fit_info info;
	int status = prepare(ctx, args[2], &which), fd;

	if (!status)
		status = image_fetch(ctx, args[0], args[1], path, &fd, &fit);
	if (status)
		return status;
	fit_info(fit, &info);
	fit_free(fit);
	status = image_take(ctx, which, path, fd);
	return status ? status : finish(ctx, which, &info);
}

static int run_file(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	enum flash_which which;
	struct fit *fit = NULL;
	struct fit_info info;
	int status = image_which(ctx, args[1], &which);

	if (!status)
		status = configure_owner(ctx);
	if (!status)
		status = image_load(ctx, args[0], args[0], &fit);
	if (status)
		return status;
	fit_info(fit, &info);
	status = confirm(ctx, which) ? image_write(ctx, which, fit) : STATUS_REFUSED;
	fit_free(fit);
	return status ? status : finish(ctx, which, &info);
}

COMMAND(copy_tftp_flash) = {
	.syntax = "copy tftp flash <ADDRESS> <FILENAME> [primary|secondary]",
	.summary = "Downloads a release image into the flash of both management modules.",
	.help = "Asks first. Without a flash it is primary. The image is verified before the\n"
		"flash is replaced, whole or not at all. The standby's flash follows at once; it is\n"
		"waited for, and the last line says which modules have it. One that is not in\n"
		"standby mode is not affected. --timeout S bounds the download and the wait, 300 s\n"
		"each. ADDRESS as for `copy crash-log tftp'.",
	.options = OPT_YES | OPT_TIMEOUT,
	.run = run_tftp,
};

COMMAND(copy_file_flash) = {
	.syntax = "copy <FILENAME> flash [primary|secondary]",
	.summary = "Writes a release image from a file into the flash of both management modules.",
	.help = "As `copy tftp flash', from a file of this module. `update' writes this module's\n"
		"flash only.",
	.options = OPT_YES | OPT_TIMEOUT,
	.run = run_file,
};
