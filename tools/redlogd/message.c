// SPDX-License-Identifier: GPL-2.0-or-later
/* An event as an RFC 5424 message. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "syslog.h"

/* enum redund_severity -> RFC 5424; what the specification calls fatal is critical */
static unsigned int severity_of(unsigned int severity)
{
	switch (severity) {
	case REDUND_SEVERITY_MAJOR:
		return 2;
	case REDUND_SEVERITY_WARNING:
		return 4;
	case REDUND_SEVERITY_DEBUG:
		return 7;
	default:
		return 6;
	}
}

/* HOSTNAME and others: printable ASCII without blanks, "-" for nothing. */
static void put_name(char *to, size_t size, const char *from)
{
	size_t i;

	for (i = 0; from[i] && i < size - 1; i++)
		to[i] = from[i] > ' ' && from[i] <= '~' ? from[i] : '-';
	if (!i)
		to[i++] = '-';
	to[i] = '\0';
}

size_t syslog_format(char *buf, size_t size, const struct syslog *s, const struct rd_event *e)
{
	char when[32] = "-", host[64], number[12] = "-", *c;
	time_t t = e->time_s;
	struct tm tm;
	int n;

	if (e->time_s && gmtime_r(&t, &tm))
		strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm);
	if (e->number)
		snprintf(number, sizeof(number), "%05u", e->number);
	put_name(host, sizeof(host), s->hostname);
	n = snprintf(buf, size, "<%u>1 %s %s redund mm%u %s - %s: %s",
		     SYSLOG_FACILITY * 8 + severity_of(e->severity), when, host, s->slot, number,
		     e->subsystem, e->text);
	if (n < 0 || (size_t)n >= size)
		n = size - 1;
	for (c = buf; c < buf + n; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	return n;
}
