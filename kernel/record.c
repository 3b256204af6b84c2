// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the other module wrote, and this one before: owns how a heartbeat frame
 * and a record of chassis memory is judged and taken. Pure, and built into host
 * programs too (tools/fuzz): the bytes may be anything.
 */
#include <linux/crc32.h>
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/redund.h>
#include <asm/byteorder.h>
#include "record.h"

#define RD_IMAGE_MAX	2	/* boot_image: 0 unknown, 1 primary, 2 secondary */

/* ---- records: head, CRC ----------------------------------------------------- */

/**
 * rd_rec_crc() - CRC-32 (IEEE) of a record with its crc field as zero
 * @head: the record, little-endian
 * @length: bytes of it, its head included
 *
 * Return: the CRC, host order
 */
u32 rd_rec_crc(const struct redund_rec_head *head, size_t length)
{
	const u8 *at = (const u8 *)head;
	const size_t from = offsetof(struct redund_rec_head, crc);
	static const u8 zero[sizeof(head->crc)];
	u32 crc;

	crc = crc32_le(~0U, at, from);
	crc = crc32_le(crc, zero, sizeof(zero));
	crc = crc32_le(crc, at + from + sizeof(zero), length - from - sizeof(zero));
	return ~crc;
}

/**
 * rd_rec_good() - is this a whole record?
 * @head: the record as read
 * @magic: what it should be
 * @size: bytes that were read
 *
 * The version is the caller's to judge; a record may be shorter (older) or
 * longer (newer) than the structure that is known here.
 *
 * Return: true if magic, length and CRC agree
 */
bool rd_rec_good(const struct redund_rec_head *head, u32 magic, size_t size)
{
	u16 length = le16_to_cpu(head->length);

	return le32_to_cpu(head->magic) == magic && length >= sizeof(*head) &&
	       length <= size && rd_rec_crc(head, length) == le32_to_cpu(head->crc);
}

/**
 * rd_rec_seal() - complete a record: magic, version, length, sequence, CRC
 * @head: the record; its sequence counts up
 * @magic: REDUND_*_MAGIC
 * @version: REDUND_*_VERSION
 * @length: bytes of it
 */
void rd_rec_seal(struct redund_rec_head *head, u32 magic, u16 version, u16 length)
{
	head->magic = cpu_to_le32(magic);
	head->version = cpu_to_le16(version);
	head->length = cpu_to_le16(length);
	le32_add_cpu(&head->seq, 1);
	head->crc = cpu_to_le32(rd_rec_crc(head, length));
}

/**
 * rd_rec_take() - a record as read becomes a structure of this version
 * @raw: bytes as read
 * @size: how many
 * @magic: what it should be
 * @version: of the structure
 * @out: filled: fields that an older writer did not know are zero
 * @len: sizeof(*out)
 *
 * Return: 0, -ENODATA nothing there, -EBADMSG damaged, -EPROTONOSUPPORT of a
 * higher major version
 */
int rd_rec_take(const void *raw, size_t size, u32 magic, u16 version, void *out, size_t len)
{
	const struct redund_rec_head *head = raw;

	memset(out, 0, len);
	if (!head->magic || head->magic == cpu_to_le32(U32_MAX))
		return -ENODATA;
	if (!rd_rec_good(head, magic, size))
		return -EBADMSG;
	if (REDUND_FORMAT_MAJOR(le16_to_cpu(head->version)) > REDUND_FORMAT_MAJOR(version))
		return -EPROTONOSUPPORT;
	memcpy(out, raw, min_t(size_t, le16_to_cpu(head->length), len));
	return 0;
}

/**
 * rd_nv_clean() - a text that goes to logs and users, whoever wrote it (I6)
 * @text: as read; it ends within @size and is printable afterwards
 * @size: bytes of its field
 */
void rd_nv_clean(char *text, size_t size)
{
	size_t i;

	text[size - 1] = 0;
	for (i = 0; text[i]; i++)
		if (!isascii(text[i]) || !isprint(text[i]))
			text[i] = '?';
}

/* What is none of its enumeration is said not to be known (I6). */
static void rd_value_clean(u8 *value, u8 last)
{
	if (*value > last)
		*value = 0;
}

/**
 * rd_chassis_clean() - texts and values of a chassis record, whoever wrote it
 * @r: as rd_rec_take() gave it; what no version writes is 0 afterwards
 */
