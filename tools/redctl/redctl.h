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
	OPT_DISCARD = 1 << 9,  /* redundancy switchover --discard */
	OPT_TO = 1 << 10,      /* redundancy switchover --to mm1|mm2 */
	OPT_ALONE = 1 << 31,   /* in the table of options: without a command */
};

/* struct command.flags */
enum {
	CMD_LOCAL = 1 << 0,   /* runs without a driver: no session is opened */
	CMD_STANDBY = 1 << 1, /* allowed on the standby's console (S-030) */
	CMD_CONSOLE = 1 << 2, /* only in the interactive console: exit, configure... */
	CMD_POLLED = 1 << 3,  /* --watch looks often: what it shows is not the driver's */
};

struct options {
	unsigned int given; /* OPT_* */
	bool json, help, version;
	bool assume_yes;	/* of a whole batch: as -y where a command takes it */
	const char *complete;	/* --complete: "words" or "options" */
	const char *file;	/* -f */
	const char *device;	/* "redund0" or NULL */
	unsigned int timeout_s; /* valid with OPT_TIMEOUT */
	unsigned int watch_s;	/* with OPT_WATCH: also after that time, 0 no */
	const char *severity, *match;
	unsigned int to; /* valid with OPT_TO: 1 or 2 */
};

struct ctx;

/* A program on this table: redctl, or showredund for one command of it. */
struct program {
	const char *name;	  /* for messages */
	const char *const *first; /* words before the user's; NULL: none */
	/* without words; -f FILE; NULL: not of this program. Return: enum status */
	int (*console)(struct ctx *ctx);
	int (*batch)(struct ctx *ctx);
};

/* The prompt that the console goes on with. */
enum console_context {
	CONTEXT_EXEC,	/* NAME# */
	CONTEXT_CONFIG, /* NAME(config)# */
	CONTEXT_LEFT,	/* the session has ended */
};

struct ctx {
	const char *prog; /* its name, for messages */
	const struct program *program;
	struct options opt;
	struct out out;
	struct rd *rd;		      /* NULL until session_open() */
	int instance;		      /* valid with it */
	bool failed;		      /* the document is out, or fail() has reported the cause */
	bool quiet;		      /* fail() says nothing */
	unsigned int affected;	      /* for fail(): bit N: it is in force on module N */
	bool console;		      /* typed at the interactive console */
	enum console_context context; /* valid with it */
};

#define ARGS_MAX	6
#define OPTIONS_BAD_MAX 256

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

/**
 * ask_answer() - a question of which both answers go on
 * @ctx: context; -y answers yes without asking
 * @question: as for ask()
 *
 * Return: 'y', 'n', or EOF at the end of input and for Ctrl-C
 */
int ask_answer(struct ctx *ctx, const char *question);

/* options.c */
/**
 * options_read() - the options among the words of a command line
 * @opt: changed by those that are given
 * @argc: number of words, the program's name among them
 * @argv: words; their order is changed: those that are no options come last
 * @bad: what is wrong with one, else ""
 *
 * Return: index of the first that is no option.
 */
int options_read(struct options *opt, int argc, char **argv, char bad[OPTIONS_BAD_MAX]);

/** command_options() - OPT_* that a command takes
 * @cmd: command
 */
unsigned int command_options(const struct command *cmd);

/**
 * option_of() - the options that a command may take, one after the other
 * @index: from 0
 * @bit: its OPT_*; 0: every command takes it; OPT_ALONE: none does
 * @name: "-r"; "--check"; "-y, --yes"
 * @value: name of its value, "" if none, "[=SECONDS]" if it may be missing
 * @text: what it does
 *
 * Return: false behind the last.
 */
bool option_of(unsigned int index, unsigned int *bit, const char **name, const char **value,
	       const char **text);

/* run.c */
/**
 * run_words() - find the command, run it, and write its answer
 * @ctx: context with the options
 * @words: words without options, as they were typed
 * @n: their number
 *
 * Return: enum status
 */
int run_words(struct ctx *ctx, const char *const words[], unsigned int n);

/**
 * run_line() - the same for a line of a file or of the console
 * @ctx: context; its options are defaults
 * @argc: number of words
 * @argv: [0] is not looked at
 */
int run_line(struct ctx *ctx, int argc, char **argv);

/** run_end() - write the document that is not out yet
 * @ctx: context
 * @status: enum status so far
 *
 * Return: enum status
 */
int run_end(struct ctx *ctx, int status);

/* watch.c: --watch */
int watch_run(struct ctx *ctx, const struct command *cmd, const char *const args[ARGS_MAX]);

/* batch.c, console.c: see struct program */
int batch_run(struct ctx *ctx);
int console_run(struct ctx *ctx);

/* main.c: the main() of every program */
int redctl_main(const struct program *prog, int argc, char **argv);

#endif /* REDCTL_H */
