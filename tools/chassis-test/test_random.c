// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Random writes, faults and time: what must hold in every state of the model,
 * whatever the software of both slots writes. The sequence is the same in
 * every run.
 */
#include <string.h>

#include "rig.h"

#define STEPS 200000

static u32 state;

static u32 any(u32 below)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % below;
}

static u32 value(void)
{
	switch (any(6)) {
	case 0:
		return epoch();
	case 1:
		return any(8);
	case 2:
		return rig.slot[any(2)].rearms;
	case 3:
		return any(2000);
	case 4:
		return 1u << any(32);
	default:
		return any(~0u);
	}
}

static void software(int slot)
{
	switch (any(8)) {
	case 0:
		rig_join(slot);
		break;
	case 1:
		wr(slot, REG_BEAT, 1 + any(1200));
		break;
	case 2:
		claim(slot);
		break;
	case 3:
		fence(slot);
		break;
	case 4:
		wr(slot, REG_PEER_TAKE, 1);
		break;
	case 5:
		wr(slot, WIN_FRAME_OUT + any(0x140), value());
		break;
	default:
		wr(slot, any(0x100) & ~(any(16) ? 3u : 0), value());
		break;
	}
}

static void outside(void)
{
	int slot = 1 + any(2);

	switch (any(12)) {
	case 0:
		rig_pull(slot);
		break;
	case 1:
		rig_power(slot, false);
		break;
	case 2:
		rig_bounce(slot);
		break;
	case 3:
		rig_press(slot, any(3));
		break;
	case 4:
		rig_reboot(slot);
		break;
	case 5:
		rig_fault(slot, any(CHASSIS_FAULT_COUNT), true);
		break;
	case 6:
	case 7:
		rig_fault(slot, any(CHASSIS_FAULT_COUNT), false);
		break;
	case 8:
		rig_fabric(slot, any(2));
		break;
	case 9:
		rig_im(any(REDUND_IM_SLOTS), any(2));
		break;
	default:
		rig_insert(slot);
		break;
	}
}

/* What holds in every state. */
static void check_state(void)
{
	int i;

	CHECK(rig.owner >= 0 && rig.owner <= 2);
	CHECK(rig.fabric_enable && !(rig.fabric_enable & ~3u));
	CHECK(!rig.offer == !rig.offer_end);
	CHECK(!rig.offer || rig.owner);
	for (i = 0; i < CHASSIS_SLOTS; i++) {
		const struct chassis_slot *sl = &rig.slot[i];

		if (rig.owner == i + 1)
			CHECK(sl->powered && !sl->out && !sl->in_reset && sl->timer_at);
		CHECK(!sl->powered || sl->present);
		CHECK(!sl->in_reset || (sl->out && sl->powered && !sl->timer_at));
		CHECK(sl->powered || (!sl->timer_at && !sl->reset_end && sl->out));
		/* powered: in reset, guarded by the timer, or shut down */
		CHECK(!sl->powered || sl->in_reset || sl->timer_at || sl->shut_down);
		/* no slot stays in reset with a free grant: a pulse runs */
		CHECK(!sl->in_reset || sl->reset_end || rig.owner == 2 - i);
		CHECK(!sl->hold || rig.owner == 2 - i);
		CHECK(!sl->take || rig.owner == i + 1);
		CHECK(!sl->going_down || sl->out);
	}
}

/* Every change of the owner counts the epoch up by one, and nothing else. */
static void check_trace(u32 before, int owner)
{
	unsigned int i;

	for (i = 0; i < seen.events; i++) {
		const struct chassis_event *ev = &seen.ev[i];

		if (ev->type == CHASSIS_EV_GRANT) {
			EQUAL(ev->from, owner);
			CHECK(ev->from != ev->to);
			EQUAL(ev->epoch, before + 1);
			before = ev->epoch;
			owner = ev->to;
		}
		if ((ev->type == CHASSIS_EV_FABRIC || ev->type == CHASSIS_EV_MODULE_RESET ||
		     ev->type == CHASSIS_EV_PEER_RESET || ev->type == CHASSIS_EV_TAKE) &&
		    ev->accepted)
			EQUAL(ev->slot, owner);
	}
	EQUAL(epoch(), before);
	EQUAL(rig.owner, owner);
}

static void random_steps(void)
{
	u32 step, before;
	int owner;

	rig_both();
	state = 0x52445542;
	for (step = 0; step < STEPS; step++) {
		before = epoch();
		owner = rig.owner;
		rig_forget();
		if (any(40))
			software(1 + any(2));
		else
			outside();
		if (!any(3))
			rig_pass(any(8) ? any(5 * MS) : any(2000 * MS));
		check_state();
		check_trace(before, owner);
	}
}

/* Only the owner's writes change what is protected, whatever it is. */
static void random_protected(void)
{
	u32 step;

	rig_both();
	state = 0x12345678;
	for (step = 0; step < STEPS; step++) {
		struct chassis before;
		int slot = 1 + any(2);

		rig_forget();
		rig_pass(any(100));
		before = rig;
		software(slot);
		if (before.owner != slot && rig.owner == before.owner) {
			EQUAL(rig.fabric_enable, before.fabric_enable);
			EQUAL(rig.im_reset, before.im_reset);
			EQUAL(rig.slot[2 - slot].in_reset, before.slot[2 - slot].in_reset);
			EQUAL(rig.slot[2 - slot].out, before.slot[2 - slot].out);
		}
		if (before.owner == slot && rig.owner == 3 - slot)
			CHECK(0); /* nobody gives the grant to the other */
		if (!any(50))
			outside();
	}
}

const struct test tests_random[] = {
	{ "G1: 200000 random writes, faults and times keep every invariant of the controller",
	  random_steps },
	{ "G2: 200000 random writes change what is protected by the owner's only",
	  random_protected },
	{ NULL, NULL },
};
