// SPDX-License-Identifier: GPL-2.0-or-later
/* show registers: the controller's registers as they are, and what their bits mean. */
#include <stdlib.h>
#include <string.h>
#include "../../kernel/regs.h"
#include "debugfs.h"

/* A field of a register, in its low or high word; enumerated if it has words. */
struct field {
	const char *reg, *name;
	bool high;
	uint32_t mask;
	const char *const *words;
	unsigned int count;
};

static const char *const cause_words[] = {
	"power", "timer", "fence", "button", "command", "system"
};

static const char *const result_words[] = { "none",	   "ok",	"stale",     "held",
					    "free",	   "own",	"not-owner", "out",
					    "not-allowed", "not-armed", "invalid" };

static const char *const down_words[] = {
	"none", "panic", "reboot", "halt", "power-off", "shutdown"
};

static const char *const led_words[] = {
	"off",	  "green",	  "green-flash",      "green-slow-flash",
	"orange", "orange-flash", "orange-fast-flash"
};

#define BITS(reg, name, mask)                   \
	{                                       \
		reg, name, false, mask, NULL, 0 \
	}
#define WORDS(reg, name, mask, words)                            \
	{                                                        \
		reg, name, false, mask, words, ARRAY_SIZE(words) \
	}

/* clang-format off */
static const struct field fields[] = {
	BITS("VERSION", "minor", 0x0000ffff),
	BITS("VERSION", "major", 0xffff0000),
	BITS("CAPS", "guarantees", CAPS_ALL),
	WORDS("BOOT_CAUSE", "cause", ~0U, cause_words),
	BITS("STATUS", "owner", STATUS_OWNER),
	{ "STATUS", "epoch", true, ~0U, NULL, 0 },
	BITS("STATUS", "peer_present", STATUS_PEER_PRESENT),
	BITS("STATUS", "peer_powered", STATUS_PEER_POWERED),
	BITS("STATUS", "peer_in_reset", STATUS_PEER_IN_RESET),
	BITS("STATUS", "peer_out", STATUS_PEER_OUT),
	BITS("STATUS", "self_out", STATUS_SELF_OUT),
	BITS("STATUS", "offer", STATUS_OFFER),
	BITS("STATUS", "peer_may_take", STATUS_PEER_MAY_TAKE),
	BITS("STATUS", "cause", STATUS_CAUSE),
	BITS("STATUS", "peer_going_down", STATUS_PEER_GOING_DOWN),
	BITS("STATUS", "peer_stuck", STATUS_PEER_STUCK),
	BITS("STATUS", "peer_shut_down", STATUS_PEER_SHUT_DOWN),
	BITS("STATUS", "fabric1_present", 1U << STATUS_FABRIC_SHIFT),
	BITS("STATUS", "fabric2_present", 2U << STATUS_FABRIC_SHIFT),
	BITS("STATUS", "peer_beat", STATUS_PEER_BEAT),
	BITS("STATUS", "peer_seq", STATUS_PEER_SEQ),
	WORDS("CMD_RESULT", "result", 0xff, result_words),
	BITS("CMD_RESULT", "owner", 0x3U << CMD_RESULT_OWNER_SHIFT),
	WORDS("PEER_DOWN_REASON", "reason", ~0U, down_words),
	BITS("FABRIC_ENABLE", "fabric1", 1),
	BITS("FABRIC_ENABLE", "fabric2", 2),
	BITS("FABRIC_PRESENT", "fabric1", 1),
	BITS("FABRIC_PRESENT", "fabric2", 2),
	BITS("CAUSE", "peer_going_down", CAUSE_PEER_GOING_DOWN),
	BITS("CAUSE", "peer_removed", CAUSE_PEER_REMOVED),
	BITS("CAUSE", "peer_power", CAUSE_PEER_POWER),
	BITS("CAUSE", "peer_reset", CAUSE_PEER_RESET),
	BITS("CAUSE", "peer_expired", CAUSE_PEER_EXPIRED),
	BITS("CAUSE", "peer_fenced", CAUSE_PEER_FENCED),
	BITS("CAUSE", "peer_inserted", CAUSE_PEER_INSERTED),
	BITS("CAUSE", "peer_joined", CAUSE_PEER_JOINED),
	BITS("CAUSE", "grant", CAUSE_GRANT),
	BITS("CAUSE", "offer", CAUSE_OFFER),
	BITS("CAUSE", "self_out", CAUSE_SELF_OUT),
	BITS("CAUSE", "frame", CAUSE_FRAME),
	BITS("CAUSE", "beat", CAUSE_BEAT),
	BITS("CAUSE", "button_shutdown", CAUSE_BUTTON_SHUTDOWN),
	BITS("CAUSE", "button_clear", CAUSE_BUTTON_CLEAR),
	BITS("CAUSE", "button_reset", CAUSE_BUTTON_RESET),
	BITS("CAUSE", "fabric", CAUSE_FABRIC),
	BITS("CAUSE", "module", CAUSE_IM),
	BITS("CAUSE", "peer_stuck", CAUSE_PEER_STUCK),
	WORDS("LED", "actv", 0xfU << LED_ACTV_SHIFT, led_words),
	WORDS("LED", "stby", 0xfU << LED_STBY_SHIFT, led_words),
	WORDS("LED", "dwn", 0xfU << LED_DWN_SHIFT, led_words),
	WORDS("LED", "fault", 0xfU << LED_FAULT_SHIFT, led_words),
	WORDS("NV_RESULT", "result", 0xff, result_words),
};

