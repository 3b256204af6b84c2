// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns a GnuTLS session and the encrypted bytes on their way: many records go by
 * one system call, which counts in a virtual module.
 */
#include <errno.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "tls.h"

#define IN_BYTES  (128 * 1024)
#define OUT_BYTES (256 * 1024)

/* One cipher with the hash of the pre-shared key's binder, and one for processors without AES. */
#define PRIORITY                                                                      \
	"NONE:+VERS-TLS1.3:+AES-128-GCM:+CHACHA20-POLY1305:+AEAD:+MAC-ALL:+SIGN-ALL:" \
	"+ECDHE-PSK:+GROUP-X25519:+GROUP-SECP256R1:%DISABLE_TLS13_COMPAT_MODE"

struct tls {
	gnutls_session_t session;
	gnutls_psk_client_credentials_t client;
	gnutls_psk_server_credentials_t server;
	struct tls_secret secret;
	int fd, failed; /* a negative errno of the socket */
	bool up, ended;
	size_t in_at, in_len, out_at, out_len;
	char error[160];
	uint8_t in[IN_BYTES], out[OUT_BYTES];
};

void tls_name(char name[TLS_NAME_MAX], const char *serial, unsigned int slot)
{
	snprintf(name, TLS_NAME_MAX, "redund-%.40s-slot%u", serial, slot);
}

/* ---- the socket, behind GnuTLS ------------------------------------------------------ */

