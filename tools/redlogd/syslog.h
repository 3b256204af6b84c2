/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sending events to syslog servers: RFC 5424 messages, over UDP (RFC 5426) and
 * over TCP with octet counting (RFC 6587). Owns the queue, the connections,
 * their back-off, and the file that says what a server has been sent, so that a
 * redlogd that was killed sends nothing twice.
 */
#ifndef REDLOGD_SYSLOG_H
#define REDLOGD_SYSLOG_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include "../lib/config.h"
#include "../lib/redund.h"

#define SYSLOG_QUEUE	1024 /* events kept for servers that do not answer */
#define SYSLOG_MESSAGE	768  /* bytes; RFC 5424 receivers take 480 at least, 2048 should */
#define SYSLOG_FACILITY 3    /* daemon */

struct syslog_item {
	uint32_t boot; /* of the log */
	struct rd_event event;
};

enum syslog_state { SYSLOG_DOWN, SYSLOG_RESOLVING, SYSLOG_CONNECTING, SYSLOG_UP };

struct syslog_server {
	struct config_log_server config;
	enum syslog_state state;
	int fd;			/* -1: none; SYSLOG_RESOLVING: of resolve_begin() */
	pid_t resolver;		/* SYSLOG_RESOLVING: the child that asks for its address */
	uint64_t next;		/* number in the queue of what it is sent next */
	uint64_t dropped;	/* since it was last told */
	uint64_t dropped_total; /* since redlogd began */
	uint64_t telling;	/* the message in @frame tells that so many were dropped */
	int64_t retry_ms;	/* SYSLOG_DOWN: when to try again; else when to give up */
	unsigned int backoff_s;
	int64_t sent_ms;		 /* UDP: when the last message was sent, 0: none yet */
	char frame[SYSLOG_MESSAGE + 16]; /* TCP: the message under way */
	size_t frame_len, frame_off;
};

struct syslog {
	char hostname[64]; /* HOSTNAME of the messages */
	unsigned int slot; /* PROCID of the messages: mm1, mm2 */
	unsigned int servers;
	struct syslog_server server[CONFIG_LOG_SERVERS];
	struct syslog_item queue[SYSLOG_QUEUE];
	uint64_t end;	/* number of the next event, from 1 */
	char sent[256]; /* path of the file of what was sent, "" none */
};

/**
 * syslog_format() - one RFC 5424 message
 * @buf: destination
 * @size: of @buf
 * @s: host name and slot
 * @e: event
 *
 * Return: its length
 */
size_t syslog_format(char *buf, size_t size, const struct syslog *s, const struct rd_event *e);

void syslog_init(struct syslog *s, const char *sent_path);

/**
 * syslog_configure() - take a new list of servers
 * @s: syslog
 * @c: configuration; a server that stays keeps its connection and its place
 * @hostname: name of the switch
 * @all: new servers get all that is in the queue, else only the last minute's:
 *	 the reason of a switchover is logged before the servers are configured
 */
void syslog_configure(struct syslog *s, const struct config *c, const char *hostname, bool all);

/* An event for every server; the oldest of a full queue gives way and is counted. */
void syslog_add(struct syslog *s, uint32_t boot, const struct rd_event *e);

/* Reads what was sent before this redlogd: call after the queue was filled again. */
void syslog_resume(struct syslog *s);

/* Fills @p (CONFIG_LOG_SERVERS) for poll(). Return: how many. */
unsigned int syslog_poll(const struct syslog *s, struct pollfd *p);

/**
 * syslog_work() - send what can be sent now
 * @s: syslog
 *
 * Call after poll() and whenever the time of syslog_due() has come.
 */
void syslog_work(struct syslog *s);

/* When to call syslog_work() next, on the monotonic clock; -1: no time is set. */
int64_t syslog_due(const struct syslog *s);

/* Every server has been sent everything. */
bool syslog_idle(const struct syslog *s);

void syslog_close(struct syslog *s);

int64_t clock_ms(void);

#endif /* REDLOGD_SYSLOG_H */
