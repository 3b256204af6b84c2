// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * monitor: the whole state, then every change, one a line. Lost messages are
 * said, and the state is printed anew, so that a reader never works on less
 * than everything.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "objects.h"
#include "session.h"

struct monitor {
	struct ctx *ctx;
	struct out out; /* of one line */
	uint32_t seq;	/* lowest number that the dump includes */
	bool seq_valid;
	bool quiet; /* the state itself is not printed */
};

static void begin_line(struct monitor *mon, const char *type)
{
	out_init(&mon->out, stdout, mon->ctx->opt.json ? OUT_JSON : OUT_FLAT);
	if (mon->ctx->opt.json)
		out_str(&mon->out, "type", NULL, type);
	else
		out_text(&mon->out, "%s", type);
	out_num(&mon->out, "instance", NULL, mon->ctx->instance);
}

static void end_line(struct monitor *mon)
{
	out_text(&mon->out, "\n");
	out_end(&mon->out);
	out_free(&mon->out);
}

/* The number from which changes count: the lowest that was seen. */
static void dumped(struct monitor *mon, uint32_t seq)
{
	if (!mon->seq_valid || (int32_t)(seq - mon->seq) < 0)
		mon->seq = seq;
	mon->seq_valid = true;
}

static void print_object(struct out *o, const struct rd_change *c)
{
	out_open(o, rd_name(RD_OBJECT, c->object));
	switch (c->object) {
	case REDUND_OBJECT_CHASSIS:
		out_chassis(o, &c->chassis);
		break;
	case REDUND_OBJECT_MM:
		out_mm(o, &c->mm);
		break;
	case REDUND_OBJECT_FABRIC:
		out_fabric(o, &c->fabric);
		break;
	case REDUND_OBJECT_MODULE:
		out_module(o, &c->module);
		break;
	case REDUND_OBJECT_HISTORY:
		out_history(o, &c->history);
		break;
	case REDUND_OBJECT_EVENT:
		out_event(o, &c->event);
		break;
	default:
		break;
	}
	out_close(o);
}

static void print_line(struct monitor *mon, const char *type, const struct rd_change *c)
{
	struct out *o = &mon->out;

	begin_line(mon, type);
	out_num(o, "seq", NULL, c->seq);
	out_str(o, "object", NULL, rd_name(RD_OBJECT, c->object));
	out_num(o, "object_id", NULL, c->id);
	if (c->filled)
		print_object(o, c);
	end_line(mon);
}

static int list_chassis(struct ctx *ctx, void **list)
{
	return rd_dump_chassis(ctx->rd, (struct rd_chassis **)list);
}

static int list_mm(struct ctx *ctx, void **list)
{
	return rd_dump_mm(ctx->rd, ctx->instance, (struct rd_mm **)list);
}

static int list_fabric(struct ctx *ctx, void **list)
{
	return rd_dump_fabric(ctx->rd, ctx->instance, (struct rd_fabric **)list);
}

static int list_module(struct ctx *ctx, void **list)
{
	return rd_dump_module(ctx->rd, ctx->instance, (struct rd_module **)list);
}

static int list_history(struct ctx *ctx, void **list)
{
	return rd_dump_history(ctx->rd, ctx->instance, 0, (struct rd_history **)list);
}

static int list_event(struct ctx *ctx, void **list)
{
	return rd_dump_event(ctx->rd, ctx->instance, 0, (struct rd_event **)list);
}

/* The kinds of objects in the order of the dump; their structures begin alike. */
struct head {
	uint32_t instance, change_seq;
};

static const struct kind {
	unsigned int object;
	size_t size, id_offset, id_size;
	int (*list)(struct ctx *ctx, void **list);
} kinds[] = {
	{ REDUND_OBJECT_CHASSIS, sizeof(struct rd_chassis), 0, 0, list_chassis },
	{ REDUND_OBJECT_MM, sizeof(struct rd_mm), offsetof(struct rd_mm, slot), 4, list_mm },
	{ REDUND_OBJECT_FABRIC, sizeof(struct rd_fabric), offsetof(struct rd_fabric, id), 4,
	  list_fabric },
	{ REDUND_OBJECT_MODULE, sizeof(struct rd_module), offsetof(struct rd_module, index), 4,
	  list_module },
	{ REDUND_OBJECT_HISTORY, sizeof(struct rd_history), offsetof(struct rd_history, id), 4,
	  list_history },
	{ REDUND_OBJECT_EVENT, sizeof(struct rd_event), offsetof(struct rd_event, id), 8,
	  list_event },
};

