// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tests config.c and config_files.c: every command of a configuration with good
 * and bad values, that text and commands carry a configuration unchanged, the
 * files with writers that meet and writers that are killed. Output is TAP.
 *
 *	config_test DIRECTORY
 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <compiler.h>
#include "../config.h"

#define RANDOM_CONFIGS 400
#define KILLS	       60

static unsigned int tests, failed;
static char dir[1024];

__printf(2, 3) static bool check(bool ok, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %u - config: ", ok ? "" : "not ", ++tests);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
	failed += !ok;
	return ok;
}

static void need(bool ok, const char *what)
{
	if (ok)
		return;
	printf("Bail out! %s\n", what);
	exit(1);
}

/* ---- words and values ------------------------------------------------------------------ */

static bool splits(const char *text, unsigned int n, const char *w0, const char *w1)
{
	const char *words[CONFIG_WORDS_MAX];
	char line[CONFIG_LINE_MAX], why[CONFIG_WHY_MAX];

	snprintf(line, sizeof(line), "%s", text);
	return config_words(line, words, why) == (int)n && (n < 1 || !strcmp(words[0], w0)) &&
	       (n < 2 || !strcmp(words[1], w1));
}

static void test_words(void)
{
	const char *words[CONFIG_WORDS_MAX];
	char why[CONFIG_WHY_MAX], many[64];

	check(splits("  a\t b  \r\n", 2, "a", "b"), "blanks separate words");
	check(splits("a \"b c\"", 2, "a", "b c") && splits("\"\" \"\"", 2, "", "") &&
		      splits("x\"y z\"w", 1, "xy zw", NULL),
	      "quotes keep blanks in a word");
	check(splits("a\\\\\"b c\"", 1, "a\\\\b c", NULL) &&
		      splits("\"a\\\"b\\\\c\\n\"", 1, "a\"b\\c\\n", NULL),
	      "a backslash takes the meaning from \" and \\ only, and only in quotes");
	check(splits("; a b", 0, NULL, NULL) && splits(" # a", 0, NULL, NULL) &&
		      splits("", 0, NULL, NULL) && splits("a;b #c", 2, "a;b", "#c"),
	      "comments have no words");
	snprintf(many, sizeof(many), "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17");
	check(config_words(many, words, why) == -EINVAL, "too many words are refused");
	snprintf(many, sizeof(many), "a \"b c");
	check(config_words(many, words, why) == -EINVAL, "quotes without end are refused");
	snprintf(many, sizeof(many), "a \x1b[2J");
	check(config_words(many, words, why) == -EINVAL, "control characters are refused");
}

