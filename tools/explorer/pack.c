// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Worlds that wait to be searched on from, packed: what differs from a base, a
 * byte mask and the bytes of each 64-bit word. A tenth of their size.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "search.h"

#define WORDS (sizeof(struct world) / 8)
#define MASKS ((WORDS + 7) / 8)
/* a number, a bit for each word, and of each word a mask and up to 8 bytes */
#define PACKED_MAX (4 + MASKS + WORDS * 9)

static_assert(sizeof(struct world) % 8 == 0, "a world is whole words");

static u8 *pack_word(u64 diff, u8 *to)
{
	u8 *mask = to++;
	int i;

	*mask = 0;
	for (i = 0; i < 8; i++)
		if ((u8)(diff >> 8 * i)) {
			*mask |= 1 << i;
			*to++ = diff >> 8 * i;
		}
	return to;
}

static const u8 *unpack_word(const u8 *from, u64 *diff)
{
	u8 mask = *from++;
	int i;

	*diff = 0;
	for (i = 0; i < 8; i++)
		if (mask & 1 << i)
			*diff |= (u64)*from++ << 8 * i;
	return from;
}

/**
 * front_add() - a world joins the next layer
 * @f: layer
 * @base: that every world of the layer is compared with
 * @w: the world
 * @node: how it was reached
 */
void front_add(struct front *f, const struct world *base, const struct world *w, u32 node)
{
	const u64 *a = (const u64 *)base, *b = (const u64 *)w;
	u8 *masks, *to;
	u32 i;

	if (f->used + PACKED_MAX > f->max) {
		f->max = f->max ? f->max * 2 : 1 << 20;
		f->bytes = realloc(f->bytes, f->max);
		if (!f->bytes)
			exit(2);
	}
	to = f->bytes + f->used;
	memcpy(to, &node, sizeof(node));
	masks = to + sizeof(node);
	memset(masks, 0, MASKS);
	to = masks + MASKS;
	for (i = 0; i < WORDS; i++)
		if (a[i] != b[i]) {
			masks[i / 8] |= 1 << i % 8;
			to = pack_word(a[i] ^ b[i], to);
		}
	f->used = to - f->bytes;
	f->n++;
}

/**
 * front_next() - the next world of a layer, in the order in which they came
 * @f: layer
 * @base: as it was packed
 * @w: filled
 * @node: filled
 *
 * Return: false when there is none any more
 */
bool front_next(struct front *f, const struct world *base, struct world *w, u32 *node)
{
	const u8 *from = f->bytes + f->at, *masks = from + sizeof(*node);
	u64 *to = (u64 *)w, diff;
	u32 i;

	if (f->at >= f->used)
		return false;
	memcpy(node, from, sizeof(*node));
	from = masks + MASKS;
	*w = *base;
	for (i = 0; i < WORDS; i++)
		if (masks[i / 8] & 1 << i % 8) {
			from = unpack_word(from, &diff);
			to[i] ^= diff;
		}
	f->at = from - f->bytes;
	return true;
}

/** front_clear() - an empty layer, which keeps its memory */
void front_clear(struct front *f)
{
	f->used = 0;
	f->at = 0;
	f->n = 0;
}

/** front_free() - no layer any more */
void front_free(struct front *f)
{
	free(f->bytes);
	memset(f, 0, sizeof(*f));
}
