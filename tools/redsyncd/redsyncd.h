/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * redsyncd: keeps the files of the standby equal to the active's over the
 * internal link; and at each promotion of this module reads the stored
 * configuration of the booted image, makes it run, and acknowledges the phase
 * "config" (S-022).
 *
 *	main.c		command line, the only instance of itself, the end
 *	daemon.c	the loop
 *	driver.c	what the synchronization asks the driver and tells it
 *	session.h	the protocol between the two daemons
 *	link.h tls.h wire.h frame.h	how its messages travel
 *	sync.h		the files
 *	control.h	redctl's socket
 *	promote.c	a promotion of this module
 *	apply.c		a stored configuration becomes the running one
 *	child.c		redctl as a child with a time limit
 *	log.c		messages on standard error and in the event log
 */
#ifndef REDSYNCD_H
#define REDSYNCD_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <compiler.h>
#include "../lib/config.h"
#include "../lib/redund.h"
#include "control.h"
#include "link.h"
#include "session.h"
#include "sync.h"

/* Exit status: that of redctl (Documentation/redund/commands.rst) */
enum { EXIT_DONE, EXIT_REFUSED, EXIT_USAGE };

/* So many messages of one kind a minute, then silence. */
struct limit {
	int64_t since_ms;
	unsigned int count;
};

#define CAUSES 8

/* The same for each cause: one that comes often does not hide another. */
struct limits {
	struct {
		char cause[48];
		struct limit limit;
	} of[CAUSES];
};

/* A promotion that is being served, by a child. */
struct promotion {
	pid_t pid;    /* 0 none */
	int fd;	      /* where it says how it goes; -1 none */
	bool waiting; /* the driver waits for the phase */
	char key[64]; /* which one */
};

struct daemon {
	struct rd *rd;
	int wanted;   /* -d redundN, or RD_ANY */
	int instance; /* valid while connected */
	int locked;   /* the instance that only_one() was told last, or RD_ANY */
	unsigned int slot;
	const char *run_dir;
	char chassis[SYNC_SERIAL_MAX];
	/* the internal link, redctl */
	struct link_config link_config;
	struct link *link;
	struct control *control;
	struct tls_secret secret;
	bool keyed; /* the key is known */
	uint32_t key_epoch;
	struct limits refused;
	struct limit lost;
	struct promotion promotion;
	int64_t now_ms; /* clock_ms() when this turn began: each call costs in UML */
	/* the files; open while there is a driver */
	struct sync_policy policy;
	bool forgotten; /* the driver knows this connection no more */
	bool synced;	/* the rest is valid */
	struct store *store;
	struct watch *watch;
	struct session session;
	struct hook after;
	uint32_t after_due; /* items whose program is to run */
};

/* SIGTERM or SIGINT came */
extern volatile sig_atomic_t ending;
/* SIGHUP came: the policy is to be read again */
extern volatile sig_atomic_t reread;

/* main.c: false: another process has the instance (RD_ANY: any of them); said */
bool only_one(const struct daemon *d, int instance);

/* daemon.c: until `ending'. Return: EXIT_* */
int daemon_run(struct daemon *d);

/* driver.c; their data is the struct daemon */
extern const struct session_ops driver_ops;

/* promote.c */
/* Sees to it that a promotion is served, if there is one. Return: as rd_get_chassis() */
int promote(struct daemon *d);
/* The child has something to say: d->promotion.fd is readable. */
void promote_ready(struct daemon *d);
/* The driver is gone, or the promotion is over. */
void promote_stop(struct daemon *d);

/* apply.c */
/**
 * apply_config() - read the stored configuration and make it run
 * @d: connected
 * @deadline_ms: of clock_ms(): nothing is begun after it
 * @stored: filled: what it says, the defaults for the rest
 *
 * All but the redundancy setting: the driver takes that from an active only,
 * apply_redundancy() does it.
 *
 * Return: true when all of it runs; else the log says what does not.
 */
bool apply_config(struct daemon *d, int64_t deadline_ms, struct config *stored);
bool apply_redundancy(struct daemon *d, int64_t deadline_ms, const struct config *stored);

/* child.c */
struct child_end {
	int status;	   /* of redctl; -1: killed at the deadline, -2: could not run */
	unsigned int line; /* that was refused, 0 unknown */
	char text[256];	   /* its last sentences on standard error */
};

/**
 * child_redctl() - redctl -d redundN -f FILE
 * @instance: N
 * @file: commands
 * @deadline_ms: of clock_ms(); it is killed then
 * @end: filled
 */
void child_redctl(int instance, const char *file, int64_t deadline_ms, struct child_end *end);

/* log.c */
/* milliseconds of the monotonic clock */
int64_t clock_ms(void);
/* @severity: enum redund_severity; to the journal, or as a line with the program's name */
__printf(2, 3) void say(unsigned int severity, const char *fmt, ...);
/* Return: true when it was said, and not one too many */
__printf(3, 4) bool say_limited(struct limit *l, unsigned int severity, const char *fmt, ...);
/* The same, with the cause that follows `refused: ' in the text, names left out. */
bool say_limited_by_cause(struct limits *l, unsigned int severity, const char *text);
/* the same, and into the event log of the driver */
__printf(3, 4) void say_event(struct daemon *d, unsigned int severity, const char *fmt, ...);

#endif /* REDSYNCD_H */
