// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * redundancy active-management: which module is active after the next system
 * boot (S-086..S-099, C-12, C-13).
 */
#include <string.h>
#include "session.h"

static bool names_missing_module(const struct ctx *ctx)
{
	const char *reason = rd_reason(ctx->rd);

	return !strcmp(reason, "no-peer") || !strcmp(reason, "failed-selftest");
}

/* S-094; the other texts are the kernel's */
static int refused(struct ctx *ctx, int err, const char *word)
{
	char text[96];

	if (!names_missing_module(ctx))
		return session_fail(ctx, err);
	snprintf(text, sizeof(text), "The %s is not present or is in failed state.", word);
	return fail_with(ctx, STATUS_REFUSED, rd_reason(ctx->rd), text, 0, "%s", text);
}

static int run(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	struct rd_chassis c;
	unsigned int slot;
	bool stale;
	int err;

	err = rd_get_chassis(ctx->rd, ctx->instance, &c);
	if (err)
		return session_fail(ctx, err);
	if (!strcmp(args[0], "standby"))
		slot = 3 - (c.owner ? c.owner : c.own_slot);
	else
		slot = args[0][strlen(args[0]) - 1] - '0';
	err = rd_set_active(ctx->rd, ctx->instance, slot, session_requester());
	if (err)
		return refused(ctx, err, args[0]);
	stale = !c.redundancy && slot != c.owner;
	out_text(&ctx->out, "On the next system boot, the %s will become active.\n", args[0]);
	if (stale) /* S-071, S-096 */
		out_text(&ctx->out,
			 "Redundancy and Synchronization have been disabled, so it will\n"
			 "not have current configurations.\n");
	out_flag(&ctx->out, "ok", NULL, true);
	out_num(&ctx->out, "choice", NULL, slot);
	out_flag(&ctx->out, "stale_configuration", NULL, stale);
	return STATUS_DONE;
}

COMMAND(active) = {
	.syntax = "redundancy active-management <standby|management-module1|management-module2>",
	.summary = "Selects the module that is active after the next system boot.",
	.help = "The choice holds for one system boot. It does not take effect if the module has\n"
		"failed its selftest or is not there then.",
	.run = run,
};
