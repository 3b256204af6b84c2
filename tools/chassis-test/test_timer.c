// SPDX-License-Identifier: GPL-2.0-or-later
/* The failover timer: G3. */
#include "rig.h"

static u32 left_ms(int slot)
{
	return (rd(slot, REG_TIMER_LEFT) + 999) / 1000;
}

static void boot_arm(void)
{
	rig_new(0);
	rig_insert(1);
	EQUAL(left_ms(1), TIMER_BOOT);
	EQUAL(chassis_next(&rig), now + TIMER_BOOT * MS);
	rig_pass(TIMER_BOOT * MS - 1);
	EQUAL(event_count(CHASSIS_EV_TIMER_EXPIRED, 1), 0);
	rig_pass(1);
	EQUAL(event_count(CHASSIS_EV_TIMER_EXPIRED, 1), 1);
	EQUAL(seen.asserted[1], 1);
	rig_pass(PULSE_US);
	EQUAL(left_ms(1), TIMER_BOOT);
	EQUAL(rd(1, REG_BOOT_CAUSE), REDUND_RESET_TIMER);
}

static void join_arms_nothing(void)
{
	rig_new(0);
	rig_insert(1);
	rig_pass(1000 * MS);
	rig_join(1);
	EQUAL(left_ms(1), TIMER_BOOT - 1000);
}

static void boot_again(void)
{
	rig_new(0);
	rig_insert(1);
	rig_pass(1000 * MS);
	rig_boot_again(1);
	EQUAL(left_ms(1), TIMER_BOOT);
	rig_join(1);
	rig_pass(1000 * MS);
	rig_boot_again(1);
	EQUAL(left_ms(1), TIMER_BOOT - 1000);
	wr(1, REG_GOING_DOWN, REDUND_DOWN_REBOOT);
	rig_pass(1000 * MS);
	rig_boot_again(1);
	EQUAL(left_ms(1), TIMER_DOWN - 1000);
}

static void clamp(void)
{
	rig_both();
	wr(1, REG_BEAT, TIMER_MAX + 1);
	EQUAL(left_ms(1), TIMER_MAX);
	wr(1, REG_TIMER_REARM, ~0u);
	EQUAL(left_ms(1), TIMER_MAX);
	wr(1, REG_TIMER_REARM, 7);
	EQUAL(left_ms(1), 7);
}

static void zero(void)
{
	rig_both();
	CHECK(is_refused(1, REG_BEAT, 0));
	CHECK(is_refused(1, REG_TIMER_REARM, 0));
	EQUAL(left_ms(1), TIMER_MAX);
}

static void counts(void)
{
	u32 beat, rearms;

	rig_both();
	beat = rd(2, REG_PEER_BEAT);
	rearms = rd(2, REG_PEER_REARMS);
	wr(1, REG_BEAT, 100);
	EQUAL(rd(2, REG_PEER_BEAT), beat + 1);
	EQUAL(rd(2, REG_PEER_REARMS), rearms + 1);
	wr(1, REG_TIMER_REARM, 100);
	EQUAL(rd(2, REG_PEER_BEAT), beat + 1);
	EQUAL(rd(2, REG_PEER_REARMS), rearms + 2);
	EQUAL(rd(1, REG_REARMS), rearms + 2);
	EQUAL(rd(1, REG_BEAT), beat + 1);
}

