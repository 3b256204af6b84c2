// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Unit tests of simulated time without a UML kernel: the calendar's order, the
 * protocol in both forms with a guest made of a socket, words of a line. TAP.
 */
#include "../calendar.h"
#include "../time-proto.h"
#include "../timetravel.h"
#include "../words.h"
#include "compiler.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCK "time-test.sock"

static int number, failed;
static bool test_ok;

#define CHECK(cond)                                                         \
	do {                                                                \
		if (!(cond)) {                                              \
			printf("# %s:%d: %s\n", __FILE__, __LINE__, #cond); \
			test_ok = false;                                    \
		}                                                           \
	} while (0)

/* ---- the order ------------------------------------------------------------------ */

static void test_order(void)
{
	u64 at[] = { CLOCK_NEVER, 30, 30 };

	CHECK(calendar_first(at, 3) == 1);
	CHECK(calendar_without(at, 3, 1) == 30);
	at[2] = 29;
	CHECK(calendar_first(at, 3) == 2);
	CHECK(calendar_without(at, 3, 2) == 30);
	at[0] = 29;
	CHECK(calendar_first(at, 3) == 0);
	at[1] = CLOCK_NEVER;
	at[2] = CLOCK_NEVER;
	CHECK(calendar_without(at, 3, 0) == CLOCK_NEVER);
}

static void test_mix(void)
{
	u64 a = 1, b = 1, c = 2;

	CHECK(calendar_mix(&a) == calendar_mix(&b));
	CHECK(calendar_mix(&a) != calendar_mix(&c));
	/* recorded runs depend on it */
	a = 0;
	CHECK(calendar_mix(&a) == 0xe220a8397b1dcdafULL);
}

static void test_words(void)
{
	char line[] = "exec 1 -- sh -c 'a b' \"c d\"e # no word";
	char open[] = "say 'a";
	char *words[10];

	CHECK(words_split(line, words, 10) == 7);
	CHECK(!strcmp(words[5], "a b") && !strcmp(words[6], "c de") && !words[7]);
	CHECK(words_split(open, words, 10) == -1);
}

/* ---- a guest ---------------------------------------------------------------------- */

static struct timetravel t;
static u64 until;
static const char *why;
static struct time_shm *shm;
static int guest = -1;

static u64 horizon(struct timetravel *unused)
{
	return until;
}

static void has_failed(struct timetravel *unused, const char *text)
{
	why = text;
}

static void turn(void)
{
	for (int i = 0; i < 3; i++)
		loop_once(0);
}

static void say(u32 op, u32 seq, u64 time)
{
	struct time_message m = { .op = op, .seq = seq, .time = time };

	CHECK(send(guest, &m, sizeof(m), 0) == sizeof(m));
}

static struct time_message hear(void)
{
	struct time_message m = { .op = 99 };

	recv(guest, &m, sizeof(m), MSG_DONTWAIT);
	return m;
}

static bool hears(u32 op, u32 seq, u64 time)
{
	struct time_message m = hear();

	if (m.op == op && m.seq == seq && m.time == time)
		return true;
	printf("# heard %u, %u, %llu\n", m.op, m.seq, m.time);
	return false;
}

/* The answer to START, with its two descriptors. */
static void take_start(u32 seq)
{
	struct time_message m = { 0 };
	char control[CMSG_SPACE(2 * sizeof(int))];
	struct iovec iov = { .iov_base = &m, .iov_len = sizeof(m) };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *c;
	int fds[2];

	CHECK(recvmsg(guest, &msg, MSG_DONTWAIT) == sizeof(m));
	CHECK(m.op == TIME_ACK && m.seq == seq);
	c = CMSG_FIRSTHDR(&msg);
	CHECK(c && c->cmsg_len == CMSG_LEN(sizeof(fds)));
	if (!c)
		return;
	memcpy(fds, CMSG_DATA(c), sizeof(fds));
	shm = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fds[0], 0);
	CHECK(shm != MAP_FAILED);
	close(fds[0]);
	close(fds[1]);
}

static void begin(bool messages)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	if (guest >= 0)
		close(guest);
	turn();
	timetravel_drop(&t);
	t.messages = messages;
	why = NULL;
	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", SOCK);
	guest = socket(AF_UNIX, SOCK_STREAM, 0);
	CHECK(!connect(guest, (struct sockaddr *)&sun, sizeof(sun)));
	say(TIME_START, 1, 1);
	turn();
	CHECK(t.state == TIMETRAVEL_STARTED);
	CHECK(timetravel_request(&t) == clock_ns());
	/* held until its turn comes */
	CHECK(hear().op == 99);
	timetravel_run(&t);
	CHECK(t.state == TIMETRAVEL_RUNS);
	take_start(1);
}

static void test_messages(void)
{
	clock_set_ns(5000);
	until = TIME_NEVER;
	begin(true);
	CHECK(shm->version == 0);
	say(TIME_GET_TOD, 2, 0);
	turn();
	CHECK(hear().seq == 2);
	say(TIME_REQUEST, 3, 700);
	turn();
	CHECK(hears(TIME_ACK, 3, 0));
	say(TIME_WAIT, 4, 0);
	turn();
	CHECK(hears(TIME_ACK, 4, 0) && t.state == TIMETRAVEL_WAITS);
	/* its time 0 is when it started */
	CHECK(timetravel_request(&t) == 5700);
	clock_set_ns(5700);
	until = 6000;
	say(TIME_ACK, 0, 0);
	say(TIME_ACK, 0, 0);
	timetravel_run(&t);
	CHECK(hears(TIME_FREE_UNTIL, 0, 1000) && hears(TIME_RUN, 0, 700));
	say(TIME_UPDATE, 5, 800);
	turn();
	CHECK(hears(TIME_ACK, 5, 0) && clock_ns() == 5800);
	/* something is due earlier now */
	until = 5900;
	say(TIME_ACK, 0, 0);
	timetravel_changed(&t);
	CHECK(hears(TIME_FREE_UNTIL, 0, 900));
	until = 5950;
	timetravel_changed(&t);
	CHECK(hear().op == 99);
	say(TIME_GET, 6, 0);
	turn();
	CHECK(hears(TIME_ACK, 6, 800));
}

