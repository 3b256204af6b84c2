// SPDX-License-Identifier: GPL-2.0-or-later
/* sync, show sync: the synchronization of the two modules (A-051, A-052, N-004). */
#include <string.h>
#include "sync.h"

static int run(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	const char *what = args[0] ? args[0] : "all";
	struct sync_result r;
	struct out *o = &ctx->out;
	unsigned int slot;

	sync_force(ctx, what, ctx->opt.given & OPT_FORCE, sync_seconds(ctx, SYNC_IMAGE_S), &r);
	if (!r.ok)
		return fail(ctx, r.timed_out ? STATUS_TIME_OUT : STATUS_REFUSED, r.reason, "%s",
			    r.text[0] ? r.text : "it is not synchronized");
	out_flag(o, "ok", NULL, true);
	out_str(o, "what", "Synchronized: %s.\n", what);
	out_list(o, "affected");
	for (slot = 1; slot <= RD_SLOTS; slot++)
		if (r.affected & 1u << slot)
			out_num(o, NULL, NULL, slot);
	out_close(o);
	return STATUS_DONE;
}

COMMAND(sync) = {
	.syntax = "sync [config|image|all]",
	.summary = "Synchronizes the standby now, and waits for it.",
	.help = "Without a word: all. Compares every file anew and sends what differs, also an\n"
		"image that `update' held back. Files of the standby that are newer than the\n"
		"active's, because that module was active and had them alone, are a conflict,\n"
		"which --force decides for the active's. --timeout S bounds it (300 s).",
	.options = OPT_FORCE | OPT_TIMEOUT,
	.flags = CMD_LOCAL,
	.run = run,
};

static int run_show(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	struct sync_result r;
	json_t *status = sync_status(&r);

	if (!status)
		return fail(ctx, STATUS_REFUSED, r.reason, "%s", r.text);
	out_text(&ctx->out, "Synchronization\n-----\n");
	out_flag(&ctx->out, "ok", NULL, true);
	out_sync(&ctx->out, status);
	json_decref(status);
	return STATUS_DONE;
}

COMMAND(show_sync) = {
	.syntax = "show sync",
	.summary = "Displays what is kept equal on the two modules, and how far it is.",
	.help = "One row for each item: its state, generation and digest on this module and the\n"
		"other one, bytes, and the seconds since both were seen equal. Below it what is\n"
		"being copied, and what went wrong. --watch follows it.",
	.flags = CMD_LOCAL | CMD_POLLED,
	.run = run_show,
};
