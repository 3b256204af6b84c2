// SPDX-License-Identifier: GPL-2.0-or-later
/* OUT, JOIN and going down: G5 and the second half of G4. */
#include <string.h>

#include "../include/compiler.h"
#include "rig.h"

static const u32 writable[] = {
	REG_SCRATCH,	REG_BEAT,      REG_TIMER_REARM, REG_CMD_EPOCH,	REG_CMD_ARG,
	REG_CMD,	REG_PEER_TAKE, REG_GOING_DOWN,	REG_PEER_RESET, REG_FABRIC_ENABLE,
	REG_IM_RESET,	REG_CAUSE,     REG_INT_ENABLE,	REG_LED,	REG_PEER_LED,
	REG_SYSTEM_LED, REG_PUBLISH,   REG_NV_COMMIT,	WIN_FRAME_OUT,	WIN_NV_CHASSIS,
	WIN_NV_MODULE,	WIN_CRASH,
};

#define WRITABLE ARRAY_SIZE(writable)

static void check_closed(int slot)
{
	struct chassis_mem before = rig_mem;
	unsigned int i;

	for (i = 0; i < WRITABLE; i++)
		CHECK(is_refused(slot, writable[i], 1));
	CHECK(!memcmp(&before, &rig_mem, sizeof(before)));
}

static void starts_out(void)
{
	rig_new(0);
	rig_insert(1);
	CHECK(status(1) & STATUS_SELF_OUT);
	check_closed(1);
	EQUAL(rd(1, REG_REFUSED), WRITABLE);
	EQUAL(event_count(CHASSIS_EV_REFUSED, 1), WRITABLE);
	CHECK(rig_join(1));
	EQUAL(event(CHASSIS_EV_JOIN, 1)->accepted, 1);
	wr(1, REG_SCRATCH, 5);
	EQUAL(rd(1, REG_SCRATCH), 5);
}

static void out_fenced(void)
{
	rig_owner();
	rig_fault(1, CHASSIS_FAULT_RESET_STUCK, true);
	fence(2);
	rig_pass(PULSE_US);
	check_closed(1);
	EQUAL(rd(2, REG_PEER_REFUSED), WRITABLE);
	CHECK(status(2) & STATUS_PEER_OUT);
}

static void out_expired(void)
{
	rig_owner();
	rig_fault(1, CHASSIS_FAULT_RESET_STUCK, true);
	rig_hang(TIMER_MAX * MS + PULSE_US);
	check_closed(1);
}

static void out_reset(void)
{
	rig_owner();
	rig_fault(1, CHASSIS_FAULT_RESET_STUCK, true);
	rig_press(1, CHASSIS_BUTTON_RESET);
	EQUAL(rig.owner, 0);
	rig_pass(PULSE_US);
	check_closed(1);
	EQUAL(event(CHASSIS_EV_OUT, 1)->cause, CHASSIS_OUT_RESET);
}

static void out_bounce(void)
{
	u32 inc;

	rig_owner();
	inc = rd(1, REG_INCARNATION);
	rig_bounce(1);
	EQUAL(rig.owner, 0);
	CHECK(is_out(1));
	check_closed(1);
	CHECK(rd(2, REG_CAUSE) & CAUSE_PEER_REMOVED);
	CHECK(rd(2, REG_CAUSE) & CAUSE_PEER_INSERTED);
	CHECK(status(2) & STATUS_PEER_PRESENT);
	CHECK(rd(1, REG_CAUSE) & CAUSE_SELF_OUT);
	EQUAL(event(CHASSIS_EV_OUT, 1)->cause, CHASSIS_OUT_REMOVED);
	EQUAL(event_count(CHASSIS_EV_PRESENCE, 1), 2);
	CHECK(is_refused(1, REG_JOIN, inc));
	CHECK(rig_join(1));
}

static void bounce_going_down(void)
{
	u32 left;

	rig_owner();
	wr(1, REG_GOING_DOWN, REDUND_DOWN_PANIC);
	rig_pass(100 * MS);
	left = rd(1, REG_TIMER_LEFT);
	rig_bounce(1);
	EQUAL(rd(1, REG_TIMER_LEFT), left);
	CHECK(!rig_join(1));
}

