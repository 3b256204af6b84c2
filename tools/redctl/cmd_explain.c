// SPDX-License-Identifier: GPL-2.0-or-later
/* explain: what a log message means, why it came, what to do. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "events.h"
#include "redctl.h"

#define WIDTH  79
#define INDENT 23

/* "Label :" and a text, its lines broken between words. */
static void show_text(struct out *o, const char *label, const char *text)
{
	size_t room = WIDTH - INDENT, n;

	out_text(o, "  %-*s : ", INDENT - 5, label);
	while (strlen(text) > room) {
		for (n = room; n && text[n] != ' '; n--)
			;
		if (!n)
			n = room;
		out_text(o, "%.*s\n%*s", (int)n, text, INDENT, "");
		text += n + (text[n] == ' ');
	}
	out_text(o, "%s\n", text);
}

static void show_event(struct out *o, const struct event_doc *e)
{
	char number[16] = "none";

	if (e->number)
		snprintf(number, sizeof(number), "%05u", e->number);
	out_text(o, "%s\n-----\n", e->name);
	if (e->event)
		out_text(o, "  %-*s : %u\n", INDENT - 5, "Event", e->event);
	show_text(o, "Log Number", number);
	show_text(o, "Severity", rd_name(RD_SEVERITY, e->severity));
	out_text(o, "  %-*s : %s: %s\n", INDENT - 5, "Message", e->subsystem, e->text);
	show_text(o, "Meaning", e->meaning);
	show_text(o, "Probable Cause", e->cause);
	show_text(o, "Recommended Action", e->action);
}

static void out_doc(struct out *o, const struct event_doc *e)
{
	out_open(o, NULL);
	out_num(o, "event", NULL, e->event);
	out_num(o, "number", NULL, e->number);
	out_str(o, "name", NULL, e->name);
	out_str(o, "severity", NULL, rd_name(RD_SEVERITY, e->severity));
	out_str(o, "subsystem", NULL, e->subsystem);
	out_str(o, "text", NULL, e->text);
	out_str(o, "meaning", NULL, e->meaning);
	out_str(o, "probable_cause", NULL, e->cause);
	out_str(o, "recommended_action", NULL, e->action);
	out_close(o);
}

static void show_row(struct out *o, const struct event_doc *e)
{
	char event[12] = "", number[12] = "";

	if (e->event)
		snprintf(event, sizeof(event), "%u", e->event);
	if (e->number)
		snprintf(number, sizeof(number), "%05u", e->number);
	out_text(o, "%-3s %-6s %-11s %-30s %s\n", event, number, rd_name(RD_SEVERITY, e->severity),
		 e->name, e->text);
}

/* 1 to 25, a log number, or a name. */
static bool is_meant(const struct event_doc *e, const char *word)
{
	unsigned long value;
	char *end;

	if (!isdigit((unsigned char)word[0]))
		return !strcasecmp(word, e->name);
	value = strtoul(word, &end, 10);
	return !*end && value && (value == e->event || value == e->number);
}

static int run(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	struct out *o = &ctx->out;
	const struct event_doc *e;
	unsigned int found = 0;

	out_flag(o, "ok", NULL, true);
	out_list(o, "events");
	if (!args[0])
		out_text(o, "#   Number Severity    %-30s Message\n-----\n", "Name");
	for (e = event_docs; e < event_docs + event_docs_count; e++) {
		if (args[0] && !is_meant(e, args[0]))
			continue;
		found++;
		if (o->style != OUT_TEXT)
			out_doc(o, e);
		else if (args[0])
			show_event(o, e);
		else
			show_row(o, e);
	}
	out_close(o);
	if (!found)
		return fail(ctx, STATUS_USAGE, "no-event",
			    "there is no event `%.60s'; `explain' lists them", args[0]);
	return STATUS_DONE;
}

COMMAND(explain) = {
	.syntax = "explain [EVENT]",
	.summary = "Explains a log message: meaning, probable cause, recommended action.",
	.help = "EVENT is the number of the event (1 to 25), the five digits that the log prints,\n"
		"the RMON name, or the word that a message of the driver begins with. Without\n"
		"it all of them are listed.",
	.flags = CMD_LOCAL,
	.run = run,
};
