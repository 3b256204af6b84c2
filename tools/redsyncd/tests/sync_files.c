// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests scans and transactions on files. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <gnutls/crypto.h>
#include "t.h"

#define REST " direction to-standby when at-once\n"
#define ITEMS                                                                               \
	"item config class configuration path config/config1,config/config2,config/assign," \
	"boot.env" REST "item security class security path security/" REST                  \
	"item primary class image path primary.itb" REST                                    \
	"item log class log path log/ direction to-active when at-once\n"

enum { CONFIG, SECURITY, PRIMARY, LOG };

/* ---- scans ------------------------------------------------------------------------ */

static void test_refused(struct store *s)
{
	char why[SYNC_WHY_MAX];

	need(!symlink("/etc/passwd", FLASH "/security/link"), "symlink");
	check(!scan(s, SECURITY, 0, why) && strstr(why, "security/link is a link"),
	      "a link in a directory is refused: %s", why);
	need(!unlink(FLASH "/security/link"), "link");
	need(!mkfifo(FLASH "/security/fifo", 0600), "mkfifo");
	check(store_scan(s, SECURITY, 0, SIZE_MAX, why) == -EPERM && strstr(why, "security/fifo"),
	      "a fifo is refused, and nobody waits for it");
	need(!unlink(FLASH "/security/fifo"), "fifo");
	if (!mknod(FLASH "/security/null", S_IFCHR | 0600, 0x103)) {
		check(store_scan(s, SECURITY, 0, SIZE_MAX, why) == -EPERM, "a device is refused");
		need(!unlink(FLASH "/security/null"), "null");
	}
	puts_file(FLASH "/security/b\x01", "x");
	check(!scan(s, SECURITY, 0, why) && strstr(why, "cannot be kept equal"),
	      "a name that cannot be kept equal is said");
	need(!unlink(FLASH "/security/b\x01"), "name");
	need(!rename(FLASH "/config", FLASH "/elsewhere"), "rename");
	need(!symlink("elsewhere", FLASH "/config"), "symlink");
	check(!scan(s, CONFIG, 0, why), "a link in the place of a directory is refused: %s", why);
	need(!unlink(FLASH "/config") && !rename(FLASH "/elsewhere", FLASH "/config"), "rename");
	need(!mkdir(FLASH "/primary.itb", 0755), "mkdir");
	check(store_scan(s, PRIMARY, 0, SIZE_MAX, why) == -EPERM, "a directory is no image");
	need(!rmdir(FLASH "/primary.itb"), "rmdir");
}

static void test_limits(struct store *s)
{
	char why[SYNC_WHY_MAX], name[64];
	int i;

	need(!truncate(FLASH "/security/a", (1 << 20) + 1), "truncate");
	check(store_scan(s, SECURITY, 0, SIZE_MAX, why) == -EFBIG && strstr(why, "1048576 bytes"),
	      "an item over its limit is refused: %s", why);
	put(FLASH "/security/a", "secret", 6, 0600);
	for (i = 0; i < SYNC_FILES_MAX; i++) {
		sprintf(name, FLASH "/security/n%d", i);
		puts_file(name, "x");
	}
	check(store_scan(s, SECURITY, 0, SIZE_MAX, why) == -EFBIG && strstr(why, "256 files"),
	      "too many files are refused");
	for (i = 0; i < SYNC_FILES_MAX; i++) {
		sprintf(name, FLASH "/security/n%d", i);
		need(!unlink(name), name);
	}
}

static void test_changes(struct store *s)
{
	const struct sync_manifest *m;
	uint8_t was[SYNC_DIGEST], digest[SYNC_DIGEST];
	char why[SYNC_WHY_MAX];
	struct timespec times[2];
	struct stat st;

	m = scan(s, SECURITY, 0, why);
	need(m, why);
	need(gnutls_hash_fast(GNUTLS_DIG_SHA256, "secret", 6, digest) >= 0, "hash");
	check(m->count == 1 && !strcmp(m->file[0].path, "security/a") && m->file[0].mode == 0600 &&
		      m->file[0].size == 6 && !memcmp(m->file[0].digest, digest, SYNC_DIGEST),
	      "a scan has path, mode, size and digest; not what is hidden or temporary");
	memcpy(was, m->digest, SYNC_DIGEST);
	need(!stat(FLASH "/security/a", &st), "stat");
	put(FLASH "/security/a", "sEcret", 6, 0600);
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	need(!utimensat(AT_FDCWD, FLASH "/security/a", times, 0), "utimensat");
	m = scan(s, SECURITY, 0, why);
	check(m && memcmp(was, m->digest, SYNC_DIGEST),
	      "N-004: one bit at once after the scan, with the old time and size, is found");
	need(!chmod(FLASH "/security/a", 0640), "chmod");
	memcpy(was, m->digest, SYNC_DIGEST);
	m = scan(s, SECURITY, 0, why);
	check(m && memcmp(was, m->digest, SYNC_DIGEST), "another mode is a change");
	need(!chmod(FLASH "/security/a", 0600), "chmod");
}

