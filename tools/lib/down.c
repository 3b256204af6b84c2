// SPDX-License-Identifier: GPL-2.0-or-later
/* The texts of `show boot-history` and of crash files, see down.h. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <compiler.h>
#include "down.h"

static const char *mode_of(uint32_t role)
{
	switch (role) {
	case REDUND_ROLE_ACTIVE:
		return "Active";
	case REDUND_ROLE_STANDBY:
	case REDUND_ROLE_SYNCING:
		return "Standby";
	case REDUND_ROLE_FAILED:
		return "Failed";
	case REDUND_ROLE_OFFLINE:
		return "Offline";
	default:
		return "Booting";
	}
}

const char *down_line(char buf[DOWN_LINE_MAX], const struct rd_down *d)
{
	time_t t = d->time_s;
	char when[32] = "";
	struct tm tm;

	if (d->time_s && localtime_r(&t, &tm))
		strftime(when, sizeof(when), "%m/%d/%y %H:%M:%S", &tm);
	snprintf(buf, DOWN_LINE_MAX, "Mgmt Module %u in %s Mode went down: %s", d->slot,
		 mode_of(d->role), when);
	return buf;
}

/* Where the record has no sentence of its own. */
static const char *const sentences[] = {
	[REDUND_DOWN_WHY_PANIC] = "Software exception.",
	[REDUND_DOWN_WHY_WATCHDOG] = "Watchdog: the software did not answer any more.",
	[REDUND_DOWN_WHY_RESET_BUTTON] = "MM Reset button.",
	[REDUND_DOWN_WHY_SHUTDOWN_BUTTON] = "MM Shutdown button.",
	[REDUND_DOWN_WHY_POWER_OFF] = "Operator power off.",
	[REDUND_DOWN_WHY_HALT] = "Operator halt.",
	[REDUND_DOWN_WHY_FENCE] = "The other management module took over and reset it.",
	[REDUND_DOWN_WHY_TIMER] = "The failover timer expired.",
	[REDUND_DOWN_WHY_REBOOT] = "Operating system reboot.",
	[REDUND_DOWN_WHY_SWITCHOVER] = "Operator switchover.",
	[REDUND_DOWN_WHY_PEER_RESET] = "The other management module reset it.",
	[REDUND_DOWN_WHY_POWER_FAILURE] = "Power failure or removal.",
};

const char *down_text(char buf[DOWN_TEXT_MAX], const struct rd_down *d)
{
	const char *origin = d->origin[0] ? d->origin : "unknown session";

	if (d->text[0])
		snprintf(buf, DOWN_TEXT_MAX, "%s", d->text);
	else if (d->why == REDUND_DOWN_WHY_OPERATOR_RELOAD)
		snprintf(buf, DOWN_TEXT_MAX, "Operator warm reload from %s.", origin);
	else if (d->why == REDUND_DOWN_WHY_OPERATOR_REBOOT)
		snprintf(buf, DOWN_TEXT_MAX, "Operator cold reboot from %s.", origin);
	else
		snprintf(buf, DOWN_TEXT_MAX, "%s",
			 d->why < ARRAY_SIZE(sentences) && sentences[d->why] ?
				 sentences[d->why] :
				 "Went down without saving crash information.");
	return buf;
}
