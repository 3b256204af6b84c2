// SPDX-License-Identifier: GPL-2.0-or-later
/* reload, now or later (S-207 to S-213). */
#include <string.h>
#include <time.h>
#include "boot.h"
#include "schedule.h"

static int run_now(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	return boot_module(ctx, REDUND_REBOOT_KIND_RELOAD);
}

COMMAND(reload) = {
	.syntax = "reload",
	.summary = "Reloads this management module without its power-on selftest.",
	.help = "As boot, but a warm start: boot ROM and driver skip their selftests. Offers to\n"
		"save the running configuration when it differs from the stored one, then asks.\n"
		"-y answers yes to both. --check changes nothing: it says whether a switchover\n"
		"would be caused, and why not.",
	.options = OPT_YES | OPT_CHECK | OPT_TIMEOUT,
	.run = run_now,
};

static void tell(struct ctx *ctx, const char *what, const struct schedule *s)
{
	char text[64];
	struct tm tm;

	localtime_r(&s->at, &tm);
	strftime(text, sizeof(text), "%H:%M:%S %m/%d/%Y", &tm);
	out_text(&ctx->out, "%s %s.\n", what, text);
	out_num(&ctx->out, "at", NULL, s->at);
	out_str(&ctx->out, "requester", NULL, s->requester);
}

static int schedule(struct ctx *ctx, struct schedule *s)
{
	struct rd_chassis c;
	int err = rd_get_chassis(ctx->rd, ctx->instance, &c);

	if (err)
		return session_fail(ctx, err);
	if (c.owner != c.own_slot)
		return fail(ctx, STATUS_REFUSED, "not-active",
			    "This management module is not the active one.");
	snprintf(s->requester, sizeof(s->requester), "%s", session_requester());
	snprintf(s->origin, sizeof(s->origin), "%s", session_origin(ctx));
	err = schedule_start(s, ctx);
	if (err)
		return fail(ctx, STATUS_REFUSED, "schedule", "%s", strerror(-err));
	out_flag(&ctx->out, "ok", NULL, true);
	tell(ctx, "Reload scheduled at", s);
	return STATUS_DONE;
}

static int run_at(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	struct schedule s = { 0 };
	char why[SCHEDULE_WHY_MAX];

	if (!schedule_at(&s, args[0], args[1], time(NULL), why))
		return fail(ctx, STATUS_USAGE, "usage", "%s", why);
	return schedule(ctx, &s);
}

COMMAND(reload_at) = {
	.syntax = "reload at <TIME> [DATE]",
	.summary = "Reloads this management module at a time of the day.",
	.help = "TIME is HH:MM or HH:MM:SS, DATE is MM/DD or MM/DD/YY; without a date the next\n"
		"such time. Asks nothing, now or then: what is not saved by then is lost. The\n"
		"reload outlives the session; it takes the place of one scheduled before.",
	.run = run_at,
};

static int run_after(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	struct schedule s = { 0 };
	char why[SCHEDULE_WHY_MAX];

	if (!schedule_after(&s, args[0], time(NULL), why))
		return fail(ctx, STATUS_USAGE, "usage", "%s", why);
	return schedule(ctx, &s);
}

COMMAND(reload_after) = {
	.syntax = "reload after <DELAY>",
	.summary = "Reloads this management module after a delay.",
	.help = "DELAY is MM, HH:MM or DD:HH:MM: minutes, hours, days. Asks nothing, as reload at.",
	.run = run_after,
};

static int run_no(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	if (!schedule_cancel())
		return fail(ctx, STATUS_REFUSED, "not-scheduled", "no reload is scheduled");
	out_text(&ctx->out, "The scheduled reload is cancelled.\n");
	out_flag(&ctx->out, "ok", NULL, true);
	return STATUS_DONE;
}

COMMAND(no_reload) = {
	.syntax = "no reload",
	.summary = "Cancels a scheduled reload.",
	.help = "Of this management module.",
	.flags = CMD_LOCAL,
	.run = run_no,
};

static int run_show(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	struct schedule s;
	bool found = schedule_find(&s);

	out_flag(&ctx->out, "ok", NULL, true);
	out_flag(&ctx->out, "scheduled", NULL, found);
	if (found)
		tell(ctx, "Reload scheduled at", &s);
	else
		out_text(&ctx->out, "No reload is scheduled.\n");
	return STATUS_DONE;
}

COMMAND(show_reload) = {
	.syntax = "show reload",
	.summary = "Shows when a reload is scheduled.",
	.help = "Of this management module.",
	.flags = CMD_LOCAL,
	.run = run_show,
};
