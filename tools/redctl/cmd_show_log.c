// SPDX-License-Identifier: GPL-2.0-or-later
/* show log, show logging: the event log (S-250..S-258, C-07, C-20). */
#include <stdlib.h>
#include <time.h>
#include "objects.h"
#include "session.h"

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

/* I 01/26/14 17:36:19 00260 system: Mgmt Module 2 Active */
static void show_line(struct out *o, const struct rd_event *e)
{
	char when[32] = "", number[12] = "", subsystem[16], text[200];
	time_t t = e->time_s;
	struct tm tm;

	if (localtime_r(&t, &tm))
		strftime(when, sizeof(when), "%m/%d/%y %H:%M:%S", &tm);
	if (e->number)
		snprintf(number, sizeof(number), "%05u ", e->number);
	out_text(o, "%c %s %s%s: %s\n", severity_letter(e->severity), when, number,
		 out_clean(subsystem, sizeof(subsystem), e->subsystem),
		 out_clean(text, sizeof(text), e->text));
}

static int run(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	bool reverse = ctx->opt.given & OPT_REVERSE;
	struct out *o = &ctx->out;
	struct rd_event *list = NULL;
	int n, i;

	n = rd_dump_event(ctx->rd, ctx->instance, 0, &list);
	if (n < 0)
		return session_fail(ctx, n);
	out_text(o, "Keys:   W=Warning   I=Information\n        M=Major     D=Debug\n");
	out_text(o, "----  Event Log listing: Events Since Boot  ----\n");
	out_flag(o, "ok", NULL, true);
	out_num(o, "instance", NULL, ctx->instance);
	out_list(o, "events");
	for (i = 0; i < n; i++) {
		const struct rd_event *e = &list[reverse ? n - 1 - i : i];

		if (o->style == OUT_TEXT) {
			show_line(o, e);
			continue;
		}
		out_open(o, NULL);
		out_event(o, e);
		out_close(o);
	}
	out_close(o);
	out_text(o, "----  Bottom of Log : Events Listed = %d  ----\n", n);
	free(list);
	return STATUS_DONE;
}

COMMAND(show_log) = {
	.syntax = "show log|logging",
	.summary = "Displays the event log; -r: most recent first.",
	.help = "A line is severity, date, time, number, subsystem and text.",
	.options = OPT_REVERSE,
	.run = run,
};
