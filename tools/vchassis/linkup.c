// SPDX-License-Identifier: GPL-2.0-or-later
/* Owns the module's network interfaces; see linkup.h. */
#include "linkup.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * Packets are received in a thread, with a stack of its own: below a system
 * call that sends, the debug kernel's stack does not suffice for both.
 */
static void receive_in_thread(void)
{
	int fd = open("/sys/class/net/eth0/threaded", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "1", 1) != 1)
		perror("mm-agent: eth0/threaded");
	if (fd >= 0)
		close(fd);
}

void link_up(const char *slot)
{
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in *sin;
	struct ifreq ifr = { .ifr_name = "lo", .ifr_flags = IFF_UP };

	ioctl(s, SIOCSIFFLAGS, &ifr);
	ifr = (struct ifreq){ .ifr_name = "eth0" };
	sin = (struct sockaddr_in *)&ifr.ifr_addr;
	sin->sin_family = AF_INET;
	sin->sin_addr.s_addr = htonl(0xa9fe0f00 | atoi(slot)); /* 169.254.15.SLOT */
	ioctl(s, SIOCSIFADDR, &ifr);
	sin->sin_addr.s_addr = htonl(0xffffff00);
	ioctl(s, SIOCSIFNETMASK, &ifr);
	ifr.ifr_flags = IFF_UP | IFF_RUNNING;
	if (ioctl(s, SIOCSIFFLAGS, &ifr))
		perror("mm-agent: eth0");
	close(s);
	receive_in_thread();
}
