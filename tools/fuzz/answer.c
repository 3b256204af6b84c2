// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Hostile answers of the kernel's family, as the library decodes them: several
 * netlink messages in a row, as in a datagram.
 */
#include <stdlib.h>
#include <string.h>
#include "../lib/rd.h"
#include "fuzz.h"

const char *const fuzz_words[] = { "K.15.02", "primary: disk full", NULL };

#define ENDS(text) MUST(memchr(text, '\0', sizeof(text)))

static void check_mm(const struct rd_mm *m)
{
	ENDS(m->description);
	ENDS(m->part);
	ENDS(m->serial);
	ENDS(m->sw_version);
	ENDS(m->sw_stamp);
	ENDS(m->sync_text);
}

static void check_chassis(const struct rd_chassis *c)
{
	ENDS(c->description);
	ENDS(c->part);
	ENDS(c->serial);
	ENDS(c->waiting_for);
	ENDS(c->sync_busy);
	ENDS(c->last_requester);
}

static void check_object(const struct rd_change *c)
{
	switch (c->filled ? c->object : ~0U) {
	case REDUND_OBJECT_CHASSIS:
		check_chassis(&c->chassis);
		break;
	case REDUND_OBJECT_MM:
		check_mm(&c->mm);
		break;
	case REDUND_OBJECT_FABRIC:
		ENDS(c->fabric.description);
		ENDS(c->fabric.serial);
		break;
	case REDUND_OBJECT_MODULE:
		ENDS(c->module.description);
		ENDS(c->module.serial);
		break;
	case REDUND_OBJECT_HISTORY:
		MUST(c->history.phases <= RD_PHASES);
		ENDS(c->history.requester);
		break;
	case REDUND_OBJECT_EVENT:
		ENDS(c->event.subsystem);
		ENDS(c->event.text);
		break;
	}
}

static void check(const struct nlmsghdr *nlh)
{
	const char *from = (const char *)nlh, *chunk;
	static struct rd_message m;

	if (!rd_decode(nlh, &m))
		return;
	ENDS(m.check.text);
	ENDS(m.check.sync_text);
	ENDS(m.down.origin);
	ENDS(m.down.serial);
	ENDS(m.down.sw_version);
	ENDS(m.down.text);
	chunk = m.piece.chunk;
	MUST(!chunk || (chunk > from && chunk + m.piece.len <= from + nlh->nlmsg_len));
	check_object(&m.change);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct nlmsghdr *block, *nlh;
	size_t at, step;

	for (at = 0; at + NLMSG_HDRLEN <= len; at += step) {
		/* each in a block of its own, with a length that is true */
		nlh = (struct nlmsghdr *)(data + at);
		step = NLMSG_HDRLEN;
		memcpy(&step, data + at, sizeof(nlh->nlmsg_len));
		if (step < NLMSG_HDRLEN || step > len - at)
			step = len - at;
		block = fuzz_copy(data + at, step, false);
		block->nlmsg_len = step;
		check(block);
		free(block);
		step = NLMSG_ALIGN(step);
	}
	return 0;
}
