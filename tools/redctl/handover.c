// SPDX-License-Identifier: GPL-2.0-or-later
/* The wait for a handover's verdict, see handover.h (S-082, A-070). */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "handover.h"

#define TIMEOUT_S 120 /* without --timeout: a sync, then the handover */

long long handover_until(const struct ctx *ctx)
{
	return now_ms() + 1000LL * (ctx->opt.given & OPT_TIMEOUT ? ctx->opt.timeout_s : TIMEOUT_S);
}

const char *handover_sentence(const char *text)
{
	const char *colon = strstr(text, ": ");

	return colon ? colon + 2 : text;
}

void handover_obstacles(struct ctx *ctx, uint32_t not_ready, const char *but)
{
	unsigned int i;

	for (i = 0; i < 32; i++)
		if (not_ready & (1u << i) && (!but || strcmp(rd_name(RD_NOT_READY, i), but)))
			out_text(&ctx->out, "  %s: %s\n", rd_name(RD_NOT_READY, i),
				 rd_not_ready_doc(i));
}

void handover_progress(struct ctx *ctx, const char *text)
{
	if (!ctx->opt.json && isatty(STDOUT_FILENO)) {
		out_text(&ctx->out, "%s\n", text);
		fflush(stdout);
	}
}

int handover_next(struct ctx *ctx, long long until)
{
	long long step = now_ms() + 500; /* look again even if nothing was said */
	struct rd_change change;
	int n;

	if (now_ms() >= until)
		return -ETIMEDOUT;
	n = session_poll(ctx, step < until ? step : until, &change);
	return n < 0 && n != -EINTR ? n : 0;
}

static int report(struct ctx *ctx, const struct rd_chassis *c)
{
	unsigned int active = c->owner ? c->owner : 3 - c->own_slot;
	struct out *o = &ctx->out;

	switch (c->handover_verdict) {
	case REDUND_VERDICT_DONE:
		out_text(o, "The switchover is done: management module %u is active.\n", active);
		out_flag(o, "ok", NULL, true);
		out_str(o, "verdict", NULL, rd_name(RD_VERDICT, c->handover_verdict));
		out_num(o, "handover_id", NULL, c->handover_id);
		out_num(o, "active", NULL, active);
		return STATUS_DONE;
	case REDUND_VERDICT_ROLLED_BACK:
		return fail(ctx, STATUS_REFUSED, "rolled-back",
			    "the standby did not take over in time; this module stays active");
	default:
		return fail(ctx, STATUS_REFUSED, "refused", "the driver gave the switchover up");
	}
}

int handover_wait(struct ctx *ctx, uint32_t id, long long until)
{
	struct rd_chassis c;
	int err;

	handover_progress(ctx, "The other management module takes over.");
	for (;;) {
		err = rd_get_chassis(ctx->rd, ctx->instance, &c);
		if (err)
			return session_fail(ctx, err);
		if ((int32_t)(c.handover_id - id) > 0)
			return fail(ctx, STATUS_REFUSED, "busy",
				    "another handover followed before the verdict was read");
		if (c.handover_id == id && c.handover_verdict != REDUND_VERDICT_PENDING &&
		    c.handover_verdict != REDUND_VERDICT_NONE)
			return report(ctx, &c);
		err = handover_next(ctx, until);
		if (err == -ETIMEDOUT)
			return fail(ctx, STATUS_TIME_OUT, "time-out",
				    "the switchover was begun, but its end was not seen in time");
		if (err)
			return session_fail(ctx, err);
	}
}
