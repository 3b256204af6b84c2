// SPDX-License-Identifier: GPL-2.0-or-later
/* Offsets, sizes and reset values of the window; bad input (I6). */
#include <string.h>

#include "../include/compiler.h"
#include "rig.h"

static const u32 readonly[] = {
	REG_ID,
	REG_VERSION,
	REG_SLOT,
	REG_CAPS,
	REG_INCARNATION,
	REG_BOOT_CAUSE,
	REG_STATUS,
	REG_STATUS + 4,
	REG_PEER_BEAT,
	REG_CLOCK,
	REG_CLOCK + 4,
	REG_TIMER_LEFT,
	REG_TIMER_MAX,
	REG_TIMER_BOOT,
	REG_TIMER_DOWN,
	REG_REARMS,
	REG_CMD_RESULT,
	REG_PEER_REARMS,
	REG_PEER_DOWN_REASON,
	REG_PEER_INCARNATION,
	REG_FABRIC_PRESENT,
	REG_IM_PRESENT,
	REG_IM_STATE,
	REG_IM_STATE + 4,
	REG_PEER_SEQ,
	REG_OWN_SEQ,
	REG_REFUSED,
	REG_PEER_REFUSED,
	REG_NV_RESULT,
};

static void read_only(void)
{
	unsigned int i;

	rig_owner();
	for (i = 0; i < ARRAY_SIZE(readonly); i++) {
		CHECK(is_refused(1, readonly[i], 1));
		CHECK(is_refused(1, readonly[i], ~0u));
	}
	CHECK(is_refused(1, WIN_INVENTORY, 1));
	CHECK(is_refused(1, WIN_FRAME_IN, 1));
	CHECK(is_refused(1, WIN_NV_PEER, 1));
	CHECK(is_refused(1, WIN_PEER_CRASH, 1));
}

static void identity(void)
{
	rig_both();
	EQUAL(rd(1, REG_ID), REDUND_ID);
	EQUAL(rd(1, REG_VERSION), REDUND_VERSION_MAJOR << 16 | REDUND_VERSION_MINOR);
	EQUAL(rd(1, REG_SLOT), 1);
	EQUAL(rd(2, REG_SLOT), 2);
	EQUAL(rd(1, REG_CAPS), CAPS_ALL);
}

static void unknown_offsets(void)
{
	static const u32 holes[] = { 0x074, 0x07c,  0x09c,  0x0a8,  0x0ac,   0x0cc,   0x0e8,
				     0xffc, 0x2100, 0x3000, 0x5800, 0x30000, 0x40000, 0xfffffff0 };
	unsigned int i;

	rig_owner();
	for (i = 0; i < ARRAY_SIZE(holes); i++) {
		EQUAL(rd(1, holes[i]), 0xffffffff);
		CHECK(is_refused(1, holes[i], 0));
		CHECK(is_refused(1, holes[i], 1));
	}
	EQUAL(rd_size(1, 0xffc, 1), 0xff);
	EQUAL(rd_size(1, 0x3000, 2), 0xffff);
	EQUAL(rd64(1, 0x3000), ~0ull);
}

static bool write_refused(u32 off, unsigned int size)
{
	struct chassis before;
	u32 count = refused(1);

	rig_pass(0);
	before = rig;
	wr_size(1, off, size, 0x0101010101010101ull);
	before.slot[0].refused++;
	return refused(1) == count + 1 && !memcmp(&before, &rig, sizeof(rig));
}

static void wrong_sizes(void)
{
	unsigned int size;
	u32 off;

	rig_owner();
	for (size = 0; size <= 9; size++) {
		if (size == 4)
			continue;
		for (off = 0; off < 0x100; off += 4)
			CHECK(write_refused(off, size));
		EQUAL(rd_size(1, REG_SCRATCH, size) + 1, size < 8 ? 1ull << (8 * size) : 0);
	}
	for (off = 1; off < 0x100; off += off % 4 == 3 ? 2 : 1) {
		CHECK(write_refused(off, 4));
		EQUAL(rd(1, off), 0xffffffff);
	}
	CHECK(write_refused(WIN_FRAME_OUT, 0));
	CHECK(write_refused(WIN_FRAME_OUT, 9));
}

