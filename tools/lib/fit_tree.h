/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What fit.c and fit_check.c share: an image's tree, and the parts in it. */
#ifndef REDUND_FIT_TREE_H
#define REDUND_FIT_TREE_H

#include <stdbool.h>
#include <compiler.h>
#include "fit.h"

#define SHA256_SIZE 32
#define FIT_PARTS   2

struct fit {
	unsigned char *data; /* fit_check.c: without the parts' data */
	size_t size;
	size_t digest_at; /* offset of the root's redund,digest */
	char stamp[FIT_STAMP_MAX];
	struct fit_info info;
};

struct fit_part {
	const void *data;
	size_t size;
	bool gzip;
	const unsigned char *sha256;
};

extern const char *const fit_parts[FIT_PARTS];

/* A sentence for @why, if it is there. Return: @err */
__printf(4, 5) int fit_bad(int err, char *why, size_t size, const char *fmt, ...);
/* The length of a file that may be an image. Return: as fit_load(). */
int fit_length(int fd, size_t *len, char *why, size_t size);
/* Structure and properties. Return: 0 or -EBADMSG. */
int fit_check_tree(struct fit *f, char *why, size_t size);
/* Return: 0; -ENOENT no such part; -EBADMSG. */
int fit_find_part(const struct fit *f, const char *name, struct fit_part *p, char *why,
		  size_t size);

#endif
