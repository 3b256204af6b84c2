// SPDX-License-Identifier: GPL-2.0-only
/*
 * The trace and the status of a simulated chassis as text: owns the words.
 * Both are JSON in the form that the virtual chassis prints, so that one
 * reader understands both.
 */
#include <linux/seq_file.h>
#include "sim.h"

static const char * const ev_words[] = {
	[CHASSIS_EV_FAULT] = "fault",
	[CHASSIS_EV_POWER] = "power",
	[CHASSIS_EV_RESET] = "reset",
	[CHASSIS_EV_TIMER_EXPIRED] = "timer-expired",
	[CHASSIS_EV_GRANT] = "grant",
	[CHASSIS_EV_CLAIM] = "claim",
	[CHASSIS_EV_FENCE] = "fence",
	[CHASSIS_EV_RELEASE] = "release",
	[CHASSIS_EV_OFFER] = "offer",
	[CHASSIS_EV_WITHDRAW] = "withdraw",
	[CHASSIS_EV_TAKE] = "peer-may-take",
	[CHASSIS_EV_GOING_DOWN] = "going-down",
	[CHASSIS_EV_SHUTDOWN_DONE] = "shutdown-done",
	[CHASSIS_EV_OUT] = "out",
	[CHASSIS_EV_JOIN] = "join",
	[CHASSIS_EV_PRESENCE] = "presence",
	[CHASSIS_EV_IRQ] = "irq",
	[CHASSIS_EV_FABRIC] = "fabric",
	[CHASSIS_EV_FABRIC_PRESENCE] = "fabric-presence",
	[CHASSIS_EV_MODULE_RESET] = "module-reset",
	[CHASSIS_EV_MODULE_STATE] = "module-state",
	[CHASSIS_EV_PEER_RESET] = "peer-reset",
	[CHASSIS_EV_ROLE] = "role",
	[CHASSIS_EV_BUTTON] = "button",
	[CHASSIS_EV_LED] = "led",
	[CHASSIS_EV_REFUSED] = "refused",
	[CHASSIS_EV_NV] = "nv",
	[CHASSIS_EV_BEATS] = "beats",
};

static const char * const grant_words[] = {
	"claim", "release", "fence", "offer", "timer", "reset", "power", "removed", "going-down",
};

static const char * const out_words[] = {
	"power", "removed", "reset", "expired", "fenced", "going-down",
};

static const char * const reset_words[] = {
	"power", "timer", "fence", "button", "command", "system",
};

static const char * const down_words[] = {
	"none", "panic", "reboot", "halt", "power-off", "shutdown",
};

static const char * const result_words[] = {
	"none", "ok", "stale", "held", "free", "own", "not-owner", "out", "not-allowed",
	"not-armed", "invalid",
};

static const char * const role_words[] = {
	"absent", "booting", "failed", "election", "syncing", "standby", "taking-over",
	"active", "offline", "down",
};

static const char * const led_words[] = {
	"off", "green", "green-flash", "green-slow", "orange", "orange-flash",
	"orange-fast-flash",
};

static const char * const im_words[] = {
	"absent", "reset", "downloading", "up", "failed",
};

static const char * const button_words[] = { "reset", "shutdown", "clear" };

static const char * const led_names[] = { "actv", "stby", "dwn", "fault" };

/* in the order of the bits CAUSE_* */
static const char * const cause_words[] = {
	"peer-going-down", "peer-removed", "peer-power", "peer-reset", "peer-expired",
	"peer-fenced", "peer-inserted", "peer-joined", "grant", "offer", "self-out", "frame",
	"beat", "button-shutdown", "button-clear", "fabric", "module", "peer-stuck",
	"button-reset",
};

#define WORD(table, value) sim_word(table, ARRAY_SIZE(table), value)

static const char *sim_word(const char * const *table, size_t n, u32 value)
{
	return value < n && table[value] ? table[value] : "unknown";
}

