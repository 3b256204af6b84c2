// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The switch's console: redctl without words. Owns the session: its prompt by
 * the module's role (S-029, S-031, C-43), the commands that the standby may use
 * (S-030), the banner (S-215), and running each line in a process of its own, so
 * that Ctrl-C ends a command and not the session. Lines come from the editor
 * (console_edit.c), or from standard input when that is no terminal: then they
 * are printed behind the prompt, so that the output reads like a session.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../lib/config.h"
#include "console.h"
#include "names.h"
#include "parse.h"
#include "session.h"
#include "sessions.h"

/* The table is filtered by it: one session in a program. */
static const struct console *current;

static volatile sig_atomic_t ended;
static volatile pid_t child; /* the command that runs, 0 none */

/* S-228 and the like: the command that runs ends too. */
static void on_end(int sig)
{
	ended = 1;
	if (child)
		kill(child, sig);
}

bool console_ended(void)
{
	return ended;
}

static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_end };

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

static bool has_driver(const struct console *c)
{
	return c->link.rd;
}

static bool is_standby(const struct console *c)
{
	return has_driver(c) && c->role != REDUND_ROLE_ACTIVE;
}

/* S-030: three commands on a module that is not the active one. */
static bool shown(const struct command *cmd)
{
	if (is_standby(current))
		return cmd->flags & CMD_STANDBY;
	return !current->operator_only || console_operator(cmd);
}

static void set_prompt(struct console *c)
{
	char name[CONFIG_HOSTNAME_MAX + 1], clean[CONFIG_HOSTNAME_MAX + 1];
	struct config config;

	config_get(&config);
	c->idle_s = config.inactivity_min * 60;
	c->xon_xoff = config.xon_xoff;
	c->baud = config.baud;
	out_clean(clean, sizeof(clean), config_hostname(&config, c->description, name));
	if (is_standby(c))
		snprintf(c->prompt, sizeof(c->prompt), "Standby Console> ");
	else
		snprintf(c->prompt, sizeof(c->prompt), "%s%s# ", clean,
			 c->context == CONTEXT_CONFIG ? "(config)" : "");
}

/* Reads the role. Return: false when the driver does not answer. */
static bool look(struct console *c)
{
	struct rd_change change;
	struct rd_chassis chassis;
	struct rd_mm own;
	int n;

	do
		n = rd_next_change(c->link.rd, 0, &change);
	while (n > 0);
	if (n == -ENOENT || rd_get_chassis(c->link.rd, c->link.instance, &chassis))
		return false;
	c->slot = chassis.own_slot;
	c->role = chassis.own_role;
	if (!rd_get_mm(c->link.rd, c->link.instance, c->slot, &own))
		memcpy(c->description, own.description, sizeof(c->description));
	return true;
}

/* Return: enum status of session_open(). */
static int attach(struct console *c)
{
	int status = session_open(&c->link);

	if (status == STATUS_DONE && (rd_subscribe(c->link.rd) || !look(c)))
		status = STATUS_NO_DRIVER;
	if (status)
		session_close(&c->link);
	c->link.failed = false;
	c->link.quiet = true; /* the cause was said once */
	return status;
}

/* The standby's console is no session that others may end (S-228). */
static void record(const struct console *c)
{
	if (is_standby(c))
		sessions_leave();
	else
		sessions_enter();
}

bool console_news(struct console *c, char text[NEWS_MAX])
{
	const char *before = role_status(c->role);
	bool had = has_driver(c);

	if (!had)
		attach(c);
	else if (!look(c))
		session_close(&c->link);
	set_prompt(c);
	record(c);
	if (had && !has_driver(c))
		snprintf(text, NEWS_MAX, "The driver is not there any more.");
	else if (!had && has_driver(c))
		snprintf(text, NEWS_MAX, "The driver is there; this is management module %u: %s.",
			 c->slot, role_status(c->role));
	else if (had && strcmp(before, role_status(c->role)))
		snprintf(text, NEWS_MAX, "The role of this management module (%u) is now: %s.",
			 c->slot, role_status(c->role));
	else
		return false;
	return true;
}

