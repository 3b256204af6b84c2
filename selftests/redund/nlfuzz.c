// SPDX-License-Identifier: GPL-2.0-only
/*
 * nlfuzz: malformed messages of every kind have to be refused with a text and
 * change nothing: what the family says about every object is the same before
 * and after each kind. KTAP; an argument is the seed of the random part.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "nl.h"

#define NO_INSTANCE 4000	/* there is no such instance */
#define RANDOM 3000

static int fd, tests, failures, bad;
static char first_bad[400];

/* ---- the state: everything but what counts or passes by itself ------------ */

static uint32_t state_sum;

static void sum(const void *data, size_t len)
{
	const unsigned char *p = data;

	while (len--)
		state_sum = (state_sum ^ *p++) * 16777619u;
}

static void sum_nest(const struct nlattr *nest, const uint16_t *types)
{
	const struct nlattr *attrs, *a;
	size_t len;

	attrs = nl_nest(nest, &len);
	for (; attrs && *types; types++) {
		a = nl_find(attrs, len, *types);
		if (a)
			sum(NL_DATA(a), NL_LEN(a));
	}
}

static void sum_object(uint8_t cmd, const struct nlattr *attrs, size_t len, void *ctx)
{
	static const uint16_t chassis[] = {
		REDUND_A_CHASSIS_INFO_OWNER, REDUND_A_CHASSIS_INFO_EPOCH,
		REDUND_A_CHASSIS_INFO_REDUNDANCY, REDUND_A_CHASSIS_INFO_CHOICE,
		REDUND_A_CHASSIS_INFO_FAILOVERS, REDUND_A_CHASSIS_INFO_INTERVAL_MS,
		REDUND_A_CHASSIS_INFO_MISSES, REDUND_A_CHASSIS_INFO_HANDOVER_ID, 0
	};
	static const uint16_t mm[] = {
		REDUND_A_MM_INFO_SLOT, REDUND_A_MM_INFO_ROLE, REDUND_A_MM_INFO_INTERVAL_MS,
		REDUND_A_MM_INFO_MISSES, REDUND_A_MM_INFO_INCARNATION, 0
	};
	static const uint16_t fabric[] = {
		REDUND_A_FABRIC_INFO_ID, REDUND_A_FABRIC_INFO_ENABLED, 0
	};

	(void)cmd;
	(void)ctx;
	sum_nest(nl_find(attrs, len, REDUND_A_CHASSIS), chassis);
	sum_nest(nl_find(attrs, len, REDUND_A_MM), mm);
	sum_nest(nl_find(attrs, len, REDUND_A_FABRIC), fabric);
}

static uint32_t fingerprint(void)
{
	static const uint8_t dumps[] = {
		REDUND_CMD_CHASSIS_GET, REDUND_CMD_MM_GET, REDUND_CMD_FABRIC_GET,
	};
	struct nl_reply r;
	struct nl_msg m;
	unsigned int i;

	state_sum = 2166136261u;
	for (i = 0; i < sizeof(dumps); i++) {
		nl_begin(&m, dumps[i], NLM_F_DUMP | NLM_F_ACK);
		if (dumps[i] != REDUND_CMD_CHASSIS_GET)
			nl_u32(&m, REDUND_A_INSTANCE, 0);
		nl_send(fd, &m, 0);
		if (!nl_wait(fd, &r, sum_object, NULL, 5000) || r.error || !r.messages) {
			printf("Bail out! no state: %s\n", r.text);
			exit(1);
		}
	}
	return state_sum;
}

/* ---- one message ------------------------------------------------------------ */

static void complain(const char *what, const char *detail)
{
	bad++;
	if (!*first_bad)
		snprintf(first_bad, sizeof(first_bad), "%s: %s", what, detail);
}

/* @text: a refusal has to say why; generic netlink itself says nothing of some */
static void expect_refusal(struct nl_msg *m, size_t len, bool text, const char *what)
{
	struct nl_reply r;

	nl_send(fd, m, len);
	if (!nl_wait(fd, &r, NULL, NULL, 2000))
		complain(what, "no answer");
	else if (!r.error)
		complain(what, "accepted");
	else if (text && !*r.text)
		complain(what, "refused without a text");
}

static void change(struct nl_msg *m, uint8_t cmd)
{
	nl_begin(m, cmd, NLM_F_ACK);
	nl_u32(m, REDUND_A_INSTANCE, 0);
}

