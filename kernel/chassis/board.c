// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rest of the board in the chassis model: fabric and interface modules
 * and the LEDs as a person sees them.
 */
#include <linux/types.h>

#include "model.h"

static void im_set(struct model *x, int index, enum redund_im_hw state)
{
	if (x->c->im_state[index] == state)
		return;
	x->c->im_state[index] = state;
	TRACE(x, .type = CHASSIS_EV_MODULE_STATE, .index = index, .value = state);
	model_latch(x, 1, CAUSE_IM);
	model_latch(x, 2, CAUSE_IM);
}

/* Presence and the reset bit decide; only the download takes time. */
static void im_update(struct model *x, int index)
{
	struct chassis *c = x->c;
	u32 bit = 1u << index;

	if (!(c->im_present & bit)) {
		c->im_done[index] = 0;
		im_set(x, index, REDUND_IM_ABSENT);
	} else if (c->im_reset & bit) {
		c->im_done[index] = 0;
		im_set(x, index, REDUND_IM_RESET);
	} else if (c->im_state[index] < REDUND_IM_DOWNLOADING) {
		c->im_done[index] = deadline(x, c->cfg.im_download_us);
		im_set(x, index, REDUND_IM_DOWNLOADING);
	}
}

/* The download of an interface module has ended. */
void model_im_poll(struct model *x, int index)
{
	x->c->im_done[index] = 0;
	im_set(x, index, REDUND_IM_UP);
}

void model_im_reset(struct model *x, u32 value)
{
	int i;

	x->c->im_reset = value;
	for (i = 0; i < REDUND_IM_SLOTS; i++)
		im_update(x, i);
}

u64 model_im_state(const struct model *x)
{
	u64 value = 0;
	int i;

	for (i = 0; i < REDUND_IM_SLOTS; i++)
		value |= (u64)x->c->im_state[i] << (4 * i);
	return value;
}

/**
 * chassis_im_presence() - an interface module is inserted or pulled
 * @c: state
 * @m: memories; its inventory entry is set before
 * @ops: embedder
 * @ctx: for @ops
 * @index: 0 to 11, slots A to L
 * @present: inserted or pulled
 * @now: common clock, microseconds
 */
void chassis_im_presence(struct chassis *c, struct chassis_mem *m,
			 const struct chassis_ops *ops, void *ctx, int index,
			 bool present, u64 now)
{
	MODEL(x);
	u32 bit = 1u << index;

	model_enter(&x, now);
	if (!!(c->im_present & bit) != present) {
		c->im_present ^= bit;
		im_update(&x, index);
	}
	model_leave(&x);
}

/**
 * chassis_fabric_presence() - a fabric module is inserted or pulled
 * @c: state
 * @m: memories; its inventory entry is set before
 * @ops: embedder
 * @ctx: for @ops
 * @fabric: 1 or 2
 * @present: inserted or pulled; its enable keeps its value (G2)
 * @now: common clock, microseconds
 */
void chassis_fabric_presence(struct chassis *c, struct chassis_mem *m,
			     const struct chassis_ops *ops, void *ctx,
			     int fabric, bool present, u64 now)
{
	MODEL(x);
	u32 bit = 1u << (fabric - 1);

	model_enter(&x, now);
	if (!!(c->fabric_present & bit) != present) {
		c->fabric_present ^= bit;
		TRACE(&x, .type = CHASSIS_EV_FABRIC_PRESENCE, .index = fabric,
		      .value = c->fabric_present);
		model_latch(&x, 1, CAUSE_FABRIC);
		model_latch(&x, 2, CAUSE_FABRIC);
	}
	model_leave(&x);
}

/* The whole LED word of a slot as seen; the rulings are in registers.rst. */
static u32 led_word(const struct chassis *c, int slot)
{
	const struct chassis_slot *sl = &c->slot[slot - 1];
	int peer = peer_of(slot);

	if (!sl->powered)
		return 0;
	if (sl->shut_down)
		return REDUND_LED_GREEN << LED_DWN_SHIFT;
	if (!sl->out)
		return sl->led;
	if (sl->going_down && sl->down_reason >= REDUND_DOWN_HALT)
		return sl->led;
	return c->owner == peer ? c->slot[peer - 1].peer_led : 0;
}

/**
 * chassis_led() - one LED of a management module as a person sees it
 * @c: state
 * @slot: 1 or 2
 * @led_shift: LED_ACTV_SHIFT, LED_STBY_SHIFT, LED_DWN_SHIFT, LED_FAULT_SHIFT
 *
 * Its own setting while it is in, the owner's for it (REG_PEER_LED) while it
 * is OUT; a completed shutdown shows Dwn green and nothing else (S-143).
 *
 * Return: what is seen.
 */
enum redund_led_state chassis_led(const struct chassis *c, int slot,
				  unsigned int led_shift)
{
	return led_word(c, slot) >> led_shift & 0xf;
}

/**
 * chassis_system_led() - the fault LED of the chassis as a person sees it
 * @c: state
 *
 * Return: the higher of the votes of the slots that are not OUT.
 */
enum redund_led_state chassis_system_led(const struct chassis *c)
{
	u32 led = 0;
	int i;

	for (i = 0; i < CHASSIS_SLOTS; i++)
		if (!c->slot[i].out && c->slot[i].system_led > led)
			led = c->slot[i].system_led;
	return led;
}

/**
 * chassis_locate_led() - the locate LED of the chassis as a person sees it
 * @c: state
 *
 * Return: what the owner set; off since the last change of the grant (S-216).
 */
enum redund_led_state chassis_locate_led(const struct chassis *c)
{
	return c->locate;
}

/**
 * chassis_link_cut() - is what this slot sends on the internal link dropped
 * @c: state
 * @slot: 1 or 2
 *
 * By a fault, or because its reset did not work and it has not joined since
 * (G6). The embedder carries the link.
 *
 * Return: true when cut.
 */
bool chassis_link_cut(const struct chassis *c, int slot)
{
	const struct chassis_slot *sl = &c->slot[slot - 1];

	return has_fault(sl, CHASSIS_FAULT_CUT_LINK) || sl->stuck_seen;
}

static void led_trace(struct model *x, int slot, u32 seen)
{
	u32 *shown = &x->c->shown.led[slot];
	unsigned int shift;

	for (shift = 0; shift <= LED_LOCATE_SHIFT; shift += 4)
		if ((seen ^ *shown) >> shift & 0xf)
			TRACE(x, .type = CHASSIS_EV_LED, .slot = slot,
			      .index = shift, .value = seen >> shift & 0xf);
	*shown = seen;
}

/* Trace what changed on the front since the last call. */
void model_leds(struct model *x)
{
	int i;

	for (i = 1; i <= CHASSIS_SLOTS; i++)
		led_trace(x, i, led_word(x->c, i));
	led_trace(x, 0, chassis_system_led(x->c) << LED_FAULT_SHIFT |
		  chassis_locate_led(x->c) << LED_LOCATE_SHIFT);
}
