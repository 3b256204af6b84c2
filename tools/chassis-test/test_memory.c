// SPDX-License-Identifier: GPL-2.0-or-later
/* Chassis memory, module records, crash areas and inventory: G9. */
#include <string.h>

#include "rig.h"

static void chassis_commit(void)
{
	u8 old[WIN_NV_CHASSIS_SIZE], now_there[WIN_NV_CHASSIS_SIZE];

	rig_owner();
	memset(old, 0x33, sizeof(old));
	wr_area(1, WIN_NV_CHASSIS, old, sizeof(old));
	rd_area(1, WIN_NV_CHASSIS, now_there, sizeof(now_there));
	EQUAL(now_there[0], 0); /* committed is what is read */
	EQUAL(seen.nv_writes, 0);
	wr(1, REG_NV_COMMIT, REDUND_NV_CHASSIS);
	EQUAL(rd(1, REG_NV_RESULT), REDUND_RES_OK);
	rd_area(2, WIN_NV_CHASSIS, now_there, sizeof(now_there));
	CHECK(!memcmp(old, now_there, sizeof(old)));
	EQUAL(seen.nv_writes, 1);
	CHECK(seen.nv_at == rig_mem.nv.chassis);
	EQUAL(seen.nv_len, WIN_NV_CHASSIS_SIZE);
	EQUAL(event(CHASSIS_EV_NV, 1)->index, REDUND_NV_CHASSIS);
	EQUAL(event(CHASSIS_EV_NV, 1)->accepted, 1);
}

static void torn(void)
{
	rig_owner();
	wr(1, WIN_NV_CHASSIS, 0x11111111);
	wr(1, WIN_NV_CHASSIS + 0xffc, 0x11111111);
	wr(1, REG_NV_COMMIT, REDUND_NV_CHASSIS);
	wr(1, WIN_NV_CHASSIS, 0x22222222); /* half of an update, then power loss */
	rig_power(1, false);
	EQUAL(rd(2, WIN_NV_CHASSIS), 0x11111111);
	claim(2);
	wr(2, WIN_NV_CHASSIS + 0xffc, 0x33333333);
	wr(2, REG_NV_COMMIT, REDUND_NV_CHASSIS);
	EQUAL(rd(2, WIN_NV_CHASSIS), 0x11111111);
	EQUAL(rd(2, WIN_NV_CHASSIS + 0xffc), 0x33333333);
}

static void owner_only(void)
{
	rig_owner();
	CHECK(is_refused(2, WIN_NV_CHASSIS, 1));
	CHECK(is_refused(2, REG_NV_COMMIT, REDUND_NV_CHASSIS));
	EQUAL(rd(2, REG_NV_RESULT), REDUND_RES_NOT_OWNER);
	CHECK(is_refused(1, REG_NV_COMMIT, 0));
	CHECK(is_refused(1, REG_NV_COMMIT, 3));
	EQUAL(rd(1, REG_NV_RESULT), REDUND_RES_INVALID);
	EQUAL(seen.nv_writes, 0);
	EQUAL(event(CHASSIS_EV_NV, 2)->accepted, 0);
}

static void module_record(void)
{
	rig_owner();
	wr(2, WIN_NV_MODULE, 0x44444444);
	EQUAL(rd(2, WIN_NV_MODULE), 0);
	wr(2, REG_NV_COMMIT, REDUND_NV_MODULE);
	EQUAL(rd(2, REG_NV_RESULT), REDUND_RES_OK);
	EQUAL(rd(2, WIN_NV_MODULE), 0x44444444);
	EQUAL(rd(1, WIN_NV_PEER), 0x44444444);
	EQUAL(rd(1, WIN_NV_MODULE), 0);
	rig_pull(2);
	EQUAL(rd(1, WIN_NV_PEER), 0);
	rig_insert(2);
	EQUAL(rd(1, WIN_NV_PEER), 0x44444444);
	EQUAL(rd(2, WIN_NV_MODULE), 0x44444444);
	EQUAL(seen.nv_writes, 1); /* it was the newest before */
}

static void by_serial(void)
{
	rig_both();
	wr(2, WIN_NV_MODULE, 0x44444444);
	wr(2, REG_NV_COMMIT, REDUND_NV_MODULE);
	rig_pull(2);
	rig_serial(2, "333333333333");
	rig_insert(2);
	EQUAL(rd(2, WIN_NV_MODULE), 0); /* never booted here */
	rig_pull(2);
	rig_pull(1);
	rig_serial(1, "222222222222"); /* the known one in the other slot */
	rig_insert(1);
	EQUAL(rd(1, WIN_NV_MODULE), 0x44444444);
}

static void staged_start(void)
{
	rig_both();
	wr(2, WIN_NV_MODULE, 0x11111111);
	wr(2, REG_NV_COMMIT, REDUND_NV_MODULE);
	wr(2, WIN_NV_MODULE, 0x22222222); /* staged, then it dies */
	rig_reboot(2);
	rig_pass(PULSE_US);
	rig_join(2);
	wr(2, WIN_NV_MODULE + 4, 0x33333333);
	wr(2, REG_NV_COMMIT, REDUND_NV_MODULE);
	EQUAL(rd(2, WIN_NV_MODULE), 0x11111111);
	EQUAL(rd(2, WIN_NV_MODULE + 4), 0x33333333);
}

