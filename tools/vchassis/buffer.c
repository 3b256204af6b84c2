// SPDX-License-Identifier: GPL-2.0-or-later
/* Owns the byte queue; see buffer.h. */
#include "buffer.h"

#include <stdlib.h>
#include <string.h>

void buffer_add(struct buffer *b, const void *data, size_t len)
{
	if (!len)
		return;
	if (b->start + b->len + len > b->size) {
		if (b->start) {
			memmove(b->data, b->data + b->start, b->len);
			b->start = 0;
		}
		if (b->len + len > b->size) {
			b->size = (b->len + len) * 2;
			b->data = realloc(b->data, b->size);
			if (!b->data)
				abort();
		}
	}
	memcpy(b->data + b->start + b->len, data, len);
	b->len += len;
}

void buffer_take(struct buffer *b, size_t len)
{
	b->start += len;
	b->len -= len;
	if (!b->len)
		b->start = 0;
}

void buffer_free(struct buffer *b)
{
	free(b->data);
	*b = (struct buffer){ 0 };
}
