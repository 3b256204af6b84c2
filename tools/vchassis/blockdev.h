/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A module's flash as a block device: a virtio disk with a volatile write
 * cache in front of an image file. What the module has not flushed is in the
 * cache alone, and a power loss empties it; a reset does not. A full cache
 * writes pages back in no order that anybody could rely on.
 */
#ifndef VCHASSIS_BLOCKDEV_H
#define VCHASSIS_BLOCKDEV_H

#include <linux/virtio_blk.h>

#include "vhost.h"

#define BLOCK_PAGE  4096
#define BLOCK_CACHE 1024 /* pages */

struct block_page {
	u32 number; /* of the medium */
	u8 data[BLOCK_PAGE];
};

struct blockdev {
	struct vhost vhost;
	struct virtio_blk_config config;
	int fd;			  /* the medium; -1: none */
	u32 pages;		  /* of the medium */
	u16 *place;		  /* for each of them: where in the cache, from 1; 0: not */
	struct block_page *cache; /* not on the medium yet */
	u32 cached;
	u32 chance; /* state of the generator that picks what is written back */
	u64 lost;   /* pages that power losses took */
};

/**
 * blockdev_init() - serve the device on a socket; it has no medium yet
 * @b: device
 * @path: the socket, made here
 *
 * Return: 0, or -1 with errno.
 */
int blockdev_init(struct blockdev *b, const char *path);

/**
 * blockdev_open() - put the medium in; no module is connected
 * @b: device
 * @path: image file; what the cache holds goes to the medium before it
 *
 * Return: 0, or -1 with errno: then there is none.
 */
int blockdev_open(struct blockdev *b, const char *path);

/** blockdev_settle() - all that is cached to the medium; Return: 0, or -1 */
int blockdev_settle(struct blockdev *b);

/** blockdev_power_lost() - what is not on the medium is gone */
void blockdev_power_lost(struct blockdev *b);

/** blockdev_drop() - the module's power or reset: nobody is connected */
void blockdev_drop(struct blockdev *b);

/** blockdev_close() - take the medium out, settled; the cache is given back */
void blockdev_close(struct blockdev *b);

#endif
