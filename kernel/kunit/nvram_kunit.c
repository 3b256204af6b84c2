// SPDX-License-Identifier: GPL-2.0-only
/* Records of chassis memory, the history and inventory, against a mock back end. */
#include <linux/crc32.h>
#include "mock.h"
#include "records_1_0.h"
#include "records_1_1.h"
#include "records_1_2.h"

static const char chassis[] = "LP711BX00Z";

static void serials(struct mock *m, const char *own, const char *peer)
{
	struct redund_inventory *inv = m->rd->inv;

	strscpy(inv[REDUND_INV_CHASSIS].serial, chassis, sizeof(inv->serial));
	strscpy(inv[REDUND_INV_MM + m->rd->slot - 1].serial, own, sizeof(inv->serial));
	strscpy(inv[REDUND_INV_MM + 2 - m->rd->slot].serial, peer, sizeof(inv->serial));
}

static void module_record(struct mock *m, u32 off, const char *where, u32 boots)
{
	struct redund_module_record r = { .ever_booted = 1, .boot_count = cpu_to_le32(boots) };

	strscpy(r.chassis_serial, where, sizeof(r.chassis_serial));
	rd_rec_seal(&r.head, REDUND_MODREC_MAGIC, REDUND_MODREC_VERSION, sizeof(r));
	memcpy(m->window + off, &r, sizeof(r));
}

static void load(struct mock *m)
{
	mock_lock(m);
	rd_nv_load(m->rd);
	rd_nv_candidates(m->rd);
	mock_unlock(m);
}

static void a_fresh_chassis(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);

	serials(m, "111", "222");
	load(m);
	KUNIT_EXPECT_EQ(test, m->rd->nv.head.redundancy, 1);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(m->rd->nv.head.failovers), 0);
	KUNIT_EXPECT_FALSE(test, m->rd->self_cand.ever_booted);
	KUNIT_EXPECT_TRUE(test, m->rd->self_cand.readable);
	KUNIT_EXPECT_TRUE(test, m->rd->peer_cand.present);
	KUNIT_EXPECT_EQ(test, m->rd->log.next, 1);
}

static void recorded_records_are_read(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);

	serials(m, "111111111111", "222222222222");
	memcpy(m->window + WIN_NV_CHASSIS, record_1_0_chassis, sizeof(record_1_0_chassis));
	memcpy(m->window + WIN_NV_CHASSIS + REDUND_CHREC_HISTORY_OFF, record_1_0_history,
	       sizeof(record_1_0_history));
	memcpy(m->window + WIN_NV_MODULE, record_1_0_module, sizeof(record_1_0_module));
	load(m);
	KUNIT_EXPECT_TRUE(test, m->rd->self_cand.readable);
	KUNIT_EXPECT_TRUE(test, m->rd->self_cand.ever_booted);
	KUNIT_EXPECT_GT(test, m->rd->self_cand.boot_count, 0);
	KUNIT_EXPECT_GT(test, m->rd->self_cand.activation, 0);
	KUNIT_EXPECT_GT(test, le32_to_cpu(m->rd->nv.head.failovers), 0);
	KUNIT_EXPECT_EQ(test, m->rd->nv.history[0].verdict, REDUND_VERDICT_DONE);
	KUNIT_EXPECT_EQ(test, m->rd->log.next, 1);
}

static void recorded_records_of_1_1_are_read(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);

	serials(m, "111111111111", "222222222222");
	memcpy(m->window + WIN_NV_CHASSIS, record_1_1_chassis, sizeof(record_1_1_chassis));
	memcpy(m->window + WIN_NV_MODULE, record_1_1_module, sizeof(record_1_1_module));
	load(m);
	KUNIT_EXPECT_TRUE(test, m->rd->self_cand.readable);
	KUNIT_EXPECT_EQ(test, m->rd->nv.head.boot_image, REDUND_BOOT_IMAGE_SECONDARY);
	KUNIT_EXPECT_EQ(test, m->rd->nv.head.boot_reason, REDUND_REASON_BOOT_SYSTEM);
	KUNIT_EXPECT_STREQ(test, m->rd->nv.head.intent_requester, "redctl root");
	KUNIT_EXPECT_EQ(test, m->rd->nv.module.warm, 1);
	KUNIT_EXPECT_EQ(test, m->rd->nv.last_down, REDUND_DOWN_REBOOT);
	/* what an older writer did not know reads as zero */
	memcpy(m->window + WIN_NV_MODULE, record_1_0_module, sizeof(record_1_0_module));
	load(m);
	KUNIT_EXPECT_EQ(test, m->rd->nv.module.warm, 0);
	KUNIT_EXPECT_EQ(test, m->rd->log.next, 1);
}

