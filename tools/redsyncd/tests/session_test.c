// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two modules' protocol on a pair of sockets with real TLS, each with a flash of
 * its own and a driver that is played: initial synchronization, changes, broken
 * connections, other software; session_hostile.c has peers that misbehave,
 * session_when.c views that differ. Prints TAP.
 *
 *	session_test DIRECTORY		for its files
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "pair.h"

#define LIMIT_KIB (SANITIZED ? 1024 * 1024 : 32 * 1024)
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

/* ---- what is kept equal ---------------------------------------------------------- */

static void test_initial(void)
{
	const char *at;

	open_pair();
	fake_file(&mm[1], "config/config1", "hostname one\n");
	fake_file(&mm[1], "config/set", "primary config1\n");
	fake_file(&mm[1], "security/ssh", "key\n");
	make_image(1, "primary.itb", 1);
	fake_file(&mm[2], "config/config1", "hostname two\n");
	fake_file(&mm[2], "security/old", "old\n");
	ok(connect_pair(), "the two modules of a chassis agree by the pairing key");
	ok(UNTIL(mm[2].synced), "S-059: the standby says that it is synchronized");
	ok(same("config/config1") && same("config/set") && same("security/ssh"),
	   "S-021, S-161: it has the active's configuration and security files");
	ok(!fake_text(&mm[2], "security/old")[0], "what the active does not have is removed there");
	ok(same_image_file("primary.itb"), "S-155: it has the active's image");
	at = strstr(mm[1].events, "24 Initial active to standby sync started");
	ok(at && strstr(at, "22 Syncing primary OS to standby") &&
		   strstr(at, "25 Initial active to standby sync complete"),
	   "S-299, S-297, S-300: events 24, 22 and 25 in this order, by the active");
	ok(!strstr(mm[1].events, "Syncing secondary"),
	   "S-297: no event for an image that is not there");
	ok(item(2, "config")->peer_generation == item(1, "config")->peer_generation &&
		   item(1, "config")->peer_generation,
	   "A-051: both sides know one generation");
	close_pair();
}

static void test_equal(void)
{
	unsigned int looks;

	open_pair();
	for (int i = 1; i <= 2; i++) {
		make_image(i, "primary.itb", 3);
		fake_file(&mm[i], "config/config1", "hostname same\n");
	}
	connect_pair();
	ok(UNTIL(mm[2].synced) && !strstr(mm[1].events, "Syncing"),
	   "S-059: equal flashes are compared by digests, no byte is copied");
	looks = fake_looks;
	break_pair();
	connect_pair();
	session_force(&mm[1].session, ~0u, false);
	ok(UNTIL(mm[1].session.matched && item(1, "primary")->state == ITEM_EQUAL) &&
		   fake_looks == looks,
	   "an image that is recorded as what both have is not verified again");
	UNTIL(mm[1].alive && mm[2].alive);
	ok(mm[1].alive && mm[2].alive, "A-030: both report that the link is alive");
	close_pair();
}

static void test_change(void)
{
	uint64_t before;

	open_pair();
	fake_file(&mm[1], "config/config1", "hostname one\n");
	connect_pair();
	UNTIL(mm[2].synced);
	before = item(1, "config")->peer_generation;
	fake_file(&mm[1], "config/config1", "hostname next\n");
	changed(1);
	ok(UNTIL(item(1, "config")->peer_generation > before && !item(1, "config")->due &&
		 item(1, "config")->state == ITEM_EQUAL) &&
		   same("config/config1"),
	   "S-233: a change is acknowledged when the standby has it");
	ok(item(1, "config")->peer_generation == before + 1, "I4: its generation is one higher");
	ok(UNTIL(!store_proposed(mm[1].store, policy_find(&mm[1].policy, "config"))),
	   "I4: and counts when it is acknowledged");
	ok(mm[2].acks == 1, "the standby stays ready while it is copied");
	fake_file(&mm[1], "config/config1", NULL);
	changed(1);
	ok(UNTIL(!fake_text(&mm[2], "config/config1")[0]), "S-224: a removal travels");
	fake_file(&mm[2], "config/config1", "flipped\n");
	changed(2);
	ok(UNTIL(!fake_text(&mm[2], "config/config1")[0]),
	   "N-004: what changed on the standby alone is mended");
	close_pair();
}

