// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory areas of the chassis model: frames (G8), chassis memory with its
 * staged writes and the crash areas (G9), inventory.
 */
#include <linux/string.h>
#include <linux/types.h>

#include "model.h"

#define CORRUPT_BYTE	17		/* of a frame, by MAILBOX_CORRUPT */
#define CORRUPT_BITS	0x5a

static const u8 nothing[WIN_NV_MODULE_SIZE];

/* Index of the module record of the module in a slot, or -1. */
static int find_record(const struct chassis_mem *m, int slot)
{
	const char *serial = m->inventory[REDUND_INV_MM + slot - 1].serial;
	int i;

	if (!serial[0])
		return -1;
	for (i = 0; i < CHASSIS_NV_MODULES; i++)
		if (m->nv.module[i].used &&
		    !memcmp(m->nv.module[i].serial, serial, sizeof(m->nv.module[i].serial)))
			return i;
	return -1;
}

static void written(struct model *x, const void *at, size_t len)
{
	if (x->ops->nv_written)
		x->ops->nv_written(x->ctx, at, len);
}

/*
 * A module is inserted: its record is kept, or the oldest is given to it,
 * zeroed ("never booted here"); never that of the other present module.
 */
void model_insert_record(struct model *x, int slot)
{
	struct chassis_mem *m = x->m;
	int at = find_record(m, slot);
	int other = find_record(m, peer_of(slot));
	const char *serial = m->inventory[REDUND_INV_MM + slot - 1].serial;
	u32 newest = 0;
	int i;

	if (!serial[0])
		return;
	for (i = 0; i < CHASSIS_NV_MODULES; i++)
		if (m->nv.module[i].used > newest)
			newest = m->nv.module[i].used;
	if (at < 0) {
		at = other == 0;
		for (i = 0; i < CHASSIS_NV_MODULES; i++)
			if (i != other && m->nv.module[i].used < m->nv.module[at].used)
				at = i;
		memset(&m->nv.module[at], 0, sizeof(m->nv.module[at]));
		memcpy(m->nv.module[at].serial, serial, sizeof(m->nv.module[at].serial));
	} else if (m->nv.module[at].used == newest) {
		return;
	}
	m->nv.module[at].used = newest + 1;
	written(x, &m->nv.module[at], sizeof(m->nv.module[at]));
}

static const u8 *record_of(const struct model *x, int slot)
{
	int at = slot_of(x, slot)->present ? find_record(x->m, slot) : -1;

	return at < 0 ? nothing : x->m->nv.module[at].data;
}

void model_stage_chassis(struct model *x)
{
	memcpy(x->m->nv_stage, x->m->nv.chassis, sizeof(x->m->nv_stage));
}

void model_stage_module(struct model *x, int slot)
{
	memcpy(x->m->nv_stage_module[slot - 1], record_of(x, slot), WIN_NV_MODULE_SIZE);
}

/* The staged record becomes the record, whole (G9). */
enum redund_result model_commit(struct model *x, int slot, u32 which)
{
	struct chassis_mem *m = x->m;
	int at;

	if (which == REDUND_NV_CHASSIS) {
		if (x->c->owner != slot)
			return REDUND_RES_NOT_OWNER;
		memcpy(m->nv.chassis, m->nv_stage, sizeof(m->nv.chassis));
		written(x, m->nv.chassis, sizeof(m->nv.chassis));
		return REDUND_RES_OK;
	}
	at = find_record(m, slot);
	if (which != REDUND_NV_MODULE || at < 0)
		return REDUND_RES_INVALID;
	memcpy(m->nv.module[at].data, m->nv_stage_module[slot - 1], WIN_NV_MODULE_SIZE);
	written(x, &m->nv.module[at], sizeof(m->nv.module[at]));
	return REDUND_RES_OK;
}

/* FRAME_OUT becomes what the peer reads, whole (G8). */
void model_publish(struct model *x, int slot)
{
	struct chassis_slot *sl = slot_of(x, slot);
	u8 *frame = x->m->frame_in[slot - 1];
	u8 role;

	memcpy(frame, x->m->frame_out[slot - 1], WIN_FRAME_SIZE);
	sl->seq++;
	role = frame[offsetof(struct redund_frame, role)];
	if (role != sl->role)
		TRACE(x, .type = CHASSIS_EV_ROLE, .slot = slot, .value = role);
	sl->role = role;
	if (!has_fault(sl, CHASSIS_FAULT_CUT_HEARTBEAT))
		model_latch(x, peer_of(slot), CAUSE_FRAME);
}

/* A new start has published nothing yet; the peer sees that by PEER_SEQ. */
void model_clear_frames(struct model *x, int slot)
{
	memset(x->m->frame_out[slot - 1], 0, WIN_FRAME_SIZE);
	memset(x->m->frame_in[slot - 1], 0, WIN_FRAME_SIZE);
	slot_of(x, slot)->seq++;
}

/* What the peer saw last stays what it sees. */
void model_cut_heartbeat(struct model *x, int slot)
{
	struct chassis_slot *sl = slot_of(x, slot);

	sl->cut_beat = sl->beat;
	sl->cut_seq = sl->seq;
	memcpy(x->m->frame_cut[slot - 1], x->m->frame_in[slot - 1], WIN_FRAME_SIZE);
}

struct area {
	u32 off, size;
	const u8 *at;
};

