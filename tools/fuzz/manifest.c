// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Hostile manifests of redsyncd, as they are and with their digest put right. One
 * that is taken is written as the same text and reads the same again.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../redsyncd/engine.h"
#include "fuzz.h"

const char *const fuzz_words[] = {
	"redund-manifest 1\n",
	"item ",
	"file 644 ",
	"end ",
	" - ",
	"9223372036854775807",
	"18446744073709551615",
	"777",
	"config/",
	"../",
	"/",
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	"\n",
	NULL
};

static void check_taken(const struct sync_manifest *m)
{
	static char text[SYNC_MANIFEST_MAX];
	char why[SYNC_WHY_MAX] = "";
	struct sync_manifest again;
	unsigned int i;
	int n;

	MUST(m->count <= SYNC_FILES_MAX && m->bytes <= INT64_MAX);
	MUST(m->item[0] && memchr(m->item, '\0', sizeof(m->item)));
	MUST(memchr(m->chassis, '\0', sizeof(m->chassis)));
	MUST(memchr(m->origin, '\0', sizeof(m->origin)));
	for (i = 0; i < m->count; i++) {
		MUST(m->file[i].mode <= 0777 && m->file[i].path[0]);
		MUST(manifest_file(m, m->file[i].path) == (int)i);
	}
	n = manifest_text(m, text);
	MUST(n > 0);
	MUST(!manifest_parse(text, n, &again, why));
	MUST(again.count == m->count && again.generation == m->generation);
	MUST(!strcmp(again.chassis, m->chassis) && !strcmp(again.origin, m->origin));
	MUST(!memcmp(again.digest, m->digest, SYNC_DIGEST));
	manifest_free(&again);
}

static void check(const uint8_t *data, size_t len)
{
	char why[SYNC_WHY_MAX] = "";
	struct sync_manifest m;
	int err = manifest_parse((const char *)data, len, &m, why);

	if (err) {
		MUST(err == -EBADMSG && why[0] && strlen(why) < sizeof(why));
		MUST(!m.count && !m.file);
		return;
	}
	check_taken(&m);
	manifest_free(&m);
}

/* The last line gets the digest of the lines "file". */
static void mend(char *text, size_t len)
{
	uint8_t digest[SYNC_DIGEST];
	char hex[SYNC_HEX_MAX], *line, *end;
	gnutls_hash_hd_t hash;

	MUST(gnutls_hash_init(&hash, GNUTLS_DIG_SHA256) >= 0);
	for (line = text; (end = memchr(line, '\n', text + len - line)); line = end + 1) {
		if (!strncmp(line, "file ", 5))
			gnutls_hash(hash, line, end + 1 - line);
		else if (!strncmp(line, "end ", 4) && end - line == 4 + SYNC_HEX_MAX - 1)
			break;
	}
	gnutls_hash_deinit(hash, digest);
	if (end)
		memcpy(line + 4, sync_hex(digest, hex), SYNC_HEX_MAX - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len, false);
	char *text = fuzz_copy(data, len, true);

	check(copy, len);
	mend(text, len);
	memcpy(copy, text, len);
	check(copy, len);
	free(text);
	free(copy);
	return 0;
}
