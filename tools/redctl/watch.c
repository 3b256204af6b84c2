// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * --watch: a show command again with every change of the driver's, and every so
 * many seconds if asked. Painted over itself on a terminal; elsewhere one after
 * the other, in JSON one document a line. Ctrl-C ends it: exit status 0.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "session.h"

#define LOOK_MS	  2000 /* without news: is the driver there, did a file change? */
#define POLL_MS	  500  /* the same of a command that is CMD_POLLED */
#define SETTLE_MS 50   /* changes that belong together are painted once */

struct watch {
	struct ctx *ctx;
	const struct command *cmd;
	const char *const *args;
	bool paint;  /* over the last one */
	bool driver; /* changes will be told */
	char *last;  /* what was printed last */
};

static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	stopped = 1;
}

/* @always: also when it reads as before. Return: enum status. */
static int show(struct watch *w, bool always)
{
	struct ctx *ctx = w->ctx;
	char *text = NULL;
	size_t len = 0;
	int status;

	out_free(&ctx->out);
	out_init(&ctx->out, open_memstream(&text, &len), ctx->opt.json ? OUT_JSON : OUT_TEXT);
	if (!ctx->out.file)
		abort();
	status = w->cmd->run(ctx, w->args);
	if (!ctx->failed)
		out_end(&ctx->out);
	fclose(ctx->out.file);
	ctx->out.file = stdout;
	if (always || status || !w->last || strcmp(w->last, text)) {
		if (w->paint)
			fputs("\033[H\033[2J", stdout);
		else if (w->last && !ctx->opt.json)
			putchar('\n');
		fwrite(text, 1, len, stdout);
	}
	free(w->last);
	w->last = text;
	if ((fflush(stdout) || ferror(stdout)) && !status)
		status = fail(ctx, STATUS_REFUSED, "output", "cannot write");
	return status;
}

/* Further changes in a moment. */
static void settle(struct ctx *ctx)
{
	long long until = now_ms() + SETTLE_MS;
	struct rd_change change;

	while (!stopped && session_poll(ctx, until, &change) > 0)
		;
}

/* Return: 1 something changed, 0 not within the time, or a negative errno. */
static int wait_for_news(struct watch *w, long long until)
{
	struct rd_change change;
	struct rd_chassis c;
	int n;

	if (!w->driver) {
		usleep(1000 * (until > now_ms() ? until - now_ms() : 0));
		return 0;
	}
	n = session_poll(w->ctx, until, &change);
	if (n > 0 && w->paint)
		settle(w->ctx);
	return n ? n : rd_get_chassis(w->ctx->rd, w->ctx->instance, &c);
}

static int follow(struct watch *w)
{
	long long due = -1, step, every = 1000LL * w->ctx->opt.watch_s;
	bool local = w->cmd->flags & CMD_LOCAL, always = true;
	int n = 1, status;

	while (!stopped) {
		if (n > 0 || always || local) {
			status = show(w, n > 0 || always);
			if (status)
				return status;
		}
		if (every && always)
			due = now_ms() + every;
		step = now_ms() + (w->cmd->flags & CMD_POLLED ? POLL_MS : LOOK_MS);
		n = wait_for_news(w, due >= 0 && due < step ? due : step);
		if (n == -EINTR)
			n = 0;
		if (n < 0 && !local)
			return session_fail(w->ctx, n);
		if (n < 0)
			w->driver = false;
		always = due >= 0 && now_ms() >= due;
	}
	return STATUS_DONE;
}

/* A command that needs no driver is watched without one too. */
static int connect(struct watch *w)
{
	struct ctx *ctx = w->ctx;
	bool local = w->cmd->flags & CMD_LOCAL;
	int status, err;

	ctx->quiet = local;
	status = session_open(ctx);
	ctx->quiet = false;
	err = status ? 0 : rd_subscribe(ctx->rd);
	w->driver = !status && !err;
	if (local) {
		ctx->failed = false;
		return STATUS_DONE;
	}
	return err ? session_fail(ctx, err) : status;
}

int watch_run(struct ctx *ctx, const struct command *cmd, const char *const args[ARGS_MAX])
{
	struct watch w = {
		.ctx = ctx,
		.cmd = cmd,
		.args = args,
		.paint = !ctx->opt.json && isatty(STDOUT_FILENO),
	};
	struct sigaction action = { .sa_handler = stop };
	int status;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	status = connect(&w);
	if (status == STATUS_DONE)
		status = follow(&w);
	session_close(ctx);
	free(w.last);
	ctx->failed = true; /* every document is out */
	return status;
}
