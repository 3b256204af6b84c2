// SPDX-License-Identifier: GPL-2.0-or-later
/* fastboot: the boot ROM skips its power-on test (S-226). */
#include "configure.h"
#include "sync.h"

/* The boot environment is one with the stored configurations (S-226). */
static int finish(struct ctx *ctx, int status)
{
	return status ? status : sync_commit(ctx, "config", SYNC_CONFIG_S, "It is set");
}

static int run(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	return finish(ctx, configure(ctx, 1, "fastboot"));
}

static int run_no(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	return finish(ctx, configure(ctx, 2, "no", "fastboot"));
}

static int run_show(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	struct config c;
	enum flash_which image;
	int status = configure_running(ctx, &c, &image);

	if (status)
		return status;
	out_text(&ctx->out, " Fast Boot: %s\n", c.fastboot ? "Enabled" : "Disabled");
	out_flag(&ctx->out, "ok", NULL, true);
	out_flag(&ctx->out, "fastboot", NULL, c.fastboot);
	return STATUS_DONE;
}

COMMAND(fastboot) = {
	.syntax = "fastboot",
	.summary = "The boot ROM skips its power-on test from the next boot on.",
	.help = "Written to the boot environment of both modules at once; `write memory' puts it\n"
		"into the stored configuration, which decides again when a module becomes active.",
	.options = OPT_TIMEOUT,
	.run = run,
};

COMMAND(no_fastboot) = {
	.syntax = "no fastboot",
	.summary = "The boot ROM makes its power-on test (default).",
	.help = "See `fastboot'.",
	.options = OPT_TIMEOUT,
	.run = run_no,
};

COMMAND(show_fastboot) = {
	.syntax = "show fastboot",
	.summary = "Displays whether fastboot is enabled.",
	.help = "See `fastboot'.",
	.run = run_show,
};