static void put_bool(struct seq_file *m, const char *key, bool on)
{
	seq_printf(m, ", \"%s\": %s", key, on ? "true" : "false");
}

static void put_word(struct seq_file *m, const char *key, const char *word)
{
	seq_printf(m, ", \"%s\": \"%s\"", key, word);
}

static void put_num(struct seq_file *m, const char *key, u32 value)
{
	seq_printf(m, ", \"%s\": %u", key, value);
}

static void put_answer(struct seq_file *m, const struct chassis_event *ev)
{
	put_bool(m, "accepted", ev->accepted);
	if (!ev->accepted)
		put_word(m, "why", WORD(result_words, ev->result));
}

/* What belongs to the kind of event, after slot. */
static void put_command(struct seq_file *m, const struct chassis_event *ev)
{
	switch (ev->type) {
	case CHASSIS_EV_FENCE:
		put_bool(m, "forced", ev->value);
		break;
	case CHASSIS_EV_OFFER:
		put_num(m, "ms", ev->value);
		break;
	case CHASSIS_EV_TAKE:
	case CHASSIS_EV_PEER_RESET:
	case CHASSIS_EV_FABRIC:
	case CHASSIS_EV_MODULE_RESET:
		put_num(m, "value", ev->value);
		put_bool(m, "accepted", ev->accepted);
		return;
	case CHASSIS_EV_JOIN:
		put_num(m, "incarnation", ev->value);
		put_bool(m, "accepted", ev->accepted);
		return;
	case CHASSIS_EV_NV:
		put_word(m, "record", ev->index == REDUND_NV_CHASSIS ? "chassis" : "module");
		break;
	default:
		break;
	}
	put_answer(m, ev);
}

static void put_slot_event(struct seq_file *m, const struct chassis_event *ev)
{
	switch (ev->type) {
	case CHASSIS_EV_POWER:
		put_bool(m, "on", ev->value);
		break;
	case CHASSIS_EV_RESET:
		put_bool(m, "asserted", ev->value);
		put_word(m, "cause", WORD(reset_words, ev->cause));
		if (!ev->accepted)
			put_bool(m, "stuck", true);
		break;
	case CHASSIS_EV_GOING_DOWN:
		put_word(m, "reason", WORD(down_words, ev->value));
		break;
	case CHASSIS_EV_OUT:
		put_word(m, "cause", WORD(out_words, ev->cause));
		break;
	case CHASSIS_EV_PRESENCE:
		put_bool(m, "present", ev->value);
		break;
	case CHASSIS_EV_IRQ:
		put_word(m, "cause", WORD(cause_words, ev->cause ? __ffs(ev->cause) : ~0U));
		if (!ev->value)
			put_bool(m, "dropped", true);
		break;
	case CHASSIS_EV_ROLE:
		put_word(m, "role", WORD(role_words, ev->value));
		break;
	case CHASSIS_EV_BUTTON:
		put_word(m, "button", WORD(button_words, ev->value));
		break;
	case CHASSIS_EV_LED:
		put_word(m, "led", ev->slot ? WORD(led_names, ev->index / 4) :
			 ev->index == LED_LOCATE_SHIFT ? "locate" : "chassis-fault");
		put_word(m, "state", WORD(led_words, ev->value));
		break;
	case CHASSIS_EV_REFUSED:
		seq_printf(m, ", \"offset\": %u, \"value\": %u", ev->index, ev->value);
		break;
	case CHASSIS_EV_BEATS:
		put_num(m, "count", ev->value);
		break;
	default:
		put_command(m, ev);
	}
}

/**
 * sim_trace_line() - one event as a line of JSON
 * @m:		where to
 * @seq:	its number, without gaps
 * @e:		the event
 */
