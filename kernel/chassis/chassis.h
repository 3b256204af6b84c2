/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The chassis model: what the backplane controller does, G1 to G10, as pure
 * C. It owns the behaviour of every register and of the things outside (power,
 * presence, buttons, interface modules, faults), and nothing else: no time, no
 * interrupt, no lock, no allocation, no I/O. The embedder passes `now`
 * (microseconds of the common clock, never going back), serialises its calls
 * and provides the callbacks. Built into redund_sim.ko, the virtual chassis,
 * the host tests and the explorer.
 *
 * struct chassis is plain data without pointers into itself, so that the
 * explorer may copy, compare and hash it; large memories (crash areas,
 * chassis memory, inventory, frames) are in struct chassis_mem, which an
 * embedder that does not look at contents may share.
 */
#ifndef REDUND_CHASSIS_H
#define REDUND_CHASSIS_H

#include <linux/types.h>
#include "../regs.h"
#include "../format.h"

#define CHASSIS_SLOTS		2
#define CHASSIS_NV_MODULES	4	/* module records kept, by serial number */

/* Slot arguments are 1 and 2 everywhere; index with slot - 1. */

/* One line of the trace; names as in the virtual chassis' JSON contract. */
enum chassis_event_type {
	CHASSIS_EV_FAULT,	/* kind = what was done from outside, made by the embedder */
	CHASSIS_EV_POWER,	/* value: on */
	/* value: asserted; cause: enum redund_reset_cause; accepted 0: stuck line */
	CHASSIS_EV_RESET,
	CHASSIS_EV_TIMER_EXPIRED,
	CHASSIS_EV_GRANT,	/* from, to, epoch, cause: enum chassis_grant_cause */
	CHASSIS_EV_CLAIM,	/* accepted, result */
	CHASSIS_EV_FENCE,	/* accepted, result, value: forced */
	CHASSIS_EV_RELEASE,	/* accepted, result */
	CHASSIS_EV_OFFER,	/* accepted, result, value: ms */
	CHASSIS_EV_WITHDRAW,	/* accepted, result; also deadline: slot 0 */
	CHASSIS_EV_TAKE,	/* peer may take: value, accepted */
	CHASSIS_EV_GOING_DOWN,	/* value: enum redund_down_reason */
	CHASSIS_EV_SHUTDOWN_DONE,	/* completed; a refused one is REFUSED only */
	CHASSIS_EV_OUT,		/* cause: enum chassis_out_cause */
	CHASSIS_EV_JOIN,	/* accepted, value: incarnation */
	CHASSIS_EV_PRESENCE,	/* value: present */
	CHASSIS_EV_IRQ,		/* slot interrupted, cause: CAUSE_* bit; value: 1 when delivered */
	CHASSIS_EV_FABRIC,	/* value, accepted */
	CHASSIS_EV_FABRIC_PRESENCE,	/* value: bits */
	CHASSIS_EV_MODULE_RESET,	/* value, accepted */
	CHASSIS_EV_MODULE_STATE, /* slot 0, index 0..11 = A..L, value: enum redund_im_hw */
	CHASSIS_EV_PEER_RESET,	/* value, accepted */
	CHASSIS_EV_ROLE,	/* value: role byte of a published frame, when changed */
	CHASSIS_EV_BUTTON,	/* value: enum chassis_button */
	/* as seen; index: LED_*_SHIFT, value: enum redund_led_state; slot 0: the chassis */
	CHASSIS_EV_LED,
	CHASSIS_EV_REFUSED,	/* index: offset in the window, value: written value */
	CHASSIS_EV_NV,		/* commit: index: enum redund_nv, accepted */
	CHASSIS_EV_BEATS,	/* counted, at most one line a second and slot: value beats */
};

enum chassis_grant_cause {
	CHASSIS_GRANT_CLAIM, CHASSIS_GRANT_RELEASE, CHASSIS_GRANT_FENCE,
	CHASSIS_GRANT_OFFER, CHASSIS_GRANT_TIMER, CHASSIS_GRANT_RESET,
	CHASSIS_GRANT_POWER, CHASSIS_GRANT_REMOVED, CHASSIS_GRANT_GOING_DOWN,
};

enum chassis_out_cause {
	CHASSIS_OUT_POWER, CHASSIS_OUT_REMOVED, CHASSIS_OUT_RESET,
	CHASSIS_OUT_EXPIRED, CHASSIS_OUT_FENCED, CHASSIS_OUT_GOING_DOWN,
};

enum chassis_button {
	CHASSIS_BUTTON_RESET, CHASSIS_BUTTON_SHUTDOWN, CHASSIS_BUTTON_CLEAR,
};

struct chassis_event {
	u64 t_us;
	enum chassis_event_type type;
	u8 slot;		/* 0: the chassis */
	u8 accepted;
	u8 from, to;
	u32 index;
	u32 cause;
	u32 result;		/* enum redund_result */
	u32 value;
	u32 epoch;
};