static const u8 *peer_frame(const struct model *x, int peer)
{
	return has_fault(slot_of(x, peer), CHASSIS_FAULT_CUT_HEARTBEAT) ?
	       x->m->frame_cut[peer - 1] : x->m->frame_in[peer - 1];
}

/* The area that an offset lies in, as read from a slot; at NULL: none. */
static struct area read_area(const struct model *x, int slot, u32 off)
{
	const struct chassis_mem *m = x->m;
	int peer = peer_of(slot);
	const struct area all[] = {
		{ WIN_INVENTORY, sizeof(m->inventory), (const u8 *)m->inventory },
		{ WIN_FRAME_OUT, WIN_FRAME_SIZE, m->frame_out[slot - 1] },
		{ WIN_FRAME_IN, WIN_FRAME_SIZE, peer_frame(x, peer) },
		{ WIN_NV_CHASSIS, WIN_NV_CHASSIS_SIZE, m->nv.chassis },
		{ WIN_NV_MODULE, WIN_NV_MODULE_SIZE, record_of(x, slot) },
		{ WIN_NV_PEER, WIN_NV_MODULE_SIZE, record_of(x, peer) },
		{ WIN_CRASH, WIN_CRASH_SIZE, m->nv.crash[slot - 1] },
		{ WIN_PEER_CRASH, WIN_CRASH_SIZE, m->nv.crash[peer - 1] },
		{ 0, 0, NULL },
	};
	const struct area *a = all;

	while (a->at && (off < a->off || off - a->off >= a->size))
		a++;
	return *a;
}

static void corrupt(const struct model *x, int slot, u32 off, u8 *buf, size_t len)
{
	u32 bad = WIN_FRAME_IN + CORRUPT_BYTE;

	if (has_fault(slot_of(x, peer_of(slot)), CHASSIS_FAULT_MAILBOX_CORRUPT) &&
	    bad >= off && bad - off < len)
		buf[bad - off] ^= CORRUPT_BITS;
}

/* Bytes outside every area read as 0xff. */
void model_area_read(const struct model *x, int slot, u32 off, u8 *buf, size_t len)
{
	size_t done = 0;

	while (done < len) {
		struct area a = read_area(x, slot, off + done);
		size_t skip, part;

		if (!a.at) {
			buf[done++] = 0xff;
			continue;
		}
		skip = off + done - a.off;
		part = a.size - skip < len - done ? a.size - skip : len - done;
		memcpy(buf + done, a.at + skip, part);
		done += part;
	}
	corrupt(x, slot, off, buf, len);
}

static bool inside(u32 off, size_t len, u32 area, u32 size)
{
	return off >= area && off - area < size && len <= size - (off - area);
}

/* A write goes into one area whole, or it is refused. */
bool model_area_write(struct model *x, int slot, u32 off, const u8 *buf, size_t len)
{
	struct chassis_slot *sl = slot_of(x, slot);
	struct chassis_mem *m = x->m;
	bool open = model_window_open(x, slot);
	u8 *at;

	if (inside(off, len, WIN_CRASH, WIN_CRASH_SIZE)) {
		if (!open && (!sl->going_down || sl->in_reset))
			return false;
		at = m->nv.crash[slot - 1] + (off - WIN_CRASH);
		memcpy(at, buf, len);
		written(x, at, len);
		return true;
	}
	if (!open)
		return false;
	if (inside(off, len, WIN_FRAME_OUT, WIN_FRAME_SIZE))
		at = m->frame_out[slot - 1] + (off - WIN_FRAME_OUT);
	else if (inside(off, len, WIN_NV_MODULE, WIN_NV_MODULE_SIZE))
		at = m->nv_stage_module[slot - 1] + (off - WIN_NV_MODULE);
	else if (inside(off, len, WIN_NV_CHASSIS, WIN_NV_CHASSIS_SIZE) &&
		 x->c->owner == slot)
		at = m->nv_stage + (off - WIN_NV_CHASSIS);
	else
		return false;
	memcpy(at, buf, len);
	return true;
}

/**
 * chassis_read_area() - read a run of bytes from the memory areas
 * @c: state
 * @m: memories
 * @ops: embedder
 * @ctx: for @ops
 * @slot: whose window, 1 or 2
 * @off: offset in the window
 * @buf: filled; 0xff where nothing is, or for a slot without power
 * @len: bytes
 * @now: common clock, microseconds
 */
void chassis_read_area(struct chassis *c, struct chassis_mem *m,
		       const struct chassis_ops *ops, void *ctx, int slot,
		       u32 off, void *buf, size_t len, u64 now)
{
	MODEL(x);

	model_enter(&x, now);
	if (slot_of(&x, slot)->powered)
		model_area_read(&x, slot, off, buf, len);
	else
		memset(buf, 0xff, len);
	model_leave(&x);
}

/**
 * chassis_write_area() - write a run of bytes into one memory area
 * @c: state
 * @m: memories
 * @ops: embedder
 * @ctx: for @ops
 * @slot: whose window, 1 or 2
 * @off: offset in the window
 * @buf: what
 * @len: bytes; a refusal refuses all of them and counts once
 * @now: common clock, microseconds
 */
void chassis_write_area(struct chassis *c, struct chassis_mem *m,
			const struct chassis_ops *ops, void *ctx, int slot,
			u32 off, const void *buf, size_t len, u64 now)
{
	MODEL(x);

	model_enter(&x, now);
	if (len && slot_of(&x, slot)->powered &&
	    !model_area_write(&x, slot, off, buf, len))
		model_refuse(&x, slot, off, 0);
	model_leave(&x);
}
