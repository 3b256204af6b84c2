// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads that tell lies: owns the faults peer-misread (the other module writes
 * what it likes where this one reads it) and register-misread (the window itself
 * gives wrong bits). What is told follows from the seed that was written, and
 * from the reads in their order.
 *
 * Half of what is told of a frame or record has its CRC right again, so that the
 * driver looks at what is in it.
 */
#include <linux/crc32.h>
#include <linux/string.h>
#include "sim.h"

static u32 sim_draw(struct sim_lies *l, u32 below)
{
	l->state ^= l->state << 13;
	l->state ^= l->state >> 7;
	l->state ^= l->state << 17;
	return below ? (u32)(l->state >> 16) % below : 0;
}

static bool sim_lie(struct sim_lies *l, u32 of)
{
	if (!l->state || sim_draw(l, of))
		return false;
	l->count++;
	return true;
}

/* Bits of a register that the other module has a hand in. */
static u64 sim_of_peer(u32 off)
{
	switch (off) {
	case REG_STATUS:
		return STATUS_PEER_BEAT | STATUS_PEER_SEQ | STATUS_OFFER | STATUS_PEER_MAY_TAKE |
		       STATUS_PEER_GOING_DOWN;
	case REG_PEER_BEAT:
	case REG_PEER_REARMS:
	case REG_PEER_SEQ:
	case REG_PEER_REFUSED:
	case REG_PEER_DOWN_REASON:
	case REG_PEER_INCARNATION:
		return ~0ULL;
	default:
		return 0;
	}
}

static u64 sim_wrong(struct sim_lies *l, u64 value)
{
	switch (sim_draw(l, 6)) {
	case 0:
		return ~0ULL;
	case 1:
		return 0;
	case 2:
		return value + 1 - 2 * sim_draw(l, 2);
	case 3:
		sim_draw(l, 0);
		return l->state;
	default:
		return value ^ 1ULL << sim_draw(l, 64);
	}
}

/**
 * sim_misread() - a register as the slot reads it
 * @s:		the slot, under its chassis' lock
 * @off:	offset in the window
 * @value:	what is there
 *
 * Return: @value, or something else while one of the faults is on
 */
u64 sim_misread(struct sim_slot *s, u32 off, u64 value)
{
	u64 mask = sim_of_peer(off);

	if (mask && sim_lie(&s->peer_lies, 4))
		value = (value & ~mask) | (sim_wrong(&s->peer_lies, value) & mask);
	if (sim_lie(&s->lies, 16))
		value = sim_wrong(&s->lies, value);
	return value;
}

/* What begins with a record's head: its CRC is that of what is there now. */
static void sim_seal(u8 *buf, size_t len)
{
	struct redund_rec_head head;
	u32 crc;

	if (len < sizeof(head))
		return;
	memcpy(&head, buf, sizeof(head));
	if (le16_to_cpu(head.length) < sizeof(head) || le16_to_cpu(head.length) > len)
		return;
	head.crc = 0;
	memcpy(buf, &head, sizeof(head));
	crc = ~crc32_le(~0U, buf, le16_to_cpu(head.length));
	head.crc = cpu_to_le32(crc);
	memcpy(buf, &head, sizeof(head));
}

static void sim_wrong_area(struct sim_lies *l, u8 *buf, size_t len)
{
	u32 n = 1 + sim_draw(l, 8), i, at, run;

	switch (sim_draw(l, 8)) {
	case 0:
		memset(buf, sim_draw(l, 2) ? 0xff : 0, len);
		return;
	case 1:
		for (i = 0; i < len; i++)
			buf[i] = sim_draw(l, 256);
		break;
	case 2:				/* the tail: an older writer, or a torn one */
		at = sim_draw(l, len);
		memset(buf + at, 0, len - at);
		break;
	case 3:				/* a run of equal bytes: texts without an end */
		at = sim_draw(l, len);
		run = min_t(u32, sim_draw(l, 80), len - at);
		memset(buf + at, sim_draw(l, 256), run);
		break;
	default:
		for (i = 0; i < n; i++)
			buf[sim_draw(l, len)] = sim_draw(l, 3) ? sim_draw(l, 256) : 0xff;
		break;
	}
	if (sim_draw(l, 2))
		sim_seal(buf, len);
}

static bool sim_area_of_peer(u32 off)
{
	return (off >= WIN_FRAME_IN && off < WIN_FRAME_IN + WIN_FRAME_SIZE) ||
	       (off >= WIN_NV_CHASSIS && off < WIN_NV_CHASSIS + WIN_NV_CHASSIS_SIZE) ||
	       (off >= WIN_NV_PEER && off < WIN_NV_PEER + WIN_NV_MODULE_SIZE) ||
	       (off >= WIN_PEER_CRASH && off < WIN_PEER_CRASH + WIN_CRASH_SIZE);
}

/**
 * sim_misread_area() - a memory area as the slot reads it
 * @s:		the slot, under its chassis' lock
 * @off:	offset in the window
 * @buf:	what is there, changed while one of the faults is on
 * @len:	bytes of it
 */
void sim_misread_area(struct sim_slot *s, u32 off, void *buf, size_t len)
{
	if (!len)
		return;
	if (sim_area_of_peer(off) && sim_lie(&s->peer_lies, 2))
		sim_wrong_area(&s->peer_lies, buf, len);
	if (sim_lie(&s->lies, 8))
		sim_wrong_area(&s->lies, buf, len);
}
