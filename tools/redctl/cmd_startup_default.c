// SPDX-License-Identifier: GPL-2.0-or-later
/* startup-default: the stored configuration that an image boots with (S-206, S-231). */
#include "configure.h"
#include "sync.h"

static int assign(struct ctx *ctx, const char *image_name, const char *name)
{
	char text[CONFIG_TEXT_MAX], why[CONFIG_WHY_MAX];
	unsigned int i, number = config_number(name);
	struct out *o = &ctx->out;
	enum flash_which image = FLASH_PRIMARY;
	int status = configure_owner(ctx), err;

	if (status)
		return status;
	err = config_load(number, text, why);
	if (err < 0)
		return configure_fail(ctx, err, why);
	if (image_name)
		flash_value(image_name, &image);
	for (i = 0, err = 0; i < FLASH_IMAGES && !err; i++)
		if (!image_name || i == image)
			err = config_assign(i, number, why);
	if (err)
		return configure_fail(ctx, err, why);
	out_flag(o, "ok", NULL, true);
	out_str(o, "name", NULL, name);
	out_list(o, "images");
	for (i = 0; i < FLASH_IMAGES; i++)
		if (!image_name || i == image)
			out_str(o, NULL, NULL, flash_name(i));
	out_close(o);
	return sync_commit(ctx, "config", SYNC_CONFIG_S, "The choice is stored");
}

static int run_image(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	return assign(ctx, args[0], args[1]);
}

static int run_both(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	return assign(ctx, NULL, args[0]);
}

COMMAND(startup_default_image) = {
	.syntax = "startup-default <primary|secondary> config <config1|config2|config3>",
	.summary = "Chooses the stored configuration for boots from one flash image.",
	.help = "It has to exist. The file in use now stays in use until the next boot. The\n"
		"standby gets file and choice at once; the last line says which modules have them.",
	.options = OPT_TIMEOUT,
	.run = run_image,
};

COMMAND(startup_default) = {
	.syntax = "startup-default config <config1|config2|config3>",
	.summary = "Chooses the stored configuration for boots from either flash image.",
	.help = "It has to exist. The file in use now stays in use until the next boot. The\n"
		"standby gets file and choice at once; the last line says which modules have them.",
	.options = OPT_TIMEOUT,
	.run = run_both,
};
