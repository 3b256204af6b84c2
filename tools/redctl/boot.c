// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * boot and reload, see boot.h. What is asked follows from what the driver says
 * that it would do; when that has changed by the time of the answer, nothing is
 * done (S-189 to S-199, S-207 to S-213).
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "../lib/flash.h"
#include "boot.h"
#include "configure.h"
#include "handover.h"

static const char image_unknown[] = /* S-190 */
	"This management module will now reboot and will become\n"
	"the standby module! You will need to use the other\n"
	"management module's console interface. Do you want to\n"
	"continue [y/n]?";

static const char no_switchover_unknown[] = /* S-192 */
	"The other management module is not in standby mode and\n"
	"this command will not cause a switchover, but will\n"
	"reboot the system, do you want to continue [y/n]?";

static const char reload_switchover[] = /* S-213 */
	"This command will cause a switchover to the other management module\n"
	"which may not be running the same software image and configurations.\n"
	"Do you want to continue [y/n]?";

static const char not_present[] = /* S-198 */
	"The other management module is not present.";

/* Without a flash that could be read: the image that this module runs. */
static const char *booted(struct ctx *ctx)
{
	struct rd_chassis c;
	struct rd_mm own;

	if (rd_get_chassis(ctx->rd, ctx->instance, &c) ||
	    rd_get_mm(ctx->rd, ctx->instance, c.own_slot, &own))
		return NULL;
	if (own.boot_image == REDUND_BOOT_IMAGE_UNKNOWN)
		return NULL;
	return rd_name(RD_BOOT_IMAGE, own.boot_image);
}

/* The image that this module boots from next, NULL: nobody knows. */
static const char *next_image(struct ctx *ctx)
{
	const char *dir = flash_dir();
	struct boot_env env;
	int err;

	if (access(dir, R_OK | X_OK))
		return booted(ctx);
	err = boot_env_read(dir, &env);
	return err && err != -EBADMSG ? booted(ctx) : flash_name(boot_env_image(&env));
}

void boot_becomes_standby(struct ctx *ctx, char text[BOOT_QUESTION_MAX])
{
	const char *image = next_image(ctx);

	if (image)
		snprintf(text, BOOT_QUESTION_MAX,
			 "This management module will now reboot from %s image and will become\n"
			 "the standby module! You will need to use the other management module's\n"
			 "console interface. Do you want to continue [y/n]?",
			 image);
	else
		snprintf(text, BOOT_QUESTION_MAX, "%s", image_unknown);
}

/* S-101, C-06; S-193: of a single module only that the system reboots */
static void system_reboots(struct ctx *ctx, bool peer_present, char text[BOOT_QUESTION_MAX])
{
	static const char other[] =
		"The other management module is not in standby mode and this command will\n"
		"not cause a switchover. ";
	const char *image = next_image(ctx);

	if (!image && peer_present)
		snprintf(text, BOOT_QUESTION_MAX, "%s", no_switchover_unknown);
	else
		snprintf(text, BOOT_QUESTION_MAX,
			 "%sSystem will reboot%s%s%s.\nDo you want to continue [y/n]?",
			 peer_present ? other : "", image ? " from " : "", image ? image : "",
			 image ? " image" : "");
}

static bool confirm(struct ctx *ctx, uint32_t kind, const struct rd_boot_check *c)
{
	char text[BOOT_QUESTION_MAX];

	if (!c->would_switch_over)
		system_reboots(ctx, c->peer_present, text);
	else if (kind == REDUND_REBOOT_KIND_RELOAD)
		snprintf(text, sizeof(text), "%s", reload_switchover);
	else
		boot_becomes_standby(ctx, text);
	return ask(ctx, text);
}

static int refused(struct ctx *ctx, const struct rd_check *c)
{
	return fail_with(ctx, STATUS_REFUSED, rd_name(RD_REFUSAL, c->refusal),
			 c->refusal == REDUND_REFUSAL_NO_PEER ? not_present : NULL, 0, "%s",
			 handover_sentence(c->text));
}

/* --check: what it would do, and why it would not do the other thing */
static int report_check(struct ctx *ctx, uint32_t kind, const struct rd_boot_check *c)
{
	bool module = kind == REDUND_REBOOT_KIND_BOOT || kind == REDUND_REBOOT_KIND_RELOAD;
	struct out *o = &ctx->out;

	if (!c->check.accepted)
		return refused(ctx, &c->check);
	if (module && c->would_switch_over)
		out_text(o, "The %s would cause a switchover.\n", rd_name(RD_REBOOT_KIND, kind));
	else if (module)
		out_text(o, "The %s would reboot the system, without a switchover.\n",
			 rd_name(RD_REBOOT_KIND, kind));
	else
		out_text(o, "It would be done.\n");
	handover_obstacles(ctx, c->check.not_ready, NULL);
	out_flag(o, "ok", NULL, true);
	out_flag(o, "accepted", NULL, true);
	out_flag(o, "switchover", NULL, c->would_switch_over);
	out_flag(o, "peer_present", NULL, c->peer_present);
	return STATUS_DONE;
}

static int begun(struct ctx *ctx, uint32_t id)
{
	if (id)
		return handover_wait(ctx, id, handover_until(ctx));
	out_flag(&ctx->out, "ok", NULL, true);
	out_flag(&ctx->out, "switchover", NULL, false);
	return STATUS_DONE;
}

int boot_module(struct ctx *ctx, uint32_t kind)
{
	struct rd_boot boot = { .kind = kind, .origin = session_origin(ctx) };
	struct rd_boot_check c;
	uint32_t id;
	int err;

	err = rd_reboot_check(ctx->rd, ctx->instance, kind, &c);
	if (err)
		return session_fail(ctx, err);
	if (ctx->opt.given & OPT_CHECK)
		return report_check(ctx, kind, &c);
	if (!c.check.accepted)
		return refused(ctx, &c.check);
	err = configure_offer(ctx);
	if (err)
		return err;
	if (!confirm(ctx, kind, &c))
		return STATUS_REFUSED;
	/* who was not asked was not told anything that could be wrong by now */
	if (!(ctx->opt.given & OPT_YES))
		boot.expect = c.would_switch_over ? RD_EXPECT_SWITCHOVER : RD_EXPECT_SYSTEM;
	err = rd_subscribe(ctx->rd);
	if (!err)
		err = rd_reboot(ctx->rd, ctx->instance, &boot, session_requester(), &id);
	return err ? session_fail(ctx, err) : begun(ctx, id);
}

int boot_other(struct ctx *ctx, uint32_t kind, uint32_t image)
{
	struct rd_boot boot = { .kind = kind, .image = image, .origin = session_origin(ctx) };
	struct rd_boot_check c;
	uint32_t id;
	int err;

	err = rd_reboot_check(ctx->rd, ctx->instance, kind, &c);
	if (err)
		return session_fail(ctx, err);
	if (ctx->opt.given & OPT_CHECK)
		return report_check(ctx, kind, &c);
	if (!c.check.accepted)
		return refused(ctx, &c.check);
	err = kind == REDUND_REBOOT_KIND_BOOT_SYSTEM ? configure_offer(ctx) : 0;
	if (err)
		return err;
	err = rd_reboot(ctx->rd, ctx->instance, &boot, session_requester(), &id);
	if (err)
		return session_fail(ctx, err);
	out_flag(&ctx->out, "ok", NULL, true);
	return STATUS_DONE;
}