static void recorded_records_of_1_2_are_read(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct role_params p;

	serials(m, "111111111111", "222222222222");
	memcpy(m->window + WIN_NV_CHASSIS, record_1_2_chassis, sizeof(record_1_2_chassis));
	memcpy(m->window + WIN_NV_MODULE, record_1_2_module, sizeof(record_1_2_module));
	load(m);
	rd_settings_params(m->rd, &p);
	KUNIT_EXPECT_TRUE(test, p.hold);
	KUNIT_EXPECT_EQ(test, m->rd->nv.head.pairing_key[0], 0x01);
	KUNIT_EXPECT_EQ(test, m->rd->nv.head.boot_image, REDUND_BOOT_IMAGE_SECONDARY);
	KUNIT_EXPECT_EQ(test, m->rd->nv.module.next_image, REDUND_BOOT_IMAGE_SECONDARY);
	KUNIT_EXPECT_EQ(test, m->rd->nv.head.history_length, 0);
	KUNIT_EXPECT_EQ(test, le64_to_cpu(m->rd->nv.head.alone_us), 0);
	/* what an older writer did not know reads as zero */
	memcpy(m->window + WIN_NV_CHASSIS, record_1_1_chassis, sizeof(record_1_1_chassis));
	memcpy(m->window + WIN_NV_MODULE, record_1_1_module, sizeof(record_1_1_module));
	load(m);
	rd_settings_params(m->rd, &p);
	KUNIT_EXPECT_FALSE(test, p.hold);
	KUNIT_EXPECT_EQ(test, m->rd->nv.module.next_image, 0);
	KUNIT_EXPECT_EQ(test, m->rd->log.next, 1);
}

static void what_is_stored_is_loaded(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);

	serials(m, "111", "222");
	mock_lock(m);
	m->rd->nv.head.redundancy = 0;
	m->rd->nv.head.pending = 2;
	rd_nv_active(m->rd, false);
	KUNIT_EXPECT_TRUE(test, rd_nv_store(m->rd));
	memset(&m->rd->nv.head, 0, sizeof(m->rd->nv.head));
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, mock_last(m, REG_NV_COMMIT), REDUND_NV_CHASSIS);
	load(m);
	KUNIT_EXPECT_EQ(test, m->rd->nv.head.redundancy, 0);
	KUNIT_EXPECT_EQ(test, m->rd->nv.head.pending, 2);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(m->rd->nv.head.activation), 1);
	KUNIT_EXPECT_EQ(test, m->rd->nv.head.last_role[0], REDUND_LAST_ACTIVE);
}

static void taking_over_is_one_update(struct kunit *test)
{
	struct mock *m = mock_create(test, 2);
	struct redund_chassis_record *r = &m->rd->nv.head;

	serials(m, "222", "111");
	strscpy(r->mod_serial[0], "111", sizeof(r->mod_serial[0]));
	r->last_role[0] = REDUND_LAST_ACTIVE;
	r->activation = cpu_to_le32(9);
	r->mod_activation[0] = cpu_to_le32(9);
	r->pending = 2;
	mock_lock(m);
	rd_nv_active(m->rd, true);
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, r->last_role[1], REDUND_LAST_ACTIVE);
	KUNIT_EXPECT_NE(test, r->last_role[0], REDUND_LAST_ACTIVE);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(r->activation), 10);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(r->mod_activation[1]), 10);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(r->mod_activation[0]), 9);
	KUNIT_EXPECT_STREQ(test, r->mod_serial[1], "222");
	KUNIT_EXPECT_EQ(test, r->pending, 0);
}

