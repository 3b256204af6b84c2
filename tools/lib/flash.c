// SPDX-License-Identifier: GPL-2.0-or-later
/* A module's flash directory, see flash.h. Owns the formats of boot.env and boot.next. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <compiler.h>
#include "flash.h"
#include "../../kernel/plant.h"

static const char *const names[] = { "primary", "secondary" };
static const char *const titles[] = { "Primary", "Secondary" };

const char *flash_dir(void)
{
	const char *dir = getenv("REDUND_FLASH");

	return dir && dir[0] ? dir : "/flash";
}

const char *flash_name(enum flash_which which)
{
	return names[which == FLASH_SECONDARY];
}

const char *flash_title(enum flash_which which)
{
	return titles[which == FLASH_SECONDARY];
}

bool flash_value(const char *word, enum flash_which *which)
{
	unsigned int i;

	for (i = 0; i < FLASH_IMAGES; i++) {
		if (!strcmp(word, names[i])) {
			*which = i;
			return true;
		}
	}
	return false;
}

__printf(3, 4) static int make_path(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}

int flash_path(const char *dir, enum flash_which which, char *buf, size_t size)
{
	return make_path(buf, size, "%s/%s.itb", dir, flash_name(which));
}

/* ---- durable replacement ------------------------------------------------------- */

int flash_sync_file(int fd)
{
	return !PLANT_NO_FILE_SYNC && fsync(fd) ? -errno : 0;
}

int flash_sync_dir(int fd)
{
	return !PLANT_NO_DIR_SYNC && fsync(fd) ? -errno : 0;
}

