// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tests flash.c: the boot environment with everything that may stand in its
 * file, and that a file is the old or the new one, whole, while it is replaced
 * by one writer, by two, and by one that is killed. Output is TAP.
 *
 *	flash_test DIRECTORY
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <compiler.h>
#include "../flash.h"

static unsigned int tests, failed;
static char dir[2048], file[FLASH_PATH_MAX];

static void check(bool ok, const char *name)
{
	printf("%sok %u - flash: %s\n", ok ? "" : "not ", ++tests, name);
	fflush(stdout);
	if (!ok)
		failed++;
}

static void need(bool ok, const char *what)
{
	if (ok)
		return;
	printf("Bail out! %s\n", what);
	exit(1);
}

static void put(const char *name, const char *text)
{
	char path[FLASH_PATH_MAX];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	need(f && fputs(text, f) >= 0 && !fclose(f), path);
}

/* ---- names ------------------------------------------------------------------------ */

static void test_names(void)
{
	enum flash_which which = FLASH_PRIMARY;
	char buf[16];

	setenv("REDUND_FLASH", "/x", 1);
	check(!strcmp(flash_dir(), "/x"), "REDUND_FLASH names another directory");
	unsetenv("REDUND_FLASH");
	check(!strcmp(flash_dir(), "/flash"), "the flash is /flash");
	check(flash_value("secondary", &which) && which == FLASH_SECONDARY &&
		      !flash_value("Primary", &which) && !flash_value("", &which),
	      "primary and secondary, and no other word");
	check(!flash_path("/x", FLASH_PRIMARY, buf, sizeof(buf)) && !strcmp(buf, "/x/primary.itb"),
	      "the file of an image");
	check(flash_path("/xx", FLASH_SECONDARY, buf, sizeof(buf)) == -ENAMETOOLONG,
	      "a path that has no room");
}

/* ---- boot.env ----------------------------------------------------------------------- */

static bool is_default(const struct boot_env *e)
{
	return e->default_image == FLASH_PRIMARY && !e->once && e->timeout_s == 1 && !e->fastboot;
}

static void test_env(void)
{
	struct boot_env e, again;

	check(!boot_env_read(dir, &e) && is_default(&e), "without boot.env there are defaults");
	e.default_image = FLASH_SECONDARY;
	e.timeout_s = 30;
	e.fastboot = true;
	check(!boot_env_write(dir, &e) && !boot_env_read(dir, &again) &&
		      again.default_image == FLASH_SECONDARY && again.timeout_s == 30 &&
		      again.fastboot && !again.once && boot_env_image(&again) == FLASH_SECONDARY,
	      "what is written is read");
	check(!boot_next_write(dir, FLASH_PRIMARY) && !boot_env_write(dir, &e) &&
		      !boot_env_read(dir, &again) && again.once &&
		      boot_env_image(&again) == FLASH_PRIMARY &&
		      again.default_image == FLASH_SECONDARY,
	      "one boot from another image leaves the default");
	check(!boot_next_remove(dir) && !boot_next_remove(dir) && !boot_env_read(dir, &again) &&
		      !again.once && boot_env_image(&again) == FLASH_SECONDARY,
	      "the boot after it takes the default again");
	put("boot.env", "default=secondary\nfuture=a b=c\ntimeout=0");
	need(!boot_env_read(dir, &e), "boot.env");
	e.timeout_s = 3;
	check(!boot_env_write(dir, &e) && !boot_env_read(dir, &again) && again.timeout_s == 3 &&
		      !strcmp(again.other, "future=a b=c\n"),
	      "lines of a later release stay");
}

static void test_env_damaged(void)
{
	static const char *const lines[] = {
		"default=third", "default",   "=primary",   "timeout=-1",
		"timeout=3601",	 "timeout=",  "timeout=1x", "next",
		"fastboot=2",	 "fastboot=", "x=\033",	    "timeout= 1",
	};
	struct boot_env e;
	char text[3000];
	unsigned int i, bad = 0;

	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		snprintf(text, sizeof(text), "%s\n", lines[i]);
		put("boot.env", text);
		if (boot_env_read(dir, &e) != -EBADMSG || !is_default(&e) || e.other[0])
			bad++;
		snprintf(text, sizeof(text), "%s\ndefault=secondary\n", lines[i]);
		put("boot.env", text);
		if (boot_env_read(dir, &e) != -EBADMSG || e.default_image != FLASH_SECONDARY)
			bad++;
	}
	check(!bad, "a line that is not understood is told, the others count");
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	put("boot.env", text);
	check(boot_env_read(dir, &e) == -EBADMSG && is_default(&e), "a boot.env without an end");
	text[0] = 'x';
	text[1] = '=';
	text[600] = '\0';
	put("boot.env", text);
	check(boot_env_read(dir, &e) == -EBADMSG && !e.other[0], "a line that has no room");
}

static void test_next_damaged(void)
{
	static const char *const texts[] = { "",	   "\n",
					     "third\n",	   "primary\nsecondary\n",
					     "primary=\n", "Primary" };
	struct boot_env e;
	unsigned int i, bad = 0;
	char text[300];

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		put("boot.next", texts[i]);
		bad += boot_env_read(dir, &e) != -EBADMSG || e.once;
	}
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	put("boot.next", text);
	bad += boot_env_read(dir, &e) != -EBADMSG || e.once;
	check(!bad, "a boot.next that is not understood is told and has no effect");
	need(!boot_next_remove(dir), "boot.next");
}

