// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests policies, manifests, and the rules whose files win. */
#include <errno.h>
#include "t.h"

#define ITEM "item a class image path "
#define REST " direction to-standby when at-once"
#define GOOD ITEM "x" REST "\n"
#define LONG_100                                             \
	"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee" \
	"ffffffffffgggggggggghhhhhhhhhhiiiiiiiiiijjjjjjjjjj"

/* ---- policy ----------------------------------------------------------------------- */

static const struct {
	const char *text, *why;
} refused[] = {
	{ "", "there is no item" },
	{ "# nothing\n\n", "there is no item" },
	{ "thing a\n", "line 1: `thing'" },
	{ "item\n", "line 1: `item'" },
	{ "item A class image path x" REST, "no name" },
	{ "item -a class image path x" REST, "no name" },
	{ "item a_b class image path x" REST, "no name" },
	{ "item aaaaaaaaaaaaaaaa class image path x" REST, "no name" },
	{ "item \"\" class image path x" REST, "no name" },
	{ "item a class picture path x" REST, "class `picture'" },
	{ "item a class image path x direction up when at-once", "direction `up'" },
	{ "item a class image path x direction to-active when later", "when `later'" },
	{ "item a class image path x direction to-active when", "when what?" },
	{ "item a class image path x direction to-active", "have to be said" },
	{ "item a path x" REST, "have to be said" },
	{ "item a class image" REST, "have to be said" },
	{ "item a class image path x when at-once", "have to be said" },
	{ ITEM "x" REST " class log", "class is there twice" },
	{ ITEM "x" REST " speed 3", "unknown word `speed'" },
	{ ITEM "x" REST " max 0", "max `0'" },
	{ ITEM "x" REST " max -1", "max `-1'" },
	{ ITEM "x" REST " max 1G", "max `1G'" },
	{ ITEM "x" REST " max 1KK", "max `1KK'" },
	{ ITEM "x" REST " max 1025M", "max `1025M'" },
	{ ITEM "x" REST " max 99999999999999999999", "max `9999" },
	{ ITEM "x" REST " after reboot", "after `reboot'" },
	{ ITEM "x" REST " after \"/bin/x \\\"y\"", "line 1" },
	{ ITEM ".." REST, "`..' is no path" },
	{ ITEM "../x" REST, "is no path" },
	{ ITEM "config/../x" REST, "is no path" },
	{ ITEM "./x" REST, "is no path" },
	{ ITEM "config/./x" REST, "is no path" },
	{ ITEM "config//x" REST, "is no path" },
	{ ITEM "/" REST, "is no path" },
	{ ITEM "//x" REST, "is no path" },
	{ ITEM "\"\"" REST, "is no path" },
	{ ITEM "x,,y" REST, "is no path" },
	{ ITEM ".hidden" REST, "is no path" },
	{ ITEM "x.new" REST, "is no path" },
	{ ITEM "log/mm1/x" REST, "is no path" },
	{ ITEM "mm2/" REST, "is no path" },
	{ ITEM LONG_100 "/" LONG_100 "/" LONG_100 REST, "longer than" },
	{ ITEM "sync/" REST, "is a module's own" },
	{ ITEM "sync/state" REST, "is a module's own" },
	{ ITEM "boot.next" REST, "is a module's own" },
	{ ITEM "rom.version" REST, "is a module's own" },
	{ ITEM "/proc/self/mem" REST, "is a module's own" },
	{ ITEM "/sys/power/state" REST, "is a module's own" },
	{ ITEM "/dev/sda" REST, "is a module's own" },
	{ ITEM "/run/redund/x" REST, "is a module's own" },
	{ ITEM "/flash/config/config1" REST, "are relative" },
	{ ITEM "x,x" REST, "are the same files" },
	{ ITEM "x/,x/y" REST, "are the same files" },
	{ GOOD GOOD, "line 2: the item a is there twice" },
	{ GOOD "item b class log path x" REST, "line 2: x and x are the same files" },
	{ GOOD "item b class log path x/" REST, "are the same files" },
	{ "item b class log path x/" REST "\n" ITEM "x/y/z" REST, "are the same files" },
	{ ITEM "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q" REST, "more than 16 paths" },
	{ ITEM "\"x\ty\"" REST, "line 1" },
	{ ITEM "\"x" REST, "line 1" },
	{ ITEM "x\xc3\xa4" REST, "line 1" },
};

