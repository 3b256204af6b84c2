// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A module that comes with other software (S-155 to S-158): both images are sent
 * first, then it boots the one that the active runs, then everything else
 * follows. A module whose images are the active's already was booted so by the
 * operator, in the middle of an upgrade: it is left alone (S-164, A-062).
 */
#include <stdio.h>
#include <string.h>
#include "session.h"

#define REBOOT_MS 15000 /* then everything is sent to it as it is */

static bool other_software(const struct session *s)
{
	const struct view_mm *own = &s->view.own, *peer = &s->view.peer;

	if (!own->sw_version[0] || !peer->sw_version[0])
		return false;
	return strcmp(own->sw_version, peer->sw_version) || own->sw_build != peer->sw_build ||
	       strcmp(own->sw_stamp, peer->sw_stamp);
}

bool hotswap_idle(const struct session *s)
{
	for (unsigned int i = 0; i < s->policy->count; i++) {
		const struct exchange *x = &s->x[i];

		if (s->policy->item[i].class == SYNC_IMAGE &&
		    s->policy->item[i].direction == SYNC_TO_STANDBY && x->state != ITEM_HELD &&
		    (x->state != ITEM_EQUAL || x->due))
			return false;
	}
	return true;
}

static bool replaced(const struct session *s)
{
	return s->image_copied && s->image_incarnation == s->view.peer.incarnation;
}

bool hotswap_waits(const struct session *s, unsigned int item)
{
	if (s->policy->item[item].direction != SYNC_TO_STANDBY || !s->initial ||
	    s->policy->item[item].class == SYNC_IMAGE || !other_software(s))
		return false;
	return s->reboot_ms ? session_now(s) < s->reboot_ms : !hotswap_idle(s);
}

bool hotswap_step(struct session *s)
{
	struct frame f = { .head.type = FRAME_STATE };
	int64_t now = session_now(s);

	if (s->reboot_ms)
		return now < s->reboot_ms;
	if (!s->initial || !other_software(s) || !hotswap_idle(s) || !replaced(s))
		return false;
	s->image_copied = false;
	f.state.boot_image = s->ops->same_image(s->data);
	if (!f.state.boot_image)
		return false;
	s->reboot_ms = now + REBOOT_MS;
	s->rebooted = true;
	s->ops->event(s->data, 23, REDUND_SEVERITY_INFORMATION,
		      "Standby boot image updated, rebooting standby");
	f.state.flags = FRAME_REBOOT;
	session_send(s, &f);
	return true;
}
