// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What redsyncd says on its control socket, see sync.h. Owns the exit status and
 * the line "Affected: ..." of every command that changes files (C-34), and the
 * progress on a terminal.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../lib/syncctl.h"
#include "sync.h"

unsigned int sync_seconds(const struct ctx *ctx, unsigned int otherwise)
{
	return ctx->opt.given & OPT_TIMEOUT ? ctx->opt.timeout_s : otherwise;
}

static const char *string_of(const json_t *j, const char *key)
{
	const char *text = json_string_value(json_object_get(j, key));

	return text ? text : "";
}

static unsigned long long number_of(const json_t *j, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(j, key));

	return n > 0 ? n : 0;
}

/* ---- requests ------------------------------------------------------------------- */

struct progress {
	struct ctx *ctx;
	char last[80];
};

/* One line painted over itself, on a terminal only. */
static void show_progress(void *data, const json_t *answer)
{
	const json_t *p = json_object_get(answer, "progress");
	unsigned long long total = number_of(p, "total"), done = number_of(p, "done");
	struct progress *progress = data;
	char line[80], item[24];

	if (progress->ctx->opt.json || !isatty(STDOUT_FILENO) || !total)
		return;
	snprintf(line, sizeof(line), "  %s: %llu of %llu bytes, %u %%",
		 out_clean(item, sizeof(item), string_of(p, "item")), done, total,
		 (unsigned int)(done < total ? 100.0 * done / total : 100));
	if (!strcmp(line, progress->last))
		return;
	printf("\r%-*s", (int)strlen(progress->last), line);
	fflush(stdout);
	snprintf(progress->last, sizeof(progress->last), "%s", line);
}

static void set_reason(struct sync_result *r, const char *reason, const char *text)
{
	out_clean(r->reason, sizeof(r->reason), reason);
	out_clean(r->text, sizeof(r->text), text);
}

static void no_answer(struct sync_result *r, int err)
{
	r->timed_out = err == -ETIMEDOUT;
	if (err == -ETIMEDOUT)
		set_reason(r, "sync-timeout", "no answer within the time allowed");
	else if (err == -ENOENT || err == -ECONNREFUSED)
		set_reason(r, "no-daemon", "redsyncd does not run");
	else
		set_reason(r, "no-daemon", strerror(-err));
}

static void read_answer(struct sync_result *r, const json_t *answer)
{
	const json_t *list = json_object_get(answer, "affected");
	char word[40];
	size_t i;

	r->ok = json_is_true(json_object_get(answer, "ok"));
	for (i = 0; i < json_array_size(list); i++)
		if (json_integer_value(json_array_get(list, i)) == 1 ||
		    json_integer_value(json_array_get(list, i)) == 2)
			r->affected |= 1u << json_integer_value(json_array_get(list, i));
	snprintf(word, sizeof(word), "%s", string_of(answer, "reason"));
	if (!r->ok)
		set_reason(r, word[0] ? word : "error", string_of(answer, "text"));
	r->timed_out = !strcmp(word, "sync-timeout");
}

/* @request: given away */
static void request(struct ctx *ctx, json_t *request, unsigned int seconds, struct sync_result *r)
{
	struct progress progress = { .ctx = ctx };
	json_t *answer = NULL;
	int err;

	memset(r, 0, sizeof(*r));
	err = syncctl_call(request, show_progress, &progress, seconds * 1000, &answer);
	if (progress.last[0])
		printf("\r%-*s\r", (int)strlen(progress.last), "");
	if (err)
		no_answer(r, err);
	else
		read_answer(r, answer);
	json_decref(answer);
	json_decref(request);
}

/* redsyncd carries a configuration out by redctl -f: it waits for us, not we for it. */
static bool asked_by_daemon(void)
{
	const char *name = getenv("REDCTL_REQUESTER");

	return name && !strcmp(name, "redsyncd");
}

void sync_wait(struct ctx *ctx, const char *item, const char *second, unsigned int seconds,
	       struct sync_result *r)
{
	json_t *items;

	if (asked_by_daemon()) {
		memset(r, 0, sizeof(*r));
		set_reason(r, "no-daemon", "redsyncd itself asks for it");
		return;
	}
	items = json_array();

	if (item)
		json_array_append_new(items, json_string(item));
	if (second)
		json_array_append_new(items, json_string(second));
	/* its own bound comes first: it knows the reason */
	request(ctx,
		json_pack("{s:s, s:o, s:i}", "op", "commit", "items", items, "timeout_ms",
			  (int)seconds * 1000),
		seconds + 2, r);
}

void sync_force(struct ctx *ctx, const char *what, bool force, unsigned int seconds,
		struct sync_result *r)
{
	request(ctx,
		json_pack("{s:s, s:s, s:b, s:i}", "op", "sync", "what", what, "force", force,
			  "timeout_ms", (int)seconds * 1000),
		seconds + 2, r);
}

