/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to the netlink files: genl.c (gets, dumps, notifications),
 * genl_set.c (requests that change something), genl_user.c (users of the
 * phases), genl_crash.c (crash areas, lines of the log) and genl_fill.c (an
 * object of the core as attributes).
 */
#ifndef REDUND_GENL_H
#define REDUND_GENL_H

#include <linux/types.h>
#include <net/genetlink.h>
#include "core.h"

/* Room for one snapshot; too big for the stack. */
union redund_nl_info {
	struct redund_chassis_info chassis;
	struct redund_mm_info mm;
	struct redund_fabric_info fabric;
	struct redund_module_info module;
	struct redund_history_info history;
	struct redund_event_info event;
	struct redund_down_info down;
};

/* genl.c */
int redund_nl_send(struct genl_info *info, struct redund *rd, u32 seq, u32 object,
		   const union redund_nl_info *snapshot);
struct redund *redund_nl_instance(struct nlattr **attrs, struct netlink_ext_ack *extack);

/* true, with the static @text set, if a request lacks an attribute */
static inline bool redund_nl_missing(struct genl_info *info, int attr, const char *text)
{
	if (!GENL_REQ_ATTR_CHECK(info, attr))
		return false;
	info->extack->_msg = text;
	return true;
}

/* -ENOMEM with its text */
static inline int redund_nl_no_memory(struct netlink_ext_ack *extack)
{
	NL_SET_ERR_MSG(extack, "no-memory: There is no memory for the request");
	return -ENOMEM;
}

/* Without padding, which linux-source's cli.py cannot read; readers copy. */
static inline int redund_nl_put_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put(skb, attr, sizeof(value), &value);
}

/* genl_crash.c: the log that a slot's module left */
int redund_nl_slot_event_do(struct genl_info *info);
int redund_nl_slot_event_dump(struct sk_buff *skb, struct netlink_callback *cb);

/* genl_set.c */
int redund_nl_refuse(struct genl_info *info, int attr, int err, const struct redund_answer *answer);
bool redund_nl_printable(const char *text);
struct sk_buff *redund_nl_reply_new(struct genl_info *info, struct redund *rd, void **hdr);

/* genl_user.c */
int redund_nl_users_init(void);
void redund_nl_users_exit(void);

/* genl_fill.c */
int redund_nl_snapshot(struct redund *rd, u32 object, u64 *id, union redund_nl_info *info);
int redund_nl_fill(struct sk_buff *skb, u32 object, const union redund_nl_info *info);
int redund_nl_put_text(struct sk_buff *skb, int attr, const char *text, size_t size);
int redund_nl_fill_down(struct sk_buff *skb, const struct redund_down_info *down);

#endif /* REDUND_GENL_H */
