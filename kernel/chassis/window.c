// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registers of a slot's window in the chassis model: what a read shows,
 * which writes count and which are refused (G1, G2, G5, G10). What a write
 * then does to the grant or to a slot's life is in the other files.
 */
#include <linux/types.h>

#include "model.h"

#define AREA_START	0x1000	/* below are the registers */
#define BEATS_US	1000000	/* beats are traced once in this time */

/* May this slot's writes count (G5)? */
bool model_window_open(const struct model *x, int slot)
{
	return !slot_of(x, slot)->out || (x->c->cfg.plant & CHASSIS_PLANT_WINDOW_OPEN);
}

void model_refuse(struct model *x, int slot, u32 off, u32 value)
{
	slot_of(x, slot)->refused++;
	TRACE(x, .type = CHASSIS_EV_REFUSED, .slot = slot, .index = off, .value = value);
}

/* What the peer sees of a slot's beats and publications. */
static u32 beat_seen(const struct chassis_slot *sl)
{
	return has_fault(sl, CHASSIS_FAULT_CUT_HEARTBEAT) ? sl->cut_beat : sl->beat;
}

static u32 seq_seen(const struct chassis_slot *sl)
{
	return has_fault(sl, CHASSIS_FAULT_CUT_HEARTBEAT) ? sl->cut_seq : sl->seq;
}

/* The combined status word with the epoch above it, of one moment (G1). */
u64 model_status(const struct model *x, int slot)
{
	const struct chassis *c = x->c;
	const struct chassis_slot *sl = slot_of(x, slot);
	const struct chassis_slot *peer = slot_of(x, peer_of(slot));
	u32 low = c->owner;

	low |= peer->present ? STATUS_PEER_PRESENT : 0;
	low |= peer->powered ? STATUS_PEER_POWERED : 0;
	low |= peer->in_reset ? STATUS_PEER_IN_RESET : 0;
	low |= peer->out ? STATUS_PEER_OUT : 0;
	low |= sl->out ? STATUS_SELF_OUT : 0;
	low |= c->offer ? STATUS_OFFER : 0;
	low |= c->owner && c->slot[c->owner - 1].take ? STATUS_PEER_MAY_TAKE : 0;
	low |= sl->cause & ~CAUSE_BEAT ? STATUS_CAUSE : 0;
	low |= peer->going_down ? STATUS_PEER_GOING_DOWN : 0;
	low |= peer->stuck_seen ? STATUS_PEER_STUCK : 0;
	low |= peer->shut_down ? STATUS_PEER_SHUT_DOWN : 0;
	low |= c->fabric_present << STATUS_FABRIC_SHIFT;
	low |= (beat_seen(peer) & 0xff) << STATUS_PEER_BEAT_SHIFT;
	low |= (seq_seen(peer) & 0xff) << STATUS_PEER_SEQ_SHIFT;
	return low | (u64)c->epoch << 32;
}

static u64 status_read(const struct model *x, int slot)
{
	const struct chassis_slot *sl = slot_of(x, slot);

	if (has_fault(sl, CHASSIS_FAULT_REGISTER_STUCK))
		return sl->stuck_status[0] | (u64)sl->stuck_status[1] << 32;
	return model_status(x, slot);
}

/* Microseconds left, at least 1 while armed; a dead timer stands at 1. */
static u32 timer_left(const struct model *x, int slot)
{
	u64 at = slot_of(x, slot)->timer_at;

	if (!at)
		return 0;
	if (at <= x->now)
		return 1;
	return at - x->now > 0xffffffffu ? 0xffffffffu : at - x->now;
}

static bool read_ident(const struct model *x, int slot, u32 off, u32 *v)
{
	const struct chassis_slot *sl = slot_of(x, slot);

	switch (off) {
	case REG_ID:
		*v = REDUND_ID;
		return true;
	case REG_VERSION:
		*v = REDUND_VERSION_MAJOR << 16 | REDUND_VERSION_MINOR;
		return true;
	case REG_SLOT:
		*v = slot;
		return true;
	case REG_CAPS:
		*v = x->c->cfg.caps;
		return true;
	case REG_SCRATCH:
		*v = has_fault(sl, CHASSIS_FAULT_SELFTEST) ? ~sl->scratch : sl->scratch;
		return true;
	case REG_INCARNATION:
		*v = sl->incarnation;
		return true;
	case REG_BOOT_CAUSE:
		*v = sl->boot_cause;
		return true;
	case REG_JOIN:
		*v = 0;
		return true;
	default:
		return false;
	}
}

