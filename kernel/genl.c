// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generic netlink family "redund": gets, dumps and change notifications, as
 * Documentation/netlink/specs/redund.yaml describes them. This file owns which
 * instance a request means. It knows no register; what an object looks like is
 * genl_fill.c's, requests that change something are genl_set.c's.
 *
 * Context: operations and dumps run in the caller's process, notifications in
 * the core's worker; all may sleep. Nothing here needs a lock.
 */
#include <linux/netlink.h>
#include <linux/notifier.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include "genl.h"
#include "netlink_gen.h"

/* ---- which instance -------------------------------------------------------- */

/**
 * redund_nl_instance() - the instance that a request means
 * @attrs: attributes of the request
 * @extack: takes the text of a refusal
 *
 * Return: the instance, redund_put() after use; ERR_PTR: -ENODEV there is no
 * such one, -ENOTUNIQ several exist and the request does not say which.
 */
struct redund *redund_nl_instance(struct nlattr **attrs, struct netlink_ext_ack *extack)
{
	struct nlattr *attr = attrs[REDUND_A_INSTANCE];
	struct redund *rd;
	u32 count = 0;

	if (attr) {
		rd = redund_get(nla_get_u32(attr));
		if (rd)
			return rd;
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "no-instance: There is no controller of this number");
		return ERR_PTR(-ENODEV);
	}
	rd = redund_get_only(&count);
	if (rd)
		return rd;
	if (!count) {
		NL_SET_ERR_MSG(extack, "no-instance: There is no backplane controller");
		return ERR_PTR(-ENODEV);
	}
	NL_SET_ERR_MSG(extack, "several-instances: Several controllers exist, say which");
	return ERR_PTR(-ENOTUNIQ);
}

static u32 change_seq(struct redund *rd, union redund_nl_info *info)
{
	redund_chassis_info(rd, &info->chassis);
	return info->chassis.change_seq;
}

/* ---- get: do ------------------------------------------------------------------ */

/**
 * redund_nl_send() - one object as the answer to a request
 * @info: request
 * @rd: instance
 * @seq: number of the last change that it includes
 * @object: enum redund_object
 * @snapshot: object
 *
 * Return: 0 or a negative errno
 */
int redund_nl_send(struct genl_info *info, struct redund *rd, u32 seq, u32 object,
		   const union redund_nl_info *snapshot)
{
	struct sk_buff *msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	void *hdr;

	if (!msg)
		return redund_nl_no_memory(info->extack);
	hdr = genlmsg_put_reply(msg, info, &redund_nl_family, 0, info->genlhdr->cmd);
	if (!hdr || nla_put_u32(msg, REDUND_A_INSTANCE, redund_instance(rd)) ||
	    nla_put_u32(msg, REDUND_A_CHANGE_SEQ, seq) ||
	    redund_nl_fill(msg, object, snapshot)) {
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

static int get_object(struct genl_info *info, u32 object, struct nlattr *attr, u64 id)
{
	union redund_nl_info *snapshot;
	struct redund *rd;
	u64 found = id;
	int err;
	u32 seq;

	rd = redund_nl_instance(info->attrs, info->extack);
	if (IS_ERR(rd))
		return PTR_ERR(rd);
	snapshot = kmalloc(sizeof(*snapshot), GFP_KERNEL);
	if (!snapshot) {
		redund_put(rd);
		return redund_nl_no_memory(info->extack);
	}
	/* the number first: the reply then holds at least what it says */
	seq = change_seq(rd, snapshot);
	err = redund_nl_snapshot(rd, object, &found, snapshot);
	if (err || found != id) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr, "no-object: There is no such object");
		err = -ENOENT;
	} else {
		err = redund_nl_send(info, rd, seq, object, snapshot);
	}
	kfree(snapshot);
	redund_put(rd);
	return err;
}

/* What redund_nl_chassis_get_doit() and the others are generated names for */
int redund_nl_chassis_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return get_object(info, REDUND_OBJECT_CHASSIS, NULL, 0);
}

int redund_nl_mm_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attr = info->attrs[REDUND_A_SLOT];

	if (redund_nl_missing(info, REDUND_A_SLOT, "invalid: slot is missing"))
		return -EINVAL;
	return get_object(info, REDUND_OBJECT_MM, attr, nla_get_u32(attr));
}

int redund_nl_fabric_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attr = info->attrs[REDUND_A_FABRIC_ID];

	if (redund_nl_missing(info, REDUND_A_FABRIC_ID, "invalid: fabric-id is missing"))
		return -EINVAL;
	return get_object(info, REDUND_OBJECT_FABRIC, attr, nla_get_u32(attr));
}

int redund_nl_module_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attr = info->attrs[REDUND_A_MODULE_INDEX];

	if (redund_nl_missing(info, REDUND_A_MODULE_INDEX, "invalid: module-index is missing"))
		return -EINVAL;
	return get_object(info, REDUND_OBJECT_MODULE, attr, nla_get_u32(attr));
}

