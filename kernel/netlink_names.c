// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/redund.yaml */
/* netlink-names source */

#include "netlink_names.h"

const char * const redund_role_names[10] = {
	"absent",
	"booting",
	"failed",
	"election",
	"syncing",
	"standby",
	"taking-over",
	"active",
	"offline",
	"down",
};

const char * const redund_offline_cause_names[4] = {
	"none",
	"disabled",
	"incompatible",
	"shutdown",
};

const char * const redund_not_ready_names[18] = {
	"booting",
	"selftest-failed",
	"disabled",
	"shutdown",
	"incompatible",
	"syncing",
	"no-active",
	"peer-never-heard",
	"peer-silent",
	"not-heard",
	"timers-differ",
	"late",
	"watchdog",
	"failover-limit",
	"handover",
	"restarting",
	"sync-failed",
	"link-lost",
};

const char * const redund_not_ready_docs[18] = {
	"it has not decided its role yet",
	"its selftest failed",
	"redundancy is disabled",
	"it was shut down",
	"its software is of an incompatible train",
	"the initial synchronization is not complete",
	"no module is active",
	"no good frame of the active was received in this epoch",
	"heartbeats of the active are being missed",
	"the active does not hear this module",
	"the two modules use different heartbeat timers",
	"its own worker ran late, so that its judgement is not trusted",
	"the user of its watchdog is not alive",
	"too many automatic failovers in the period",
	"a handover is running",
	"it starts from the beginning, or boots",
	"it was synchronized and is not any more; sync-text says what is not",
	"the other module is not heard over the internal link (A-030)",
};

const char * const redund_reason_names[23] = {
	"none",
	"election",
	"panic",
	"reboot",
	"halt",
	"power-off",
	"removed",
	"power-loss",
	"reset-button",
	"shutdown-button",
	"reset",
	"timer-expired",
	"heartbeat-lost",
	"switchover",
	"switchover-forced",
	"unload",
	"free-grant",
	"returned",
	"lost-grant",
	"rollback",
	"boot",
	"reload",
	"boot-system",
};

const char * const redund_verdict_names[6] = {
	"none",
	"pending",
	"done",
	"refused",
	"rolled-back",
	"failed",
};

const char * const redund_rule_names[11] = {
	"none",
	"both-failed",
	"only-module",
	"already-active",
	"selftest",
	"pending-choice",
	"ever-booted",
	"active-last",
	"standby-last",
	"most-recent",
	"lowest-slot",
};

const char * const redund_phase_names[8] = {
	"detected",
	"fenced",
	"claimed",
	"fabric",
	"config",
	"modules-reset",
	"ports-up",
	"standby-ready",
};

const char * const redund_phase_result_names[6] = {
	"none",
	"ok",
	"no-user",
	"timed-out",
	"failed",
	"skipped",
};

const char * const redund_refusal_names[20] = {
	"none",
	"not-active",
	"no-peer",
	"peer-not-standby",
	"peer-not-ready",
	"disabled",
	"already",
	"busy",
	"last-fabric",
	"failed-selftest",
	"invalid",
	"hold-down",
	"not-standby",
	"syncing",
	"lost-grant",
	"stale",
	"time-out",
	"out",
	"unsupported",
	"no-key",
};

const char * const redund_severity_names[4] = {
	"debug",
	"information",
	"warning",
	"major",
};

const char * const redund_module_state_names[5] = {
	"absent",
	"reset",
	"downloading",
	"up",
	"failed",
};

const char * const redund_object_names[6] = {
	"chassis",
	"mm",
	"fabric",
	"module",
	"history",
	"event",
};

const char * const redund_selftest_state_names[3] = {
	"running",
	"passed",
	"failed",
};

const char * const redund_past_role_names[4] = {
	"none",
	"active",
	"standby",
	"other",
};

const char * const redund_boot_image_names[3] = {
	"unknown",
	"primary",
	"secondary",
};

const char * const redund_reboot_kind_names[4] = {
	"boot",
	"reload",
	"boot-standby",
	"boot-system",
};

const char * const redund_down_why_names[16] = {
	"none",
	"operator-reload",
	"operator-reboot",
	"panic",
	"watchdog",
	"reset-button",
	"shutdown-button",
	"power-off",
	"halt",
	"fence",
	"timer",
	"unknown",
	"reboot",
	"switchover",
	"peer-reset",
	"power-failure",
};

const char * const redund_crash_kind_names[2] = {
	"log",
	"data",
};

const char * const redund_link_state_names[4] = {
	"none",
	"down",
	"up",
	"alive",
};

const char * const redund_heartbeat_loss_names[2] = {
	"takeover",
	"hold",
};
