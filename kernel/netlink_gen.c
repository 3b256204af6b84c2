// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/redund.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink_gen.h"

#include <uapi/linux/redund.h>

/* REDUND_CMD_CHASSIS_GET - do */
static const struct nla_policy redund_chassis_get_do_nl_policy[REDUND_A_INSTANCE + 1] = {
	[REDUND_A_INSTANCE] = { .type = NLA_U32, },
};

/* REDUND_CMD_CHASSIS_GET - dump */
static const struct nla_policy redund_chassis_get_dump_nl_policy[REDUND_A_INSTANCE + 1] = {
	[REDUND_A_INSTANCE] = { .type = NLA_U32, },
};

/* REDUND_CMD_MM_GET - do */
static const struct nla_policy redund_mm_get_do_nl_policy[REDUND_A_SLOT + 1] = {
	[REDUND_A_INSTANCE] = { .type = NLA_U32, },
	[REDUND_A_SLOT] = NLA_POLICY_RANGE(NLA_U32, 1, 2),
};

/* REDUND_CMD_MM_GET - dump */
static const struct nla_policy redund_mm_get_dump_nl_policy[REDUND_A_SLOT + 1] = {
	[REDUND_A_INSTANCE] = { .type = NLA_U32, },
	[REDUND_A_SLOT] = NLA_POLICY_RANGE(NLA_U32, 1, 2),
};

/* REDUND_CMD_FABRIC_GET - do */
static const struct nla_policy redund_fabric_get_do_nl_policy[REDUND_A_FABRIC_ID + 1] = {
	[REDUND_A_INSTANCE] = { .type = NLA_U32, },
	[REDUND_A_FABRIC_ID] = NLA_POLICY_RANGE(NLA_U32, 1, 2),
};

/* REDUND_CMD_FABRIC_GET - dump */
static const struct nla_policy redund_fabric_get_dump_nl_policy[REDUND_A_FABRIC_ID + 1] = {
	[REDUND_A_INSTANCE] = { .type = NLA_U32, },
	[REDUND_A_FABRIC_ID] = NLA_POLICY_RANGE(NLA_U32, 1, 2),
};

/* REDUND_CMD_MODULE_GET - do */
static const struct nla_policy redund_module_get_do_nl_policy[REDUND_A_MODULE_INDEX + 1] = {
	[REDUND_A_INSTANCE] = { .type = NLA_U32, },
	[REDUND_A_MODULE_INDEX] = NLA_POLICY_MAX(NLA_U32, 11),
};

/* REDUND_CMD_MODULE_GET - dump */
static const struct nla_policy redund_module_get_dump_nl_policy[REDUND_A_MODULE_INDEX + 1] = {
	[REDUND_A_INSTANCE] = { .type = NLA_U32, },
	[REDUND_A_MODULE_INDEX] = NLA_POLICY_MAX(NLA_U32, 11),
};

/* REDUND_CMD_HISTORY_GET - do */
static const struct nla_policy redund_history_get_do_nl_policy[REDUND_A_HISTORY_ID + 1] = {
	[REDUND_A_INSTANCE] = { .type = NLA_U32, },
	[REDUND_A_HISTORY_ID] = { .type = NLA_U32, },
};

/* REDUND_CMD_HISTORY_GET - dump */
static const struct nla_policy redund_history_get_dump_nl_policy[REDUND_A_HISTORY_ID + 1] = {
	[REDUND_A_INSTANCE] = { .type = NLA_U32, },
	[REDUND_A_HISTORY_ID] = { .type = NLA_U32, },
};

/* REDUND_CMD_EVENT_GET - do */
static const struct nla_policy redund_event_get_do_nl_policy[REDUND_A_EVENT_ID + 1] = {
	[REDUND_A_INSTANCE] = { .type = NLA_U32, },
	[REDUND_A_EVENT_ID] = { .type = NLA_U64, },
	[REDUND_A_SLOT] = NLA_POLICY_RANGE(NLA_U32, 1, 2),
};

/* REDUND_CMD_EVENT_GET - dump */
static const struct nla_policy redund_event_get_dump_nl_policy[REDUND_A_EVENT_ID + 1] = {
	[REDUND_A_INSTANCE] = { .type = NLA_U32, },
	[REDUND_A_EVENT_ID] = { .type = NLA_U64, },
	[REDUND_A_SLOT] = NLA_POLICY_RANGE(NLA_U32, 1, 2),
};

