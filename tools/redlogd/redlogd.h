/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of redlogd share. */
#ifndef REDLOGD_H
#define REDLOGD_H

#include <stdbool.h>
#include <stdint.h>
#include <compiler.h>
#include "../lib/flash.h"
#include "../lib/logstore.h"
#include "../lib/redund.h"
#include "syslog.h"

struct redlogd {
	const char *device; /* "redund0", NULL: the only one */
	struct rd *rd;	    /* NULL: the driver is not there (yet) */
	int instance;	    /* valid with rd */
	char *told;	    /* why it is not there, said once; NULL: nothing to say */
	unsigned int slot;  /* of this module */
	uint32_t role[RD_SLOTS];
	uint32_t incarnation;
	struct log_store *store;
	char dir[FLASH_PATH_MAX];
	uint32_t boot;		  /* number of this boot in the log; 0: none yet */
	bool marked;		  /* its line is in the log */
	uint64_t last_id;	  /* of this boot's events in the log */
	uint64_t queued_id;	  /* of this boot's events in the syslog queue */
	bool behind;		  /* the log lacks events that the driver has */
	int64_t retry_ms;	  /* !rd or behind: when to try again, monotonic */
	int64_t collect_ms;	  /* when to collect crash files, -1: no need */
	bool collect_again;	  /* and once more, later */
	uint32_t ended[RD_SLOTS]; /* end of a module whose crash area was read, 0 none */
	bool collect_failed;	  /* it was said */
	struct syslog syslog;
};

/* main.c: a line on standard error, the journal has it */
__printf(1, 2) void say(const char *fmt, ...);

/* follow.c: the driver's events into the log and to the servers */
/**
 * follow_open() - connect to the driver and take over what it has logged
 * @d: redlogd
 *
 * Return: true when it is there; else the cause has been said, once.
 */
bool follow_open(struct redlogd *d);
void follow_close(struct redlogd *d);
/* Reads the changes that have arrived. */
void follow_work(struct redlogd *d);
/* Stores the events behind ->last_id; ->behind says how it ended. */
void follow_dump(struct redlogd *d);

/* collect.c: what modules leave behind */
/**
 * collect() - crash files of both modules, and the log of the former active
 * @d: redlogd, connected
 * @all: also of a module that has not gone down since the last time
 *
 * Stores what is new; nothing is lost when it fails, it is called again.
 */
void collect(struct redlogd *d, bool all);

/* crashfile.c: FLASH/crash */
#define CRASH_FILES 4	      /* of a module: mmN-log, mmN-log.1 ... */
#define CRASH_END   "-----\n" /* ends the head of a crash log */
/**
 * crash_store() - keep what a module left, unless it is kept already
 * @slot: module
 * @head: lines about it, without CRASH_END
 * @log: text
 * @len: of @log
 * @data: crash area
 * @data_len: of @data
 *
 * Return: 1 stored, 0 it was there, or a negative errno.
 */
int crash_store(unsigned int slot, const char *head, const char *log, size_t len, const char *data,
		size_t data_len);

#endif /* REDLOGD_H */
