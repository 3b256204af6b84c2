// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests the watch on changes of files, and programs with a time limit. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>
#include "../redsyncd.h"
#include "t.h"

#define REST " direction to-standby when at-once\n"
#define ITEMS                                                               \
	"item config class configuration path config/config1,boot.env" REST \
	"item security class security path security/" REST                  \
	"item deep class security path deep/er/x" REST                      \
	"item log class log path log/ direction to-active when at-once\n"

enum { CONFIG, SECURITY, DEEP, LOG };

static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

/* ---- watch ------------------------------------------------------------------------ */

/* Waits for a mask that has these items, at most ten seconds. Return: all that came. */
static uint32_t until(struct watch *w, uint32_t wanted)
{
	int64_t end = now() + 10000, wait_ms;
	struct pollfd p = { .fd = watch_fd(w), .events = POLLIN };
	uint32_t got = 0;

	while ((got & wanted) != wanted && now() < end) {
		got |= watch_due(w, now(), &wait_ms);
		if ((got & wanted) == wanted)
			break;
		poll(&p, 1, wait_ms < 0 || wait_ms > 100 ? 100 : (int)wait_ms + 1);
		need(!watch_read(w, now()), "watch_read");
	}
	return got;
}

/* What the last changes made due, without waiting for anything. */
static uint32_t at_once(struct watch *w)
{
	int64_t wait_ms;

	need(!watch_read(w, now()), "watch_read");
	return watch_due(w, now(), &wait_ms);
}

static void test_replaced(struct watch *w)
{
	need(!flash_replace(FLASH "/config/config1", "a", 1), "replace");
	check(at_once(w) == 1 << CONFIG, "watch: a file that was replaced is due at once, alone");
	need(!flash_replace(FLASH "/config/other", "a", 1), "replace");
	check(!at_once(w), "watch: a file that is nobody's is not");
	need(!flash_replace(FLASH "/boot.env", "a", 1) && !flash_remove(FLASH "/config/config1"),
	     "replace");
	check(at_once(w) == 1 << CONFIG && !at_once(w), "watch: two changes of an item are one");
	puts_file(FLASH "/security/.lock", "");
	puts_file(FLASH "/security/key.new", "");
	check(!at_once(w), "watch: temporary files are none");
	need(!rename(FLASH "/security/key.new", FLASH "/security/key"), "rename");
	check(at_once(w) == 1 << SECURITY, "watch: a new file of a directory");
	need(!unlink(FLASH "/security/key"), "unlink");
	check(at_once(w) == 1 << SECURITY, "watch: a file that was removed");
	need(!hold_set(FLASH, "config", true), "hold");
	check((at_once(w) & 15) == 15, "C-33: a change of the hold concerns every item");
	need(!hold_set(FLASH, "config", false) && at_once(w), "hold");
}

static void test_written(struct watch *w)
{
	int fd = open(FLASH "/log/events", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644), i;
	int64_t start = now(), due = -1, wait_ms;

	need(fd >= 0 && write(fd, "a", 1) == 1 && !watch_read(w, start), "events");
	check(!watch_due(w, start, &wait_ms) && wait_ms > 0 && wait_ms <= 50,
	      "watch: a file that is being written is due in a moment: %d ms", (int)wait_ms);
	for (i = 0; due < 0 && i < 200; i++) { /* 2 s of writing, as the clock is told */
		need(write(fd, "a", 1) == 1 && !watch_read(w, start + 10 * i), "events");
		if (watch_due(w, start + 10 * i, &wait_ms) == 1 << LOG)
			due = 10 * i;
	}
	check(due >= 500 && due <= 1010, "watch: it is after a second at the latest: %d ms",
	      (int)due);
	close(fd);
	check(at_once(w) == 1 << LOG, "watch: and when it is closed");
}

