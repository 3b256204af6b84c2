// SPDX-License-Identifier: GPL-2.0-or-later
/* fastboot: the boot ROM skips its power-on test (S-226). */
#include "configure.h"

static int run(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	return configure(ctx, 1, "fastboot");
}

static int run_no(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	return configure(ctx, 2, "no", "fastboot");
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
	.help = "Written to this module's boot environment at once; `write memory' puts it into\n"
		"the stored configuration, which decides again when the module becomes active.",
	.run = run,
};

COMMAND(no_fastboot) = {
	.syntax = "no fastboot",
	.summary = "The boot ROM makes its power-on test (default).",
	.help = "See `fastboot'.",
	.run = run_no,
};

COMMAND(show_fastboot) = {
	.syntax = "show fastboot",
	.summary = "Displays whether fastboot is enabled.",
	.help = "See `fastboot'.",
	.run = run_show,
};
