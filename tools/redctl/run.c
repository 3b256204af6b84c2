// SPDX-License-Identifier: GPL-2.0-or-later
/* One command: found by its words, run on one instance, and answered. */
#include <string.h>
#include "parse.h"
#include "session.h"

/* Return: whether all options are of those taken; else the cause was reported. */
static bool check_options(struct ctx *ctx, const char *syntax, unsigned int taken)
{
	unsigned int i, bit, excess = ctx->opt.given & ~taken;
	const char *name, *value, *text;

	for (i = 0; option_of(i, &bit, &name, &value, &text); i++) {
		if (!(excess & bit))
			continue;
		fail(ctx, STATUS_USAGE, "usage", "`%.80s' does not take %s", syntax, name);
		return false;
	}
	return true;
}

static int run_command(struct ctx *ctx, const struct command *cmd, const char *const args[])
{
	int status;

	if (!check_options(ctx, cmd->syntax, command_options(cmd)))
		return STATUS_USAGE;
	if (ctx->opt.assume_yes)
		ctx->opt.given |= cmd->options & OPT_YES;
	if (ctx->opt.given & OPT_WATCH)
		return watch_run(ctx, cmd, args);
	if (cmd->flags & CMD_LOCAL)
		return cmd->run(ctx, args);
	status = session_open(ctx);
	if (status == STATUS_DONE)
		status = cmd->run(ctx, args);
	session_close(ctx);
	return status;
}

static int dispatch(struct ctx *ctx, const char *const words[], unsigned int n)
{
	struct parse p;

	if (ctx->opt.version || ctx->opt.file || ctx->opt.complete)
		return fail(ctx, STATUS_USAGE, "usage", "%s stands alone",
			    ctx->opt.version ? "--version" :
			    ctx->opt.file    ? "-f" :
					       "--complete");
	if (n && parse_expand(&p, words, 1) && !strcmp(p.word[0], "help") &&
	    (n > 1 || !ctx->opt.help))
		return check_options(ctx, "help", 0) ? help_words(ctx, words + 1, n - 1) :
						       STATUS_USAGE;
	if (ctx->opt.help)
		return help_words(ctx, words, n);
	if (parse_command(&p, words, n))
		return run_command(ctx, p.cmd, p.args);
	return fail(ctx, STATUS_USAGE, "usage", "%s%s", p.problem, n ? "" : " (or: redctl help)");
}

int run_end(struct ctx *ctx, int status)
{
	if (!ctx->failed && !out_end(&ctx->out)) {
		fprintf(stderr, "%s: output: cannot write the answer\n", ctx->prog);
		status = status ? status : STATUS_REFUSED;
	}
	out_free(&ctx->out);
	return status;
}

int run_words(struct ctx *ctx, const char *const words[], unsigned int n)
{
	out_init(&ctx->out, stdout, ctx->opt.json ? OUT_JSON : OUT_TEXT);
	return run_end(ctx, dispatch(ctx, words, n));
}

int run_line(struct ctx *ctx, int argc, char **argv)
{
	char bad[OPTIONS_BAD_MAX];
	int first = options_read(&ctx->opt, argc, argv, bad);

	if (!*bad)
		return run_words(ctx, (const char *const *)argv + first, argc - first);
	out_init(&ctx->out, stdout, ctx->opt.json ? OUT_JSON : OUT_TEXT);
	return run_end(ctx, fail(ctx, STATUS_USAGE, "usage", "%s", bad));
}
