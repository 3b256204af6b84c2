// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns the modules' processes: a User-Mode Linux each, in a session of its
 * own. When one is started and stopped is decided by chassisd.c and the
 * chassis model; how is decided here.
 */
#include "vc.h"
#include "blockstore.h"
#include "rom-proto.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define MODULE_NICE    (-10)
#define END_PROCESS_US 20000 /* longer than a takeover, shorter than a reset */
#define YIELD_NICE     19
#define YIELD_US       10000 /* longer than a takeover; beats of both go on after it */
#define FLASH_DEVICE   "/dev/vda"

static void exited(struct watch *w, u32 events);
static void end_process(struct timer *t);
static void yield_end(struct timer *t);
static void begin(struct timer *t);
static void gone(struct timer *t);

int module_init(int slot)
{
	struct slot *s = vc_slot(slot);
	char path[32];

	s->exited.fd = -1;
	s->end_process = (struct timer){ .at = CLOCK_NEVER, .fire = end_process, .data = s };
	s->yield_end = (struct timer){ .at = CLOCK_NEVER, .fire = yield_end, .data = s };
	s->begin = (struct timer){ .at = CLOCK_NEVER, .fire = begin, .data = s };
	s->gone = (struct timer){ .at = CLOCK_NEVER, .fire = gone, .data = s };
	s->rom_waits.at = CLOCK_NEVER;
	snprintf(path, sizeof(path), "mm%d", slot);
	mkdir(path, 0755);
	mkdir("uml", 0755);
	return serial_init(&s->serial, &s->agent, slot);
}

/* Ends a line of module-init's settings: value in single quotes. */
static void setting(FILE *f, const char *name, const char *value)
{
	fprintf(f, "%s='", name);
	for (; *value; value++) {
		if (*value == '\'')
			fputs("'\\''", f);
		else
			fputc(*value, f);
	}
	fputs("'\n", f);
}

static int write_settings(int slot)
{
	const struct options *o = &vc.opt;
	char path[32], flash[PATH_MAX + 16], number[16], params[1280];
	FILE *f;

	snprintf(path, sizeof(path), "mm%d/settings", slot);
	f = fopen(path, "we");
	if (!f)
		return -1;
	if (o->flash.mib)
		snprintf(flash, sizeof(flash), "%s", FLASH_DEVICE);
	else
		snprintf(flash, sizeof(flash), "%s/mm%d/flash", o->dir, slot);
	snprintf(number, sizeof(number), "%d", slot);
	snprintf(params, sizeof(params), "interval_ms=%d misses=%d%s %s", o->hardware ? 10 : 100,
		 o->hardware ? 3 : 5, o->direct ? " boot_image=primary" : "", o->extra);
	fprintf(f, "SETTINGS='%s/%s'\n", o->dir, path);
	setting(f, "SLOT", number);
	setting(f, "FLASH", flash);
	setting(f, "IMAGE", "");
	setting(f, "MODULES", o->modules);
	setting(f, "AGENT", o->agent);
	setting(f, "TOOLS", o->path);
	setting(f, "PARAMS", params);
	setting(f, "WATCHDOG", o->watchdog ? "1" : "0");
	return fclose(f);
}

/* Is @pid, a directory name of /proc, a process of the session @sid? */
static bool in_session(const char *pid, pid_t sid)
{
	char path[300], line[512], *p;
	int session = 0;
	FILE *f;

	if (pid[0] < '1' || pid[0] > '9')
		return false;
	snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	if (fgets(line, sizeof(line), f)) {
		p = strrchr(line, ')');
		if (p)
			sscanf(p + 1, " %*c %*d %*d %d", &session);
	}
	fclose(f);
	return session == sid;
}

/* Helpers go with their UML; this is for one that does not. */
static void sweep(pid_t sid)
{
	DIR *proc = sid ? opendir("/proc") : NULL;
	struct dirent *d;

	while (proc && (d = readdir(proc)))
		if (in_session(d->d_name, sid))
			kill(atoi(d->d_name), SIGKILL);
	if (proc)
		closedir(proc);
}