static void last_roles_go_by_serial_number(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct redund_chassis_record *r = &m->rd->nv.head;

	/* The modules were swapped since, and have booted here. */
	serials(m, "222", "111");
	strscpy(r->mod_serial[0], "111", sizeof(r->mod_serial[0]));
	strscpy(r->mod_serial[1], "222", sizeof(r->mod_serial[1]));
	r->last_role[0] = REDUND_LAST_ACTIVE;
	r->last_role[1] = REDUND_LAST_STANDBY;
	r->mod_activation[0] = cpu_to_le32(5);
	mock_lock(m);
	rd_nv_store(m->rd);
	mock_unlock(m);
	module_record(m, WIN_NV_MODULE, chassis, 3);
	module_record(m, WIN_NV_PEER, chassis, 4);
	load(m);
	KUNIT_EXPECT_EQ(test, m->rd->self_cand.last_role, REDUND_LAST_STANDBY);
	KUNIT_EXPECT_EQ(test, m->rd->self_cand.boot_count, 3);
	KUNIT_EXPECT_EQ(test, m->rd->peer_cand.last_role, REDUND_LAST_ACTIVE);
	KUNIT_EXPECT_EQ(test, m->rd->peer_cand.activation, 5);
}

static void another_chassis_is_never_booted_here(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);

	serials(m, "111", "222");
	module_record(m, WIN_NV_MODULE, "another", 3);
	module_record(m, WIN_NV_PEER, chassis, 4);
	load(m);
	KUNIT_EXPECT_FALSE(test, m->rd->self_cand.ever_booted);
	KUNIT_EXPECT_EQ(test, m->rd->self_cand.boot_count, 0);
	KUNIT_EXPECT_TRUE(test, m->rd->peer_cand.ever_booted);
}

static void a_damaged_record_is_as_fresh_with_one_warning(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);

	serials(m, "111", "222");
	memcpy(m->window + WIN_NV_CHASSIS, record_1_0_chassis, sizeof(record_1_0_chassis));
	m->window[WIN_NV_CHASSIS + 20] ^= 1;
	load(m);
	load(m);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(m->rd->nv.head.failovers), 0);
	KUNIT_EXPECT_EQ(test, m->rd->nv.head.redundancy, 1);
	KUNIT_EXPECT_FALSE(test, m->rd->self_cand.readable);
	KUNIT_EXPECT_EQ(test, 1, mock_logged(m, "bad-record: the chassis record is damaged"));
}

static void longer_and_newer_records(struct kunit *test)
{
	u8 *raw = kunit_kzalloc(test, 512, GFP_KERNEL);
	struct redund_rec_head *head = (struct redund_rec_head *)raw;
	struct redund_chassis_record r;

	KUNIT_ASSERT_NOT_NULL(test, raw);
	memcpy(raw, record_1_0_chassis, sizeof(record_1_0_chassis));
	memset(raw + sizeof(r), 0xa5, 512 - sizeof(r));
	rd_rec_seal(head, REDUND_CHREC_MAGIC, 0x0104, 300);
	KUNIT_EXPECT_EQ(test, rd_rec_take(raw, 512, REDUND_CHREC_MAGIC, REDUND_CHREC_VERSION, &r,
					  sizeof(r)), 0);
	KUNIT_EXPECT_GT(test, le32_to_cpu(r.failovers), 0);
	rd_rec_seal(head, REDUND_CHREC_MAGIC, 0x0200, 256);
	KUNIT_EXPECT_EQ(test, rd_rec_take(raw, 512, REDUND_CHREC_MAGIC, REDUND_CHREC_VERSION, &r,
					  sizeof(r)), -EPROTONOSUPPORT);
	rd_rec_seal(head, REDUND_CHREC_MAGIC, 0x0100, 64);
	KUNIT_EXPECT_EQ(test, rd_rec_take(raw, 512, REDUND_CHREC_MAGIC, REDUND_CHREC_VERSION, &r,
					  sizeof(r)), 0);
	KUNIT_EXPECT_EQ(test, le64_to_cpu(r.last_failover_s), 0);
	KUNIT_EXPECT_EQ(test, rd_rec_take(raw, 32, REDUND_CHREC_MAGIC, REDUND_CHREC_VERSION, &r,
					  sizeof(r)), -EBADMSG);
}

