// SPDX-License-Identifier: GPL-2.0-only
/*
 * The netlink requests that change something, and the check of a switchover.
 * This file owns the text of a refusal on its way to the caller, the default
 * requester, and the sockets that registered as users of a phase: a user ends
 * when its socket is closed.
 *
 * Context: the caller's process, but the release of a socket, which runs in
 * whoever closes it; both may sleep. users_lock guards the list of users.
 */
#include <linux/ctype.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/netlink.h>
#include <linux/notifier.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include "genl.h"
#include "netlink_gen.h"
#include "netlink_names.h"

#define REQUESTER_SIZE	25	/* as in struct redund_history_info */

/* The core's texts are static strings, but no literals of this file. */
static int refuse(struct genl_info *info, int attr, int err, const struct redund_answer *answer)
{
	struct netlink_ext_ack *extack = info->extack;

	if (!err || !extack)
		return err;
	if (answer->text)
		extack->_msg = answer->text;
	else if (answer->refusal && answer->refusal < ARRAY_SIZE(redund_refusal_names))
		extack->_msg = redund_refusal_names[answer->refusal];
	else
		NL_SET_ERR_MSG(extack, "error: The request could not be carried out");
	if (attr)
		NL_SET_BAD_ATTR(extack, info->attrs[attr]);
	return err;
}

static bool printable(const char *text)
{
	while (isascii(*text) && isprint(*text))
		text++;
	return !*text;
}

/* The process, when a request does not say who asks. */
static void requester_here(char *out)
{
	char comm[TASK_COMM_LEN];
	size_t i;

	snprintf(out, REQUESTER_SIZE, "%s[%d]", get_task_comm(comm, current),
		 task_tgid_nr(current));
	for (i = 0; out[i]; i++)
		if (!isascii(out[i]) || !isprint(out[i]))
			out[i] = '?';
}

/* Who asks, as history and log show it. */
static int requester_of(struct genl_info *info, char *out)
{
	struct nlattr *attr = info->attrs[REDUND_A_REQUESTER];

	if (!attr) {
		requester_here(out);
		return 0;
	}
	nla_strscpy(out, attr, REQUESTER_SIZE);
	if (printable(out))
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, attr,
			    "invalid: The requester holds unprintable characters");
	return -EINVAL;
}

/* Instance and requester of a request; @rd is only valid if 0 is returned. */
static int begin(struct genl_info *info, struct redund **rd, char *requester)
{
	int err = requester_of(info, requester);

	if (err)
		return err;
	*rd = redund_nl_instance(info->attrs, info->extack);
	return PTR_ERR_OR_ZERO(*rd);
}

int redund_nl_redundancy_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct redund_answer answer = {};
	char requester[REQUESTER_SIZE];
	struct redund *rd;
	int err;

	if (redund_nl_missing(info, REDUND_A_ENABLED, "invalid: enabled is missing"))
		return -EINVAL;
	err = begin(info, &rd, requester);
	if (err)
		return err;
	err = redund_set_redundancy(rd, nla_get_u8(info->attrs[REDUND_A_ENABLED]), requester,
				    &answer);
	redund_put(rd);
	return refuse(info, 0, err, &answer);
}

/* What is left out stays: the core takes 0 for that. */
int redund_nl_heartbeat_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *interval = info->attrs[REDUND_A_INTERVAL_MS];
	struct nlattr *misses = info->attrs[REDUND_A_MISSES];
	struct redund_answer answer = {};
	char requester[REQUESTER_SIZE];
	struct redund *rd;
	int err;

	if (!interval &&
	    redund_nl_missing(info, REDUND_A_MISSES, "invalid: interval-ms or misses is missing"))
		return -EINVAL;
	err = begin(info, &rd, requester);
	if (err)
		return err;
	err = redund_set_heartbeat(rd, interval ? nla_get_u32(interval) : 0,
				   misses ? nla_get_u32(misses) : 0, requester, &answer);
	redund_put(rd);
	return refuse(info, 0, err, &answer);
}

int redund_nl_active_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct redund_answer answer = {};
	char requester[REQUESTER_SIZE];
	struct redund *rd;
	int err;

	if (redund_nl_missing(info, REDUND_A_CHOICE, "invalid: choice is missing"))
		return -EINVAL;
	err = begin(info, &rd, requester);
	if (err)
		return err;
	err = redund_set_active(rd, nla_get_u32(info->attrs[REDUND_A_CHOICE]), requester, &answer);
	redund_put(rd);
	return refuse(info, REDUND_A_CHOICE, err, &answer);
}

