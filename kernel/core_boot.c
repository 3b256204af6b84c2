// SPDX-License-Identifier: GPL-2.0-only
/*
 * Boots that are asked for (boot, reload, boot standby, boot system): the
 * requests, what chassis memory is told before, and the end of this module.
 * Also the locate LED. Owns struct rd_boot. What a boot does to the roles is
 * the state machine's (role_owner.c).
 */
#include "netlink_names.h"
#include "redund.h"

/* An image for one module: it boots that by itself, and does not hold the grant (S-156). */
static bool rd_boot_own(const struct redund_boot_request *q)
{
	return q->image && q->kind != REDUND_REBOOT_KIND_BOOT_SYSTEM;
}

/* What the command is called in the log and in a refusal. */
static const char *rd_boot_word(u32 kind)
{
	return kind < ARRAY_SIZE(redund_reboot_kind_names) ? redund_reboot_kind_names[kind] :
							     "boot";
}

static u32 rd_boot_refusal(const struct redund *rd, const struct redund_boot_request *q)
{
	if (q->kind > REDUND_REBOOT_KIND_BOOT_SYSTEM || q->image > REDUND_BOOT_IMAGE_SECONDARY)
		return REDUND_REFUSAL_INVALID;
	if (q->image && q->kind == REDUND_REBOOT_KIND_BOOT_STANDBY)
		return REDUND_REFUSAL_INVALID;
	/* One that was accepted ends this software: nothing comes after it. */
	if (rd->handover_running || rd->boot.ending)
		return REDUND_REFUSAL_BUSY;
	return REDUND_REFUSAL_NONE;
}

/* What boot history tells of this end, in the role that it has now (S-266). */
static void rd_boot_intent(struct redund *rd, const struct redund_boot_request *q)
{
	bool warm = q->kind == REDUND_REBOOT_KIND_RELOAD;
	char text[64];

	if (rd_boot_own(q)) {
		snprintf(text, sizeof(text), "Reboot to the %s image.",
			 redund_boot_image_names[q->image]);
		return rd_crash_intent(rd, REDUND_DOWN_WHY_REBOOT, warm, q->origin, text);
	}
	if (rd->handover_running || rd->boot.ending)
		rd_crash_intent(rd, warm ? REDUND_DOWN_WHY_OPERATOR_RELOAD :
					   REDUND_DOWN_WHY_OPERATOR_REBOOT, warm, q->origin, NULL);
}

static void rd_boot_note(struct redund *rd, const struct redund_boot_request *q)
{
	rd->boot.kind = q->kind;
	rd->boot.image = q->image;
	rd->boot.own = rd_boot_own(q);
	strscpy(rd->requester, q->requester, sizeof(rd->requester));
}

/* The next owner, and the boot ROMs of both modules, read it. */
static bool rd_boot_store(struct redund *rd, u8 reason)
{
	struct redund_chassis_record *h = &rd->nv.head;

	rd_nv_need(rd);
	h->boot_image = rd->boot.image;
	h->boot_reason = reason;
	strscpy_pad(h->intent_requester, rd->requester, sizeof(h->intent_requester));
	if (rd_nv_store(rd))
		return true;
	h->boot_image = 0;
	h->boot_reason = REDUND_REASON_NONE;
	return false;
}

/* A boot that was refused after all: the next one is not for it. */
static void rd_boot_forget(struct redund *rd)
{
	struct redund_chassis_record *h = &rd->nv.head;

	if (!h->boot_reason)
		return;
	h->boot_image = 0;
	h->boot_reason = REDUND_REASON_NONE;
	memset(h->intent_requester, 0, sizeof(h->intent_requester));
	rd_nv_store(rd);	/* not if the grant is gone: then it is the next owner's */
}

/* Would it do what whoever asks was told? */
static bool rd_boot_stale(const struct redund_boot_request *q, bool handover)
{
	return q->expect == (handover ? ROLE_EXPECT_SYSTEM : ROLE_EXPECT_HANDOVER);
}

/*
 * What the machine cannot see: a reset that this side may not write, and an
 * image that chassis memory does not take. Neither is found out half-way, and
 * nothing is written for a request that is refused.
 */
