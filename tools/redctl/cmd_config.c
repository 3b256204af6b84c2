// SPDX-License-Identifier: GPL-2.0-or-later
/* show running-config: the commands that recreate what runs now. */
#include "configure.h"

static int run(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	char text[CONFIG_TEXT_MAX];
	enum flash_which image;
	struct out *o = &ctx->out;
	struct rd_chassis chassis;
	struct config c;
	struct rd_mm mm;
	int status = configure_running(ctx, &c, &image), err, dirty;

	if (status)
		return status;
	err = rd_get_chassis(ctx->rd, ctx->instance, &chassis);
	if (!err)
		err = rd_get_mm(ctx->rd, ctx->instance, chassis.own_slot, &mm);
	dirty = err ? err : config_dirty(ctx->rd, ctx->instance);
	if (dirty < 0)
		return session_fail(ctx, dirty);
	config_render(&c, chassis.part, mm.sw_version, text);
	out_text(o, "\nRunning configuration:\n\n");
	out_flag(o, "ok", NULL, true);
	out_flag(o, "saved", NULL, !dirty);
	out_lines(o, text);
	if (o->style == OUT_JSON)
		out_config(o, &c);
	return STATUS_DONE;
}

COMMAND(show_running) = {
	.syntax = "show running-config",
	.summary = "Displays the running configuration as the commands that recreate it.",
	.help = "What is as by default is left out, but for redundancy, fabric modules and\n"
		"heartbeat. In JSON `saved' says that the stored configuration is the same.",
	.run = run,
};
