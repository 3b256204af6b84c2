// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The agent inside a virtual management module, its process 1: runs commands
 * and the console's session for the chassis (frames on /dev/ttyS0), pets the
 * watchdog, sets up the internal link, keeps the services running (service.c)
 * and reaps orphans. Owns nothing outside the module.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/types.h>
#include <linux/watchdog.h>
#include <poll.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "agent-proto.h"
#include "buffer.h"
#include "compiler.h"
#include "service.h"

#define PET_MS	      500
#define WDT_TIMEOUT_S 5
#define ARGS_MAX      1024
#define HANG_MS	      "60000" /* the most the driver takes at once */
#define OUT_HIGH      65536   /* of the line: commands' output waits above it */
#define END_MS	      1000    /* for the services to end */
#define END_WAIT_MS   2000    /* for process 1 to end the module */

struct command {
	u32 id;
	pid_t pid;	  /* and its process group */
	int in, out, err; /* -1 closed; a shell's terminal is in and out */
	bool shell, exited;
	bool in_ends; /* close in when all input is taken */
	int status;
	struct buffer input;
	struct command *next;
};

static int line = -1, wdt = -1;
static struct buffer line_in, line_out, args;
static struct command *commands;
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

static void reply(u8 type, u32 id, const void *data, size_t len)
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

/* ---- commands --------------------------------------------------------------- */

static struct command *find(u32 id)
{
	struct command *c;

	for (c = commands; c && c->id != id; c = c->next)
		;
	return c;
}

static void fail(u32 id, const char *what)
{
	char text[256];
	u32 status = 126;

	snprintf(text, sizeof(text), "mm-agent: %s: %s\n", what, strerror(errno));
	reply(AGENT_STDERR, id, text, strlen(text));
	reply(AGENT_EXIT, id, &status, sizeof(status));
}

static void child(char **argv)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	execvp(argv[0], argv);
	fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

static struct command *add(u32 id, pid_t pid, int in, int out, int err)
{
	struct command *c = calloc(1, sizeof(*c));

	if (!c)
		abort();
	c->id = id;
	c->pid = pid;
	c->in = in;
	c->out = out;
	c->err = err;
	c->next = commands;
	commands = c;
	if (in >= 0)
		fcntl(in, F_SETFL, O_NONBLOCK);
	fcntl(out, F_SETFL, O_NONBLOCK);
	if (err >= 0)
		fcntl(err, F_SETFL, O_NONBLOCK);
	return c;
}

static void run(u32 id)
{
	char *argv[ARGS_MAX + 1];
	int in[2], out[2], err[2], argc = 0;
	char *p = buffer_at(&args), *end = p + args.len;
	pid_t pid;

	/* each argument ends by a NUL; a line that lost one is no command */
	if (p == end || end[-1])
		end = p;
	while (p < end && argc < ARGS_MAX) {
		argv[argc++] = p;
		p += strlen(p) + 1;
	}
	argv[argc] = NULL;
	if (!argc) {
		errno = EINVAL;
		fail(id, "arguments");
		return;
	}
	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC)) {
		fail(id, "pipe");
		return;
	}
	pid = fork();
	if (pid == 0) {
		setsid();
		dup2(in[0], 0);
		dup2(out[1], 1);
		dup2(err[1], 2);
		child(argv);
	}
	close(in[0]);
	close(out[1]);
	close(err[1]);
	if (pid < 0) {
		fail(id, "fork");
		close(in[1]);
		close(out[0]);
		close(err[0]);
		return;
	}
	add(id, pid, in[1], out[0], err[0]);
}

/*
 * The slot's console when Linux runs: the switch's console, and a shell where
 * there is none.
 */
static void exec_first(char *const *programs)
{
	char *argv[] = { NULL, NULL };

	setenv("TERM", "linux", 1);
	for (; *programs; programs++) {
		argv[0] = *programs;
		execvp(argv[0], argv);
	}
	perror("mm-agent: console");
	_exit(127);
}

static void shell(u32 id, const struct agent_winsize *win)
{
	static char *const programs[] = { (char *)"redctl", (char *)"bash", (char *)"sh", NULL };
	struct winsize ws = { .ws_row = win->rows, .ws_col = win->cols };
	sigset_t none;
	int master;
	pid_t pid = forkpty(&master, NULL, NULL, &ws);

	if (pid == 0) {
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		signal(SIGPIPE, SIG_DFL);
		exec_first(programs);
	}
	if (pid < 0) {
		fail(id, "forkpty");
		return;
	}
	fcntl(master, F_SETFD, FD_CLOEXEC);
	add(id, pid, master, master, -1)->shell = true;
}

static void close_in(struct command *c)
{
	if (c->in >= 0 && !c->shell)
		close(c->in);
	c->in = -1;
	buffer_free(&c->input);
}

