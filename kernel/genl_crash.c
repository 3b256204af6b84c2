// SPDX-License-Identifier: GPL-2.0-only
/*
 * The netlink requests about crashes and logs: how modules went down, what they
 * kept, the log that a slot's module left in its crash area, and lines that
 * user space adds to the log. crash_info.c reads the areas; this file owns what a
 * line of user space may hold.
 *
 * Context: the caller's process; all may sleep. Nothing here needs a lock.
 */
#include <linux/ctype.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include "genl.h"
#include "netlink_gen.h"

#define NUMBER_MAX	99999

/* Where a dump stands; in cb->ctx, zeroed by the netlink core. */
struct slot_dump {
	bool started;
	u32 instance;
	u32 slot, last_slot;
	u64 next;	/* number of the record that comes next in slot */
	u64 first;	/* of every slot */
	u64 last;	/* the highest one */
};

static struct slot_dump *slot_dump(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct slot_dump) > sizeof(cb->ctx));
	return (struct slot_dump *)cb->ctx;
}

static u32 change_seq(struct redund *rd, union redund_nl_info *info)
{
	redund_chassis_info(rd, &info->chassis);
	return info->chassis.change_seq;
}

/* The instance of a dump, at its begin and later. ERR_PTR: with extack. */
static struct redund *dump_instance(struct netlink_callback *cb)
{
	struct nlattr **attrs = genl_dump_attrs(cb);
	struct slot_dump *st = slot_dump(cb);
	struct nlattr *slot = attrs[REDUND_A_SLOT];
	struct redund *rd;

	if (st->started) {
		rd = redund_get(st->instance);
		if (rd)
			return rd;
		NL_SET_ERR_MSG(cb->extack, "no-instance: The controller was removed");
		return ERR_PTR(-ENODEV);
	}
	rd = redund_nl_instance(attrs, cb->extack);
	if (IS_ERR(rd))
		return rd;
	st->instance = redund_instance(rd);
	st->slot = slot ? nla_get_u32(slot) : 1;
	st->last_slot = slot ? st->slot : 2;
	return rd;
}

/* One message of a dump: the head that all have, NULL: no room. */
static void *dump_head(struct sk_buff *skb, struct netlink_callback *cb, struct redund *rd, u32 seq)
{
	u8 cmd = ((struct genlmsghdr *)nlmsg_data(cb->nlh))->cmd;
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
				&redund_nl_family, NLM_F_MULTI, cmd);

	if (!hdr)
		return NULL;
	if (!nla_put_u32(skb, REDUND_A_INSTANCE, redund_instance(rd)) &&
	    !nla_put_u32(skb, REDUND_A_CHANGE_SEQ, seq))
		return hdr;
	genlmsg_cancel(skb, hdr);
	return NULL;
}

/* What a dump returns: what it has, or why it has nothing. */
static int dump_end(struct sk_buff *skb, struct netlink_callback *cb, int err)
{
	if (skb->len)
		return skb->len;
	return err == -ENOMEM ? redund_nl_no_memory(cb->extack) : err;
}

/* ---- ends of modules ------------------------------------------------------------- */

static int dump_down(struct sk_buff *skb, struct netlink_callback *cb, struct redund *rd,
		     union redund_nl_info *info)
{
	u32 seq = change_seq(rd, info);
	void *hdr = dump_head(skb, cb, rd, seq);
	struct slot_dump *st = slot_dump(cb);
	int err;

	if (!hdr)
		return -EMSGSIZE;
	err = st->next > U32_MAX ? -ENOENT :
	      redund_down_info(rd, st->slot, st->next, &info->down);
	if (!err)
		err = redund_nl_fill_down(skb, &info->down);
	if (err) {
		genlmsg_cancel(skb, hdr);
		return err;
	}
	genlmsg_end(skb, hdr);
	st->next = (u64)info->down.id + 1;
	return 0;
}

int redund_nl_down_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nlattr *from = genl_dump_attrs(cb)[REDUND_A_DOWN_ID];
	struct slot_dump *st = slot_dump(cb);
	union redund_nl_info *info;
	struct redund *rd;
	int err = 0;

	rd = dump_instance(cb);
	if (IS_ERR(rd))
		return PTR_ERR(rd);
	if (!st->started) {
		st->started = true;
		st->first = from ? nla_get_u32(from) : 0;
		st->next = st->first;
	}
	info = kmalloc(sizeof(*info), GFP_KERNEL);
	if (!info)
		err = -ENOMEM;
	while (!err && st->slot <= st->last_slot) {
		err = dump_down(skb, cb, rd, info);
		if (err != -ENOENT)
			continue;
		err = 0;
		st->slot++;
		st->next = st->first;
	}
	kfree(info);
	redund_put(rd);
	return dump_end(skb, cb, err);
}

