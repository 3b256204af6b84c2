/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands that write or erase a flash image share. */
#ifndef REDCTL_IMAGE_H
#define REDCTL_IMAGE_H

#include "../lib/fit.h"
#include "../lib/flash.h"
#include "session.h"

/** image_which() - the flash that an optional word names, primary without one
 * @ctx: context
 * @word: word or NULL
 * @which: set
 *
 * Return: enum status
 */
int image_which(struct ctx *ctx, const char *word, enum flash_which *which);

/** image_load() - read and verify a release image
 * @ctx: context
 * @file: path
 * @name: of the file, for messages
 * @fit: set on success
 *
 * Return: enum status; reasons no-file, bad-image, error.
 */
int image_load(struct ctx *ctx, const char *file, const char *name, struct fit **fit);

/** image_bootable() - does a flash hold an image that boots?
 * @which: flash
 */
bool image_bootable(enum flash_which which);

/** image_write() - replace a flash image, durably and whole
 * @ctx: context
 * @which: flash
 * @fit: verified image
 *
 * Return: enum status; reasons flash, permission.
 */
int image_write(struct ctx *ctx, enum flash_which which, const struct fit *fit);

/** image_fail() - report a failure of the flash
 * @ctx: context
 * @which: flash
 * @err: negative errno
 *
 * Return: enum status
 */
int image_fail(struct ctx *ctx, enum flash_which which, int err);

/** image_out() - what a flash holds now: keys of JSON
 * @o: output
 * @which: flash
 * @info: of the image
 */
void image_out(struct out *o, enum flash_which which, const struct fit_info *info);

/** image_fetch() - a release image from a TFTP server, verified, in a file of the flash
 * @ctx: context; --timeout bounds the transfer
 * @address: of the server
 * @name: of the file there
 * @path: set to the file, FLASH_PATH_MAX bytes
 * @fd: set to a descriptor that keeps other transfers out
 * @fit: set to the image
 *
 * image_take() or image_drop() ends it.
 *
 * Return: enum status; reasons transfer, bad-image, busy, flash.
 */
int image_fetch(struct ctx *ctx, const char *address, const char *name, char *path, int *fd,
		struct fit **fit);
/* The fetched file becomes the flash image. Return: enum status */
int image_take(struct ctx *ctx, enum flash_which which, const char *path, int fd);
void image_drop(const char *path, int fd);

/** image_spread() - the new image of this module shall reach the other one (S-159, C-33)
 * @ctx: context
 * @which: flash
 * @done: what has been done on this module, a sentence without its full stop
 *
 * Return: enum status
 */
int image_spread(struct ctx *ctx, enum flash_which which, const char *done);

#endif /* REDCTL_IMAGE_H */