static void only_the_owner_writes(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);

	mock_owner(m, 2, 2);
	mock_forget(m);
	mock_lock(m);
	KUNIT_EXPECT_FALSE(test, rd_nv_store(m->rd));
	rd_nv_intent(m->rd, 2, REDUND_REASON_SWITCHOVER, false);
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, m->n_writes, 0);
}

static void another_standby_has_its_own_last_role(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct redund_chassis_record *r = &m->rd->nv.head;

	serials(m, "111", "333");
	strscpy(r->mod_serial[1], "222", sizeof(r->mod_serial[1]));
	r->last_role[1] = REDUND_LAST_STANDBY;
	r->mod_activation[1] = cpu_to_le32(4);
	m->rd->role.role = REDUND_ROLE_ACTIVE;
	m->rd->view.peer.valid = true;
	m->rd->view.peer.role = REDUND_ROLE_STANDBY;
	mock_lock(m);
	rd_nv_standby(m->rd);
	rd_nv_standby(m->rd);
	mock_unlock(m);
	KUNIT_EXPECT_STREQ(test, r->mod_serial[1], "333");
	KUNIT_EXPECT_EQ(test, r->last_role[1], REDUND_LAST_STANDBY);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(r->mod_activation[1]), 0);
	KUNIT_EXPECT_EQ(test, mock_writes(m, REG_NV_COMMIT), 1);
}

static void a_forced_fence_keeps_its_requester(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);

	m->rd->nv.loaded = false;
	m->rd->handover_running = true;
	m->rd->role.reason = REDUND_REASON_SWITCHOVER_FORCED;
	strscpy(m->rd->requester, "redctl root", sizeof(m->rd->requester));
	mock_lock(m);
	rd_nv_need(m->rd);
	mock_unlock(m);
	KUNIT_EXPECT_STREQ(test, m->rd->nv.requester, "redctl root");
	/* Of another change it is not the requester. */
	m->rd->nv.loaded = false;
	m->rd->role.reason = REDUND_REASON_ROLLBACK;
	mock_lock(m);
	rd_nv_need(m->rd);
	mock_unlock(m);
	KUNIT_EXPECT_STREQ(test, m->rd->nv.requester, "");
}

static void without_its_intent_nothing_is_offered(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct role_action offer = { .type = ROLE_DO_OFFER, .epoch = 1, .arg = 2000 };
	struct role_action intent = { .type = ROLE_DO_INTENT, .slot = 2,
				      .arg = REDUND_REASON_SWITCHOVER };

	m->nv_result = REDUND_RES_INVALID;
	mock_lock(m);
	rd_action(m->rd, &intent);
	rd_action(m->rd, &offer);
	KUNIT_EXPECT_EQ(test, mock_writes(m, REG_CMD), 0);
	KUNIT_ASSERT_EQ(test, m->rd->n_pending, 1);
	KUNIT_EXPECT_EQ(test, m->rd->pending[0].type, ROLE_EV_RESULT);
	KUNIT_EXPECT_NE(test, m->rd->pending[0].result.result, REDUND_RES_OK);
	m->nv_result = 0;
	rd_action(m->rd, &intent);
	rd_action(m->rd, &offer);
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, mock_writes(m, REG_CMD), 1);
}

static void a_start_anew_is_no_boot(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);

	serials(m, "111", "222");
	module_record(m, WIN_NV_MODULE, chassis, 3);
	load(m);
	KUNIT_EXPECT_EQ(test, m->rd->self_cand.boot_count, 3);
	/* This boot's record is written, then the driver starts anew. */
	module_record(m, WIN_NV_MODULE, chassis, 4);
	m->rd->nv.written = true;
	load(m);
	KUNIT_EXPECT_EQ(test, m->rd->self_cand.boot_count, 3);
}

