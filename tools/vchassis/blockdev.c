// SPDX-License-Identifier: GPL-2.0-or-later
/* Owns a module's disk and its write cache; see blockdev.h. */
#include "blockdev.h"
#include "compiler.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECTOR	 512
#define SEGMENTS (VHOST_SEGMENTS - 2) /* of data: one more for each end */
#define QUEUE	 0

/* ---- cache and medium --------------------------------------------------- */

static struct block_page *find(struct blockdev *b, u32 page)
{
	return b->place[page] ? &b->cache[b->place[page] - 1] : NULL;
}

static int write_back(struct blockdev *b, u32 i)
{
	struct block_page *p = &b->cache[i], *last = &b->cache[b->cached - 1];

	if (pwrite(b->fd, p->data, BLOCK_PAGE, (off_t)p->number * BLOCK_PAGE) != BLOCK_PAGE)
		return -1;
	b->place[p->number] = 0;
	b->cached--;
	if (p == last)
		return 0;
	*p = *last;
	b->place[p->number] = i + 1;
	return 0;
}

int blockdev_settle(struct blockdev *b)
{
	while (b->cached)
		if (write_back(b, b->cached - 1))
			return -1;
	return 0;
}

void blockdev_power_lost(struct blockdev *b)
{
	b->lost += b->cached;
	while (b->cached)
		b->place[b->cache[--b->cached].number] = 0;
}

static u32 chance(struct blockdev *b)
{
	b->chance ^= b->chance << 13;
	b->chance ^= b->chance >> 17;
	b->chance ^= b->chance << 5;
	return b->chance;
}

/* A page in the cache, to be written to; NULL when the medium fails. */
static struct block_page *dirty(struct blockdev *b, u32 page, bool whole)
{
	struct block_page *p = find(b, page);

	if (p)
		return p;
	if (b->cached == BLOCK_CACHE && write_back(b, chance(b) % BLOCK_CACHE))
		return NULL;
	p = &b->cache[b->cached];
	if (!whole && pread(b->fd, p->data, BLOCK_PAGE, (off_t)page * BLOCK_PAGE) != BLOCK_PAGE)
		return NULL;
	p->number = page;
	b->place[page] = ++b->cached;
	return p;
}

static bool put(struct blockdev *b, u32 page, u32 from, const u8 *data, size_t len)
{
	struct block_page *p = dirty(b, page, len == BLOCK_PAGE);

	if (p)
		memcpy(p->data + from, data, len);
	return p;
}

static bool get(struct blockdev *b, u32 page, u32 from, u8 *data, size_t len)
{
	const struct block_page *p = find(b, page);

	if (p)
		memcpy(data, p->data + from, len);
	return p || pread(b->fd, data, len, (off_t)page * BLOCK_PAGE + from) == (ssize_t)len;
}

/* Between a piece of the module's memory and the medium, page by page. */
static bool move(struct blockdev *b, u64 at, u8 *data, size_t len, bool out)
{
	bool ok = true;

	while (len && ok) {
		u32 from = at % BLOCK_PAGE;
		size_t n = len < BLOCK_PAGE - from ? len : BLOCK_PAGE - from;

		if (out)
			ok = put(b, at / BLOCK_PAGE, from, data, n);
		else
			ok = get(b, at / BLOCK_PAGE, from, data, n);
		at += n;
		data += n;
		len -= n;
	}
	return ok;
}

/* ---- requests ------------------------------------------------------------- */

static size_t length(const struct iovec *v, int n)
{
	size_t len = 0;

	for (int i = 0; i < n; i++)
		len += v[i].iov_len;
	return len;
}

/* @len bytes of the segments @v, after @skip of them. */
static bool transfer(struct blockdev *b, const struct iovec *v, int n, size_t skip, u64 at,
		     size_t len, bool out)
{
	u64 size = (u64)b->pages * BLOCK_PAGE;

	if (b->fd < 0 || at > size || len > size - at)
		return false;
	for (int i = 0; i < n && len; i++) {
		size_t room = v[i].iov_len;

		if (skip >= room) {
			skip -= room;
			continue;
		}
		room = room - skip < len ? room - skip : len;
		if (!move(b, at, (u8 *)v[i].iov_base + skip, room, out))
			return false;
		skip = 0;
		at += room;
		len -= room;
	}
	return !len;
}

