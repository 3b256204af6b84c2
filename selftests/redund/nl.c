// SPDX-License-Identifier: GPL-2.0-only
/* Generic netlink by hand; see nl.h. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "nl.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

static int family, group;
static uint32_t seq = 1;

static void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(4);
}

const struct nlattr *nl_find(const struct nlattr *attrs, size_t len, uint16_t type)
{
	const struct nlattr *a = attrs;

	while (len >= NLA_HDRLEN && a->nla_len >= NLA_HDRLEN && a->nla_len <= len) {
		size_t step = NLA_ALIGN(a->nla_len);

		if ((a->nla_type & NLA_TYPE_MASK) == type)
			return a;
		if (step > len)
			break;
		len -= step;
		a = (const struct nlattr *)((const char *)a + step);
	}
	return NULL;
}

uint32_t nl_get_u32(const struct nlattr *a)
{
	uint32_t v = 0;

	if (a)
		memcpy(&v, NL_DATA(a), NL_LEN(a) < 4 ? NL_LEN(a) : 4);
	return v;
}

uint64_t nl_get_u64(const struct nlattr *a)
{
	uint64_t v = 0;

	if (a)
		memcpy(&v, NL_DATA(a), NL_LEN(a) < 8 ? NL_LEN(a) : 8);
	return v;
}

const struct nlattr *nl_nest(const struct nlattr *a, size_t *len)
{
	if (!a) {
		*len = 0;
		return NULL;
	}
	*len = NL_LEN(a);
	return NL_DATA(a);
}

static void begin(struct nl_msg *m, uint16_t type, uint8_t cmd, uint16_t flags)
{
	struct genlmsghdr *g = NLMSG_DATA(&m->hdr);

	memset(m, 0, sizeof(*m));
	m->hdr.nlmsg_type = type;
	m->hdr.nlmsg_flags = NLM_F_REQUEST | flags;
	m->hdr.nlmsg_seq = seq++;
	m->hdr.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
	g->cmd = cmd;
	g->version = 1;
}

void nl_begin(struct nl_msg *m, uint8_t cmd, uint16_t flags)
{
	begin(m, family, cmd, flags);
}

void *nl_put(struct nl_msg *m, uint16_t type, const void *data, size_t len)
{
	struct nlattr *a = (struct nlattr *)(m->buf + NLMSG_ALIGN(m->hdr.nlmsg_len));

	a->nla_type = type;
	a->nla_len = NLA_HDRLEN + len;
	if (len)
		memcpy((char *)a + NLA_HDRLEN, data, len);
	m->hdr.nlmsg_len = NLMSG_ALIGN(m->hdr.nlmsg_len) + NLA_ALIGN(a->nla_len);
	return a;
}

void nl_u32(struct nl_msg *m, uint16_t type, uint32_t value)
{
	nl_put(m, type, &value, sizeof(value));
}

void nl_u8(struct nl_msg *m, uint16_t type, uint8_t value)
{
	nl_put(m, type, &value, sizeof(value));
}

void nl_str(struct nl_msg *m, uint16_t type, const char *s)
{
	nl_put(m, type, s, strlen(s) + 1);
}

void nl_send(int fd, struct nl_msg *m, size_t len)
{
	if (send(fd, m->buf, len ? len : m->hdr.nlmsg_len, 0) < 0)
		die("send");
}

static void take_text(const struct nlattr *a, struct nl_reply *r)
{
	if (a)
		snprintf(r->text, sizeof(r->text), "%.*s", (int)NL_LEN(a),
			 (const char *)NL_DATA(a));
}

/* The text of an acknowledgment lies behind the copied header. */
static void take_error(const struct nlmsghdr *h, struct nl_reply *r)
{
	const struct nlmsgerr *e = NLMSG_DATA(h);
	size_t skip = sizeof(*e), len = h->nlmsg_len - NLMSG_HDRLEN;
	const struct nlattr *a;

	r->error = e->error;
	if (!(h->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!(h->nlmsg_flags & NLM_F_CAPPED) && e->error)
		skip += NLMSG_ALIGN(e->msg.nlmsg_len) - NLMSG_HDRLEN;
	if (skip > len)
		return;
	a = nl_find((const struct nlattr *)((const char *)e + skip), len - skip, NLMSGERR_ATTR_MSG);
	take_text(a, r);
}

/* The end of a dump carries its error in front of the attributes. */
static void take_done(const struct nlmsghdr *h, struct nl_reply *r)
{
	size_t len = h->nlmsg_len - NLMSG_HDRLEN;
	const struct nlattr *a;

	if (len < 4)
		return;
	memcpy(&r->error, NLMSG_DATA(h), 4);
	a = nl_find((const struct nlattr *)((const char *)NLMSG_DATA(h) + 4), len - 4,
		    NLMSGERR_ATTR_MSG);
	take_text(a, r);
}

static void give(const struct nlmsghdr *h, nl_cb cb, void *ctx)
{
	const struct genlmsghdr *g = NLMSG_DATA(h);

	if (cb && h->nlmsg_len >= NLMSG_LENGTH(GENL_HDRLEN))
		cb(g->cmd, (const struct nlattr *)((const char *)g + GENL_HDRLEN),
		   h->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN), ctx);
}

