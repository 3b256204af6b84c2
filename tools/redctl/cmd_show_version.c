// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * show version: the software that runs, and the flash image it was booted from
 * (S-184..S-188). The active shows both modules, what the other one runs being
 * known from its heartbeats; any other module shows only its own.
 */
#include <string.h>
#include "objects.h"
#include "session.h"

#define INDENT "                  "

/* "PATH DATE TIME" of an image has its last four words in the second line;
 * what has no path is one line.
 */
static size_t path_length(const char *stamp)
{
	size_t at = strlen(stamp);
	int words = 0;

	while (at && words < 4) {
		while (at && stamp[at - 1] != ' ')
			at--;
		words++;
		while (at && stamp[at - 1] == ' ')
			at--;
	}
	return at;
}

static const char *second_part(const char *stamp, size_t path)
{
	return stamp + path + strspn(stamp + path, " ");
}

static void show_software(struct out *o, const struct rd_mm *m)
{
	char stamp[sizeof(m->sw_stamp)], version[sizeof(m->sw_version)];
	const char *image = image_status(m->boot_image);
	size_t path;

	out_clean(stamp, sizeof(stamp), m->sw_stamp);
	path = path_length(stamp);
	if (path)
		out_text(o, "Image stamp:      %.*s\n", (int)path, stamp);
	out_text(o, "%s%s\n", path ? INDENT : "Image stamp:      ",
		 stamp[0] ? second_part(stamp, path) : "(none)");
	out_text(o, INDENT "%s\n", out_clean(version, sizeof(version), m->sw_version));
	out_text(o, INDENT "%u\n", m->sw_build);
	out_text(o, "Boot Image:      %s\n", image[0] ? image : "(unknown)");
}

static void show_both(struct out *o, const struct state *st)
{
	const struct rd_mm *m;

	for (m = st->mm; m < st->mm + RD_SLOTS; m++) {
		if (m->role == REDUND_ROLE_ABSENT)
			continue;
		if (m != st->mm)
			out_text(o, "\n");
		out_text(o, "Management Module %u: ", m->slot);
		if (m->slot != st->chassis.own_slot && !st->chassis.redundancy) {
			out_text(o, "Redundancy and Synchronization has been disabled:\n"
				    "                    enable with the 'redundancy' command.\n");
			continue;
		}
		out_text(o, "%s\n", role_status(m->role));
		if (m->sw_version[0])
			show_software(o, m);
		else
			out_text(o, "Image stamp:      (not known)\n");
	}
}

static void json_software(struct out *o, const struct rd_mm *m)
{
	const size_t path = path_length(m->sw_stamp);
	char first[sizeof(m->sw_stamp)];

	snprintf(first, sizeof(first), "%.*s", (int)path, m->sw_stamp);
	out_open(o, NULL);
	out_num(o, "slot", NULL, m->slot);
	out_str(o, "status", NULL, role_status(m->role));
	out_str(o, "role", NULL, rd_name(RD_ROLE, m->role));
	out_str(o, "sw_version", NULL, m->sw_version);
	out_num(o, "sw_build", NULL, m->sw_build);
	out_str(o, "sw_stamp", NULL, m->sw_stamp);
	out_str(o, "stamp_path", NULL, first);
	out_str(o, "stamp_time", NULL, second_part(m->sw_stamp, path));
	out_str(o, "boot_image", NULL, rd_name(RD_BOOT_IMAGE, m->boot_image));
	out_close(o);
}

/* As the text, but a module without redundancy is shown as far as it is known. */
static void show_json(struct out *o, const struct state *st, bool both)
{
	const struct rd_mm *m;

	out_flag(o, "ok", NULL, true);
	out_num(o, "instance", NULL, st->chassis.instance);
	out_num(o, "own_slot", NULL, st->chassis.own_slot);
	out_flag(o, "redundancy", NULL, st->chassis.redundancy);
	out_flag(o, "version_mismatch", NULL, versions_differ(st->mm));
	out_list(o, "management_modules");
	for (m = st->mm; m < st->mm + RD_SLOTS; m++)
		if (both || m->slot == st->chassis.own_slot)
			json_software(o, m);
	out_close(o);
}

static int run(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	struct state st;
	int status = session_load(ctx, &st);
	bool both;

	if (status)
		return status;
	both = st.chassis.own_role == REDUND_ROLE_ACTIVE;
	if (ctx->opt.json)
		show_json(&ctx->out, &st, both);
	else if (both)
		show_both(&ctx->out, &st);
	else if (st.chassis.own_slot >= 1 && st.chassis.own_slot <= RD_SLOTS)
		show_software(&ctx->out, &st.mm[st.chassis.own_slot - 1]);
	return STATUS_DONE;
}

COMMAND(show_version) = {
	.syntax = "show version",
	.summary = "Displays the software that the management modules run.",
	.help = "Prints the image stamp (where and when it was built, version, build number) and\n"
		"the flash image that the module was booted from, whatever has been chosen for\n"
		"the next boot. The active module shows both modules, the other one only itself.\n"
		"With redundancy disabled the other module's software is not shown.",
	.flags = CMD_STANDBY,
	.run = run,
};