/* ---- the kinds ----------------------------------------------------------------- */

static const uint8_t all_ops[] = {
	REDUND_CMD_CHASSIS_GET, REDUND_CMD_MM_GET, REDUND_CMD_FABRIC_GET,
	REDUND_CMD_MODULE_GET, REDUND_CMD_HISTORY_GET, REDUND_CMD_EVENT_GET,
	REDUND_CMD_REDUNDANCY_SET, REDUND_CMD_HEARTBEAT_SET, REDUND_CMD_ACTIVE_SET,
	REDUND_CMD_FABRIC_SET, REDUND_CMD_SWITCHOVER, REDUND_CMD_SWITCHOVER_CHECK,
	REDUND_CMD_USER_REGISTER, REDUND_CMD_PHASE_ACK, REDUND_CMD_SYNC_ACK,
	REDUND_CMD_CRASH_GET, REDUND_CMD_EVENT_ADD, REDUND_CMD_REBOOT,
	REDUND_CMD_REBOOT_CHECK, REDUND_CMD_LOCATE_SET, REDUND_CMD_PAIRING_GET,
	REDUND_CMD_LINK_REPORT, REDUND_CMD_SYNC_BUSY,
};

static void short_messages(void)
{
	struct nlattr *a;
	struct nl_msg m;
	unsigned int i;

	for (i = 0; i < sizeof(all_ops); i++) {
		/* the family header is missing */
		nl_begin(&m, all_ops[i], NLM_F_ACK);
		m.hdr.nlmsg_len = NLMSG_HDRLEN + 2;
		expect_refusal(&m, 0, false, "half a family header");
		/* an attribute's header is cut off */
		change(&m, all_ops[i]);
		memset(m.buf + m.hdr.nlmsg_len, 0x01, 2);
		m.hdr.nlmsg_len += 2;
		expect_refusal(&m, 0, true, "half an attribute header");
		/* an attribute is shorter than its own header */
		change(&m, all_ops[i]);
		a = nl_put(&m, REDUND_A_SLOT, "\1\0\0\0", 4);
		a->nla_len = 3;
		expect_refusal(&m, 0, true, "attribute length 3");
		/* an attribute promises more than the message has */
		change(&m, all_ops[i]);
		a = nl_put(&m, REDUND_A_SLOT, "\1\0\0\0", 4);
		a->nla_len = 64;
		expect_refusal(&m, 0, true, "attribute beyond the end");
		/* a number of two bytes */
		nl_begin(&m, all_ops[i], NLM_F_ACK);
		nl_put(&m, REDUND_A_INSTANCE, "\0\0", 2);
		expect_refusal(&m, 0, true, "instance of two bytes");
	}
	/* less than a netlink header is dropped without an answer */
	nl_begin(&m, REDUND_CMD_CHASSIS_GET, NLM_F_ACK);
	nl_send(fd, &m, 7);
}

static void long_messages(void)
{
	static char big[4000];
	struct nl_msg m;
	unsigned int i;

	memset(big, 'x', sizeof(big));
	for (i = 0; i < sizeof(all_ops); i++) {
		nl_begin(&m, all_ops[i], NLM_F_ACK);
		nl_put(&m, REDUND_A_INSTANCE, big, 8);
		expect_refusal(&m, 0, true, "instance of eight bytes");
		nl_begin(&m, all_ops[i], NLM_F_ACK);
		nl_put(&m, REDUND_A_INSTANCE, big, sizeof(big));
		expect_refusal(&m, 0, true, "instance of 4000 bytes");
		change(&m, all_ops[i]);
		memset(m.buf + m.hdr.nlmsg_len, 0xff, 3);
		m.hdr.nlmsg_len += 3;
		expect_refusal(&m, 0, true, "bytes left over");
	}
	change(&m, REDUND_CMD_SWITCHOVER);
	nl_put(&m, REDUND_A_REQUESTER, big, 25);
	expect_refusal(&m, 0, true, "requester without an end");
	change(&m, REDUND_CMD_SWITCHOVER);
	big[25] = 0;
	nl_str(&m, REDUND_A_REQUESTER, big);
	expect_refusal(&m, 0, true, "requester of 25 letters");
	change(&m, REDUND_CMD_SWITCHOVER);
	nl_put(&m, REDUND_A_FORCE, big, 4);
	expect_refusal(&m, 0, true, "flag with a value");
}

