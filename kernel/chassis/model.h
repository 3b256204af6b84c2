/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside the chassis model: what its files share. Nothing outside
 * kernel/chassis/ includes this.
 */
#ifndef REDUND_CHASSIS_MODEL_H
#define REDUND_CHASSIS_MODEL_H

#include "chassis.h"

/**
 * struct model - one call into the model
 * @c: state
 * @m: memories
 * @ops: embedder
 * @ctx: for @ops
 * @now: the common clock, microseconds
 */
struct model {
	struct chassis *c;
	struct chassis_mem *m;
	const struct chassis_ops *ops;
	void *ctx;
	u64 now;
};

static inline struct chassis_slot *slot_of(const struct model *x, int slot)
{
	return &x->c->slot[slot - 1];
}

static inline int peer_of(int slot)
{
	return CHASSIS_SLOTS + 1 - slot;
}

static inline bool has_fault(const struct chassis_slot *sl, enum chassis_fault f)
{
	return sl->faults & (1u << f);
}

/* A deadline is never 0, which means "none". */
static inline u64 deadline(const struct model *x, u64 us)
{
	return x->now + (us ? us : 1);
}

static inline u64 from_ms(u32 ms)
{
	return (u64)ms * 1000;
}

/* chassis.c: a slot's life */
void model_trace(struct model *x, struct chassis_event ev);
void model_latch(struct model *x, int slot, u32 bits);
void model_raise(struct model *x, int slot, u32 bits);
void model_out(struct model *x, int slot, enum chassis_out_cause cause);
void model_start_reset(struct model *x, int slot, enum redund_reset_cause cause,
		       bool force);
void model_release_hold(struct model *x, int slot);
void model_begin(struct model *x, int slot, bool real);
void model_shutdown_done(struct model *x, int slot);
void model_enter(struct model *x, u64 now);
void model_leave(struct model *x);

#define MODEL(name) struct model name = { .c = c, .m = m, .ops = ops, .ctx = ctx }
/* one line of the trace, fields by name */
#define TRACE(x, ...) model_trace(x, (struct chassis_event){ __VA_ARGS__ })

/* grant.c: owner and epoch */
void model_set_owner(struct model *x, int to, enum chassis_grant_cause cause);
void model_drop_grant(struct model *x, int slot, enum chassis_grant_cause cause);
void model_offer_end(struct model *x);
void model_command(struct model *x, int slot, u32 cmd);
void model_command_out(struct model *x, int slot, u32 cmd);
void model_going_down(struct model *x, int slot, u32 reason);
bool model_may_finish(const struct chassis_slot *sl);

/* board.c: fabric and interface modules, LEDs */
void model_im_reset(struct model *x, u32 value);
void model_im_poll(struct model *x, int index);
u64 model_im_state(const struct model *x);
void model_leds(struct model *x);

/* window.c: registers */
u64 model_status(const struct model *x, int slot);
bool model_window_open(const struct model *x, int slot);
void model_refuse(struct model *x, int slot, u32 off, u32 value);

/* memory.c: areas and records */
void model_area_read(const struct model *x, int slot, u32 off, u8 *buf, size_t len);
bool model_area_write(struct model *x, int slot, u32 off, const u8 *buf, size_t len);
void model_insert_record(struct model *x, int slot);
void model_stage_chassis(struct model *x);
void model_stage_module(struct model *x, int slot);
enum redund_result model_commit(struct model *x, int slot, u32 which);
void model_publish(struct model *x, int slot);
void model_clear_frames(struct model *x, int slot);
void model_cut_heartbeat(struct model *x, int slot);

#endif /* REDUND_CHASSIS_MODEL_H */
