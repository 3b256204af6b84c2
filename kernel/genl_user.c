// SPDX-License-Identifier: GPL-2.0-only
/*
 * What registered users of the phases say by netlink, and the pairing key.
 * This file owns the sockets that registered: a user ends when its socket is
 * closed.
 *
 * Context: the caller's process, but the release of a socket, which runs in
 * whoever closes it; both may sleep. users_lock guards the list of users.
 */
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/netlink.h>
#include <linux/notifier.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/genetlink.h>
#include "genl.h"
#include "netlink_gen.h"

#define SYNC_TEXT_SIZE	64	/* as in struct redund_frame */

/* A socket is known by network namespace and port; the core by one number. */
struct nl_user {
	struct list_head list;		/* users_lock */
	const struct net *net;		/* compared only */
	u32 portid;
	u32 instance;
	u32 key;
};

static DEFINE_MUTEX(users_lock);
static LIST_HEAD(users);		/* users_lock */
static u32 last_key;			/* users_lock */

static struct nl_user *nl_user_find(const struct net *net, u32 portid, u32 instance)
{
	struct nl_user *u;

	lockdep_assert_held(&users_lock);
	list_for_each_entry(u, &users, list)
		if (u->net == net && u->portid == portid && u->instance == instance)
			return u;
	return NULL;
}

/* The instance of an acknowledgment, and the key that this socket has there. */
static struct redund *ack_begin(struct genl_info *info, u32 *key)
{
	struct redund *rd = redund_nl_instance(info->attrs, info->extack);
	struct nl_user *u;

	if (IS_ERR(rd))
		return rd;
	scoped_guard(mutex, &users_lock) {
		u = nl_user_find(genl_info_net(info), info->snd_portid, redund_instance(rd));
		*key = u ? u->key : 0;
	}
	if (*key)
		return rd;
	redund_put(rd);
	NL_SET_ERR_MSG(info->extack, "not-registered: This socket is no user of the phases");
	return ERR_PTR(-ENOKEY);
}

/* The key of this socket, a new one if it has none yet; 0: no memory. */
static u32 nl_user_make(struct genl_info *info, struct redund *rd)
{
	struct nl_user *u;

	guard(mutex)(&users_lock);
	u = nl_user_find(genl_info_net(info), info->snd_portid, redund_instance(rd));
	if (u)
		return u->key;
	u = kzalloc(sizeof(*u), GFP_KERNEL);
	if (!u)
		return 0;
	u->net = genl_info_net(info);
	u->portid = info->snd_portid;
	u->instance = redund_instance(rd);
	if (!++last_key)
		++last_key;
	u->key = last_key;
	list_add(&u->list, &users);
	return u->key;
}

int redund_nl_user_register_doit(struct sk_buff *skb, struct genl_info *info)
{
	bool config = nla_get_flag(info->attrs[REDUND_A_CONFIG]);
	bool sync = nla_get_flag(info->attrs[REDUND_A_SYNC]);
	struct redund_answer answer = {};
	struct redund *rd;
	int err;
	u32 key;

	if (!config && redund_nl_missing(info, REDUND_A_SYNC, "invalid: config or sync is missing"))
		return -EINVAL;
	rd = redund_nl_instance(info->attrs, info->extack);
	if (IS_ERR(rd))
		return PTR_ERR(rd);
	key = nl_user_make(info, rd);
	err = key ? redund_user_register(rd, key, config, sync, &answer) : -ENOMEM;
	redund_put(rd);
	return redund_nl_refuse(info, 0, err, &answer);
}

int redund_nl_phase_ack_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct redund_answer answer = {};
	struct redund *rd;
	int err;
	u32 key;

	if (redund_nl_missing(info, REDUND_A_PHASE, "invalid: phase is missing") ||
	    redund_nl_missing(info, REDUND_A_OK, "invalid: ok is missing"))
		return -EINVAL;
	rd = ack_begin(info, &key);
	if (IS_ERR(rd))
		return PTR_ERR(rd);
	err = redund_phase_ack(rd, key, nla_get_u32(info->attrs[REDUND_A_PHASE]),
			       nla_get_u8(info->attrs[REDUND_A_OK]), &answer);
	redund_put(rd);
	return redund_nl_refuse(info, REDUND_A_PHASE, err, &answer);
}

/* What is not synchronized, or is being copied; "" when the request does not say. */
static int sync_text_of(struct genl_info *info, char *text)
{
	struct nlattr *attr = info->attrs[REDUND_A_SYNC_TEXT];

	text[0] = '\0';
	if (attr)
		nla_strscpy(text, attr, SYNC_TEXT_SIZE);
	if (redund_nl_printable(text))
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, attr,
			    "invalid: The text holds unprintable characters");
	return -EINVAL;
}