/* clang-format on */

struct reg {
	unsigned int offset;
	char name[24];
	uint32_t value[2];
	int words; /* 1, or 2: 64 bits */
};

/* "0x020 STATUS           0x0000010d 0x00000005" */
static bool parse(const char *line, struct reg *r)
{
	int n = sscanf(line, "0x%x %23s 0x%x 0x%x", &r->offset, r->name, &r->value[0],
		       &r->value[1]);

	r->words = n - 2;
	if (r->words == 1)
		r->value[1] = 0;
	return n >= 3;
}

static void show_field(struct out *o, const struct field *f, const struct reg *r)
{
	uint32_t value = (r->value[f->high] & f->mask) >> __builtin_ctz(f->mask);
	bool bit = !(f->mask & (f->mask - 1));

	if (f->count && value < f->count) {
		out_str(o, f->name, NULL, f->words[value]);
		out_text(o, " %s=%s", f->name, f->words[value]);
	} else if (bit) {
		out_flag(o, f->name, NULL, value);
		if (value)
			out_text(o, " %s", f->name);
	} else {
		out_num(o, f->name, NULL, value);
		out_text(o, " %s=%u", f->name, value);
	}
}

static void show(struct out *o, const struct reg *r)
{
	char hex[24];
	size_t i;

	out_open(o, NULL);
	out_str(o, "name", NULL, r->name);
	out_num(o, "offset", NULL, r->offset);
	out_num(o, "value", NULL, r->value[0] | (uint64_t)r->value[1] << 32);
	if (r->words == 2)
		snprintf(hex, sizeof(hex), "0x%08x%08x", r->value[1], r->value[0]);
	else
		snprintf(hex, sizeof(hex), "0x%08x", r->value[0]);
	out_text(o, "0x%03x %-16s %-18s", r->offset, r->name, hex);
	out_open(o, "fields");
	for (i = 0; i < ARRAY_SIZE(fields); i++)
		if (!strcmp(fields[i].reg, r->name))
			show_field(o, &fields[i], r);
	out_text(o, "\n");
	out_close(o);
	out_close(o);
}

static int run(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	struct out *o = &ctx->out;
	char *text, *rest, *line;
	struct reg r;
	int status = debugfs_read(ctx, "registers", &text);

	if (status)
		return status;
	out_text(o, "Backplane Controller Registers\n-----\n");
	out_flag(o, "ok", NULL, true);
	out_num(o, "instance", NULL, ctx->instance);
	out_list(o, "registers");
	rest = text;
	while ((line = strsep(&rest, "\n")))
		if (parse(line, &r))
			show(o, &r);
	out_close(o);
	free(text);
	return STATUS_DONE;
}

COMMAND(show_registers) = {
	.syntax = "show registers",
	.summary = "Displays this module's registers of the backplane controller, decoded.",
	.help = "Every register that is read without a side effect: offset, name, value, and what\n"
		"its bits mean. A 64-bit register is read in one piece. Needs root and debugfs.",
	.run = run,
};
