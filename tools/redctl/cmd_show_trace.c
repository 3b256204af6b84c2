// SPDX-License-Identifier: GPL-2.0-or-later
/* show trace: the last steps of the state machine, and what it saw of the other's. */
#include <stdlib.h>
#include <string.h>
#include "debugfs.h"

/* The words of one line, NAME=VALUE each; see kernel/debugfs_trace.c. */
struct step {
	const char *id, *clock, *event, *detail, *cause, *from, *to, *peer, *owner, *epoch,
		*handover, *not_ready, *actions;
};

static void take(struct step *t, char *word)
{
	const struct {
		const char *name;
		const char **to;
	} names[] = {
		{ "id", &t->id },
		{ "clock", &t->clock },
		{ "event", &t->event },
		{ "detail", &t->detail },
		{ "cause", &t->cause },
		{ "from", &t->from },
		{ "to", &t->to },
		{ "peer", &t->peer },
		{ "owner", &t->owner },
		{ "epoch", &t->epoch },
		{ "handover", &t->handover },
		{ "not-ready", &t->not_ready },
		{ "actions", &t->actions },
	};
	char *value = strchr(word, '=');
	size_t i;

	if (!value)
		return;
	*value++ = '\0';
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(names[i].name, word))
			*names[i].to = value;
}

/* What the line does not have reads as "-". */
static void parse(struct step *t, char *line)
{
	char *word;

	*t = (struct step){ "0", "0", "-", "-", "-", "-", "-", "-", "0", "0", "-", "0", "-" };
	while ((word = strsep(&line, " ")))
		take(t, word);
}

static bool has(const char *value)
{
	return strcmp(value, "-");
}

static void show_text(struct out *o, const struct step *t)
{
	unsigned long long us = strtoull(t->clock, NULL, 10);
	bool moved = strcmp(t->from, t->to);

	out_text(o, "%-5s %6llu.%06llu %s%s%s  my state %s%s%s, peer %s, owner %s, epoch %s\n",
		 t->id, us / 1000000, us % 1000000, t->event, has(t->detail) ? " " : "",
		 has(t->detail) ? t->detail : "", t->from, moved ? " -> " : "", moved ? t->to : "",
		 t->peer, t->owner, t->epoch);
	if (has(t->cause))
		out_text(o, "      told: %s\n", t->cause);
	if (has(t->actions))
		out_text(o, "      then: %s\n", t->actions);
}

static void out_words(struct out *o, const char *key, const char *words)
{
	char *copy = has(words) ? strdup(words) : NULL, *rest = copy, *word;

	out_list(o, key);
	while ((word = strsep(&rest, ",")))
		out_str(o, NULL, NULL, word);
	out_close(o);
	free(copy);
}

static void show_json(struct out *o, const struct step *t)
{
	out_open(o, NULL);
	out_num(o, "id", NULL, strtoull(t->id, NULL, 10));
	out_num(o, "clock_us", NULL, strtoull(t->clock, NULL, 10));
	out_str(o, "event", NULL, t->event);
	out_str(o, "detail", NULL, has(t->detail) ? t->detail : NULL);
	out_words(o, "causes", t->cause);
	out_str(o, "from", NULL, t->from);
	out_str(o, "to", NULL, t->to);
	out_str(o, "peer", NULL, t->peer);
	out_num(o, "owner", NULL, strtoull(t->owner, NULL, 10));
	out_num(o, "epoch", NULL, strtoull(t->epoch, NULL, 10));
	out_str(o, "handover", NULL, t->handover);
	out_num(o, "not_ready_bits", NULL, strtoull(t->not_ready, NULL, 0));
	out_words(o, "actions", t->actions);
	out_close(o);
}

static int run(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	struct out *o = &ctx->out;
	char *text, *rest, *line;
	struct step t;
	int status = debugfs_read(ctx, "trace", &text);

	if (status)
		return status;
	out_text(o, "State Trace (most recent last)\n-----\n");
	out_flag(o, "ok", NULL, true);
	out_num(o, "instance", NULL, ctx->instance);
	out_list(o, "trace");
	rest = text;
	while ((line = strsep(&rest, "\n"))) {
		if (!*line)
			continue;
		parse(&t, line);
		if (o->style == OUT_TEXT)
			show_text(o, &t);
		else
			show_json(o, &t);
	}
	out_close(o);
	free(text);
	return STATUS_DONE;
}

COMMAND(show_trace) = {
	.syntax = "show trace",
	.summary = "Displays the last steps of this module's state machine.",
	.help = "A step that changed something: its number, the chassis clock in seconds, what\n"
		"came up, this module's state before and after it, the other module's state and\n"
		"the grant as they were seen, what the controller told, and what the step led\n"
		"to. The last 96 of this start of the driver are kept. Needs root and debugfs.",
	.run = run,
};
