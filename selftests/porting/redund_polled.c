// SPDX-License-Identifier: GPL-2.0-only
/*
 * A whole back end, as an example: a board whose controller is mapped into
 * memory, is read in 32-bit words only, and has no interrupt line. Everything
 * such a driver has to do is here; Documentation/redund/porting.rst explains
 * it step by step.
 *
 * Without an interrupt the driver would look at the controller once every
 * heartbeat interval, which keeps every guarantee and bound. This board wants
 * to be told sooner, so a timer looks every poll_us.
 */
#include <linux/err.h>
#include <linux/hrtimer.h>
#include <linux/io.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include "bp.h"

static unsigned int poll_us = 2000;
module_param(poll_us, uint, 0444);
MODULE_PARM_DESC(poll_us, "microseconds between two looks at the causes");

/**
 * struct board - one slot's window
 * @base: of the window
 * @rd: the instance
 * @poll: stands for the interrupt line
 */
struct board {
	void __iomem *base;
	struct redund *rd;
	struct hrtimer poll;
};

static u32 board_read32(void *bp, u32 off)
{
	struct board *b = bp;

	return readl(b->base + off);
}

/* Reading the low word latches the high one: never torn (G1, G10). */
static u64 board_read64(void *bp, u32 off)
{
	struct board *b = bp;
	u64 low = readl(b->base + off);

	return low | (u64)readl(b->base + off + 4) << 32;
}

static void board_write32(void *bp, u32 off, u32 value)
{
	struct board *b = bp;

	writel(value, b->base + off);
}

/* In words, in ascending order; @len and @off are multiples of four. */
static void board_read_area(void *bp, u32 off, void *buf, size_t len)
{
	struct board *b = bp;
	__le32 *to = buf;
	size_t i;

	for (i = 0; i < len / 4; i++)
		to[i] = cpu_to_le32(readl(b->base + off + 4 * i));
}

static void board_write_area(void *bp, u32 off, const void *buf, size_t len)
{
	struct board *b = bp;
	const __le32 *from = buf;
	size_t i;

	for (i = 0; i < len / 4; i++)
		writel(le32_to_cpu(from[i]), b->base + off + 4 * i);
}

/* The one write of a dying kernel: no lock, any context. */
static void board_going_down(void *bp, u32 reason)
{
	board_write32(bp, REG_GOING_DOWN, reason);
}

static const struct redund_bp_ops board_ops = {
	.read32 = board_read32,
	.read64 = board_read64,
	.write32 = board_write32,
	.read_area = board_read_area,
	.write_area = board_write_area,
	.going_down = board_going_down,
	.own_kernel = true,	/* this Linux is the module */
};

static enum hrtimer_restart board_poll(struct hrtimer *t)
{
	struct board *b = container_of(t, struct board, poll);

	redund_interrupt(b->rd);
	hrtimer_forward_now(t, ns_to_ktime((u64)poll_us * NSEC_PER_USEC));
	return HRTIMER_RESTART;
}

static int board_probe(struct platform_device *pdev)
{
	struct board *b = devm_kzalloc(&pdev->dev, sizeof(*b), GFP_KERNEL);

	if (!b)
		return -ENOMEM;
	b->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(b->base))
		return PTR_ERR(b->base);
	b->rd = redund_register(&pdev->dev, &board_ops, b);
	if (IS_ERR(b->rd))
		return PTR_ERR(b->rd);
	hrtimer_init(&b->poll, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	b->poll.function = board_poll;
	hrtimer_start(&b->poll, 0, HRTIMER_MODE_REL_HARD);
	platform_set_drvdata(pdev, b);
	return 0;
}

/* No interrupt may come once the instance goes, hence this order. */
static void board_remove(struct platform_device *pdev)
{
	struct board *b = platform_get_drvdata(pdev);

	hrtimer_cancel(&b->poll);
	redund_unregister(b->rd);
}

static const struct of_device_id board_match[] = {
	{ .compatible = "example,polled-backplane" },
	{ }
};
MODULE_DEVICE_TABLE(of, board_match);

static struct platform_driver board_driver = {
	.driver = {
		.name = "redund_polled",
		.of_match_table = board_match,
	},
	.probe = board_probe,
	.remove_new = board_remove,
};
module_platform_driver(board_driver);

MODULE_DESCRIPTION("redund: example of a back end");
MODULE_LICENSE("GPL");
