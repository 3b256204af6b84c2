// SPDX-License-Identifier: GPL-2.0-only
/*
 * storm: everything that can be done to redund and redund_sim at once, by many
 * processes for a bounded time: requests that read and that change, users that
 * come and go, listeners, every attribute and debugfs file, buttons and faults,
 * watchdogs, drivers that are unbound, chassis that come and go, and the modules
 * themselves. What each is told does not matter; that each gets an answer, and
 * what the kernel says meanwhile, does.
 *
 *	storm SECONDS SEED REDUND.KO REDUND_SIM.KO [KINDS]
 *
 * KINDS, to look closer: letters of rculadbwxhm (default: all but w, watchdogs).
 * Prints how much each kind did. Exit status: 0; 1 somebody got no answer, did not
 * end, or had no turn.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "nl.h"

#define CLASS		"/sys/class/redund"
#define BUS		"/sys/bus/redund_sim"
#define SIM		"/sys/kernel/debug/redund_sim"
#define DRIVER		"/sys/kernel/debug/redund"
#define CHASSIS		3	/* their numbers: 1 to 3 */
#define INSTANCES	8	/* requests go to 0 to 7, some of which there are */
#define ANSWER_MS	60000	/* a machine that is emulated has other work */
#define ROUND		150	/* operations of a process */
#define NO_ANSWER	5	/* exit status */
#define MORE		30	/* seconds, for who had no turn yet */

struct count {
	unsigned long done, refused;
};

static struct count *counts, *mine;
static const char *redund_ko, *sim_ko;
static time_t deadline;

static time_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

/* Each kind has its turn, on the slowest machine too. */
static bool on(void)
{
	return now() < deadline + (mine->done ? 0 : MORE);
}

static unsigned int any(unsigned int n)
{
	return (unsigned int)rand() % n;
}

static void count(int err)
{
	mine->done++;
	mine->refused += !!err;
}

static void nap_ms(int ms)
{
	poll(NULL, 0, ms);
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = fd < 0;

	if (fd >= 0) {
		err = write(fd, text, strlen(text)) < 0;
		close(fd);
	}
	count(err);
}

static void get(const char *path)
{
	static char buf[65536];
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC), err = fd < 0;
	ssize_t n = 1;

	while (fd >= 0 && n > 0 && on())
		n = read(fd, buf, sizeof(buf));
	err |= n < 0;
	if (fd >= 0)
		close(fd);
	count(err);
}

/* Every file of the directory; directories in it as well. */
static void get_all(const char *dir, int depth)
{
	struct dirent *e;
	char path[512];
	DIR *d = opendir(dir);

	while (d && (e = readdir(d)) && on()) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		if (e->d_type == DT_REG)
			get(path);
		else if (depth && (e->d_type == DT_DIR || e->d_type == DT_LNK))
			get_all(path, depth - 1);
	}
	if (d)
		closedir(d);
	else
		nap_ms(5);
}

/* ---- requests ------------------------------------------------------------------- */

static void answered(int fd)
{
	struct nl_reply r;

	errno = 0;
	if (nl_wait(fd, &r, NULL, NULL, ANSWER_MS)) {
		count(r.error);
		if (r.error == -ENOENT || r.error == -EOPNOTSUPP)
			exit(3);	/* the family has another number now, or is gone */
		return;
	}
	if (errno != ENOBUFS)
		_exit(NO_ANSWER);
}

static void begin(struct nl_msg *m, uint8_t cmd, uint16_t flags)
{
	nl_begin(m, cmd, NLM_F_ACK | flags);
	nl_u32(m, REDUND_A_INSTANCE, any(INSTANCES));
}

static void read_one(int fd)
{
	static const uint8_t dumps[] = {
		REDUND_CMD_CHASSIS_GET, REDUND_CMD_MM_GET, REDUND_CMD_FABRIC_GET,
		REDUND_CMD_MODULE_GET, REDUND_CMD_HISTORY_GET, REDUND_CMD_EVENT_GET,
		REDUND_CMD_DOWN_GET,
	};
	struct nl_msg m;

	if (any(4)) {
		begin(&m, dumps[any(sizeof(dumps))], NLM_F_DUMP);
	} else if (any(2)) {
		begin(&m, REDUND_CMD_CRASH_GET, 0);
		nl_u32(&m, REDUND_A_SLOT, 1 + any(2));
		nl_u32(&m, REDUND_A_CRASH_KIND, any(2));
	} else {
		begin(&m, any(2) ? REDUND_CMD_PAIRING_GET : REDUND_CMD_SWITCHOVER_CHECK, 0);
	}
	nl_send(fd, &m, 0);
	answered(fd);
}

