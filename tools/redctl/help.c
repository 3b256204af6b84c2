// SPDX-License-Identifier: GPL-2.0-or-later
/* Help: the list of commands and the page of one command, from the table. */
#include <stdlib.h>
#include <string.h>
#include "parse.h"

#define HELP_MAX 128

static int by_syntax(const void *a, const void *b)
{
	const struct command *const *x = a, *const *y = b;

	return strcmp((*x)->syntax, (*y)->syntax);
}

/* @taken: OPT_* of the commands that were listed */
static void print_options(struct ctx *ctx, unsigned int taken)
{
	unsigned int i, bit;
	const char *name, *value, *text;
	char both[32];

	out_list(&ctx->out, "options");
	for (i = 0; option_of(i, &bit, &name, &value, &text); i++) {
		if (bit & ~taken || (bit == OPT_ALONE && ctx->console))
			continue;
		snprintf(both, sizeof(both), "%s%s", name, value);
		out_text(&ctx->out, "  %-24s %s\n", both, text);
		out_str(&ctx->out, NULL, NULL, strstr(name, "--"));
	}
	out_close(&ctx->out);
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
		if (found < max && parse_shown(c) && parse_begins(c->syntax, words, n))
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
		 cmd->syntax + (ctx->program->first ? strcspn(cmd->syntax, "[<") : 0));
	out_str(&ctx->out, "syntax", NULL, cmd->syntax);
	out_str(&ctx->out, "summary", NULL, cmd->summary);
	out_str(&ctx->out, "help", NULL, cmd->help);
	out_text(&ctx->out, "%s\n", cmd->help);
}

int help_words(struct ctx *ctx, const char *const words[], unsigned int n)
{
	const struct command *list[HELP_MAX];
	unsigned int taken = n ? 0 : OPT_ALONE;
	struct parse p;
	size_t found, i;

	if (!parse_expand(&p, words, n))
		return fail(ctx, STATUS_USAGE, "usage", "no such command: %s", p.problem);
	found = collect(list, ARRAY_SIZE(list), p.word, n);
	out_flag(&ctx->out, "ok", NULL, true);
	if (found == 1)
		help_command(ctx, list[0]);
	else
		help_list(ctx, list, found);
	out_text(&ctx->out, "\nOptions, anywhere on the line:\n");
	for (i = 0; i < found; i++)
		taken |= command_options(list[i]);
	print_options(ctx, taken);
	print_exit_status(ctx);
	return STATUS_DONE;
}
