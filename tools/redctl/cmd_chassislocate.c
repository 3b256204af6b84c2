// SPDX-License-Identifier: GPL-2.0-or-later
/* chassislocate: the LED by which a person finds the chassis (S-216). */
#include <string.h>
#include "session.h"

static int run(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	bool on = !strcmp(args[0], "on");
	int err = rd_set_locate(ctx->rd, ctx->instance, on, session_requester());

	if (err)
		return session_fail(ctx, err);
	out_flag(&ctx->out, "ok", NULL, true);
	out_flag(&ctx->out, "locate", NULL, on);
	return STATUS_DONE;
}

COMMAND(chassislocate) = {
	.syntax = "chassislocate <on|off>",
	.summary = "Lights the locate LED of the chassis, or puts it out.",
	.help = "The LED does not remain lit across a switchover or a boot.",
	.run = run,
};