static void test_missing(struct watch *w)
{
	need(!mkdir(FLASH "/deep", 0755), "mkdir");
	at_once(w);
	need(!mkdir(FLASH "/deep/er", 0755), "mkdir");
	puts_file(FLASH "/deep/er/x", "1");
	check(until(w, 1 << DEEP) & 1 << DEEP, "watch: directories that are made later");
	at_once(w);
	need(!flash_replace(FLASH "/deep/er/x", "2", 1), "replace");
	check(at_once(w) == 1 << DEEP, "watch: and changes in them");
	need(!rename(FLASH "/deep", FLASH "/gone"), "rename");
	check(until(w, 1 << DEEP) & 1 << DEEP, "watch: a directory that is moved away");
	puts_file(FLASH "/deep/er/x", "3");
	check(until(w, 1 << DEEP) & 1 << DEEP, "watch: another in its place");
	at_once(w);
	need(!flash_replace(FLASH "/gone/er/x", "4", 1), "replace");
	check(!at_once(w), "watch: what was moved away does not count");
	need(!flash_replace(FLASH "/deep/er/x", "5", 1), "replace");
	check(at_once(w) == 1 << DEEP, "watch: the one in its place does");
}

static void test_overflow(struct watch *w)
{
	unsigned long max = 0, i;
	FILE *f = fopen("/proc/sys/fs/inotify/max_queued_events", "r");
	int fd;

	if (!f || fscanf(f, "%lu", &max) != 1 || max > 100000) {
		check(true, "watch: a queue that overflows # SKIP it is too long");
		return;
	}
	fclose(f);
	fd = open(FLASH "/log/events", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	for (i = 0; i < max / 2 + 100; i++) /* different ones: the same is told once */
		need(write(fd, "a", 1) == 1 && !fchmod(fd, i % 2 ? 0600 : 0644), "events");
	close(fd);
	check((at_once(w) & 15) == 15, "watch: a queue that overflowed means every item");
}

void test_watch(void)
{
	char why[SYNC_WHY_MAX];
	struct watch *w;

	reset(FLASH);
	puts_file(FLASH "/security/x", "");
	puts_file(FLASH "/config/x", "");
	puts_file(FLASH "/log/x", "");
	puts_file(FLASH "/sync/state", "");
	need(!watch_open(&w, FLASH, policy(ITEMS), why), why);
	check((at_once(w) & 15) == 15 && !at_once(w),
	      "watch: at first everything is to be looked at");
	test_replaced(w);
	test_written(w);
	test_missing(w);
	test_overflow(w);
	watch_close(w);
}

/* ---- hooks ------------------------------------------------------------------------ */

static char results[2000];

static void result(void *data, const char *name, int status, const char *text)
{
	size_t len = strlen(results);

	snprintf(results + len, sizeof(results) - len, "%s:%d:%s\n", name, status, text);
}

static void program(const char *path, const char *text)
{
	put(path, text, strlen(text), 0755);
}

static void hook(const char *name, const char *text)
{
	char path[300];

	snprintf(path, sizeof(path), "hooks/%s", name);
	program(path, text);
}

static int run(int limit_ms, int all_ms)
{
	results[0] = '\0';
	return hooks_run("hooks", "PHASE=config", limit_ms, now() + all_ms, result, NULL);
}

/* Has the process of that number ended, within ten seconds? A zombie has. */
static bool ended(const char *file)
{
	char text[32], path[64], stat[512];
	int64_t end = now() + 10000;
	const char *state;

	need(flash_read(file, text, sizeof(text)) > 0, file);
	snprintf(path, sizeof(path), "/proc/%d/stat", atoi(text));
	for (; now() < end; usleep(5000)) {
		if (flash_read(path, stat, sizeof(stat)) <= 0)
			return true;
		state = strrchr(stat, ')');
		if (state && state[2] == 'Z')
			return true;
	}
	return false;
}

static void test_order(void)
{
	unlink("order");
	reset("hooks");
	hook("20-b", "#!/bin/sh\necho b$PHASE >>order; echo said; echo more; exit 3\n");
	hook("10-a", "#!/bin/sh\necho a >>order; cat\n");
	hook("30-c", "#!/bin/sh\necho c >>order; kill -9 $$\n");
	hook("40-d.bak", "#!/bin/sh\necho wrong >>order\n");
	hook("50-e", "no program");
	hook("60-f", "#!/bin/sh\necho f >>order\n");
	need(!chmod("hooks/60-f", 0644), "chmod");
	need(!mkdir("hooks/70-g", 0755) && !symlink("10-a", "hooks/80-h"), "hooks");
	check(run(5000, 20000) == 3 && has_text("order", "a\nbconfig\nc\n"),
	      "hooks run in the order of their names, also after one that failed");
	check(strstr(results, "10-a:0:\n20-b:3:said\n30-c:137:\n50-e:127:") == results &&
		      !strstr(results, "-f:") && !strstr(results, "-g:") && !strstr(results, "-h:"),
	      "their results and first words are told; what is no program is left alone");
	check(hooks_run("nowhere", NULL, 1, now() + 1, result, NULL) == 0 &&
		      hooks_run("order", NULL, 1, now() + 1, result, NULL) == -ENOTDIR,
	      "a directory that is not there has none");
}

static void test_limits(void)
{
	int64_t start = now();

	reset("hooks");
	hook("1", "#!/bin/sh\nsleep 1000 & echo $! >child.new; mv child.new child; wait\n");
	hook("2", "#!/bin/sh\nexec >&- 2>&- <&-; trap '' TERM; sleep 1000\n");
	hook("3", "#!/bin/sh\nyes | head -c 1000000; exit 0\n");
	check(run(700, 60000) == 2 && strstr(results, "1:-1:") && strstr(results, "2:-1:") &&
		      strstr(results, "3:0:y\n") && now() - start < 30000,
	      "N-011: a hook that does not end is killed at its limit, and named");
	check(ended("child"), "its children end with it");
	start = now();
	check(run(60000, 600) == 3 && strstr(results, "1:-1:") && strstr(results, "2:-3:") &&
		      strstr(results, "3:-3:") && now() - start < 30000,
	      "when the time for all is over the others are left out, and said to be");
	hook("1", "#!/bin/sh\nsleep 1000 & echo $! >child.new; mv child.new child; exit 0\n");
	hook("2", "#!/bin/sh\nexit 0\n");
	start = now();
	check(run(20000, 60000) == 0 && ended("child") && now() - start < 15000,
	      "a hook that leaves a child behind has ended, and the child ends");
}

static void test_command(void)
{
	struct pollfd p = { .events = POLLIN };
	int64_t deadline = now() + 10000;
	struct hook h;

	need(!hook_start(&h, "/bin/sh -c \"echo x; exit 4\"", NULL, deadline), "hook_start");
	p.fd = h.fd;
	while (!hook_reap(&h, now()))
		need(poll(&p, 1, 10000) > 0, "poll");
	check(h.ended && h.status == 4 && h.fd == -1 && !strcmp(h.text, "x\n"),
	      "A-054: the command after a commit: its words, its result, without waiting for it");
	check(hook_start(&h, "\"", NULL, deadline) == -EINVAL, "a command that is none");
}

/* log.c has it in the daemon, and needs a driver. */
int64_t clock_ms(void)
{
	return now();
}

static void test_child(void)
{
	int64_t start = now();
	struct child_end end;
	char path[1200];

	reset("bin");
	program("bin/redctl", "#!/bin/sh\nexec >&- 2>&-\nexec sleep 1000\n");
	need(getcwd(path, 500), "getcwd");
	snprintf(path + strlen(path), 600, "/bin:%.500s", getenv("PATH"));
	need(!setenv("PATH", path, 1), "setenv");
	child_redctl(0, "none", now() + 500, &end);
	check(end.status == -1 && now() - start < 30000,
	      "a redctl that closed its output and goes on is given up at its deadline");
	program("bin/redctl", "#!/bin/sh\nexec >&- 2>&-\nexit 3\n");
	child_redctl(0, "none", now() + 20000, &end);
	check(end.status == 3, "one that ends by itself is heard");
}

void test_hooks(void)
{
	test_child();
	test_order();
	test_limits();
	test_command();
}
