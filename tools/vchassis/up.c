// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns power-on and power-off: `vchassis up` makes the chassis process and
 * waits until every module has decided its role, `vchassis down` ends it,
 * whatever state it is in.
 */
#include "client.h"
#include "vc.h"
#include "../lib/medium.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define POLL_US	  20000
#define DECIDE_S  60 /* times 4 with the debug kernel */
#define DOWN_S	  10
#define ANSWER_MS 3000 /* of a chassis process that should end */

static struct options opt;
static bool no_wait, keep;
static const char *schedule, *until;

static int say(const char *text)
{
	fprintf(stderr, "vchassis: %s\n", text);
	return 1;
}

static bool parse_slots(const char *text)
{
	memset(opt.slot, 0, sizeof(opt.slot));
	for (; *text; text++) {
		if (*text == '1' || *text == '2')
			opt.slot[*text - '1'] = true;
		else if (*text != ',')
			return false;
	}
	return true;
}

/* "directory", "block" or "block-nojournal"; the last two also with "=MIB". */
static bool parse_flash(const char *text)
{
	size_t len = strcspn(text, "=");
	unsigned long mib = MEDIUM_MIB_DEFAULT;
	char *end = (char *)"";

	opt.flash = (struct medium_kind){ 0 };
	if (!strcmp(text, "directory"))
		return true;
	opt.flash.no_journal = len == 15 && !strncmp(text, "block-nojournal", len);
	if (!opt.flash.no_journal && !(len == 5 && !strncmp(text, "block", len)))
		return false;
	if (text[len])
		mib = strtoul(text + len + 1, &end, 10);
	opt.flash.mib = mib;
	return !*end && mib >= MEDIUM_MIB_MIN && mib <= MEDIUM_MIB_MAX;
}

static bool parse_value(const char *name, const char *value)
{
	char *end;

	if (!strcmp(name, "--slots"))
		return parse_slots(value);
	if (!strcmp(name, "--timers")) {
		opt.hardware = !strcmp(value, "hardware");
		return opt.hardware || !strcmp(value, "relaxed");
	}
	if (!strcmp(name, "--flash"))
		return parse_flash(value);
	if (!strcmp(name, "--seed")) {
		opt.seed = strtoull(value, &end, 0);
		return *value && !*end;
	}
	if (!strcmp(name, "--time")) {
		opt.virtual = !strcmp(value, "virtual");
		return opt.virtual || !strcmp(value, "real");
	}
	if (!strcmp(name, "--schedule")) {
		schedule = value;
		return true;
	}
	if (!strcmp(name, "--until")) {
		until = value;
		opt.until_us = strtod(value, &end) * 1e6;
		return *value && !*end && opt.until_us > 0 && opt.until_us < 1000000000000000;
	}
	if (!strcmp(name, "--kernel"))
		return snprintf(opt.kernel, sizeof(opt.kernel), "%s", value) < PATH_MAX;
	if (!strcmp(name, "--modules"))
		return snprintf(opt.modules, sizeof(opt.modules), "%s", value) < PATH_MAX;
	if (!strcmp(name, "--image"))
		return snprintf(opt.image, sizeof(opt.image), "%s", value) < PATH_MAX;
	if (!strcmp(name, "--params"))
		return snprintf(opt.extra, sizeof(opt.extra), "%s", value) < (int)sizeof(opt.extra);
	return false;
}

/* What only simulated time knows; its schedule is found from anywhere. */
static int check_time(void)
{
	if (!opt.virtual && (schedule || until || opt.messages))
		return say("--schedule, --until and --messages need --time virtual");
	if (!schedule || realpath(schedule, opt.schedule))
		return 0;
	fprintf(stderr, "vchassis: %s: %s\n", schedule, strerror(errno));
	return 1;
}

/* Return: 0, 2 for wrong usage, 1 with the reason said. */
static int parse(int argc, char **argv)
{
	const char *kernel = getenv("REDUND_KERNEL");
	bool usage = false;

	memset(&opt, 0, sizeof(opt));
	no_wait = false;
	keep = false;
	schedule = NULL;
	until = NULL;
	opt.debug = kernel && !strcmp(kernel, "debug");
	opt.watchdog = true;
	opt.seed = 1;
	parse_slots("1,2");
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--no-watchdog")) {
			opt.watchdog = false;
		} else if (!strcmp(argv[i], "--no-wait")) {
			no_wait = true;
		} else if (!strcmp(argv[i], "--keep")) {
			keep = true;
		} else if (!strcmp(argv[i], "--blank-flash")) {
			opt.blank_flash = true;
		} else if (!strcmp(argv[i], "--reflash")) {
			opt.reflash = true;
		} else if (!strcmp(argv[i], "--messages")) {
			opt.messages = true;
		} else if (i + 1 >= argc) {
			usage = true;
		} else {
			usage |= !parse_value(argv[i], argv[i + 1]);
			i++;
		}
	}
	usage |= opt.blank_flash && (opt.reflash || opt.image[0]);
	return usage ? EXIT_USAGE : check_time();
}

