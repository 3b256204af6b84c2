// SPDX-License-Identifier: GPL-2.0-only
/*
 * Back end: a platform device with the register window as its memory and at
 * most one interrupt, from a device-tree node or, by ACPI PRP0001, from the same
 * properties. This Linux is the management module: its panic, reboot and
 * power-off are the module's.
 *
 * Properties: "compatible"; "reg", "interrupts"; "redund,slot" (optional, 1
 * or 2): where the board wires this window, checked against the controller.
 */
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include "bp.h"
#include "bp_io.h"

struct rd_mmio {
	struct rd_io io;
	struct redund *rd;
	int irq;
};

static irqreturn_t rd_mmio_irq(int irq, void *data)
{
	struct rd_mmio *p = data;
	struct redund *rd = READ_ONCE(p->rd);

	return rd && redund_interrupt(rd) ? IRQ_HANDLED : IRQ_NONE;
}

static int rd_mmio_map(struct platform_device *pdev, struct rd_mmio *p)
{
	struct resource *res;

	p->io.base = devm_platform_get_and_ioremap_resource(pdev, 0, &res);
	if (IS_ERR(p->io.base))
		return PTR_ERR(p->io.base);
	if (resource_size(res) < REDUND_WINDOW_SIZE)
		return dev_err_probe(&pdev->dev, -ENODEV, "window is too small\n");
	/* Interrupts are hints (G4): a board without one is slower, not unsafe. */
	p->irq = platform_get_irq_optional(pdev, 0);
	if (p->irq == -ENXIO)
		p->irq = 0;
	return p->irq < 0 ? p->irq : 0;
}

static int rd_mmio_check_slot(struct platform_device *pdev, struct rd_mmio *p)
{
	unsigned long flags;
	u32 wired, slot;

	if (device_property_read_u32(&pdev->dev, "redund,slot", &wired))
		return 0;
	local_irq_save(flags);
	slot = rd_io_ops.read32(&p->io, REG_SLOT);
	local_irq_restore(flags);
	if (slot == wired)
		return 0;
	return dev_err_probe(&pdev->dev, -ENODEV, "refused: slot %u, wired as %u\n", slot,
			     wired);
}

static int rd_mmio_probe(struct platform_device *pdev)
{
	struct rd_mmio *p;
	struct redund *rd;
	int ret;

	p = devm_kzalloc(&pdev->dev, sizeof(*p), GFP_KERNEL);
	if (!p)
		return -ENOMEM;
	platform_set_drvdata(pdev, p);
	ret = rd_mmio_map(pdev, p);
	if (ret)
		return ret;
	ret = rd_mmio_check_slot(pdev, p);
	if (ret)
		return ret;
	if (p->irq)
		ret = request_irq(p->irq, rd_mmio_irq, IRQF_NO_THREAD, "redund", p);
	if (ret)
		return dev_err_probe(&pdev->dev, ret, "no interrupt\n");
	rd = redund_register(&pdev->dev, &rd_io_ops, &p->io);
	if (IS_ERR(rd)) {
		if (p->irq)
			free_irq(p->irq, p);
		return PTR_ERR(rd);
	}
	WRITE_ONCE(p->rd, rd);
	return 0;
}

static void rd_mmio_remove(struct platform_device *pdev)
{
	struct rd_mmio *p = platform_get_drvdata(pdev);
	struct redund *rd = p->rd;

	WRITE_ONCE(p->rd, NULL);
	if (p->irq)
		free_irq(p->irq, p);
	redund_unregister(rd);
}

static void rd_mmio_shutdown(struct platform_device *pdev)
{
	struct rd_mmio *p = platform_get_drvdata(pdev);

	redund_shutdown(p->rd);
}

static const struct of_device_id rd_mmio_match[] = {
	{ .compatible = "redund,backplane-1.0" },
	{ }
};
MODULE_DEVICE_TABLE(of, rd_mmio_match);

static struct platform_driver rd_mmio_driver = {
	.driver = {
		.name = "redund_mmio",
		.of_match_table = rd_mmio_match,
	},
	.probe = rd_mmio_probe,
	.remove_new = rd_mmio_remove,
	.shutdown = rd_mmio_shutdown,
};
module_platform_driver(rd_mmio_driver);
MODULE_DESCRIPTION("Redundant management modules: memory-mapped backplane controller");
MODULE_LICENSE("GPL");
