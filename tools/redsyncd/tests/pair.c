// SPDX-License-Identifier: GPL-2.0-or-later
/* See pair.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "pair.h"

static const char policy[] =
	"item config class configuration path config/config1,config/set direction to-standby when at-once\n"
	"item security class security path security/ direction to-standby when at-once\n"
	"item primary class image path primary.itb direction to-standby when at-once\n"
	"item secondary class image path secondary.itb direction to-standby when at-once\n"
	"item crash class crash path crash/ direction to-active when at-once\n"
	"item log class log path log/ direction to-active when at-once\n";

struct module mm[3];
struct tls_secret secret[3];
char pair_top[96], pair_dir[112];
unsigned int tests, failures;
static unsigned int rounds;

bool ok(bool good, const char *name)
{
	printf("%sok %u - %s\n", good ? "" : "not ", ++tests, name);
	if (!good) {
		failures++;
		for (int i = 1; i <= 2; i++)
			printf("# mm%d: over `%s' sync `%s' %d matched %d refused %u; events: %s\n",
			       i, mm[i].session.over, mm[i].sync_text, mm[i].synced,
			       mm[i].session.matched, mm[i].session.refused, mm[i].events);
	}
	fflush(stdout);
	return good;
}

void open_pair(void)
{
	snprintf(pair_dir, sizeof(pair_dir), "%s/%u", pair_top, ++rounds);
	fake_must(!mkdir(pair_dir, 0700), pair_dir);
	for (int i = 1; i <= 2; i++) {
		fake_open(&mm[i], pair_dir, i, policy);
		memset(secret[i].key, 0x5a, TLS_KEY);
		tls_name(secret[i].own, mm[i].view.own.serial, i);
		tls_name(secret[i].peer, mm[i].view.peer.serial, 3 - i);
	}
}

void close_pair(void)
{
	fake_close(&mm[1]);
	fake_close(&mm[2]);
}

bool shake(struct tls **a, struct tls **b)
{
	int fds[2], server = 0, client = 0;

	fake_must(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), "socketpair");
	*a = tls_new(fds[0], true, &secret[1]);
	*b = tls_new(fds[1], false, &secret[2]);
	for (int i = 0; i < 100 && (!server || !client); i++) {
		if (!client)
			client = tls_handshake(*b);
		if (!server)
			server = tls_handshake(*a);
		if (client < 0 && server < 0)
			break;
	}
	return server > 0 && client > 0;
}

bool connect_pair(void)
{
	struct tls *a, *b;

	if (!shake(&a, &b)) {
		tls_free(a);
		tls_free(b);
		return false;
	}
	session_connected(&mm[1].session, wire_new(a));
	session_connected(&mm[2].session, wire_new(b));
	return true;
}

void break_pair(void)
{
	for (int i = 1; i <= 2; i++) {
		session_break(&mm[i].session, "the test");
		session_ready(&mm[i].session);
	}
}

void take_over(void)
{
	break_pair();
	fake_close(&mm[1]);
	fake_open(&mm[1], pair_dir, 1, policy);
	for (int i = 1; i <= 2; i++) {
		fake_view(&mm[i].view, i, 2);
		mm[i].view.epoch = 8;
		session_look(&mm[i].session);
	}
}

void step(void)
{
	for (int i = 1; i <= 2; i++) {
		session_ready(&mm[i].session);
		session_work(&mm[i].session);
	}
}

void steps(unsigned int n)
{
	while (n--)
		step();
}

void changed(int slot)
{
	session_changed(&mm[slot].session, ~0u);
}

bool same(const char *path)
{
	return !strcmp(fake_text(&mm[1], path), fake_text(&mm[2], path));
}

void make_image(int slot, const char *name, unsigned int seed)
{
	char path[256];
	uint32_t *data = malloc(IMAGE + 4);

	fake_must(data, "malloc");
	for (unsigned int i = 0; i < IMAGE / 4 + 1; i++)
		data[i] = i ? data[i - 1] * 1664525 + 1013904223 : seed;
	snprintf(path, sizeof(path), "%s/%s", mm[slot].flash, name);
	fake_must(!flash_replace(path, data, IMAGE), path);
	free(data);
}

bool same_image_file(const char *name)
{
	char command[512];

	snprintf(command, sizeof(command), "cmp -s %s/%s %s/%s", mm[1].flash, name, mm[2].flash,
		 name);
	return !system(command);
}

const struct exchange *item(int slot, const char *name)
{
	return &mm[slot].session.x[policy_find(&mm[slot].policy, name)];
}

static int64_t until_ms;

void pair_begin(void)
{
	until_ms = session_now(&mm[1].session) + WAIT_MS;
}

bool pair_late(void)
{
	if (session_now(&mm[1].session) >= until_ms)
		return true;
	step();
	return false;
}
