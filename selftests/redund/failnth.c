// SPDX-License-Identifier: GPL-2.0-only
/*
 * failnth: every allocation that this process makes in the driver fails once,
 * one after the other, until the operation needs no more of them. Each failure
 * has to give -ENOMEM (to a netlink request a text as well) or to do no harm,
 * and must leave the state as it was. KTAP.
 *
 *	failnth CHASSIS ACTIVE STANDBY REDUND.KO REDUND_SIM.KO [PARTS]
 *
 * ACTIVE and STANDBY are the numbers of the instances of a decided chassis. The
 * modules are unloaded and loaded again and stay unloaded. PARTS, to repeat one:
 * letters of rnafdm, for requests, notifications, attributes, debugfs files,
 * devices and modules. failinj.c has the kernel's knobs.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "failnth.h"
#include "nl.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

#define DEBUGFS		"/sys/kernel/debug/"
#define CLASS		"/sys/class/redund/redund"
#define BUS		"/sys/bus/redund_sim/"
#define MOST		6000	/* allocations: an operation has fewer */

static int tests, failures;
static char why[1000];
static unsigned int active, standby;

static void complain(const char *what, unsigned int n, const struct fail_place *place)
{
	size_t at = strlen(why);

	snprintf(why + at, sizeof(why) - at, "%sallocation %u (%s): %s", at ? "; " : "", n,
		 place && *place->name ? place->name : "not in the driver", what);
}

static void result(const char *name, unsigned int n)
{
	char text[200];

	if (fail_splat(text, sizeof(text)))
		complain(text, n, NULL);
	tests++;
	if (*why) {
		failures++;
		printf("# %s\nnot ", why);
	}
	printf("ok %d - %s: %u allocations fail one by one, each a clean error\n", tests, name, n);
	fflush(stdout);
	*why = '\0';
}

/* ---- the state of both modules: what does not pass by itself ------------------- */

static void read_text(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
}

static void state_of(char *out, size_t size)
{
	static const char * const attrs[] = {
		"role", "owner", "epoch", "redundancy", "choice", "interval_ms", "misses",
		"fabric1", "fabric2", "heartbeat_loss", "failovers", "incarnation",
	};
	const unsigned int which[] = { active, standby };
	char path[128], text[64];
	unsigned int i, k;
	size_t at = 0;

	for (i = 0; i < 2; i++) {
		for (k = 0; k < sizeof(attrs) / sizeof(*attrs); k++) {
			snprintf(path, sizeof(path), CLASS "%u/%s", which[i], attrs[k]);
			read_text(path, text, sizeof(text));
			text[strcspn(text, "\n")] = '\0';
			at += snprintf(out + at, at < size ? size - at : 0, "%s ", text);
		}
	}
}

/* ---- netlink requests ------------------------------------------------------------ */

struct attr {
	uint16_t type;
	char kind;		/* u 32 bits, q 64, b 8, t 8: 0 and 1 in turn, s string, f flag */
	uint32_t value;
	const char *text;
};

#define U(type, value)	{ REDUND_A_##type, 'u', value, NULL }
#define Q(type, value)	{ REDUND_A_##type, 'q', value, NULL }
#define B(type, value)	{ REDUND_A_##type, 'b', value, NULL }
#define TURN(type)	{ REDUND_A_##type, 't', 0, NULL }
#define S(type, text)	{ REDUND_A_##type, 's', 0, text }
#define F(type)		{ REDUND_A_##type, 'f', 0, NULL }
#define REQ(words, command, ...)	{ .name = words, .cmd = REDUND_CMD_##command, __VA_ARGS__ }

