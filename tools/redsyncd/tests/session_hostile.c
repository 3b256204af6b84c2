// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Peers that misbehave: another key, a replayed session, paths outside of the
 * policy, garbage. Part of session_test.
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

static void test_wrong_key(void)
{
	open_pair();
	fake_file(&mm[1], "config/config1", "secret\n");
	secret[2].key[31] ^= 1;
	ok(!connect_pair(), "a module with another key is refused");
	secret[2].key[31] ^= 1;
	snprintf(secret[2].own, sizeof(secret[2].own), "redund-OTHER-slot2");
	ok(!connect_pair(), "a module with another name is refused");
	steps(10);
	ok(!fake_text(&mm[2], "config/config1")[0], "and gets nothing");
	close_pair();
}

/* Everything the client of a good session sent, once more. */
static void test_replay(void)
{
	int fds[2], relay[2], n = 0, client = 0, server = 0;
	static uint8_t sent[65536];
	struct tls *a, *b;
	size_t len = 0;

	open_pair();
	fake_must(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) &&
			  !socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, relay),
		  "socketpair");
	a = tls_new(fds[0], true, &secret[1]);
	b = tls_new(relay[0], false, &secret[2]);
	for (int i = 0; i < 100 && (client <= 0 || server <= 0); i++) {
		uint8_t buf[8192];

		client = client > 0 ? client : tls_handshake(b);
		n = read(relay[1], sent + len, sizeof(sent) - len);
		if (n > 0 && write(fds[1], sent + len, n) == n)
			len += n;
		server = server > 0 ? server : tls_handshake(a);
		n = read(fds[1], buf, sizeof(buf));
		if (n > 0 && write(relay[1], buf, n) != n)
			break;
	}
	ok(client > 0 && server > 0 && len, "a session is recorded");
	tls_free(a);
	tls_free(b);
	close(fds[1]);
	close(relay[1]);
	fake_must(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), "socketpair");
	a = tls_new(fds[0], true, &secret[1]);
	fake_must(write(fds[1], sent, len) == (ssize_t)len, "write");
	for (server = 0; !server && n < 1000; n++)
		server = tls_handshake(a);
	ok(server < 0, "a replayed session is refused");
	tls_free(a);
	close(fds[1]);
	close_pair();
}

/* Slot 1 is the test itself: it has the key, and says what it likes. */
static struct wire *hostile(void)
{
	struct tls *a, *b;

	fake_must(shake(&a, &b), "shake");
	session_connected(&mm[2].session, wire_new(b));
	return wire_new(a);
}

static void say(struct wire *w, struct frame *f)
{
	f->head.slot = 1;
	f->head.incarnation = 11;
	f->head.epoch = 7;
	wire_send(w, f);
	wire_flush(w);
}

/* Greets, and waits until slot 2 has said what it has. */
static void greet(struct wire *w)
{
	struct frame hello = { .head.type = FRAME_HELLO, .hello.ready = 1 }, f;

	snprintf(hello.hello.serial, sizeof(hello.hello.serial), "SG1");
	say(w, &hello);
	for (int i = 0; i < 200; i++) {
		step();
		while (wire_receive(w, &f) > 0)
			;
	}
}

/* A manifest of one file, said as the active. Return: how it was answered, -1 not. */
static int offer(struct wire *w, const char *path, const char *as_item)
{
	struct frame f = { .head.type = FRAME_MANIFEST };
	struct sync_manifest m = { .generation = 99 };
	static char text[SYNC_MANIFEST_MAX];
	struct sync_file file = { .mode = 0600, .size = 4 };
	int n;

	snprintf(m.item, sizeof(m.item), "config");
	snprintf(m.chassis, sizeof(m.chassis), "CHASSIS");
	snprintf(m.origin, sizeof(m.origin), "SG1");
	snprintf(file.path, sizeof(file.path), "%s", path);
	fake_must(!manifest_add(&m, &file) && !manifest_seal(&m), "manifest");
	n = manifest_text(&m, text);
	manifest_free(&m);
	snprintf(f.manifest.item, sizeof(f.manifest.item), "%s", as_item);
	f.manifest.text = text;
	f.manifest.len = n;
	say(w, &f);
	for (int i = 0; i < 200; i++) {
		session_ready(&mm[2].session);
		session_work(&mm[2].session);
		while (wire_receive(w, &f) > 0)
			if (f.head.type == FRAME_ACK && f.ack.generation == 99)
				return f.ack.status;
			else if (f.head.type == FRAME_WANT)
				return 100;
		if (!mm[2].session.wire)
			break;
	}
	return -1;
}