int redund_nl_fabric_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct redund_answer answer = {};
	char requester[REQUESTER_SIZE];
	struct redund *rd;
	int err;

	if (redund_nl_missing(info, REDUND_A_FABRIC_ID, "invalid: fabric-id is missing") ||
	    redund_nl_missing(info, REDUND_A_ENABLED, "invalid: enabled is missing"))
		return -EINVAL;
	err = begin(info, &rd, requester);
	if (err)
		return err;
	err = redund_set_fabric(rd, nla_get_u32(info->attrs[REDUND_A_FABRIC_ID]),
				nla_get_u8(info->attrs[REDUND_A_ENABLED]), requester, &answer);
	redund_put(rd);
	return refuse(info, REDUND_A_FABRIC_ID, err, &answer);
}

/* ---- switchover ----------------------------------------------------------------- */

/* The head of a reply: instance and change number. NULL: no memory. */
static struct sk_buff *reply_new(struct genl_info *info, struct redund *rd, void **hdr)
{
	struct redund_chassis_info *chassis = kmalloc(sizeof(*chassis), GFP_KERNEL);
	struct sk_buff *msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);

	if (!chassis || !msg)
		goto fail;
	*hdr = genlmsg_put_reply(msg, info, &redund_nl_family, 0, info->genlhdr->cmd);
	if (!*hdr)
		goto fail;
	redund_chassis_info(rd, chassis);
	if (nla_put_u32(msg, REDUND_A_INSTANCE, redund_instance(rd)) ||
	    nla_put_u32(msg, REDUND_A_CHANGE_SEQ, chassis->change_seq))
		goto fail;
	kfree(chassis);
	return msg;

fail:
	nlmsg_free(msg);
	kfree(chassis);
	return NULL;
}

