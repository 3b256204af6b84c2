// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * copy ... config, copy config ...: stored configurations from and to files and
 * TFTP servers (S-219, S-221). What redctl does not understand is not stored.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "configure.h"
#include "sync.h"
#include "tftp.h"

struct judge {
	struct ctx *ctx;
	const char *name;
	bool bad;
};

static void bad_line(void *data, unsigned int number, const char *line, const char *why)
{
	struct judge *j = data;

	if (!j->bad)
		fail(j->ctx, STATUS_REFUSED, "bad-config", "%.80s, line %u: %s", j->name, number,
		     why);
	j->bad = true;
}

/* @text gets stored, and the standby's file follows. */
static int store(struct ctx *ctx, unsigned int number, const char *text, const char *from)
{
	struct judge judge = { .ctx = ctx, .name = from };
	char why[CONFIG_WHY_MAX], name[16], done[48];
	struct config c;
	int err;

	if (config_parse(text, &c, bad_line, &judge))
		return STATUS_REFUSED;
	err = config_store(number, text, why);
	if (err)
		return configure_fail(ctx, err, why);
	snprintf(name, sizeof(name), "config%u", number);
	snprintf(done, sizeof(done), "%s is stored", name);
	out_text(&ctx->out, "%s.\n", done);
	out_flag(&ctx->out, "ok", NULL, true);
	out_str(&ctx->out, "name", NULL, name);
	out_num(&ctx->out, "bytes", NULL, strlen(text));
	return sync_commit(ctx, "config", SYNC_CONFIG_S, done);
}

/* A file as a text: Return: enum status */
static int read_text(struct ctx *ctx, const char *path, const char *name, char *text)
{
	int n = flash_read(path, text, CONFIG_TEXT_MAX);

	if (n == -ENOENT)
		return fail(ctx, STATUS_REFUSED, "no-file", "%.200s: there is no such file", name);
	if (n == -EFBIG || (n >= 0 && strlen(text) != (size_t)n))
		return fail(ctx, STATUS_REFUSED, "bad-config", "%.200s: it is no configuration",
			    name);
	if (n < 0)
		return fail(ctx, STATUS_REFUSED, "file", "%.200s: %s", name, strerror(-n));
	return STATUS_DONE;
}

static unsigned int timeout_of(const struct ctx *ctx)
{
	return ctx->opt.given & OPT_TIMEOUT ? ctx->opt.timeout_s : TFTP_TIMEOUT_S;
}

/* ---- to a stored configuration --------------------------------------------------- */

static int fetch(struct ctx *ctx, const char *address, const char *file, char *text)
{
	struct tftp t = { .address = address, .name = file, .timeout_s = timeout_of(ctx) };
	char why[TFTP_WHY_MAX], path[32];
	int fd = memfd_create("config", MFD_CLOEXEC), status;

	if (fd < 0)
		return fail(ctx, STATUS_REFUSED, "error", "%s", strerror(errno));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (tftp_get(&t, fd, CONFIG_TEXT_MAX, why))
		status = fail(ctx, STATUS_REFUSED, "transfer", "tftp %.80s: %s", address, why);
	else
		status = read_text(ctx, path, file, text);
	close(fd);
	return status;
}

static int run_tftp(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	char text[CONFIG_TEXT_MAX];
	int status = configure_owner(ctx);

	if (!status)
		status = fetch(ctx, args[1], args[2], text);
	return status ? status : store(ctx, config_number(args[0]), text, args[2]);
}

static int run_tftp_startup(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	char text[CONFIG_TEXT_MAX];
	int status = configure_owner(ctx);
	unsigned int number;

	if (!status)
		status = configure_startup(ctx, &number);
	if (!status)
		status = fetch(ctx, args[0], args[1], text);
	return status ? status : store(ctx, number, text, args[1]);
}

static int run_file(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	char text[CONFIG_TEXT_MAX];
	int status = configure_owner(ctx);

	if (!status)
		status = read_text(ctx, args[0], args[0], text);
	return status ? status : store(ctx, config_number(args[1]), text, args[0]);
}