void sim_trace_line(struct seq_file *m, u64 seq, const struct sim_event *e)
{
	const struct chassis_event *ev = &e->ev;

	seq_printf(m, "{\"seq\": %llu, \"t_us\": %llu, \"event\": \"%s\"", seq, ev->t_us,
		   WORD(ev_words, ev->type));
	switch (ev->type) {
	case CHASSIS_EV_FAULT:
		seq_printf(m, ", \"slot\": %u, \"kind\": \"%s\"", ev->slot, e->kind);
		break;
	case CHASSIS_EV_GRANT:
		seq_printf(m, ", \"from\": %u, \"to\": %u, \"epoch\": %u, \"cause\": \"%s\"",
			   ev->from, ev->to, ev->epoch, WORD(grant_words, ev->cause));
		break;
	case CHASSIS_EV_TIMER_EXPIRED:
	case CHASSIS_EV_SHUTDOWN_DONE:
		seq_printf(m, ", \"slot\": %u", ev->slot);
		break;
	case CHASSIS_EV_FABRIC_PRESENCE:
		seq_printf(m, ", \"value\": %u", ev->value);
		break;
	case CHASSIS_EV_MODULE_STATE:
		seq_printf(m, ", \"module\": \"%c\", \"state\": \"%s\"", 'A' + ev->index,
			   WORD(im_words, ev->value));
		break;
	default:
		seq_printf(m, ", \"slot\": %u", ev->slot);
		put_slot_event(m, ev);
	}
	seq_puts(m, "}\n");
}

static void status_slot(struct seq_file *m, const struct sim_chassis *c,
			const struct chassis *model, int nr)
{
	const struct chassis_slot *sl = &model->slot[nr - 1];
	unsigned int i;

	seq_printf(m, "%s{\"slot\": %d", nr > 1 ? ", " : "", nr);
	put_bool(m, "present", sl->present);
	put_bool(m, "powered", sl->powered);
	put_bool(m, "alive", READ_ONCE(c->slot[nr - 1].rd));
	put_bool(m, "in_reset", sl->in_reset);
	put_bool(m, "out", sl->out);
	put_word(m, "role", !sl->present ? "absent" : !sl->powered ? "down" :
		 sl->role == CHASSIS_ROLE_NONE ? "booting" : WORD(role_words, sl->role));
	seq_puts(m, ", \"leds\": {");
	for (i = 0; i < ARRAY_SIZE(led_names); i++)
		seq_printf(m, "%s\"%s\": \"%s\"", i ? ", " : "", led_names[i],
			   WORD(led_words, chassis_led(model, nr, i * 4)));
	seq_printf(m, "}, \"refused_writes\": %u, \"rearms\": %u, \"faults\": %u}",
		   sl->refused, sl->rearms, sl->faults);
}

/**
 * sim_status() - the whole chassis as one JSON object
 * @m: where to
 * @c: the chassis
 *
 * Context: process.
 */
void sim_status(struct seq_file *m, struct sim_chassis *c)
{
	struct chassis model;
	unsigned long flags;
	u64 now;
	int i;

	now = sim_enter(c, &flags);
	model = c->model;
	sim_leave(c, flags);

	seq_printf(m, "{\"time_us\": %llu, \"owner\": %u, \"epoch\": %u, \"fabric\": [",
		   now, model.owner, model.epoch);
	for (i = 0; i < 2; i++) {
		seq_printf(m, "%s{\"id\": %d", i ? ", " : "", i + 1);
		put_bool(m, "present", model.fabric_present & BIT(i));
		put_bool(m, "enabled", model.fabric_enable & BIT(i));
		seq_puts(m, "}");
	}
	seq_puts(m, "], \"slots\": [");
	for (i = 1; i <= CHASSIS_SLOTS; i++)
		status_slot(m, c, &model, i);
	seq_puts(m, "], \"modules\": [");
	for (i = 0; i < REDUND_IM_SLOTS; i++)
		seq_printf(m, "%s{\"slot\": \"%c\", \"state\": \"%s\"}", i ? ", " : "", 'A' + i,
			   WORD(im_words, model.im_state[i]));
	seq_puts(m, "]");
	put_word(m, "locate_led", WORD(led_words, chassis_locate_led(&model)));
	seq_puts(m, "}\n");
}
