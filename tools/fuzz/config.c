// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Hostile configuration files. What was taken of one is written as a text that
 * reads the same without a bad line, and the commands that lead to it from the
 * defaults do so.
 */
#include <stdlib.h>
#include <string.h>
#include "../lib/config.h"
#include "fuzz.h"

const char *const fuzz_words[] = { "no ",
				   "hostname ",
				   "banner motd ",
				   "\"",
				   "\\n",
				   "logging ",
				   "2001:db8::1",
				   " tcp",
				   " udp",
				   " port 65535",
				   "console mode ansi\n",
				   "console baud-rate ",
				   "speed-sense",
				   "console inactivity-timer ",
				   "redundancy management-module\n",
				   "redundancy fabric-module 2 ",
				   "redundancy heartbeat interval 4294967295 misses 2\n",
				   "enable",
				   "disable",
				   "on-loss hold\n",
				   "fastboot\n",
				   "front-panel-security ",
				   "password-clear",
				   "factory-reset",
				   "password-recovery",
				   ";",
				   "#",
				   "\n",
				   NULL };

static unsigned int told;

static void bad(void *data, unsigned int number, const char *line, const char *why)
{
	MUST(number > told && line && why[0] && strlen(why) < CONFIG_WHY_MAX);
	told = number;
	++*(unsigned int *)data;
}

/* Texts end, what says how many is right. */
static void check_config(const struct config *c)
{
	unsigned int i;

	MUST(strnlen(c->hostname, sizeof(c->hostname)) <= CONFIG_HOSTNAME_MAX);
	MUST(strnlen(c->banner, sizeof(c->banner)) <= CONFIG_BANNER_MAX);
	MUST(fuzz_printable(c->hostname) && fuzz_printable(c->banner));
	MUST(c->log_servers <= CONFIG_LOG_SERVERS && c->inactivity_min <= CONFIG_TIMER_MAX);
	for (i = 0; i < c->log_servers; i++)
		MUST(c->log[i].address[0] && fuzz_printable(c->log[i].address));
	MUST(!(c->said & ~CONFIG_DRIVER));
}

static void check_text(const struct config *c)
{
	static char text[CONFIG_TEXT_MAX], again_text[CONFIG_TEXT_MAX], diff[CONFIG_TEXT_MAX];
	struct config again, from;
	unsigned int bads = 0;
	char why[CONFIG_WHY_MAX], *line, *at;

	MUST(config_render(c, "J8715A", "K.15.02", text) < sizeof(text));
	told = 0;
	MUST(!config_parse(text, &again, bad, &bads) && !bads);
	config_render(&again, "J8715A", "K.15.02", again_text);
	MUST(!strcmp(text, again_text));
	MUST(!config_diff(c, &again, diff) && !diff[0]);
	/* from the defaults, command by command */
	config_defaults(&from);
	config_diff(&from, c, diff);
	for (at = diff; (line = strsep(&at, "\n"));)
		MUST(!config_line(&from, line, why));
	config_render(&from, "J8715A", "K.15.02", again_text);
	MUST(!strcmp(text, again_text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = fuzz_copy(data, len, true);
	unsigned int bads = 0;
	struct config c;

	told = 0;
	MUST(config_parse(text, &c, bad, &bads) == (int)bads);
	check_config(&c);
	check_text(&c);
	free(text);
	return 0;
}
