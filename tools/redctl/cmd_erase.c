// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * erase: a flash image, a stored configuration (S-223 to S-225). The standby's
 * follow when it is in standby mode (C-34).
 */
#include <errno.h>
#include <string.h>
#include "configure.h"
#include "image.h"
#include "sync.h"

static int run_flash(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	char question[200], done[64], path[FLASH_PATH_MAX];
	enum flash_which which;
	int status = image_which(ctx, args[0], &which), err;

	if (!status)
		status = configure_owner(ctx);
	if (status)
		return status;
	snprintf(question, sizeof(question), "%sThe %s OS Image will be deleted, continue [y/n]?",
		 image_bootable(!which) ? "" : "The other flash holds no image that boots.\n",
		 flash_title(which));
	if (!ask(ctx, question))
		return STATUS_REFUSED;
	err = flash_path(flash_dir(), which, path, sizeof(path));
	if (!err)
		err = flash_remove(path);
	if (err)
		return image_fail(ctx, which, err);
	snprintf(done, sizeof(done), "%s flash is blank", flash_title(which));
	out_text(&ctx->out, "%s.\n", done);
	out_flag(&ctx->out, "ok", NULL, true);
	out_str(&ctx->out, "flash", NULL, flash_name(which));
	return image_spread(ctx, which, done);
}

static int erase_config(struct ctx *ctx, unsigned int number, const char *question)
{
	char text[CONFIG_TEXT_MAX], why[CONFIG_WHY_MAX], name[16], done[48];
	int err = config_load(number, text, why);

	/* one that cannot be read can be erased */
	if (err == -ENOENT)
		return configure_fail(ctx, err, why);
	if (!ask(ctx, question))
		return STATUS_REFUSED;
	err = config_erase(number, why);
	if (err)
		return configure_fail(ctx, err, why);
	snprintf(name, sizeof(name), "config%u", number);
	snprintf(done, sizeof(done), "%s is erased", name);
	out_text(&ctx->out, "%s.\n", done);
	out_flag(&ctx->out, "ok", NULL, true);
	out_str(&ctx->out, "name", NULL, name);
	return sync_commit(ctx, "config", SYNC_CONFIG_S, done);
}

static int run_config(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	char question[80];
	int status = configure_owner(ctx);

	if (status)
		return status;
	snprintf(question, sizeof(question), "%s will be deleted, continue [y/n]?", args[0]);
	return erase_config(ctx, config_number(args[0]), question);
}

static int run_startup(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	int status = configure_owner(ctx);
	unsigned int number;

	if (!status)
		status = configure_startup(ctx, &number);
	if (status)
		return status;
	return erase_config(ctx, number, "Configuration will be deleted, continue [y/n]?");
}

COMMAND(erase_flash) = {
	.syntax = "erase flash [primary|secondary]",
	.summary = "Erases a flash image of both management modules.",
	.help = "Asks first, and says when the other flash holds no image that boots. Without a\n"
		"flash it is primary. On a module that is not in standby mode nothing is erased;\n"
		"the command says which modules were affected.",
	.options = OPT_YES | OPT_TIMEOUT,
	.run = run_flash,
};

COMMAND(erase_config) = {
	.syntax = "erase config <config1|config2|config3>",
	.summary = "Erases a stored configuration of both management modules.",
	.help = "Asks first. What runs stays as it is; a boot that would read the file takes the\n"
		"defaults. On a module that is not in standby mode nothing is erased; the command\n"
		"says which modules were affected.",
	.options = OPT_YES | OPT_TIMEOUT,
	.run = run_config,
};

COMMAND(erase_startup) = {
	.syntax = "erase startup-config",
	.summary = "Erases the stored configuration in use of both management modules.",
	.help = "As `erase config' of the file in use. Nothing is rebooted.",
	.options = OPT_YES | OPT_TIMEOUT,
	.run = run_startup,
};
