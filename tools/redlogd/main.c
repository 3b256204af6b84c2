// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * redlogd: keeps the driver's event log across boots, sends it to syslog
 * servers, collects crash files. This file owns the options, the waiting for
 * whatever comes next, and the configuration it follows.
 */
#include <errno.h>
#include <getopt.h>
#include <libgen.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>
#include "redlogd.h"

#define COLLECT_AGAIN_MS 3000 /* a panicked kernel has written all it will by then */
#define FAREWELL_MS	 700  /* for the servers, when redlogd is told to end */

static struct redlogd redlogd;

void say(const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	fprintf(stderr, "redlogd: %s\n", line);
}

/* ---- configuration ------------------------------------------------------------------- */

/* Servers and host name as configured now. */
static void configure(struct redlogd *d, bool all)
{
	char hostname[CONFIG_HOSTNAME_MAX + 1];
	struct rd_mm mm = { 0 };
	struct config c;

	config_get(&c);
	if (!d->rd || rd_get_mm(d->rd, d->instance, d->slot, &mm))
		mm.description[0] = '\0';
	config_hostname(&c, mm.description, hostname);
	syslog_configure(&d->syslog, &c, hostname, all);
	d->syslog.slot = d->slot;
}

/* Watches the directory of the running configuration, which is made if need be. */
static int watch(void)
{
	char path[CONFIG_PATH_MAX], *dir;
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	snprintf(path, sizeof(path), "%s", config_running_path());
	dir = dirname(path);
	mkdir(dir, 0755);
	if (fd < 0 || inotify_add_watch(fd, dir, IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE) < 0)
		say("%s: %s: a new configuration is not noticed", dir, strerror(errno));
	return fd;
}

/* Return: whether the running configuration was among what changed. */
static bool config_changed(int fd)
{
	char buf[4096] __aligned(8), path[CONFIG_PATH_MAX];
	const struct inotify_event *e;
	bool changed = false;
	ssize_t n, at;

	snprintf(path, sizeof(path), "%s", config_running_path());
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		for (at = 0; at < n; at += sizeof(*e) + e->len) {
			e = (const struct inotify_event *)(buf + at);
			changed |= e->mask & IN_Q_OVERFLOW ||
				   (e->len && !strcmp(e->name, basename(path)));
		}
	return changed;
}

/* ---- the loop --------------------------------------------------------------------------- */

enum { FD_SIGNAL, FD_CONFIG, FD_DRIVER, FD_SERVERS };

