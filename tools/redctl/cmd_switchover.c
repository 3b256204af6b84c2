// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * redundancy switchover: orderly handover to the standby (S-075..S-085, C-02,
 * C-05). Subscribes, asks the driver, and waits, bounded, for its verdict.
 */
#include <errno.h>
#include <unistd.h>
#include "boot.h"
#include "configure.h"
#include "handover.h"
#include "sync.h"

#define PROGRESS_MS  5000
#define CONFLICT_MAX 160

static const char not_in_standby[] = /* S-080 */
	"The other management module does not exist or is not\n"
	"in standby mode";

static const char forced_here[] = /* --force on the standby: an operator's fence */
	"The other management module will be reset, and this management module will\n"
	"become the active module! Do you want to continue [y/n]?";

static const char unsaved[] = /* */
	"The running configuration has changed since it was last saved.\n"
	"Changes that are not saved will be lost. Do you want to continue [y/n]?";

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

/* No sync will end it: the driver knows only that the standby is not ready. */
static bool in_conflict(const struct rd_check *check, char *why)
{
	return (check->refusal == REDUND_REFUSAL_SYNCING ||
		check->not_ready & (REDUND_NOT_READY_SYNCING | REDUND_NOT_READY_SYNC_FAILED)) &&
	       sync_conflict(why, CONFLICT_MAX);
}

static int refused(struct ctx *ctx, const struct rd_check *check)
{
	char why[CONFLICT_MAX];

	if (in_conflict(check, why))
		return fail_with(ctx, STATUS_REFUSED, "conflict", chapter_text(check->refusal),
				 check->not_ready, "%s", why);
	return fail_with(ctx, STATUS_REFUSED, rd_name(RD_REFUSAL, check->refusal),
			 chapter_text(check->refusal), check->not_ready, "%s",
			 handover_sentence(check->text));
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
	char why[CONFLICT_MAX];

	if (check->accepted) {
		out_text(o, "The switchover would be accepted.\n");
		out_flag(o, "ok", NULL, true);
		out_flag(o, "accepted", NULL, true);
		return STATUS_DONE;
	}
	add_reasons(ctx, check);
	out_text(o, "The switchover would be refused:\n  %s: %s\n",
		 rd_name(RD_REFUSAL, check->refusal), handover_sentence(check->text));
	if (in_conflict(check, why))
		out_text(o, "  conflict: %s\n", why);
	handover_obstacles(ctx, check->not_ready, rd_name(RD_REFUSAL, check->refusal));
	return fail_with(ctx, STATUS_REFUSED, rd_name(RD_REFUSAL, check->refusal), NULL,
			 check->not_ready, "%s", handover_sentence(check->text));
}

/* Only the sync stands against it: it will end by itself (C-02), unless in a conflict (I4). */
static bool must_wait(const struct rd_check *check)
{
	char why[CONFLICT_MAX];

	return !check->accepted &&
	       (check->refusal == REDUND_REFUSAL_SYNCING ||
		check->not_ready == REDUND_NOT_READY_SYNCING) &&
	       !in_conflict(check, why);
}

static bool confirm(struct ctx *ctx)
{
	char question[BOOT_QUESTION_MAX];
	struct rd_chassis c = { 0 };

	boot_becomes_standby(ctx, question);
	if (!rd_get_chassis(ctx->rd, ctx->instance, &c) && c.owner && c.owner != c.own_slot)
		snprintf(question, sizeof(question), "%s", forced_here);
	return ask(ctx, question);
}

/*
 * the new active reads a stored configuration. Not on a module without
 * flash, nor on the standby, which has no changes.
 */
static int confirm_unsaved(struct ctx *ctx)
{
	struct rd_chassis c;
	int dirty;

	if (ctx->opt.given & (OPT_DISCARD | OPT_FORCE) || access(flash_dir(), W_OK | X_OK) ||
	    rd_get_chassis(ctx->rd, ctx->instance, &c) || c.owner != c.own_slot)
		return STATUS_DONE;
	dirty = config_dirty(ctx->rd, ctx->instance);
	if (dirty < 0)
		return session_fail(ctx, dirty);
	if (!dirty)
		return STATUS_DONE;
	if (ctx->opt.given & OPT_YES)
		return fail(ctx, STATUS_REFUSED, "unsaved", "%s",
			    "the configuration is not saved: write memory, or --discard");
	return ask(ctx, unsaved) ? STATUS_DONE : STATUS_REFUSED;
}

