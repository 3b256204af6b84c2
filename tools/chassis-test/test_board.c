// SPDX-License-Identifier: GPL-2.0-or-later
/* Protected registers: G2. Interface modules and LEDs. */
#include "rig.h"

static void owner_only(void)
{
	rig_owner();
	CHECK(is_refused(2, REG_FABRIC_ENABLE, 1));
	CHECK(is_refused(2, REG_IM_RESET, 0));
	CHECK(is_refused(2, REG_PEER_RESET, PEER_RESET_PULSE));
	CHECK(is_refused(2, REG_PEER_LED, 1));
	EQUAL(rd(1, REG_PEER_REFUSED), 4);
	EQUAL(rd(2, REG_REFUSED), 4);
	rig_both();
	CHECK(is_refused(1, REG_FABRIC_ENABLE, 1)); /* nobody owns */
	CHECK(is_refused(2, REG_FABRIC_ENABLE, 1));
}

static void fabric_written(void)
{
	rig_owner();
	EQUAL(rd(2, REG_FABRIC_ENABLE), 3);
	wr(1, REG_FABRIC_ENABLE, 2);
	EQUAL(rd(2, REG_FABRIC_ENABLE), 2);
	EQUAL(event(CHASSIS_EV_FABRIC, 1)->value, 2);
	EQUAL(event(CHASSIS_EV_FABRIC, 1)->accepted, 1);
	wr(2, REG_FABRIC_ENABLE, 1);
	EQUAL(event(CHASSIS_EV_FABRIC, 2)->accepted, 0);
}

static void fabric_never_both_off(void)
{
	rig_owner();
	CHECK(is_refused(1, REG_FABRIC_ENABLE, 0));
	CHECK(is_refused(1, REG_FABRIC_ENABLE, 4));
	EQUAL(event(CHASSIS_EV_FABRIC, 1)->accepted, 0);
	EQUAL(rig.fabric_enable, 3);
}

static void fabric_kept(void)
{
	rig_owner();
	rig_fabric(1, true);
	rig_fabric(2, true);
	wr(1, REG_FABRIC_ENABLE, 2);
	fence(2);
	rig_pass(PULSE_US);
	EQUAL(rig.fabric_enable, 2);
	rig_pull(2);
	EQUAL(rig.fabric_enable, 2);
	rig_fabric(2, false);
	EQUAL(rig.fabric_enable, 2);
}

static void fabric_presence(void)
{
	rig_owner();
	rig_fabric(2, true);
	EQUAL(rd(1, REG_FABRIC_PRESENT), 2);
	EQUAL((status(1) & STATUS_FABRIC_PRESENT) >> STATUS_FABRIC_SHIFT, 2);
	CHECK(rd(1, REG_CAUSE) & CAUSE_FABRIC);
	CHECK(rd(2, REG_CAUSE) & CAUSE_FABRIC);
	EQUAL(event(CHASSIS_EV_FABRIC_PRESENCE, 0)->value, 2);
	rig_forget();
	rig_fabric(2, true);
	EQUAL(seen.events, 0);
}

static u32 im(int index)
{
	return rd64(1, REG_IM_STATE) >> (4 * index) & 0xf;
}

static void im_reset(void)
{
	rig_owner();
	rig_im(2, true);
	EQUAL(rd(1, REG_IM_RESET), 0xfff); /* held at power-on */
	EQUAL(im(2), REDUND_IM_RESET);
	EQUAL(im(3), REDUND_IM_ABSENT);
	wr(1, REG_CAUSE, CAUSE_ALL);
	wr(2, REG_CAUSE, CAUSE_ALL);
	wr(1, REG_IM_RESET, 0xfff & ~4);
	EQUAL(im(2), REDUND_IM_DOWNLOADING);
	EQUAL(im(3), REDUND_IM_ABSENT);
	CHECK(rd(1, REG_CAUSE) & rd(2, REG_CAUSE) & CAUSE_IM);
	rig_pass(DOWNLOAD_US - 1);
	EQUAL(im(2), REDUND_IM_DOWNLOADING);
	rig_pass(1);
	EQUAL(im(2), REDUND_IM_UP);
	wr(1, REG_IM_RESET, 0xfff);
	EQUAL(im(2), REDUND_IM_RESET);
	CHECK(is_refused(1, REG_IM_RESET, 0x1000));
	EQUAL(event_count(CHASSIS_EV_MODULE_STATE, 0), 4);
	EQUAL(event(CHASSIS_EV_MODULE_STATE, 0)->index, 2);
	EQUAL(event(CHASSIS_EV_MODULE_RESET, 1)->value, 0xffb);
}

static void im_reset_again(void)
{
	rig_owner();
	rig_im(0, true);
	wr(1, REG_IM_RESET, 0);
	rig_pass(DOWNLOAD_US / 2);
	wr(1, REG_IM_RESET, 1);
	rig_pass(DOWNLOAD_US);
	EQUAL(im(0), REDUND_IM_RESET);
	wr(1, REG_IM_RESET, 0);
	wr(1, REG_IM_RESET, 0); /* no new download */
	rig_pass(DOWNLOAD_US);
	EQUAL(im(0), REDUND_IM_UP);
	wr(1, REG_IM_RESET, 0x800);
	EQUAL(im(0), REDUND_IM_UP);
}