static int64_t sooner(int64_t a, int64_t b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

static int time_left(const struct redlogd *d)
{
	int64_t due = syslog_due(&d->syslog);

	if (!d->rd || d->behind)
		due = sooner(due, d->retry_ms);
	if (d->rd)
		due = sooner(due, d->collect_ms);
	if (due < 0)
		return -1;
	due -= clock_ms();
	return due < 0 ? 0 : due > 60000 ? 60000 : (int)due;
}

/* Soon after a change of roles, and once more. A takeover is not held up. */
static void collect_now(struct redlogd *d)
{
	bool again = d->collect_again;

	if (d->role[d->slot - 1] == REDUND_ROLE_TAKING_OVER) {
		d->collect_ms = clock_ms() + COLLECT_AGAIN_MS / 10;
		return;
	}
	d->collect_ms = again ? clock_ms() + COLLECT_AGAIN_MS : -1;
	d->collect_again = false;
	collect(d, !again);
}

/* What is due by the clock. */
static void by_time(struct redlogd *d)
{
	if (!d->rd && clock_ms() >= d->retry_ms) {
		bool first = !d->boot;

		if (follow_open(d)) {
			configure(d, first);
			if (first)
				syslog_resume(&d->syslog);
		}
	}
	if (d->rd && d->behind && clock_ms() >= d->retry_ms)
		follow_dump(d);
	if (d->rd && d->collect_ms >= 0 && clock_ms() >= d->collect_ms)
		collect_now(d);
}

/* Return: false when redlogd is told to end. */
static bool by_signal(struct redlogd *d, int fd)
{
	struct signalfd_siginfo si;

	while (read(fd, &si, sizeof(si)) == sizeof(si)) {
		if (si.ssi_signo != SIGHUP)
			return false;
		configure(d, false);
	}
	return true;
}

static void loop(struct redlogd *d, int signals, int config)
{
	struct pollfd p[FD_SERVERS + CONFIG_LOG_SERVERS];
	bool running = true;

	while (running) {
		by_time(d);
		syslog_work(&d->syslog);
		p[FD_SIGNAL] = (struct pollfd){ .fd = signals, .events = POLLIN };
		p[FD_CONFIG] = (struct pollfd){ .fd = config, .events = POLLIN };
		p[FD_DRIVER] = (struct pollfd){ .fd = d->rd ? rd_monitor_fd(d->rd) : -1,
						.events = POLLIN };
		if (poll(p, FD_SERVERS + syslog_poll(&d->syslog, p + FD_SERVERS), time_left(d)) < 0)
			continue;
		if (p[FD_DRIVER].revents)
			follow_work(d);
		if (p[FD_CONFIG].revents && config_changed(config))
			configure(d, false);
		if (p[FD_SIGNAL].revents)
			running = by_signal(d, signals);
	}
}

/* What the driver has logged last, and a moment for the servers. */
static void end(struct redlogd *d)
{
	int64_t until = clock_ms() + FAREWELL_MS;
	struct pollfd p[CONFIG_LOG_SERVERS];

	if (d->rd)
		follow_dump(d);
	while (!syslog_idle(&d->syslog) && clock_ms() < until) {
		syslog_work(&d->syslog);
		poll(p, syslog_poll(&d->syslog, p), 20);
	}
	follow_close(d);
	syslog_close(&d->syslog);
	log_close(d->store);
	free(d->told);
}

static int signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

/* ---- options ------------------------------------------------------------------------------ */

static const char help_text[] =
	"usage: redlogd [-d redundN] [-s KIB]\n"
	"\n"
	"Keeps the driver's event log across boots, sends it to the configured syslog\n"
	"servers, and collects crash files. Stays in the foreground; SIGTERM ends it,\n"
	"SIGHUP reads the configuration again.\n"
	"\n"
	"  -d, --device redundN  which instance, when the kernel has several\n"
	"  -s, --size KIB        of the event log in the flash: 64 to 1048576 (2048)\n"
	"  -h, --help            this text\n";

static bool number(const char *text, unsigned long min, unsigned long max, unsigned long *out)
{
	char *end_at;

	errno = 0;
	*out = strtoul(text, &end_at, 10);
	return text[0] >= '0' && text[0] <= '9' && !errno && !*end_at && *out >= min && *out <= max;
}

/* What was sent, in the directory of the running configuration. */
static void run_path(const struct redlogd *d, char *path, size_t size)
{
	char running[CONFIG_PATH_MAX];

	snprintf(running, sizeof(running), "%s", config_running_path());
	snprintf(path, size, "%.200s/redlogd.%s", dirname(running), d->device ? d->device : "sent");
}

static int usage(const char *what)
{
	say("%s; see redlogd --help", what);
	return 2;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "device", required_argument, NULL, 'd' },
		{ "size", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{},
	};
	struct redlogd *d = &redlogd;
	unsigned long kib = LOG_KIB_DEFAULT, n;
	char path[256];
	int c, err, fd;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "d:s:h", options, NULL)) != -1) {
		if (c == 'h')
			return fputs(help_text, stdout) < 0;
		if (c == 'd' && !strncmp(optarg, "redund", 6) && number(optarg + 6, 0, 1 << 20, &n))
			d->device = optarg;
		else if (c != 's' || !number(optarg, LOG_KIB_MIN, LOG_KIB_MAX, &kib))
			return usage("unknown option or bad value");
	}
	if (optind < argc)
		return usage("it takes no words");
	log_dir(d->dir, sizeof(d->dir));
	err = log_open(&d->store, d->dir, kib * 1024);
	if (err) {
		say("%s: %s", d->dir,
		    err == -EBUSY ? "another redlogd keeps this log" : strerror(-err));
		return 1;
	}
	fd = signals();
	d->collect_ms = -1;
	run_path(d, path, sizeof(path));
	syslog_init(&d->syslog, path);
	loop(d, fd, watch());
	end(d);
	return 0;
}
