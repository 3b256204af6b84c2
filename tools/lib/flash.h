/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The flash of a management module as a directory: names and places of its
 * files, the boot environment, and the durable replacement that every writer
 * uses. Documentation/redund/images.rst lists the files.
 */
#ifndef REDUND_FLASH_H
#define REDUND_FLASH_H

#include <stdbool.h>
#include <stddef.h>

enum flash_which { FLASH_PRIMARY, FLASH_SECONDARY };
#define FLASH_IMAGES   2
#define FLASH_PATH_MAX 4096

/** flash_dir() - /flash, or what REDUND_FLASH names */
const char *flash_dir(void);

/** flash_name() - "primary" or "secondary" */
const char *flash_name(enum flash_which which);
/** flash_title() - "Primary" or "Secondary", as the chapter prints it */
const char *flash_title(enum flash_which which);
/**
 * flash_value() - the image that a word names
 * @word: "primary" or "secondary"
 * @which: set on success
 *
 * Return: false for any other word.
 */
bool flash_value(const char *word, enum flash_which *which);

/**
 * flash_path() - the file of an image
 * @dir: flash_dir(), or another flash directory
 * @which: image
 * @buf: FLASH_PATH_MAX bytes are enough for every directory that exists
 * @size: of @buf
 *
 * Return: 0, or -ENAMETOOLONG.
 */
int flash_path(const char *dir, enum flash_which which, char *buf, size_t size);

/**
 * flash_replace() - write a file whole and durably
 * @path: the file; its directory exists
 * @data: new content
 * @len: of @data
 *
 * A temporary file beside it, fsync, rename, fsync of the directory: at every
 * moment, over a power loss too, the file is the old or the new one.
 *
 * Return: 0 when it is on the medium, or a negative errno: then the old file is there.
 */
int flash_replace(const char *path, const void *data, size_t len);

/* fsync() of a file, and of a directory: all durability goes through these two.
 * Return: 0, or a negative errno.
 */
int flash_sync_file(int fd);
int flash_sync_dir(int fd);

/**
 * flash_remove() - remove a file durably
 * @path: the file; that it is not there is no error
 *
 * Return: 0, or a negative errno.
 */
int flash_remove(const char *path);

/**
 * flash_read() - read a small text file whole
 * @path: the file
 * @buf: content, always ended by a zero byte
 * @size: of @buf
 *
 * Return: bytes read; -EFBIG when it is longer than @buf, another negative errno.
 */
int flash_read(const char *path, char *buf, size_t size);

#define BOOT_TIMEOUT_MAX     3600
#define BOOT_TIMEOUT_DEFAULT 1

/* FLASH/boot.env, which both modules have alike, and FLASH/boot.next, its own */
struct boot_env {
	enum flash_which default_image; /* "default" */
	bool once;			/* boot.next is there: this boot only */
	enum flash_which next;		/* valid with it */
	unsigned int timeout_s;		/* "timeout": the ROM's prompt, 0: do not wait */
	bool fastboot;			/* "fastboot": skip the ROM's power-on test */
	char other[512];		/* lines of a later release, kept as they are */
};

/**
 * boot_env_read() - read the boot environment
 * @dir: flash directory
 * @env: filled: the defaults (primary, 1 s, no fastboot) for whatever is
 *	 missing or not understood
 *
 * Return: 0, also without a file; -EBADMSG a line was not understood;
 * another negative errno: it cannot be read. @env is usable in every case.
 */
int boot_env_read(const char *dir, struct boot_env *env);

/** boot_env_write() - replace the boot environment durably
 * @dir: flash directory
 * @env: new values; once and next are boot_next_write()'s
 *
 * Return: 0, or a negative errno: then the old one is in force.
 */
int boot_env_write(const char *dir, const struct boot_env *env);

/**
 * boot_next_write() - let the next boot, and no other, take an image
 * @dir: flash directory
 * @which: image
 *
 * Of this module alone, so it stands in a file of its own, FLASH/boot.next.
 *
 * Return: 0 when it is durable, or a negative errno.
 */
int boot_next_write(const char *dir, enum flash_which which);
/* boot_next_remove() - that boot was it. Return: as above; 0 when there was none. */
int boot_next_remove(const char *dir);

/**
 * boot_env_image() - what the next boot takes: boot.next, else the default
 * @env: environment
 */
enum flash_which boot_env_image(const struct boot_env *env);

/* FLASH/rom.version: one line that the boot ROM writes, "K.15.01". */
#define ROM_VERSION_MAX 32
/**
 * rom_version() - the version of the boot ROM that started this module
 * @dir: flash directory
 * @buf: printable text, "" when no ROM has written one
 *
 * Return: @buf
 */
const char *rom_version(const char *dir, char buf[ROM_VERSION_MAX]);

#endif /* REDUND_FLASH_H */