/* ---- the log of a slot ------------------------------------------------------------ */

/**
 * redund_nl_slot_event_do() - one line of the log that a slot's module left
 * @info: request, with event-id and slot
 *
 * Return: 0, or a negative errno with its text
 */
int redund_nl_slot_event_do(struct genl_info *info)
{
	struct nlattr *attr = info->attrs[REDUND_A_EVENT_ID];
	u32 slot = nla_get_u32(info->attrs[REDUND_A_SLOT]);
	struct redund *rd = redund_nl_instance(info->attrs, info->extack);
	union redund_nl_info *line;
	int err;
	u32 seq;

	if (IS_ERR(rd))
		return PTR_ERR(rd);
	line = kmalloc(sizeof(*line), GFP_KERNEL);
	if (!line) {
		redund_put(rd);
		return redund_nl_no_memory(info->extack);
	}
	seq = change_seq(rd, line);
	err = redund_slot_event_info(rd, slot, nla_get_u64(attr), &line->event);
	if (err == -ENOENT || (!err && line->event.id != nla_get_u64(attr))) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr, "no-object: There is no such object");
		err = -ENOENT;
	} else if (!err) {
		err = redund_nl_send(info, rd, seq, REDUND_OBJECT_EVENT, line);
	} else if (err == -ENOMEM) {
		redund_nl_no_memory(info->extack);
	}
	kfree(line);
	redund_put(rd);
	return err;
}

static int dump_line(struct sk_buff *skb, struct netlink_callback *cb, struct redund *rd,
		     union redund_nl_info *info)
{
	u32 seq = change_seq(rd, info);
	struct slot_dump *st = slot_dump(cb);
	void *hdr;
	int err;

	err = redund_slot_event_info(rd, st->slot, st->next, &info->event);
	if (err)
		return err;
	if (info->event.id > st->last)
		return -ENOENT;
	hdr = dump_head(skb, cb, rd, seq);
	if (!hdr)
		return -EMSGSIZE;
	err = redund_nl_fill(skb, REDUND_OBJECT_EVENT, info);
	if (err) {
		genlmsg_cancel(skb, hdr);
		return err;
	}
	genlmsg_end(skb, hdr);
	st->next = info->event.id + 1;
	return 0;
}

/**
 * redund_nl_slot_event_dump() - the log that a slot's module left
 * @skb: message
 * @cb: dump, with slot
 *
 * It ends with the line that was the newest at its begin.
 *
 * Return: bytes in @skb, 0 at the end, or a negative errno
 */
int redund_nl_slot_event_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nlattr *from = genl_dump_attrs(cb)[REDUND_A_EVENT_ID];
	struct slot_dump *st = slot_dump(cb);
	union redund_nl_info *info;
	struct redund *rd;
	int err = 0;

	rd = dump_instance(cb);
	if (IS_ERR(rd))
		return PTR_ERR(rd);
	if (!st->started) {
		st->next = from ? nla_get_u64(from) : 0;
		err = redund_slot_event_newest(rd, st->slot, &st->last);
		st->started = !err;
	}
	info = kmalloc(sizeof(*info), GFP_KERNEL);
	if (!info)
		err = -ENOMEM;
	while (!err)
		err = dump_line(skb, cb, rd, info);
	if (err == -ENOENT)
		err = 0;
	kfree(info);
	redund_put(rd);
	return dump_end(skb, cb, err);
}

/* ---- crash texts -------------------------------------------------------------------- */