/* REDUND_CMD_REDUNDANCY_SET - do */
static const struct nla_policy redund_redundancy_set_nl_policy[REDUND_A_REQUESTER + 1] = {
	[REDUND_A_INSTANCE] = { .type = NLA_U32, },
	[REDUND_A_ENABLED] = NLA_POLICY_MAX(NLA_U8, 1),
	[REDUND_A_REQUESTER] = { .type = NLA_NUL_STRING, .len = 24, },
};

/* REDUND_CMD_HEARTBEAT_SET - do */
static const struct nla_policy redund_heartbeat_set_nl_policy[REDUND_A_HEARTBEAT_LOSS + 1] = {
	[REDUND_A_INSTANCE] = { .type = NLA_U32, },
	[REDUND_A_INTERVAL_MS] = NLA_POLICY_MIN(NLA_U32, 1),
	[REDUND_A_MISSES] = NLA_POLICY_MIN(NLA_U32, 1),
	[REDUND_A_HEARTBEAT_LOSS] = NLA_POLICY_MAX(NLA_U32, 1),
	[REDUND_A_REQUESTER] = { .type = NLA_NUL_STRING, .len = 24, },
};

/* REDUND_CMD_ACTIVE_SET - do */
static const struct nla_policy redund_active_set_nl_policy[REDUND_A_REQUESTER + 1] = {
	[REDUND_A_INSTANCE] = { .type = NLA_U32, },
	[REDUND_A_CHOICE] = NLA_POLICY_MAX(NLA_U32, 2),
	[REDUND_A_REQUESTER] = { .type = NLA_NUL_STRING, .len = 24, },
};

/* REDUND_CMD_FABRIC_SET - do */
static const struct nla_policy redund_fabric_set_nl_policy[REDUND_A_REQUESTER + 1] = {
	[REDUND_A_INSTANCE] = { .type = NLA_U32, },
	[REDUND_A_FABRIC_ID] = NLA_POLICY_RANGE(NLA_U32, 1, 2),
	[REDUND_A_ENABLED] = NLA_POLICY_MAX(NLA_U8, 1),
	[REDUND_A_REQUESTER] = { .type = NLA_NUL_STRING, .len = 24, },
};

/* REDUND_CMD_SWITCHOVER - do */
static const struct nla_policy redund_switchover_nl_policy[REDUND_A_REQUESTER + 1] = {
	[REDUND_A_INSTANCE] = { .type = NLA_U32, },
	[REDUND_A_FORCE] = { .type = NLA_FLAG, },
	[REDUND_A_REQUESTER] = { .type = NLA_NUL_STRING, .len = 24, },
};

/* REDUND_CMD_SWITCHOVER_CHECK - do */
static const struct nla_policy redund_switchover_check_nl_policy[REDUND_A_FORCE + 1] = {
	[REDUND_A_INSTANCE] = { .type = NLA_U32, },
	[REDUND_A_FORCE] = { .type = NLA_FLAG, },
};

/* REDUND_CMD_USER_REGISTER - do */
static const struct nla_policy redund_user_register_nl_policy[REDUND_A_SYNC + 1] = {
	[REDUND_A_INSTANCE] = { .type = NLA_U32, },
	[REDUND_A_CONFIG] = { .type = NLA_FLAG, },
	[REDUND_A_SYNC] = { .type = NLA_FLAG, },
};

/* REDUND_CMD_PHASE_ACK - do */
static const struct nla_policy redund_phase_ack_nl_policy[REDUND_A_OK + 1] = {
	[REDUND_A_INSTANCE] = { .type = NLA_U32, },
	[REDUND_A_PHASE] = NLA_POLICY_MAX(NLA_U32, 7),
	[REDUND_A_OK] = NLA_POLICY_MAX(NLA_U8, 1),
};

/* REDUND_CMD_SYNC_ACK - do */
static const struct nla_policy redund_sync_ack_nl_policy[REDUND_A_SYNC_TEXT + 1] = {
	[REDUND_A_INSTANCE] = { .type = NLA_U32, },
	[REDUND_A_SYNCED] = NLA_POLICY_MAX(NLA_U8, 1),
	[REDUND_A_SYNC_TEXT] = { .type = NLA_NUL_STRING, .len = 63, },
};

