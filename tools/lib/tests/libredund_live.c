// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tests libredund and the driver's netlink side together, on redund_sim with
 * the instances of one chassis (selftests/ynl/live.sh loads it and gives the
 * scale of times). Output is TAP.
 *
 *	libredund_live SCALE
 */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "show.h"

static unsigned int tests, failed, scale = 1;
static struct rd *rd;

static void check(bool ok, const char *name)
{
	printf("%sok %u - netlink: %s\n", ok ? "" : "not ", ++tests, name);
	if (!ok) {
		printf("# last answer: %s: %s\n", rd_reason(rd), rd_text(rd));
		failed++;
	}
}

static struct rd *open_or_die(void)
{
	struct rd *r;

	if (rd_open(&r)) {
		printf("Bail out! %s: %s\n", rd_reason(r), rd_text(r));
		exit(1);
	}
	return r;
}

/* The instance whose own role is @role, -1: none. */
static int instance_of(uint32_t role)
{
	struct rd_chassis *c;
	int n = rd_dump_chassis(rd, &c), i, found = -1;

	for (i = 0; i < n; i++)
		if (c[i].own_role == role)
			found = c[i].instance;
	if (n >= 0)
		free(c);
	return found;
}

static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void sleep_ms(unsigned int ms)
{
	struct timespec ts = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	nanosleep(&ts, NULL);
}

/* A switchover would be accepted, within @s seconds of a fast kernel. */
static bool settled(double s)
{
	double end = seconds() + s * scale;
	struct rd_check c;
	int active;

	do {
		active = instance_of(REDUND_ROLE_ACTIVE);
		if (active >= 0 && !rd_switchover_check(rd, active, false, &c) && c.accepted)
			return true;
		sleep_ms(50);
	} while (seconds() < end);
	return false;
}

static bool reason_is(int err, const char *word)
{
	return err < 0 && !strcmp(rd_reason(rd), word);
}

/* ---- users of the phases ------------------------------------------------------------- */

/* The end of the phase "config" in the newest record, as @instance tells it. */
static uint32_t config_result(int instance, uint32_t *us)
{
	struct rd_history *h;
	int n = rd_dump_history(rd, instance, 0, &h);
	uint32_t result = REDUND_PHASE_RESULT_NONE;
	unsigned int i;

	for (i = 0; n > 0 && i < h[n - 1].phases; i++) {
		if (h[n - 1].phase[i].phase != REDUND_PHASE_CONFIG)
			continue;
		result = h[n - 1].phase[i].result;
		*us = h[n - 1].phase[i].us;
	}
	if (n >= 0)
		free(h);
	return result;
}

/* Switches over to @to and waits until its take-over waits for the user. */
static bool waits_for_config(int from, int to)
{
	double end = seconds() + 10 * scale;
	struct rd_chassis c;
	uint32_t id;

	if (rd_switchover(rd, from, false, "libredund", &id))
		return false;
	while (seconds() < end) {
		if (!rd_get_chassis(rd, to, &c) && !strcmp(c.waiting_for, "config"))
			return true;
		sleep_ms(20);
	}
	return false;
}

/* Lets @us pass on the common clock, which in the simulator waits for a busy host. */
static bool passes(int instance, uint64_t us)
{
	double end = seconds() + 10 * scale;
	uint64_t begun = 0;
	struct rd_chassis c;

	while (seconds() < end && !rd_get_chassis(rd, instance, &c)) {
		begun = begun ?: c.clock_us;
		if (c.clock_us >= begun + us)
			return true;
		sleep_ms(20);
	}
	return false;
}

static void test_config(void)
{
	int from = instance_of(REDUND_ROLE_ACTIVE), to = instance_of(REDUND_ROLE_STANDBY);
	struct rd *user = open_or_die();
	uint32_t us = 0;

	check(reason_is(rd_phase_ack(rd, to, REDUND_PHASE_CONFIG, true), "not-registered"),
	      "an acknowledgment of a socket that did not register is refused");
	check(!rd_register_user(user, to, true, false), "a socket registers as user of a phase");
	check(rd_phase_ack(user, to, REDUND_PHASE_CONFIG, true) < 0 &&
		      !strcmp(rd_reason(user), "already"),
	      "an acknowledgment that nothing waits for is refused");
	check(waits_for_config(from, to) && passes(to, 150000),
	      "S-022: taking over waits until the configuration is read");
	check(rd_phase_ack(user, to, REDUND_PHASE_MODULES_RESET, true) < 0,
	      "another phase is not acknowledged");
	check(!rd_phase_ack(user, to, REDUND_PHASE_CONFIG, true), "the user acknowledges");
	check(settled(20) && config_result(to, &us) == REDUND_PHASE_RESULT_OK && us >= 150000,
	      "the phase ends with the acknowledgment, as the history tells");
	rd_close(user);
}

