// SPDX-License-Identifier: GPL-2.0-or-later
/* Words of the commands' columns; see names.h. */
#include <stdio.h>
#include <string.h>
#include "names.h"

const char *role_status(unsigned int role)
{
	switch (role) {
	case REDUND_ROLE_ACTIVE:
		return "Active";
	case REDUND_ROLE_STANDBY:
		return "Standby";
	case REDUND_ROLE_SYNCING:
		return "Syncing";
	case REDUND_ROLE_FAILED:
		return "Failed";
	case REDUND_ROLE_OFFLINE:
		return "Offline";
	case REDUND_ROLE_DOWN:
		return "Down";
	case REDUND_ROLE_ABSENT:
		return "Absent";
	default:
		return "Booting"; /* booting, election, taking-over */
	}
}

const char *image_status(unsigned int image)
{
	switch (image) {
	case REDUND_BOOT_IMAGE_PRIMARY:
		return "Primary";
	case REDUND_BOOT_IMAGE_SECONDARY:
		return "Secondary";
	default:
		return "";
	}
}

const char *module_status(unsigned int state)
{
	static const char *const words[] = {
		[REDUND_MODULE_STATE_ABSENT] = "Absent",
		[REDUND_MODULE_STATE_RESET] = "Reset",
		[REDUND_MODULE_STATE_DOWNLOADING] = "Downloading",
		[REDUND_MODULE_STATE_UP] = "Up",
		[REDUND_MODULE_STATE_FAILED] = "Failed",
	};

	return state < ARRAY_SIZE(words) ? words[state] : "Unknown";
}

char *not_ready_words(char *buf, size_t size, uint32_t bits)
{
	size_t len = 0;
	unsigned int i;

	buf[0] = '\0';
	for (i = 0; i < 32 && len < size; i++)
		if (bits & (1u << i))
			len += snprintf(buf + len, size - len, "%s%s", len ? ", " : "",
					rd_name(RD_NOT_READY, i));
	return buf;
}

void out_not_ready(struct out *o, const char *key, uint32_t bits)
{
	unsigned int i;

	out_list(o, key);
	for (i = 0; i < 32; i++)
		if (bits & (1u << i))
			out_str(o, NULL, NULL, rd_name(RD_NOT_READY, i));
	out_close(o);
}
