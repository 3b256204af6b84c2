/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of syslog servers become addresses in a child process: a name server that
 * does not answer holds up neither the log nor the other syslog servers.
 */
#ifndef REDLOGD_RESOLVE_H
#define REDLOGD_RESOLVE_H

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/types.h>

struct resolved {
	int error; /* 0, or of getaddrinfo() */
	socklen_t len;
	struct sockaddr_storage addr;
};

/**
 * resolve_number() - an address that needs no name server
 * @name: address or name
 * @port: of the server
 * @tcp: or UDP
 * @out: filled
 *
 * Return: false: it is a name.
 */
bool resolve_number(const char *name, unsigned int port, bool tcp, struct resolved *out);

/**
 * resolve_begin() - ask for an address
 * @name: name
 * @port: of the server
 * @tcp: or UDP
 * @pid: set to the child that asks
 *
 * Return: descriptor that becomes readable when there is an answer, or a negative errno.
 */
int resolve_begin(const char *name, unsigned int port, bool tcp, pid_t *pid);

/** resolve_take() - read the answer; false: there is none
 * @fd: of resolve_begin()
 * @out: filled
 */
bool resolve_take(int fd, struct resolved *out);

/** resolve_end() - no child is left
 * @pid: of resolve_begin(), 0 none; set to 0
 */
void resolve_end(pid_t *pid);

#endif /* REDLOGD_RESOLVE_H */
