// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The connection of libredund: socket, one request and its answer, and the
 * cause of a failure as a stable word and a sentence. Every receive has a
 * deadline.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include "rd.h"

#define ANSWER_S 30 /* the kernel answers at once, or hangs */

int rd_fail(struct rd *rd, int err, const char *reason, const char *text)
{
	snprintf(rd->reason, sizeof(rd->reason), "%s", reason);
	snprintf(rd->text, sizeof(rd->text), "%s", text);
	return err;
}

/* The kernel's texts begin with the word, if they are the driver's. */
int rd_fail_text(struct rd *rd, int err, const char *kernel_text)
{
	size_t n = strspn(kernel_text, "abcdefghijklmnopqrstuvwxyz-");

	if (!n || n >= sizeof(rd->reason) || (kernel_text[n] && strncmp(kernel_text + n, ": ", 2)))
		return rd_fail(rd, err, "invalid", kernel_text);
	snprintf(rd->reason, sizeof(rd->reason), "%.*s", (int)n, kernel_text);
	snprintf(rd->text, sizeof(rd->text), "%s", kernel_text + n + (kernel_text[n] ? 2 : 0));
	return err;
}

/* A failure without a text of the kernel. */
int rd_errno(struct rd *rd, int err)
{
	switch (err) {
	case -EPERM:
	case -EACCES:
		return rd_fail(rd, err, "permission", "This needs administrator rights");
	case -EOPNOTSUPP:
		return rd_fail(rd, err, "invalid", "The driver does not know this operation");
	case -EINVAL:
	case -ERANGE:
		return rd_fail(rd, err, "invalid", "The driver did not accept the request");
	case -EAGAIN:
		return rd_fail(rd, -ETIMEDOUT, "time-out", "The driver did not answer");
	}
	return rd_fail(rd, err, "error", strerror(-err));
}

const char *rd_reason(const struct rd *rd)
{
	return rd->reason;
}

const char *rd_text(const struct rd *rd)
{
	return rd->text;
}

static int set_options(struct nl_sock *sock)
{
	struct timeval answer = { .tv_sec = ANSWER_S };
	int fd = nl_socket_get_fd(sock), on = 1;

	if (setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &answer, sizeof(answer)))
		return -errno;
	return 0;
}

int rd_open(struct rd **out)
{
	struct rd *rd = calloc(1, sizeof(*rd));
	int err;

	*out = rd;
	if (!rd)
		return -ENOMEM;
	rd->sock = nl_socket_alloc();
	if (!rd->sock)
		return rd_errno(rd, -ENOMEM);
	err = genl_connect(rd->sock);
	if (err)
		return rd_fail(rd, -EIO, "error", nl_geterror(err));
	nl_socket_disable_auto_ack(rd->sock);
	rd->family = genl_ctrl_resolve(rd->sock, REDUND_FAMILY_NAME);
	if (rd->family < 0)
		return rd_fail(rd, -ENOENT, "no-driver", "The redundancy driver is not loaded");
	err = set_options(rd->sock);
	return err ? rd_errno(rd, err) : 0;
}

void rd_close(struct rd *rd)
{
	if (!rd)
		return;
	rd_monitor_close(rd);
	nl_socket_free(rd->sock);
	free(rd);
}

/* A request of the family; NULL: no memory. @instance: RD_ANY leaves it out. */
struct nl_msg *rd_request(struct rd *rd, int instance, int cmd, int flags)
{
	struct nl_msg *msg = nlmsg_alloc();