static const struct request {
	const char *name;
	uint8_t cmd;
	char how;		/* d dump, r of a registered socket */
	bool to_standby;
	int error;		/* what it ends with when nothing fails */
	struct attr attrs[6];
} requests[] = {
	REQ("chassis-get", CHASSIS_GET),
	REQ("chassis-get dump", CHASSIS_GET, .how = 'd'),
	REQ("mm-get", MM_GET, .attrs = { U(SLOT, 2) }),
	REQ("mm-get dump", MM_GET, .how = 'd'),
	REQ("fabric-get", FABRIC_GET, .attrs = { U(FABRIC_ID, 1) }),
	REQ("fabric-get dump", FABRIC_GET, .how = 'd'),
	REQ("module-get", MODULE_GET, .attrs = { U(MODULE_INDEX, 0) }),
	REQ("module-get dump", MODULE_GET, .how = 'd'),
	REQ("history-get dump", HISTORY_GET, .how = 'd'),
	REQ("event-get", EVENT_GET, .attrs = { Q(EVENT_ID, 1) }),
	REQ("event-get dump", EVENT_GET, .how = 'd'),
	REQ("event-get of a slot", EVENT_GET, .error = -ENOENT,
	    .attrs = { U(SLOT, 1), Q(EVENT_ID, 1000000) }),
	REQ("event-get dump of a slot", EVENT_GET, .how = 'd', .attrs = { U(SLOT, 1) }),
	REQ("down-get dump", DOWN_GET, .how = 'd'),
	REQ("crash-get of the logs", CRASH_GET,
	    .attrs = { U(SLOT, 1), U(CRASH_KIND, REDUND_CRASH_KIND_LOG) }),
	REQ("crash-get of the area", CRASH_GET,
	    .attrs = { U(SLOT, 1), U(CRASH_KIND, REDUND_CRASH_KIND_DATA) }),
	REQ("pairing-get", PAIRING_GET),
	REQ("switchover-check", SWITCHOVER_CHECK),
	REQ("switchover of the standby, refused", SWITCHOVER, .to_standby = true,
	    .error = -EPERM),
	REQ("reboot-check", REBOOT_CHECK, .attrs = { U(REBOOT_KIND, REDUND_REBOOT_KIND_BOOT) }),
	REQ("heartbeat-set", HEARTBEAT_SET, .attrs = { U(MISSES, 10) }),
	REQ("fabric-set", FABRIC_SET, .attrs = { U(FABRIC_ID, 2), B(ENABLED, 1) }),
	REQ("redundancy-set", REDUNDANCY_SET, .attrs = { B(ENABLED, 1) }),
	REQ("locate-set", LOCATE_SET, .attrs = { TURN(ENABLED) }),
	REQ("event-add", EVENT_ADD,
	    .attrs = { U(SEVERITY, 0), S(SUBSYSTEM, "test"), S(TEXT, "a line") }),
	REQ("user-register", USER_REGISTER, .attrs = { F(CONFIG) }),
	REQ("phase-ack", PHASE_ACK, .how = 'r', .error = -EALREADY,
	    .attrs = { U(PHASE, REDUND_PHASE_CONFIG), B(OK, 1) }),
	REQ("sync-busy", SYNC_BUSY, .how = 'r',
	    .attrs = { TURN(BUSY), S(SYNC_TEXT, "a file"), U(SECONDS_LEFT, 3) }),
	REQ("link-report", LINK_REPORT, .how = 'r',
	    .attrs = { U(LINK, REDUND_LINK_STATE_ALIVE) }),
	REQ("a request to no instance", CHASSIS_GET, .how = 'i', .error = -ENODEV),
};

static int fresh_socket(void)
{
	struct sockaddr_nl sa = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC), one = 1;

	if (fd < 0 || bind(fd, (void *)&sa, sizeof(sa))) {
		printf("Bail out! no socket: %s\n", strerror(errno));
		exit(1);
	}
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	return fd;
}

static void put_attr(struct nl_msg *m, const struct attr *a, unsigned int turn)
{
	uint64_t q = a->value;

	switch (a->kind) {
	case 'u':
		nl_u32(m, a->type, a->value);
		break;
	case 'q':
		nl_put(m, a->type, &q, sizeof(q));
		break;
	case 'b':
		nl_u8(m, a->type, a->value);
		break;
	case 't':
		nl_u8(m, a->type, turn & 1);
		break;
	case 's':
		nl_str(m, a->type, a->text);
		break;
	case 'f':
		nl_put(m, a->type, NULL, 0);
		break;
	}
}

static void build(struct nl_msg *m, const struct request *q, unsigned int turn)
{
	const struct attr *a;

	nl_begin(m, q->cmd, NLM_F_ACK | (q->how == 'd' ? NLM_F_DUMP : 0));
	nl_u32(m, REDUND_A_INSTANCE, q->how == 'i' ? 4000 : q->to_standby ? standby : active);
	for (a = q->attrs; a->kind; a++)
		put_attr(m, a, turn);
}

