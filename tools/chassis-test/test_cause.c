// SPDX-License-Identifier: GPL-2.0-or-later
/* Latched causes and interrupts: G4. Beats and mailboxes: G8. Clock: G10. */
#include <string.h>

#include "rig.h"

static void latched(void)
{
	rig_owner();
	rig_press(2, CHASSIS_BUTTON_SHUTDOWN);
	EQUAL(rd(2, REG_CAUSE) & CAUSE_BUTTON_SHUTDOWN, CAUSE_BUTTON_SHUTDOWN);
	EQUAL(rd(2, REG_CAUSE) & CAUSE_BUTTON_SHUTDOWN, CAUSE_BUTTON_SHUTDOWN);
	CHECK(status(2) & STATUS_CAUSE);
	wr(2, REG_CAUSE, CAUSE_ALL & ~CAUSE_BUTTON_SHUTDOWN);
	EQUAL(rd(2, REG_CAUSE), CAUSE_BUTTON_SHUTDOWN);
	wr(2, REG_CAUSE, CAUSE_BUTTON_SHUTDOWN);
	EQUAL(rd(2, REG_CAUSE), 0);
	CHECK(!(status(2) & STATUS_CAUSE));
	EQUAL(rd(1, REG_CAUSE) & CAUSE_BUTTON_SHUTDOWN, 0);
}

static void edge_when_enabled(void)
{
	rig_owner();
	rig_press(2, CHASSIS_BUTTON_SHUTDOWN);
	EQUAL(seen.irqs[2], 0);
	EQUAL(event_count(CHASSIS_EV_IRQ, 2), 0);
	wr(2, REG_INT_ENABLE, CAUSE_BUTTON_SHUTDOWN);
	EQUAL(seen.irqs[2], 1); /* pending when enabled */
	rig_press(2, CHASSIS_BUTTON_SHUTDOWN);
	EQUAL(seen.irqs[2], 1); /* not newly latched */
	wr(2, REG_CAUSE, CAUSE_BUTTON_SHUTDOWN);
	rig_press(2, CHASSIS_BUTTON_SHUTDOWN);
	EQUAL(seen.irqs[2], 2);
	EQUAL(event(CHASSIS_EV_IRQ, 2)->cause, CAUSE_BUTTON_SHUTDOWN);
	EQUAL(event(CHASSIS_EV_IRQ, 2)->value, 1);
}

static void beat_cause(void)
{
	rig_owner();
	wr(2, REG_CAUSE, CAUSE_ALL);
	wr(1, REG_BEAT, 100);
	EQUAL(rd(2, REG_CAUSE), CAUSE_BEAT);
	CHECK(!(status(2) & STATUS_CAUSE));
	EQUAL(seen.irqs[2], 0);
	wr(2, REG_INT_ENABLE, CAUSE_BEAT);
	EQUAL(seen.irqs[2], 1);
	wr(2, REG_CAUSE, CAUSE_BEAT);
	wr(1, REG_BEAT, 100);
	EQUAL(seen.irqs[2], 2);
	EQUAL(event_count(CHASSIS_EV_IRQ, 2), 0);
}

static void doorbell_cut(void)
{
	rig_owner();
	wr(2, REG_INT_ENABLE, CAUSE_ALL & ~CAUSE_BEAT);
	rig_fault(2, CHASSIS_FAULT_CUT_DOORBELL, true);
	rig_forget();
	rig_pull(1);
	EQUAL(seen.irqs[2], 0);
	CHECK(rd(2, REG_CAUSE) & CAUSE_PEER_REMOVED);
	CHECK(status(2) & STATUS_CAUSE);
	EQUAL(event(CHASSIS_EV_IRQ, 2)->value, 0);
	EQUAL(claim(2), REDUND_RES_OK);
	rig_fault(2, CHASSIS_FAULT_CUT_DOORBELL, false);
	rig_press(0, CHASSIS_BUTTON_CLEAR);
	EQUAL(seen.irqs[2], 1);
}

static void enable_bits(void)
{
	rig_owner();
	CHECK(is_refused(2, REG_INT_ENABLE, CAUSE_ALL + 1));
	wr(2, REG_INT_ENABLE, CAUSE_ALL);
	EQUAL(rd(2, REG_INT_ENABLE), CAUSE_ALL);
	EQUAL(rd(1, REG_INT_ENABLE), 0);
}