static bool read_timer(const struct model *x, int slot, u32 off, u32 *v)
{
	const struct chassis_slot *sl = slot_of(x, slot);

	switch (off) {
	case REG_BEAT:
		*v = sl->beat;
		return true;
	case REG_PEER_BEAT:
		*v = beat_seen(slot_of(x, peer_of(slot)));
		return true;
	case REG_TIMER_LEFT:
		*v = timer_left(x, slot);
		return true;
	case REG_TIMER_REARM:
		*v = 0;
		return true;
	case REG_TIMER_MAX:
		*v = x->c->cfg.timer_max_ms;
		return true;
	case REG_TIMER_BOOT:
		*v = x->c->cfg.timer_boot_ms;
		return true;
	case REG_TIMER_DOWN:
		*v = x->c->cfg.timer_down_ms;
		return true;
	case REG_REARMS:
		*v = sl->rearms;
		return true;
	default:
		return false;
	}
}

static bool read_grant(const struct model *x, int slot, u32 off, u32 *v)
{
	const struct chassis_slot *sl = slot_of(x, slot);
	const struct chassis_slot *peer = slot_of(x, peer_of(slot));

	switch (off) {
	case REG_CMD_EPOCH:
		*v = sl->cmd_epoch;
		return true;
	case REG_CMD_ARG:
		*v = sl->cmd_arg;
		return true;
	case REG_CMD:
	case REG_GOING_DOWN:
		*v = 0;
		return true;
	case REG_CMD_RESULT:
		*v = sl->cmd_result;
		return true;
	case REG_PEER_REARMS:
		*v = peer->rearms;
		return true;
	case REG_PEER_TAKE:
		*v = sl->take;
		return true;
	case REG_PEER_DOWN_REASON:
		*v = peer->down_reason;
		return true;
	case REG_PEER_INCARNATION:
		*v = peer->incarnation;
		return true;
	default:
		return false;
	}
}

static bool read_board(const struct model *x, int slot, u32 off, u32 *v)
{
	const struct chassis *c = x->c;
	const struct chassis_slot *sl = slot_of(x, slot);

	switch (off) {
	case REG_FABRIC_ENABLE:
		*v = c->fabric_enable;
		return true;
	case REG_FABRIC_PRESENT:
		*v = c->fabric_present;
		return true;
	case REG_IM_RESET:
		*v = c->im_reset;
		return true;
	case REG_IM_PRESENT:
		*v = c->im_present;
		return true;
	case REG_PEER_RESET:
		*v = 0;
		return true;
	case REG_CAUSE:
		*v = sl->cause;
		return true;
	case REG_INT_ENABLE:
		*v = sl->int_enable;
		return true;
	default:
		return false;
	}
}

static bool read_rest(const struct model *x, int slot, u32 off, u32 *v)
{
	const struct chassis_slot *sl = slot_of(x, slot);
	const struct chassis_slot *peer = slot_of(x, peer_of(slot));

	switch (off) {
	case REG_LED:
		*v = sl->led;
		return true;
	case REG_PEER_LED:
		*v = sl->peer_led;
		return true;
	case REG_SYSTEM_LED:
		*v = sl->system_led;
		return true;
	case REG_LOCATE:
		*v = x->c->locate;
		return true;
	case REG_PUBLISH:
	case REG_NV_COMMIT:
		*v = 0;
		return true;
	case REG_PEER_SEQ:
		*v = seq_seen(peer);
		return true;
	case REG_OWN_SEQ:
		*v = sl->seq;
		return true;
	case REG_REFUSED:
		*v = sl->refused;
		return true;
	case REG_PEER_REFUSED:
		*v = peer->refused;
		return true;
	case REG_NV_RESULT:
		*v = sl->nv_result;
		return true;
	default:
		return false;
	}
}

static bool read32(const struct model *x, int slot, u32 off, u32 *v)
{
	return read_ident(x, slot, off, v) || read_timer(x, slot, off, v) ||
	       read_grant(x, slot, off, v) || read_board(x, slot, off, v) ||
	       read_rest(x, slot, off, v);
}

/* A 64-bit register of this moment; *latch keeps the high word. */
static bool read64(struct model *x, int slot, u32 off, u64 *v, u32 **latch)
{
	struct chassis_slot *sl = slot_of(x, slot);

	switch (off) {
	case REG_STATUS:
		*v = status_read(x, slot);
		*latch = &sl->latch_status_hi;
		return true;
	case REG_CLOCK:
		*v = x->now;
		*latch = &sl->latch_clock_hi;
		return true;
	case REG_IM_STATE:
		*v = model_im_state(x);
		*latch = &sl->latch_im_hi;
		return true;
	default:
		return false;
	}
}

