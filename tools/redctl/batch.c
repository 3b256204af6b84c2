// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * redctl -f FILE: each line is a command, questions are answered with yes. Stops
 * at the first that fails and names its line; FILE - is standard input.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "parse.h"

/* Return: enum status */
static int run_text(struct ctx *ctx, const char *text, size_t len)
{
	struct ctx one = { .prog = ctx->prog, .program = ctx->program, .opt = ctx->opt };
	char problem[PARSE_TEXT_MAX], *argv[LINE_WORDS + 2];
	bool good;
	struct line line;

	good = line_split(&line, text, len, problem);
	if (good && line.open) {
		snprintf(problem, sizeof(problem), "a quotation mark is missing");
		good = false;
	}
	if (!good) {
		out_init(&one.out, stdout, ctx->opt.json ? OUT_JSON : OUT_TEXT);
		return run_end(&one, fail(&one, STATUS_USAGE, "usage", "%s", problem));
	}
	if (!line.n)
		return STATUS_DONE;
	argv[0] = (char *)ctx->prog;
	memcpy(argv + 1, line.word, (line.n + 1) * sizeof(argv[0]));
	one.opt.file = NULL;
	one.opt.assume_yes = true;
	return run_line(&one, line.n + 1, argv);
}

static int run_file(struct ctx *ctx, FILE *file)
{
	unsigned int number = 0;
	int status = STATUS_DONE;
	char *text = NULL;
	size_t size = 0;
	ssize_t len;

	while (status == STATUS_DONE && (len = getline(&text, &size, file)) >= 0) {
		number++;
		status = run_text(ctx, text, len);
	}
	free(text);
	ctx->failed = true; /* each line has written its answer */
	if (status)
		fprintf(stderr, "%s: line %u was refused; those after it were not run\n", ctx->prog,
			number);
	else if (ferror(file))
		status =
			fail(ctx, STATUS_REFUSED, "error", "the file could not be read to its end");
	return status;
}

int batch_run(struct ctx *ctx)
{
	bool standard = !strcmp(ctx->opt.file, "-");
	FILE *file = standard ? stdin : fopen(ctx->opt.file, "re");
	int status;

	if (!file)
		return fail(ctx, STATUS_REFUSED, "error", "%.200s: %s", ctx->opt.file,
			    strerror(errno));
	status = run_file(ctx, file);
	if (!standard)
		fclose(file);
	return status;
}