	if (!msg)
		return NULL;
	if (!genlmsg_put(msg, NL_AUTO_PORT, ++rd->seq, rd->family, 0, NLM_F_REQUEST | flags, cmd,
			 REDUND_FAMILY_VERSION) ||
	    (instance >= 0 && nla_put_u32(msg, REDUND_A_INSTANCE, instance))) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

/* One datagram of the kernel. Return: its length or a negative errno. */
int rd_receive(struct rd *rd, struct nl_sock *sock, char *buf, int flags)
{
	struct sockaddr_nl from = {};
	struct iovec iov = { .iov_base = buf, .iov_len = RD_BUFFER };
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	ssize_t n;

	do {
		n = recvmsg(nl_socket_get_fd(sock), &msg, flags);
		if (n < 0 && (errno != EINTR || flags & MSG_DONTWAIT))
			return -errno;
	} while (n < 0 || from.nl_pid);
	if (msg.msg_flags & MSG_TRUNC)
		return -EMSGSIZE;
	if (rd->tap)
		rd->tap(rd->tap_arg, buf, n);
	return n;
}

/* An error, an acknowledgment (0) or the end of a dump, with its text. */
static int process_end(struct rd *rd, const struct nlmsghdr *nlh)
{
	size_t skip = nlh->nlmsg_type == NLMSG_ERROR ? sizeof(struct nlmsgerr) : sizeof(int);
	struct nlattr *tb[NLMSGERR_ATTR_MAX + 1] = {};
	size_t len = nlh->nlmsg_len - NLMSG_HDRLEN;
	const char *data = nlmsg_data(nlh);
	int err = 0;

	if (len >= sizeof(err))
		memcpy(&err, data, sizeof(err));
	else if (nlh->nlmsg_type == NLMSG_ERROR)
		err = -EPROTO;
	if (err >= 0)
		return RD_DONE;
	/* the request comes back unless the kernel was told to cut it off */
	if (nlh->nlmsg_type == NLMSG_ERROR && !(nlh->nlmsg_flags & NLM_F_CAPPED))
		return rd_errno(rd, err);
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS && len > skip)
		nla_parse(tb, NLMSGERR_ATTR_MAX, (struct nlattr *)(data + skip), len - skip, NULL);
	if (tb[NLMSGERR_ATTR_MSG] && nla_len(tb[NLMSGERR_ATTR_MSG]) > 0) {
		char text[256];

		snprintf(text, sizeof(text), "%.*s", nla_len(tb[NLMSGERR_ATTR_MSG]),
			 (const char *)nla_data(tb[NLMSGERR_ATTR_MSG]));
		return rd_fail_text(rd, err, text);
	}
	return rd_errno(rd, err);
}

/*
 * rd_process() - one datagram that answers the request in progress
 *
 * Return: RD_MORE, RD_DONE or a negative errno, of the kernel or the sink.
 * *@interrupted is set when a dump was changed under way.
 */
int rd_process(struct rd *rd, const void *buf, size_t len, bool *interrupted, rd_sink sink,
	       void *arg)
{
	const struct nlmsghdr *nlh = buf;
	struct rd_message m;
	int left = len;

	for (; nlmsg_ok(nlh, left); nlh = nlmsg_next((struct nlmsghdr *)nlh, &left)) {
		if (nlh->nlmsg_seq != rd->seq)
			continue; /* late answer to a request given up */
		if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			*interrupted = true;
		if (nlh->nlmsg_type == NLMSG_ERROR || nlh->nlmsg_type == NLMSG_DONE)
			return process_end(rd, nlh);
		if (nlh->nlmsg_type != rd->family)
			continue;
		if (!rd_decode(nlh, &m))
			return rd_fail(rd, -EPROTO, "error", "The driver's answer is too short");
		if (sink) {
			int err = sink(arg, &m);

			if (err)
				return rd_errno(rd, err);
		}
	}
	return RD_MORE;
}

/* Sends @msg, frees it, and hands every reply to @sink. Return: 0, or a
 * negative errno; -EAGAIN: a dump was changed under way, all of it came.
 */
int rd_exchange(struct rd *rd, struct nl_msg *msg, rd_sink sink, void *arg)
{
	char *buf = malloc(RD_BUFFER);
	bool interrupted = false;
	int err;

	if (!msg || !buf) {
		nlmsg_free(msg);
		free(buf);
		return rd_errno(rd, -ENOMEM);
	}
	err = nl_send_auto(rd->sock, msg);
	nlmsg_free(msg);
	if (err < 0) {
		free(buf);
		return rd_fail(rd, -EIO, "error", nl_geterror(err));
	}
	do {
		int n = rd_receive(rd, rd->sock, buf, 0);

		err = n < 0 ? rd_errno(rd, n) : rd_process(rd, buf, n, &interrupted, sink, arg);
	} while (err == RD_MORE);
	free(buf);
	if (err < 0)
		return err;
	return interrupted ? -EAGAIN : 0;
}
