/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sending a file to a TFTP server, by libcurl. */
#ifndef REDCTL_TFTP_H
#define REDCTL_TFTP_H

#include <stddef.h>

#define TFTP_TIMEOUT_S 60
#define TFTP_WHY_MAX   160

/**
 * tftp_put() - send a file
 * @address: of the server, ":PORT" behind it if it is not 69
 * @name: of the file there
 * @data: content
 * @len: of @data
 * @timeout_s: for all of it
 * @why: on failure, one sentence
 *
 * Return: 0, or -1.
 */
int tftp_put(const char *address, const char *name, const void *data, size_t len,
	     unsigned int timeout_s, char why[TFTP_WHY_MAX]);

#endif /* REDCTL_TFTP_H */
