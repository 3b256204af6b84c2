/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/redund.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_REDUND_GEN_H
#define _LINUX_REDUND_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/redund.h>

int redund_nl_chassis_get_doit(struct sk_buff *skb, struct genl_info *info);
int redund_nl_chassis_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb);
int redund_nl_mm_get_doit(struct sk_buff *skb, struct genl_info *info);
int redund_nl_mm_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int redund_nl_fabric_get_doit(struct sk_buff *skb, struct genl_info *info);
int redund_nl_fabric_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int redund_nl_module_get_doit(struct sk_buff *skb, struct genl_info *info);
int redund_nl_module_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int redund_nl_history_get_doit(struct sk_buff *skb, struct genl_info *info);
int redund_nl_history_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb);
int redund_nl_event_get_doit(struct sk_buff *skb, struct genl_info *info);
int redund_nl_event_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int redund_nl_redundancy_set_doit(struct sk_buff *skb, struct genl_info *info);
int redund_nl_heartbeat_set_doit(struct sk_buff *skb, struct genl_info *info);
int redund_nl_active_set_doit(struct sk_buff *skb, struct genl_info *info);
int redund_nl_fabric_set_doit(struct sk_buff *skb, struct genl_info *info);
int redund_nl_switchover_doit(struct sk_buff *skb, struct genl_info *info);
int redund_nl_switchover_check_doit(struct sk_buff *skb,
				    struct genl_info *info);
int redund_nl_user_register_doit(struct sk_buff *skb, struct genl_info *info);
int redund_nl_phase_ack_doit(struct sk_buff *skb, struct genl_info *info);
int redund_nl_sync_ack_doit(struct sk_buff *skb, struct genl_info *info);
int redund_nl_reboot_doit(struct sk_buff *skb, struct genl_info *info);
int redund_nl_reboot_check_doit(struct sk_buff *skb, struct genl_info *info);
int redund_nl_locate_set_doit(struct sk_buff *skb, struct genl_info *info);
int redund_nl_down_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int redund_nl_crash_get_doit(struct sk_buff *skb, struct genl_info *info);
int redund_nl_event_add_doit(struct sk_buff *skb, struct genl_info *info);
int redund_nl_pairing_get_doit(struct sk_buff *skb, struct genl_info *info);
int redund_nl_link_report_doit(struct sk_buff *skb, struct genl_info *info);
int redund_nl_sync_busy_doit(struct sk_buff *skb, struct genl_info *info);
int redund_nl_history_set_doit(struct sk_buff *skb, struct genl_info *info);

enum {
	REDUND_NLGRP_MONITOR,
};

extern struct genl_family redund_nl_family;

#endif /* _LINUX_REDUND_GEN_H */
