/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The event log in the flash: FLASH/log/events-NNNNNNNN.jsonl, one JSON object
 * a line, oldest file first. redlogd writes it, redctl reads it. Owns the lines'
 * format (Documentation/redund/log.rst) and their durability: a crash or a power
 * loss at any moment leaves whole lines.
 */
#ifndef REDUND_LOGSTORE_H
#define REDUND_LOGSTORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "redund.h"

#define LOG_FILES	8    /* the oldest is removed when there are more */
#define LOG_LINE_MAX	4096 /* longer lines are not of this log */
#define LOG_KIB_DEFAULT 2048 /* all files together */
#define LOG_KIB_MIN	64
#define LOG_KIB_MAX	1048576

enum log_kind {
	LOG_EVENT, /* an event of the kernel's log */
	LOG_BOOT,  /* the events that follow are of a new start of the driver */
	LOG_LOST,  /* events that the kernel's log no longer held */
};

struct log_line {
	enum log_kind kind;
	unsigned int mm;       /* management module whose log it is from: 1 or 2 */
	uint32_t boot;	       /* boots of this module in this log, from 1; 0 not known */
	struct rd_event event; /* LOG_EVENT */
	/* LOG_BOOT */
	uint32_t incarnation;
	char linux_boot[40]; /* boot_id of that Linux */
	uint64_t time_s;
	/* LOG_LOST */
	uint64_t lost;
};

/** log_dir() - FLASH/log
 * @buf: destination
 * @size: of @buf
 *
 * Return: @buf
 */
char *log_dir(char *buf, size_t size);

/**
 * log_read() - every line of the log, in the order of writing
 * @dir: directory of the files
 * @out: array to free(), also when it is empty
 *
 * What is no line of this log is skipped.
 *
 * Return: number of lines (0 when there is no log), or a negative errno.
 */
long log_read(const char *dir, struct log_line **out);

/* Orders events by time, common clock, module and number; for qsort(). */
int log_compare(const void *a, const void *b);

/* The same event: of one module, with one number, at one time of the clock. */
bool log_same(const struct log_line *a, const struct log_line *b);

struct log_store;

/**
 * log_open() - open the log for appending; one process at a time
 * @out: the store
 * @dir: its directory, made when it is not there
 * @max_bytes: of all files together
 *
 * Return: 0; -EBUSY another process writes it; another negative errno.
 */
int log_open(struct log_store **out, const char *dir, size_t max_bytes);

/**
 * log_append() - add lines, durably and all or none of them
 * @s: store
 * @lines: lines
 * @n: their number
 *
 * Return: 0 when they are on the medium, or a negative errno: none is there.
 */
int log_append(struct log_store *s, const struct log_line *lines, size_t n);

void log_close(struct log_store *s);

#endif /* REDUND_LOGSTORE_H */
