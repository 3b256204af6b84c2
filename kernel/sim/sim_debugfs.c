// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a person or a fault does to a simulated chassis: owns the files below
 * /sys/kernel/debug/redund_sim/chassisN/, listed in Documentation/redund/sim.rst.
 *
 * Most of them are switches: reading gives 0 or 1, writing 0 or 1 acts. Each
 * action is traced as `fault` before it is carried out.
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "sim.h"

/*
 * One switch: @on and @off are traced. @get and @set are called between
 * sim_enter() and sim_leave().
 */
struct sim_knob {
	struct sim_chassis *c;
	int slot;			/* 1, 2 or 0 */
	u32 arg;			/* enum chassis_fault, fabric or module */
	const char *on, *off;
	bool (*get)(const struct sim_knob *k);
	void (*set)(const struct sim_knob *k, bool on, u64 now);
};

static int sim_knob_get(void *data, u64 *value)
{
	struct sim_knob *k = data;
	unsigned long flags;

	sim_enter(k->c, &flags);
	*value = k->get(k);
	sim_leave(k->c, flags);
	return 0;
}

static int sim_knob_set(void *data, u64 value)
{
	struct sim_knob *k = data;
	unsigned long flags;
	u64 now;

	if (value > 1)
		return -EINVAL;
	now = sim_enter(k->c, &flags);
	sim_model(chassis_advance, k->c, now);
	if (value != k->get(k)) {
		sim_note_fault(k->c, k->slot, value ? k->on : k->off);
		k->set(k, value, now);
	}
	sim_leave(k->c, flags);
	return 0;
}

DEFINE_DEBUGFS_ATTRIBUTE(sim_knob_fops, sim_knob_get, sim_knob_set, "%llu\n");

static bool present_get(const struct sim_knob *k)
{
	return k->c->model.slot[k->slot - 1].present;
}

/* A hot-swap slot: power follows the insertion. */
static void present_set(const struct sim_knob *k, bool on, u64 now)
{
	sim_model(chassis_presence, k->c, k->slot, on, now);
	if (on)
		sim_model(chassis_power, k->c, k->slot, true, now);
}

static bool power_get(const struct sim_knob *k)
{
	return k->c->model.slot[k->slot - 1].powered;
}

static void power_set(const struct sim_knob *k, bool on, u64 now)
{
	sim_model(chassis_power, k->c, k->slot, on, now);
}

static bool kill_get(const struct sim_knob *k)
{
	return !power_get(k);
}

/* Power is lost and comes back by itself after restart_ms. */
static void kill_set(const struct sim_knob *k, bool on, u64 now)
{
	sim_model(chassis_power, k->c, k->slot, !on, now);
	if (on)
		mod_delayed_work(sim_wq, &k->c->slot[k->slot - 1].power_on,
				 msecs_to_jiffies(sim_restart_ms));
}

static bool window_get(const struct sim_knob *k)
{
	return k->c->slot[k->slot - 1].dead;
}

static void window_set(const struct sim_knob *k, bool on, u64 now)
{
	k->c->slot[k->slot - 1].dead = on;
}

static bool fault_get(const struct sim_knob *k)
{
	return k->c->model.slot[k->slot - 1].faults & BIT(k->arg);
}

static void fault_set(const struct sim_knob *k, bool on, u64 now)
{
	sim_model(chassis_fault, k->c, k->slot, k->arg, on, now);
}

static bool fabric_get(const struct sim_knob *k)
{
	return k->c->model.fabric_present & BIT(k->arg - 1);
}

static void fabric_set(const struct sim_knob *k, bool on, u64 now)
{
	sim_model(chassis_fabric_presence, k->c, k->arg, on, now);
}

static bool module_get(const struct sim_knob *k)
{
	return k->c->model.im_present & BIT(k->arg);
}

static void module_set(const struct sim_knob *k, bool on, u64 now)
{
	sim_model(chassis_im_presence, k->c, k->arg, on, now);
}

static bool never_get(const struct sim_knob *k)
{
	return false;
}

static void reset_system_set(const struct sim_knob *k, bool on, u64 now)
{
	sim_model(chassis_reset_system, k->c, now);
}