static void join_conditions(void)
{
	rig_both();
	CHECK(is_refused(1, REG_JOIN, rd(1, REG_INCARNATION)));
	rig_press(1, CHASSIS_BUTTON_RESET);
	CHECK(is_refused(1, REG_JOIN, rd(1, REG_INCARNATION)));
	rig_pass(PULSE_US);
	CHECK(is_refused(1, REG_JOIN, rd(1, REG_INCARNATION) - 1));
	CHECK(is_refused(1, REG_JOIN, rd(1, REG_INCARNATION) + 1));
	CHECK(is_refused(1, REG_JOIN, 0));
	EQUAL(event(CHASSIS_EV_JOIN, 1)->accepted, 0);
	CHECK(rig_join(1));
	CHECK(rd(2, REG_CAUSE) & CAUSE_PEER_JOINED);
	CHECK(!(status(2) & STATUS_PEER_OUT));
	CHECK(!(rd(1, REG_CAUSE) & CAUSE_SELF_OUT));
}

static void incarnations(void)
{
	u32 inc;

	rig_new(0);
	rig_insert(1);
	inc = rd(1, REG_INCARNATION);
	rig_power(1, false);
	rig_power(1, true);
	EQUAL(rd(1, REG_INCARNATION), inc + 1);
	rig_press(1, CHASSIS_BUTTON_RESET);
	rig_pass(PULSE_US);
	EQUAL(rd(1, REG_INCARNATION), inc + 2);
	rig_bounce(1);
	CHECK(rd(1, REG_INCARNATION) != inc + 2);
	rig_insert(2);
	EQUAL(rd(2, REG_PEER_INCARNATION), rd(1, REG_INCARNATION));
}

static void stuck_incarnation(void)
{
	u32 inc;

	rig_owner();
	rig_fault(1, CHASSIS_FAULT_RESET_STUCK, true);
	inc = rd(1, REG_INCARNATION);
	fence(2);
	CHECK(rd(1, REG_INCARNATION) != inc);
	inc = rd(1, REG_INCARNATION);
	CHECK(is_refused(1, REG_JOIN, inc)); /* the pulse runs */
	rig_pass(PULSE_US);
	EQUAL(rd(1, REG_INCARNATION), inc + 1);
	CHECK(is_refused(1, REG_JOIN, inc));
	CHECK(rig_join(1));
}

static void going_down(void)
{
	rig_owner();
	wr(1, REG_GOING_DOWN, REDUND_DOWN_REBOOT);
	EQUAL(rig.owner, 0);
	CHECK(is_out(1));
	CHECK(rd(2, REG_CAUSE) & CAUSE_PEER_GOING_DOWN);
	CHECK(status(2) & STATUS_PEER_GOING_DOWN);
	EQUAL(rd(2, REG_PEER_DOWN_REASON), REDUND_DOWN_REBOOT);
	EQUAL(event(CHASSIS_EV_GOING_DOWN, 1)->value, REDUND_DOWN_REBOOT);
	EQUAL(event(CHASSIS_EV_OUT, 1)->cause, CHASSIS_OUT_GOING_DOWN);
	EQUAL(event(CHASSIS_EV_GRANT, 0)->cause, CHASSIS_GRANT_GOING_DOWN);
	CHECK(!rig_join(1));
	EQUAL(cmd(1, REDUND_CMD_CLAIM, epoch(), 0), REDUND_RES_OUT);
	EQUAL(rig.owner, 0);
}

static void going_down_bad(void)
{
	rig_owner();
	CHECK(is_refused(1, REG_GOING_DOWN, 0));
	CHECK(is_refused(1, REG_GOING_DOWN, REDUND_DOWN_SHUTDOWN + 1));
	wr(1, REG_GOING_DOWN, REDUND_DOWN_PANIC);
	CHECK(is_refused(1, REG_GOING_DOWN, REDUND_DOWN_SHUTDOWN));
	EQUAL(rd(2, REG_PEER_DOWN_REASON), REDUND_DOWN_PANIC);
}

static void crash_while_down(void)
{
	rig_owner();
	wr(1, REG_GOING_DOWN, REDUND_DOWN_PANIC);
	wr_size(1, WIN_CRASH, 8, 0x1122334455667788ull);
	EQUAL(rd_size(2, WIN_PEER_CRASH, 8), 0x1122334455667788ull);
	EQUAL(refused(1), 0);
	rig_hang(TIMER_DOWN * MS);
	CHECK(is_refused(1, WIN_CRASH, 1)); /* in reset */
	rig_hang(PULSE_US);
	CHECK(is_refused(1, WIN_CRASH, 1)); /* not joined */
	EQUAL(rd_size(1, WIN_CRASH, 8), 0x1122334455667788ull);
}

