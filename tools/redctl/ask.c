// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Questions. The answer is one line of standard input, a terminal or not; the
 * question goes to standard output as on the switch, with -j to standard
 * error, so that standard output is JSON only. C-01: y does it, n does not.
 * Ctrl-C at a question is a no.
 */
#include <ctype.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include "redctl.h"

static void interrupted(int sig)
{
	/* it ends the wait for the answer, no more */
}

/* Standard input is not buffered, so that what poll() says of it is true. */
static bool wait_for_answer(const sigset_t *mask)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };

	return ppoll(&p, 1, NULL, mask) > 0;
}

/* Return: 'y', 'n', 0 for anything else, EOF at the end of input or Ctrl-C. */
static int read_answer(const sigset_t *mask)
{
	char line[64], *at = line;
	size_t len;
	int c;

	if (!wait_for_answer(mask) || !fgets(line, sizeof(line), stdin))
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

/* A terminal shows what is typed; the transcript of a console does so too. */
static void echo(const struct ctx *ctx, FILE *to, int answer)
{
	if (answer != EOF && isatty(STDIN_FILENO))
		return;
	if (ctx->console && answer > 0)
		fputc(answer, to);
	fputc('\n', to);
}

int ask_answer(struct ctx *ctx, const char *question)
{
	struct sigaction action = { .sa_handler = interrupted }, before;
	sigset_t block, mask;
	FILE *to = ctx->opt.json ? stderr : stdout;
	int answer;

	if (ctx->opt.given & OPT_YES)
		return 'y';
	/* Ctrl-C counts from now on, and is taken while waiting only */
	sigemptyset(&block);
	sigaddset(&block, SIGINT);
	sigprocmask(SIG_BLOCK, &block, &mask);
	sigaction(SIGINT, &action, &before);
	do {
		fprintf(to, "%s ", question);
		fflush(to);
		answer = read_answer(&mask);
		echo(ctx, to, answer);
	} while (!answer);
	sigaction(SIGINT, &before, NULL);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	clearerr(stdin);
	fflush(to);
	return answer;
}

bool ask(struct ctx *ctx, const char *question)
{
	if (ask_answer(ctx, question) == 'y')
		return true;
	fail(ctx, STATUS_REFUSED, "cancelled", "nothing was changed");
	return false;
}
