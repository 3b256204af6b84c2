// SPDX-License-Identifier: GPL-2.0-only
/*
 * The class "redund" and the attributes of its devices redundN: one value a
 * file, all read-only (Documentation/ABI/testing/sysfs-class-redund). This
 * file owns their names and forms, and wakes poll() on "role" and "ready" when
 * these changed. Context: process; the wake-ups run in the core's worker.
 */
#include <linux/bits.h>
#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include "core.h"
#include "netlink_names.h"

struct class redund_class = {
	.name = "redund",
};

/* ---- values of the chassis ------------------------------------------------- */

static const char *word_of(const char * const *table, unsigned int words, u32 value)
{
	return value < words ? table[value] : "unknown";
}

#define word(table, value)	word_of(table, sizeof(table) / sizeof(char *), value)

/* Shows one expression over a snapshot named c. */
#define CHASSIS_ATTR(name, format, ...)							\
static ssize_t name##_show(struct device *dev, struct device_attribute *attr, char *buf)	\
{											\
	struct redund_chassis_info *c = kzalloc(sizeof(*c), GFP_KERNEL);		\
	ssize_t n = -ENOMEM;								\
											\
	if (c) {									\
		redund_chassis_info(dev_get_drvdata(dev), c);				\
		n = sysfs_emit(buf, format "\n", __VA_ARGS__);				\
	}										\
	kfree(c);									\
	return n;									\
}											\
static DEVICE_ATTR_RO(name)

CHASSIS_ATTR(role, "%s", word(redund_role_names, c->own_role));
CHASSIS_ATTR(slot, "%u", c->own_slot);
CHASSIS_ATTR(owner, "%u", c->owner);
CHASSIS_ATTR(epoch, "%u", c->epoch);
CHASSIS_ATTR(redundancy, "%s", c->redundancy ? "enabled" : "disabled");
CHASSIS_ATTR(switchover_ready, "%u", c->switchover_ready);
CHASSIS_ATTR(choice, "%u", c->pending);
CHASSIS_ATTR(failovers, "%u", c->failovers);
CHASSIS_ATTR(last_failover, "%llu", c->last_failover_s);
CHASSIS_ATTR(interval_ms, "%u", c->interval_ms);
CHASSIS_ATTR(interval_ms_min, "%u", c->interval_min_ms);
CHASSIS_ATTR(interval_ms_max, "%u", c->interval_max_ms);
CHASSIS_ATTR(misses, "%u", c->misses);
CHASSIS_ATTR(misses_min, "%u", c->misses_min);
CHASSIS_ATTR(misses_max, "%u", c->misses_max);
CHASSIS_ATTR(election_rule, "%s", word(redund_rule_names, c->rule));
CHASSIS_ATTR(fence_limit, "%u", c->fence_limit);
CHASSIS_ATTR(fence_period_s, "%u", c->fence_period_s);
CHASSIS_ATTR(worker_window_ms, "%u", c->worker_window_ms);
CHASSIS_ATTR(watchdog_window_ms, "%u", c->wdt_window_ms);
CHASSIS_ATTR(heartbeat_loss, "%s", word(redund_heartbeat_loss_names, c->heartbeat_loss));
CHASSIS_ATTR(clock_us, "%llu", c->now_us);
CHASSIS_ATTR(beats_sent, "%u", c->beats_sent);
CHASSIS_ATTR(beats_missed, "%u", c->beats_missed);
CHASSIS_ATTR(accesses_per_beat, "%u", c->accesses_per_beat);
CHASSIS_ATTR(beat_ns, "%u", c->beat_ns);
CHASSIS_ATTR(waiting_for, "%s", c->waiting_for[0] ? c->waiting_for : "none");
CHASSIS_ATTR(waiting_until_us, "%llu", c->waiting_for_us);

/* ---- values of this side's module ----------------------------------------------- */

static int own_mm(struct device *dev, struct redund_mm_info **out)
{
	struct redund *rd = dev_get_drvdata(dev);
	struct redund_chassis_info *c = kzalloc(sizeof(*c), GFP_KERNEL);
	struct redund_mm_info *m = kzalloc(sizeof(*m), GFP_KERNEL);
	int err = -ENOMEM;

	if (c && m) {
		redund_chassis_info(rd, c);
		err = redund_mm_info(rd, c->own_slot, m);
	}
	kfree(c);
	if (err)
		kfree(m);
	else
		*out = m;
	return err;
}

#define MM_ATTR(name, format, ...)							\
static ssize_t name##_show(struct device *dev, struct device_attribute *attr, char *buf)	\
{											\
	struct redund_mm_info *m;							\
	ssize_t n = own_mm(dev, &m);							\
											\
	if (n)										\
		return n;								\
	n = sysfs_emit(buf, format "\n", __VA_ARGS__);					\
	kfree(m);									\
	return n;									\
}											\
static DEVICE_ATTR_RO(name)