static void test_refused(void)
{
	struct sync_policy p = { .count = 7 };
	char why[SYNC_WHY_MAX];
	unsigned int i, wrong = 0;
	bool ok;

	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		why[0] = '\0';
		ok = policy_parse(refused[i].text, &p, why) == -EINVAL &&
		     strstr(why, refused[i].why) && p.count == 7;
		if (!ok)
			printf("# `%s': %s\n", refused[i].text, why);
		wrong += !ok;
	}
	check(!wrong, "policy: %zu bad policies are refused, each with the line and why",
	      ARRAY_SIZE(refused));
}

static void test_too_many(void)
{
	static char text[SYNC_POLICY_MAX + 10];
	struct sync_policy p;
	char why[SYNC_WHY_MAX];
	size_t len = 0;
	int i;

	for (i = 0; i <= SYNC_ITEMS_MAX; i++)
		len += sprintf(text + len, "item n%d class log path d%d/" REST "\n", i, i);
	check(policy_parse(text, &p, why) == -EINVAL && strstr(why, "more than 32 items"),
	      "policy: one item too many");
	memset(text, '\n', sizeof(text) - 1);
	check(policy_parse(text, &p, why) == -EINVAL && strstr(why, "longer than"),
	      "policy: a file that is too long");
}

static void test_default(const char *file)
{
	static char text[SYNC_POLICY_MAX];
	const struct sync_item *c;
	struct sync_policy p;
	char why[SYNC_WHY_MAX];

	need(flash_read(file, text, sizeof(text)) > 0, file);
	check(!strcmp(text, policy_default()), "policy: the file that is installed is the default");
	need(!policy_load("nothing", &p, why), why);
	c = &p.item[policy_find(&p, "config")];
	check(p.count == 6 && c->class == SYNC_CONFIGURATION && c->path_count == 5 &&
		      c->direction == SYNC_TO_STANDBY && !c->on_command && c->max == 1 << 20,
	      "policy: without a file the default holds: six items");
	check(policy_covers(c, "config/config1") && policy_covers(c, "config/assign") &&
		      policy_covers(c, "boot.env") && !policy_covers(c, "boot.next"),
	      "S-205 S-206: configurations, their assignment and the boot environment are one item");
	check(policy_find(&p, "primary") >= 0 && policy_find(&p, "secondary") >= 0 &&
		      p.item[policy_find(&p, "security")].class == SYNC_SECURITY &&
		      p.item[policy_find(&p, "log")].direction == SYNC_TO_ACTIVE &&
		      p.item[policy_find(&p, "crash")].direction == SYNC_TO_ACTIVE,
	      "policy: images and security files to the standby, logs and crash files to the active");
	puts_file("bad.policy", "item a\n");
	check(policy_load("bad.policy", &p, why) == -EINVAL, "policy: a bad file is no default");
	put("bad.policy", GOOD "\0", sizeof(GOOD), 0644);
	check(policy_load("bad.policy", &p, why) == -EINVAL, "policy: a zero byte");
}