static void register_user(int fd)
{
	struct nl_reply r;
	struct nl_msg m;

	nl_begin(&m, REDUND_CMD_USER_REGISTER, NLM_F_ACK);
	nl_u32(&m, REDUND_A_INSTANCE, active);
	nl_put(&m, REDUND_A_CONFIG, NULL, 0);
	nl_send(fd, &m, 0);
	if (!nl_wait(fd, &r, NULL, NULL, 5000) || r.error)
		complain("the socket cannot be registered", 0, NULL);
}

/* One attempt. Returns the errno of the answer; 1: the netlink core gave none. */
static int attempt(const struct request *q, unsigned int n, bool *failed,
		   struct fail_place *place, struct nl_reply *r)
{
	int fd = fresh_socket(), err;
	struct nl_msg m;
	bool answered = false;

	memset(r, 0, sizeof(*r));
	if (q->how == 'r')
		register_user(fd);
	build(&m, q, n);
	fail_arm(n);
	errno = 0;
	if (send(fd, m.buf, m.hdr.nlmsg_len, 0) >= 0)
		answered = nl_wait(fd, r, NULL, NULL, 5000);
	err = errno;
	*failed = fail_disarm(place);
	close(fd);
	if (answered)
		return r->error;
	return err == ENOBUFS || err == ENOMEM ? 1 : -ETIME;
}

/* What an attempt with a failed allocation may answer. */
static void judge(const struct request *q, unsigned int n, int err, const struct nl_reply *r,
		  const struct fail_place *place)
{
	if (err == 1) {
		if (*place->name)
			complain("no answer", n, place);
		return;
	}
	if (err && err != q->error && err != -ENOMEM && err != -ENOBUFS)
		complain(strerror(-err), n, place);
	else if (err && *place->name && !*r->text)
		complain("no text", n, place);
}

static void try_request(const struct request *q)
{
	char before[700], after[700];
	struct fail_place place;
	struct nl_reply r;
	bool failed = true;
	unsigned int n;
	int err;

	state_of(before, sizeof(before));
	for (n = 1; n < MOST && !*why; n++) {
		err = attempt(q, n, &failed, &place, &r);
		if (!failed)
			break;
		judge(q, n, err, &r, &place);
		state_of(after, sizeof(after));
		if (strcmp(before, after))
			complain(after, n, &place);
	}
	if (!failed && err != q->error)
		complain(*r.text ? r.text : strerror(-err), n, NULL);
	result(q->name, n - 1);
}

/* ---- files ------------------------------------------------------------------------- */

/* Opens, reads or writes, closes. Returns 0 or -errno. */
static int use_file(const char *path, const char *text)
{
	static char buf[65536];
	int fd = open(path, text ? O_WRONLY : O_RDONLY), err = 0;

	if (fd < 0)
		return -errno;
	if (text ? write(fd, text, strlen(text)) < 0 : read(fd, buf, sizeof(buf)) < 0)
		err = -errno;
	close(fd);
	return err;
}

/* @undo: makes it possible again; called after each attempt that may have done it */
static void try_file(const char *name, const char *path, const char *text, void (*undo)(void))
{
	struct fail_place place;
	bool failed = true;
	unsigned int n;
	int err = 0;

	for (n = 1; n < MOST && !*why && failed; n++) {
		fail_arm(n);
		err = use_file(path, text);
		failed = fail_disarm(&place);
		if (err && (!failed || err != -ENOMEM))
			complain(strerror(-err), n, &place);
		if (undo)
			undo();
	}
	result(name, n - 2);
}

static void try_attributes(void)
{
	char path[300], what[300];
	struct dirent *e;
	DIR *d;

	snprintf(path, sizeof(path), CLASS "%u", active);
	d = opendir(path);
	while (d && (e = readdir(d))) {
		if (e->d_type != DT_REG || !strcmp(e->d_name, "uevent"))
			continue;
		snprintf(path, sizeof(path), CLASS "%u/%s", active, e->d_name);
		snprintf(what, sizeof(what), "attribute %s", e->d_name);
		try_file(what, path, NULL, NULL);
	}
	if (d)
		closedir(d);
}

