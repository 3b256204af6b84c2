// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tests what a crash leaves: a commit is ended between any two system calls, by a
 * kill and by a loss of the power, and so is the recovery. What is there then has
 * to be the old or the new set, whole; and once a commit has answered, the new.
 */
#include <sys/wait.h>
#include "loss.h"
#include "t.h"

#define REST " direction to-standby when at-once\n"
#define ITEMS                                                                               \
	"item set class configuration path d/a,d/b,d/c,e/,top" REST "item one class image " \
	"path image" REST

enum { SET, ONE };

static const struct sync_policy *rules;
static struct sync_manifest target[2];

/* The two sets: of five files one stays, two are replaced, one goes, one comes. */
static void old_set(const char *dir)
{
	char path[64];

	reset(dir);
	sprintf(path, "%s/d/a", dir);
	puts_file(path, "old a, which is long enough to be torn");
	sprintf(path, "%s/d/b", dir);
	puts_file(path, "old b");
	sprintf(path, "%s/e/x", dir);
	puts_file(path, "same");
	sprintf(path, "%s/top", dir);
	puts_file(path, "old top");
	sprintf(path, "%s/image", dir);
	puts_file(path, "old image");
}

static bool is_old(unsigned int item)
{
	if (item == ONE)
		return has_text(FLASH "/image", "old image");
	return has_text(FLASH "/d/a", "old a, which is long enough to be torn") &&
	       has_text(FLASH "/d/b", "old b") && !there(FLASH "/d/c") &&
	       has_text(FLASH "/e/x", "same") && !there(FLASH "/e/y") &&
	       has_text(FLASH "/top", "old top");
}

static void new_set(const char *dir)
{
	char path[64];

	reset(dir);
	sprintf(path, "%s/d/a", dir);
	puts_file(path, "new a");
	sprintf(path, "%s/d/c", dir);
	puts_file(path, "new c, as long as it may be");
	sprintf(path, "%s/e/x", dir);
	puts_file(path, "same");
	sprintf(path, "%s/e/y", dir);
	puts_file(path, "new y");
	sprintf(path, "%s/top", dir);
	puts_file(path, "new top");
	sprintf(path, "%s/image", dir);
	puts_file(path, "new image, longer than the other");
}

static bool is_new(unsigned int item)
{
	if (item == ONE)
		return has_text(FLASH "/image", "new image, longer than the other");
	return has_text(FLASH "/d/a", "new a") && !there(FLASH "/d/b") &&
	       has_text(FLASH "/d/c", "new c, as long as it may be") &&
	       has_text(FLASH "/e/x", "same") && has_text(FLASH "/e/y", "new y") &&
	       has_text(FLASH "/top", "new top");
}

static void make_target(unsigned int item)
{
	char why[SYNC_WHY_MAX];
	struct store *s;

	need(!store_open(&s, "from", rules, "C1", "M1", why), why);
	need(scan(s, item, 0, why), why);
	need(!manifest_copy(&target[item], store_manifest(s, item, 0)), "copy");
	target[item].generation = 9;
	strcpy(target[item].chassis, "C1");
	strcpy(target[item].origin, "M1");
	store_close(s);
}

/* In a child. */
static void replace(unsigned int item, enum loss kind, long effects, unsigned int seed, bool after)
{
	char why[SYNC_WHY_MAX];
	struct store *s;
	struct txn *t;

	loss_arm(kind, effects, seed);
	if (store_open(&s, FLASH, rules, "C1", "M2", why) || store_recover(s, why) < 0 ||
	    txn_begin(&t, s, item, 0, &target[item], why) || fill(t, "from", why) ||
	    txn_commit(t, why)) {
		printf("# %s\n", why);
		fflush(stdout);
		_exit(1);
	}
	if (after)
		loss_now();
	_exit(0);
}

static void recover(enum loss kind, long effects, unsigned int seed)
{
	char why[SYNC_WHY_MAX];
	struct store *s;

	loss_arm(kind, effects, seed);
	_exit(store_open(&s, FLASH, rules, "C1", "M2", why) || store_recover(s, why) < 0);
}

