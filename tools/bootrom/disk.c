// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns a flash that is a block device: what the ROM needs of it is copied to
 * the directory that the rest of the ROM works on, at every start, and what
 * the ROM changed there is written back before a kernel has the device. The
 * ROM runs alone: nobody else has the file system open.
 */
#include "rom.h"
#include "../lib/medium.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SMALL 4096

static const char *const images[] = { "primary.itb", "secondary.itb" };

/* The files that the ROM may change, as the flash has them; "" not there. */
static struct {
	const char *name;
	char text[SMALL];
} small[] = { { .name = "boot.env" }, { .name = "boot.next" }, { .name = "rom.version" } };

static void in_flash(const struct rom *rom, const char *name, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/%s", rom->flash, name);
}

static int get(const struct rom *rom, const char *name)
{
	char path[PATH_MAX];
	int err;

	in_flash(rom, name, path);
	err = medium_get(rom->medium, name, path);
	return err == -ENOENT ? 0 : err;
}

/* What an earlier start copied is not what is in the flash. */
static int forget(const struct rom *rom)
{
	char path[PATH_MAX];
	int err = 0;

	if (mkdir(rom->flash, 0755) && errno != EEXIST)
		return -errno;
	for (size_t i = 0; i < ARRAY_SIZE(images) + ARRAY_SIZE(small) && !err; i++) {
		in_flash(rom,
			 i < ARRAY_SIZE(images) ? images[i] : small[i - ARRAY_SIZE(images)].name,
			 path);
		err = unlink(path) && errno != ENOENT ? -errno : 0;
	}
	return err;
}

int disk_read(const struct rom *rom)
{
	char path[PATH_MAX];
	int err;

	if (!rom->medium)
		return 0;
	err = forget(rom);
	if (!err)
		err = medium_settle(rom->medium);
	for (size_t i = 0; i < ARRAY_SIZE(images) && !err; i++)
		err = get(rom, images[i]);
	for (size_t i = 0; i < ARRAY_SIZE(small) && !err; i++) {
		err = get(rom, small[i].name);
		in_flash(rom, small[i].name, path);
		flash_read(path, small[i].text, sizeof(small[i].text));
	}
	return err;
}

int disk_write(const struct rom *rom)
{
	char path[PATH_MAX], text[SMALL];
	int err = 0, n;

	for (size_t i = 0; i < ARRAY_SIZE(small) && rom->medium && !err; i++) {
		in_flash(rom, small[i].name, path);
		n = flash_read(path, text, sizeof(text));
		if (!strcmp(text, small[i].text))
			continue;
		err = medium_put(rom->medium, small[i].name, n == -ENOENT ? NULL : path);
		memcpy(small[i].text, text, sizeof(text));
	}
	return err;
}
