// SPDX-License-Identifier: GPL-2.0-only
/*
 * Back end: a PCI FPGA with the register window in BAR 0 and one MSI. This
 * Linux is the management module: its panic, reboot and power-off are the
 * module's.
 */
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/io-64-nonatomic-lo-hi.h>
#include <linux/module.h>
#include <linux/pci.h>
#include "bp.h"
#include "bp_io.h"

#define RD_BAR	0

struct rd_pci {
	struct rd_io io;
	struct redund *rd;
};

static irqreturn_t rd_pci_irq(int irq, void *data)
{
	struct rd_pci *p = data;
	struct redund *rd = READ_ONCE(p->rd);

	return rd && redund_interrupt(rd) ? IRQ_HANDLED : IRQ_NONE;
}

static int rd_pci_setup(struct pci_dev *pdev)
{
	int ret;

	ret = pcim_enable_device(pdev);
	if (ret)
		return dev_err_probe(&pdev->dev, ret, "cannot be enabled\n");
	if (pci_resource_len(pdev, RD_BAR) < REDUND_WINDOW_SIZE)
		return dev_err_probe(&pdev->dev, -ENODEV, "window is too small\n");
	ret = pcim_iomap_regions(pdev, BIT(RD_BAR), "redund");
	if (ret)
		return dev_err_probe(&pdev->dev, ret, "window cannot be mapped\n");
	pci_set_master(pdev);
	ret = pci_alloc_irq_vectors(pdev, 1, 1, PCI_IRQ_MSI);
	if (ret < 0)
		return dev_err_probe(&pdev->dev, ret, "no MSI\n");
	return 0;
}

static int rd_pci_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct rd_pci *p;
	struct redund *rd;
	int ret;

	p = devm_kzalloc(&pdev->dev, sizeof(*p), GFP_KERNEL);
	if (!p)
		return -ENOMEM;
	ret = rd_pci_setup(pdev);
	if (ret)
		return ret;
	p->io.base = pcim_iomap_table(pdev)[RD_BAR];
	pci_set_drvdata(pdev, p);
	/* Before the instance: the controller interrupts only once enabled. */
	ret = request_irq(pci_irq_vector(pdev, 0), rd_pci_irq, IRQF_NO_THREAD, "redund", p);
	if (ret)
		goto err_vectors;
	rd = redund_register(&pdev->dev, &rd_io_ops, &p->io);
	if (IS_ERR(rd)) {
		ret = PTR_ERR(rd);
		goto err_irq;
	}
	WRITE_ONCE(p->rd, rd);
	return 0;

err_irq:
	free_irq(pci_irq_vector(pdev, 0), p);
err_vectors:
	pci_free_irq_vectors(pdev);
	return ret;
}

static void rd_pci_remove(struct pci_dev *pdev)
{
	struct rd_pci *p = pci_get_drvdata(pdev);
	struct redund *rd = p->rd;

	WRITE_ONCE(p->rd, NULL);
	free_irq(pci_irq_vector(pdev, 0), p);
	redund_unregister(rd);
	pci_free_irq_vectors(pdev);
}

static void rd_pci_shutdown(struct pci_dev *pdev)
{
	struct rd_pci *p = pci_get_drvdata(pdev);

	redund_shutdown(p->rd);
}

static const struct pci_device_id rd_pci_ids[] = {
	{ PCI_DEVICE(REDUND_PCI_VENDOR, REDUND_PCI_DEVICE) },
	{ }
};
MODULE_DEVICE_TABLE(pci, rd_pci_ids);

static struct pci_driver rd_pci_driver = {
	.name = "redund_pci",
	.id_table = rd_pci_ids,
	.probe = rd_pci_probe,
	.remove = rd_pci_remove,
	.shutdown = rd_pci_shutdown,
};
module_pci_driver(rd_pci_driver);
MODULE_DESCRIPTION("Redundant management modules: PCI backplane controller");
MODULE_LICENSE("GPL");
