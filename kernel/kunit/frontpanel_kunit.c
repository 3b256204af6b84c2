// SPDX-License-Identifier: GPL-2.0-only
/* LEDs and buttons: table 15-2, S-243 to S-249, C-31, S-121. */
#include "mock.h"

#define LED(led, state)	((u32)REDUND_LED_##state << LED_##led##_SHIFT)

struct row {
	u8 role, owner;		/* of module 1 */
	u32 leds;
};

static void leds_of_every_role(struct kunit *test)
{
	static const struct row rows[] = {
		{ REDUND_ROLE_ABSENT, 0, 0 },
		{ REDUND_ROLE_BOOTING, 0, 0 },
		{ REDUND_ROLE_ELECTION, 0, 0 },
		{ REDUND_ROLE_SYNCING, 2, LED(STBY, GREEN_SLOW) },
		{ REDUND_ROLE_STANDBY, 2, LED(STBY, GREEN) },
		{ REDUND_ROLE_TAKING_OVER, 1, LED(ACTV, GREEN_FLASH) },
		{ REDUND_ROLE_ACTIVE, 1, LED(ACTV, GREEN) },
		{ REDUND_ROLE_OFFLINE, 2, 0 },
		{ REDUND_ROLE_DOWN, 2, 0 },
		{ REDUND_ROLE_FAILED, 2, LED(ACTV, ORANGE_FAST) | LED(FAULT, ORANGE) },
	};
	struct mock *m = mock_create(test, 1);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		mock_owner(m, rows[i].owner, 2 + i);
		m->rd->role.role = rows[i].role;
		KUNIT_EXPECT_EQ_MSG(test, rd_panel_leds(m->rd), rows[i].leds, "role %u",
				    rows[i].role);
	}
}

static void both_failed_flashes_the_fault_led(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);

	mock_owner(m, 0, 2);
	m->rd->role.role = REDUND_ROLE_FAILED;
	KUNIT_EXPECT_EQ(test, rd_panel_leds(m->rd), LED(FAULT, ORANGE));
	m->rd->view.peer.valid = true;
	m->rd->view.peer.selftest = REDUND_SELFTEST_FAILED;
	KUNIT_EXPECT_EQ(test, rd_panel_leds(m->rd), LED(FAULT, ORANGE_FLASH));
	mock_lock(m);
	rd_panel_update(m->rd);
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, mock_last(m, REG_SYSTEM_LED), REDUND_LED_ORANGE_FLASH);
}

static void a_dead_standby_flashes_orange(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);

	m->rd->role.role = REDUND_ROLE_ACTIVE;
	mock_status(m, STATUS_PEER_OUT, STATUS_PEER_OUT);
	mock_lock(m);
	rd_panel_update(m->rd);
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, mock_last(m, REG_PEER_LED), LED(ACTV, ORANGE_FAST));
	/* After a shutdown only Dwn is lit (S-143). */
	mock_status(m, STATUS_PEER_SHUT_DOWN, STATUS_PEER_SHUT_DOWN);
	mock_lock(m);
	rd_panel_update(m->rd);
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, mock_last(m, REG_PEER_LED), 0);
}

static void leds_are_written_on_change_only(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	int i;

	m->rd->role.role = REDUND_ROLE_ACTIVE;
	mock_lock(m);
	for (i = 0; i < 3; i++)
		rd_panel_update(m->rd);
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, mock_writes(m, REG_LED), 1);
	KUNIT_EXPECT_EQ(test, mock_writes(m, REG_PEER_LED), 1);
	mock_lock(m);
	m->rd->dwn_flash = true;
	rd_panel_update(m->rd);
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, mock_last(m, REG_LED), LED(ACTV, GREEN) | LED(DWN, GREEN_FLASH));
}

static void buttons(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);

	m->rd->booted = true;
	mock_lock(m);
	rd_panel_buttons(m->rd, CAUSE_BUTTON_CLEAR | CAUSE_BUTTON_RESET);
	KUNIT_EXPECT_EQ(test, m->rd->n_pending, 0);
	rd_panel_buttons(m->rd, CAUSE_BUTTON_SHUTDOWN);
	KUNIT_EXPECT_EQ(test, m->rd->n_pending, 1);
	KUNIT_EXPECT_EQ(test, m->rd->pending[0].type, ROLE_EV_SHUTDOWN);
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, mock_logged(m, "Clear button pressed"), 1);
}

static struct kunit_case frontpanel_cases[] = {
	MOCK_CASE(leds_of_every_role, "S-243 S-244 S-245 S-246 S-247: LEDs of every role"),
	MOCK_CASE(both_failed_flashes_the_fault_led, "S-249 S-272: both failed, Fault flashes"),
	MOCK_CASE(a_dead_standby_flashes_orange, "S-244: a dead standby flashes orange"),
	MOCK_CASE(leds_are_written_on_change_only, "S-141 S-248: LEDs are written on change"),
	MOCK_CASE(buttons, "S-121: Clear triggers nothing, Shutdown asks the machine"),
	{}
};

static struct kunit_suite frontpanel_suite = {
	.name = "redund-frontpanel",
	.test_cases = frontpanel_cases,
};

kunit_test_suite(frontpanel_suite);
