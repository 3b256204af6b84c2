// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Unit tests of a slot's console and flash without a UML kernel: clients, boot
 * ROM and agent are this program's; a script's pace; the modules' flashes. TAP.
 */
#include "../blockstore.h"
#include "../pace.h"
#include "../vc.h"
#include "../../lib/medium.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

struct vc vc; /* store.c asks it for the image */

static int number, failed;
static bool test_ok;

#define CHECK(cond)                                                         \
	do {                                                                \
		if (!(cond)) {                                              \
			printf("# %s:%d: %s\n", __FILE__, __LINE__, #cond); \
			test_ok = false;                                    \
		}                                                           \
	} while (0)

/* Lets the console handle what waits for it. */
static void turn(void)
{
	for (int i = 0; i < 3; i++)
		loop_once(0);
}

/* ---- the console ----------------------------------------------------------- */

struct client {
	struct serial_client c;
	struct buffer seen;
	int taken;
};

static void output(struct serial_client *c, const void *data, size_t len)
{
	buffer_add(&((struct client *)c)->seen, data, len);
}

static void taken(struct serial_client *c)
{
	((struct client *)c)->taken++;
}

static void client_init(struct client *c)
{
	*c = (struct client){ .c = { .output = output, .input_taken = taken } };
}

/* Did the client see exactly this since the last time? */
static bool saw(struct client *c, const char *text)
{
	bool same = c->seen.len == strlen(text) &&
		    (!c->seen.len || !memcmp(buffer_at(&c->seen), text, c->seen.len));

	if (!same)
		printf("# seen: %.*s\n", (int)c->seen.len, c->seen.len ? buffer_at(&c->seen) : "");
	buffer_free(&c->seen);
	return same;
}

static const struct agent_winsize size = { .rows = 50, .cols = 132 };
static struct agent agent;
static struct serial serial;

static bool reads(int fd, const char *text)
{
	char buf[256];
	ssize_t n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);

	return n == (ssize_t)strlen(text) && !memcmp(buf, text, n);
}

static void test_rom(void)
{
	struct client a, b;
	int rom = serial_connect(&serial);

	client_init(&a);
	client_init(&b);
	CHECK(rom >= 0 && serial_clients(&serial) == 0);
	CHECK(write(rom, "ROM information:\r\nSelect: ", 26) == 26);
	turn();
	serial_attach(&serial, &a.c, &size);
	CHECK(saw(&a, "Select: "));
	serial_attach(&serial, &b.c, &size);
	CHECK(saw(&b, "Select: ") && serial_clients(&serial) == 2);
	serial_input(&serial, "2", 1);
	CHECK(reads(rom, "2"));
	CHECK(write(rom, "2\r\n", 3) == 3);
	turn();
	CHECK(saw(&a, "2\r\n") && saw(&b, "2\r\n"));
	serial_detach(&serial, &a.c);
	CHECK(write(rom, "Booting\r\n", 9) == 9);
	close(rom);
	turn();
	CHECK(saw(&a, "") && saw(&b, "Booting\r\n"));
	CHECK(serial.rom.fd < 0);
	serial_detach(&serial, &b.c);
	CHECK(serial_clients(&serial) == 0 && !agent.sessions);
}

/* The next frame from the console to the agent. */
static struct agent_head frame(int fd, char *data)
{
	struct agent_head h = { 0 };

	if (recv(fd, &h, sizeof(h), MSG_DONTWAIT) != sizeof(h) ||
	    (h.len && recv(fd, data, h.len, MSG_DONTWAIT) != h.len))
		h.type = 0;
	return h;
}

static void tell(int fd, u8 type, u32 id, const void *data, size_t len)
{
	struct agent_head h = { .magic = AGENT_MAGIC, .type = type, .len = len, .id = id };

	CHECK(write(fd, &h, sizeof(h)) == sizeof(h) && write(fd, data, len) == (ssize_t)len);
	turn();
}