int tls_flush(struct tls *t)
{
	ssize_t n;

	while (t->out_len && !t->failed) {
		n = send(t->fd, t->out + t->out_at, t->out_len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			break;
		if (n < 0) {
			t->failed = -errno;
			snprintf(t->error, sizeof(t->error), "%s", strerror(errno));
			break;
		}
		t->out_at += n;
		t->out_len -= n;
	}
	if (!t->out_len)
		t->out_at = 0;
	return t->failed;
}

static ssize_t push(gnutls_transport_ptr_t data, const void *buf, size_t len)
{
	struct tls *t = data;

	if (t->failed) {
		gnutls_transport_set_errno(t->session, -t->failed);
		return -1;
	}
	if (t->out_at + t->out_len + len > OUT_BYTES) {
		memmove(t->out, t->out + t->out_at, t->out_len);
		t->out_at = 0;
	}
	if (t->out_len + len > OUT_BYTES) {
		gnutls_transport_set_errno(t->session, EAGAIN);
		return -1;
	}
	memcpy(t->out + t->out_at + t->out_len, buf, len);
	t->out_len += len;
	return len;
}

/* Fills the empty buffer. Return: false: nothing came, the session's errno says why. */
static bool fill(struct tls *t)
{
	ssize_t n;

	if (t->ended || t->failed) {
		gnutls_transport_set_errno(t->session, ECONNRESET);
		return false;
	}
	n = recv(t->fd, t->in, IN_BYTES, MSG_DONTWAIT);
	if (n > 0) {
		t->in_at = 0;
		t->in_len = n;
		return true;
	}
	if (!n) {
		t->ended = true;
		snprintf(t->error, sizeof(t->error), "the connection was closed");
		gnutls_transport_set_errno(t->session, ECONNRESET);
		return false;
	}
	gnutls_transport_set_errno(t->session, errno == EINTR ? EAGAIN : errno);
	if (errno != EAGAIN && errno != EINTR) {
		t->failed = -errno;
		snprintf(t->error, sizeof(t->error), "%s", strerror(errno));
	}
	return false;
}

static ssize_t pull(gnutls_transport_ptr_t data, void *buf, size_t len)
{
	struct tls *t = data;

	if (!t->in_len && !fill(t))
		return -1;
	if (len > t->in_len)
		len = t->in_len;
	memcpy(buf, t->in + t->in_at, len);
	t->in_at += len;
	t->in_len -= len;
	return len;
}

/* ---- the key ----------------------------------------------------------------------------- */

/* The client says who it is: nobody but the other module of this chassis. */
static int server_key(gnutls_session_t session, const char *name, gnutls_datum_t *key)
{
	struct tls *t = gnutls_session_get_ptr(session);

	if (!t->secret.peer[0] || strcmp(name, t->secret.peer)) {
		snprintf(t->error, sizeof(t->error), "`%.48s' is not the other module", name);
		return -1;
	}
	key->data = gnutls_malloc(TLS_KEY);
	if (!key->data)
		return -1;
	memcpy(key->data, t->secret.key, TLS_KEY);
	key->size = TLS_KEY;
	return 0;
}

static int set_key(struct tls *t, bool server)
{
	gnutls_datum_t key = { t->secret.key, TLS_KEY };
	int err;

	if (server) {
		err = gnutls_psk_allocate_server_credentials(&t->server);
		if (err)
			return err;
		gnutls_psk_set_server_credentials_function(t->server, server_key);
		return gnutls_credentials_set(t->session, GNUTLS_CRD_PSK, t->server);
	}
	err = gnutls_psk_allocate_client_credentials(&t->client);
	if (!err)
		err = gnutls_psk_set_client_credentials(t->client, t->secret.own, &key,
							GNUTLS_PSK_KEY_RAW);
	return err ? err : gnutls_credentials_set(t->session, GNUTLS_CRD_PSK, t->client);
}

/* ---- a session ---------------------------------------------------------------------------- */

struct tls *tls_new(int fd, bool server, const struct tls_secret *secret)
{
	unsigned int flags = GNUTLS_NONBLOCK | GNUTLS_NO_TICKETS | GNUTLS_NO_SIGNAL;
	struct tls *t = calloc(1, sizeof(*t));

	if (!t) {
		close(fd);
		return NULL;
	}
	t->fd = fd;
	t->secret = *secret;
	if (gnutls_init(&t->session, flags | (server ? GNUTLS_SERVER : GNUTLS_CLIENT)) ||
	    gnutls_priority_set_direct(t->session, PRIORITY, NULL) || set_key(t, server)) {
		tls_free(t);
		return NULL;
	}
	gnutls_session_set_ptr(t->session, t);
	gnutls_transport_set_ptr(t->session, t);
	gnutls_transport_set_push_function(t->session, push);
	gnutls_transport_set_pull_function(t->session, pull);
	gnutls_handshake_set_timeout(t->session, 0); /* the caller has one */
	return t;
}

void tls_free(struct tls *t)
{
	if (!t)
		return;
	if (t->up && !t->ended && !t->failed) {
		gnutls_bye(t->session, GNUTLS_SHUT_WR);
		tls_flush(t);
	}
	if (t->session)
		gnutls_deinit(t->session);
	if (t->client)
		gnutls_psk_free_client_credentials(t->client);
	if (t->server)
		gnutls_psk_free_server_credentials(t->server);
	close(t->fd);
	gnutls_memset(&t->secret, 0, sizeof(t->secret));
	free(t);
}

int tls_fd(const struct tls *t)
{
	return t->fd;
}

short tls_events(const struct tls *t)
{
	return POLLIN | (t->out_len ? POLLOUT : 0);
}

bool tls_pending(const struct tls *t)
{
	return t->in_len || gnutls_record_check_pending(t->session);
}

const char *tls_error(const struct tls *t)
{
	return t->error[0] ? t->error : "no cause is known";
}

/* Return: 0: later; else a negative errno, with the text of the first cause. */
static int end_of(struct tls *t, int err)
{
	if (err == GNUTLS_E_AGAIN || err == GNUTLS_E_INTERRUPTED)
		return 0;
	if (!gnutls_error_is_fatal(err) && err != GNUTLS_E_REHANDSHAKE)
		return 0;
	if (!t->error[0] && err == GNUTLS_E_FATAL_ALERT_RECEIVED)
		snprintf(t->error, sizeof(t->error), "the other side refuses: %s",
			 gnutls_alert_get_name(gnutls_alert_get(t->session)));
	else if (!t->error[0])
		snprintf(t->error, sizeof(t->error), "%s", gnutls_strerror(err));
	return t->failed ? t->failed : -EPROTO;
}

int tls_handshake(struct tls *t)
{
	int err = gnutls_handshake(t->session), end;

	if (!err) {
		t->up = true;
		return tls_flush(t) ? t->failed : 1;
	}
	end = end_of(t, err);
	if (end && !t->ended && !t->failed)
		gnutls_alert_send_appropriate(t->session, err);
	tls_flush(t);
	return end ? end : t->failed;
}

ssize_t tls_read(struct tls *t, void *buf, size_t size)
{
	ssize_t n = gnutls_record_recv(t->session, buf, size);

	if (n > 0)
		return n;
	if (!n) {
		t->ended = true;
		snprintf(t->error, sizeof(t->error), "the connection was closed");
		return -ECONNRESET;
	}
	return end_of(t, n);
}

ssize_t tls_write(struct tls *t, const void *buf, size_t len)
{
	size_t room = OUT_BYTES - t->out_len, done = 0;
	ssize_t n;

	/* a record that does not fit would have to be offered again as it is */
	while (done < len && room > 20000) {
		n = len - done > 16384 ? 16384 : len - done;
		n = gnutls_record_send(t->session, (const uint8_t *)buf + done, n);
		if (n < 0)
			return end_of(t, n);
		done += n;
		room = OUT_BYTES - t->out_len;
	}
	return tls_flush(t) ? t->failed : (ssize_t)done;
}