/* Faults: chassis_fault() switches them. */
enum chassis_fault {
	CHASSIS_FAULT_CUT_HEARTBEAT,	/* frames and beats of the slot are not seen */
	CHASSIS_FAULT_CUT_DOORBELL,	/* every interrupt to the slot is dropped */
	CHASSIS_FAULT_CUT_LINK,		/* internal link; carried out by the embedder */
	CHASSIS_FAULT_SELFTEST,		/* SCRATCH reads back wrong */
	CHASSIS_FAULT_RESET_STUCK,	/* the reset line does not work */
	CHASSIS_FAULT_MAILBOX_CORRUPT,	/* frames of the slot have flipped bits */
	CHASSIS_FAULT_REGISTER_STUCK,	/* STATUS reads keep their last value */
	CHASSIS_FAULT_TIMER_DEAD,	/* wdt-dead: the failover timer never expires */
	CHASSIS_FAULT_COUNT,
};

struct chassis_config {
	u32 timer_max_ms;	/* clamp of a re-arm */
	u32 timer_boot_ms;	/* boot bound */
	u32 timer_down_ms;	/* shutdown bound */
	u32 reset_pulse_us;
	u32 im_download_us;	/* interface module: reset released to up */
	u32 caps;		/* CAPS_ALL, or less for a lesser board */
	u32 plant;		/* CHASSIS_PLANT_*: TEST ONLY, 0 everywhere else */
};

/*
 * Mistakes planted on purpose, so that the explorer can show that it finds
 * them. Never set by a product.
 */
#define CHASSIS_PLANT_WINDOW_OPEN	0x1	/* an OUT slot's writes count (G5) */
#define CHASSIS_PLANT_FENCE_NO_EPOCH	0x2	/* FENCE ignores CMD_EPOCH (G6) */
#define CHASSIS_PLANT_LEVEL_RESET	0x4	/* a fence's reset has no end (G7) */
#define CHASSIS_PLANT_NO_BOOT_ARM	0x8	/* a start does not arm the timer (G3) */
#define CHASSIS_PLANT_FABRIC_ANY	0x10	/* fabric enables take anybody's write (G2) */

#define CHASSIS_ROLE_NONE	0xff	/* nothing published since the start */
#define CHASSIS_NEVER		(~0ULL)	/* chassis_next(): nothing is due */

struct chassis_slot {
	bool present;
	bool powered;		/* never without present */
	bool in_reset;		/* a pulse or a hold, also on a stuck line */
	bool out;
	bool going_down;
	bool shut_down;		/* SHUTDOWN_DONE came: the timer is disarmed */
	bool stuck_seen;	/* a reset did not work since its last JOIN */
	bool pulse_stuck;	/* the reset under way does not reach the module */
	bool hold;		/* held in reset by the peer's register */
	u8 boot_cause;		/* enum redund_reset_cause */
	u8 down_reason;		/* enum redund_down_reason, the last one */
	u8 take;		/* as owner: the peer may take */
	u8 role;		/* as published, CHASSIS_ROLE_NONE */
	u32 incarnation, beat, rearms, refused, seq;
	u32 cause, int_enable, scratch, led, peer_led, cmd_epoch, cmd_arg, cmd_result, nv_result;
	u32 system_led;		/* this slot's vote */
	u32 cut_beat, cut_seq;	/* what the peer sees while the heartbeat is cut */
	u32 faults;		/* 1 << enum chassis_fault */
	u32 latch_status_hi, latch_clock_hi, latch_im_hi, stuck_status[2];
	u64 timer_at;		/* expiry, 0 disarmed */
	u64 reset_end;		/* end of the pulse, 0 none */
};

/* For the trace only; no register depends on it (an explorer leaves it out). */
struct chassis_shown {
	u32 led[CHASSIS_SLOTS + 1];	/* as last traced; [0]: the chassis */
	u32 beats[CHASSIS_SLOTS];	/* since the last line */
	u64 beats_at[CHASSIS_SLOTS];
};

struct chassis {
	struct chassis_config cfg;
	int owner;		/* 0, 1 or 2 */
	u32 epoch;
	bool offer;
	u64 offer_end;
	u32 fabric_enable, fabric_present;
	u32 im_reset, im_present;
	u32 locate;		/* enum redund_led_state */
	u8 im_state[REDUND_IM_SLOTS];
	u64 im_done[REDUND_IM_SLOTS];	/* end of the download, 0 none */
	struct chassis_slot slot[CHASSIS_SLOTS];
	struct chassis_shown shown;
};

struct chassis_nv {			/* survives reset-system; the embedder stores it */
	u8 chassis[WIN_NV_CHASSIS_SIZE];
	struct {
		char serial[32];
		u32 used;		/* counts up at insertion: the oldest is replaced */
		u8 data[WIN_NV_MODULE_SIZE];
	} module[CHASSIS_NV_MODULES];
	u8 crash[CHASSIS_SLOTS][WIN_CRASH_SIZE];
};

