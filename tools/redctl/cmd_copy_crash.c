// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * copy crash-log, copy crash-data: the crash files of the modules, one behind the
 * other, to a TFTP server or a file (S-220, S-260 to S-264). The files are those
 * of FLASH/crash: mmN-log and mmN-data of the management modules, which redlogd
 * collects, slotX-log and slotX-data of interface modules.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "../lib/flash.h"
#include "session.h"
#include "tftp.h"

#define FILES_MAX 8	  /* of a module: the newest and those before it */
#define FILE_MAX  1048576 /* bytes of one */

struct bundle {
	const char *kind; /* "log" or "data" */
	FILE *f;
	char *text;
	size_t size;
	unsigned int files; /* in it */
};

static void section(struct bundle *b, const char *module, const char *more)
{
	fprintf(b->f, "==== %s crash %s%s ====\n", module, b->kind, more);
}

/* Return: 1, 0 there is no such file, or a negative errno. */
static int add_file(struct bundle *b, const char *module, const char *path, const char *more)
{
	char *buf = malloc(FILE_MAX);
	int n = buf ? flash_read(path, buf, FILE_MAX) : -ENOMEM;

	if (n >= 0) {
		section(b, module, more);
		fwrite(buf, 1, n, b->f);
		if (n && buf[n - 1] != '\n')
			fputc('\n', b->f);
		b->files++;
	}
	free(buf);
	return n >= 0 ? 1 : n == -ENOENT ? 0 : n;
}

/* All that is kept of one module, the most recent first. Return: how many files. */
static int add_module(struct bundle *b, const char *module, const char *prefix)
{
	char path[FLASH_PATH_MAX], more[32] = "";
	int n = 1, age, found = 0;

	for (age = 0; age < FILES_MAX && n >= 0; age++) {
		snprintf(path, sizeof(path), "%s/crash/%s-%s", flash_dir(), prefix, b->kind);
		if (age) {
			snprintf(more, sizeof(more), ", %d before", age);
			snprintf(path + strlen(path), 8, ".%d", age);
		}
		n = add_file(b, module, path, more);
		found += n > 0;
	}
	return n < 0 ? n : found;
}

/* A module's section, also when nothing is kept. Return: negative errno, or files. */
static int add_section(struct bundle *b, const char *module, const char *prefix)
{
	int n = add_module(b, module, prefix);

	if (!n) {
		section(b, module, "");
		fprintf(b->f, "  No Saved Crash Information\n");
	}
	return n;
}

static int add_mm(struct bundle *b, unsigned int slot)
{
	char module[24], prefix[8];

	snprintf(module, sizeof(module), "Mgmt Module %u", slot);
	snprintf(prefix, sizeof(prefix), "mm%u", slot);
	return add_section(b, module, prefix);
}

static int add_slot(struct bundle *b, char letter)
{
	char module[24], prefix[8];

	snprintf(module, sizeof(module), "Slot %c", letter);
	snprintf(prefix, sizeof(prefix), "slot%c", letter);
	return add_section(b, module, prefix);
}

/* Both management modules and every interface module that is there. */
static int add_all(struct ctx *ctx, struct bundle *b, bool interface_modules)
{
	struct rd_module *list = NULL;
	int err, n, i;

	err = add_mm(b, 1);
	if (err >= 0)
		err = add_mm(b, 2);
	if (err < 0 || !interface_modules)
		return err;
	n = rd_dump_module(ctx->rd, ctx->instance, &list);
	for (i = 0; i < n && err >= 0; i++)
		if (list[i].state != REDUND_MODULE_STATE_ABSENT && list[i].index < RD_MODULES)
			err = add_slot(b, 'A' + list[i].index);
	free(list);
	return err;
}

static int gather(struct ctx *ctx, struct bundle *b, const char *slot)
{
	int err;

	if (!slot || !strcmp(slot, "mm"))
		err = add_all(ctx, b, !slot);
	else if (isdigit((unsigned char)slot[0]))
		err = add_mm(b, slot[0] - '0');
	else
		err = add_slot(b, toupper((unsigned char)slot[0]));
	if (err < 0)
		return fail(ctx, STATUS_REFUSED, "error", "%s/crash: %s", flash_dir(),
			    strerror(-err));
	if (slot && strcmp(slot, "mm") && !b->files)
		return fail(ctx, STATUS_REFUSED, "no-crash",
			    "nothing is kept of the module in slot %s", slot);
	return STATUS_DONE;
}

