/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line of the event log in the flash; private to logstore.c and its tests. */
#ifndef REDUND_LOGLINE_H
#define REDUND_LOGLINE_H

#include <stdio.h>
#include "logstore.h"

/* Return: false when @text is no line of the log. Trusts nothing in it. */
bool log_parse(const char *text, size_t len, struct log_line *line);

/* Return: 0 or a negative errno. */
int log_print(FILE *f, const struct log_line *line);

#endif /* REDUND_LOGLINE_H */
