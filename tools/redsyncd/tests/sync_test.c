// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tests the engine of redsyncd (sync.h) on files: policy, manifests, scans,
 * generations, transactions, what a crash at any point leaves, the watch and the
 * hooks. Output is TAP.
 *
 *	sync_test POLICY-FILE DIRECTORY
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/stat.h>
#include "t.h"

static unsigned int tests, failed;

void check(bool ok, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %u - sync: ", ok ? "" : "not ", ++tests);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	fflush(stdout);
	failed += !ok;
}

void need(bool ok, const char *what)
{
	if (ok)
		return;
	printf("Bail out! %s\n", what);
	fflush(stdout);
	_exit(1);
}

/* ---- files ------------------------------------------------------------------------ */

void put(const char *path, const void *data, size_t len, unsigned int mode)
{
	char dir[512], *slash;
	int fd;

	snprintf(dir, sizeof(dir), "%s", path);
	for (slash = strchr(dir + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(dir, 0755);
		*slash = '/';
	}
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	need(fd >= 0 && write(fd, data, len) == (ssize_t)len && !fchmod(fd, mode) && !close(fd),
	     path);
}

void puts_file(const char *path, const char *text)
{
	put(path, text, strlen(text), 0644);
}

bool has(const char *path, const void *data, size_t len)
{
	char *buf = malloc(len + 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool same = fd >= 0 && read(fd, buf, len + 1) == (ssize_t)len && !memcmp(buf, data, len);

	if (fd >= 0)
		close(fd);
	free(buf);
	return same;
}

bool has_text(const char *path, const char *text)
{
	return has(path, text, strlen(text));
}

bool there(const char *path)
{
	struct stat st;

	return !lstat(path, &st);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *f)
{
	return remove(path);
}

void reset(const char *dir)
{
	if (there(dir))
		need(!nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS), dir);
	need(!mkdir(dir, 0755), dir);
}

/* ---- the engine ------------------------------------------------------------------- */

const struct sync_policy *policy(const char *text)
{
	static struct sync_policy p[8];
	static unsigned int next;
	char why[SYNC_WHY_MAX];
	struct sync_policy *one = &p[next++ % ARRAY_SIZE(p)];

	need(!policy_parse(text, one, why), why);
	return one;
}

struct store *open_store(const struct sync_policy *p, const char *serial)
{
	char why[SYNC_WHY_MAX];
	struct store *s;

	need(!store_open(&s, FLASH, p, "C1", serial, why), why);
	return s;
}

const struct sync_manifest *scan(struct store *s, unsigned int item, unsigned int from, char *why)
{
	int ret;

	do
		ret = store_scan(s, item, from, 100000, why);
	while (ret > 0);
	return ret ? NULL : store_manifest(s, item, from);
}

int fill(struct txn *t, const char *dir, char *why)
{
	const struct sync_manifest *m = txn_target(t);
	char path[600], buf[30000];
	struct txn_need n;
	unsigned int i;
	int fd, ret = 0;

	for (i = 0; i < m->count && !ret; i++) {
		n = txn_need(t, i);
		if (!n.needed || n.have == m->file[i].size)
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, m->file[i].path);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		need(fd >= 0, path);
		while (!ret && n.have < m->file[i].size) {
			ssize_t len = pread(fd, buf, sizeof(buf), n.have);

			need(len > 0, path);
			ret = txn_write(t, i, n.have, buf, len, why);
			n = txn_need(t, i);
		}
		close(fd);
	}
	return ret;
}

int main(int argc, char **argv)
{
	char dir[1024], policy_file[PATH_MAX];

	need(argc > 2, "usage: sync_test POLICY-FILE DIRECTORY");
	need(realpath(argv[1], policy_file), argv[1]);
	snprintf(dir, sizeof(dir), "%.900s/sync_test.XXXXXX", argv[2]);
	need(mkdtemp(dir) && !chdir(dir), dir);
	umask(022);
	signal(SIGXFSZ, SIG_IGN);
	printf("TAP version 13\n");
	test_policy(policy_file);
	test_manifest();
	test_scan();
	test_store();
	test_txn();
	test_crash();
	test_watch();
	test_hooks();
	printf("1..%u\n", tests);
	fflush(stdout);
	need(!chdir("/") && !nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS), dir);
	return failed != 0;
}
