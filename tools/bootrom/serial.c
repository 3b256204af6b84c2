// SPDX-License-Identifier: GPL-2.0-or-later
/* Owns the serial line of the boot ROM: text out, keys and edited lines in. */
#include "rom.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define STEP_MS 1000 /* the chassis hears from a ROM that waits this often */
#define CTRL_C	3
#define BELL	7
#define CTRL_U	21
#define ESC	27
#define DEL	127

static void put(const char *text, size_t len)
{
	while (len) {
		ssize_t n = write(1, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			exit(1); /* the chassis is gone */
		text += n;
		len -= n;
	}
}

void say(const char *fmt, ...)
{
	char text[1024], out[2 * sizeof(text)];
	size_t len = 0;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	for (const char *p = text; *p; p++) {
		if (*p == '\n')
			out[len++] = '\r';
		out[len++] = *p;
	}
	put(out, len);
}

/* Return: a byte; -1 nothing came in time. The end of the line is the ROM's end. */
static int byte_within(int ms)
{
	struct pollfd p = { .fd = 0, .events = POLLIN };
	unsigned char c;
	ssize_t n;

	if (poll(&p, 1, ms) <= 0)
		return -1;
	n = read(0, &c, 1);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return -1;
	if (n <= 0)
		exit(1);
	return c;
}

/* What an arrow or function key sends is no key here. */
static void skip_sequence(void)
{
	int c = byte_within(50);

	if (c != '[' && c != 'O')
		return;
	do {
		c = byte_within(50);
	} while (c >= 0 && c < '@');
}

static long long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

int serial_key(int ms)
{
	long long end = now_ms() + ms, left;
	int c;

	for (;;) {
		left = end - now_ms();
		if (ms >= 0 && left < 0)
			left = 0;
		bus_waits();
		c = byte_within(ms >= 0 && left < STEP_MS ? (int)left : STEP_MS);
		if (c == ESC) {
			skip_sequence();
			continue;
		}
		if (c >= 0)
			return c;
		if (ms >= 0 && now_ms() >= end)
			return -1;
	}
}

static void rub_out(size_t count)
{
	while (count--)
		put("\b \b", 3);
}

int serial_line(char *buf, size_t size, int first, int ms)
{
	size_t len = 0;
	char c;

	for (int key = first;; key = -1) {
		if (key < 0)
			key = serial_key(ms);
		if (key < 0)
			return -1;
		c = key;
		if (key == '\r' || key == '\n') {
			buf[len] = 0;
			say("\n");
			return len;
		}
		if (key == CTRL_C) {
			say("^C\n");
			return -2;
		}
		if ((key == '\b' || key == DEL) && len) {
			rub_out(1);
			len--;
		} else if (key == CTRL_U) {
			rub_out(len);
			len = 0;
		} else if (key >= ' ' && key < DEL && len + 1 < size) {
			buf[len++] = c;
			put(&c, 1);
		} else {
			say("%c", BELL);
		}
	}
}