static void change_one(int fd)
{
	struct nl_msg m;

	switch (any(8)) {
	case 0:
		begin(&m, REDUND_CMD_SWITCHOVER, 0);
		break;
	case 1:
		begin(&m, REDUND_CMD_HEARTBEAT_SET, 0);
		nl_u32(&m, REDUND_A_MISSES, 8 + any(4));
		break;
	case 2:
		begin(&m, REDUND_CMD_ACTIVE_SET, 0);
		nl_u32(&m, REDUND_A_CHOICE, any(3));
		break;
	case 3:
		begin(&m, REDUND_CMD_REDUNDANCY_SET, 0);
		nl_u8(&m, REDUND_A_ENABLED, any(8) > 0);
		break;
	case 4:
		begin(&m, REDUND_CMD_REBOOT, 0);
		nl_u32(&m, REDUND_A_REBOOT_KIND, any(4));
		break;
	case 5:
		begin(&m, REDUND_CMD_EVENT_ADD, 0);
		nl_u32(&m, REDUND_A_SEVERITY, 0);
		nl_str(&m, REDUND_A_SUBSYSTEM, "storm");
		nl_str(&m, REDUND_A_TEXT, "a line of the storm");
		break;
	case 6:
		begin(&m, REDUND_CMD_LOCATE_SET, 0);
		nl_u8(&m, REDUND_A_ENABLED, any(2));
		break;
	default:
		begin(&m, REDUND_CMD_FABRIC_SET, 0);
		nl_u32(&m, REDUND_A_FABRIC_ID, 1 + any(2));
		nl_u8(&m, REDUND_A_ENABLED, any(2));
	}
	nl_send(fd, &m, 0);
	answered(fd);
}

static void user_request(int fd, unsigned int which)
{
	struct nl_msg m;

	switch (which) {
	case 0:
		begin(&m, REDUND_CMD_USER_REGISTER, 0);
		nl_put(&m, any(2) ? REDUND_A_CONFIG : REDUND_A_SYNC, NULL, 0);
		break;
	case 1:
		begin(&m, REDUND_CMD_PHASE_ACK, 0);
		nl_u32(&m, REDUND_A_PHASE, REDUND_PHASE_CONFIG);
		nl_u8(&m, REDUND_A_OK, any(2));
		break;
	case 2:
		begin(&m, REDUND_CMD_SYNC_ACK, 0);
		nl_u8(&m, REDUND_A_SYNCED, any(2));
		nl_str(&m, REDUND_A_SYNC_TEXT, "primary: storm");
		break;
	case 3:
		begin(&m, REDUND_CMD_SYNC_BUSY, 0);
		nl_u8(&m, REDUND_A_BUSY, any(2));
		break;
	default:
		begin(&m, REDUND_CMD_LINK_REPORT, 0);
		nl_u32(&m, REDUND_A_LINK, any(3));
	}
	nl_send(fd, &m, 0);
	answered(fd);
}

static void reader(void)
{
	int i, fd = nl_open();

	for (i = 0; i < ROUND && on(); i++)
		read_one(fd);
}

static void changer(void)
{
	int i, fd = nl_open();

	for (i = 0; i < ROUND && on(); i++)
		change_one(fd);
}

/* Comes, says something, and goes without a word. */
static void user(void)
{
	int i, k, fd;

	for (i = 0; i < 20 && on(); i++) {
		fd = nl_open();
		for (k = 0; k < 4; k++)
			user_request(fd, 0);
		for (k = 0; k < 6; k++)
			user_request(fd, 1 + any(4));
		close(fd);
	}
}

static void listener(void)
{
	int i, err, fd = nl_open();

	nl_join(fd);
	for (i = 0; i < 20 && on(); i++)
		count(nl_notifications(fd, NULL, NULL, 200, &err) && err);
}

/* ---- files ------------------------------------------------------------------------ */

static void attributes(void)
{
	get_all(CLASS, 1);
}

static void debug_files(void)
{
	get_all(any(2) ? DRIVER : SIM, 2);
}

static void buttons(void)
{
	static const char * const slot_files[] = {
		"button-reset", "button-shutdown", "kill", "present", "power", "bounce",
		"cut-heartbeat", "cut-doorbell", "selftest-fail", "mailbox-corrupt",
		"register-stuck", "window-dead",
	};
	static const char * const files[] = {
		"button-clear", "fabric1", "fabric2", "moduleA", "moduleF", "reset-system",
	};
	char path[128];
	int i;

	for (i = 0; i < ROUND && on(); i++) {
		if (any(3))
			snprintf(path, sizeof(path), SIM "/chassis%u/slot%u/%s", 1 + any(CHASSIS),
				 1 + any(2),
				 slot_files[any(sizeof(slot_files) / sizeof(*slot_files))]);
		else
			snprintf(path, sizeof(path), SIM "/chassis%u/%s", 1 + any(CHASSIS),
				 files[any(sizeof(files) / sizeof(*files))]);
		put(path, any(2) ? "1" : "0");
		nap_ms(any(20));
	}
}

/*
 * Opens each watchdog and lets it go in order, also when its device has gone
 * meanwhile. One that is left running pins the driver's module, by the watchdog
 * core's intent and for ever once its device is gone.
 */
static void watchdogs(void)
{
	char path[32];
	int fd, n;

	for (n = 0; n < 2 * CHASSIS + 2 && on(); n++) {
		snprintf(path, sizeof(path), "/dev/watchdog%d", n);
		fd = open(path, O_WRONLY | O_CLOEXEC);
		count(fd < 0);
		if (fd < 0)
			continue;
		nap_ms(any(5));
		if (write(fd, "V", 1) < 0)
			count(errno);
		close(fd);
	}
	nap_ms(5);
}