static void shutdown(void)
{
	rig_owner();
	EQUAL(cmd(1, REDUND_CMD_OFFER, 1, 500), REDUND_RES_OK);
	EQUAL(claim(2), REDUND_RES_OK);
	wr(1, REG_GOING_DOWN, REDUND_DOWN_SHUTDOWN);
	wr(1, REG_CMD, REDUND_CMD_SHUTDOWN_DONE);
	EQUAL(rd(1, REG_CMD_RESULT) & 0xff, REDUND_RES_OK);
	EQUAL(refused(1), 0);
	EQUAL(seen.shutdowns[1], 1);
	EQUAL(rd(1, REG_TIMER_LEFT), 0);
	CHECK(status(2) & STATUS_PEER_SHUT_DOWN);
	CHECK(status(2) & STATUS_PEER_OUT);
	rig_hang(60 * 1000 * MS);
	EQUAL(seen.asserted[1], 0);
	CHECK(!rig_join(1));
	CHECK(is_refused(1, REG_CMD, REDUND_CMD_SHUTDOWN_DONE));
	rig_press(1, CHASSIS_BUTTON_RESET);
	rig_hang(PULSE_US);
	CHECK(!(status(2) & STATUS_PEER_SHUT_DOWN));
	CHECK(rig_join(1));
	EQUAL(rig.owner, 2);
}

static void shutdown_reasons(void)
{
	u32 reason;

	for (reason = REDUND_DOWN_PANIC; reason <= REDUND_DOWN_SHUTDOWN; reason++) {
		bool may = reason >= REDUND_DOWN_HALT;

		rig_owner();
		wr(1, REG_GOING_DOWN, reason);
		wr(1, REG_CMD, REDUND_CMD_SHUTDOWN_DONE);
		EQUAL(seen.shutdowns[1], may);
		EQUAL(refused(1), !may);
		EQUAL(event_count(CHASSIS_EV_SHUTDOWN_DONE, 1), may);
	}
}

static void shutdown_plain_standby(void)
{
	rig_owner();
	EQUAL(cmd(2, REDUND_CMD_SHUTDOWN_DONE, 1, 0), REDUND_RES_OK);
	CHECK(is_out(2));
	EQUAL(rd(2, REG_TIMER_LEFT), 0);
	EQUAL(rd(1, REG_PEER_DOWN_REASON), REDUND_DOWN_SHUTDOWN);
	EQUAL(event(CHASSIS_EV_OUT, 2)->cause, CHASSIS_OUT_GOING_DOWN);
	EQUAL(rig.owner, 1);
}

static void out_kept(void)
{
	/* OUT is not forgotten by anything but a start and JOIN */
	rig_owner();
	rig_fault(1, CHASSIS_FAULT_RESET_STUCK, true);
	fence(2);
	rig_fault(1, CHASSIS_FAULT_RESET_STUCK, false);
	cmd(2, REDUND_CMD_RELEASE, epoch(), 0);
	rig_pass(PULSE_US);
	CHECK(is_out(1));
	EQUAL(cmd(1, REDUND_CMD_CLAIM, epoch(), 0), REDUND_RES_OUT);
	EQUAL(rig.owner, 0);
}

static void plant_window(void)
{
	rig_new(CHASSIS_PLANT_WINDOW_OPEN);
	rig_insert(1);
	EQUAL(claim(1), REDUND_RES_OK);
	CHECK(is_out(1));
	wr(1, REG_FABRIC_ENABLE, 1);
	EQUAL(rig.fabric_enable, 1);
}

const struct test tests_out[] = {
	{ "G5: a start is OUT: every write is refused, counted and traced until JOIN", starts_out },
	{ "G5: a fenced slot on a stuck line writes nothing", out_fenced },
	{ "G5: an expired slot on a stuck line writes nothing", out_expired },
	{ "G5: a slot reset by button on a stuck line writes nothing", out_reset },
	{ "G5: a contact bounce is a removal: OUT until a new start", out_bounce },
	{ "G5: a contact bounce does not extend a going-down", bounce_going_down },
	{ "G5: JOIN needs OUT, no reset and the incarnation of this start", join_conditions },
	{ "G5: every power-on and reset release is a new incarnation", incarnations },
	{ "G5: a pulse on a stuck line ends in a new incarnation too", stuck_incarnation },
	{ "G4: going-down drops the grant, tells the peer and cannot be withdrawn", going_down },
	{ "G4: going-down without a known reason or a second time is refused", going_down_bad },
	{ "G5: a slot that goes down may write its own crash area, until its reset",
	  crash_while_down },
	{ "G3: a shut-down module disarms its timer and stays OUT until reset", shutdown },
	{ "G3: SHUTDOWN_DONE needs going-down by shutdown, power-off or halt", shutdown_reasons },
	{ "G3: SHUTDOWN_DONE of a running non-owner is a going-down as well",
	  shutdown_plain_standby },
	{ "G5: neither a mended line nor a free grant ends OUT", out_kept },
	{ "G5: planted: with an open window an OUT slot takes the grant", plant_window },
	{ NULL, NULL },
};
