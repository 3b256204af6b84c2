// SPDX-License-Identifier: GPL-2.0-or-later
/* The requests of libredund that change something, and the switchover's check. */
#include <errno.h>
#include <string.h>
#include "rd.h"

static struct nl_msg *begin(struct rd *rd, int instance, int cmd, const char *requester)
{
	struct nl_msg *msg = rd_request(rd, instance, cmd, NLM_F_ACK);

	if (msg && requester && nla_put_string(msg, REDUND_A_REQUESTER, requester)) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

/* Sends if every attribute found room. */
static int finish(struct rd *rd, struct nl_msg *msg, bool ok, rd_sink sink, void *arg)
{
	if (msg && !ok) {
		nlmsg_free(msg);
		msg = NULL;
	}
	return rd_exchange(rd, msg, sink, arg);
}

int rd_set_redundancy(struct rd *rd, int instance, bool on, const char *requester)
{
	struct nl_msg *msg = begin(rd, instance, REDUND_CMD_REDUNDANCY_SET, requester);

	return finish(rd, msg, msg && !nla_put_u8(msg, REDUND_A_ENABLED, on), NULL, NULL);
}

int rd_set_heartbeat(struct rd *rd, int instance, uint32_t interval_ms, uint32_t misses,
		     const char *requester)
{
	struct nl_msg *msg = begin(rd, instance, REDUND_CMD_HEARTBEAT_SET, requester);
	bool ok = msg;

	if (ok && interval_ms)
		ok = !nla_put_u32(msg, REDUND_A_INTERVAL_MS, interval_ms);
	if (ok && misses)
		ok = !nla_put_u32(msg, REDUND_A_MISSES, misses);
	return finish(rd, msg, ok, NULL, NULL);
}

int rd_set_heartbeat_loss(struct rd *rd, int instance, enum redund_heartbeat_loss loss,
			  const char *requester)
{
	struct nl_msg *msg = begin(rd, instance, REDUND_CMD_HEARTBEAT_SET, requester);

	return finish(rd, msg, msg && !nla_put_u32(msg, REDUND_A_HEARTBEAT_LOSS, loss), NULL, NULL);
}

int rd_set_history_length(struct rd *rd, int instance, uint32_t length, const char *requester)
{
	struct nl_msg *msg = begin(rd, instance, REDUND_CMD_HISTORY_SET, requester);

	return finish(rd, msg, msg && !nla_put_u32(msg, REDUND_A_HISTORY_LENGTH, length), NULL,
		      NULL);
}

int rd_set_active(struct rd *rd, int instance, unsigned int slot, const char *requester)
{
	struct nl_msg *msg = begin(rd, instance, REDUND_CMD_ACTIVE_SET, requester);

	return finish(rd, msg, msg && !nla_put_u32(msg, REDUND_A_CHOICE, slot), NULL, NULL);
}

int rd_set_fabric(struct rd *rd, int instance, unsigned int id, bool on, const char *requester)
{
	struct nl_msg *msg = begin(rd, instance, REDUND_CMD_FABRIC_SET, requester);

	return finish(rd, msg,
		      msg && !nla_put_u32(msg, REDUND_A_FABRIC_ID, id) &&
			      !nla_put_u8(msg, REDUND_A_ENABLED, on),
		      NULL, NULL);
}

static int take_handover(void *arg, const struct rd_message *m)
{
	*(uint32_t *)arg = m->handover_id;
	return 0;
}

int rd_switchover(struct rd *rd, int instance, bool force, const char *requester, uint32_t *id)
{
	struct nl_msg *msg = begin(rd, instance, REDUND_CMD_SWITCHOVER, requester);

	*id = 0;
	return finish(rd, msg, msg && (!force || !nla_put_flag(msg, REDUND_A_FORCE)), take_handover,
		      id);
}

static int take_check(void *arg, const struct rd_message *m)
{
	memcpy(arg, &m->check, sizeof(m->check));
	return 0;
}

int rd_switchover_check(struct rd *rd, int instance, bool force, struct rd_check *out)
{
	struct nl_msg *msg = begin(rd, instance, REDUND_CMD_SWITCHOVER_CHECK, NULL);

	memset(out, 0, sizeof(*out));
	return finish(rd, msg, msg && (!force || !nla_put_flag(msg, REDUND_A_FORCE)), take_check,
		      out);
}

int rd_reboot(struct rd *rd, int instance, const struct rd_boot *boot, const char *requester,
	      uint32_t *id)
{
	struct nl_msg *msg = begin(rd, instance, REDUND_CMD_REBOOT, requester);
	bool ok = msg && !nla_put_u32(msg, REDUND_A_REBOOT_KIND, boot->kind);

	*id = 0;
	if (ok && boot->image)
		ok = !nla_put_u32(msg, REDUND_A_BOOT_IMAGE, boot->image);
	if (ok && boot->origin)
		ok = !nla_put_string(msg, REDUND_A_ORIGIN, boot->origin);
	if (ok && boot->expect != RD_EXPECT_ANY)
		ok = !nla_put_u8(msg, REDUND_A_WOULD_SWITCH_OVER,
				 boot->expect == RD_EXPECT_SWITCHOVER);
	return finish(rd, msg, ok, take_handover, id);
}

static int take_boot_check(void *arg, const struct rd_message *m)
{
	struct rd_boot_check *out = arg;

	out->check = m->check;
	out->would_switch_over = m->would_switch_over;
	out->peer_present = m->peer_present;
	return 0;
}

int rd_reboot_check(struct rd *rd, int instance, uint32_t kind, struct rd_boot_check *out)
{
	struct nl_msg *msg = begin(rd, instance, REDUND_CMD_REBOOT_CHECK, NULL);

	memset(out, 0, sizeof(*out));
	return finish(rd, msg, msg && !nla_put_u32(msg, REDUND_A_REBOOT_KIND, kind),
		      take_boot_check, out);
}

int rd_set_locate(struct rd *rd, int instance, bool on, const char *requester)
{
	struct nl_msg *msg = begin(rd, instance, REDUND_CMD_LOCATE_SET, requester);

	return finish(rd, msg, msg && !nla_put_u8(msg, REDUND_A_ENABLED, on), NULL, NULL);
}

int rd_register_user(struct rd *rd, int instance, bool config, bool sync)
{
	struct nl_msg *msg = begin(rd, instance, REDUND_CMD_USER_REGISTER, NULL);

	return finish(rd, msg,
		      msg && (!config || !nla_put_flag(msg, REDUND_A_CONFIG)) &&
			      (!sync || !nla_put_flag(msg, REDUND_A_SYNC)),
		      NULL, NULL);
}

int rd_phase_ack(struct rd *rd, int instance, uint32_t phase, bool ok)
{
	struct nl_msg *msg = begin(rd, instance, REDUND_CMD_PHASE_ACK, NULL);

	return finish(rd, msg,
		      msg && !nla_put_u32(msg, REDUND_A_PHASE, phase) &&
			      !nla_put_u8(msg, REDUND_A_OK, ok),
		      NULL, NULL);
}

int rd_sync_ack(struct rd *rd, int instance, bool synced, const char *text)
{
	struct nl_msg *msg = begin(rd, instance, REDUND_CMD_SYNC_ACK, NULL);
	bool ok = msg && !nla_put_u8(msg, REDUND_A_SYNCED, synced);

	if (ok && text)
		ok = !nla_put_string(msg, REDUND_A_SYNC_TEXT, text);
	return finish(rd, msg, ok, NULL, NULL);
}

int rd_link_report(struct rd *rd, int instance, enum redund_link_state state)
{
	struct nl_msg *msg = begin(rd, instance, REDUND_CMD_LINK_REPORT, NULL);

	return finish(rd, msg, msg && !nla_put_u32(msg, REDUND_A_LINK, state), NULL, NULL);
}

int rd_sync_busy(struct rd *rd, int instance, bool busy, uint32_t seconds_left, const char *text)
{
	struct nl_msg *msg = begin(rd, instance, REDUND_CMD_SYNC_BUSY, NULL);
	bool ok = msg && !nla_put_u8(msg, REDUND_A_BUSY, busy);

	if (ok && seconds_left)
		ok = !nla_put_u32(msg, REDUND_A_SECONDS_LEFT, seconds_left);
	if (ok && text)
		ok = !nla_put_string(msg, REDUND_A_SYNC_TEXT, text);
	return finish(rd, msg, ok, NULL, NULL);
}

static int take_key(void *arg, const struct rd_message *m)
{
	if (!m->has_key)
		return -EPROTO;
	memcpy(arg, m->key, sizeof(m->key));
	return 0;
}

int rd_pairing(struct rd *rd, int instance, uint8_t key[RD_PAIRING_KEY])
{
	memset(key, 0, RD_PAIRING_KEY);
	return rd_exchange(rd, begin(rd, instance, REDUND_CMD_PAIRING_GET, NULL), take_key, key);
}
