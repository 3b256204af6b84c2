// SPDX-License-Identifier: GPL-2.0-or-later
/* redundancy heartbeat: interval and misses, set on the active (C-38). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "session.h"

/* Limits are the driver's; here only: a number. */
static bool number(const char *text, uint32_t *value)
{
	unsigned long v;
	char *end;

	errno = 0;
	v = strtoul(text, &end, 10);
	if (errno || *end || text[0] < '0' || text[0] > '9' || v > UINT32_MAX)
		return false;
	*value = v;
	return true;
}

/* @sentence is the driver's, as it stands in the log; it gets the limits added. */
static int out_of_range(struct ctx *ctx, const char *sentence)
{
	struct rd_chassis c;
	int err = rd_get_chassis(ctx->rd, ctx->instance, &c);

	if (err)
		return session_fail(ctx, err);
	return fail(ctx, STATUS_REFUSED, "invalid", "%s Interval is %u to %u ms, misses %u to %u%s",
		    sentence, c.interval_min_ms, c.interval_max_ms, c.misses_min, c.misses_max,
		    ", and their product is limited by the controller's timer");
}

static int refused(struct ctx *ctx, int err)
{
	char sentence[120];
	const char *colon = strstr(rd_text(ctx->rd), ": ");

	if (strcmp(rd_reason(ctx->rd), "invalid"))
		return session_fail(ctx, err);
	snprintf(sentence, sizeof(sentence), "%s", colon ? colon + 2 : rd_text(ctx->rd));
	return out_of_range(ctx, sentence);
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
	/* to the driver 0 means: as it is */
	if (!interval || !misses)
		return out_of_range(ctx, "The value is out of range.");
	err = rd_set_heartbeat(ctx->rd, ctx->instance, interval, misses, session_requester());
	if (err)
		return refused(ctx, err);
	out_flag(&ctx->out, "ok", NULL, true);
	out_num(&ctx->out, "interval_ms", NULL, interval);
	out_num(&ctx->out, "misses", NULL, misses);
	return STATUS_DONE;
}

/* Only words of the table get here. */
static int set_loss(struct ctx *ctx, const char *word)
{
	int err = rd_set_heartbeat_loss(ctx->rd, ctx->instance, rd_value(RD_HEARTBEAT_LOSS, word),
					session_requester());

	return err ? session_fail(ctx, err) : STATUS_DONE;
}

static int run_loss(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	int status = set_loss(ctx, args[0]);

	if (status)
		return status;
	out_flag(&ctx->out, "ok", NULL, true);
	out_str(&ctx->out, "on_loss", NULL, args[0]);
	return STATUS_DONE;
}

static int run_both(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	int status = run(ctx, args);

	if (!status)
		status = set_loss(ctx, args[2]);
	if (!status)
		out_str(&ctx->out, "on_loss", NULL, args[2]);
	return status;
}

COMMAND(heartbeat) = {
	.syntax = "redundancy heartbeat interval <MS> misses <N>",
	.summary = "Sets the heartbeat interval in milliseconds and the misses before a failover.",
	.help = "The standby adopts the setting. The fail-over time-out is interval x misses. The\n"
		"limits are shown by `show redundancy detail'.",
	.run = run,
};

COMMAND(heartbeat_loss) = {
	.syntax = "redundancy heartbeat on-loss <takeover|hold>",
	.summary = "Sets what missed heartbeats lead to while the internal link is alive.",
	.help = "takeover, the default: the standby takes over (S-110). hold: it does not while\n"
		"it hears the active over the internal link; it is then not ready (not-heard). Where\n"
		"both paths are lost, or nobody watches the link, both are the same. The standby\n"
		"adopts the setting; `write memory' stores it.",
	.run = run_loss,
};

COMMAND(heartbeat_both) = {
	.syntax = "redundancy heartbeat interval <MS> misses <N> on-loss <takeover|hold>",
	.summary = "Both settings of the heartbeat.",
	.help = "See `redundancy heartbeat interval' and `redundancy heartbeat on-loss'.",
	.run = run_both,
};