static u64 read_register(struct model *x, int slot, u32 off, unsigned int size)
{
	u32 *latch, v;
	u64 wide;

	if (size == 8 && read64(x, slot, off, &wide, &latch))
		return wide;
	if (size == 4 && read64(x, slot, off, &wide, &latch)) {
		*latch = wide >> 32;
		return (u32)wide;
	}
	if (size == 4 && off >= 4 && read64(x, slot, off - 4, &wide, &latch))
		return *latch;
	if (size == 4 && read32(x, slot, off, &v))
		return v;
	return ~0ULL;
}

static u64 read_bytes(const struct model *x, int slot, u32 off, unsigned int size)
{
	u8 buf[8];
	u64 v = 0;
	unsigned int i;

	model_area_read(x, slot, off, buf, size);
	for (i = 0; i < size; i++)
		v |= (u64)buf[i] << (8 * i);
	return v;
}

/**
 * chassis_read() - a 32- or 64-bit register, or 1 to 8 bytes of an area
 * @c: state
 * @m: memories
 * @ops: embedder
 * @ctx: for @ops
 * @slot: whose window, 1 or 2
 * @off: offset in the window
 * @size: bytes, 1 to 8
 * @now: common clock, microseconds
 *
 * Changes nothing but the latch of a 64-bit register's high word.
 *
 * Return: the value, little-endian bytes counted from the lowest; all ones
 * where nothing is and for a slot without power.
 */
u64 chassis_read(struct chassis *c, struct chassis_mem *m,
		 const struct chassis_ops *ops, void *ctx, int slot, u32 off,
		 unsigned int size, u64 now)
{
	MODEL(x);
	u64 value = ~0ULL;

	model_enter(&x, now);
	if (slot_of(&x, slot)->powered && size >= 1 && size <= 8)
		value = off < AREA_START ? read_register(&x, slot, off, size) :
					   read_bytes(&x, slot, off, size);
	model_leave(&x);
	return size < 8 ? value & ((1ULL << (8 * size)) - 1) : value;
}

/* --- writes ------------------------------------------------------------ */

static void set_scratch(struct model *x, int slot, u32 value)
{
	slot_of(x, slot)->scratch = value;
}

static bool may_join(const struct model *x, int slot, u32 value)
{
	const struct chassis_slot *sl = slot_of(x, slot);

	return sl->out && !sl->in_reset && !sl->going_down && value == sl->incarnation;
}

static void join(struct model *x, int slot, u32 value)
{
	struct chassis_slot *sl = slot_of(x, slot);

	sl->out = false;
	sl->stuck_seen = false;
	sl->cause &= ~CAUSE_SELF_OUT;
	model_latch(x, peer_of(slot), CAUSE_PEER_JOINED);
}

static bool not_zero(const struct model *x, int slot, u32 value)
{
	return value;
}

static void rearm(struct model *x, int slot, u32 ms)
{
	struct chassis_slot *sl = slot_of(x, slot);

	if (ms > x->c->cfg.timer_max_ms)
		ms = x->c->cfg.timer_max_ms;
	sl->timer_at = deadline(x, from_ms(ms));
	sl->rearms++;
}

static void count_beats(struct model *x, int slot)
{
	struct chassis_shown *s = &x->c->shown;

	s->beats[slot - 1]++;
	if (x->now - s->beats_at[slot - 1] < BEATS_US)
		return;
	TRACE(x, .type = CHASSIS_EV_BEATS, .slot = slot, .value = s->beats[slot - 1]);
	s->beats[slot - 1] = 0;
	s->beats_at[slot - 1] = x->now;
}

static void beat(struct model *x, int slot, u32 ms)
{
	struct chassis_slot *sl = slot_of(x, slot);

	sl->beat++;
	rearm(x, slot, ms);
	if (x->ops->trace)
		count_beats(x, slot);
	if (!has_fault(sl, CHASSIS_FAULT_CUT_HEARTBEAT))
		model_latch(x, peer_of(slot), CAUSE_BEAT);
}

static void set_cmd_epoch(struct model *x, int slot, u32 value)
{
	slot_of(x, slot)->cmd_epoch = value;
}

static void set_cmd_arg(struct model *x, int slot, u32 value)
{
	slot_of(x, slot)->cmd_arg = value;
}