json_t *sync_status(struct sync_result *r)
{
	json_t *query = json_pack("{s:s}", "op", "status"), *answer = NULL;
	int err = syncctl_call(query, NULL, NULL, 2000, &answer);

	json_decref(query);
	memset(r, 0, sizeof(*r));
	if (err)
		no_answer(r, err);
	return answer;
}

/* ---- C-34 ----------------------------------------------------------------------- */

/* Whether the other module has to have it: only one in standby mode. */
static bool must_have(struct ctx *ctx, const struct sync_result *r, unsigned int *own)
{
	struct rd_chassis c;
	struct rd_mm other;

	if (rd_get_chassis(ctx->rd, ctx->instance, &c))
		return false;
	*own = c.own_slot;
	if (r->ok || !strcmp(r->reason, "no-daemon") || !c.redundancy || c.owner != c.own_slot ||
	    rd_get_mm(ctx->rd, ctx->instance, 3 - c.own_slot, &other))
		return false;
	return other.role == REDUND_ROLE_STANDBY;
}

static void list_affected(struct out *o, unsigned int affected)
{
	unsigned int slot;

	out_list(o, "affected");
	for (slot = 1; slot <= RD_SLOTS; slot++)
		if (affected & 1u << slot)
			out_num(o, NULL, NULL, slot);
	out_close(o);
}

static void say_affected(struct out *o, const struct sync_result *r, unsigned int affected)
{
	out_text(o, "Affected: Mgmt Module %s", affected == 6 ? "1, 2" : affected == 4 ? "2" : "1");
	if (!r->ok)
		out_text(o, " (%s: %s)", r->reason, r->text);
	out_text(o, "\n");
	list_affected(o, affected);
	if (!r->ok)
		out_str(o, "not_affected", NULL, r->reason);
}

/* It is in force here, and the standby, which has to have it, has it not. */
static int missing(struct ctx *ctx, const struct sync_result *r, const char *done)
{
	return fail(ctx, STATUS_TIME_OUT, r->reason,
		    "%s on this module; the standby has not acknowledged it: %s", done,
		    r->text[0] ? r->text : r->reason);
}

int sync_missing(struct ctx *ctx, const struct sync_result *r, const char *done)
{
	unsigned int own;

	if (!must_have(ctx, r, &own))
		return STATUS_DONE;
	ctx->affected = r->affected ? r->affected : 1u << own;
	return missing(ctx, r, done);
}

int sync_quiet(struct ctx *ctx, const struct sync_result *r, const char *done)
{
	static const char *const reasons[] = { "link-down", "conflict", "disk-full", "sync-failed",
					       "sync-timeout" };

	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		if (strcmp(r->reason, reasons[i]))
			continue;
		ctx->affected = r->affected;
		return missing(ctx, r, done);
	}
	if (r->affected)
		list_affected(&ctx->out, r->affected);
	return STATUS_DONE;
}

int sync_affected(struct ctx *ctx, const struct sync_result *r, const char *done)
{
	int status = sync_missing(ctx, r, done);
	struct rd_chassis c;

	if (!status && r->affected)
		say_affected(&ctx->out, r, r->affected);
	else if (!status && !rd_get_chassis(ctx->rd, ctx->instance, &c))
		say_affected(&ctx->out, r, 1u << c.own_slot);
	return status;
}

int sync_commit(struct ctx *ctx, const char *item, unsigned int seconds, const char *done)
{
	struct sync_result r;

	sync_wait(ctx, item, NULL, sync_seconds(ctx, seconds), &r);
	return sync_affected(ctx, &r, done);
}

/* ---- state ---------------------------------------------------------------------- */

static bool unfinished(const json_t *item)
{
	const char *state = string_of(item, "state");

	return !strcmp(state, "copying") || !strcmp(state, "waiting");
}

void sync_describe(char *buf, size_t size)
{
	struct sync_result r;
	json_t *status = sync_status(&r);
	const json_t *items = json_object_get(status, "items"), *item;
	unsigned long long left = number_of(status, "seconds_left");
	char clean[24];
	size_t i, len = 0;

	buf[0] = '\0';
	for (i = 0; i < json_array_size(items) && len < size; i++) {
		item = json_array_get(items, i);
		if (!unfinished(item))
			continue;
		out_clean(clean, sizeof(clean), string_of(item, "name"));
		len += snprintf(buf + len, size - len, "%s%s", len ? "; " : "", clean);
		if (number_of(item, "total") && len < size)
			len += snprintf(buf + len, size - len, ", %llu of %llu KiB",
					(number_of(item, "done") + 1023) / 1024,
					(number_of(item, "total") + 1023) / 1024);
	}
	if (len && left && len < size)
		snprintf(buf + len, size - len, ", about %llu s left", left);
	json_decref(status);
}

