/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of redctl share: how a command registers itself, what it is
 * given, and how it ends. Each command is in one file, cmd_NAME.c.
 */
#ifndef REDCTL_H
#define REDCTL_H

#include <stdbool.h>
#include <stdint.h>
#include "../lib/redund.h"
#include "out.h"

/* Exit status of redctl and showredund; a contract. */
enum status {
	STATUS_DONE,	  /* done */
	STATUS_REFUSED,	  /* refused, cancelled or rolled back */
	STATUS_USAGE,	  /* wrong words or options; several instances and no -d */
	STATUS_NO_DRIVER, /* no driver, or no such instance */
	STATUS_TIME_OUT,  /* not decided within the time allowed */
};

/* Options a command takes besides -d, -j and --help. */
enum {
	OPT_YES = 1 << 0,
	OPT_CHECK = 1 << 1,
	OPT_FORCE = 1 << 2,
	OPT_TIMEOUT = 1 << 3,
	OPT_REVERSE = 1 << 4,
	OPT_WATCH = 1 << 5,    /* shown again with every change */
	OPT_ALL = 1 << 6,      /* show log -a */
	OPT_SEVERITY = 1 << 7, /* show log --severity WORD */
	OPT_MATCH = 1 << 8,    /* show log --match TEXT */
};

/* struct command.flags */
enum {
	CMD_LOCAL = 1 << 0,   /* runs without a driver: no session is opened */
	CMD_STANDBY = 1 << 1, /* allowed on the standby's console (S-030) */
	CMD_CONSOLE = 1 << 2, /* only in the interactive console: exit, configure... */
};

struct options {
	unsigned int given; /* OPT_* */
	bool json, help;
	const char *device;	/* "redund0" or NULL */
	unsigned int timeout_s; /* valid with OPT_TIMEOUT */
	unsigned int watch_s;	/* with OPT_WATCH: also after that time, 0 no */
	const char *severity, *match;
};

struct ctx {
	const char *prog; /* for messages: "redctl" or "showredund" */
	struct options opt;
	struct out out;
	struct rd *rd;	  /* NULL until session_open() */
	int instance;	  /* valid with it */
	bool given_words; /* the program's name stands for the first words */
	bool failed;	  /* fail() has reported the cause */
	bool console;	  /* typed at the interactive console */
};

#define ARGS_MAX 6

/* The linker lays the commands of all files one behind the other: one stride. */
#define REDCTL_ALIGNED __aligned(64)

/**
 * struct command - one command
 * @syntax: its words, see parse.c
 * @summary: one line for `redctl help`
 * @help: what `redctl help COMMAND` prints below the syntax
 * @options: OPT_* it takes
 * @flags: CMD_*
 * @run: does it; @args are the words for the syntax' <...> in order, NULL for
 *	 an optional one that was not given. Return: enum status
 */
struct command {
	const char *syntax;
	const char *summary;
	const char *help;
	unsigned int options, flags;
	int (*run)(struct ctx *ctx, const char *const args[ARGS_MAX]);
} REDCTL_ALIGNED;

/* Registers a command: the linker collects them, main.c finds them. */
#define COMMAND(name) static const struct command cmd_##name __used __section("redctl_cmds")

extern const struct command __start_redctl_cmds[], __stop_redctl_cmds[];

/* parse.c */
#define PARSE_TEXT_MAX 512
/**
 * parse_command() - find the command that the words name
 * @words: words without options
 * @n: their number
 * @args: the words of its <...>
 * @problem: on failure: which word is wrong and what is expected in its place
 *
 * Return: the command, or NULL.
 */
const struct command *parse_command(const char *const words[], unsigned int n,
				    const char *args[ARGS_MAX], char problem[PARSE_TEXT_MAX]);

/**
 * parse_expected() - the words that may follow, each once, ", " between
 * @words: words without options
 * @n: their number
 * @list: fixed words, and the names of free arguments as <NAME>; empty: none
 */
void parse_expected(const char *const words[], unsigned int n, char list[PARSE_TEXT_MAX]);

/**
 * parse_begins() - whether the words are the beginning of a syntax
 * @syntax: of a command
 * @words: words
 * @n: their number
 *
 * Return: true when they are.
 */
bool parse_begins(const char *syntax, const char *const words[], unsigned int n);

/* help.c */
/**
 * help_words() - the page of the command that the words begin; the list of several
 * @ctx: context
 * @words: words
 * @n: their number, 0: all commands
 *
 * Return: enum status
 */
int help_words(struct ctx *ctx, const char *const words[], unsigned int n);

/* fail.c: how a command ends that did not do what was asked. */
/**
 * fail() - say why, on standard error and in JSON
 * @ctx: context
 * @status: enum status
 * @reason: stable word, listed in Documentation/redund/commands.rst
 * @fmt: one sentence
 *
 * Return: @status
 */
__printf(4, 5) int fail(struct ctx *ctx, int status, const char *reason, const char *fmt, ...);

/**
 * fail_with() - fail() with the specification's text and the not-ready reasons
 * @ctx: context
 * @status: enum status
 * @reason: stable word
 * @chapter: text that the specification prints (standard output), or NULL
 * @not_ready: REDUND_NOT_READY_* bits
 * @fmt: one sentence
 *
 * Return: @status
 */
__printf(6, 7) int fail_with(struct ctx *ctx, int status, const char *reason, const char *chapter,
			     uint32_t not_ready, const char *fmt, ...);

/* ask.c */
/**
 * ask() - the question of a command that changes something
 * @ctx: context; -y answers yes without asking
 * @question: as the specification wraps it, without the blank after it
 *
 * Return: true for y; false for n and end of input, when fail() has been
 * called with the reason "cancelled" and the command returns STATUS_REFUSED.
 */
bool ask(struct ctx *ctx, const char *question);

/* showredund's main() too: @first are words put before the user's */
int redctl_main(const char *prog, const char *const first[], int argc, char **argv);

#endif /* REDCTL_H */