static void oldest_replaced(void)
{
	char serial[] = "A";
	int i;

	rig_both(); /* slot 1 has the oldest record and stays */
	wr(1, WIN_NV_MODULE, 0x11111111);
	wr(1, REG_NV_COMMIT, REDUND_NV_MODULE);
	wr(2, WIN_NV_MODULE, 0x22222222);
	wr(2, REG_NV_COMMIT, REDUND_NV_MODULE);
	for (i = 0; i < CHASSIS_NV_MODULES - 1; i++) {
		serial[0] = 'A' + i;
		rig_pull(2);
		rig_serial(2, serial);
		rig_insert(2);
		EQUAL(rd(2, WIN_NV_MODULE), 0);
		rig_join(2);
		wr(2, WIN_NV_MODULE, i + 1);
		wr(2, REG_NV_COMMIT, REDUND_NV_MODULE);
	}
	EQUAL(rd(1, WIN_NV_MODULE), 0x11111111);
	rig_pull(2);
	rig_serial(2, "B");
	rig_insert(2);
	EQUAL(rd(2, WIN_NV_MODULE), 2);
	rig_pull(2);
	rig_serial(2, "222222222222"); /* was the oldest and gave way */
	rig_insert(2);
	EQUAL(rd(2, WIN_NV_MODULE), 0);
}

static void no_serial(void)
{
	rig_new(0);
	rig_serial(1, "");
	rig_insert(1);
	rig_join(1);
	EQUAL(rd(1, WIN_NV_MODULE), 0);
	wr(1, WIN_NV_MODULE, 1);
	wr(1, REG_NV_COMMIT, REDUND_NV_MODULE);
	EQUAL(rd(1, REG_NV_RESULT), REDUND_RES_INVALID);
	EQUAL(seen.nv_writes, 0);
}

static void crash_area(void)
{
	rig_owner();
	wr_size(1, WIN_CRASH + WIN_CRASH_SIZE - 8, 8, 0x1234567890abcdefull);
	EQUAL(rd_size(2, WIN_PEER_CRASH + WIN_CRASH_SIZE - 8, 8), 0x1234567890abcdefull);
	EQUAL(seen.nv_writes, 1);
	CHECK(seen.nv_at == &rig_mem.nv.crash[0][WIN_CRASH_SIZE - 8]);
	EQUAL(seen.nv_len, 8);
	rig_power(1, false);
	EQUAL(rd_size(2, WIN_PEER_CRASH + WIN_CRASH_SIZE - 8, 8), 0x1234567890abcdefull);
}

static void inventory(void)
{
	char serial[32];
	u32 at = WIN_INVENTORY + (REDUND_INV_MM + 1) * sizeof(struct redund_inventory) +
		 offsetof(struct redund_inventory, serial);

	rig_both();
	rd_area(1, at, serial, sizeof(serial));
	CHECK(!strcmp(serial, "222222222222"));
	EQUAL(sizeof(struct redund_inventory), 128);
	CHECK(sizeof(rig_mem.inventory) <= WIN_INVENTORY_SIZE);
}

static void sizes(void)
{
	EQUAL(sizeof(struct redund_rec_head), 16);
	EQUAL(sizeof(struct redund_frame), WIN_FRAME_SIZE);
	EQUAL(sizeof(struct redund_history_record), 128);
	EQUAL(sizeof(struct redund_chassis_record), 312);
	CHECK(REDUND_CHREC_HISTORY_OFF +
		      REDUND_HISTORY_MAX * sizeof(struct redund_history_record) <=
	      WIN_NV_CHASSIS_SIZE);
	CHECK(sizeof(struct redund_module_record) <= WIN_NV_MODULE_SIZE);
	CHECK(WIN_PEER_CRASH + WIN_CRASH_SIZE <= REDUND_WINDOW_SIZE);
}

static void stage_lost(void)
{
	rig_owner();
	wr(1, WIN_NV_CHASSIS, 0x55555555);
	cmd(1, REDUND_CMD_RELEASE, 1, 0);
	claim(1);
	wr(1, REG_NV_COMMIT, REDUND_NV_CHASSIS);
	EQUAL(rd(1, WIN_NV_CHASSIS), 0);
}

const struct test tests_memory[] = {
	{ "G9: the chassis record changes whole at commit and is stored", chassis_commit },
	{ "G9: an update torn by power loss leaves the old record", torn },
	{ "G9: the chassis record is written through the owner's window only", owner_only },
	{ "G9: a module record is its own module's, readable by the peer while present",
	  module_record },
	{ "G9: a module record follows the serial number, another serial reads as new", by_serial },
	{ "G9: a start stages its committed record, not the dead one's half", staged_start },
	{ "G9: a new serial replaces the oldest record, never the present peer's",
	  oldest_replaced },
	{ "G9: a module without serial number has no record", no_serial },
	{ "G9: the crash area is stored at once and readable by the peer", crash_area },
	{ "G9: the inventory is read at its documented place", inventory },
	{ "G9: the formats have their documented sizes and fit their areas", sizes },
	{ "G9: what an owner staged is lost with its grant", stage_lost },
	{ NULL, NULL },
};
