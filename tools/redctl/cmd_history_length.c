// SPDX-License-Identifier: GPL-2.0-or-later
/* redundancy history-length: how many role changes are kept. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "session.h"

/* The limit is the driver's; here only: a number. */
static bool number(const char *text, uint32_t *value)
{
	unsigned long v;
	char *end;

	errno = 0;
	v = strtoul(text, &end, 10);
	if (errno || *end || text[0] < '0' || text[0] > '9' || v > UINT32_MAX)
		return false;
	*value = v;
	return true;
}

static int refused(struct ctx *ctx, int err)
{
	struct rd_chassis c;

	if (strcmp(rd_reason(ctx->rd), "invalid") || rd_get_chassis(ctx->rd, ctx->instance, &c))
		return session_fail(ctx, err);
	return fail(ctx, STATUS_REFUSED, "invalid", "the length is 1 to %u", c.history_max);
}

static int run(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	uint32_t length;
	int err;

	if (!number(args[0], &length))
		return fail(ctx, STATUS_USAGE, "usage", "length `%.40s'; expected: a number",
			    args[0]);
	err = rd_set_history_length(ctx->rd, ctx->instance, length, session_requester());
	if (err)
		return refused(ctx, err);
	out_flag(&ctx->out, "ok", NULL, true);
	out_num(&ctx->out, "history_length", NULL, length);
	return STATUS_DONE;
}

COMMAND(history_length) = {
	.syntax = "redundancy history-length <N>",
	.summary = "Sets how many role changes are kept for show history.",
	.help = "1 to 16, as many as chassis memory has room for, the default. The oldest beyond\n"
		"that are forgotten at once. Kept over power cycles.",
	.run = run,
};
