// SPDX-License-Identifier: GPL-2.0-or-later
/* redundancy heartbeat: interval and misses, set on the active (C-38). */
#include <errno.h>
#include <stdlib.h>
#include "session.h"

/* Limits are the driver's; here only: a number. */
static bool number(const char *text, uint32_t *value)
{
	unsigned long v;
	char *end;

	errno = 0;
	v = strtoul(text, &end, 10);
	if (errno || *end || text[0] < '0' || text[0] > '9' || !v || v > UINT32_MAX)
		return false;
	*value = v;
	return true;
}

static int run(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	uint32_t interval, misses;
	int err;

	if (!number(args[0], &interval))
		return fail(ctx, STATUS_USAGE, "usage", "interval `%.40s'; expected: milliseconds",
			    args[0]);
	if (!number(args[1], &misses))
		return fail(ctx, STATUS_USAGE, "usage", "misses `%.40s'; expected: a number",
			    args[1]);
	err = rd_set_heartbeat(ctx->rd, ctx->instance, interval, misses, session_requester());
	if (err)
		return session_fail(ctx, err);
	out_flag(&ctx->out, "ok", NULL, true);
	out_num(&ctx->out, "interval_ms", NULL, interval);
	out_num(&ctx->out, "misses", NULL, misses);
	return STATUS_DONE;
}

COMMAND(heartbeat) = {
	.syntax = "redundancy heartbeat interval <MS> misses <N>",
	.summary = "Sets the heartbeat interval in milliseconds and the misses before a failover.",
	.help = "The standby adopts the setting. The fail-over time-out is interval x misses. The\n"
		"limits are shown by `show redundancy detail'.",
	.run = run,
};
