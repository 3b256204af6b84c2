// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the crash areas of both slots say, for user space: how their modules
 * went down, the log of the other module, the kernel logs of crashes. The
 * other module's area is what it likes to be: numbers, lengths, CRC and texts
 * are checked here, and what is not good is not there.
 *
 * An area is read in pieces and the lock is given up after each, so that a beat
 * is not held up. What is rewritten meanwhile has a wrong CRC and is read anew.
 */
#include <linux/slab.h>
#include <linux/zlib.h>
#include "redund.h"

#define RD_PIECE	256	/* bytes that are read under the lock at once */
#define RD_TEXT_MAX	49152	/* bytes of a kernel log that was compressed */
#define RD_TRIES	3	/* of a record that is being written */

/* Reads a run of an area; buf is memory of kmalloc. */
static void rd_area_read(struct redund *rd, u32 off, void *buf, size_t len)
{
	size_t at, part;

	for (at = 0; at < len; at += part) {
		part = min_t(size_t, len - at, RD_PIECE);
		guard(raw_spinlock_irqsave)(&rd->lock);
		rd_read_area(rd, off + at, buf + at, part);
	}
}

static u32 rd_area(const struct redund *rd, unsigned int slot)
{
	return slot == rd->slot ? WIN_CRASH : WIN_PEER_CRASH;
}

/* A ring of equal records, all with a head. */
struct rd_ring {
	u32 off, max, magic;
	size_t size;
};

static const struct rd_ring rd_down_ring = {
	.off = REDUND_CRASH_DOWN_OFF,
	.max = REDUND_DOWN_MAX,
	.magic = REDUND_DOWN_MAGIC,
	.size = sizeof(struct redund_down_record),
};

static const struct rd_ring rd_event_ring = {
	.off = REDUND_CRASH_EVENT_OFF,
	.max = REDUND_EVENT_MAX,
	.magic = REDUND_EVENT_MAGIC,
	.size = sizeof(struct redund_event_record),
};

/* The record of a number, whole, into @out; raw: as much memory again. */
static int rd_ring_take(struct redund *rd, u32 area, const struct rd_ring *ring, u32 seq, void *raw,
			void *out)
{
	u32 off = area + ring->off + rd_crash_place(seq, ring->max) * ring->size;
	unsigned int i;

	for (i = 0; i < RD_TRIES; i++) {
		rd_area_read(rd, off, raw, ring->size);
		if (rd_rec_take(raw, ring->size, ring->magic, REDUND_CRASH_VERSION, out,
				ring->size))
			continue;
		return le32_to_cpu(((struct redund_rec_head *)out)->seq) == seq ? 0 : -ENOENT;
	}
	return -ENOENT;
}

/*
 * The lowest number of the ring from @seq on, by the heads alone; @newest: the
 * highest of all. 0: there is none.
 */
static u32 rd_ring_next(struct redund *rd, u32 area, const struct rd_ring *ring, u32 seq, void *raw,
			u32 *newest)
{
	struct redund_rec_head *head = raw;
	u32 i, n, next = 0;

	*newest = 0;
	for (i = 0; i < ring->max; i++) {
		rd_area_read(rd, area + ring->off + i * ring->size, head, sizeof(*head));
		n = le32_to_cpu(head->seq);
		if (le32_to_cpu(head->magic) != ring->magic || !rd_crash_number(n, i, ring->max))
			continue;
		*newest = max(*newest, n);
		if (n >= seq && (!next || n < next))
			next = n;
	}
	return next;
}

/* The first good record from @seq on. */
static int rd_ring_get(struct redund *rd, u32 area, const struct rd_ring *ring, u64 seq, void *raw,
		       void *out)
{
	u32 newest, n;

	while (seq <= S32_MAX) {
		/* A dump asks for one after the other: most are where they should be. */
		if (seq && !rd_ring_take(rd, area, ring, seq, raw, out))
			return 0;
		n = rd_ring_next(rd, area, ring, seq, raw, &newest);
		if (!n)
			return -ENOENT;
		if (!rd_ring_take(rd, area, ring, n, raw, out))
			return 0;
		seq = (u64)n + 1;
	}
	return -ENOENT;
}

/* Two buffers for a record: as read, and checked. */
static void *rd_ring_buffers(const struct rd_ring *ring)
{
	return kzalloc(2 * ring->size, GFP_KERNEL);
}

/* ---- ends of a module -------------------------------------------------------------- */

