/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration of a management module: a text of the commands that
 * recreate it. Owns the items, how each is written as a command and read from
 * one, the running configuration of user space, and the stored configurations
 * in the flash. Documentation/redund/configuration.rst is the contract.
 *
 * Held where it is used: redundancy, fabric modules and heartbeat by the driver,
 * fastboot by the boot environment, everything else by the file
 * config_running_path(), which is a list of commands too.
 *
 * A function that can fail returns 0 or a negative errno, and leaves one
 * sentence without a full stop in @why (CONFIG_WHY_MAX bytes).
 */
#ifndef REDUND_CONFIG_H
#define REDUND_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "flash.h"

struct rd;

#define CONFIG_WHY_MAX	    240
#define CONFIG_LINE_MAX	    1024  /* a command of a configuration, with its end */
#define CONFIG_TEXT_MAX	    16384 /* a whole configuration, with its end */
#define CONFIG_WORDS_MAX    16
#define CONFIG_PATH_MAX	    FLASH_PATH_MAX
#define CONFIG_FILES	    3 /* config1 to config3 */
#define CONFIG_HOSTNAME_MAX 25
#define CONFIG_BANNER_MAX   320
#define CONFIG_LOG_SERVERS  6
#define CONFIG_LOG_PORT	    514
#define CONFIG_TIMER_MAX    120 /* minutes of console inactivity-timer */

enum config_mode { CONFIG_VT100, CONFIG_ANSI, CONFIG_NONE };

struct config_log_server {
	char address[64]; /* IPv4 or IPv6 address, or a host name */
	bool tcp;	  /* else UDP */
	uint16_t port;
};

/* The settings that the driver holds; a configuration need not say them. */
enum {
	CONFIG_REDUNDANCY = 1 << 0,
	CONFIG_FABRIC = 1 << 1, /* and 1 << 2: fabric module 2 */
	CONFIG_HEARTBEAT = 1 << 3,
	CONFIG_LOSS = 1 << 4, /* said by a configuration only when it is not the default */
	CONFIG_DRIVER = 0x1f,
};

struct config {
	char hostname[CONFIG_HOSTNAME_MAX + 1]; /* "": see config_hostname() */
	char banner[CONFIG_BANNER_MAX + 1];	/* "": none; backslash and n: a new line */
	unsigned int log_servers;
	struct config_log_server log[CONFIG_LOG_SERVERS];
	enum config_mode mode;
	uint32_t baud; /* 0: speed-sense */
	bool xon_xoff;
	uint32_t inactivity_min; /* 0: never */
	bool factory_reset, password_clear, password_recovery;
	bool fastboot;
	unsigned int said; /* CONFIG_REDUNDANCY...: which of these are valid */
	bool redundancy, fabric[2];
	uint32_t interval_ms, misses;
	bool hold; /* redundancy heartbeat on-loss hold */
};

/* ---- commands (config.c, touches no file) -------------------------------------------- */

/**
 * config_words() - split a line of commands into words
 * @line: changed; the words point into it
 * @words: room for CONFIG_WORDS_MAX
 * @why: on failure
 *
 * Words are separated by blanks. "..." makes one word of what has blanks, or of
 * nothing; in it \" and \\ stand for " and \, any other backslash for itself. A
 * line whose first other character is ; or # has no words.
 *
 * Return: number of words; -EINVAL: quotes without end, too many words, or a
 * character that is not printable ASCII or a blank.
 */
int config_words(char *line, const char *words[CONFIG_WORDS_MAX], char why[CONFIG_WHY_MAX]);

/** config_defaults() - what holds when nothing is configured; ->said is 0
 * @c: filled
 */
void config_defaults(struct config *c);

/**
 * config_line() - carry out one command on a configuration
 * @c: changed, unless it fails
 * @line: hostname ..., no banner motd, ...; a comment or nothing changes nothing
 * @why: on failure, with the limits that the value breaks
 *
 * Return: 0; -EINVAL a bad value; -ENOENT no command of a configuration;
 * -ENOSPC too many syslog servers.
 */
int config_line(struct config *c, const char *line, char why[CONFIG_WHY_MAX]);

/* config_line() with words */
int config_command(struct config *c, const char *const words[], unsigned int n,
		   char why[CONFIG_WHY_MAX]);

/**
 * config_parse() - read a whole configuration
 * @text: its text
 * @c: defaults, and every line that could be taken
 * @bad: called for each line that could not, or NULL
 * @data: for it
 *
 * Return: number of bad lines.
 */
int config_parse(const char *text, struct config *c,
		 void (*bad)(void *data, unsigned int number, const char *line, const char *why),
		 void *data);

/**
 * config_render() - a configuration as text
 * @c: configuration
 * @part: part number of the chassis, for the comment that is the first line
 * @version: of the software, for the same; both NULL: no comment
 * @buf: CONFIG_TEXT_MAX bytes are always enough
 *
 * The order is fixed. What is as by default is left out, but for the settings
 * of the driver (those said).
 *
 * Return: length
 */
size_t config_render(const struct config *c, const char *part, const char *version, char *buf);

