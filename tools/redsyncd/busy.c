// SPDX-License-Identifier: GPL-2.0-or-later
/* What the driver is told of a copy that takes its time: of what, and how long still. */
#include <stdio.h>
#include "session.h"

#define REPORT_MS 1000

unsigned int session_left(const struct session *s)
{
	int64_t now = session_now(s);
	uint64_t left = 0;

	for (unsigned int i = 0; i < s->policy->count; i++) {
		const struct exchange *x = &s->x[i];
		int64_t took = now - x->begin_ms;

		if (x->state == ITEM_COPYING && x->done && took > 0 && x->total > x->done)
			left += (x->total - x->done) * took / x->done;
	}
	return (left + 999) / 1000;
}

void busy_report(struct session *s, int64_t now)
{
	char text[FRAME_TEXT_MAX] = "";
	bool busy = false;

	for (unsigned int i = 0; i < s->policy->count; i++) {
		const struct sync_item *item = &s->policy->item[i];

		if (item->direction == SYNC_TO_ACTIVE || s->x[i].state != ITEM_COPYING ||
		    now - s->x[i].begin_ms < SESSION_BUSY_MS)
			continue;
		busy = true;
		snprintf(text, sizeof(text), "%s%s", item->name,
			 item->class == SYNC_IMAGE ? " image" : "");
		break;
	}
	if (busy == s->busy && (!busy || now - s->busy_ms < REPORT_MS))
		return;
	s->busy = busy;
	s->busy_ms = now;
	s->ops->busy(s->data, busy, busy ? session_left(s) : 0, text);
}