static void test_release(void)
{
	int from = instance_of(REDUND_ROLE_ACTIVE), to = instance_of(REDUND_ROLE_STANDBY);
	struct rd *user = open_or_die();
	double begun;
	uint32_t us = 0;

	rd_register_user(user, to, true, false);
	check(waits_for_config(from, to), "the take-over waits for a user once more");
	begun = seconds();
	rd_close(user);
	check(settled(20) && seconds() - begun < 4 * scale &&
		      config_result(to, &us) == REDUND_PHASE_RESULT_NO_USER,
	      "the phase passes when the user's socket is closed");
}

static bool sync_text_is(int instance, const char *text)
{
	double end = seconds() + 5 * scale;
	struct rd_mm *mm;
	bool is = false;
	int i, n;

	while (!is && seconds() < end) {
		n = rd_dump_mm(rd, instance, &mm);
		for (i = 0; i < n; i++)
			is |= !strcmp(mm[i].sync_text, text);
		free(mm);
		sleep_ms(20);
	}
	return is;
}

static void test_sync(void)
{
	int active = instance_of(REDUND_ROLE_ACTIVE), standby = instance_of(REDUND_ROLE_STANDBY);
	struct rd *user = open_or_die();
	double end = seconds() + 5 * scale;
	struct rd_check c = { .accepted = true };

	check(!rd_register_user(user, standby, false, true) &&
		      !rd_sync_ack(user, standby, false, "config: disk full"),
	      "a user tells that the standby is not synchronized");
	while (seconds() < end && c.accepted && !rd_switchover_check(rd, active, false, &c))
		sleep_ms(20);
	check(!c.accepted && c.not_ready & REDUND_NOT_READY_SYNC_FAILED && c.text[0] &&
		      sync_text_is(active, "config: disk full"),
	      "S-076 A-053: no switchover to it then, and the reason is told");
	check(!rd_sync_ack(user, standby, true, NULL) && settled(5),
	      "with the sync complete it can");
	rd_sync_ack(user, standby, false, NULL);
	rd_register_user(user, standby, true, false);
	rd_close(user);
	check(settled(5), "a user that went away in order does not hold the standby back");
}

/* What the active's module says while files are being copied. */
static void test_busy(void)
{
	int active = instance_of(REDUND_ROLE_ACTIVE);
	struct rd *user = open_or_die();
	struct rd_chassis chassis;
	struct rd_check c;

	check(!rd_register_user(user, active, true, true) &&
		      !rd_sync_busy(user, active, true, 90, "primary image") &&
		      !rd_switchover_check(rd, active, false, &c) && !c.accepted &&
		      c.refusal == REDUND_REFUSAL_SYNCING &&
		      !strcmp(c.sync_text, "primary image") && c.seconds_left > 30,
	      "S-076: a switchover waits for what is copied, and says how long");
	check(!rd_get_chassis(rd, active, &chassis) && !strcmp(chassis.sync_busy, "primary image"),
	      "the chassis says what is copied");
	check(!rd_sync_busy(user, active, false, 0, NULL) &&
		      !rd_switchover_check(rd, active, false, &c) && c.accepted,
	      "a switchover is accepted when it is copied");
	rd_register_user(user, active, true, false);
	rd_close(user);
}

static void test_link(void)
{
	int active = instance_of(REDUND_ROLE_ACTIVE), standby = instance_of(REDUND_ROLE_STANDBY);
	uint8_t one[RD_PAIRING_KEY], other[RD_PAIRING_KEY];
	struct rd *user = open_or_die();
	double end = seconds() + 5 * scale;
	struct rd_chassis chassis;
	struct rd_check c = { 0 };

	check(!rd_register_user(user, standby, true, false) &&
		      !rd_link_report(user, standby, REDUND_LINK_STATE_DOWN),
	      "a user reports the internal link");
	while (seconds() < end && !(c.not_ready & REDUND_NOT_READY_LINK_LOST) &&
	       !rd_switchover_check(rd, active, false, &c))
		sleep_ms(20);
	check(!c.accepted && c.not_ready & REDUND_NOT_READY_LINK_LOST,
	      "A-030: a lost link takes readiness away");
	check(!rd_link_report(user, standby, REDUND_LINK_STATE_ALIVE) && settled(5),
	      "A-030: and is no reason when it is back");
	rd_close(user);
	check(!rd_set_heartbeat_loss(rd, active, REDUND_HEARTBEAT_LOSS_HOLD, "test") &&
		      !rd_get_chassis(rd, active, &chassis) &&
		      chassis.heartbeat_loss == REDUND_HEARTBEAT_LOSS_HOLD &&
		      !rd_set_heartbeat_loss(rd, active, REDUND_HEARTBEAT_LOSS_TAKEOVER, "test"),
	      "A-030: heartbeat-loss is set");
	check(!rd_pairing(rd, active, one) && !rd_pairing(rd, standby, other) &&
		      !memcmp(one, other, sizeof(one)),
	      "both modules read the same pairing key");
}