static void clear_set(const struct sim_knob *k, bool on, u64 now)
{
	sim_model(chassis_button, k->c, 0, CHASSIS_BUTTON_CLEAR, now);
}

static void button_set(const struct sim_knob *k, bool on, u64 now)
{
	sim_model(chassis_button, k->c, k->slot, k->arg, now);
}

static void bounce_set(const struct sim_knob *k, bool on, u64 now)
{
	sim_model(chassis_bounce, k->c, k->slot, now);
}

/* what is traced when it is made is the name of the file */
#define FAULT(_file, _off, _arg) { _file, { .arg = _arg, .off = _off, \
					    .get = fault_get, .set = fault_set } }
#define SWITCH(_file, _on, _off, _get, _set) { _file, { .on = _on, .off = _off, \
							.get = _get, .set = _set } }

static const struct {
	const char *file;
	struct sim_knob knob;
} slot_knobs[] = {
	SWITCH("present", "insert", "remove", present_get, present_set),
	SWITCH("power", "power-on", "power-off", power_get, power_set),
	SWITCH("kill", "kill", "power-on", kill_get, kill_set),
	SWITCH("window-dead", "window-dead", "window-dead-off", window_get, window_set),
	SWITCH("bounce", "bounce", "", never_get, bounce_set),
	{ "button-reset", { .arg = CHASSIS_BUTTON_RESET, .on = "press-reset",
			    .get = never_get, .set = button_set } },
	{ "button-shutdown", { .arg = CHASSIS_BUTTON_SHUTDOWN, .on = "press-shutdown",
			       .get = never_get, .set = button_set } },
	FAULT("cut-heartbeat", "restore-heartbeat", CHASSIS_FAULT_CUT_HEARTBEAT),
	FAULT("cut-doorbell", "restore-doorbell", CHASSIS_FAULT_CUT_DOORBELL),
	FAULT("selftest-fail", "selftest-fail-off", CHASSIS_FAULT_SELFTEST),
	FAULT("reset-stuck", "reset-stuck-off", CHASSIS_FAULT_RESET_STUCK),
	FAULT("mailbox-corrupt", "mailbox-corrupt-off", CHASSIS_FAULT_MAILBOX_CORRUPT),
	FAULT("register-stuck", "register-stuck-off", CHASSIS_FAULT_REGISTER_STUCK),
	FAULT("wdt-dead", "wdt-dead-off", CHASSIS_FAULT_TIMER_DEAD),
}, chassis_knobs[] = {
	SWITCH("reset-system", "reset-system", "", never_get, reset_system_set),
	SWITCH("button-clear", "press-clear", "", never_get, clear_set),
	{ "fabric1", { .arg = 1, .on = "insert-fabric-1", .off = "remove-fabric-1",
		       .get = fabric_get, .set = fabric_set } },
	{ "fabric2", { .arg = 2, .on = "insert-fabric-2", .off = "remove-fabric-2",
		       .get = fabric_get, .set = fabric_set } },
};

static void *trace_at(struct seq_file *m, loff_t *pos)
{
	struct sim_chassis *c = m->private;
	u64 oldest = c->events > SIM_TRACE_SIZE ? c->events - SIM_TRACE_SIZE : 0;

	if (*pos < oldest)
		*pos = oldest;
	return *pos < c->events ? pos : NULL;
}

/* Lines are copied one at a time: the chassis goes on while it is read. */
static void *trace_start(struct seq_file *m, loff_t *pos)
{
	struct sim_chassis *c = m->private;
	unsigned long flags;
	void *at;

	raw_spin_lock_irqsave(&c->lock, flags);
	at = trace_at(m, pos);
	raw_spin_unlock_irqrestore(&c->lock, flags);
	return at;
}

static void *trace_next(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	return trace_start(m, pos);
}

static void trace_stop(struct seq_file *m, void *v)
{
}

static int trace_show(struct seq_file *m, void *v)
{
	struct sim_chassis *c = m->private;
	u64 seq = *(loff_t *)v;
	struct sim_event e;
	unsigned long flags;

	raw_spin_lock_irqsave(&c->lock, flags);
	e = c->trace[seq % SIM_TRACE_SIZE];
	raw_spin_unlock_irqrestore(&c->lock, flags);
	sim_trace_line(m, seq + 1, &e);
	return 0;
}

