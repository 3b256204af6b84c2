/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vhost-user server for one virtio device of a User-Mode Linux: the socket,
 * the guest's memory and two split rings. What is on the rings is the
 * device's business (pcidev.c, netdev.c). Everything the guest says is
 * checked: a module under test may be broken, the chassis may not.
 */
#ifndef VCHASSIS_VHOST_H
#define VCHASSIS_VHOST_H

#include <linux/types.h>
#include <stdbool.h>
#include <sys/uio.h>
#include "loop.h"

struct timetravel;

#define VHOST_QUEUES   2
#define VHOST_REGIONS  2
#define VHOST_RING_MAX 256
#define VHOST_SEGMENTS 16

struct vhost_region {
	u64 guest, size;
	u8 *host; /* of guest */
	void *map;
	size_t map_size;
};

struct vhost_queue {
	u32 num;
	u64 desc_gpa, used_gpa, avail_gpa;
	u16 last_avail;
	bool enabled;
	bool call; /* simulated time: the guest is to be interrupted for it */
};

struct vhost {
	struct watch listener, conn;
	bool urgent; /* looked at before other devices */
	int call_fd; /* pipe to the guest: requests of this side */
	struct vhost_region region[VHOST_REGIONS];
	struct vhost_queue queue[VHOST_QUEUES];
	u64 device_features; /* offered besides the transport's */
	const void *config;  /* device configuration, or NULL */
	u32 config_len;
	struct timetravel *time; /* of the guest; NULL in real time */
	struct timer call;	 /* when its interrupts reach it, in simulated time */
	void *data;
	/* the guest put buffers on a queue */
	void (*kicked)(struct vhost *v, u32 index);
	/* the guest went away, or a new one came: forget its device state */
	void (*gone)(struct vhost *v);
};

/* A buffer of the guest: what it sends, and room for what it wants. */
struct vhost_chain {
	u16 head;
	int outs, ins;
	struct iovec out[VHOST_SEGMENTS], in[VHOST_SEGMENTS];
};

/**
 * vhost_listen() - serve one device
 * @v: the callbacks are set
 * @path: of the socket; replaced when it exists
 *
 * Return: 0, or -1 with errno.
 */
int vhost_listen(struct vhost *v, const char *path);

/** vhost_drop() - end the present connection, if any; the socket stays */
void vhost_drop(struct vhost *v);

/** vhost_settle() - serve what the guest has said already */
void vhost_settle(struct vhost *v);

/**
 * vhost_take() - the next buffer of a queue
 * @v: the device
 * @index: of the queue
 * @c: the buffer
 *
 * A malformed one is given back unused and passed over.
 *
 * Return: false when there is none.
 */
bool vhost_take(struct vhost *v, u32 index, struct vhost_chain *c);

/** vhost_done() - give a buffer back with @len bytes written to it */
void vhost_done(struct vhost *v, u32 index, const struct vhost_chain *c, u32 len);

/** vhost_signal() - interrupt the guest for a queue */
void vhost_signal(struct vhost *v, u32 index);

/** vhost_nudge() - interrupt the guest for nothing: in simulated time it looks around then */
void vhost_nudge(struct vhost *v, u32 index);

/** vhost_call_again() - the guest takes interrupts again: those it missed */
void vhost_call_again(struct vhost *v);

/** vhost_gather() - @c's sent bytes in one piece; Return: how many */
size_t vhost_gather(const struct vhost_chain *c, void *buf, size_t size);

/** vhost_scatter() - into @c's room from @at; Return: how many fitted */
size_t vhost_scatter(const struct vhost_chain *c, size_t at, const void *data, size_t len);

#endif
