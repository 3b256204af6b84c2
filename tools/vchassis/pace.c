// SPDX-License-Identifier: GPL-2.0-or-later
/* Owns the pace of a script at a console; see pace.h. */
#include "pace.h"
#include "clock.h"

#include <string.h>

#define SEND_US	  60000	   /* a prompt that stands this long waits for a line */
#define OVER_US	  300000   /* ... and the answer to the last line is complete */
#define SILENT_US 20000000 /* without a prompt: nothing will come */
#define FIRST_US  60000000 /* ... before anything came */

#define ESC 27

enum { TEXT, ESCAPE, CONTROL };

void pace_start(struct pace *p)
{
	*p = (struct pace){ .since = clock_us() };
}

/* Return: is this a byte of the text? */
static bool filter(struct pace *p, unsigned char c)
{
	switch (p->escape) {
	case ESCAPE:
		p->escape = c == '[' || c == 'O' ? CONTROL : TEXT;
		return false;
	case CONTROL:
		if (c >= '@' && c <= '~')
			p->escape = TEXT;
		return false;
	default:
		if (c == ESC)
			p->escape = ESCAPE;
		return c == '\n' || c == '\t' || c == '\b' || (c >= ' ' && c != 127);
	}
}

size_t pace_output(struct pace *p, char *data, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		if (filter(p, data[i]))
			data[n++] = data[i];
	p->since = clock_us();
	p->heard = true;
	if (n)
		p->prompt = data[n - 1] != '\n';
	return n;
}

void pace_input(struct pace *p, const char *data, size_t len)
{
	if (len)
		buffer_add(&p->lines, data, len);
	else
		p->ended = true;
}

static bool quiet_for(const struct pace *p, u64 us)
{
	return clock_us() - p->since >= us;
}

static bool quiet(const struct pace *p, u64 at_prompt)
{
	return quiet_for(p, p->prompt ? at_prompt : p->heard ? SILENT_US : FIRST_US);
}

size_t pace_line(const struct pace *p)
{
	const char *lf = p->lines.len ?
				 memchr(buffer_at((struct buffer *)&p->lines), '\n', p->lines.len) :
				 NULL;

	if (!p->lines.len || (!lf && !p->ended) || !quiet(p, SEND_US))
		return 0;
	return lf ? (size_t)(lf + 1 - buffer_at((struct buffer *)&p->lines)) : p->lines.len;
}

void pace_sent(struct pace *p, size_t len)
{
	buffer_take(&p->lines, len);
	p->prompt = false;
	p->since = clock_us();
}

bool pace_over(const struct pace *p)
{
	return p->ended && !p->lines.len && quiet(p, OVER_US);
}