static void test_to_active(void)
{
	open_pair();
	fake_file(&mm[2], "crash/core1", "panic\n");
	connect_pair();
	ok(UNTIL(!strcmp(fake_text(&mm[1], "crash/mm2/core1"), "panic\n")),
	   "S-229: the standby's crash files come to the active");
	close_pair();
}

/* What is in the log now, and is looked at without delay. */
static void write_log(const char *text)
{
	fake_file(&mm[2], "log/events", text);
	changed(2);
	mm[2].session.x[policy_find(&mm[2].policy, "log")].scan_ms = 0;
}

static bool log_arrived(const char *text)
{
	char path[256];
	static char there[SESSION_EAGER * 2];

	snprintf(path, sizeof(path), "%s/log/mm2/events", mm[1].flash);
	return flash_read(path, there, sizeof(there)) >= 0 && !strcmp(there, text);
}

static void test_log(void)
{
	static char text[SESSION_EAGER + 100];

	open_pair();
	memset(text, 'a', SESSION_EAGER + 10);
	write_log(text);
	connect_pair();
	ok(UNTIL(log_arrived(text)) && item(1, "log")->total == strlen(text),
	   "S-265: the standby's log comes to the active");
	strcat(text, "a line\n");
	write_log(text);
	ok(UNTIL(log_arrived(text)) && item(1, "log")->total == 7,
	   "A-058: of a log that has grown, what is new is sent");
	text[0] = 'b';
	strcat(text, "more\n");
	write_log(text);
	ok(UNTIL(log_arrived(text)) && item(1, "log")->total == strlen(text),
	   "A-058: one that begins otherwise is sent whole");
	close_pair();
}

/* A small change while an image is on its way. */
static void test_priority(void)
{
	open_pair();
	connect_pair();
	UNTIL(mm[2].synced);
	make_image(1, "primary.itb", 5);
	changed(1);
	UNTIL(item(1, "primary")->sent > 0);
	fake_file(&mm[1], "config/config1", "hostname fast\n");
	changed(1);
	ok(UNTIL(!strcmp(fake_text(&mm[2], "config/config1"), "hostname fast\n")) &&
		   item(1, "primary")->state == ITEM_COPYING,
	   "S-233: a configuration does not wait behind an image");
	ok(UNTIL(same_image_file("primary.itb")), "and the image goes on");
	ok(strstr(mm[1].events, "22 Syncing primary OS to standby"),
	   "S-159, S-176: event 22 after a download");
	close_pair();
}

/* ---- connections ----------------------------------------------------------------- */

static void test_resume(void)
{
	uint64_t from;

	open_pair();
	make_image(1, "primary.itb", 7);
	connect_pair();
	ok(UNTIL(item(2, "primary")->done > IMAGE / 3), "an image is being copied");
	break_pair();
	ok(!mm[2].synced && access(mm[2].flash, R_OK) == 0 && !fake_text(&mm[2], "primary.itb")[0],
	   "S-149: a broken transfer leaves no part of a file in its place");
	connect_pair();
	UNTIL(item(1, "primary")->want.count);
	from = item(1, "primary")->want.count ? item(1, "primary")->want.part[0].offset : 0;
	ok(from > IMAGE / 4, "S-137: it goes on where it was");
	ok(UNTIL(mm[2].synced) && same_image_file("primary.itb"), "and is whole in the end");
	close_pair();
}

static void test_lost(void)
{
	open_pair();
	connect_pair();
	UNTIL(mm[2].synced);
	mm[2].view.own.role = REDUND_ROLE_STANDBY;
	mm[1].view.peer.role = REDUND_ROLE_STANDBY;
	session_look(&mm[1].session);
	session_look(&mm[2].session);
	steps(20);
	mm[1].skew_ms += SESSION_SILENT_MS + 1000;
	mm[2].skew_ms += SESSION_SILENT_MS + 1000;
	session_work(&mm[2].session);
	ok(!mm[2].alive && !mm[2].session.wire, "A-030: a silent link is reported as lost");
	ok(mm[2].synced && mm[2].acks == 1, "A-030: a lost link alone fails no item");
	session_work(&mm[1].session);
	fake_file(&mm[1], "config/config1", "meanwhile\n");
	changed(1);
	connect_pair();
	ok(UNTIL(same("config/config1") && mm[2].alive),
	   "what changed meanwhile is sent when it is back");
	ok(!strstr(strstr(mm[1].events, "25 ") ? strstr(mm[1].events, "25 ") : "", "24 "),
	   "S-299: that is no initial synchronization");
	close_pair();
}

