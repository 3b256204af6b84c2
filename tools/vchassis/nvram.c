// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns DIR/nvram, the chassis memory that survives power: struct chassis_nv
 * behind a head. A commit is written before the model answers it.
 */
#include "vc.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const struct nvram_head {
	char magic[8];
	u32 version, size;
} head = { "RDNVRAM", 1, sizeof(struct chassis_nv) };

static int nvram_fd = -1;

int nvram_load(const char *dir, struct chassis_nv *nv)
{
	struct nvram_head found = { 0 };
	char path[PATH_MAX + 8];

	memset(nv, 0, sizeof(*nv));
	snprintf(path, sizeof(path), "%s/nvram", dir);
	nvram_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (nvram_fd < 0)
		return -1;
	if (pread(nvram_fd, &found, sizeof(found), 0) == sizeof(found) &&
	    !memcmp(&found, &head, sizeof(head)) &&
	    pread(nvram_fd, nv, sizeof(*nv), sizeof(head)) == sizeof(*nv))
		return 0;
	memset(nv, 0, sizeof(*nv));
	if (ftruncate(nvram_fd, 0) ||
	    pwrite(nvram_fd, nv, sizeof(*nv), sizeof(head)) != sizeof(*nv) ||
	    pwrite(nvram_fd, &head, sizeof(head), 0) != sizeof(head))
		return -1;
	return 0;
}

void nvram_store(const struct chassis_nv *nv, const void *at, size_t len)
{
	size_t off = (const char *)at - (const char *)nv;

	if (off > sizeof(*nv) || len > sizeof(*nv) - off)
		return;
	if (pwrite(nvram_fd, at, len, sizeof(head) + off) != (ssize_t)len)
		fprintf(stderr, "nvram: %s\n", strerror(errno));
}