static int run_config(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	char text[CONFIG_TEXT_MAX], why[CONFIG_WHY_MAX];
	int status = configure_owner(ctx), n;

	if (status)
		return status;
	n = config_load(config_number(args[0]), text, why);
	return n < 0 ? configure_fail(ctx, n, why) :
		       store(ctx, config_number(args[1]), text, args[0]);
}

/* ---- from one -------------------------------------------------------------------- */

static int send_text(struct ctx *ctx, const char *address, const char *file, const char *text)
{
	struct tftp t = { .address = address, .name = file, .timeout_s = timeout_of(ctx) };
	char why[TFTP_WHY_MAX];

	if (tftp_put(&t, text, strlen(text), why))
		return fail(ctx, STATUS_REFUSED, "transfer", "tftp %.80s: %s", address, why);
	out_flag(&ctx->out, "ok", NULL, true);
	out_num(&ctx->out, "bytes", NULL, strlen(text));
	return STATUS_DONE;
}

static int send_stored(struct ctx *ctx, unsigned int number, const char *address, const char *file)
{
	char text[CONFIG_TEXT_MAX], why[CONFIG_WHY_MAX];
	int n = config_load(number, text, why);

	return n < 0 ? configure_fail(ctx, n, why) : send_text(ctx, address, file, text);
}

static int run_send(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	return send_stored(ctx, config_number(args[0]), args[1], args[2]);
}

static int run_send_startup(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	unsigned int number;
	int status = configure_startup(ctx, &number);

	return status ? status : send_stored(ctx, number, args[0], args[1]);
}

static int run_send_running(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	char text[CONFIG_TEXT_MAX];
	enum flash_which image;
	int status = configure_text(ctx, text, &image);

	return status ? status : send_text(ctx, args[0], args[1], text);
}

#define FILES "<config1|config2|config3>"

COMMAND(copy_tftp_config) = {
	.syntax = "copy tftp config " FILES " <ADDRESS> <FILENAME>",
	.summary = "Fetches a stored configuration of both management modules from a TFTP server.",
	.help = "It is stored only when every line is a command of a configuration. What runs\n"
		"stays as it is. The standby's file follows, as with `write memory'. ADDRESS as\n"
		"for `copy crash-log tftp'.",
	.options = OPT_TIMEOUT,
	.run = run_tftp,
};

COMMAND(copy_tftp_startup) = {
	.syntax = "copy tftp startup-config <ADDRESS> <FILENAME>",
	.summary = "The same for the stored configuration in use.",
	.help = "As `copy tftp config'. What runs stays as it is until the next boot.",
	.options = OPT_TIMEOUT,
	.run = run_tftp_startup,
};

COMMAND(copy_file_config) = {
	.syntax = "copy <FILENAME> config " FILES,
	.summary = "Takes a stored configuration of both management modules from a file.",
	.help = "As `copy tftp config', from a file of this module.",
	.options = OPT_TIMEOUT,
	.run = run_file,
};

COMMAND(copy_config_config) = {
	.syntax = "copy config " FILES " config " FILES,
	.summary = "Copies a stored configuration of both management modules to another.",
	.help = "The one that is there is replaced whole. The standby's file follows, as with\n"
		"`write memory'.",
	.options = OPT_TIMEOUT,
	.run = run_config,
};

COMMAND(copy_config_tftp) = {
	.syntax = "copy config " FILES " tftp <ADDRESS> <FILENAME>",
	.summary = "Copies a stored configuration to a TFTP server.",
	.help = "ADDRESS as for `copy crash-log tftp'. Gives up after --timeout seconds (60).",
	.options = OPT_TIMEOUT,
	.run = run_send,
};

COMMAND(copy_startup_tftp) = {
	.syntax = "copy startup-config tftp <ADDRESS> <FILENAME>",
	.summary = "Copies the stored configuration in use to a TFTP server.",
	.help = "As `copy config tftp'.",
	.options = OPT_TIMEOUT,
	.run = run_send_startup,
};

COMMAND(copy_running_tftp) = {
	.syntax = "copy running-config tftp <ADDRESS> <FILENAME>",
	.summary = "Copies the running configuration to a TFTP server.",
	.help = "As `copy config tftp'.",
	.options = OPT_TIMEOUT,
	.run = run_send_running,
};