/* For the record, and for whoever wants to repeat a run. */
static void record_options(void)
{
	char path[PATH_MAX + 16];
	FILE *f;

	snprintf(path, sizeof(path), "%s/options", opt.dir);
	f = fopen(path, "we");
	if (!f)
		return;
	fprintf(f,
		"seed %llu\ntimers %s\nslots%s%s\nimage %s\nkernel %s\nmodules %s\nparams %s\n"
		"watchdog %d\ndebug %d\nflash %s %u\ntime %s%s\nschedule %s\nuntil_us %llu\n"
		"started %lld\n",
		(unsigned long long)opt.seed, opt.hardware ? "hardware" : "relaxed",
		opt.slot[0] ? " 1" : "", opt.slot[1] ? " 2" : "", opt.image, opt.kernel,
		opt.modules, opt.extra, opt.watchdog, opt.debug,
		opt.flash.no_journal ? "block-nojournal" :
		opt.flash.mib	     ? "block" :
				       "directory",
		opt.flash.mib, opt.virtual ? "virtual" : "real", opt.messages ? " messages" : "",
		opt.schedule, (unsigned long long)opt.until_us, (long long)clock_wall());
	fclose(f);
}

static int open_in_dir(const char *name, int flags)
{
	char path[PATH_MAX + 32];

	snprintf(path, sizeof(path), "%s/%s", client_dir, name);
	return open(path, flags | O_CLOEXEC, 0644);
}

/* The chassis process: holds the lock, its own session, errors to a log. */
static void become_chassis(int lock, int ready)
{
	int log = open_in_dir("chassis.log", O_WRONLY | O_CREAT | O_APPEND);
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	char pid[16];
	int status;

	setsid();
	snprintf(pid, sizeof(pid), "%d\n", getpid());
	if (ftruncate(lock, 0) || pwrite(lock, pid, strlen(pid), 0) < 0)
		_exit(1);
	dup2(null, 0);
	dup2(log, 1);
	dup2(log, 2);
	status = chassisd(&opt, ready);
	/* not exit(): files that were open for reading are the other process' */
	fflush(stderr);
	_exit(status);
}

static int start_chassis(int lock)
{
	char answer[256] = "";
	int ready[2];
	ssize_t n;
	pid_t pid;

	if (pipe2(ready, O_CLOEXEC))
		return say(strerror(errno));
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		return say(strerror(errno));
	if (pid == 0) {
		/* a second fork: nobody has to wait for the chassis */
		if (fork())
			_exit(0);
		close(ready[0]);
		become_chassis(lock, ready[1]);
	}
	close(ready[1]);
	waitpid(pid, NULL, 0);
	n = read(ready[0], answer, sizeof(answer) - 1);
	close(ready[0]);
	if (n <= 0)
		return say("the chassis process ended at once (see chassis.log)");
	return strcmp(answer, "ok") ? say(answer) : 0;
}

static bool is_decided(const char *role)
{
	static const char *const decided[] = { "active", "standby", "offline", "failed", "absent" };

	for (size_t i = 0; i < ARRAY_SIZE(decided); i++)
		if (!strcmp(role, decided[i]))
			return true;
	return false;
}

/* Nothing more happens by itself to a module without an image. */
static bool in_monitor(const json_t *slot)
{
	const char *rom = json_string_value(json_object_get(slot, "rom"));

	return rom && !strcmp(rom, "monitor");
}

static void say_monitors(void)
{
	json_t *status = client_status(), *slot;
	size_t i;

	json_array_foreach(json_object_get(status, "slots"), i, slot)
		if (in_monitor(slot))
			fprintf(stderr,
				"vchassis: slot %zu is in its boot ROM's monitor; "
				"see vchassis console %zu\n",
				i + 1, i + 1);
	json_decref(status);
}

/* Slot of a module that has not decided yet, 0 when all have, -1 no chassis. */
static int undecided(const char **role)
{
	static char buf[24];
	json_t *status = client_status(), *slot;
	int found = status ? 0 : -1;
	size_t i;

	json_array_foreach(json_object_get(status, "slots"), i, slot) {
		const char *r = json_string_value(json_object_get(slot, "role"));
		bool ok = (r && is_decided(r)) || in_monitor(slot);

		if (!ok && !found) {
			found = i + 1;
			snprintf(buf, sizeof(buf), "%s", r ? r : "?");
			*role = buf;
		}
	}
	json_decref(status);
	return found;
}

