// SPDX-License-Identifier: GPL-2.0-or-later
/* show history: the last role changes, kept in chassis memory (N-002). */
#include <stdlib.h>
#include <string.h>
#include "objects.h"
#include "session.h"

static const char *slot_word(char buf[16], unsigned int slot)
{
	if (slot)
		snprintf(buf, 16, "MM %u", slot);
	else
		snprintf(buf, 16, "none");
	return buf;
}

static void show_phases(struct out *o, const struct rd_history *h)
{
	const struct rd_phase *p;
	uint32_t before = 0;

	for (p = h->phase; p < h->phase + h->phases; p++) {
		out_text(o, "       %-14s %8u.%03u ms  +%u.%03u  %s\n", rd_name(RD_PHASE, p->phase),
			 p->us / 1000, p->us % 1000, (p->us - before) / 1000,
			 (p->us - before) % 1000, rd_name(RD_PHASE_RESULT, p->result));
		before = p->us;
	}
}

static void show_record(struct out *o, const struct rd_history *h)
{
	char when[32], from[16], to[16], requester[25];

	out_text(o, "%-4u %-24s %s -> %s  %s, %s%s", h->id, wall_text(when, h->time_s),
		 slot_word(from, h->from), slot_word(to, h->to), rd_name(RD_REASON, h->reason),
		 rd_name(RD_VERDICT, h->verdict), h->forced ? ", forced" : "");
	if (h->reason == REDUND_REASON_ELECTION)
		out_text(o, ", rule %s", rd_name(RD_RULE, h->rule));
	if (h->failover)
		out_text(o, ", failover");
	if (h->requester[0])
		out_text(o, ", by %s", out_clean(requester, sizeof(requester), h->requester));
	out_text(o, "\n");
	show_phases(o, h);
}

static int run(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	struct rd_history *list = NULL;
	struct out *o = &ctx->out;
	int n, i;

	n = rd_dump_history(ctx->rd, ctx->instance, 0, &list);
	if (n < 0)
		return session_fail(ctx, n);
	out_text(o, "Role Changes (most recent first)\n-----\n");
	out_flag(o, "ok", NULL, true);
	out_num(o, "instance", NULL, ctx->instance);
	out_list(o, "history");
	for (i = n - 1; i >= 0; i--) {
		if (o->style == OUT_TEXT) {
			show_record(o, &list[i]);
			continue;
		}
		out_open(o, NULL);
		out_history(o, &list[i]);
		out_close(o);
	}
	out_close(o);
	free(list);
	return STATUS_DONE;
}

COMMAND(show_history) = {
	.syntax = "show history",
	.summary = "Displays the last role changes with reason and duration of every phase.",
	.help = "A record names the owner before and after, the reason, how it ended, who asked,\n"
		"and below it each phase: milliseconds since detection, its own duration, and\n"
		"how it ended. The records survive power cycles and the loss of either module.\n"
		"`redundancy history-length' says how many there are.",
	.run = run,
};