/* ---- changes ------------------------------------------------------------------------------ */

/* Switches fabric module 2 of the active off and on @times times. */
static void flood(int active, unsigned int times)
{
	struct rd *r = open_or_die();
	unsigned int i;

	for (i = 0; i < 2 * times; i++)
		rd_set_fabric(r, active, 2, i & 1, NULL);
	rd_close(r);
}

static void subscribe_and_sync(struct rd *m)
{
	struct rd_chassis *c;
	int n, i;

	if (rd_subscribe(m))
		printf("# %s\n", rd_text(m));
	n = rd_dump_chassis(m, &c);
	for (i = 0; i < n; i++)
		rd_synced(m, c[i].instance, c[i].change_seq);
	if (n >= 0)
		free(c);
}

static void test_order(void)
{
	int active = instance_of(REDUND_ROLE_ACTIVE), status;
	struct rd *m = open_or_die();
	unsigned int events = 0, lost = 0, order = 0;
	struct rd_change c;
	uint32_t last = 0;
	pid_t child;

	subscribe_and_sync(m);
	fflush(stdout);
	child = fork();
	if (!child) {
		flood(active, 100);
		_exit(0);
	}
	while (events < 200 && rd_next_change(m, 5000 * scale, &c) == 1) {
		lost += c.lost;
		if (c.instance != (uint32_t)active)
			continue;
		order += last && c.seq != last + 1;
		last = c.seq;
		events += c.object == REDUND_OBJECT_EVENT && c.filled &&
			  strstr(c.event.text, "Fabric 2");
	}
	waitpid(child, &status, 0);
	check(events == 200 && !lost && !order,
	      "200 changes under load arrive once each, in order, without a gap");
	rd_close(m);
}