static void wrong_types(void)
{
	struct nl_msg m;
	unsigned int i;

	for (i = 0; i < sizeof(all_ops); i++) {
		nl_begin(&m, all_ops[i], NLM_F_ACK);
		nl_put(&m, REDUND_A_INSTANCE | NLA_F_NESTED, "\0\0\0\0", 4);
		expect_refusal(&m, 0, true, "nested number");
		nl_begin(&m, all_ops[i], NLM_F_ACK);
		nl_str(&m, REDUND_A_INSTANCE, "zero and more");
		expect_refusal(&m, 0, true, "number as a string");
	}
	change(&m, REDUND_CMD_FABRIC_SET);
	nl_u8(&m, REDUND_A_FABRIC_ID, 2);
	nl_u8(&m, REDUND_A_ENABLED, 0);
	expect_refusal(&m, 0, true, "fabric-id of one byte");
	change(&m, REDUND_CMD_FABRIC_SET);
	nl_u32(&m, REDUND_A_FABRIC_ID, 2);
	nl_u32(&m, REDUND_A_ENABLED, 0);
	expect_refusal(&m, 0, true, "enabled of four bytes");
	change(&m, REDUND_CMD_REDUNDANCY_SET);
	nl_put(&m, REDUND_A_ENABLED, NULL, 0);
	expect_refusal(&m, 0, true, "enabled as a flag");
	change(&m, REDUND_CMD_SWITCHOVER);
	nl_u32(&m, REDUND_A_REQUESTER, 0x01020304);
	expect_refusal(&m, 0, true, "requester as a number");
}

static void unknown_attributes(void)
{
	struct nl_msg m;
	unsigned int i;

	for (i = 0; i < sizeof(all_ops); i++) {
		change(&m, all_ops[i]);
		nl_u32(&m, REDUND_A_MAX + 1, 1);
		expect_refusal(&m, 0, true, "attribute past the last");
		change(&m, all_ops[i]);
		nl_u32(&m, 16383, 1);
		expect_refusal(&m, 0, true, "attribute 16383");
		/* known, but never of a request */
		change(&m, all_ops[i]);
		nl_u32(&m, REDUND_A_CHANGE_SEQ, 1);
		expect_refusal(&m, 0, true, "change-seq in a request");
		change(&m, all_ops[i]);
		nl_put(&m, REDUND_A_CHASSIS | NLA_F_NESTED, NULL, 0);
		expect_refusal(&m, 0, true, "chassis in a request");
	}
	nl_begin(&m, 200, NLM_F_ACK);
	expect_refusal(&m, 0, false, "operation 200");
	nl_begin(&m, 0, NLM_F_ACK);
	expect_refusal(&m, 0, false, "operation 0");
	nl_begin(&m, REDUND_CMD_CHANGE_NTF, NLM_F_ACK);
	expect_refusal(&m, 0, false, "a notification as a request");
}

static void one_u32(uint8_t cmd, uint16_t type, uint32_t value, const char *what)
{
	struct nl_msg m;

	change(&m, cmd);
	nl_u32(&m, type, value);
	if (cmd == REDUND_CMD_FABRIC_SET)
		nl_u8(&m, REDUND_A_ENABLED, 0);
	if (cmd == REDUND_CMD_PHASE_ACK)
		nl_u8(&m, REDUND_A_OK, 1);
	expect_refusal(&m, 0, true, what);
}

static void heartbeat(uint32_t interval, uint32_t misses, const char *what)
{
	struct nl_msg m;

	change(&m, REDUND_CMD_HEARTBEAT_SET);
	nl_u32(&m, REDUND_A_INTERVAL_MS, interval);
	nl_u32(&m, REDUND_A_MISSES, misses);
	expect_refusal(&m, 0, true, what);
}

/* A line for the log with one wrong thing in it. */
static void line(uint32_t number, uint32_t severity, const char *subsystem, const char *text,
		 uint32_t slot, const char *what)
{
	struct nl_msg m;

	change(&m, REDUND_CMD_EVENT_ADD);
	nl_u32(&m, REDUND_A_EVENT_NUMBER, number);
	nl_u32(&m, REDUND_A_SEVERITY, severity);
	nl_str(&m, REDUND_A_SUBSYSTEM, subsystem);
	nl_str(&m, REDUND_A_TEXT, text);
	nl_u32(&m, REDUND_A_SLOT, slot);
	expect_refusal(&m, 0, true, what);
}

