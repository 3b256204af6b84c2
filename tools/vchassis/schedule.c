// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns a schedule: commands that happen at their simulated times, and what
 * became of them in DIR/schedule.log, one JSON object each. A line is
 * `MICROSECONDS COMMAND...`, in the order of time; `#` begins a comment.
 */
#include "vc.h"
#include "words.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 128
#define AFTER_US  1000000 /* a run without another end, after the last line */

struct job {
	u64 at, begun;
	int line;
	char *text;  /* of the command */
	char *words; /* the same, taken apart */
	char *argv[WORDS_MAX];
	int argc;
	bool begins, told_end, ended;
	struct session session; /* of exec */
	struct buffer out, err;
	struct job *next;
};

static struct job *jobs, *latest, *due_job;
static struct timer timer = { .at = CLOCK_NEVER };
static FILE *results;

/* ---- the file --------------------------------------------------------------------- */

static const char *add(u64 at, const char *command, int number)
{
	struct job *j = calloc(1, sizeof(*j));

	if (!j)
		return strerror(errno);
	j->at = at;
	j->line = number;
	j->text = strdup(command);
	j->words = strdup(command);
	if (!j->text || !j->words)
		return strerror(errno);
	j->argc = words_split(j->words, j->argv, WORDS_MAX);
	if (j->argc <= 0)
		return j->argc ? "a quote is not closed" : "no command";
	*(latest ? &latest->next : &jobs) = j;
	latest = j;
	return NULL;
}

/* Return: NULL, or what is wrong. */
static const char *parse(char *line, int number)
{
	char *end;
	u64 at;

	line[strcspn(line, "\n")] = 0;
	line += strspn(line, " \t");
	if (!*line || *line == '#')
		return NULL;
	at = strtoull(line, &end, 10);
	if (end == line || (*end != ' ' && *end != '\t'))
		return "MICROSECONDS COMMAND...";
	if (latest && at < latest->at)
		return "earlier than the line before it";
	return add(at, end + strspn(end, " \t"), number);
}

int schedule_load(const char *path, char *why, size_t size)
{
	char *line = NULL;
	const char *wrong = NULL;
	size_t room = 0;
	int number = 0;
	FILE *f = fopen(path, "re");

	if (!f) {
		snprintf(why, size, "%s: %s", path, strerror(errno));
		return -1;
	}
	while (!wrong && getline(&line, &room, f) > 0)
		wrong = parse(line, ++number);
	free(line);
	fclose(f);
	if (wrong)
		snprintf(why, size, "%s:%d: %s", path, number, wrong);
	return wrong ? -1 : 0;
}

u64 schedule_end(void)
{
	return (latest ? latest->at : 0) + AFTER_US;
}

/* ---- what became of a line ---------------------------------------------------------- */

static json_t *text_of(const void *data, size_t len)
{
	json_t *text = json_stringn(data, len);
	char *plain;

	if (text)
		return text;
	plain = len ? malloc(len) : NULL;
	for (size_t i = 0; plain && i < len; i++)
		plain[i] = ((const char *)data)[i] < 0 ? '?' : ((const char *)data)[i];
	text = json_stringn(plain ? plain : "", plain ? len : 0);
	free(plain);
	return text;
}

static void record(struct job *j, json_t *status)
{
	json_t *o = json_object();

	json_object_set_new(o, "t_us", json_integer(j->begun));
	json_object_set_new(o, "end_us", json_integer(clock_us()));
	json_object_set_new(o, "line", json_integer(j->line));
	json_object_set_new(o, "command", text_of(j->text, strlen(j->text)));
	json_object_set_new(o, "status", status);
	json_object_set_new(o, "out", text_of(buffer_at(&j->out), j->out.len));
	json_object_set_new(o, "err", text_of(buffer_at(&j->err), j->err.len));
	if (results) {
		json_dumpf(o, results, 0);
		fputc('\n', results);
	}
	json_decref(o);
	j->ended = true;
	buffer_free(&j->out);
	buffer_free(&j->err);
}

static void refuse(struct job *j, int status, const char *why)
{
	if (why[0])
		buffer_add(&j->err, why, strlen(why));
	record(j, json_integer(status));
}

/* ---- exec --------------------------------------------------------------------------- */

static struct job *job_of(struct session *s)
{
	return (struct job *)((char *)s - offsetof(struct job, session));
}

static void session_output(struct session *s, u8 type, const void *data, size_t len)
{
	struct job *j = job_of(s);

	buffer_add(type == AGENT_STDOUT ? &j->out : &j->err, data, len);
}

static void session_ended(struct session *s, int status, const char *why)
{
	refuse(job_of(s), status, why ? why : "");
}

static void session_taken(struct session *s)
{
	struct job *j = job_of(s);

	if (j->told_end)
		return;
	j->told_end = true;
	session_input_end(s);
}

static const struct session_ops session_ops = {
	.output = session_output,
	.ended = session_ended,
	.input_taken = session_taken,
};

/* exec SLOT [-t SECONDS] -- CMD [ARG...] */
static void begin_exec(struct job *j)
{
	struct buffer args = { 0 };
	double seconds = 300;
	int i, slot = j->argc > 1 ? atoi(j->argv[1]) : 0;

	for (i = 2; i < j->argc && strcmp(j->argv[i], "--"); i++)
		if (!strcmp(j->argv[i], "-t") && i + 1 < j->argc)
			seconds = atof(j->argv[++i]);
	if (slot < 1 || slot > CHASSIS_SLOTS || i + 1 >= j->argc) {
		refuse(j, 2, "usage");
		return;
	}
	if (!vc.c.slot[slot - 1].present || !vc.c.slot[slot - 1].powered) {
		refuse(j, VC_EXIT_CHASSIS, "the module is not there, or has no power");
		return;
	}
	for (i++; i < j->argc; i++)
		buffer_add(&args, j->argv[i], strlen(j->argv[i]) + 1);
	j->session = (struct session){ .ops = &session_ops };
	session_start(&j->session, &vc_slot(slot)->agent, AGENT_RUN, buffer_at(&args), args.len,
		      seconds * 1000000);
	buffer_free(&args);
}

/* ---- the run ------------------------------------------------------------------------ */

static void begin_command(struct job *j)
{
	char why[400] = "", *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	int status;

	if (!out) {
		refuse(j, VC_EXIT_CHASSIS, strerror(errno));
		return;
	}
	status = command_run(j->argc, j->argv, out, why, sizeof(why));
	fclose(out);
	buffer_add(&j->out, text, size);
	free(text);
	refuse(j, status, why[0] ? why : status == 2 ? "usage" : "");
}

static void fire(struct timer *t)
{
	while (due_job && due_job->at <= clock_us()) {
		struct job *j = due_job;

		due_job = j->next;
		j->begins = true;
		j->begun = clock_us();
		if (!strcmp(j->argv[0], "exec"))
			begin_exec(j);
		else
			begin_command(j);
	}
	if (due_job)
		loop_timer(t, due_job->at);
}

void schedule_begin(void)
{
	if (!jobs)
		return;
	results = fopen("schedule.log", "we");
	timer.fire = fire;
	due_job = jobs;
	loop_timer(&timer, due_job->at);
}

void schedule_finish(void)
{
	for (struct job *j = jobs; j; j = j->next) {
		if (!j->begins || j->ended)
			continue;
		record(j, json_null());
		session_abort(&j->session);
	}
	if (results)
		fflush(results);
}