/* The handover that began; the room for it was made before. */
static int reply_handover(struct sk_buff *msg, void *hdr, u32 id, struct genl_info *info)
{
	if (nla_put_u32(msg, REDUND_A_HANDOVER_ID, id)) {
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

int redund_nl_switchover_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct redund_answer answer = {};
	char requester[REQUESTER_SIZE];
	struct sk_buff *msg;
	struct redund *rd;
	void *hdr;
	u32 id = 0;
	int err;

	err = begin(info, &rd, requester);
	if (err)
		return err;
	/* before the handover begins: afterwards it must not fail */
	msg = reply_new(info, rd, &hdr);
	if (!msg) {
		redund_put(rd);
		return -ENOMEM;
	}
	err = redund_switchover(rd, nla_get_flag(info->attrs[REDUND_A_FORCE]), requester, &id,
				&answer);
	redund_put(rd);
	if (err) {
		nlmsg_free(msg);
		return refuse(info, 0, err, &answer);
	}
	return reply_handover(msg, hdr, id, info);
}

int redund_nl_switchover_check_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct redund_answer answer = {};
	struct sk_buff *msg;
	struct redund *rd;
	void *hdr;
	int err;

	rd = redund_nl_instance(info->attrs, info->extack);
	if (IS_ERR(rd))
		return PTR_ERR(rd);
	msg = reply_new(info, rd, &hdr);
	if (!msg) {
		redund_put(rd);
		return -ENOMEM;
	}
	err = redund_switchover_check(rd, nla_get_flag(info->attrs[REDUND_A_FORCE]), &answer);
	redund_put(rd);
	if (nla_put_u8(msg, REDUND_A_ACCEPTED, !err) ||
	    nla_put_u32(msg, REDUND_A_REFUSAL, answer.refusal) ||
	    nla_put_u32(msg, REDUND_A_NOT_READY, answer.not_ready) ||
	    (answer.text && nla_put_string(msg, REDUND_A_REASON_TEXT, answer.text))) {
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

/* ---- boots, the locate LED ------------------------------------------------------- */

/* What is to boot, from where it is asked, and what it is expected to do. */
static int boot_request(struct genl_info *info, struct redund_boot_request *q, char *origin)
{
	struct nlattr *image = info->attrs[REDUND_A_BOOT_IMAGE];
	struct nlattr *from = info->attrs[REDUND_A_ORIGIN];
	struct nlattr *would = info->attrs[REDUND_A_WOULD_SWITCH_OVER];

	if (redund_nl_missing(info, REDUND_A_REBOOT_KIND, "invalid: reboot-kind is missing"))
		return -EINVAL;
	q->kind = nla_get_u32(info->attrs[REDUND_A_REBOOT_KIND]);
	q->image = image ? nla_get_u32(image) : 0;
	if (would)
		q->expect = nla_get_u8(would) ? ROLE_EXPECT_HANDOVER : ROLE_EXPECT_SYSTEM;
	origin[0] = '\0';
	if (from)
		nla_strscpy(origin, from, REQUESTER_SIZE);
	q->origin = origin;
	if (printable(origin))
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, from,
			    "invalid: The origin holds unprintable characters");
	return -EINVAL;
}

int redund_nl_reboot_doit(struct sk_buff *skb, struct genl_info *info)
{
	char requester[REQUESTER_SIZE], origin[REQUESTER_SIZE];
	struct redund_boot_request q = { .requester = requester };
	struct redund_answer answer = {};
	struct sk_buff *msg;
	struct redund *rd;
	void *hdr;
	u32 id = 0;
	int err;

	err = boot_request(info, &q, origin) ?: begin(info, &rd, requester);
	if (err)
		return err;
	/* before anything boots: afterwards it must not fail */
	msg = reply_new(info, rd, &hdr);
	if (!msg) {
		redund_put(rd);
		return -ENOMEM;
	}
	err = redund_reboot(rd, &q, &id, &answer);
	redund_put(rd);
	if (err) {
		nlmsg_free(msg);
		return refuse(info, 0, err, &answer);
	}
	return reply_handover(msg, hdr, id, info);
}

int redund_nl_reboot_check_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct redund_boot_outcome outcome;
	struct redund_answer answer = {};
	struct sk_buff *msg;
	struct redund *rd;
	void *hdr;
	int err;

	if (redund_nl_missing(info, REDUND_A_REBOOT_KIND, "invalid: reboot-kind is missing"))
		return -EINVAL;
	rd = redund_nl_instance(info->attrs, info->extack);
	if (IS_ERR(rd))
		return PTR_ERR(rd);
	msg = reply_new(info, rd, &hdr);
	if (!msg) {
		redund_put(rd);
		return -ENOMEM;
	}
	err = redund_reboot_check(rd, nla_get_u32(info->attrs[REDUND_A_REBOOT_KIND]), &outcome,
				  &answer);
	redund_put(rd);
	if (nla_put_u8(msg, REDUND_A_ACCEPTED, !err) ||
	    nla_put_u32(msg, REDUND_A_REFUSAL, answer.refusal) ||
	    nla_put_u32(msg, REDUND_A_NOT_READY, answer.not_ready) ||
	    nla_put_u8(msg, REDUND_A_WOULD_SWITCH_OVER, outcome.handover) ||
	    nla_put_u8(msg, REDUND_A_PEER_PRESENT, outcome.peer_present) ||
	    (answer.text && nla_put_string(msg, REDUND_A_REASON_TEXT, answer.text))) {
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

int redund_nl_locate_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct redund_answer answer = {};
	char requester[REQUESTER_SIZE];
	struct redund *rd;
	int err;

	if (redund_nl_missing(info, REDUND_A_ENABLED, "invalid: enabled is missing"))
		return -EINVAL;
	err = begin(info, &rd, requester);
	if (err)
		return err;
	err = redund_set_locate(rd, nla_get_u8(info->attrs[REDUND_A_ENABLED]), requester, &answer);
	redund_put(rd);
	return refuse(info, 0, err, &answer);
}

/* ---- users of the phases ----------------------------------------------------------- */

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
	return refuse(info, 0, err, &answer);
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
	return refuse(info, REDUND_A_PHASE, err, &answer);
}

int redund_nl_sync_ack_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct redund_answer answer = {};
	struct redund *rd;
	int err;
	u32 key;

	if (redund_nl_missing(info, REDUND_A_SYNCED, "invalid: synced is missing"))
		return -EINVAL;
	rd = ack_begin(info, &key);
	if (IS_ERR(rd))
		return PTR_ERR(rd);
	err = redund_sync_ack(rd, key, nla_get_u8(info->attrs[REDUND_A_SYNCED]), &answer);
	redund_put(rd);
	return refuse(info, 0, err, &answer);
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
