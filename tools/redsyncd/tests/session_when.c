// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * When the two modules' drivers do not know the same yet: another epoch, another
 * start, a role that is on its way. Part of session_test.
 */
#include <stdio.h>
#include <string.h>
#include "pair.h"

static void test_epoch(void)
{
	static char large[SESSION_EAGER + 10];
	static struct view other;

	open_pair();
	mm[1].view.epoch = 6; /* it believes that it still is the active */
	session_look(&mm[1].session);
	fake_file(&mm[1], "config/config1", "old owner\n");
	connect_pair();
	steps(100);
	ok(!fake_text(&mm[2], "config/config1")[0],
	   "I1: an active of another epoch is not believed");
	close_pair();

	open_pair();
	memset(large, 'x', sizeof(large) - 1); /* one that is asked for */
	fake_file(&mm[1], "config/config1", large);
	fake_view(&other, 2, 2);
	other.epoch = 8;
	connect_pair();
	UNTIL(item(2, "config")->txn);
	mm[2].from_look = &other;
	mm[2].looks = 1;
	steps(50);
	ok(!fake_text(&mm[2], "config/config1")[0],
	   "I1: the owner is asked for once more just before the commit");
	close_pair();
}

/* The active hears of the other module's new start later than that one is there. */
static void test_late(void)
{
	open_pair();
	fake_file(&mm[1], "config/config1", "one\n");
	mm[1].view.peer.incarnation = 3;
	session_look(&mm[1].session);
	connect_pair();
	steps(100);
	ok(!mm[2].session.matched && !fake_text(&mm[2], "config/config1")[0],
	   "I1: a start that the driver does not know yet gets nothing");
	mm[1].view.peer.incarnation = 12;
	session_look(&mm[1].session);
	ok(UNTIL(mm[2].synced) && same("config/config1"), "and all when the driver knows it");
	close_pair();
}

/* One module says what it has before the other is what it is going to be. */
static void early(int slot, uint32_t before, const char *name)
{
	uint32_t role;

	open_pair();
	role = mm[slot].view.own.role;
	mm[slot].view.own.role = before;
	session_look(&mm[slot].session);
	fake_file(&mm[1], "config/config1", "one\n");
	fake_file(&mm[2], "crash/core1", "panic\n");
	connect_pair();
	steps(100);
	mm[slot].view.own.role = role;
	session_look(&mm[slot].session);
	ok(UNTIL(mm[2].synced && !strcmp(fake_text(&mm[1], "crash/mm2/core1"), "panic\n")) &&
		   same("config/config1"),
	   name);
	close_pair();
}

void test_when(void)
{
	test_epoch();
	test_late();
	early(1, REDUND_ROLE_TAKING_OVER, "A-051: the standby is there before the active is one");
	early(2, REDUND_ROLE_BOOTING, "A-051: the active is there before the standby is one");
}
