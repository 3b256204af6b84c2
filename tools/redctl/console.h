/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the interactive console share. */
#ifndef REDCTL_CONSOLE_H
#define REDCTL_CONSOLE_H

#include <sys/types.h>
#include "redctl.h"

#define PROMPT_MAX 64
#define NEWS_MAX   160

struct edit;

/**
 * struct console - one session
 * @start: the command line that began it
 * @link: its own connection, for the prompt; ->rd is NULL without a driver
 * @slot: of this module, 0 not known
 * @role: of this module, valid with the connection
 * @description: of this module
 * @context: prompt of an active module
 * @prompt: as it stands now
 * @idle_s: the session ends after that time without a key, 0 never
 * @xon_xoff: flow control of its line
 * @baud: speed of its line, 0 as it is
 * @admitted: whoever uses it was asked for the password, or need not be
 * @operator_only: only what shows something
 * @edit: the line editor, NULL when input or output is no terminal
 */
struct console {
	const struct ctx *start;
	struct ctx link;
	unsigned int slot, role;
	char description[65];
	enum console_context context;
	char prompt[PROMPT_MAX];
	unsigned int idle_s;
	bool xon_xoff;
	unsigned int baud;
	bool admitted, operator_only;
	struct edit *edit;
};

/** console_news() - look at the driver and set the prompt
 * @c: console
 * @text: one sentence
 *
 * Return: whether there is something to say: the role changed, the driver came
 * or went.
 */
bool console_news(struct console *c, char text[NEWS_MAX]);

/** console_fd() - readable when there may be news; -1 without a driver */
int console_fd(const struct console *c);

/** console_ended() - whether the session was ended from outside (kill, SIGTERM) */
bool console_ended(void);

/* console_edit.c: lines typed at a terminal */
struct edit *edit_open(struct console *c);
void edit_close(struct edit *e);

/** edit_line() - one line
 * @e: editor
 * @text: set to its bytes, not terminated, valid until the next call
 *
 * Return: their number; -1 at the end of input.
 */
ssize_t edit_line(struct edit *e, const char **text);

/* console_line.c: the terminal's line */
/**
 * console_line() - flow control and speed as they are configured now
 * @c: console
 *
 * Call it while no line is being edited: the editor keeps settings of its own.
 */
void console_line(const struct console *c);
/* The line as it was found. */
void console_line_end(void);

/* console_login.c */
/**
 * console_login() - ask for the password where one is set, once
 * @c: console of the active module
 *
 * Return: false: the session ends.
 */
bool console_login(struct console *c);

/** console_operator() - may the operator use a command?
 * @cmd: command
 */
bool console_operator(const struct command *cmd);

/* console_help.c: what may follow, for the keys ? and TAB. */
/**
 * console_help() - print what may follow a part of a line
 * @out: where to
 * @text: the line up to the cursor
 * @len: its length
 */
void console_help(FILE *out, const char *text, size_t len);

/**
 * console_complete() - the rest of the word at the cursor
 * @out: where the choices are printed when there are several
 * @text: the line up to the cursor
 * @len: its length
 * @insert: what is to be inserted, "" nothing
 * @size: of @insert
 *
 * Return: number of words that it may become.
 */
unsigned int console_complete(FILE *out, const char *text, size_t len, char *insert, size_t size);

#endif /* REDCTL_CONSOLE_H */