int redund_nl_sync_ack_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct redund_answer answer = {};
	char text[SYNC_TEXT_SIZE];
	struct redund *rd;
	int err;
	u32 key;

	if (redund_nl_missing(info, REDUND_A_SYNCED, "invalid: synced is missing") ||
	    sync_text_of(info, text))
		return -EINVAL;
	rd = ack_begin(info, &key);
	if (IS_ERR(rd))
		return PTR_ERR(rd);
	err = redund_sync_ack(rd, key, nla_get_u8(info->attrs[REDUND_A_SYNCED]), text, &answer);
	redund_put(rd);
	return redund_nl_refuse(info, 0, err, &answer);
}

int redund_nl_sync_busy_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *seconds = info->attrs[REDUND_A_SECONDS_LEFT];
	struct redund_answer answer = {};
	char text[SYNC_TEXT_SIZE];
	struct redund *rd;
	int err;
	u32 key;

	if (redund_nl_missing(info, REDUND_A_BUSY, "invalid: busy is missing") ||
	    sync_text_of(info, text))
		return -EINVAL;
	rd = ack_begin(info, &key);
	if (IS_ERR(rd))
		return PTR_ERR(rd);
	err = redund_sync_busy(rd, key, nla_get_u8(info->attrs[REDUND_A_BUSY]),
			       seconds ? nla_get_u32(seconds) : 0, text, &answer);
	redund_put(rd);
	return redund_nl_refuse(info, 0, err, &answer);
}

int redund_nl_link_report_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct redund_answer answer = {};
	struct redund *rd;
	int err;
	u32 key;

	if (redund_nl_missing(info, REDUND_A_LINK, "invalid: link is missing"))
		return -EINVAL;
	rd = ack_begin(info, &key);
	if (IS_ERR(rd))
		return PTR_ERR(rd);
	err = redund_link_report(rd, key, nla_get_u32(info->attrs[REDUND_A_LINK]), &answer);
	redund_put(rd);
	return redund_nl_refuse(info, REDUND_A_LINK, err, &answer);
}

/* Of no user: who may read it is who may do everything (CAP_NET_ADMIN). */
int redund_nl_pairing_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct redund_answer answer = {};
	u8 key[REDUND_PAIRING_KEY];
	struct sk_buff *msg;
	struct redund *rd;
	void *hdr;
	int err;

	rd = redund_nl_instance(info->attrs, info->extack);
	if (IS_ERR(rd))
		return PTR_ERR(rd);
	msg = redund_nl_reply_new(info, rd, &hdr);
	if (!msg) {
		redund_put(rd);
		return -ENOMEM;
	}
	err = redund_pairing_key(rd, key, &answer);
	redund_put(rd);
	if (err) {
		nlmsg_free(msg);
		return redund_nl_refuse(info, 0, err, &answer);
	}
	err = nla_put(msg, REDUND_A_PAIRING_KEY, sizeof(key), key);
	memzero_explicit(key, sizeof(key));
	if (err) {
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

/* Takes the users out first: the core is called without the lock. */
static int socket_released(struct notifier_block *nb, unsigned long action, void *data)
{
	const struct netlink_notify *n = data;
	struct nl_user *u, *next;
	LIST_HEAD(gone);

	if (action != NETLINK_URELEASE || n->protocol != NETLINK_GENERIC)
		return NOTIFY_DONE;
	scoped_guard(mutex, &users_lock) {
		list_for_each_entry_safe(u, next, &users, list)
			if (u->net == n->net && u->portid == n->portid)
				list_move(&u->list, &gone);
	}
	list_for_each_entry_safe(u, next, &gone, list) {
		struct redund *rd = redund_get(u->instance);

		if (rd) {
			redund_user_release(rd, u->key);
			redund_put(rd);
		}
		kfree(u);
	}
	return NOTIFY_DONE;
}

static struct notifier_block socket_notifier = {
	.notifier_call = socket_released,
};

/**
 * redund_nl_users_init() - begins to watch for closed sockets
 *
 * Return: 0 or a negative errno.
 */
int redund_nl_users_init(void)
{
	return netlink_register_notifier(&socket_notifier);
}

/** redund_nl_users_exit() - forgets all users; after the family is gone */
void redund_nl_users_exit(void)
{
	struct nl_user *u, *next;

	netlink_unregister_notifier(&socket_notifier);
	list_for_each_entry_safe(u, next, &users, list)
		kfree(u);
	INIT_LIST_HEAD(&users);
}
