// SPDX-License-Identifier: GPL-2.0-only
/*
 * debugfs files "trace" and "replay" of an instance: the trace of its state
 * machine as words, a line a step, and the same steps as they are, in hexadecimal
 * digits, for tools/role-test/replay.c. This file owns their form
 * (Documentation/redund/debugfs.rst).
 *
 * Context: process. A file's user is waited for when the instance goes.
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include "core.h"
#include "netlink_names.h"
#include "regs.h"
#include "steps.h"

static const char * const event_names[] = {
	[ROLE_EV_BOOT] = "boot",
	[ROLE_EV_VIEW] = "look",
	[ROLE_EV_RESULT] = "result",
	[ROLE_EV_PHASE] = "phase",
	[ROLE_EV_SYNCED] = "synced",
	[ROLE_EV_SWITCHOVER] = "switchover",
	[ROLE_EV_REDUNDANCY] = "redundancy",
	[ROLE_EV_SHUTDOWN] = "shutdown",
	[ROLE_EV_REBOOT] = "reboot",
	[ROLE_EV_RELEASE] = "release",
	[ROLE_EV_DOWN] = "down",
	[ROLE_EV_PARAMS] = "settings",
};

static const char * const action_names[] = {
	[ROLE_DO_CLAIM] = "claim",
	[ROLE_DO_FENCE] = "fence",
	[ROLE_DO_RELEASE] = "release",
	[ROLE_DO_OFFER] = "offer",
	[ROLE_DO_WITHDRAW] = "withdraw",
	[ROLE_DO_TAKE] = "peer-may-take",
	[ROLE_DO_INTENT] = "intent",
	[ROLE_DO_ROLE] = "role",
	[ROLE_DO_RECORD] = "record",
	[ROLE_DO_PHASE] = "phase",
	[ROLE_DO_HISTORY] = "history",
	[ROLE_DO_VERDICT] = "verdict",
	[ROLE_DO_REFUSE] = "refuse",
	[ROLE_DO_ACCEPT] = "accept",
	[ROLE_DO_LOG] = "log",
	[ROLE_DO_NOTE] = "note",
	[ROLE_DO_REDUNDANCY] = "redundancy",
	[ROLE_DO_RESTART] = "restart",
	[ROLE_DO_GOING_DOWN] = "going-down",
	[ROLE_DO_SHUTDOWN] = "shutdown",
	[ROLE_DO_DWN_FLASH] = "dwn-led",
	[ROLE_DO_PEER_RESET] = "peer-reset",
	[ROLE_DO_REBOOT] = "reboot",
};

static const char * const cause_names[] = {
	"peer-going-down", "peer-removed", "peer-power", "peer-reset", "peer-expired",
	"peer-fenced", "peer-inserted", "peer-joined", "grant", "offer", "self-out", "frame",
	"beat", "button-shutdown", "button-clear", "fabric", "module", "peer-stuck",
	"button-reset",
};

static const char * const command_names[] = {
	"none", "claim", "fence", "fence-forced", "release", "offer", "withdraw", "shutdown-done",
};

static const char * const result_names[] = {
	"none", "ok", "stale", "held", "free", "own", "not-owner", "out", "not-allowed",
	"not-armed", "invalid",
};

static const char * const handover_names[] = {
	[ROLE_HANDOVER_NONE] = "none",
	[ROLE_HANDOVER_OFFERED] = "offered",
	[ROLE_HANDOVER_GIVEN] = "given",
	[ROLE_HANDOVER_FORCED] = "forced",
};

static const char *word_of(const char * const *table, unsigned int words, u32 value)
{
	return value < words && table[value] ? table[value] : "unknown";
}

#define word(table, value)	word_of(table, ARRAY_SIZE(table), value)

/* The words of the bits that are set, "," between them, "-" for none. */
static void show_bits(struct seq_file *s, const char *name, u64 bits, const char * const *table,
		      unsigned int words)
{
	unsigned int i;
	bool any = false;

	seq_printf(s, " %s=", name);
	for (i = 0; i < words; i++) {
		if (!(bits & BIT_ULL(i)))
			continue;
		seq_printf(s, "%s%s", any ? "," : "", table[i] ?: "unknown");
		any = true;
	}
	if (!any)
		seq_putc(s, '-');
}