static void remove_umid(int slot)
{
	static const char *const files[] = { "pid", "mconsole", "" };
	char path[64];

	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "uml/mm%d/%s", slot, files[i]);
		remove(path);
	}
}

/*
 * A machine of its own, as far as the host allows. Where sessions are groups
 * for the scheduler, the group's weight is what counts.
 */
static void set_priority(pid_t pid, int nice)
{
	char path[48];
	int fd;

	setpriority(PRIO_PROCESS, pid, nice);
	snprintf(path, sizeof(path), "/proc/%d/autogroup", pid);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	dprintf(fd, "%d", nice);
	close(fd);
}

/* A machine of its own: session, priority, no core file, and gone with this process. */
static void become_machine(void)
{
	struct rlimit no_core = { 0 };
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	setsid();
	setrlimit(RLIMIT_CORE, &no_core);
	/* simulated time takes as long as it takes; the kernel's memory is where it always is */
	if (vc.opt.virtual)
		personality(ADDR_NO_RANDOMIZE);
	else
		set_priority(getpid(), MODULE_NICE);
}

/* By way of the process' directory: the same words wherever the directory is. */
#define HERE "/proc/self/cwd"

/* What a kernel in simulated time is told more. */
static const char **add_time(const char **argv, int slot, char travel[48], char seed[96])
{
	char text[65];

	if (!vc.opt.virtual)
		return argv;
	snprintf(travel, 48, "time-travel=ext:%d:time%d.sock", slot, slot);
	virtual_seed(slot, text);
	snprintf(seed, 96, "um_random_seed=%s", text);
	*argv++ = travel;
	*argv++ = seed;
	return argv;
}

