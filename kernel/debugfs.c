// SPDX-License-Identifier: GPL-2.0-only
/*
 * debugfs below redund/redundN/: raw registers and fault injection, for root
 * and for tests (Documentation/redund/debugfs.rst). This file owns the files'
 * names and forms; every access to a register goes through the core.
 *
 *   registers   (r)  every register by name
 *   reg_read    (rw) write an offset, read "OFFSET VALUE"
 *   reg_write   (w)  "OFFSET VALUE": writes a register behind the driver's back
 *   soft_hang   (w)  milliseconds: interrupts go on, nothing is scheduled
 *   stop_beats  (w)  1: no beat is sent any more, 0: again
 *   state       (r)  the core's view as "name: value" lines
 *   trace, replay    debugfs_trace.c
 *
 * Context: process. A file's user is waited for when the instance goes.
 */
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "core.h"
#include "netlink_names.h"
#include "regs.h"

static struct dentry *root;

/* ---- registers --------------------------------------------------------------- */

/* Those that can be read without a side effect, in the order of the window. */
static const struct {
	const char *name;
	u16 off;
	bool wide;
} registers[] = {
	{ "ID", REG_ID },
	{ "VERSION", REG_VERSION },
	{ "SLOT", REG_SLOT },
	{ "CAPS", REG_CAPS },
	{ "SCRATCH", REG_SCRATCH },
	{ "INCARNATION", REG_INCARNATION },
	{ "BOOT_CAUSE", REG_BOOT_CAUSE },
	{ "STATUS", REG_STATUS, true },
	{ "BEAT", REG_BEAT },
	{ "PEER_BEAT", REG_PEER_BEAT },
	{ "CLOCK", REG_CLOCK, true },
	{ "TIMER_LEFT", REG_TIMER_LEFT },
	{ "TIMER_MAX", REG_TIMER_MAX },
	{ "TIMER_BOOT", REG_TIMER_BOOT },
	{ "TIMER_DOWN", REG_TIMER_DOWN },
	{ "REARMS", REG_REARMS },
	{ "CMD_EPOCH", REG_CMD_EPOCH },
	{ "CMD_ARG", REG_CMD_ARG },
	{ "CMD_RESULT", REG_CMD_RESULT },
	{ "PEER_REARMS", REG_PEER_REARMS },
	{ "PEER_TAKE", REG_PEER_TAKE },
	{ "PEER_DOWN_REASON", REG_PEER_DOWN_REASON },
	{ "PEER_INCARNATION", REG_PEER_INCARNATION },
	{ "FABRIC_ENABLE", REG_FABRIC_ENABLE },
	{ "FABRIC_PRESENT", REG_FABRIC_PRESENT },
	{ "IM_RESET", REG_IM_RESET },
	{ "IM_PRESENT", REG_IM_PRESENT },
	{ "IM_STATE", REG_IM_STATE, true },
	{ "CAUSE", REG_CAUSE },
	{ "INT_ENABLE", REG_INT_ENABLE },
	{ "LED", REG_LED },
	{ "PEER_LED", REG_PEER_LED },
	{ "SYSTEM_LED", REG_SYSTEM_LED },
	{ "PEER_SEQ", REG_PEER_SEQ },
	{ "OWN_SEQ", REG_OWN_SEQ },
	{ "REFUSED", REG_REFUSED },
	{ "PEER_REFUSED", REG_PEER_REFUSED },
	{ "NV_RESULT", REG_NV_RESULT },
};

static int registers_show(struct seq_file *s, void *unused)
{
	struct redund *rd = s->private;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(registers); i++) {
		u16 off = registers[i].off;
		u64 value = registers[i].wide ? redund_raw_read64(rd, off) :
						redund_raw_read(rd, off);

		seq_printf(s, "0x%03x %-16s 0x%08x", off, registers[i].name,
			   lower_32_bits(value));
		if (registers[i].wide)
			seq_printf(s, " 0x%08x", upper_32_bits(value));
		seq_putc(s, '\n');
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(registers);

static bool in_window(u32 off)
{
	return off < REDUND_WINDOW_SIZE && !(off & 3);
}

/* Copies a short line from user space; out is terminated. */
static ssize_t line_from_user(char *out, size_t size, const char __user *buf, size_t count)
{
	if (!count || count >= size)
		return -EINVAL;
	if (copy_from_user(out, buf, count))
		return -EFAULT;
	out[count] = '\0';
	return count;
}

/* Belongs to the open file: two users do not meet, and a line that is read byte
 * by byte is of one access.
 */
struct reg_reader {
	struct redund *rd;
	u32 off;
	char line[32];
	int len;
};

static int reg_read_open(struct inode *inode, struct file *file)
{
	struct reg_reader *r = kzalloc(sizeof(*r), GFP_KERNEL);

	if (!r)
		return -ENOMEM;
	r->rd = inode->i_private;
	file->private_data = r;
	return 0;
}

static int reg_read_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

static ssize_t reg_read_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	struct reg_reader *r = file->private_data;
	u32 off;
	int err = kstrtou32_from_user(buf, count, 0, &off);

	if (err)
		return err;
	if (!in_window(off))
		return -EINVAL;
	r->off = off;
	*pos = 0;
	return count;
}

static ssize_t reg_read_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	struct reg_reader *r = file->private_data;

	if (!*pos)
		r->len = scnprintf(r->line, sizeof(r->line), "0x%05x 0x%08x\n", r->off,
				   redund_raw_read(r->rd, r->off));
	return simple_read_from_buffer(buf, count, pos, r->line, r->len);
}

