/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parts of the boot ROM share: what it was started with, and its
 * serial line. Prototypes are grouped under the file that owns them.
 */
#ifndef BOOTROM_ROM_H
#define BOOTROM_ROM_H

#include <stdbool.h>
#include <stddef.h>

#include "../lib/fit.h"
#include "../lib/flash.h"
#include "compiler.h"

struct rom {
	const char *flash, *ram; /* directories */
	const char *medium;	 /* image file of a flash that is a block device, or NULL */
	int medium_error;	 /* a negative errno when it cannot be read */
	const char *settings;	 /* module-init's, to add to */
	bool warm;		 /* a reload: no power-on test */
	bool chosen;		 /* chassis memory names the image of this boot */
	enum flash_which image;	 /* ... which is this one, else boot.env's */
	struct boot_env env;
	char **kernel_args; /* for the kernel, after its name; ended by NULL */
};

/* serial.c */
/** say() - text to the console; a line feed becomes a new line there */
__printf(1, 2) void say(const char *fmt, ...);
/** serial_key() - a key within @ms, -1 for ever; Return: it, or -1 */
int serial_key(int ms);
/**
 * serial_line() - let a person edit a line
 * @buf: what was typed, printable ASCII
 * @size: of @buf
 * @first: a key typed before, or -1
 * @ms: longest wait for a key, -1 for ever
 *
 * Return: its length; -1 when nothing was typed for @ms; -2: given up by ^C.
 */
int serial_line(char *buf, size_t size, int first, int ms);

/* bus.c */
/** bus_read() - a register of the controller; Return: false when it does not answer */
bool bus_read(unsigned int offset, unsigned int *value);
/** bus_console() - is anybody attached to the console? */
bool bus_console(void);
/** bus_waits() - somebody is at the prompt: the boot may take longer */
void bus_waits(void);
/** bus_state() - tell the chassis how far this is */
void bus_state(unsigned int state, enum flash_which image);
void bus_close(void);

/* disk.c */
/** disk_read() - what the ROM needs of a block device's flash, to rom->flash */
int disk_read(const struct rom *rom);
/** disk_write() - what the ROM changed there, back to the device */
int disk_write(const struct rom *rom);

/* post.c */
/** post() - the power-on test; Return: passed */
bool post(const struct rom *rom);

/* select.c */
/** rom_image() - what this boot takes when nobody selects */
enum flash_which rom_image(const struct rom *rom);
/**
 * select_profile() - the prompt and, when a key is typed, the menu
 * @rom: with its environment
 * @which: the image selected, or the default one
 *
 * Return: false: the monitor was selected.
 */
bool select_profile(const struct rom *rom, enum flash_which *which);

/* unpack.c */
/** unpack() - kernel and root of an image to DIR/ram, unless they are there */
int unpack(const struct rom *rom, const struct fit *fit, char *why, size_t size);

/* boot.c */
/** boot_image() - boot from this image; returns only when it cannot, having said why */
void boot_image(const struct rom *rom, enum flash_which which);
/** boot_either() - from this image, else from the other one */
void boot_either(const struct rom *rom, enum flash_which which);

/* monitor.c */
/** monitor() - the monitor ROM console, until a kernel is booted or the module reset */
void __noreturn monitor(struct rom *rom);

#endif