/* Return: whether it was read in pieces of the budget, and is whole. */
static void test_budget(struct store *s)
{
	static uint8_t image[300000];
	const struct sync_manifest *m;
	uint8_t digest[SYNC_DIGEST];
	char why[SYNC_WHY_MAX];
	int calls = 0, fd;

	memset(image, 7, sizeof(image));
	put(FLASH "/primary.itb", image, sizeof(image), 0644);
	while (store_scan(s, PRIMARY, 0, 50000, why) == 1)
		calls++;
	m = store_manifest(s, PRIMARY, 0);
	need(m && gnutls_hash_fast(GNUTLS_DIG_SHA256, image, sizeof(image), digest) >= 0, why);
	check(calls >= 5 && !memcmp(m->file[0].digest, digest, SYNC_DIGEST),
	      "an image is read in pieces: %d calls", calls + 1);
	usleep(150000); /* younger files are read again */
	need(scan(s, PRIMARY, 0, why), why);
	check(store_scan(s, PRIMARY, 0, 1, why) == 0, "one that did not change is not read again");
	store_forget(s, PRIMARY, 0);
	check(store_scan(s, PRIMARY, 0, 1, why) == 1, "N-004: the scrub reads every byte");
	need(scan(s, PRIMARY, 0, why), why);
	fd = store_open_file(s, PRIMARY, 0);
	check(fd >= 0, "a file is opened for sending");
	close(fd);
	put(FLASH "/primary.itb", image, sizeof(image) - 1, 0644);
	check(store_open_file(s, PRIMARY, 0) == -ESTALE, "one that changed is scanned first");
	store_scan(s, PRIMARY, 0, 1000, why);
	need(!unlink(FLASH "/primary.itb"), "unlink");
	m = scan(s, PRIMARY, 0, why);
	check(m && !m->count, "a file that goes during the scan is gone");
}

static void test_log(struct store *s)
{
	char why[SYNC_WHY_MAX];
	int fd;

	puts_file(FLASH "/log/events-1", "one\n");
	puts_file(FLASH "/log/mm2/events-7", "not mine\n");
	need(scan(s, LOG, 0, why) && store_manifest(s, LOG, 0)->count == 1, "log");
	fd = open(FLASH "/log/events-1", O_WRONLY | O_APPEND | O_CLOEXEC);
	need(fd >= 0 && write(fd, "two\n", 4) == 4 && !close(fd), "append");
	fd = store_open_file(s, LOG, 0);
	check(fd >= 0, "a log that grew meanwhile can be sent as it was");
	close(fd);
	check(scan(s, LOG, 2, why) && store_manifest(s, LOG, 2)->count == 1 &&
		      !strcmp(store_manifest(s, LOG, 2)->file[0].path, "log/events-7"),
	      "the other module's log is a copy of its own, named as there");
	need(!unlink(FLASH "/log/mm2/events-7"), "unlink");
}

void test_scan(void)
{
	struct store *s;

	reset(FLASH);
	s = open_store(policy(ITEMS), "M1");
	puts_file(FLASH "/config/config1", "hostname a\n");
	put(FLASH "/security/a", "secret", 6, 0600);
	puts_file(FLASH "/security/.lock", "");
	puts_file(FLASH "/security/a.new", "half");
	puts_file(FLASH "/security/below/a", "x");
	test_refused(s);
	test_limits(s);
	test_changes(s);
	test_budget(s);
	test_log(s);
	store_close(s);
}

