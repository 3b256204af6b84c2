/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A module without a kernel: its driver is what the test says it is. */
#ifndef REDSYNCD_FAKE_DRIVER_H
#define REDSYNCD_FAKE_DRIVER_H

#include "../session.h"

#define FAKE_TEXT    4096
#define FAKE_DAMAGED "damaged"

struct module {
	char flash[128];
	struct sync_policy policy;
	struct store *store;
	struct session session;
	struct view view;	/* what the driver answers */
	struct view *from_look; /* when set: what it answers from the second time on */
	unsigned int looks;
	int64_t skew_ms; /* added to the clock */
	/* what it was told */
	unsigned int acks, links, reboot_image, same_image;
	bool synced, alive, busy;
	char sync_text[FRAME_TEXT_MAX], busy_text[FRAME_TEXT_MAX], events[FAKE_TEXT];
};

extern const struct session_ops fake_ops;
extern unsigned int fake_looks; /* images that were looked at */

/* Slot 1 is active, slot 2 is syncing, both in epoch 7. */
void fake_view(struct view *v, unsigned int slot, unsigned int owner);
/* A flash below @dir, an open store, a session. Ends the program when that fails. */
void fake_open(struct module *m, const char *dir, unsigned int slot, const char *policy);
void fake_close(struct module *m);
/* Writes a file of the flash; NULL removes it. */
void fake_file(const struct module *m, const char *path, const char *text);
/* Its text; "" when it is not there */
const char *fake_text(const struct module *m, const char *path);
void fake_must(bool good, const char *what);

#endif
