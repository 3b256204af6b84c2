// SPDX-License-Identifier: GPL-2.0-only
/* The mock back end, see mock.h. */
#include <linux/mm.h>
#include <linux/slab.h>
#include "mock.h"

static u64 mock_now;
static unsigned long mock_flags;

void mock_time(u64 us)
{
	mock_now = us;
}

u64 mock_time_get(void)
{
	return mock_now;
}

static void mock_note(struct mock *m, u32 off, u32 value)
{
	if (m->n_writes < MOCK_WRITES)
		m->write[m->n_writes++] = (struct mock_write){ off, value };
}

void mock_set32(struct mock *m, u32 off, u32 value)
{
	*(__le32 *)(m->window + off) = cpu_to_le32(value);
}

u32 mock_get32(struct mock *m, u32 off)
{
	return le32_to_cpu(*(__le32 *)(m->window + off));
}

void mock_set64(struct mock *m, u32 off, u64 value)
{
	mock_set32(m, off, lower_32_bits(value));
	mock_set32(m, off + 4, upper_32_bits(value));
}

static u32 mock_read32(void *bp, u32 off)
{
	struct mock *m = bp;

	m->n_reads++;
	if (off == REG_CAUSE && m->status_after) {
		mock_set64(m, REG_STATUS, m->status_after);
		m->status_after = 0;
	}
	return mock_get32(m, off);
}

static u64 mock_read64(void *bp, u32 off)
{
	struct mock *m = bp;

	m->n_reads++;
	if (off == REG_CLOCK) {
		u64 flipped = m->clock_flip;

		m->clock_flip = 0;
		return mock_now ^ flipped;
	}
	return mock_get32(m, off) | (u64)mock_get32(m, off + 4) << 32;
}

static void mock_write32(void *bp, u32 off, u32 value)
{
	struct mock *m = bp;

	mock_note(m, off, value);
	if (m->out_by == off)
		mock_set32(m, REG_STATUS, mock_get32(m, REG_STATUS) | STATUS_SELF_OUT);
	if (m->pressed_by == off) {
		mock_set32(m, REG_STATUS, mock_get32(m, REG_STATUS) | STATUS_CAUSE);
		mock_set32(m, REG_CAUSE, CAUSE_BUTTON_SHUTDOWN);
		m->pressed_by = 0;
	}
	if (off == m->ignore)
		return;
	if (off == REG_CAUSE)
		value = mock_get32(m, off) & ~value;
	if (off == REG_PUBLISH)
		mock_set32(m, REG_OWN_SEQ, mock_get32(m, REG_OWN_SEQ) + 1);
	if (off == REG_NV_COMMIT)
		mock_set32(m, REG_NV_RESULT, m->nv_result ?: REDUND_RES_OK);
	mock_set32(m, off, value);
}

static void mock_read_area(void *bp, u32 off, void *buf, size_t len)
{
	struct mock *m = bp;

	m->n_reads++;
	memcpy(buf, m->window + off, len);
}

static void mock_write_area(void *bp, u32 off, const void *buf, size_t len)
{
	struct mock *m = bp;

	mock_note(m, off, len);
	memcpy(m->window + off, buf, len);
}

static void mock_going_down(void *bp, u32 reason)
{
	mock_write32(bp, REG_GOING_DOWN, reason);
}

static const struct redund_bp_ops mock_ops = {
	.read32 = mock_read32,
	.read64 = mock_read64,
	.write32 = mock_write32,
	.read_area = mock_read_area,
	.write_area = mock_write_area,
	.going_down = mock_going_down,
};

static void mock_work(struct work_struct *work)
{
}

static void mock_exit(void *data)
{
	struct mock *m = data;

	hrtimer_cancel(&m->rd->beat.tick);
	hrtimer_cancel(&m->rd->beat.deadline);
	rd_failover_exit(m->rd);
	destroy_workqueue(m->rd->wq);
	rd_evlog_exit(&m->rd->log);
	kfree(m->rd);
	kvfree(m);
}

