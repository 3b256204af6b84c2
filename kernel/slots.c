// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interface modules A to L: reset and brought up in order after a takeover
 * (S-022, S-123), their states, and the log lines of figure 15-31.
 */
#include "redund.h"

#define RD_IM_ALL	(BIT(REDUND_IM_SLOTS) - 1)

static enum redund_im_hw rd_im(u64 state, unsigned int i)
{
	return state >> (4 * i) & 0xf;
}

/* Event numbers of the log lines (S-257, C-20); only the owner brings up. */
static void rd_slot_log(struct redund *rd, unsigned int i, enum redund_im_hw was,
			enum redund_im_hw is)
{
	char name = 'A' + i;
	const u8 info = REDUND_SEVERITY_INFORMATION;

	/* What is there at the start is told by rd_slots_boot(). */
	if (!rd->slots_told)
		return;
	if (was == REDUND_IM_ABSENT && is != REDUND_IM_ABSENT)
		rd_log(rd, 68, info, 0, "chassis", "Slot %c Inserted", name);
	if (is == REDUND_IM_ABSENT)
		rd_log(rd, 0, info, 0, "chassis", "Slot %c Removed", name);
	if (!rd_owns(rd))
		return;
	if (is == REDUND_IM_DOWNLOADING)
		rd_log(rd, 375, info, 0, "chassis", "Slot %c Downloading", name);
	if (is == REDUND_IM_FAILED)
		rd_log(rd, 0, REDUND_SEVERITY_WARNING, 0, "chassis", "Slot %c Failed", name);
	if (is != REDUND_IM_UP)
		return;
	if (was == REDUND_IM_DOWNLOADING)
		rd_log(rd, 376, info, 0, "chassis", "Slot %c Download Complete", name);
	rd_log(rd, 422, info, 0, "chassis", "Slot %c Ready", name);
}

static bool rd_slots_settled(u64 state)
{
	unsigned int i;

	for (i = 0; i < REDUND_IM_SLOTS; i++)
		if (rd_im(state, i) == REDUND_IM_RESET || rd_im(state, i) == REDUND_IM_DOWNLOADING)
			return false;
	return true;
}

/**
 * rd_slots_look() - read the states; log and notify what changed
 * @rd: instance
 *
 * Context: redund.lock, on their cause and while they are brought up.
 */
void rd_slots_look(struct redund *rd)
{
	u64 state = rd_read64(rd, REG_IM_STATE);
	unsigned int i;

	if (rd->dead)
		return;
	for (i = 0; i < REDUND_IM_SLOTS; i++) {
		if (rd_im(state, i) == rd_im(rd->im_state, i))
			continue;
		rd_slot_log(rd, i, rd_im(rd->im_state, i), rd_im(state, i));
		rd_change(rd, REDUND_OBJECT_MODULE, i);
	}
	rd->im_state = state;
	if (rd->im_waiting && rd_slots_settled(state)) {
		rd->im_waiting = false;
		rd_phase_done(rd, REDUND_PHASE_PORTS_UP, REDUND_PHASE_RESULT_OK);
	}
}

static void rd_slots_fabric_log(struct redund *rd, u32 changed)
{
	unsigned int i;

	for (i = 1; i <= 2; i++) {
		u32 bit = BIT(STATUS_FABRIC_SHIFT + i - 1);

		if (changed & bit)
			rd_log(rd, rd->status & bit ? 68 : 0, REDUND_SEVERITY_INFORMATION, 0,
			       "chassis", "Fabric %u %s", i,
			       rd->status & bit ? "Inserted" : "Removed");
	}
}

/**
 * rd_slots_fabric() - fabric modules came or went, as the status just read says
 * @rd: instance
 * @was: status before
 *
 * Context: redund.lock.
 */
void rd_slots_fabric(struct redund *rd, u32 was)
{
	if (rd->slots_told)
		rd_slots_fabric_log(rd, (was ^ rd->status) & STATUS_FABRIC_PRESENT);
}

/**
 * rd_slots_boot() - what is there at the start of this software (S-258)
 * @rd: instance
 *
 * Context: redund.lock.
 */
void rd_slots_boot(struct redund *rd)
{
	unsigned int i;

	if (rd->dead)
		return;
	rd_slots_fabric_log(rd, rd->status & STATUS_FABRIC_PRESENT);
	rd->im_state = rd_read64(rd, REG_IM_STATE);
	for (i = 0; i < REDUND_IM_SLOTS; i++) {
		if (rd_im(rd->im_state, i) == REDUND_IM_ABSENT)
			continue;
		rd_log(rd, 68, REDUND_SEVERITY_INFORMATION, 0, "chassis", "Slot %c Inserted",
		       'A' + i);
		rd_change(rd, REDUND_OBJECT_MODULE, i);
	}
}

/**
 * rd_slots_reset() - hold every interface module in reset (S-022)
 * @rd: instance that holds the grant
 *
 * Context: redund.lock.
 * Return: enum redund_phase_result
 */
u8 rd_slots_reset(struct redund *rd)
{
	if (!rd_failover_may_write(rd))
		return REDUND_PHASE_RESULT_FAILED;
	rd_write32(rd, REG_IM_RESET, RD_IM_ALL);
	if ((rd_read32(rd, REG_IM_RESET) & RD_IM_ALL) != RD_IM_ALL)
		return REDUND_PHASE_RESULT_FAILED;
	rd_slots_look(rd);
	return REDUND_PHASE_RESULT_OK;
}

/* Return: true if the controller holds none of them any more. */
static bool rd_slots_release(struct redund *rd)
{
	u32 hold = RD_IM_ALL;
	unsigned int i;

	for (i = 0; i < REDUND_IM_SLOTS; i++) {
		hold &= ~BIT(i);
		if (!rd_failover_may_write(rd))
			return false;
		/* One write for the empty slots that follow. */
		if (rd_im(rd->im_state, i) == REDUND_IM_ABSENT && i < REDUND_IM_SLOTS - 1)
			continue;
		rd_write32(rd, REG_IM_RESET, hold);
	}
	return !(rd_read32(rd, REG_IM_RESET) & RD_IM_ALL);
}

/**
 * rd_slots_start() - release them in order A to L; ends the phase "ports-up"
 * @rd: instance that holds the grant
 *
 * The phase ends when all that are present are up or failed; its bound is
 * the state machine's. When they cannot be released it has failed, and
 * rd_slots_retry() goes on.
 *
 * Context: redund.lock.
 */
void rd_slots_start(struct redund *rd)
{
	rd->im_held = !rd_slots_release(rd);
	if (rd->im_held) {
		rd_phase_done(rd, REDUND_PHASE_PORTS_UP, REDUND_PHASE_RESULT_FAILED);
		return;
	}
	rd->im_waiting = true;
	rd_slots_look(rd);
}

/**
 * rd_slots_retry() - release what could not be released (rd_slots_start())
 * @rd: instance that holds the grant
 *
 * Context: redund.lock, after each event.
 */
void rd_slots_retry(struct redund *rd)
{
	if (!rd->im_held || !rd_failover_may_write(rd))
		return;
	rd->im_held = !rd_slots_release(rd);
	if (!rd->im_held)
		rd_log(rd, 0, REDUND_SEVERITY_INFORMATION, 0, "redund",
		       "modules-released: the interface modules are out of reset");
}
