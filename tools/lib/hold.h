/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * FLASH/sync/hold: the items that redsyncd does not send, one name a line. The
 * command `update' writes it (C-33), a download and `sync image' take it back.
 */
#ifndef REDUND_HOLD_H
#define REDUND_HOLD_H

#include <stdbool.h>

/**
 * hold_set() - hold an item back, or send it again
 * @flash: directory
 * @item: name
 * @on: hold
 *
 * Durable. Return: 0, or a negative errno.
 */
int hold_set(const char *flash, const char *item, bool on);

/** hold_read() - is the item held back? */
bool hold_read(const char *flash, const char *item);

#endif /* REDUND_HOLD_H */
