// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * boot set-default flash: the image that this module boots from now on (S-200,
 * S-202). What it was booted from is not touched by it (S-046).
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "../lib/fit.h"
#include "../lib/flash.h"
#include "sync.h"

/* S-201, wrapped as figure 15-23 */
static const char question[] =
	"This command changes the location of the default boot. This command will\n"
	"change the default flash image to boot from %s. Hereafter,\n"
	"'reload' and 'boot' commands will boot from %s. Do you want to\n"
	"continue [y/n]?";

/* An image that does not boot may be chosen: it can be written afterwards, and
 * the boot ROM takes the other one. But it is said.
 */
static void warn_of_image(struct ctx *ctx, const char *dir, enum flash_which which)
{
	char path[FLASH_PATH_MAX], why[FIT_WHY_MAX] = "";
	struct fit *fit = NULL;
	int err;

	if (flash_path(dir, which, path, sizeof(path)))
		return;
	err = fit_load(path, &fit, why, sizeof(why));
	if (!err)
		err = fit_verify(fit, why, sizeof(why));
	fit_free(fit);
	if (err == -ENOENT)
		fprintf(stderr, "%s: warning: the %s flash is blank\n", ctx->prog,
			flash_name(which));
	else if (err)
		fprintf(stderr, "%s: warning: the image in %s flash is corrupt: %s\n", ctx->prog,
			flash_name(which), why);
}

static int run(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	const char *dir = flash_dir();
	struct sync_result r;
	enum flash_which which;
	struct boot_env env;
	char text[512];
	int err;

	if (!flash_value(args[0], &which))
		return fail(ctx, STATUS_USAGE, "usage", "expected: primary, secondary");
	if (access(dir, R_OK | X_OK))
		return fail(ctx, STATUS_REFUSED, "no-flash", "%.60s: %s", dir, strerror(errno));
	warn_of_image(ctx, dir, which);
	snprintf(text, sizeof(text), question, flash_name(which), flash_name(which));
	if (!ask(ctx, text))
		return STATUS_REFUSED;
	/* read after the question: it may have waited for long */
	err = boot_env_read(dir, &env);
	if (err && err != -EBADMSG)
		return fail(ctx, STATUS_REFUSED, "flash", "boot settings: %s", strerror(-err));
	env.default_image = which;
	err = boot_env_write(dir, &env);
	if (err)
		return fail(ctx, STATUS_REFUSED, err == -EACCES ? "permission" : "flash",
			    "boot settings: %s", strerror(-err));
	out_flag(&ctx->out, "ok", NULL, true);
	out_str(&ctx->out, "default_boot", NULL, flash_name(which));
	/* the boot environment is one with the stored configurations (S-226) */
	sync_wait(ctx, "config", NULL, sync_seconds(ctx, SYNC_CONFIG_S), &r);
	return sync_quiet(ctx, &r, "It is set");
}

COMMAND(boot_default) = {
	.syntax = "boot set-default flash <primary|secondary>",
	.summary = "Sets the default flash for the next boot.",
	.help = "Asks first. From then on this module boots from that flash image, unless another\n"
		"one is chosen at the boot profile prompt. Warns of an image that is blank or\n"
		"corrupt. What the module was booted from stays in show version. On the active\n"
		"module it waits until the standby has it, too; -j says which modules have it.",
	.options = OPT_YES | OPT_TIMEOUT,
	.flags = CMD_LOCAL,
	.run = run,
};
