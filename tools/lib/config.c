// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns the items of a configuration: how each is read from a command, written
 * as one, and what it is when nothing is said. Touches no file.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <compiler.h>
#include "config.h"

static const char *const modes[] = { "vt100", "ansi", "none" };
static const uint32_t bauds[] = { 0, 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200 };

__printf(3, 4) static int bad(char *why, int err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, CONFIG_WHY_MAX, fmt, ap);
	va_end(ap);
	return err;
}

static bool printable(const char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

/* ---- words ------------------------------------------------------------------------ */

/* Takes one word of @at off, in place. Return: what follows it, NULL: no end of quotes. */
static char *take_word(char *at, char *word)
{
	bool quoted = false;

	for (; *at && (quoted || (*at != ' ' && *at != '\t')); at++) {
		if (*at == '"')
			quoted = !quoted;
		else if (quoted && *at == '\\' && (at[1] == '"' || at[1] == '\\'))
			*word++ = *++at;
		else
			*word++ = *at;
	}
	if (*at)
		at++;
	*word = '\0';
	return quoted ? NULL : at;
}

int config_words(char *line, const char *words[CONFIG_WORDS_MAX], char why[CONFIG_WHY_MAX])
{
	char *at = line + strspn(line, " \t");
	unsigned int n = 0;

	at[strcspn(at, "\r\n")] = '\0';
	if (*at == ';' || *at == '#')
		return 0;
	for (; *at; at += strspn(at, " \t")) {
		char *word = at;

		if (n == CONFIG_WORDS_MAX)
			return bad(why, -EINVAL, "more than %u words", CONFIG_WORDS_MAX);
		at = take_word(at, word);
		if (!at)
			return bad(why, -EINVAL, "quotes without end");
		if (!printable(word))
			return bad(why, -EINVAL, "a character that is not printable ASCII");
		words[n++] = word;
	}
	return n;
}

/* ---- a text that grows, CONFIG_TEXT_MAX bytes ----------------------------------------- */

struct text {
	char *buf;
	size_t len;
};

__printf(2, 3) static void add(struct text *t, const char *fmt, ...)
{
	size_t room = CONFIG_TEXT_MAX - t->len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t->buf + t->len, room, fmt, ap);
	va_end(ap);
	t->len += n < 0 ? 0 : (size_t)n < room ? (size_t)n : room - 1;
}

/* As one word, whatever it holds. */
static void add_quoted(struct text *t, const char *word)
{
	add(t, "\"");
	for (; *word; word++)
		add(t, *word == '"' || *word == '\\' ? "\\%c" : "%c", *word);
	add(t, "\"");
}

/* ---- items ------------------------------------------------------------------------------ */

/**
 * struct item - what one command sets
 * @words: its first words
 * @args: words after them, for the refusal; "": none
 * @no_args: the same of its form with `no', NULL: it has none
 * @take: reads it; @args are the words after @words
 * @put: writes the command that makes it as it is, defaults too
 * @said: CONFIG_* bit, it is the driver's; 0: it is not
 */
struct item {
	const char *words, *args, *no_args;
	int (*take)(struct config *c, const char *const args[], unsigned int n, bool no, char *why);
	void (*put)(const struct config *c, struct text *t);
	unsigned int said;
};

static bool number(const char *word, uint32_t min, uint32_t max, uint32_t *value)
{
	unsigned long v;
	char *end;

	if (*word < '0' || *word > '9' || strlen(word) > 10)
		return false;
	v = strtoul(word, &end, 10);
	if (*end || v < min || v > max)
		return false;
	*value = v;
	return true;
}

static int take_hostname(struct config *c, const char *const args[], unsigned int n, bool no,
			 char *why)
{
	size_t len = no ? 0 : strlen(args[0]);

	if (!no && (!len || len > CONFIG_HOSTNAME_MAX || !printable(args[0]) ||
		    strchr(" -", args[0][0]) || args[0][len - 1] == ' '))
		return bad(why, -EINVAL, "a host name has 1 to %u printable ASCII characters, %s",
			   CONFIG_HOSTNAME_MAX, "no blank at an end and no - in front");
	snprintf(c->hostname, sizeof(c->hostname), "%s", no ? "" : args[0]);
	return 0;
}

static void put_hostname(const struct config *c, struct text *t)
{
	if (!c->hostname[0]) {
		add(t, "no hostname");
		return;
	}
	add(t, "hostname ");
	add_quoted(t, c->hostname);
}