static u32 rd_boot_may(struct redund *rd, const struct redund_boot_request *q)
{
	bool handover;
	u32 refusal, reasons;

	if (!rd->booted)
		return REDUND_REFUSAL_BUSY;
	rd_look(rd);
	if (rd_boot_own(q))
		return role_reboot_own_check(&rd->role);
	refusal = role_reboot_check(&rd->role, &rd->view, q->kind, &reasons, &handover);
	if (refusal || handover)
		return refusal;
	if (rd_boot_stale(q, handover))
		return REDUND_REFUSAL_STALE;
	if (!rd_failover_may_write(rd))
		return REDUND_REFUSAL_LOST_GRANT;
	if (q->image && !rd_boot_store(rd, REDUND_REASON_BOOT_SYSTEM))
		return REDUND_REFUSAL_LOST_GRANT;
	return REDUND_REFUSAL_NONE;
}

/**
 * redund_reboot() - boot this module, the other one, or both (S-189 to S-210)
 * @rd: instance
 * @q: what, and for whom
 * @id: set to the handover's number, for chassis_info's handover_id; 0: none,
 *	the boot follows
 * @r: filled
 *
 * With boot and reload the standby takes over if it is in standby mode; else
 * both modules boot, and the election decides as at power-on. This Linux
 * reboots in both cases, some time after the return. With an image for this
 * module alone only this one boots, which does not hold the grant (S-156).
 *
 * Context: process.
 * Return: 0 or -errno; -EAGAIN (stale) when it would not do what @q expects
 */
int redund_reboot(struct redund *rd, const struct redund_boot_request *q, u32 *id,
		  struct redund_answer *r)
{
	struct role_event ev = { .type = ROLE_EV_REBOOT };
	u32 refusal, verdict;
	int ret;

	guard(mutex)(&rd->config);
	ret = rd_enter(rd, r);
	if (ret)
		return ret;
	guard(raw_spinlock_irqsave)(&rd->lock);
	refusal = rd_boot_refusal(rd, q);
	if (!refusal) {
		rd_boot_note(rd, q);
		refusal = rd_boot_may(rd, q);
	}
	if (refusal)
		return rd_refuse(rd, rd_boot_word(q->kind), refusal, 0, q->requester, r);
	verdict = rd->verdict;
	rd->handover_running = true;
	rd->handover_id++;
	rd->verdict = REDUND_VERDICT_PENDING;
	ev.reboot.kind = q->kind;
	ev.reboot.expect = q->expect;
	ev.reboot.own = rd->boot.own;
	refusal = rd_ask(rd, &ev);
	if (refusal)
		rd_boot_forget(rd);
	*id = rd->handover_id;
	if (refusal || q->kind == REDUND_REBOOT_KIND_BOOT_STANDBY || rd->boot.ending) {
		rd->handover_running = false;
		rd->handover_id--;
		rd->verdict = verdict;
		*id = 0;
	}
	if (refusal)
		return rd_refuse(rd, rd_boot_word(q->kind), refusal, rd->answer_reasons,
				 q->requester, r);
	rd_boot_intent(rd, q);
	rd_log(rd, 0, REDUND_SEVERITY_INFORMATION, rd->slot, "redund", "%s (%s)",
	       rd_boot_word(q->kind), q->requester);
	return rd_answer(REDUND_REFUSAL_NONE, 0, r);
}

/**
 * redund_reboot_check() - would a boot be accepted, and what would it do?
 * @rd: instance
 * @kind: enum redund_reboot_kind
 * @o: filled, also when it would be refused
 * @r: filled; its reasons stand against a handover
 *
 * Changes nothing.
 *
 * Context: process.
 * Return: 0 or -errno
 */
int redund_reboot_check(struct redund *rd, u32 kind, struct redund_boot_outcome *o,
			struct redund_answer *r)
{
	struct redund_boot_request q = { .kind = kind };
	u32 refusal, reasons = 0;
	int ret;

	memset(o, 0, sizeof(*o));
	guard(mutex)(&rd->config);
	ret = rd_enter(rd, r);
	if (ret)
		return ret;
	guard(raw_spinlock_irqsave)(&rd->lock);
	o->peer_present = rd->view.peer_present;
	refusal = rd->booted ? rd_boot_refusal(rd, &q) : REDUND_REFUSAL_BUSY;
	if (!refusal)
		refusal = role_reboot_check(&rd->role, &rd->view, kind, &reasons, &o->handover);
	return rd_answer(refusal, reasons, r);
}

/* ---- what the state machine decided ------------------------------------------------ */

/**
 * rd_boot_peer() - reset the other module, or hold it in reset
 * @rd: instance that holds the grant
 * @how: PEER_RESET_PULSE or PEER_RESET_HOLD
 *
 * Context: redund.lock.
 */
void rd_boot_peer(struct redund *rd, u32 how)
{
	if (rd_failover_may_write(rd))
		rd_write32(rd, REG_PEER_RESET, how);
}