/* ---- who may --------------------------------------------------------------------- */

static void test_alone(void)
{
	static const struct {
		uint32_t role, cause;
		const char *word;
	} others[] = {
		{ REDUND_ROLE_FAILED, 0, "standby-failed" },
		{ REDUND_ROLE_OFFLINE, REDUND_OFFLINE_CAUSE_SHUTDOWN, "offline" },
		{ REDUND_ROLE_OFFLINE, REDUND_OFFLINE_CAUSE_DISABLED, "disabled" },
		{ REDUND_ROLE_BOOTING, 0, "not-standby" },
	};
	char name[96];

	for (unsigned int i = 0; i < ARRAY_SIZE(others); i++) {
		open_pair();
		mm[1].view.peer.role = others[i].role;
		mm[1].view.peer.offline_cause = others[i].cause;
		session_look(&mm[1].session);
		fake_file(&mm[1], "config/config1", "mine\n");
		connect_pair();
		steps(100);
		snprintf(name, sizeof(name), "C-34, S-160: nothing is sent: %s", others[i].word);
		ok(!strcmp(session_why_alone(&mm[1].session), others[i].word) &&
			   !fake_text(&mm[2], "config/config1")[0],
		   name);
		close_pair();
	}
	open_pair();
	mm[1].view.redundancy = false;
	session_look(&mm[1].session);
	fake_file(&mm[1], "config/config1", "mine\n");
	connect_pair();
	steps(100);
	ok(!strcmp(session_why_alone(&mm[1].session), "disabled") &&
		   !fake_text(&mm[2], "config/config1")[0],
	   "S-221: nothing is sent: redundancy is disabled");
	mm[1].view.redundancy = true;
	session_look(&mm[1].session);
	ok(UNTIL(mm[2].synced) && same("config/config1"), "S-059: enabling it synchronizes all");
	close_pair();
}

/* Slot 2 was the active meanwhile: its configuration is newer. */
static void make_newer(void)
{
	int i = policy_find(&mm[2].policy, "config");
	char why[SYNC_WHY_MAX];

	fake_file(&mm[2], "config/config1", "newer\n");
	while (store_scan(mm[2].store, i, 0, 1 << 20, why) > 0)
		;
	for (int k = 0; k < 5; k++)
		store_win(mm[2].store, i, 50);
	session_changed(&mm[2].session, ~0u);
}

static void test_conflict(void)
{
	open_pair();
	fake_file(&mm[1], "config/config1", "older\n");
	make_newer();
	connect_pair();
	ok(UNTIL(item(1, "config")->state == ITEM_CONFLICT) &&
		   !strcmp(fake_text(&mm[2], "config/config1"), "newer\n"),
	   "I4: a higher generation is not overwritten");
	ok(UNTIL(mm[2].acks) && !mm[2].synced && !strncmp(mm[2].sync_text, "config:", 7),
	   "I4: the standby is not ready, and says which item");
	session_force(&mm[1].session, ~0u, true);
	ok(UNTIL(mm[2].synced) && same("config/config1"),
	   "A-052: the operator's word overwrites it");
	close_pair();
}

/* How often the line is in the events of a module. */
static unsigned int lines(int slot, const char *text)
{
	unsigned int n = 0;

	for (const char *at = mm[slot].events; (at = strstr(at, text)); at++)
		n++;
	return n;
}

/* Both have "one", then the active has "two", and the standby hears of it no more. */
static uint64_t make_unacknowledged(void)
{
	unsigned int i = policy_find(&mm[1].policy, "config");
	uint64_t before;

	open_pair();
	fake_file(&mm[1], "config/config1", "one\n");
	connect_pair();
	UNTIL(mm[2].synced && item(1, "config")->state == ITEM_EQUAL);
	steps(5);
	before = store_mark(mm[1].store, i, 0)->generation;
	fake_file(&mm[1], "config/config1", "two\n");
	changed(1);
	pair_begin();
	while (item(1, "config")->state != ITEM_COPYING)
		session_work(&mm[1].session);
	return before;
}

