// SPDX-License-Identifier: GPL-2.0-only
/*
 * Boots that are asked for, against a mock back end: what chassis memory is
 * told before, what the next start and the next owner make of it, and the
 * locate LED.
 */
#include "mock.h"

static void no_work(struct work_struct *work)
{
}

/* The active, as the machine sees itself; its end is noted only. */
static struct mock *active(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);

	m->rd->booted = true;
	m->rd->nv.written = true;
	m->rd->nv.head.redundancy = 1;
	m->rd->role.role = REDUND_ROLE_ACTIVE;
	m->rd->role.epoch = 1;
	INIT_DELAYED_WORK(&m->rd->end_work, no_work);
	return m;
}

static int boot(struct mock *m, u32 kind, u32 image, struct redund_answer *r)
{
	struct redund_boot_request q = { .kind = kind, .image = image, .origin = "CONSOLE session",
					 .requester = "kunit" };
	u32 id = 99;
	int ret = redund_reboot(m->rd, &q, &id, r);

	return ret ?: id;
}

static void a_system_boot_is_told_before_it_comes(struct kunit *test)
{
	struct mock *m = active(test);
	const struct redund_chassis_record *h = (void *)(m->window + WIN_NV_CHASSIS);
	struct redund_answer r;

	KUNIT_EXPECT_EQ(test, boot(m, REDUND_REBOOT_KIND_BOOT, 2, &r), -EINVAL);
	KUNIT_EXPECT_EQ(test, mock_writes(m, REG_PEER_RESET), 0);
	KUNIT_EXPECT_EQ(test, boot(m, REDUND_REBOOT_KIND_BOOT_SYSTEM, 2, &r), 0);
	KUNIT_EXPECT_EQ(test, mock_last(m, REG_PEER_RESET), PEER_RESET_HOLD);
	KUNIT_EXPECT_EQ(test, h->boot_image, REDUND_BOOT_IMAGE_SECONDARY);
	KUNIT_EXPECT_EQ(test, h->boot_reason, REDUND_REASON_BOOT_SYSTEM);
	KUNIT_EXPECT_STREQ(test, h->intent_requester, "kunit");
	KUNIT_EXPECT_EQ(test, h->intent_to, 0);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&m->rd->end_work));
	KUNIT_EXPECT_EQ(test, boot(m, REDUND_REBOOT_KIND_BOOT, 0, &r), -EBUSY);
	KUNIT_EXPECT_EQ(test, r.refusal, REDUND_REFUSAL_BUSY);
	cancel_delayed_work_sync(&m->rd->end_work);
}

/* A request that cannot be kept does nothing: no reset, no end. */
static void what_cannot_be_kept_is_refused(struct kunit *test)
{
	struct mock *m = active(test);
	struct redund_answer r;
	u8 kind;

	m->nv_result = REDUND_RES_OUT;
	KUNIT_EXPECT_EQ(test, boot(m, REDUND_REBOOT_KIND_BOOT_SYSTEM, 2, &r), -EIO);
	KUNIT_EXPECT_EQ(test, m->rd->nv.head.boot_image, 0);
	m->nv_result = 0;
	/* The lease has run out: this side may be the owner no more. */
	mock_time(mock_time_get() + USEC_PER_SEC * 3600);
	for (kind = REDUND_REBOOT_KIND_BOOT; kind <= REDUND_REBOOT_KIND_BOOT_SYSTEM; kind++) {
		KUNIT_EXPECT_EQ(test, boot(m, kind, 0, &r), -EIO);
		KUNIT_EXPECT_EQ(test, r.refusal, REDUND_REFUSAL_LOST_GRANT);
	}
	KUNIT_EXPECT_EQ(test, mock_writes(m, REG_PEER_RESET), 0);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&m->rd->end_work));
	KUNIT_EXPECT_FALSE(test, m->rd->boot.ending);
	KUNIT_EXPECT_EQ(test, m->rd->handover_id, 0);
}

