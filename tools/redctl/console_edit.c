// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lines typed at a terminal: libedit with the keys ?, TAB and Ctrl-C, a history
 * of the session, and news about the role above a prompt drawn anew while it
 * waits for a key. Bytes that are no ASCII reach the parser, which refuses them.
 */
#include <errno.h>
#include <histedit.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "console.h"
#include "parse.h"
#include "session.h"

#define HISTORY_LINES 100
#define NOT_ASCII     0x100 /* beyond the keys that can be bound; the low byte counts */
#define LOOK_MS	      2000  /* without a message: is the driver back? */

struct edit {
	struct console *console;
	EditLine *el;
	HistoryW *history;
	long long key_ms; /* when the last key came */
	char line[LINE_BYTES + 2];
};

static volatile sig_atomic_t resized;

static void on_resize(int sig)
{
	resized = 1;
}

static struct edit *edit_of(EditLine *el)
{
	struct edit *e;

	el_get(el, EL_CLIENTDATA, &e);
	return e;
}

/* One line above the prompt, which may be another one now. */
static void say(struct edit *e, const char *text)
{
	const char *term = getenv("TERM");
	bool dumb = !term || !strcmp(term, "dumb");

	printf("%s%s\r\n", dumb ? "\r\n" : "\r\033[K", text);
	fflush(stdout);
	el_set(e->el, EL_REFRESH);
}

/* Waits for a key or for news. Return: as poll(). */
static int wait_key(struct edit *e)
{
	struct pollfd fds[2] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = console_fd(e->console), .events = POLLIN },
	};
	char text[NEWS_MAX];
	int n = poll(fds, 2, LOOK_MS);

	if (n < 0)
		return n;
	if (fds[0].revents)
		return 1;
	if (console_news(e->console, text))
		say(e, text);
	return 0;
}

static bool idle(const struct edit *e)
{
	unsigned int limit = e->console->idle_s;

	return limit && now_ms() - e->key_ms >= limit * 1000LL;
}

/*
 * Every byte is a character of its own; those above ASCII are none of libedit's
 * meta keys but are inserted, shown as numbers, and refused with the line.
 * Return: 1, 0 at the end of input.
 */
static int get_key(EditLine *el, wchar_t *key)
{
	struct edit *e = edit_of(el);
	unsigned char byte;
	ssize_t n;

	while (!console_ended() && !idle(e)) {
		if (resized) {
			resized = 0;
			el_resize(el);
		}
		n = wait_key(e);
		if (n > 0)
			n = read(STDIN_FILENO, &byte, 1);
		else if (n == 0)
			continue;
		if (n == 1) {
			*key = byte < 0x80 ? byte : NOT_ASCII + byte;
			e->key_ms = now_ms();
			return 1;
		}
		if (n == 0 || (errno != EINTR && errno != EAGAIN))
			return 0;
	}
	return 0;
}

static char *prompt(EditLine *el)
{
	return edit_of(el)->console->prompt;
}

/* The line up to @end as bytes. Return: their number. */
static size_t bytes(struct edit *e, const wchar_t *from, const wchar_t *end)
{
	size_t len = end - from, i;

	if (len > sizeof(e->line))
		len = sizeof(e->line); /* that is too long already */
	for (i = 0; i < len; i++)
		e->line[i] = (char)from[i];
	return len;
}

static size_t up_to_cursor(struct edit *e)
{
	const LineInfoW *at = el_wline(e->el);

	return bytes(e, at->buffer, at->cursor);
}

static unsigned char key_help(EditLine *el, wint_t key)
{
	struct edit *e = edit_of(el);
	char problem[PARSE_TEXT_MAX];
	size_t len = up_to_cursor(e);
	static struct line line;

	if (line_split(&line, e->line, len, problem) && line.open) {
		el_winsertstr(el, L"?");
		return CC_REFRESH;
	}
	fputs("?\r\n", stdout);
	console_help(stdout, e->line, len);
	fflush(stdout);
	return CC_REDISPLAY;
}

static unsigned char key_complete(EditLine *el, wint_t key)
{
	struct edit *e = edit_of(el);
	size_t len = up_to_cursor(e), i;
	char insert[SPELLING_MAX + 2];
	wchar_t wide[SPELLING_MAX + 2];
	unsigned int found = console_complete(stdout, e->line, len, insert, sizeof(insert));

	fflush(stdout);
	if (!found)
		return CC_ERROR;
	if (!insert[0])
		return CC_REDISPLAY;
	for (i = 0; i <= strlen(insert); i++)
		wide[i] = insert[i];
	el_winsertstr(el, wide);
	return CC_REFRESH;
}

/* Ctrl-C: another line. */
static unsigned char key_cancel(EditLine *el, wint_t key)
{
	const LineInfoW *at = el_wline(el);

	fputs("^C\r\n", stdout);
	fflush(stdout);
	el_cursor(el, at->lastchar - at->cursor);
	el_deletestr(el, at->lastchar - at->buffer);
	return CC_REDISPLAY;
}

static void bind_keys(EditLine *el)
{
	el_set(el, EL_EDITOR, "emacs");
	el_wset(el, EL_ADDFN, L"console-help", L"what may follow", key_help);
	el_wset(el, EL_ADDFN, L"console-complete", L"complete the word", key_complete);
	el_wset(el, EL_ADDFN, L"console-cancel", L"cancel the line", key_cancel);
	el_set(el, EL_BIND, "?", "console-help", NULL);
	el_set(el, EL_BIND, "^I", "console-complete", NULL);
	el_set(el, EL_BIND, "^C", "console-cancel", NULL);
	/* Ctrl-C is a key while a line is edited, and a signal while a command runs */
	el_set(el, EL_SETTY, "-d", "-isig", NULL);
}

struct edit *edit_open(struct console *c)
{
	/* a write goes on behind it; poll() is interrupted all the same */
	struct sigaction action = { .sa_handler = on_resize, .sa_flags = SA_RESTART };
	struct edit *e = calloc(1, sizeof(*e));
	HistEventW event;

	if (!e)
		return NULL;
	e->console = c;
	e->el = el_init("redctl", stdin, stdout, stderr);
	e->history = history_winit();
	if (!e->el || !e->history) {
		edit_close(e);
		return NULL;
	}
	el_set(e->el, EL_CLIENTDATA, e);
	el_set(e->el, EL_PROMPT, prompt);
	el_set(e->el, EL_GETCFN, get_key);
	history_w(e->history, &event, H_SETSIZE, HISTORY_LINES);
	history_w(e->history, &event, H_SETUNIQUE, 1);
	el_wset(e->el, EL_HIST, history_w, e->history);
	bind_keys(e->el);
	sigaction(SIGWINCH, &action, NULL);
	return e;
}

void edit_close(struct edit *e)
{
	if (!e)
		return;
	if (e->el)
		el_end(e->el);
	if (e->history)
		history_wend(e->history);
	free(e);
}

ssize_t edit_line(struct edit *e, const char **text)
{
	const wchar_t *line;
	HistEventW event;
	int count = 0;

	e->key_ms = now_ms();
	/* before the prompt is there: what is typed at once is not echoed twice */
	el_set(e->el, EL_PREP_TERM, 1);
	line = el_wgets(e->el, &count);
	if (!line || count <= 0) {
		printf("\n%s", idle(e) ? "The session has ended: no key was typed.\n" : "");
		return -1;
	}
	if (line[wcsspn(line, L" \t\r\n")])
		history_w(e->history, &event, H_ENTER, line);
	*text = e->line;
	return bytes(e, line, line + count);
}
