// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns the modules' flashes, DIR/mmN/flash: what a new module's holds, whose
 * is in the slot (a pulled module keeps its own in DIR/flash/SERIAL), and the
 * fault that corrupts one.
 */
#include "vc.h"
#include "blockstore.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TURNED 64 /* bytes that the fault turns over, in the middle */

static void flash_of(int slot, char path[32])
{
	snprintf(path, 32, "mm%d/flash", slot);
}

static int make_folder(const char *path)
{
	return mkdir(path, 0755) && errno != EEXIST ? -1 : 0;
}

static int copy_data(int from, int to)
{
	char buf[65536];
	ssize_t n;

	while ((n = copy_file_range(from, NULL, to, NULL, 1 << 30, 0)) > 0)
		;
	if (!n)
		return 0;
	/* between some file systems only so */
	while ((n = read(from, buf, sizeof(buf))) > 0)
		if (write(to, buf, n) != n)
			return -1;
	return n < 0 ? -1 : 0;
}

int store_put(int slot, enum flash_which which, const char *file)
{
	char folder[32], path[PATH_MAX], temp[PATH_MAX + 8];
	int from = open(file, O_RDONLY | O_CLOEXEC), to, err;

	flash_of(slot, folder);
	if (from < 0 || flash_path(folder, which, path, sizeof(path)))
		return -1;
	snprintf(temp, sizeof(temp), "%s.new", path);
	unlink(temp);
	to = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	err = to < 0 || copy_data(from, to) || rename(temp, path) ? errno : 0;
	if (err)
		unlink(temp);
	if (to >= 0)
		close(to);
	close(from);
	vc_slot(slot)->corrupt[which].on = false;
	errno = err;
	return err ? -1 : 0;
}

int store_fill(int slot, bool again)
{
	char folder[32], path[PATH_MAX];

	flash_of(slot, folder);
	for (int which = 0; which < FLASH_IMAGES; which++) {
		if (flash_path(folder, which, path, sizeof(path)))
			return -1;
		if ((again || access(path, F_OK)) && store_put(slot, which, vc.opt.image))
			return -1;
	}
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return ftw->level ? remove(path) : 0;
}

int store_erase(int slot)
{
	char folder[32];

	flash_of(slot, folder);
	memset(vc_slot(slot)->corrupt, 0, sizeof(vc_slot(slot)->corrupt));
	return nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int store_prepare(int slot, const char **why)
{
	char folder[32];

	flash_of(slot, folder);
	*why = "cannot make the flash's folder";
	if (make_folder("flash"))
		return -1;
	if (vc.opt.flash.mib) {
		*why = "cannot make the flash's medium (e2fsprogs)";
		return blockstore_prepare(slot);
	}
	if (make_folder(folder))
		return -1;
	*why = "cannot write the image to the flash";
	if (vc.opt.direct || vc.opt.blank_flash || !vc.opt.slot[slot - 1])
		return 0;
	return store_fill(slot, vc.opt.reflash);
}

int store_change(int slot, const char *old_serial, const char *new_serial)
{
	char folder[32], kept[64], back[64];

	if (!strcmp(old_serial, new_serial))
		return 0;
	if (vc.opt.flash.mib)
		return blockstore_change(slot, old_serial, new_serial);
	flash_of(slot, folder);
	snprintf(kept, sizeof(kept), "flash/%s", old_serial);
	snprintf(back, sizeof(back), "flash/%s", new_serial);
	memset(vc_slot(slot)->corrupt, 0, sizeof(vc_slot(slot)->corrupt));
	if (rename(folder, kept))
		return -1;
	return rename(back, folder) && errno == ENOENT ? make_folder(folder) : 0;
}

static bool turn(int fd, off_t at)
{
	unsigned char bytes[TURNED];

	if (pread(fd, bytes, sizeof(bytes), at) != sizeof(bytes))
		return false;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] ^= 0xff;
	return pwrite(fd, bytes, sizeof(bytes), at) == sizeof(bytes);
}

const char *store_corrupt(int slot, enum flash_which which, bool on)
{
	struct corruption *c = &vc_slot(slot)->corrupt[which];
	const char *why = NULL;
	char folder[32], path[PATH_MAX];
	struct stat st;
	int fd;

	flash_of(slot, folder);
	if (flash_path(folder, which, path, sizeof(path)))
		return "a path is too long";
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) || st.st_size < 4 * TURNED) {
		why = on ? "that flash is blank" : NULL;
	} else if (on != c->on || (on && (c->ino != st.st_ino || c->dev != st.st_dev))) {
		/* one that was written since has no fault any more */
		if (on)
			*c = (struct corruption){ .dev = st.st_dev,
						  .ino = st.st_ino,
						  .at = st.st_size / 2 };
		if (c->ino == st.st_ino && c->dev == st.st_dev && !turn(fd, c->at))
			why = "that flash cannot be written";
	}
	if (!why)
		c->on = on;
	if (fd >= 0)
		close(fd);
	return why;
}
