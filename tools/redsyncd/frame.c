// SPDX-License-Identifier: GPL-2.0-or-later
/* Owns the layout of the messages on the internal link; see frame.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <compiler.h>
#include "frame.h"

/* ---- writing --------------------------------------------------------------------- */

struct writer {
	uint8_t *at;
};

static void put(struct writer *w, uint64_t value, unsigned int bytes)
{
	for (; bytes; bytes--, value >>= 8)
		*w->at++ = (uint8_t)value;
}

static void put_bytes(struct writer *w, const void *data, size_t len)
{
	if (len)
		memcpy(w->at, data, len);
	w->at += len;
}

static void put_string(struct writer *w, const char *text, size_t size)
{
	size_t len = strnlen(text, size - 1);

	put(w, len, 1);
	put_bytes(w, text, len);
}

static void put_hello(struct writer *w, const struct frame_hello *h)
{
	put(w, h->boot_image, 1);
	put(w, h->ready, 1);
	put(w, h->sw_build, 4);
	put_string(w, h->serial, sizeof(h->serial));
	put_string(w, h->sw_version, sizeof(h->sw_version));
	put_string(w, h->sw_stamp, sizeof(h->sw_stamp));
}

static void put_manifest(struct writer *w, const struct frame_manifest *m)
{
	uint32_t len = m->len < FRAME_MANIFEST_TEXT ? m->len : FRAME_MANIFEST_TEXT;

	put_string(w, m->item, sizeof(m->item));
	put(w, m->flags, 1);
	put(w, len, 4);
	put_bytes(w, m->text, len);
}

static void put_want(struct writer *w, const struct frame_want *want)
{
	uint32_t count = want->count < FRAME_FILES_MAX ? want->count : FRAME_FILES_MAX;

	put_string(w, want->item, sizeof(want->item));
	put(w, want->generation, 8);
	put(w, count, 2);
	for (uint32_t i = 0; i < count; i++) {
		put(w, want->part[i].file, 2);
		put(w, want->part[i].offset, 8);
	}
}

static void put_data(struct writer *w, const struct frame_data *d)
{
	uint32_t len = d->len < FRAME_CHUNK ? d->len : FRAME_CHUNK;

	put_string(w, d->item, sizeof(d->item));
	put(w, d->generation, 8);
	put(w, d->file, 2);
	put(w, d->offset, 8);
	put(w, len, 4);
	put_bytes(w, d->data, len);
}

static void put_progress(struct writer *w, const struct frame_progress *p)
{
	put_string(w, p->item, sizeof(p->item));
	put(w, p->generation, 8);
	put(w, p->done, 8);
	put(w, p->total, 8);
}

static void put_ack(struct writer *w, const struct frame_ack *a)
{
	put_string(w, a->item, sizeof(a->item));
	put(w, a->generation, 8);
	put(w, a->own, 8);
	put(w, a->status, 1);
	put(w, a->flags, 1);
	put_bytes(w, a->digest, sizeof(a->digest));
	put_string(w, a->text, sizeof(a->text));
}

static void put_state(struct writer *w, const struct frame_state *s)
{
	put(w, s->synced, 1);
	put(w, s->flags, 1);
	put(w, s->boot_image, 1);
	put_string(w, s->text, sizeof(s->text));
}

static void put_body(struct writer *w, const struct frame *f)
{
	switch (f->head.type) {
	case FRAME_HELLO:
		put_hello(w, &f->hello);
		break;
	case FRAME_MANIFEST:
	case FRAME_HAVE:
		put_manifest(w, &f->manifest);
		break;
	case FRAME_WANT:
		put_want(w, &f->want);
		break;
	case FRAME_DATA:
		put_data(w, &f->data);
		break;
	case FRAME_PROGRESS:
		put_progress(w, &f->progress);
		break;
	case FRAME_ACK:
		put_ack(w, &f->ack);
		break;
	case FRAME_STATE:
		put_state(w, &f->state);
		break;
	}
}

size_t frame_encode(const struct frame *f, uint8_t *buf)
{
	struct writer head = { buf }, body = { buf + FRAME_HEAD };

	put_body(&body, f);
	put(&head, FRAME_MAGIC, 2);
	put(&head, FRAME_VERSION, 1);
	put(&head, f->head.type, 1);
	put(&head, body.at - buf - FRAME_HEAD, 4);
	put(&head, f->head.slot, 1);
	put(&head, 0, 3);
	put(&head, f->head.incarnation, 4);
	put(&head, f->head.epoch, 4);
	return body.at - buf;
}

/* ---- reading --------------------------------------------------------------------- */

struct reader {
	const uint8_t *at;
	size_t left;
	const char *why; /* what is wrong, NULL nothing yet */
};

static uint64_t get(struct reader *r, unsigned int bytes)
{
	uint64_t value = 0;

	if (r->left < bytes) {
		r->why = "it is too short";
		r->left = 0;
		return 0;
	}
	for (unsigned int i = 0; i < bytes; i++)
		value |= (uint64_t)r->at[i] << 8 * i;
	r->at += bytes;
	r->left -= bytes;
	return value;
}

static const uint8_t *get_bytes(struct reader *r, size_t len)
{
	const uint8_t *at = r->at;

	if (r->left < len) {
		r->why = "it is too short";
		r->left = 0;
		return NULL;
	}
	r->at += len;
	r->left -= len;
	return at;
}

static void get_string(struct reader *r, char *to, size_t size)
{
	size_t len = get(r, 1);
	const uint8_t *from = get_bytes(r, len);

	to[0] = '\0';
	if (!from)
		return;
	if (len >= size) {
		r->why = "a text is too long";
		return;
	}
	for (size_t i = 0; i < len; i++) {
		if (from[i] < ' ' || from[i] > '~') {
			r->why = "a text is not printable";
			return;
		}
	}
	memcpy(to, from, len);
	to[len] = '\0';
}