/* ---- transactions ----------------------------------------------------------------- */

/* The manifest of what is below "from", with a generation. */
static void target(const struct sync_policy *p, unsigned int item, uint64_t generation,
		   struct sync_manifest *m)
{
	char why[SYNC_WHY_MAX];
	struct store *s;

	need(!store_open(&s, "from", p, "C1", "M1", why), why);
	need(scan(s, item, 0, why), why);
	need(!manifest_copy(m, store_manifest(s, item, 0)), "copy");
	m->generation = generation;
	strcpy(m->chassis, "C1");
	strcpy(m->origin, "M1");
	store_close(s);
}

static void sender(void)
{
	static uint8_t big[70000];

	reset("from");
	memset(big, 'b', sizeof(big));
	put("from/config/config1", big, sizeof(big), 0644);
	puts_file("from/config/assign", "primary=config1\n");
	puts_file("from/boot.env", "default=secondary\n");
	put("from/security/key", "new key", 7, 0600);
}

static bool is_new(void)
{
	static uint8_t big[70000];

	memset(big, 'b', sizeof(big));
	return has(FLASH "/config/config1", big, sizeof(big)) && !there(FLASH "/config/config2") &&
	       has_text(FLASH "/config/assign", "primary=config1\n") &&
	       has_text(FLASH "/boot.env", "default=secondary\n");
}

static void receiver(void)
{
	reset(FLASH);
	puts_file(FLASH "/config/config1", "old");
	puts_file(FLASH "/config/config2", "old, too");
	puts_file(FLASH "/config/assign", "primary=config2\n");
	put(FLASH "/boot.env", "default=secondary\n", 18, 0600);
}

static bool is_old(void)
{
	return has_text(FLASH "/config/config1", "old") &&
	       has_text(FLASH "/config/config2", "old, too") &&
	       has_text(FLASH "/config/assign", "primary=config2\n");
}

static void test_whole(const struct sync_policy *p)
{
	struct store *s = open_store(p, "M2");
	struct sync_manifest m;
	char why[SYNC_WHY_MAX];
	struct stat st;
	struct txn *t, *u;

	target(p, CONFIG, 5, &m);
	need(!txn_begin(&t, s, CONFIG, 0, &m, why), why);
	check(txn_need(t, 1).needed && !txn_need(t, 0).needed,
	      "only what differs is sent: not a file of another mode");
	check(txn_begin(&u, s, CONFIG, 0, &m, why) == -EBUSY, "one transaction of an item");
	need(!fill(t, "from", why), why);
	check(is_old(), "before the commit the old set is there");
	check(!txn_commit(t, why) && is_new(), "a set is replaced; deletions travel");
	check(!stat(FLASH "/boot.env", &st) && (st.st_mode & 07777) == 0644, "so do modes");
	check(store_mark(s, CONFIG, 0)->generation == 5 &&
		      !strcmp(store_mark(s, CONFIG, 0)->origin, "M1") &&
		      !memcmp(store_manifest(s, CONFIG, 0)->digest, m.digest, SYNC_DIGEST) &&
		      scan(s, CONFIG, 0, why) &&
		      !memcmp(store_manifest(s, CONFIG, 0)->digest, m.digest, SYNC_DIGEST),
	      "I4: the generation and its origin come with it");
	check(!there(FLASH "/sync/journal"), "no journal is left");
	store_close(s);
	s = open_store(p, "M2");
	check(store_recover(s, why) == 0 && store_mark(s, CONFIG, 0)->generation == 5,
	      "and are there after a restart");
	store_close(s);
	manifest_free(&m);
}

