// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * update: a release image from a file into this module's flash (S-232). The one
 * way that never reaches the other module (C-33).
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "../lib/fit.h"
#include "../lib/flash.h"
#include "redctl.h"

/* A file that is no image, or damaged, never gets into the flash. */
static int load(struct ctx *ctx, const char *file, struct fit **fit)
{
	char why[FIT_WHY_MAX] = "";
	int err = fit_load(file, fit, why, sizeof(why));

	if (err == -ENOENT)
		return fail(ctx, STATUS_REFUSED, "no-file", "%.200s: there is no such file", file);
	if (!err)
		err = fit_verify(*fit, why, sizeof(why));
	if (!err)
		return STATUS_DONE;
	return fail(ctx, STATUS_REFUSED, err == -EBADMSG ? "bad-image" : "error", "%.200s: %s",
		    file, why);
}

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

static int write_flash(struct ctx *ctx, enum flash_which which, const struct fit *fit)
{
	char path[FLASH_PATH_MAX];
	const void *data;
	size_t len;
	int err;

	data = fit_data(fit, &len);
	err = flash_path(flash_dir(), which, path, sizeof(path));
	if (!err)
		err = flash_replace(path, data, len);
	if (!err)
		return STATUS_DONE;
	return fail(ctx, STATUS_REFUSED, err == -EACCES || err == -EROFS ? "permission" : "flash",
		    "%s flash: %s; it holds what it held before", flash_name(which),
		    strerror(-err));
}

static void report(struct ctx *ctx, enum flash_which which, const struct fit_info *info)
{
	struct out *o = &ctx->out;

	out_text(o, "%s flash holds version %s build %u. It runs from the next boot from %s on.\n",
		 flash_title(which), info->version, info->build, flash_name(which));
	out_flag(o, "ok", NULL, true);
	out_str(o, "flash", NULL, flash_name(which));
	out_str(o, "version", NULL, info->version);
	out_num(o, "build", NULL, info->build);
	out_num(o, "bytes", NULL, info->size);
}

static int run(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	enum flash_which which = FLASH_PRIMARY;
	struct fit_info info;
	struct fit *fit = NULL;
	int status;

	if (args[1] && !flash_value(args[1], &which))
		return fail(ctx, STATUS_USAGE, "usage", "expected: primary, secondary");
	if (access(flash_dir(), R_OK | X_OK))
		return fail(ctx, STATUS_REFUSED, "no-flash", "%.60s: %s", flash_dir(),
			    strerror(errno));
	status = load(ctx, args[0], &fit);
	if (!status) {
		fit_info(fit, &info);
		status = confirm(ctx, which, &info) ? write_flash(ctx, which, fit) : STATUS_REFUSED;
	}
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
		"or the new one. The other module is not touched: while the two run different\n"
		"software, show redundancy warns.",
	.options = OPT_YES,
	.flags = CMD_LOCAL,
	.run = run,
};
