// SPDX-License-Identifier: GPL-2.0-or-later
/* Owner, epoch and the commands that move them: G1 and G6. */
#include "rig.h"

static void claim_free(void)
{
	rig_both();
	EQUAL(claim(2), REDUND_RES_OK);
	EQUAL(rig.owner, 2);
	EQUAL(epoch(), 1);
	EQUAL(status(1) & STATUS_OWNER, 2);
	EQUAL(rd(2, REG_CMD_RESULT), REDUND_RES_OK | 2 << CMD_RESULT_OWNER_SHIFT);
	EQUAL(event(CHASSIS_EV_GRANT, 2)->cause, CHASSIS_GRANT_CLAIM);
	CHECK(event_at(CHASSIS_EV_CLAIM, 2) < event_at(CHASSIS_EV_GRANT, 2));
}

static void two_claims(void)
{
	rig_both();
	EQUAL(cmd(1, REDUND_CMD_CLAIM, 0, 0), REDUND_RES_OK);
	EQUAL(cmd(2, REDUND_CMD_CLAIM, 0, 0), REDUND_RES_STALE);
	EQUAL(rd(2, REG_CMD_RESULT) >> CMD_RESULT_OWNER_SHIFT, 1);
	EQUAL(event_count(CHASSIS_EV_GRANT, 1), 1);
	EQUAL(event_count(CHASSIS_EV_GRANT, 2), 0);
}

static void refused_keeps_epoch(void)
{
	rig_owner();
	EQUAL(claim(2), REDUND_RES_HELD);
	EQUAL(claim(1), REDUND_RES_OWN);
	EQUAL(cmd(2, REDUND_CMD_RELEASE, 1, 0), REDUND_RES_NOT_OWNER);
	EQUAL(cmd(2, REDUND_CMD_OFFER, 1, 100), REDUND_RES_NOT_OWNER);
	EQUAL(cmd(2, REDUND_CMD_WITHDRAW, 1, 0), REDUND_RES_NOT_OWNER);
	EQUAL(epoch(), 1);
	EQUAL(rig.owner, 1);
}

static void standby_expiry_keeps_epoch(void)
{
	rig_owner();
	while (!is_out(2)) {
		wr(1, REG_BEAT, TIMER_MAX);
		rig_pass(100 * MS);
	}
	EQUAL(epoch(), 1);
	EQUAL(rig.owner, 1);
	EQUAL(event_count(CHASSIS_EV_TIMER_EXPIRED, 2), 1);
}

static void status_is_one(void)
{
	u64 st;

	rig_owner();
	st = rd64(2, REG_STATUS);
	EQUAL(st & STATUS_OWNER, 1);
	EQUAL(st >> 32, 1);
	/* as two halves: the grant moves in between and is not seen half */
	EQUAL(rd(2, REG_STATUS) & STATUS_OWNER, 1);
	EQUAL(cmd(1, REDUND_CMD_RELEASE, 1, 0), REDUND_RES_OK);
	EQUAL(rd(2, REG_STATUS + 4), 1);
	EQUAL(rd(2, REG_STATUS) & STATUS_OWNER, 0);
	EQUAL(rd(2, REG_STATUS + 4), 2);
}

static void latch_is_each_slots(void)
{
	rig_owner();
	rd(1, REG_STATUS);
	cmd(1, REDUND_CMD_RELEASE, 1, 0);
	rd(2, REG_STATUS);
	EQUAL(rd(1, REG_STATUS + 4), 1);
	EQUAL(rd(2, REG_STATUS + 4), 2);
}

static void epoch_wraps(void)
{
	rig_both();
	rig.epoch = ~0u;
	EQUAL(claim(1), REDUND_RES_OK);
	EQUAL(epoch(), 0);
	EQUAL(cmd(2, REDUND_CMD_CLAIM, ~0u, 0), REDUND_RES_STALE);
}

static void release(void)
{
	rig_owner();
	EQUAL(cmd(1, REDUND_CMD_RELEASE, 1, 0), REDUND_RES_OK);
	EQUAL(rig.owner, 0);
	EQUAL(epoch(), 2);
	CHECK(!is_out(1));
	EQUAL(event(CHASSIS_EV_GRANT, 0)->cause, CHASSIS_GRANT_RELEASE);
	EQUAL(event(CHASSIS_EV_GRANT, 0)->from, 1);
	EQUAL(cmd(1, REDUND_CMD_RELEASE, 2, 0), REDUND_RES_FREE);
	EQUAL(claim(2), REDUND_RES_OK);
}