static void test_session(void)
{
	char data[AGENT_MAX];
	struct client a, b;
	u32 status = 0;
	int linux_end = agent_connect(&agent, 1);
	struct agent_head h;

	client_init(&a);
	client_init(&b);
	serial_attach(&serial, &a.c, &size);
	CHECK(frame(linux_end, data).type == 0);
	tell(linux_end, AGENT_HELLO, 0, NULL, 0);
	h = frame(linux_end, data);
	CHECK(h.type == AGENT_SHELL && h.len == sizeof(size) && !memcmp(data, &size, sizeof(size)));
	CHECK(a.taken == 1);
	tell(linux_end, AGENT_STDOUT, h.id, "name# ", 6);
	CHECK(saw(&a, "name# "));
	serial_attach(&serial, &b.c, &size);
	CHECK(saw(&b, "name# "));
	h = frame(linux_end, data);
	CHECK(h.type == AGENT_WINSIZE);
	serial_input(&serial, "exit\n", 5);
	h = frame(linux_end, data);
	CHECK(h.type == AGENT_STDIN && h.len == 5 && !memcmp(data, "exit\n", 5));
	tell(linux_end, AGENT_EXIT, h.id, &status, sizeof(status));
	CHECK(a.seen.len && b.seen.len == a.seen.len);
	buffer_free(&a.seen);
	/* a key begins the next one, and a client that goes does not end it */
	CHECK(!serial.in_session);
	serial_input(&serial, "\r", 1);
	CHECK(frame(linux_end, data).type == AGENT_SHELL);
	serial_detach(&serial, &a.c);
	serial_detach(&serial, &b.c);
	buffer_free(&b.seen);
	CHECK(serial.in_session && frame(linux_end, data).type == 0);
	close(linux_end);
	turn();
	CHECK(!serial.in_session && !agent.sessions);
}

static void test_restart(void)
{
	char data[AGENT_MAX];
	int linux_end = agent_connect(&agent, 1), rom;
	struct agent_head h;
	struct client a;

	client_init(&a);
	serial_attach(&serial, &a.c, &size);
	tell(linux_end, AGENT_HELLO, 0, NULL, 0);
	CHECK(frame(linux_end, data).type == AGENT_SHELL);
	rom = serial_connect(&serial);
	close(linux_end);
	linux_end = agent_connect(&agent, 1);
	serial_input(&serial, "1", 1);
	CHECK(reads(rom, "1") && frame(linux_end, data).type == 0);
	close(rom);
	turn();
	serial_input(&serial, "lost", 4);
	tell(linux_end, AGENT_HELLO, 0, NULL, 0);
	h = frame(linux_end, data);
	CHECK(h.type == AGENT_SHELL && frame(linux_end, data).type == 0);
	tell(linux_end, AGENT_STDOUT, h.id, "again# ", 7);
	CHECK(saw(&a, "again# "));
	serial_detach(&serial, &a.c);
	agent_lost(&agent, "the end");
	close(linux_end);
}

/* ---- a script's pace -------------------------------------------------------- */

static bool filters(struct pace *p, const char *from, const char *to)
{
	char buf[128];
	size_t n = pace_output(p, memcpy(buf, from, strlen(from)), strlen(from));

	return n == strlen(to) && !memcmp(buf, to, n);
}

static void test_pace(void)
{
	struct pace p;

	pace_start(&p);
	pace_input(&p, "one\ntw", 6);
	CHECK(pace_line(&p) == 0);
	CHECK(filters(&p, "a\r\n\x1b[1;31mb\x1b[0m\x1bOA\a> \x1b[", "a\nb> "));
	CHECK(filters(&p, "K", ""));
	CHECK(p.prompt && pace_line(&p) == 0); /* not quiet yet */
	clock_sleep(80000);
	CHECK(pace_line(&p) == 4);
	pace_sent(&p, 4);
	CHECK(pace_line(&p) == 0);
	CHECK(filters(&p, "one\r\n", "one\n") && !p.prompt);
	clock_sleep(80000);
	CHECK(pace_line(&p) == 0); /* no prompt */
	CHECK(filters(&p, "> ", "> "));
	clock_sleep(80000);
	CHECK(pace_line(&p) == 0); /* no whole line, and more may come */
	pace_input(&p, NULL, 0);
	CHECK(pace_line(&p) == 2 && !pace_over(&p));
	pace_sent(&p, 2);
	CHECK(filters(&p, "tw> ", "tw> ") && !pace_over(&p));
	clock_sleep(350000);
	CHECK(pace_over(&p));
	buffer_free(&p.lines);
}

