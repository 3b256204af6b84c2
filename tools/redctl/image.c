// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Flash images as the commands write them, see image.h. An image is verified
 * before the flash is touched, and replaces the old one by a rename.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include "../lib/hold.h"
#include "image.h"
#include "sync.h"
#include "tftp.h"

#define DOWNLOAD "download.part" /* FLASH/..., no item of the synchronization */

int image_which(struct ctx *ctx, const char *word, enum flash_which *which)
{
	*which = FLASH_PRIMARY;
	if (word && !flash_value(word, which))
		return fail(ctx, STATUS_USAGE, "usage", "expected: primary, secondary");
	if (access(flash_dir(), R_OK | X_OK))
		return fail(ctx, STATUS_REFUSED, "no-flash", "%.60s: %s", flash_dir(),
			    strerror(errno));
	return STATUS_DONE;
}

int image_load(struct ctx *ctx, const char *file, const char *name, struct fit **fit)
{
	char why[FIT_WHY_MAX] = "";
	int err = fit_load(file, fit, why, sizeof(why));

	if (err == -ENOENT)
		return fail(ctx, STATUS_REFUSED, "no-file", "%.200s: there is no such file", name);
	if (!err)
		err = fit_verify(*fit, why, sizeof(why));
	if (!err)
		return STATUS_DONE;
	fit_free(*fit);
	*fit = NULL;
	return fail(ctx, STATUS_REFUSED, err == -EBADMSG ? "bad-image" : "error", "%.200s: %s",
		    name, why);
}

bool image_bootable(enum flash_which which)
{
	char path[FLASH_PATH_MAX];
	struct fit *fit = NULL;
	bool good;

	good = !flash_path(flash_dir(), which, path, sizeof(path)) &&
	       !fit_load(path, &fit, NULL, 0) && !fit_verify(fit, NULL, 0);
	fit_free(fit);
	return good;
}

int image_fail(struct ctx *ctx, enum flash_which which, int err)
{
	return fail(ctx, STATUS_REFUSED, err == -EACCES || err == -EROFS ? "permission" : "flash",
		    "%s flash: %s; it holds what it held before", flash_name(which),
		    strerror(-err));
}

int image_write(struct ctx *ctx, enum flash_which which, const struct fit *fit)
{
	char path[FLASH_PATH_MAX];
	const void *data;
	size_t len;
	int err;

	data = fit_data(fit, &len);
	err = flash_path(flash_dir(), which, path, sizeof(path));
	if (!err)
		err = flash_replace(path, data, len);
	return err ? image_fail(ctx, which, err) : STATUS_DONE;
}

void image_out(struct out *o, enum flash_which which, const struct fit_info *info)
{
	out_flag(o, "ok", NULL, true);
	out_str(o, "flash", NULL, flash_name(which));
	out_str(o, "version", NULL, info->version);
	out_num(o, "build", NULL, info->build);
	out_num(o, "bytes", NULL, info->size);
}

/* ---- from a TFTP server ------------------------------------------------------------ */

static void show_progress(void *data, unsigned long long done, unsigned long long total)
{
	printf("\r  %llu of %llu KiB ", done / 1024, total / 1024);
	fflush(stdout);
}

static int transfer(struct ctx *ctx, const char *address, const char *name, int fd)
{
	bool show = !ctx->opt.json && isatty(STDOUT_FILENO);
	struct tftp t = {
		.address = address,
		.name = name,
		.timeout_s = sync_seconds(ctx, SYNC_IMAGE_S),
		.progress = show ? show_progress : NULL,
	};
	char why[TFTP_WHY_MAX];
	int ret = tftp_get(&t, fd, FIT_FILE_MAX, why);

	if (show)
		putchar('\n');
	if (ret)
		return fail(ctx, STATUS_REFUSED, "transfer", "tftp %.80s: %s", address, why);
	return STATUS_DONE;
}

/* Return: a descriptor that holds the lock, or a negative errno. */
static int open_part(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644), err;

	if (fd < 0)
		return -errno;
	if (!flock(fd, LOCK_EX | LOCK_NB) && !ftruncate(fd, 0))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

int image_fetch(struct ctx *ctx, const char *address, const char *name, char *path, int *fd,
		struct fit **fit)
{
	int status;

	if (snprintf(path, FLASH_PATH_MAX, "%s/%s", flash_dir(), DOWNLOAD) >= FLASH_PATH_MAX)
		return image_fail(ctx, FLASH_PRIMARY, -ENAMETOOLONG);
	*fd = open_part(path);
	if (*fd == -EWOULDBLOCK)
		return fail(ctx, STATUS_REFUSED, "busy", "another download is running");
	if (*fd < 0)
		return fail(ctx, STATUS_REFUSED, "flash", "%.80s: %s", path, strerror(-*fd));
	status = transfer(ctx, address, name, *fd);
	if (!status)
		status = image_load(ctx, path, name, fit);
	if (status)
		image_drop(path, *fd);
	return status;
}

/* Makes the entry of the renamed file durable. */
static int sync_flash(void)
{
	int fd = open(flash_dir(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	err = flash_sync_dir(fd);
	close(fd);
	return err;
}

int image_take(struct ctx *ctx, enum flash_which which, const char *path, int fd)
{
	char image[FLASH_PATH_MAX];
	int err = flash_path(flash_dir(), which, image, sizeof(image));

	if (!err)
		err = flash_sync_file(fd);
	if (!err && rename(path, image))
		err = -errno;
	if (err) {
		image_drop(path, fd);
		return image_fail(ctx, which, err);
	}
	close(fd);
	err = sync_flash();
	return err ? image_fail(ctx, which, err) : STATUS_DONE;
}

void image_drop(const char *path, int fd)
{
	unlink(path);
	close(fd);
}

int image_spread(struct ctx *ctx, enum flash_which which, const char *done)
{
	/* what `update' kept back goes out with it */
	int err = hold_set(flash_dir(), flash_name(which), false);

	if (err)
		return fail(ctx, STATUS_REFUSED, "flash", "%s; it is still held back: %s", done,
			    strerror(-err));
	return sync_commit(ctx, flash_name(which), SYNC_IMAGE_S, done);
}
