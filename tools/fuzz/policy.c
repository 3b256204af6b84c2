// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Hostile policy files of redsyncd. Of one that is taken must hold what the rest
 * of redsyncd relies on: no path leaves the flash or its directory, no two items
 * have one file, every text ends.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "../redsyncd/sync.h"
#include "fuzz.h"

const char *const fuzz_words[] = { "item ",
				   " class ",
				   "configuration",
				   "security",
				   "image",
				   "log",
				   "crash",
				   " path ",
				   "config/",
				   "security/",
				   "../",
				   "/etc/",
				   "sync/",
				   "boot.next",
				   "mm1/",
				   " direction to-standby",
				   " direction to-active",
				   " when at-once",
				   " when on-command",
				   " after ",
				   "/bin/true",
				   " max ",
				   "1024M",
				   "64K",
				   "\"",
				   "\n",
				   "item a class log path log/ direction to-active when at-once\n",
				   NULL };

static bool dots(const char *path)
{
	return !strncmp(path, "../", 3) || strstr(path, "/../") || !strcmp(path, "..") ||
	       (strlen(path) > 2 && !strcmp(path + strlen(path) - 3, "/.."));
}

static void check_path(const struct sync_item *item, const char *path)
{
	char file[2 * SYNC_PATH_MAX];
	size_t len = strnlen(path, SYNC_PATH_MAX);

	MUST(len && len + 4 < SYNC_PATH_MAX && fuzz_printable(path));
	MUST(!dots(path) && !strstr(path, "//") && strcmp(path, "/"));
	MUST(strncmp(path, "sync/", 5) && strncmp(path, "/proc/", 6) && strncmp(path, "/dev/", 5));
	strcpy(file, path);
	if (path[len - 1] != '/') {
		MUST(policy_covers(item, path));
		return;
	}
	MUST(!policy_covers(item, path));
	strcpy(file + len, "..");
	MUST(!policy_covers(item, file));
	strcpy(file + len, "a/b");
	MUST(!policy_covers(item, file));
	strcpy(file + len, "x.new");
	MUST(!policy_covers(item, file));
}

static void check_item(const struct sync_policy *p, unsigned int n)
{
	const struct sync_item *item = &p->item[n];
	unsigned int i, k;

	MUST(policy_find(p, item->name) == (int)n);
	MUST(item->path_count && item->path_count <= SYNC_PATHS_MAX);
	MUST(item->max && item->max <= 1024ULL << 20);
	MUST(item->class <= SYNC_CRASH && item->direction <= SYNC_TO_ACTIVE);
	MUST(memchr(item->after, '\0', sizeof(item->after)));
	MUST(!item->after[0] || item->after[0] == '/');
	for (i = 0; i < item->path_count; i++) {
		check_path(item, item->path[i]);
		for (k = 0; k < p->count; k++)
			MUST(k == n || !policy_covers(&p->item[k], item->path[i]));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = fuzz_copy(data, len, true);
	char why[SYNC_WHY_MAX] = "";
	static struct sync_policy p;
	unsigned int i;
	int err;

	p.count = SYNC_ITEMS_MAX + 1;
	err = policy_parse(text, &p, why);
	if (err) {
		MUST(err == -EINVAL && why[0] && strlen(why) < sizeof(why));
		MUST(p.count == SYNC_ITEMS_MAX + 1); /* filled on success only */
	} else {
		MUST(p.count && p.count <= SYNC_ITEMS_MAX);
		for (i = 0; i < p.count; i++)
			check_item(&p, i);
	}
	free(text);
	return 0;
}