static int mock_resource_init(struct kunit_resource *res, void *context)
{
	res->data = context;
	return 0;
}

static void mock_resource_free(struct kunit_resource *res)
{
	mock_exit(res->data);
}

static void mock_instance(struct kunit *test, struct mock *m, u8 slot)
{
	struct redund *rd = m->rd;
	struct role_params p;

	rd->ops = &mock_ops;
	rd->bp = m;
	rd->slot = slot;
	rd->local_us = mock_time_get;
	raw_spin_lock_init(&rd->lock);
	mutex_init(&rd->config);
	INIT_WORK(&rd->change_work, mock_work);
	INIT_WORK(&rd->slow_work, mock_work);
	rd->wq = alloc_ordered_workqueue("mock", 0);
	KUNIT_ASSERT_NOT_NULL(test, rd->wq);
	KUNIT_ASSERT_EQ(test, rd_evlog_init(&rd->log), 0);
	rd->beat.interval_us = 10 * USEC_PER_MSEC;
	rd->beat.misses = 3;
	rd->timer_max_ms = 2000;
	rd->timer_boot_ms = 3000;
	rd_beat_init(rd);
	KUNIT_ASSERT_EQ(test, rd_failover_init(rd), 0);
	rd_settings_params(rd, &p);
	role_init(&rd->role, slot, &p);
	rd->role.redundancy = true;
	rd->selftest_done = true;
	rd->selftest_ok = true;
	rd->nv.loaded = true;
}

struct mock *mock_create(struct kunit *test, u8 slot)
{
	struct mock *m = kvzalloc(sizeof(*m), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, m);
	m->rd = kzalloc(sizeof(*m->rd), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, m->rd);
	mock_now = USEC_PER_SEC;
	mock_instance(test, m, slot);
	kunit_alloc_resource(test, mock_resource_init, mock_resource_free, GFP_KERNEL, m);
	mock_set32(m, REG_FABRIC_ENABLE, 3);
	mock_status(m, STATUS_PEER_PRESENT | STATUS_PEER_POWERED | STATUS_FABRIC_PRESENT, ~0u);
	mock_owner(m, slot, 1);
	mock_lock(m);
	m->rd->slots_told = true;
	rd_fabric_read(m->rd);
	rd_failover_armed(m->rd);
	mock_unlock(m);
	mock_forget(m);
	return m;
}

void mock_lock(struct mock *m)
{
	raw_spin_lock_irqsave(&m->rd->lock, mock_flags);
}

void mock_unlock(struct mock *m)
{
	raw_spin_unlock_irqrestore(&m->rd->lock, mock_flags);
}

static void mock_look(struct mock *m)
{
	mock_lock(m);
	rd_look(m->rd);
	mock_unlock(m);
}

void mock_status(struct mock *m, u32 bits, u32 mask)
{
	mock_set32(m, REG_STATUS, (mock_get32(m, REG_STATUS) & ~mask) | bits);
	mock_look(m);
}

void mock_owner(struct mock *m, u8 owner, u32 epoch)
{
	mock_set32(m, REG_STATUS + 4, epoch);
	mock_status(m, owner, STATUS_OWNER);
}

unsigned int mock_writes(struct mock *m, u32 off)
{
	unsigned int i, n = 0;

	for (i = 0; i < m->n_writes; i++)
		n += m->write[i].off == off;
	return n;
}

u32 mock_last(struct mock *m, u32 off)
{
	unsigned int i = m->n_writes;

	while (i--)
		if (m->write[i].off == off)
			return m->write[i].value;
	return ~0u;
}

void mock_forget(struct mock *m)
{
	m->n_writes = 0;
	m->n_reads = 0;
}

unsigned int mock_logged(struct mock *m, const char *text)
{
	struct redund_event_info ev;
	unsigned int n = 0;
	u64 id = 1;

	while (!rd_evlog_get(&m->rd->log, id, &ev)) {
		n += !strcmp(ev.text, text);
		id = ev.id + 1;
	}
	return n;
}
