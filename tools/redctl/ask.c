// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Questions. The answer is one line of standard input, a terminal or not; the
 * question goes to standard output as on the switch, with -j to standard
 * error, so that standard output is JSON only. C-01: y does it, n does not.
 */
#include <ctype.h>
#include <string.h>
#include <unistd.h>
#include "redctl.h"

/* Return: 'y', 'n', 0 for anything else, EOF at the end of input. */
static int read_answer(void)
{
	char line[64], *at = line;
	size_t len;
	int c;

	if (!fgets(line, sizeof(line), stdin))
		return EOF;
	if (!strchr(line, '\n'))
		while ((c = getchar()) != EOF && c != '\n')
			;
	while (isspace((unsigned char)*at))
		at++;
	len = strcspn(at, " \t\r\n");
	if ((len == 1 || (len == 3 && !strncasecmp(at, "yes", 3))) && tolower(*at) == 'y')
		return 'y';
	if ((len == 1 || (len == 2 && !strncasecmp(at, "no", 2))) && tolower(*at) == 'n')
		return 'n';
	return 0;
}

bool ask(struct ctx *ctx, const char *question)
{
	FILE *to = ctx->opt.json ? stderr : stdout;
	int answer;

	if (ctx->opt.given & OPT_YES)
		return true;
	do {
		fprintf(to, "%s ", question);
		fflush(to);
		answer = read_answer();
		if (answer == EOF || !isatty(STDIN_FILENO))
			fputc('\n', to);
	} while (!answer);
	fflush(to);
	if (answer == 'y')
		return true;
	fail(ctx, STATUS_REFUSED, "cancelled", "nothing was changed");
	return false;
}
