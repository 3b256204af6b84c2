/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Release images: flattened image trees made by tools/build/images, described
 * in Documentation/redund/images.rst. Owns how an image file is read, verified
 * and unpacked. The file may hold anything: whatever it holds, the answer is
 * an error with a sentence, never a read outside of it.
 */
#ifndef REDUND_FIT_H
#define REDUND_FIT_H

#include <stddef.h>
#include <stdint.h>

#define FIT_FILE_MAX  (64u << 20)  /* bytes of an image file */
#define FIT_PART_MAX  (512u << 20) /* bytes of a part, unpacked */
#define FIT_WHY_MAX   128	   /* room for any sentence about a failure */
#define FIT_KERNEL    "kernel"
#define FIT_ROOTFS    "rootfs"
#define FIT_STAMP_MAX 48 /* the driver's sw_stamp with its end */

struct fit;

struct fit_info {
	char version[32];    /* "K.15.02" */
	uint32_t build;	     /* 65 */
	char stamp_path[48]; /* "/redund/build/uml" */
	char stamp_date[32]; /* "Mar 5 2007 13:20:59" */
	char train[16];	     /* "K.15": C-44 */
	uint64_t size;	     /* bytes of the file */
	uint64_t time_s;     /* built, seconds since 1970 */
	uint8_t sha256[32];  /* of the whole file: what C-08 compares */
};

/**
 * fit_load() - read an image file and check its structure and properties
 * @path: the file
 * @out: the image, NULL on failure; fit_free() gives it back
 * @why: on failure one sentence without a full stop, or NULL
 * @size: of @why
 *
 * The digests are not compared: fit_verify() does that.
 *
 * Return: 0; -ENOENT there is no file or it is empty (blank flash); -EBADMSG
 * the file is no valid image; another negative errno of reading it.
 */
int fit_load(const char *path, struct fit **out, char *why, size_t size);
void fit_free(struct fit *fit);

/**
 * fit_verify() - compare the digest of every part
 * @fit: image
 * @why: on failure one sentence, or NULL
 * @size: of @why
 *
 * Return: 0, or -EBADMSG.
 */
int fit_verify(const struct fit *fit, char *why, size_t size);

/* Copies what the image says about itself; every text is printable and ended. */
void fit_info(const struct fit *fit, struct fit_info *info);

/**
 * fit_data() - the file as it was read
 * @fit: image
 * @len: set to its bytes
 *
 * Return: the bytes, valid until fit_free().
 */
const void *fit_data(const struct fit *fit, size_t *len);

/* The stamp as the driver's parameter sw_stamp takes it: "PATH DATE TIME". */
const char *fit_stamp(const struct fit *fit);

/**
 * fit_extract() - verify one part and write it unpacked to a file
 * @fit: image
 * @part: FIT_KERNEL (an ELF program) or FIT_ROOTFS (a tar archive)
 * @fd: where to; written from its present position
 * @why: on failure one sentence, or NULL
 * @size: of @why
 *
 * Return: 0; -ENOENT no such part; -EBADMSG bad digest or packed data; -EFBIG
 * longer than FIT_PART_MAX; another negative errno of writing.
 */
int fit_extract(const struct fit *fit, const char *part, int fd, char *why, size_t size);

struct fit_check;

/**
 * fit_check_begin() - begin to verify an image without having it in memory
 * @fd: the file; stays the caller's, and open until fit_check_end()
 * @out: the check, NULL on failure
 * @why: on failure one sentence, or NULL
 * @size: of @why
 *
 * Structure and properties are judged here. Some KiB of memory are used, whatever
 * the length of the file; one that is cut meanwhile does no harm.
 *
 * Return: as fit_load().
 */
int fit_check_begin(int fd, struct fit_check **out, char *why, size_t size);

/**
 * fit_check_on() - compare digests, some bytes at a time
 * @check: begun
 * @budget: bytes to read at most
 * @why: on failure one sentence, or NULL
 * @size: of @why
 *
 * Return: 1 call again, 0 the image is whole, as fit_verify() says; -EBADMSG;
 * another negative errno of reading it.
 */
int fit_check_on(struct fit_check *check, size_t budget, char *why, size_t size);
void fit_check_end(struct fit_check *check);

#endif /* REDUND_FIT_H */
