// SPDX-License-Identifier: GPL-2.0-or-later
/* show log, show logging: the event log (S-250..S-259, C-07, C-20). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "loglist.h"
#include "objects.h"
#include "session.h"

/* Which lines are listed, and how. */
struct listing {
	bool all;	  /* of all boots and modules: lines say of which */
	int severity;	  /* this and above, -1: every */
	const char *text; /* in the line, NULL: any */
	unsigned int listed;
};

static char severity_letter(unsigned int severity)
{
	static const char letters[] = {
		[REDUND_SEVERITY_DEBUG] = 'D',
		[REDUND_SEVERITY_INFORMATION] = 'I',
		[REDUND_SEVERITY_WARNING] = 'W',
		[REDUND_SEVERITY_MAJOR] = 'M',
	};

	return severity < sizeof(letters) ? letters[severity] : '?';
}

static const char *date(char buf[32], uint64_t time_s)
{
	time_t t = time_s;
	struct tm tm;

	buf[0] = '\0';
	if (localtime_r(&t, &tm))
		strftime(buf, 32, "%m/%d/%y %H:%M:%S", &tm);
	return buf;
}

/* What follows date and time: 00260 system: Mgmt Module 2 Active */
static void message(char *buf, size_t size, const struct rd_event *e)
{
	char number[12] = "", subsystem[16], text[200];

	if (e->number)
		snprintf(number, sizeof(number), "%05u ", e->number);
	snprintf(buf, size, "%s%s: %s", number,
		 out_clean(subsystem, sizeof(subsystem), e->subsystem),
		 out_clean(text, sizeof(text), e->text));
}

static bool wanted(const struct listing *l, const struct log_line *line)
{
	char text[256];

	if (line->kind != LOG_EVENT)
		return l->severity < 0 && !l->text;
	if (l->severity >= 0 && line->event.severity < (uint32_t)l->severity)
		return false;
	message(text, sizeof(text), &line->event);
	return !l->text || strcasestr(text, l->text);
}

/* I 01/26/14 17:36:19 00260 system: Mgmt Module 2 Active */
static void show_line(struct out *o, const struct listing *l, const struct log_line *line)
{
	char text[256], when[32], module[8] = "";

	if (line->kind == LOG_BOOT) {
		out_text(o, "----  Mgmt Module %u, boot %u: %s  ----\n", line->mm, line->boot,
			 date(when, line->time_s));
		return;
	}
	if (line->kind == LOG_LOST) {
		out_text(o, "----  Mgmt Module %u: %llu events are missing  ----\n", line->mm,
			 (unsigned long long)line->lost);
		return;
	}
	if (l->all)
		snprintf(module, sizeof(module), "MM%u ", line->mm);
	message(text, sizeof(text), &line->event);
	out_text(o, "%c %s %s%s\n", severity_letter(line->event.severity),
		 date(when, line->event.time_s), module, text);
}

static void out_line(struct out *o, const struct listing *l, const struct log_line *line)
{
	if (o->style == OUT_TEXT) {
		show_line(o, l, line);
		return;
	}
	if (line->kind != LOG_EVENT)
		return;
	out_open(o, NULL);
	out_event(o, &line->event);
	if (l->all) {
		out_num(o, "module", NULL, line->mm);
		out_num(o, "boot", NULL, line->boot);
	}
	out_close(o);
}

static void show(struct ctx *ctx, struct listing *l, const struct loglist *list)
{
	bool reverse = ctx->opt.given & OPT_REVERSE;
	struct out *o = &ctx->out;
	size_t i;

	out_flag(o, "ok", NULL, true);
	out_num(o, "instance", NULL, ctx->instance);
	out_list(o, "events");
	for (i = 0; i < list->n; i++) {
		const struct log_line *line = &list->lines[reverse ? list->n - 1 - i : i];

		if (!wanted(l, line))
			continue;
		l->listed += line->kind == LOG_EVENT;
		out_line(o, l, line);
	}
	out_close(o);
}

static int list_log(struct ctx *ctx, uint32_t boot)
{
	struct listing l = { .all = boot || ctx->opt.given & OPT_ALL, .severity = -1 };
	struct out *o = &ctx->out;
	struct loglist list;
	struct rd_chassis c;
	int status, err;

	if (ctx->opt.given & OPT_SEVERITY)
		l.severity = rd_value(RD_SEVERITY, ctx->opt.severity);
	if (ctx->opt.given & OPT_SEVERITY && l.severity < 0)
		return fail(ctx, STATUS_USAGE, "usage",
			    "--severity: expected: debug, information, warning, major");
	if (ctx->opt.given & OPT_MATCH)
		l.text = ctx->opt.match;
	err = rd_get_chassis(ctx->rd, ctx->instance, &c);
	if (err)
		return session_fail(ctx, err);
	status = loglist_load(ctx, l.all, &list);
	if (!status && boot && !loglist_boot(&list, c.own_slot, boot))
		status = fail(ctx, STATUS_REFUSED, "no-boot", "the log has no boot %u", boot);
	if (!status) {
		out_text(o, "Keys:   W=Warning   I=Information\n        M=Major     D=Debug\n");
		if (boot)
			out_text(o, "----  Event Log listing: Boot %u  ----\n", boot);
		else
			out_text(o, "----  Event Log listing: %s  ----\n",
				 l.all ? "All Events Recorded" : "Events Since Boot");
		show(ctx, &l, &list);
		out_text(o, "----  Bottom of Log : Events Listed = %u  ----\n", l.listed);
	}
	loglist_free(&list);
	return status;
}

static int run(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	return list_log(ctx, 0);
}

static int run_boot(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	unsigned long boot;
	char *end;

	errno = 0;
	boot = strtoul(args[0], &end, 10);
	if (errno || *end || args[0][0] == '-' || !boot || boot > UINT32_MAX)
		return fail(ctx, STATUS_USAGE, "usage", "boot: expected: a number that -a shows");
	return list_log(ctx, boot);
}

COMMAND(show_log) = {
	.syntax = "show log|logging",
	.summary = "Displays the event log since boot; -r: most recent first.",
	.help = "A line is severity, date, time, number, subsystem and text. -a lists what is\n"
		"recorded of earlier boots and of the other management module too; each line\n"
		"then says which module logged it. --severity WORD lists that severity and those\n"
		"above it (debug, information, warning, major), --match TEXT the lines that\n"
		"hold the text, in upper or lower case. `explain' says what a line means.",
	.options = OPT_REVERSE | OPT_ALL | OPT_SEVERITY | OPT_MATCH,
	.run = run,
};

COMMAND(show_log_boot) = {
	.syntax = "show log|logging boot <N>",
	.summary = "Displays the event log of an earlier boot of this management module.",
	.help = "N is the number that `show log -a' prints where a boot begins.",
	.options = OPT_REVERSE | OPT_SEVERITY | OPT_MATCH,
	.run = run_boot,
};
