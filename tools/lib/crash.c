// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What libredund reads of crash areas (how modules went down, the texts that
 * they kept) and the lines that it adds to the event log. A crash area may be
 * rewritten while it is read in pieces: then it is read again.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "rd.h"

#define ATTEMPTS  20	 /* of a reading that is overtaken */
#define TOTAL_MAX 131072 /* bytes of a crash area, its texts unpacked */

struct downs {
	struct rd_down *items;
	unsigned int count, room;
};

static int append(void *arg, const struct rd_message *m)
{
	struct downs *d = arg;

	if (!m->has_down)
		return 0;
	if (d->count == d->room) {
		unsigned int room = d->room ? d->room * 2 : 16;
		struct rd_down *items = realloc(d->items, room * sizeof(*items));

		if (!items)
			return -ENOMEM;
		d->items = items;
		d->room = room;
	}
	d->items[d->count++] = m->down;
	return 0;
}

/* Sends if every attribute found room. */
static int finish(struct rd *rd, struct nl_msg *msg, bool ok, rd_sink sink, void *arg)
{
	if (msg && !ok) {
		nlmsg_free(msg);
		msg = NULL;
	}
	return rd_exchange(rd, msg, sink, arg);
}

int rd_dump_down(struct rd *rd, int instance, unsigned int slot, uint32_t from,
		 struct rd_down **out)
{
	struct nl_msg *msg = rd_request(rd, instance, REDUND_CMD_DOWN_GET, NLM_F_DUMP);
	bool ok = msg && !nla_put_u32(msg, REDUND_A_DOWN_ID, from);
	struct downs d = {};
	int err;

	if (ok && slot)
		ok = !nla_put_u32(msg, REDUND_A_SLOT, slot);
	err = finish(rd, msg, ok, append, &d);
	*out = NULL;
	if (err) {
		free(d.items);
		return err;
	}
	*out = d.items;
	return d.count;
}

/* ---- texts ------------------------------------------------------------------ */

struct reading {
	char *text; /* of TOTAL_MAX + 1 bytes */
	size_t len;
	uint32_t total;
	bool compressed;
};

static int take_piece(void *arg, const struct rd_message *m)
{
	struct reading *r = arg;

	if (m->piece.total > TOTAL_MAX)
		return -EPROTO;
	if (r->len && m->piece.total != r->total)
		return -EAGAIN;
	r->total = m->piece.total;
	r->compressed = m->piece.compressed;
	if (m->piece.len > r->total - r->len)
		return -EPROTO;
	if (m->piece.chunk)
		memcpy(r->text + r->len, m->piece.chunk, m->piece.len);
	r->len += m->piece.len;
	return 0;
}

/* From its beginning to its end. Return: -EAGAIN, it changed meanwhile. */
static int read_pieces(struct rd *rd, int instance, unsigned int slot, enum redund_crash_kind kind,
		       struct reading *r)
{
	int err;

	r->len = 0;
	do {
		struct nl_msg *msg = rd_request(rd, instance, REDUND_CMD_CRASH_GET, NLM_F_ACK);
		size_t before = r->len;

		err = finish(rd, msg,
			     msg && !nla_put_u32(msg, REDUND_A_SLOT, slot) &&
				     !nla_put_u32(msg, REDUND_A_CRASH_KIND, kind) &&
				     !nla_put_u32(msg, REDUND_A_OFFSET, r->len),
			     take_piece, r);
		if (!err && r->len == before && r->len < r->total)
			err = -EAGAIN;
	} while (!err && r->len < r->total);
	return err;
}

int rd_crash_read(struct rd *rd, int instance, unsigned int slot, enum redund_crash_kind kind,
		  char **out, bool *compressed)
{
	struct reading r = { .text = malloc(TOTAL_MAX + 1) };
	unsigned int i;
	int err = -EAGAIN;

	*out = NULL;
	if (!r.text)
		return rd_errno(rd, -ENOMEM);
	for (i = 0; i < ATTEMPTS && err == -EAGAIN; i++)
		err = read_pieces(rd, instance, slot, kind, &r);
	if (err) {
		free(r.text);
		if (err == -EAGAIN)
			return rd_fail(rd, -EINTR, "interrupted",
				       "The crash area changes faster than it can be read");
		return err;
	}
	r.text[r.len] = '\0';
	*out = r.text;
	if (compressed)
		*compressed = r.compressed;
	return r.len;
}

/* ---- lines for the log --------------------------------------------------------- */

int rd_event_add(struct rd *rd, int instance, unsigned int number, unsigned int severity,
		 unsigned int slot, const char *subsystem, const char *text)
{
	struct nl_msg *msg = rd_request(rd, instance, REDUND_CMD_EVENT_ADD, NLM_F_ACK);
	bool ok = msg && !nla_put_u32(msg, REDUND_A_EVENT_NUMBER, number) &&
		  !nla_put_u32(msg, REDUND_A_SEVERITY, severity) &&
		  !nla_put_string(msg, REDUND_A_SUBSYSTEM, subsystem) &&
		  !nla_put_string(msg, REDUND_A_TEXT, text);

	if (ok && slot)
		ok = !nla_put_u32(msg, REDUND_A_SLOT, slot);
	return finish(rd, msg, ok, NULL, NULL);
}
