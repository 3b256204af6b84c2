// SPDX-License-Identifier: GPL-2.0-or-later
/* Help: the list of commands and the page of one command, from the table. */
#include <stdlib.h>
#include <string.h>
#include "redctl.h"

static const char *const common_options[] = {
	"-d redundN     which instance, when this kernel has several\n",
	"-j, --json     print one JSON object (monitor: one a line)\n",
	"-h, --help     this text\n",
};

static const struct {
	unsigned int option;
	const char *text;
} own_options[] = {
	{ OPT_YES, "-y, --yes      answer yes to the question\n" },
	{ OPT_CHECK,
	  "--check        say whether it would be accepted, and every reason why not\n" },
	{ OPT_FORCE,
	  "--force        do not wait for readiness or synchronization; recorded as forced\n" },
	{ OPT_TIMEOUT, "--timeout S    give up after S seconds\n" },
	{ OPT_REVERSE, "-r             most recent first\n" },
};

static int by_syntax(const void *a, const void *b)
{
	const struct command *const *x = a, *const *y = b;

	return strcmp((*x)->syntax, (*y)->syntax);
}

static void print_options(struct ctx *ctx, const struct command *cmd)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(own_options); i++)
		if (!cmd || cmd->options & own_options[i].option)
			out_text(&ctx->out, "  %s", own_options[i].text);
	for (i = 0; i < ARRAY_SIZE(common_options); i++)
		out_text(&ctx->out, "  %s", common_options[i]);
}

static void print_exit_status(struct ctx *ctx)
{
	out_text(&ctx->out, "\nExit status: 0 done, 1 refused, cancelled or rolled back, ");
	out_text(&ctx->out, "2 usage, 3 no driver,\n4 time-out. The cause is a stable word ");
	out_text(&ctx->out, "on standard error (%s: WORD: text)\nand in JSON (\"reason\").\n",
		 ctx->prog);
}

/* The commands that begin with the words, sorted. */
static size_t collect(const struct command **list, size_t max, const char *const words[],
		      unsigned int n)
{
	const struct command *c;
	size_t found = 0;

	for (c = __start_redctl_cmds; c < __stop_redctl_cmds; c++)
		if (found < max && parse_begins(c->syntax, words, n))
			list[found++] = c;
	qsort(list, found, sizeof(list[0]), by_syntax);
	return found;
}

static void help_list(struct ctx *ctx, const struct command *const list[], size_t n)
{
	size_t i;

	out_text(&ctx->out, "Usage: %s [OPTION...] COMMAND\n\nCommands:\n", ctx->prog);
	out_list(&ctx->out, "commands");
	for (i = 0; i < n; i++) {
		out_open(&ctx->out, NULL);
		out_str(&ctx->out, "syntax", "  %s\n", list[i]->syntax);
		out_str(&ctx->out, "summary", "        %s\n", list[i]->summary);
		out_close(&ctx->out);
	}
	out_close(&ctx->out);
}

static void help_command(struct ctx *ctx, const struct command *cmd)
{
	/* showredund's own words are there already */
	out_text(&ctx->out, "Usage: %s [OPTION...] %s\n\n", ctx->prog,
		 cmd->syntax + (ctx->given_words ? strcspn(cmd->syntax, "[<") : 0));
	out_str(&ctx->out, "syntax", NULL, cmd->syntax);
	out_str(&ctx->out, "summary", NULL, cmd->summary);
	out_str(&ctx->out, "help", NULL, cmd->help);
	out_text(&ctx->out, "%s\n", cmd->help);
}

int help_words(struct ctx *ctx, const char *const words[], unsigned int n)
{
	const struct command *list[64];
	size_t found = collect(list, ARRAY_SIZE(list), words, n);

	if (!found)
		return fail(ctx, STATUS_USAGE, "usage",
			    "no command begins with `%.60s'; see: redctl --help", words[0]);
	out_flag(&ctx->out, "ok", NULL, true);
	if (found == 1)
		help_command(ctx, list[0]);
	else
		help_list(ctx, list, found);
	out_text(&ctx->out, "\nOptions, anywhere on the line:\n");
	print_options(ctx, found == 1 ? list[0] : NULL);
	print_exit_status(ctx);
	return STATUS_DONE;
}