MM_ATTR(ready, "%u", !m->not_ready);
MM_ATTR(offline_cause, "%s", word(redund_offline_cause_names, m->offline_cause));
MM_ATTR(selftest, "%s", word(redund_selftest_state_names, m->selftest));
MM_ATTR(boot_image, "%s", word(redund_boot_image_names, m->boot_image));
MM_ATTR(boot_count, "%u", m->boot_count);
MM_ATTR(incarnation, "%u", m->incarnation);
MM_ATTR(link, "%s", word(redund_link_state_names, m->link));
MM_ATTR(refused_writes, "%u", m->refused_writes);

static ssize_t not_ready_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct redund_mm_info *m;
	int err = own_mm(dev, &m);
	unsigned int bit;
	int n = 0;

	if (err)
		return err;
	for (bit = 0; bit < ARRAY_SIZE(redund_not_ready_names); bit++)
		if (m->not_ready & BIT(bit))
			n += sysfs_emit_at(buf, n, "%s%s", n ? " " : "",
					   redund_not_ready_names[bit]);
	kfree(m);
	return n + sysfs_emit_at(buf, n, "\n");
}
static DEVICE_ATTR_RO(not_ready);

/* ---- fabric modules -------------------------------------------------------------- */

#define FABRIC_ATTR(name, number, format, ...)						\
static ssize_t name##_show(struct device *dev, struct device_attribute *attr, char *buf)	\
{											\
	struct redund_fabric_info f = {};						\
	int err = redund_fabric_info(dev_get_drvdata(dev), number, &f);			\
											\
	return err ?: sysfs_emit(buf, format "\n", __VA_ARGS__);			\
}											\
static DEVICE_ATTR_RO(name)

FABRIC_ATTR(fabric1, 1, "%s", f.enabled ? "enabled" : "disabled");
FABRIC_ATTR(fabric2, 2, "%s", f.enabled ? "enabled" : "disabled");
FABRIC_ATTR(fabric1_present, 1, "%u", f.present);
FABRIC_ATTR(fabric2_present, 2, "%u", f.present);

static struct attribute *redund_attrs[] = {
	&dev_attr_accesses_per_beat.attr,
	&dev_attr_beat_ns.attr,
	&dev_attr_beats_missed.attr,
	&dev_attr_beats_sent.attr,
	&dev_attr_boot_count.attr,
	&dev_attr_boot_image.attr,
	&dev_attr_choice.attr,
	&dev_attr_clock_us.attr,
	&dev_attr_election_rule.attr,
	&dev_attr_epoch.attr,
	&dev_attr_fabric1.attr,
	&dev_attr_fabric1_present.attr,
	&dev_attr_fabric2.attr,
	&dev_attr_fabric2_present.attr,
	&dev_attr_failovers.attr,
	&dev_attr_fence_limit.attr,
	&dev_attr_fence_period_s.attr,
	&dev_attr_heartbeat_loss.attr,
	&dev_attr_incarnation.attr,
	&dev_attr_interval_ms.attr,
	&dev_attr_interval_ms_max.attr,
	&dev_attr_interval_ms_min.attr,
	&dev_attr_last_failover.attr,
	&dev_attr_link.attr,
	&dev_attr_misses.attr,
	&dev_attr_misses_max.attr,
	&dev_attr_misses_min.attr,
	&dev_attr_not_ready.attr,
	&dev_attr_offline_cause.attr,
	&dev_attr_owner.attr,
	&dev_attr_ready.attr,
	&dev_attr_redundancy.attr,
	&dev_attr_refused_writes.attr,
	&dev_attr_role.attr,
	&dev_attr_selftest.attr,
	&dev_attr_slot.attr,
	&dev_attr_switchover_ready.attr,
	&dev_attr_waiting_for.attr,
	&dev_attr_waiting_until_us.attr,
	&dev_attr_watchdog_window_ms.attr,
	&dev_attr_worker_window_ms.attr,
	NULL,
};

static const struct attribute_group redund_group = {
	.attrs = redund_attrs,
};

const struct attribute_group *redund_groups[] = {
	&redund_group,
	NULL,
};

/* ---- poll() ------------------------------------------------------------------------- */

/* Every change of a role or of readiness is a change of a management module.
 * A wake-up without a change does no harm: the reader compares.
 */
static int wake_readers(struct notifier_block *nb, unsigned long action, void *data)
{
	const struct redund_change *c = data;
	struct device *dev = redund_device(c->rd);

	if ((c->object == REDUND_OBJECT_MM || c->object == REDUND_OBJECT_CHASSIS) &&
	    device_is_registered(dev)) {
		sysfs_notify(&dev->kobj, NULL, "role");
		sysfs_notify(&dev->kobj, NULL, "ready");
	}
	return NOTIFY_OK;
}

static struct notifier_block wake_notifier = {
	.notifier_call = wake_readers,
};

/**
 * redund_sysfs_init() - the class; before the first instance
 *
 * Return: 0 or a negative errno.
 */
int redund_sysfs_init(void)
{
	int err = class_register(&redund_class);

	if (err)
		return err;
	err = redund_register_change_notifier(&wake_notifier);
	if (err)
		class_unregister(&redund_class);
	return err;
}

/** redund_sysfs_exit() - takes the class away; after the last instance */
void redund_sysfs_exit(void)
{
	redund_unregister_change_notifier(&wake_notifier);
	class_unregister(&redund_class);
}
