/* SPDX-License-Identifier: GPL-2.0-only */
/* Frames and records as bytes of anybody: see record.c. */
#ifndef REDUND_RECORD_H
#define REDUND_RECORD_H

#include "format.h"
#include "regs.h"

u32 rd_rec_crc(const struct redund_rec_head *head, size_t length);
bool rd_rec_good(const struct redund_rec_head *head, u32 magic, size_t size);
void rd_rec_seal(struct redund_rec_head *head, u32 magic, u16 version, u16 length);
int rd_rec_take(const void *raw, size_t size, u32 magic, u16 version, void *out, size_t len);
void rd_nv_clean(char *text, size_t size);
void rd_chassis_clean(struct redund_chassis_record *r);
void rd_history_clean(struct redund_history_record *h);
int rd_frame_parse(const u8 *raw, u8 slot, u32 incarnation, struct redund_frame *f);

#endif /* REDUND_RECORD_H */
