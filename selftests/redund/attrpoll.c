// SPDX-License-Identifier: GPL-2.0-only
/*
 * attrpoll: waits with poll() until a sysfs attribute is notified.
 *
 *	attrpoll FILE [WANTED [SECONDS]]
 *
 * Reads FILE, prints "waiting", then polls until it reads WANTED (without it:
 * until the first notification). Only a notification makes it read again, so
 * that a change without one is a time-out. Prints each value read. Exit
 * status: 0 seen, 1 time-out (default 5 s), 2 usage or no such file.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int value(int fd, char *buf, size_t size)
{
	ssize_t n = pread(fd, buf, size - 1, 0);

	if (n < 0)
		return -1;
	buf[n] = 0;
	buf[strcspn(buf, "\n")] = 0;
	return 0;
}

static int left_ms(const struct timespec *end)
{
	struct timespec now;
	long ms;

	clock_gettime(CLOCK_MONOTONIC, &now);
	ms = (end->tv_sec - now.tv_sec) * 1000 + (end->tv_nsec - now.tv_nsec) / 1000000;
	return ms > 0 ? ms : 0;
}

int main(int argc, char **argv)
{
	struct timespec end;
	struct pollfd p;
	char buf[4096];

	if (argc < 2)
		return 2;
	p.fd = open(argv[1], O_RDONLY);
	p.events = POLLPRI | POLLERR;
	if (p.fd < 0 || value(p.fd, buf, sizeof(buf))) {
		perror(argv[1]);
		return 2;
	}
	printf("waiting\n%s\n", buf);
	fflush(stdout);
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += argc > 3 ? atoi(argv[3]) : 5;
	while (argc < 3 || strcmp(buf, argv[2])) {
		if (poll(&p, 1, left_ms(&end)) <= 0)
			return 1;
		if (value(p.fd, buf, sizeof(buf)))
			return 2;
		printf("%s\n", buf);
		if (argc < 3)
			break;
	}
	return 0;
}