static void claim_needs_timer(void)
{
	rig_new(CHASSIS_PLANT_NO_BOOT_ARM);
	rig_insert(1);
	rig_join(1);
	EQUAL(claim(1), REDUND_RES_NOT_ARMED);
	EQUAL(rig.owner, 0);
	wr(1, REG_TIMER_REARM, 100);
	EQUAL(claim(1), REDUND_RES_OK);
}

static void fence_moves(void)
{
	int f, o, r, g;

	rig_owner();
	EQUAL(fence(2), REDUND_RES_OK);
	EQUAL(rig.owner, 2);
	EQUAL(epoch(), 2);
	CHECK(is_out(1));
	f = event_at(CHASSIS_EV_FENCE, 2);
	o = event_at(CHASSIS_EV_OUT, 1);
	r = event_at(CHASSIS_EV_RESET, 1);
	g = event_at(CHASSIS_EV_GRANT, 2);
	CHECK(f >= 0 && f < o && o < r && r < g);
	EQUAL(event(CHASSIS_EV_GRANT, 2)->from, 1);
	EQUAL(event(CHASSIS_EV_GRANT, 2)->cause, CHASSIS_GRANT_FENCE);
	EQUAL(event(CHASSIS_EV_OUT, 1)->cause, CHASSIS_OUT_FENCED);
	EQUAL(event(CHASSIS_EV_RESET, 1)->cause, REDUND_RESET_FENCE);
	EQUAL(event(CHASSIS_EV_RESET, 1)->accepted, 1);
	EQUAL(event_count(CHASSIS_EV_GRANT, 0), 0);
	CHECK(rd(2, REG_CAUSE) & CAUSE_PEER_FENCED);
}

static void fence_stuck(void)
{
	rig_owner();
	publish(1, 1);
	wr(1, REG_INT_ENABLE, CAUSE_ALL);
	rig_fault(1, CHASSIS_FAULT_RESET_STUCK, true);
	rig_forget();
	EQUAL(fence(2), REDUND_RES_OK);
	EQUAL(rig.owner, 2);
	CHECK(is_out(1));
	EQUAL(seen.asserted[1], 0);
	EQUAL(event(CHASSIS_EV_RESET, 1)->accepted, 0);
	CHECK(event_at(CHASSIS_EV_RESET, 1) < event_at(CHASSIS_EV_GRANT, 2));
	CHECK(rd(2, REG_CAUSE) & CAUSE_PEER_STUCK);
	CHECK(status(2) & STATUS_PEER_STUCK);
	CHECK(chassis_link_cut(&rig, 1));
	CHECK(!chassis_link_cut(&rig, 2));
	rig_pass(PULSE_US);
	EQUAL(seen.starts[1], 0);
	EQUAL(seen.irqs[1], 1); /* SELF_OUT, at OUT; nothing after it */
	rig_press(1, CHASSIS_BUTTON_CLEAR);
	EQUAL(seen.irqs[1], 1);
	publish(1, 1);
	EQUAL(rd(1, REG_OWN_SEQ), rd(2, REG_PEER_SEQ));
	EQUAL(rd_size(2, WIN_FRAME_IN + offsetof(struct redund_frame, role), 1), 0);
	CHECK(rd(1, REG_CAUSE) & CAUSE_SELF_OUT);
	CHECK(rig_join(1));
	CHECK(!(rd(1, REG_CAUSE) & CAUSE_SELF_OUT));
	CHECK(!(status(2) & STATUS_PEER_STUCK));
	CHECK(!chassis_link_cut(&rig, 1));
	wr(2, REG_PUBLISH, 1);
	EQUAL(seen.irqs[1], 2);
}

static void fence_epoch(void)
{
	u32 rearms;

	rig_owner();
	rearms = rd(2, REG_PEER_REARMS);
	EQUAL(cmd(2, REDUND_CMD_FENCE, 0, rearms), REDUND_RES_STALE);
	EQUAL(cmd(2, REDUND_CMD_FENCE_FORCED, 0, rearms), REDUND_RES_STALE);
	EQUAL(rig.owner, 1);
	EQUAL(epoch(), 1);
	CHECK(!is_out(1));
	EQUAL(seen.asserted[1], 0);
}

static void fence_rearms(void)
{
	u32 rearms;

	rig_owner();
	rearms = rd(2, REG_PEER_REARMS);
	wr(1, REG_BEAT, 100);
	EQUAL(cmd(2, REDUND_CMD_FENCE, 1, rearms), REDUND_RES_STALE);
	CHECK(!is_out(1));
	EQUAL(cmd(2, REDUND_CMD_FENCE_FORCED, 1, rearms), REDUND_RES_OK);
	EQUAL(event(CHASSIS_EV_FENCE, 2)->value, 0);
	EQUAL(rig.owner, 2);
}

