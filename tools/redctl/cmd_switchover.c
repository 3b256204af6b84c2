// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * redundancy switchover: orderly handover to the standby (S-075..S-085, C-02,
 * C-05). Subscribes, asks the driver, and waits, bounded, for its verdict.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "names.h"
#include "session.h"

#define TIMEOUT_S 120 /* without --timeout: a sync, then the handover */

static const char not_in_standby[] = /* S-080 */
	"The other management module does not exist or is not\n"
	"in standby mode";

static const char image_unknown[] = /* S-078, wrapped as S-190 */
	"This management module will now reboot and will become\n"
	"the standby module! You will need to use the other\n"
	"management module's console interface. Do you want to\n"
	"continue [y/n]?";

static const char forced_here[] = /* --force on the standby: an operator's fence */
	"The other management module will be reset, and this management module will\n"
	"become the active module! Do you want to continue [y/n]?";

/* S-081: redundancy disabled, no standby module, or it is not in standby mode. */
static const char *chapter_text(uint32_t refusal)
{
	switch (refusal) {
	case REDUND_REFUSAL_NO_PEER:
	case REDUND_REFUSAL_PEER_NOT_STANDBY:
	case REDUND_REFUSAL_PEER_NOT_READY:
	case REDUND_REFUSAL_DISABLED:
	case REDUND_REFUSAL_FAILED_SELFTEST:
		return not_in_standby;
	default:
		return NULL;
	}
}

/* The driver's sentence without the word in front of it. */
static const char *sentence(const char *text)
{
	const char *colon = strstr(text, ": ");

	return colon ? colon + 2 : text;
}

static int refused(struct ctx *ctx, const struct rd_check *check)
{
	return fail_with(ctx, STATUS_REFUSED, rd_name(RD_REFUSAL, check->refusal),
			 chapter_text(check->refusal), check->not_ready, "%s",
			 sentence(check->text));
}

/* The first refusal may hide others: what the other module says itself. */
static void add_reasons(struct ctx *ctx, struct rd_check *check)
{
	struct rd_chassis c;
	struct rd_mm other;

	if (rd_get_chassis(ctx->rd, ctx->instance, &c) || c.owner != c.own_slot ||
	    rd_get_mm(ctx->rd, ctx->instance, 3 - c.own_slot, &other))
		return;
	check->not_ready |= other.not_ready;
}

/* --check: every reason, nothing else */
static int report_check(struct ctx *ctx, struct rd_check *check)
{
	struct out *o = &ctx->out;
	unsigned int i;

	if (check->accepted) {
		out_text(o, "The switchover would be accepted.\n");
		out_flag(o, "ok", NULL, true);
		out_flag(o, "accepted", NULL, true);
		return STATUS_DONE;
	}
	add_reasons(ctx, check);
	out_text(o, "The switchover would be refused:\n  %s: %s\n",
		 rd_name(RD_REFUSAL, check->refusal), sentence(check->text));
	for (i = 0; i < 32; i++)
		if (check->not_ready & (1u << i))
			out_text(o, "  %s: %s\n", rd_name(RD_NOT_READY, i), rd_not_ready_doc(i));
	return fail_with(ctx, STATUS_REFUSED, rd_name(RD_REFUSAL, check->refusal), NULL,
			 check->not_ready, "%s", sentence(check->text));
}

/* Only the sync stands against it: it will end by itself (C-02). */
static bool must_wait(const struct rd_check *check)
{
	return !check->accepted && (check->refusal == REDUND_REFUSAL_SYNCING ||
				    check->not_ready == REDUND_NOT_READY_SYNCING);
}

static void progress(struct ctx *ctx, const char *text)
{
	if (!ctx->opt.json && isatty(STDOUT_FILENO)) {
		out_text(&ctx->out, "%s\n", text);
		fflush(stdout);
	}
}

static bool confirm(struct ctx *ctx)
{
	char question[256];
	struct rd_chassis c = { 0 };
	struct rd_mm own = { 0 };

	if (!rd_get_chassis(ctx->rd, ctx->instance, &c))
		rd_get_mm(ctx->rd, ctx->instance, c.own_slot, &own);
	if (own.boot_image == REDUND_BOOT_IMAGE_PRIMARY ||
	    own.boot_image == REDUND_BOOT_IMAGE_SECONDARY)
		snprintf(question, sizeof(question),
			 "This management module will now reboot from %s image and will become\n"
			 "the standby module! You will need to use the other management module's\n"
			 "console interface. Do you want to continue [y/n]?",
			 rd_name(RD_BOOT_IMAGE, own.boot_image));
	else
		snprintf(question, sizeof(question), "%s", image_unknown);
	if (c.owner && c.owner != c.own_slot)
		snprintf(question, sizeof(question), "%s", forced_here);
	return ask(ctx, question);
}

