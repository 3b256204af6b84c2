// SPDX-License-Identifier: GPL-2.0-only
/*
 * nlmon: listens to the changes of every instance and judges their numbers.
 *
 *	nlmon SECONDS [MINIMUM]
 *
 * Subscribes, then dumps, then reads for SECONDS, and up to a minute more when
 * MINIMUM changes have not come (the machine may be slow). Each instance's numbers
 * have to follow each other without a gap, the first one that of the dump or less.
 * Prints "instance N: M changes, FIRST to LAST". Exit status: 0 no gap and at
 * least MINIMUM (default 1) changes in all; 1 otherwise.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include "nl.h"

#define INSTANCES 16
#define PATIENCE  60	/* seconds */

static struct {
	bool dumped, seen;
	uint32_t at_dump, first, last, count, gaps;
} inst[INSTANCES];

static void dumped(uint8_t cmd, const struct nlattr *attrs, size_t len, void *ctx)
{
	uint32_t i = nl_get_u32(nl_find(attrs, len, REDUND_A_INSTANCE));

	(void)cmd;
	(void)ctx;
	if (i >= INSTANCES)
		return;
	inst[i].dumped = true;
	inst[i].at_dump = nl_get_u32(nl_find(attrs, len, REDUND_A_CHANGE_SEQ));
}

static void changed(uint8_t cmd, const struct nlattr *attrs, size_t len, void *ctx)
{
	uint32_t i = nl_get_u32(nl_find(attrs, len, REDUND_A_INSTANCE));
	uint32_t seq = nl_get_u32(nl_find(attrs, len, REDUND_A_CHANGE_SEQ));

	(void)ctx;
	if (cmd != REDUND_CMD_CHANGE_NTF || i >= INSTANCES)
		return;
	if (!inst[i].seen) {
		inst[i].first = seq;
		inst[i].seen = true;
	} else if (seq != inst[i].last + 1) {
		printf("instance %u: %u follows %u\n", i, seq, inst[i].last);
		inst[i].gaps++;
	}
	inst[i].last = seq;
	inst[i].count++;
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static unsigned int received(void)
{
	unsigned int i, all = 0;

	for (i = 0; i < INSTANCES; i++)
		all += inst[i].count;
	return all;
}

static int judge(unsigned int minimum)
{
	unsigned int i, all = received(), bad = 0;

	for (i = 0; i < INSTANCES; i++) {
		if (!inst[i].seen)
			continue;
		printf("instance %u: %u changes, %u to %u\n", i, inst[i].count, inst[i].first,
		       inst[i].last);
		bad += inst[i].gaps;
		if (inst[i].dumped && inst[i].first > inst[i].at_dump + 1) {
			printf("instance %u: the dump ended at %u\n", i, inst[i].at_dump);
			bad++;
		}
	}
	if (all < minimum)
		printf("%u changes, at least %u expected\n", all, minimum);
	return bad || all < minimum;
}

int main(int argc, char **argv)
{
	int events, requests, error, size = 1 << 20, bad = 0;
	unsigned int minimum;
	struct nl_reply r;
	struct nl_msg m;
	double end;

	if (argc < 2) {
		fprintf(stderr, "usage: nlmon SECONDS [MINIMUM]\n");
		return 2;
	}
	minimum = argc > 2 ? atoi(argv[2]) : 1;
	requests = nl_open();
	events = nl_open();
	setsockopt(events, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	nl_join(events);
	nl_begin(&m, REDUND_CMD_CHASSIS_GET, NLM_F_DUMP | NLM_F_ACK);
	nl_send(requests, &m, 0);
	if (!nl_wait(requests, &r, dumped, NULL, 5000) || r.error) {
		printf("the dump failed: %s\n", r.text);
		return 1;
	}
	puts("listening");
	fflush(stdout);
	end = now() + atof(argv[1]);
	while (now() < end || (received() < minimum && now() < end + PATIENCE)) {
		nl_notifications(events, changed, NULL, 100, &error);
		if (error) {
			printf("receiving: %s\n", strerror(-error));
			bad = 1;
		}
	}
	return judge(minimum) || bad;
}