static void print_exists(struct monitor *mon, const struct kind *k, const void *item)
{
	struct rd_change c = { .object = k->object, .filled = true };
	const struct head *head = item;
	uint32_t id32 = 0;

	if (head->instance != (uint32_t)mon->ctx->instance)
		return;
	if (k->id_size == sizeof(c.id))
		memcpy(&c.id, (const char *)item + k->id_offset, sizeof(c.id));
	else if (k->id_size)
		memcpy(&id32, (const char *)item + k->id_offset, sizeof(id32));
	c.id += id32;
	c.instance = head->instance;
	c.seq = head->change_seq;
	memcpy((char *)&c + offsetof(struct rd_change, chassis), item, k->size);
	dumped(mon, head->change_seq);
	if (!mon->quiet)
		print_line(mon, "exists", &c);
}

/* Everything, and the number after which changes follow. Return: 0, -errno. */
static int dump(struct monitor *mon)
{
	const struct kind *k;
	void *list;
	int n, i;

	mon->seq_valid = false;
	for (k = kinds; k < kinds + ARRAY_SIZE(kinds); k++) {
		list = NULL;
		n = k->list(mon->ctx, &list);
		if (n < 0)
			return n;
		for (i = 0; i < n; i++)
			print_exists(mon, k, (char *)list + i * k->size);
		free(list);
	}
	rd_synced(mon->ctx->rd, mon->ctx->instance, mon->seq);
	begin_line(mon, "synced");
	out_num(&mon->out, "seq", NULL, mon->seq);
	end_line(mon);
	return 0;
}

static int resync(struct monitor *mon)
{
	begin_line(mon, "lost");
	end_line(mon);
	return dump(mon);
}

/* Nothing was said for a while: is the driver still there? */
static int still_there(struct ctx *ctx)
{
	struct rd_chassis c;

	return rd_get_chassis(ctx->rd, ctx->instance, &c);
}

static int follow(struct monitor *mon, long long until)
{
	struct ctx *ctx = mon->ctx;
	struct rd_change change;
	long long step;
	int n;

	for (;;) {
		step = now_ms() + 2000;
		n = session_poll(ctx, until >= 0 && until < step ? until : step, &change);
		if (n == -EINTR)
			continue;
		if (n > 0 && change.lost)
			n = resync(mon);
		else if (n > 0)
			print_line(mon, "change", &change);
		else if (n == 0 && until >= 0 && now_ms() >= until)
			return STATUS_DONE;
		else if (n == 0)
			n = still_there(ctx);
		if (n < 0)
			return session_fail(ctx, n);
		if (ferror(stdout))
			return fail(ctx, STATUS_REFUSED, "output", "cannot write");
	}
}

static int run(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	struct monitor mon = { .ctx = ctx, .quiet = args[0] };
	long long until = -1;
	int err, status;

	if (ctx->opt.given & OPT_TIMEOUT)
		until = now_ms() + 1000LL * ctx->opt.timeout_s;
	err = rd_subscribe(ctx->rd);
	if (!err)
		err = dump(&mon);
	if (err < 0)
		return session_fail(ctx, err);
	status = follow(&mon, until);
	ctx->failed = true; /* every line is out: no document at the end */
	return status;
}

COMMAND(monitor) = {
	.syntax = "monitor [changes]",
	.summary = "Prints the whole state, then every change, one a line.",
	.help = "A line begins with what happened: `exists' for everything there is at first,\n"
		"`synced' after the last of these, `change', or `lost' when messages were lost\n"
		"(everything follows anew). With -j every line is one JSON object. Ends with\n"
		"--timeout, or when the driver goes. `monitor changes' leaves out the state.",
	.options = OPT_TIMEOUT,
	.run = run,
};
