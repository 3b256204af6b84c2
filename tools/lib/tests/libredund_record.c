// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Records what the driver answers, as input of libredund_test: every datagram
 * of a request as a line of hexadecimal digits in DIR/NAME.hex, and what it
 * decoded to in DIR/NAME.txt. To be run on redund_sim with two instances:
 *
 *	libredund_record DIR
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "show.h"

static FILE *hex;

static void record(void *arg, const void *buf, size_t len)
{
	const unsigned char *p = buf;
	size_t i;

	for (i = 0; i < len; i++)
		fprintf(hex, "%02x", p[i]);
	fputc('\n', hex);
}

static int show(void *arg, const struct rd_message *m)
{
	show_message(arg, m);
	return 0;
}

static FILE *create(const char *dir, const char *name, const char *suffix)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s.%s", dir, name, suffix);
	f = fopen(path, "w");
	if (!f) {
		perror(path);
		exit(1);
	}
	return f;
}

static void exchange(struct rd *rd, const char *dir, const char *name, struct nl_msg *msg)
{
	FILE *txt = create(dir, name, "txt");
	int err;

	hex = create(dir, name, "hex");
	fprintf(hex, "family %d seq %u\n", rd->family, rd->seq);
	rd->tap = record;
	err = rd_exchange(rd, msg, show, txt);
	rd->tap = NULL;
	if (err && err != -EAGAIN)
		fprintf(txt, "error %d '%s' '%s'\n", err, rd_reason(rd), rd_text(rd));
	fprintf(txt, "end %d\n", err);
	fclose(hex);
	fclose(txt);
	printf("%s: %d\n", name, err);
}

static void dump(struct rd *rd, const char *dir, const char *name, int instance, int cmd)
{
	exchange(rd, dir, name, rd_request(rd, instance, cmd, NLM_F_DUMP));
}

/* A request with one number of 32 bits or, with @bits 8, of 8. */
static void ask(struct rd *rd, const char *dir, const char *name, int cmd, int attr, uint32_t value,
		int bits)
{
	struct nl_msg *msg = rd_request(rd, 0, cmd, NLM_F_ACK);

	if (msg && bits == 8)
		nla_put_u8(msg, attr, value);
	else if (msg && bits == 32)
		nla_put_u32(msg, attr, value);
	exchange(rd, dir, name, msg);
}

/* The log that the module in a slot left, from its last lines on. */
static void dump_slot(struct rd *rd, const char *dir, const char *name, uint32_t slot)
{
	struct nl_msg *msg = rd_request(rd, 0, REDUND_CMD_EVENT_GET, NLM_F_DUMP);

	if (msg)
		nla_put_u32(msg, REDUND_A_SLOT, slot);
	exchange(rd, dir, name, msg);
}

/* The end of a crash area. */
static void piece(struct rd *rd, const char *dir, const char *name, uint32_t slot)
{
	struct nl_msg *msg = rd_request(rd, 0, REDUND_CMD_CRASH_GET, NLM_F_ACK);

	if (msg) {
		nla_put_u32(msg, REDUND_A_SLOT, slot);
		nla_put_u32(msg, REDUND_A_CRASH_KIND, REDUND_CRASH_KIND_DATA);
		nla_put_u32(msg, REDUND_A_OFFSET, 0);
	}
	exchange(rd, dir, name, msg);
}

/* What the recorded stream of changes decoded to, as rd_next_change() gave it. */
static void changes(struct rd *rd, const char *dir)
{
	FILE *txt = create(dir, "changes", "txt");
	struct rd_message m = { .cmd = REDUND_CMD_CHANGE_NTF };
	struct rd *sender;
	unsigned int i;

	hex = create(dir, "changes", "hex");
	fprintf(hex, "family %d seq 0\n", rd->family);
	if (rd_subscribe(rd) || rd_open(&sender)) {
		fprintf(stderr, "%s\n", rd_text(rd));
		exit(1);
	}
	rd->tap = record;
	for (i = 0; i < 2; i++)
		rd_set_fabric(sender, 0, 2, i, NULL);
	while (rd_next_change(rd, 1000, &m.change) == 1) {
		m.instance = m.change.instance;
		m.change_seq = m.change.seq;
		fprintf(txt, "lost=%d ", m.change.lost);
		show_message(txt, &m);
	}
	rd_close(sender);
	fclose(hex);
	fclose(txt);
}

int main(int argc, char **argv)
{
	struct rd *rd;

	if (argc != 2) {
		fprintf(stderr, "usage: %s DIR\n", argv[0]);
		return 2;
	}
	if (rd_open(&rd)) {
		fprintf(stderr, "%s: %s\n", rd_reason(rd), rd_text(rd));
		return 1;
	}
	dump(rd, argv[1], "chassis", RD_ANY, REDUND_CMD_CHASSIS_GET);
	dump(rd, argv[1], "mm", 0, REDUND_CMD_MM_GET);
	dump(rd, argv[1], "fabric", 0, REDUND_CMD_FABRIC_GET);
	dump(rd, argv[1], "module", 0, REDUND_CMD_MODULE_GET);
	dump(rd, argv[1], "history", 0, REDUND_CMD_HISTORY_GET);
	dump(rd, argv[1], "event", 0, REDUND_CMD_EVENT_GET);
	dump(rd, argv[1], "several", RD_ANY, REDUND_CMD_MM_GET);
	ask(rd, argv[1], "mm1", REDUND_CMD_MM_GET, REDUND_A_SLOT, 1, 32);
	ask(rd, argv[1], "no-object", REDUND_CMD_HISTORY_GET, REDUND_A_HISTORY_ID, 999999, 32);
	ask(rd, argv[1], "out-of-range", REDUND_CMD_MM_GET, REDUND_A_SLOT, 3, 32);
	ask(rd, argv[1], "missing", REDUND_CMD_FABRIC_SET, REDUND_A_ENABLED, 1, 8);
	ask(rd, argv[1], "check", REDUND_CMD_SWITCHOVER_CHECK, 0, 0, 0);
	ask(rd, argv[1], "unknown", 200, 0, 0, 0);
	dump(rd, argv[1], "down", 0, REDUND_CMD_DOWN_GET);
	dump_slot(rd, argv[1], "slot-event", 2);
	piece(rd, argv[1], "piece", 1);
	changes(rd, argv[1]);
	rd_close(rd);
	return 0;
}
