// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns the files of the configuration: the running configuration of user space,
 * and the stored configurations with their assignment to images. A file is
 * replaced whole (flash_replace()); whoever reads one to change it holds the
 * lock of its directory meanwhile.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <compiler.h>
#include "config.h"

#define RUN_DIR "/run/redund"

__printf(3, 4) static int bad(char *why, int err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, CONFIG_WHY_MAX, fmt, ap);
	va_end(ap);
	return err;
}

static const char *run_dir(void)
{
	const char *dir = getenv("REDUND_RUN");

	return dir && *dir ? dir : RUN_DIR;
}

static const char *config_dir(char *buf)
{
	snprintf(buf, CONFIG_PATH_MAX, "%s/config", flash_dir());
	return buf;
}

/* Makes the directory if need be. Return: a descriptor that holds its lock, or -errno. */
static int lock_dir(const char *dir, char *why)
{
	char path[CONFIG_PATH_MAX];
	int fd, err;

	if (mkdir(dir, 0755) && errno != EEXIST)
		return bad(why, -errno, "cannot make %.100s: %s", dir, strerror(errno));
	if (snprintf(path, sizeof(path), "%s/.lock", dir) >= (int)sizeof(path))
		return bad(why, -ENAMETOOLONG, "%.100s: the name is too long", dir);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return bad(why, -errno, "cannot write in %.100s: %s", dir, strerror(errno));
	do
		err = flock(fd, LOCK_EX) ? -errno : 0;
	while (err == -EINTR);
	if (!err)
		return fd;
	close(fd);
	return bad(why, err, "cannot lock %.100s: %s", dir, strerror(-err));
}

static int replace(const char *path, const char *text, char *why)
{
	int err = flash_replace(path, text, strlen(text));

	return err ? bad(why, err, "cannot write %.100s: %s", path, strerror(-err)) : 0;
}

/* ---- running configuration ------------------------------------------------------------- */

const char *config_running_path(void)
{
	static __thread char path[CONFIG_PATH_MAX];

	snprintf(path, sizeof(path), "%s/running-config", run_dir());
	return path;
}

int config_get(struct config *c)
{
	char text[CONFIG_TEXT_MAX];
	struct boot_env env;
	int n, err;

	n = flash_read(config_running_path(), text, sizeof(text));
	if (n == -ENOENT)
		n = 0;
	err = n < 0 ? n : 0;
	if (n < 0)
		config_defaults(c);
	else if (config_parse(n ? text : "", c, NULL, NULL))
		err = -EBADMSG;
	c->said = 0;
	n = boot_env_read(flash_dir(), &env);
	c->fastboot = env.fastboot;
	return err ? err : n == -EBADMSG ? 0 : n;
}

static int write_fastboot(bool on, char *why)
{
	struct boot_env env;
	int err = boot_env_read(flash_dir(), &env);

	/* what it did not understand is kept by its writer, or is worth nothing */
	if (err && err != -EBADMSG)
		return bad(why, err, "cannot read the boot environment: %s", strerror(-err));
	env.fastboot = on;
	err = boot_env_write(flash_dir(), &env);
	return err ? bad(why, err, "cannot write the boot environment: %s", strerror(-err)) : 0;
}

static int set_locked(const char *const words[], unsigned int n, char *why)
{
	struct config was, is;
	char text[CONFIG_TEXT_MAX];
	int err;

	err = config_get(&was);
	if (err && err != -EBADMSG)
		return bad(why, err, "cannot read the running configuration: %s", strerror(-err));
	is = was;
	err = config_command(&is, words, n, why);
	if (err)
		return err;
	if (is.said)
		return bad(why, -EINVAL, "the driver holds that setting");
	if (!config_diff(&was, &is, text))
		return 0;
	if (is.fastboot != was.fastboot) {
		err = write_fastboot(is.fastboot, why);
	} else {
		is.fastboot = false; /* the boot environment's */
		config_render(&is, NULL, NULL, text);
		err = replace(config_running_path(), text, why);
	}
	return err ? err : 1;
}

