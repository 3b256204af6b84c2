/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words that redctl prints and that are not simply those of the netlink
 * specification (rd_name()).
 */
#ifndef REDCTL_NAMES_H
#define REDCTL_NAMES_H

#include "../lib/redund.h"
#include "out.h"

/** role_status() - the word of the Status column (S-041, architecture "Roles")
 * @role: enum redund_role
 *
 * Return: Active, Standby, Syncing, Booting, Failed, Offline, Down or Absent.
 */
const char *role_status(unsigned int role);

/** image_status() - the word of the Boot Image column (S-042); "" if unknown */
const char *image_status(unsigned int image);

/** module_status() - the Status word of an interface module (S-180) */
const char *module_status(unsigned int state);

/** not_ready_words() - the bits of REDUND_NOT_READY_* as words, ", " between
 * @bits: REDUND_NOT_READY_*
 *
 * Return: @buf, empty when no bit is set.
 */
char *not_ready_words(char *buf, size_t size, uint32_t bits);

/** out_not_ready() - the same bits as a list */
void out_not_ready(struct out *o, const char *key, uint32_t bits);

#endif /* REDCTL_NAMES_H */