static void test_env_random(void)
{
	static const char set[] = "default=primary\nsecondary\nnext=timeout=1fastboot=0=\n\n\0\xff";
	unsigned int i, n, bad = 0;
	struct boot_env e;
	char text[2100];
	int err;

	srand(4711);
	for (i = 0; i < 2000; i++) {
		size_t len = rand() % sizeof(text);
		char path[FLASH_PATH_MAX];
		FILE *f;

		for (n = 0; n < len; n++)
			text[n] = set[rand() % sizeof(set)];
		snprintf(path, sizeof(path), "%s/boot.env", dir);
		f = fopen(path, "w");
		need(f && fwrite(text, 1, len, f) == len && !fclose(f), path);
		err = boot_env_read(dir, &e);
		if ((err && err != -EBADMSG) || e.timeout_s > BOOT_TIMEOUT_MAX)
			bad++;
	}
	check(!bad, "2000 boot.env of random bytes do no harm");
}

static void test_rom(void)
{
	char buf[ROM_VERSION_MAX];

	check(!rom_version(dir, buf)[0], "no boot ROM has told its version");
	put("rom.version", "K.15.01\n");
	check(!strcmp(rom_version(dir, buf), "K.15.01"), "the boot ROM's version");
	put("rom.version", "K\033[2J\n");
	check(!strcmp(rom_version(dir, buf), "K?[2J"), "what cannot be printed is not");
	put("rom.version", "0123456789012345678901234567890123456789");
	check(!rom_version(dir, buf)[0], "a version that is none");
}

/* ---- durable replacement -------------------------------------------------------------- */

#define CONTENT 20000

/* Replaces the file for ever, each content of one letter. */
static void writer(char first)
{
	static char content[CONTENT];
	char c;

	for (c = first;; c = c == first + 9 ? first : c + 1) {
		memset(content, c, sizeof(content));
		if (flash_replace(file, content, sizeof(content)))
			_exit(1);
	}
}

/* Return: whether the file is one content, whole. */
static bool whole(void)
{
	static char buf[CONTENT + 1];
	int n = flash_read(file, buf, sizeof(buf));

	return n == CONTENT && strspn(buf, (char[]){ buf[0], '\0' }) == CONTENT;
}

static pid_t start(char first)
{
	pid_t pid = fork();

	need(pid >= 0, "fork");
	if (!pid)
		writer(first);
	return pid;
}

static bool stop(pid_t pid)
{
	int status;

	kill(pid, SIGKILL);
	need(waitpid(pid, &status, 0) == pid, "waitpid");
	return WIFSIGNALED(status);
}

static void test_replace(void)
{
	static char content[CONTENT];
	struct timespec pause = { .tv_nsec = 0 };
	unsigned int i, bad = 0;
	char small[4];
	struct stat st;
	pid_t a, b;

	check(flash_replace(file, "", 0) == 0 && !stat(file, &st) && !st.st_size,
	      "a file of no bytes");
	memset(content, 'z', sizeof(content));
	check(!flash_replace(file, content, sizeof(content)) && whole(), "a file is replaced");
	a = start('a');
	b = start('A');
	for (i = 0; i < 2000; i++)
		bad += !whole();
	if (!stop(a) || !stop(b))
		bad++;
	check(!bad, "read while two write: each time one of the contents, whole");
	for (i = 0, bad = 0; i < 50; i++) {
		a = start('a');
		pause.tv_nsec = 100000 + i * 97003;
		nanosleep(&pause, NULL);
		if (!stop(a) || !whole())
			bad++;
	}
	check(!bad, "the writer killed 50 times: the old or the new content, whole");
	check(!flash_replace(file, "xy", 2) && flash_read(file, small, sizeof(small)) == 2 &&
		      !strcmp(small, "xy") && flash_read(file, small, 2) == -EFBIG && !small[0],
	      "after all that it can be replaced");
	check(flash_replace("/nonexistent/x", "", 0) == -ENOENT, "no such directory");
	check(!flash_remove(file) && !flash_remove(file), "a file is removed, once or twice");
}

/* How many files the directory holds besides boot.env and rom.version. */
static void test_leftovers(void)
{
	char command[FLASH_PATH_MAX + 64];
	FILE *p;
	int n = -1;

	snprintf(command, sizeof(command), "ls '%s' | grep -cv -e boot.env -e rom.version", dir);
	p = popen(command, "r");
	need(p && fscanf(p, "%d", &n) == 1, command);
	pclose(p);
	check(n == 0, "nothing is left over");
}

int main(int argc, char **argv)
{
	need(argc > 1, "usage: flash_test DIRECTORY");
	snprintf(dir, sizeof(dir), "%.1024s/flash_test.XXXXXX", argv[1]);
	need(mkdtemp(dir), dir);
	snprintf(file, sizeof(file), "%s/file", dir);
	printf("TAP version 13\n");
	test_names();
	test_env();
	test_env_damaged();
	put("boot.env", "");
	test_next_damaged();
	test_env_random();
	test_rom();
	test_replace();
	test_leftovers();
	printf("1..%u\n", tests);
	snprintf(file, sizeof(file), "rm -rf '%s'", dir);
	return system(file) || failed ? 1 : 0;
}
