/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A growing byte queue; owns nothing else. Out of memory ends the program. */
#ifndef VCHASSIS_BUFFER_H
#define VCHASSIS_BUFFER_H

#include <stddef.h>

struct buffer {
	char *data;
	size_t start, len, size; /* @len bytes from data + start */
};

void buffer_add(struct buffer *b, const void *data, size_t len);
void buffer_take(struct buffer *b, size_t len);
void buffer_free(struct buffer *b);

static inline char *buffer_at(const struct buffer *b)
{
	return b->data + b->start;
}

#endif
