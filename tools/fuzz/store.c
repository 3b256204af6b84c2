// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Hostile files of the synchronization's state: FLASH/sync/state, and behind a
 * byte 0xff FLASH/sync/journal. Whatever they say, opening and recovering ends,
 * touches nothing but the items' files, and leaves a state that reads the same
 * again. For this program "/" is a directory of its own: see __wrap_open().
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "../redsyncd/engine.h"
#include "fuzz.h"

#define STAGED "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"

const char *const fuzz_words[] = { "redund-sync 1\n",
				   "redund-journal 1\n",
				   "\xff",
				   "done 7\n",
				   "commit 8 config 0 1 " STAGED " C O\n",
				   "item config 0 12 " STAGED " 1700000000 C O\n",
				   "replace staged " STAGED " ",
				   "replace beside ",
				   "mode 777 ",
				   "remove ",
				   "config/config1",
				   "security/key",
				   "/etc/passwd",
				   "../flash/own",
				   "sync/state",
				   "boot.next",
				   "end\n",
				   "\n",
				   NULL };

static const char policy_text[] =
	"item config class configuration path config/config1,config/config2 direction to-standby when at-once\n"
	"item security class security path security/ direction to-standby when at-once\n"
	"item crash class crash path crash/ direction to-active when at-once\n";

static struct sync_policy policy;
static char root[128], flash[128];

int __wrap_open(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;

	va_start(ap, flags);
	if (flags & O_CREAT)
		mode = va_arg(ap, mode_t);
	va_end(ap);
	if (root[0] && !strcmp(path, "/"))
		path = root;
	return __real_open(path, flags, mode);
}

static void make_dir(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", fuzz_dir(), name);
	MUST(!mkdir(path, 0700) || errno == EEXIST);
}

static void put(const char *name, const char *text)
{
	fuzz_file(name, text, strlen(text));
}

/* What an execution may have changed, as it was. */
static void prepare(const uint8_t *data, size_t len)
{
	static const char *const dirs[] = {
		"flash",	"flash/sync",	  "flash/sync/staging", "flash/sync/staging/config",
		"flash/config", "flash/security", "flash/crash"
	};
	const uint8_t *end = len ? memchr(data, 0xff, len) : NULL;
	size_t n = end ? end - data : len;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(dirs); i++)
		make_dir(dirs[i]);
	put("flash/config/config1", "hostname one\n");
	put("flash/config/config2", "hostname two\n");
	put("flash/security/key", "secret\n");
	put("flash/sync/staging/config/" STAGED, "foo");
	fuzz_file("flash/sync/state", data, n);
	snprintf(flash, sizeof(flash), "%s/flash", fuzz_dir());
	if (end)
		fuzz_file("flash/sync/journal", end + 1, len - n - 1);
}

static void begin(void)
{
	char why[SYNC_WHY_MAX];

	MUST(!policy_parse(policy_text, &policy, why));
	make_dir("root");
	make_dir("root/etc");
	make_dir("flash");
	put("root/etc/passwd", "root\n");
	put("flash/own", "own\n");
	put("flash/boot.next", "primary\n");
	snprintf(root, sizeof(root), "%s/root", fuzz_dir());
}

/* A file that belongs to no item is as it was. */
static void check_file(const char *name, const char *text)
{
	char path[256], now[64];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", fuzz_dir(), name);
	MUST(!stat(path, &st) && (st.st_mode & 07777) == 0600);
	MUST(flash_read(path, now, sizeof(now)) == (int)strlen(text) && !strcmp(now, text));
}

static void check_marks(const struct store *a, const struct store *b)
{
	unsigned int i, from;

	for (i = 0; i < policy.count; i++) {
		for (from = 0; from <= SYNC_SLOTS; from++) {
			const struct sync_mark *m = store_mark(a, i, from),
					       *n = store_mark(b, i, from);

			MUST(m->generation == n->generation && m->equal_s == n->equal_s);
			MUST(!strcmp(m->chassis, n->chassis) && !strcmp(m->origin, n->origin));
			MUST(!memcmp(m->digest, n->digest, SYNC_DIGEST));
		}
	}
	MUST(a->done == b->done && !strcmp(a->other, b->other));
}

static void check_store(void)
{
	char why[SYNC_WHY_MAX] = "", journal[256];
	struct store *s, *again;
	int err = store_open(&s, flash, &policy, "CHASSIS", "SG1", why);

	if (err) {
		MUST(err < 0 && why[0]);
		return;
	}
	err = store_recover(s, why);
	MUST(err <= 1);
	MUST(!err || why[0]);
	if (err >= 0) {
		snprintf(journal, sizeof(journal), "%s/sync/journal", flash);
		MUST(access(journal, F_OK));
		MUST(!store_recover(s, why));
		MUST(!store_write(s));
		MUST(!store_open(&again, flash, &policy, "CHASSIS", "SG1", why));
		check_marks(s, again);
		store_close(again);
	}
	store_close(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (!root[0])
		begin();
	prepare(data, len);
	check_store();
	check_file("root/etc/passwd", "root\n");
	check_file("flash/own", "own\n");
	check_file("flash/boot.next", "primary\n");
	return 0;
}