static const struct file_operations reg_read_fops = {
	.owner = THIS_MODULE,
	.open = reg_read_open,
	.release = reg_read_release,
	.read = reg_read_read,
	.write = reg_read_write,
};

static ssize_t reg_write_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	char line[40], extra;
	u32 off, value;
	ssize_t n = line_from_user(line, sizeof(line), buf, count);

	if (n < 0)
		return n;
	if (sscanf(line, "%i %i %c", &off, &value, &extra) != 2 || !in_window(off))
		return -EINVAL;
	redund_raw_write(file->private_data, off, value);
	return count;
}

static const struct file_operations reg_write_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = reg_write_write,
};

/* ---- fault injection -------------------------------------------------------------- */

static int soft_hang_set(void *rd, u64 ms)
{
	return ms > 60000 ? -EINVAL : redund_soft_hang(rd, ms);
}
DEFINE_DEBUGFS_ATTRIBUTE(soft_hang_fops, NULL, soft_hang_set, "%llu\n");

static int stop_beats_set(void *rd, u64 stop)
{
	return stop > 1 ? -EINVAL : redund_stop_beats(rd, stop);
}
DEFINE_DEBUGFS_ATTRIBUTE(stop_beats_fops, NULL, stop_beats_set, "%llu\n");

/* ---- state -------------------------------------------------------------------------- */

static const char *word_of(const char * const *table, unsigned int words, u32 value)
{
	return value < words ? table[value] : "unknown";
}

#define word(table, value)	word_of(table, sizeof(table) / sizeof(char *), value)

static void show_mm(struct seq_file *s, const struct redund_mm_info *m)
{
	seq_printf(s, "mm%u.present: %u\n", m->slot, m->present);
	seq_printf(s, "mm%u.powered: %u\n", m->slot, m->powered);
	seq_printf(s, "mm%u.in-reset: %u\n", m->slot, m->in_reset);
	seq_printf(s, "mm%u.out: %u\n", m->slot, m->out);
	seq_printf(s, "mm%u.role: %s\n", m->slot, word(redund_role_names, m->role));
	seq_printf(s, "mm%u.not-ready: %#x\n", m->slot, m->not_ready);
	seq_printf(s, "mm%u.incarnation: %u\n", m->slot, m->incarnation);
	seq_printf(s, "mm%u.boot-count: %u\n", m->slot, m->boot_count);
	seq_printf(s, "mm%u.refused-writes: %u\n", m->slot, m->refused_writes);
	seq_printf(s, "mm%u.rearms: %u\n", m->slot, m->rearms);
	seq_printf(s, "mm%u.last-heard-us: %llu\n", m->slot, m->last_heard_us);
}

static int state_show(struct seq_file *s, void *unused)
{
	struct redund *rd = s->private;
	struct redund_chassis_info *c = kzalloc(sizeof(*c), GFP_KERNEL);
	struct redund_mm_info *m = kzalloc(sizeof(*m), GFP_KERNEL);
	unsigned int slot;
	int err = -ENOMEM;

	if (!c || !m)
		goto out;
	redund_chassis_info(rd, c);
	seq_printf(s, "slot: %u\n", c->own_slot);
	seq_printf(s, "role: %s\n", word(redund_role_names, c->own_role));
	seq_printf(s, "owner: %u\n", c->owner);
	seq_printf(s, "epoch: %u\n", c->epoch);
	seq_printf(s, "change-seq: %u\n", c->change_seq);
	seq_printf(s, "clock-us: %llu\n", c->now_us);
	seq_printf(s, "beats-sent: %u\n", c->beats_sent);
	seq_printf(s, "beats-missed: %u\n", c->beats_missed);
	seq_printf(s, "accesses-per-beat: %u\n", c->accesses_per_beat);
	seq_printf(s, "waiting-for: %s\n", c->waiting_for[0] ? c->waiting_for : "none");
	for (slot = 1; slot <= 2; slot++)
		if (!redund_mm_info(rd, slot, m))
			show_mm(s, m);
	err = 0;
out:
	kfree(c);
	kfree(m);
	return err;
}
DEFINE_SHOW_ATTRIBUTE(state);

/* ---- instances ------------------------------------------------------------------------- */

/** redund_debugfs_add() - the files of one instance; all are root's only */
void redund_debugfs_add(struct redund *rd)
{
	struct dentry *dir = debugfs_create_dir(dev_name(redund_device(rd)), root);

	debugfs_create_file("registers", 0400, dir, rd, &registers_fops);
	debugfs_create_file("reg_read", 0600, dir, rd, &reg_read_fops);
	debugfs_create_file("reg_write", 0200, dir, rd, &reg_write_fops);
	debugfs_create_file_unsafe("soft_hang", 0200, dir, rd, &soft_hang_fops);
	debugfs_create_file_unsafe("stop_beats", 0200, dir, rd, &stop_beats_fops);
	debugfs_create_file("state", 0400, dir, rd, &state_fops);
	redund_debugfs_trace(rd, dir);
}

/** redund_debugfs_remove() - takes them away and waits for their users */
void redund_debugfs_remove(struct redund *rd)
{
	debugfs_lookup_and_remove(dev_name(redund_device(rd)), root);
}

/** redund_debugfs_init() - the directory; before the first instance */
void redund_debugfs_init(void)
{
	root = debugfs_create_dir("redund", NULL);
}

/** redund_debugfs_exit() - takes it away; after the last instance */
void redund_debugfs_exit(void)
{
	debugfs_remove(root);
}