int console_fd(const struct console *c)
{
	return has_driver(c) ? rd_monitor_fd(c->link.rd) : -1;
}

static void new_ctx(const struct console *c, struct ctx *ctx)
{
	*ctx = (struct ctx){
		.prog = c->start->prog,
		.program = c->start->program,
		.opt = c->start->opt,
		.console = true,
		.context = c->context,
	};
}

static void refuse(const struct console *c, int status, const char *reason, const char *text)
{
	struct ctx ctx;

	new_ctx(c, &ctx);
	out_init(&ctx.out, stdout, ctx.opt.json ? OUT_JSON : OUT_TEXT);
	run_end(&ctx, fail(&ctx, status, reason, "%s", text));
}

static void refuse_standby(const struct console *c)
{
	char text[256] = "the standby's console takes only these commands:";
	const struct command *cmd;
	size_t len = strlen(text);

	for (cmd = __start_redctl_cmds; cmd < __stop_redctl_cmds && len < sizeof(text); cmd++)
		if (cmd->flags & CMD_STANDBY)
			len += snprintf(text + len, sizeof(text) - len, "%s %.*s",
					text[len - 1] == ':' ? "" : ",",
					(int)strcspn(cmd->syntax, "[") -
						(strchr(cmd->syntax, '[') ? 1 : 0),
					cmd->syntax);
	refuse(c, STATUS_REFUSED, "standby-console", text);
}

static void in_child(const struct console *c, int argc, char **argv, const sigset_t *mask)
{
	struct ctx ctx;
	int status;

	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	sigprocmask(SIG_SETMASK, mask, NULL);
	new_ctx(c, &ctx);
	status = run_line(&ctx, argc, argv);
	fflush(NULL);
	_exit(status);
}

