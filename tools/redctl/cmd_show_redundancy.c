// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * show redundancy [detail], and showredund: status of the management and
 * fabric modules (S-033..S-053). Layout: C-28; words: C-03, C-08, C-09, C-26.
 */
#include "objects.h"
#include "session.h"
#include "sync.h"

static const char mismatch_warning[] = /* S-048 */
	"Warning: Standby module is running a different software version and may be using\n"
	"a different configuration file. Configuration changes on active management\n"
	"module may not take effect on a failover.\n";

static void show_settings(struct out *o, const struct rd_chassis *c)
{
	char when[32];

	out_text(o, "Settings\n-----\n");
	out_text(o, "  Mgmt Redundancy : %s\n\n", c->redundancy ? "enabled" : "disabled");
	out_text(o, "Statistics\n-----\n");
	out_text(o, "  Failovers      : %u\n", c->failovers);
	out_text(o, "  Last Failover  : %s\n\n",
		 wall_text(when, c->failovers ? c->last_failover_s : 0));
}

static void show_mm(struct out *o, const struct rd_mm *m)
{
	char text[65];

	if (m->role == REDUND_ROLE_ABSENT)
		return;
	out_text(o, "%-4u ", m->slot);
	out_text(o, "%-40s ", out_clean(text, sizeof(text), m->description));
	out_text(o, "%-8s ", role_status(m->role));
	out_text(o, "%-12s ", out_clean(text, sizeof(text), m->sw_version));
	out_text(o, "%-10s\n", image_status(m->boot_image));
}

static void show_fabric(struct out *o, const struct rd_fabric *f)
{
	char text[65];

	out_text(o, "%-4u %-40s %-8s\n", f->id,
		 f->present ? out_clean(text, sizeof(text), f->description) : "(not present)",
		 f->enabled ? "Enabled" : "Disabled");
}

static void show_text(struct out *o, const struct state *st)
{
	unsigned int i;

	show_settings(o, &st->chassis);
	out_text(o, "%-4s %-40s %-8s %-12s %-10s\n-----\n", "Slot", "Module Description", "Status",
		 "SW Version", "Boot Image");
	for (i = 0; i < RD_SLOTS; i++)
		show_mm(o, &st->mm[i]);
	out_text(o, "\n");
	for (i = 0; i < RD_FABRICS; i++)
		show_fabric(o, &st->fabric[i]);
	if (versions_differ(st->mm))
		out_text(o, "\n%s", mismatch_warning);
}

/* JSON: "sync", null when redsyncd does not answer. */
static void show_sync(struct out *o)
{
	struct sync_result r;
	json_t *status = sync_status(&r);

	out_text(o, "\nSynchronization\n-----\n");
	if (status) {
		out_open(o, "sync");
		out_sync(o, status);
		out_close(o);
	} else {
		out_text(o, "  %s: %s\n", r.reason, r.text);
		out_str(o, "sync", NULL, NULL);
	}
	json_decref(status);
}

/* why a switchover would be refused now, the word of --check. */
static void show_refusal(struct out *o, const struct rd_check *check)
{
	out_str(o, "switchover_refused", NULL, rd_name(RD_REFUSAL, check->refusal));
}

static void show_json(struct out *o, const struct state *st, const struct rd_check *check)
{
	unsigned int i;

	out_flag(o, "ok", NULL, true);
	out_num(o, "instance", NULL, st->chassis.instance);
	out_flag(o, "version_mismatch", NULL, versions_differ(st->mm));
	out_open(o, "chassis");
	out_chassis(o, &st->chassis);
	show_refusal(o, check);
	out_close(o);
	out_list(o, "management_modules");
	for (i = 0; i < RD_SLOTS; i++) {
		out_open(o, NULL);
		out_mm(o, &st->mm[i]);
		out_close(o);
	}
	out_close(o);
	out_list(o, "fabric_modules");
	for (i = 0; i < RD_FABRICS; i++) {
		out_open(o, NULL);
		out_fabric(o, &st->fabric[i]);
		out_close(o);
	}
	out_close(o);
	show_sync(o);
}

/* Every attribute, one a line. */
static void show_detail(struct out *o, const struct state *st, const struct rd_check *check)
{
	unsigned int i;

	out_text(o, "\nChassis\n-----\n");
	o->style = OUT_LINES;
	out_chassis(o, &st->chassis);
	show_refusal(o, check);
	for (i = 0; i < RD_SLOTS; i++) {
		out_text(o, "\nManagement Module %u\n-----\n", i + 1);
		out_mm(o, &st->mm[i]);
	}
	for (i = 0; i < RD_FABRICS; i++) {
		out_text(o, "\nFabric Module %u\n-----\n", i + 1);
		out_fabric(o, &st->fabric[i]);
	}
	o->style = OUT_TEXT;
	show_sync(o);
}

static int run(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	struct rd_check check;
	struct state st;
	int status = session_load(ctx, &st), err;

	if (status)
		return status;
	err = rd_switchover_check(ctx->rd, ctx->instance, false, &check);
	if (err)
		return session_fail(ctx, err);
	if (ctx->opt.json) {
		show_json(&ctx->out, &st, &check);
		return STATUS_DONE;
	}
	show_text(&ctx->out, &st);
	if (args[0])
		show_detail(&ctx->out, &st, &check);
	return STATUS_DONE;
}

COMMAND(show_redundancy) = {
	.syntax = "show redundancy [detail]",
	.summary = "Displays the status of the management and fabric modules.",
	.help = "Prints the redundancy setting, the number of failovers and the time of the last\n"
		"one, and a row for every management and fabric module. With detail every\n"
		"attribute follows, and what is kept equal; JSON always has all. Works on either module, without\n"
		"privileges. A warning at the end says that the two modules run different\n"
		"software.",
	.flags = CMD_STANDBY,
	.run = run,
};