static void test_resume(const struct sync_policy *p)
{
	struct store *s = open_store(p, "M2");
	struct sync_manifest m;
	char why[SYNC_WHY_MAX], b[1000];
	struct txn *t;
	int n;

	memset(b, 'b', sizeof(b));
	target(p, CONFIG, 6, &m);
	n = manifest_file(&m, "config/config1");
	need(!txn_begin(&t, s, CONFIG, 0, &m, why), why);
	need(!txn_write(t, n, 0, b, 1000, why) && !txn_write(t, n, 1000, b, 500, why), why);
	check(txn_write(t, n, 0, b, 10, why) == -EINVAL &&
		      txn_write(t, n, 1501, b, 10, why) == -EINVAL &&
		      txn_write(t, 99, 0, b, 10, why) == -EINVAL &&
		      txn_write(t, 0, 0, b, 10, why) == -EINVAL,
	      "bytes that were not wanted are refused");
	check(txn_prepare(t, SIZE_MAX, why) == -EINVAL && strstr(why, "bytes are missing"),
	      "a commit before all is there is refused");
	txn_drop(t, true);
	store_close(s);
	s = open_store(p, "M2");
	need(!txn_begin(&t, s, CONFIG, 0, &m, why), why);
	check(txn_need(t, n).have == 1500, "a transfer goes on where the link broke");
	need(!fill(t, "from", why), why);
	check(!txn_commit(t, why) && is_new(), "and is whole");
	store_close(s);
	manifest_free(&m);
}

static void test_mismatch(const struct sync_policy *p)
{
	struct store *s = open_store(p, "M2");
	struct sync_manifest m;
	char why[SYNC_WHY_MAX];
	struct txn *t;

	target(p, CONFIG, 6, &m);
	m.file[manifest_file(&m, "config/assign")].digest[5] ^= 1;
	need(!manifest_seal(&m) && !txn_begin(&t, s, CONFIG, 0, &m, why), why);
	need(!fill(t, "from", why), why);
	check(txn_commit(t, why) == -EBADMSG && strstr(why, "config/assign: the digest is wrong") &&
		      is_old(),
	      "a file that is not what its digest says: nothing is replaced");
	need(!txn_begin(&t, s, CONFIG, 0, &m, why), why);
	check(!txn_need(t, manifest_file(&m, "config/assign")).have &&
		      txn_need(t, manifest_file(&m, "config/config1")).have == 70000,
	      "its bytes are gone, the others are kept");
	txn_drop(t, false);
	need(!txn_begin(&t, s, CONFIG, 0, &m, why), why);
	check(!txn_need(t, manifest_file(&m, "config/config1")).have, "dropped means gone");
	txn_drop(t, false);
	manifest_free(&m);
	target(p, CONFIG, 6, &m);
	need(!txn_begin(&t, s, CONFIG, 0, &m, why) && !fill(t, "from", why), why);
	puts_file(FLASH "/boot.env", "changed");
	check(txn_commit(t, why) == -ESTALE && is_old(),
	      "A-056: a set that is changed here meanwhile is not mixed");
	store_close(s);
	manifest_free(&m);
}

static void test_outside(const struct sync_policy *p)
{
	static const char *const paths[] = { "../x",	   "/etc/passwd", "config/config9",
					     "security/k", "config/../x", "sync/state" };
	struct store *s = open_store(p, "M2");
	struct sync_manifest m = { .item = "config" };
	struct sync_file f = { .mode = 0644 };
	unsigned int i, taken = 0;
	char why[SYNC_WHY_MAX];
	struct txn *t;

	for (i = 0; i < ARRAY_SIZE(paths); i++) {
		strcpy(f.path, paths[i]);
		need(!manifest_add(&m, &f) && !manifest_seal(&m), "add");
		taken += txn_begin(&t, s, CONFIG, 0, &m, why) != -EPERM || !strstr(why, paths[i]);
		m.count = 0;
		free(m.file);
		m.file = NULL;
	}
	check(!taken, "I6: a path outside of the policy is refused");
	strcpy(m.item, "security");
	check(txn_begin(&t, s, CONFIG, 0, &m, why) == -EPERM, "I6: another item's manifest, too");
	strcpy(m.item, "config");
	strcpy(f.path, "boot.env");
	f.size = (1 << 20) + 1;
	need(!manifest_add(&m, &f) && !manifest_seal(&m), "add");
	check(txn_begin(&t, s, CONFIG, 0, &m, why) == -EFBIG, "I6: one that is too long, too");
	manifest_free(&m);
	store_close(s);
}

