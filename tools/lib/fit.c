// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Release images, see fit.h. The file is read into memory first, so nothing
 * that is done to it afterwards matters; fit_check.c has less of it in memory.
 * libfdt checks the tree's structure once (fdt_check_full); this file owns what
 * the tree has to hold.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <compiler.h>
#include <nettle/sha2.h>
#include <libfdt.h>
#include <zlib.h>
#include "fit_tree.h"

#define BLOCK (64 << 10)

const char *const fit_parts[FIT_PARTS] = { FIT_KERNEL, FIT_ROOTFS };

int fit_bad(int err, char *why, size_t size, const char *fmt, ...)
{
	va_list ap;

	if (why && size) {
		va_start(ap, fmt);
		vsnprintf(why, size, fmt, ap);
		va_end(ap);
	}
	return err;
}

/* ---- properties ------------------------------------------------------------ */

/* A text of printable ASCII that ends where the property ends, else NULL. */
static const char *text_of(const void *fdt, int node, const char *name, size_t max)
{
	int len, i;
	const char *text = fdt_getprop(fdt, node, name, &len);

	if (!text || len < 2 || len > (int)max || text[len - 1])
		return NULL;
	for (i = 0; i < len - 1; i++)
		if (text[i] < ' ' || text[i] > '~')
			return NULL;
	return text;
}

static bool number_of(const void *fdt, const char *name, uint32_t *value)
{
	int len;
	const void *at = fdt_getprop(fdt, 0, name, &len);

	if (!at || len != sizeof(fdt32_t))
		return false;
	*value = fdt32_ld(at);
	return true;
}

static void copy(char *to, size_t size, const char *from, size_t len)
{
	len = len < size ? len : size - 1;
	memcpy(to, from, len);
	to[len] = '\0';
}

/* Letters, digits, dots and dashes: the version is part of file names. */
static bool plain_version(const char *text)
{
	const char *at = text;

	while (isalnum((unsigned char)*at) || (at > text && (*at == '.' || *at == '-')))
		at++;
	return !*at;
}

/* C-44: major and minor, "K.15" of "K.15.02", as the driver compares them. */
static size_t train_length(const char *version)
{
	size_t len = strcspn(version, ".");

	if (version[len])
		len += 1 + strcspn(version + len + 1, ".");
	return len;
}

static const char *read_version(struct fit *f)
{
	struct fit_info *in = &f->info;
	const char *version = text_of(f->data, 0, "redund,version", sizeof(in->version));
	const char *train = text_of(f->data, 0, "redund,train", sizeof(in->train));

	if (!version || !plain_version(version))
		return "redund,version is missing or no version";
	if (!train || strlen(train) != train_length(version) ||
	    strncmp(train, version, strlen(train)))
		return "redund,train is missing or not that of redund,version";
	copy(in->version, sizeof(in->version), version, strlen(version));
	copy(in->train, sizeof(in->train), train, strlen(train));
	return NULL;
}

/* "PATH DATE TIME" */
static const char *read_stamp(struct fit *f)
{
	struct fit_info *in = &f->info;
	const char *stamp = text_of(f->data, 0, "redund,stamp", sizeof(f->stamp));
	size_t path = stamp ? strcspn(stamp, " ") : 0;

	if (!path || !stamp[path] || strlen(stamp + path + 1) >= sizeof(in->stamp_date))
		return "redund,stamp is missing or not PATH DATE TIME";
	copy(f->stamp, sizeof(f->stamp), stamp, strlen(stamp));
	copy(in->stamp_path, sizeof(in->stamp_path), stamp, path);
	copy(in->stamp_date, sizeof(in->stamp_date), stamp + path + 1, strlen(stamp + path + 1));
	return NULL;
}

/* Return: what is wrong with the properties of the root, or NULL. */
static const char *read_root(struct fit *f)
{
	const unsigned char *digest;
	const char *wrong = read_version(f);
	uint32_t time_s = 0;
	int len;

	if (!wrong)
		wrong = read_stamp(f);
	if (wrong)
		return wrong;
	if (!number_of(f->data, "redund,build", &f->info.build))
		return "redund,build is missing or no number";
	if (!number_of(f->data, "timestamp", &time_s))
		return "timestamp is missing or no number";
	f->info.time_s = time_s;
	digest = fdt_getprop(f->data, 0, "redund,digest", &len);
	if (!digest || len != SHA256_SIZE)
		return "redund,digest is missing or not of 32 bytes";
	f->digest_at = digest - f->data;
	return NULL;
}

/* ---- parts ------------------------------------------------------------------ */