/* The next change, however it reads; lost messages are no matter here, since
 * the caller reads the state again. Return: 0, or -ETIMEDOUT.
 */
static int next_change(struct ctx *ctx, long long until)
{
	long long step = now_ms() + 500; /* look again even if nothing was said */
	struct rd_change change;
	int n;

	if (now_ms() >= until)
		return -ETIMEDOUT;
	n = session_poll(ctx, step < until ? step : until, &change);
	return n < 0 && n != -EINTR ? n : 0;
}

/* Waits until the standby has everything. */
static int wait_for_sync(struct ctx *ctx, bool force, long long until)
{
	struct rd_check check;
	int err;

	progress(ctx, "Waiting for the files to finish synchronizing.");
	for (;;) {
		err = rd_switchover_check(ctx->rd, ctx->instance, force, &check);
		if (err)
			return session_fail(ctx, err);
		if (check.accepted)
			return STATUS_DONE;
		if (!must_wait(&check))
			return refused(ctx, &check);
		err = next_change(ctx, until);
		if (err == -ETIMEDOUT)
			return fail_with(ctx, STATUS_REFUSED, "syncing", NULL, check.not_ready,
					 "the files did not finish synchronizing in time");
		if (err)
			return session_fail(ctx, err);
	}
}

static int report_verdict(struct ctx *ctx, const struct rd_chassis *c)
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

static int wait_for_verdict(struct ctx *ctx, uint32_t id, long long until)
{
	struct rd_chassis c;
	int err;

	progress(ctx, "The other management module takes over.");
	for (;;) {
		err = rd_get_chassis(ctx->rd, ctx->instance, &c);
		if (err)
			return session_fail(ctx, err);
		if ((int32_t)(c.handover_id - id) > 0)
			return fail(ctx, STATUS_REFUSED, "busy",
				    "another handover followed before the verdict was read");
		if (c.handover_id == id && c.handover_verdict != REDUND_VERDICT_PENDING &&
		    c.handover_verdict != REDUND_VERDICT_NONE)
			return report_verdict(ctx, &c);
		err = next_change(ctx, until);
		if (err == -ETIMEDOUT)
			return fail(ctx, STATUS_TIME_OUT, "time-out",
				    "the switchover was begun, but its end was not seen in time");
		if (err)
			return session_fail(ctx, err);
	}
}

static int switch_over(struct ctx *ctx, bool force)
{
	long long until =
		now_ms() + 1000LL * (ctx->opt.given & OPT_TIMEOUT ? ctx->opt.timeout_s : TIMEOUT_S);
	struct rd_check check;
	uint32_t id;
	int err, status;

	for (;;) {
		err = rd_switchover(ctx->rd, ctx->instance, force, session_requester(), &id);
		if (!err)
			return wait_for_verdict(ctx, id, until);
		/* the check tells all reasons; the request told only the first */
		if (rd_switchover_check(ctx->rd, ctx->instance, force, &check) || check.accepted)
			return session_fail(ctx, err);
		if (!must_wait(&check))
			return refused(ctx, &check);
		status = wait_for_sync(ctx, force, until);
		if (status)
			return status;
	}
}

static int run(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	bool force = ctx->opt.given & OPT_FORCE;
	struct rd_check check;
	int err;

	err = rd_switchover_check(ctx->rd, ctx->instance, force, &check);
	if (err)
		return session_fail(ctx, err);
	if (ctx->opt.given & OPT_CHECK)
		return report_check(ctx, &check);
	if (!check.accepted && !must_wait(&check))
		return refused(ctx, &check);
	if (!confirm(ctx))
		return STATUS_REFUSED;
	err = rd_subscribe(ctx->rd);
	if (err)
		return session_fail(ctx, err);
	return switch_over(ctx, force);
}

COMMAND(switchover) = {
	.syntax = "redundancy switchover",
	.summary = "Causes an immediate switchover to the standby module.",
	.help = "Asks first. Waits for files that are still being synchronized, then until the\n"
		"other module is active, and says how it ended: done, refused or rolled back\n"
		"(exit status 1), or not seen within the time-out (120 s unless given; exit\n"
		"status 4). --check changes nothing: it prints every reason that stands against a\n"
		"switchover now. --force does not wait for synchronization or readiness.",
	.options = OPT_YES | OPT_CHECK | OPT_FORCE | OPT_TIMEOUT,
	.run = run,
};