static void feed(struct command *c)
{
	u32 taken = 0;

	while (c->input.len) {
		ssize_t n = write(c->in, buffer_at(&c->input), c->input.len);

		if (n < 0 && errno == EAGAIN)
			break;
		if (n < 0) {
			taken += c->input.len;
			close_in(c);
			break;
		}
		buffer_take(&c->input, n);
		taken += n;
	}
	if (taken)
		reply(AGENT_TAKEN, c->id, &taken, sizeof(taken));
	if (c->in_ends && !c->input.len)
		close_in(c);
}

/* Return: false when there is no more. */
static bool drain(struct command *c, int *fd, u8 type)
{
	char buf[AGENT_MAX];
	ssize_t n = read(*fd, buf, sizeof(buf));

	if (n > 0) {
		reply(type, c->id, buf, n);
		return true;
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (!c->shell)
		close(*fd);
	*fd = -1;
	return false;
}

static void finish(struct command *c)
{
	struct command **p;
	u32 status = WIFEXITED(c->status) ? WEXITSTATUS(c->status) : 128 + WTERMSIG(c->status);
	int master = c->shell ? (c->out >= 0 ? c->out : c->in) : -1;

	/* what it wrote before it ended; others may hold the pipes open */
	while (c->out >= 0 && drain(c, &c->out, AGENT_STDOUT))
		;
	while (c->err >= 0 && drain(c, &c->err, AGENT_STDERR))
		;
	reply(AGENT_EXIT, c->id, &status, sizeof(status));
	close_in(c);
	if (master >= 0)
		close(master);
	if (!c->shell && c->out >= 0)
		close(c->out);
	if (c->err >= 0)
		close(c->err);
	for (p = &commands; *p != c; p = &(*p)->next)
		;
	*p = c->next;
	free(c);
}

static void reap(void)
{
	struct command *c, *next;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		service_exited(pid, now_ms());
		for (c = commands; c; c = c->next) {
			if (c->pid == pid) {
				c->exited = true;
				c->status = status;
			}
		}
	}
	for (c = commands; c; c = next) {
		next = c->next;
		if (c->exited)
			finish(c);
	}
}

static void received(const struct agent_head *h, const char *data)
{
	struct command *c = find(h->id);

	switch (h->type) {
	case AGENT_RUN_MORE:
		buffer_add(&args, data, h->len);
		break;
	case AGENT_RUN:
		buffer_add(&args, data, h->len);
		run(h->id);
		buffer_take(&args, args.len);
		break;
	case AGENT_SHELL:
		if (h->len == sizeof(struct agent_winsize))
			shell(h->id, (const struct agent_winsize *)data);
		break;
	case AGENT_STDIN:
		if (c && c->in >= 0) {
			buffer_add(&c->input, data, h->len);
			feed(c);
		} else {
			u32 len = h->len;

			reply(AGENT_TAKEN, h->id, &len, sizeof(len));
		}
		break;
	case AGENT_STDIN_END:
		if (c) {
			c->in_ends = true;
			feed(c);
		}
		break;
	case AGENT_WINSIZE:
		if (c && c->shell && c->out >= 0 && h->len == sizeof(struct agent_winsize)) {
			const struct agent_winsize *win = (const void *)data;
			struct winsize ws = { .ws_row = win->rows, .ws_col = win->cols };

			ioctl(c->out, TIOCSWINSZ, &ws);
		}
		break;
	case AGENT_KILL:
		if (c)
			kill(-c->pid, SIGKILL);
		break;
	case AGENT_STARVE:
		starved = true;
		break;
	case AGENT_SOFT_HANG:
		soft_hang();
		break;
	}
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
		reply(AGENT_CREDIT, 0, &credit, sizeof(credit));
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

/* ---- the internal link ---------------------------------------------------- */

static void link_up(const char *slot)
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
}

/* ---- the main loop ----------------------------------------------------------- */

#define POLL_MAX 256

static size_t poll_set(struct pollfd *p)
{
	bool full = line_out.len > OUT_HIGH;
	size_t n = 0;

	p[n++] = (struct pollfd){ .fd = line, .events = POLLIN | (line_out.len ? POLLOUT : 0) };
	for (struct command *c = commands; c && n + 3 <= POLL_MAX; c = c->next) {
		p[n++] = (struct pollfd){ .fd = c->input.len ? c->in : -1, .events = POLLOUT };
		p[n++] = (struct pollfd){ .fd = full ? -1 : c->out, .events = POLLIN };
		p[n++] = (struct pollfd){ .fd = full ? -1 : c->err, .events = POLLIN };
	}
	return n;
}

static void serve(struct pollfd *p, size_t n)
{
	struct command *c = commands;

	for (size_t i = 1; i < n; i += 3, c = c->next) {
		if (p[i].revents)
			feed(c);
		if (p[i + 1].revents)
			drain(c, &c->out, AGENT_STDOUT);
		if (p[i + 2].revents)
			drain(c, &c->err, AGENT_STDERR);
	}
	if (p[0].revents & POLLIN)
		line_ready();
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
	reply(AGENT_HELLO, 0, NULL, 0);
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
		n = poll_set(p);
		wait_for(p, n, next > now ? next - now : 0);
		serve(p, n);
		reap();
	}
}
