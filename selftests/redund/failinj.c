// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's fault injection, and its stacks; see failnth.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "failnth.h"

#define DEBUGFS		"/sys/kernel/debug/"
#define PLACES		512
/* bits of /proc/sys/kernel/tainted: bad page, died, warned, soft lockup */
#define TAINT_WARN	0x0200UL
#define TAINTS		(0x0020UL | 0x0080UL | TAINT_WARN | 0x4000UL)

static int nth = -1, kmsg = -1, able = -1;
static struct fail_place places[PLACES];
static unsigned int n_places;
static char printk_levels[64];
static char splat[200];
static bool excused;

static bool put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return ok;
}

static bool get(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	return n > 0;
}

/* Sleeping allocations too, each with its stack in the log, which a console does
 * not have to show.
 */
static bool knobs(void)
{
	static const char * const kinds[] = { "failslab", "fail_page_alloc" };
	char path[128];
	unsigned int i;

	for (i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), DEBUGFS "%s/ignore-gfp-wait", kinds[i]);
		if (!put(path, "N"))
			return false;
		snprintf(path, sizeof(path), DEBUGFS "%s/task-filter", kinds[i]);
		put(path, "Y");
		snprintf(path, sizeof(path), DEBUGFS "%s/verbose", kinds[i]);
		put(path, "2");
		snprintf(path, sizeof(path), DEBUGFS "%s/verbose_ratelimit_interval_ms", kinds[i]);
		put(path, "0");
	}
	return true;
}

bool fail_init(void)
{
	nth = open("/proc/self/fail-nth", O_RDWR | O_CLOEXEC);
	able = open("/proc/self/make-it-fail", O_RDWR | O_CLOEXEC);
	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (nth < 0 || able < 0 || kmsg < 0 || !knobs())
		return false;
	get("/proc/sys/kernel/printk", printk_levels, sizeof(printk_levels));
	return put("/proc/sys/kernel/printk", "4");
}

void fail_exit(void)
{
	put(DEBUGFS "failslab/verbose", "0");
	put(DEBUGFS "fail_page_alloc/verbose", "0");
	put("/proc/sys/kernel/printk", printk_levels);
}

static void write_nth(int fd, unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	if (pwrite(fd, text, len, 0) != len) {
		printf("Bail out! fail-nth: %s\n", strerror(errno));
		exit(1);
	}
}

void fail_arm(unsigned int n)
{
	lseek(kmsg, 0, SEEK_END);
	write_nth(nth, n);
}

void fail_arm_task(pid_t pid, unsigned int n)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/fail-nth", pid);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;		/* a worker that has ended */
	write_nth(fd, n);
	close(fd);
}

/* What stands between the failure and who asked for memory. */
static bool of_allocator(const char *name)
{
	static const char * const begins[] = {
		"dump_", "show_stack", "should_fail", "__should_fail", "__kmalloc", "kmalloc",
		"__kvmalloc", "kvmalloc", "___kmalloc", "kmem_cache_", "kmemdup", "__alloc_skb",
		"__asan_", "__kasan_", "kasan_", "__alloc_pages", "__vmalloc", "_printk",
		"__might_", "trace_hardirqs", "um_set_signals", "set_track", "prepare_alloc",
		"kmemleak_", "_raw_spin_", "do_raw_spin_", "lock_", "__folio_alloc", "alloc_pages",
		"devm_kmalloc", "devm_kmemdup", "__get_vm_area", "fail_dump",
	};
	unsigned int i;

	for (i = 0; i < sizeof(begins) / sizeof(*begins); i++)
		if (!strncmp(name, begins[i], strlen(begins[i])))
			return true;
	return false;
}

/*
 * Of a line of the stack, "[<60222f2f>] ? name+0xd3/0xfb [redund]", which may be
 * what an older call left there: true if it is the one that asked.
 */
