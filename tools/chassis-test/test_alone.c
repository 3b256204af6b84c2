// SPDX-License-Identifier: GPL-2.0-or-later
/* Each bit, register and line of the trace by itself: what mutants survived. */
#include "../include/compiler.h"
#include "rig.h"

/* ---- the status word ---------------------------------------------------------- */

/* All of it but what a state of the rig says; causes and counts are acknowledged. */
static u32 bits(void)
{
	wr(1, REG_CAUSE, ~0u);
	return status(1) & ~(STATUS_PEER_BEAT | STATUS_PEER_SEQ);
}

static void each_status_bit(void)
{
	u32 there = STATUS_PEER_PRESENT | STATUS_PEER_POWERED;

	rig_new(0);
	rig_insert(1);
	EQUAL(bits(), STATUS_SELF_OUT | STATUS_PEER_OUT);
	rig_join(1);
	EQUAL(bits(), STATUS_PEER_OUT);
	rig_both();
	EQUAL(bits(), there);
	claim(1);
	EQUAL(bits(), there | 1);
	wr(1, REG_PEER_TAKE, 1);
	EQUAL(bits(), there | STATUS_PEER_MAY_TAKE | 1);
	cmd(1, REDUND_CMD_OFFER, epoch(), 100);
	EQUAL(bits(), there | STATUS_PEER_MAY_TAKE | STATUS_OFFER | 1);
	rig_both();
	wr(2, REG_GOING_DOWN, REDUND_DOWN_SHUTDOWN);
	EQUAL(bits(), there | STATUS_PEER_OUT | STATUS_PEER_GOING_DOWN);
	cmd(2, REDUND_CMD_SHUTDOWN_DONE, epoch(), 0);
	EQUAL(bits(), there | STATUS_PEER_OUT | STATUS_PEER_GOING_DOWN | STATUS_PEER_SHUT_DOWN);
	rig_both();
	rig_fault(2, CHASSIS_FAULT_RESET_STUCK, true);
	rig_press(2, CHASSIS_BUTTON_RESET);
	EQUAL(bits(), there | STATUS_PEER_OUT | STATUS_PEER_IN_RESET | STATUS_PEER_STUCK);
	rig_both();
	rig_fabric(1, true);
	CHECK(status(1) & STATUS_CAUSE);
	EQUAL(bits(), there | 1 << STATUS_FABRIC_SHIFT);
	rig_fabric(2, true);
	EQUAL(bits(), there | STATUS_FABRIC_PRESENT);
}

/* ---- who may write ------------------------------------------------------------- */

static void what_is_not_protected(void)
{
	static const struct {
		u32 off, value;
	} all[] = {
		{ REG_SCRATCH, 5 },
		{ REG_BEAT, 100 },
		{ REG_TIMER_REARM, 100 },
		{ REG_CMD_EPOCH, 5 },
		{ REG_CMD_ARG, 5 },
		{ REG_CAUSE, 1 },
		{ REG_INT_ENABLE, 1 },
		{ REG_LED, REDUND_LED_GREEN },
		{ REG_SYSTEM_LED, REDUND_LED_GREEN },
		{ REG_PUBLISH, 1 },
		{ REG_NV_COMMIT, REDUND_NV_MODULE },
		{ REG_GOING_DOWN, REDUND_DOWN_HALT },
	};
	unsigned int i;

	rig_owner();
	for (i = 0; i < ARRAY_SIZE(all); i++) {
		wr(2, all[i].off, all[i].value);
		EQUAL(refused(2), 0);
	}
}

static void what_is_protected(void)
{
	static const u32 all[] = { REG_PEER_TAKE,  REG_FABRIC_ENABLE, REG_IM_RESET,
				   REG_PEER_RESET, REG_PEER_LED,      REG_LOCATE };
	unsigned int i;

	rig_owner();
	for (i = 0; i < ARRAY_SIZE(all); i++) {
		CHECK(is_refused(2, all[i], 1));
		wr(1, all[i], 1);
		EQUAL(refused(1), 0);
	}
}

/* A register that is refused runs no command. */
static void only_a_command_is_run(void)
{
	rig_owner();
	wr(1, REG_CMD_EPOCH, epoch());
	wr(1, REG_LED, 0x10000 | REDUND_CMD_RELEASE);
	EQUAL(refused(1), 1);
	wr(1, REG_FABRIC_ENABLE, REDUND_CMD_RELEASE);
	EQUAL(rig.owner, 1);
	EQUAL(event_count(CHASSIS_EV_RELEASE, 1), 0);
}

