// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Files to and from a TFTP server, see tftp.h. libcurl speaks the protocol; this
 * file owns the limits: no server (ICMP), no answer, a transfer that stands still,
 * a file that is too long.
 */
#include <curl/curl.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <linux/errqueue.h>
#include "tftp.h"

#define BLOCK 1428 /* bytes: with the headers one Ethernet frame */

struct transfer {
	const struct tftp *t;
	CURL *curl;
	/* put */
	const char *from;
	size_t left;
	/* get */
	int fd;
	size_t max, got;
	/* limits */
	int sock;
	long long start_s, moved_s;
	unsigned long long moved;
	char why[TFTP_WHY_MAX]; /* why it was given up, "" it was not */
};

static long long now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

static size_t give(char *to, size_t size, size_t count, void *arg)
{
	struct transfer *x = arg;
	size_t n = size * count < x->left ? size * count : x->left;

	memcpy(to, x->from, n);
	x->from += n;
	x->left -= n;
	return n;
}

static size_t take(char *from, size_t size, size_t count, void *arg)
{
	struct transfer *x = arg;
	size_t n = size * count, done;
	ssize_t w;

	if (x->got + n > x->max) {
		snprintf(x->why, sizeof(x->why), "the file has more than %zu bytes", x->max);
		return 0;
	}
	for (done = 0; done < n; done += w) {
		w = write(x->fd, from + done, n - done);
		if (w < 0 && errno == EINTR)
			w = 0;
		if (w < 0) {
			snprintf(x->why, sizeof(x->why), "writing: %s", strerror(errno));
			return 0;
		}
	}
	x->got += n;
	return n;
}

/* What ICMP said of the server; the socket is not connected, since the answers
 * come from another port than the one asked.
 */
static void read_refusal(struct transfer *x)
{
	char control[256], data[64];
	struct iovec iov = { .iov_base = data, .iov_len = sizeof(data) };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof(control) };
	const struct sock_extended_err *e;
	const struct cmsghdr *c;

	if (x->sock < 0 || recvmsg(x->sock, &msg, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
		return;
	for (c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, (struct cmsghdr *)c)) {
		if ((c->cmsg_level != SOL_IP || c->cmsg_type != IP_RECVERR) &&
		    (c->cmsg_level != SOL_IPV6 || c->cmsg_type != IPV6_RECVERR))
			continue;
		e = (const void *)CMSG_DATA(c);
		if (e->ee_errno && !x->why[0])
			snprintf(x->why, sizeof(x->why), "no TFTP server answers there: %s",
				 strerror(e->ee_errno));
	}
}

static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct transfer *x = arg;
	int on = 1;

	x->sock = socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
	if (x->sock >= 0 && a->family == AF_INET6)
		setsockopt(x->sock, SOL_IPV6, IPV6_RECVERR, &on, sizeof(on));
	else if (x->sock >= 0)
		setsockopt(x->sock, SOL_IP, IP_RECVERR, &on, sizeof(on));
	return x->sock < 0 ? CURL_SOCKET_BAD : x->sock;
}

static int close_socket(void *arg, curl_socket_t fd)
{
	struct transfer *x = arg;

	if (fd == x->sock) {
		read_refusal(x);
		x->sock = -1;
	}
	return close(fd);
}

/* Return: not 0 gives the transfer up. */
static int progress(void *arg, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
		    curl_off_t up)
{
	struct transfer *x = arg;
	unsigned long long moved = (unsigned long long)down + up;
	long long now = now_s();

	read_refusal(x);
	if (moved != x->moved) {
		x->moved = moved;
		x->moved_s = now;
		if (x->t->progress)
			x->t->progress(x->t->data, moved,
				       (unsigned long long)down_total + up_total);
	}
	if (!x->why[0] && !moved && now - x->start_s >= TFTP_ANSWER_S)
		snprintf(x->why, sizeof(x->why), "no TFTP server answers there: no answer in %u s",
			 TFTP_ANSWER_S);
	if (!x->why[0] && now - x->moved_s >= TFTP_STALL_S)
		snprintf(x->why, sizeof(x->why),
			 "the server has stopped answering after %llu bytes", moved);
	return x->why[0] != '\0';
}

/* tftp://ADDRESS/NAME; the library checks and escapes the parts. */
static CURLU *make_url(const char *address, const char *name)
{
	char authority[160], path[1024];
	CURLU *url = curl_url();
	char *port;

	/* an IPv6 address without brackets has no port */
	if (strchr(address, ':') != strrchr(address, ':') && address[0] != '[')
		snprintf(authority, sizeof(authority), "[%.120s]", address);
	else
		snprintf(authority, sizeof(authority), "%.120s", address);
	port = strrchr(authority, ':');
	if (port && strchr(port, ']'))
		port = NULL;
	if (port)
		*port++ = '\0';
	snprintf(path, sizeof(path), "/%.1000s", name);
	if (url && strlen(address) <= 120 && strlen(name) <= 1000 &&
	    !curl_url_set(url, CURLUPART_SCHEME, "tftp", 0) &&
	    !curl_url_set(url, CURLUPART_HOST, authority, 0) &&
	    (!port || !curl_url_set(url, CURLUPART_PORT, port, 0)) &&
	    !curl_url_set(url, CURLUPART_PATH, path, CURLU_URLENCODE))
		return url;
	curl_url_cleanup(url);
	return NULL;
}

static void set_up(struct transfer *x, CURLU *url)
{
	CURL *curl = x->curl;

	curl_easy_setopt(curl, CURLOPT_CURLU, url);
	curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(curl, CURLOPT_TFTP_BLKSIZE, (long)BLOCK);
	/* 0 would be for ever */
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, x->t->timeout_s ? x->t->timeout_s * 1000L : 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)TFTP_ANSWER_S);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, x);
	curl_easy_setopt(curl, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
	curl_easy_setopt(curl, CURLOPT_CLOSESOCKETDATA, x);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, progress);
	curl_easy_setopt(curl, CURLOPT_XFERINFODATA, x);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	if (x->from) {
		curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
		curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
		curl_easy_setopt(curl, CURLOPT_READDATA, x);
		curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)x->left);
	} else {
		curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
		curl_easy_setopt(curl, CURLOPT_WRITEDATA, x);
	}
}

static int perform(struct transfer *x, char why[TFTP_WHY_MAX])
{
	CURLU *url = make_url(x->t->address, x->t->name);
	char detail[CURL_ERROR_SIZE] = "";
	CURLcode code = CURLE_FAILED_INIT;

	x->curl = curl_easy_init();
	x->sock = -1;
	x->start_s = now_s();
	x->moved_s = x->start_s;
	if (!url)
		code = CURLE_URL_MALFORMAT;
	if (url && x->curl) {
		set_up(x, url);
		curl_easy_setopt(x->curl, CURLOPT_ERRORBUFFER, detail);
		code = curl_easy_perform(x->curl);
		read_refusal(x);
	}
	if (code)
		snprintf(why, TFTP_WHY_MAX, "%s",
			 x->why[0] ? x->why :
			 detail[0] ? detail :
				     curl_easy_strerror(code));
	curl_easy_cleanup(x->curl);
	curl_url_cleanup(url);
	return code ? -1 : 0;
}

int tftp_put(const struct tftp *t, const void *data, size_t len, char why[TFTP_WHY_MAX])
{
	struct transfer x = { .t = t, .from = data, .left = len };

	return perform(&x, why);
}

int tftp_get(const struct tftp *t, int fd, size_t max, char why[TFTP_WHY_MAX])
{
	struct transfer x = { .t = t, .fd = fd, .max = max };

	return perform(&x, why);
}
