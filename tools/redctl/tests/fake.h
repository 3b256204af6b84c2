/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fake library's state: read from a JSON file (environment REDCTL_FAKE),
 * keys as the fields of ../../lib/redund.h.
 */
#ifndef REDCTL_FAKE_H
#define REDCTL_FAKE_H

#include <jansson.h>
#include "../../lib/redund.h"

struct rd {
	json_t *root; /* the whole file */
	size_t step;  /* of "steps": what the driver does next */
	int fifo;     /* REDCTL_FAKE_STEPS, -1 none */
	bool subscribed;
	uint32_t synced;
	char reason[40], text[240];
};

struct fake_kind {
	const char *name; /* key of its list in the file, and in "steps" */
	const char *id;	  /* key of its number; NULL: it has none */
	size_t size;	  /* of its structure */
	const struct fake_field *fields;
};

/* by enum redund_object */
extern const struct fake_kind fake_kinds[6];
extern const struct fake_kind fake_down;

/* Decodes one object; an unknown key ends the program: a typing error. */
void fake_decode(const struct fake_kind *kind, const json_t *j, void *to);

#endif /* REDCTL_FAKE_H */