/**
 * rd_boot_system() - this module goes down soon, both boot if it is the owner
 * @rd: instance
 * @reason: enum redund_reason, for the history of the next owner
 *
 * Context: redund.lock.
 */
void rd_boot_system(struct redund *rd, u8 reason)
{
	if (rd_owns(rd))
		rd_boot_store(rd, reason);
	rd_boot_end(rd);
}

/**
 * rd_boot_end() - this module boots now: no way back
 * @rd: instance
 *
 * Context: redund.lock.
 */
void rd_boot_end(struct redund *rd)
{
	rd->boot.ending = true;
	rd_end(rd, REDUND_DOWN_REBOOT);
}

/**
 * rd_boot_warm() - is the start that follows a warm one? (S-210)
 * @rd: instance that is about to go down
 * @down_reason: enum redund_down_reason
 *
 * Context: redund.lock.
 * Return: true if its record has to say so
 */
bool rd_boot_warm(const struct redund *rd, u8 down_reason)
{
	return down_reason == REDUND_DOWN_REBOOT && rd->boot.ending &&
	       rd->boot.kind == REDUND_REBOOT_KIND_RELOAD;
}

/**
 * rd_boot_next() - the image that this module alone boots once (S-156)
 * @rd: instance that is about to go down
 * @down_reason: enum redund_down_reason
 *
 * Context: redund.lock.
 * Return: enum redund_boot_image, 0 its default
 */
u8 rd_boot_next(const struct redund *rd, u8 down_reason)
{
	return down_reason == REDUND_DOWN_REBOOT && rd->boot.ending && rd->boot.own ?
		       rd->boot.image : REDUND_BOOT_IMAGE_UNKNOWN;
}

/**
 * rd_boot_down() - the end of a module that is no Linux of its own
 * @rd: instance whose back end does not say own_kernel
 *
 * Its reboot is the reset by which the controller ends every going-down.
 *
 * Context: process.
 */
void rd_boot_down(struct redund *rd)
{
	struct role_event ev = { .type = ROLE_EV_DOWN, .down_reason = REDUND_DOWN_REBOOT };

	guard(raw_spinlock_irqsave)(&rd->lock);
	if (rd->dead || rd->going_down)
		return;
	rd->no_restart = true;
	if (rd->booted) {
		rd_look(rd);
		rd_event(rd, &ev);
	}
	if (!rd->going_down)
		rd_going_down(rd, REDUND_DOWN_REBOOT);
}

/* ---- the locate LED ---------------------------------------------------------------- */

/**
 * rd_locate() - is it lit?
 * @rd: instance
 *
 * Context: redund.lock. A controller that has none reads all ones.
 * Return: true if it is
 */
bool rd_locate(struct redund *rd)
{
	u32 led = rd_read32(rd, REG_LOCATE);

	return led && led <= REDUND_LED_ORANGE_FAST;
}

static u32 rd_locate_write(struct redund *rd, bool on)
{
	u32 led = on ? REDUND_LED_GREEN : REDUND_LED_OFF;
	u32 now;

	if (!rd_owns(rd) || !rd->booted)
		return REDUND_REFUSAL_NOT_ACTIVE;
	rd_write32(rd, REG_LOCATE, led);
	now = rd_read32(rd, REG_LOCATE);
	if (now == led)
		return REDUND_REFUSAL_NONE;
	return now == U32_MAX ? REDUND_REFUSAL_UNSUPPORTED : REDUND_REFUSAL_LOST_GRANT;
}

/**
 * redund_set_locate() - light the locate LED, or not (S-216)
 * @rd: instance
 * @on: light it
 * @requester: who asks, for the log
 * @r: filled
 *
 * The controller puts it out with every change of the grant.
 *
 * Context: process.
 * Return: 0 or -errno; -EOPNOTSUPP when the board has none
 */
int redund_set_locate(struct redund *rd, bool on, const char *requester, struct redund_answer *r)
{
	u32 refusal;
	int ret;

	guard(mutex)(&rd->config);
	ret = rd_enter(rd, r);
	if (ret)
		return ret;
	guard(raw_spinlock_irqsave)(&rd->lock);
	rd_look(rd);
	refusal = rd_locate_write(rd, on);
	if (refusal)
		return rd_refuse(rd, "locate", refusal, 0, requester, r);
	rd_log(rd, 0, REDUND_SEVERITY_INFORMATION, 0, "chassis", "locate LED %s (%s)",
	       on ? "on" : "off", requester);
	rd_change(rd, REDUND_OBJECT_CHASSIS, 0);
	rd_settle(rd);
	return rd_answer(REDUND_REFUSAL_NONE, 0, r);
}