static int end_of(pid_t pid)
{
	int status;

	need(pid > 0 && waitpid(pid, &status, 0) == pid, "fork");
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int run_replace(unsigned int item, enum loss kind, long effects, unsigned int seed,
		       bool after)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid)
		replace(item, kind, effects, seed, after);
	return end_of(pid);
}

static int run_recover(enum loss kind, long effects, unsigned int seed)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid)
		recover(kind, effects, seed);
	return end_of(pid);
}

struct tally {
	unsigned int crashes, torn, behind, stuck;
};

/* What is there after the crash and the recovery; then the replacement goes on. */
static void look(unsigned int item, struct tally *t, const char *what, long effects)
{
	struct store *s = NULL;
	char why[SYNC_WHY_MAX] = "";
	bool torn;

	if (store_open(&s, FLASH, rules, "C1", "M2", why) || store_recover(s, why) < 0) {
		printf("# %s: effect %ld: %s\n", what, effects, why);
		t->stuck++;
		if (s)
			store_close(s);
		return;
	}
	torn = !is_old(item) && !is_new(item);
	/* who has the generation has its files */
	if (store_mark(s, item, 0)->generation == 9 && !is_new(item))
		t->behind++;
	store_close(s);
	if (torn)
		printf("# %s: effect %ld: neither the old nor the new set\n", what, effects);
	t->torn += torn;
	t->crashes++;
	if (run_replace(item, LOSS_KILL, -1, 0, false) || !is_new(item))
		t->stuck++;
}

static void crash_everywhere(unsigned int item, enum loss kind, unsigned int rounds,
			     const char *what)
{
	struct tally t = {};
	unsigned int round, lost = 0;
	long n;
	int ret;

	for (round = 0; round < rounds; round++) {
		for (n = 0;; n++) {
			old_set(FLASH);
			ret = run_replace(item, kind, n, 1000 * round + n, false);
			if (ret != LOSS_EXIT)
				break;
			/* the recovery is interrupted now and then as well */
			if (n % 3 == round % 3)
				run_recover(kind, 1 + (n * 7 + round) % 12, n);
			look(item, &t, what, n);
		}
		need(!ret, what);
		lost += !is_new(item);
	}
	check(t.crashes >= 10 && !t.torn && !t.stuck && !t.behind,
	      "I4 A-058: %s at each of %u points: old or new, whole (%u torn, %u stuck, %u wrong)",
	      what, t.crashes / rounds, t.torn, t.stuck, t.behind);
	for (n = 0; n < 20; n++) {
		old_set(FLASH);
		ret = run_replace(item, kind, -1, n, true);
		need(ret == LOSS_EXIT, what);
		ret = run_recover(LOSS_KILL, -1, 0);
		lost += ret || !is_new(item);
	}
	check(!lost, "I4: %s once the commit has answered: the new set, each time", what);
}

/* A local writer of one file, as every command is. */
static void crash_replace(void)
{
	unsigned int torn = 0;
	char text[64];
	pid_t pid;
	long n;
	int ret = LOSS_EXIT, len;

	for (n = 0; ret == LOSS_EXIT; n++) {
		old_set(FLASH);
		pid = fork();
		if (!pid) {
			loss_arm(LOSS_POWER, n % 20, n);
			flash_replace(FLASH "/top", "newer", 5);
			if (n < 40)
				loss_now();
			_exit(0);
		}
		ret = end_of(pid);
		len = flash_read(FLASH "/top", text, sizeof(text));
		torn += len < 0 || (strcmp(text, "old top") && strcmp(text, "newer")) ||
			(n % 20 > 10 && strcmp(text, "newer"));
	}
	check(!torn,
	      "A-058: one file over a loss of the power: the old or the new, once said the new");
}

void test_crash(void)
{
	rules = policy(ITEMS);
	new_set("from");
	make_target(SET);
	make_target(ONE);
	crash_everywhere(SET, LOSS_KILL, 1, "the replacement of a set is killed");
	crash_everywhere(SET, LOSS_POWER, 2, "the power is lost during the replacement of a set");
	crash_everywhere(ONE, LOSS_KILL, 1, "the replacement of a file is killed");
	crash_everywhere(ONE, LOSS_POWER, 3, "the power is lost during the replacement of a file");
	crash_replace();
	manifest_free(&target[SET]);
	manifest_free(&target[ONE]);
}
