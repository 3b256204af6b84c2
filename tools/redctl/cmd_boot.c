// SPDX-License-Identifier: GPL-2.0-or-later
/* boot: the active module, the standby, or the whole system (S-189 to S-199). */
#include <string.h>
#include "boot.h"

static int run_active(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	return boot_module(ctx, REDUND_REBOOT_KIND_BOOT);
}

COMMAND(boot) = {
	.syntax = "boot [active]",
	.summary = "Boots this management module; the standby takes over.",
	.help = "Offers to save the running configuration when it differs from the stored one,\n"
		"then asks, and says from which flash. In standby mode the other module takes\n"
		"over, this one reboots and becomes the standby. Otherwise no switchover is\n"
		"caused: the system reboots, and the same module is active again unless\n"
		"redundancy active-management has chosen the other one. Waits for the switchover\n"
		"as redundancy switchover does. --check changes nothing: it says which of the two\n"
		"would happen, and why.",
	.options = OPT_YES | OPT_CHECK | OPT_TIMEOUT,
	.run = run_active,
};

static int run_standby(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	return boot_other(ctx, REDUND_REBOOT_KIND_BOOT_STANDBY, REDUND_BOOT_IMAGE_UNKNOWN);
}

COMMAND(boot_standby) = {
	.syntax = "boot standby",
	.summary = "Boots the other management module; no switchover.",
	.help = "Resets it, in whatever mode it is, without a question. This module stays active.",
	.options = OPT_CHECK,
	.run = run_standby,
};

static int run_system(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	uint32_t image = REDUND_BOOT_IMAGE_UNKNOWN;

	if (args[0])
		image = !strcmp(args[0], "primary") ? REDUND_BOOT_IMAGE_PRIMARY :
						      REDUND_BOOT_IMAGE_SECONDARY;
	return boot_other(ctx, REDUND_REBOOT_KIND_BOOT_SYSTEM, image);
}

COMMAND(boot_system) = {
	.syntax = "boot system",
	.summary = "Boots both management modules; no failover is counted.",
	.help = "Without a question, but an offer to save a running configuration that differs\n"
		"from the stored one; -y saves it. Which module is active afterwards is decided as\n"
		"at power-on; a choice by redundancy active-management takes effect.",
	.options = OPT_YES | OPT_CHECK,
	.run = run_system,
};

COMMAND(boot_system_flash) = {
	.syntax = "boot system flash <primary|secondary>",
	.summary = "Boots both management modules from one flash image, this once.",
	.help = "Both modules take that image, whatever their default flash is; the next boot\n"
		"takes the default again. As boot system.",
	.options = OPT_YES | OPT_CHECK,
	.run = run_system,
};
