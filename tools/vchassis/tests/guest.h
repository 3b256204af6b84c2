/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest of the vhost-user server, for tests: two queues whose rings and
 * buffers are in its memory, and every message waits for its answer.
 */
#ifndef VCHASSIS_TESTS_GUEST_H
#define VCHASSIS_TESTS_GUEST_H

#include <linux/types.h>
#include <linux/virtio_ring.h>
#include <stdbool.h>

#include "compiler.h"

#define MEM 0x10000
#define GPA 0x100000 /* where the guest sees its memory */
#define NUM 16

/* Rings of a queue in the guest's memory, and a buffer for each descriptor. */
struct ring {
	struct vring_desc desc[NUM];
	struct vring_avail avail;
	u16 avail_ring[NUM + 1];
	u32 pad;
	struct vring_used used;
	struct vring_used_elem used_ring[NUM];
	u8 buf[NUM][256];
};

struct guest {
	int sock, call;
	struct ring *ring; /* [2] */
};

/* A message with its payload. */
struct wire {
	u32 request, flags, size;
	u8 payload[64];
} __packed;

/** turn() - lets the server handle what waits for it */
void turn(void);
/** ask() - sends a message with an answer; Return: the answer's first 8 bytes */
u64 ask(struct guest *g, u32 request, const void *payload, u32 size, int fd);
void kick(struct guest *g, u32 index);
void guest_rings(struct guest *g, u32 num);
void guest_connect(struct guest *g, const char *path);
void guest_leave(struct guest *g);
/** offer() - offers one descriptor, @write for room; Return: its index */
u16 offer(struct guest *g, u32 queue, const void *data, u32 len, bool write, bool more);
void publish(struct guest *g, u32 queue, u16 head);
/** calls() - interrupts since the last look */
u32 calls(struct guest *g);

#endif
