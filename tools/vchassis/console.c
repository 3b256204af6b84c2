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
	int status = n < 0 ? CLIENT_USAGE : client_exec(n, args, false);

	free(args);
	return status;
}

static struct termios saved;

static void restore_terminal(void)
{
	tcsetattr(0, TCSANOW, &saved);
}

int console_command(int argc, char **argv)
{
	struct winsize ws = { .ws_row = 24, .ws_col = 80 };
	char rows[12], cols[12];
	char *args[] = { argv[0], argv[1], rows, cols, NULL };
	struct termios t;
	int status;

	if (argc != 2 || (strcmp(argv[1], "1") && strcmp(argv[1], "2")))
		return EXIT_USAGE;
	if (isatty(0) && !tcgetattr(0, &saved)) {
		ioctl(0, TIOCGWINSZ, &ws);
		fprintf(stderr, "Console of management module %s; ^] ends it.\n", argv[1]);
		t = saved;
		cfmakeraw(&t);
		tcsetattr(0, TCSANOW, &t);
		atexit(restore_terminal);
	}
	snprintf(rows, sizeof(rows), "%u", ws.ws_row);
	snprintf(cols, sizeof(cols), "%u", ws.ws_col);
	status = client_exec(4, args, true);
	return status;
}