/* REDUND_CMD_REBOOT - do */
static const struct nla_policy redund_reboot_nl_policy[REDUND_A_WOULD_SWITCH_OVER + 1] = {
	[REDUND_A_INSTANCE] = { .type = NLA_U32, },
	[REDUND_A_REBOOT_KIND] = NLA_POLICY_MAX(NLA_U32, 3),
	[REDUND_A_BOOT_IMAGE] = NLA_POLICY_MAX(NLA_U32, 2),
	[REDUND_A_ORIGIN] = { .type = NLA_NUL_STRING, .len = 24, },
	[REDUND_A_REQUESTER] = { .type = NLA_NUL_STRING, .len = 24, },
	[REDUND_A_WOULD_SWITCH_OVER] = NLA_POLICY_MAX(NLA_U8, 1),
};

/* REDUND_CMD_REBOOT_CHECK - do */
static const struct nla_policy redund_reboot_check_nl_policy[REDUND_A_REBOOT_KIND + 1] = {
	[REDUND_A_INSTANCE] = { .type = NLA_U32, },
	[REDUND_A_REBOOT_KIND] = NLA_POLICY_MAX(NLA_U32, 3),
};

/* REDUND_CMD_LOCATE_SET - do */
static const struct nla_policy redund_locate_set_nl_policy[REDUND_A_REQUESTER + 1] = {
	[REDUND_A_INSTANCE] = { .type = NLA_U32, },
	[REDUND_A_ENABLED] = NLA_POLICY_MAX(NLA_U8, 1),
	[REDUND_A_REQUESTER] = { .type = NLA_NUL_STRING, .len = 24, },
};

/* REDUND_CMD_DOWN_GET - dump */
static const struct nla_policy redund_down_get_nl_policy[REDUND_A_DOWN_ID + 1] = {
	[REDUND_A_INSTANCE] = { .type = NLA_U32, },
	[REDUND_A_SLOT] = NLA_POLICY_RANGE(NLA_U32, 1, 2),
	[REDUND_A_DOWN_ID] = { .type = NLA_U32, },
};

/* REDUND_CMD_CRASH_GET - do */
static const struct nla_policy redund_crash_get_nl_policy[REDUND_A_OFFSET + 1] = {
	[REDUND_A_INSTANCE] = { .type = NLA_U32, },
	[REDUND_A_SLOT] = NLA_POLICY_RANGE(NLA_U32, 1, 2),
	[REDUND_A_CRASH_KIND] = NLA_POLICY_MAX(NLA_U32, 1),
	[REDUND_A_OFFSET] = { .type = NLA_U32, },
};

/* REDUND_CMD_EVENT_ADD - do */
static const struct nla_policy redund_event_add_nl_policy[REDUND_A_TEXT + 1] = {
	[REDUND_A_INSTANCE] = { .type = NLA_U32, },
	[REDUND_A_EVENT_NUMBER] = { .type = NLA_U32, },
	[REDUND_A_SEVERITY] = NLA_POLICY_MAX(NLA_U32, 3),
	[REDUND_A_SUBSYSTEM] = { .type = NLA_NUL_STRING, .len = 11, },
	[REDUND_A_TEXT] = { .type = NLA_NUL_STRING, .len = 159, },
	[REDUND_A_SLOT] = NLA_POLICY_RANGE(NLA_U32, 1, 2),
};

/* REDUND_CMD_PAIRING_GET - do */
static const struct nla_policy redund_pairing_get_nl_policy[REDUND_A_INSTANCE + 1] = {
	[REDUND_A_INSTANCE] = { .type = NLA_U32, },
};

/* REDUND_CMD_LINK_REPORT - do */
static const struct nla_policy redund_link_report_nl_policy[REDUND_A_LINK + 1] = {
	[REDUND_A_INSTANCE] = { .type = NLA_U32, },
	[REDUND_A_LINK] = NLA_POLICY_MAX(NLA_U32, 3),
};

