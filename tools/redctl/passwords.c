// SPDX-License-Identifier: GPL-2.0-or-later
/* The passwords of manager and operator, see passwords.h. */
#include <crypt.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include "../lib/flash.h"
#include "passwords.h"

#define USERS	 2
#define HASH_MAX CRYPT_OUTPUT_SIZE

static const char *const users[USERS] = { "manager", "operator" };

bool password_read(FILE *to, const char *prompt, char *buf, size_t size)
{
	struct termios before, silent;
	bool terminal = !tcgetattr(STDIN_FILENO, &before), got;

	fprintf(to, "%s ", prompt);
	fflush(to);
	if (terminal) {
		silent = before;
		silent.c_lflag &= ~(ECHO | ECHOE | ECHOK);
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
	}
	got = fgets(buf, size, stdin);
	if (terminal)
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	fputc('\n', to);
	buf[got ? strcspn(buf, "\r\n") : 0] = '\0';
	return got;
}

/* Return: 0, also without a file; the hashes, "" none. */
static int read_all(char hash[USERS][HASH_MAX])
{
	char text[SECURITY_TEXT_MAX], *line, *save, *colon;
	int n = security_read(SECURITY_PASSWORDS, text);
	unsigned int i;

	for (i = 0; i < USERS; i++)
		hash[i][0] = '\0';
	if (n < 0)
		return n == -ENOENT ? 0 : n;
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		colon = strchr(line, ':');
		if (!colon)
			continue;
		*colon = '\0';
		for (i = 0; i < USERS; i++)
			if (!strcmp(line, users[i]) && strlen(colon + 1) < HASH_MAX)
				snprintf(hash[i], HASH_MAX, "%s", colon + 1);
	}
	return 0;
}

static int write_all(char hash[USERS][HASH_MAX])
{
	char text[USERS * (HASH_MAX + 16)];
	size_t len = 0;
	unsigned int i;

	for (i = 0; i < USERS; i++)
		if (hash[i][0])
			len += sprintf(text + len, "%s:%s\n", users[i], hash[i]);
	return len ? security_write(SECURITY_PASSWORDS, text, len) :
		     security_remove(SECURITY_PASSWORDS);
}

static int make_hash(const char *password, char hash[HASH_MAX])
{
	struct crypt_data data = { 0 };
	char *salt = crypt_gensalt_ra("$y$", 0, NULL, 0);
	const char *made = salt ? crypt_r(password, salt, &data) : NULL;

	free(salt);
	if (!made || made[0] == '*' || strlen(made) >= HASH_MAX)
		return -EIO;
	snprintf(hash, HASH_MAX, "%s", made);
	explicit_bzero(&data, sizeof(data));
	return 0;
}

int password_set(const char *name, const char *password)
{
	char hash[USERS][HASH_MAX];
	int err = read_all(hash), changed = 0;
	unsigned int i;

	for (i = 0; i < USERS && !err; i++) {
		if (strcmp(name, users[i]) && strcmp(name, "all"))
			continue;
		changed |= password || hash[i][0];
		hash[i][0] = '\0';
		if (password)
			err = make_hash(password, hash[i]);
	}
	if (!err && changed)
		err = write_all(hash);
	return err < 0 ? err : changed;
}

int password_is_set(const char *name)
{
	char hash[USERS][HASH_MAX];
	int err = read_all(hash);
	unsigned int i;

	for (i = 0; i < USERS && !err; i++)
		if (!strcmp(name, users[i]) && hash[i][0])
			return 1;
	return err;
}

const char *password_check(const char *password)
{
	char hash[USERS][HASH_MAX];
	struct crypt_data data;
	const char *made;
	unsigned int i;

	if (read_all(hash))
		return NULL;
	for (i = 0; i < USERS; i++) {
		memset(&data, 0, sizeof(data));
		made = hash[i][0] ? crypt_r(password, hash[i], &data) : NULL;
		if (made && made[0] != '*' && !strcmp(made, hash[i]))
			return users[i];
	}
	return NULL;
}
