// SPDX-License-Identifier: GPL-2.0-or-later
/* Owns the policy file: its format, what it may not say, and its default. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../lib/config.h"
#include "sync.h"

#define MIB (1024ULL * 1024)

static const struct {
	const char *name;
	uint64_t max; /* unless the policy says another */
} classes[] = {
	[SYNC_CONFIGURATION] = { "configuration", MIB },
	[SYNC_SECURITY] = { "security", MIB },
	[SYNC_IMAGE] = { "image", 64 * MIB },
	[SYNC_LOG] = { "log", 64 * MIB },
	[SYNC_CRASH] = { "crash", 64 * MIB },
};

#define MAX_MAX (1024 * MIB)

static const char *const directions[] = { "to-standby", "to-active" };
static const char *const whens[] = { "at-once", "on-command" };

/* The same text as the file sync.policy, which is what gets installed. */
#define CONFIG_PATHS "config/config1,config/config2,config/config3,config/assign,boot.env"

static const char default_text[] =
	"# SPDX-License-Identifier: GPL-2.0-or-later\n"
	"# What redsyncd keeps equal on both management modules, see\n"
	"# Documentation/redund/synchronization.rst. One item a line; its files are\n"
	"# replaced together or not at all. Paths are relative to the flash.\n"
	"item config class configuration path " CONFIG_PATHS " direction to-standby when at-once\n"
	"item security class security path security/ direction to-standby when at-once\n"
	"item primary class image path primary.itb direction to-standby when at-once\n"
	"item secondary class image path secondary.itb direction to-standby when at-once\n"
	"item log class log path log/ direction to-active when at-once\n"
	"item crash class crash path crash/ direction to-active when at-once\n";

const char *policy_path(void)
{
	const char *path = getenv("REDUND_POLICY");

	return path && *path ? path : "/etc/redund/sync.policy";
}

const char *policy_default(void)
{
	return default_text;
}

const char *sync_class_name(enum sync_class class)
{
	return classes[class].name;
}

const char *sync_direction_name(enum sync_direction direction)
{
	return directions[direction];
}

__printf(2, 3) static int bad(char *why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, SYNC_WHY_MAX, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

/* ---- paths ------------------------------------------------------------------------ */

/* Of one module alone; or no files at all. */
static const char *const own[] = { "sync", "boot.next", "rom.version", NULL };
static const char *const unreal[] = { "proc", "sys", "dev", "run", NULL };

/* Is it @dir, or below it? */
static bool below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	if (len && dir[len - 1] == '/')
		len--;
	return !strncmp(path, dir, len) && (!path[len] || path[len] == '/');
}

/* What a file of an item may be called: no temporary file, nothing hidden. */
static bool is_name(const char *name, size_t len)
{
	size_t i;

	if (!len || name[0] == '.' || name[0] == ' ' ||
	    (len >= 4 && !memcmp(name + len - 4, ".new", 4)))
		return false;
	for (i = 0; i < len; i++)
		if (name[i] < ' ' || name[i] > '~')
			return false;
	return true;
}

/* mm1 and mm2 hold the other module's copies. */
static bool is_copy(const char *name, size_t len)
{
	return len == 3 && !memcmp(name, "mm", 2) && name[2] >= '1' && name[2] <= '0' + SYNC_SLOTS;
}

/* Return: whether every component is a name; a slash at the end is allowed. */
static bool is_path(const char *path)
{
	size_t len;

	while (*path) {
		len = strcspn(path, "/");
		if (!is_name(path, len) || is_copy(path, len))
			return false;
		path += len + (path[len] == '/');
	}
	return true;
}

static int check_path(const char *path, char *why)
{
	const char *rel = path + (path[0] == '/');
	const char *const *names = rel == path ? own : unreal;
	unsigned int i;

	/* the other module's copy is four characters deeper */
	if (!*rel || strlen(path) + 4 >= SYNC_PATH_MAX || !is_path(rel))
		return bad(why, "`%.100s' is no path of a file or directory/", path);
	for (i = 0; names[i]; i++)
		if (below(rel, names[i]))
			return bad(why, "`%.100s' is a module's own", path);
	if (rel != path && below(path, flash_dir()))
		return bad(why, "`%.100s': paths in the flash are relative", path);
	return 0;
}

