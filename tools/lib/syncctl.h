/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The control socket of redsyncd: one JSON object a line, to it and from it. */
#ifndef REDUND_SYNCCTL_H
#define REDUND_SYNCCTL_H

#include <jansson.h>

#define SYNCCTL_LINE_MAX 65536 /* bytes of an answer's line */

/** syncctl_path() - /run/redund/syncd.sock, below REDUND_RUN if that is set */
const char *syncctl_path(void);

/**
 * syncctl_call() - one request and its answer
 * @request: object with "op"
 * @progress: called with each line that has "progress" before the answer, or NULL
 * @data: for it
 * @timeout_ms: for all of it
 * @answer: set to the answer, for json_decref()
 *
 * Return: 0; -ENOENT or -ECONNREFUSED nobody listens; -ETIMEDOUT; -EPIPE the
 * daemon ended without an answer; -EBADMSG what came is no answer; another
 * negative errno.
 */
int syncctl_call(const json_t *request, void (*progress)(void *data, const json_t *line),
		 void *data, int timeout_ms, json_t **answer);

#endif /* REDUND_SYNCCTL_H */