static const struct seq_operations trace_sops = {
	.start = trace_start,
	.next = trace_next,
	.stop = trace_stop,
	.show = trace_show,
};

static int trace_open(struct inode *inode, struct file *file)
{
	int err = seq_open(file, &trace_sops);

	if (!err)
		((struct seq_file *)file->private_data)->private = inode->i_private;
	return err;
}

static const struct file_operations trace_fops = {
	.owner = THIS_MODULE,
	.open = trace_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = seq_release,
};

static int status_show(struct seq_file *m, void *v)
{
	sim_status(m, m->private);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(status);

/* The chassis memory, as bytes: struct chassis_nv. */
static ssize_t nvram_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	struct sim_chassis *c = file->private_data;
	struct chassis_nv *copy = kvmalloc(sizeof(*copy), GFP_KERNEL);
	unsigned long flags;
	ssize_t n;

	if (!copy)
		return -ENOMEM;
	raw_spin_lock_irqsave(&c->lock, flags);
	*copy = c->mem->nv;
	raw_spin_unlock_irqrestore(&c->lock, flags);
	n = simple_read_from_buffer(buf, count, pos, copy, sizeof(*copy));
	kvfree(copy);
	return n;
}

/* What is written is found by the next start of the chassis or of a module. */
static ssize_t nvram_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	struct sim_chassis *c = file->private_data;
	unsigned long flags;
	void *copy;

	if (*pos < 0 || *pos >= sizeof(c->mem->nv))
		return -EFBIG;
	count = min_t(size_t, count, sizeof(c->mem->nv) - *pos);
	copy = vmemdup_user(buf, count);
	if (IS_ERR(copy))
		return PTR_ERR(copy);
	raw_spin_lock_irqsave(&c->lock, flags);
	sim_note_fault(c, 0, "nvram-written");
	memcpy((u8 *)&c->mem->nv + *pos, copy, count);
	raw_spin_unlock_irqrestore(&c->lock, flags);
	kvfree(copy);
	*pos += count;
	return count;
}

static const struct file_operations nvram_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = nvram_read,
	.write = nvram_write,
	.llseek = default_llseek,
};

/* The serial number of the module that will be inserted into an empty slot. */
static ssize_t serial_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	struct sim_slot *s = file->private_data;
	struct sim_chassis *c = s->chassis;
	unsigned long flags;
	char serial[64];
	ssize_t n;

	if (*pos || count >= sizeof(serial))
		return -EINVAL;
	n = simple_write_to_buffer(serial, sizeof(serial) - 1, pos, buf, count);
	if (n < 0)
		return n;
	serial[n] = 0;
	strim(serial);
	raw_spin_lock_irqsave(&c->lock, flags);
	if (c->model.slot[s->nr - 1].present)
		n = -EBUSY;
	else if (sim_inventory_serial(c->mem, REDUND_INV_MM + s->nr - 1, serial))
		n = -EINVAL;
	raw_spin_unlock_irqrestore(&c->lock, flags);
	return n;
}

static ssize_t serial_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	struct sim_slot *s = file->private_data;
	struct sim_chassis *c = s->chassis;
	unsigned long flags;
	char serial[40];
	int n;

	raw_spin_lock_irqsave(&c->lock, flags);
	n = scnprintf(serial, sizeof(serial), "%.32s\n",
		      c->mem->inventory[REDUND_INV_MM + s->nr - 1].serial);
	raw_spin_unlock_irqrestore(&c->lock, flags);
	return simple_read_from_buffer(buf, count, pos, serial, n);
}

static const struct file_operations serial_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = serial_read,
	.write = serial_write,
	.llseek = default_llseek,
};

/* Faults that falsify reads: a seed is written, 0 ends it; what was told is counted. */
static int sim_lies_get(struct sim_slot *s, const struct sim_lies *l, u64 *value)
{
	unsigned long flags;

	sim_enter(s->chassis, &flags);
	*value = l->count;
	sim_leave(s->chassis, flags);
	return 0;
}

