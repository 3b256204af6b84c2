/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A bench for the role machine: module 1 with module 2 as its peer, a view
 * that a test changes, and what the machine decided as a line of words.
 */
#ifndef REDUND_KUNIT_ROLE_BENCH_H
#define REDUND_KUNIT_ROLE_BENCH_H

#include <kunit/test.h>
#include "../role.h"

#define MS		1000ull
#define SECOND		1000000ull
#define INTERVAL	(10 * MS)
#define TIMEOUT		(30 * MS)
#define PEER_WAIT	(5 * SECOND)
#define HOLD_LOSER	(500 * MS)
#define HOLD_UNREADY	(3 * SECOND)
#define T_RETURN	(60 * SECOND)
#define HANDOVER	(1 * SECOND)
#define ACTIVE_WAIT	(5 * SECOND)
#define TIMER_MAX	(10 * SECOND)

#define SAYS(b, call, words)	KUNIT_EXPECT_STREQ((b)->test, call, words)

enum bench_state {
	IN_BOOTING, IN_ELECTION, IN_FAILED, IN_SYNCING, IN_STANDBY, IN_TAKING_OVER, IN_ACTIVE,
	IN_OFFERED, IN_GIVEN, IN_DISABLED, IN_INCOMPATIBLE, IN_SHUT_DOWN, IN_DOWN,
	IN_LEAVING,
	BENCH_STATES
};

struct bench {
	struct kunit *test;
	struct role r;
	struct role_view v;
	struct role_actions out;
	u64 now;
	char said[512];		/* the last event's actions, as words */
};

extern const struct role_params bench_params;

struct bench *bench_new(struct kunit *test);
void bench_in(struct bench *b, struct kunit *test, enum bench_state state);
const char *bench_event(struct bench *b, struct role_event *ev);
const char *bench_view(struct bench *b);
const char *bench_after(struct bench *b, u64 us);
const char *bench_result(struct bench *b, u8 cmd, u8 result);
const char *bench_phase(struct bench *b, u8 phase);
const char *bench_phase_ends(struct bench *b, u8 phase, u8 result);
const char *bench_command(struct bench *b, enum role_event_type type, bool arg);
const char *bench_reboot(struct bench *b, u8 kind, u8 expect);
const char *bench_reboot_own(struct bench *b, u8 kind, u8 expect);
const char *bench_boot(struct bench *b, bool selftest_ok, bool redundancy, u8 pending);
void bench_peer_is(struct bench *b, u8 role);
void bench_peer_gone(struct bench *b, u32 cause);
void bench_beat(struct bench *b);
bool bench_said(const struct bench *b, const char *words);
const char *bench_look(struct bench *b);
const char *bench_role(u8 role);
u32 bench_count(const struct bench *b, enum role_action_type type);
void bench_rules(struct bench *b, u8 was, const struct role_event *ev);

#endif /* REDUND_KUNIT_ROLE_BENCH_H */