/* A process of its own: what a command does to itself ends with it. */
static void run_child(struct console *c, int argc, char **argv)
{
	sigset_t block, mask;
	int status = 0;
	pid_t pid;

	fflush(NULL);
	sigemptyset(&block);
	sigaddset(&block, SIGTERM);
	sigaddset(&block, SIGHUP);
	sigprocmask(SIG_BLOCK, &block, &mask);
	pid = fork();
	if (!pid)
		in_child(c, argc, argv, &mask);
	child = pid > 0 ? pid : 0;
	sigprocmask(SIG_SETMASK, &mask, NULL);
	if (pid < 0) {
		refuse(c, STATUS_REFUSED, "error", "no process for the command");
		return;
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	child = 0;
	if (WIFSIGNALED(status))
		printf("\n");
	if (WIFSIGNALED(status) && WTERMSIG(status) != SIGINT && !ended)
		refuse(c, STATUS_REFUSED, "error", strsignal(WTERMSIG(status)));
}

/* One that changes the session itself. */
static void run_here(struct console *c, int argc, char **argv)
{
	struct ctx ctx;

	new_ctx(c, &ctx);
	if (run_line(&ctx, argc, argv) == STATUS_DONE)
		c->context = ctx.context;
}

static void run_words_of(struct console *c, struct line *line)
{
	char *argv[LINE_WORDS + 2] = { (char *)c->start->prog }, *sorted[LINE_WORDS + 2];
	struct options opt = c->start->opt;
	char bad[OPTIONS_BAD_MAX];
	static struct parse parse;
	const char *const *words;
	int argc = line->n + 1, n;
	bool good;

	memcpy(argv + 1, line->word, argc * sizeof(argv[0]));
	memcpy(sorted, argv, sizeof(argv));
	n = options_read(&opt, argc, sorted, bad);
	words = (const char *const *)sorted + n;
	n = argc - n;
	good = parse_command(&parse, words, n) || (n && opt.help && parse_expand(&parse, words, n));
	if (is_standby(c) && !good)
		refuse_standby(c);
	else if (good && parse.cmd && parse.cmd->flags & CMD_CONSOLE && !opt.help)
		run_here(c, argc, argv);
	else
		run_child(c, argc, argv);
}

static void run_text(struct console *c, const char *text, size_t len)
{
	static struct line line;
	char problem[PARSE_TEXT_MAX];

	clearerr(stdout); /* a write that failed before is no failure of this command */
	if (!line_split(&line, text, len, problem))
		refuse(c, STATUS_USAGE, "usage", problem);
	else if (line.open)
		refuse(c, STATUS_USAGE, "usage", "a quotation mark is missing");
	else if (line.n)
		run_words_of(c, &line);
}

/* Standard input that is no terminal: nothing is read ahead of a command. */
static ssize_t plain_line(const struct console *c, char **text, size_t *size)
{
	bool silent = c->start->opt.json;
	char *clean;
	ssize_t len;

	if (!silent)
		printf("%s", c->prompt);
	fflush(stdout);
	len = getline(text, size, stdin);
	if (len < 0 && !silent)
		putchar('\n');
	if (len < 0 || silent)
		return len;
	len = strcspn(*text, "\r\n") < len ? strcspn(*text, "\r\n") : len;
	clean = malloc(len + 1);
	if (clean)
		printf("%s\n", out_clean(clean, len + 1, *text));
	free(clean);
	return len;
}

static void follow(struct console *c)
{
	char news[NEWS_MAX], *buffer = NULL;
	const char *text;
	size_t size = 0;
	ssize_t len;

	while (c->context != CONTEXT_LEFT && !ended) {
		if (console_news(c, news))
			printf("%s\n", news);
		if (!is_standby(c) && !console_login(c))
			break;
		if (c->edit) {
			console_line(c);
			len = edit_line(c->edit, &text);
		} else {
			len = plain_line(c, &buffer, &size);
			text = buffer;
		}
		if (len < 0)
			break;
		run_text(c, text, len);
	}
	free(buffer);
}

/* S-215: on the active only; \n in the setting begins a line. */
static void banner(const struct console *c)
{
	char clean[CONFIG_BANNER_MAX + 1], *line, *end;
	struct config config;

	config_get(&config);
	if (is_standby(c) || !config.banner[0] || c->start->opt.json)
		return;
	out_clean(clean, sizeof(clean), config.banner);
	for (line = clean; line; line = end) {
		end = strstr(line, "\\n");
		if (end) {
			*end = '\0';
			end += 2;
		}
		printf("%s\n", line);
	}
}

static void record_event(const struct console *c)
{
	if (has_driver(c) && !is_standby(c))
		rd_event_add(c->link.rd, c->link.instance, 179, REDUND_SEVERITY_INFORMATION, 0,
			     "mgr",
			     c->operator_only ? "SME CONSOLE Session - OPERATOR Mode" :
						"SME CONSOLE Session - MANAGER Mode");
}

int console_run(struct ctx *ctx)
{
	struct console c = { .start = ctx, .context = CONTEXT_CONFIG };
	int status;

	current = &c;
	ctx->failed = true; /* each line writes its answer */
	new_ctx(&c, &c.link);
	out_init(&c.link.out, stdout, ctx->opt.json ? OUT_JSON : OUT_TEXT);
	status = attach(&c);
	out_free(&c.link.out);
	if (status == STATUS_USAGE)
		return status;
	parse_only(shown);
	catch_signals();
	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) {
		signal(SIGINT, SIG_IGN);
		c.edit = edit_open(&c);
	}
	banner(&c);
	if (is_standby(&c) || console_login(&c)) {
		record_event(&c);
		follow(&c);
	}
	edit_close(c.edit);
	console_line_end();
	session_close(&c.link);
	sessions_leave();
	return STATUS_DONE;
}