static void test_unacknowledged(void)
{
	unsigned int i;
	uint64_t before = make_unacknowledged();

	i = policy_find(&mm[1].policy, "config");
	ok(store_mark(mm[1].store, i, 0)->generation == before + 1 &&
		   store_proposed(mm[1].store, i),
	   "I4: what nobody was told of is proposed only");
	take_over();
	ok(store_mark(mm[1].store, i, 0)->generation == before,
	   "I4: after a loss of power it has the generation that both had");
	connect_pair();
	ok(UNTIL(mm[1].synced) && same("config/config1") &&
		   !strcmp(fake_text(&mm[1], "config/config1"), "one\n"),
	   "I4: it yields to the next active without the operator");
	ok(!strcmp(fake_text(&mm[1], "sync/kept/config/config+config1"), "two\n") &&
		   lines(1, "config: a change that was not acknowledged is replaced, a copy") == 1,
	   "I4: a copy is kept, and the log says so");
	close_pair();
}

static void test_told(void)
{
	static const char *const names[] = {
		"I4: what somebody was told of is a conflict after a loss of power: a refusal",
		"I4: ... 10 s without an answer",
		"I4: ... there was no standby",
		"I4: ... it is the active no more, and lives",
	};

	for (unsigned int k = 0; k < ARRAY_SIZE(names); k++) {
		make_unacknowledged();
		switch (k) {
		case 0:
			session_stand(&mm[1].session, ~0u);
			break;
		case 1:
			mm[1].skew_ms += SESSION_TOLD_MS;
			session_work(&mm[1].session);
			break;
		case 2:
			mm[1].view.peer.role = REDUND_ROLE_ABSENT;
			session_look(&mm[1].session);
			session_work(&mm[1].session);
			break;
		case 3:
			mm[1].view.owner = 2;
			session_look(&mm[1].session);
			break;
		}
		take_over();
		connect_pair();
		ok(UNTIL(item(2, "config")->state == ITEM_CONFLICT) && !mm[1].synced &&
			   !strcmp(fake_text(&mm[1], "config/config1"), "two\n"),
		   names[k]);
		close_pair();
	}
}

static void test_hold(void)
{
	open_pair();
	fake_file(&mm[1], "primary.itb", "updated\n");
	fake_file(&mm[2], "primary.itb", "as it was\n");
	hold_set(mm[1].flash, "primary", true);
	connect_pair();
	ok(UNTIL(mm[2].synced) && item(1, "primary")->state == ITEM_HELD && !same("primary.itb"),
	   "C-33, S-232: what update wrote is not copied, and the standby is ready");
	session_force(&mm[1].session, ~0u, false);
	ok(UNTIL(same("primary.itb")), "C-33: until the operator says so");
	close_pair();
}

static void test_damaged(void)
{
	static const char said[] = "primary: damaged image, not sent: the test damaged it";
	uint64_t before;

	open_pair();
	fake_file(&mm[1], "primary.itb", "good\n");
	connect_pair();
	UNTIL(mm[2].synced);
	before = item(1, "primary")->peer_generation;
	fake_file(&mm[1], "primary.itb", FAKE_DAMAGED " one\n");
	changed(1);
	ok(UNTIL(item(1, "primary")->state == ITEM_FAILED && !mm[2].synced) &&
		   !strcmp(mm[2].sync_text, "primary: damaged image, not sent"),
	   "S-173: an image that was damaged on the active has failed, and both sides say why");
	session_force(&mm[1].session, ~0u, true);
	steps(200);
	ok(!strcmp(fake_text(&mm[2], "primary.itb"), "good\n") &&
		   item(1, "primary")->peer_generation == before,
	   "S-173: the standby keeps its good copy, also by force");
	ok(lines(1, said) == 1, "N-004: what is damaged is named, in one line of the log");
	fake_file(&mm[1], "primary.itb", "good\n");
	changed(1);
	ok(UNTIL(mm[2].synced) && item(1, "primary")->state == ITEM_EQUAL &&
		   item(1, "primary")->peer_generation == before && !item(1, "primary")->error[0],
	   "S-173: it is over when the image is what it was, which is no new generation");
	fake_file(&mm[1], "primary.itb", FAKE_DAMAGED " two\n");
	changed(1);
	UNTIL(!mm[2].synced);
	fake_file(&mm[1], "primary.itb", "another\n");
	changed(1);
	ok(UNTIL(mm[2].synced && same("primary.itb")) &&
		   item(1, "primary")->peer_generation == before + 1,
	   "S-173: or when another one replaces it, which is sent");
	fake_file(&mm[1], "primary.itb", NULL);
	changed(1);
	ok(UNTIL(!fake_text(&mm[2], "primary.itb")[0] && mm[2].synced),
	   "an erased image is erased there");
	close_pair();
}