static void expiry_of_owner(void)
{
	rig_owner();
	wr(2, REG_INT_ENABLE, CAUSE_ALL & ~CAUSE_BEAT);
	wr(1, REG_BEAT, 50);
	rig_forget();
	rig_pass(50 * MS);
	EQUAL(rig.owner, 0);
	EQUAL(epoch(), 2);
	CHECK(is_out(1));
	EQUAL(seen.asserted[1], 1);
	EQUAL(seen.cause, REDUND_RESET_TIMER);
	CHECK(rd(2, REG_CAUSE) & CAUSE_PEER_EXPIRED);
	CHECK(rd(2, REG_CAUSE) & CAUSE_GRANT);
	CHECK(seen.irqs[2] > 0);
	CHECK(event_at(CHASSIS_EV_TIMER_EXPIRED, 1) < event_at(CHASSIS_EV_OUT, 1));
	EQUAL(event(CHASSIS_EV_OUT, 1)->cause, CHASSIS_OUT_EXPIRED);
	EQUAL(event(CHASSIS_EV_GRANT, 0)->cause, CHASSIS_GRANT_TIMER);
	/* one step: everything carries the time of the expiry */
	EQUAL(event(CHASSIS_EV_GRANT, 0)->t_us, event(CHASSIS_EV_TIMER_EXPIRED, 1)->t_us);
	EQUAL(event(CHASSIS_EV_RESET, 1)->t_us, event(CHASSIS_EV_TIMER_EXPIRED, 1)->t_us);
}

static void late_call(void)
{
	u64 due;

	rig_owner();
	wr(1, REG_BEAT, 50);
	due = now + 50 * MS;
	rig_forget();
	/* nobody advanced the model in time: the write still comes too late */
	now = due + 5 * MS;
	wr(1, REG_FABRIC_ENABLE, 1);
	EQUAL(rig.fabric_enable, 3);
	EQUAL(event(CHASSIS_EV_TIMER_EXPIRED, 1)->t_us, due);
	EQUAL(event(CHASSIS_EV_FABRIC, 1)->accepted, 0);
}

static void write_at_expiry(void)
{
	rig_owner();
	wr(1, REG_BEAT, 50);
	now += 50 * MS;
	wr(1, REG_BEAT, 50);
	EQUAL(rig.owner, 0);
	CHECK(is_out(1));
}

static void expiry_stuck(void)
{
	u32 inc;

	rig_owner();
	rig_fault(1, CHASSIS_FAULT_RESET_STUCK, true);
	rig_forget();
	rig_hang(TIMER_MAX * MS);
	EQUAL(rig.owner, 0);
	CHECK(is_out(1));
	EQUAL(seen.asserted[1], 0);
	CHECK(rd(2, REG_CAUSE) & CAUSE_PEER_STUCK);
	CHECK(rd(2, REG_CAUSE) & CAUSE_PEER_EXPIRED);
	rig_hang(PULSE_US);
	EQUAL(left_ms(1), TIMER_BOOT);
	inc = rd(1, REG_INCARNATION);
	/* and again, as long as nobody joins */
	rig_hang(TIMER_BOOT * MS + 2 * PULSE_US);
	EQUAL(event_count(CHASSIS_EV_TIMER_EXPIRED, 1), 2);
	CHECK(rd(1, REG_INCARNATION) != inc);
	EQUAL(seen.starts[1], 0);
	CHECK(rig_join(1));
}

static void dead_timer(void)
{
	rig_owner();
	rig_fault(1, CHASSIS_FAULT_TIMER_DEAD, true);
	rig_hang(60 * 1000 * MS);
	EQUAL(rig.owner, 1);
	EQUAL(rd(1, REG_TIMER_LEFT), 1);
	rig_fault(1, CHASSIS_FAULT_TIMER_DEAD, false);
	EQUAL(rig.owner, 0);
	CHECK(is_out(1));
	/* it expires now: the trace does not go back, and the reset lasts */
	EQUAL(event(CHASSIS_EV_TIMER_EXPIRED, 1)->t_us, now);
	EQUAL(event_count(CHASSIS_EV_RESET, 1), 1);
	CHECK(rig.slot[0].in_reset);
}

static void wakes_later(void)
{
	rig_owner();
	rig_fault(1, CHASSIS_FAULT_RESET_STUCK, true);
	rig_hang(10 * 1000 * MS);
	EQUAL(claim(2), REDUND_RES_OK);
	/* slot 1 goes on where it stopped */
	CHECK(is_refused(1, REG_BEAT, 100));
	CHECK(is_refused(1, REG_FABRIC_ENABLE, 2));
	CHECK(is_refused(1, REG_IM_RESET, 0));
	EQUAL(cmd(1, REDUND_CMD_CLAIM, epoch(), 0), REDUND_RES_OUT);
	EQUAL(rig.owner, 2);
	CHECK(status(1) & STATUS_SELF_OUT);
	CHECK(rd(1, REG_CAUSE) & CAUSE_SELF_OUT);
}

