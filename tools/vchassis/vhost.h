/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vhost-user server for one virtio-pcidev device of a User-Mode Linux: the
 * socket, the guest's memory and the two split rings. What the messages on the
 * rings mean is pcidev.c's. Everything the guest says is checked: a module
 * under test may be broken, the chassis may not.
 */
#ifndef VCHASSIS_VHOST_H
#define VCHASSIS_VHOST_H

#include <linux/types.h>
#include <stdbool.h>
#include "loop.h"

#define VHOST_QUEUES	2
#define VHOST_REGIONS	2
#define VHOST_RING_MAX	256

struct vhost_region {
	u64 guest, size;
	u8 *host;		/* of guest */
	void *map;
	size_t map_size;
};

struct vhost_queue {
	u32 num;
	u64 desc_gpa, used_gpa, avail_gpa;
	u16 last_avail;
	u16 unsignalled;	/* completions since the guest was last told */
	bool enabled;
};

struct vhost {
	struct watch listener, conn;
	int call_fd;		/* pipe to the guest: requests of this side */
	u64 features, protocol;
	struct vhost_region region[VHOST_REGIONS];
	struct vhost_queue queue[VHOST_QUEUES];
	void *data;
	/*
	 * A command of queue 0: @out was sent; answer @in_len bytes at most
	 * in @in and return how many.
	 */
	size_t (*command)(struct vhost *v, const u8 *out, size_t out_len, u8 *in, size_t in_len);
	/* queue 1 has buffers again */
	void (*buffers)(struct vhost *v);
	/* the guest went away, or a new one came: forget its device state */
	void (*gone)(struct vhost *v);
};

/**
 * vhost_listen() - serve one device
 * @path: of the socket; replaced when it exists
 *
 * Return: 0, or -1 with errno.
 */
int vhost_listen(struct vhost *v, const char *path);

/** vhost_drop() - end the present connection, if any; the socket stays */
void vhost_drop(struct vhost *v);

/**
 * vhost_push() - hand @len bytes to the guest on queue 1, and interrupt it
 *
 * Return: false when the guest has no free buffer: try again in buffers().
 */
bool vhost_push(struct vhost *v, const void *data, size_t len);

#endif
