// SPDX-License-Identifier: GPL-2.0-or-later
/* Owns `vchassis exec` and `vchassis console`: arguments and the terminal. */
#include "client.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define EXEC_SECONDS "300" /* when -t does not say */

/* Return: words of the request in @args, or -1 for wrong usage. */
static int exec_arguments(int argc, char **argv, char **args)
{
	char *slot = NULL, *end;
	const char *seconds = EXEC_SECONDS;
	int i, n = 0;

	for (i = 1; i < argc && strcmp(argv[i], "--"); i++) {
		if (!strcmp(argv[i], "-t") && i + 1 < argc)
			seconds = argv[++i];
		else if (!slot && (!strcmp(argv[i], "1") || !strcmp(argv[i], "2")))
			slot = argv[i];
		else
			return -1;
	}
	if (!slot || i + 1 >= argc || strtod(seconds, &end) < 0 || *end || end == seconds)
		return -1;
	args[n++] = argv[0];
	args[n++] = slot;
	args[n++] = (char *)seconds;
	for (i++; i < argc; i++)
		args[n++] = argv[i];
	return n;
}

int exec_command(int argc, char **argv)
{
	char **args = calloc(argc + 4, sizeof(*args));
	int n = args ? exec_arguments(argc, argv, args) : -1;
	int status = n < 0 ? CLIENT_USAGE : client_exec(n, args);

	free(args);
	return status;
}

static struct termios saved;

static void restore_terminal(void)
{
	tcsetattr(0, TCSANOW, &saved);
}

/* Return: the slot, NULL for wrong usage. */
static char *console_arguments(int argc, char **argv, double *seconds)
{
	char *slot = NULL, *end;

	*seconds = 0;
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "-t") && i + 1 < argc) {
			*seconds = strtod(argv[++i], &end);
			if (*end || end == argv[i] || *seconds <= 0)
				return NULL;
		} else if (!slot && (!strcmp(argv[i], "1") || !strcmp(argv[i], "2"))) {
			slot = argv[i];
		} else {
			return NULL;
		}
	}
	return slot;
}

int console_command(int argc, char **argv)
{
	struct winsize ws = { .ws_row = 24, .ws_col = 80 };
	char rows[12], cols[12], *args[] = { argv[0], NULL, rows, cols, NULL };
	bool terminal = isatty(0) && !tcgetattr(0, &saved);
	struct termios t;
	double seconds;

	args[1] = console_arguments(argc, argv, &seconds);
	if (!args[1])
		return EXIT_USAGE;
	if (terminal) {
		ioctl(0, TIOCGWINSZ, &ws);
		fprintf(stderr, "Console of management module %s; ^] ends it.\n", args[1]);
		t = saved;
		cfmakeraw(&t);
		tcsetattr(0, TCSANOW, &t);
		atexit(restore_terminal);
	}
	snprintf(rows, sizeof(rows), "%u", ws.ws_row);
	snprintf(cols, sizeof(cols), "%u", ws.ws_col);
	return client_console(4, args, !terminal, seconds);
}
