// SPDX-License-Identifier: GPL-2.0-or-later
/* redundancy fabric-module: enable and disable (S-102..S-107, C-40). */
#include <string.h>
#include "objects.h"
#include "session.h"

static const char both_disabled[] = "Both fabric modules cannot be disabled at the same time.";

static int run(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	unsigned int id = args[0][0] - '0';
	bool on = !strcmp(args[1], "enable");
	int err;

	err = rd_set_fabric(ctx->rd, ctx->instance, id, on, session_requester());
	if (err && !strcmp(rd_reason(ctx->rd), "last-fabric"))
		return fail_with(ctx, STATUS_REFUSED, "last-fabric", both_disabled, 0, "%s",
				 both_disabled);
	if (err)
		return session_fail(ctx, err);
	out_flag(&ctx->out, "ok", NULL, true);
	out_num(&ctx->out, "id", NULL, id);
	out_flag(&ctx->out, "enabled", NULL, on);
	return STATUS_DONE;
}

COMMAND(fabric) = {
	.syntax = "redundancy fabric-module <1|2> <enable|disable>",
	.summary = "Enables or disables a fabric module; one must stay enabled.",
	.help = "Allowed for a module that is not present. Default: both are enabled.\n"
		"Disabling one reduces the switching capacity.",
	.run = run,
};