static void area_borders(void)
{
	u8 buf[WIN_FRAME_SIZE + 1] = { 0 };

	rig_owner();
	wr_size(1, WIN_FRAME_OUT + WIN_FRAME_SIZE - 8, 8, 0x1122334455667788ull);
	EQUAL(rd_size(1, WIN_FRAME_OUT + WIN_FRAME_SIZE - 8, 8), 0x1122334455667788ull);
	EQUAL(rd_size(1, WIN_FRAME_OUT + WIN_FRAME_SIZE - 4, 8), 0xffffffff11223344ull);
	CHECK(write_refused(WIN_FRAME_OUT + WIN_FRAME_SIZE - 4, 8));
	wr_area(1, WIN_FRAME_OUT, buf, sizeof(buf));
	EQUAL(rd_size(1, WIN_FRAME_OUT + WIN_FRAME_SIZE - 8, 8), 0x1122334455667788ull);
	wr_area(1, WIN_CRASH + WIN_CRASH_SIZE - 1, buf, 2);
	wr_area(1, 0xfffffff0u, buf, 0x20);
	wr_area(1, REG_SCRATCH, buf, 4); /* registers are no area */
	EQUAL(refused(1), 5);
	rd_area(1, 0xfffffff0u, buf, 0x20);
	EQUAL(buf[0], 0xff);
}

static void area_sizes(void)
{
	unsigned int size;

	rig_owner();
	for (size = 1; size <= 8; size++) {
		u64 v = 0x8877665544332211ull & (size < 8 ? (1ull << (8 * size)) - 1 : ~0ull);

		wr_size(1, WIN_NV_CHASSIS + 3, size, v);
		wr(1, REG_NV_COMMIT, REDUND_NV_CHASSIS);
		EQUAL(rd_size(2, WIN_NV_CHASSIS + 3, size), v);
	}
}

static void reads_change_nothing(void)
{
	struct chassis before;
	u32 off;

	rig_owner();
	publish(1, 5);
	rig_pass(0);
	before = rig;
	for (off = 0; off < 0x200; off += 4) {
		rd(1, off);
		rd(2, off);
		rd64(2, off);
	}
	memcpy(&before.slot[0].latch_status_hi, &rig.slot[0].latch_status_hi, 12);
	memcpy(&before.slot[1].latch_status_hi, &rig.slot[1].latch_status_hi, 12);
	CHECK(!memcmp(&before, &rig, sizeof(rig)));
}

static void write_only_read_zero(void)
{
	static const u32 wo[] = { REG_JOIN,	  REG_TIMER_REARM, REG_CMD,	 REG_GOING_DOWN,
				  REG_PEER_RESET, REG_PUBLISH,	   REG_NV_COMMIT };
	unsigned int i;

	rig_owner();
	for (i = 0; i < ARRAY_SIZE(wo); i++)
		EQUAL(rd(1, wo[i]), 0);
}

static void refused_traced(void)
{
	rig_owner();
	wr(2, REG_FABRIC_ENABLE, 1);
	EQUAL(event(CHASSIS_EV_REFUSED, 2)->index, REG_FABRIC_ENABLE);
	EQUAL(event(CHASSIS_EV_REFUSED, 2)->value, 1);
}

const struct test tests_window[] = {
	{ "G2: a write to a read-only register or area is refused and counted", read_only },
	{ "G1: identification, version, slot and capabilities read as specified", identity },
	{ "G2: an unknown offset reads all ones and refuses writes", unknown_offsets },
	{ "G2: a register access of another size or alignment is refused", wrong_sizes },
	{ "G2: an area write across a border is refused whole", area_borders },
	{ "G9: areas take 1 to 8 bytes at any alignment, little-endian", area_sizes },
	{ "G1: a read changes nothing but the latched high words", reads_change_nothing },
	{ "G1: a write-only register reads 0", write_only_read_zero },
	{ "G2: a refused write is traced with offset and value", refused_traced },
	{ NULL, NULL },
};
