// SPDX-License-Identifier: GPL-2.0-or-later
/* Resets and power: G7, the told causes of G4, reset-system. */
#include <string.h>

#include "rig.h"

static void pulse(void)
{
	rig_owner();
	wr(1, REG_PEER_RESET, PEER_RESET_PULSE);
	CHECK(status(1) & STATUS_PEER_IN_RESET);
	EQUAL(seen.asserted[2], 1);
	EQUAL(seen.starts[2], 0);
	rig_pass(PULSE_US - 1);
	CHECK(status(1) & STATUS_PEER_IN_RESET);
	rig_pass(1);
	CHECK(!(status(1) & STATUS_PEER_IN_RESET));
	EQUAL(seen.starts[2], 1);
	EQUAL(rd(2, REG_BOOT_CAUSE), REDUND_RESET_COMMAND);
	EQUAL(event(CHASSIS_EV_PEER_RESET, 1)->accepted, 1);
	CHECK(rd(1, REG_CAUSE) & CAUSE_PEER_RESET);
	EQUAL(epoch(), 1);
}

static void pulses_end(void)
{
	rig_owner();
	fence(2);
	rig_pass(PULSE_US);
	CHECK(!rig.slot[0].in_reset);
	EQUAL(seen.starts[1], 1);
	EQUAL(rd(1, REG_BOOT_CAUSE), REDUND_RESET_FENCE);
	rig_owner();
	rig_hang(TIMER_MAX * MS + PULSE_US);
	CHECK(!rig.slot[0].in_reset);
	EQUAL(rig.owner, 0);
}

static void hold(void)
{
	rig_owner();
	wr(1, REG_PEER_RESET, PEER_RESET_HOLD);
	wr(1, REG_TIMER_REARM, TIMER_MAX);
	rig_pass(500 * MS);
	CHECK(status(1) & STATUS_PEER_IN_RESET);
	EQUAL(seen.starts[2], 0);
	EQUAL(rd(2, REG_TIMER_LEFT), 0);
	wr(1, REG_PEER_RESET, 0);
	CHECK(!(status(1) & STATUS_PEER_IN_RESET));
	EQUAL(seen.starts[2], 1);
	CHECK(rd(2, REG_TIMER_LEFT) > 0);
}

static void hold_freed_in_pulse(void)
{
	rig_owner();
	wr(1, REG_PEER_RESET, PEER_RESET_HOLD);
	rig_pass(PULSE_US / 2);
	wr(1, REG_PEER_RESET, 0);
	CHECK(rig.slot[1].in_reset);
	rig_pass(PULSE_US / 2);
	CHECK(!rig.slot[1].in_reset);
	EQUAL(seen.starts[2], 1);
}

static void hold_to_pulse(void)
{
	rig_owner();
	wr(1, REG_PEER_RESET, PEER_RESET_HOLD);
	rig_pass(10 * PULSE_US);
	wr(1, REG_PEER_RESET, PEER_RESET_PULSE);
	CHECK(rig.slot[1].in_reset);
	rig_pass(PULSE_US);
	CHECK(!rig.slot[1].in_reset);
	EQUAL(seen.starts[2], 1);
}

static void hold_ends_with_grant(void)
{
	rig_owner();
	wr(1, REG_PEER_RESET, PEER_RESET_HOLD);
	wr(1, REG_BEAT, 50);
	rig_pass(49 * MS);
	CHECK(rig.slot[1].in_reset);
	rig_pass(1 * MS);
	EQUAL(rig.owner, 0);
	CHECK(!rig.slot[1].in_reset);
	EQUAL(seen.starts[2], 1);
	CHECK(rig_join(2));
	EQUAL(claim(2), REDUND_RES_OK);
}

static void hold_and_release(void)
{
	rig_owner();
	wr(1, REG_PEER_RESET, PEER_RESET_HOLD);
	rig_pass(10 * MS);
	EQUAL(cmd(1, REDUND_CMD_RELEASE, 1, 0), REDUND_RES_OK);
	CHECK(!rig.slot[1].in_reset);
}

static void hold_owner_pulled(void)
{
	rig_owner();
	wr(1, REG_PEER_RESET, PEER_RESET_HOLD);
	rig_pass(10 * MS);
	rig_pull(1);
	CHECK(!rig.slot[1].in_reset);
	EQUAL(seen.starts[2], 1);
}

static void reset_values(void)
{
	rig_owner();
	CHECK(is_refused(1, REG_PEER_RESET, 3));
	CHECK(is_refused(1, REG_PEER_RESET, 4));
	CHECK(is_refused(2, REG_PEER_RESET, PEER_RESET_PULSE));
	EQUAL(event(CHASSIS_EV_PEER_RESET, 2)->accepted, 0);
	rig_pull(2);
	wr(1, REG_PEER_RESET, PEER_RESET_PULSE);
	EQUAL(seen.asserted[2], 0);
}