static void im_hotswap(void)
{
	rig_owner();
	wr(1, REG_IM_RESET, 0);
	rig_im(11, true);
	EQUAL(rd(1, REG_IM_PRESENT), 0x800);
	EQUAL(im(11), REDUND_IM_DOWNLOADING);
	rig_im(11, false);
	EQUAL(im(11), REDUND_IM_ABSENT);
	rig_pass(2 * DOWNLOAD_US);
	EQUAL(im(11), REDUND_IM_ABSENT);
}

static void im_owner_gone(void)
{
	rig_owner();
	rig_im(0, true);
	wr(1, REG_IM_RESET, 0);
	rig_pass(DOWNLOAD_US);
	rig_pull(1);
	EQUAL(rig.im_reset, 0);
	EQUAL(rig.im_state[0], REDUND_IM_UP);
}

static void im_state_halves(void)
{
	rig_owner();
	rig_im(0, true);
	rig_im(11, true);
	EQUAL(rd(1, REG_IM_STATE), REDUND_IM_RESET);
	wr(1, REG_IM_RESET, 0);
	EQUAL(rd(1, REG_IM_STATE + 4), REDUND_IM_RESET << 12);
}

static void led_own(void)
{
	u32 actv = REDUND_LED_GREEN << LED_ACTV_SHIFT;

	rig_owner();
	wr(1, REG_LED, actv | REDUND_LED_ORANGE << LED_FAULT_SHIFT);
	EQUAL(chassis_led(&rig, 1, LED_ACTV_SHIFT), REDUND_LED_GREEN);
	EQUAL(chassis_led(&rig, 1, LED_FAULT_SHIFT), REDUND_LED_ORANGE);
	EQUAL(chassis_led(&rig, 2, LED_ACTV_SHIFT), REDUND_LED_OFF);
	EQUAL(event_count(CHASSIS_EV_LED, 1), 2);
	EQUAL(event(CHASSIS_EV_LED, 1)->index, LED_ACTV_SHIFT);
	CHECK(is_refused(1, REG_LED, 0x10000));
	CHECK(is_refused(1, REG_LED, REDUND_LED_ORANGE_FAST + 1));
}

static void led_peer(void)
{
	rig_owner();
	wr(1, REG_PEER_LED, REDUND_LED_ORANGE_FAST << LED_ACTV_SHIFT);
	EQUAL(chassis_led(&rig, 2, LED_ACTV_SHIFT), REDUND_LED_OFF); /* it is in */
	rig_press(2, CHASSIS_BUTTON_RESET);
	EQUAL(chassis_led(&rig, 2, LED_ACTV_SHIFT), REDUND_LED_ORANGE_FAST);
	EQUAL(event(CHASSIS_EV_LED, 2)->value, REDUND_LED_ORANGE_FAST);
	rig_pull(2);
	EQUAL(chassis_led(&rig, 2, LED_ACTV_SHIFT), REDUND_LED_OFF);
}

static void led_peer_lost(void)
{
	rig_owner();
	wr(1, REG_PEER_LED, REDUND_LED_ORANGE << LED_ACTV_SHIFT);
	cmd(1, REDUND_CMD_RELEASE, 1, 0);
	claim(1);
	EQUAL(rd(1, REG_PEER_LED), 0);
	rig_press(2, CHASSIS_BUTTON_RESET);
	EQUAL(chassis_led(&rig, 2, LED_ACTV_SHIFT), REDUND_LED_OFF);
}

static void led_of_the_dead(void)
{
	rig_owner();
	rig_fault(1, CHASSIS_FAULT_RESET_STUCK, true);
	wr(1, REG_LED, REDUND_LED_GREEN << LED_ACTV_SHIFT);
	rig_hang(TIMER_MAX * MS);
	EQUAL(chassis_led(&rig, 1, LED_ACTV_SHIFT), REDUND_LED_OFF);
	claim(2);
	EQUAL(chassis_led(&rig, 1, LED_ACTV_SHIFT), REDUND_LED_OFF);
}

static void led_shutdown(void)
{
	rig_owner();
	wr(2, REG_LED,
	   REDUND_LED_GREEN_FLASH << LED_DWN_SHIFT | REDUND_LED_GREEN << LED_STBY_SHIFT);
	wr(2, REG_GOING_DOWN, REDUND_DOWN_SHUTDOWN);
	EQUAL(chassis_led(&rig, 2, LED_DWN_SHIFT), REDUND_LED_GREEN_FLASH);
	wr(2, REG_CMD, REDUND_CMD_SHUTDOWN_DONE);
	EQUAL(chassis_led(&rig, 2, LED_DWN_SHIFT), REDUND_LED_GREEN);
	EQUAL(chassis_led(&rig, 2, LED_STBY_SHIFT), REDUND_LED_OFF);
	wr(1, REG_PEER_LED, REDUND_LED_ORANGE << LED_STBY_SHIFT);
	EQUAL(chassis_led(&rig, 2, LED_STBY_SHIFT), REDUND_LED_OFF);
}

