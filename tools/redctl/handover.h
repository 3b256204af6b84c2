/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What follows when the driver has begun a handover, for every command that asks for one. */
#ifndef REDCTL_HANDOVER_H
#define REDCTL_HANDOVER_H

#include "session.h"

/** handover_until() - when the command ends without a verdict (--timeout, or 120 s)
 * @ctx: context
 *
 * Return: milliseconds of now_ms()
 */
long long handover_until(const struct ctx *ctx);

/** handover_progress() - one line for whoever watches a terminal
 * @ctx: context
 * @text: the line
 */
void handover_progress(struct ctx *ctx, const char *text);

/** handover_next() - until something changed that may matter; the caller reads it
 * @ctx: context, subscribed
 * @until: of now_ms()
 *
 * Return: 0, -ETIMEDOUT, or the library's negative errno.
 */
int handover_next(struct ctx *ctx, long long until);

/** handover_wait() - wait for the verdict, and report it
 * @ctx: context, subscribed before the request
 * @id: of the handover
 * @until: of now_ms()
 *
 * Return: enum status
 */
int handover_wait(struct ctx *ctx, uint32_t id, long long until);

/* The driver's sentence without the word in front of it. */
const char *handover_sentence(const char *text);

/** handover_obstacles() - one line for each reason that stands against a switchover
 * @ctx: context
 * @not_ready: REDUND_NOT_READY_*
 * @but: word that was said already, or NULL
 */
void handover_obstacles(struct ctx *ctx, uint32_t not_ready, const char *but);

#endif /* REDCTL_HANDOVER_H */