static int sim_lies_set(struct sim_slot *s, struct sim_lies *l, u64 seed, const char *kind)
{
	unsigned long flags;

	sim_enter(s->chassis, &flags);
	sim_note_fault(s->chassis, s->nr, kind);
	l->state = seed;
	l->count = 0;
	sim_leave(s->chassis, flags);
	return 0;
}

static int peer_misread_get(void *data, u64 *value)
{
	struct sim_slot *s = data;

	return sim_lies_get(s, &s->peer_lies, value);
}

static int peer_misread_set(void *data, u64 seed)
{
	struct sim_slot *s = data;

	return sim_lies_set(s, &s->peer_lies, seed, seed ? "peer-misread" : "peer-misread-off");
}
DEFINE_DEBUGFS_ATTRIBUTE(peer_misread_fops, peer_misread_get, peer_misread_set, "%llu\n");

static int register_misread_get(void *data, u64 *value)
{
	struct sim_slot *s = data;

	return sim_lies_get(s, &s->lies, value);
}

static int register_misread_set(void *data, u64 seed)
{
	struct sim_slot *s = data;

	return sim_lies_set(s, &s->lies, seed,
			    seed ? "register-misread" : "register-misread-off");
}
DEFINE_DEBUGFS_ATTRIBUTE(register_misread_fops, register_misread_get, register_misread_set,
			 "%llu\n");

/* A file's switch lives as long as the chassis' device. */
static void add_knob(struct sim_chassis *c, struct dentry *dir, const char *file,
		     const struct sim_knob *model, int slot)
{
	struct sim_knob *k = devm_kmemdup(&c->dev, model, sizeof(*k), GFP_KERNEL);

	if (!k)
		return;
	k->c = c;
	k->slot = slot;
	k->on = k->on ?: file;
	debugfs_create_file_unsafe(file, 0600, dir, k, &sim_knob_fops);
}

static void add_slot(struct sim_chassis *c, struct sim_slot *s)
{
	char name[8];
	unsigned int i;

	snprintf(name, sizeof(name), "slot%d", s->nr);
	s->dir = debugfs_create_dir(name, c->dir);
	for (i = 0; i < ARRAY_SIZE(slot_knobs); i++)
		add_knob(c, s->dir, slot_knobs[i].file, &slot_knobs[i].knob, s->nr);
	debugfs_create_file("serial", 0600, s->dir, s, &serial_fops);
	debugfs_create_file_unsafe("peer-misread", 0600, s->dir, s, &peer_misread_fops);
	debugfs_create_file_unsafe("register-misread", 0600, s->dir, s, &register_misread_fops);
}

static void add_modules(struct sim_chassis *c)
{
	struct sim_knob k = {
		.on = "insert-module",
		.off = "remove-module",
		.get = module_get,
		.set = module_set,
	};
	char name[] = "moduleA";

	for (k.arg = 0; k.arg < REDUND_IM_SLOTS; k.arg++) {
		name[6] = 'A' + k.arg;
		add_knob(c, c->dir, name, &k, 0);
	}
}

/**
 * sim_debugfs_add() - the files of a chassis
 * @c: its devices are there
 */
void sim_debugfs_add(struct sim_chassis *c)
{
	unsigned int i;

	c->dir = debugfs_create_dir(dev_name(&c->dev), sim_root);
	debugfs_create_file("status", 0400, c->dir, c, &status_fops);
	debugfs_create_file("trace", 0400, c->dir, c, &trace_fops);
	debugfs_create_file("nvram", 0600, c->dir, c, &nvram_fops);
	for (i = 0; i < ARRAY_SIZE(chassis_knobs); i++)
		add_knob(c, c->dir, chassis_knobs[i].file, &chassis_knobs[i].knob, 0);
	add_modules(c);
	for (i = 0; i < CHASSIS_SLOTS; i++)
		add_slot(c, &c->slot[i]);
}

/**
 * sim_debugfs_remove() - no file of the chassis is in use afterwards
 * @c: the chassis
 */
void sim_debugfs_remove(struct sim_chassis *c)
{
	debugfs_remove(c->dir);
}
