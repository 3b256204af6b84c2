/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The driver's files in debugfs, which are root's (Documentation/redund/debugfs.rst). */
#ifndef REDCTL_DEBUGFS_H
#define REDCTL_DEBUGFS_H

#include "redctl.h"

/**
 * debugfs_read() - a file of the instance
 * @ctx: context with an instance
 * @name: "registers", "trace"
 * @text: set to its content, to be free()d
 *
 * Below REDUND_DEBUGFS, or /sys/kernel/debug/redund.
 *
 * Return: enum status; not 0: the cause has been reported.
 */
int debugfs_read(struct ctx *ctx, const char *name, char **text);

#endif /* REDCTL_DEBUGFS_H */