static int take_banner(struct config *c, const char *const args[], unsigned int n, bool no,
		       char *why)
{
	if (!no && (!args[0][0] || args[0][0] == '-' || strlen(args[0]) > CONFIG_BANNER_MAX ||
		    !printable(args[0])))
		return bad(why, -EINVAL, "a banner has 1 to %u printable ASCII characters, %s",
			   CONFIG_BANNER_MAX, "no - in front; \\n in it begins a new line");
	snprintf(c->banner, sizeof(c->banner), "%s", no ? "" : args[0]);
	return 0;
}

static void put_banner(const struct config *c, struct text *t)
{
	if (!c->banner[0]) {
		add(t, "no banner motd");
		return;
	}
	add(t, "banner motd ");
	add_quoted(t, c->banner);
}

static int take_mode(struct config *c, const char *const args[], unsigned int n, bool no, char *why)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		if (!strcmp(args[0], modes[i])) {
			c->mode = i;
			return 0;
		}
	}
	return bad(why, -EINVAL, "console mode `%.40s'; expected: vt100, ansi or none", args[0]);
}

static void put_mode(const struct config *c, struct text *t)
{
	add(t, "console mode %s", modes[c->mode]);
}

static int take_baud(struct config *c, const char *const args[], unsigned int n, bool no, char *why)
{
	uint32_t value = 0;
	unsigned int i;
	bool ok = !strcmp(args[0], "speed-sense") || number(args[0], 1, 115200, &value);

	for (i = 0; ok && i < ARRAY_SIZE(bauds); i++) {
		if (value == bauds[i]) {
			c->baud = value;
			return 0;
		}
	}
	return bad(why, -EINVAL, "baud rate `%.40s'; expected: %s", args[0],
		   "speed-sense, 1200, 2400, 4800, 9600, 19200, 38400, 57600 or 115200");
}

static void put_baud(const struct config *c, struct text *t)
{
	if (c->baud)
		add(t, "console baud-rate %u", c->baud);
	else
		add(t, "console baud-rate speed-sense");
}

static int take_flow(struct config *c, const char *const args[], unsigned int n, bool no, char *why)
{
	bool on = !strcmp(args[0], "xon/xoff");

	if (!on && strcmp(args[0], "none"))
		return bad(why, -EINVAL, "flow control `%.40s'; expected: xon/xoff or none",
			   args[0]);
	c->xon_xoff = on;
	return 0;
}

static void put_flow(const struct config *c, struct text *t)
{
	add(t, "console flow-control %s", c->xon_xoff ? "xon/xoff" : "none");
}

static int take_timer(struct config *c, const char *const args[], unsigned int n, bool no,
		      char *why)
{
	if (!number(args[0], 0, CONFIG_TIMER_MAX, &c->inactivity_min))
		return bad(why, -EINVAL,
			   "inactivity timer `%.40s'; expected: 0 (never) to %u minutes", args[0],
			   CONFIG_TIMER_MAX);
	return 0;
}

static void put_timer(const struct config *c, struct text *t)
{
	add(t, "console inactivity-timer %u", c->inactivity_min);
}

static int take_factory(struct config *c, const char *const args[], unsigned int n, bool no,
			char *why)
{
	c->factory_reset = !no;
	return 0;
}

static void put_factory(const struct config *c, struct text *t)
{
	add(t, "%sfront-panel-security factory-reset", c->factory_reset ? "" : "no ");
}

static int take_clear(struct config *c, const char *const args[], unsigned int n, bool no,
		      char *why)
{
	c->password_clear = !no;
	return 0;
}

static void put_clear(const struct config *c, struct text *t)
{
	add(t, "%sfront-panel-security password-clear", c->password_clear ? "" : "no ");
}

static int take_recovery(struct config *c, const char *const args[], unsigned int n, bool no,
			 char *why)
{
	c->password_recovery = !no;
	return 0;
}

static void put_recovery(const struct config *c, struct text *t)
{
	add(t, "%sfront-panel-security password-recovery", c->password_recovery ? "" : "no ");
}

static int take_fastboot(struct config *c, const char *const args[], unsigned int n, bool no,
			 char *why)
{
	c->fastboot = !no;
	return 0;
}

static void put_fastboot(const struct config *c, struct text *t)
{
	add(t, "%sfastboot", c->fastboot ? "" : "no ");
}