static void test_memory(void)
{
	clock_set_ns(10000);
	until = 20000;
	begin(false);
	CHECK(shm->version == 2 && shm->now == 10000 && shm->free_until == 20000);
	CHECK(shm->client[shm->running].name == 0 && shm->running == 1);
	CHECK(shm->client[0].capabilities & TIME_SHM_CAN_SHARE);
	shm->now = 12000;
	timetravel_now(&t);
	CHECK(clock_ns() == 12000);
	until = 13000;
	timetravel_changed(&t);
	CHECK(shm->free_until == 13000);
	shm->client[1].flags = TIME_SHM_WANTS_TO_RUN;
	shm->client[1].request = 13500;
	say(TIME_WAIT, 2, 0);
	turn();
	CHECK(hear().op == 99 && t.state == TIMETRAVEL_WAITS && shm->running == 0);
	CHECK(timetravel_request(&t) == 13500);
	clock_set_ns(13400);
	CHECK(timetravel_call(&t) && shm->now == 13400);
	clock_set_ns(13500);
	until = 14000;
	timetravel_run(&t);
	CHECK(hears(TIME_RUN, 0, 3500));
	CHECK(shm->running == 1 && shm->now == 13500 && shm->free_until == 14000);
	CHECK(!timetravel_call(&t));
}

static void test_clock(void)
{
	u64 now;

	until = TIME_NEVER;
	begin(true);
	now = clock_ns();
	say(TIME_REQUEST, 3, 1000000);
	turn();
	say(TIME_WAIT, 4, 0);
	turn();
	CHECK(hears(TIME_ACK, 3, 0) && hears(TIME_ACK, 4, 0));
	CHECK(timetravel_request(&t) == now + 1000000);
	/* twice as fast: there in half the time; a quarter slower: later */
	CHECK(timetravel_clock(&t, 1000000, 0) && timetravel_request(&t) == now + 500000);
	CHECK(timetravel_clock(&t, -250000, 0) && timetravel_request(&t) == now + 1333334);
	clock_set_ns(now + 1333334);
	say(TIME_ACK, 0, 0);
	say(TIME_ACK, 0, 0);
	timetravel_run(&t);
	hear();
	CHECK(hears(TIME_RUN, 0, 1000000));
	CHECK(timetravel_clock(&t, 0, 7));
	say(TIME_GET, 5, 0);
	turn();
	CHECK(hears(TIME_ACK, 5, 1007000));
	begin(false);
	CHECK(!timetravel_clock(&t, 5, 0));
}

static void test_hang(void)
{
	until = TIME_NEVER;
	begin(false);
	shm->client[1].flags = TIME_SHM_WANTS_TO_RUN;
	shm->client[1].request = clock_ns() + 100;
	say(TIME_WAIT, 2, 0);
	turn();
	t.hung = true;
	CHECK(timetravel_request(&t) >= TIME_NEVER && !timetravel_call(&t));
	clock_set_ns(clock_ns() + 5000);
	t.hung = false;
	/* late, never earlier than now */
	CHECK(timetravel_request(&t) == clock_ns());
}

static void test_end(void)
{
	begin(false);
	close(guest);
	guest = -1;
	turn();
	CHECK(t.state == TIMETRAVEL_GONE && timetravel_request(&t) >= TIME_NEVER);
	timetravel_drop(&t);
	CHECK(t.state == TIMETRAVEL_NONE && !why);
}

static void test_silence(void)
{
	begin(true);
	say(TIME_WAIT, 2, 0);
	turn();
	t.patience_us = 1000;
	timetravel_run(&t);
	CHECK(why && t.state == TIMETRAVEL_GONE);
	t.patience_us = 1000000;
}

static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
	{ "what is due at one time comes in the order of its number", test_order },
	{ "a seed gives the same numbers for ever", test_mix },
	{ "a line is taken apart as by a shell", test_words },
	{ "time by messages: offset, requests, horizons", test_messages },
	{ "time by shared memory", test_memory },
	{ "a guest's clock goes wrong, and only that", test_clock },
	{ "a guest that hangs gets no time, and is late after it", test_hang },
	{ "the end of a connection waits for the end of the process", test_end },
	{ "a guest that does not answer is found", test_silence },
};

int main(void)
{
	char dir[] = "/tmp/virtual-test-XXXXXX";

	clock_simulate();
	t.horizon = horizon;
	t.failed = has_failed;
	t.patience_us = 1000000;
	if (!mkdtemp(dir) || chdir(dir) || loop_init() || timetravel_listen(&t, SOCK)) {
		printf("Bail out! no socket\n");
		return 1;
	}
	printf("TAP version 13\n1..%zu\n", ARRAY_SIZE(tests));
	for (size_t i = 0; i < ARRAY_SIZE(tests); i++) {
		test_ok = true;
		tests[i].run();
		failed += !test_ok;
		printf("%s %d - simulated time: %s\n", test_ok ? "ok" : "not ok", ++number,
		       tests[i].name);
	}
	unlink(SOCK);
	if (chdir("/") || rmdir(dir))
		printf("# %s is left\n", dir);
	return failed ? 1 : 0;
}