static bool asked(const char *line, struct fail_place *place)
{
	const char *name = strstr(line, ">] ");
	char word[80];

	if (!name)
		return false;
	name += strncmp(name, ">] ? ", 5) ? 3 : 5;
	if (strstr(name, "+0x0/") || of_allocator(name))
		return false;
	snprintf(word, sizeof(word), "%.*s", (int)strcspn(name, "/\n"), name);
	if (strstr(name, " [redund"))
		snprintf(place->name, sizeof(place->name), "%s", word);
	return true;
}

static void remember(const struct fail_place *place)
{
	unsigned int i;

	for (i = 0; i < n_places; i++)
		if (!strcmp(places[i].name, place->name))
			return;
	if (n_places < PLACES)
		places[n_places++] = *place;
}

/*
 * Warnings count, but for two of the kernel itself, as of 6.12: its trace events
 * warn when a module that is loaded has no memory for theirs, and lockdep does when
 * a workqueue could not be made.
 */
static void find_splat(const char *record)
{
	bool warning = strstr(record, "WARNING: ");

	if (!warning && !strstr(record, "BUG: "))
		return;
	if (warning && (strstr(record, " at kernel/trace/") ||
			strstr(record, " lockdep_unregister_key+")))
		excused = true;
	else if (!*splat)
		snprintf(splat, sizeof(splat), "%.*s", (int)strcspn(record, "\n"), record);
}

/* The log since fail_arm(): the first stack is that of the failure. */
static void find_place(struct fail_place *place)
{
	bool stack = false, done = false;
	char record[8192];
	ssize_t n;

	place->name[0] = '\0';
	for (;;) {
		n = read(kmsg, record, sizeof(record) - 1);
		if (n < 0 && errno == EPIPE)
			continue;	/* overwritten: it goes on with the next one */
		if (n <= 0)
			break;
		record[n] = '\0';
		find_splat(record);
		if (strstr(record, "Call Trace:"))
			stack = true;
		else if (stack && !done)
			done = asked(record, place);
	}
	if (place->name[0])
		remember(place);
}

bool fail_disarm(struct fail_place *place)
{
	char text[16] = "";
	bool failed = pread(nth, text, sizeof(text) - 1, 0) > 0 && !atoi(text);

	write_nth(nth, 0);
	find_place(place);
	return failed;
}

static void filter(const char *kind, const char *probability, unsigned long space)
{
	char path[128], text[32];

	snprintf(path, sizeof(path), DEBUGFS "%s/times", kind);
	put(path, "-1");
	snprintf(path, sizeof(path), DEBUGFS "%s/space", kind);
	snprintf(text, sizeof(text), "%lu", space);
	put(path, text);
	snprintf(path, sizeof(path), DEBUGFS "%s/probability", kind);
	put(path, probability);
}

/* Opened before: without memory nothing is. */
static void make_it_fail(const char *text)
{
	if (pwrite(able, text, 1, 0) == 1)
		return;
	printf("Bail out! make-it-fail: %s\n", strerror(errno));
	exit(1);
}

void fail_after(unsigned long bytes)
{
	lseek(kmsg, 0, SEEK_END);
	filter("fail_page_alloc", "100", 0);
	filter("failslab", "100", bytes);
	make_it_fail("1");
}

void fail_after_end(void)
{
	struct fail_place place;

	make_it_fail("0");
	filter("failslab", "0", 0);
	filter("fail_page_alloc", "0", 0);
	find_place(&place);
}

bool fail_splat(char *text, size_t size)
{
	bool any = *splat;

	snprintf(text, size, "%s", splat);
	*splat = '\0';
	return any;
}

unsigned int fail_places(void)
{
	return n_places;
}

void fail_print_places(void)
{
	unsigned int i;

	for (i = 0; i < n_places; i++)
		printf("# failed in %s\n", places[i].name);
}

unsigned long fail_taint(void)
{
	char text[32];

	get("/proc/sys/kernel/tainted", text, sizeof(text));
	return strtoul(text, NULL, 10) & TAINTS & (excused ? ~TAINT_WARN : ~0UL);
}
