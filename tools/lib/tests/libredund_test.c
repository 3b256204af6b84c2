// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tests libredund without a kernel: messages recorded from a driver
 * (records/NAME.hex, by libredund_record) decode to the recorded text; cut
 * short or with wrong bytes they do no harm (built with ASan and UBSan); the
 * numbers of changes tell what was lost. Output is TAP.
 *
 *	libredund_test [DIRECTORY-OF-RECORDS]
 */
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include "show.h"

static unsigned int tests, failed;

static void check(bool ok, const char *name)
{
	printf("%sok %u - libredund: %s\n", ok ? "" : "not ", ++tests, name);
	if (!ok)
		failed++;
}

/* ---- recorded messages --------------------------------------------------------- */

struct record {
	int family;
	unsigned int seq;
	unsigned int count;
	struct {
		unsigned char *data;
		size_t len;
	} datagram[64];
};

static void read_record(const char *path, struct record *r)
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	memset(r, 0, sizeof(*r));
	if (!f || getline(&line, &size, f) < 0 ||
	    sscanf(line, "family %d seq %u", &r->family, &r->seq) != 2) {
		fprintf(stderr, "%s: no record\n", path);
		exit(1);
	}
	while ((n = getline(&line, &size, f)) > 1 && r->count < 64) {
		unsigned char *data = malloc(n / 2);
		size_t i;

		for (i = 0; i < n / 2; i++)
			if (sscanf(line + 2 * i, "%2hhx", &data[i]) != 1)
				data[i] = 0;
		r->datagram[r->count].data = data;
		r->datagram[r->count++].len = n / 2;
	}
	free(line);
	fclose(f);
}

static void free_record(struct record *r)
{
	unsigned int i;

	for (i = 0; i < r->count; i++)
		free(r->datagram[i].data);
}

static int show(void *arg, const struct rd_message *m)
{
	show_message(arg, m);
	return 0;
}

/* What the answer decodes to, as libredund_record writes it. */
static void replay(const struct record *r, FILE *out)
{
	struct rd rd = { .family = r->family, .seq = r->seq };
	bool interrupted = false;
	int err = RD_MORE;
	unsigned int i;

	for (i = 0; i < r->count && err == RD_MORE; i++)
		err = rd_process(&rd, r->datagram[i].data, r->datagram[i].len, &interrupted, show,
				 out);
	if (err < 0)
		fprintf(out, "error %d '%s' '%s'\n", err, rd_reason(&rd), rd_text(&rd));
	fprintf(out, "end %d\n", err < 0 ? err : interrupted ? -EAGAIN : 0);
}

/* Likewise the stream of changes. */
static void replay_changes(const struct record *r, FILE *out)
{
	struct rd rd = { .family = r->family };
	unsigned int i;

	for (i = 0; i < r->count; i++) {
		struct rd_message m = {};

		if (!rd_decode((struct nlmsghdr *)r->datagram[i].data, &m) ||
		    !rd_want(&rd, &m.change))
			continue;
		fprintf(out, "lost=%d ", m.change.lost);
		show_message(out, &m);
	}
	rd_monitor_close(&rd);
}

static char *slurp(const char *path)
{
	char *text = calloc(1, 1 << 20);
	FILE *f = fopen(path, "r");

	if (f) {
		if (fread(text, 1, (1 << 20) - 1, f) == 0)
			text[0] = '\0';
		fclose(f);
	}
	return text;
}

static void test_record(const char *path)
{
	char name[128], txt[4096], *got = NULL, *want;
	const char *base = strrchr(path, '/') + 1;
	int stem = strlen(base) - 4;
	struct record r;
	size_t size;
	FILE *out;

	read_record(path, &r);
	out = open_memstream(&got, &size);
	if (!strcmp(base, "changes.hex"))
		replay_changes(&r, out);
	else
		replay(&r, out);
	fclose(out);
	snprintf(txt, sizeof(txt), "%.*s.txt", (int)strlen(path) - 4, path);
	want = slurp(txt);
	snprintf(name, sizeof(name), "recorded messages '%.*s' decode to their text", stem, base);
	check(r.count && *want && !strcmp(got, want), name);
	if (strcmp(got, want))
		printf("# got:\n%s# want:\n%s", got, want);
	free(got);
	free(want);
	free_record(&r);
}

/* ---- damaged messages ------------------------------------------------------------- */

/* Decodes a copy that ends where the datagram ends, so that ASan sees a step
 * beyond. The result does not matter, only that there is one.
 */
