// SPDX-License-Identifier: GPL-2.0-or-later
/* The connection to one instance; see session.h. */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "session.h"

int session_fail(struct ctx *ctx, int err)
{
	const char *reason = rd_reason(ctx->rd), *text = rd_text(ctx->rd),
		   *colon = strstr(text, ": ");
	int status = STATUS_REFUSED;

	if (!reason[0])
		reason = "error";
	if (!strcmp(reason, "no-driver") || !strcmp(reason, "no-instance"))
		status = STATUS_NO_DRIVER;
	else if (!strcmp(reason, "several-instances"))
		status = STATUS_USAGE;
	/* the kernel's texts begin with the word, which is printed already */
	if (colon && strlen(reason) == (size_t)(colon - text) &&
	    !strncmp(text, reason, colon - text))
		text = colon + 2;
	return fail(ctx, status, reason, "%s", text[0] ? text : strerror(-err));
}

/* -d redundN */
static bool device_number(const char *name, int *number)
{
	unsigned long value;
	char *end;

	if (strncmp(name, "redund", 6) || name[6] < '0' || name[6] > '9')
		return false;
	errno = 0;
	value = strtoul(name + 6, &end, 10);
	*number = value;
	return !errno && !*end && value < 1u << 20;
}

static int list_instances(struct ctx *ctx, const struct rd_chassis *list, int n)
{
	char names[256] = "";
	size_t len = 0;
	int i;

	for (i = 0; i < n && len < sizeof(names); i++)
		len += snprintf(names + len, sizeof(names) - len, " redund%u", list[i].instance);
	return fail(ctx, STATUS_USAGE, "several-instances", "choose one by -d:%s", names);
}

static int choose(struct ctx *ctx)
{
	struct rd_chassis *list = NULL;
	int n, i, wanted = -1, status = STATUS_DONE;

	if (ctx->opt.device && !device_number(ctx->opt.device, &wanted))
		return fail(ctx, STATUS_USAGE, "usage", "-d %.40s: expected: redundN",
			    ctx->opt.device);
	n = rd_dump_chassis(ctx->rd, &list);
	if (n < 0)
		return session_fail(ctx, n);
	for (i = 0; i < n && wanted >= 0; i++)
		if (list[i].instance == (uint32_t)wanted)
			break;
	if (!n)
		status = fail(ctx, STATUS_NO_DRIVER, "no-instance",
			      "the driver has no backplane controller");
	else if (wanted >= 0 && i == n)
		status = fail(ctx, STATUS_NO_DRIVER, "no-instance", "there is no redund%d", wanted);
	else if (wanted < 0 && n > 1)
		status = list_instances(ctx, list, n);
	else
		ctx->instance = wanted < 0 ? (int)list[0].instance : wanted;
	free(list);
	return status;
}

int session_open(struct ctx *ctx)
{
	int err = rd_open(&ctx->rd);

	if (err == -ENOMEM)
		return fail(ctx, STATUS_REFUSED, "error", "out of memory");
	if (err)
		return session_fail(ctx, err);
	return choose(ctx);
}

void session_close(struct ctx *ctx)
{
	if (ctx->rd)
		rd_close(ctx->rd);
	ctx->rd = NULL;
}

/* An object the kernel does not know (an empty slot) is shown as absent. */
static int tolerate(struct ctx *ctx, int err)
{
	return err == -ENOENT && !strcmp(rd_reason(ctx->rd), "no-object") ? 0 : err;
}

/* Return: 1 when nothing changed while loading, 0 when something did. */
static int load_once(struct ctx *ctx, struct state *st)
{
	struct rd_chassis again;
	unsigned int i;
	int err;

	memset(st, 0, sizeof(*st));
	err = rd_get_chassis(ctx->rd, ctx->instance, &st->chassis);
	for (i = 0; i < RD_SLOTS && !err; i++) {
		err = tolerate(ctx, rd_get_mm(ctx->rd, ctx->instance, i + 1, &st->mm[i]));
		st->mm[i].slot = i + 1;
	}
	for (i = 0; i < RD_FABRICS && !err; i++) {
		err = tolerate(ctx, rd_get_fabric(ctx->rd, ctx->instance, i + 1, &st->fabric[i]));
		st->fabric[i].id = i + 1;
	}
	if (!err)
		err = rd_get_chassis(ctx->rd, ctx->instance, &again);
	return err ? err : again.change_seq == st->chassis.change_seq;
}

int session_load(struct ctx *ctx, struct state *st)
{
	int tries, n = 0;

	/* each object is a request of its own: take a set that belongs together */
	for (tries = 0; tries < 5 && !n; tries++)
		n = load_once(ctx, st);
	return n < 0 ? session_fail(ctx, n) : STATUS_DONE;
}

long long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

int session_poll(struct ctx *ctx, long long until_ms, struct rd_change *c)
{
	long long left;
	int n;

	for (;;) {
		left = until_ms < 0 ? -1 : until_ms - now_ms();
		if (until_ms >= 0 && left < 0)
			left = 0;
		n = rd_next_change(ctx->rd, (int)left, c);
		if (n < 0 || (n > 0 && c->instance == (uint32_t)ctx->instance))
			return n;
		if (until_ms >= 0 && now_ms() >= until_ms)
			return 0;
	}
}

/* A program that runs redctl says who asks: as much as the driver takes. */
static const char *said_requester(void)
{
	const char *name = getenv("REDCTL_REQUESTER");
	size_t i, len = name ? strlen(name) : 0;

	for (i = 0; i < len; i++)
		if (name[i] < ' ' || name[i] > '~')
			return NULL;
	return len && len <= 24 ? name : NULL;
}

const char *session_requester(void)
{
	static char text[25];
	const struct passwd *pw = getpwuid(getuid());

	if (said_requester())
		return said_requester();
	if (pw)
		snprintf(text, sizeof(text), "redctl %.17s", pw->pw_name);
	else
		snprintf(text, sizeof(text), "redctl uid %u", (unsigned int)getuid());
	return text;
}

const char *session_origin(const struct ctx *ctx)
{
	return ctx->console ? "CONSOLE session" : "redctl";
}