static int take_fabric(struct config *c, const char *const args[], unsigned int n, bool no,
		       char *why)
{
	uint32_t id;
	bool on = !strcmp(args[1], "enable");

	if (!number(args[0], 1, 2, &id) || (!on && strcmp(args[1], "disable")))
		return bad(why, -EINVAL, "fabric module `%.20s %.20s'; expected: 1 or 2, %s",
			   args[0], args[1], "and enable or disable");
	c->fabric[id - 1] = on;
	c->said |= CONFIG_FABRIC << (id - 1);
	return 0;
}

static void put_fabric(const struct config *c, unsigned int id, struct text *t)
{
	add(t, "redundancy fabric-module %u %s", id, c->fabric[id - 1] ? "enable" : "disable");
}

static void put_fabric1(const struct config *c, struct text *t)
{
	put_fabric(c, 1, t);
}

static void put_fabric2(const struct config *c, struct text *t)
{
	put_fabric(c, 2, t);
}

/* The driver's limits depend on the controller: only numbers here. */
static int take_heartbeat(struct config *c, const char *const args[], unsigned int n, bool no,
			  char *why)
{
	uint32_t interval, misses;

	if (!number(args[0], 1, 60000, &interval) || strcmp(args[1], "misses") ||
	    !number(args[2], 1, 1000, &misses))
		return bad(why, -EINVAL, "heartbeat; expected: interval MS misses N");
	c->interval_ms = interval;
	c->misses = misses;
	c->said |= CONFIG_HEARTBEAT;
	return 0;
}

static void put_heartbeat(const struct config *c, struct text *t)
{
	add(t, "redundancy heartbeat interval %u misses %u", c->interval_ms, c->misses);
}

static int take_loss(struct config *c, const char *const args[], unsigned int n, bool no, char *why)
{
	c->hold = !strcmp(args[0], "hold");
	if (!c->hold && strcmp(args[0], "takeover"))
		return bad(why, -EINVAL, "on-loss `%.40s'; expected: takeover, hold", args[0]);
	c->said |= CONFIG_LOSS;
	return 0;
}

static void put_loss(const struct config *c, struct text *t)
{
	add(t, "redundancy heartbeat on-loss %s", c->hold ? "hold" : "takeover");
}

static int take_redundancy(struct config *c, const char *const args[], unsigned int n, bool no,
			   char *why)
{
	c->redundancy = !no;
	c->said |= CONFIG_REDUNDANCY;
	return 0;
}

static void put_redundancy(const struct config *c, struct text *t)
{
	add(t, "%sredundancy management-module", c->redundancy ? "" : "no ");
}

static int take_logging(struct config *c, const char *const args[], unsigned int n, bool no,
			char *why);

/* In the order in which they are written and applied. */
static const struct item items[] = {
	{ "hostname", "NAME", "", take_hostname, put_hostname, 0 },
	{ "banner motd", "TEXT", "", take_banner, put_banner, 0 },
	{ "console mode", "MODE", NULL, take_mode, put_mode, 0 },
	{ "console baud-rate", "RATE", NULL, take_baud, put_baud, 0 },
	{ "console flow-control", "xon/xoff|none", NULL, take_flow, put_flow, 0 },
	{ "console inactivity-timer", "MINUTES", NULL, take_timer, put_timer, 0 },
	{ "logging", NULL, "ADDRESS", take_logging, NULL, 0 },
	{ "front-panel-security factory-reset", "", "", take_factory, put_factory, 0 },
	{ "front-panel-security password-clear", "", "", take_clear, put_clear, 0 },
	{ "front-panel-security password-recovery", "", "", take_recovery, put_recovery, 0 },
	{ "fastboot", "", "", take_fastboot, put_fastboot, 0 },
	{ "redundancy fabric-module", "1|2 enable|disable", NULL, take_fabric, put_fabric1,
	  CONFIG_FABRIC },
	{ NULL, NULL, NULL, NULL, put_fabric2, CONFIG_FABRIC << 1 },
	{ "redundancy heartbeat interval", "MS misses N", NULL, take_heartbeat, put_heartbeat,
	  CONFIG_HEARTBEAT },
	{ "redundancy heartbeat on-loss", "takeover|hold", NULL, take_loss, put_loss, CONFIG_LOSS },
	{ "redundancy management-module", "", "", take_redundancy, put_redundancy,
	  CONFIG_REDUNDANCY },
};

/* ---- syslog servers ---------------------------------------------------------------------- */

