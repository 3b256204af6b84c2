// SPDX-License-Identifier: GPL-2.0-or-later
/* Owns the messages that wait on a connection; see wire.h. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "wire.h"

#define IN_BYTES  (2 * FRAME_MAX)
#define OUT_BYTES (4 * FRAME_MAX)
#define BULK_HIGH FRAME_MAX /* file data waits while more than this is queued */

struct wire {
	struct tls *tls;
	size_t in_at, in_len, out_at, out_len;
	char error[200];
	uint8_t in[IN_BYTES], out[OUT_BYTES];
};

struct wire *wire_new(struct tls *tls)
{
	struct wire *w = malloc(sizeof(*w));

	if (!w) {
		tls_free(tls);
		return NULL;
	}
	w->tls = tls;
	w->in_at = 0;
	w->in_len = 0;
	w->out_at = 0;
	w->out_len = 0;
	w->error[0] = '\0';
	return w;
}

void wire_free(struct wire *w)
{
	if (!w)
		return;
	tls_free(w->tls);
	free(w);
}

int wire_fd(const struct wire *w)
{
	return tls_fd(w->tls);
}

short wire_events(const struct wire *w)
{
	return tls_events(w->tls) | (w->out_len ? POLLOUT : 0);
}

bool wire_pending(const struct wire *w)
{
	return tls_pending(w->tls);
}

const char *wire_error(const struct wire *w)
{
	return w->error;
}

static int over(struct wire *w, int err)
{
	if (!w->error[0])
		snprintf(w->error, sizeof(w->error), "%s", tls_error(w->tls));
	return err;
}

/* ---- sending --------------------------------------------------------------------- */

int wire_send(struct wire *w, const struct frame *f)
{
	if (OUT_BYTES - w->out_at - w->out_len < FRAME_MAX && w->out_at) {
		memmove(w->out, w->out + w->out_at, w->out_len);
		w->out_at = 0;
	}
	if (OUT_BYTES - w->out_at - w->out_len < FRAME_MAX) {
		snprintf(w->error, sizeof(w->error), "it does not take what is sent");
		return -ENOBUFS;
	}
	w->out_len += frame_encode(f, w->out + w->out_at + w->out_len);
	return 0;
}

bool wire_room(const struct wire *w)
{
	return w->out_len <= BULK_HIGH;
}

int wire_flush(struct wire *w)
{
	ssize_t n;
	int err;

	while (w->out_len) {
		n = tls_write(w->tls, w->out + w->out_at, w->out_len);
		if (n < 0)
			return over(w, n);
		if (!n)
			break;
		w->out_at += n;
		w->out_len -= n;
	}
	if (!w->out_len)
		w->out_at = 0;
	err = tls_flush(w->tls);
	return err ? over(w, err) : 0;
}

/* ---- receiving ------------------------------------------------------------------- */

static int take(struct wire *w, struct frame *f)
{
	const char *why = NULL;
	int n = frame_decode(w->in + w->in_at, w->in_len, f, &why);

	if (n < 0) {
		snprintf(w->error, sizeof(w->error), "malformed message (%s): %s",
			 frame_type_name(f->head.type), why);
		return n;
	}
	w->in_at += n;
	w->in_len -= n;
	return n > 0;
}

int wire_receive(struct wire *w, struct frame *f)
{
	ssize_t n = take(w, f);

	while (!n) {
		if (w->in_at) {
			memmove(w->in, w->in + w->in_at, w->in_len);
			w->in_at = 0;
		}
		n = tls_read(w->tls, w->in + w->in_len, IN_BYTES - w->in_len);
		if (n <= 0)
			return n ? over(w, n) : 0;
		w->in_len += n;
		n = take(w, f);
	}
	return n;
}
