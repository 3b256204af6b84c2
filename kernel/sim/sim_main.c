// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module redund_sim: owns the bus, the list of chassis and the settings.
 *
 * A chassis is made by loading the module (chassis=N, default 1) or by
 * writing "ID [SLOTS]" to /sys/bus/redund_sim/new_device, and removed by
 * writing "ID" to del_device, both at any time. Each of its slots is an
 * ordinary device, chassisID.1 and chassisID.2, bound by a driver that hands
 * its register window to redund.ko as any back end does.
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include "../plant.h"
#include "sim.h"

static unsigned int chassis = 1;
module_param(chassis, uint, 0444);
MODULE_PARM_DESC(chassis, "chassis made at load, 1 to N (default 1, at most 8)");

static unsigned int timer_max_ms = 10000;
module_param(timer_max_ms, uint, 0644);
MODULE_PARM_DESC(timer_max_ms, "longest failover timer of new chassis");

static unsigned int timer_boot_ms = 5000;
module_param(timer_boot_ms, uint, 0644);
MODULE_PARM_DESC(timer_boot_ms, "boot bound of new chassis");

static unsigned int timer_down_ms = 2000;
module_param(timer_down_ms, uint, 0644);
MODULE_PARM_DESC(timer_down_ms, "shutdown bound of new chassis");

static unsigned int reset_pulse_us = 1000;
module_param(reset_pulse_us, uint, 0644);
MODULE_PARM_DESC(reset_pulse_us, "length of a reset pulse in new chassis");

static unsigned int im_download_us = 20000;
module_param(im_download_us, uint, 0644);
MODULE_PARM_DESC(im_download_us, "download time of interface modules in new chassis");

static unsigned int caps = CAPS_ALL;
module_param(caps, uint, 0644);
MODULE_PARM_DESC(caps, "guarantees that new chassis claim to keep, bit n - 1 for Gn");

unsigned int sim_restart_ms = 500;
module_param_named(restart_ms, sim_restart_ms, uint, 0644);
MODULE_PARM_DESC(restart_ms, "time without power of a module that was killed");

unsigned int sim_stall_us = 6000;
module_param_named(stall_us, sim_stall_us, uint, 0644);
MODULE_PARM_DESC(stall_us, "the clock stands still when a CPU did for longer; 0 never (default 6000)");

#define SIM_CHASSIS_MAX	8

static LIST_HEAD(sim_list);
static DEFINE_MUTEX(sim_list_lock);	/* guards sim_list and sim_closing */
static bool sim_closing;

struct workqueue_struct *sim_wq;
struct dentry *sim_root;

/**
 * sim_config() - the configuration of a new chassis, from the parameters
 * @cfg: filled
 */
void sim_config(struct chassis_config *cfg)
{
	*cfg = (struct chassis_config) {
		.timer_max_ms = timer_max_ms,
		.timer_boot_ms = timer_boot_ms,
		.timer_down_ms = timer_down_ms,
		.reset_pulse_us = reset_pulse_us,
		.im_download_us = im_download_us,
		.caps = caps & CAPS_ALL,
		.plant = PLANT_CHASSIS,
	};
}

static struct sim_chassis *sim_find(u32 id)
{
	struct sim_chassis *c;

	lockdep_assert_held(&sim_list_lock);
	list_for_each_entry(c, &sim_list, list)
		if (c->id == id)
			return c;
	return NULL;
}

static int sim_new(u32 id, unsigned int slots)
{
	struct sim_chassis *c;

	guard(mutex)(&sim_list_lock);
	if (sim_closing)
		return -ENODEV;
	if (sim_find(id))
		return -EEXIST;
	c = sim_chassis_new(id, slots);
	if (IS_ERR(c))
		return PTR_ERR(c);
	list_add_tail(&c->list, &sim_list);
	return 0;
}

static int sim_del(u32 id)
{
	struct sim_chassis *c;

	guard(mutex)(&sim_list_lock);
	c = sim_find(id);
	if (!c)
		return -ENOENT;
	list_del(&c->list);
	sim_chassis_del(c);
	return 0;
}

/* "ID" or "ID SLOTS", where SLOTS is 1, 2, 1,2 or 0: who holds a module */
static ssize_t new_device_store(compat_attr_bus *bus, const char *buf, size_t count)
{
	unsigned int id, slots = 3;
	char word[8] = "", end;
	int n, err;

	n = sscanf(buf, "%u %7s %c", &id, word, &end);
	if (n != 1 && n != 2)
		return -EINVAL;
	if (n == 2) {
		if (!strcmp(word, "0"))
			slots = 0;
		else if (!strcmp(word, "1"))
			slots = 1;
		else if (!strcmp(word, "2"))
			slots = 2;
		else if (strcmp(word, "1,2"))
			return -EINVAL;
	}
	err = sim_new(id, slots);
	return err ?: count;
}

static ssize_t del_device_store(compat_attr_bus *bus, const char *buf, size_t count)
{
	unsigned int id;
	int err;

	err = kstrtouint(buf, 0, &id);
	if (!err)
		err = sim_del(id);
	return err ?: count;
}

static BUS_ATTR_WO(new_device);
static BUS_ATTR_WO(del_device);

static struct attribute *sim_bus_attrs[] = {
	&bus_attr_new_device.attr,
	&bus_attr_del_device.attr,
	NULL
};
ATTRIBUTE_GROUPS(sim_bus);

struct bus_type sim_bus = {
	.name = "redund_sim",
	.bus_groups = sim_bus_groups,
};

static void sim_del_all(void)
{
	struct sim_chassis *c, *next;

	guard(mutex)(&sim_list_lock);
	sim_closing = true;
	list_for_each_entry_safe(c, next, &sim_list, list) {
		list_del(&c->list);
		sim_chassis_del(c);
	}
}

static int sim_new_all(void)
{
	unsigned int id;
	int err;

	for (id = 1; id <= chassis; id++) {
		err = sim_new(id, 3);
		if (err) {
			sim_del_all();
			return err;
		}
	}
	return 0;
}

static int __init sim_init(void)
{
	int err;

	if (chassis > SIM_CHASSIS_MAX) {
		pr_err("redund_sim: chassis=%u, at most %u can be made at load\n",
		       chassis, SIM_CHASSIS_MAX);
		return -EINVAL;
	}
	sim_wq = alloc_workqueue("redund_sim", WQ_UNBOUND, 0);
	if (!sim_wq)
		return -ENOMEM;
	sim_clock_start();
	sim_root = debugfs_create_dir("redund_sim", NULL);
	err = bus_register(&sim_bus);
	if (err)
		goto err_wq;
	err = driver_register(&sim_driver);
	if (err)
		goto err_bus;
	err = sim_new_all();
	if (err)
		goto err_driver;
	return 0;

err_driver:
	driver_unregister(&sim_driver);
err_bus:
	bus_unregister(&sim_bus);
err_wq:
	debugfs_remove(sim_root);
	sim_clock_stop();
	destroy_workqueue(sim_wq);
	return err;
}

static void __exit sim_exit(void)
{
	sim_del_all();
	driver_unregister(&sim_driver);
	bus_unregister(&sim_bus);
	debugfs_remove(sim_root);
	sim_clock_stop();
	destroy_workqueue(sim_wq);
}

module_init(sim_init);
module_exit(sim_exit);
MODULE_DESCRIPTION("redund: a chassis of two management modules inside one kernel");
MODULE_LICENSE("GPL");