/* What the event says beside the view. */
static void show_event(struct seq_file *s, const struct role_event *e)
{
	switch (e->type) {
	case ROLE_EV_BOOT:
		seq_printf(s, " detail=selftest-%s", e->boot.selftest_ok ? "passed" : "failed");
		break;
	case ROLE_EV_RESULT:
		seq_printf(s, " detail=%s:%s", word(command_names, e->result.cmd),
			   word(result_names, e->result.result));
		break;
	case ROLE_EV_PHASE:
		seq_printf(s, " detail=%s:%s",
			   word(redund_phase_names, e->phase.phase),
			   word(redund_phase_result_names, e->phase.result));
		break;
	case ROLE_EV_SYNCED:
	case ROLE_EV_REDUNDANCY:
		seq_printf(s, " detail=%s", e->on ? "on" : "off");
		break;
	case ROLE_EV_SWITCHOVER:
		seq_printf(s, " detail=%s", e->force ? "forced" : "orderly");
		break;
	default:
		seq_puts(s, " detail=-");
		break;
	}
}

static const char *peer_role(const struct role_view *v)
{
	if (!v->peer_present)
		return "absent";
	if (v->peer_out || !v->peer.valid)
		return "unknown";
	return word(redund_role_names, v->peer.role);
}

static void show_step(struct seq_file *s, const struct redund_step *t)
{
	const struct role *r = &t->after;
	const struct role_view *v = &t->event.view;

	seq_printf(s, "id=%llu clock=%llu event=%s", t->id, t->now,
		   word(event_names, t->event.type));
	show_event(s, &t->event);
	show_bits(s, "cause", v->cause, cause_names, ARRAY_SIZE(cause_names));
	seq_printf(s, " from=%s to=%s peer=%s owner=%u epoch=%u",
		   word(redund_role_names, t->before.role), word(redund_role_names, r->role),
		   peer_role(v), v->owner, v->epoch);
	seq_printf(s, " handover=%s not-ready=0x%x", word(handover_names, r->handover),
		   r->not_ready);
	show_bits(s, "actions", t->actions, action_names, ARRAY_SIZE(action_names));
	seq_putc(s, '\n');
}

typedef void (*show_fn)(struct seq_file *s, const struct redund_step *t);

static int show_steps(struct seq_file *s, show_fn show)
{
	struct redund_step *t = kmalloc(sizeof(*t), GFP_KERNEL);
	u64 id = 0;

	if (!t)
		return -ENOMEM;
	while (!redund_step_info(s->private, id, t)) {
		show(s, t);
		id = t->id + 1;
	}
	kfree(t);
	return 0;
}

static int trace_show(struct seq_file *s, void *unused)
{
	return show_steps(s, show_step);
}
DEFINE_SHOW_ATTRIBUTE(trace);

static void show_raw(struct seq_file *s, const struct redund_step *t)
{
	const u8 *raw = (const u8 *)t;
	size_t i;

	for (i = 0; i < sizeof(*t); i++)
		seq_printf(s, "%02x", raw[i]);
	seq_putc(s, '\n');
}

/* The first line says what the rest is made of: other software reads it as other. */
static int replay_show(struct seq_file *s, void *unused)
{
	seq_printf(s, "redund-steps role=%zu event=%zu step=%zu\n", sizeof(struct role),
		   sizeof(struct role_event), sizeof(struct redund_step));
	return show_steps(s, show_raw);
}
DEFINE_SHOW_ATTRIBUTE(replay);

/**
 * redund_debugfs_trace() - the two files of one instance
 * @rd: instance
 * @dir: its directory
 */
void redund_debugfs_trace(struct redund *rd, struct dentry *dir)
{
	debugfs_create_file("trace", 0400, dir, rd, &trace_fops);
	debugfs_create_file("replay", 0400, dir, rd, &replay_fops);
}