/* ---- flash --------------------------------------------------------------------- */

static void write_file(const char *path, char fill, size_t len)
{
	FILE *f = fopen(path, "we");

	while (len--)
		fputc(fill, f);
	fclose(f);
}

/* How many bytes of a file are not @fill; -1: there is none. */
static int differ(const char *path, char fill)
{
	FILE *f = fopen(path, "re");
	int c, n = 0;

	if (!f)
		return -1;
	while ((c = fgetc(f)) != EOF)
		n += c != fill;
	fclose(f);
	return n;
}

#define PRIMARY	  "mm1/flash/primary.itb"
#define SECONDARY "mm1/flash/secondary.itb"

static void test_fill(void)
{
	const char *why = NULL;

	write_file("image", 'i', 5000);
	write_file("other", 'o', 5000);
	snprintf(vc.opt.image, sizeof(vc.opt.image), "image");
	vc.opt.slot[0] = true;
	mkdir("mm1", 0755);
	mkdir("mm2", 0755);
	CHECK(store_prepare(1, &why) == 0 && store_prepare(2, &why) == 0);
	CHECK(differ(PRIMARY, 'i') == 0 && differ(SECONDARY, 'i') == 0);
	CHECK(access("mm2/flash/primary.itb", F_OK)); /* an empty slot's */
	CHECK(store_put(1, FLASH_SECONDARY, "other") == 0);
	CHECK(store_put(1, FLASH_PRIMARY, "nothing") < 0 && differ(PRIMARY, 'i') == 0);
	CHECK(store_prepare(1, &why) == 0 && differ(SECONDARY, 'o') == 0);
	vc.opt.reflash = true;
	CHECK(store_prepare(1, &why) == 0 && differ(SECONDARY, 'i') == 0);
	CHECK(differ("image", 'i') == 0);
}

static void test_corrupt(void)
{
	CHECK(!store_corrupt(1, FLASH_PRIMARY, true) && differ(PRIMARY, 'i') == 64);
	CHECK(!store_corrupt(1, FLASH_PRIMARY, true) && differ(PRIMARY, 'i') == 64);
	CHECK(differ(SECONDARY, 'i') == 0 && differ("image", 'i') == 0);
	CHECK(!store_corrupt(1, FLASH_PRIMARY, false) && differ(PRIMARY, 'i') == 0);
	CHECK(!store_corrupt(1, FLASH_PRIMARY, false) && differ(PRIMARY, 'i') == 0);
	/* one that was written again meanwhile is as it was written */
	CHECK(!store_corrupt(1, FLASH_SECONDARY, true));
	write_file("new", 'n', 5000);
	CHECK(rename("new", SECONDARY) == 0);
	CHECK(!store_corrupt(1, FLASH_SECONDARY, false) && differ(SECONDARY, 'n') == 0);
	CHECK(store_erase(1) == 0 && differ(PRIMARY, 'i') == -1);
	CHECK(store_corrupt(1, FLASH_PRIMARY, true) && !vc.slot[0].corrupt[0].on);
}

static void test_serials(void)
{
	CHECK(store_put(1, FLASH_PRIMARY, "image") == 0);
	CHECK(store_change(1, "SN1", "SN1") == 0 && differ(PRIMARY, 'i') == 0);
	CHECK(store_change(1, "SN1", "SN2") == 0 && differ(PRIMARY, 'i') == -1);
	CHECK(store_put(1, FLASH_PRIMARY, "other") == 0);
	CHECK(store_change(1, "SN2", "SN1") == 0 && differ(PRIMARY, 'i') == 0);
	CHECK(store_change(1, "SN1", "SN2") == 0 && differ(PRIMARY, 'o') == 0);
}

/* Is a file in the medium made of this byte alone? */
static bool in_medium(const char *name, char fill)
{
	return !medium_get("mm1/flash.img", name, "got") && !differ("got", fill);
}

