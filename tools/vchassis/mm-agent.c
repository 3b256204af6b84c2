// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The agent inside a virtual management module, its process 1: owns the line to
 * the chassis (frames on /dev/ttyS0), pets the watchdog, hangs and ends the
 * module when asked, and reaps orphans. What runs for the chassis is in jobs.c,
 * the services in service.c, the internal link in linkup.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/types.h>
#include <linux/watchdog.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "agent-proto.h"
#include "buffer.h"
#include "compiler.h"
#include "jobs.h"
#include "linkup.h"
#include "service.h"

#define PET_MS	      500
#define WDT_TIMEOUT_S 5
#define HANG_MS	      "60000" /* the most the driver takes at once */
#define OUT_HIGH      65536   /* of the line: commands' output waits above it */
#define END_MS	      1000    /* for the services to end */
#define END_WAIT_MS   2000    /* for process 1 to end the module */

static int line = -1, wdt = -1;
static struct buffer line_in, line_out;
static bool starved;
static volatile sig_atomic_t release_wdt, interrupted;
static volatile sig_atomic_t ending; /* RB_*: how the module ends; 0: it does not */

static u64 now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (u64)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* ---- the line -------------------------------------------------------- */

void agent_reply(u8 type, u32 id, const void *data, size_t len)
{
	struct agent_head head = { .magic = AGENT_MAGIC, .type = type, .len = len, .id = id };

	buffer_add(&line_out, &head, sizeof(head));
	buffer_add(&line_out, data, len);
}

static void line_flush(void)
{
	while (line_out.len) {
		ssize_t n = write(line, buffer_at(&line_out), line_out.len);

		if (n <= 0)
			return;
		buffer_take(&line_out, n);
	}
}

static int line_open(void)
{
	struct termios t;

	line = open("/dev/ttyS0", O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (line < 0 || tcgetattr(line, &t))
		return -1;
	cfmakeraw(&t);
	return tcsetattr(line, TCSANOW, &t);
}

/* ---- the watchdog ------------------------------------------------------ */

/* What process 1 is asked by reboot, poweroff and halt: SIGRTMIN and these. */
enum { END_REBOOT, END_POWER_OFF, END_HALT, ENDS };

/*
 * SIGUSR1 gives the watchdog back (so that the driver can be unloaded),
 * SIGUSR2 takes it again.
 */
static void on_signal(int sig)
{
	if (sig == SIGUSR1)
		release_wdt = 1;
	else if (sig == SIGUSR2)
		release_wdt = 0;
	else if (sig == SIGINT)
		interrupted = 1;
	else if (sig == SIGTERM || sig == SIGRTMIN + END_POWER_OFF)
		ending = RB_POWER_OFF;
	else if (sig == SIGRTMIN + END_REBOOT)
		ending = RB_AUTOBOOT;
	else if (sig == SIGRTMIN + END_HALT)
		ending = RB_HALT_SYSTEM;
}

static void watchdog(bool wanted)
{
	int timeout = WDT_TIMEOUT_S;

	if (wdt >= 0 && (release_wdt || !wanted)) {
		if (write(wdt, "V", 1) == 1)
			close(wdt);
		wdt = -1;
	}
	if (wdt < 0 && wanted && !release_wdt && !starved) {
		wdt = open("/dev/watchdog0", O_WRONLY | O_CLOEXEC);
		if (wdt >= 0)
			ioctl(wdt, WDIOC_SETTIMEOUT, &timeout);
	}
	if (wdt >= 0 && !starved)
		ioctl(wdt, WDIOC_KEEPALIVE, 0);
}

/* ---- soft hang ------------------------------------------------------------ */

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) < 0)
		perror(path);
	close(fd);
}

/* The kernel's half: a busy loop in the driver's worker, which a signal ends. */
static bool hang_in_driver(void)
{
	int fd = open("/sys/kernel/debug/redund/redund0/soft_hang", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	while (!interrupted && write(fd, HANG_MS, strlen(HANG_MS)) > 0)
		;
	close(fd);
	return true;
}

/*
 * Interrupts go on and nothing is scheduled; without the driver by a process
 * that is hardly ever preempted. It ends by mconsole's "cad", an interrupt,
 * which sends SIGINT to cad_pid.
 */
static void soft_hang(void)
{
	struct sched_param p = { .sched_priority = 99 };
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", getpid());
	put("/proc/sys/kernel/cad_pid", pid);
	interrupted = 0;
	if (hang_in_driver())
		return;
	put("/proc/sys/kernel/sched_rt_runtime_us", "-1");
	sched_setscheduler(0, SCHED_FIFO, &p);
	while (!interrupted)
		;
	p.sched_priority = 0;
	sched_setscheduler(0, SCHED_OTHER, &p);
}

static void received(const struct agent_head *h, const char *data)
{
	if (jobs_received(h, data))
		return;
	if (h->type == AGENT_STARVE)
		starved = true;
	else if (h->type == AGENT_SOFT_HANG)
		soft_hang();
}

static void line_ready(void)
{
	struct agent_head h;
	static u32 credit;
	char buf[4096];
	ssize_t n = read(line, buf, sizeof(buf));

	if (n <= 0)
		return;
	credit += n;
	if (credit >= AGENT_CREDIT_AT) {
		agent_reply(AGENT_CREDIT, 0, &credit, sizeof(credit));
		credit = 0;
	}
	buffer_add(&line_in, buf, n);
	while (line_in.len >= sizeof(h)) {
		char data[AGENT_MAX];

		memcpy(&h, buffer_at(&line_in), sizeof(h));
		if (h.magic != AGENT_MAGIC || h.len > AGENT_MAX) {
			buffer_take(&line_in, 1);
			continue;
		}
		if (line_in.len < sizeof(h) + h.len)
			return;
		memcpy(data, buffer_at(&line_in) + sizeof(h), h.len);
		buffer_take(&line_in, sizeof(h) + h.len);
		received(&h, data);
	}
}

/* ---- the main loop ----------------------------------------------------------- */

#define POLL_MAX 256

static void reap(void)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		service_exited(pid, now_ms());
		jobs_exited(pid, status);
	}
	jobs_finish();
}