static void led_system(void)
{
	rig_both();
	EQUAL(chassis_system_led(&rig), REDUND_LED_OFF);
	wr(1, REG_SYSTEM_LED, REDUND_LED_ORANGE);
	wr(2, REG_SYSTEM_LED, REDUND_LED_ORANGE_FLASH);
	EQUAL(chassis_system_led(&rig), REDUND_LED_ORANGE_FLASH);
	EQUAL(event_count(CHASSIS_EV_LED, 0), 2);
	rig_pull(2);
	EQUAL(chassis_system_led(&rig), REDUND_LED_ORANGE);
	CHECK(is_refused(1, REG_SYSTEM_LED, 7));
	CHECK(is_refused(1, REG_SYSTEM_LED, 0x10));
}

static void led_locate(void)
{
	rig_owner();
	wr(1, REG_LOCATE, REDUND_LED_GREEN);
	EQUAL(chassis_locate_led(&rig), REDUND_LED_GREEN);
	EQUAL(event(CHASSIS_EV_LED, 0)->index, LED_LOCATE_SHIFT);
	EQUAL(rd(2, REG_LOCATE), REDUND_LED_GREEN);
	CHECK(is_refused(2, REG_LOCATE, REDUND_LED_OFF));
	CHECK(is_refused(1, REG_LOCATE, 7));
	wr(1, REG_LOCATE, REDUND_LED_OFF);
	EQUAL(chassis_locate_led(&rig), REDUND_LED_OFF);
	wr(1, REG_LOCATE, REDUND_LED_GREEN);
	cmd(1, REDUND_CMD_RELEASE, 1, 0);
	EQUAL(chassis_locate_led(&rig), REDUND_LED_OFF);
	claim(1);
	EQUAL(chassis_locate_led(&rig), REDUND_LED_OFF);
}

static void selftest_fault(void)
{
	rig_both();
	rig_fault(1, CHASSIS_FAULT_SELFTEST, true);
	wr(1, REG_SCRATCH, 0x5a5a5a5a);
	CHECK(rd(1, REG_SCRATCH) != 0x5a5a5a5a);
	rig_fault(1, CHASSIS_FAULT_SELFTEST, false);
	EQUAL(rd(1, REG_SCRATCH), 0x5a5a5a5a);
}

static void register_stuck(void)
{
	u64 before;

	rig_owner();
	before = rd64(2, REG_STATUS);
	rig_fault(2, CHASSIS_FAULT_REGISTER_STUCK, true);
	cmd(1, REDUND_CMD_RELEASE, 1, 0);
	wr(1, REG_BEAT, 100);
	EQUAL(rd64(2, REG_STATUS), before);
	EQUAL(rd(2, REG_STATUS), (u32)before);
	EQUAL(rd(2, REG_STATUS + 4), before >> 32);
	CHECK(rd64(1, REG_STATUS) >> 32 == 2);
	rig_fault(2, CHASSIS_FAULT_REGISTER_STUCK, false);
	EQUAL(rd64(2, REG_STATUS) >> 32, 2);
}

static void link_fault(void)
{
	rig_both();
	CHECK(!chassis_link_cut(&rig, 1));
	rig_fault(1, CHASSIS_FAULT_CUT_LINK, true);
	CHECK(chassis_link_cut(&rig, 1));
	CHECK(!chassis_link_cut(&rig, 2));
}

const struct test tests_board[] = {
	{ "G2: protected registers take the owner's writes only and count the others", owner_only },
	{ "G2: fabric writes are traced, accepted or not", fabric_written },
	{ "G2: a write that would disable both fabric modules is refused (S-107)",
	  fabric_never_both_off },
	{ "G2: fabric enables keep their value over fence, reset and removal", fabric_kept },
	{ "G2: fabric presence is told to both and is not the enable", fabric_presence },
	{ "G2: interface modules go reset, downloading, up under the owner's bits", im_reset },
	{ "G2: a reset during a download starts it anew, other bits do nothing", im_reset_again },
	{ "G2: an interface module inserted out of reset downloads", im_hotswap },
	{ "G2: removal of the owner does not reset interface modules", im_owner_gone },
	{ "G2: the states of twelve interface modules are of one moment", im_state_halves },
	{ "S-243: a module that is in shows its own LEDs, changes are traced", led_own },
	{ "S-244: a module that is OUT shows what the owner set for it", led_peer },
	{ "S-244: what an owner set for its peer is lost with its grant", led_peer_lost },
	{ "S-245: a module that is OUT without an owner's word shows nothing", led_of_the_dead },
	{ "S-248: Dwn flashes while shutting down, then is green and all others are out",
	  led_shutdown },
	{ "S-249: the chassis fault LED shows the higher vote of the slots that are in",
	  led_system },
	{ "S-216: the locate LED is the owner's and goes out with every grant change", led_locate },
	{ "G8: the fault selftest-fail shows in SCRATCH", selftest_fault },
	{ "G4: the fault register-stuck freezes STATUS of that slot alone", register_stuck },
	{ "G6: a cut link is asked of the model by slot", link_fault },
	{ NULL, NULL },
};