static bool known_command(const struct model *x, int slot, u32 value)
{
	return value >= REDUND_CMD_CLAIM && value <= REDUND_CMD_SHUTDOWN_DONE;
}

static void set_take(struct model *x, int slot, u32 value)
{
	slot_of(x, slot)->take = value;
}

static bool down_reason(const struct model *x, int slot, u32 value)
{
	return value > REDUND_DOWN_NONE && value <= REDUND_DOWN_SHUTDOWN;
}

static void set_fabric(struct model *x, int slot, u32 value)
{
	x->c->fabric_enable = value;
}

static void set_im_reset(struct model *x, int slot, u32 value)
{
	model_im_reset(x, value);
}

static bool peer_reset_value(const struct model *x, int slot, u32 value)
{
	return value <= PEER_RESET_HOLD;
}

static void peer_reset(struct model *x, int slot, u32 value)
{
	struct chassis_slot *peer = slot_of(x, peer_of(slot));

	if (!peer->powered)
		return;
	if (!value) {
		if (peer->in_reset && !peer->reset_end)
			peer->hold = true;	/* also a planted level reset */
		model_release_hold(x, peer_of(slot));
		return;
	}
	model_out(x, peer_of(slot), CHASSIS_OUT_RESET);
	model_start_reset(x, peer_of(slot), REDUND_RESET_COMMAND, false);
	peer->hold = value == PEER_RESET_HOLD;
	if (!peer->hold && !peer->reset_end)	/* a hold becomes a pulse */
		peer->reset_end = deadline(x, x->c->cfg.reset_pulse_us);
	model_latch(x, slot, CAUSE_PEER_RESET);
}

static void clear_cause(struct model *x, int slot, u32 value)
{
	slot_of(x, slot)->cause &= ~value;
}

static void set_int_enable(struct model *x, int slot, u32 value)
{
	slot_of(x, slot)->int_enable = value;
	model_raise(x, slot, slot_of(x, slot)->cause);
}

static bool led_codes(const struct model *x, int slot, u32 value)
{
	for (; value; value >>= 4)
		if ((value & 0xf) > REDUND_LED_ORANGE_FAST)
			return false;
	return true;
}

static void set_led(struct model *x, int slot, u32 value)
{
	slot_of(x, slot)->led = value;
}

static void set_peer_led(struct model *x, int slot, u32 value)
{
	slot_of(x, slot)->peer_led = value;
}

static void set_system_led(struct model *x, int slot, u32 value)
{
	slot_of(x, slot)->system_led = value;
}

static void set_locate(struct model *x, int slot, u32 value)
{
	x->c->locate = value;
}

static void publish(struct model *x, int slot, u32 value)
{
	model_publish(x, slot);
}

static bool may_commit(const struct model *x, int slot, u32 which)
{
	return which == REDUND_NV_MODULE ||
	       (which == REDUND_NV_CHASSIS && x->c->owner == slot);
}

static void commit(struct model *x, int slot, u32 which)
{
	slot_of(x, slot)->nv_result = model_commit(x, slot, which);
}

/**
 * struct written - what a write to a register does
 * @off: offset
 * @mask: bits that may be set, else the write is refused
 * @owner: protected: the grant's owner only (G2)
 * @event: traced accepted or not (enum chassis_event_type), or 0 (never FAULT)
 * @valid: further condition, may be NULL
 * @apply: carries it out
 */
struct written {
	u32 off, mask;
	bool owner;
	u8 event;
	bool (*valid)(const struct model *x, int slot, u32 value);
	void (*apply)(struct model *x, int slot, u32 value);
};