static bool is_dir(const char *path)
{
	return path[strlen(path) - 1] == '/';
}

static bool overlap(const char *a, const char *b)
{
	return !strcmp(a, b) || (is_dir(a) && below(b, a)) || (is_dir(b) && below(a, b));
}

bool policy_covers(const struct sync_item *item, const char *path)
{
	unsigned int i;
	size_t len;

	for (i = 0; i < item->path_count; i++) {
		if (!is_dir(item->path[i])) {
			if (!strcmp(item->path[i], path))
				return true;
			continue;
		}
		len = strlen(item->path[i]);
		if (!strncmp(path, item->path[i], len) && !strchr(path + len, '/') &&
		    is_name(path + len, strlen(path + len)) && strlen(path) + 4 < SYNC_PATH_MAX)
			return true;
	}
	return false;
}

/* ---- a line ----------------------------------------------------------------------- */

enum { CLASS = 1, PATH = 2, DIRECTION = 4, WHEN = 8, AFTER = 16, MAX = 32 };

static int find_word(const char *word, const char *const *words, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (!strcmp(word, words[i]))
			return i;
	return -1;
}

static int set_name(struct sync_item *item, const char *word, char *why)
{
	size_t len = strlen(word);

	if (!len || len >= SYNC_NAME_MAX || word[0] == '-' ||
	    strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789-") != len)
		return bad(why, "`%.40s' is no name: 1 to %u of a-z 0-9 -", word,
			   SYNC_NAME_MAX - 1);
	strcpy(item->name, word);
	return 0;
}

static int set_class(struct sync_item *item, const char *word, char *why)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(classes); i++) {
		if (strcmp(word, classes[i].name))
			continue;
		item->class = i;
		return 0;
	}
	return bad(why, "class `%.40s'; expected: configuration, security, image, log or crash",
		   word);
}

static int set_paths(struct sync_item *item, const char *word, char *why)
{
	size_t len;
	char *to;
	int err;

	for (;; word += len + 1) {
		if (item->path_count == SYNC_PATHS_MAX)
			return bad(why, "more than %u paths", SYNC_PATHS_MAX);
		to = item->path[item->path_count];
		len = strcspn(word, ",");
		if (len >= SYNC_PATH_MAX)
			return bad(why, "a path is longer than %u characters", SYNC_PATH_MAX - 1);
		memcpy(to, word, len);
		to[len] = '\0';
		err = check_path(to, why);
		if (err)
			return err;
		item->path_count++;
		if (!word[len])
			return 0;
	}
}

static int set_direction(struct sync_item *item, const char *word, char *why)
{
	int n = find_word(word, directions, ARRAY_SIZE(directions));

	if (n < 0)
		return bad(why, "direction `%.40s'; expected: to-standby or to-active", word);
	item->direction = n;
	return 0;
}

static int set_when(struct sync_item *item, const char *word, char *why)
{
	int n = find_word(word, whens, ARRAY_SIZE(whens));

	if (n < 0)
		return bad(why, "when `%.40s'; expected: at-once or on-command", word);
	item->on_command = n;
	return 0;
}

static int set_after(struct sync_item *item, const char *word, char *why)
{
	const char *words[CONFIG_WORDS_MAX];
	char line[SYNC_PATH_MAX];

	if (word[0] != '/' || strlen(word) >= sizeof(line))
		return bad(why, "after `%.40s'; expected: the path of a program from /", word);
	strcpy(line, word);
	if (config_words(line, words, why) < 1)
		return -EINVAL;
	strcpy(item->after, word);
	return 0;
}

static int set_max(struct sync_item *item, const char *word, char *why)
{
	unsigned long long n;
	char *end;

	errno = 0;
	n = strtoull(word, &end, 10);
	if (word[0] >= '0' && word[0] <= '9' && !errno && n && n <= MAX_MAX) {
		if (*end == 'K' || *end == 'M')
			n *= *end++ == 'K' ? 1024 : MIB;
		if (!*end && n <= MAX_MAX) {
			item->max = n;
			return 0;
		}
	}
	return bad(why, "max `%.40s'; expected: 1 to 1024M bytes, also with K or M", word);
}

static const struct {
	const char *name;
	int (*set)(struct sync_item *item, const char *word, char *why);
} keys[] = {
	{ "class", set_class }, { "path", set_paths },	{ "direction", set_direction },
	{ "when", set_when },	{ "after", set_after }, { "max", set_max },
};

