// SPDX-License-Identifier: GPL-2.0-or-later
/* Owns the guest of the tests; see guest.h. */
#include "guest.h"
#include "compiler.h"
#include "../loop.h"

#include <fcntl.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static u64 gpa_of(struct guest *g, const void *p)
{
	return GPA + ((const u8 *)p - (const u8 *)g->ring);
}

void turn(void)
{
	for (int i = 0; i < 3; i++)
		loop_once(0);
}

u64 ask(struct guest *g, u32 request, const void *payload, u32 size, int fd)
{
	struct wire m = { .request = request, .flags = 9, .size = size };
	char control[CMSG_SPACE(sizeof(int))] = "";
	struct iovec iov = { .iov_base = &m, .iov_len = 12 + size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	u64 value = ~0ULL;

	if (size)
		memcpy(m.payload, payload, size);
	if (fd >= 0) {
		struct cmsghdr *c;

		msg.msg_control = control;
		msg.msg_controllen = sizeof(control);
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	}
	if (sendmsg(g->sock, &msg, MSG_NOSIGNAL) < 0)
		return ~0ULL;
	turn();
	if (recv(g->sock, &m, sizeof(m), MSG_DONTWAIT) >= 20)
		memcpy(&value, m.payload, sizeof(value));
	return value;
}

void kick(struct guest *g, u32 index)
{
	u32 state[2] = { index, 0 };

	ask(g, 35, state, sizeof(state), -1);
}

void guest_rings(struct guest *g, u32 num)
{
	for (u32 i = 0; i < 2; i++) {
		struct ring *r = &g->ring[i];
		u32 state[2] = { i, num };
		struct {
			u32 index, flags;
			u64 desc, used, avail, log;
		} addr = {
			.index = i,
			.desc = gpa_of(g, r->desc),
			.used = gpa_of(g, &r->used),
			.avail = gpa_of(g, &r->avail),
		};

		ask(g, 8, state, sizeof(state), -1);
		state[1] = 0;
		ask(g, 10, state, sizeof(state), -1);
		ask(g, 9, &addr, sizeof(addr), -1);
		state[1] = 1;
		ask(g, 18, state, sizeof(state), -1);
	}
}

void guest_connect(struct guest *g, const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct {
		u32 num, pad;
		u64 guest, size, user, offset;
	} mem = { 1, 0, GPA, MEM, GPA, 0 };
	int memfd = memfd_create("guest", MFD_CLOEXEC), pipes[2];

	g->sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	if (ftruncate(memfd, MEM) || pipe(pipes) ||
	    connect(g->sock, (struct sockaddr *)&sun, sizeof(sun)))
		abort();
	turn();
	g->ring = mmap(NULL, MEM, PROT_READ | PROT_WRITE, MAP_SHARED, memfd, 0);
	g->call = pipes[0];
	ask(g, 5, &mem, sizeof(mem), memfd);
	ask(g, 21, NULL, 0, pipes[1]);
	close(memfd);
	close(pipes[1]);
	guest_rings(g, NUM);
}

void guest_leave(struct guest *g)
{
	munmap(g->ring, MEM);
	close(g->sock);
	close(g->call);
	turn();
}

u16 offer(struct guest *g, u32 queue, const void *data, u32 len, bool write, bool more)
{
	struct ring *r = &g->ring[queue];
	static u16 next[2];
	u16 i = next[queue]++ % NUM;

	r->desc[i] = (struct vring_desc){
		.addr = gpa_of(g, r->buf[i]),
		.len = len,
		.flags = (write ? VRING_DESC_F_WRITE : 0) | (more ? VRING_DESC_F_NEXT : 0),
		.next = (i + 1) % NUM,
	};
	if (data)
		memcpy(r->buf[i], data, len);
	return i;
}

void publish(struct guest *g, u32 queue, u16 head)
{
	struct ring *r = &g->ring[queue];
	u16 *ring = (u16 *)((u8 *)&r->avail + 4);

	ring[r->avail.idx % NUM] = head;
	r->avail.idx++;
}

u32 calls(struct guest *g)
{
	struct wire m;
	u32 n = 0;

	fcntl(g->call, F_SETFL, O_NONBLOCK);
	while (read(g->call, &m, 20) == 20)
		n++;
	return n;
}