/* A link that appears where the policy's directory was is not followed by the commit. */
static void test_link(const struct sync_policy *p)
{
	struct store *s = open_store(p, "M2");
	struct sync_manifest m;
	char why[SYNC_WHY_MAX];
	struct stat st;
	struct txn *t;

	reset("outside");
	target(p, SECURITY, 1, &m);
	need(!txn_begin(&t, s, SECURITY, 0, &m, why) && !fill(t, "from", why), why);
	need(!symlink("../outside", FLASH "/security"), "symlink");
	check(txn_commit(t, why) && !there("outside/key"), "I6: a commit follows no link: %s", why);
	need(!unlink(FLASH "/security"), "unlink");
	need(!txn_begin(&t, s, SECURITY, 0, &m, why) && !fill(t, "from", why), why);
	check(!txn_commit(t, why) && has_text(FLASH "/security/key", "new key"),
	      "a directory that is not there is made");
	check(!stat(FLASH "/security", &st) && (st.st_mode & 07777) == 0700,
	      "that of keys for root alone");
	store_close(s);
	manifest_free(&m);
}

/* In a child: a file may not grow beyond 20000 bytes. Return: what check() needs. */
static int small_files(const struct sync_policy *p)
{
	struct rlimit limit = { 20000, 20000 };
	struct store *s = open_store(p, "M2");
	struct sync_manifest m;
	char why[SYNC_WHY_MAX];
	struct txn *t;
	int err;

	target(p, CONFIG, 6, &m);
	need(!txn_begin(&t, s, CONFIG, 0, &m, why), why);
	need(!setrlimit(RLIMIT_FSIZE, &limit), "setrlimit");
	err = fill(t, "from", why);
	if (err != -EFBIG || strcmp(why, "config/config1: disk full"))
		return 1;
	txn_drop(t, false);
	return is_old() ? 0 : 2;
}

/* In a child: a flash of 256 KiB. */
static int small_disk(const struct sync_policy *p)
{
	struct store *s;
	struct sync_manifest m;
	static uint8_t image[400000];
	char why[SYNC_WHY_MAX];
	struct txn *t;

	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", FLASH, "tmpfs", 0, "size=256k"))
		return 77;
	puts_file(FLASH "/boot.env", "old");
	put("from/primary.itb", image, sizeof(image), 0644);
	s = open_store(p, "M2");
	target(p, PRIMARY, 1, &m);
	if (txn_begin(&t, s, PRIMARY, 0, &m, why) != -ENOSPC || strcmp(why, "disk full"))
		return 1;
	target(p, CONFIG, 1, &m);
	need(!txn_begin(&t, s, CONFIG, 0, &m, why), why);
	put(FLASH "/filler", image, 200000, 0644);
	if (fill(t, "from", why) != -ENOSPC || !strstr(why, "disk full"))
		return 2;
	txn_drop(t, false);
	if (!has_text(FLASH "/boot.env", "old"))
		return 3;
	need(!unlink(FLASH "/filler"), "filler");
	need(!txn_begin(&t, s, CONFIG, 0, &m, why) && !fill(t, "from", why), why);
	return txn_commit(t, why) || !is_new() ? 4 : 0;
}

static int in_child(int (*run)(const struct sync_policy *p), const struct sync_policy *p)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid)
		_exit(run(p));
	need(pid > 0 && waitpid(pid, &status, 0) == pid, "fork");
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_full(const struct sync_policy *p)
{
	int ret;

	receiver();
	check(in_child(small_files, p) == 0,
	      "a file that cannot grow: disk full, named, and nothing is replaced");
	ret = in_child(small_disk, p);
	if (ret == 77)
		check(true, "a full flash # SKIP no privileges to mount one");
	else
		check(!ret,
		      "a full flash is said, early or late; what was staged is given back: %d",
		      ret);
}

