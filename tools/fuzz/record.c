// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Hostile heartbeat frames and records of chassis memory through the driver's own
 * readers (kernel/record.c): as they are, and with their CRC put right. Nothing
 * of a bad one is taken; of a good one every value is of its enumeration and
 * every text ends and is printable, since it goes to logs and users as it is.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/redund.h>
#include "../../kernel/record.h"
#include "fuzz.h"

const char *const fuzz_words[] = { "RFRM",     "RMOD",	   "RCCH",     "RDWN",	  "REVT", "K.15.02",
				   "\x01\x01", "\x03\x01", "\x01\x02", "\x1b[2J", NULL };

static bool text_good(const char *text, size_t size)
{
	return memchr(text, '\0', size) && fuzz_printable(text);
}

static void check_frame(const uint8_t *raw)
{
	const struct redund_frame *from = (const void *)raw;
	static struct redund_frame f;
	int err = rd_frame_parse(raw, from->slot, from->incarnation, &f);

	MUST(!err || err == -ENODATA || err == -EBADMSG || err == -EPROTONOSUPPORT ||
	     err == -ESTALE); /* a short one has no incarnation */
	if (err)
		return;
	/* of another slot, of another start */
	MUST(rd_frame_parse(raw, 3 - from->slot, from->incarnation, &f));
	MUST(rd_frame_parse(raw, from->slot, from->incarnation + 1, &f));
	MUST(!rd_frame_parse(raw, from->slot, from->incarnation, &f));
	MUST(rd_rec_good((const void *)raw, REDUND_FRAME_MAGIC, WIN_FRAME_SIZE));
	MUST(f.slot == from->slot && f.role <= REDUND_ROLE_DOWN);
	MUST(f.cause <= REDUND_OFFLINE_CAUSE_SHUTDOWN && f.phase < REDUND_PHASE_MAX);
	MUST(f.selftest <= REDUND_SELFTEST_FAILED && f.last_role <= REDUND_LAST_OTHER);
	MUST(f.link <= REDUND_LINK_STATE_ALIVE);
	MUST(text_good(f.sw_version, sizeof(f.sw_version)));
	MUST(text_good(f.sw_stamp, sizeof(f.sw_stamp)));
	MUST(text_good(f.sync_text, sizeof(f.sync_text)));
}

/* What was not in the record is zero, what was is as it was. */
static void check_record(const uint8_t *raw, size_t size, uint32_t magic, uint16_t version,
			 size_t len)
{
	const struct redund_rec_head *head = (const void *)raw;
	uint8_t *out = malloc(len);
	size_t used, i;
	int err;

	MUST(out);
	err = rd_rec_take(raw, size, magic, version, out, len);
	used = err ? 0 : head->length < len ? head->length : len;
	MUST(!err || err == -ENODATA || err == -EBADMSG || err == -EPROTONOSUPPORT);
	MUST(err || head->length <= size);
	MUST(!memcmp(out, raw, used));
	for (i = used; i < len; i++)
		MUST(!out[i]);
	free(out);
}

/* What is shown of a chassis record and of its history. */
static void check_values(const uint8_t *data, size_t len)
{
	struct redund_chassis_record r;
	struct redund_history_record h;

	if (!rd_rec_take(data, len, REDUND_CHREC_MAGIC, REDUND_CHREC_VERSION, &r, sizeof(r))) {
		rd_chassis_clean(&r);
		MUST(r.redundancy <= 1 && r.pending <= 2 && r.intent_to <= 2);
		MUST(r.last_role[0] <= REDUND_LAST_OTHER && r.last_role[1] <= REDUND_LAST_OTHER);
		MUST(r.boot_reason <= REDUND_REASON_BOOT_SYSTEM);
		MUST(r.last_reason <= REDUND_REASON_BOOT_SYSTEM);
		MUST(r.heartbeat_loss <= REDUND_HEARTBEAT_LOSS_HOLD);
		MUST(text_good(r.mod_serial[1], sizeof(r.mod_serial[1])));
		MUST(text_good(r.last_requester, sizeof(r.last_requester)));
	}
	if (!rd_rec_take(data, len, REDUND_CHREC_MAGIC, REDUND_CHREC_VERSION, &h, sizeof(h))) {
		rd_history_clean(&h);
		MUST(h.from <= 2 && h.to <= 2 && h.reason <= REDUND_REASON_BOOT_SYSTEM);
		MUST(h.verdict <= REDUND_VERDICT_FAILED && h.rule <= REDUND_RULE_LOWEST_SLOT);
		for (unsigned int i = 0; i < REDUND_PHASE_MAX; i++)
			MUST(h.phase_result[i] <= REDUND_PHASE_RESULT_SKIPPED);
		MUST(text_good(h.requester, sizeof(h.requester)));
	}
}

static void check(const uint8_t *data, size_t len)
{
	uint8_t *frame = calloc(1, WIN_FRAME_SIZE);

	MUST(frame);
	memcpy(frame, data, len < WIN_FRAME_SIZE ? len : WIN_FRAME_SIZE);
	check_frame(frame);
	free(frame);
	check_record(data, len, REDUND_CHREC_MAGIC, REDUND_CHREC_VERSION,
		     sizeof(struct redund_chassis_record));
	check_record(data, len, REDUND_CHREC_MAGIC, REDUND_CHREC_VERSION,
		     sizeof(struct redund_history_record));
	check_record(data, len, REDUND_MODREC_MAGIC, REDUND_MODREC_VERSION,
		     sizeof(struct redund_module_record));
	check_record(data, len, REDUND_DOWN_MAGIC, REDUND_CRASH_VERSION,
		     sizeof(struct redund_down_record));
	check_values(data, len);
	check_record(data, len, REDUND_EVENT_MAGIC, REDUND_CRASH_VERSION,
		     sizeof(struct redund_event_record));
}

/* A text of any bytes is ended and printable afterwards. */
static void check_clean(const uint8_t *data, size_t len)
{
	char *text;

	if (!len)
		return;
	text = fuzz_copy(data, len, false);
	rd_nv_clean(text, len);
	MUST(text_good(text, len));
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct redund_rec_head *head;
	uint8_t *copy;

	if (len < sizeof(*head))
		return 0;
	copy = fuzz_copy(data, len, false);
	head = (struct redund_rec_head *)copy;
	check(copy, len);
	check_clean(copy, len);
	if (head->length >= sizeof(*head) && head->length <= len) {
		head->crc = rd_rec_crc(head, head->length);
		check(copy, len);
	}
	free(copy);
	return 0;
}
