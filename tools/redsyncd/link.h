/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The internal link: sockets on its interface and address alone, one connection
 * to the other module. The module that does not own the grant connects; the
 * other listens. Who does not know the key, or is slow, is turned away.
 */
#ifndef REDSYNCD_LINK_H
#define REDSYNCD_LINK_H

#include <netinet/in.h>
#include <poll.h>
#include "wire.h"

#define LINK_FDS 8 /* most descriptors that link_poll() fills in */

struct link_config {
	char interface[16];
	char network[16]; /* three bytes of the address; the slot is the fourth */
	uint16_t port;
};

struct link;

/**
 * link_new() - nothing is open yet
 * @config: kept by reference
 * @refused: called for each that is turned away, with a sentence; rate limited by it
 * @data: for @refused
 */
struct link *link_new(const struct link_config *config,
		      void (*refused)(void *data, const char *text), void *data);
void link_free(struct link *l);

/**
 * link_set() - who this module is, and whether it connects
 * @l: link
 * @slot: of this module, 0 not known: everything is closed
 * @connects: this side connects
 * @secret: NULL: there is no key yet
 */
void link_set(struct link *l, unsigned int slot, bool connects, const struct tls_secret *secret);
/** link_hurry() - the other module was heard: try at once */
void link_hurry(struct link *l);

/** link_poll() - Return: how many of @p were filled in; *@wait_ms is lowered if need be */
unsigned int link_poll(struct link *l, struct pollfd p[LINK_FDS], int64_t now_ms, int64_t *wait_ms,
		       bool connected);
/**
 * link_handle() - what is ready
 * @l: link
 * @p: as link_poll() filled it in
 * @n: its return
 * @now_ms: monotonic clock
 * @connected: there is a connection
 *
 * Return: a new connection, in place of the one before; or NULL.
 */
struct wire *link_handle(struct link *l, const struct pollfd *p, unsigned int n, int64_t now_ms,
			 bool connected);

#endif /* REDSYNCD_LINK_H */
