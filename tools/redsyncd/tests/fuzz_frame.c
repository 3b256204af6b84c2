// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Hostile bytes from the internal link: through the reader of messages, and what
 * it takes through both sides of a session with files. Run by libFuzzer (make
 * fuzz) and, in make test, by fuzz_main.c. What must hold is checked here:
 * nothing appears beside the flash, a message that is read reads the same again.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "fake_driver.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define MUST(condition) must(condition, #condition, __LINE__)

static const char policy[] =
	"item config class configuration path config/config1,config/assign direction to-standby when at-once\n"
	"item security class security path security/ direction to-standby when at-once max 65536\n"
	"item primary class image path primary.itb direction to-standby when at-once max 65536\n"
	"item crash class crash path crash/ direction to-active when at-once max 65536\n";

static struct module mm[3];
static char dir[96];

static void must(bool good, const char *condition, int number)
{
	if (good)
		return;
	fprintf(stderr, "fuzz_frame.c:%d: does not hold: %s\n", number, condition);
	abort();
}

static void leave(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", dir);
	if (system(command))
		perror(dir);
}

/* Slot 1 takes as the active, slot 2 as the standby; neither has a connection. */
static void begin(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(dir, sizeof(dir), "%.60s/fuzz_frame.XXXXXX", tmp ? tmp : "/tmp");
	MUST(mkdtemp(dir));
	atexit(leave);
	for (int i = 1; i <= 2; i++) {
		fake_open(&mm[i], dir, i, policy);
		fake_file(&mm[i], "config/config1", i == 1 ? "hostname one\n" : "hostname two\n");
		fake_file(&mm[i], "crash/core", "panic\n");
	}
}

/* Nothing but the two flashes. */
static void check_beside(void)
{
	unsigned int found = 0;
	struct dirent *e;
	DIR *d = opendir(dir);

	MUST(d);
	while ((e = readdir(d)))
		found += e->d_name[0] != '.';
	closedir(d);
	MUST(found == 2);
}

static void check_again(const struct frame *f, int n)
{
	static uint8_t buf[FRAME_MAX];
	static struct frame again;
	const char *why;
	size_t len;

	if (f->head.type < FRAME_HELLO || f->head.type > FRAME_HAVE)
		return;
	len = frame_encode(f, buf);
	MUST(len <= FRAME_MAX && len <= (size_t)n);
	MUST(frame_decode(buf, len, &again, &why) == (int)len);
	MUST(again.head.type == f->head.type);
}

static void take(struct module *m, struct frame *f)
{
	struct session *s = &m->session;

	session_message(s, f);
	/* no connection: what one that is greeted would be */
	s->matched = true;
	s->broken = false;
	f->head.slot = 3 - m->view.slot;
	f->head.incarnation = m->view.peer.incarnation;
	f->head.epoch = m->view.epoch;
	if (f->head.type != FRAME_HELLO)
		session_message(s, f);
	session_work(s);
	m->events[0] = '\0';
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct frame f, copy;
	const char *why = NULL;
	uint8_t *block;
	size_t at = 0;
	int n;

	if (!dir[0])
		begin();
	/* a block of its own: reading behind it is noticed */
	block = malloc(len ? len : 1);
	if (!block)
		abort();
	if (len)
		memcpy(block, data, len);
	while (at < len && (n = frame_decode(block + at, len - at, &f, &why)) > 0) {
		check_again(&f, n);
		for (int i = 1; i <= 2; i++) {
			copy = f;
			take(&mm[i], &copy);
		}
		at += n;
	}
	check_beside();
	free(block);
	return 0;
}
