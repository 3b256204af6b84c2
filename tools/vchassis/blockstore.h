/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The flashes of `up --flash block`: DIR/mmN/flash.img, and of a pulled module
 * DIR/flash/SERIAL.img. Used by the chassis process, and by `insert`, which
 * prepares what comes in before it asks for it: that takes some milliseconds,
 * in which the other module's controller may not stand still.
 */
#ifndef VCHASSIS_BLOCKSTORE_H
#define VCHASSIS_BLOCKSTORE_H

#include <stdbool.h>

#include "../lib/flash.h"
#include "../lib/medium.h"

#define BLOCKSTORE_NEW "flash/.new.img" /* of a module that was never in a chassis */

/** blockstore_path() - of the slot's medium, below DIR */
void blockstore_path(int slot, char path[32]);

/**
 * blockstore_write() - images into a medium
 * @path: the medium; made when it is not there
 * @kind: of a new one
 * @erase: make a new one in any case
 * @image: written to it, NULL: not
 * @fill: image for a flash that is blank after that, or NULL
 *
 * Return: 0, or a negative errno.
 */
int blockstore_write(const char *path, const struct medium_kind *kind, bool erase,
		     const char *const image[FLASH_IMAGES], const char *fill);

/** blockstore_prepare() - the slot's medium at power-on; Return: 0, or -1 with errno */
int blockstore_prepare(int slot);

/** blockstore_change() - another module is in the slot; Return: 0, or -1 with errno */
int blockstore_change(int slot, const char *old_serial, const char *new_serial);

#endif