static void test_paths(void)
{
	static const char *const paths[] = {
		"../outside", "config/../../outside", "/etc/passwd",	  "config/other",
		"sync/state", "config/config1/x",     "./config/config1",
	};
	struct wire *w;
	int got;

	for (unsigned int i = 0; i < ARRAY_SIZE(paths); i++) {
		char name[128];

		open_pair();
		w = hostile();
		greet(w);
		got = offer(w, paths[i], "config");
		snprintf(name, sizeof(name), "a path outside of the policy is refused: %s",
			 paths[i]);
		ok(got == FRAME_STATUS_REFUSED || (got < 0 && !mm[2].session.wire), name);
		wire_free(w);
		close_pair();
	}
	open_pair();
	w = hostile();
	greet(w);
	ok(offer(w, "config/config1", "config") == 100, "one inside of it is taken");
	ok(offer(w, "config/config1", "security") == -1 && !mm[2].session.wire,
	   "a manifest under another name is refused");
	wire_free(w);
	close_pair();
}

static void test_links(void)
{
	char outside[256], link[256];

	open_pair();
	snprintf(outside, sizeof(outside), "%s/outside", pair_dir);
	snprintf(link, sizeof(link), "%s/config", mm[2].flash);
	fake_must(!mkdir(outside, 0700) && !symlink(outside, link), "symlink");
	fake_file(&mm[1], "config/config1", "hostname one\n");
	connect_pair();
	steps(200);
	snprintf(outside, sizeof(outside), "%s/outside/config1", pair_dir);
	ok(access(outside, F_OK) && !mm[2].synced, "a link in the standby's flash is not followed");
	ok(mm[2].sync_text[0], "A-053: and named");
	close_pair();
}

static void test_garbage(void)
{
	struct frame f = { .head.type = FRAME_DATA };
	static uint8_t junk[FRAME_CHUNK];
	struct tls *a, *b;
	struct wire *w;

	open_pair();
	fake_must(shake(&a, &b), "shake");
	session_connected(&mm[2].session, wire_new(b));
	memset(junk, 0xa5, sizeof(junk));
	tls_write(a, junk, 1000);
	steps(20);
	ok(!mm[2].session.wire && strstr(mm[2].session.over, "malformed"),
	   "garbage ends the connection");
	tls_free(a);
	fake_must(shake(&a, &b), "shake");
	session_connected(&mm[2].session, wire_new(b));
	memcpy(junk, "RS\x01\x05\xff\xff\xff\x7f", 8);
	tls_write(a, junk, 1000);
	steps(20);
	ok(!mm[2].session.wire && strstr(mm[2].session.over, "too long"),
	   "so does an oversized message");
	tls_free(a);
	w = hostile();
	greet(w);
	offer(w, "config/config1", "config");
	snprintf(f.data.item, sizeof(f.data.item), "config");
	f.data.generation = 99;
	f.data.data = junk;
	f.data.len = 5; /* the file has 4 */
	say(w, &f);
	steps(20);
	ok(!mm[2].session.wire, "and data that was not asked for");
	ok(!fake_text(&mm[2], "config/config1")[0] && !mm[2].synced, "nothing was written");
	wire_free(w);
	close_pair();
}

static void test_owner(void)
{
	struct wire *w;

	open_pair();
	mm[2].view.owner = 2; /* slot 1 claims to be the owner, the driver knows better */
	mm[2].view.own.role = REDUND_ROLE_ACTIVE;
	session_look(&mm[2].session);
	w = hostile();
	greet(w);
	ok(offer(w, "config/config1", "config") == FRAME_STATUS_STALE,
	   "I1: who is not the owner cannot write");
	wire_free(w);
	close_pair();
}

void test_hostile(void)
{
	test_wrong_key();
	test_replay();
	test_paths();
	test_links();
	test_garbage();
	test_owner();
}