static const unsigned char *part_digest(const void *fdt, int node)
{
	int hash = fdt_subnode_offset(fdt, node, "hash-1"), len;
	const char *algo = hash < 0 ? NULL : text_of(fdt, hash, "algo", 16);
	const void *value;

	if (!algo || strcmp(algo, "sha256"))
		return NULL;
	value = fdt_getprop(fdt, hash, "value", &len);
	return value && len == SHA256_SIZE ? value : NULL;
}

int fit_find_part(const struct fit *f, const char *name, struct fit_part *p, char *why, size_t size)
{
	int images = fdt_subnode_offset(f->data, 0, "images"), node, len;
	const char *packed;

	node = images < 0 ? images : fdt_subnode_offset(f->data, images, name);
	if (node < 0)
		return fit_bad(-ENOENT, why, size, "it has no part %.16s", name);
	p->data = fdt_getprop(f->data, node, "data", &len);
	if (!p->data || len <= 0)
		return fit_bad(-EBADMSG, why, size, "%.16s: there is no data", name);
	p->size = len;
	packed = text_of(f->data, node, "compression", 16);
	if (!packed || (strcmp(packed, "gzip") && strcmp(packed, "none")))
		return fit_bad(-EBADMSG, why, size, "%.16s: packed in an unknown way", name);
	p->gzip = !strcmp(packed, "gzip");
	p->sha256 = part_digest(f->data, node);
	if (!p->sha256)
		return fit_bad(-EBADMSG, why, size, "%.16s: there is no sha256 digest", name);
	return 0;
}

static void digest(const void *data, size_t size, unsigned char sha256[SHA256_SIZE])
{
	struct sha256_ctx hash;

	sha256_init(&hash);
	sha256_update(&hash, size, data);
	sha256_digest(&hash, SHA256_SIZE, sha256);
}

static int check_part(const struct fit_part *p, const char *name, char *why, size_t size)
{
	unsigned char sha256[SHA256_SIZE];

	digest(p->data, p->size, sha256);
	if (memcmp(sha256, p->sha256, SHA256_SIZE))
		return fit_bad(-EBADMSG, why, size, "%.16s: the digest is wrong", name);
	return 0;
}

/* ---- load --------------------------------------------------------------------- */

