// SPDX-License-Identifier: GPL-2.0-only
/*
 * The grant in the chassis model: owner and epoch, and the commands that move
 * them (G1, G6). Every change of the owner goes through model_set_owner().
 */
#include <linux/types.h>

#include "model.h"

/*
 * The one place where owner and epoch change. A change ends offers, the
 * permission to take, the locate LED, resets held by the old owner and what it
 * had staged.
 */
void model_set_owner(struct model *x, int to, enum chassis_grant_cause cause)
{
	struct chassis *c = x->c;
	bool offer = c->offer;
	int from = c->owner;
	int i;

	c->owner = to;
	c->epoch++;
	c->offer = false;
	c->offer_end = 0;
	c->locate = 0;
	for (i = 1; i <= CHASSIS_SLOTS; i++) {
		slot_of(x, i)->take = 0;
		slot_of(x, i)->peer_led = 0;
	}
	model_stage_chassis(x);
	TRACE(x, .type = CHASSIS_EV_GRANT, .slot = to, .from = from, .to = to,
	      .epoch = c->epoch, .cause = cause);
	for (i = 1; i <= CHASSIS_SLOTS; i++)
		model_release_hold(x, i);
	if (offer)
		model_latch(x, peer_of(from), CAUSE_OFFER);
	model_latch(x, 1, CAUSE_GRANT);
	model_latch(x, 2, CAUSE_GRANT);
}

void model_drop_grant(struct model *x, int slot, enum chassis_grant_cause cause)
{
	if (x->c->owner == slot)
		model_set_owner(x, 0, cause);
}

static void end_offer(struct model *x)
{
	x->c->offer = false;
	x->c->offer_end = 0;
	model_latch(x, peer_of(x->c->owner), CAUSE_OFFER);
}

/* The deadline of an offer has come: as if withdrawn, by the chassis. */
void model_offer_end(struct model *x)
{
	TRACE(x, .type = CHASSIS_EV_WITHDRAW, .slot = 0, .accepted = 1,
	      .result = REDUND_RES_OK);
	end_offer(x);
}

static bool epoch_is_old(const struct model *x, int slot)
{
	return slot_of(x, slot)->cmd_epoch != x->c->epoch;
}

static enum redund_result claim_check(const struct model *x, int slot)
{
	const struct chassis *c = x->c;

	if (epoch_is_old(x, slot))
		return REDUND_RES_STALE;
	if (c->owner == slot)
		return REDUND_RES_OWN;
	if (c->owner && !c->offer)
		return REDUND_RES_HELD;
	if (!slot_of(x, slot)->timer_at)
		return REDUND_RES_NOT_ARMED;
	return REDUND_RES_OK;
}

static enum redund_result do_claim(struct model *x, int slot)
{
	enum redund_result res = claim_check(x, slot);
	enum chassis_grant_cause cause = x->c->owner ? CHASSIS_GRANT_OFFER :
						       CHASSIS_GRANT_CLAIM;

	TRACE(x, .type = CHASSIS_EV_CLAIM, .slot = slot, .result = res,
	      .accepted = res == REDUND_RES_OK);
	if (res == REDUND_RES_OK)
		model_set_owner(x, slot, cause);
	return res;
}

static enum redund_result fence_check(const struct model *x, int slot, bool forced)
{
	const struct chassis *c = x->c;
	const struct chassis_slot *sl = slot_of(x, slot);
	const struct chassis_slot *holder = slot_of(x, peer_of(slot));

	if (epoch_is_old(x, slot) && !(c->cfg.plant & CHASSIS_PLANT_FENCE_NO_EPOCH))
		return REDUND_RES_STALE;
	if (!c->owner)
		return REDUND_RES_FREE;
	if (c->owner == slot)
		return REDUND_RES_OWN;
	if (!forced && sl->cmd_arg != holder->rearms)
		return REDUND_RES_STALE;
	if (!holder->take)
		return REDUND_RES_NOT_ALLOWED;
	if (!sl->timer_at)
		return REDUND_RES_NOT_ARMED;
	return REDUND_RES_OK;
}

/* The holder is OUT and its reset asserted before the grant moves (G6). */
static enum redund_result do_fence(struct model *x, int slot, bool forced)
{
	enum redund_result res = fence_check(x, slot, forced);
	int holder = peer_of(slot);

	TRACE(x, .type = CHASSIS_EV_FENCE, .slot = slot, .result = res,
	      .accepted = res == REDUND_RES_OK, .value = forced);
	if (res != REDUND_RES_OK)
		return res;
	model_out(x, holder, CHASSIS_OUT_FENCED);
	model_start_reset(x, holder, REDUND_RESET_FENCE, false);
	if (x->c->cfg.plant & CHASSIS_PLANT_LEVEL_RESET)
		slot_of(x, holder)->reset_end = 0;
	model_set_owner(x, slot, CHASSIS_GRANT_FENCE);
	model_latch(x, slot, CAUSE_PEER_FENCED);
	return res;
}

static enum redund_result owner_check(const struct model *x, int slot)
{
	if (!x->c->owner)
		return REDUND_RES_FREE;
	return x->c->owner == slot ? REDUND_RES_OK : REDUND_RES_NOT_OWNER;
}