static void registers_start_anew(void)
{
	rig_owner();
	wr(2, REG_SCRATCH, 7);
	wr(2, REG_INT_ENABLE, CAUSE_ALL);
	wr(2, REG_LED, REDUND_LED_GREEN);
	wr(2, REG_SYSTEM_LED, REDUND_LED_ORANGE);
	publish(2, 5);
	wr(1, REG_PEER_RESET, PEER_RESET_PULSE);
	rig_pass(PULSE_US);
	EQUAL(rd(2, REG_SCRATCH), 0);
	EQUAL(rd(2, REG_INT_ENABLE), 0);
	EQUAL(rd(2, REG_CAUSE), 0);
	EQUAL(rd(2, REG_LED), 0);
	EQUAL(rd(2, REG_SYSTEM_LED), 0);
	EQUAL(rd(2, REG_CMD_RESULT), 0);
	EQUAL(rig.slot[1].role, CHASSIS_ROLE_NONE);
	EQUAL(rd_size(1, WIN_FRAME_IN + offsetof(struct redund_frame, role), 1), 0);
}

static void button_reset(void)
{
	rig_owner();
	rig_press(1, CHASSIS_BUTTON_RESET);
	EQUAL(rig.owner, 0);
	EQUAL(event(CHASSIS_EV_GRANT, 0)->cause, CHASSIS_GRANT_RESET);
	EQUAL(event(CHASSIS_EV_BUTTON, 1)->value, CHASSIS_BUTTON_RESET);
	EQUAL(event(CHASSIS_EV_RESET, 1)->cause, REDUND_RESET_BUTTON);
	CHECK(rd(2, REG_CAUSE) & CAUSE_BUTTON_RESET);
	CHECK(rd(2, REG_CAUSE) & CAUSE_PEER_RESET);
	rig_pass(PULSE_US);
	EQUAL(rd(1, REG_BOOT_CAUSE), REDUND_RESET_BUTTON);
}

static void button_reset_standby(void)
{
	rig_owner();
	rig_press(2, CHASSIS_BUTTON_RESET);
	EQUAL(rig.owner, 1);
	EQUAL(epoch(), 1);
	CHECK(is_out(2));
}

static void own_reboot(void)
{
	rig_owner();
	rig_fault(1, CHASSIS_FAULT_RESET_STUCK, true);
	wr(1, REG_GOING_DOWN, REDUND_DOWN_REBOOT);
	rig_reboot(1);
	EQUAL(seen.asserted[1], 1);
	rig_pass(PULSE_US);
	EQUAL(seen.starts[1], 1);
	EQUAL(rd(1, REG_BOOT_CAUSE), REDUND_RESET_COMMAND);
	CHECK(!(status(2) & STATUS_PEER_STUCK));
	CHECK(rig_join(1));
}

static void own_reboot_in_stuck_pulse(void)
{
	rig_owner();
	rig_fault(1, CHASSIS_FAULT_RESET_STUCK, true);
	fence(2);
	rig_reboot(1);
	rig_pass(PULSE_US);
	EQUAL(seen.starts[1], 1);
}

static void power_loss(void)
{
	rig_owner();
	rig_power(1, false);
	EQUAL(rig.owner, 0);
	EQUAL(event(CHASSIS_EV_GRANT, 0)->cause, CHASSIS_GRANT_POWER);
	EQUAL(event(CHASSIS_EV_OUT, 1)->cause, CHASSIS_OUT_POWER);
	CHECK(event_at(CHASSIS_EV_POWER, 1) < event_at(CHASSIS_EV_GRANT, 0));
	CHECK(rd(2, REG_CAUSE) & CAUSE_PEER_POWER);
	CHECK(status(2) & STATUS_PEER_PRESENT);
	CHECK(!(status(2) & STATUS_PEER_POWERED));
	EQUAL(chassis_next(&rig), rig.slot[1].timer_at);
	rig_power(1, true);
	EQUAL(seen.starts[1], 1);
	EQUAL(rd(1, REG_BOOT_CAUSE), REDUND_RESET_POWER);
}

static void removal(void)
{
	rig_owner();
	rig_pull(1);
	EQUAL(rig.owner, 0);
	EQUAL(event(CHASSIS_EV_GRANT, 0)->cause, CHASSIS_GRANT_REMOVED);
	EQUAL(event(CHASSIS_EV_PRESENCE, 1)->value, 0);
	CHECK(rd(2, REG_CAUSE) & CAUSE_PEER_REMOVED);
	CHECK(!(status(2) & (STATUS_PEER_PRESENT | STATUS_PEER_POWERED)));
	CHECK(status(2) & STATUS_PEER_OUT);
	rig_power(1, true);
	EQUAL(seen.starts[1], 0);
	rig_insert(1);
	EQUAL(seen.starts[1], 1);
	CHECK(rd(2, REG_CAUSE) & CAUSE_PEER_INSERTED);
	CHECK(rig_join(1));
}

