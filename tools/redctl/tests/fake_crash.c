// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The fake library's crash areas: "down" is the list of ends, "event_of" the log
 * that the other module left.
 */
#include <errno.h>
#include <stdlib.h>
#include "fake.h"

static int list(const struct rd *rd, const char *name, const struct fake_kind *kind, void **out)
{
	json_t *from = json_object_get(rd->root, name);
	size_t n = json_array_size(from), i;

	*out = calloc(n + 1, kind->size);
	for (i = 0; i < n; i++)
		fake_decode(kind, json_array_get(from, i), (char *)*out + i * kind->size);
	return n;
}

int rd_dump_down(struct rd *rd, int instance, unsigned int slot, uint32_t from,
		 struct rd_down **out)
{
	return list(rd, "down", &fake_down, (void **)out);
}

int rd_dump_event_of(struct rd *rd, int instance, unsigned int slot, uint64_t from,
		     struct rd_event **out)
{
	return list(rd, "event_of", &fake_kinds[REDUND_OBJECT_EVENT], (void **)out);
}
