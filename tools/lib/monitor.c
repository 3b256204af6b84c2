// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The stream of changes of libredund, on a socket of its own, and the check
 * of its numbers: what a dump holds already is skipped, a hole is told once.
 * Also listens to the netlink controller, since a driver that is unloaded
 * takes its group away without a word.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include "rd.h"

#define RECEIVE_BUFFER 1048576 /* bytes; the kernel may grant less */

/* Joins @group of @family. The name is resolved on the request socket. */
static int join(struct rd *rd, const char *family, const char *group)
{
	int id = genl_ctrl_resolve_grp(rd->sock, family, group);

	return id < 0 ? id : nl_socket_add_membership(rd->monitor, id);
}

int rd_subscribe(struct rd *rd)
{
	int err = -NLE_NOMEM;

	if (rd->monitor)
		return 0;
	rd->pending = malloc(RD_BUFFER);
	rd->monitor = nl_socket_alloc();
	if (rd->pending && rd->monitor)
		err = genl_connect(rd->monitor);
	if (!err)
		nl_socket_set_buffer_size(rd->monitor, RECEIVE_BUFFER, 0);
	if (!err)
		err = join(rd, "nlctrl", "notify");
	if (!err)
		err = join(rd, REDUND_FAMILY_NAME, REDUND_MCGRP_MONITOR);
	if (err) {
		rd_monitor_close(rd);
		return rd_fail(rd, -EIO, "error", nl_geterror(err));
	}
	return 0;
}

void rd_monitor_close(struct rd *rd)
{
	nl_socket_free(rd->monitor);
	rd->monitor = NULL;
	free(rd->pending);
	rd->pending = NULL;
	free(rd->track);
	rd->track = NULL;
	rd->tracks = 0;
	rd->pending_len = 0;
	rd->pending_off = 0;
}

int rd_monitor_fd(const struct rd *rd)
{
	return rd->monitor ? nl_socket_get_fd(rd->monitor) : -1;
}

static struct rd_track *track_of(struct rd *rd, uint32_t instance)
{
	struct rd_track *t;
	unsigned int i;

	for (i = 0; i < rd->tracks; i++)
		if (rd->track[i].instance == instance)
			return &rd->track[i];
	t = realloc(rd->track, (rd->tracks + 1) * sizeof(*t));
	if (!t)
		return NULL;
	rd->track = t;
	t += rd->tracks++;
	memset(t, 0, sizeof(*t));
	t->instance = instance;
	return t;
}

void rd_synced(struct rd *rd, uint32_t instance, uint32_t change_seq)
{
	struct rd_track *t = track_of(rd, instance);

	if (!t)
		return;
	t->base = change_seq;
	t->synced = true;
}

/* Numbers are compared as a sequence that wraps. */
static bool after(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) > 0;
}

/*
 * rd_want() - whether a change is new to the caller, and whether some before
 * it are missing (->lost). A number that goes back is a controller that was
 * taken away and came again.
 */
bool rd_want(struct rd *rd, struct rd_change *c)
{
	struct rd_track *t = track_of(rd, c->instance);
	bool dump_ahead, backwards, hole = false;

	if (!t)
		return true;
	dump_ahead = t->synced && (!t->seen || after(t->base, t->last));
	backwards = t->seen && !after(c->seq, t->last);
	if (dump_ahead)
		hole = after(c->seq, t->base + 1);
	else if (t->seen)
		hole = c->seq != t->last + 1;
	c->lost = backwards || hole;
	t->seen = true;
	t->last = c->seq;
	if (c->lost)
		t->synced = false;
	return !t->synced || after(c->seq, t->base);
}

/* The socket ran over: tells the loss once for each instance known. */
static bool next_overrun(struct rd *rd, struct rd_change *out)
{
	if (!rd->overrun)
		return false;
	memset(out, 0, sizeof(*out));
	out->lost = true;
	if (rd->overrun > rd->tracks) { /* none is known */
		rd->overrun = 0;
		return true;
	}
	rd->overrun--;
	out->instance = rd->track[rd->overrun].instance;
	out->seq = rd->track[rd->overrun].last;
	rd->track[rd->overrun].synced = false;
	return true;
}

/* The family went away, as the netlink controller tells it. */
static bool family_gone(const struct rd *rd, const struct nlmsghdr *nlh)
{
	struct nlattr *tb[CTRL_ATTR_MAX + 1] = {};
	const struct genlmsghdr *genl = nlmsg_data(nlh);

	if (nlh->nlmsg_type != GENL_ID_CTRL || nlh->nlmsg_len < NLMSG_LENGTH(GENL_HDRLEN) ||
	    genl->cmd != CTRL_CMD_DELFAMILY)
		return false;
	nla_parse(tb, CTRL_ATTR_MAX, (struct nlattr *)((char *)genl + GENL_HDRLEN),
		  nlh->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN), NULL);
	return tb[CTRL_ATTR_FAMILY_ID] && nla_len(tb[CTRL_ATTR_FAMILY_ID]) >= 2 &&
	       nla_get_u16(tb[CTRL_ATTR_FAMILY_ID]) == rd->family;
}

/* The next change of the datagram in hand. Return: 1, 0 none is left, -ENOENT. */
static int next_pending(struct rd *rd, struct rd_change *out)
{
	while (rd->pending_off < rd->pending_len) {
		struct nlmsghdr *nlh = (struct nlmsghdr *)(rd->pending + rd->pending_off);
		size_t left = rd->pending_len - rd->pending_off;
		struct rd_message m;

		if (!nlmsg_ok(nlh, (int)left))
			break;
		rd->pending_off += NLMSG_ALIGN(nlh->nlmsg_len);
		if (family_gone(rd, nlh))
			return rd_fail(rd, -ENOENT, "no-driver", "The driver was unloaded");
		if (nlh->nlmsg_type != rd->family || !rd_decode(nlh, &m) ||
		    m.cmd != REDUND_CMD_CHANGE_NTF || !m.has_instance)
			continue;
		if (!rd_want(rd, &m.change))
			continue;
		*out = m.change;
		return 1;
	}
	rd->pending_off = 0;
	rd->pending_len = 0;
	return 0;
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

/* Waits for a datagram until @deadline (-1: for ever). Return: 1, 0 time is up. */
static int fill_pending(struct rd *rd, int64_t deadline)
{
	struct pollfd p = { .fd = rd_monitor_fd(rd), .events = POLLIN };
	int64_t left = -1;
	int n;

	if (deadline >= 0) {
		left = deadline - now_ms();
		if (left < 0)
			left = 0;
	}
	n = poll(&p, 1, left);
	if (n <= 0)
		return n < 0 ? -errno : 0;
	n = rd_receive(rd, rd->monitor, rd->pending, MSG_DONTWAIT);
	if (n == -ENOBUFS) {
		rd->overrun = rd->tracks ? rd->tracks : 1;
		return 1;
	}
	if (n == -EAGAIN)
		return 1;
	if (n < 0)
		return n;
	rd->pending_len = n;
	rd->pending_off = 0;
	return 1;
}

int rd_next_change(struct rd *rd, int timeout_ms, struct rd_change *out)
{
	int64_t deadline = timeout_ms < 0 ? -1 : now_ms() + timeout_ms;
	int n;

	if (!rd->monitor)
		return rd_fail(rd, -EINVAL, "invalid", "Not subscribed");
	for (;;) {
		if (next_overrun(rd, out))
			return 1;
		n = next_pending(rd, out);
		if (n)
			return n;
		n = fill_pending(rd, deadline);
		if (n < 0)
			return n == -EINTR ? n : rd_errno(rd, n);
		if (!n)
			return 0;
	}
}