int config_set(const char *const words[], unsigned int n, char why[CONFIG_WHY_MAX])
{
	int fd = lock_dir(run_dir(), why), ret;

	if (fd < 0)
		return fd;
	ret = set_locked(words, n, why);
	close(fd);
	return ret;
}

const char *config_hostname(const struct config *c, const char *description, char *buf)
{
	const char *name = c->hostname;
	size_t len = strlen(name);

	if (!len) {
		name = description;
		while (len < CONFIG_HOSTNAME_MAX && name[len] > ' ' && name[len] <= '~')
			len++;
	}
	if (!len) {
		name = "switch";
		len = strlen(name);
	}
	memcpy(buf, name, len);
	buf[len] = '\0';
	return buf;
}

/* ---- stored configurations ----------------------------------------------------------------- */

const char *config_path(unsigned int number, char *buf)
{
	snprintf(buf, CONFIG_PATH_MAX, "%s/config/config%u", flash_dir(), number);
	return buf;
}

unsigned int config_number(const char *name)
{
	if (!name || strncmp(name, "config", 6) || name[6] < '1' || name[6] > '0' + CONFIG_FILES ||
	    name[7])
		return 0;
	return name[6] - '0';
}

/* FLASH/config/assign: primary=config1 and secondary=config1; what is unclear is config1. */
static void read_assign(unsigned int number[FLASH_IMAGES])
{
	char path[CONFIG_PATH_MAX], text[512], *line, *save, *equals;
	enum flash_which image;
	unsigned int n;

	for (n = 0; n < FLASH_IMAGES; n++)
		number[n] = 1;
	snprintf(path, sizeof(path), "%s/config/assign", flash_dir());
	if (flash_read(path, text, sizeof(text)) < 0)
		return;
	for (line = strtok_r(text, "\r\n", &save); line; line = strtok_r(NULL, "\r\n", &save)) {
		equals = strchr(line, '=');
		if (!equals)
			continue;
		*equals = '\0';
		n = config_number(equals + 1);
		if (n && flash_value(line, &image))
			number[image] = n;
	}
}

unsigned int config_assigned(enum flash_which image)
{
	unsigned int number[FLASH_IMAGES];

	read_assign(number);
	return number[image];
}

const char *config_stored_path(enum flash_which image, char *buf)
{
	return config_path(config_assigned(image), buf);
}

int config_assign(enum flash_which image, unsigned int number, char why[CONFIG_WHY_MAX])
{
	unsigned int all[FLASH_IMAGES];
	char path[CONFIG_PATH_MAX], text[64];
	int fd = lock_dir(config_dir(path), why), err;

	if (fd < 0)
		return fd;
	read_assign(all);
	all[image] = number;
	snprintf(text, sizeof(text), "primary=config%u\nsecondary=config%u\n", all[FLASH_PRIMARY],
		 all[FLASH_SECONDARY]);
	snprintf(path, sizeof(path), "%s/config/assign", flash_dir());
	err = replace(path, text, why);
	close(fd);
	return err;
}

unsigned int config_startup(enum flash_which image)
{
	char path[CONFIG_PATH_MAX], text[32];
	unsigned int n = 0;

	snprintf(path, sizeof(path), "%s/startup-config", run_dir());
	if (flash_read(path, text, sizeof(text)) > 0) {
		text[strcspn(text, "\n")] = '\0';
		n = config_number(text);
	}
	return n ? n : config_assigned(image);
}

int config_set_startup(unsigned int number, char why[CONFIG_WHY_MAX])
{
	char path[CONFIG_PATH_MAX], text[32];
	int fd = lock_dir(run_dir(), why), err;

	if (fd < 0)
		return fd;
	snprintf(path, sizeof(path), "%s/startup-config", run_dir());
	snprintf(text, sizeof(text), "config%u\n", number);
	err = replace(path, text, why);
	close(fd);
	return err;
}