static const struct {
	const char *line;
	int err;
	const char *why; /* a part of the refusal */
} lines[] = {
	{ "hostname \"Core Switch 1\"", 0, NULL },
	{ "hostname 1234567890123456789012345", 0, NULL },
	{ "hostname 12345678901234567890123456", -EINVAL, "1 to 25" },
	{ "hostname \"\"", -EINVAL, "1 to 25" },
	{ "hostname \" a\"", -EINVAL, "1 to 25" },
	{ "hostname -x", -EINVAL, "no - in front" },
	{ "hostname a\xc3\xa4", -EINVAL, "printable" },
	{ "hostname", -EINVAL, "NAME" },
	{ "hostname a b", -EINVAL, "NAME" },
	{ "no hostname", 0, NULL },
	{ "banner motd \"Authorized access only\\nAll else is logged\"", 0, NULL },
	{ "banner motd \"\"", -EINVAL, "1 to 320" },
	{ "banner", -ENOENT, "banner" },
	{ "no banner motd", 0, NULL },
	{ "no banner motd x", -EINVAL, "end of the command" },
	{ "console mode ansi", 0, NULL },
	{ "console mode vt220", -EINVAL, "vt100, ansi or none" },
	{ "no console mode", -EINVAL, "no form with no" },
	{ "console baud-rate 115200", 0, NULL },
	{ "console baud-rate 0", -EINVAL, "speed-sense" },
	{ "console baud-rate 9601", -EINVAL, "9600" },
	{ "console baud-rate 09600", 0, NULL },
	{ "console baud-rate 99999999999999999999", -EINVAL, "9600" },
	{ "console flow-control xon/xoff", 0, NULL },
	{ "console flow-control hardware", -EINVAL, "xon/xoff or none" },
	{ "console inactivity-timer 120", 0, NULL },
	{ "console inactivity-timer 121", -EINVAL, "120 minutes" },
	{ "console inactivity-timer -1", -EINVAL, "120 minutes" },
	{ "logging 10.28.227.1", 0, NULL },
	{ "logging 2001:db8::1 tcp port 6514", 0, NULL },
	{ "logging syslog.example.com udp", 0, NULL },
	{ "logging 10.28.227.1 port 1", 0, NULL },
	{ "logging 10.28.227.300", -EINVAL, "address" },
	{ "logging a..b", -EINVAL, "address" },
	{ "logging \"a;reboot\"", -EINVAL, "address" },
	{ "logging", -EINVAL, "address" },
	{ "logging h tcp port 0", -EINVAL, "1 to 65535" },
	{ "logging h tcp port 65536", -EINVAL, "1 to 65535" },
	{ "logging h sctp", -EINVAL, "udp|tcp" },
	{ "logging h tcp port", -EINVAL, "udp|tcp" },
	{ "no logging h", 0, NULL },
	{ "no logging h tcp", -EINVAL, "ADDRESS" },
	{ "front-panel-security password-clear", 0, NULL },
	{ "no front-panel-security factory-reset", 0, NULL },
	{ "front-panel-security all", -ENOENT, "front-panel-security" },
	{ "fastboot", 0, NULL },
	{ "no fastboot now", -EINVAL, "end of the command" },
	{ "redundancy management-module", 0, NULL },
	{ "no redundancy management-module", 0, NULL },
	{ "redundancy fabric-module 2 disable", 0, NULL },
	{ "redundancy fabric-module 3 disable", -EINVAL, "1 or 2" },
	{ "redundancy fabric-module 1 off", -EINVAL, "enable or disable" },
	{ "redundancy heartbeat interval 100 misses 5", 0, NULL },
	{ "redundancy heartbeat interval x misses 5", -EINVAL, "interval MS" },
	{ "redundancy switchover", -ENOENT, "no command of a configuration" },
	{ "boot system", -ENOENT, "no command of a configuration" },
	{ "no", -ENOENT, "no command" },
};

static void test_lines(void)
{
	char why[CONFIG_WHY_MAX], long_line[CONFIG_LINE_MAX + 40];
	struct config was, c;
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		config_defaults(&c);
		was = c;
		why[0] = '\0';
		err = config_line(&c, lines[i].line, why);
		if (!check(err == lines[i].err && (!err || strstr(why, lines[i].why)) &&
				   (!err || !memcmp(&c, &was, sizeof(c))),
			   "`%s' is %s", i == 6 ? "hostname a..." : lines[i].line,
			   lines[i].err ? "refused and changes nothing" : "taken"))
			printf("# %d %s\n", err, why);
	}
	memset(long_line, 'a', sizeof(long_line));
	memcpy(long_line, "hostname ", 9);
	long_line[sizeof(long_line) - 1] = '\0';
	check(config_line(&c, long_line, why) == -EINVAL, "a line that is too long is refused");
}