/* item NAME KEY VALUE...; every key once, in any order */
static int read_item(struct sync_item *item, const char *const *words, int n, char *why)
{
	unsigned int seen = 0, i;
	int err, k;

	if (strcmp(words[0], "item") || n < 2)
		return bad(why, "`%.40s'; expected: item NAME ...", words[0]);
	err = set_name(item, words[1], why);
	for (k = 2; !err && k < n; k += 2) {
		for (i = 0; i < ARRAY_SIZE(keys) && strcmp(words[k], keys[i].name); i++)
			;
		if (i == ARRAY_SIZE(keys))
			return bad(why, "unknown word `%.40s'", words[k]);
		if (k + 1 == n)
			return bad(why, "%s what?", words[k]);
		if (seen & 1U << i)
			return bad(why, "%s is there twice", words[k]);
		seen |= 1U << i;
		err = keys[i].set(item, words[k + 1], why);
	}
	if (!err && (~seen & (CLASS | PATH | DIRECTION | WHEN)))
		return bad(why, "class, path, direction and when have to be said");
	if (!err && !(seen & MAX))
		item->max = classes[item->class].max;
	return err;
}

/* ---- the whole -------------------------------------------------------------------- */

static int check_overlap(const struct sync_policy *p, char *why)
{
	const struct sync_item *last = &p->item[p->count - 1], *item;
	unsigned int i, k;

	for (item = p->item; item <= last; item++) {
		for (i = 0; i < item->path_count; i++) {
			for (k = 0; k < last->path_count; k++) {
				if (item == last && i >= k)
					continue;
				if (overlap(item->path[i], last->path[k]))
					return bad(why, "%.60s and %.60s are the same files",
						   item->path[i], last->path[k]);
			}
		}
	}
	return 0;
}

static int read_line(struct sync_policy *p, char *line, char *why)
{
	const char *words[CONFIG_WORDS_MAX];
	int n = config_words(line, words, why), err;

	if (n <= 0)
		return n;
	if (p->count == SYNC_ITEMS_MAX)
		return bad(why, "more than %u items", SYNC_ITEMS_MAX);
	err = read_item(&p->item[p->count], words, n, why);
	if (err)
		return err;
	if (policy_find(p, p->item[p->count].name) >= 0)
		return bad(why, "the item %s is there twice", p->item[p->count].name);
	p->count++;
	return check_overlap(p, why);
}

static int read_lines(char *text, struct sync_policy *p, char *why)
{
	char problem[SYNC_WHY_MAX], *line;
	unsigned int number = 0;

	while ((line = strsep(&text, "\n"))) {
		number++;
		if (read_line(p, line, problem))
			return bad(why, "line %u: %.200s", number, problem);
	}
	return p->count ? 0 : bad(why, "there is no item");
}

int policy_parse(const char *text, struct sync_policy *p, char why[SYNC_WHY_MAX])
{
	struct sync_policy *new;
	char *copy;
	int err;

	if (strlen(text) >= SYNC_POLICY_MAX)
		return bad(why, "it is longer than %u bytes", SYNC_POLICY_MAX - 1);
	new = calloc(1, sizeof(*new));
	copy = strdup(text);
	if (!new || !copy) {
		bad(why, "%s", strerror(ENOMEM));
		err = -ENOMEM;
	} else {
		err = read_lines(copy, new, why);
	}
	if (!err)
		*p = *new;
	free(copy);
	free(new);
	return err;
}

int policy_load(const char *path, struct sync_policy *p, char why[SYNC_WHY_MAX])
{
	char text[SYNC_POLICY_MAX];
	int n = flash_read(path, text, sizeof(text));

	if (n == -ENOENT)
		return policy_parse(default_text, p, why);
	if (n >= 0 && strlen(text) == (size_t)n)
		return policy_parse(text, p, why);
	if (n >= 0)
		return bad(why, "it holds a zero byte");
	bad(why, "%s", strerror(-n));
	return n;
}

int policy_find(const struct sync_policy *p, const char *name)
{
	unsigned int i;

	for (i = 0; i < p->count; i++)
		if (!strcmp(p->item[i].name, name))
			return i;
	return -1;
}
