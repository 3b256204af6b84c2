/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Generic netlink by hand, for the tests only: unlike a library it also sends
 * messages that are wrong. Owns building, sending and taking apart.
 */
#ifndef REDUND_SELFTEST_NL_H
#define REDUND_SELFTEST_NL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/redund.h>

#define NL_BUF	65536

/* A message under construction; fields may be spoilt before it is sent. */
struct nl_msg {
	union {
		struct nlmsghdr hdr;
		char buf[8192];
	};
};

struct nl_reply {
	int error;		/* of the acknowledgment, negative errno, 0 fine */
	char text[256];		/* extended acknowledgment, "" none */
	unsigned int messages;	/* data messages before it */
};

/* one data message: family header and top-level attributes */
typedef void (*nl_cb)(uint8_t cmd, const struct nlattr *attrs, size_t len, void *ctx);

int nl_open(void);			/* resolves the family; exits on failure */
int nl_family(void);
int nl_group(void);
void nl_join(int fd);

void nl_begin(struct nl_msg *m, uint8_t cmd, uint16_t flags);
void *nl_put(struct nl_msg *m, uint16_t type, const void *data, size_t len);
void nl_u32(struct nl_msg *m, uint16_t type, uint32_t value);
void nl_u8(struct nl_msg *m, uint16_t type, uint8_t value);
void nl_str(struct nl_msg *m, uint16_t type, const char *s);

/* sends @len bytes of the message as they are (0: as many as its header says) */
void nl_send(int fd, struct nl_msg *m, size_t len);
/*
 * Receives until the acknowledgment, the end of a dump or @timeout_ms.
 * Returns false when nothing came in time.
 */
bool nl_wait(int fd, struct nl_reply *r, nl_cb cb, void *ctx, int timeout_ms);
/* one datagram of notifications; false: nothing within @timeout_ms */
bool nl_notifications(int fd, nl_cb cb, void *ctx, int timeout_ms, int *error);

const struct nlattr *nl_find(const struct nlattr *attrs, size_t len, uint16_t type);
uint32_t nl_get_u32(const struct nlattr *a);
uint64_t nl_get_u64(const struct nlattr *a);
const struct nlattr *nl_nest(const struct nlattr *a, size_t *len);

#define NL_DATA(a) ((const void *)((const char *)(a) + NLA_HDRLEN))
#define NL_LEN(a) ((size_t)((a)->nla_len - NLA_HDRLEN))

#endif /* REDUND_SELFTEST_NL_H */