static long resident_kib(void)
{
	long pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	need(f && fscanf(f, "%*d %ld", &pages) == 1 && !fclose(f), "statm");
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void test_image(const struct sync_policy *p)
{
	static uint8_t piece[1 << 20];
	char why[SYNC_WHY_MAX], state[1000];
	struct sync_manifest m;
	struct store *s;
	struct txn *t;
	long before;
	int fd, i;

	receiver();
	fd = open("from/primary.itb", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	for (i = 0; i < 48; i++) {
		memset(piece, i, sizeof(piece));
		need(write(fd, piece, sizeof(piece)) == sizeof(piece), "image");
	}
	close(fd);
	target(p, PRIMARY, 3, &m);
	s = open_store(p, "M2");
	before = resident_kib();
	need(!txn_begin(&t, s, PRIMARY, 0, &m, why) && !fill(t, "from", why), why);
	check(!txn_commit(t, why) && resident_kib() - before < 4096,
	      "an image of 48 MiB in less than 4 MiB of memory: %ld KiB", resident_kib() - before);
	check(scan(s, PRIMARY, 0, why) && store_manifest(s, PRIMARY, 0)->bytes == 48 << 20 &&
		      !there(FLASH "/sync/journal"),
	      "an image needs no journal");
	need(flash_read(FLASH "/sync/state", state, sizeof(state)) <= 0, "state");
	store_equal(s, PRIMARY, 0, 77);
	check(flash_read(FLASH "/sync/state", state, sizeof(state)) > 0 &&
		      strstr(state, "item primary 0 3 ") && strstr(state, " 77 C1 M1\n"),
	      "its record is written when both sides are equal");
	store_close(s);
	manifest_free(&m);
	need(!unlink("from/primary.itb") && !unlink(FLASH "/primary.itb"), "image");
}

static void test_to_active(const struct sync_policy *p)
{
	struct store *s = open_store(p, "M1");
	struct sync_manifest m;
	char why[SYNC_WHY_MAX];
	struct txn *t;

	puts_file("from/log/events-1", "of module 2\n");
	puts_file("from/log/events-2", "more\n");
	puts_file(FLASH "/log/events-1", "of module 1\n");
	puts_file(FLASH "/log/mm2/events-0", "rotated away\n");
	target(p, LOG, 0, &m);
	need(!txn_begin(&t, s, LOG, 2, &m, why) && !fill(t, "from", why), why);
	check(!txn_commit(t, why) && has_text(FLASH "/log/mm2/events-1", "of module 2\n") &&
		      has_text(FLASH "/log/mm2/events-2", "more\n") &&
		      !there(FLASH "/log/mm2/events-0") &&
		      has_text(FLASH "/log/events-1", "of module 1\n"),
	      "the standby's log is beside the active's own, in log/mm2");
	store_close(s);
	manifest_free(&m);
}

/* In a child: files with a path from /, on another file system than the flash. */
static int far_away(const struct sync_policy *unused)
{
	struct sync_manifest m = { .item = "far", .generation = 4 };
	struct sync_file f = { .mode = 0600, .size = 3 };
	char text[1200], dir[PATH_MAX], why[SYNC_WHY_MAX];
	struct store *s;
	struct stat st;
	struct txn *t;

	reset("far");
	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", "far", "tmpfs", 0, "size=256k") || !realpath("far", dir) ||
	    strlen(dir) > 200)
		return 77;
	snprintf(text, sizeof(text), "item far class security path %.200s/x,%.200s/y" REST, dir,
		 dir);
	s = open_store(policy(text), "M2");
	puts_file("far/x", "old");
	need(gnutls_hash_fast(GNUTLS_DIG_SHA256, "abc", 3, f.digest) >= 0, "hash");
	snprintf(f.path, sizeof(f.path), "%.200s/x", dir);
	need(!manifest_add(&m, &f), "add");
	snprintf(f.path, sizeof(f.path), "%.200s/y", dir);
	need(!manifest_add(&m, &f) && !manifest_seal(&m), "add");
	need(!txn_begin(&t, s, 0, 0, &m, why) && !txn_write(t, 0, 0, "abc", 3, why) &&
		     !txn_write(t, 1, 0, "ab", 2, why) && !txn_write(t, 1, 2, "c", 1, why),
	     why);
	if (txn_commit(t, why) || !has_text("far/x", "abc") || !has_text("far/y", "abc"))
		return 1;
	if (stat("far/y", &st) || (st.st_mode & 07777) != 0600)
		return 2;
	return 0;
}

static void test_far(void)
{
	int ret = in_child(far_away, NULL);

	if (ret == 77)
		check(true, "files on another file system # SKIP no privileges to mount one");
	else
		check(!ret, "files with a path from /, on another file system than the flash: %d",
		      ret);
}

void test_txn(void)
{
	const struct sync_policy *p = policy(ITEMS);

	sender();
	receiver();
	test_whole(p);
	receiver();
	test_resume(p);
	receiver();
	test_mismatch(p);
	receiver();
	test_outside(p);
	test_link(p);
	test_full(p);
	test_image(p);
	test_to_active(p);
	test_far();
}
