// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns the internal Ethernet link: a socket pair for each module, and two
 * threads that carry packets across, so that file transfers never delay a
 * register access. A module keeps its end over restarts.
 */
#include "vc.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#define PACKET_MAX	65536
#define PATIENCE_MS	2	/* for a receiver that is full; then the packet is lost */

static struct {
	int chassis, module;
	atomic_bool cut;	/* what this slot sends is not seen */
} end[CHASSIS_SLOTS];

static void *carry(void *arg)
{
	int from = (long)arg, to = 1 - from;
	static _Thread_local char packet[PACKET_MAX];

	for (;;) {
		ssize_t n = recv(end[from].chassis, packet, sizeof(packet), 0);
		struct pollfd p = { .fd = end[to].chassis, .events = POLLOUT };

		if (n < 0 && errno != EINTR && errno != ECONNRESET && errno != EAGAIN)
			return NULL;
		if (n <= 0 || atomic_load(&end[from].cut))
			continue;
		if (send(p.fd, packet, n, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 && errno == EAGAIN &&
		    poll(&p, 1, PATIENCE_MS) == 1)
			send(p.fd, packet, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	}
}

int link_init(void)
{
	sigset_t all, old;
	pthread_t thread;
	int err = 0;

	for (int i = 0; i < CHASSIS_SLOTS; i++) {
		int pair[2];

		if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair))
			return -1;
		end[i].chassis = pair[0];
		end[i].module = pair[1];
	}
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	for (long i = 0; i < CHASSIS_SLOTS && !err; i++)
		err = pthread_create(&thread, NULL, carry, (void *)i);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return err ? -1 : 0;
}

int link_module_fd(int slot)
{
	return end[slot - 1].module;
}

void link_cut(int slot, bool cut)
{
	atomic_store(&end[slot - 1].cut, cut);
}

/* What was sent to the module before it started is not for it. */
void link_drain(int slot)
{
	static char packet[PACKET_MAX];

	while (recv(end[slot - 1].module, packet, sizeof(packet), MSG_DONTWAIT) >= 0)
		;
}