static enum redund_result do_release(struct model *x, int slot)
{
	enum redund_result res = owner_check(x, slot);

	TRACE(x, .type = CHASSIS_EV_RELEASE, .slot = slot, .result = res,
	      .accepted = res == REDUND_RES_OK);
	if (res == REDUND_RES_OK)
		model_set_owner(x, 0, CHASSIS_GRANT_RELEASE);
	return res;
}

static enum redund_result do_offer(struct model *x, int slot)
{
	enum redund_result res = owner_check(x, slot);
	u32 ms = slot_of(x, slot)->cmd_arg;

	if (res == REDUND_RES_OK && epoch_is_old(x, slot))
		res = REDUND_RES_STALE;
	else if (res == REDUND_RES_OK && (ms < 1 || ms > OFFER_MAX_MS))
		res = REDUND_RES_INVALID;
	TRACE(x, .type = CHASSIS_EV_OFFER, .slot = slot, .result = res,
	      .accepted = res == REDUND_RES_OK, .value = ms);
	if (res == REDUND_RES_OK) {
		x->c->offer = true;
		x->c->offer_end = deadline(x, from_ms(ms));
		model_latch(x, peer_of(slot), CAUSE_OFFER);
	}
	return res;
}

static enum redund_result do_withdraw(struct model *x, int slot)
{
	enum redund_result res = owner_check(x, slot);

	TRACE(x, .type = CHASSIS_EV_WITHDRAW, .slot = slot, .result = res,
	      .accepted = res == REDUND_RES_OK);
	if (res == REDUND_RES_OK && x->c->offer)
		end_offer(x);
	return res;
}

/* May this slot, which is OUT, still say that its shutdown is complete? */
bool model_may_finish(const struct chassis_slot *sl)
{
	return sl->going_down && !sl->in_reset && !sl->shut_down &&
	       (sl->down_reason == REDUND_DOWN_SHUTDOWN ||
		sl->down_reason == REDUND_DOWN_POWER_OFF ||
		sl->down_reason == REDUND_DOWN_HALT);
}

static enum redund_result do_shutdown_done(struct model *x, int slot)
{
	if (x->c->owner == slot)
		return REDUND_RES_OWN;
	if (!slot_of(x, slot)->going_down)
		model_going_down(x, slot, REDUND_DOWN_SHUTDOWN);
	model_shutdown_done(x, slot);
	return REDUND_RES_OK;
}

/* The rulings of GOING_DOWN: one write, no return, a bound that stays. */
void model_going_down(struct model *x, int slot, u32 reason)
{
	struct chassis_slot *sl = slot_of(x, slot);

	TRACE(x, .type = CHASSIS_EV_GOING_DOWN, .slot = slot, .value = reason);
	sl->going_down = true;
	sl->down_reason = reason;
	sl->timer_at = deadline(x, from_ms(x->c->cfg.timer_down_ms));
	model_out(x, slot, CHASSIS_OUT_GOING_DOWN);
	model_drop_grant(x, slot, CHASSIS_GRANT_GOING_DOWN);
	model_latch(x, peer_of(slot), CAUSE_PEER_GOING_DOWN);
}

static enum redund_result run(struct model *x, int slot, u32 cmd)
{
	switch (cmd) {
	case REDUND_CMD_CLAIM:
		return do_claim(x, slot);
	case REDUND_CMD_FENCE:
		return do_fence(x, slot, false);
	case REDUND_CMD_FENCE_FORCED:
		return do_fence(x, slot, true);
	case REDUND_CMD_RELEASE:
		return do_release(x, slot);
	case REDUND_CMD_OFFER:
		return do_offer(x, slot);
	case REDUND_CMD_WITHDRAW:
		return do_withdraw(x, slot);
	case REDUND_CMD_SHUTDOWN_DONE:
		return do_shutdown_done(x, slot);
	default:
		return REDUND_RES_INVALID;
	}
}

static void set_result(struct model *x, int slot, enum redund_result res)
{
	slot_of(x, slot)->cmd_result = res | x->c->owner << CMD_RESULT_OWNER_SHIFT;
}

/* Carry out a command; the answer stands in CMD_RESULT. */
void model_command(struct model *x, int slot, u32 cmd)
{
	set_result(x, slot, run(x, slot, cmd));
}

/* A command through a closed window: answered, traced, without effect. */
void model_command_out(struct model *x, int slot, u32 cmd)
{
	static const u8 type[] = {
		[REDUND_CMD_CLAIM] = CHASSIS_EV_CLAIM,
		[REDUND_CMD_FENCE] = CHASSIS_EV_FENCE,
		[REDUND_CMD_FENCE_FORCED] = CHASSIS_EV_FENCE,
		[REDUND_CMD_RELEASE] = CHASSIS_EV_RELEASE,
		[REDUND_CMD_OFFER] = CHASSIS_EV_OFFER,
		[REDUND_CMD_WITHDRAW] = CHASSIS_EV_WITHDRAW,
	};

	set_result(x, slot, REDUND_RES_OUT);
	/* the shut-down line stands for a completed one only */
	if (cmd >= REDUND_CMD_CLAIM && cmd < REDUND_CMD_SHUTDOWN_DONE)
		TRACE(x, .type = type[cmd], .slot = slot,
		      .result = REDUND_RES_OUT);
}