static void the_history_keeps_sixteen(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct role_action a = { .arg = REDUND_REASON_PANIC, .slot = 1, .from = 2, .flag = true };
	struct redund_history_info info;
	unsigned int i;

	for (i = 1; i <= 20; i++) {
		mock_time(mock_time_get() + 1000);
		mock_lock(m);
		m->rd->hist.detect_us = mock_time_get() - 300;
		m->rd->hist.claimed_us = mock_time_get() - 100;
		rd_hist_begin(m->rd, &a);
		rd_hist_phase(m->rd, REDUND_PHASE_FABRIC, REDUND_PHASE_RESULT_OK);
		rd_hist_store(m->rd);
		rd_hist_phase(m->rd, REDUND_PHASE_CONFIG, REDUND_PHASE_RESULT_NO_USER);
		rd_hist_verdict(m->rd, REDUND_VERDICT_DONE);
		mock_unlock(m);
	}
	KUNIT_ASSERT_EQ(test, redund_history_info(m->rd, 0, &info), 0);
	KUNIT_EXPECT_EQ(test, info.id, 5);
	for (i = 5; i <= 20; i++) {
		KUNIT_ASSERT_EQ(test, redund_history_info(m->rd, i, &info), 0);
		KUNIT_EXPECT_EQ(test, info.id, i);
	}
	KUNIT_EXPECT_EQ(test, redund_history_info(m->rd, 21, &info), -ENOENT);
	KUNIT_EXPECT_EQ(test, redund_history_info(m->rd, 20, &info), 0);
	KUNIT_EXPECT_EQ(test, info.verdict, REDUND_VERDICT_DONE);
	KUNIT_EXPECT_EQ(test, info.phase_us[REDUND_PHASE_CLAIMED], 200);
	KUNIT_EXPECT_EQ(test, info.phase_us[REDUND_PHASE_FABRIC], 300);
	KUNIT_EXPECT_EQ(test, info.phase_result[REDUND_PHASE_FENCED],
			REDUND_PHASE_RESULT_SKIPPED);
	KUNIT_EXPECT_EQ(test, info.phase_result[REDUND_PHASE_CONFIG],
			REDUND_PHASE_RESULT_NO_USER);
	/* What is in chassis memory is the same. */
	load(m);
	KUNIT_EXPECT_EQ(test, redund_history_info(m->rd, 20, &info), 0);
	KUNIT_EXPECT_EQ(test, info.phase_us[REDUND_PHASE_FABRIC], 300);
}

/* As another module would write it: @verdict of the role change @seq. */
static void peer_record(struct mock *m, u32 seq, u8 verdict, const char *requester)
{
	struct redund_history_record r = { .verdict = verdict, .to = 2 };

	memcpy(r.requester, requester, min(strlen(requester), sizeof(r.requester)));
	r.head.seq = cpu_to_le32(seq - 1);
	rd_rec_seal(&r.head, REDUND_CHREC_MAGIC, REDUND_CHREC_VERSION, sizeof(r));
	memcpy(m->window + WIN_NV_CHASSIS + REDUND_CHREC_HISTORY_OFF + (seq - 1) * sizeof(r), &r,
	       sizeof(r));
}

static void the_standby_sees_the_history_change(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct redund_chassis_info chassis_info;
	struct redund_history_info info;
	u32 changes;

	mock_owner(m, 2, 2);
	peer_record(m, 1, REDUND_VERDICT_PENDING, "redctl\x1b[2J pid 7");
	load(m);
	KUNIT_ASSERT_EQ(test, redund_history_info(m->rd, 1, &info), 0);
	KUNIT_EXPECT_EQ(test, info.verdict, REDUND_VERDICT_PENDING);
	KUNIT_EXPECT_STREQ(test, info.requester, "redctl?[2J pid 7");
	changes = m->rd->change_seq;
	peer_record(m, 1, REDUND_VERDICT_DONE, "redctl");
	peer_record(m, 2, REDUND_VERDICT_PENDING, "redctl");
	mock_time(mock_time_get() + USEC_PER_SEC);
	/* Asking for the chassis reads its record, which is not the history. */
	redund_chassis_info(m->rd, &chassis_info);
	KUNIT_ASSERT_EQ(test, redund_history_info(m->rd, 1, &info), 0);
	KUNIT_EXPECT_EQ(test, info.verdict, REDUND_VERDICT_DONE);
	KUNIT_EXPECT_EQ(test, redund_history_info(m->rd, 2, &info), 0);
	KUNIT_EXPECT_EQ(test, m->rd->change_seq, changes + 2);
}

