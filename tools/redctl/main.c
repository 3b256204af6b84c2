// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The command line: options anywhere, the words between them name a command of
 * the table (cmd_*.c), which is run on one instance.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include "redctl.h"
#include "session.h"

#define WORDS_MAX 32

enum {
	LONG_CHECK = 256,
	LONG_FORCE,
	LONG_TIMEOUT,
	LONG_COMPLETE,
};

/* clang-format off */
static const struct option long_options[] = {
	{ "device", required_argument, NULL, 'd' },
	{ "json", no_argument, NULL, 'j' },
	{ "yes", no_argument, NULL, 'y' },
	{ "help", no_argument, NULL, 'h' },
	{ "reverse", no_argument, NULL, 'r' },
	{ "check", no_argument, NULL, LONG_CHECK },
	{ "force", no_argument, NULL, LONG_FORCE },
	{ "timeout", required_argument, NULL, LONG_TIMEOUT },
	{ "complete", no_argument, NULL, LONG_COMPLETE },
	{ }
};

/* clang-format on */

static const struct {
	unsigned int option;
	const char *name;
} option_names[] = {
	{ OPT_YES, "-y" },	  { OPT_CHECK, "--check" },
	{ OPT_FORCE, "--force" }, { OPT_TIMEOUT, "--timeout" },
	{ OPT_REVERSE, "-r" },
};

static bool set_timeout(struct options *opt, const char *text)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || end == text || *end || text[0] == '-' || value > 86400)
		return false;
	opt->timeout_s = value;
	opt->given |= OPT_TIMEOUT;
	return true;
}

static void bad_option(char bad[PARSE_TEXT_MAX], const char *word)
{
	snprintf(bad, PARSE_TEXT_MAX, "unknown option or missing value: `%.60s'; expected: %s",
		 word, "-d redundN, -j, -y, -r, --check, --force, --timeout S, --help");
}

/* The options without a value. */
static bool set_flag(struct options *opt, int c)
{
	switch (c) {
	case 'j':
		opt->json = true;
		return true;
	case 'h':
		opt->help = true;
		return true;
	case 'y':
		opt->given |= OPT_YES;
		return true;
	case 'r':
		opt->given |= OPT_REVERSE;
		return true;
	case LONG_CHECK:
		opt->given |= OPT_CHECK;
		return true;
	case LONG_FORCE:
		opt->given |= OPT_FORCE;
		return true;
	default:
		return false;
	}
}

/* Reads all options; a problem is kept in @bad, since -j may come after it. */
static bool read_options(struct options *opt, int argc, char **argv, char bad[PARSE_TEXT_MAX])
{
	bool complete = false;
	int c;

	unsetenv("POSIXLY_CORRECT"); /* it would end the options at the first word */
	opterr = 0;
	while ((c = getopt_long(argc, argv, "d:jyhr", long_options, NULL)) != -1) {
		if (c == 'd')
			opt->device = optarg;
		else if (c == LONG_COMPLETE)
			complete = true;
		else if (c == LONG_TIMEOUT && !set_timeout(opt, optarg))
			snprintf(bad, PARSE_TEXT_MAX, "--timeout: expected: seconds, 0 to 86400");
		else if (c != LONG_TIMEOUT && !set_flag(opt, c))
			bad_option(bad, argv[optind - 1]);
	}
	return complete;
}

/* For the shell's completion: the words that may follow, one a line. */
static int complete_words(const char *const words[], unsigned int n)
{
	char list[PARSE_TEXT_MAX], *word, *save;

	if (n && !strcmp(words[0], "help"))
		parse_expected(words + 1, n - 1, list);
	else
		parse_expected(words, n, list);
	for (word = strtok_r(list, ", ", &save); word; word = strtok_r(NULL, ", ", &save))
		if (word[0] != '<')
			puts(word);
	return STATUS_DONE;
}

static int run_command(struct ctx *ctx, const struct command *cmd, const char *const args[])
{
	unsigned int excess = ctx->opt.given & ~cmd->options;
	size_t i;
	int status;

	for (i = 0; i < ARRAY_SIZE(option_names); i++)
		if (excess & option_names[i].option)
			return fail(ctx, STATUS_USAGE, "usage", "`%s' does not take %s",
				    cmd->syntax, option_names[i].name);
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
	const char *args[ARGS_MAX];
	char problem[PARSE_TEXT_MAX];
	const struct command *cmd;

	if (n && !strcmp(words[0], "help") && (n > 1 || !ctx->opt.help))
		return help_words(ctx, words + 1, n - 1);
	if (ctx->opt.help)
		return help_words(ctx, words, n);
	cmd = parse_command(words, n, args, problem);
	if (cmd)
		return run_command(ctx, cmd, args);
	return fail(ctx, STATUS_USAGE, "usage", "%s%s", problem, n ? "" : " (or: redctl help)");
}

int redctl_main(const char *prog, const char *const first[], int argc, char **argv)
{
	struct ctx ctx = { .prog = prog, .given_words = first };
	const char *words[WORDS_MAX];
	char bad[PARSE_TEXT_MAX] = "";
	unsigned int n = 0;
	bool complete;
	int status;

	signal(SIGPIPE, SIG_DFL);
	complete = read_options(&ctx.opt, argc, argv, bad);
	out_init(&ctx.out, stdout, ctx.opt.json ? OUT_JSON : OUT_TEXT);
	while (first && first[n]) {
		words[n] = first[n];
		n++;
	}
	while (optind < argc && n < WORDS_MAX)
		words[n++] = argv[optind++];
	if (complete) {
		out_free(&ctx.out);
		return complete_words(words, n);
	}
	if (*bad)
		status = fail(&ctx, STATUS_USAGE, "usage", "%s", bad);
	else
		status = dispatch(&ctx, words, n);
	if (!ctx.failed && !out_end(&ctx.out)) {
		fprintf(stderr, "%s: output: cannot write the answer\n", prog);
		status = status ? status : STATUS_REFUSED;
	}
	out_free(&ctx.out);
	return status;
}