static void bindings(void)
{
	char name[32];

	snprintf(name, sizeof(name), "chassis%u.%u", 1 + any(CHASSIS), 1 + any(2));
	put(BUS "/drivers/redund_sim/unbind", name);
	nap_ms(any(30));
	put(BUS "/drivers/redund_sim/bind", name);
	nap_ms(any(300));
}

static void chassis(void)
{
	char name[16];

	snprintf(name, sizeof(name), "%u", 1 + any(CHASSIS));
	put(BUS "/new_device", name);
	nap_ms(any(700));
	snprintf(name, sizeof(name), "%u", 1 + any(CHASSIS));
	if (!any(3))
		put(BUS "/del_device", name);
}

/* ---- the modules -------------------------------------------------------------------- */

static void load(const char *path, const char *params)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	count(fd < 0 || syscall(SYS_finit_module, fd, params, 0));
	if (fd >= 0)
		close(fd);
}

/* Most of the time somebody has a file of it open. */
static void unload(const char *name)
{
	int err = -1;

	while (err && on()) {
		err = syscall(SYS_delete_module, name, O_NONBLOCK);
		if (err && errno == ENOENT)
			break;
	}
	count(err);
}

static void modules(void)
{
	nap_ms(300 + any(1500));
	unload("redund_sim");
	if (any(2))
		unload("redund");
	load(redund_ko, "interval_ms=50 misses=10");
	load(sim_ko, "chassis=2");
}

/* ---- processes ------------------------------------------------------------------------ */

static const struct kind {
	char letter;
	const char *name;
	void (*round)(void);
	int processes;
} kinds[] = {
	{ 'r', "requests that read", reader, 3 },
	{ 'c', "requests that change", changer, 2 },
	{ 'u', "users", user, 2 },
	{ 'l', "listeners", listener, 1 },
	{ 'a', "attributes", attributes, 2 },
	{ 'd', "debugfs", debug_files, 2 },
	{ 'b', "buttons and faults", buttons, 2 },
	{ 'w', "watchdogs", watchdogs, 1 },
	{ 'x', "drivers", bindings, 1 },
	{ 'h', "chassis", chassis, 1 },
	{ 'm', "modules", modules, 1 },
};

#define KINDS	((int)(sizeof(kinds) / sizeof(*kinds)))

/* One round after the other, each a process: the family may have gone meanwhile. */
static void work(const struct kind *k)
{
	int status;
	pid_t pid;

	while (on()) {
		srand(rand());
		pid = fork();
		if (!pid) {
			k->round();
			_exit(0);
		}
		if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
			_exit(1);
		if (WEXITSTATUS(status) == NO_ANSWER)
			_exit(NO_ANSWER);
		if (WEXITSTATUS(status))
			nap_ms(20);
	}
	_exit(0);
}

static int start(unsigned int seed, const char *letters)
{
	int i, n, all = 0;

	for (i = 0; i < KINDS; i++) {
		for (n = 0; strchr(letters, kinds[i].letter) && n < kinds[i].processes; n++) {
			if (fork()) {
				all++;
				continue;
			}
			srand(seed + all);
			mine = &counts[i];
			if (!freopen("/dev/null", "w", stderr))
				_exit(1);
			work(&kinds[i]);
		}
	}
	return all;
}

/* The others end by themselves; who does not is named by the kernel. */
static int finish(int all)
{
	int status, bad = 0;
	pid_t pid;

	while (all) {
		pid = waitpid(-1, &status, WNOHANG);
		if (!pid && now() < deadline + 2 * ANSWER_MS / 1000) {
			nap_ms(50);
			continue;
		}
		if (pid <= 0)
			break;
		all--;
		bad += status != 0;
	}
	if (all)
		put("/proc/sysrq-trigger", "w");
	if (bad || all)
		printf("# %d processes failed, %d did not end\n", bad, all);
	return bad + all;
}

int main(int argc, char **argv)
{
	const char *letters = argc == 6 ? argv[5] : "rculadbxhm";
	int i, bad;

	if (argc != 5 && argc != 6) {
		fprintf(stderr, "usage: storm SECONDS SEED REDUND.KO REDUND_SIM.KO [KINDS]\n");
		return 2;
	}
	counts = mmap(NULL, (KINDS + 1) * sizeof(*counts), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (counts == MAP_FAILED)
		return 1;
	mine = &counts[KINDS];
	redund_ko = argv[3];
	sim_ko = argv[4];
	deadline = now() + atoi(argv[1]);
	fflush(stdout);
	bad = finish(start(atoi(argv[2]), letters));
	for (i = 0; i < KINDS; i++) {
		printf("# %s: %lu, refused %lu\n", kinds[i].name, counts[i].done,
		       counts[i].refused);
		bad += strchr(letters, kinds[i].letter) && !counts[i].done;
	}
	return bad ? 1 : 0;
}