static void test_servers(void)
{
	char why[CONFIG_WHY_MAX], line[64];
	struct config c;
	unsigned int i;

	config_defaults(&c);
	for (i = 0; i < CONFIG_LOG_SERVERS; i++) {
		snprintf(line, sizeof(line), "logging host%u", i);
		need(!config_line(&c, line, why), line);
	}
	check(config_line(&c, "logging host9", why) == -ENOSPC && strstr(why, "6"),
	      "a seventh syslog server is refused");
	check(!config_line(&c, "logging HOST2 tcp port 99", why) &&
		      c.log_servers == CONFIG_LOG_SERVERS && c.log[2].tcp && c.log[2].port == 99,
	      "one that is there already changes");
	check(!config_line(&c, "no logging host0", why) && c.log_servers == 5 &&
		      !strcmp(c.log[0].address, "host1") && !strcmp(c.log[4].address, "host5"),
	      "the others stay when one goes");
	check(!config_line(&c, "no logging host0", why) && c.log_servers == 5,
	      "one that is not there is not removed");
}

static const char golden[] = "; J9091A Configuration Editor; Created on release #K.15.01\n"
			     "hostname \"ProCurve Switch 8212zl\"\n"
			     "banner motd \"a \\\"quoted\\\" word\\\\nand a new line\"\n"
			     "console inactivity-timer 20\n"
			     "logging 10.28.227.1 udp port 514\n"
			     "logging 2001:db8::1 tcp port 6514\n"
			     "no front-panel-security password-clear\n"
			     "fastboot\n"
			     "redundancy fabric-module 1 enable\n"
			     "redundancy fabric-module 2 disable\n"
			     "redundancy heartbeat interval 100 misses 5\n"
			     "redundancy heartbeat on-loss hold\n"
			     "no redundancy management-module\n";

static void count_bad(void *data, unsigned int number, const char *line, const char *why)
{
	*(unsigned int *)data = *(unsigned int *)data * 10 + number;
}

static void test_text(void)
{
	char text[CONFIG_TEXT_MAX];
	unsigned int bad = 0;
	struct config c;

	check(!config_parse(golden, &c, NULL, NULL) &&
		      !strcmp(c.banner, "a \"quoted\" word\\nand a new line") && c.fastboot &&
		      !c.redundancy && !c.fabric[1] && c.hold && c.said == CONFIG_DRIVER,
	      "a configuration is read");
	config_render(&c, "J9091A", "K.15.01", text);
	if (!check(!strcmp(text, golden), "it is written as it was read, in the fixed order"))
		printf("# %s\n", text);
	config_defaults(&c);
	check(!config_render(&c, NULL, NULL, text) && !text[0],
	      "what is as by default is left out");
	check(config_parse("fastboot\r\n\nbogus\nhostname x\n\x01\nlogging h h\nbanner motd \"end",
			   &c, count_bad, &bad) == 4 &&
		      bad == 3567 && c.fastboot && !strcmp(c.hostname, "x") && !c.banner[0],
	      "bad lines are counted by their numbers, the others are taken");
}

static void test_hostname(void)
{
	char buf[CONFIG_HOSTNAME_MAX + 1];
	struct config c;

	config_defaults(&c);
	check(!strcmp(config_hostname(&c, "ProCurve J9092A Management Module 8200zl", buf),
		      "ProCurve"),
	      "S-029: without a name the prompt has the first word of the description");
	check(!strcmp(config_hostname(&c, "", buf), "switch") &&
		      strlen(config_hostname(&c, "0123456789012345678901234567890", buf)) ==
			      CONFIG_HOSTNAME_MAX,
	      "an EEPROM without, and with too long a word");
}

/* ---- any configuration ---------------------------------------------------------------------- */

static unsigned int any(unsigned int n)
{
	return (unsigned int)random() % n;
}

static void any_text(char *to, unsigned int max)
{
	unsigned int i, n = 1 + any(max);

	for (i = 0; i < n; i++)
		to[i] = (i && i < n - 1 ? ' ' : '!') + any(i && i < n - 1 ? 95 : 94);
	if (to[0] == '-')
		to[0] = '"';
	to[n] = '\0';
}