static void test_covers(void)
{
	static const char *const others[] = {
		"",
		"security",
		"security/",
		"security/..",
		"security/.x",
		"security/a/b",
		"../x",
		"/security/a",
		"x",
		"keys/b",
		"security/a.new",
		"security/\x01",
		"security//a",
		"security/ a",
		"keys/a/",
	};
	const struct sync_item *a;
	char path[300] = "security/";
	unsigned int i, wrong = 0;

	a = &policy("item a class security path security/,keys/a" REST " max 3K after \"/bin/x y\"")
		     ->item[0];
	for (i = 0; i < ARRAY_SIZE(others); i++)
		wrong += policy_covers(a, others[i]);
	memset(path + 9, 'a', 280);
	wrong += policy_covers(a, path);
	check(!wrong && policy_covers(a, "security/a b") && policy_covers(a, "keys/a"),
	      "policy: what is a file of an item and what is not: `..', hidden, deeper, others");
	check(a->max == 3072 && !strcmp(a->after, "/bin/x y"), "policy: max and after");
}

void test_policy(const char *file)
{
	unsetenv("REDUND_FLASH");
	test_default(file);
	test_refused();
	test_too_many();
	test_covers();
}

/* ---- manifests -------------------------------------------------------------------- */

static void make(struct sync_manifest *m)
{
	struct sync_file f = { .path = "config/assign", .mode = 0600, .size = 17 };

	memset(m, 0, sizeof(*m));
	strcpy(m->item, "config");
	strcpy(m->origin, "SG1");
	m->generation = 12;
	memset(f.digest, 0xab, sizeof(f.digest));
	need(!manifest_add(m, &f), "add");
	strcpy(f.path, "config/config one");
	f.size = 0;
	need(!manifest_add(m, &f) && !manifest_seal(m), "add");
}

static const struct {
	const char *from, *to;
} changed[] = {
	{ "redund-manifest 1", "redund-manifest 2" },
	{ "item config", "item " },
	{ "item config", "item configconfigconfig" },
	{ " 12 ", " -1 " },
	{ " 12 ", " 012 " },
	{ " 12 ", " 99999999999999999999 " },
	{ " 12 ", " 9223372036854775807 " },
	{ " SG1", "" },
	{ " SG1", " SG1 x" },
	{ " SG1", " aaaaaaaaaabbbbbbbbbbccccccccccddd" },
	{ "file 600 ", "file 4755 " },
	{ "file 600 ", "file 8 " },
	{ "file 600 ", "file 644 " },
	{ " 17 ", " 18 " },
	{ " 17 ", " +17 " },
	{ " 17 ", " 18446744073709551616 " },
	{ "abab", "ABAB" },
	{ "abab", "abad" },
	{ "config/assign", "" },
	{ "config/assign", "zonfig/assign" },
	{ "config/assign", "config/config one" },
	{ "\nend ", "\nEND " },
	{ "\nend ", "\n\nend " },
};

static void test_changed(void)
{
	char text[SYNC_MANIFEST_MAX], bad[2000], why[SYNC_WHY_MAX], *at;
	struct sync_manifest m, n;
	unsigned int i, wrong = 0;
	size_t len;

	make(&m);
	len = manifest_text(&m, text);
	check(!manifest_parse(text, len, &n, why) && n.count == 2 && n.generation == 12 &&
		      n.bytes == 17 && !strcmp(n.origin, "SG1") && !n.chassis[0] &&
		      manifest_file(&n, "config/config one") == 1 && manifest_file(&n, "x") < 0 &&
		      !memcmp(n.digest, m.digest, SYNC_DIGEST),
	      "manifest: what is written is read");
	manifest_free(&n);
	for (i = 0; i < ARRAY_SIZE(changed); i++) {
		at = strstr(text, changed[i].from);
		need(at, changed[i].from);
		snprintf(bad, sizeof(bad), "%.*s%s%s", (int)(at - text), text, changed[i].to,
			 at + strlen(changed[i].from));
		if (manifest_parse(bad, strlen(bad), &n, why) == -EBADMSG && !n.file)
			continue;
		printf("# `%s' for `%s' was taken\n", changed[i].to, changed[i].from);
		wrong++;
	}
	check(!wrong, "I6: a manifest with a word that is not right is refused, %zu of them",
	      ARRAY_SIZE(changed));
	for (i = 0, wrong = 0; i < len; i++)
		wrong += manifest_parse(text, i, &n, why) != -EBADMSG;
	check(!wrong && manifest_parse(text, len + 1, &n, why) == -EBADMSG,
	      "I6: a manifest that ends anywhere else is refused");
	manifest_free(&m);
}

