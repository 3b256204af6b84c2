// SPDX-License-Identifier: GPL-2.0-or-later
/* write memory: the running configuration becomes the stored one (S-233). */
#include <string.h>
#include "configure.h"

static int render(struct ctx *ctx, char *text, enum flash_which *image)
{
	struct rd_chassis chassis;
	struct config c;
	struct rd_mm mm;
	int status = configure_running(ctx, &c, image), err;

	if (status)
		return status;
	err = rd_get_chassis(ctx->rd, ctx->instance, &chassis);
	if (!err)
		err = rd_get_mm(ctx->rd, ctx->instance, chassis.own_slot, &mm);
	if (err)
		return session_fail(ctx, err);
	config_render(&c, chassis.part, mm.sw_version, text);
	return STATUS_DONE;
}

int configure_store(struct ctx *ctx, unsigned int *number, size_t *bytes)
{
	char text[CONFIG_TEXT_MAX], why[CONFIG_WHY_MAX];
	enum flash_which image;
	int status = configure_owner(ctx), err;

	if (!status)
		status = render(ctx, text, &image);
	if (status)
		return status;
	*number = config_startup(image);
	*bytes = strlen(text);
	err = config_store(*number, text, why);
	return err ? configure_fail(ctx, err, why) : STATUS_DONE;
}

static int run(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	struct out *o = &ctx->out;
	unsigned int number;
	char name[16];
	size_t bytes;
	int status = configure_store(ctx, &number, &bytes);

	if (status)
		return status;
	snprintf(name, sizeof(name), "config%u", number);
	out_flag(o, "ok", NULL, true);
	out_str(o, "name", "The running configuration is stored in %s.\n", name);
	out_num(o, "bytes", NULL, bytes);
	return STATUS_DONE;
}

COMMAND(write_memory) = {
	.syntax = "write memory",
	.summary = "Stores the running configuration in this module's flash.",
	.help = "The file in use (`show config files') is replaced whole: at every moment, over a\n"
		"power loss too, the old or the new one is there. Done means that it is in flash.",
	.run = run,
};