static int wait_decided(void)
{
	u64 seconds = DECIDE_S * (opt.debug ? 4 : 1), deadline;
	const char *role = "";
	int slot;

	clock_start();
	deadline = seconds * 1000000;
	while ((slot = undecided(&role))) {
		if (slot < 0)
			return say("the chassis process ended (see chassis.log)");
		if (clock_us() > deadline) {
			fprintf(stderr, "vchassis: slot %d is %s, undecided after %llu s; ", slot,
				role, (unsigned long long)seconds);
			fprintf(stderr, "see %s/mm%d/console.log\n", client_dir, slot);
			return 1;
		}
		clock_sleep(POLL_US);
	}
	say_monitors();
	return 0;
}

/* Simulated time: what it was asked for takes as long as it takes. */
static int wait_held(void)
{
	char *args[] = { (char *)"pass", (char *)"up", NULL };
	int patience = client_patience_ms, status;

	client_patience_ms = -1;
	status = client_request(2, args);
	client_patience_ms = patience;
	if (!status)
		say_monitors();
	return status ? 1 : 0;
}

static bool same_content(const char *a, const char *b)
{
	char one[65536], two[sizeof(one)];
	FILE *fa = fopen(a, "re"), *fb = fopen(b, "re");
	size_t n = 1;
	bool same = fa && fb;

	while (same && n) {
		n = fread(one, 1, sizeof(one), fa);
		same = fread(two, 1, sizeof(two), fb) == n && !memcmp(one, two, n);
	}
	if (fa)
		fclose(fa);
	if (fb)
		fclose(fb);
	return same;
}

/* Not an error: a directory that is kept may hold an older build on purpose. */
static void say_other_images(void)
{
	char flash[PATH_MAX + 32], path[PATH_MAX];
	bool same = opt.direct || opt.blank_flash || opt.reflash || opt.flash.mib;

	for (int slot = 1; slot <= CHASSIS_SLOTS && !same; slot++) {
		bool found = !opt.slot[slot - 1];

		snprintf(flash, sizeof(flash), "%s/mm%d/flash", client_dir, slot);
		for (int which = 0; which < FLASH_IMAGES; which++)
			found |= !flash_path(flash, which, path, sizeof(path)) &&
				 same_content(path, opt.image);
		if (!found)
			fprintf(stderr, "vchassis: note: %s is not in the flash of slot %d; %s\n",
				opt.image, slot, "--reflash writes it");
	}
}

int up_command(int argc, char **argv)
{
	int status = parse(argc, argv), lock;

	if (status)
		return status;
	if (mkdir(client_dir, 0755) && errno != EEXIST) {
		fprintf(stderr, "vchassis: %s: %s\n", client_dir, strerror(errno));
		return 1;
	}
	memcpy(opt.dir, client_dir, sizeof(opt.dir));
	if (find_parts(&opt))
		return 1;
	lock = open_in_dir("pid", O_RDWR | O_CREAT);
	if (lock < 0)
		return say(strerror(errno));
	if (flock(lock, LOCK_EX | LOCK_NB))
		return say("this chassis is powered on already");
	record_options();
	status = start_chassis(lock);
	close(lock);
	if (!status)
		say_other_images();
	if (status || no_wait)
		return status;
	status = opt.virtual ? wait_held() : wait_decided();
	if (status && !keep) {
		char *down[] = { (char *)"down", NULL };

		down_command(1, down);
	}
	return status;
}

int pass_command(int argc, char **argv)
{
	int status;

	if (argc != 2)
		return EXIT_USAGE;
	client_patience_ms = -1;
	status = client_request(argc, argv);
	return status;
}

/* Return: true when no chassis process holds the lock (any more). */
static bool is_off(int lock)
{
	if (flock(lock, LOCK_EX | LOCK_NB))
		return false;
	flock(lock, LOCK_UN);
	return true;
}

static bool wait_off(int lock, u64 seconds)
{
	clock_start();
	while (!is_off(lock)) {
		if (clock_us() > seconds * 1000000)
			return false;
		clock_sleep(POLL_US / 4);
	}
	return true;
}

/*
 * Asks, and when nobody answers ends the chassis process: its modules die with
 * it (PR_SET_PDEATHSIG).
 */
int down_command(int argc, char **argv)
{
	char *args[] = { (char *)"down", NULL };
	struct buffer out = { 0 };
	char why[128], text[32] = "";
	int lock, pid;
	bool asked;

	if (argc != 1)
		return EXIT_USAGE;
	lock = open_in_dir("pid", O_RDWR);
	if (lock < 0 || is_off(lock)) {
		if (lock >= 0)
			close(lock);
		return 0;
	}
	pid = pread(lock, text, sizeof(text) - 1, 0) > 0 ? atoi(text) : 0;
	client_patience_ms = ANSWER_MS;
	asked = client_capture(1, args, &out, why, sizeof(why)) == 0;
	buffer_free(&out);
	if (!(asked && wait_off(lock, DOWN_S)) && pid > 1) {
		kill(pid, SIGCONT);
		kill(pid, SIGKILL);
		if (!wait_off(lock, DOWN_S))
			return say("the chassis process does not end");
	}
	close(lock);
	return 0;
}