int config_load(unsigned int number, char *text, char why[CONFIG_WHY_MAX])
{
	char path[CONFIG_PATH_MAX];
	int n = flash_read(config_path(number, path), text, CONFIG_TEXT_MAX);

	if (n == -ENOENT)
		return bad(why, n, "there is no config%u", number);
	if (n == -EFBIG)
		return bad(why, n, "config%u is longer than %u bytes", number, CONFIG_TEXT_MAX - 1);
	if (n < 0)
		return bad(why, n, "cannot read config%u: %s", number, strerror(-n));
	if (strlen(text) != (size_t)n)
		return bad(why, -EBADMSG, "config%u is damaged: it holds a zero byte", number);
	return n;
}

int config_store(unsigned int number, const char *text, char why[CONFIG_WHY_MAX])
{
	char path[CONFIG_PATH_MAX];
	int fd = lock_dir(config_dir(path), why), err;

	if (fd < 0)
		return fd;
	err = replace(config_path(number, path), text, why);
	close(fd);
	return err;
}

int config_erase(unsigned int number, char why[CONFIG_WHY_MAX])
{
	char path[CONFIG_PATH_MAX];
	int fd = lock_dir(config_dir(path), why), err;

	if (fd < 0)
		return fd;
	err = flash_remove(config_path(number, path));
	close(fd);
	return err ? bad(why, err, "cannot erase config%u: %s", number, strerror(-err)) : 0;
}

/* Is it the line [no] redundancy management-module? */
static bool is_redundancy(const char *text, size_t len, bool *on)
{
	char line[CONFIG_LINE_MAX], why[CONFIG_WHY_MAX];
	struct config c;

	if (len >= sizeof(line))
		return false;
	memcpy(line, text, len);
	line[len] = '\0';
	config_defaults(&c);
	if (config_line(&c, line, why) || !(c.said & CONFIG_REDUNDANCY))
		return false;
	*on = c.redundancy;
	return true;
}

/*
 * Copies @text with one such line: in the place of the first there was, or at
 * the end. Return: length of @out.
 */
static size_t with_redundancy(const char *text, bool on, char *out, bool *was, bool *said)
{
	const char *line = on ? "redundancy management-module\n" :
				"no redundancy management-module\n";
	size_t len, n = 0;

	*said = false;
	for (; *text; text += len) {
		len = strcspn(text, "\n");
		if (is_redundancy(text, len, was)) {
			n += *said ? 0 : sprintf(out + n, "%s", line);
			*said = true;
			len += text[len] == '\n';
			continue;
		}
		len += text[len] == '\n';
		memcpy(out + n, text, len);
		n += len;
	}
	if (n && out[n - 1] != '\n')
		out[n++] = '\n';
	out[n] = '\0';
	return *said ? n : n + sprintf(out + n, "%s", line);
}

static int store_redundancy(unsigned int number, bool on, char *why)
{
	char text[CONFIG_TEXT_MAX], out[CONFIG_TEXT_MAX + 64], path[CONFIG_PATH_MAX];
	bool was = on, said;
	int n = config_load(number, text, why), err;

	if (n == -ENOENT)
		text[0] = '\0';
	else if (n < 0)
		return n;
	if (with_redundancy(text, on, out, &was, &said) >= CONFIG_TEXT_MAX)
		return bad(why, -EFBIG, "config%u has no room for one line more", number);
	if (said && was == on)
		return 0;
	err = replace(config_path(number, path), out, why);
	return err ? err : 1;
}

int config_store_redundancy(unsigned int number, bool on, char why[CONFIG_WHY_MAX])
{
	char dir[CONFIG_PATH_MAX];
	int fd = lock_dir(config_dir(dir), why), ret;

	if (fd < 0)
		return fd;
	ret = store_redundancy(number, on, why);
	close(fd);
	return ret;
}
