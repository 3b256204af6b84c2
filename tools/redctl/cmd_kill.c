// SPDX-License-Identifier: GPL-2.0-or-later
/* show sessions, kill: the interactive sessions of this module (S-228). */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include "objects.h"
#include "sessions.h"

static void out_session(struct out *o, const struct session_entry *e)
{
	char user[32], tty[32], when[32];

	if (o->style == OUT_TEXT) {
		out_text(o, "%-8d %-16s %-20s %s%s\n", (int)e->pid,
			 out_clean(user, sizeof(user), e->user),
			 out_clean(tty, sizeof(tty), e->tty), wall_text(when, e->since_s),
			 e->own ? "  (this one)" : "");
		return;
	}
	out_open(o, NULL);
	out_num(o, "session", NULL, e->pid);
	out_str(o, "user", NULL, e->user);
	out_str(o, "terminal", NULL, e->tty);
	out_num(o, "since_s", NULL, e->since_s);
	out_flag(o, "own", NULL, e->own);
	out_close(o);
}

static int run_show(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	struct session_entry list[SESSIONS_MAX];
	unsigned int n = sessions_list(list), i;
	struct out *o = &ctx->out;

	out_text(o, "Session  User             Terminal             Since\n-----\n");
	out_flag(o, "ok", NULL, true);
	out_list(o, "sessions");
	for (i = 0; i < n; i++)
		out_session(o, &list[i]);
	out_close(o);
	return STATUS_DONE;
}

static int kill_one(struct ctx *ctx, const struct session_entry *e)
{
	struct out *o = &ctx->out;

	/* gone meanwhile: as wanted */
	if (kill(e->pid, SIGHUP) && errno != ESRCH)
		return fail(ctx, STATUS_REFUSED, errno == EPERM ? "permission" : "error",
			    "session %d: %s", (int)e->pid, strerror(errno));
	out_text(o, "Session %d was ended.\n", (int)e->pid);
	out_num(o, NULL, NULL, e->pid);
	return STATUS_DONE;
}

static int run_kill(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	struct session_entry list[SESSIONS_MAX];
	unsigned int n = sessions_list(list), i, found = 0;
	int status = STATUS_DONE;
	unsigned long wanted = 0;
	char *end;

	if (args[0]) {
		wanted = strtoul(args[0], &end, 10);
		if (*end || !wanted || args[0][0] == '-')
			return fail(ctx, STATUS_USAGE, "usage",
				    "`%.40s' is no session; see `show sessions'", args[0]);
	}
	out_flag(&ctx->out, "ok", NULL, true);
	out_list(&ctx->out, "killed");
	for (i = 0; i < n && !status; i++) {
		if (wanted ? (unsigned long)list[i].pid != wanted : list[i].own)
			continue;
		found++;
		status = kill_one(ctx, &list[i]);
	}
	if (status)
		return status;
	out_close(&ctx->out);
	if (wanted && !found)
		return fail(ctx, STATUS_REFUSED, "no-session", "there is no session %lu", wanted);
	return STATUS_DONE;
}

COMMAND(show_sessions) = {
	.syntax = "show sessions",
	.summary = "Displays the console sessions of this management module.",
	.help = "The number of a session is what `kill' takes.",
	.flags = CMD_LOCAL,
	.run = run_show,
};

COMMAND(kill) = {
	.syntax = "kill [SESSION]",
	.summary = "Ends a console session of this management module, or all but this one.",
	.help = "SESSION is a number of `show sessions'. The console of the standby module is\n"
		"never ended.",
	.flags = CMD_LOCAL,
	.run = run_kill,
};
