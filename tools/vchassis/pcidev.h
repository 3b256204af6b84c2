/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One slot's backplane window as a PCI function behind virtio-pcidev:
 * configuration space, BAR 0 and one MSI. It knows nothing of registers.
 */
#ifndef VCHASSIS_PCIDEV_H
#define VCHASSIS_PCIDEV_H

#include "vhost.h"

struct pcidev {
	struct vhost vhost;
	u8 config[256];
	bool pending; /* an MSI that found no free buffer */
	u32 posted;   /* writes since the guest was told to reclaim them */
	u64 accesses; /* of BAR 0, since the program started */
	void *data;
	/* BAR 0; @len up to the size of the window */
	void (*read)(struct pcidev *p, u32 off, void *buf, size_t len);
	void (*write)(struct pcidev *p, u32 off, const void *buf, size_t len);
};

/**
 * pcidev_init() - serve the function on a socket
 * @p: the callbacks are set
 * @path: the socket, made here
 *
 * Return: 0, or -1 with errno.
 */
int pcidev_init(struct pcidev *p, const char *path);

/** pcidev_interrupt() - one MSI; kept pending while the guest has no buffer */
void pcidev_interrupt(struct pcidev *p);

/** pcidev_drop() - the module's power or reset: the device starts anew */
void pcidev_drop(struct pcidev *p);

#endif
