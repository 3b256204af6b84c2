// SPDX-License-Identifier: GPL-2.0-or-later
/* Messages: standard error (with the journal's priority where it is the journal),
 * and for what an operator has to know the driver's event log.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "redsyncd.h"

int64_t clock_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

/* sd-daemon(3) */
static int priority(unsigned int severity)
{
	switch (severity) {
	case REDUND_SEVERITY_MAJOR:
		return 3;
	case REDUND_SEVERITY_WARNING:
		return 4;
	case REDUND_SEVERITY_DEBUG:
		return 7;
	default:
		return 6;
	}
}

static void print(unsigned int severity, const char *text)
{
	if (getenv("JOURNAL_STREAM"))
		fprintf(stderr, "<%d>%s\n", priority(severity), text);
	else
		fprintf(stderr, "redsyncd: %s\n", text);
}

/* What came from a file or another program is printed as ASCII. */
static void clean(char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

void say(unsigned int severity, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	clean(text);
	print(severity, text);
}

#define LIMIT_COUNT 5
#define LIMIT_MS    60000

bool say_limited(struct limit *l, unsigned int severity, const char *fmt, ...)
{
	int64_t now = clock_ms();
	char text[512];
	va_list ap;

	if (!l->count || now - l->since_ms > LIMIT_MS) {
		l->since_ms = now;
		l->count = 0;
	}
	if (l->count++ >= LIMIT_COUNT)
		return false;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	clean(text);
	print(severity, text);
	if (l->count == LIMIT_COUNT)
		print(severity, "more of these are not shown for a minute");
	return true;
}

/* What a stranger may choose, between ` and ', makes no other cause. */
static void cause_of(const char *text, char *cause, size_t size)
{
	const char *at = strstr(text, "refused: ");
	size_t len = 0;

	at = at ? at + strlen("refused: ") : text;
	for (bool inside = false; *at && len + 1 < size; at++) {
		if (*at == '`')
			inside = true;
		if (!inside)
			cause[len++] = *at;
		if (*at == '\'')
			inside = false;
	}
	cause[len] = '\0';
}

bool say_limited_by_cause(struct limits *l, unsigned int severity, const char *text)
{
	char cause[sizeof(l->of[0].cause)];
	unsigned int i;

	cause_of(text, cause, sizeof(cause));
	/* the last one is for all that find no place */
	for (i = 0; i < CAUSES - 1; i++)
		if (!l->of[i].cause[0] || !strcmp(l->of[i].cause, cause))
			break;
	memcpy(l->of[i].cause, cause, sizeof(cause));
	return say_limited(&l->of[i].limit, severity, "%s", text);
}

void say_event(struct daemon *d, unsigned int severity, const char *fmt, ...)
{
	char text[160]; /* what an entry of the log holds */
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	clean(text);
	print(severity, text);
	if (rd_event_add(d->rd, d->instance, 0, severity, d->slot, "config", text))
		say(REDUND_SEVERITY_WARNING, "that is not in the event log: %s", rd_text(d->rd));
}
