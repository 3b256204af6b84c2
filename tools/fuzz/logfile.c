// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Hostile lines of the event log in the flash. One that is taken reads the same
 * when it is written again, and what is written is one line of printable text.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../lib/logline.h"
#include "fuzz.h"

const char *const fuzz_words[] = { "\"mm\":",
				   "\"boot\":",
				   "\"id\":",
				   "\"time_s\":",
				   "\"clock_us\":",
				   "\"number\":",
				   "\"severity\":",
				   "\"subsystem\":",
				   "\"slot\":",
				   "\"text\":",
				   "\"lost\":",
				   "\"incarnation\":",
				   "\"linux_boot\":",
				   "4294967296",
				   "9223372036854775807",
				   "-1",
				   "\\u001b",
				   "\\u0000",
				   "\xc3\xa4",
				   "1e3",
				   "null",
				   "{",
				   "}",
				   "[",
				   NULL };

static void check_texts(const struct log_line *l)
{
	MUST(memchr(l->event.subsystem, '\0', sizeof(l->event.subsystem)));
	MUST(memchr(l->event.text, '\0', sizeof(l->event.text)));
	MUST(memchr(l->linux_boot, '\0', sizeof(l->linux_boot)));
	MUST(l->mm >= 1 && l->mm <= RD_SLOTS && l->event.slot <= RD_SLOTS);
	MUST(l->event.severity <= REDUND_SEVERITY_MAJOR);
}

static void check_again(const struct log_line *l)
{
	static char line[LOG_LINE_MAX * 2];
	static struct log_line again;
	FILE *f = fmemopen(line, sizeof(line), "w");
	size_t len, i;

	MUST(f && !log_print(f, l) && !fclose(f));
	len = strlen(line);
	MUST(len && line[len - 1] == '\n');
	for (i = 0; i + 1 < len; i++)
		MUST(line[i] >= ' ' && line[i] <= '~');
	MUST(log_parse(line, len, &again));
	MUST(again.kind == l->kind && again.mm == l->mm && again.boot == l->boot);
	if (l->kind == LOG_EVENT)
		MUST(log_same(l, &again) && !log_compare(l, &again));
	MUST(again.lost == l->lost && again.incarnation == l->incarnation);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = fuzz_copy(data, len, false);
	static struct log_line line;

	if (len < LOG_LINE_MAX && log_parse(text, len, &line)) {
		check_texts(&line);
		check_again(&line);
	}
	free(text);
	return 0;
}
