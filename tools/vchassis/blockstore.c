// SPDX-License-Identifier: GPL-2.0-or-later
/* Owns the files of the flashes that are block devices; see blockstore.h. */
#include "blockstore.h"
#include "vc.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void blockstore_path(int slot, char path[32])
{
	snprintf(path, 32, "mm%d/flash.img", slot);
}

static void name_of(enum flash_which which, char name[32])
{
	snprintf(name, 32, "%s.itb", flash_name(which));
}

int blockstore_write(const char *path, const struct medium_kind *kind, bool erase,
		     const char *const image[FLASH_IMAGES], const char *fill)
{
	char name[32];
	int err;

	if (erase || access(path, F_OK))
		err = medium_make(path, kind, NULL);
	else
		err = medium_settle(path);
	for (int which = 0; which < FLASH_IMAGES && !err; which++) {
		name_of(which, name);
		if (image[which])
			err = medium_put(path, name, image[which]);
		else if (fill && !medium_has(path, name))
			err = medium_put(path, name, fill);
	}
	return err;
}

/* A flash that was a directory until now is taken over as it is. */
int blockstore_prepare(int slot)
{
	const struct options *o = &vc.opt;
	const char *image[FLASH_IMAGES] = { NULL };
	const char *fill = o->direct || o->blank_flash || !o->slot[slot - 1] ? NULL : o->image;
	char path[32], folder[32];
	int err = 0;

	blockstore_path(slot, path);
	snprintf(folder, sizeof(folder), "mm%d/flash", slot);
	if (access(path, F_OK) && !access(folder, F_OK))
		err = medium_make(path, &o->flash, folder);
	for (int which = 0; which < FLASH_IMAGES && fill && o->reflash; which++)
		image[which] = fill;
	if (!err)
		err = blockstore_write(path, &o->flash, false, image, fill);
	errno = -err;
	return err ? -1 : 0;
}

int blockstore_change(int slot, const char *old_serial, const char *new_serial)
{
	char path[32], kept[64], back[64];

	blockstore_path(slot, path);
	snprintf(kept, sizeof(kept), "flash/%s.img", old_serial);
	snprintf(back, sizeof(back), "flash/%s.img", new_serial);
	if (rename(path, kept) && errno != ENOENT)
		return -1;
	return rename(back, path) && (errno != ENOENT || rename(BLOCKSTORE_NEW, path)) ? -1 : 0;
}
