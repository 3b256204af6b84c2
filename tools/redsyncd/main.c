// SPDX-License-Identifier: GPL-2.0-or-later
/* Command line of redsyncd, and that there is one of it for each controller. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "redsyncd.h"

volatile sig_atomic_t ending, reread;

static const char usage[] =
	"Usage: redsyncd [-d redundN] [--interface NAME] [--network A.B.C] [--port N]\n"
	"\n"
	"Keeps the configuration, the security files and the software images of the\n"
	"standby equal to the active's, over the internal link between the two management\n"
	"modules. At each promotion of this one reads the stored configuration that is\n"
	"assigned to the booted flash image, makes it run, and acknowledges the phase\n"
	"`config' of the take-over. Stays in the foreground until SIGTERM; waits for a\n"
	"driver that is not loaded. Needs CAP_NET_ADMIN.\n"
	"\n"
	"  -d, --device redundN  which controller, when the kernel has several\n"
	"      --interface NAME  of the internal link, default eth0\n"
	"      --network A.B.C   of its addresses, which end with the slot; default 169.254.15\n"
	"      --port N          default 7415\n"
	"  -h, --help            this text\n"
	"\n"
	"REDUND_FLASH (default /flash) and REDUND_RUN (default /run/redund) name its\n"
	"directories, REDUND_POLICY (default /etc/redund/sync.policy) what is kept equal:\n"
	"SIGHUP has it read again. Exit status: 0 ended by a signal, 1 it cannot run (another\n"
	"one runs, no privileges, no directory), 2 usage.\n";

static void on_signal(int number)
{
	if (number == SIGHUP)
		reread = 1;
	else
		ending = 1;
}

static bool device_number(const char *name, int *number)
{
	char *end;
	long value;

	if (strncmp(name, "redund", 6) || name[6] < '0' || name[6] > '9')
		return false;
	errno = 0;
	value = strtol(name + 6, &end, 10);
	*number = (int)value;
	return !errno && !*end && value < 1 << 20;
}

enum { OPTION_INTERFACE = 256, OPTION_NETWORK, OPTION_PORT };

/* One of the internal link's. Return: false: the value is none. */
static bool link_option(struct link_config *l, int option, const char *value)
{
	unsigned int a, b, c, port;
	char end;

	switch (option) {
	case OPTION_INTERFACE:
		snprintf(l->interface, sizeof(l->interface), "%s", value);
		return *value && strlen(value) < sizeof(l->interface);
	case OPTION_NETWORK:
		snprintf(l->network, sizeof(l->network), "%s", value);
		return strlen(value) < 12 &&
		       sscanf(value, "%3u.%3u.%3u%c", &a, &b, &c, &end) == 3 && a < 256 &&
		       b < 256 && c < 256;
	case OPTION_PORT:
		if (strlen(value) > 5 || sscanf(value, "%5u%c", &port, &end) != 1 || !port ||
		    port > 65535)
			return false;
		l->port = port;
		return true;
	}
	return false;
}

/* Return: -1 to run, else the exit status */
static int read_options(struct daemon *d, int argc, char **argv)
{
	static const struct option options[] = {
		{ "device", required_argument, NULL, 'd' },
		{ "interface", required_argument, NULL, OPTION_INTERFACE },
		{ "network", required_argument, NULL, OPTION_NETWORK },
		{ "port", required_argument, NULL, OPTION_PORT },
		{ "help", no_argument, NULL, 'h' },
		{},
	};
	int c;

	while ((c = getopt_long(argc, argv, "d:h", options, NULL)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			return EXIT_DONE;
		}
		if (c == 'd' && device_number(optarg, &d->wanted))
			continue;
		if (c > 255 && link_option(&d->link_config, c, optarg))
			continue;
		if (c > 255)
			fprintf(stderr, "redsyncd: %.40s: it is no such value\n", optarg);
		if (c == 'd')
			fprintf(stderr, "redsyncd: -d %.40s: expected: redundN\n", optarg);
		fprintf(stderr, "redsyncd --help says more\n");
		return EXIT_USAGE;
	}
	if (optind == argc)
		return -1;
	fprintf(stderr, "redsyncd: unknown word `%.40s'; expected: end of the command\n",
		argv[optind]);
	return EXIT_USAGE;
}

/* The lock ends with the process, however that ends. */
bool only_one(const struct daemon *d, int instance)
{
	char path[CONFIG_PATH_MAX];
	int fd;

	if (instance == RD_ANY)
		snprintf(path, sizeof(path), "%s/redsyncd.lock", d->run_dir);
	else
		snprintf(path, sizeof(path), "%s/redsyncd.%d.lock", d->run_dir, instance);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0) {
		say(REDUND_SEVERITY_MAJOR, "cannot write %s: %s", path, strerror(errno));
		return false;
	}
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		say(REDUND_SEVERITY_MAJOR, "another redsyncd is running");
		return false;
	}
	return true;
}

static bool make_run_dir(const char *dir)
{
	if (!mkdir(dir, 0755) || errno == EEXIST)
		return true;
	say(REDUND_SEVERITY_MAJOR, "cannot make %s: %s", dir, strerror(errno));
	return false;
}

int main(int argc, char **argv)
{
	struct sigaction end = { .sa_handler = on_signal }; /* no SA_RESTART: it wakes waits */
	static struct daemon d = {
		.wanted = RD_ANY,
		.link_config = { .interface = "eth0", .network = "169.254.15", .port = 7415 },
	};
	char run_dir[CONFIG_PATH_MAX];
	int status = read_options(&d, argc, argv);

	if (status >= 0)
		return status;
	snprintf(run_dir, sizeof(run_dir), "%s", config_running_path());
	*strrchr(run_dir, '/') = '\0';
	d.run_dir = run_dir;
	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGINT, &end, NULL);
	sigaction(SIGHUP, &end, NULL);
	signal(SIGPIPE, SIG_IGN);
	if (!make_run_dir(run_dir) || !only_one(&d, d.wanted))
		return EXIT_REFUSED;
	d.locked = d.wanted;
	return daemon_run(&d);
}
