/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages on one connection: what is received and what waits to be sent. Bounded. */
#ifndef REDSYNCD_WIRE_H
#define REDSYNCD_WIRE_H

#include "frame.h"
#include "tls.h"

struct wire;

/** wire_new() - @tls: shaken hands; belongs to it from now on, also on NULL */
struct wire *wire_new(struct tls *tls);
void wire_free(struct wire *w); /* also NULL */

/**
 * wire_send() - queue a message
 * @w: connection
 * @f: message
 *
 * Return: 0; -ENOBUFS: the other side does not read, the connection cannot go on.
 */
int wire_send(struct wire *w, const struct frame *f);
/** wire_room() - file data may be queued: not much waits in front of it */
bool wire_room(const struct wire *w);
/** wire_flush() - give what waits to the socket; Return: 0, or a negative errno: it is over */
int wire_flush(struct wire *w);

/**
 * wire_receive() - the next message
 * @w: connection
 * @f: filled; what it points to is valid until the next call
 *
 * Return: 1; 0 none now; negative errno: it is over.
 */
int wire_receive(struct wire *w, struct frame *f);
/** wire_error() - why it is over: a sentence without a full stop */
const char *wire_error(const struct wire *w);

int wire_fd(const struct wire *w);
short wire_events(const struct wire *w);
bool wire_pending(const struct wire *w);

#endif /* REDSYNCD_WIRE_H */