static void rd_down_fill(struct redund_down_record *r, unsigned int slot,
			 struct redund_down_info *o)
{
	rd_crash_clean(r);
	memset(o, 0, sizeof(*o));
	o->id = le32_to_cpu(r->head.seq);
	o->slot = slot;
	o->role = r->role <= REDUND_ROLE_DOWN ? r->role : REDUND_ROLE_DOWN;
	o->why = r->why <= REDUND_DOWN_WHY_POWER_FAILURE ? r->why : REDUND_DOWN_WHY_UNKNOWN;
	o->warm = r->flags & DOWN_WARM;
	o->saved = r->flags & DOWN_SAVED;
	o->wall_s = le64_to_cpu(r->wall_s);
	o->clock_us = le64_to_cpu(r->clock_us);
	o->boot_count = le32_to_cpu(r->boot_count);
	strscpy(o->origin, r->origin, sizeof(o->origin));
	strscpy(o->serial, r->serial, sizeof(o->serial));
	strscpy(o->sw_version, r->sw_version, sizeof(o->sw_version));
	strscpy(o->text, r->text, sizeof(o->text));
}

/**
 * redund_down_info() - how the module of a slot went down (S-265)
 * @rd: instance
 * @slot: 1 or 2
 * @id: number of the start that ended; the first one from it on is taken
 * @o: filled
 *
 * Context: process, may sleep.
 * Return: 0, -ENOENT if there is none, -ENOMEM
 */
int redund_down_info(struct redund *rd, unsigned int slot, u32 id, struct redund_down_info *o)
{
	struct redund_down_record *r = rd_ring_buffers(&rd_down_ring);
	u64 next = id;
	int ret;

	if (!r)
		return -ENOMEM;
	do {
		ret = rd_ring_get(rd, rd_area(rd, slot), &rd_down_ring, next, r + 1, r);
		next = (u64)le32_to_cpu(r->head.seq) + 1;
	} while (!ret && !(r->flags & DOWN_ENDED));
	if (!ret)
		rd_down_fill(r, slot, o);
	kfree(r);
	return ret;
}

/* ---- the log of a module ------------------------------------------------------------ */

static void rd_line_fill(struct redund_event_record *r, struct redund_event_info *o)
{
	memset(o, 0, sizeof(*o));
	rd_nv_clean(r->subsystem, sizeof(r->subsystem));
	rd_nv_clean(r->text, sizeof(r->text));
	o->id = le32_to_cpu(r->head.seq);
	o->wall_s = le64_to_cpu(r->wall_s);
	o->clock_us = le64_to_cpu(r->clock_us);
	o->number = min_t(u32, le32_to_cpu(r->number), 99999);
	o->severity = min_t(u8, r->severity, REDUND_SEVERITY_MAJOR);
	o->slot = r->about <= 2 ? r->about : 0;
	strscpy(o->subsystem, r->subsystem, sizeof(o->subsystem));
	strscpy(o->text, r->text, sizeof(o->text));
}

/**
 * redund_slot_event_info() - a line of the log that a slot's module left (S-229)
 * @rd: instance
 * @slot: 1 or 2
 * @id: its number over the slot's starts; the first one from it on is taken
 * @o: filled; its number is that one
 *
 * Context: process, may sleep.
 * Return: 0, -ENOENT if there is none, -ENOMEM
 */
int redund_slot_event_info(struct redund *rd, unsigned int slot, u64 id,
			   struct redund_event_info *o)
{
	struct redund_event_record *r = rd_ring_buffers(&rd_event_ring);
	int ret;

	if (!r)
		return -ENOMEM;
	ret = rd_ring_get(rd, rd_area(rd, slot), &rd_event_ring, id, r + 1, r);
	if (!ret)
		rd_line_fill(r, o);
	kfree(r);
	return ret;
}

/**
 * redund_slot_event_newest() - number of the newest line that a slot's module left
 * @rd: instance
 * @slot: 1 or 2
 * @id: set; 0 there is none
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM
 */
int redund_slot_event_newest(struct redund *rd, unsigned int slot, u64 *id)
{
	struct redund_event_record *r = rd_ring_buffers(&rd_event_ring);
	u32 newest;

	if (!r)
		return -ENOMEM;
	rd_ring_next(rd, rd_area(rd, slot), &rd_event_ring, 0, r, &newest);
	*id = newest;
	kfree(r);
	return 0;
}

/* ---- kernel logs, and all of it -------------------------------------------------------- */

/**
 * rd_dmesg_read() - a kernel log of a crash, checked
 * @rd: instance
 * @area: WIN_CRASH or WIN_PEER_CRASH
 * @index: which of them
 * @buf: REDUND_DMESG_SIZE bytes of kmalloc: the record, with its text
 *
 * Context: process.
 * Return: bytes of its text, -ENOENT if there is none
 */