static void catch_signals(void)
{
	static const int caught[] = { SIGUSR1, SIGUSR2, SIGINT, SIGTERM, SIGCHLD };
	struct sigaction sa = { .sa_handler = on_signal };

	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < ARRAY_SIZE(caught); i++)
		sigaction(caught[i], &sa, NULL);
	for (int i = 0; i < ENDS; i++)
		sigaction(SIGRTMIN + i, &sa, NULL);
}

/* ppoll() lets signals in, so that none is lost between a look and the wait. */
static void wait_for(struct pollfd *p, size_t n, u64 ms)
{
	struct timespec ts = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
	sigset_t none;

	sigemptyset(&none);
	if (ppoll(p, n, &ts, &none) < 0)
		for (size_t i = 0; i < n; i++)
			p[i].revents = 0;
}

/*
 * Called as reboot, poweroff or halt (module-init puts links in /sbin): what
 * orderly_reboot() and a person run. Process 1 is asked, which ends the
 * services first; one that does not answer is not waited for. Does not return
 * when called so.
 */
static void end_module(const char *name)
{
	static const struct {
		const char *name;
		int how, number;
	} ends[] = {
		{ "reboot", RB_AUTOBOOT, END_REBOOT },
		{ "poweroff", RB_POWER_OFF, END_POWER_OFF },
		{ "halt", RB_HALT_SYSTEM, END_HALT },
	};
	const char *slash = strrchr(name, '/');

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		if (strcmp(slash ? slash + 1 : name, ends[i].name))
			continue;
		if (!kill(1, SIGRTMIN + ends[i].number))
			poll(NULL, 0, END_WAIT_MS);
		sync();
		if (reboot(ends[i].how))
			perror(name);
		exit(1);
	}
}

/* The module ends when the services have, or had their time for it. */
static void finish_ending(u64 now)
{
	static u64 since;

	if (!ending)
		return;
	if (!since) {
		since = now;
		services_end();
	}
	if (services_run() && now - since < END_MS)
		return;
	sync();
	reboot(ending);
}

static void be_process_1(int argc, char **argv)
{
	sigset_t child_set;

	catch_signals();
	sigemptyset(&child_set);
	sigaddset(&child_set, SIGCHLD);
	for (int i = 0; i < ENDS; i++)
		sigaddset(&child_set, SIGRTMIN + i);
	sigprocmask(SIG_BLOCK, &child_set, NULL);
	reboot(RB_DISABLE_CAD);
	link_up(argv[1]);
	for (int i = 3; i < argc; i++)
		service_add(argv[i]);
}

int main(int argc, char **argv)
{
	bool wanted = argc > 2 && !strcmp(argv[2], "1");
	struct pollfd p[POLL_MAX];
	u64 pet_at = 0;

	end_module(argv[0]);
	if (argc < 2 || line_open()) {
		perror("mm-agent: /dev/ttyS0");
		return 1;
	}
	be_process_1(argc, argv);
	agent_reply(AGENT_HELLO, 0, NULL, 0);
	for (;;) {
		u64 now = now_ms(), next;
		size_t n;

		if (now >= pet_at) {
			watchdog(wanted);
			pet_at = now + PET_MS;
		}
		next = services_start(now);
		if (next > pet_at)
			next = pet_at;
		finish_ending(now);
		line_flush();
		p[0] = (struct pollfd){ .fd = line,
					.events = POLLIN | (line_out.len ? POLLOUT : 0) };
		n = 1 + jobs_poll(p + 1, POLL_MAX - 1, line_out.len > OUT_HIGH);
		wait_for(p, n, next > now ? next - now : 0);
		jobs_serve(p + 1, n - 1);
		if (p[0].revents & POLLIN)
			line_ready();
		reap();
	}
}