static void test_block(void)
{
	const char *image[FLASH_IMAGES] = { NULL, "other" };
	const char *why = NULL;

	vc.opt.reflash = false;
	vc.opt.flash.mib = MEDIUM_MIB_MIN;
	/* the directory of before is taken over, and what it lacks is filled */
	CHECK(store_prepare(1, &why) == 0);
	CHECK(in_medium("primary.itb", 'o') && in_medium("secondary.itb", 'i'));
	CHECK(!blockstore_write("mm1/flash.img", &vc.opt.flash, false, image, "image"));
	CHECK(in_medium("primary.itb", 'o') && in_medium("secondary.itb", 'o'));
	CHECK(!medium_put("mm1/flash.img", "primary.itb", NULL));
	CHECK(medium_get("mm1/flash.img", "primary.itb", "got") == -ENOENT);
	CHECK(!medium_put("mm1/flash.img", "primary.itb", NULL));
	write_file("large", 'l', (MEDIUM_MIB_MIN + 1) << 20);
	CHECK(medium_put("mm1/flash.img", "primary.itb", "large") == -ENOSPC);
	CHECK(medium_put("mm1/flash.img", "primary.itb", "nothing") == -ENOENT);
	CHECK(medium_put("mm1/flash.img", "a name", "image") == -EINVAL);
	CHECK(medium_settle("nothing") == -ENOENT && medium_settle("image") == -EUCLEAN);
	/* another module, never in a chassis, and the first one again */
	image[FLASH_SECONDARY] = NULL;
	vc.opt.flash.no_journal = true;
	CHECK(!blockstore_write(BLOCKSTORE_NEW, &vc.opt.flash, true, image, "image"));
	CHECK(!medium_settle(BLOCKSTORE_NEW));
	CHECK(store_change(1, "SN2", "SN3") == 0 && in_medium("secondary.itb", 'i'));
	CHECK(store_change(1, "SN3", "SN2") == 0 && in_medium("secondary.itb", 'o'));
	CHECK(access(BLOCKSTORE_NEW, F_OK) && !access("flash/SN3.img", F_OK));
}

static const struct {
	void (*run)(void);
	const char *name;
} tests[] = {
	{ test_rom, "S-083: all at a console see the boot ROM, and what one types reaches it" },
	{ test_session, "a session begins when Linux answers, and the next with a key" },
	{ test_restart, "clients stay over a restart: the ROM first, then a new session" },
	{ test_pace, "a script's line waits for a prompt, and its output is plain text" },
	{ test_fill, "blank flash is filled from the image, and only blank flash" },
	{ test_corrupt, "S-173: bytes of one image are turned over, and back" },
	{ test_serials, "a module that comes back brings its own flash" },
	{ test_block,
	  "a flash that is a block device is made, filled, written and changed from outside" },
};

static void clean(void)
{
	static const char *const made[] = { "image",
					    "other",
					    "large",
					    "got",
					    "mm1/flash.img",
					    "flash/SN3.img",
					    "mm1/serial.log",
					    "mm1/flash/primary.itb",
					    "mm1/flash",
					    "flash/SN1/primary.itb",
					    "flash/SN1",
					    "flash",
					    "mm2/flash",
					    "mm2",
					    "mm1" };

	for (size_t i = 0; i < ARRAY_SIZE(made); i++)
		if (remove(made[i]))
			printf("# %s: %s\n", made[i], strerror(errno));
}

int main(void)
{
	char dir[] = "/tmp/vchassis-test.XXXXXX";

	if (!mkdtemp(dir) || chdir(dir) || mkdir("mm1", 0755))
		return 1;
	clock_start();
	agent.line.fd = -1;
	if (loop_init() || serial_init(&serial, &agent, 1))
		return 1;
	printf("TAP version 13\n1..%zu\n", ARRAY_SIZE(tests));
	for (size_t i = 0; i < ARRAY_SIZE(tests); i++) {
		test_ok = true;
		tests[i].run();
		printf("%sok %d - vchassis: %s\n", test_ok ? "" : "not ", ++number, tests[i].name);
		failed += !test_ok;
	}
	clean();
	if (chdir("/") || rmdir(dir))
		return 1;
	return failed != 0;
}