/* What is being copied, and how long it takes: the driver's word, or redsyncd's. */
static void describe(const struct rd_check *check, char *buf, size_t size)
{
	char clean[80];

	sync_describe(buf, size);
	if (buf[0])
		return;
	out_clean(clean, sizeof(clean), check->sync_text);
	if (check->seconds_left)
		snprintf(buf, size, "%s%sabout %u s left", clean, clean[0] ? ", " : "",
			 check->seconds_left);
	else
		snprintf(buf, size, "%s", clean);
}

/* S-077: said once, and on a terminal again when there is something new to say. */
static void say_waiting(struct ctx *ctx, const struct rd_check *check, long long *again)
{
	char what[160], line[240];

	if (now_ms() < *again)
		return;
	describe(check, what, sizeof(what));
	snprintf(line, sizeof(line), "Waiting for the files to finish synchronizing%s%s.",
		 what[0] ? ": " : "", what);
	if (*again)
		handover_progress(ctx, line);
	else
		out_text(&ctx->out, "%s\n", line);
	if (!ctx->opt.json)
		fflush(stdout);
	*again = now_ms() + PROGRESS_MS;
}

/* Waits until the standby has everything. */
static int wait_for_sync(struct ctx *ctx, bool force, long long until)
{
	struct rd_check check;
	long long again = 0;
	char what[160];
	int err;

	for (;;) {
		err = rd_switchover_check(ctx->rd, ctx->instance, force, &check);
		if (err)
			return session_fail(ctx, err);
		if (check.accepted)
			return STATUS_DONE;
		if (!must_wait(&check))
			return refused(ctx, &check);
		say_waiting(ctx, &check, &again);
		err = handover_next(ctx, until);
		if (err == -ETIMEDOUT) {
			describe(&check, what, sizeof(what));
			return fail_with(ctx, STATUS_REFUSED, "syncing", NULL, check.not_ready,
					 "the files did not finish synchronizing in time%s%s",
					 what[0] ? ": " : "", what);
		}
		if (err)
			return session_fail(ctx, err);
	}
}

static int switch_over(struct ctx *ctx, bool force)
{
	long long until = handover_until(ctx);
	struct rd_check check;
	uint32_t id;
	int err, status;

	for (;;) {
		err = rd_switchover(ctx->rd, ctx->instance, force, session_requester(), &id);
		if (!err)
			return handover_wait(ctx, id, until);
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

/* A-074: --to names the module that is to be active: it may be so already. */
static int is_there(struct ctx *ctx, bool *there)
{
	struct rd_chassis c;
	int err;

	*there = false;
	if (!(ctx->opt.given & OPT_TO))
		return STATUS_DONE;
	err = rd_get_chassis(ctx->rd, ctx->instance, &c);
	if (err)
		return session_fail(ctx, err);
	*there = c.owner == ctx->opt.to;
	if (!*there)
		return STATUS_DONE;
	out_text(&ctx->out, "Management module %u is the active one already; nothing was done.\n",
		 c.owner);
	out_flag(&ctx->out, "ok", NULL, true);
	out_flag(&ctx->out, "noop", NULL, true);
	out_num(&ctx->out, "active", NULL, c.owner);
	return STATUS_DONE;
}

static int run(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	bool force = ctx->opt.given & OPT_FORCE, there;
	struct rd_check check;
	int err, status;

	status = is_there(ctx, &there);
	if (status || there)
		return status;
	err = rd_switchover_check(ctx->rd, ctx->instance, force, &check);
	if (err)
		return session_fail(ctx, err);
	if (ctx->opt.given & OPT_CHECK)
		return report_check(ctx, &check);
	if (!check.accepted && !must_wait(&check))
		return refused(ctx, &check);
	status = confirm_unsaved(ctx);
	if (status)
		return status;
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
		"switchover now. --force does not wait for synchronization or readiness. Changes\n"
		"of the configuration that are not saved are asked about first; with -y they are a\n"
		"refusal, unless --discard gives them up. With --to nothing is asked or done when\n"
		"that module is the active one already (exit status 0), so that the command may\n"
		"be repeated.",
	.options = OPT_YES | OPT_CHECK | OPT_FORCE | OPT_DISCARD | OPT_TO | OPT_TIMEOUT,
	.run = run,
};