static void clear_button(void)
{
	rig_owner();
	rig_press(0, CHASSIS_BUTTON_CLEAR);
	CHECK(rd(1, REG_CAUSE) & CAUSE_BUTTON_CLEAR);
	CHECK(rd(2, REG_CAUSE) & CAUSE_BUTTON_CLEAR);
	EQUAL(rig.owner, 1);
	EQUAL(event(CHASSIS_EV_BUTTON, 0)->value, CHASSIS_BUTTON_CLEAR);
}

static void grant_cause(void)
{
	rig_both();
	claim(1);
	CHECK(rd(1, REG_CAUSE) & CAUSE_GRANT);
	CHECK(rd(2, REG_CAUSE) & CAUSE_GRANT);
}

static void beat_traced(void)
{
	u64 end;

	rig_owner();
	rig_forget();
	for (end = now + 5000 * MS; now < end; rig_pass(10 * MS)) {
		wr(1, REG_BEAT, 100);
		wr(2, REG_BEAT, 100);
	}
	CHECK(event_count(CHASSIS_EV_BEATS, 1) >= 4);
	CHECK(event_count(CHASSIS_EV_BEATS, 1) <= 5);
	EQUAL(seen.ev[seen.events - 1].value, 100);
}

static void frame_whole(void)
{
	u8 f[WIN_FRAME_SIZE], got[WIN_FRAME_SIZE];
	u32 seq;

	rig_owner();
	memset(f, 0x11, sizeof(f));
	wr_area(1, WIN_FRAME_OUT, f, sizeof(f));
	wr(1, REG_PUBLISH, 0);
	seq = rd(2, REG_PEER_SEQ);
	wr(2, REG_CAUSE, CAUSE_ALL);
	memset(f, 0x22, sizeof(f));
	wr_area(1, WIN_FRAME_OUT, f, sizeof(f) / 2);
	rd_area(2, WIN_FRAME_IN, got, sizeof(got));
	EQUAL(got[0], 0x11); /* staged is not seen */
	EQUAL(rd(2, REG_CAUSE), 0);
	wr_area(1, WIN_FRAME_OUT, f, sizeof(f));
	wr(1, REG_PUBLISH, 1);
	rd_area(2, WIN_FRAME_IN, got, sizeof(got));
	CHECK(!memcmp(f, got, sizeof(f)));
	EQUAL(rd(2, REG_PEER_SEQ), seq + 1);
	EQUAL(rd(1, REG_OWN_SEQ), seq + 1);
	EQUAL(status(2) >> STATUS_PEER_SEQ_SHIFT, (seq + 1) & 0xff);
	EQUAL(rd(2, REG_CAUSE), CAUSE_FRAME);
}

static void role_traced(void)
{
	rig_owner();
	publish(1, 5);
	publish(1, 5);
	publish(1, 6);
	EQUAL(event_count(CHASSIS_EV_ROLE, 1), 2);
	EQUAL(event(CHASSIS_EV_ROLE, 1)->value, 5);
	EQUAL(rig.slot[0].role, 6);
}

static void status_beat(void)
{
	u32 i;

	rig_owner();
	for (i = 0; i < 300; i++)
		wr(1, REG_BEAT, 100);
	EQUAL((status(2) & STATUS_PEER_BEAT) >> STATUS_PEER_BEAT_SHIFT, rd(1, REG_BEAT) & 0xff);
	EQUAL(rd(2, REG_PEER_BEAT), 301);
}

