// SPDX-License-Identifier: GPL-2.0-or-later
/* write memory: the running configuration becomes the stored one (S-233). */
#include <string.h>
#include <unistd.h>
#include "configure.h"
#include "sync.h"

static const char save[] = /* S-211 */
	"Do you want to save current configuration [y/n]?";

int configure_text(struct ctx *ctx, char *text, enum flash_which *image)
{
	struct rd_chassis chassis;
	struct config c;
	struct rd_mm mm;
	int status = configure_running(ctx, &c, image), err;

	if (status)
		return status;
	err = rd_get_chassis(ctx->rd, ctx->instance, &chassis);
	if (!err)
		err = rd_get_mm(ctx->rd, ctx->instance, chassis.own_slot, &mm);
	if (err)
		return session_fail(ctx, err);
	config_render(&c, chassis.part, mm.sw_version, text);
	return STATUS_DONE;
}

int configure_store(struct ctx *ctx, unsigned int *number, size_t *bytes)
{
	char text[CONFIG_TEXT_MAX], why[CONFIG_WHY_MAX];
	enum flash_which image;
	int status = configure_owner(ctx), err;

	if (!status)
		status = configure_text(ctx, text, &image);
	if (status)
		return status;
	*number = config_startup(image);
	*bytes = strlen(text);
	err = config_store(*number, text, why);
	return err ? configure_fail(ctx, err, why) : STATUS_DONE;
}

/* It has to be where the next active module reads it. */
static int store_on_both(struct ctx *ctx)
{
	struct sync_result r;
	unsigned int number;
	size_t bytes;
	int status = configure_store(ctx, &number, &bytes);

	if (status)
		return status;
	sync_wait(ctx, "config", NULL, SYNC_CONFIG_S, &r);
	return sync_missing(ctx, &r, "The running configuration is stored");
}

int configure_offer(struct ctx *ctx)
{
	struct rd_chassis c;
	int dirty, answer;

	if (access(flash_dir(), W_OK | X_OK) || rd_get_chassis(ctx->rd, ctx->instance, &c) ||
	    c.owner != c.own_slot)
		return 0;
	dirty = config_dirty(ctx->rd, ctx->instance);
	if (dirty < 0)
		return session_fail(ctx, dirty);
	if (!dirty)
		return 0;
	answer = ask_answer(ctx, save);
	if (answer == 'y')
		return store_on_both(ctx);
	return answer == 'n' ? 0 : fail(ctx, STATUS_REFUSED, "cancelled", "nothing was changed");
}

static int run(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	struct out *o = &ctx->out;
	unsigned int number;
	char name[16], done[64];
	size_t bytes;
	int status = configure_store(ctx, &number, &bytes);

	if (status)
		return status;
	snprintf(name, sizeof(name), "config%u", number);
	out_flag(o, "ok", NULL, true);
	snprintf(done, sizeof(done), "The running configuration is stored in %s", name);
	out_text(o, "%s.\n", done);
	out_str(o, "name", NULL, name);
	out_num(o, "bytes", NULL, bytes);
	return sync_commit(ctx, "config", SYNC_CONFIG_S, done);
}

COMMAND(write_memory) = {
	.syntax = "write memory",
	.summary = "Stores the running configuration in the flash of both management modules.",
	.help = "The file in use (`show config files') is replaced whole: at every moment, over a\n"
		"power loss too, the old or the new one is there. Done means that it is in flash,\n"
		"on the standby too; the command says which modules were affected. A module that\n"
		"is not in standby mode is not. Exit status 4: it is stored here, but the standby\n"
		"has not acknowledged it within --timeout seconds (10), or could not store it; the\n"
		"reason says why.",
	.options = OPT_TIMEOUT,
	.run = run,
};
