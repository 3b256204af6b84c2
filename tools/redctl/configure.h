/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands of the configuration share. */
#ifndef REDCTL_CONFIGURE_H
#define REDCTL_CONFIGURE_H

#include "../lib/config.h"
#include "session.h"

/** configure() - a setting of user space, changed by the words of its command
 * @ctx: context
 * @n: number of words
 * @...: words, as config_command() takes them; a NULL among them is left out
 *
 * Only on the module that holds the grant: the other's settings come from its
 * stored configuration when it takes over.
 *
 * Return: enum status
 */
int configure(struct ctx *ctx, unsigned int n, ...);

/** configure_owner() - refuse with `not-active' where this module is not the owner
 * @ctx: context
 *
 * Return: enum status
 */
int configure_owner(struct ctx *ctx);

/** configure_startup() - the stored configuration that this module runs from
 * @ctx: context
 * @number: set, as config_startup() has it
 *
 * Return: enum status
 */
int configure_startup(struct ctx *ctx, unsigned int *number);

/** configure_fail() - report a failure of the configuration's functions
 * @ctx: context
 * @err: negative errno
 * @why: their sentence
 *
 * Return: enum status
 */
int configure_fail(struct ctx *ctx, int err, const char *why);

/** configure_running() - config_running() and this module's booted image
 * @ctx: context
 * @c: filled
 * @image: set
 *
 * Return: enum status; not 0: the cause has been reported.
 */
int configure_running(struct ctx *ctx, struct config *c, enum flash_which *image);

/** configure_store() - what write memory does; prints nothing when it is done
 * @ctx: context
 * @number: set to that of the file
 * @bytes: set to its length
 *
 * Return: enum status; not 0: the cause has been reported.
 */
int configure_store(struct ctx *ctx, unsigned int *number, size_t *bytes);

/** configure_text() - the running configuration as a text to be stored
 * @ctx: context
 * @text: CONFIG_TEXT_MAX bytes
 * @image: set to this module's booted image
 *
 * Return: enum status; not 0: the cause has been reported.
 */
int configure_text(struct ctx *ctx, char *text, enum flash_which *image);

/** configure_offer() - before a boot: offer to save what would be lost (S-211)
 * @ctx: context
 *
 * Nothing is asked where nothing would be lost: no flash, not the active module,
 * nothing changed. What is saved is on a standby in standby mode too.
 *
 * Return: 0 to go on, else enum status
 */
int configure_offer(struct ctx *ctx);

/* A configuration: its lines as text; in JSON the list "lines". */
void out_lines(struct out *o, char *text);

/* The part of the JSON that belongs to one command; nothing as text. */
void out_console(struct out *o, const struct config *c);
void out_front_panel(struct out *o, const struct config *c);
void out_servers(struct out *o, const struct config *c);
/* Everything: the object "config". */
void out_config(struct out *o, const struct config *c);

#endif /* REDCTL_CONFIGURE_H */