/* ---- the trace --------------------------------------------------------------------- */

static void a_release_is_traced(void)
{
	rig_owner();
	cmd(2, REDUND_CMD_RELEASE, epoch(), 0);
	EQUAL(event(CHASSIS_EV_RELEASE, 2)->accepted, 0);
	EQUAL(event(CHASSIS_EV_RELEASE, 2)->result, REDUND_RES_NOT_OWNER);
	cmd(1, REDUND_CMD_RELEASE, epoch(), 0);
	EQUAL(event(CHASSIS_EV_RELEASE, 1)->accepted, 1);
	CHECK(event_at(CHASSIS_EV_RELEASE, 1) < event_at(CHASSIS_EV_GRANT, 0));
}

/* What is due comes first, and what it changed on the front is traced at once. */
static void the_front_is_traced_with_the_call(void)
{
	unsigned int i;

	for (i = 0; i < 7; i++) {
		rig_owner();
		wr(1, REG_LED, REDUND_LED_GREEN << LED_ACTV_SHIFT);
		rig_forget();
		wr(2, REG_BEAT, TIMER_MAX);
		now += TIMER_MAX * MS - 1;
		wr(2, REG_BEAT, TIMER_MAX);
		EQUAL(event_count(CHASSIS_EV_LED, 1), 0);
		now += 1;
		if (i == 0)
			rig_fabric(1, true);
		else if (i == 1)
			rig_im(0, true);
		else if (i == 2)
			rig_fault(2, CHASSIS_FAULT_CUT_LINK, true);
		else if (i == 3)
			rig_boot_again(2);
		else if (i == 4)
			rd(2, REG_ID);
		else if (i == 5)
			wr(2, REG_SCRATCH, 1);
		else
			rig_pull(2);
		EQUAL(event_count(CHASSIS_EV_LED, 1), 1);
		EQUAL(event(CHASSIS_EV_LED, 1)->index, LED_ACTV_SHIFT);
		EQUAL(event(CHASSIS_EV_LED, 1)->value, 0);
	}
}

static void a_power_cycle_is_traced(void)
{
	rig_owner();
	rig_power(2, false);
	wr(1, REG_LOCATE, REDUND_LED_GREEN);
	wr(1, REG_LED, REDUND_LED_GREEN << LED_ACTV_SHIFT);
	rig_forget();
	rig_cycle();
	EQUAL(event_count(CHASSIS_EV_OUT, 1), 1);
	EQUAL(event(CHASSIS_EV_OUT, 1)->cause, CHASSIS_OUT_POWER);
	EQUAL(event_count(CHASSIS_EV_OUT, 2), 0);
	EQUAL(event_count(CHASSIS_EV_POWER, 1), 0);
	EQUAL(event(CHASSIS_EV_POWER, 2)->value, 1);
	EQUAL(event(CHASSIS_EV_RESET, 1)->value, 1);
	EQUAL(event(CHASSIS_EV_GRANT, 0)->from, 1);
	EQUAL(event(CHASSIS_EV_LED, 1)->value, 0);
	EQUAL(event(CHASSIS_EV_LED, 0)->value, 0);
	EQUAL(chassis_locate_led(&rig), 0);
	rig_forget();
	rig_pass(PULSE_US);
	EQUAL(event(CHASSIS_EV_RESET, 1)->value, 0);
	EQUAL(event(CHASSIS_EV_RESET, 2)->value, 0);
}

/* One LED of a word changes, and no other is traced. */
static void one_led_is_one_line(void)
{
	rig_owner();
	wr(1, REG_LED, REDUND_LED_GREEN << LED_ACTV_SHIFT);
	rig_forget();
	wr(1, REG_LED, REDUND_LED_GREEN << LED_ACTV_SHIFT | REDUND_LED_GREEN << LED_DWN_SHIFT);
	EQUAL(event_count(CHASSIS_EV_LED, 1), 1);
	EQUAL(event(CHASSIS_EV_LED, 1)->index, LED_DWN_SHIFT);
	EQUAL(event(CHASSIS_EV_LED, 1)->value, REDUND_LED_GREEN);
}

