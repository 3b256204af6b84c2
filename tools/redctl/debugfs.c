// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading the driver's files in debugfs; see debugfs.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "debugfs.h"

#define PIECE 65536

static int cannot(struct ctx *ctx, const char *path, int err)
{
	if (err == EACCES || err == EPERM)
		return fail(ctx, STATUS_REFUSED, "permission", "%s is for root", path);
	if (err == ENOENT)
		return fail(ctx, STATUS_REFUSED, "unsupported",
			    "%s is not there: debugfs is not mounted, or this kernel has none",
			    path);
	return fail(ctx, STATUS_REFUSED, "error", "%s: %s", path, strerror(err));
}

/* All of it, terminated. Return: NULL: errno says why. */
static char *slurp(FILE *f)
{
	size_t used = 0, got;
	char *text = NULL, *more;

	do {
		more = realloc(text, used + PIECE + 1);
		if (!more) {
			free(text);
			return NULL;
		}
		text = more;
		got = fread(text + used, 1, PIECE, f);
		used += got;
	} while (got);
	text[used] = '\0';
	if (!ferror(f))
		return text;
	free(text);
	return NULL;
}

int debugfs_read(struct ctx *ctx, const char *name, char **text)
{
	const char *dir = getenv("REDUND_DEBUGFS");
	char path[256];
	FILE *f;
	int err;

	snprintf(path, sizeof(path), "%.200s/redund%d/%.32s",
		 dir ? dir : "/sys/kernel/debug/redund", ctx->instance, name);
	f = fopen(path, "re");
	if (!f)
		return cannot(ctx, path, errno);
	errno = 0;
	*text = slurp(f);
	err = errno;
	fclose(f);
	return *text ? STATUS_DONE : cannot(ctx, path, err ? err : EIO);
}
