// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * auto-tftp: a newer image for both modules, and a boot of the whole system
 * (S-214).
 */
#include <string.h>
#include "configure.h"
#include "image.h"
#include "sync.h"

/* Is this very image in primary flash? */
static bool is_there(const struct fit *fit)
{
	char path[FLASH_PATH_MAX];
	const void *mine, *there;
	struct fit *old = NULL;
	size_t len, old_len;
	bool same = false;

	mine = fit_data(fit, &len);
	if (!flash_path(flash_dir(), FLASH_PRIMARY, path, sizeof(path)) &&
	    !fit_load(path, &old, NULL, 0)) {
		there = fit_data(old, &old_len);
		same = len == old_len && !memcmp(mine, there, len);
	}
	fit_free(old);
	return same;
}

static int boot_system(struct ctx *ctx)
{
	struct rd_boot boot = {
		.kind = REDUND_REBOOT_KIND_BOOT_SYSTEM,
		.image = REDUND_BOOT_IMAGE_PRIMARY,
		.origin = session_origin(ctx),
	};
	uint32_t id;
	int err = rd_reboot(ctx->rd, ctx->instance, &boot, session_requester(), &id);

	return err ? session_fail(ctx, err) : STATUS_DONE;
}

static int install(struct ctx *ctx, const struct fit_info *info, const char *path, int fd)
{
	char done[128];
	int status = image_take(ctx, FLASH_PRIMARY, path, fd);

	if (status)
		return status;
	snprintf(done, sizeof(done), "Primary flash holds version %s build %u", info->version,
		 info->build);
	out_text(&ctx->out, "%s.\n", done);
	image_out(&ctx->out, FLASH_PRIMARY, info);
	/* both boot it: a standby without it must not */
	status = image_spread(ctx, FLASH_PRIMARY, done);
	return status ? status : boot_system(ctx);
}

static int run(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	static const char question[] =
		"The Primary OS Image of both management modules will be replaced if the server's\n"
		"is another one, and the system will then reboot. Do you want to continue [y/n]?";
	enum flash_which which;
	char path[FLASH_PATH_MAX];
	struct fit *fit = NULL;
	struct fit_info info;
	int status = image_which(ctx, NULL, &which), fd;

	if (!status)
		status = configure_owner(ctx);
	if (!status)
		status = configure_offer(ctx);
	if (!status && !ask(ctx, question))
		status = STATUS_REFUSED;
	if (!status)
		status = image_fetch(ctx, args[0], args[1], path, &fd, &fit);
	if (status)
		return status;
	fit_info(fit, &info);
	if (is_there(fit)) {
		image_drop(path, fd);
		status = fail(ctx, STATUS_REFUSED, "already", "primary flash holds it already; %s",
			      "nothing was changed");
	} else {
		status = install(ctx, &info, path, fd);
	}
	fit_free(fit);
	return status;
}

COMMAND(auto_tftp) = {
	.syntax = "auto-tftp <ADDRESS> <FILENAME>",
	.summary = "Downloads a release image to both management modules and boots the system.",
	.help = "Offers first to save changes of the configuration, then asks. An image that\n"
		"primary flash does not hold yet replaces it on both modules as `copy tftp flash'\n"
		"does; then the whole system boots it. It does not boot while a module in standby\n"
		"mode lacks the image (exit status 4).",
	.options = OPT_YES | OPT_TIMEOUT,
	.run = run,
};