static void heartbeat_cut(void)
{
	u32 beat, seq, rearms;

	rig_owner();
	publish(1, 5);
	rig_fault(1, CHASSIS_FAULT_CUT_HEARTBEAT, true);
	beat = rd(2, REG_PEER_BEAT);
	seq = rd(2, REG_PEER_SEQ);
	rearms = rd(2, REG_PEER_REARMS);
	wr(2, REG_CAUSE, CAUSE_ALL);
	wr(1, REG_BEAT, 100);
	publish(1, 6);
	EQUAL(rd(2, REG_PEER_BEAT), beat);
	EQUAL(rd(2, REG_PEER_SEQ), seq);
	EQUAL(rd_size(2, WIN_FRAME_IN + offsetof(struct redund_frame, role), 1), 5);
	EQUAL(rd(2, REG_CAUSE), 0);
	EQUAL(rd(2, REG_PEER_REARMS), rearms + 1); /* goes on being seen */
	wr(2, REG_BEAT, 100);
	EQUAL(rd(1, REG_PEER_BEAT), rd(2, REG_BEAT)); /* the other way works */
	rig_fault(1, CHASSIS_FAULT_CUT_HEARTBEAT, false);
	EQUAL(rd(2, REG_PEER_BEAT), beat + 1);
	EQUAL(rd(2, REG_PEER_SEQ), seq + 1);
	EQUAL(rd_size(2, WIN_FRAME_IN + offsetof(struct redund_frame, role), 1), 6);
}

static void mailbox_corrupt(void)
{
	u8 good[WIN_FRAME_SIZE], bad[WIN_FRAME_SIZE];
	u32 seq, i;

	rig_owner();
	publish(1, 5);
	rd_area(2, WIN_FRAME_IN, good, sizeof(good));
	seq = rd(2, REG_PEER_SEQ);
	rig_fault(1, CHASSIS_FAULT_MAILBOX_CORRUPT, true);
	CHECK(rd(2, REG_PEER_SEQ) != seq);
	rd_area(2, WIN_FRAME_IN, bad, sizeof(bad));
	CHECK(memcmp(good, bad, sizeof(bad)));
	for (i = 0; i < WIN_FRAME_SIZE; i += 8) {
		u64 v = rd_size(2, WIN_FRAME_IN + i, 8);

		CHECK(!memcmp(&v, bad + i, 8));
	}
	rd_area(1, WIN_FRAME_OUT, bad, sizeof(bad));
	CHECK(!memcmp(good, bad, sizeof(bad)));
	rig_fault(1, CHASSIS_FAULT_MAILBOX_CORRUPT, false);
	rd_area(2, WIN_FRAME_IN, bad, sizeof(bad));
	CHECK(!memcmp(good, bad, sizeof(bad)));
}

static void clock_same(void)
{
	rig_owner();
	rig_fault(1, CHASSIS_FAULT_TIMER_DEAD, true);
	rig_fault(2, CHASSIS_FAULT_TIMER_DEAD, true);
	now = 0x1fffffff0ull;
	EQUAL(rd64(1, REG_CLOCK), now);
	EQUAL(rd64(2, REG_CLOCK), now);
	EQUAL(rd(2, REG_CLOCK), 0xfffffff0);
	now += 0x20;
	EQUAL(rd(2, REG_CLOCK + 4), 1); /* of the moment of the low word */
	EQUAL(rd(2, REG_CLOCK), 0x10);
	EQUAL(rd(2, REG_CLOCK + 4), 2);
}

const struct test tests_cause[] = {
	{ "G4: a cause is latched until it is cleared by writing it", latched },
	{ "G4: a newly latched or newly enabled cause is one interrupt edge", edge_when_enabled },
	{ "G4: a beat is a cause without STATUS bit and without trace line", beat_cause },
	{ "G4: with every interrupt lost the causes stay readable", doorbell_cut },
	{ "G4: interrupt enables are each slot's own and known bits only", enable_bits },
	{ "G4: Clear is latched in both slots and moves nothing (S-121)", clear_button },
	{ "G4: both slots are told of every grant change", grant_cause },
	{ "G8: beats are traced once a second, counted", beat_traced },
	{ "G8: a frame is seen whole after PUBLISH, with a sequence and a doorbell", frame_whole },
	{ "G8: the role in a published frame is traced when it changes", role_traced },
	{ "G8: STATUS carries the low bits of the peer's beat count", status_beat },
	{ "G8: a cut heartbeat freezes beat and frame, not the re-arm count", heartbeat_cut },
	{ "G8: a corrupt mailbox flips bits for the reader only", mailbox_corrupt },
	{ "G10: both windows read the same clock, never torn", clock_same },
	{ NULL, NULL },
};