int redund_nl_history_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attr = info->attrs[REDUND_A_HISTORY_ID];

	if (redund_nl_missing(info, REDUND_A_HISTORY_ID, "invalid: history-id is missing"))
		return -EINVAL;
	return get_object(info, REDUND_OBJECT_HISTORY, attr, nla_get_u32(attr));
}

int redund_nl_event_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attr = info->attrs[REDUND_A_EVENT_ID];

	if (redund_nl_missing(info, REDUND_A_EVENT_ID, "invalid: event-id is missing"))
		return -EINVAL;
	if (info->attrs[REDUND_A_SLOT])
		return redund_nl_slot_event_do(info);
	return get_object(info, REDUND_OBJECT_EVENT, attr, nla_get_u64(attr));
}

/* ---- get: dump ----------------------------------------------------------------- */

/* Where a dump stands; in cb->ctx, zeroed by the netlink core. */
struct dump_state {
	bool started;
	u32 instance;
	u64 next;	/* id of the object that comes next */
	u64 last;	/* the highest one */
};

static struct dump_state *dump_state(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct dump_state) > sizeof(cb->ctx));
	return (struct dump_state *)cb->ctx;
}

/* One message of a dump. A dump that was under way while something changed is
 * marked; log entries never change, so theirs is not.
 */
static int dump_object(struct sk_buff *skb, struct netlink_callback *cb, struct redund *rd,
		       u32 object, u32 seq, const union redund_nl_info *snapshot)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
				&redund_nl_family, NLM_F_MULTI,
				((struct genlmsghdr *)nlmsg_data(cb->nlh))->cmd);

	if (!hdr)
		return -EMSGSIZE;
	if (object != REDUND_OBJECT_EVENT) {
		cb->seq = seq;
		genl_dump_check_consistent(cb, hdr);
	}
	if (nla_put_u32(skb, REDUND_A_INSTANCE, redund_instance(rd)) ||
	    nla_put_u32(skb, REDUND_A_CHANGE_SEQ, seq) ||
	    redund_nl_fill(skb, object, snapshot)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

static int dump_instance(struct sk_buff *skb, struct netlink_callback *cb, struct redund *rd,
			 u32 object, union redund_nl_info *snapshot)
{
	struct dump_state *st = dump_state(cb);
	u32 seq = change_seq(rd, snapshot);
	int err = 0;

	for (; st->next <= st->last; st->next++) {
		if (object != REDUND_OBJECT_EVENT)
			seq = change_seq(rd, snapshot);
		err = redund_nl_snapshot(rd, object, &st->next, snapshot);
		if (err && (object == REDUND_OBJECT_HISTORY || object == REDUND_OBJECT_EVENT))
			return 0;	/* behind the newest */
		if (err)
			continue;
		if (st->next > st->last)
			return 0;
		err = dump_object(skb, cb, rd, object, seq, snapshot);
		if (err)
			return err;
	}
	return 0;
}

/* The id of the newest log entry: a dump ends there, also under a flood. */
static u64 newest_event(struct redund *rd, union redund_nl_info *snapshot)
{
	u64 low = 0, high = U64_MAX, id = 0;

	/* ids are gap-free from the oldest one kept: search the first that is none */
	if (redund_event_info(rd, 0, &snapshot->event))
		return 0;
	low = snapshot->event.id;
	while (low < high) {
		u64 middle = low + (high - low) / 2;

		id = middle;
		if (!redund_nl_snapshot(rd, REDUND_OBJECT_EVENT, &id, snapshot))
			low = middle + 1;
		else
			high = middle;
	}
	return low - 1;
}

static int dump_begin(struct netlink_callback *cb, u32 object, int selector,
		      union redund_nl_info *snapshot)
{
	struct nlattr **attrs = genl_dump_attrs(cb);
	struct dump_state *st = dump_state(cb);
	static const u64 first[] = { 0, 1, 1, 0, 0, 0 };
	static const u64 last[] = { 0, 2, 2, 11, U32_MAX, U64_MAX };
	struct nlattr *attr = selector ? attrs[selector] : NULL;
	struct redund *rd;

	rd = redund_nl_instance(attrs, cb->extack);
	if (IS_ERR(rd))
		return PTR_ERR(rd);
	st->instance = redund_instance(rd);
	st->next = first[object];
	st->last = last[object];
	if (object == REDUND_OBJECT_EVENT) {
		st->next = attr ? nla_get_u64(attr) : 0;
		st->last = newest_event(rd, snapshot);
	} else if (attr) {
		st->next = nla_get_u32(attr);
		if (object != REDUND_OBJECT_HISTORY)
			st->last = st->next;
	}
	redund_put(rd);
	st->started = true;
	return 0;
}

static int dump_objects(struct sk_buff *skb, struct netlink_callback *cb, u32 object, int selector)
{
	struct dump_state *st = dump_state(cb);
	union redund_nl_info *snapshot;
	struct redund *rd;
	int err = 0;

	snapshot = kmalloc(sizeof(*snapshot), GFP_KERNEL);
	if (!snapshot)
		return redund_nl_no_memory(cb->extack);
	if (!st->started)
		err = dump_begin(cb, object, selector, snapshot);
	if (err)
		goto out;
	rd = redund_get(st->instance);
	if (!rd) {
		NL_SET_ERR_MSG(cb->extack, "no-instance: The controller was removed");
		err = -ENODEV;
		goto out;
	}
	err = dump_instance(skb, cb, rd, object, snapshot);
	redund_put(rd);
out:
	kfree(snapshot);
	return skb->len ?: err;
}

/* Without an instance this one lists them all. */
int redund_nl_chassis_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct dump_state *st = dump_state(cb);
	union redund_nl_info *snapshot;
	struct redund *rd;
	int err = 0;

	if (genl_dump_attrs(cb)[REDUND_A_INSTANCE])
		return dump_objects(skb, cb, REDUND_OBJECT_CHASSIS, 0);
	snapshot = kmalloc(sizeof(*snapshot), GFP_KERNEL);
	if (!snapshot)
		return redund_nl_no_memory(cb->extack);
	while (!err && (rd = redund_get_next(&st->instance))) {
		u32 seq = change_seq(rd, snapshot);

		/* the numbers of different instances are no sequence */
		cb->prev_seq = 0;
		err = dump_object(skb, cb, rd, REDUND_OBJECT_CHASSIS, seq, snapshot);
		if (!err)
			st->instance = redund_instance(rd) + 1;
		redund_put(rd);
	}
	kfree(snapshot);
	return skb->len ?: err;
}