int rd_dmesg_read(struct redund *rd, u32 area, u32 index, void *buf)
{
	u32 off = area + REDUND_CRASH_DMESG_OFF + index * REDUND_DMESG_SIZE;
	struct redund_dmesg_record *r = buf;
	u32 length, size;

	rd_area_read(rd, off, r, sizeof(*r));
	length = le16_to_cpu(r->head.length);
	size = le32_to_cpu(r->size);
	if (le32_to_cpu(r->head.magic) != REDUND_DMESG_MAGIC || length > REDUND_DMESG_SIZE ||
	    length < sizeof(*r) || size > length - sizeof(*r) || !size)
		return -ENOENT;
	rd_area_read(rd, off + sizeof(*r), r + 1, round_up(length, 4) - sizeof(*r));
	if (!rd_rec_good(&r->head, REDUND_DMESG_MAGIC, REDUND_DMESG_SIZE) ||
	    REDUND_FORMAT_MAJOR(le16_to_cpu(r->head.version)) >
	    REDUND_FORMAT_MAJOR(REDUND_CRASH_VERSION))
		return -ENOENT;
	return size;
}

/* Copies what of a run of bytes lies in the piece that is asked for. */
static void rd_piece(struct redund_crash_piece *p, const void *data, size_t len)
{
	u32 from = p->total, end = p->offset + sizeof(p->data), at;

	p->total += len;
	if (p->offset >= p->total || from >= end)
		return;
	at = max(from, p->offset);
	end = min(p->total, end);
	memcpy(p->data + (at - p->offset), data + (at - from), end - at);
	p->len = end - p->offset;
}

/*
 * The text of a kernel log. Deflate is what pstore does where it compresses;
 * what does not unpack is given as it is.
 */
static void rd_piece_text(struct redund_crash_piece *p, const struct redund_dmesg_record *r,
			  size_t size, void *text)
{
	int n = -EOPNOTSUPP;

	if (!r->compressed)
		return rd_piece(p, r + 1, size);
	if (IS_ENABLED(CONFIG_ZLIB_INFLATE))
		n = zlib_inflate_blob(text, RD_TEXT_MAX, r + 1, size);
	if (n > 0)
		return rd_piece(p, text, n);
	p->compressed = true;
	rd_piece(p, r + 1, size);
}

/* The newest first: index of the other one is 1 - that. */
static void rd_piece_logs(struct redund *rd, u32 area, struct redund_crash_piece *p, void *buf,
			  void *text)
{
	struct redund_dmesg_record *r = buf;
	u32 i, seq[REDUND_DMESG_MAX], first;
	int size;

	for (i = 0; i < REDUND_DMESG_MAX; i++) {
		size = rd_dmesg_read(rd, area, i, buf);
		seq[i] = size < 0 ? 0 : le32_to_cpu(r->head.seq);
	}
	first = seq[1] > seq[0];
	for (i = 0; i < REDUND_DMESG_MAX; i++) {
		size = rd_dmesg_read(rd, area, (first + i) % REDUND_DMESG_MAX, buf);
		if (size > 0)
			rd_piece_text(p, r, size, text);
	}
}

static int rd_piece_log(struct redund *rd, u32 area, struct redund_crash_piece *p, void *buf)
{
	void *text = kvmalloc(RD_TEXT_MAX, GFP_KERNEL);

	if (!text)
		return -ENOMEM;
	rd_piece_logs(rd, area, p, buf, text);
	kvfree(text);
	return 0;
}

static int rd_piece_data(struct redund *rd, u32 area, struct redund_crash_piece *p, void *buf)
{
	u32 at = min_t(u32, p->offset, WIN_CRASH_SIZE), from = round_down(at, 4);

	p->total = WIN_CRASH_SIZE;
	p->len = min_t(u32, sizeof(p->data), p->total - at);
	rd_area_read(rd, area + from, buf, round_up(at + p->len, 4) - from);
	memcpy(p->data, buf + (at - from), p->len);
	return 0;
}

/**
 * redund_crash_piece() - a piece of what a slot's module kept at its crash (S-260)
 * @rd: instance
 * @slot: 1 or 2
 * @kind: enum redund_crash_kind: the kernel logs, newest first, or all as it is
 * @p: offset is the first byte wanted; the rest is filled
 *
 * Context: process, may sleep.
 * Return: 0, -ENOMEM
 */
int redund_crash_piece(struct redund *rd, unsigned int slot, u32 kind,
		       struct redund_crash_piece *p)
{
	void *buf = kmalloc(REDUND_DMESG_SIZE, GFP_KERNEL);
	int ret;

	if (!buf)
		return -ENOMEM;
	p->total = 0;
	p->len = 0;
	p->compressed = false;
	if (kind == REDUND_CRASH_KIND_LOG)
		ret = rd_piece_log(rd, rd_area(rd, slot), p, buf);
	else
		ret = rd_piece_data(rd, rd_area(rd, slot), p, buf);
	kfree(buf);
	return ret;
}