static int write_synced(int fd, const char *data, size_t len)
{
	ssize_t n;

	if (ftruncate(fd, 0))
		return -errno;
	while (len) {
		n = write(fd, data, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		len -= n;
	}
	return flash_sync_file(fd);
}

/* Opens the temporary file of a replacement and keeps other writers out; one
 * name for all, so that what a power loss left is used up by the next writer.
 * Return: descriptor, or a negative errno.
 */
static int open_temp(const char *temp)
{
	struct stat mine, there;
	int fd, err;

	for (;;) {
		fd = open(temp, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
		if (fd < 0)
			return -errno;
		if (flock(fd, LOCK_EX) || fstat(fd, &mine)) {
			err = -errno;
			close(fd);
			return err;
		}
		/* who had the lock before may have made it the file itself */
		if (!stat(temp, &there) && mine.st_ino == there.st_ino)
			return fd;
		close(fd);
	}
}

/* Makes the entry of a file in its directory durable. */
static int sync_directory(const char *path)
{
	char copy[FLASH_PATH_MAX];
	int err, fd;

	err = make_path(copy, sizeof(copy), "%s", path);
	if (err)
		return err;
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = flash_sync_dir(fd);
	close(fd);
	return err;
}

int flash_replace(const char *path, const void *data, size_t len)
{
	char temp[FLASH_PATH_MAX];
	int err, fd;

	err = make_path(temp, sizeof(temp), "%s.new", path);
	if (err)
		return err;
	fd = open_temp(temp);
	if (fd < 0)
		return fd;
	err = write_synced(fd, data, len);
	if (!err && rename(temp, path))
		err = -errno;
	if (err)
		unlink(temp);
	close(fd);
	return err ? err : sync_directory(path);
}

int flash_remove(const char *path)
{
	if (unlink(path))
		return errno == ENOENT ? 0 : -errno;
	return sync_directory(path);
}

int flash_read(const char *path, char *buf, size_t size)
{
	size_t got = 0;
	ssize_t n = 0;
	int err = 0, fd;

	buf[0] = '\0';
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	while (got < size) {
		n = read(fd, buf + got, size - got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		got += n;
	}
	if (n < 0)
		err = -errno;
	else if (got == size)
		err = -EFBIG;
	close(fd);
	if (err)
		got = 0;
	buf[got] = '\0';
	return err ? err : (int)got;
}

/* ---- boot.env and boot.next -------------------------------------------------------- */

static bool read_timeout(const char *text, unsigned int *value)
{
	unsigned long n;
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	n = strtoul(text, &end, 10);
	if (errno || *end || n > BOOT_TIMEOUT_MAX)
		return false;
	*value = n;
	return true;
}

static bool read_flag(const char *text, bool *value)
{
	*value = text[0] == '1';
	return !strcmp(text, "0") || !strcmp(text, "1");
}

/* A key that is not known is a later release's and stays in the file. */
static bool keep(struct boot_env *env, const char *line)
{
	size_t len = strlen(env->other);
	unsigned char c;
	const char *at;

	for (at = line; (c = *at); at++)
		if (c < ' ' || c > '~')
			return false;
	if (len + strlen(line) + 2 > sizeof(env->other))
		return false;
	sprintf(env->other + len, "%s\n", line);
	return true;
}

/* Return: false when the line is not understood: then it changes nothing. */
static bool read_line(struct boot_env *env, char *line)
{
	struct boot_env was = *env;
	char *value = strchr(line, '=');
	bool ok;

	if (!value || value == line)
		return false;
	*value++ = '\0';
	if (!strcmp(line, "default")) {
		ok = flash_value(value, &env->default_image);
	} else if (!strcmp(line, "timeout")) {
		ok = read_timeout(value, &env->timeout_s);
	} else if (!strcmp(line, "fastboot")) {
		ok = read_flag(value, &env->fastboot);
	} else {
		value[-1] = '=';
		return keep(env, line);
	}
	if (!ok)
		*env = was;
	return ok;
}

/* FLASH/boot.next: the one word of an image, or no such file. */
static int read_next(const char *dir, struct boot_env *env)
{
	char path[FLASH_PATH_MAX], text[64];
	int n = make_path(path, sizeof(path), "%s/boot.next", dir);

	if (!n)
		n = flash_read(path, text, sizeof(text));
	if (n < 0)
		return n == -ENOENT ? 0 : n == -EFBIG ? -EBADMSG : n;
	text[strcspn(text, "\n")] = '\0';
	/* one line, with its end or without */
	env->once = strlen(text) + 1 >= (size_t)n && flash_value(text, &env->next);
	return env->once ? 0 : -EBADMSG;
}

static int read_env(const char *dir, struct boot_env *env)
{
	char path[FLASH_PATH_MAX], text[2048], *at = text, *line;
	int err, n;

	err = make_path(path, sizeof(path), "%s/boot.env", dir);
	if (err)
		return err;
	n = flash_read(path, text, sizeof(text));
	if (n == -ENOENT)
		return 0;
	if (n == -EFBIG)
		return -EBADMSG;
	if (n < 0)
		return n;
	if (strlen(text) != (size_t)n)
		err = -EBADMSG;
	while ((line = strsep(&at, "\n")))
		if (line[0] && !read_line(env, line))
			err = -EBADMSG;
	return err;
}

int boot_env_read(const char *dir, struct boot_env *env)
{
	int err, next;

	*env = (struct boot_env){ .timeout_s = BOOT_TIMEOUT_DEFAULT };
	err = read_env(dir, env);
	next = read_next(dir, env);
	return err ? err : next;
}

int boot_env_write(const char *dir, const struct boot_env *env)
{
	char path[FLASH_PATH_MAX], text[1024];
	int err, n;

	err = make_path(path, sizeof(path), "%s/boot.env", dir);
	if (err)
		return err;
	n = snprintf(text, sizeof(text), "default=%s\ntimeout=%u\nfastboot=%d\n%s",
		     flash_name(env->default_image), env->timeout_s, env->fastboot, env->other);
	return flash_replace(path, text, n);
}

int boot_next_write(const char *dir, enum flash_which which)
{
	char path[FLASH_PATH_MAX], text[32];
	int err = make_path(path, sizeof(path), "%s/boot.next", dir);

	if (err)
		return err;
	snprintf(text, sizeof(text), "%s\n", flash_name(which));
	return flash_replace(path, text, strlen(text));
}

int boot_next_remove(const char *dir)
{
	char path[FLASH_PATH_MAX];
	int err = make_path(path, sizeof(path), "%s/boot.next", dir);

	return err ? err : flash_remove(path);
}

enum flash_which boot_env_image(const struct boot_env *env)
{
	return env->once ? env->next : env->default_image;
}

/* ---- boot ROM ---------------------------------------------------------------------- */

const char *rom_version(const char *dir, char buf[ROM_VERSION_MAX])
{
	char path[FLASH_PATH_MAX];
	unsigned char c;
	char *at;

	buf[0] = '\0';
	if (make_path(path, sizeof(path), "%s/rom.version", dir) ||
	    flash_read(path, buf, ROM_VERSION_MAX) <= 0)
		return buf;
	buf[strcspn(buf, "\n")] = '\0';
	for (at = buf; (c = *at); at++)
		if (c <= ' ' || c > '~')
			*at = '?';
	return buf;
}