/* The word of `redctl sync' for it: security goes with config. */
static const char *sync_word(const json_t *item)
{
	const char *class = string_of(item, "class");

	if (!strcmp(class, "image"))
		return "image";
	return !strcmp(class, "configuration") || !strcmp(class, "security") ? "config" : "all";
}

bool sync_conflict(char *why, size_t size)
{
	struct sync_result r;
	json_t *status = sync_status(&r);
	const json_t *items = json_object_get(status, "items"), *item;
	bool found = false;
	char clean[24];
	size_t i;

	for (i = 0; i < json_array_size(items) && !found; i++) {
		item = json_array_get(items, i);
		found = !strcmp(string_of(item, "state"), "conflict");
		if (found)
			snprintf(why, size,
				 "%s: the standby's is newer; `redctl sync %s --force' replaces it",
				 out_clean(clean, sizeof(clean), string_of(item, "name")),
				 sync_word(item));
	}
	json_decref(status);
	return found;
}

static void json_item(struct out *o, const json_t *item)
{
	static const char *const words[] = { "name",  "class",	"direction",   "when",
					     "state", "digest", "peer_digest", "error" };
	static const char *const numbers[] = { "generation", "peer_generation", "bytes", "done",
					       "total" };
	size_t i;

	out_open(o, NULL);
	for (i = 0; i < ARRAY_SIZE(words); i++)
		out_str(o, words[i], NULL, string_of(item, words[i]));
	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		out_num(o, numbers[i], NULL, number_of(item, numbers[i]));
	if (json_is_integer(json_object_get(item, "age_s")))
		out_num(o, "age_s", NULL, number_of(item, "age_s"));
	else
		out_str(o, "age_s", NULL, NULL);
	out_close(o);
}

/* @width of a column; what is longer is cut. */
static void cell(struct out *o, const json_t *item, const char *key, int width)
{
	char clean[24];

	snprintf(clean, sizeof(clean), "%.*s", width, string_of(item, key));
	out_text(o, "%-*s ", width, out_clean(clean, sizeof(clean), clean));
}

static void text_item(struct out *o, const json_t *item)
{
	unsigned long long total = number_of(item, "total"), done = number_of(item, "done");
	char clean[200];

	cell(o, item, "name", 10);
	cell(o, item, "state", 9);
	out_text(o, "%5llu %5llu ", number_of(item, "generation"),
		 number_of(item, "peer_generation"));
	cell(o, item, "digest", 8);
	cell(o, item, "peer_digest", 8);
	out_text(o, "%10llu ", number_of(item, "bytes"));
	if (json_is_integer(json_object_get(item, "age_s")))
		out_text(o, "%8llu\n", number_of(item, "age_s"));
	else
		out_text(o, "%8s\n", "never");
	if (total)
		out_text(o, "           %llu of %llu bytes, %u %%\n", done, total,
			 (unsigned int)(done < total ? 100.0 * done / total : 100));
	if (*string_of(item, "error"))
		out_text(o, "           %s\n",
			 out_clean(clean, sizeof(clean), string_of(item, "error")));
}

static void text_status(struct out *o, const json_t *status)
{
	const json_t *items = json_object_get(status, "items");
	char clean[200], word[40];
	size_t i;

	out_text(o, "  State : %s", out_clean(clean, 24, string_of(status, "state")));
	if (*string_of(status, "reason"))
		out_text(o, " (%s: %s)", out_clean(word, sizeof(word), string_of(status, "reason")),
			 out_clean(clean, sizeof(clean), string_of(status, "text")));
	out_text(o, "\n  Link  : %s\n", out_clean(clean, 24, string_of(status, "link")));
	if (number_of(status, "seconds_left"))
		out_text(o, "  Left  : about %llu s\n", number_of(status, "seconds_left"));
	out_text(o, "\n%-10s %-9s %5s %5s %-8s %-8s %10s %8s\n-----\n", "Item", "State", "Gen",
		 "Peer", "Digest", "Peer", "Bytes", "Age (s)");
	for (i = 0; i < json_array_size(items); i++)
		text_item(o, json_array_get(items, i));
}

void out_sync(struct out *o, const json_t *status)
{
	static const char *const words[] = { "state", "reason", "text", "link" };
	const json_t *items = json_object_get(status, "items");
	size_t i;

	if (o->style != OUT_JSON) {
		text_status(o, status);
		return;
	}
	for (i = 0; i < ARRAY_SIZE(words); i++)
		out_str(o, words[i], NULL, string_of(status, words[i]));
	out_num(o, "slot", NULL, number_of(status, "slot"));
	out_num(o, "peer", NULL, number_of(status, "peer"));
	out_num(o, "seconds_left", NULL, number_of(status, "seconds_left"));
	out_num(o, "refused", NULL, number_of(status, "refused"));
	out_list(o, "items");
	for (i = 0; i < json_array_size(items); i++)
		json_item(o, json_array_get(items, i));
	out_close(o);
}