static const struct written registers[] = {
	{ REG_SCRATCH, ~0u, false, 0, NULL, set_scratch },
	{ REG_JOIN, ~0u, false, CHASSIS_EV_JOIN, may_join, join },
	{ REG_BEAT, ~0u, false, 0, not_zero, beat },
	{ REG_TIMER_REARM, ~0u, false, 0, not_zero, rearm },
	{ REG_CMD_EPOCH, ~0u, false, 0, NULL, set_cmd_epoch },
	{ REG_CMD_ARG, ~0u, false, 0, NULL, set_cmd_arg },
	{ REG_CMD, ~0u, false, 0, known_command, model_command },
	{ REG_PEER_TAKE, 1, true, CHASSIS_EV_TAKE, NULL, set_take },
	{ REG_GOING_DOWN, ~0u, false, 0, down_reason, model_going_down },
	{ REG_FABRIC_ENABLE, 3, true, CHASSIS_EV_FABRIC, not_zero, set_fabric },
	{ REG_IM_RESET, (1u << REDUND_IM_SLOTS) - 1, true, CHASSIS_EV_MODULE_RESET,
	  NULL, set_im_reset },
	{ REG_PEER_RESET, 3, true, CHASSIS_EV_PEER_RESET, peer_reset_value, peer_reset },
	{ REG_CAUSE, ~0u, false, 0, NULL, clear_cause },
	{ REG_INT_ENABLE, CAUSE_ALL, false, 0, NULL, set_int_enable },
	{ REG_LED, 0xffff, false, 0, led_codes, set_led },
	{ REG_PEER_LED, 0xffff, true, 0, led_codes, set_peer_led },
	{ REG_SYSTEM_LED, 0xf, false, 0, led_codes, set_system_led },
	{ REG_LOCATE, 0xf, true, 0, led_codes, set_locate },
	{ REG_PUBLISH, ~0u, false, 0, NULL, publish },
	{ REG_NV_COMMIT, ~0u, false, CHASSIS_EV_NV, may_commit, commit },
	{ 0, 0, false, 0, NULL, NULL },
};

static const struct written *find_register(u32 off)
{
	const struct written *r;

	for (r = registers; r->apply; r++)
		if (r->off == off)
			return r;
	return NULL;
}

/* Through the window of an OUT slot: JOIN, and the end of its shutdown. */
static bool passes(const struct model *x, int slot, u32 off, u32 value)
{
	if (model_window_open(x, slot) || off == REG_JOIN)
		return true;
	return off == REG_CMD && value == REDUND_CMD_SHUTDOWN_DONE &&
	       model_may_finish(slot_of(x, slot));
}

/* The answer registers say why a refused command or commit did nothing. */
static void answer_refused(struct model *x, int slot, u32 off, u32 value, bool closed)
{
	if (off == REG_CMD && closed)
		model_command_out(x, slot, value);
	else if (off == REG_CMD)
		model_command(x, slot, value);
	else if (off == REG_NV_COMMIT)
		slot_of(x, slot)->nv_result =
			closed ? REDUND_RES_OUT :
			value == REDUND_NV_CHASSIS ? REDUND_RES_NOT_OWNER :
						     REDUND_RES_INVALID;
}

/* tests only: a protected register without protection (G2) */
static bool planted(const struct model *x, u32 off)
{
	return off == REG_FABRIC_ENABLE && (x->c->cfg.plant & CHASSIS_PLANT_FABRIC_ANY);
}

static void write_register(struct model *x, int slot, u32 off, u32 value)
{
	const struct written *r = find_register(off);
	bool open = passes(x, slot, off, value);
	bool ok = r && open && !(value & ~r->mask) &&
		  (!r->owner || x->c->owner == slot || planted(x, off)) &&
		  (!r->valid || r->valid(x, slot, value));

	if (r && r->event)
		TRACE(x, .type = r->event, .slot = slot, .accepted = ok,
		      .index = value, .value = value);
	if (ok) {
		r->apply(x, slot, value);
		return;
	}
	answer_refused(x, slot, off, value, !open);
	model_refuse(x, slot, off, value);
}

/**
 * chassis_write() - a 32-bit register, or 1 to 8 bytes of an area
 * @c: state
 * @m: memories
 * @ops: embedder
 * @ctx: for @ops
 * @slot: whose window, 1 or 2
 * @off: offset in the window
 * @size: bytes; 4 for a register
 * @value: little-endian bytes from the lowest
 * @now: common clock, microseconds
 *
 * Counted and traced as refused, without effect: a closed window (G5), a
 * protected register of which the slot is not the owner (G2), a wrong offset,
 * size or value. A slot without power writes nothing and counts nothing.
 */
void chassis_write(struct chassis *c, struct chassis_mem *m,
		   const struct chassis_ops *ops, void *ctx, int slot, u32 off,
		   unsigned int size, u64 value, u64 now)
{
	MODEL(x);
	u8 buf[8];
	unsigned int i;

	model_enter(&x, now);
	if (!slot_of(&x, slot)->powered) {
		model_leave(&x);
		return;
	}
	for (i = 0; i < 8; i++)
		buf[i] = value >> (8 * i);
	if (off < AREA_START && size == 4)
		write_register(&x, slot, off, value);
	else if (off < AREA_START || size < 1 || size > 8 ||
		 !model_area_write(&x, slot, off, buf, size))
		model_refuse(&x, slot, off, value);
	model_leave(&x);
}