static void decode_copy(const struct record *r, const unsigned char *data, size_t len)
{
	struct rd rd = { .family = r->family, .seq = r->seq };
	unsigned char *copy = malloc(len ? len : 1);
	bool interrupted = false;
	FILE *null = fopen("/dev/null", "w");

	memcpy(copy, data, len);
	rd_process(&rd, copy, len, &interrupted, show, null);
	fclose(null);
	free(copy);
}

static void damage(const struct record *r, unsigned int seed)
{
	unsigned int i, k;

	srand(seed);
	for (i = 0; i < r->count; i++) {
		unsigned char *d = r->datagram[i].data;
		size_t len = r->datagram[i].len, at;

		for (at = 0; at < len && at < 2000; at++)
			decode_copy(r, d, at);
		for (k = 0; k < 2000; k++) {
			unsigned char was;

			at = rand() % len;
			was = d[at];
			d[at] = rand();
			decode_copy(r, d, len);
			/* keep some, so that several are wrong at once */
			if (k % 16)
				d[at] = was;
		}
	}
}

/* ---- refusals --------------------------------------------------------------------------- */

static bool splits(const char *kernel, const char *reason, const char *text)
{
	struct rd rd = {};

	return rd_fail_text(&rd, -EINVAL, kernel) == -EINVAL && !strcmp(rd_reason(&rd), reason) &&
	       !strcmp(rd_text(&rd), text);
}

static void test_refusals(void)
{
	struct rd rd = {};

	check(splits("last-fabric: Both fabric modules cannot be disabled at the same time.",
		     "last-fabric", "Both fabric modules cannot be disabled at the same time."),
	      "S-107, C-40: a refusal is split into its word and its sentence");
	check(splits("busy", "busy", ""), "a refusal of one word is that word");
	check(splits("Attribute failed policy validation", "invalid",
		     "Attribute failed policy validation"),
	      "a text of the netlink core is reason 'invalid'");
	check(splits("bytes leftover after parsing attributes", "invalid",
		     "bytes leftover after parsing attributes"),
	      "a text that begins with a plain word is no reason word");
	check(rd_errno(&rd, -EPERM) == -EPERM && !strcmp(rd_reason(&rd), "permission"),
	      "an error without a text has the word of its number");
}

/* ---- gaps --------------------------------------------------------------------------------- */

static struct rd gaps;

/* One change of instance 0: 's' skipped, 'w' wanted, 'l' wanted after a loss. */
static char see(uint32_t seq)
{
	struct rd_change c = { .seq = seq };

	if (!rd_want(&gaps, &c))
		return 's';
	return c.lost ? 'l' : 'w';
}

static void begin(void)
{
	rd_monitor_close(&gaps);
	memset(&gaps, 0, sizeof(gaps));
}

static void test_gaps(void)
{
	begin();
	check(see(5) == 'w' && see(6) == 'w' && see(8) == 'l' && see(9) == 'w',
	      "without a dump the first number is taken, a hole after it is told once");
	begin();
	rd_synced(&gaps, 0, 10);
	check(see(9) == 's' && see(10) == 's' && see(11) == 'w',
	      "changes that the dump holds are skipped");
	begin();
	rd_synced(&gaps, 0, 10);
	check(see(12) == 'l', "a hole right after the dump is told");
	rd_synced(&gaps, 0, 12);
	check(see(13) == 'w', "after the new dump the stream goes on");
	rd_synced(&gaps, 0, 20);
	check(see(18) == 's' && see(20) == 's' && see(21) == 'w',
	      "a hole that a newer dump covers is none");
	check(see(3) == 'l' && see(4) == 'w',
	      "a controller that was taken away and came again is a loss");
	begin();
	rd_synced(&gaps, 0, 0xfffffffe);
	check(see(0xffffffff) == 'w' && see(0) == 'w' && see(2) == 'l', "the number wraps");
	begin();
}

int main(int argc, char **argv)
{
	const char *dir = argc > 1 ? argv[1] : "records";
	char pattern[4096];
	size_t i;
	glob_t g;

	test_refusals();
	test_gaps();
	snprintf(pattern, sizeof(pattern), "%s/*.hex", dir);
	if (glob(pattern, 0, NULL, &g)) {
		check(false, "there are recorded messages");
	} else {
		for (i = 0; i < g.gl_pathc; i++)
			test_record(g.gl_pathv[i]);
		for (i = 0; i < g.gl_pathc; i++) {
			struct record r;

			read_record(g.gl_pathv[i], &r);
			damage(&r, 1);
			free_record(&r);
		}
		check(true, "damaged messages do no harm");
		globfree(&g);
	}
	printf("1..%u\n", tests);
	return failed ? 1 : 0;
}
