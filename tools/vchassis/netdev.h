/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The internal Ethernet link: a virtio network device in each module, joined
 * inside the chassis process. A packet is copied from one module's memory to
 * the other's at once, or lost when there is no room or the link is cut. Two
 * faults of its own: what one sends is held until the fault ends, or changed
 * on its way.
 */
#ifndef VCHASSIS_NETDEV_H
#define VCHASSIS_NETDEV_H

#include "vhost.h"

#define NETDEV_HELD_MAX (4u << 20) /* bytes; what comes then is lost */

enum netdev_fault { NETDEV_STALL, NETDEV_GARBAGE, NETDEV_FAULTS };

struct netdev_frame;

struct netdev {
	struct vhost vhost;
	struct netdev *peer;
	u8 mac[6];
	u64 sent, lost;
	void *data;
	bool (*cut)(struct netdev *n); /* is what this one sends not seen? */

	bool fault[NETDEV_FAULTS];	   /* of what this one sends */
	struct netdev_frame *held, **last; /* on their way, the oldest first */
	size_t held_bytes;
	u32 delay_us;	     /* on their way, in simulated time; 0: none */
	struct timer arrive; /* ... the oldest */
	u32 chance;	     /* state of the generator of garbage */
};

/**
 * netdev_init() - serve the device on a socket
 * @n: peer and cut are set
 * @path: the socket, made here
 *
 * Return: 0, or -1 with errno.
 */
int netdev_init(struct netdev *n, const char *path);

/** netdev_drop() - the module's power or reset; what it sent and is held goes too */
void netdev_drop(struct netdev *n);

/** netdev_fault() - begin or end a fault; frames held until then are delivered */
void netdev_fault(struct netdev *n, enum netdev_fault fault, bool on);

/** netdev_fault_name() - a word of `vchassis fault` */
const char *netdev_fault_name(enum netdev_fault fault);

#endif