static void any_config(struct config *c)
{
	static const uint32_t bauds[] = { 0, 1200, 9600, 115200 };
	unsigned int i;

	config_defaults(c);
	if (any(2))
		any_text(c->hostname, CONFIG_HOSTNAME_MAX);
	if (any(2))
		any_text(c->banner, any(2) ? 10 : CONFIG_BANNER_MAX);
	for (i = 0; i < CONFIG_LOG_SERVERS; i++) {
		if (any(2))
			continue;
		snprintf(c->log[c->log_servers].address, sizeof(c->log[0].address), "10.0.0.%u",
			 i + any(3) * 10);
		c->log[c->log_servers].tcp = any(2);
		c->log[c->log_servers++].port = 1 + any(65535);
	}
	c->mode = any(3);
	c->baud = bauds[any(4)];
	c->xon_xoff = any(2);
	c->inactivity_min = any(CONFIG_TIMER_MAX + 1);
	c->factory_reset = any(2);
	c->password_clear = any(2);
	c->password_recovery = any(2);
	c->fastboot = any(2);
	c->said = CONFIG_DRIVER;
	c->redundancy = any(2);
	c->fabric[0] = any(2);
	c->fabric[1] = any(2) || !c->fabric[0];
	c->interval_ms = 5 + any(995);
	c->misses = 2 + any(18);
}

