// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A stored configuration becomes the running one: only the commands that change
 * something are run. What it does not say goes back to its default, but for the
 * settings of the driver, which chassis memory has. A line that cannot be taken
 * is named in the event log, and the others are run all the same.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "redsyncd.h"

#define NAMED_LINES 8 /* that could not be taken, each with an entry in the log */

struct bad_lines {
	struct daemon *d;
	unsigned int file, count;
};

static void bad_line(void *data, unsigned int number, const char *line, const char *why)
{
	struct bad_lines *b = data;

	if (b->count++ < NAMED_LINES)
		say_event(b->d, REDUND_SEVERITY_WARNING, "config%u line %u is left out: %.90s",
			  b->file, number, why);
}

/* Return: false: not all of it could be used, and @c has the defaults or a part.
 * Defaults in place of a file that is not there are no failure.
 */
static bool read_stored(struct daemon *d, unsigned int number, struct config *c, bool *there)
{
	struct bad_lines b = { .d = d, .file = number };
	char text[CONFIG_TEXT_MAX], why[CONFIG_WHY_MAX];
	int err = config_load(number, text, why);

	*there = err >= 0;
	if (err < 0) {
		config_defaults(c);
		say_event(d, REDUND_SEVERITY_WARNING, "defaults are used: %.120s", why);
		return err == -ENOENT;
	}
	config_parse(text, c, bad_line, &b);
	if (b.count > NAMED_LINES)
		say_event(d, REDUND_SEVERITY_WARNING, "config%u: %u more lines are left out",
			  number, b.count - NAMED_LINES);
	return !b.count;
}

/* The line @number of @text, and what follows it. */
static const char *nth_line(const char *text, unsigned int number, char *line, size_t size)
{
	size_t len = 0;

	line[0] = '\0';
	for (; number && *text; number--) {
		len = strcspn(text, "\n");
		snprintf(line, size, "%.*s", (int)len, text);
		text += len + (text[len] == '\n');
	}
	return text;
}

/* Says why a run ended. Return: what is still to be run. */
static const char *tell_failure(struct daemon *d, const struct child_end *end, const char *text)
{
	char line[64];
	const char *rest;

	if (end->status == -1) {
		say_event(d, REDUND_SEVERITY_WARNING, "commands took too long and were given up");
		return "";
	}
	if (!end->line) {
		say_event(d, REDUND_SEVERITY_WARNING, "commands could not be run: %.110s",
			  end->text);
		return "";
	}
	rest = nth_line(text, end->line, line, sizeof(line));
	say_event(d, REDUND_SEVERITY_WARNING, "`%s' failed: %.80s", line, end->text);
	return rest;
}

/* Runs commands until the deadline. Return: true when all were carried out. */
static bool run_commands(struct daemon *d, const char *text, int64_t deadline_ms)
{
	char path[CONFIG_PATH_MAX];
	struct child_end end;
	bool ok = true;
	int err;

	snprintf(path, sizeof(path), "%s/apply.%d", d->run_dir, d->instance);
	/* history and log say who it was */
	setenv("REDCTL_REQUESTER", "redsyncd", 1);
	while (*text) {
		err = flash_replace(path, text, strlen(text));
		if (err) {
			say_event(d, REDUND_SEVERITY_WARNING, "cannot write %.80s: %s", path,
				  strerror(-err));
			return false;
		}
		child_redctl(d->instance, path, deadline_ms, &end);
		if (!end.status)
			break;
		ok = false;
		text = tell_failure(d, &end, text);
	}
	unlink(path);
	return ok;
}

bool apply_config(struct daemon *d, int64_t deadline_ms, struct config *stored)
{
	char text[CONFIG_TEXT_MAX], why[CONFIG_WHY_MAX];
	enum flash_which image;
	struct config running, now;
	unsigned int number;
	bool ok, there;

	config_defaults(stored);
	if (config_booted(d->rd, d->instance, &image) ||
	    config_running(d->rd, d->instance, &running)) {
		say(REDUND_SEVERITY_WARNING, "cannot read the state: %s", rd_text(d->rd));
		return false;
	}
	number = config_assigned(image);
	ok = read_stored(d, number, stored, &there);
	if (config_set_startup(number, why))
		say(REDUND_SEVERITY_WARNING, "%s", why);
	now = *stored;
	now.said &= ~CONFIG_REDUNDANCY;
	if (config_diff(&running, &now, text) && !run_commands(d, text, deadline_ms))
		ok = false;
	if (there)
		say_event(d, REDUND_SEVERITY_INFORMATION, "config%u was read (%s flash)%s", number,
			  flash_name(image), ok ? "" : ", not all of it could be used");
	return ok;
}

/*
 * Was this module made active by the election of a boot? After a failover the
 * setting of the chassis holds: else a module that was never told would end
 * redundancy because it took over (S-098).
 */
static bool elected(struct daemon *d)
{
	struct rd_history *list = NULL;
	int n = rd_dump_history(d->rd, d->instance, 0, &list), i;
	const struct rd_history *last = NULL;
	bool yes;

	for (i = 0; i < n; i++)
		if (list[i].verdict != REDUND_VERDICT_ROLLED_BACK &&
		    (!last || list[i].id > last->id))
			last = &list[i];
	yes = last && last->to == d->slot && !last->failover && last->rule != REDUND_RULE_NONE;
	free(list);
	return yes;
}

bool apply_redundancy(struct daemon *d, int64_t deadline_ms, const struct config *stored)
{
	char text[CONFIG_TEXT_MAX];
	struct config running, now;

	if (!(stored->said & CONFIG_REDUNDANCY))
		return true;
	if (config_running(d->rd, d->instance, &running)) {
		say(REDUND_SEVERITY_WARNING, "cannot read the state: %s", rd_text(d->rd));
		return false;
	}
	now = running;
	now.redundancy = stored->redundancy;
	if (!config_diff(&running, &now, text))
		return true;
	if (elected(d))
		return run_commands(d, text, deadline_ms);
	say_event(d, REDUND_SEVERITY_WARNING,
		  "redundancy stays %s: the stored configuration differs, and this was no boot",
		  running.redundancy ? "enabled" : "disabled");
	return true;
}