static void lines(void)
{
	static char big[161];

	memset(big, 'x', sizeof(big) - 1);
	line(100000, 1, "mgr", "text", 1, "number 100000");
	line(0xffffffff, 1, "mgr", "text", 1, "number 4294967295");
	line(179, 4, "mgr", "text", 1, "severity 4");
	line(179, 1, "mgr", "text", 3, "line about slot 3");
	line(179, 1, "mgr", "text", 0, "line about slot 0");
	line(179, 1, "", "text", 1, "no subsystem");
	line(179, 1, "two words", "text", 1, "subsystem of two words");
	line(179, 1, "mgr:", "text", 1, "subsystem with a colon");
	line(179, 1, "m\033[31mr", "text", 1, "unprintable subsystem");
	line(179, 1, "twelveletter", "text", 1, "subsystem of twelve letters");
	line(179, 1, "mgr", "", 1, "no text");
	line(179, 1, "mgr", "two\nlines", 1, "text of two lines");
	line(179, 1, "mgr", "\303\244", 1, "text that is not ASCII");
	line(179, 1, "mgr", big, 1, "text of 160 letters");
}

static void out_of_range(void)
{
	static const uint32_t wrong[] = { 0, 3, 255, 0x10001, 0x80000001, 0xffffffff };
	struct nl_msg m;
	unsigned int i;

	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		one_u32(REDUND_CMD_MM_GET, REDUND_A_SLOT, wrong[i], "slot");
		one_u32(REDUND_CMD_FABRIC_GET, REDUND_A_FABRIC_ID, wrong[i], "fabric-id of a get");
		one_u32(REDUND_CMD_FABRIC_SET, REDUND_A_FABRIC_ID, wrong[i], "fabric-id of a set");
		if (!wrong[i])
			continue;
		one_u32(REDUND_CMD_ACTIVE_SET, REDUND_A_CHOICE, wrong[i], "choice");
		if (wrong[i] != 3)
			one_u32(REDUND_CMD_MODULE_GET, REDUND_A_MODULE_INDEX, wrong[i], "index");
		if (wrong[i] != 3)
			one_u32(REDUND_CMD_PHASE_ACK, REDUND_A_PHASE, wrong[i], "phase");
	}
	one_u32(REDUND_CMD_MODULE_GET, REDUND_A_MODULE_INDEX, 12, "module 12");
	one_u32(REDUND_CMD_PHASE_ACK, REDUND_A_PHASE, 8, "phase 8");
	one_u32(REDUND_CMD_REBOOT, REDUND_A_REBOOT_KIND, 4, "reboot-kind 4");
	one_u32(REDUND_CMD_REBOOT_CHECK, REDUND_A_REBOOT_KIND, 0xffffffff, "reboot-kind -1");
	one_u32(REDUND_CMD_REBOOT, REDUND_A_BOOT_IMAGE, 3, "boot-image 3");
	one_u32(REDUND_CMD_HISTORY_GET, REDUND_A_HISTORY_ID, 0x7fffffff, "no such role change");
	one_u32(REDUND_CMD_HEARTBEAT_SET, REDUND_A_HEARTBEAT_LOSS, 2, "heartbeat-loss 2");
	one_u32(REDUND_CMD_LINK_REPORT, REDUND_A_LINK, 4, "link 4");
	one_u32(REDUND_CMD_CRASH_GET, REDUND_A_SLOT, 1, "crash-get without its kind");
	lines();
	heartbeat(0, 3, "interval 0");
	heartbeat(10, 0, "misses 0");
	heartbeat(0xffffffff, 3, "interval 4294967295");
	heartbeat(10, 0xffffffff, "misses 4294967295");
	heartbeat(0x80000000, 2, "interval x misses overflows");
	change(&m, REDUND_CMD_REDUNDANCY_SET);
	nl_u8(&m, REDUND_A_ENABLED, 2);
	expect_refusal(&m, 0, true, "enabled 2");
	change(&m, REDUND_CMD_SYNC_ACK);
	nl_u8(&m, REDUND_A_SYNCED, 255);
	expect_refusal(&m, 0, true, "synced 255");
	change(&m, REDUND_CMD_SYNC_ACK);
	nl_u8(&m, REDUND_A_SYNCED, 1);
	nl_str(&m, REDUND_A_SYNC_TEXT, "a\tb");
	expect_refusal(&m, 0, true, "unprintable text");
	for (i = 0; i < sizeof(all_ops); i++) {
		nl_begin(&m, all_ops[i], NLM_F_ACK);
		nl_u32(&m, REDUND_A_INSTANCE, NO_INSTANCE);
		expect_refusal(&m, 0, true, "no such instance");
	}
}

