// SPDX-License-Identifier: GPL-2.0-or-later
/* show config, show config files: the stored configurations (S-206). */
#include <errno.h>
#include "configure.h"

/* Lines that the software does not understand are shown, and named in JSON. */
static void bad_line(void *data, unsigned int number, const char *line, const char *why)
{
	struct out *o = data;

	out_open(o, NULL);
	out_num(o, "line", NULL, number);
	out_str(o, "message", NULL, why);
	out_close(o);
}

static int show_file(struct ctx *ctx, unsigned int number)
{
	char text[CONFIG_TEXT_MAX], why[CONFIG_WHY_MAX], name[16];
	struct out *o = &ctx->out;
	struct config c;
	int err = config_load(number, text, why);

	if (err < 0)
		return configure_fail(ctx, err, why);
	snprintf(name, sizeof(name), "config%u", number);
	out_flag(o, "ok", NULL, true);
	out_str(o, "name", "\nStored configuration %s:\n\n", name);
	if (o->style == OUT_JSON) {
		out_list(o, "bad_lines");
		config_parse(text, &c, bad_line, o);
		out_close(o);
		out_config(o, &c);
	}
	out_lines(o, text);
	return STATUS_DONE;
}

static int run_config(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	enum flash_which image;
	int err;

	if (args[0])
		return show_file(ctx, config_number(args[0]));
	err = config_booted(ctx->rd, ctx->instance, &image);
	return err ? session_fail(ctx, err) : show_file(ctx, config_startup(image));
}

COMMAND(show_config) = {
	.syntax = "show config [config1|config2|config3]",
	.summary = "Displays a stored configuration: the one in use, or the one named.",
	.help = "The text as it is in this module's flash.",
	.run = run_config,
};

static void show_row(struct out *o, unsigned int i, unsigned int act, const unsigned int assigned[])
{
	char text[CONFIG_TEXT_MAX], why[CONFIG_WHY_MAX], name[16];
	int n = config_load(i, text, why);
	bool pri = assigned[FLASH_PRIMARY] == i, sec = assigned[FLASH_SECONDARY] == i;

	snprintf(name, sizeof(name), "config%u", i);
	out_text(o, " %2u |  %c   %c   %c  | %s\n", i, act == i ? '*' : ' ', pri ? '*' : ' ',
		 sec ? '*' : ' ', n == -ENOENT ? "" : name);
	out_open(o, NULL);
	out_str(o, "name", NULL, name);
	out_flag(o, "exists", NULL, n != -ENOENT);
	out_flag(o, "in_use", NULL, act == i);
	out_flag(o, "primary", NULL, pri);
	out_flag(o, "secondary", NULL, sec);
	out_close(o);
}

static int run_files(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	unsigned int i, act, assigned[FLASH_IMAGES];
	struct out *o = &ctx->out;
	enum flash_which image;
	int err = config_booted(ctx->rd, ctx->instance, &image);

	if (err)
		return session_fail(ctx, err);
	act = config_startup(image);
	for (i = 0; i < FLASH_IMAGES; i++)
		assigned[i] = config_assigned(i);
	out_text(o, "\nConfiguration files:\n\n id | act pri sec | name\n"
		    "----+-------------+------------------------------------------------\n");
	out_flag(o, "ok", NULL, true);
	out_list(o, "files");
	for (i = 1; i <= CONFIG_FILES; i++)
		show_row(o, i, act, assigned);
	out_close(o);
	return STATUS_DONE;
}

COMMAND(show_config_files) = {
	.syntax = "show config files",
	.summary = "Displays the stored configurations and which flash image uses which.",
	.help = "act: in use now; pri, sec: used by the next boot from primary and secondary\n"
		"flash. A file that is not there has no name; an image boots with the defaults\n"
		"then.",
	.run = run_files,
};
