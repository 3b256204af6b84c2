/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The passwords of manager and operator: FLASH/security/passwords, a line
 * NAME:HASH each, hashed by crypt(3) with yescrypt.
 */
#ifndef REDCTL_PASSWORDS_H
#define REDCTL_PASSWORDS_H

#include <stdbool.h>
#include <stdio.h>
#include "security.h"

#define PASSWORD_MAX 64

/** password_read() - one line of standard input, from a terminal without echo
 * @to: where the prompt goes
 * @prompt: without the blank after it
 * @buf: what was typed
 * @size: of @buf
 *
 * Return: false at the end of input.
 */
bool password_read(FILE *to, const char *prompt, char *buf, size_t size);

/** password_set() - set or clear passwords, durably
 * @name: "manager", "operator", or "all" to clear both
 * @password: new one, NULL clears
 *
 * Return: 1 changed, 0 there was none to clear, or a negative errno.
 */
int password_set(const char *name, const char *password);

/** password_is_set() - is there one?
 * @name: "manager", "operator"
 *
 * Return: 1, 0, or a negative errno: it cannot be read.
 */
int password_is_set(const char *name);

/** password_check() - whose password is it?
 * @password: what was typed
 *
 * Return: "manager", "operator" or NULL.
 */
const char *password_check(const char *password);

#endif /* REDCTL_PASSWORDS_H */