static void a_known_history_costs_its_heads(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	u32 words;

	mock_owner(m, 2, 2);
	peer_record(m, 1, REDUND_VERDICT_DONE, "redctl");
	load(m);
	mock_lock(m);
	words = m->rd->words;
	rd_nv_load(m->rd);
	words = m->rd->words - words;
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, words, sizeof(struct redund_chassis_record) / 4 +
			REDUND_HISTORY_MAX * sizeof(struct redund_rec_head) / 4);
}

static void inventory(struct mock *m, unsigned int index, const char *serial)
{
	struct redund_inventory e = {};

	strscpy(e.serial, serial, sizeof(e.serial));
	e.crc = cpu_to_le32(~crc32_le(~0U, (u8 *)&e, offsetof(typeof(e), crc)));
	memcpy(m->window + WIN_INVENTORY + index * sizeof(e), &e, sizeof(e));
}

static void a_swapped_module_is_notified(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct rd_change *c;
	u32 changes;

	inventory(m, REDUND_INV_FABRIC + 1, "old");
	rd_inv_read_all(m->rd);
	changes = m->rd->change_seq;
	rd_inv_read_all(m->rd);
	KUNIT_EXPECT_EQ(test, m->rd->change_seq, changes);
	inventory(m, REDUND_INV_FABRIC + 1, "new");
	rd_inv_read_all(m->rd);
	KUNIT_EXPECT_STREQ(test, m->rd->inv[REDUND_INV_FABRIC + 1].serial, "new");
	KUNIT_ASSERT_EQ(test, m->rd->change_seq, changes + 1);
	c = &m->rd->changes[(m->rd->change_head - 1) % RD_CHANGES];
	KUNIT_EXPECT_EQ(test, c->object, REDUND_OBJECT_FABRIC);
	KUNIT_EXPECT_EQ(test, c->id, 2);
}

static struct kunit_case nvram_cases[] = {
	MOCK_CASE(a_fresh_chassis, "S-034: a fresh chassis has redundancy enabled"),
	MOCK_CASE(recorded_records_are_read, "recorded records of format 1.0 are read"),
	MOCK_CASE(recorded_records_of_1_1_are_read, "recorded records of format 1.1 are read"),
	MOCK_CASE(recorded_records_of_1_2_are_read, "recorded records of format 1.2 are read"),
	MOCK_CASE(what_is_stored_is_loaded, "S-066: what is stored is loaded"),
	MOCK_CASE(taking_over_is_one_update, "S-023: taking over is one update"),
	MOCK_CASE(last_roles_go_by_serial_number, "S-277: last roles go by serial number, C-11"),
	MOCK_CASE(another_chassis_is_never_booted_here, "S-276: booted in another chassis"),
	MOCK_CASE(a_damaged_record_is_as_fresh_with_one_warning, "a damaged record is as fresh"),
	MOCK_CASE(longer_and_newer_records, "longer, newer, older and cut records"),
	MOCK_CASE(only_the_owner_writes, "only the owner writes the chassis record"),
	MOCK_CASE(another_standby_has_its_own_last_role, "S-280: another standby is another one"),
	MOCK_CASE(a_forced_fence_keeps_its_requester, "A-007: a forced fence keeps its requester"),
	MOCK_CASE(without_its_intent_nothing_is_offered, "without its intent nothing is offered"),
	MOCK_CASE(a_swapped_module_is_notified, "a swapped module is notified"),
	MOCK_CASE(a_start_anew_is_no_boot, "a start anew of the driver is no boot"),
	MOCK_CASE(the_history_keeps_sixteen, "the history keeps the last sixteen"),
	MOCK_CASE(the_standby_sees_the_history_change, "the standby sees the history change"),
	MOCK_CASE(a_known_history_costs_its_heads, "of a known history only the heads are read"),
	{}
};

static struct kunit_suite nvram_suite = {
	.name = "redund-nvram",
	.test_cases = nvram_cases,
};

kunit_test_suite(nvram_suite);
