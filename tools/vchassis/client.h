/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The `vchassis` commands' side: what they were told, and how they talk to
 * the chassis process of DIR. Prototypes are grouped under their file.
 */
#ifndef VCHASSIS_CLIENT_H
#define VCHASSIS_CLIENT_H

#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#include "buffer.h"
#include "compiler.h"

struct vc_cmd {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *usage; /* arguments */
	const char *help;  /* one line, then more */
};

/* Exit status 2 from a command's run(): its usage is printed. */
#define EXIT_USAGE   2
#define CLIENT_USAGE (-2) /* the same from exec, whose command may exit 2 */

extern char client_dir[PATH_MAX]; /* absolute */
extern int client_patience_ms;	  /* for an answer */

/* main.c */
int client_command(int argc, char **argv);

/* client.c */
/** client_connect() - Return: a connection, or -1 after a line on stderr */
int client_connect(void);
/** client_request() - one command that ends at once, its output to stdout */
int client_request(int argc, char **argv);
/**
 * client_capture() - the same, its output kept
 * @argc: words of the command
 * @argv: the words
 * @out: what it printed; freed by the caller
 * @why: the line that says why not, or ""
 * @why_size: bytes there
 *
 * Return: exit status, or 125 when there is no chassis.
 */
int client_capture(int argc, char **argv, struct buffer *out, char *why, size_t why_size);
/** client_exec() - passes input, output and exit status */
int client_exec(int argc, char **argv);
/**
 * client_console() - standard input and output at a slot's console
 * @argc: words of the request
 * @argv: the words
 * @script: input is lines of a script, see pace.h; else keys, until ^]
 * @seconds: at most this long, 0 for ever
 *
 * Return: exit status; 124 when the time was over before the input was.
 */
int client_console(int argc, char **argv, bool script, double seconds);
/**
 * client_exec_capture() - exec without input
 * @argc: words of the command
 * @argv: the words
 * @out: standard output and standard error together
 * @why: the line that says why not, or ""
 * @why_size: bytes there
 */
int client_exec_capture(int argc, char **argv, struct buffer *out, char *why, size_t why_size);
/** client_status() - status -j; NULL when there is no chassis */
json_t *client_status(void);

/* up.c */
int up_command(int argc, char **argv);
int down_command(int argc, char **argv);
int pass_command(int argc, char **argv);
/** up_running() - is the chassis of client_dir powered on? */
bool up_running(void);

/* find.c */
struct options;
/** find_parts() - kernel, modules, init, agent; Return: 0, or -1 after a line on stderr */
int find_parts(struct options *o);

/* console.c */
int console_command(int argc, char **argv);
int exec_command(int argc, char **argv);

/* insert.c */
int insert_command(int argc, char **argv);

/* show.c */
int trace_command(int argc, char **argv);

/* scenario.c */
int run_command(int argc, char **argv);

/* expect.c */
/** expect_json() - a path like .slots[0].role or .modules[slot=A].state */
const json_t *expect_path(const json_t *root, const char *path);
/** expect_compare() - "==", "!=", ">=", "<=", ">", "<", "~" (regular expression) */
int expect_compare(const json_t *value, const char *op, const char *want);
/** expect_match() - does a trace line have every key=value of @terms? */
bool expect_match(const json_t *event, char *const *terms, int count);

#endif
