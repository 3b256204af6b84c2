// SPDX-License-Identifier: GPL-2.0-only
/*
 * For tests in User-Mode Linux, which has no platform device with an
 * interrupt: makes one of the virtual chassis' PCI device, with BAR 0 as its
 * memory, the PCI vector as its interrupt, and the device-tree node that
 * `compatible` names. Whatever driver that node matches then binds to it.
 * Owns the PCI device and nothing else; it never touches a register.
 */
#include <linux/err.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include "regs.h"

static char *compatible = "redund,backplane-1.0";
module_param(compatible, charp, 0444);
MODULE_PARM_DESC(compatible, "of the node to use");

static bool interrupt = true;
module_param(interrupt, bool, 0444);
MODULE_PARM_DESC(interrupt, "give the device its interrupt");

static struct platform_device *glue_device(struct pci_dev *pdev, struct device_node *np)
{
	struct resource res[] = {
		DEFINE_RES_MEM(pci_resource_start(pdev, 0), pci_resource_len(pdev, 0)),
		DEFINE_RES_IRQ(pci_irq_vector(pdev, 0)),
	};
	struct platform_device_info info = {
		.parent = &pdev->dev,
		.fwnode = of_fwnode_handle(np),
		.name = "redund-backplane",
		.id = PLATFORM_DEVID_NONE,
		.res = res,
		.num_res = interrupt ? 2 : 1,
	};

	return platform_device_register_full(&info);
}

static int glue_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct platform_device *plat;
	struct device_node *np;
	int err;

	np = of_find_compatible_node(NULL, NULL, compatible);
	if (!np)
		return dev_err_probe(&pdev->dev, -ENODEV, "no node is %s\n", compatible);
	err = pcim_enable_device(pdev);
	if (err)
		goto out;
	pci_set_master(pdev);
	err = pci_alloc_irq_vectors(pdev, 1, 1, PCI_IRQ_MSI);
	if (err < 0)
		goto out;
	plat = glue_device(pdev, np);
	err = PTR_ERR_OR_ZERO(plat);
	if (err)
		pci_free_irq_vectors(pdev);
	pci_set_drvdata(pdev, plat);
out:
	of_node_put(np);
	return err;
}

static void glue_remove(struct pci_dev *pdev)
{
	platform_device_unregister(pci_get_drvdata(pdev));
	pci_free_irq_vectors(pdev);
}

static const struct pci_device_id glue_ids[] = {
	{ PCI_DEVICE(REDUND_PCI_VENDOR, REDUND_PCI_DEVICE) },
	{ }
};
MODULE_DEVICE_TABLE(pci, glue_ids);

static struct pci_driver glue_driver = {
	.name = "redund_uml_glue",
	.id_table = glue_ids,
	.probe = glue_probe,
	.remove = glue_remove,
};
module_pci_driver(glue_driver);

MODULE_DESCRIPTION("redund tests: the PCI window of a UML kernel as a platform device");
MODULE_LICENSE("GPL");