static void fence_free_own(void)
{
	rig_both();
	EQUAL(fence(2), REDUND_RES_FREE);
	EQUAL(claim(1), REDUND_RES_OK);
	EQUAL(fence(1), REDUND_RES_OWN);
	EQUAL(rig.owner, 1);
}

static void fence_not_allowed(void)
{
	rig_owner();
	wr(1, REG_PEER_TAKE, 0);
	EQUAL(fence(2), REDUND_RES_NOT_ALLOWED);
	EQUAL(cmd(2, REDUND_CMD_FENCE_FORCED, 1, 0), REDUND_RES_NOT_ALLOWED);
	CHECK(!(status(2) & STATUS_PEER_MAY_TAKE));
	wr(1, REG_PEER_TAKE, 1);
	CHECK(status(2) & STATUS_PEER_MAY_TAKE);
	EQUAL(fence(2), REDUND_RES_OK);
}

static void fence_not_armed(void)
{
	rig_owner();
	rig.slot[1].timer_at = 0;
	EQUAL(fence(2), REDUND_RES_NOT_ARMED);
	EQUAL(rig.owner, 1);
}

static void take_cleared(void)
{
	rig_owner();
	EQUAL(fence(2), REDUND_RES_OK);
	EQUAL(rd(1, REG_PEER_TAKE), 0);
	CHECK(!(status(1) & STATUS_PEER_MAY_TAKE));
	rig_owner();
	cmd(1, REDUND_CMD_RELEASE, 1, 0);
	EQUAL(claim(1), REDUND_RES_OK);
	EQUAL(rd(1, REG_PEER_TAKE), 0);
	EQUAL(fence(2), REDUND_RES_NOT_ALLOWED);
}

static void take_owner_only(void)
{
	rig_owner();
	CHECK(is_refused(2, REG_PEER_TAKE, 1));
	CHECK(is_refused(1, REG_PEER_TAKE, 2));
}

static void offer_claimed(void)
{
	rig_owner();
	EQUAL(cmd(1, REDUND_CMD_OFFER, 1, 500), REDUND_RES_OK);
	CHECK(status(2) & STATUS_OFFER);
	CHECK(rd(2, REG_CAUSE) & CAUSE_OFFER);
	EQUAL(rig.owner, 1);
	EQUAL(epoch(), 1);
	EQUAL(claim(2), REDUND_RES_OK);
	EQUAL(rig.owner, 2);
	EQUAL(epoch(), 2);
	EQUAL(event(CHASSIS_EV_GRANT, 2)->from, 1);
	EQUAL(event(CHASSIS_EV_GRANT, 2)->cause, CHASSIS_GRANT_OFFER);
	CHECK(!is_out(1));
	EQUAL(seen.asserted[1], 0);
	CHECK(!(status(1) & STATUS_OFFER));
	EQUAL(cmd(1, REDUND_CMD_WITHDRAW, 1, 0), REDUND_RES_NOT_OWNER);
}

static void offer_withdrawn(void)
{
	rig_owner();
	cmd(1, REDUND_CMD_OFFER, 1, 500);
	wr(2, REG_CAUSE, CAUSE_ALL);
	EQUAL(cmd(1, REDUND_CMD_WITHDRAW, 1, 0), REDUND_RES_OK);
	CHECK(rd(2, REG_CAUSE) & CAUSE_OFFER);
	EQUAL(claim(2), REDUND_RES_HELD);
	EQUAL(rig.owner, 1);
}

static void offer_deadline(void)
{
	rig_owner();
	cmd(1, REDUND_CMD_OFFER, 1, 500);
	wr(2, REG_CAUSE, CAUSE_ALL);
	rig_pass(500 * MS - 1);
	CHECK(status(2) & STATUS_OFFER);
	EQUAL(chassis_next(&rig), now + 1);
	rig_pass(1);
	CHECK(!(status(2) & STATUS_OFFER));
	CHECK(rd(2, REG_CAUSE) & CAUSE_OFFER);
	EQUAL(event_count(CHASSIS_EV_WITHDRAW, 0), 1);
	EQUAL(claim(2), REDUND_RES_HELD);
}

static void offer_stale_claim(void)
{
	rig_owner();
	cmd(1, REDUND_CMD_OFFER, 1, 500);
	EQUAL(cmd(2, REDUND_CMD_CLAIM, 0, 0), REDUND_RES_STALE);
	EQUAL(rig.owner, 1);
	CHECK(status(2) & STATUS_OFFER);
}

