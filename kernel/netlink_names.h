/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/redund.yaml */
/* netlink-names header */

#ifndef REDUND_NETLINK_NAMES_H
#define REDUND_NETLINK_NAMES_H

/* by enum redund_role */
extern const char * const redund_role_names[10];

/* by enum redund_offline_cause */
extern const char * const redund_offline_cause_names[4];

/* by bit number */
extern const char * const redund_not_ready_names[18];

/* by bit number */
extern const char * const redund_not_ready_docs[18];

/* by enum redund_reason */
extern const char * const redund_reason_names[23];

/* by enum redund_verdict */
extern const char * const redund_verdict_names[6];

/* by enum redund_rule */
extern const char * const redund_rule_names[11];

/* by enum redund_phase */
extern const char * const redund_phase_names[8];

/* by enum redund_phase_result */
extern const char * const redund_phase_result_names[6];

/* by enum redund_refusal */
extern const char * const redund_refusal_names[20];

/* by enum redund_severity */
extern const char * const redund_severity_names[4];

/* by enum redund_module_state */
extern const char * const redund_module_state_names[5];

/* by enum redund_object */
extern const char * const redund_object_names[6];

/* by enum redund_selftest_state */
extern const char * const redund_selftest_state_names[3];

/* by enum redund_past_role */
extern const char * const redund_past_role_names[4];

/* by enum redund_boot_image */
extern const char * const redund_boot_image_names[3];

/* by enum redund_reboot_kind */
extern const char * const redund_reboot_kind_names[4];

/* by enum redund_down_why */
extern const char * const redund_down_why_names[16];

/* by enum redund_crash_kind */
extern const char * const redund_crash_kind_names[2];

/* by enum redund_link_state */
extern const char * const redund_link_state_names[4];

/* by enum redund_heartbeat_loss */
extern const char * const redund_heartbeat_loss_names[2];

#endif /* REDUND_NETLINK_NAMES_H */