static void try_debugfs(void)
{
	static const char * const files[] = {
		"registers", "state", "trace", "replay", "reg_read", "reg_write:0x10 5",
		"stop_beats:0",
	};
	char path[128], name[128], *text;
	unsigned int i;

	for (i = 0; i < sizeof(files) / sizeof(*files); i++) {
		snprintf(path, sizeof(path), DEBUGFS "redund/redund%u/%s", active, files[i]);
		snprintf(name, sizeof(name), "debugfs %s", files[i]);
		text = strrchr(path, ':');
		if (text)
			*text++ = '\0';
		try_file(name, path, text, NULL);
	}
}

/* ---- devices ------------------------------------------------------------------------ */

static char slot_name[32];

static void undo_bind(void)
{
	use_file(BUS "drivers/redund_sim/unbind", slot_name);
}

static void delete_7(void)
{
	use_file(BUS "del_device", "7");
}

/* From some byte on all fail: what falls back to another allocation too. */
static void try_bind_with_little(void)
{
	unsigned long bytes;
	unsigned int n = 0;
	int err;

	for (bytes = 0; bytes < 1 << 17 && !*why; bytes += 256 + bytes / 16) {
		fail_after(bytes);
		err = use_file(BUS "drivers/redund_sim/bind", slot_name);
		fail_after_end();
		n++;
		if (err && err != -ENOMEM && err != -EAGAIN && err != -EINTR)
			complain(strerror(-err), n, NULL);
		undo_bind();
	}
	if (use_file(BUS "drivers/redund_sim/bind", slot_name))
		complain("it is not bound afterwards", n, NULL);
	result("bind when all memory is gone from some byte on", n);
}

/* ---- notifications: allocations of the driver's worker --------------------------------- */

static void arm_workers(unsigned int n)
{
	char path[300], comm[64];
	struct dirent *e;
	DIR *d = opendir("/proc");

	while (d && (e = readdir(d))) {
		snprintf(path, sizeof(path), "/proc/%s/comm", e->d_name);
		if (atoi(e->d_name) < 2)
			continue;
		read_text(path, comm, sizeof(comm));
		if (!strncmp(comm, "kworker/", 8))
			fail_arm_task(atoi(e->d_name), n);
	}
	if (d)
		closedir(d);
}

static bool locate(int fd, unsigned int on)
{
	struct nl_reply r;
	struct nl_msg m;

	nl_begin(&m, REDUND_CMD_LOCATE_SET, NLM_F_ACK);
	nl_u32(&m, REDUND_A_INSTANCE, active);
	nl_u8(&m, REDUND_A_ENABLED, on & 1);
	nl_send(fd, &m, 0);
	return nl_wait(fd, &r, NULL, NULL, 5000) && !r.error;
}

static void took(uint8_t cmd, const struct nlattr *attrs, size_t len, void *ctx)
{
	(void)cmd;
	(void)attrs;
	(void)len;
	++*(unsigned int *)ctx;
}

/* A change while the workers have no memory; the next one is told again. */
static void try_notifications(void)
{
	int monitor = fresh_socket(), fd = fresh_socket(), err;
	struct fail_place place = { "" };
	unsigned int n, heard = 0;

	nl_join(monitor);
	for (n = 1; n <= 16 && !*why; n++) {
		fail_arm(0);
		arm_workers(n);
		if (!locate(fd, 1))
			complain("refused", n, NULL);
		/* its worker runs, or is late: then it fails one that does not matter */
		nl_notifications(monitor, took, &heard, 100, &err);
		arm_workers(0);
		fail_disarm(&place);
		while (nl_notifications(monitor, took, &heard, 20, &err))
			;
		heard = 0;
		locate(fd, 0);
		while (!heard && nl_notifications(monitor, took, &heard, 5000, &err))
			;
		if (!heard)
			complain("the next change is not told", n, &place);
	}
	close(fd);
	close(monitor);
	result("notifications", n - 1);
}

/* ---- the modules ------------------------------------------------------------------------ */

static bool loaded(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/module/%s", name);
	return !access(path, F_OK);
}

static int load(const char *path, const char *params)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	err = syscall(SYS_finit_module, fd, params, 0) ? -errno : 0;
	close(fd);
	return err;
}

/* A file that is not there yet may still be held by who looks at all of them. */
static int unload(const char *name)
{
	unsigned int i;

	for (i = 0; i < 100; i++) {
		if (!syscall(SYS_delete_module, name, O_NONBLOCK))
			return 0;
		if (errno != EAGAIN && errno != EBUSY)
			break;
		usleep(10000);
	}
	return -errno;
}

