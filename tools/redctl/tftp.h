/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files to and from a TFTP server, by libcurl. */
#ifndef REDCTL_TFTP_H
#define REDCTL_TFTP_H

#include <stddef.h>

#define TFTP_TIMEOUT_S 60 /* of a small file */
#define TFTP_ANSWER_S  10 /* until the server's first answer */
#define TFTP_STALL_S   40 /* between two blocks: two repetitions of one that was lost */
#define TFTP_WHY_MAX   160

/**
 * struct tftp - one transfer
 * @address: of the server, ":PORT" behind it if it is not 69
 * @name: of the file there
 * @timeout_s: for all of it
 * @progress: called now and then with the bytes done and of the whole file (0
 *	      not known), or NULL
 * @data: for it
 *
 * A server that is not there ends the transfer at once when its host says so
 * (ICMP), else after TFTP_ANSWER_S.
 */
struct tftp {
	const char *address, *name;
	unsigned int timeout_s;
	void (*progress)(void *data, unsigned long long done, unsigned long long total);
	void *data;
};

/**
 * tftp_put() - send a file
 * @t: transfer
 * @data: content
 * @len: of @data
 * @why: on failure, one sentence
 *
 * Return: 0, or -1.
 */
int tftp_put(const struct tftp *t, const void *data, size_t len, char why[TFTP_WHY_MAX]);

/**
 * tftp_get() - fetch a file
 * @t: transfer
 * @fd: written to
 * @max: bytes that it may have
 * @why: on failure, one sentence
 *
 * Return: 0, or -1: what was written so far is worth nothing.
 */
int tftp_get(const struct tftp *t, int fd, size_t max, char why[TFTP_WHY_MAX]);

#endif /* REDCTL_TFTP_H */
