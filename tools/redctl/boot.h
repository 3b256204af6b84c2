/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What boot and reload share: the questions of pages 15-29 to 15-33, and the request. */
#ifndef REDCTL_BOOT_H
#define REDCTL_BOOT_H

#include "session.h"

#define BOOT_QUESTION_MAX 256

/** boot_becomes_standby() - the question of boot and of a switchover (S-079, S-190, C-05)
 * @ctx: context
 * @text: filled
 */
void boot_becomes_standby(struct ctx *ctx, char text[BOOT_QUESTION_MAX]);

/** boot_module() - boot or reload this module: check, ask, do, wait
 * @ctx: context; --check ends after the check
 * @kind: enum redund_reboot_kind: boot or reload
 *
 * Offers first to save changes of the configuration (S-211).
 *
 * Return: enum status
 */
int boot_module(struct ctx *ctx, uint32_t kind);

/** boot_other() - boot the standby, or both: then changes may be saved first
 * @ctx: context; --check ends after the check
 * @kind: enum redund_reboot_kind
 * @image: enum redund_boot_image, 0 default
 *
 * Return: enum status
 */
int boot_other(struct ctx *ctx, uint32_t kind, uint32_t image);

#endif /* REDCTL_BOOT_H */
