// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Verifying a release image without having it in memory: see fit.h. The tree is
 * copied without the long values of properties to memory that is only reserved;
 * what was left out there takes no page. fit.c judges that copy. The digests of
 * the parts and of the whole are then made in one pass over the file.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <nettle/sha2.h>
#include <libfdt.h>
#include "fit_tree.h"

#define VALUE_MAX  4096	   /* bytes of a property's value that fit.c may look at */
#define SMALL_MAX  0x10000 /* bytes of the strings, and of the reserved areas */
#define TOKENS_MAX 4096	   /* a hostile tree ends in time */
#define BLOCK	   (256 << 10)

struct range {
	size_t at, end;
	struct sha256_ctx hash;
	unsigned char want[SHA256_SIZE];
};

struct fit_check {
	int fd;
	size_t size, done, digest_at;
	struct range part[FIT_PARTS], whole;
	unsigned char block[BLOCK];
};

/* ---- the tree -------------------------------------------------------------------- */

/* What cannot be read stays zero, which is no tree. */
static bool take(int fd, const struct fit *f, size_t at, size_t len)
{
	return at <= f->size && len <= f->size - at &&
	       pread(fd, f->data + at, len, at) == (ssize_t)len;
}

/* The name of a node with its end. Return: its bytes, 0 it has no end there. */
static size_t take_name(int fd, const struct fit *f, size_t at)
{
	size_t room = f->size - at < 256 ? f->size - at : 256, len;

	if (!take(fd, f, at, room))
		return 0;
	len = strnlen((const char *)f->data + at, room);
	return len < room ? len + 1 : 0;
}

/* The structure block. An odd one is left as it is: fdt_check_full() says so. */
static void take_struct(int fd, const struct fit *f, size_t at)
{
	unsigned int i;
	uint32_t len;

	for (i = 0; i < TOKENS_MAX && at < f->size && take(fd, f, at, 4); i++) {
		const unsigned char *token = f->data + at;

		at += 4;
		switch (fdt32_ld((const fdt32_t *)token)) {
		case FDT_BEGIN_NODE:
			len = take_name(fd, f, at);
			if (!len)
				return;
			break;
		case FDT_PROP:
			if (!take(fd, f, at, 8))
				return;
			len = fdt32_ld((const fdt32_t *)(f->data + at));
			at += 8;
			if (len > f->size || (len <= VALUE_MAX && !take(fd, f, at, len)))
				return;
			break;
		case FDT_END_NODE:
		case FDT_NOP:
			len = 0;
			break;
		default:
			return;
		}
		at += (len + 3) & ~3u;
	}
}

static void take_tree(int fd, const struct fit *f)
{
	size_t first;

	if (!take(fd, f, 0, sizeof(struct fdt_header)) || fdt_magic(f->data) != FDT_MAGIC)
		return;
	if (fdt_size_dt_strings(f->data) <= SMALL_MAX)
		take(fd, f, fdt_off_dt_strings(f->data), fdt_size_dt_strings(f->data));
	/* the reserved areas are in front of the structure */
	first = fdt_off_mem_rsvmap(f->data);
	if (fdt_off_dt_struct(f->data) > first && fdt_off_dt_struct(f->data) - first <= SMALL_MAX)
		take(fd, f, first, fdt_off_dt_struct(f->data) - first);
	take_struct(fd, f, fdt_off_dt_struct(f->data));
}

/* ---- a check --------------------------------------------------------------------- */

static void begin_range(struct range *r, size_t at, size_t len, const void *want)
{
	r->at = at;
	r->end = at + len;
	memcpy(r->want, want, SHA256_SIZE);
	sha256_init(&r->hash);
}

static int begin(struct fit_check *c, struct fit *f, char *why, size_t size)
{
	int err = fit_check_tree(f, why, size);
	struct fit_part p;
	unsigned int i;

	for (i = 0; !err && i < FIT_PARTS; i++) {
		err = fit_find_part(f, fit_parts[i], &p, why, size);
		if (!err)
			begin_range(&c->part[i], (const unsigned char *)p.data - f->data, p.size,
				    p.sha256);
	}
	if (err)
		return err;
	c->size = f->size;
	c->digest_at = f->digest_at;
	begin_range(&c->whole, 0, f->size, f->data + f->digest_at);
	return 0;
}

int fit_check_begin(int fd, struct fit_check **out, char *why, size_t size)
{
	struct fit_check *c;
	struct fit f = {};
	int err = fit_length(fd, &f.size, why, size);

	*out = NULL;
	if (err)
		return err;
	c = calloc(1, sizeof(*c));
	f.data = mmap(NULL, f.size, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (!c || f.data == MAP_FAILED) {
		err = fit_bad(-ENOMEM, why, size, "out of memory");
	} else {
		take_tree(fd, &f);
		c->fd = fd;
		err = begin(c, &f, why, size);
	}
	if (f.data != MAP_FAILED)
		munmap(f.data, f.size);
	if (err)
		free(c);
	else
		*out = c;
	return err;
}

/* The part of the block that belongs to the range. */
static void hash_range(struct range *r, const unsigned char *block, size_t at, size_t len)
{
	size_t from = r->at > at ? r->at : at, end = r->end < at + len ? r->end : at + len;

	if (from < end)
		sha256_update(&r->hash, end - from, block + (from - at));
}

static void hash_block(struct fit_check *c, size_t len)
{
	unsigned int i;
	size_t k;

	for (i = 0; i < FIT_PARTS; i++)
		hash_range(&c->part[i], c->block, c->done, len);
	/* its own place counts as zeroes */
	for (k = c->digest_at; k < c->digest_at + SHA256_SIZE; k++)
		if (k >= c->done && k < c->done + len)
			c->block[k - c->done] = 0;
	hash_range(&c->whole, c->block, c->done, len);
	c->done += len;
}

static bool is_wanted(struct range *r)
{
	unsigned char sha256[SHA256_SIZE];

	sha256_digest(&r->hash, SHA256_SIZE, sha256);
	return !memcmp(sha256, r->want, SHA256_SIZE);
}

int fit_check_on(struct fit_check *c, size_t budget, char *why, size_t size)
{
	unsigned int i;
	ssize_t n;

	while (budget && c->done < c->size) {
		size_t len = c->size - c->done;

		len = len < BLOCK ? len : BLOCK;
		n = pread(c->fd, c->block, len < budget ? len : budget, c->done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fit_bad(-errno, why, size, "%s", strerror(errno));
		if (!n)
			return fit_bad(-EBADMSG, why, size, "it became shorter while it was read");
		hash_block(c, n);
		budget -= n;
	}
	if (c->done < c->size)
		return 1;
	for (i = 0; i < FIT_PARTS; i++)
		if (!is_wanted(&c->part[i]))
			return fit_bad(-EBADMSG, why, size, "%.16s: the digest is wrong",
				       fit_parts[i]);
	if (!is_wanted(&c->whole))
		return fit_bad(-EBADMSG, why, size, "the digest of the whole image is wrong");
	return 0;
}

void fit_check_end(struct fit_check *c)
{
	free(c);
}
