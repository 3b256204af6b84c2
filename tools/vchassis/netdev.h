/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The internal Ethernet link: a virtio network device in each module, joined
 * inside the chassis process. A packet is copied from one module's memory to
 * the other's at once, or lost when there is no room or the link is cut.
 */
#ifndef VCHASSIS_NETDEV_H
#define VCHASSIS_NETDEV_H

#include "vhost.h"

struct netdev {
	struct vhost vhost;
	struct netdev *peer;
	u8 mac[6];
	u64 sent, lost;
	void *data;
	bool (*cut)(struct netdev *n); /* is what this one sends not seen? */
};

/**
 * netdev_init() - serve the device on a socket
 * @n: peer and cut are set
 * @path: the socket, made here
 *
 * Return: 0, or -1 with errno.
 */
int netdev_init(struct netdev *n, const char *path);

/** netdev_drop() - the module's power or reset */
void netdev_drop(struct netdev *n);

#endif
