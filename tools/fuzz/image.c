// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Hostile release images: read whole and piece by piece, verified, unpacked. Each
 * is tried as it is, and again with its length and every digest put right, so
 * that what is behind the digests is reached too.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <libfdt.h>
#include <nettle/sha2.h>
#include "../lib/fit.h"
#include "fuzz.h"

const char *const fuzz_words[] = { "redund,version", "redund,train",
				   "redund,stamp",   "redund,digest",
				   "compression",    "hash-1",
				   "images",	     "kernel",
				   "rootfs",	     "sha256",
				   "gzip",	     "none",
				   "K.15.02",	     NULL };

static char path[64];
static int fd = -1, nowhere = -1;

static void begin(void)
{
	fd = memfd_create("image", MFD_CLOEXEC);
	nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	MUST(fd >= 0 && nowhere >= 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
}

static int check_pieces(void)
{
	char why[FIT_WHY_MAX] = "";
	struct fit_check *c;
	int err = fit_check_begin(fd, &c, why, sizeof(why));

	if (err) {
		MUST(err < 0 && !c && why[0] && fuzz_printable(why));
		return err;
	}
	do
		err = fit_check_on(c, 777, why, sizeof(why));
	while (err > 0);
	MUST(!err || why[0]);
	fit_check_end(c);
	return err;
}

static void check_info(const struct fit *f, size_t len)
{
	struct fit_info in;

	fit_info(f, &in);
	MUST(in.size == len);
	MUST(strnlen(in.version, sizeof(in.version)) < sizeof(in.version));
	MUST(strnlen(in.stamp_path, sizeof(in.stamp_path)) < sizeof(in.stamp_path));
	MUST(strnlen(in.stamp_date, sizeof(in.stamp_date)) < sizeof(in.stamp_date));
	MUST(strnlen(in.train, sizeof(in.train)) < sizeof(in.train));
	MUST(fuzz_printable(in.version) && fuzz_printable(in.stamp_path));
	MUST(fuzz_printable(in.stamp_date) && fuzz_printable(in.train));
	MUST(!strchr(in.version, '/'));
	MUST(!strncmp(in.version, in.train, strlen(in.train)));
	MUST(fuzz_printable(fit_stamp(f)) && strlen(fit_stamp(f)) < FIT_STAMP_MAX);
}

static void check_parts(const struct fit *f, bool whole)
{
	static const char *const parts[] = { FIT_KERNEL, FIT_ROOTFS, "other" };
	char why[FIT_WHY_MAX];
	unsigned int i;
	int err;

	for (i = 0; i < 3; i++) {
		why[0] = '\0';
		err = fit_extract(f, parts[i], nowhere, why, sizeof(why));
		MUST(!err || err == -EBADMSG || err == -EFBIG || err == -ENOENT);
		MUST(!err || (why[0] && fuzz_printable(why)));
		MUST(!whole || i == 2 || err != -ENOENT);
	}
}

/* Return: 0 when the image is whole. */
static void check(const uint8_t *data, size_t len)
{
	char why[FIT_WHY_MAX] = "";
	int err, verdict, pieces;
	struct fit *f;

	MUST(!ftruncate(fd, 0) && pwrite(fd, data, len, 0) == (ssize_t)len);
	MUST(!lseek(fd, 0, SEEK_SET));
	err = fit_load(path, &f, why, sizeof(why));
	pieces = check_pieces();
	if (err) {
		MUST(err < 0 && !f && why[0] && fuzz_printable(why));
		MUST(pieces);
		return;
	}
	check_info(f, len);
	verdict = fit_verify(f, why, sizeof(why));
	MUST(!verdict || verdict == -EBADMSG);
	MUST(!verdict == !pieces); /* both say the same */
	check_parts(f, !verdict);
	fit_free(f);
}

/* ---- digests put right --------------------------------------------------------- */

static void sha256(const void *data, size_t len, void *to)
{
	struct sha256_ctx hash;

	sha256_init(&hash);
	sha256_update(&hash, len, data);
	sha256_digest(&hash, SHA256_DIGEST_SIZE, to);
}

static void *place(void *fdt, int node, const char *name)
{
	int len;
	void *at = node < 0 ? NULL : fdt_getprop_w(fdt, node, name, &len);

	return at && len == SHA256_DIGEST_SIZE ? at : NULL;
}

static void mend_part(void *fdt, const char *part)
{
	int node = fdt_path_offset(fdt, part), len;
	const void *data = node < 0 ? NULL : fdt_getprop(fdt, node, "data", &len);
	void *at = data ? place(fdt, fdt_subnode_offset(fdt, node, "hash-1"), "value") : NULL;

	if (at && len > 0)
		sha256(data, len, at);
}

static void mend(uint8_t *fdt, size_t len)
{
	void *at;

	if (len < sizeof(struct fdt_header) || fdt_magic(fdt) != FDT_MAGIC ||
	    fdt_version(fdt) < FDT_LAST_SUPPORTED_VERSION)
		return;
	fdt_set_totalsize(fdt, len);
	if (fdt_check_full(fdt, len))
		return;
	mend_part(fdt, "/images/kernel");
	mend_part(fdt, "/images/rootfs");
	at = place(fdt, 0, "redund,digest");
	if (!at)
		return;
	memset(at, 0, SHA256_DIGEST_SIZE);
	sha256(fdt, len, at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len, false);

	if (fd < 0)
		begin();
	check(copy, len);
	mend(copy, len);
	check(copy, len);
	free(copy);
	return 0;
}