struct chassis_mem {
	struct redund_inventory inventory[REDUND_INV_COUNT];
	u8 frame_out[CHASSIS_SLOTS][WIN_FRAME_SIZE];
	u8 frame_in[CHASSIS_SLOTS][WIN_FRAME_SIZE];	/* published BY slot i */
	u8 frame_cut[CHASSIS_SLOTS][WIN_FRAME_SIZE];	/* the same when it was cut */
	u8 nv_stage[WIN_NV_CHASSIS_SIZE];
	u8 nv_stage_module[CHASSIS_SLOTS][WIN_NV_MODULE_SIZE];
	struct chassis_nv nv;
};

/*
 * What the model asks of its embedder; each may be NULL. Called from inside a
 * model call: a callback must not call the model again, it notes what to do.
 */
struct chassis_ops {
	/* one interrupt edge to a slot; never while its doorbell is cut */
	void (*irq)(void *ctx, int slot);
	/*
	 * The reset line of a slot: on a falling edge (asserted = false) the
	 * module starts from the beginning; power-on is a falling edge with
	 * cause POWER. Not called for a pulse on a stuck line.
	 */
	void (*reset)(void *ctx, int slot, bool asserted, enum redund_reset_cause cause);
	/* a module completed its shutdown and may be powered off or pulled */
	void (*shutdown_done)(void *ctx, int slot);
	/* a part of struct chassis_nv changed: store it before returning */
	void (*nv_written)(void *ctx, const void *at, size_t len);
	void (*trace)(void *ctx, const struct chassis_event *ev);
};

void chassis_init(struct chassis *c, struct chassis_mem *m,
		  const struct chassis_config *cfg);

/*
 * The functions below take the same first four arguments. Each first carries
 * out what is due at @now (microseconds of the common clock), so that no
 * access can slip in between an expiry and its late call.
 */
u64 chassis_read(struct chassis *c, struct chassis_mem *m,
		 const struct chassis_ops *ops, void *ctx, int slot, u32 off,
		 unsigned int size, u64 now);
void chassis_write(struct chassis *c, struct chassis_mem *m,
		   const struct chassis_ops *ops, void *ctx, int slot, u32 off,
		   unsigned int size, u64 value, u64 now);
void chassis_read_area(struct chassis *c, struct chassis_mem *m,
		       const struct chassis_ops *ops, void *ctx, int slot,
		       u32 off, void *buf, size_t len, u64 now);
void chassis_write_area(struct chassis *c, struct chassis_mem *m,
			const struct chassis_ops *ops, void *ctx, int slot,
			u32 off, const void *buf, size_t len, u64 now);

u64 chassis_next(const struct chassis *c);
void chassis_advance(struct chassis *c, struct chassis_mem *m,
		     const struct chassis_ops *ops, void *ctx, u64 now);

void chassis_presence(struct chassis *c, struct chassis_mem *m,
		      const struct chassis_ops *ops, void *ctx, int slot,
		      bool present, u64 now);
void chassis_bounce(struct chassis *c, struct chassis_mem *m,
		    const struct chassis_ops *ops, void *ctx, int slot,
		    u64 now);
void chassis_power(struct chassis *c, struct chassis_mem *m,
		   const struct chassis_ops *ops, void *ctx, int slot, bool on,
		   u64 now);
void chassis_button(struct chassis *c, struct chassis_mem *m,
		    const struct chassis_ops *ops, void *ctx, int slot,
		    enum chassis_button b, u64 now);
void chassis_self_reset(struct chassis *c, struct chassis_mem *m,
			const struct chassis_ops *ops, void *ctx, int slot,
			u64 now);
void chassis_boot_again(struct chassis *c, struct chassis_mem *m,
			const struct chassis_ops *ops, void *ctx, int slot,
			u64 now);
void chassis_fabric_presence(struct chassis *c, struct chassis_mem *m,
			     const struct chassis_ops *ops, void *ctx,
			     int fabric, bool present, u64 now);
void chassis_im_presence(struct chassis *c, struct chassis_mem *m,
			 const struct chassis_ops *ops, void *ctx, int index,
			 bool present, u64 now);
void chassis_fault(struct chassis *c, struct chassis_mem *m,
		   const struct chassis_ops *ops, void *ctx, int slot,
		   enum chassis_fault f, bool on, u64 now);
void chassis_reset_system(struct chassis *c, struct chassis_mem *m,
			  const struct chassis_ops *ops, void *ctx, u64 now);

enum redund_led_state chassis_led(const struct chassis *c, int slot,
				  unsigned int led_shift);
enum redund_led_state chassis_system_led(const struct chassis *c);
enum redund_led_state chassis_locate_led(const struct chassis *c);
bool chassis_link_cut(const struct chassis *c, int slot);

#endif /* REDUND_CHASSIS_H */