static void bounds_readable(void)
{
	rig_both();
	EQUAL(rd(1, REG_TIMER_MAX), TIMER_MAX);
	EQUAL(rd(1, REG_TIMER_BOOT), TIMER_BOOT);
	EQUAL(rd(1, REG_TIMER_DOWN), TIMER_DOWN);
}

static void down_bound(void)
{
	rig_owner();
	wr(1, REG_GOING_DOWN, REDUND_DOWN_PANIC);
	EQUAL(left_ms(1), TIMER_DOWN);
	CHECK(is_refused(1, REG_BEAT, TIMER_MAX));
	CHECK(is_refused(1, REG_TIMER_REARM, TIMER_MAX));
	rig_hang(TIMER_DOWN * MS - 1);
	EQUAL(seen.asserted[1], 0);
	rig_pass(1);
	EQUAL(seen.asserted[1], 1);
}

static void down_bound_stuck(void)
{
	rig_owner();
	rig_fault(1, CHASSIS_FAULT_RESET_STUCK, true);
	wr(1, REG_GOING_DOWN, REDUND_DOWN_REBOOT);
	CHECK(!rig_join(1));
	rig_hang(TIMER_DOWN * MS + PULSE_US);
	CHECK(!(status(2) & STATUS_PEER_GOING_DOWN));
	CHECK(rig_join(1));
}

static void no_disarm(void)
{
	rig_owner();
	EQUAL(cmd(1, REDUND_CMD_SHUTDOWN_DONE, 1, 0), REDUND_RES_OWN);
	CHECK(rd(1, REG_TIMER_LEFT) > 0);
	EQUAL(seen.shutdowns[1], 0);
	wr(1, REG_GOING_DOWN, REDUND_DOWN_PANIC);
	EQUAL(cmd(1, REDUND_CMD_SHUTDOWN_DONE, 2, 0), REDUND_RES_OUT);
	CHECK(rd(1, REG_TIMER_LEFT) > 0);
}

static void plant_no_arm(void)
{
	rig_new(CHASSIS_PLANT_NO_BOOT_ARM);
	rig_insert(1);
	EQUAL(rd(1, REG_TIMER_LEFT), 0);
	EQUAL(chassis_next(&rig), CHASSIS_NEVER);
}

const struct test tests_timer[] = {
	{ "G3: power-on and reset release arm the timer with the boot bound", boot_arm },
	{ "G3: JOIN does not extend the boot bound", join_arms_nothing },
	{ "R15: a boot ROM's prompt begins the boot bound again, software never", boot_again },
	{ "G3: a re-arm is clamped to the chassis maximum", clamp },
	{ "G3: a re-arm with 0 is refused and counted", zero },
	{ "G3: both windows show the re-arm counts, and a beat counts both", counts },
	{ "G3: at expiry OUT, grant, reset, cause and interrupt are one step", expiry_of_owner },
	{ "G3: an expiry that is noticed late lets no write in between", late_call },
	{ "G3: a write in the microsecond of the expiry comes too late", write_at_expiry },
	{ "G3: a stuck slot expires again and again under the boot bound", expiry_stuck },
	{ "G3: with the fault wdt-dead the timer does not expire", dead_timer },
	{ "G3: a module that hangs and wakes later owns nothing", wakes_later },
	{ "G3: maximum, boot and shutdown bound are readable", bounds_readable },
	{ "G3: the shutdown bound cannot be extended and ends in a reset", down_bound },
	{ "G3: a stuck slot that survives its going down may start again", down_bound_stuck },
	{ "G3: nothing but a completed shutdown of a non-owner disarms the timer", no_disarm },
	{ "G3: planted: without the boot arm nothing runs", plant_no_arm },
	{ NULL, NULL },
};