static int send_piece(struct genl_info *info, struct redund *rd,
		      const struct redund_crash_piece *p)
{
	struct sk_buff *msg = genlmsg_new(REDUND_PIECE_MAX + NLMSG_ALIGN(256), GFP_KERNEL);
	union redund_nl_info *snapshot = kmalloc(sizeof(*snapshot), GFP_KERNEL);
	void *hdr;

	if (!msg || !snapshot) {
		nlmsg_free(msg);
		kfree(snapshot);
		return redund_nl_no_memory(info->extack);
	}
	hdr = genlmsg_put_reply(msg, info, &redund_nl_family, 0, info->genlhdr->cmd);
	if (!hdr || nla_put_u32(msg, REDUND_A_INSTANCE, redund_instance(rd)) ||
	    nla_put_u32(msg, REDUND_A_CHANGE_SEQ, change_seq(rd, snapshot)) ||
	    nla_put_u32(msg, REDUND_A_LENGTH, p->total) ||
	    (p->len && nla_put(msg, REDUND_A_CHUNK, p->len, p->data)) ||
	    nla_put_u8(msg, REDUND_A_COMPRESSED, p->compressed)) {
		kfree(snapshot);
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	kfree(snapshot);
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

int redund_nl_crash_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct redund_crash_piece *p;
	struct redund *rd;
	int err;

	if (redund_nl_missing(info, REDUND_A_SLOT, "invalid: slot is missing") ||
	    redund_nl_missing(info, REDUND_A_CRASH_KIND, "invalid: crash-kind is missing"))
		return -EINVAL;
	rd = redund_nl_instance(info->attrs, info->extack);
	if (IS_ERR(rd))
		return PTR_ERR(rd);
	p = kzalloc(sizeof(*p), GFP_KERNEL);
	if (!p) {
		redund_put(rd);
		return redund_nl_no_memory(info->extack);
	}
	if (info->attrs[REDUND_A_OFFSET])
		p->offset = nla_get_u32(info->attrs[REDUND_A_OFFSET]);
	err = redund_crash_piece(rd, nla_get_u32(info->attrs[REDUND_A_SLOT]),
				 nla_get_u32(info->attrs[REDUND_A_CRASH_KIND]), p);
	if (!err)
		err = send_piece(info, rd, p);
	else if (err == -ENOMEM)
		redund_nl_no_memory(info->extack);
	kfree(p);
	redund_put(rd);
	return err;
}

/* ---- lines of user space --------------------------------------------------------------- */

static bool printable(const char *text, const char *but)
{
	for (; *text; text++)
		if (!isascii(*text) || !isprint(*text) || strchr(but, *text))
			return false;
	return true;
}

/* The line as the request holds it; netlink's own policy bounds what else it has. */
static int line_of(struct genl_info *info, struct redund_event_info *ev)
{
	struct nlattr *number = info->attrs[REDUND_A_EVENT_NUMBER];
	struct nlattr *subsystem = info->attrs[REDUND_A_SUBSYSTEM];
	struct nlattr *text = info->attrs[REDUND_A_TEXT];

	if (number)
		ev->number = nla_get_u32(number);
	if (info->attrs[REDUND_A_SLOT])
		ev->slot = nla_get_u32(info->attrs[REDUND_A_SLOT]);
	ev->severity = nla_get_u32(info->attrs[REDUND_A_SEVERITY]);
	nla_strscpy(ev->subsystem, subsystem, sizeof(ev->subsystem));
	nla_strscpy(ev->text, text, sizeof(ev->text));
	if (ev->number > NUMBER_MAX) {
		NL_SET_ERR_MSG_ATTR(info->extack, number,
				    "invalid: The number has more than five digits");
		return -EINVAL;
	}
	if (!ev->subsystem[0] || !printable(ev->subsystem, " :")) {
		NL_SET_ERR_MSG_ATTR(info->extack, subsystem,
				    "invalid: The subsystem is no printable word");
		return -EINVAL;
	}
	if (!ev->text[0] || !printable(ev->text, "")) {
		NL_SET_ERR_MSG_ATTR(info->extack, text, "invalid: The text is not printable");
		return -EINVAL;
	}
	return 0;
}

int redund_nl_event_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct redund_answer answer = {};
	struct redund_event_info ev = {};
	struct redund *rd;
	int err;

	if (redund_nl_missing(info, REDUND_A_SEVERITY, "invalid: severity is missing") ||
	    redund_nl_missing(info, REDUND_A_SUBSYSTEM, "invalid: subsystem is missing") ||
	    redund_nl_missing(info, REDUND_A_TEXT, "invalid: text is missing"))
		return -EINVAL;
	err = line_of(info, &ev);
	if (err)
		return err;
	rd = redund_nl_instance(info->attrs, info->extack);
	if (IS_ERR(rd))
		return PTR_ERR(rd);
	err = redund_event_add(rd, &ev, &answer);
	redund_put(rd);
	if (err && answer.text && info->extack)
		info->extack->_msg = answer.text;
	return err;
}
