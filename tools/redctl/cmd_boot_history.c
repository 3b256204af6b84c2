// SPDX-License-Identifier: GPL-2.0-or-later
/* show boot-history: why the management modules went down (S-265 to S-268). */
#include <stdlib.h>
#include <string.h>
#include "../lib/down.h"
#include "objects.h"
#include "session.h"

static void show_record(struct out *o, const struct rd_down *d)
{
	char line[DOWN_LINE_MAX], text[DOWN_TEXT_MAX], clean[DOWN_TEXT_MAX];

	out_text(o, "%s\n%s\n", down_line(line, d),
		 out_clean(clean, sizeof(clean), down_text(text, d)));
}

static void out_record(struct out *o, const struct rd_down *d)
{
	char text[DOWN_TEXT_MAX];

	out_open(o, NULL);
	out_num(o, "id", NULL, d->id);
	out_num(o, "slot", NULL, d->slot);
	out_str(o, "role", NULL, rd_name(RD_ROLE, d->role));
	out_str(o, "why", NULL, rd_name(RD_DOWN_WHY, d->why));
	out_str(o, "text", NULL, down_text(text, d));
	out_str(o, "origin", NULL, d->origin);
	out_flag(o, "warm", NULL, d->warm);
	out_flag(o, "saved", NULL, d->saved);
	out_num(o, "boot_count", NULL, d->boot_count);
	out_str(o, "serial", NULL, d->serial);
	out_str(o, "sw_version", NULL, d->sw_version);
	out_num(o, "time_s", NULL, d->time_s);
	out_num(o, "clock_us", NULL, d->clock_us);
	out_close(o);
}

/* One section of figure 15-32. */
static void show_module(struct out *o, unsigned int slot, const struct rd_down *list, int n)
{
	int i, shown = 0;

	out_text(o, "%sMgmt Module %u -- Saved Crash Information (most recent first):\n=====\n",
		 slot > 1 ? "\n" : "", slot);
	for (i = n - 1; i >= 0; i--) {
		if (list[i].slot != slot)
			continue;
		if (o->style != OUT_TEXT) {
			out_record(o, &list[i]);
			continue;
		}
		if (shown++)
			out_text(o, "\n");
		show_record(o, &list[i]);
	}
	if (!shown)
		out_text(o, "  No Saved Crash Information\n");
}

static int run(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	struct rd_down *list = NULL;
	struct out *o = &ctx->out;
	int n = rd_dump_down(ctx->rd, ctx->instance, 0, 0, &list);
	unsigned int slot;

	if (n < 0)
		return session_fail(ctx, n);
	out_flag(o, "ok", NULL, true);
	out_num(o, "instance", NULL, ctx->instance);
	out_list(o, "records");
	for (slot = 1; slot <= RD_SLOTS; slot++)
		show_module(o, slot, list, n);
	out_close(o);
	free(list);
	return STATUS_DONE;
}

COMMAND(show_boot_history) = {
	.syntax = "show boot-history",
	.summary = "Displays why the management modules went down, the last times.",
	.help = "For each module, most recent first: its role then, when, and why. The records\n"
		"are in chassis memory and survive power cycles. A module that could not say why\n"
		"is recorded by its next start, with the time of its last sign of life.",
	.run = run,
};
