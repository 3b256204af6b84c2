// SPDX-License-Identifier: GPL-2.0-or-later
/* Owns `vchassis trace`: reads DIR/trace.jsonl, also after power-off. */
#include "client.h"
#include "clock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FOLLOW_US 20000

/* One event as a person reads it: time, event, the rest as key=value. */
static void print_event(const char *line)
{
	json_t *event = json_loads(line, 0, NULL), *value;
	u64 t = json_integer_value(json_object_get(event, "t_us"));
	const char *name = json_string_value(json_object_get(event, "event")), *key;

	printf("%6llu.%06llu  %-14s", t / 1000000, t % 1000000, name ? name : "?");
	json_object_foreach(event, key, value) {
		if (!strcmp(key, "seq") || !strcmp(key, "t_us") || !strcmp(key, "event"))
			continue;
		if (json_is_string(value))
			printf(" %s=%s", key, json_string_value(value));
		else if (json_is_boolean(value))
			printf(" %s=%s", key, json_is_true(value) ? "yes" : "no");
		else
			printf(" %s=%" JSON_INTEGER_FORMAT, key, json_integer_value(value));
	}
	putchar('\n');
	json_decref(event);
}

/* Prints the whole lines there are; a part of one is read again later. */
static void print_lines(FILE *f, bool json)
{
	char *line = NULL;
	size_t size = 0;
	long at = ftell(f);
	ssize_t n;

	while ((n = getline(&line, &size, f)) > 0 && line[n - 1] == '\n') {
		if (json)
			fputs(line, stdout);
		else
			print_event(line);
		at = ftell(f);
	}
	free(line);
	clearerr(f);
	fseek(f, at, SEEK_SET);
	fflush(stdout);
}

int trace_command(int argc, char **argv)
{
	bool follow = false, json = false, last = false;
	char path[PATH_MAX + 16];
	FILE *f;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--follow"))
			follow = true;
		else if (!strcmp(argv[i], "-j"))
			json = true;
		else
			return EXIT_USAGE;
	}
	snprintf(path, sizeof(path), "%s/trace.jsonl", client_dir);
	f = fopen(path, "re");
	if (!f) {
		fprintf(stderr, "vchassis: %s: %s\n", path, strerror(errno));
		return 1;
	}
	print_lines(f, json);
	while (follow && !last && !ferror(stdout)) {
		last = !up_running();
		clock_sleep(FOLLOW_US);
		print_lines(f, json);
	}
	fclose(f);
	return 0;
}