/* Refused as not what was expected: the next boot is not for it. */
static void a_refused_boot_leaves_nothing(struct kunit *test)
{
	struct mock *m = active(test);
	struct redund_boot_request q = { .kind = REDUND_REBOOT_KIND_BOOT_SYSTEM, .image = 2,
					 .expect = ROLE_EXPECT_HANDOVER, .origin = "",
					 .requester = "kunit" };
	struct redund_answer r;
	u32 id;

	KUNIT_EXPECT_EQ(test, redund_reboot(m->rd, &q, &id, &r), -EAGAIN);
	KUNIT_EXPECT_EQ(test, r.refusal, REDUND_REFUSAL_STALE);
	KUNIT_EXPECT_EQ(test, m->rd->nv.head.boot_image, 0);
	KUNIT_EXPECT_EQ(test, m->rd->nv.head.boot_reason, 0);
	KUNIT_EXPECT_EQ(test, mock_writes(m, REG_NV_COMMIT), 0);
	/* The machine refuses what was found possible a moment before. */
	q.expect = ROLE_EXPECT_ANY;
	m->out_by = REG_NV_COMMIT;
	KUNIT_EXPECT_LT(test, redund_reboot(m->rd, &q, &id, &r), 0);
	KUNIT_EXPECT_EQ(test, m->rd->nv.head.boot_image, 0);
	KUNIT_EXPECT_EQ(test, m->rd->nv.head.boot_reason, 0);
	KUNIT_EXPECT_FALSE(test, m->rd->boot.ending);
}

/* S-156: with an image a module that does not hold the grant boots, it alone. */
static void a_standby_boots_another_image_by_itself(struct kunit *test)
{
	struct mock *m = active(test);
	const struct redund_module_record *rec = (void *)(m->window + WIN_NV_MODULE);
	struct redund_answer r;

	KUNIT_EXPECT_EQ(test, boot(m, REDUND_REBOOT_KIND_RELOAD, 2, &r), -EINVAL);
	mock_owner(m, 2, 2);
	m->rd->role.role = REDUND_ROLE_STANDBY;
	m->rd->role.synced = true;
	m->rd->role.epoch = 2;
	KUNIT_EXPECT_EQ(test, boot(m, REDUND_REBOOT_KIND_RELOAD, 0, &r), -EPERM);
	KUNIT_EXPECT_EQ(test, boot(m, REDUND_REBOOT_KIND_RELOAD, 2, &r), 0);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&m->rd->end_work));
	KUNIT_EXPECT_EQ(test, mock_writes(m, REG_PEER_RESET), 0);
	KUNIT_EXPECT_EQ(test, mock_writes(m, REG_NV_COMMIT), 0);
	mock_lock(m);
	rd_going_down(m->rd, REDUND_DOWN_REBOOT);
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, rec->next_image, REDUND_BOOT_IMAGE_SECONDARY);
	KUNIT_EXPECT_EQ(test, rec->warm, 1);
	cancel_delayed_work_sync(&m->rd->end_work);
}

static void a_standby_is_reset_and_nothing_else(struct kunit *test)
{
	struct mock *m = active(test);
	struct redund_answer r;

	KUNIT_EXPECT_EQ(test, boot(m, REDUND_REBOOT_KIND_BOOT_STANDBY, 0, &r), 0);
	KUNIT_EXPECT_EQ(test, mock_last(m, REG_PEER_RESET), PEER_RESET_PULSE);
	KUNIT_EXPECT_EQ(test, mock_writes(m, REG_GOING_DOWN), 0);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&m->rd->end_work));
	KUNIT_EXPECT_EQ(test, mock_logged(m, "Resetting Mgmt Module 2"), 1);
	mock_status(m, 0, STATUS_PEER_PRESENT | STATUS_PEER_POWERED);
	KUNIT_EXPECT_EQ(test, boot(m, REDUND_REBOOT_KIND_BOOT_STANDBY, 0, &r), -EBUSY);
	KUNIT_EXPECT_EQ(test, r.refusal, REDUND_REFUSAL_NO_PEER);
}

