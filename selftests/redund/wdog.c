// SPDX-License-Identifier: GPL-2.0-only
/*
 * wdog: a user of a watchdog device.
 *
 *	wdog DEVICE COMMAND...
 *
 * Opens DEVICE (which starts it) and carries out the commands in order: ping,
 * timeout=S (prints what is set), info (prints the identity), bootstatus,
 * sleep=S, magic (allows the close that follows to stop it). A command after an
 * exclamation mark has to fail. Exit status 0, or 1 when one does not do what it
 * should; then it is closed without magic.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <linux/watchdog.h>

static int carry_out(int fd, const char *cmd)
{
	struct watchdog_info info;
	int n;

	if (!strcmp(cmd, "ping"))
		return ioctl(fd, WDIOC_KEEPALIVE, 0);
	if (!strcmp(cmd, "info")) {
		if (ioctl(fd, WDIOC_GETSUPPORT, &info))
			return -1;
		printf("%s options=0x%x\n", info.identity, info.options);
		return 0;
	}
	if (!strcmp(cmd, "bootstatus")) {
		if (ioctl(fd, WDIOC_GETBOOTSTATUS, &n))
			return -1;
		printf("0x%x\n", n);
		return 0;
	}
	if (sscanf(cmd, "timeout=%d", &n) == 1) {
		if (ioctl(fd, WDIOC_SETTIMEOUT, &n))
			return -1;
		printf("%d\n", n);
		return 0;
	}
	if (sscanf(cmd, "sleep=%d", &n) == 1)
		return sleep(n);
	if (!strcmp(cmd, "magic"))
		return write(fd, "V", 1) == 1 ? 0 : -1;
	fprintf(stderr, "wdog: no command %s\n", cmd);
	return -1;
}

int main(int argc, char **argv)
{
	int fd, i;

	if (argc < 2)
		return 2;
	fd = open(argv[1], O_WRONLY);
	if (fd < 0) {
		perror(argv[1]);
		return 1;
	}
	for (i = 2; i < argc; i++) {
		int wanted = *argv[i] == '!', failed;

		failed = carry_out(fd, argv[i] + wanted) != 0;
		if (failed != wanted) {
			perror(argv[i]);
			return 1;
		}
		fflush(stdout);
	}
	close(fd);
	return 0;
}