/**
 * config_diff() - the commands that turn one configuration into another
 * @from: as it is
 * @to: as it shall be; settings of the driver that it does not say stay
 * @buf: CONFIG_TEXT_MAX bytes; one command a line, "" when they are the same
 *
 * Return: length
 */
size_t config_diff(const struct config *from, const struct config *to, char *buf);

/**
 * config_hostname() - the name in the prompt
 * @c: configuration
 * @description: of this management module, as its EEPROM has it
 * @buf: CONFIG_HOSTNAME_MAX + 1 bytes
 *
 * Return: @buf: the configured name, else the first word of @description, else
 * "switch".
 */
const char *config_hostname(const struct config *c, const char *description, char *buf);

/* ---- running configuration (config_files.c) ------------------------------------------- */

/** config_running_path() - /run/redund/running-config, below REDUND_RUN if that is set;
 * it is replaced by rename: watch its directory.
 */
const char *config_running_path(void);

/**
 * config_get() - what user space holds: everything but the driver's settings
 * @c: filled; the defaults for what is not there or not understood
 *
 * Return: 0; a negative errno when a file could not be read (@c is usable).
 */
int config_get(struct config *c);

/**
 * config_set() - change the running configuration of user space by a command
 * @words: as for config_command(); the driver's settings are refused
 * @n: their number
 * @why: on failure
 *
 * Two at once wait for each other. fastboot goes to the boot environment.
 *
 * Return: 1 changed, 0 it was so already, or a negative errno.
 */
int config_set(const char *const words[], unsigned int n, char why[CONFIG_WHY_MAX]);

/* ---- stored configurations (config_files.c) -------------------------------------------- */

/** config_path() - FLASH/config/configN
 * @number: 1 to CONFIG_FILES
 * @buf: CONFIG_PATH_MAX bytes
 */
const char *config_path(unsigned int number, char *buf);
/** config_assigned() - which of the files an image boots with, 1 when none is said
 * @image: flash image
 */
unsigned int config_assigned(enum flash_which image);
/** config_stored_path() - config_path() of config_assigned()
 * @image: flash image
 * @buf: CONFIG_PATH_MAX bytes
 */
const char *config_stored_path(enum flash_which image, char *buf);
/** config_assign() - durably; @number 1 to CONFIG_FILES */
int config_assign(enum flash_which image, unsigned int number, char why[CONFIG_WHY_MAX]);
/** config_number() - 1 to 3 for "config1" to "config3", 0 for any other word */
unsigned int config_number(const char *name);
/**
 * config_startup() - the file that the running configuration was read from
 * @image: this module's booted image
 *
 * That is where `write memory' writes to, also after startup-default chose
 * another one for the next boot.
 *
 * Return: what config_set_startup() was told since this module's boot, else
 * config_assigned().
 */
unsigned int config_startup(enum flash_which image);
int config_set_startup(unsigned int number, char why[CONFIG_WHY_MAX]);

/**
 * config_load() - read a stored configuration
 * @number: of the file
 * @text: CONFIG_TEXT_MAX bytes
 * @why: on failure
 *
 * Return: length; -ENOENT there is none; -EBADMSG it holds a zero byte;
 * -EFBIG or another negative errno.
 */
int config_load(unsigned int number, char *text, char why[CONFIG_WHY_MAX]);

/**
 * config_store() - replace a stored configuration whole and durably
 * @number: of the file
 * @text: new content
 * @why: on failure
 *
 * Return: 0 when it is on the medium, or a negative errno: the old one is there.
 */
int config_store(unsigned int number, const char *text, char why[CONFIG_WHY_MAX]);

/** config_erase() - remove a stored configuration durably
 * @number: of the file
 * @why: on failure
 */
int config_erase(unsigned int number, char why[CONFIG_WHY_MAX]);

/**
 * config_store_redundancy() - put the redundancy setting into a stored configuration
 * @number: of the file; made when it is not there
 * @on: enabled
 * @why: on failure
 *
 * S-066: that line only, the rest stays as it is.
 *
 * Return: 1 written, 0 it said so already, or a negative errno.
 */
int config_store_redundancy(unsigned int number, bool on, char why[CONFIG_WHY_MAX]);

/* ---- with the driver (config_driver.c) --------------------------------------------------- */

/**
 * config_running() - the whole running configuration
 * @rd: connection
 * @instance: or RD_ANY
 * @c: filled
 *
 * Return: 0, or a negative errno of the connection (rd_reason(), rd_text()).
 */
int config_running(struct rd *rd, int instance, struct config *c);

/**
 * config_booted() - the image that this module runs, primary when that is unknown
 * @rd: connection
 * @instance: or RD_ANY
 * @image: set
 *
 * Return: 0, or a negative errno of the connection.
 */
int config_booted(struct rd *rd, int instance, enum flash_which *image);

/**
 * config_dirty() - does the running configuration differ from the stored one?
 * @rd: connection
 * @instance: or RD_ANY
 *
 * Compares with the file of config_startup(); one that is not there counts as
 * the defaults.
 *
 * Return: 1 it differs: changes would be lost (S-211), 0 it does not, or a
 * negative errno of the connection.
 */
int config_dirty(struct rd *rd, int instance);

#endif /* REDUND_CONFIG_H */