static void test_overrun(void)
{
	int active = instance_of(REDUND_ROLE_ACTIVE), n, size = 4096;
	struct rd *m = open_or_die();
	struct rd_change c;
	bool lost = false;

	subscribe_and_sync(m);
	setsockopt(rd_monitor_fd(m), SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	flood(active, 100);
	while ((n = rd_next_change(m, 1000 * scale, &c)) == 1)
		lost |= c.lost;
	check(!n && lost, "a listener that is too slow is told that it lost changes");
	subscribe_and_sync(m);
	rd_set_fabric(rd, active, 2, false, NULL);
	rd_set_fabric(rd, active, 2, true, NULL);
	n = rd_next_change(m, 5000 * scale, &c);
	check(n == 1 && !c.lost, "after another dump it goes on without a gap");
	rd_close(m);
}

/* The log is longer than one datagram by now. */
static void test_long_dump(void)
{
	int active = instance_of(REDUND_ROLE_ACTIVE), n, i, gaps = 0;
	struct rd_event *e;

	n = rd_dump_event(rd, active, 0, &e);
	for (i = 1; i < n; i++)
		gaps += e[i].id != e[i - 1].id + 1;
	check(n > 400 && !gaps, "a long log is dumped without a gap");
	if (n >= 0)
		free(e);
}

/* A listener and reader in a network namespace of its own. */
static int in_namespace(int active, int go, int ready)
{
	struct rd_change c;
	char byte = 0;

	rd_close(rd);
	if (unshare(CLONE_NEWNET))
		return 2;
	rd = open_or_die();
	subscribe_and_sync(rd);
	if (write(ready, &byte, 1) != 1 || read(go, &byte, 1) != 1)
		return 3;
	while (rd_next_change(rd, 5000 * scale, &c) == 1)
		if (c.instance == (uint32_t)active && c.object == REDUND_OBJECT_FABRIC)
			return c.lost ? 4 : 0;
	return 5;
}

static void test_namespace(void)
{
	int active = instance_of(REDUND_ROLE_ACTIVE), go[2], ready[2], status = 0;
	char byte = 0;
	pid_t child;

	if (pipe(go) || pipe(ready))
		return;
	fflush(stdout);
	child = fork();
	if (!child)
		_exit(in_namespace(active, go[0], ready[1]));
	close(ready[1]);
	if (read(ready[0], &byte, 1) == 1) {
		rd_set_fabric(rd, active, 2, false, NULL);
		rd_set_fabric(rd, active, 2, true, NULL);
	}
	if (write(go[1], &byte, 1) != 1)
		printf("# the child ended\n");
	waitpid(child, &status, 0);
	close(go[0]);
	close(go[1]);
	close(ready[0]);
	check(WIFEXITED(status) && !WEXITSTATUS(status),
	      "a listener in another network namespace hears the changes, too");
}

/* ---- crash areas ----------------------------------------------------------------------------- */

/* Lines of this text that the module of @instance left, as @reader reads it. */
static int left(int reader, unsigned int slot, const char *text)
{
	struct rd_event *e;
	int n = rd_dump_event_of(rd, reader, slot, 0, &e), i, found = 0;

	for (i = 0; i < n; i++)
		found += !strcmp(e[i].text, text) && e[i].number == 179 &&
			 e[i].severity == REDUND_SEVERITY_WARNING;
	if (n >= 0)
		free(e);
	return found;
}

static void test_lines(void)
{
	int active = instance_of(REDUND_ROLE_ACTIVE), standby = instance_of(REDUND_ROLE_STANDBY);
	double end = seconds() + 10 * scale;
	struct rd_chassis c = {};

	rd_get_chassis(rd, active, &c);
	check(!rd_event_add(rd, active, 179, REDUND_SEVERITY_WARNING, 0, "mgr", "of libredund"),
	      "S-257: a line is added to the log");
	while (!left(standby, c.own_slot, "of libredund") && seconds() < end)
		sleep_ms(20);
	check(left(standby, c.own_slot, "of libredund") == 1,
	      "S-259: the other module reads it, once");
	check(reason_is(rd_event_add(rd, active, 100000, 0, 0, "mgr", "text"), "invalid") &&
		      reason_is(rd_event_add(rd, active, 1, 0, 0, "a b", "text"), "invalid") &&
		      reason_is(rd_event_add(rd, active, 1, 0, 0, "mgr", "t\ae\bxt"), "invalid"),
	      "a line that no log could show is refused");
}

static void test_crash(void)
{
	int active = instance_of(REDUND_ROLE_ACTIVE), n;
	struct rd_down *d;
	bool compressed = true;
	char *data;

	n = rd_dump_down(rd, active, 0, 0, &d);
	check(n == 0, "S-268: modules that did not go down left nothing");
	if (n >= 0)
		free(d);
	n = rd_crash_read(rd, active, 1, REDUND_CRASH_KIND_LOG, &data, &compressed);
	check(n == 0 && !data[0] && !compressed, "S-260: and no kernel log");
	if (n >= 0)
		free(data);
	n = rd_crash_read(rd, active, 1, REDUND_CRASH_KIND_DATA, &data, NULL);
	check(n == 65536 && !memcmp(data, "RDWN", 4), "S-260: the whole area is read in pieces");
	if (n >= 0)
		free(data);
}

/* ---- the rest ------------------------------------------------------------------------------- */

static void test_privileges(void)
{
	int active = instance_of(REDUND_ROLE_ACTIVE), status;
	struct rd_fabric f = {};
	pid_t child;

	fflush(stdout);
	child = fork();
	if (!child) {
		if (setgid(65534) || setuid(65534))
			_exit(2);
		rd_close(rd);
		rd = open_or_die();
		if (!reason_is(rd_set_fabric(rd, active, 2, false, NULL), "permission") ||
		    !reason_is(rd_register_user(rd, active, true, true), "permission") ||
		    !reason_is(rd_set_heartbeat(rd, active, 20, 0, NULL), "permission"))
			_exit(3);
		_exit(rd_get_fabric(rd, active, 2, &f) ? 4 : 0);
	}
	waitpid(child, &status, 0);
	check(!status, "without privileges a change is refused and reading works");
}

static void test_settings(void)
{
	int active = instance_of(REDUND_ROLE_ACTIVE);
	struct rd_chassis before, after;

	rd_get_chassis(rd, active, &before);
	check(!rd_set_heartbeat(rd, active, 0, before.misses + 1, "test") &&
		      !rd_get_chassis(rd, active, &after) && after.misses == before.misses + 1 &&
		      after.interval_ms == before.interval_ms,
	      "N-018: misses are set and the interval stays");
	check(reason_is(rd_set_heartbeat(rd, active, before.interval_max_ms + 1, 0, NULL),
			"invalid") &&
		      !rd_get_chassis(rd, active, &after) &&
		      after.interval_ms == before.interval_ms,
	      "an interval beyond its limit is refused and changes nothing");
	rd_set_heartbeat(rd, active, 0, before.misses, "test");
}

static void test_locate(void)
{
	int active = instance_of(REDUND_ROLE_ACTIVE), standby = instance_of(REDUND_ROLE_STANDBY);
	struct rd_chassis on = {}, off = {};

	check(!rd_set_locate(rd, active, true, "test") && !rd_get_chassis(rd, standby, &on) &&
		      on.locate && !rd_set_locate(rd, active, false, "test") &&
		      !rd_get_chassis(rd, standby, &off) && !off.locate,
	      "S-216: the locate LED, as both modules see it");
	check(reason_is(rd_set_locate(rd, standby, true, NULL), "not-active"),
	      "S-216: the standby does not light it");
}

/* A simulated module's boot is that of its instance, under another number. */
static void test_boot(void)
{
	int active = instance_of(REDUND_ROLE_ACTIVE), standby = instance_of(REDUND_ROLE_STANDBY);
	struct rd_boot boot = { .kind = REDUND_REBOOT_KIND_BOOT, .expect = RD_EXPECT_SYSTEM };
	struct rd_boot_check c;
	struct rd_history *h;
	uint32_t id = 0;
	int n;

	check(!rd_reboot_check(rd, active, REDUND_REBOOT_KIND_RELOAD, &c) && c.check.accepted &&
		      c.would_switch_over && c.peer_present,
	      "S-208: a reload would cause a switchover");
	check(!rd_reboot_check(rd, standby, REDUND_REBOOT_KIND_BOOT, &c) && !c.check.accepted &&
		      c.check.refusal == REDUND_REFUSAL_NOT_ACTIVE,
	      "A-008: the standby does not boot the active");
	check(reason_is(rd_reboot(rd, active, &boot, "test", &id), "stale") && !id,
	      "a boot that would not do as expected is refused");
	boot.kind = REDUND_REBOOT_KIND_RELOAD;
	boot.expect = RD_EXPECT_SWITCHOVER;
	boot.origin = "CONSOLE session";
	check(!rd_reboot(rd, active, &boot, "test", &id) && id && settled(30),
	      "S-207: a reload is begun, and ends with an active and a standby");
	n = rd_dump_history(rd, instance_of(REDUND_ROLE_ACTIVE), 0, &h);
	check(n > 0 && h[n - 1].reason == REDUND_REASON_RELOAD &&
		      !strcmp(h[n - 1].requester, "test"),
	      "C-24: the history tells the command and who gave it");
	if (n >= 0)
		free(h);
}

/* The driver goes while somebody listens: last, since nothing is left. */
static void test_unload(void)
{
	struct rd_change c;
	double end = seconds() + 20 * scale;
	int n = 0;

	subscribe_and_sync(rd);
	if (system("modprobe -r redund_sim && modprobe -r redund"))
		printf("# the driver could not be unloaded\n");
	while (seconds() < end && n >= 0)
		n = rd_next_change(rd, 500, &c);
	check(n == -ENOENT && reason_is(n, "no-driver"),
	      "a listener hears that the driver was unloaded");
}

/* Every test begins with a ready chassis; one that is never ready fails. */
static void run(void (*test)(void))
{
	if (settled(30))
		test();
	else
		check(false, "the chassis is ready for the next test");
}

int main(int argc, char **argv)
{
	if (argc > 1)
		scale = atoi(argv[1]);
	setvbuf(stdout, NULL, _IOLBF, 0);
	rd = open_or_die();
	check(settled(30), "the chassis is ready for a switchover");
	run(test_settings);
	run(test_privileges);
	run(test_lines);
	run(test_crash);
	run(test_config);
	run(test_release);
	run(test_sync);
	run(test_busy);
	run(test_link);
	run(test_order);
	run(test_overrun);
	run(test_long_dump);
	run(test_namespace);
	run(test_locate);
	run(test_boot);
	test_unload();
	printf("1..%u\n", tests);
	rd_close(rd);
	return failed ? 1 : 0;
}
