// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * show flash: what is in this module's flash, and which image boots next
 * (S-181..S-183, S-202; layout C-28). The images are read and verified anew.
 */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "../lib/fit.h"
#include "../lib/flash.h"
#include "redctl.h"

struct content {
	int err; /* 0, -ENOENT: blank, else not to be booted */
	struct fit_info info;
	char why[FIT_WHY_MAX];
};

static void read_image(const char *dir, enum flash_which which, struct content *c)
{
	char path[FLASH_PATH_MAX];
	struct fit *fit = NULL;

	memset(c, 0, sizeof(*c));
	c->err = flash_path(dir, which, path, sizeof(path));
	if (!c->err)
		c->err = fit_load(path, &fit, c->why, sizeof(c->why));
	if (c->err)
		return;
	fit_info(fit, &c->info);
	c->err = fit_verify(fit, c->why, sizeof(c->why));
	fit_free(fit);
}

/* The stamp's date is of UTC too. */
static const char *short_date(char buf[16], uint64_t time_s)
{
	time_t t = time_s;
	struct tm tm;

	buf[0] = '\0';
	if (gmtime_r(&t, &tm))
		strftime(buf, 16, "%m/%d/%y", &tm);
	return buf;
}

static void show_image(struct out *o, enum flash_which which, const struct content *c)
{
	char label[20], date[16];

	snprintf(label, sizeof(label), "%s Image", flash_title(which));
	out_text(o, "%-16s: ", label);
	if (c->err == -ENOENT)
		out_text(o, "blank\n");
	else if (c->err)
		out_text(o, "corrupt: %s\n", c->why);
	else
		out_text(o, "%11llu  %s %-12s %u\n", (unsigned long long)c->info.size,
			 short_date(date, c->info.time_s), c->info.version, c->info.build);
}

static void json_image(struct out *o, enum flash_which which, const struct content *c)
{
	char sha256[65];
	unsigned int i;

	out_open(o, NULL);
	out_str(o, "image", NULL, flash_name(which));
	out_str(o, "state", NULL, c->err == -ENOENT ? "blank" : c->err ? "corrupt" : "valid");
	if (c->err && c->err != -ENOENT)
		out_str(o, "problem", NULL, c->why);
	if (!c->err) {
		for (i = 0; i < sizeof(c->info.sha256); i++)
			sprintf(sha256 + 2 * i, "%02x", c->info.sha256[i]);
		out_num(o, "size", NULL, c->info.size);
		out_num(o, "time_s", NULL, c->info.time_s);
		out_str(o, "version", NULL, c->info.version);
		out_num(o, "build", NULL, c->info.build);
		out_str(o, "train", NULL, c->info.train);
		out_str(o, "stamp_path", NULL, c->info.stamp_path);
		out_str(o, "stamp_time", NULL, c->info.stamp_date);
		out_str(o, "sha256", NULL, sha256);
	}
	out_close(o);
}

static void show_text(struct out *o, const struct content c[FLASH_IMAGES],
		      const struct boot_env *env, const char *rom)
{
	out_text(o, "%-18s%11s  %-8s %-12s %s\n-----\n", "Image", "Size(Bytes)", "Date", "Version",
		 "Build #");
	show_image(o, FLASH_PRIMARY, &c[FLASH_PRIMARY]);
	show_image(o, FLASH_SECONDARY, &c[FLASH_SECONDARY]);
	out_text(o, "Boot Rom Version: %s\n", rom[0] ? rom : "unknown");
	out_text(o, "Default Boot    : %s\n", flash_title(env->default_image));
	if (env->once)
		out_text(o, "Next Boot       : %s (once)\n", flash_title(env->next));
}

static void show_json(struct out *o, const struct content c[FLASH_IMAGES],
		      const struct boot_env *env, const char *rom)
{
	out_flag(o, "ok", NULL, true);
	out_list(o, "images");
	json_image(o, FLASH_PRIMARY, &c[FLASH_PRIMARY]);
	json_image(o, FLASH_SECONDARY, &c[FLASH_SECONDARY]);
	out_close(o);
	out_str(o, "boot_rom_version", NULL, rom[0] ? rom : NULL);
	out_str(o, "default_boot", NULL, flash_name(env->default_image));
	out_str(o, "next_boot", NULL, flash_name(boot_env_image(env)));
}

static int run(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	const char *dir = flash_dir();
	struct content c[FLASH_IMAGES];
	char rom[ROM_VERSION_MAX];
	struct boot_env env;

	if (access(dir, R_OK | X_OK))
		return fail(ctx, STATUS_REFUSED, "no-flash", "%.60s: %s", dir, strerror(errno));
	if (boot_env_read(dir, &env))
		fprintf(stderr, "%s: warning: the boot settings are damaged\n", ctx->prog);
	read_image(dir, FLASH_PRIMARY, &c[FLASH_PRIMARY]);
	read_image(dir, FLASH_SECONDARY, &c[FLASH_SECONDARY]);
	rom_version(dir, rom);
	if (ctx->opt.json)
		show_json(&ctx->out, c, &env, rom);
	else
		show_text(&ctx->out, c, &env, rom);
	return STATUS_DONE;
}

COMMAND(show_flash) = {
	.syntax = "show flash",
	.summary = "Displays the software versions in the flash of this module.",
	.help = "Prints size, date, version and build number of the primary and the secondary\n"
		"flash image, the version of the boot ROM, and the image that the next boot\n"
		"takes. An image is verified: blank or corrupt is said in its place. Shows the\n"
		"flash of the module on which it is typed, also without a driver.",
	.flags = CMD_LOCAL | CMD_STANDBY,
	.run = run,
};