static ssize_t take(int fd, char *buf, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	ssize_t n;

	if (poll(&p, 1, timeout_ms) <= 0)
		return -ETIME;
	n = recv(fd, buf, NL_BUF, 0);
	return n < 0 ? -errno : n;
}

bool nl_wait(int fd, struct nl_reply *r, nl_cb cb, void *ctx, int timeout_ms)
{
	static char buf[NL_BUF];
	const struct nlmsghdr *h;
	ssize_t n;

	memset(r, 0, sizeof(*r));
	for (;;) {
		n = take(fd, buf, timeout_ms);
		if (n < 0)
			return false;
		for (h = (void *)buf; NLMSG_OK(h, n); h = NLMSG_NEXT(h, n)) {
			if (h->nlmsg_type == NLMSG_ERROR) {
				take_error(h, r);
				return true;
			}
			if (h->nlmsg_type == NLMSG_DONE) {
				take_done(h, r);
				return true;
			}
			r->messages++;
			give(h, cb, ctx);
		}
	}
}

bool nl_notifications(int fd, nl_cb cb, void *ctx, int timeout_ms, int *error)
{
	static char buf[NL_BUF];
	const struct nlmsghdr *h;
	ssize_t n = take(fd, buf, timeout_ms);

	*error = 0;
	if (n == -ETIME)
		return false;
	if (n < 0) {
		*error = n;
		return true;
	}
	for (h = (void *)buf; NLMSG_OK(h, n); h = NLMSG_NEXT(h, n))
		give(h, cb, ctx);
	return true;
}

static void take_group(const struct nlattr *groups, size_t len)
{
	size_t glen, left;
	const struct nlattr *g, *name;

	for (; groups && len >= NLA_HDRLEN && groups->nla_len >= NLA_HDRLEN;) {
		g = nl_nest(groups, &glen);
		name = nl_find(g, glen, CTRL_ATTR_MCAST_GRP_NAME);
		if (name && !strcmp(NL_DATA(name), "monitor"))
			group = nl_get_u32(nl_find(g, glen, CTRL_ATTR_MCAST_GRP_ID));
		left = NLA_ALIGN(groups->nla_len);
		if (left >= len)
			break;
		len -= left;
		groups = (const struct nlattr *)((const char *)groups + left);
	}
}

static void take_family(uint8_t cmd, const struct nlattr *attrs, size_t len, void *ctx)
{
	const struct nlattr *groups;
	size_t glen;

	(void)cmd;
	(void)ctx;
	family = nl_get_u32(nl_find(attrs, len, CTRL_ATTR_FAMILY_ID));
	groups = nl_nest(nl_find(attrs, len, CTRL_ATTR_MCAST_GROUPS), &glen);
	take_group(groups, glen);
}

int nl_family(void)
{
	return family;
}

int nl_group(void)
{
	return group;
}

int nl_open(void)
{
	struct sockaddr_nl sa = { .nl_family = AF_NETLINK };
	struct nl_reply r;
	struct nl_msg m;
	int one = 1, fd;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (fd < 0 || bind(fd, (void *)&sa, sizeof(sa)))
		die("netlink socket");
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	begin(&m, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, NLM_F_ACK);
	nl_str(&m, CTRL_ATTR_FAMILY_NAME, REDUND_FAMILY_NAME);
	nl_send(fd, &m, 0);
	if (!nl_wait(fd, &r, take_family, NULL, 5000) || r.error || !family) {
		fprintf(stderr, "the netlink family %s is not there\n", REDUND_FAMILY_NAME);
		exit(3);
	}
	return fd;
}

void nl_join(int fd)
{
	if (setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
		die("joining the group monitor");
}
