// SPDX-License-Identifier: GPL-2.0-or-later
/* show module(s): all modules of the chassis (S-178..S-180, S-108, C-07). */
#include <stdlib.h>
#include <string.h>
#include "objects.h"
#include "session.h"

static void row(struct out *o, const char *slot, const char *description, const char *serial,
		const char *status)
{
	char d[65], s[33];

	out_text(o, "%-5s %-40s %-13s %s\n", slot, out_clean(d, sizeof(d), description),
		 out_clean(s, sizeof(s), serial), status);
}

/* The part number is mostly in the description; then it is not said twice. */
static void show_chassis(struct out *o, const struct rd_chassis *c)
{
	char description[65], part[17], serial[33];

	out_text(o, "Chassis: %s", out_clean(description, sizeof(description), c->description));
	if (!strstr(c->description, c->part))
		out_text(o, " %s", out_clean(part, sizeof(part), c->part));
	out_text(o, " Serial Number: %s\n\n", out_clean(serial, sizeof(serial), c->serial));
}

static void show_text(struct out *o, const struct state *st, const struct rd_module *m, int n)
{
	char slot[12];
	unsigned int i;

	out_text(o, "Status and Counters - Module Information\n\n");
	show_chassis(o, &st->chassis);
	out_text(o, "%-5s %-40s %-13s %s\n-----\n", "Slot", "Module Description", "Serial Number",
		 "Status");
	for (i = 0; i < RD_SLOTS; i++) {
		snprintf(slot, sizeof(slot), "%u", st->mm[i].slot);
		if (st->mm[i].role != REDUND_ROLE_ABSENT)
			row(o, slot, st->mm[i].description, st->mm[i].serial,
			    role_status(st->mm[i].role));
	}
	out_text(o, "\n");
	for (i = 0; i < RD_FABRICS; i++) {
		const struct rd_fabric *f = &st->fabric[i];

		snprintf(slot, sizeof(slot), "%u", f->id);
		row(o, slot, f->present ? f->description : "(not present)",
		    f->present ? f->serial : "", f->enabled ? "Enabled" : "Disabled");
	}
	out_text(o, "\n");
	for (; n > 0; n--, m++) {
		snprintf(slot, sizeof(slot), "%c", 'A' + m->index % 26);
		if (m->state != REDUND_MODULE_STATE_ABSENT)
			row(o, slot, m->description, m->serial, module_status(m->state));
	}
}

static void show_json(struct out *o, const struct state *st, const struct rd_module *m, int n)
{
	unsigned int i;

	out_flag(o, "ok", NULL, true);
	out_num(o, "instance", NULL, st->chassis.instance);
	out_open(o, "chassis");
	out_str(o, "description", NULL, st->chassis.description);
	out_str(o, "part", NULL, st->chassis.part);
	out_str(o, "serial", NULL, st->chassis.serial);
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
	out_list(o, "interface_modules");
	for (; n > 0; n--, m++) {
		out_open(o, NULL);
		out_module(o, m);
		out_close(o);
	}
	out_close(o);
}

static int run(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	struct rd_module *modules = NULL;
	struct state st;
	int status, n;

	status = session_load(ctx, &st);
	if (status)
		return status;
	n = rd_dump_module(ctx->rd, ctx->instance, &modules);
	if (n < 0)
		return session_fail(ctx, n);
	if (ctx->opt.json)
		show_json(&ctx->out, &st, modules, n);
	else
		show_text(&ctx->out, &st, modules, n);
	free(modules);
	return STATUS_DONE;
}

COMMAND(show_modules) = {
	.syntax = "show modules|module",
	.summary = "Displays information about all the modules in the switch.",
	.help = "Prints serial number and status of the management, fabric and interface modules.\n"
		"Slots without a module have no row; JSON has all slots.",
	.run = run,
};
