/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a console is driven when standard input is no terminal: a line is sent
 * when the other side stands at a prompt, text comes back without what a
 * terminal would do with it, and it is over a quiet moment after the last line.
 */
#ifndef VCHASSIS_PACE_H
#define VCHASSIS_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#include "buffer.h"

struct pace {
	u64 since;	     /* time of the last output, or of the line sent after it */
	bool heard;	     /* there was output at all */
	bool prompt;	     /* it ends in the middle of a line: a prompt */
	int escape;	     /* inside of an escape sequence of the output */
	struct buffer lines; /* input that was not sent yet */
	bool ended;	     /* there is no more of it */
};

void pace_start(struct pace *p);
/** pace_output() - note output and filter it in place; Return: what is left of it */
size_t pace_output(struct pace *p, char *data, size_t len);
void pace_input(struct pace *p, const char *data, size_t len);
/** pace_line() - length of the line to send now, or 0; pace_sent() when it is sent */
size_t pace_line(const struct pace *p);
void pace_sent(struct pace *p, size_t len);
/** pace_over() - all is sent and answered */
bool pace_over(const struct pace *p);

#endif