/* Takes what was gathered to where it shall be. */
typedef int (*bring)(struct ctx *ctx, const struct bundle *b, const char *to, const char *name);

static int bring_tftp(struct ctx *ctx, const struct bundle *b, const char *to, const char *name)
{
	struct tftp t = {
		.address = to,
		.name = name,
		.timeout_s = ctx->opt.given & OPT_TIMEOUT ? ctx->opt.timeout_s : TFTP_TIMEOUT_S,
	};
	char why[TFTP_WHY_MAX];

	if (tftp_put(&t, b->text, b->size, why))
		return fail(ctx, STATUS_REFUSED, "transfer", "tftp %.80s: %s", to, why);
	return STATUS_DONE;
}

static int bring_file(struct ctx *ctx, const struct bundle *b, const char *to, const char *name)
{
	int err = flash_replace(name, b->text, b->size);

	if (err)
		return fail(ctx, STATUS_REFUSED, "file", "%.200s: %s", name, strerror(-err));
	return STATUS_DONE;
}

/* @what: crash-log or crash-data; @slot: NULL all */
static int copy(struct ctx *ctx, const char *what, const char *slot, bring bring_it, const char *to,
		const char *name)
{
	struct bundle b = { .kind = strcmp(what, "crash-log") ? "data" : "log" };
	struct out *o = &ctx->out;
	int status;

	b.f = open_memstream(&b.text, &b.size);
	if (!b.f)
		return fail(ctx, STATUS_REFUSED, "error", "out of memory");
	status = gather(ctx, &b, slot);
	if (fclose(b.f) && !status)
		status = fail(ctx, STATUS_REFUSED, "error", "out of memory");
	if (!status)
		status = bring_it(ctx, &b, to, name);
	if (!status) {
		out_flag(o, "ok", NULL, true);
		out_str(o, "kind", NULL, what);
		out_num(o, "files", NULL, b.files);
		out_num(o, "bytes", NULL, b.size);
	}
	free(b.text);
	return status;
}

static int run_tftp(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	return copy(ctx, args[0], NULL, bring_tftp, args[1], args[2]);
}

static int run_file(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	return copy(ctx, args[0], NULL, bring_file, NULL, args[1]);
}

static int run_slot_tftp(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	return copy(ctx, args[0], args[1], bring_tftp, args[2], args[3]);
}

static int run_slot_file(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	return copy(ctx, args[0], args[1], bring_file, NULL, args[2]);
}

#define SLOTS "<1|2|A|B|C|D|E|F|G|H|I|J|K|L|mm>"

COMMAND(copy_crash_tftp) = {
	.syntax = "copy <crash-log|crash-data> tftp <ADDRESS> <FILENAME>",
	.summary = "Copies the crash files of all modules to a TFTP server.",
	.help = "The files of management and interface modules stand one behind the other, each\n"
		"below a line that names its module. crash-log is text, crash-data what the\n"
		"module's crash area held. ADDRESS may end with :PORT; an IPv6 address that does\n"
		"stands in brackets. Gives up after --timeout seconds (60).",
	.options = OPT_TIMEOUT,
	.run = run_tftp,
};

COMMAND(copy_crash_file) = {
	.syntax = "copy <crash-log|crash-data> file <FILENAME>",
	.summary = "Copies the crash files of all modules to a file of this module.",
	.help = "As `copy crash-log tftp'. The file is replaced whole.",
	.run = run_file,
};

COMMAND(copy_crash_slot_tftp) = {
	.syntax = "copy <crash-log|crash-data> " SLOTS " tftp <ADDRESS> <FILENAME>",
	.summary = "Copies the crash files of one module, or of both management modules (mm).",
	.help = "1 and 2 are the management modules, A to L the interface modules. As `copy\n"
		"crash-log tftp'.",
	.options = OPT_TIMEOUT,
	.run = run_slot_tftp,
};

COMMAND(copy_crash_slot_file) = {
	.syntax = "copy <crash-log|crash-data> " SLOTS " file <FILENAME>",
	.summary = "The same, to a file of this module.",
	.help = "As `copy crash-log tftp'. The file is replaced whole.",
	.run = run_slot_file,
};