void rd_chassis_clean(struct redund_chassis_record *r)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		rd_nv_clean(r->mod_serial[i], sizeof(r->mod_serial[i]));
		rd_value_clean(&r->last_role[i], REDUND_LAST_OTHER);
	}
	r->redundancy = !!r->redundancy;
	rd_value_clean(&r->pending, 2);
	rd_value_clean(&r->intent_from, 2);
	rd_value_clean(&r->intent_to, 2);
	rd_value_clean(&r->intent_reason, REDUND_REASON_BOOT_SYSTEM);
	rd_value_clean(&r->boot_image, RD_IMAGE_MAX);
	rd_value_clean(&r->boot_reason, REDUND_REASON_BOOT_SYSTEM);
	rd_value_clean(&r->last_reason, REDUND_REASON_BOOT_SYSTEM);
	rd_value_clean(&r->heartbeat_loss, REDUND_HEARTBEAT_LOSS_HOLD);
	rd_nv_clean(r->intent_requester, sizeof(r->intent_requester));
	rd_nv_clean(r->last_requester, sizeof(r->last_requester));
}

/**
 * rd_history_clean() - text and values of a role change, whoever wrote it
 * @h: as rd_rec_take() gave it; what no version writes is 0 afterwards
 */
void rd_history_clean(struct redund_history_record *h)
{
	unsigned int i;

	rd_value_clean(&h->from, 2);
	rd_value_clean(&h->to, 2);
	rd_value_clean(&h->reason, REDUND_REASON_BOOT_SYSTEM);
	rd_value_clean(&h->verdict, REDUND_VERDICT_FAILED);
	rd_value_clean(&h->rule, REDUND_RULE_LOWEST_SLOT);
	for (i = 0; i < REDUND_PHASE_MAX; i++)
		rd_value_clean(&h->phase_result[i], REDUND_PHASE_RESULT_SKIPPED);
	rd_nv_clean(h->requester, sizeof(h->requester));
}

/* ---- frames --------------------------------------------------------------------- */

/* Values go to users as they are: what is none of its enumeration is rubbish (I6). */
static bool rd_frame_values(const struct redund_frame *f)
{
	return f->role <= REDUND_ROLE_DOWN && f->cause <= REDUND_OFFLINE_CAUSE_SHUTDOWN &&
	       f->selftest <= REDUND_SELFTEST_FAILED && f->phase < REDUND_PHASE_MAX &&
	       f->last_role <= REDUND_LAST_OTHER && f->boot_image <= RD_IMAGE_MAX &&
	       f->link <= REDUND_LINK_STATE_ALIVE;
}

/**
 * rd_frame_parse() - judge a received frame
 * @raw: WIN_FRAME_SIZE bytes as read; nothing is taken from a bad one
 * @slot: the peer's slot
 * @incarnation: the peer's present start
 * @f: filled; fields that an older sender did not know are zero
 *
 * Return: 0, -EPROTONOSUPPORT for a higher major version, -EBADMSG for a torn
 * or foreign frame, -ESTALE for one of another start (I1), -ENODATA for none
 */
int rd_frame_parse(const u8 *raw, u8 slot, u32 incarnation, struct redund_frame *f)
{
	const struct redund_rec_head *head = (const void *)raw;
	size_t length;

	if (!head->magic)
		return -ENODATA;
	if (!rd_rec_good(head, REDUND_FRAME_MAGIC, WIN_FRAME_SIZE))
		return -EBADMSG;
	if (REDUND_FORMAT_MAJOR(le16_to_cpu(head->version)) >
	    REDUND_FORMAT_MAJOR(REDUND_FRAME_VERSION))
		return -EPROTONOSUPPORT;
	length = min_t(size_t, le16_to_cpu(head->length), sizeof(*f));
	memset(f, 0, sizeof(*f));
	memcpy(f, raw, length);
	rd_nv_clean(f->sw_version, sizeof(f->sw_version));
	rd_nv_clean(f->sw_stamp, sizeof(f->sw_stamp));
	rd_nv_clean(f->sync_text, sizeof(f->sync_text));
	if (f->slot != slot)
		return -EBADMSG;
	if (le32_to_cpu(f->incarnation) != incarnation)
		return -ESTALE;
	return rd_frame_values(f) ? 0 : -EBADMSG;
}