/* The name of an item: the same rule as in the policy file. */
static void get_item(struct reader *r, char item[FRAME_NAME_MAX])
{
	get_string(r, item, FRAME_NAME_MAX);
	if (r->why)
		return;
	if (!item[0] || strspn(item, "abcdefghijklmnopqrstuvwxyz0123456789-_") != strlen(item))
		r->why = "the name of an item is malformed";
}

static void get_hello(struct reader *r, struct frame_hello *h)
{
	h->boot_image = get(r, 1);
	h->ready = get(r, 1);
	h->sw_build = get(r, 4);
	get_string(r, h->serial, sizeof(h->serial));
	get_string(r, h->sw_version, sizeof(h->sw_version));
	get_string(r, h->sw_stamp, sizeof(h->sw_stamp));
}

static void get_manifest(struct reader *r, struct frame_manifest *m)
{
	get_item(r, m->item);
	m->flags = get(r, 1);
	m->len = get(r, 4);
	if (m->len > FRAME_MANIFEST_TEXT)
		r->why = "it is too long";
	else
		m->text = (const char *)get_bytes(r, m->len);
}

static void get_want(struct reader *r, struct frame_want *want)
{
	get_item(r, want->item);
	want->generation = get(r, 8);
	want->count = get(r, 2);
	if (want->count > FRAME_FILES_MAX) {
		r->why = "it names too many files";
		return;
	}
	for (uint32_t i = 0; i < want->count; i++) {
		want->part[i].file = get(r, 2);
		want->part[i].offset = get(r, 8);
	}
}

static void get_data(struct reader *r, struct frame_data *d)
{
	get_item(r, d->item);
	d->generation = get(r, 8);
	d->file = get(r, 2);
	d->offset = get(r, 8);
	d->len = get(r, 4);
	if (d->len > FRAME_CHUNK)
		r->why = "it is too long";
	else
		d->data = get_bytes(r, d->len);
	if (d->offset > INT64_MAX - FRAME_CHUNK)
		r->why = "it is beyond every file";
}

static void get_progress(struct reader *r, struct frame_progress *p)
{
	get_item(r, p->item);
	p->generation = get(r, 8);
	p->done = get(r, 8);
	p->total = get(r, 8);
}

static void get_ack(struct reader *r, struct frame_ack *a)
{
	const uint8_t *digest;

	get_item(r, a->item);
	a->generation = get(r, 8);
	a->own = get(r, 8);
	a->status = get(r, 1);
	a->flags = get(r, 1);
	digest = get_bytes(r, sizeof(a->digest));
	if (digest)
		memcpy(a->digest, digest, sizeof(a->digest));
	get_string(r, a->text, sizeof(a->text));
	if (a->status >= FRAME_STATUSES)
		a->status = FRAME_STATUS_FAILED; /* of a later version */
}

static void get_state(struct reader *r, struct frame_state *s)
{
	s->synced = get(r, 1);
	s->flags = get(r, 1);
	s->boot_image = get(r, 1);
	get_string(r, s->text, sizeof(s->text));
}

static void get_body(struct reader *r, struct frame *f)
{
	switch (f->head.type) {
	case FRAME_HELLO:
		get_hello(r, &f->hello);
		break;
	case FRAME_MANIFEST:
	case FRAME_HAVE:
		get_manifest(r, &f->manifest);
		break;
	case FRAME_WANT:
		get_want(r, &f->want);
		break;
	case FRAME_DATA:
		get_data(r, &f->data);
		break;
	case FRAME_PROGRESS:
		get_progress(r, &f->progress);
		break;
	case FRAME_ACK:
		get_ack(r, &f->ack);
		break;
	case FRAME_STATE:
		get_state(r, &f->state);
		break;
	}
}

static const char *get_head(struct reader *r, struct frame_head *h)
{
	uint64_t magic = get(r, 2), version = get(r, 1);

	h->type = get(r, 1);
	h->len = get(r, 4);
	h->slot = get(r, 1);
	get(r, 3);
	h->incarnation = get(r, 4);
	h->epoch = get(r, 4);
	if (magic != FRAME_MAGIC)
		return "no message begins here";
	if (version != FRAME_VERSION)
		return "another version of the protocol";
	return h->len > FRAME_BODY_MAX ? "it is too long" : NULL;
}

int frame_decode(const uint8_t *buf, size_t len, struct frame *f, const char **why)
{
	struct reader r = { .at = buf, .left = len };
	size_t whole;

	if (len < FRAME_HEAD)
		return 0;
	*why = get_head(&r, &f->head);
	if (*why)
		return -EBADMSG;
	whole = FRAME_HEAD + f->head.len;
	if (len < whole)
		return 0;
	r.left = f->head.len;
	get_body(&r, f);
	*why = r.why;
	return r.why ? -EBADMSG : (int)whole;
}

const char *frame_type_name(unsigned int type)
{
	static const char *const names[] = {
		[FRAME_HELLO] = "hello", [FRAME_BEAT] = "beat",	  [FRAME_MANIFEST] = "manifest",
		[FRAME_WANT] = "want",	 [FRAME_DATA] = "data",	  [FRAME_PROGRESS] = "progress",
		[FRAME_ACK] = "ack",	 [FRAME_STATE] = "state", [FRAME_HAVE] = "have",
	};

	if (type >= ARRAY_SIZE(names) || !names[type])
		return "unknown";
	return names[type];
}