static void test_random(void)
{
	char text[SYNC_MANIFEST_MAX], why[SYNC_WHY_MAX];
	struct sync_manifest m, n;
	unsigned int i, k, taken = 0;
	size_t len;

	make(&m);
	len = manifest_text(&m, text);
	srand(1515);
	for (i = 0; i < 3000; i++) {
		char *copy = malloc(len); /* exactly: the sanitizer sees a byte too far */

		memcpy(copy, text, len);
		for (k = rand() % 4; k < 4; k++)
			copy[rand() % len] = rand();
		if (!manifest_parse(copy, len, &n, why))
			taken += memcmp(n.digest, m.digest, SYNC_DIGEST) != 0;
		manifest_free(&n);
		free(copy);
	}
	check(!taken, "I6: 3000 damaged manifests: none is taken for another set of files");
	manifest_free(&m);
}

static void test_many(void)
{
	struct sync_manifest m = { .item = "x" };
	struct sync_file f = {};
	int i, err = 0;

	for (i = 0; !err; i++) {
		sprintf(f.path, "%08d", i);
		err = manifest_add(&m, &f);
	}
	check(err == -E2BIG && m.count == SYNC_FILES_MAX, "manifest: one file too many");
	f.path[0] = '\0';
	check(manifest_add(&m, &f) == -EEXIST, "manifest: files not in their order");
	manifest_free(&m);
}

void test_manifest(void)
{
	test_changed();
	test_random();
	test_many();
}

/* ---- generations ------------------------------------------------------------------ */

static void test_generations(const struct sync_policy *p)
{
	struct store *s = open_store(p, "M1");
	char why[SYNC_WHY_MAX];

	need(scan(s, 0, 0, why), why);
	check(!store_settle(s, 0, 0) && !store_manifest(s, 0, 0)->generation,
	      "store: who has nothing has no generation");
	puts_file(FLASH "/a", "1");
	need(scan(s, 0, 0, why), why);
	check(store_settle(s, 0, 0) == 1 && !store_settle(s, 0, 0) &&
		      store_manifest(s, 0, 0)->generation == 1 &&
		      !strcmp(store_manifest(s, 0, 0)->origin, "M1") &&
		      !strcmp(store_manifest(s, 0, 0)->chassis, "C1"),
	      "I4: the first files have generation 1, once");
	puts_file(FLASH "/a", "2");
	need(scan(s, 0, 0, why), why);
	check(store_settle(s, 0, 7) == 1 && store_mark(s, 0, 0)->generation == 8,
	      "I4: a change is above what both had");
	store_equal(s, 0, 0, 1234);
	need(!store_win(s, 0, 20), "win");
	check(store_mark(s, 0, 0)->generation == 21, "I4: the operator's word is above both");
	store_close(s);
	s = open_store(p, "M1");
	need(scan(s, 0, 0, why), why);
	check(store_mark(s, 0, 0)->generation == 21 && store_mark(s, 0, 0)->equal_s == 1234 &&
		      !store_settle(s, 0, 99),
	      "store: the generation is there after a restart");
	store_close(s);
}

/* What the owner says of a standby with this generation, chassis and digest. */
static enum sync_verdict judge(const struct store *s, uint64_t generation, const char *chassis,
			       bool same)
{
	struct sync_manifest peer = *store_manifest(s, 0, 0);

	peer.generation = generation;
	strcpy(peer.chassis, chassis);
	if (!same)
		peer.digest[3] ^= 1;
	return store_judge(s, 0, &peer);
}