/* What differs from the beginning is looked at before it is offered. */
static void test_damaged_initial(void)
{
	open_pair();
	fake_file(&mm[1], "primary.itb", FAKE_DAMAGED "\n");
	fake_file(&mm[2], "primary.itb", "good\n");
	fake_file(&mm[1], "config/config1", "one\n");
	connect_pair();
	ok(UNTIL(mm[2].acks && same("config/config1") &&
		 item(1, "primary")->state == ITEM_FAILED) &&
		   !mm[2].synced && !strcmp(fake_text(&mm[2], "primary.itb"), "good\n"),
	   "S-173: nor is a damaged one sent at the beginning; everything else is");
	close_pair();
}

static int never_damaged(int fd, struct fit_check **check, char *why, size_t size)
{
	*check = NULL;
	return 0;
}

/* The active is of a release that does not look. */
static void test_damaged_taken(void)
{
	struct session_ops blind = fake_ops;

	open_pair();
	blind.image_begin = never_damaged;
	mm[1].session.ops = &blind;
	fake_file(&mm[1], "primary.itb", FAKE_DAMAGED "\n");
	fake_file(&mm[2], "primary.itb", "good\n");
	connect_pair();
	ok(UNTIL(item(1, "primary")->state == ITEM_FAILED && mm[2].acks) &&
		   !strcmp(fake_text(&mm[2], "primary.itb"), "good\n") &&
		   strstr(mm[2].events, "refused primary: damaged image, not taken"),
	   "S-173: a standby does not take a damaged image");
	close_pair();
}

/* ---- other software -------------------------------------------------------------- */

static void other_version(void)
{
	snprintf(mm[1].view.peer.sw_version, sizeof(mm[1].view.peer.sw_version), "K.15.01");
	snprintf(mm[2].view.own.sw_version, sizeof(mm[2].view.own.sw_version), "K.15.01");
	session_look(&mm[1].session);
	session_look(&mm[2].session);
}

static void test_hotswap(void)
{
	open_pair();
	other_version();
	fake_file(&mm[1], "primary.itb", "K.15.02\n");
	fake_file(&mm[1], "secondary.itb", "K.15.01\n");
	fake_file(&mm[2], "primary.itb", "K.15.01\n");
	fake_file(&mm[1], "config/config1", "for K.15.02\n");
	mm[1].same_image = REDUND_BOOT_IMAGE_PRIMARY;
	connect_pair();
	ok(UNTIL(mm[2].reboot_image == REDUND_BOOT_IMAGE_PRIMARY),
	   "S-156, C-36: the module with other software is told which image to boot");
	ok(same("primary.itb") && same("secondary.itb"), "S-155: it got both images first");
	ok(strstr(mm[1].events, "23 Standby boot image updated, rebooting standby"),
	   "S-298, S-176: event 23");
	steps(50);
	ok(!fake_text(&mm[2], "config/config1")[0] && !mm[2].synced,
	   "S-157: the configuration waits until it has booted");
	break_pair();
	for (int i = 1; i <= 2; i++) {
		struct view_mm *it = i == 1 ? &mm[1].view.peer : &mm[2].view.own;

		snprintf(it->sw_version, sizeof(it->sw_version), "K.15.02");
		it->incarnation = 77;
		session_look(&mm[i].session);
	}
	connect_pair();
	ok(UNTIL(mm[2].synced) && same("config/config1"),
	   "S-157, S-158: then it gets the configuration and is ready");
	close_pair();
}

static void test_upgrade(void)
{
	open_pair();
	other_version();
	for (int i = 1; i <= 2; i++) {
		fake_file(&mm[i], "primary.itb", "K.15.02\n");
		fake_file(&mm[i], "secondary.itb", "K.15.01\n");
	}
	fake_file(&mm[1], "config/config1", "one\n");
	mm[1].same_image = REDUND_BOOT_IMAGE_PRIMARY;
	connect_pair();
	ok(UNTIL(mm[2].synced) && !mm[2].reboot_image && same("config/config1"),
	   "S-164, A-062: booted so by the operator, from images that are equal, it is left alone");
	close_pair();
}