/* The election's own reason is not lost: its rule says it. */
static void the_next_owner_knows_who_booted_it(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct role_action begun = { .type = ROLE_DO_HISTORY, .slot = 1,
				     .arg = REDUND_REASON_ELECTION };
	struct redund_chassis_record *h = &m->rd->nv.head;

	mock_lock(m);
	h->boot_image = REDUND_BOOT_IMAGE_PRIMARY;
	h->boot_reason = REDUND_REASON_BOOT_SYSTEM;
	strscpy(h->intent_requester, "redctl root", sizeof(h->intent_requester));
	rd_nv_store(m->rd);
	memset(h, 0, sizeof(*h));
	m->rd->nv.loaded = false;
	rd_hist_begin(m->rd, &begun);
	rd_nv_need(m->rd);
	rd_hist_store(m->rd);
	KUNIT_EXPECT_EQ(test, m->rd->hist.rec.reason, REDUND_REASON_BOOT_SYSTEM);
	KUNIT_EXPECT_STREQ(test, m->rd->hist.rec.requester, "redctl root");
	KUNIT_EXPECT_EQ(test, h->boot_image, REDUND_BOOT_IMAGE_PRIMARY);
	rd_nv_active(m->rd, false);
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, h->boot_image, 0);
	KUNIT_EXPECT_EQ(test, h->boot_reason, 0);
}

static struct redund_module_record *record(struct mock *m)
{
	return (struct redund_module_record *)(m->window + WIN_NV_MODULE);
}

/* A start whose selftest fails, where it is made. */
static bool passes(struct mock *m, u8 warm, u8 down, u32 cause)
{
	struct redund_module_record r = { .ever_booted = 1, .warm = warm, .last_down = down };

	rd_rec_seal(&r.head, REDUND_MODREC_MAGIC, REDUND_MODREC_VERSION, sizeof(r));
	memcpy(record(m), &r, sizeof(r));
	mock_set32(m, REG_BOOT_CAUSE, cause);
	m->ignore = REG_SCRATCH;
	m->rd->nv.written = false;
	INIT_DELAYED_WORK(&m->rd->boot_work, no_work);
	rd_boot_worker(&m->rd->boot_work.work);
	rd_beat_stop(m->rd);
	cancel_delayed_work_sync(&m->rd->boot_work);
	return m->rd->selftest_ok;
}

static void reload_skips_the_selftest_once(struct kunit *test)
{
	static const char said[] = "warm-start: the selftest is skipped after reload";
	struct mock *m = mock_create(test, 1);

	KUNIT_EXPECT_TRUE(test, passes(m, 1, REDUND_DOWN_REBOOT, REDUND_RESET_COMMAND));
	KUNIT_EXPECT_EQ(test, record(m)->warm, 0);
	KUNIT_EXPECT_EQ(test, mock_logged(m, said), 1);
	KUNIT_EXPECT_FALSE(test, passes(m, 0, REDUND_DOWN_REBOOT, REDUND_RESET_COMMAND));
	KUNIT_EXPECT_EQ(test, mock_logged(m, said), 1);
}

static void no_other_start_is_warm(struct kunit *test)
{
	static const struct { u8 down; u32 cause; } all[] = {
		{ REDUND_DOWN_REBOOT, REDUND_RESET_POWER },
		{ REDUND_DOWN_REBOOT, REDUND_RESET_BUTTON },
		{ REDUND_DOWN_REBOOT, REDUND_RESET_FENCE },
		{ REDUND_DOWN_REBOOT, REDUND_RESET_SYSTEM },
		{ REDUND_DOWN_NONE, REDUND_RESET_COMMAND },
		{ REDUND_DOWN_HALT, REDUND_RESET_COMMAND },
	};
	struct mock *m = mock_create(test, 1);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		KUNIT_EXPECT_FALSE(test, passes(m, 1, all[i].down, all[i].cause));
		KUNIT_EXPECT_EQ(test, record(m)->warm, 0);
	}
	/* One that cannot be used up does not count: it would hold for ever. */
	m->nv_result = REDUND_RES_OUT;
	KUNIT_EXPECT_FALSE(test, passes(m, 1, REDUND_DOWN_REBOOT, REDUND_RESET_COMMAND));
}

