// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The command line: options anywhere, the words between them name a command of
 * the table (cmd_*.c). Without words redctl is the switch's console.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include "parse.h"
#include "session.h"

static int complete_options(const char *const words[], unsigned int n)
{
	unsigned int i, bit, taken = n ? 0 : OPT_ALONE;
	const char *name, *value, *text;
	const struct command *c;
	struct parse p;

	if (!parse_expand(&p, words, n))
		return STATUS_DONE;
	for (c = __start_redctl_cmds; c < __stop_redctl_cmds; c++)
		if (parse_begins(c->syntax, p.word, n))
			taken |= command_options(c);
	for (i = 0; option_of(i, &bit, &name, &value, &text); i++)
		if (!bit || taken & bit)
			puts(strstr(name, "--"));
	return STATUS_DONE;
}

/* For the shell's completion: the words or options that may follow, one a line. */
static int complete(const struct options *opt, const char *const words[], unsigned int n)
{
	struct next next[NEXT_MAX];
	const struct command *end;
	unsigned int i, found;
	struct parse p;

	if (n && parse_expand(&p, words, 1) && !strcmp(p.word[0], "help")) {
		words++;
		n--;
	}
	if (!strcmp(opt->complete, "options"))
		return complete_options(words, n);
	found = parse_next(words, n, next, &end);
	for (i = 0; i < found; i++)
		if (next[i].word[0] != '<')
			puts(next[i].word);
	return STATUS_DONE;
}

/* What this module runs, as its driver was told. Return: false without a driver. */
static bool running_software(struct rd_mm *own)
{
	struct rd_chassis *list = NULL;
	struct rd *rd = NULL;
	bool found = false;

	if (!rd_open(&rd) && rd_dump_chassis(rd, &list) > 0)
		found = !rd_get_mm(rd, list[0].instance, list[0].own_slot, own) &&
			own->sw_version[0];
	free(list);
	rd_close(rd);
	return found;
}

/* That of the image which the module runs; elsewhere that of the tree. */
static int version(struct ctx *ctx)
{
	struct out *o = &ctx->out;
	struct rd_mm own;

	out_flag(o, "ok", NULL, true);
	out_text(o, "%s ", ctx->prog);
	if (running_software(&own)) {
		out_str(o, "version", "%s", own.sw_version);
		out_num(o, "build", " build %llu\n", own.sw_build);
	} else {
		out_str(o, "version", "%s\n", REDCTL_VERSION);
	}
	return STATUS_DONE;
}

/* What needs no command: Return: enum status, -1: it does. */
static int without_command(struct ctx *ctx, unsigned int n)
{
	const struct options *opt = &ctx->opt;
	bool alone = !n && !opt->given && !opt->help;

	if (opt->version && alone && !opt->file)
		return version(ctx);
	if (opt->file && alone && !opt->version && ctx->program->batch)
		return ctx->program->batch(ctx);
	if (alone && !opt->version && !opt->file && ctx->program->console)
		return ctx->program->console(ctx);
	return -1;
}

static int start(struct ctx *ctx, const char *const words[], unsigned int n, unsigned int own)
{
	int status;

	out_init(&ctx->out, stdout, ctx->opt.json ? OUT_JSON : OUT_TEXT);
	status = without_command(ctx, own);
	if (status >= 0)
		return run_end(ctx, status);
	out_free(&ctx->out);
	return run_words(ctx, words, n);
}

static int refuse(struct ctx *ctx, const char *problem)
{
	out_init(&ctx->out, stdout, ctx->opt.json ? OUT_JSON : OUT_TEXT);
	return run_end(ctx, fail(ctx, STATUS_USAGE, "usage", "%s", problem));
}

int redctl_main(const struct program *prog, int argc, char **argv)
{
	char bad[OPTIONS_BAD_MAX], problem[PARSE_TEXT_MAX];
	const char *words[LINE_WORDS * 2];
	struct ctx ctx = { .prog = prog->name, .program = prog };
	unsigned int n = 0, own;
	int at;

	signal(SIGPIPE, SIG_DFL);
	setvbuf(stdin, NULL, _IONBF, 0); /* a question takes its own line of it, no more */
	at = options_read(&ctx.opt, argc, argv, bad);
	/* the program's name may be missing, or anything */
	if (argc && !line_check(argc - 1, argv + 1, problem))
		return refuse(&ctx, problem);
	if (*bad)
		return refuse(&ctx, bad);
	while (prog->first && prog->first[n]) {
		words[n] = prog->first[n];
		n++;
	}
	own = at < argc ? argc - at : 0;
	while (at < argc && n < ARRAY_SIZE(words))
		words[n++] = argv[at++];
	if (ctx.opt.complete)
		return complete(&ctx.opt, words, n);
	return start(&ctx, words, n, own);
}
