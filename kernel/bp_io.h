/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Accesses of a memory-mapped register window, shared by the PCI and the
 * platform back end (two modules, so that a board loads only its own).
 *
 * Areas are copied in ascending 32-bit words. User-Mode Linux is the
 * exception: its PCI window is a message to another process, and one block
 * copy is one message; there, a read now and then keeps posted writes from
 * being lost (more than 256 in a row are).
 */
#ifndef REDUND_BP_IO_H
#define REDUND_BP_IO_H

#include <linux/io.h>
#include <linux/io-64-nonatomic-lo-hi.h>
#include "bp.h"

#define RD_IO_POSTED_MAX	128

struct rd_io {
	void __iomem *base;
	unsigned int posted;		/* writes since the last read */
};

static inline u32 rd_io_read32(void *bp, u32 off)
{
	struct rd_io *io = bp;

	io->posted = 0;
	return readl(io->base + off);
}

static inline u64 rd_io_read64(void *bp, u32 off)
{
	struct rd_io *io = bp;

	io->posted = 0;
	/* Two words, the low one first, where the bus has no 64-bit reads. */
	return readq(io->base + off);
}

static inline void rd_io_posted(struct rd_io *io)
{
	if (IS_ENABLED(CONFIG_UML) && ++io->posted >= RD_IO_POSTED_MAX)
		rd_io_read32(io, REG_ID);
}

static inline void rd_io_write32(void *bp, u32 off, u32 value)
{
	struct rd_io *io = bp;

	writel(value, io->base + off);
	rd_io_posted(io);
}

static inline void rd_io_read_area(void *bp, u32 off, void *buf, size_t len)
{
	struct rd_io *io = bp;

	io->posted = 0;
	if (IS_ENABLED(CONFIG_UML))
		memcpy_fromio(buf, io->base + off, len);
	else
		__ioread32_copy(buf, io->base + off, len / 4);
}

static inline void rd_io_write_area(void *bp, u32 off, const void *buf, size_t len)
{
	struct rd_io *io = bp;

	if (IS_ENABLED(CONFIG_UML))
		memcpy_toio(io->base + off, buf, len);
	else
		__iowrite32_copy(io->base + off, buf, len / 4);
	rd_io_posted(io);
}

/* Panic-safe: one write, no lock, no count. */
static inline void rd_io_going_down(void *bp, u32 reason)
{
	struct rd_io *io = bp;

	writel(reason, io->base + REG_GOING_DOWN);
}

static const struct redund_bp_ops rd_io_ops = {
	.read32 = rd_io_read32,
	.read64 = rd_io_read64,
	.write32 = rd_io_write32,
	.read_area = rd_io_read_area,
	.write_area = rd_io_write_area,
	.going_down = rd_io_going_down,
	.own_kernel = true,
};

#endif /* REDUND_BP_IO_H */