static void try_load(const char *name, const char *path, const char *params)
{
	struct fail_place place;
	bool failed = true;
	char what[160];
	unsigned int n;
	int err = 0;

	for (n = 1; n < MOST && !*why && failed; n++) {
		fail_arm(n);
		err = load(path, params);
		failed = fail_disarm(&place);
		/* what the loader of modules itself answers is its business */
		if (err && (!failed || (err != -ENOMEM && *place.name)))
			complain(strerror(-err), n, &place);
		snprintf(what, sizeof(what), "load %s, but it is%s there", strerror(-err),
			 loaded(name) ? "" : " not");
		if (!!err == loaded(name))
			complain(what, n, &place);
		err = err ? 0 : unload(name);
		snprintf(what, sizeof(what), "it cannot be unloaded: %s", strerror(-err));
		if (err)
			complain(what, n, &place);
	}
	snprintf(what, sizeof(what), "load of %s", name);
	result(what, n - 2);
}

static void try_unload(const char *name, const char *path, const char *params)
{
	struct fail_place place;
	bool failed = true;
	char what[160];
	unsigned int n;
	int err;

	for (n = 1; n < MOST && !*why && failed; n++) {
		err = loaded(name) ? 0 : load(path, params);
		snprintf(what, sizeof(what), "it cannot be loaded again: %s", strerror(-err));
		if (err)
			complain(what, n, NULL);
		fail_arm(n);
		err = syscall(SYS_delete_module, name, O_NONBLOCK) ? -errno : 0;
		failed = fail_disarm(&place);
		if (err && err != -ENOMEM)
			complain(strerror(-err), n, &place);
	}
	if (loaded(name) && unload(name))
		complain("it stays", n, NULL);
	snprintf(what, sizeof(what), "unload of %s", name);
	result(what, n - 2);
}

static void try_devices(const char *chassis)
{
	try_file("a chassis is made", BUS "new_device", "7 0", delete_7);
	snprintf(slot_name, sizeof(slot_name), "chassis%s.2", chassis);
	undo_bind();
	try_file("bind", BUS "drivers/redund_sim/bind", slot_name, undo_bind);
	try_bind_with_little();
}

static void try_modules(const char *redund, const char *sim)
{
	if (unload("redund_sim") || unload("redund"))
		complain("the modules cannot be unloaded", 0, NULL);
	try_load("redund", redund, "");
	try_unload("redund", redund, "");
	if (load(redund, ""))
		complain("redund cannot be loaded", 0, NULL);
	try_load("redund_sim", sim, "chassis=0");
	try_unload("redund_sim", sim, "chassis=0");
	unload("redund");
}

static void all(char **argv, const char *parts)
{
	unsigned int i;

	for (i = 0; strchr(parts, 'r') && i < sizeof(requests) / sizeof(*requests); i++)
		try_request(&requests[i]);
	if (strchr(parts, 'n'))
		try_notifications();
	if (strchr(parts, 'a'))
		try_attributes();
	if (strchr(parts, 'f'))
		try_debugfs();
	if (strchr(parts, 'd'))
		try_devices(argv[1]);
	if (strchr(parts, 'm'))
		try_modules(argv[4], argv[5]);
}

int main(int argc, char **argv)
{
	unsigned long taint;

	if (argc != 6 && argc != 7) {
		fprintf(stderr, "usage: failnth CHASSIS ACTIVE STANDBY KO KO [PARTS]\n");
		return 2;
	}
	printf("TAP version 13\n");
	if (!fail_init()) {
		printf("1..0 # SKIP this kernel cannot fail the n-th allocation\n");
		return 4;
	}
	active = atoi(argv[2]);
	standby = atoi(argv[3]);
	close(nl_open());
	taint = fail_taint();
	all(argv, argc == 7 ? argv[6] : "rnafdm");
	fail_exit();
	if (fail_taint() & ~taint)
		complain("the kernel has warned, see its log", 0, NULL);
	if (argc == 6 && fail_places() < 20)
		complain("not many different places of the driver", fail_places(), NULL);
	fail_print_places();
	result("in all", fail_places());
	printf("1..%d\n", tests);
	return failures ? 1 : 0;
}