/* Return: the status of the request; *@read: bytes written to the module's memory. */
static u8 carry_out(struct blockdev *b, const struct vhost_chain *c, size_t room, size_t *read)
{
	static const char name[VIRTIO_BLK_ID_BYTES] = "redund flash";
	struct virtio_blk_outhdr head;
	size_t out = length(c->out, c->outs);
	bool ok;

	*read = 0;
	if (vhost_gather(c, &head, sizeof(head)) != sizeof(head) ||
	    head.sector > (u64)b->pages * BLOCK_PAGE / SECTOR)
		return VIRTIO_BLK_S_IOERR;
	switch (head.type) {
	case VIRTIO_BLK_T_IN:
		ok = transfer(b, c->in, c->ins, 0, head.sector * SECTOR, room, false);
		*read = ok ? room : 0;
		break;
	case VIRTIO_BLK_T_OUT:
		ok = transfer(b, c->out, c->outs, sizeof(head), head.sector * SECTOR,
			      out - sizeof(head), true);
		break;
	case VIRTIO_BLK_T_FLUSH:
		ok = b->fd >= 0 && !blockdev_settle(b);
		break;
	case VIRTIO_BLK_T_GET_ID:
		ok = true;
		*read = vhost_scatter(c, 0, name, room < sizeof(name) ? room : sizeof(name));
		break;
	default:
		return VIRTIO_BLK_S_UNSUPP;
	}
	return ok ? VIRTIO_BLK_S_OK : VIRTIO_BLK_S_IOERR;
}

static void kicked(struct vhost *v, u32 index)
{
	struct blockdev *b = v->data;
	struct vhost_chain c;

	if (index != QUEUE)
		return;
	while (vhost_take(v, QUEUE, &c)) {
		size_t in = length(c.in, c.ins), done = 0;
		u8 status;

		/* the last byte of what it has room for is the status */
		if (in) {
			status = carry_out(b, &c, in - 1, &done);
			vhost_scatter(&c, in - 1, &status, sizeof(status));
		}
		vhost_done(v, QUEUE, &c, in ? done + 1 : 0);
	}
	vhost_signal(v, QUEUE);
}

static void gone(struct vhost *v)
{
}

void blockdev_drop(struct blockdev *b)
{
	vhost_drop(&b->vhost);
}

void blockdev_close(struct blockdev *b)
{
	if (b->fd < 0)
		return;
	blockdev_settle(b);
	close(b->fd);
	b->fd = -1;
	b->cached = 0;
	b->pages = 0;
	free(b->place);
	free(b->cache);
	b->place = NULL;
	b->cache = NULL;
}

int blockdev_open(struct blockdev *b, const char *path)
{
	struct stat st;

	blockdev_close(b);
	b->config.capacity = 0;
	b->fd = open(path, O_RDWR | O_CLOEXEC);
	if (b->fd < 0)
		return -1;
	b->cache = calloc(BLOCK_CACHE, sizeof(*b->cache));
	if (!b->cache || fstat(b->fd, &st))
		goto fail;
	b->pages = st.st_size / BLOCK_PAGE;
	b->place = calloc(b->pages + 1, sizeof(*b->place));
	if (!b->place)
		goto fail;
	b->config.capacity = (u64)b->pages * BLOCK_PAGE / SECTOR;
	return 0;
fail:
	blockdev_close(b);
	errno = ENOMEM;
	return -1;
}

int blockdev_init(struct blockdev *b, const char *path)
{
	b->fd = -1;
	b->chance = b->chance ? b->chance : 1;
	b->config.seg_max = SEGMENTS;
	b->config.blk_size = BLOCK_PAGE;
	b->vhost.data = b;
	b->vhost.device_features = BIT_ULL(VIRTIO_BLK_F_SEG_MAX) | BIT_ULL(VIRTIO_BLK_F_BLK_SIZE) |
				   BIT_ULL(VIRTIO_BLK_F_FLUSH);
	b->vhost.config = &b->config;
	b->vhost.config_len = sizeof(b->config);
	b->vhost.kicked = kicked;
	b->vhost.gone = gone;
	return vhost_listen(&b->vhost, path);
}