static void test_incompatible(void)
{
	open_pair();
	other_version();
	mm[1].view.peer.role = REDUND_ROLE_OFFLINE;
	mm[1].view.peer.offline_cause = REDUND_OFFLINE_CAUSE_INCOMPATIBLE;
	mm[2].view.own.role = REDUND_ROLE_OFFLINE;
	mm[2].view.own.offline_cause = REDUND_OFFLINE_CAUSE_INCOMPATIBLE;
	session_look(&mm[1].session);
	session_look(&mm[2].session);
	fake_file(&mm[1], "secondary.itb", "L.16.01\n");
	fake_file(&mm[1], "config/config1", "one\n");
	mm[1].same_image = REDUND_BOOT_IMAGE_SECONDARY;
	connect_pair();
	ok(UNTIL(mm[2].reboot_image == REDUND_BOOT_IMAGE_SECONDARY) && same("secondary.itb") &&
		   !fake_text(&mm[2], "config/config1")[0],
	   "S-155, S-156: a module of another train gets images, and boots one");
	close_pair();
}

/* ---- bounds ---------------------------------------------------------------------- */

static void test_stuck(void)
{
	struct wire *w;
	struct tls *a, *b;
	struct frame f = { .head.type = FRAME_HELLO, .hello.ready = 1 };

	/* slot 2 is the test: it says that it has nothing, and then nothing more */
	open_pair();
	fake_file(&mm[1], "config/config1", "one\n");
	fake_must(shake(&a, &b), "shake");
	session_connected(&mm[1].session, wire_new(a));
	w = wire_new(b);
	f.head.slot = 2;
	f.head.incarnation = 12;
	f.head.epoch = 7;
	snprintf(f.hello.serial, sizeof(f.hello.serial), "SG2");
	wire_send(w, &f);
	f.head.type = FRAME_HAVE;
	for (unsigned int i = 0; i < mm[1].policy.count; i++) {
		struct sync_manifest m = {};
		static char text[SYNC_MANIFEST_MAX];

		snprintf(m.item, sizeof(m.item), "%s", mm[1].policy.item[i].name);
		manifest_seal(&m);
		memset(&f.manifest, 0, sizeof(f.manifest));
		snprintf(f.manifest.item, sizeof(f.manifest.item), "%s", m.item);
		f.manifest.text = text;
		f.manifest.len = manifest_text(&m, text);
		wire_send(w, &f);
	}
	wire_flush(w);
	ok(UNTIL(item(1, "config")->offered), "a standby that answers nothing is offered an item");
	mm[1].skew_ms += SESSION_STUCK_MS + 1000;
	mm[1].session.heard_ms += SESSION_STUCK_MS + 1000; /* its heartbeats go on */
	session_work(&mm[1].session);
	ok(item(1, "config")->state == ITEM_FAILED &&
		   strstr(item(1, "config")->error, "no progress"),
	   "N-011: a stuck transfer ends in time, and names its item");
	wire_free(w);
	close_pair();
}

static void test_memory(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	printf("# most memory, both sides in one process: %ld KiB\n", usage.ru_maxrss);
	ok(usage.ru_maxrss < LIMIT_KIB, "two sides and the test need less than 32 MiB");
}

int main(int argc, char **argv)
{
	static void (*const all[])(void) = {
		test_initial,
		test_equal,
		test_change,
		test_to_active,
		test_log,
		test_priority,
		test_resume,
		test_lost,
		test_hostile,
		test_when,
		test_alone,
		test_conflict,
		test_unacknowledged,
		test_told,
		test_hold,
		test_damaged,
		test_damaged_initial,
		test_damaged_taken,
		test_hotswap,
		test_upgrade,
		test_incompatible,
		test_stuck,
		test_memory,
	};
	char command[160];

	if (argc < 2)
		return 2;
	snprintf(pair_top, sizeof(pair_top), "%.60s/session.XXXXXX", argv[1]);
	fake_must(mkdtemp(pair_top), pair_top);
	printf("TAP version 13\n");
	for (unsigned int i = 0; i < ARRAY_SIZE(all); i++)
		all[i]();
	printf("1..%u\n", tests);
	snprintf(command, sizeof(command), "rm -rf %s", pair_top);
	return system(command) || failures ? 1 : 0;
}
