/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The socket RUN/syncd.sock for redctl: one JSON object a line. Anybody may ask
 * for the state, only root may have something done.
 */
#ifndef REDSYNCD_CONTROL_H
#define REDSYNCD_CONTROL_H

#include <jansson.h>
#include <poll.h>
#include "session.h"

#define CONTROL_CLIENTS 8
#define CONTROL_FDS	(CONTROL_CLIENTS + 1)

struct control;

/** control_open() - Return: NULL: cannot; errno says why */
struct control *control_open(const char *run_dir);
void control_close(struct control *c);

unsigned int control_poll(struct control *c, struct pollfd p[CONTROL_FDS], int64_t now_ms,
			  int64_t *wait_ms);
/**
 * control_handle() - what is ready: requests
 * @c: control
 * @p: as control_poll() filled it in
 * @n: its return
 * @s: session, NULL: there is no driver
 * @now_ms: monotonic clock
 */
void control_handle(struct control *c, const struct pollfd *p, unsigned int n, struct session *s,
		    int64_t now_ms);
/** control_answer() - the answers that are due now */
void control_answer(struct control *c, struct session *s, int64_t now_ms);

/* status.c: the answer to {"op":"status"} */
json_t *status_reply(const struct session *s);
const char *status_item_state(enum item_state state);
/* the modules that have what this side has: [1] or [1,2] */
json_t *status_affected(const struct session *s, bool both);

#endif /* REDSYNCD_CONTROL_H */