static void test_judge(const struct sync_policy *p)
{
	struct store *s = open_store(p, "M1");
	struct sync_manifest m;
	char why[SYNC_WHY_MAX];

	need(scan(s, 0, 0, why), why);
	check(judge(s, 21, "C1", true) == SYNC_EQUAL && judge(s, 20, "C1", true) == SYNC_ADOPT &&
		      judge(s, 99, "C1", true) == SYNC_ADOPT,
	      "I4: the same files: equal, or the generation alone is taken");
	check(judge(s, 0, "", false) == SYNC_REPLACE && judge(s, 20, "C1", false) == SYNC_REPLACE &&
		      judge(s, 21, "C1", false) == SYNC_REPLACE,
	      "I4 S-059: an older one, or one never synchronized, is replaced");
	check(judge(s, 22, "C1", false) == SYNC_CONFLICT,
	      "I4: a higher generation of this chassis is not overwritten");
	check(judge(s, 22, "C2", false) == SYNC_REPLACE,
	      "I4: a module of another chassis is replaced whatever its generation");
	m = *store_manifest(s, 0, 0);
	m.generation = 30;
	strcpy(m.origin, "M2");
	check(!store_adopt(s, 0, 0, &m) && store_mark(s, 0, 0)->generation == 30 &&
		      !strcmp(store_manifest(s, 0, 0)->origin, "M2"),
	      "store: a generation is adopted");
	m.digest[0] ^= 1;
	check(store_adopt(s, 0, 0, &m) == -ESTALE, "store: not that of other files");
	store_close(s);
	need(!store_open(&s, FLASH, p, "C9", "M1", why), why);
	need(scan(s, 0, 0, why), why);
	check(store_settle(s, 0, 500) == 1 && store_mark(s, 0, 0)->generation == 31 &&
		      !strcmp(store_mark(s, 0, 0)->chassis, "C9"),
	      "I4: in another chassis its files get a generation of that one");
	store_close(s);
}

static void test_state(const struct sync_policy *p)
{
	struct store *s;
	char text[2000], why[SYNC_WHY_MAX];

	put(FLASH "/sync/state", "garbage\nitem a 0 x\nitem later 0 3 y\ndone 5\n\xff\n", 43, 0644);
	s = open_store(p, "M 1");
	check(!store_mark(s, 0, 0)->generation, "I6: a damaged state is as good as none");
	need(scan(s, 0, 0, why) && store_settle(s, 0, 0) == 1, why);
	check(flash_read(FLASH "/sync/state", text, sizeof(text)) > 0 &&
		      strstr(text, "\nitem later 0 3 y\n") && strstr(text, "\ndone 5\n") &&
		      strstr(text, " C1 M_1\n"),
	      "store: lines of a later release stay");
	store_close(s);
	text[0] = '\0';
	reset("nowhere");
	check(store_open(&s, "nowhere/x", p, "C", "M", text) == -ENOENT && text[0],
	      "store: no such flash");
}

static void test_hold(const struct sync_policy *p)
{
	struct store *s = open_store(p, "M1");

	check(!store_held(s, 0) && !hold_set(FLASH, "a", true) && store_held(s, 0) &&
		      !hold_set(FLASH, "a", true) && has_text(FLASH "/sync/hold", "a\n"),
	      "C-33: an item is held back");
	check(!hold_set(FLASH, "ab", true) && !hold_set(FLASH, "a", false) && !store_held(s, 0) &&
		      hold_read(FLASH, "ab"),
	      "C-33: it is sent again, another one is not");
	check(!hold_set(FLASH, "ab", false) && has_text(FLASH "/sync/hold", ""),
	      "C-33: nothing is held back");
	puts_file(FLASH "/sync/hold", "b\na");
	check(store_held(s, 0), "C-33: a line without an end");
	need(!unlink(FLASH "/sync/hold"), "hold");
	store_close(s);
}

void test_store(void)
{
	const struct sync_policy *p = policy("item a class image path a" REST);

	reset(FLASH);
	test_generations(p);
	test_judge(p);
	test_state(p);
	test_hold(p);
}
