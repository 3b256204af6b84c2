// SPDX-License-Identifier: GPL-2.0-only
/*
 * The netlink requests that change something, and the check of a switchover.
 * This file owns the text of a refusal on its way to the caller and the default
 * requester. What registered users say is genl_user.c's.
 *
 * Context: the caller's process; may sleep.
 */
#include <linux/ctype.h>
#include <linux/netlink.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include "genl.h"
#include "netlink_gen.h"
#include "netlink_names.h"

#define REQUESTER_SIZE	25	/* as in struct redund_history_info */

/**
 * redund_nl_refuse() - the text of a refusal
 * @info: request
 * @attr: attribute that is at fault, 0 none
 * @err: errno of the core
 * @answer: its words: static strings, but no literals of this file
 *
 * Return: @err
 */
int redund_nl_refuse(struct genl_info *info, int attr, int err, const struct redund_answer *answer)
{
	struct netlink_ext_ack *extack = info->extack;

	if (!err || !extack)
		return err;
	if (answer->text)
		extack->_msg = answer->text;
	else if (answer->refusal && answer->refusal < ARRAY_SIZE(redund_refusal_names))
		extack->_msg = redund_refusal_names[answer->refusal];
	else if (err == -ENOMEM)
		redund_nl_no_memory(extack);
	else
		NL_SET_ERR_MSG(extack, "error: The request could not be carried out");
	if (attr)
		NL_SET_BAD_ATTR(extack, info->attrs[attr]);
	return err;
}

/**
 * redund_nl_printable() - may this text go to logs and users?
 * @text: text
 *
 * Return: true if all of it is printable ASCII
 */
bool redund_nl_printable(const char *text)
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
	if (redund_nl_printable(out))
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
	return redund_nl_refuse(info, 0, err, &answer);
}

/* What is left out stays: the core takes 0 for that. */
int redund_nl_heartbeat_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *interval = info->attrs[REDUND_A_INTERVAL_MS];
	struct nlattr *misses = info->attrs[REDUND_A_MISSES];
	struct nlattr *loss = info->attrs[REDUND_A_HEARTBEAT_LOSS];
	struct redund_answer answer = {};
	char requester[REQUESTER_SIZE];
	struct redund *rd;
	int err;

	if (!interval && !loss &&
	    redund_nl_missing(info, REDUND_A_MISSES, "invalid: interval-ms or misses is missing"))
		return -EINVAL;
	err = begin(info, &rd, requester);
	if (err)
		return err;
	if (interval || misses)
		err = redund_set_heartbeat(rd, interval ? nla_get_u32(interval) : 0,
					   misses ? nla_get_u32(misses) : 0, requester, &answer);
	if (!err && loss)
		err = redund_set_heartbeat_loss(rd, nla_get_u32(loss), requester, &answer);
	redund_put(rd);
	return redund_nl_refuse(info, 0, err, &answer);
}

int redund_nl_history_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct redund_answer answer = {};
	char requester[REQUESTER_SIZE];
	struct redund *rd;
	int err;

	if (redund_nl_missing(info, REDUND_A_HISTORY_LENGTH, "invalid: history-length is missing"))
		return -EINVAL;
	err = begin(info, &rd, requester);
	if (err)
		return err;
	err = redund_set_history_length(rd, nla_get_u32(info->attrs[REDUND_A_HISTORY_LENGTH]),
					requester, &answer);
	redund_put(rd);
	return redund_nl_refuse(info, REDUND_A_HISTORY_LENGTH, err, &answer);
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
	return redund_nl_refuse(info, REDUND_A_CHOICE, err, &answer);
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
	return redund_nl_refuse(info, REDUND_A_FABRIC_ID, err, &answer);
}

/* ---- switchover ----------------------------------------------------------------- */

/**
 * redund_nl_reply_new() - a reply with its head: instance and change number
 * @info: request
 * @rd: instance
 * @hdr: set, for genlmsg_end()
 *
 * Return: the message, NULL: no memory, and the request has the text that says so
 */
struct sk_buff *redund_nl_reply_new(struct genl_info *info, struct redund *rd, void **hdr)
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
	redund_nl_no_memory(info->extack);
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
	msg = redund_nl_reply_new(info, rd, &hdr);
	if (!msg) {
		redund_put(rd);
		return -ENOMEM;
	}
	err = redund_switchover(rd, nla_get_flag(info->attrs[REDUND_A_FORCE]), requester, &id,
				&answer);
	redund_put(rd);
	if (err) {
		nlmsg_free(msg);
		return redund_nl_refuse(info, 0, err, &answer);
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
	msg = redund_nl_reply_new(info, rd, &hdr);
	if (!msg) {
		redund_put(rd);
		return -ENOMEM;
	}
	err = redund_switchover_check(rd, nla_get_flag(info->attrs[REDUND_A_FORCE]), &answer);
	redund_put(rd);
	if (nla_put_u8(msg, REDUND_A_ACCEPTED, !err) ||
	    nla_put_u32(msg, REDUND_A_REFUSAL, answer.refusal) ||
	    nla_put_u32(msg, REDUND_A_NOT_READY, answer.not_ready) ||
	    (answer.seconds_left &&
	     nla_put_u32(msg, REDUND_A_SECONDS_LEFT, answer.seconds_left)) ||
	    (answer.sync_text[0] &&
	     redund_nl_put_text(msg, REDUND_A_SYNC_TEXT, answer.sync_text,
				sizeof(answer.sync_text))) ||
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
	if (redund_nl_printable(origin))
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
	msg = redund_nl_reply_new(info, rd, &hdr);
	if (!msg) {
		redund_put(rd);
		return -ENOMEM;
	}
	err = redund_reboot(rd, &q, &id, &answer);
	redund_put(rd);
	if (err) {
		nlmsg_free(msg);
		return redund_nl_refuse(info, 0, err, &answer);
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
	msg = redund_nl_reply_new(info, rd, &hdr);
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
	return redund_nl_refuse(info, 0, err, &answer);
}