int fit_length(int fd, size_t *len, char *why, size_t size)
{
	struct stat st;

	if (fstat(fd, &st))
		return fit_bad(-errno, why, size, "%s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return fit_bad(-EBADMSG, why, size, "it is no file");
	if (!st.st_size)
		return fit_bad(-ENOENT, why, size, "it is empty");
	if (st.st_size > FIT_FILE_MAX)
		return fit_bad(-EBADMSG, why, size, "it is longer than %u MiB", FIT_FILE_MAX >> 20);
	*len = st.st_size;
	return 0;
}

static int read_all(int fd, struct fit *f, char *why, size_t size)
{
	size_t got = 0;
	ssize_t n;
	int err = fit_length(fd, &f->size, why, size);

	if (err)
		return err;
	f->data = malloc(f->size);
	if (!f->data)
		return fit_bad(-ENOMEM, why, size, "out of memory");
	while (got < f->size) {
		n = read(fd, f->data + got, f->size - got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fit_bad(-errno, why, size, "%s", strerror(errno));
		if (!n)
			return fit_bad(-EBADMSG, why, size, "it became shorter while it was read");
		got += n;
	}
	return 0;
}

int fit_check_tree(struct fit *f, char *why, size_t size)
{
	const char *wrong;
	struct fit_part p;
	unsigned int i;
	int err;

	/* libfdt 1.6.1 follows a null pointer in trees older than version 16 */
	if (f->size < sizeof(struct fdt_header) || fdt_magic(f->data) != FDT_MAGIC)
		return fit_bad(-EBADMSG, why, size, "it is no image tree");
	if (fdt_version(f->data) < FDT_LAST_SUPPORTED_VERSION)
		return fit_bad(-EBADMSG, why, size, "it is a tree of version %u",
			       fdt_version(f->data));
	err = fdt_check_full(f->data, f->size);
	if (err)
		return fit_bad(-EBADMSG, why, size, "it is no image tree (%s)", fdt_strerror(err));
	if (fdt_totalsize(f->data) != f->size)
		return fit_bad(-EBADMSG, why, size, "the tree ends before the file");
	wrong = read_root(f);
	if (wrong)
		return fit_bad(-EBADMSG, why, size, "%s", wrong);
	for (i = 0; i < FIT_PARTS; i++) {
		err = fit_find_part(f, fit_parts[i], &p, why, size);
		if (err)
			return -EBADMSG;
	}
	f->info.size = f->size;
	return 0;
}

int fit_load(const char *path, struct fit **out, char *why, size_t size)
{
	struct fit *f = calloc(1, sizeof(*f));
	int fd, err;

	*out = NULL;
	if (!f)
		return fit_bad(-ENOMEM, why, size, "out of memory");
	/* not to wait for the writer of what turns out to be a pipe */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		err = fit_bad(-errno, why, size, "%s", strerror(errno));
	} else {
		err = read_all(fd, f, why, size);
		close(fd);
	}
	if (!err)
		err = fit_check_tree(f, why, size);
	if (err) {
		fit_free(f);
		return err;
	}
	digest(f->data, f->size, f->info.sha256);
	*out = f;
	return 0;
}

void fit_free(struct fit *fit)
{
	if (!fit)
		return;
	free(fit->data);
	free(fit);
}

void fit_info(const struct fit *fit, struct fit_info *info)
{
	*info = fit->info;
}

const void *fit_data(const struct fit *fit, size_t *len)
{
	*len = fit->size;
	return fit->data;
}

const char *fit_stamp(const struct fit *fit)
{
	return fit->stamp;
}

/* ---- verify and unpack ------------------------------------------------------------ */

/* The digest of the whole file, its own place taken as zeroes. */
static int check_whole(const struct fit *f, char *why, size_t size)
{
	static const unsigned char zeroes[SHA256_SIZE];
	const size_t after = f->digest_at + SHA256_SIZE;
	unsigned char sha256[SHA256_SIZE];
	struct sha256_ctx hash;

	sha256_init(&hash);
	sha256_update(&hash, f->digest_at, f->data);
	sha256_update(&hash, SHA256_SIZE, zeroes);
	sha256_update(&hash, f->size - after, f->data + after);
	sha256_digest(&hash, SHA256_SIZE, sha256);
	if (memcmp(sha256, f->data + f->digest_at, SHA256_SIZE))
		return fit_bad(-EBADMSG, why, size, "the digest of the whole image is wrong");
	return 0;
}

int fit_verify(const struct fit *fit, char *why, size_t size)
{
	struct fit_part p;
	unsigned int i;
	int err;

	for (i = 0; i < FIT_PARTS; i++) {
		err = fit_find_part(fit, fit_parts[i], &p, why, size);
		if (!err)
			err = check_part(&p, fit_parts[i], why, size);
		if (err)
			return err;
	}
	return check_whole(fit, why, size);
}

static int write_all(int fd, const void *data, size_t len)
{
	const char *at = data;
	ssize_t n;

	while (len) {
		n = write(fd, at, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		at += n;
		len -= n;
	}
	return 0;
}

/* Return: 0, 1 at the end of the packed data, -EBADMSG, or the error of writing. */
static int inflate_block(z_stream *z, unsigned char *block, int fd)
{
	int zerr, err;

	z->next_out = block;
	z->avail_out = BLOCK;
	zerr = inflate(z, Z_NO_FLUSH);
	if (zerr == Z_MEM_ERROR)
		return -ENOMEM;
	if (zerr != Z_OK && zerr != Z_STREAM_END)
		return -EBADMSG;
	err = write_all(fd, block, BLOCK - z->avail_out);
	if (err)
		return err;
	return zerr == Z_STREAM_END ? 1 : 0;
}

static int unpack(const struct fit_part *p, int fd)
{
	z_stream z = { .next_in = (unsigned char *)p->data, .avail_in = p->size };
	unsigned char *block = malloc(BLOCK);
	int err = -ENOMEM;

	/* 16: a gzip header and trailer, nothing else */
	if (block && inflateInit2(&z, 16 + MAX_WBITS) == Z_OK) {
		do {
			err = inflate_block(&z, block, fd);
			if (err >= 0 && z.total_out > FIT_PART_MAX)
				err = -EFBIG;
		} while (!err);
		if (err == 1)
			err = z.avail_in ? -EBADMSG : 0;
		inflateEnd(&z);
	}
	free(block);
	return err;
}

int fit_extract(const struct fit *fit, const char *part, int fd, char *why, size_t size)
{
	struct fit_part p;
	int err;

	err = fit_find_part(fit, part, &p, why, size);
	if (!err)
		err = check_part(&p, part, why, size);
	if (err)
		return err;
	err = p.gzip ? unpack(&p, fd) : write_all(fd, p.data, p.size);
	if (err == -EBADMSG)
		return fit_bad(err, why, size, "%.16s: the packed data is damaged", part);
	if (err == -EFBIG)
		return fit_bad(err, why, size, "%.16s: longer than %u MiB unpacked", part,
			       FIT_PART_MAX >> 20);
	if (err)
		return fit_bad(err, why, size, "%.16s: %s", part, strerror(-err));
	return 0;
}