/* REDUND_CMD_SYNC_BUSY - do */
static const struct nla_policy redund_sync_busy_nl_policy[REDUND_A_SECONDS_LEFT + 1] = {
	[REDUND_A_INSTANCE] = { .type = NLA_U32, },
	[REDUND_A_BUSY] = NLA_POLICY_MAX(NLA_U8, 1),
	[REDUND_A_SECONDS_LEFT] = { .type = NLA_U32, },
	[REDUND_A_SYNC_TEXT] = { .type = NLA_NUL_STRING, .len = 63, },
};

/* REDUND_CMD_HISTORY_SET - do */
static const struct nla_policy redund_history_set_nl_policy[REDUND_A_HISTORY_LENGTH + 1] = {
	[REDUND_A_INSTANCE] = { .type = NLA_U32, },
	[REDUND_A_HISTORY_LENGTH] = NLA_POLICY_MIN(NLA_U32, 1),
	[REDUND_A_REQUESTER] = { .type = NLA_NUL_STRING, .len = 24, },
};

/* Ops table for redund */
static const struct genl_split_ops redund_nl_ops[] = {
	{
		.cmd		= REDUND_CMD_CHASSIS_GET,
		.doit		= redund_nl_chassis_get_doit,
		.policy		= redund_chassis_get_do_nl_policy,
		.maxattr	= REDUND_A_INSTANCE,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= REDUND_CMD_CHASSIS_GET,
		.dumpit		= redund_nl_chassis_get_dumpit,
		.policy		= redund_chassis_get_dump_nl_policy,
		.maxattr	= REDUND_A_INSTANCE,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= REDUND_CMD_MM_GET,
		.doit		= redund_nl_mm_get_doit,
		.policy		= redund_mm_get_do_nl_policy,
		.maxattr	= REDUND_A_SLOT,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= REDUND_CMD_MM_GET,
		.dumpit		= redund_nl_mm_get_dumpit,
		.policy		= redund_mm_get_dump_nl_policy,
		.maxattr	= REDUND_A_SLOT,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= REDUND_CMD_FABRIC_GET,
		.doit		= redund_nl_fabric_get_doit,
		.policy		= redund_fabric_get_do_nl_policy,
		.maxattr	= REDUND_A_FABRIC_ID,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= REDUND_CMD_FABRIC_GET,
		.dumpit		= redund_nl_fabric_get_dumpit,
		.policy		= redund_fabric_get_dump_nl_policy,
		.maxattr	= REDUND_A_FABRIC_ID,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= REDUND_CMD_MODULE_GET,
		.doit		= redund_nl_module_get_doit,
		.policy		= redund_module_get_do_nl_policy,
		.maxattr	= REDUND_A_MODULE_INDEX,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= REDUND_CMD_MODULE_GET,
		.dumpit		= redund_nl_module_get_dumpit,
		.policy		= redund_module_get_dump_nl_policy,
		.maxattr	= REDUND_A_MODULE_INDEX,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= REDUND_CMD_HISTORY_GET,
		.doit		= redund_nl_history_get_doit,
		.policy		= redund_history_get_do_nl_policy,
		.maxattr	= REDUND_A_HISTORY_ID,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= REDUND_CMD_HISTORY_GET,
		.dumpit		= redund_nl_history_get_dumpit,
		.policy		= redund_history_get_dump_nl_policy,
		.maxattr	= REDUND_A_HISTORY_ID,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= REDUND_CMD_EVENT_GET,
		.doit		= redund_nl_event_get_doit,
		.policy		= redund_event_get_do_nl_policy,
		.maxattr	= REDUND_A_EVENT_ID,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= REDUND_CMD_EVENT_GET,
		.dumpit		= redund_nl_event_get_dumpit,
		.policy		= redund_event_get_dump_nl_policy,
		.maxattr	= REDUND_A_EVENT_ID,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= REDUND_CMD_REDUNDANCY_SET,
		.doit		= redund_nl_redundancy_set_doit,
		.policy		= redund_redundancy_set_nl_policy,
		.maxattr	= REDUND_A_REQUESTER,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= REDUND_CMD_HEARTBEAT_SET,
		.doit		= redund_nl_heartbeat_set_doit,
		.policy		= redund_heartbeat_set_nl_policy,
		.maxattr	= REDUND_A_HEARTBEAT_LOSS,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= REDUND_CMD_ACTIVE_SET,
		.doit		= redund_nl_active_set_doit,
		.policy		= redund_active_set_nl_policy,
		.maxattr	= REDUND_A_REQUESTER,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= REDUND_CMD_FABRIC_SET,
		.doit		= redund_nl_fabric_set_doit,
		.policy		= redund_fabric_set_nl_policy,
		.maxattr	= REDUND_A_REQUESTER,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= REDUND_CMD_SWITCHOVER,
		.doit		= redund_nl_switchover_doit,
		.policy		= redund_switchover_nl_policy,
		.maxattr	= REDUND_A_REQUESTER,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= REDUND_CMD_SWITCHOVER_CHECK,
		.doit		= redund_nl_switchover_check_doit,
		.policy		= redund_switchover_check_nl_policy,
		.maxattr	= REDUND_A_FORCE,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= REDUND_CMD_USER_REGISTER,
		.doit		= redund_nl_user_register_doit,
		.policy		= redund_user_register_nl_policy,
		.maxattr	= REDUND_A_SYNC,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= REDUND_CMD_PHASE_ACK,
		.doit		= redund_nl_phase_ack_doit,
		.policy		= redund_phase_ack_nl_policy,
		.maxattr	= REDUND_A_OK,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= REDUND_CMD_SYNC_ACK,
		.doit		= redund_nl_sync_ack_doit,
		.policy		= redund_sync_ack_nl_policy,
		.maxattr	= REDUND_A_SYNC_TEXT,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= REDUND_CMD_REBOOT,
		.doit		= redund_nl_reboot_doit,
		.policy		= redund_reboot_nl_policy,
		.maxattr	= REDUND_A_WOULD_SWITCH_OVER,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= REDUND_CMD_REBOOT_CHECK,
		.doit		= redund_nl_reboot_check_doit,
		.policy		= redund_reboot_check_nl_policy,
		.maxattr	= REDUND_A_REBOOT_KIND,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= REDUND_CMD_LOCATE_SET,
		.doit		= redund_nl_locate_set_doit,
		.policy		= redund_locate_set_nl_policy,
		.maxattr	= REDUND_A_REQUESTER,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= REDUND_CMD_DOWN_GET,
		.dumpit		= redund_nl_down_get_dumpit,
		.policy		= redund_down_get_nl_policy,
		.maxattr	= REDUND_A_DOWN_ID,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= REDUND_CMD_CRASH_GET,
		.doit		= redund_nl_crash_get_doit,
		.policy		= redund_crash_get_nl_policy,
		.maxattr	= REDUND_A_OFFSET,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= REDUND_CMD_EVENT_ADD,
		.doit		= redund_nl_event_add_doit,
		.policy		= redund_event_add_nl_policy,
		.maxattr	= REDUND_A_TEXT,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= REDUND_CMD_PAIRING_GET,
		.doit		= redund_nl_pairing_get_doit,
		.policy		= redund_pairing_get_nl_policy,
		.maxattr	= REDUND_A_INSTANCE,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= REDUND_CMD_LINK_REPORT,
		.doit		= redund_nl_link_report_doit,
		.policy		= redund_link_report_nl_policy,
		.maxattr	= REDUND_A_LINK,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= REDUND_CMD_SYNC_BUSY,
		.doit		= redund_nl_sync_busy_doit,
		.policy		= redund_sync_busy_nl_policy,
		.maxattr	= REDUND_A_SECONDS_LEFT,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= REDUND_CMD_HISTORY_SET,
		.doit		= redund_nl_history_set_doit,
		.policy		= redund_history_set_nl_policy,
		.maxattr	= REDUND_A_HISTORY_LENGTH,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
};

static const struct genl_multicast_group redund_nl_mcgrps[] = {
	[REDUND_NLGRP_MONITOR] = { "monitor", },
};

struct genl_family redund_nl_family __ro_after_init = {
	.name		= REDUND_FAMILY_NAME,
	.version	= REDUND_FAMILY_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.split_ops	= redund_nl_ops,
	.n_split_ops	= ARRAY_SIZE(redund_nl_ops),
	.mcgrps		= redund_nl_mcgrps,
	.n_mcgrps	= ARRAY_SIZE(redund_nl_mcgrps),
};
