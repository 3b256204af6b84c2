// SPDX-License-Identifier: GPL-2.0-or-later
/* Owns the words of the JSON contract for roles, LEDs, states and faults. */
#include "vc.h"

#include <linux/redund.h>
#include <string.h>

static const char *name(const char *const *table, u32 size, u32 i)
{
	return i < size && table[i] ? table[i] : "?";
}

const char *name_role(u32 role)
{
	static const char *const names[] = {
		[REDUND_ROLE_ABSENT] = "absent",	   [REDUND_ROLE_BOOTING] = "booting",
		[REDUND_ROLE_FAILED] = "failed",	   [REDUND_ROLE_ELECTION] = "election",
		[REDUND_ROLE_SYNCING] = "syncing",	   [REDUND_ROLE_STANDBY] = "standby",
		[REDUND_ROLE_TAKING_OVER] = "taking-over", [REDUND_ROLE_ACTIVE] = "active",
		[REDUND_ROLE_OFFLINE] = "offline",	   [REDUND_ROLE_DOWN] = "down",
	};

	return name(names, ARRAY_SIZE(names), role);
}

const char *name_led(u32 state)
{
	static const char *const names[] = {
		[REDUND_LED_OFF] = "off",
		[REDUND_LED_GREEN] = "green",
		[REDUND_LED_GREEN_FLASH] = "green-flash",
		[REDUND_LED_GREEN_SLOW] = "green-slow-flash",
		[REDUND_LED_ORANGE] = "orange",
		[REDUND_LED_ORANGE_FLASH] = "orange-flash",
		[REDUND_LED_ORANGE_FAST] = "orange-fast-flash",
	};

	return name(names, ARRAY_SIZE(names), state);
}

const char *name_im(u32 state)
{
	static const char *const names[] = {
		[REDUND_IM_ABSENT] = "absent",		 [REDUND_IM_RESET] = "reset",
		[REDUND_IM_DOWNLOADING] = "downloading", [REDUND_IM_UP] = "up",
		[REDUND_IM_FAILED] = "failed",
	};

	return name(names, ARRAY_SIZE(names), state);
}

/* Words of `vchassis fault`; the cuts have a command of their own. */
static const char *const faults[CHASSIS_FAULT_COUNT] = {
	[CHASSIS_FAULT_CUT_HEARTBEAT] = "cut-heartbeat",
	[CHASSIS_FAULT_CUT_DOORBELL] = "cut-doorbell",
	[CHASSIS_FAULT_CUT_LINK] = "cut-link",
	[CHASSIS_FAULT_SELFTEST] = "selftest-fail",
	[CHASSIS_FAULT_RESET_STUCK] = "reset-stuck",
	[CHASSIS_FAULT_MAILBOX_CORRUPT] = "mailbox-corrupt",
	[CHASSIS_FAULT_REGISTER_STUCK] = "register-stuck",
	[CHASSIS_FAULT_TIMER_DEAD] = "wdt-dead",
};

const char *name_fault(u32 fault)
{
	return name(faults, ARRAY_SIZE(faults), fault);
}

int fault_by_name(const char *name)
{
	for (int i = 0; i < CHASSIS_FAULT_COUNT; i++)
		if (faults[i] && !strcmp(faults[i], name))
			return i;
	return -1;
}