static void missing_attributes(void)
{
	static const uint8_t ops[] = {
		REDUND_CMD_MM_GET, REDUND_CMD_FABRIC_GET, REDUND_CMD_MODULE_GET,
		REDUND_CMD_HISTORY_GET, REDUND_CMD_EVENT_GET, REDUND_CMD_REDUNDANCY_SET,
		REDUND_CMD_HEARTBEAT_SET, REDUND_CMD_ACTIVE_SET, REDUND_CMD_FABRIC_SET,
		REDUND_CMD_PHASE_ACK, REDUND_CMD_SYNC_ACK, REDUND_CMD_CRASH_GET,
		REDUND_CMD_EVENT_ADD, REDUND_CMD_REBOOT, REDUND_CMD_REBOOT_CHECK,
		REDUND_CMD_LOCATE_SET, REDUND_CMD_LINK_REPORT, REDUND_CMD_SYNC_BUSY,
	};
	struct nl_msg m;
	unsigned int i;

	for (i = 0; i < sizeof(ops); i++) {
		change(&m, ops[i]);
		expect_refusal(&m, 0, true, "only the instance");
	}
	change(&m, REDUND_CMD_FABRIC_SET);
	nl_u32(&m, REDUND_A_FABRIC_ID, 2);
	expect_refusal(&m, 0, true, "fabric-set without enabled");
	change(&m, REDUND_CMD_FABRIC_SET);
	nl_u8(&m, REDUND_A_ENABLED, 0);
	expect_refusal(&m, 0, true, "fabric-set without fabric-id");
	change(&m, REDUND_CMD_PHASE_ACK);
	nl_u32(&m, REDUND_A_PHASE, REDUND_PHASE_CONFIG);
	expect_refusal(&m, 0, true, "phase-ack without ok");
	/* two instances or more: a request has to say which */
	nl_begin(&m, REDUND_CMD_SWITCHOVER, NLM_F_ACK);
	expect_refusal(&m, 0, true, "no instance");
}

/* Attributes at random for an instance that is not there: never an effect. */
static void random_messages(void)
{
	unsigned int i, n, len;
	unsigned char data[64];
	struct nlattr *a;
	struct nl_msg m;

	for (i = 0; i < RANDOM; i++) {
		nl_begin(&m, all_ops[rand() % sizeof(all_ops)], NLM_F_ACK);
		nl_u32(&m, REDUND_A_INSTANCE, NO_INSTANCE);
		for (n = rand() % 6; n; n--) {
			for (len = 0; len < sizeof(data); len++)
				data[len] = rand();
			a = nl_put(&m, 2 + rand() % (REDUND_A_MAX + 2), data,
				   rand() % sizeof(data));
			if (rand() % 8 == 0)
				a->nla_len = rand();
			if (rand() % 8 == 0)
				a->nla_type |= NLA_F_NESTED;
		}
		expect_refusal(&m, 0, true, "random");
	}
}

static void run(const char *name, void (*fn)(void))
{
	uint32_t before = fingerprint(), after;

	bad = 0;
	*first_bad = 0;
	fn();
	after = fingerprint();
	tests++;
	if (before != after)
		printf("# the state has changed\n");
	if (bad)
		printf("# %d wrong answers, the first: %s\n", bad, first_bad);
	if (bad || before != after) {
		failures++;
		printf("not ");
	}
	printf("ok %d - %s messages are refused with a text and change nothing\n", tests,
	       name);
}

int main(int argc, char **argv)
{
	srand(argc > 1 ? atoi(argv[1]) : 1);
	fd = nl_open();
	printf("TAP version 13\n1..7\n");
	run("short", short_messages);
	run("long", long_messages);
	run("wrongly typed", wrong_types);
	run("unknown", unknown_attributes);
	run("out-of-range", out_of_range);
	run("incomplete", missing_attributes);
	run("random", random_messages);
	return failures ? 1 : 0;
}
