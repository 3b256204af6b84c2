// SPDX-License-Identifier: GPL-2.0-or-later
/* wait role, wait ready: until a module has a role, or the standby is ready. */
#include <errno.h>
#include "names.h"
#include "session.h"

#define TIMEOUT_S 60

/* What is waited for; looks at the modules and says whether it is so now. */
struct goal {
	unsigned int slot; /* wait role: whose; wait ready: the standby found */
	int role;	   /* wait role */
	struct rd_mm mm[RD_SLOTS];
	bool (*reached)(struct goal *g);
};

static bool role_reached(struct goal *g)
{
	return g->mm[g->slot - 1].role == (uint32_t)g->role;
}

/* One is active, and the other a standby that can take over now. */
static bool ready_reached(struct goal *g)
{
	unsigned int i;

	g->slot = 0;
	for (i = 0; i < RD_SLOTS; i++)
		if (g->mm[i].role == REDUND_ROLE_ACTIVE)
			g->slot = 2 - i;
	return g->slot && g->mm[g->slot - 1].role == REDUND_ROLE_STANDBY &&
	       !g->mm[g->slot - 1].not_ready;
}

static int look(struct ctx *ctx, struct goal *g)
{
	struct state st;
	int status = session_load(ctx, &st);

	g->mm[0] = st.mm[0];
	g->mm[1] = st.mm[1];
	return status;
}

static int give_up(struct ctx *ctx, const struct goal *g)
{
	const struct rd_mm *m = &g->mm[g->slot ? g->slot - 1 : 0];

	if (!g->slot)
		return fail(ctx, STATUS_TIME_OUT, "time-out", "no management module is active");
	return fail_with(ctx, STATUS_TIME_OUT, "time-out", NULL, g->role < 0 ? m->not_ready : 0,
			 "management module %u is %s", g->slot, rd_name(RD_ROLE, m->role));
}

static int wait_for(struct ctx *ctx, struct goal *g)
{
	long long start = now_ms(), until, step;
	struct rd_change change;
	int err, status;

	until = start + 1000LL * (ctx->opt.given & OPT_TIMEOUT ? ctx->opt.timeout_s : TIMEOUT_S);
	err = rd_subscribe(ctx->rd);
	if (err)
		return session_fail(ctx, err);
	for (;;) {
		status = look(ctx, g);
		if (status)
			return status;
		if (g->reached(g))
			break;
		if (now_ms() >= until)
			return give_up(ctx, g);
		step = now_ms() + 1000;
		err = session_poll(ctx, step < until ? step : until, &change);
		if (err < 0 && err != -EINTR)
			return session_fail(ctx, err);
	}
	out_flag(&ctx->out, "ok", NULL, true);
	out_num(&ctx->out, "slot", NULL, g->slot);
	out_str(&ctx->out, "role", NULL, rd_name(RD_ROLE, g->mm[g->slot - 1].role));
	out_num(&ctx->out, "waited_ms", NULL, now_ms() - start);
	return STATUS_DONE;
}

static int run_role(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	struct goal g = {
		.slot = args[0][0] - '0',
		.role = rd_value(RD_ROLE, args[1]),
		.reached = role_reached,
	};

	return wait_for(ctx, &g);
}

static int run_ready(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	struct goal g = { .role = -1, .reached = ready_reached };

	return wait_for(ctx, &g);
}

COMMAND(wait_role) = {
	.syntax =
		"wait role <1|2> <absent|booting|failed|election|syncing|standby|taking-over|active|offline|down>",
	.summary = "Waits until a management module has a role.",
	.help = "Ends at once when it has. Gives up after --timeout seconds (60): exit status 4.",
	.options = OPT_TIMEOUT,
	.run = run_role,
};

COMMAND(wait_ready) = {
	.syntax = "wait ready",
	.summary = "Waits until one module is active and the other can take over.",
	.help = "Gives up after --timeout seconds (60): exit status 4, and the reasons why the\n"
		"standby is not ready.",
	.options = OPT_TIMEOUT,
	.run = run_ready,
};