/* ---- starts ---------------------------------------------------------------------------- */

static void a_start_clears_its_registers(void)
{
	static const u32 all[] = {
		REG_INT_ENABLE, REG_SCRATCH,	REG_LED,	REG_SYSTEM_LED,
		REG_CMD_EPOCH,	REG_CMD_ARG,	REG_CMD_RESULT, REG_NV_RESULT,
		REG_PEER_LED,	REG_STATUS + 4, REG_CLOCK + 4,	REG_IM_STATE + 4
	};
	unsigned int i;
	u32 seq;

	rig_owner();
	rd(1, REG_STATUS);
	wr(1, REG_INT_ENABLE, CAUSE_ALL);
	wr(1, REG_SCRATCH, 5);
	wr(1, REG_LED, REDUND_LED_GREEN);
	wr(1, REG_SYSTEM_LED, REDUND_LED_GREEN);
	wr(1, REG_PEER_LED, REDUND_LED_GREEN);
	wr(1, REG_NV_COMMIT, REDUND_NV_CHASSIS);
	publish(1, 5);
	seq = rd(2, REG_PEER_SEQ);
	rig_reboot(1);
	rig_pass(PULSE_US);
	for (i = 0; i < ARRAY_SIZE(all); i++)
		EQUAL(rd(1, all[i]), 0);
	EQUAL(rd(2, REG_PEER_SEQ), seq + 1);
	EQUAL(rd(1, REG_CAUSE), 0);
	EQUAL(rig.slot[0].reset_end, 0);
}

/* What is stored when the power comes can be read. */
static void what_was_stored_is_there(void)
{
	struct chassis_config cfg = rig_config();
	u8 byte;

	rig_new(0);
	rig_mem.nv.chassis[3] = 0x5a;
	chassis_init(&rig, &rig_mem, &cfg);
	rig_insert(1);
	rd_area(1, WIN_NV_CHASSIS + 3, &byte, 1);
	EQUAL(byte, 0x5a);
	EQUAL(rd_size(1, WIN_NV_CHASSIS + 3, 1), 0x5a);
}

static void a_stuck_status_stays(void)
{
	u32 was;

	rig_owner();
	was = status(2);
	rig_fault(2, CHASSIS_FAULT_REGISTER_STUCK, true);
	cmd(1, REDUND_CMD_RELEASE, epoch(), 0);
	rig_fault(2, CHASSIS_FAULT_CUT_LINK, true);
	EQUAL(status(2), was);
}

static void a_module_in_reset_ends_no_shutdown(void)
{
	rig_both();
	wr(2, REG_GOING_DOWN, REDUND_DOWN_SHUTDOWN);
	rig_press(2, CHASSIS_BUTTON_RESET);
	wr(2, REG_CMD, REDUND_CMD_SHUTDOWN_DONE);
	EQUAL(seen.shutdowns[2], 0);
	EQUAL(refused(2), 1);
}

/* The peer's reset register works through the line, which may be stuck. */
static void a_peer_reset_needs_the_line(void)
{
	rig_owner();
	rig_fault(2, CHASSIS_FAULT_RESET_STUCK, true);
	wr(1, REG_PEER_RESET, PEER_RESET_PULSE);
	EQUAL(seen.asserted[2], 0);
	CHECK(status(1) & STATUS_PEER_STUCK);
}

const struct test tests_alone[] = {
	{ "G1: each bit of the status word by itself", each_status_bit },
	{ "G2: what is not protected is every slot's", what_is_not_protected },
	{ "G2: what is protected is the owner's", what_is_protected },
	{ "G1: only a command is carried out as one", only_a_command_is_run },
	{ "a release is traced, accepted or not", a_release_is_traced },
	{ "what is due comes first, and its LEDs are traced at once",
	  the_front_is_traced_with_the_call },
	{ "a power cycle is traced", a_power_cycle_is_traced },
	{ "one LED that changes is one line", one_led_is_one_line },
	{ "G7: a start clears its registers", a_start_clears_its_registers },
	{ "what was stored is there at power-on", what_was_stored_is_there },
	{ "a stuck status word stays over another fault", a_stuck_status_stays },
	{ "a module in reset ends no shutdown", a_module_in_reset_ends_no_shutdown },
	{ "G7: a peer reset needs the line", a_peer_reset_needs_the_line },
	{ NULL, NULL },
};
