/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The events that show log lists: of the driver, and those stored in the flash. */
#ifndef REDCTL_LOGLIST_H
#define REDCTL_LOGLIST_H

#include "../lib/logstore.h"
#include "redctl.h"

struct loglist {
	struct log_line *lines; /* oldest first */
	size_t n;
};

/**
 * loglist_load() - collect the events
 * @ctx: context
 * @all: those of earlier boots and of the other module too, and lines that
 *	 tell boots and losses
 * @list: filled; loglist_free()
 *
 * An event that is in several places is listed once.
 *
 * Return: enum status; not 0: the cause has been reported.
 */
int loglist_load(struct ctx *ctx, bool all, struct loglist *list);

/* Keeps the lines of one boot of this module. Return: whether there are any. */
bool loglist_boot(struct loglist *list, unsigned int mm, uint32_t boot);

void loglist_free(struct loglist *list);

#endif /* REDCTL_LOGLIST_H */
