// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns manifests: what an item is, and how that is written as text:
 *
 *	redund-manifest 1
 *	item config 12 CHASSIS ORIGIN		an empty serial number is -
 *	file 644 123 DIGEST config/config1	octal mode, size, digest, path
 *	end DIGEST				SHA-256 of the lines "file"
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "engine.h"

#define LINE_MAX_LEN (SYNC_PATH_MAX + SYNC_HEX_MAX + 64)

int sync_bad(char *why, int err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, SYNC_WHY_MAX, fmt, ap);
	va_end(ap);
	return err;
}

char *sync_hex(const uint8_t digest[SYNC_DIGEST], char hex[SYNC_HEX_MAX])
{
	unsigned int i;

	for (i = 0; i < SYNC_DIGEST; i++)
		sprintf(hex + 2 * i, "%02x", digest[i]);
	return hex;
}

static int nibble(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool sync_unhex(const char *hex, uint8_t digest[SYNC_DIGEST])
{
	int high, low, i;

	for (i = 0; i < SYNC_DIGEST; i++) {
		high = nibble(hex[2 * i]);
		low = high < 0 ? -1 : nibble(hex[2 * i + 1]);
		if (low < 0)
			return false;
		digest[i] = high << 4 | low;
	}
	return !hex[2 * i];
}

/* ---- making one ------------------------------------------------------------------- */

int manifest_add(struct sync_manifest *m, const struct sync_file *f)
{
	struct sync_file *more;

	if (m->count && strcmp(m->file[m->count - 1].path, f->path) >= 0)
		return -EEXIST;
	if (m->count == SYNC_FILES_MAX)
		return -E2BIG;
	if (!(m->count & (m->count - 1))) { /* 0 or a power of two: full */
		more = realloc(m->file, (m->count ? 2 * m->count : 1) * sizeof(*more));
		if (!more)
			return -ENOMEM;
		m->file = more;
	}
	m->file[m->count++] = *f;
	return 0;
}

static int file_line(const struct sync_file *f, char *line)
{
	char hex[SYNC_HEX_MAX];

	return sprintf(line, "file %o %" PRIu64 " %s %s\n", f->mode, f->size,
		       sync_hex(f->digest, hex), f->path);
}

int manifest_seal(struct sync_manifest *m)
{
	char line[LINE_MAX_LEN];
	gnutls_hash_hd_t hash;
	unsigned int i;
	int err = 0;

	if (gnutls_hash_init(&hash, GNUTLS_DIG_SHA256) < 0)
		return -ENOMEM;
	m->bytes = 0;
	for (i = 0; i < m->count; i++) {
		m->bytes += m->file[i].size;
		if (gnutls_hash(hash, line, file_line(&m->file[i], line)) < 0)
			err = -ENOMEM;
	}
	gnutls_hash_deinit(hash, m->digest);
	return err;
}

void manifest_free(struct sync_manifest *m)
{
	free(m->file);
	memset(m, 0, sizeof(*m));
}

int manifest_copy(struct sync_manifest *to, const struct sync_manifest *from)
{
	size_t room = 1;

	*to = *from;
	to->file = NULL;
	if (!from->count)
		return 0;
	while (room < from->count) /* as manifest_add() has it */
		room *= 2;
	to->file = malloc(room * sizeof(*to->file));
	if (!to->file) {
		memset(to, 0, sizeof(*to));
		return -ENOMEM;
	}
	memcpy(to->file, from->file, from->count * sizeof(*to->file));
	return 0;
}

int manifest_file(const struct sync_manifest *m, const char *path)
{
	unsigned int low = 0, high = m->count, mid;
	int c;

	while (low < high) {
		mid = (low + high) / 2;
		c = strcmp(m->file[mid].path, path);
		if (!c)
			return mid;
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return -1;
}

/* ---- as text ---------------------------------------------------------------------- */

int manifest_text(const struct sync_manifest *m, char *text)
{
	char hex[SYNC_HEX_MAX];
	size_t len;
	unsigned int i;

	len = sprintf(text, "redund-manifest 1\nitem %s %" PRIu64 " %s %s\n", m->item,
		      m->generation, m->chassis[0] ? m->chassis : "-",
		      m->origin[0] ? m->origin : "-");
	for (i = 0; i < m->count; i++) {
		if (len + 2 * LINE_MAX_LEN > SYNC_MANIFEST_MAX)
			return -E2BIG;
		len += file_line(&m->file[i], text + len);
	}
	return len + sprintf(text + len, "end %s\n", sync_hex(m->digest, hex));
}

/* The next word, ended by one blank. Return: NULL none. */
static char *word(char **line)
{
	char *at = strsep(line, " ");

	return at && *at ? at : NULL;
}

/* Only as it is written: no sign, no leading zero. */
static bool number(const char *text, int base, uint64_t max, uint64_t *value)
{
	const char *digits = base == 8 ? "01234567" : "0123456789";
	unsigned long long n;

	if (!text || strspn(text, digits) != strlen(text) || (text[0] == '0' && text[1]))
		return false;
	errno = 0;
	n = strtoull(text, NULL, base);
	*value = n;
	return !errno && n <= max;
}

static bool serial(const char *text, char to[SYNC_SERIAL_MAX])
{
	if (!text || strlen(text) >= SYNC_SERIAL_MAX)
		return false;
	strcpy(to, strcmp(text, "-") ? text : "");
	return true;
}

static bool read_item(char *line, struct sync_manifest *m)
{
	const char *name;

	if (!line || strncmp(line, "item ", 5))
		return false;
	line += 5;
	name = word(&line);
	if (!name || strlen(name) >= sizeof(m->item))
		return false;
	strcpy(m->item, name);
	return number(word(&line), 10, 1ULL << 62, &m->generation) &&
	       serial(word(&line), m->chassis) && serial(word(&line), m->origin) && !line;
}

static int read_file(char *line, struct sync_manifest *m)
{
	struct sync_file f = {};
	const char *hex;
	uint64_t mode;

	line += 5;
	if (!number(word(&line), 8, 0777, &mode) || !number(word(&line), 10, INT64_MAX, &f.size))
		return -EBADMSG;
	hex = word(&line);
	if (!hex || !sync_unhex(hex, f.digest) || !line || !*line || strlen(line) >= sizeof(f.path))
		return -EBADMSG;
	f.mode = mode;
	strcpy(f.path, line);
	return manifest_add(m, &f);
}

/* Return: 0; 1 for the last line; negative errno. */
static int read_line(char *line, struct sync_manifest *m, char *why)
{
	uint8_t digest[SYNC_DIGEST];
	unsigned int i;
	uint64_t sum = 0;
	int err;

	if (!strncmp(line, "file ", 5)) {
		err = read_file(line, m);
		return err ? sync_bad(why, err == -ENOMEM ? err : -EBADMSG,
				      "a manifest's file is not understood") :
			     0;
	}
	if (strncmp(line, "end ", 4) || !sync_unhex(line + 4, digest))
		return sync_bad(why, -EBADMSG, "a manifest's line is not understood");
	for (i = 0; i < m->count; i++) {
		sum += m->file[i].size;
		if (sum > INT64_MAX)
			return sync_bad(why, -EBADMSG, "a manifest's files are too long");
	}
	err = manifest_seal(m);
	if (err)
		return sync_bad(why, err, "%s", strerror(-err));
	if (memcmp(digest, m->digest, SYNC_DIGEST))
		return sync_bad(why, -EBADMSG, "a manifest's digest is wrong");
	return 1;
}

static int parse(char *text, struct sync_manifest *m, char *why)
{
	char *line = strsep(&text, "\n");
	int err = 0;

	if (!line || strcmp(line, "redund-manifest 1") || !read_item(strsep(&text, "\n"), m))
		return sync_bad(why, -EBADMSG, "this is no manifest");
	while (!err && (line = strsep(&text, "\n")))
		err = read_line(line, m, why);
	if (err < 0)
		return err;
	if (!err || !text || *text)
		return sync_bad(why, -EBADMSG, "a manifest has another end");
	return 0;
}

int manifest_parse(const char *text, size_t len, struct sync_manifest *m, char why[SYNC_WHY_MAX])
{
	char *copy;
	int err;

	memset(m, 0, sizeof(*m));
	if (len >= SYNC_MANIFEST_MAX)
		return sync_bad(why, -EBADMSG, "a manifest is longer than %u bytes",
				SYNC_MANIFEST_MAX - 1);
	if (memchr(text, '\0', len))
		return sync_bad(why, -EBADMSG, "a manifest has a zero byte");
	copy = malloc(len + 1);
	if (!copy)
		return sync_bad(why, -ENOMEM, "%s", strerror(ENOMEM));
	memcpy(copy, text, len);
	copy[len] = '\0';
	err = parse(copy, m, why);
	free(copy);
	if (err)
		manifest_free(m);
	return err;
}