static void no_power_no_software(void)
{
	rig_owner();
	rig_power(2, false);
	EQUAL(rd(2, REG_ID), 0xffffffff);
	EQUAL(rd64(2, REG_STATUS), ~0ull);
	EQUAL(rd_size(2, WIN_CRASH, 1), 0xff);
	wr(2, REG_SCRATCH, 1);
	wr_size(2, WIN_CRASH, 1, 0);
	wr_area(2, WIN_FRAME_OUT, "x", 1);
	EQUAL(refused(2), 0);
}

static void cycle(void)
{
	rig_owner();
	wr(1, REG_FABRIC_ENABLE, 1);
	wr(1, REG_IM_RESET, 0);
	cmd(1, REDUND_CMD_OFFER, 1, 100);
	wr(1, REG_PEER_RESET, PEER_RESET_HOLD);
	rig_fault(2, CHASSIS_FAULT_RESET_STUCK, true);
	rig_forget();
	rig_cycle();
	EQUAL(rig.owner, 0);
	EQUAL(epoch(), 0);
	EQUAL(rig.offer, 0);
	EQUAL(rig.fabric_enable, 3);
	EQUAL(rig.im_reset, 0xfff);
	EQUAL(event(CHASSIS_EV_RESET, 1)->cause, REDUND_RESET_SYSTEM);
	rig_pass(PULSE_US);
	EQUAL(seen.starts[1], 1);
	EQUAL(seen.starts[2], 1); /* power knows no reset line */
	EQUAL(rd(2, REG_BOOT_CAUSE), REDUND_RESET_SYSTEM);
	CHECK(rig_join(1));
	EQUAL(claim(1), REDUND_RES_OK);
	EQUAL(epoch(), 1);
}

static void cycle_powers(void)
{
	rig_owner();
	rig_power(2, false);
	rig_cycle();
	rig_pass(PULSE_US);
	EQUAL(seen.starts[2], 1);
	CHECK(rig_join(2));
}

static void cycle_keeps_memory(void)
{
	u32 v;

	rig_owner();
	wr(1, WIN_NV_CHASSIS, 0x1234);
	wr(1, REG_NV_COMMIT, REDUND_NV_CHASSIS);
	wr(1, WIN_NV_CHASSIS, 0x5678); /* staged only */
	wr(1, WIN_CRASH, 0x9abc);
	rig_cycle();
	rig_pass(PULSE_US);
	EQUAL(rd(1, WIN_NV_CHASSIS), 0x1234);
	EQUAL(rd(1, WIN_CRASH), 0x9abc);
	rig_join(1);
	claim(1);
	wr(1, REG_NV_COMMIT, REDUND_NV_CHASSIS);
	rd_area(2, WIN_NV_CHASSIS, &v, sizeof(v));
	EQUAL(v, 0x1234);
}

static void plant_level(void)
{
	rig_both();
	rig.cfg.plant = CHASSIS_PLANT_LEVEL_RESET;
	claim(1);
	wr(1, REG_PEER_TAKE, 1);
	fence(2);
	wr(2, REG_BEAT, TIMER_MAX);
	rig_pass(TIMER_MAX * MS);
	EQUAL(rig.owner, 0);
	CHECK(rig.slot[0].in_reset);
}

const struct test tests_reset[] = {
	{ "G7: a pulse by command ends by itself and starts the peer", pulse },
	{ "G7: resets by fence and timer end by themselves, also with a free grant", pulses_end },
	{ "G7: a hold lasts until it is freed, then the peer starts", hold },
	{ "G7: a hold freed early is still a whole pulse", hold_freed_in_pulse },
	{ "G7: a hold that is made a pulse ends", hold_to_pulse },
	{ "G7: a hold ends with the expiry of its owner", hold_ends_with_grant },
	{ "G7: a hold ends with a release", hold_and_release },
	{ "G7: a hold ends with the removal of its owner", hold_owner_pulled },
	{ "G2: only the owner resets the peer, with a known value", reset_values },
	{ "G7: a start finds its own registers at their reset values", registers_start_anew },
	{ "G4: MM Reset on the owner drops the grant and tells the peer at once (S-134)",
	  button_reset },
	{ "G4: MM Reset on the standby leaves the grant alone (S-135)", button_reset_standby },
	{ "G4: a module's own reboot needs no reset line", own_reboot },
	{ "G4: a reboot during a pulse on a stuck line is a start", own_reboot_in_stuck_pulse },
	{ "G4: power loss drops the grant and tells the peer", power_loss },
	{ "G4: removal drops the grant and tells the peer", removal },
	{ "G5: without power a window reads all ones and its writes are dropped",
	  no_power_no_software },
	{ "G1: over reset-system the epoch starts anew without owner, offer or hold", cycle },
	{ "G1: reset-system gives power to every present module", cycle_powers },
	{ "G9: chassis memory and crash areas survive reset-system, staged data not",
	  cycle_keeps_memory },
	{ "G7: planted: a level reset stays with a free grant", plant_level },
	{ NULL, NULL },
};
