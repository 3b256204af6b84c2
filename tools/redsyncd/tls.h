/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TLS 1.3 on one socket, by a key that both modules of a chassis have and by
 * nothing else: no certificate, no ticket, no earlier version. Never blocks.
 */
#ifndef REDSYNCD_TLS_H
#define REDSYNCD_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define TLS_KEY	     32 /* the pairing key of chassis memory */
#define TLS_NAME_MAX 64

struct tls_secret {
	uint8_t key[TLS_KEY];
	char own[TLS_NAME_MAX], peer[TLS_NAME_MAX]; /* redund-SERIAL-slotN */
};

struct tls;

/** tls_name() - how a module is called in the handshake */
void tls_name(char name[TLS_NAME_MAX], const char *serial, unsigned int slot);

/**
 * tls_new() - begin a session
 * @fd: connected, non-blocking; belongs to the session from now on, also when this fails
 * @server: this side accepted the connection
 * @secret: copied
 *
 * Return: NULL: no memory
 */
struct tls *tls_new(int fd, bool server, const struct tls_secret *secret);
void tls_free(struct tls *t); /* also NULL; closes the socket */

int tls_fd(const struct tls *t);
/** tls_events() - what to poll the socket for */
short tls_events(const struct tls *t);
/** tls_pending() - received bytes are here already: poll() would not tell */
bool tls_pending(const struct tls *t);

/** tls_handshake() - Return: 1 done, 0 it goes on, negative errno: refused, tls_error() */
int tls_handshake(struct tls *t);
/** tls_read() - Return: bytes, 0: none now, negative errno: it is over */
ssize_t tls_read(struct tls *t, void *buf, size_t size);
/** tls_write() - Return: bytes taken, 0: none now, negative errno: it is over */
ssize_t tls_write(struct tls *t, const void *buf, size_t len);
/** tls_flush() - Return: 0, or a negative errno: it is over */
int tls_flush(struct tls *t);
/** tls_error() - the cause of the last negative return, a sentence without a full stop */
const char *tls_error(const struct tls *t);

#endif /* REDSYNCD_TLS_H */
