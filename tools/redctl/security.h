/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * FLASH/security: keys, certificates and passwords, for root alone. All of it is
 * one item of the synchronization, "security".
 */
#ifndef REDCTL_SECURITY_H
#define REDCTL_SECURITY_H

#include <stdbool.h>
#include "redctl.h"

#define SECURITY_SSH_KEY   "ssh_host_key"
#define SECURITY_HTTPS_KEY "https.key"
#define SECURITY_HTTPS_CRT "https.crt"
#define SECURITY_CLIENTS   "clients.pub"
#define SECURITY_PASSWORDS "passwords"
#define SECURITY_TEXT_MAX  16384

/** security_path() - the path of one of its files
 * @name: of the file, "" for the directory
 * @buf: FLASH_PATH_MAX bytes
 */
const char *security_path(const char *name, char *buf);

/** security_write() - replace a file durably; 0600 in a directory of 0700
 * @name: of the file
 * @data: content
 * @len: of @data
 *
 * Return: 0, or a negative errno.
 */
int security_write(const char *name, const void *data, size_t len);

/** security_read() - read a file as text
 * @name: of the file
 * @buf: SECURITY_TEXT_MAX bytes
 *
 * Return: its length, or a negative errno.
 */
int security_read(const char *name, char *buf);

/** security_remove() - remove the files whose names end so
 * @end: the name, or "*" and its end
 *
 * Return: how many, or a negative errno.
 */
int security_remove(const char *end);

/** security_fail() - report a failure of these files
 * @ctx: context
 * @err: negative errno
 *
 * Return: enum status
 */
int security_fail(struct ctx *ctx, int err);

/* ---- keys.c: by GnuTLS ------------------------------------------------------------- */

/** key_make_ssh() - a new host key (ECDSA, NIST P-256) and its public key
 * @comment: behind the public key
 *
 * Return: 0, a negative errno, or a negative code of GnuTLS below -10000.
 */
int key_make_ssh(const char *comment);

/** key_make_https() - a new key and a certificate that it signs itself
 * @name: common name
 */
int key_make_https(const char *name);

/** key_error() - the sentence of what the functions above returned */
const char *key_error(int err);

/** key_fingerprint() - SHA-256 of a public key as ssh-keygen prints it, or of a certificate
 * @file: SECURITY_SSH_KEY ".pub" or SECURITY_HTTPS_CRT
 * @buf: filled
 * @size: of @buf
 *
 * Return: 0; -ENOENT; -EBADMSG it is none.
 */
int key_fingerprint(const char *file, char *buf, size_t size);

/** key_expiry() - when the certificate ends, seconds since 1970; 0 there is none */
long long key_expiry(void);

#endif /* REDCTL_SECURITY_H */