/* An IP address, or a host name (RFC 1123); digits and dots alone are no name. */
static bool address_ok(const char *word)
{
	static const char name[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
	unsigned char ip[16];
	size_t len = strlen(word);

	if (inet_pton(AF_INET, word, ip) == 1 || inet_pton(AF_INET6, word, ip) == 1)
		return true;
	return len && len < sizeof(((struct config_log_server *)NULL)->address) &&
	       strspn(word, name) == len && strspn(word, "0123456789.") != len &&
	       !strchr("-.", word[0]) && !strchr("-.", word[len - 1]) && !strstr(word, "..");
}

static struct config_log_server *find_server(const struct config *c, const char *address)
{
	unsigned int i;

	for (i = 0; i < c->log_servers; i++)
		if (!strcasecmp(c->log[i].address, address))
			return (struct config_log_server *)&c->log[i];
	return NULL;
}

/* [udp|tcp] [port N] */
static int take_transport(struct config_log_server *s, const char *const args[], unsigned int n,
			  char *why)
{
	uint32_t port = CONFIG_LOG_PORT;
	unsigned int i = 0;

	s->tcp = n && !strcmp(args[0], "tcp");
	if (n && (s->tcp || !strcmp(args[0], "udp")))
		i++;
	if (i + 2 == n && !strcmp(args[i], "port")) {
		if (!number(args[i + 1], 1, 65535, &port))
			return bad(why, -EINVAL, "port `%.40s'; expected: 1 to 65535", args[i + 1]);
		i += 2;
	}
	if (i != n)
		return bad(why, -EINVAL, "logging: expected: ADDRESS [udp|tcp] [port N]");
	s->port = port;
	return 0;
}

static int take_logging(struct config *c, const char *const args[], unsigned int n, bool no,
			char *why)
{
	struct config_log_server *s, server = { .tcp = false };
	int err;

	if (!n || !address_ok(args[0]))
		return bad(why, -EINVAL, "syslog server `%.40s'; expected: %s", n ? args[0] : "",
			   "an IPv4 or IPv6 address or a host name of at most 63 characters");
	s = find_server(c, args[0]);
	if (no) {
		if (!s)
			return 0;
		memmove(s, s + 1, (char *)&c->log[c->log_servers] - (char *)(s + 1));
		c->log_servers--;
		return 0;
	}
	snprintf(server.address, sizeof(server.address), "%s", args[0]);
	err = take_transport(&server, args + 1, n - 1, why);
	if (err)
		return err;
	if (!s && c->log_servers == CONFIG_LOG_SERVERS)
		return bad(why, -ENOSPC, "there are %u syslog servers already, the most",
			   CONFIG_LOG_SERVERS);
	*(s ? s : &c->log[c->log_servers++]) = server;
	return 0;
}

static void put_server(const struct config_log_server *s, struct text *t)
{
	add(t, "logging %s %s port %u\n", s->address, s->tcp ? "tcp" : "udp", s->port);
}

/* The servers of @c that @other does not have like that. */
static void put_servers(const struct config *c, const struct config *other, struct text *t)
{
	const struct config_log_server *s;
	unsigned int i;

	for (i = 0; i < c->log_servers; i++) {
		s = find_server(other, c->log[i].address);
		if (!s || s->tcp != c->log[i].tcp || s->port != c->log[i].port)
			put_server(&c->log[i], t);
	}
}

/* Those to be removed come first: there may be no room for new ones before. */
static void diff_servers(const struct config *from, const struct config *to, struct text *t)
{
	unsigned int i;

	for (i = 0; i < from->log_servers; i++)
		if (!find_server(to, from->log[i].address))
			add(t, "no logging %s\n", from->log[i].address);
	put_servers(to, from, t);
}

/* ---- the whole ------------------------------------------------------------------------------ */

void config_defaults(struct config *c)
{
	memset(c, 0, sizeof(*c));
	c->mode = CONFIG_VT100;
	c->factory_reset = true;
	c->password_clear = true;
	c->password_recovery = true;
}

/* How many of the words are those of @item, 0: others. */
static unsigned int begins(const struct item *item, const char *const words[], unsigned int n)
{
	const char *at = item->words;
	unsigned int i;

	for (i = 0; at && *at; i++) {
		size_t len = strcspn(at, " ");

		if (i == n || strlen(words[i]) != len || strncmp(words[i], at, len))
			return 0;
		at += len + strspn(at + len, " ");
	}
	return at ? i : 0;
}

static unsigned int count_words(const char *text)
{
	unsigned int n = *text ? 1 : 0;

	for (; *text; text++)
		n += *text == ' ';
	return n;
}

static int take(struct config *c, const struct item *item, const char *const args[], unsigned int n,
		bool no, char *why)
{
	const char *want = no ? item->no_args : item->args;

	if (no && !want)
		return bad(why, -EINVAL, "`%s' has no form with no", item->words);
	if (want && count_words(want) != n)
		return bad(why, -EINVAL, "`%s%s': expected: %s", no ? "no " : "", item->words,
			   *want ? want : "end of the command");
	return item->take(c, args, n, no, why);
}

int config_command(struct config *c, const char *const words[], unsigned int n,
		   char why[CONFIG_WHY_MAX])
{
	bool no = n && !strcmp(words[0], "no");
	unsigned int i, used;

	if (no) {
		words++;
		n--;
	}
	for (i = 0; i < ARRAY_SIZE(items); i++) {
		used = begins(&items[i], words, n);
		if (used)
			return take(c, &items[i], words + used, n - used, no, why);
	}
	return bad(why, -ENOENT, "`%.40s' is no command of a configuration", n ? words[0] : "");
}

int config_line(struct config *c, const char *line, char why[CONFIG_WHY_MAX])
{
	const char *words[CONFIG_WORDS_MAX];
	char buf[CONFIG_LINE_MAX];
	int n;

	if (strlen(line) >= sizeof(buf))
		return bad(why, -EINVAL, "a line has at most %u characters", CONFIG_LINE_MAX - 1);
	memcpy(buf, line, strlen(line) + 1);
	n = config_words(buf, words, why);
	return n > 0 ? config_command(c, words, n, why) : n;
}

int config_parse(const char *text, struct config *c,
		 void (*tell)(void *data, unsigned int number, const char *line, const char *why),
		 void *data)
{
	char line[CONFIG_LINE_MAX + 1], why[CONFIG_WHY_MAX];
	unsigned int count = 0, bad_lines = 0;
	size_t len;

	config_defaults(c);
	for (; *text; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		count++;
		/* one that is too long stays too long */
		snprintf(line, sizeof(line), "%.*s", (int)len, text);
		if (!config_line(c, line, why))
			continue;
		bad_lines++;
		if (tell)
			tell(data, count, line, why);
	}
	return bad_lines;
}

static void line_of(const struct item *item, const struct config *c, char line[CONFIG_TEXT_MAX])
{
	struct text t = { .buf = line };

	line[0] = '\0';
	item->put(c, &t);
}

/* The line of @to when it is not that of @from. */
static void diff_item(const struct item *item, const struct config *from, const struct config *to,
		      struct text *t)
{
	static __thread char was[CONFIG_TEXT_MAX], is[CONFIG_TEXT_MAX];

	if (!item->put) {
		diff_servers(from, to, t);
		return;
	}
	if (item->said && !(to->said & item->said))
		return;
	line_of(item, from, was);
	line_of(item, to, is);
	if (strcmp(was, is) || (item->said && !(from->said & item->said)))
		add(t, "%s\n", is);
}

size_t config_render(const struct config *c, const char *part, const char *version, char *buf)
{
	struct text t = { .buf = buf };
	struct config defaults;
	unsigned int i;

	buf[0] = '\0';
	if (part && version)
		add(&t, "; %s Configuration Editor; Created on release #%s\n", part, version);
	/* it says nothing of the driver: what @c says of it differs */
	config_defaults(&defaults);
	for (i = 0; i < ARRAY_SIZE(items); i++)
		diff_item(&items[i], &defaults, c, &t);
	return t.len;
}

/* A fabric module is enabled before the other is disabled: one has to be. */
static bool fabric_swapped(const struct config *from, const struct config *to)
{
	return to->said & CONFIG_FABRIC << 1 && to->fabric[1] && !from->fabric[1];
}

size_t config_diff(const struct config *from, const struct config *to, char *buf)
{
	const struct config *base = from;
	struct text t = { .buf = buf };
	struct config early = *from;
	unsigned int i;

	buf[0] = '\0';
	if (fabric_swapped(from, to)) {
		put_fabric(to, 2, &t);
		add(&t, "\n");
		early.fabric[1] = true;
		early.said |= CONFIG_FABRIC << 1;
		base = &early;
	}
	for (i = 0; i < ARRAY_SIZE(items); i++)
		diff_item(&items[i], base, to, &t);
	return t.len;
}
