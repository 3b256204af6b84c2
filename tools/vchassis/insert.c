// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns `vchassis insert`: the chassis process works in another directory, so
 * the files are named for it from the root.
 */
#include "client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int insert_command(int argc, char **argv)
{
	char **args = calloc(argc + 1, sizeof(*args));
	int status = 0;

	if (!args)
		return 1;
	for (int i = 0; i < argc && !status; i++) {
		bool file = i && !strncmp(argv[i - 1], "--image-", 8);

		args[i] = file ? realpath(argv[i], NULL) : strdup(argv[i]);
		if (!args[i]) {
			fprintf(stderr, "vchassis: %s: %s\n", argv[i], strerror(errno));
			status = 1;
		}
	}
	if (!status)
		status = client_request(argc, args);
	for (int i = 0; i < argc; i++)
		free(args[i]);
	free(args);
	return status;
}