/* The kernel, by way of the boot ROM unless one was named (direct). */
static void exec_module(int slot, int agent_fd, int log_fd, const struct rom_ends *rom)
{
	char init[2 * PATH_MAX], pci[64], net[64], disk[64], umid[16], settings[PATH_MAX + 48];
	char travel[48], seed[96];
	const char **end, *argv[ROM_ARGS_MAX] = {
		vc.opt.kernel,
		vc.opt.debug ? "mem=256M" : "mem=64M",
		"rootfstype=hostfs",
		"rootflags=/",
		"ro",
		init,
		"con=null",
		"con0=null,fd:2",
		"ssl=null",
		"ssl0=fd:10", /* ROM_FD_AGENT */
		pci,
		net,
		umid,
		"uml_dir=uml/",
		"noreboot",
		"quiet",
		settings,
	};

	become_machine();
	snprintf(init, sizeof(init), "init=%s", vc.opt.init);
	if (!vc.opt.direct)
		snprintf(init, sizeof(init), "init=%s/mm%d/ram/root/usr/lib/redund/module-init",
			 vc.opt.virtual ? HERE : vc.opt.dir, slot);
	snprintf(pci, sizeof(pci), "virtio_uml.device=mm%d.sock:1234", slot);
	snprintf(net, sizeof(net), "virtio_uml.device=link%d.sock:1", slot);
	snprintf(disk, sizeof(disk), "virtio_uml.device=disk%d.sock:2", slot);
	snprintf(umid, sizeof(umid), "umid=mm%d", slot);
	snprintf(settings, sizeof(settings), "VCHASSIS_SETTINGS=%s/mm%d/settings",
		 vc.opt.virtual ? HERE : vc.opt.dir, slot);
	for (end = argv; *end; end++)
		;
	if (vc.opt.flash.mib)
		*end++ = disk;
	*add_time(end, slot, travel, seed) = NULL;
	dup2(open("/dev/null", O_RDWR), 0);
	dup2(log_fd, 1);
	dup2(log_fd, 2);
	dup2(agent_fd, ROM_FD_AGENT);
	if (!vc.opt.direct)
		rom_exec(slot, rom, (char **)argv + 1);
	execv(argv[0], (char **)argv);
	dprintf(2, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* The flash goes on with what was written, flushed or not, unless power was lost. */
static int attach_flash(struct slot *s)
{
	char path[32];

	if (!vc.opt.flash.mib)
		return 0;
	blockstore_path(s->slot, path);
	return blockdev_open(&s->disk, path) || blockdev_settle(&s->disk) ? -1 : 0;
}

static void start_process(int slot)
{
	struct slot *s = vc_slot(slot);
	struct rom_ends rom = { -1, -1 };
	int agent_fd, log_fd;
	char path[32];

	loop_timer(&s->come_back, CLOCK_NEVER);
	s->shut_down = false;
	sweep(s->last_session);
	remove_umid(slot);
	snprintf(path, sizeof(path), "mm%d/console.log", slot);
	log_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	agent_fd = agent_connect(&s->agent, slot);
	if (log_fd < 0 || agent_fd < 0 || write_settings(slot) || attach_flash(s) ||
	    rom_connect(slot, &rom)) {
		fprintf(stderr, "slot %d does not start: %s\n", slot, strerror(errno));
		goto out;
	}
	s->starts++;
	s->started_at = clock_us();
	dprintf(log_fd, "--- start %u of slot %d, common clock %llu us\n", s->starts, slot,
		(unsigned long long)clock_us());
	s->pid = fork();
	if (s->pid == 0)
		exec_module(slot, agent_fd, log_fd, &rom);
	if (s->pid < 0) {
		s->pid = 0;
		goto out;
	}
	s->exited = (struct watch){ .ready = exited, .data = s };
	loop_add(&s->exited, syscall(SYS_pidfd_open, s->pid, 0), EPOLLIN);
out:
	if (log_fd >= 0)
		close(log_fd);
	if (agent_fd >= 0)
		close(agent_fd);
	if (rom.line >= 0)
		close(rom.line);
	if (rom.bus >= 0)
		close(rom.bus);
}

/* In simulated time nothing else happens until it is a kernel. */
static void begin(struct timer *t)
{
	struct slot *s = t->data;

	if (s->pid || vc.going_off)
		return;
	start_process(s->slot);
	virtual_boot(s->slot);
}

void module_start(int slot)
{
	struct slot *s = vc_slot(slot);

	if (s->pid || vc.going_off)
		return;
	if (vc.opt.virtual)
		loop_timer(&s->begin, clock_us());
	else
		start_process(slot);
}

/* The module is gone or about to be: forget all that it was. */
static void forget(struct slot *s, const char *why)
{
	if (s->hung || s->soft_hung)
		s->reset_while_hung = true;
	s->hung = false;
	s->soft_hung = false;
	pcidev_drop(&s->pci);
	netdev_drop(&s->net);
	if (vc.opt.flash.mib)
		blockdev_drop(&s->disk);
	rom_disconnect(s->slot);
	agent_lost(&s->agent, why);
	if (vc.opt.virtual)
		timetravel_drop(&s->time);
}

static void exited(struct watch *w, u32 events)
{
	struct slot *s = w->data;
	bool by_itself = !s->stopping;
	int fd = w->fd;

	waitpid(s->pid, NULL, WNOHANG | __WALL);
	loop_del(w);
	close(fd);
	s->last_session = s->pid;
	s->pid = 0;
	s->stopping = false;
	if (by_itself) {
		/* its last words: a write does not wait until it is done */
		vhost_settle(&s->pci.vhost);
		agent_serve(&s->agent);
		forget(s, "the module went down");
	}
	chassisd_exited(s->slot, by_itself);
}

static void end_process(struct timer *t)
{
	struct slot *s = t->data;

	if (!s->stopping)
		return;
	kill(s->pid, SIGKILL);
	kill(-s->pid, SIGKILL);
}

static void gone(struct timer *t)
{
	chassisd_exited(((struct slot *)t->data)->slot, false);
}

/* Nothing of it is left when simulated time goes on. */
static void stop_at_once(struct slot *s)
{
	int fd = s->exited.fd;

	s->stopping = true;
	end_process(&s->end_process);
	while (waitpid(s->pid, NULL, __WALL) < 0 && errno == EINTR)
		;
	loop_del(&s->exited);
	close(fd);
	s->last_session = s->pid;
	s->pid = 0;
	s->stopping = false;
	forget(s, "the module was stopped");
	loop_timer(&s->gone, clock_us());
}

/*
 * From here on the module does nothing. To take its process apart is work for
 * a core of the host, not of this machine: that waits until the other module,
 * which is being told right now, has taken over.
 */
void module_stop(int slot)
{
	struct slot *s = vc_slot(slot);

	loop_timer(&s->begin, CLOCK_NEVER);
	if (!module_runs(slot))
		return;
	if (vc.opt.virtual) {
		stop_at_once(s);
		return;
	}
	s->stopping = true;
	kill(s->pid, SIGSTOP);
	loop_timer(&s->end_process, clock_us() + END_PROCESS_US);
	forget(s, "the module was stopped");
}

void module_power_lost(int slot)
{
	if (vc.opt.flash.mib)
		blockdev_power_lost(&vc_slot(slot)->disk);
}

static void yield_end(struct timer *t)
{
	const struct slot *s = t->data;

	if (s->pid)
		set_priority(s->pid, MODULE_NICE);
}

/*
 * A module that panics or restarts has a processor of its own in a chassis.
 * Here it may share one with the module that takes over, and its last words
 * are long. Not where the way back up is not allowed.
 */
void module_yield(int slot)
{
	struct slot *s = vc_slot(slot);

	if (vc.opt.virtual || !module_runs(slot) ||
	    getpriority(PRIO_PROCESS, s->pid) != MODULE_NICE)
		return;
	set_priority(s->pid, YIELD_NICE);
	loop_timer(&s->yield_end, clock_us() + YIELD_US);
}

bool module_apart(int slot, int cpu)
{
	static cpu_set_t all;
	cpu_set_t others;

	if (!CPU_COUNT(&all))
		sched_getaffinity(0, sizeof(all), &all);
	others = all;
	if (cpu >= 0)
		CPU_CLR(cpu, &others);
	return module_runs(slot) && CPU_COUNT(&others) &&
	       !sched_setaffinity(vc_slot(slot)->pid, sizeof(others), &others);
}

bool module_runs(int slot)
{
	return vc_slot(slot)->pid && !vc_slot(slot)->stopping;
}

void module_stop_all(void)
{
	for (int slot = 1; slot <= CHASSIS_SLOTS; slot++) {
		struct slot *s = vc_slot(slot);

		module_stop(slot);
		if (s->pid) {
			end_process(&s->end_process);
			while (waitpid(s->pid, NULL, __WALL) < 0 && errno == EINTR)
				;
			s->last_session = s->pid;
			s->pid = 0;
		}
		sweep(s->last_session);
	}
}

/*
 * Stopping the kernel's own process stops the module: its user processes run
 * only between two stops for that one (ptrace) and reach nothing by themselves.
 */
int module_freeze(int slot, bool freeze)
{
	struct slot *s = vc_slot(slot);

	if (vc.opt.virtual) {
		s->time.hung = freeze;
		vhost_call_again(&s->pci.vhost);
		vhost_call_again(&s->net.vhost);
		vhost_call_again(&s->disk.vhost);
		return 0;
	}
	return module_runs(slot) ? kill(s->pid, freeze ? SIGSTOP : SIGCONT) : -1;
}

int module_mconsole(int slot, const char *request)
{
	struct {
		u32 magic, version, len;
		char data[512];
	} req = { .magic = 0xcafebabe, .version = 2, .len = strlen(request) };
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	ssize_t n;

	if (fd < 0)
		return -1;
	memcpy(req.data, request, req.len);
	snprintf(sun.sun_path, sizeof(sun.sun_path), "uml/mm%d/mconsole", slot);
	n = sendto(fd, &req, sizeof(req), 0, (struct sockaddr *)&sun, sizeof(sun));
	close(fd);
	if (vc.opt.virtual)
		vhost_nudge(&vc_slot(slot)->pci.vhost, 1);
	return n < 0 ? -1 : 0;
}
