// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fabric modules: the only writer of the enables, which reads back what it
 * wrote (S-102 to S-107, C-40). Never both disabled (I3): the controller
 * refuses it too (G2), and requests come one at a time under the mutex, so
 * that of two writers at once the second sees what the first did.
 */
#include "plant.h"
#include "redund.h"
#include "trace.h"

#define RD_FABRIC_ALL	3u

/**
 * rd_fabric_read() - the enables as the controller holds them
 * @rd: instance
 *
 * Context: redund.lock.
 * Return: bits 0 and 1: modules 1 and 2
 */
u32 rd_fabric_read(struct redund *rd)
{
	u32 value = rd_read32(rd, REG_FABRIC_ENABLE) & RD_FABRIC_ALL;

	if (!rd->dead)
		rd->fabric = value;
	return rd->fabric;
}

static u32 rd_fabric_present(const struct redund *rd)
{
	return (rd->status & STATUS_FABRIC_PRESENT) >> STATUS_FABRIC_SHIFT;
}

/* Writes and reads back. Return: true if the controller holds @value. */
static bool rd_fabric_write(struct redund *rd, u32 value)
{
	u32 was = rd->fabric;
	u32 held;

	lockdep_assert_held(&rd->lock);
	if (!rd_failover_may_write(rd) && !PLANT_FABRIC)
		return false;
	rd_write32(rd, REG_FABRIC_ENABLE, value);
	held = rd_fabric_read(rd);
	if (held != was)
		rd_nv_changed(rd);
	trace_redund_fabric(rd->id, rd->slot, value, held);
	return held == value;
}

/* With no enabled module present, one that is present is enabled in addition. */
static u32 rd_fabric_wanted(const struct redund *rd, u32 value)
{
	u32 present = rd_fabric_present(rd);

	if (!(value & present))
		value |= present;
	return value ? value : RD_FABRIC_ALL;
}

/**
 * rd_fabric_takeover() - a new owner always writes the enables
 * @rd: instance that holds the grant
 *
 * They keep their value over a grant change (G2); the write shows that this
 * side owns them, and enables what is present where nothing else is.
 *
 * Context: redund.lock.
 * Return: enum redund_phase_result
 */
u8 rd_fabric_takeover(struct redund *rd)
{
	u32 value = rd_fabric_wanted(rd, rd_fabric_read(rd));

	return rd_fabric_write(rd, value) ? REDUND_PHASE_RESULT_OK : REDUND_PHASE_RESULT_FAILED;
}

static void rd_fabric_alarm(struct redund *rd, bool on)
{
	if (on && !rd->fabric_alarm)
		rd_log(rd, 0, REDUND_SEVERITY_WARNING, 0, "redund",
		       "fabric-absent: no enabled fabric module is present");
	rd->fabric_alarm = on;
}

/**
 * rd_fabric_look() - the only enabled one was pulled: enable the other
 * @rd: instance that holds the grant, with its status just read
 *
 * Level-driven: also an owner that took over after the removal, and one that
 * missed the interrupt, do it.
 *
 * Context: redund.lock.
 */
void rd_fabric_look(struct redund *rd)
{
	u32 present = rd_fabric_present(rd);
	u32 value;

	if (rd->fabric & present) {
		rd_fabric_alarm(rd, false);
		return;
	}
	if (!present) {
		rd_fabric_alarm(rd, true);
		return;
	}
	value = rd_fabric_wanted(rd, rd->fabric);
	if (value == rd->fabric || !rd_fabric_write(rd, value))
		return;
	rd_log(rd, 0, REDUND_SEVERITY_WARNING, 0, "redund",
	       "fabric-enabled: Fabric %u was enabled, the only enabled one is absent",
	       present == 2 ? 2 : 1);
}

/**
 * rd_fabric_set() - enable or disable one, present or not (S-102, S-103)
 * @rd: instance
 * @id: 1 or 2
 * @on: enable
 * @refusal: set to enum redund_refusal when refused
 *
 * With the enabled one absent, the one that is present stays enabled too:
 * rd_fabric_look() would enable it again at once.
 *
 * Context: redund.lock, and the mutex around it.
 * Return: 0, -EPERM not the owner, -EBUSY both would be disabled (S-104) or
 * none that is present enabled, -EIO the controller holds something else
 */
int rd_fabric_set(struct redund *rd, unsigned int id, bool on, u32 *refusal)
{
	u32 bit = BIT(id - 1);
	u32 value;

	lockdep_assert_held(&rd->config);
	lockdep_assert_held(&rd->lock);
	if (!rd_failover_may_write(rd) && !PLANT_FABRIC) {
		*refusal = REDUND_REFUSAL_NOT_ACTIVE;
		return -EPERM;
	}
	value = rd_fabric_read(rd);
	value = on ? value | bit : value & ~bit;
	if (!value || (!on && rd_fabric_wanted(rd, value) != value)) {
		*refusal = REDUND_REFUSAL_LAST_FABRIC;
		return -EBUSY;
	}
	if (!rd_fabric_write(rd, value)) {
		*refusal = REDUND_REFUSAL_LOST_GRANT;
		return -EIO;
	}
	return 0;
}
