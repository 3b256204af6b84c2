/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Private to libredund: the connection's insides and what its files offer each
 * other. Nothing outside tools/lib and its tests includes it.
 */
#ifndef REDUND_LIB_RD_H
#define REDUND_LIB_RD_H

#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include "redund.h"

#define RD_BUFFER 65536 /* the kernel's messages end at 32 KiB */

/* Which change of an instance comes next. */
struct rd_track {
	uint32_t instance;
	uint32_t base;	   /* changes up to this are in the caller's dump */
	uint32_t last;	   /* last number received */
	bool synced, seen; /* base, last are valid */
};

struct rd {
	struct nl_sock *sock;	 /* requests */
	struct nl_sock *monitor; /* changes, NULL before rd_subscribe() */
	int family;		 /* number of the netlink family */
	uint32_t seq;		 /* of the last request */
	char reason[32];
	char text[256];
	/* changes */
	struct rd_track *track;
	unsigned int tracks;
	unsigned int overrun; /* losses of the socket still to be told */
	char *pending;	      /* datagram being read, of RD_BUFFER bytes */
	size_t pending_len, pending_off;
	/* for the recorder of the tests: every datagram received */
	void (*tap)(void *arg, const void *buf, size_t len);
	void *tap_arg;
};

/* A piece of a crash area; @chunk lies in the datagram. */
struct rd_piece {
	uint32_t total; /* bytes of all pieces */
	bool compressed;
	const void *chunk; /* NULL: none */
	size_t len;
};

/* One decoded object, as a reply or a change holds it. */
struct rd_message {
	uint8_t cmd; /* REDUND_CMD_* */
	uint32_t instance, change_seq;
	bool has_instance;
	uint32_t handover_id;
	struct rd_check check;
	bool would_switch_over, peer_present;
	struct rd_piece piece;
	uint8_t key[RD_PAIRING_KEY];
	bool has_key;
	struct rd_down down;
	bool has_down;
	struct rd_change change; /* ->object is set for replies, too, if ->filled */
};

/* Takes one reply to a request; a negative errno ends the reading. */
typedef int (*rd_sink)(void *arg, const struct rd_message *m);

/* conn.c */
int rd_fail(struct rd *rd, int err, const char *reason, const char *text);
int rd_fail_text(struct rd *rd, int err, const char *kernel_text);
int rd_errno(struct rd *rd, int err);
struct nl_msg *rd_request(struct rd *rd, int instance, int cmd, int flags);
int rd_exchange(struct rd *rd, struct nl_msg *msg, rd_sink sink, void *arg);
int rd_receive(struct rd *rd, struct nl_sock *sock, char *buf, int flags);

/* What a datagram meant to the request in progress. */
enum rd_progress {
	RD_MORE, /* read on */
	RD_DONE, /* the request is answered */
};

int rd_process(struct rd *rd, const void *buf, size_t len, bool *interrupted, rd_sink sink,
	       void *arg);

/* decode.c */
bool rd_decode(const struct nlmsghdr *nlh, struct rd_message *m);

/* monitor.c */
bool rd_want(struct rd *rd, struct rd_change *c);
void rd_monitor_close(struct rd *rd);

#endif /* REDUND_LIB_RD_H */