int redund_nl_mm_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump_objects(skb, cb, REDUND_OBJECT_MM, REDUND_A_SLOT);
}

int redund_nl_fabric_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump_objects(skb, cb, REDUND_OBJECT_FABRIC, REDUND_A_FABRIC_ID);
}

int redund_nl_module_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump_objects(skb, cb, REDUND_OBJECT_MODULE, REDUND_A_MODULE_INDEX);
}

int redund_nl_history_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump_objects(skb, cb, REDUND_OBJECT_HISTORY, REDUND_A_HISTORY_ID);
}

int redund_nl_event_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	if (genl_dump_attrs(cb)[REDUND_A_SLOT])
		return redund_nl_slot_event_dump(skb, cb);
	return dump_objects(skb, cb, REDUND_OBJECT_EVENT, REDUND_A_EVENT_ID);
}

/* ---- change notifications ---------------------------------------------------------- */

static int fill_change(struct sk_buff *msg, const struct redund_change *c,
		       union redund_nl_info *snapshot)
{
	u64 id = c->id;
	void *hdr = genlmsg_put(msg, 0, 0, &redund_nl_family, 0, REDUND_CMD_CHANGE_NTF);

	if (!hdr || nla_put_u32(msg, REDUND_A_INSTANCE, redund_instance(c->rd)) ||
	    nla_put_u32(msg, REDUND_A_CHANGE_SEQ, c->seq) ||
	    nla_put_u32(msg, REDUND_A_OBJECT, c->object) ||
	    redund_nl_put_u64(msg, REDUND_A_OBJECT_ID, c->id))
		return -EMSGSIZE;
	/* a history record or log entry may have made room for a newer one */
	if (!redund_nl_snapshot(c->rd, c->object, &id, snapshot) && id == c->id &&
	    redund_nl_fill(msg, c->object, snapshot))
		return -EMSGSIZE;
	genlmsg_end(msg, hdr);
	return 0;
}

/* In the core's worker, in the order of the numbers. A message for which there
 * is no memory leaves a hole in the numbers, which the listeners see.
 */
static int send_change(struct notifier_block *nb, unsigned long action, void *data)
{
	union redund_nl_info *snapshot = kmalloc(sizeof(*snapshot), GFP_KERNEL);
	struct sk_buff *msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);

	if (!snapshot || !msg || fill_change(msg, data, snapshot)) {
		nlmsg_free(msg);
	} else {
		rcu_read_lock();
		genlmsg_multicast_allns(&redund_nl_family, msg, 0, REDUND_NLGRP_MONITOR);
		rcu_read_unlock();
	}
	kfree(snapshot);
	return NOTIFY_OK;
}

static struct notifier_block change_notifier = {
	.notifier_call = send_change,
};

/* ---- init and exit -------------------------------------------------------------------- */

/**
 * redund_genl_init() - registers the family; before the first instance
 *
 * Return: 0 or a negative errno of the netlink core.
 */
int redund_genl_init(void)
{
	int err = redund_nl_users_init();

	if (err)
		return err;
	err = genl_register_family(&redund_nl_family);
	if (err)
		goto no_family;
	err = redund_register_change_notifier(&change_notifier);
	if (err)
		goto no_notifier;
	return 0;

no_notifier:
	genl_unregister_family(&redund_nl_family);
no_family:
	redund_nl_users_exit();
	return err;
}

/**
 * redund_genl_exit() - takes the family away; after the last instance
 *
 * No operation, dump or notification runs afterwards.
 */
void redund_genl_exit(void)
{
	redund_unregister_change_notifier(&change_notifier);
	genl_unregister_family(&redund_nl_family);
	redund_nl_users_exit();
}
