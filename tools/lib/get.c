// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Gets and dumps of libredund. A dump that was changed under way is repeated,
 * so that what is returned is one state.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "rd.h"

#define ATTEMPTS 20 /* of a dump that is changed under way */

/* How the structures are kept in struct rd_change, by enum redund_object. */
static const struct {
	size_t size;
	uint8_t cmd;
	uint8_t selector; /* REDUND_A_* that picks one */
	bool wide;	  /* the selector has 64 bits */
} objects[] = {
	[REDUND_OBJECT_CHASSIS] = { sizeof(struct rd_chassis), REDUND_CMD_CHASSIS_GET },
	[REDUND_OBJECT_MM] = { sizeof(struct rd_mm), REDUND_CMD_MM_GET, REDUND_A_SLOT },
	[REDUND_OBJECT_FABRIC] = { sizeof(struct rd_fabric), REDUND_CMD_FABRIC_GET,
				   REDUND_A_FABRIC_ID },
	[REDUND_OBJECT_MODULE] = { sizeof(struct rd_module), REDUND_CMD_MODULE_GET,
				   REDUND_A_MODULE_INDEX },
	[REDUND_OBJECT_HISTORY] = { sizeof(struct rd_history), REDUND_CMD_HISTORY_GET,
				    REDUND_A_HISTORY_ID },
	[REDUND_OBJECT_EVENT] = { sizeof(struct rd_event), REDUND_CMD_EVENT_GET, REDUND_A_EVENT_ID,
				  true },
};

struct list {
	uint32_t object;
	char *items;
	unsigned int count, room;
};

static int append(void *arg, const struct rd_message *m)
{
	struct list *l = arg;
	size_t size = objects[l->object].size;

	if (!m->change.filled || m->change.object != l->object)
		return 0;
	if (l->count == l->room) {
		unsigned int room = l->room ? l->room * 2 : 16;
		char *items = realloc(l->items, room * size);

		if (!items)
			return -ENOMEM;
		l->items = items;
		l->room = room;
	}
	memcpy(l->items + l->count++ * size, &m->change.chassis, size);
	return 0;
}

/* @slot: whose log, 0 the instance's own */
static struct nl_msg *build(struct rd *rd, int instance, uint32_t object, int flags,
			    const uint64_t *id, unsigned int slot)
{
	struct nl_msg *msg = rd_request(rd, instance, objects[object].cmd, flags);
	int err = 0;

	if (!msg || !id)
		return msg;
	if (objects[object].wide)
		err = nla_put_u64(msg, objects[object].selector, *id);
	else if (objects[object].selector)
		err = nla_put_u32(msg, objects[object].selector, *id);
	if (!err && slot)
		err = nla_put_u32(msg, REDUND_A_SLOT, slot);
	if (err) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

static int dump_of(struct rd *rd, int instance, uint32_t object, const uint64_t *from,
		   unsigned int slot, void *out)
{
	struct list l = { .object = object };
	unsigned int i;
	int err = -EAGAIN;

	for (i = 0; i < ATTEMPTS && err == -EAGAIN; i++) {
		l.count = 0;
		err = rd_exchange(rd, build(rd, instance, object, NLM_F_DUMP, from, slot), append,
				  &l);
	}
	if (err) {
		free(l.items);
		*(void **)out = NULL;
		if (err == -EAGAIN)
			return rd_fail(rd, -EINTR, "interrupted",
				       "The state changes faster than it can be read");
		return err;
	}
	*(void **)out = l.items;
	return l.count;
}

static int dump(struct rd *rd, int instance, uint32_t object, const uint64_t *from, void *out)
{
	return dump_of(rd, instance, object, from, 0, out);
}

static int get(struct rd *rd, int instance, uint32_t object, uint64_t id, void *out)
{
	struct list l = { .object = object };
	int err = rd_exchange(rd, build(rd, instance, object, NLM_F_ACK, &id, 0), append, &l);

	if (!err && !l.count)
		err = rd_fail(rd, -EPROTO, "error", "The driver's answer holds no object");
	if (!err)
		memcpy(out, l.items, objects[object].size);
	free(l.items);
	return err;
}

int rd_dump_chassis(struct rd *rd, struct rd_chassis **out)
{
	return dump(rd, RD_ANY, REDUND_OBJECT_CHASSIS, NULL, out);
}

int rd_dump_mm(struct rd *rd, int instance, struct rd_mm **out)
{
	return dump(rd, instance, REDUND_OBJECT_MM, NULL, out);
}

int rd_dump_fabric(struct rd *rd, int instance, struct rd_fabric **out)
{
	return dump(rd, instance, REDUND_OBJECT_FABRIC, NULL, out);
}

int rd_dump_module(struct rd *rd, int instance, struct rd_module **out)
{
	return dump(rd, instance, REDUND_OBJECT_MODULE, NULL, out);
}

int rd_dump_history(struct rd *rd, int instance, uint32_t from, struct rd_history **out)
{
	uint64_t id = from;

	return dump(rd, instance, REDUND_OBJECT_HISTORY, &id, out);
}

int rd_dump_event(struct rd *rd, int instance, uint64_t from, struct rd_event **out)
{
	return dump(rd, instance, REDUND_OBJECT_EVENT, &from, out);
}

int rd_dump_event_of(struct rd *rd, int instance, unsigned int slot, uint64_t from,
		     struct rd_event **out)
{
	return dump_of(rd, instance, REDUND_OBJECT_EVENT, &from, slot, out);
}

int rd_get_chassis(struct rd *rd, int instance, struct rd_chassis *out)
{
	return get(rd, instance, REDUND_OBJECT_CHASSIS, 0, out);
}

int rd_get_mm(struct rd *rd, int instance, unsigned int slot, struct rd_mm *out)
{
	return get(rd, instance, REDUND_OBJECT_MM, slot, out);
}

int rd_get_fabric(struct rd *rd, int instance, unsigned int id, struct rd_fabric *out)
{
	return get(rd, instance, REDUND_OBJECT_FABRIC, id, out);
}

int rd_get_module(struct rd *rd, int instance, unsigned int index, struct rd_module *out)
{
	return get(rd, instance, REDUND_OBJECT_MODULE, index, out);
}

int rd_get_history(struct rd *rd, int instance, uint32_t id, struct rd_history *out)
{
	return get(rd, instance, REDUND_OBJECT_HISTORY, id, out);
}

int rd_get_event(struct rd *rd, int instance, uint64_t id, struct rd_event *out)
{
	return get(rd, instance, REDUND_OBJECT_EVENT, id, out);
}