/* Carries commands out one by one. Return: false when one is refused or leaves no fabric. */
static bool carry_out(struct config *c, char *commands)
{
	char *line, *save, why[CONFIG_WHY_MAX];

	for (line = strtok_r(commands, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (config_line(c, line, why) || !(c->fabric[0] || c->fabric[1])) {
			printf("# %s: %s\n", line, why);
			return false;
		}
	}
	return true;
}

static void test_any(void)
{
	char text[CONFIG_TEXT_MAX], again[CONFIG_TEXT_MAX];
	bool round = true, diff = true, some = true;
	struct config a, b, c;
	unsigned int i;

	for (i = 0; i < RANDOM_CONFIGS; i++) {
		any_config(&a);
		any_config(&b);
		config_render(&a, "J9091A", "K.15.01", text);
		round &= !config_parse(text, &c, NULL, NULL);
		config_render(&c, "J9091A", "K.15.01", again);
		round &= !strcmp(text, again) && !config_diff(&a, &c, again);
		config_diff(&a, &b, text);
		c = a;
		diff &= carry_out(&c, text) && !config_diff(&c, &b, text);
		b.said = any(16);
		c = a;
		if (!(b.said & CONFIG_FABRIC ? b.fabric[0] : a.fabric[0]) &&
		    !(b.said & CONFIG_FABRIC << 1 ? b.fabric[1] : a.fabric[1]))
			continue; /* no commands can do that */
		config_diff(&a, &b, text);
		some &= carry_out(&c, text) &&
			(b.said & CONFIG_REDUNDANCY || c.redundancy == a.redundancy) &&
			(b.said & CONFIG_HEARTBEAT || c.misses == a.misses);
	}
	check(round, "%u configurations survive text and back", RANDOM_CONFIGS);
	check(diff, "their differences are commands that make one of the other, %s",
	      "and one fabric module is enabled all the time");
	check(some, "what a configuration does not say of the driver's settings stays");
}

static void test_garbage(void)
{
	char text[4096];
	struct config c;
	unsigned int i, n;
	int bad = 0;

	for (i = 0; i < 300; i++) {
		for (n = 0; n < sizeof(text) - 1; n++)
			text[n] = any(12) ? "logginghostname \"\\ 0129:.-\n"[any(27)] :
					    1 + any(255);
		text[n] = '\0';
		if (any(2))
			memcpy(text + any(4000), golden, 90);
		bad += config_parse(text, &c, NULL, NULL);
	}
	check(bad > 1000, "garbage is refused, line by line");
}

/* ---- files ----------------------------------------------------------------------------------- */

static int set(const char *line, char *why)
{
	const char *words[CONFIG_WORDS_MAX];
	char copy[CONFIG_LINE_MAX];
	int n;

	snprintf(copy, sizeof(copy), "%s", line);
	n = config_words(copy, words, why);
	return n < 0 ? n : config_set(words, n, why);
}

static void test_running(void)
{
	char why[CONFIG_WHY_MAX] = "";
	struct boot_env env;
	struct config c;

	check(!config_get(&c) && !c.hostname[0] && c.password_clear && !c.fastboot && !c.said,
	      "without files: the defaults");
	check(set("hostname A", why) == 1 && set("hostname A", why) == 0 &&
		      set("logging 10.0.0.1", why) == 1 && set("hostname", why) == -EINVAL &&
		      !config_get(&c) && !strcmp(c.hostname, "A") && c.log_servers == 1,
	      "settings are kept, and nothing is written that is so already");
	check(set("no redundancy management-module", why) == -EINVAL,
	      "the driver's settings are not kept here");
	check(set("fastboot", why) == 1 && !boot_env_read(flash_dir(), &env) && env.fastboot &&
		      !config_get(&c) && c.fastboot && set("no fastboot", why) == 1 &&
		      !boot_env_read(flash_dir(), &env) && !env.fastboot,
	      "S-226: fastboot is in the boot environment, and comes from there");
	need(!flash_replace(config_running_path(), "hostname B\n\x01\n", 13), "running-config");
	check(config_get(&c) == -EBADMSG && !strcmp(c.hostname, "B"),
	      "a damaged file: what can be read counts");
	check(set("no hostname", why) == 1 && !config_get(&c) && !c.hostname[0],
	      "the next change makes it whole");
}

/* Writers at the same time: none loses what another wrote. */
static void test_together(void)
{
	char why[CONFIG_WHY_MAX], line[64];
	bool ok = true;
	struct config c;
	unsigned int i, n;
	int status;

	set("no logging 10.0.0.1", why);
	for (i = 0; i < CONFIG_LOG_SERVERS; i++) {
		if (fork())
			continue;
		snprintf(line, sizeof(line), "logging 10.0.1.%u", i);
		for (n = 0; n < 20; n++) {
			snprintf(line, sizeof(line), "logging 10.0.1.%u port %u", i, 100 + n);
			if (set(line, why) < 0)
				_exit(1);
		}
		_exit(0);
	}
	while (wait(&status) > 0)
		ok &= !status;
	ok &= !config_get(&c) && c.log_servers == CONFIG_LOG_SERVERS;
	for (i = 0; i < c.log_servers; i++)
		ok &= c.log[i].port == 119;
	check(ok, "six programs change the running configuration at once, none is lost");
}

static void test_assign(void)
{
	char path[CONFIG_PATH_MAX], why[CONFIG_WHY_MAX];

	check(config_assigned(FLASH_PRIMARY) == 1 && config_assigned(FLASH_SECONDARY) == 1,
	      "S-206: config1 is assigned when nothing is said");
	check(!config_assign(FLASH_SECONDARY, 3, why) && config_assigned(FLASH_PRIMARY) == 1 &&
		      config_assigned(FLASH_SECONDARY) == 3 &&
		      strstr(config_stored_path(FLASH_SECONDARY, path), "/config/config3"),
	      "S-206: a file is assigned to an image");
	check(config_startup(FLASH_SECONDARY) == 3 && !config_set_startup(2, why) &&
		      config_startup(FLASH_SECONDARY) == 2,
	      "the file in use is the one that was read");
	snprintf(path, sizeof(path), "%s/config/assign", flash_dir());
	need(!flash_replace(path, "primary=config9\nsecondary\n=\x02", 28), path);
	check(config_assigned(FLASH_PRIMARY) == 1 && config_assigned(FLASH_SECONDARY) == 1,
	      "a damaged assignment reads as config1");
	check(config_number("config3") == 3 && !config_number("config0") &&
		      !config_number("config10") && !config_number("../etc/passwd") &&
		      !config_number(NULL),
	      "config1 to config3, and no other name");
}

static void test_redundancy_line(void)
{
	static const char before[] = "; mine\nhostname A\nredundancy management-module\n"
				     "what is this\nno redundancy management-module\nfastboot";
	static const char after[] = "; mine\nhostname A\nno redundancy management-module\n"
				    "what is this\nfastboot\n";
	char text[CONFIG_TEXT_MAX], why[CONFIG_WHY_MAX], path[CONFIG_PATH_MAX];

	need(!config_store(2, before, why), why);
	/* the last of two counts when it is read: disabled */
	check(config_store_redundancy(2, true, why) == 1 &&
		      config_store_redundancy(2, false, why) == 1 &&
		      config_load(2, text, why) > 0 && !strcmp(text, after),
	      "S-066: the redundancy setting is put in, every other line stays");
	check(config_store_redundancy(2, false, why) == 0,
	      "S-066: nothing is written when it says so");
	check(config_store_redundancy(3, false, why) == 1 && config_load(3, text, why) > 0 &&
		      !strcmp(text, "no redundancy management-module\n"),
	      "S-066: a file that is not there is made");
	need(!flash_replace(config_path(3, path), "host\0name", 9), path);
	check(config_store_redundancy(3, false, why) == -EBADMSG &&
		      config_load(3, text, why) == -EBADMSG && strstr(why, "config3"),
	      "a file with a zero byte is damaged and stays as it is");
	memset(text, 'x', sizeof(text));
	need(!flash_replace(config_path(3, path), text, sizeof(text)), path);
	check(config_load(3, text, why) == -EFBIG, "one that is too long is refused");
}

/* Kills a writer of two texts at any moment. */
static void test_kill(void)
{
	char one[CONFIG_TEXT_MAX], two[CONFIG_TEXT_MAX], text[CONFIG_TEXT_MAX], why[CONFIG_WHY_MAX];
	struct timespec pause = { 0 };
	unsigned int i, first = 0;
	bool ok = true;
	struct config c;
	pid_t pid;

	any_config(&c);
	config_render(&c, "J9091A", "K.15.01", one);
	any_config(&c);
	config_render(&c, "J9091A", "K.15.02", two);
	need(!config_store(1, one, why), why);
	for (i = 0; i < KILLS && ok; i++) {
		pid = fork();
		if (!pid)
			for (;;)
				if (config_store(1, two, why) || config_store(1, one, why))
					_exit(1);
		pause.tv_nsec = any(20000000);
		nanosleep(&pause, NULL);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		ok = config_load(1, text, why) > 0 && (!strcmp(text, one) || !strcmp(text, two));
		first += !strcmp(text, one);
	}
	if (!check(ok, "a writer is killed %u times: the old text or the new one, whole", KILLS))
		printf("# %s\n%s\n", why, text);
	printf("# the one text %u times, the other %u times\n", first, i - first);
}

int main(int argc, char **argv)
{
	char path[1100];

	need(argc == 2 && strlen(argv[1]) < sizeof(dir) - 64, "usage: config_test DIRECTORY");
	snprintf(dir, sizeof(dir), "%s/config_test.XXXXXX", argv[1]);
	need(mkdtemp(dir), "no directory");
	snprintf(path, sizeof(path), "%s/run", dir);
	setenv("REDUND_RUN", path, 1);
	snprintf(path, sizeof(path), "%s/flash", dir);
	setenv("REDUND_FLASH", path, 1);
	need(!mkdir(path, 0755), path);
	srandom(1);
	test_words();
	test_lines();
	test_servers();
	test_text();
	test_hostname();
	test_any();
	test_garbage();
	test_running();
	test_together();
	test_assign();
	test_redundancy_line();
	test_kill();
	printf("1..%u\n", tests);
	snprintf(path, sizeof(path), "rm -r '%s'", dir);
	return (system(path) || failed) ? 1 : 0;
}