static void offer_arguments(void)
{
	rig_both();
	EQUAL(cmd(1, REDUND_CMD_OFFER, 0, 100), REDUND_RES_FREE);
	rig_owner();
	EQUAL(cmd(1, REDUND_CMD_OFFER, 1, 0), REDUND_RES_INVALID);
	EQUAL(cmd(1, REDUND_CMD_OFFER, 1, OFFER_MAX_MS + 1), REDUND_RES_INVALID);
	EQUAL(cmd(1, REDUND_CMD_OFFER, 0, 100), REDUND_RES_STALE);
	CHECK(!(status(2) & STATUS_OFFER));
	EQUAL(cmd(1, REDUND_CMD_OFFER, 1, OFFER_MAX_MS), REDUND_RES_OK);
}

static void offer_ends_with_grant(void)
{
	rig_owner();
	cmd(1, REDUND_CMD_OFFER, 1, 60000);
	wr(2, REG_CAUSE, CAUSE_ALL);
	rig_hang(TIMER_MAX * MS);
	EQUAL(rig.owner, 0);
	CHECK(!(status(2) & STATUS_OFFER));
	CHECK(rd(2, REG_CAUSE) & CAUSE_OFFER);
	EQUAL(event_count(CHASSIS_EV_WITHDRAW, 0), 0);
}

static void removal_or_fence(void)
{
	u32 e, rearms;

	rig_owner();
	e = epoch();
	rearms = rd(2, REG_PEER_REARMS);
	rig_pull(1);
	EQUAL(cmd(2, REDUND_CMD_FENCE, e, rearms), REDUND_RES_STALE);
	EQUAL(rig.owner, 0);
	EQUAL(event(CHASSIS_EV_GRANT, 0)->cause, CHASSIS_GRANT_REMOVED);
	rig_owner();
	EQUAL(fence(2), REDUND_RES_OK);
	e = epoch();
	rig_pull(1);
	EQUAL(epoch(), e);
	EQUAL(rig.owner, 2);
}

static void commands_traced(void)
{
	rig_owner();
	claim(2);
	EQUAL(event(CHASSIS_EV_CLAIM, 2)->accepted, 0);
	EQUAL(event(CHASSIS_EV_CLAIM, 2)->result, REDUND_RES_HELD);
	EQUAL(cmd(2, 99, 1, 0), REDUND_RES_INVALID);
	EQUAL(refused(2), 1);
	CHECK(is_refused(2, REG_CMD, 0));
}

const struct test tests_grant[] = {
	{ "G1: a claim of the free grant moves it and counts the epoch up", claim_free },
	{ "G1: of two claims on one epoch the second is told STALE and the owner", two_claims },
	{ "G1: a refused command changes neither owner nor epoch", refused_keeps_epoch },
	{ "G1: the expiry of a standby keeps owner and epoch", standby_expiry_keeps_epoch },
	{ "G1: owner and epoch read as two halves are of one moment", status_is_one },
	{ "G1: each slot latches the high half for itself", latch_is_each_slots },
	{ "G1: the epoch wraps and is compared for equality", epoch_wraps },
	{ "G1: release by the owner frees the grant and puts nobody OUT", release },
	{ "G6: a claim without a running failover timer is refused", claim_needs_timer },
	{ "G6: a fence is traced as fence, out, reset, grant and is one change", fence_moves },
	{ "G6: a fence works on a stuck reset line, raises PEER_STUCK and cuts the holder",
	  fence_stuck },
	{ "G6: a fence decided on another epoch is STALE and does nothing", fence_epoch },
	{ "G6: a fence decided on another re-arm count is STALE unless forced", fence_rearms },
	{ "G6: a fence of a free or own grant is refused", fence_free_own },
	{ "G6: a fence without 'peer may take' is refused, also a forced one", fence_not_allowed },
	{ "G6: a fence by a slot whose timer does not run is refused", fence_not_armed },
	{ "G6: every grant change clears 'peer may take'", take_cleared },
	{ "G6: only the owner sets 'peer may take', to 0 or 1", take_owner_only },
	{ "G6: the claim of an offer moves the held grant in one step, without reset",
	  offer_claimed },
	{ "G6: a withdrawn offer cannot be claimed", offer_withdrawn },
	{ "G6: an offer ends at its deadline, to the microsecond, and tells the peer",
	  offer_deadline },
	{ "G6: a claim of an offer on another epoch is STALE", offer_stale_claim },
	{ "G6: an offer needs owner, epoch and 1 to 60000 ms", offer_arguments },
	{ "G6: an offer ends with the grant of the offerer", offer_ends_with_grant },
	{ "G6: of removal and fence the first wins and the other is STALE", removal_or_fence },
	{ "G6: refused commands are traced with their result; unknown ones count",
	  commands_traced },
	{ NULL, NULL },
};