static u8 warm_after(struct kunit *test, u8 kind, bool ending, u8 down)
{
	struct mock *m = active(test);

	m->rd->boot.kind = kind;
	m->rd->boot.ending = ending;
	mock_lock(m);
	rd_going_down(m->rd, down);
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, record(m)->last_down, down);
	return record(m)->warm;
}

static void only_reload_makes_the_next_start_warm(struct kunit *test)
{
	const u8 boot_kind = REDUND_REBOOT_KIND_BOOT, reload = REDUND_REBOOT_KIND_RELOAD;

	KUNIT_EXPECT_EQ(test, warm_after(test, reload, true, REDUND_DOWN_REBOOT), 1);
	KUNIT_EXPECT_EQ(test, warm_after(test, boot_kind, true, REDUND_DOWN_REBOOT), 0);
	/* A reload that was given up, or that ended in another way. */
	KUNIT_EXPECT_EQ(test, warm_after(test, reload, false, REDUND_DOWN_REBOOT), 0);
	KUNIT_EXPECT_EQ(test, warm_after(test, reload, true, REDUND_DOWN_POWER_OFF), 0);
}

static void the_locate_led_is_lit_or_refused(struct kunit *test)
{
	struct mock *m = active(test);
	struct redund_chassis_info info;
	struct redund_answer r;

	KUNIT_EXPECT_EQ(test, redund_set_locate(m->rd, true, "kunit", &r), 0);
	KUNIT_EXPECT_EQ(test, mock_get32(m, REG_LOCATE), REDUND_LED_GREEN);
	redund_chassis_info(m->rd, &info);
	KUNIT_EXPECT_TRUE(test, info.locate);
	KUNIT_EXPECT_EQ(test, redund_set_locate(m->rd, false, "kunit", &r), 0);
	KUNIT_EXPECT_EQ(test, mock_get32(m, REG_LOCATE), REDUND_LED_OFF);
	/* The grant went just before the write. */
	m->ignore = REG_LOCATE;
	KUNIT_EXPECT_EQ(test, redund_set_locate(m->rd, true, "kunit", &r), -EIO);
	KUNIT_EXPECT_EQ(test, r.refusal, REDUND_REFUSAL_LOST_GRANT);
	/* A controller of version 1.0 has none. */
	mock_set32(m, REG_LOCATE, U32_MAX);
	KUNIT_EXPECT_EQ(test, redund_set_locate(m->rd, true, "kunit", &r), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, r.refusal, REDUND_REFUSAL_UNSUPPORTED);
	redund_chassis_info(m->rd, &info);
	KUNIT_EXPECT_FALSE(test, info.locate);
	mock_owner(m, 2, 2);
	KUNIT_EXPECT_EQ(test, redund_set_locate(m->rd, true, "kunit", &r), -EPERM);
}

static struct kunit_case boot_cases[] = {
	MOCK_CASE(a_system_boot_is_told_before_it_comes, "S-199: boot system is told, A-008"),
	MOCK_CASE(what_cannot_be_kept_is_refused, "S-199: what cannot be kept is refused"),
	MOCK_CASE(a_refused_boot_leaves_nothing, "S-199: a refused boot leaves nothing"),
	MOCK_CASE(a_standby_boots_another_image_by_itself,
		  "S-156: a standby boots another image by itself"),
	MOCK_CASE(a_standby_is_reset_and_nothing_else, "S-197: boot standby resets it, S-198"),
	MOCK_CASE(the_next_owner_knows_who_booted_it, "S-120: the history says boot-system"),
	MOCK_CASE(reload_skips_the_selftest_once, "S-210: reload skips the selftest once"),
	MOCK_CASE(no_other_start_is_warm, "S-210: no other start is a warm one"),
	MOCK_CASE(only_reload_makes_the_next_start_warm, "S-210: only reload makes a warm start"),
	MOCK_CASE(the_locate_led_is_lit_or_refused, "S-216: the locate LED is lit or refused"),
	{}
};

static struct kunit_suite boot_suite = {
	.name = "redund-boot",
	.test_cases = boot_cases,
};

kunit_test_suite(boot_suite);
