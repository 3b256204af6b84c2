// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel log of a panic or an oops, kept in this slot's crash area: a back
 * end of pstore, so that the next start of the module finds it in
 * /sys/fs/pstore/dmesg-redund-N and the other module in the area itself
 * (crash_info.c). Owns the two records of kernel logs there.
 *
 * Linux has one pstore back end: that is the first instance whose back end
 * says own_kernel (a simulated module's end is none of this kernel). If another
 * back end was there first, a warning says so and nothing is kept.
 *
 * A dump is written without a lock in whatever context the kernel crashed: it
 * is one write of an area that nothing else writes. Reading and erasing are
 * ordinary accesses.
 */
#include <linux/ktime.h>
#include <linux/namei.h>
#include <linux/pstore.h>
#include <linux/slab.h>
#include "redund.h"

#define RD_PSTORE_TEXT	14336	/* bytes of a kernel log: what pstore asks for fits */

/* struct rd_pstore - the one back end; @rd and @record stay while it is registered */
struct rd_pstore {
	struct pstore_info info;
	struct redund *rd;
	struct redund_dmesg_record *record;	/* REDUND_DMESG_SIZE bytes, text included */
	u32 seq[REDUND_DMESG_MAX];		/* of the good records, else 0 */
	u32 next;				/* index that is read next */
};

static DEFINE_MUTEX(rd_pstore_lock);		/* registration */
static struct rd_pstore rd_pstore;

static u32 rd_pstore_off(u32 index)
{
	return WIN_CRASH + REDUND_CRASH_DMESG_OFF + index * REDUND_DMESG_SIZE;
}

static int rd_pstore_open(struct pstore_info *psi)
{
	rd_pstore.next = 0;
	return 0;
}

/* pstore frees the buffer. */
static ssize_t rd_pstore_take(struct pstore_record *record, u32 index,
			      const struct redund_dmesg_record *r)
{
	size_t size = le32_to_cpu(r->size);

	record->buf = kmemdup(r + 1, size, GFP_KERNEL);
	if (!record->buf)
		return -ENOMEM;
	record->type = PSTORE_TYPE_DMESG;
	record->id = index;
	record->time.tv_sec = le64_to_cpu(r->wall_s);
	record->time.tv_nsec = min_t(u32, le32_to_cpu(r->wall_ns), NSEC_PER_SEC - 1);
	record->count = le32_to_cpu(r->count);
	record->reason = r->reason;
	record->part = le16_to_cpu(r->part);
	record->compressed = r->compressed;
	return size;
}

static ssize_t rd_pstore_read(struct pstore_record *record)
{
	struct rd_pstore *ps = &rd_pstore;
	void *buf = kmalloc(REDUND_DMESG_SIZE, GFP_KERNEL);
	ssize_t size = 0;
	u32 index;

	if (!buf)
		return -ENOMEM;
	while (!size && ps->next < REDUND_DMESG_MAX) {
		index = ps->next++;
		if (rd_dmesg_read(ps->rd, WIN_CRASH, index, buf) > 0)
			size = rd_pstore_take(record, index, buf);
	}
	kfree(buf);
	return size;
}

/* The free place, or the older record's. */
static u32 rd_pstore_place(const struct rd_pstore *ps)
{
	return ps->seq[1] < ps->seq[0];
}

/* Context: panic or oops; pstore lets one in at a time. */
static int rd_pstore_write(struct pstore_record *record)
{
	struct rd_pstore *ps = &rd_pstore;
	struct redund_dmesg_record *r = ps->record;
	u32 index = rd_pstore_place(ps);
	struct redund *rd = ps->rd;
	unsigned long flags;

	if (record->type != PSTORE_TYPE_DMESG || record->size <= 0 ||
	    record->size > REDUND_DMESG_SIZE - sizeof(*r))
		return -EINVAL;
	/* A slot that is OUT refuses and counts writes, but while it is going down. */
	if (READ_ONCE(rd->dead) ||
	    (record->reason != KMSG_DUMP_PANIC && READ_ONCE(rd->view.self_out)))
		return -EIO;
	memset(r, 0, sizeof(*r));
	if (record->buf != (char *)(r + 1))
		memmove(r + 1, record->buf, record->size);
	memset((char *)(r + 1) + record->size, 0, -record->size & 3);
	r->head.seq = cpu_to_le32(max(ps->seq[0], ps->seq[1]) + 1);
	r->boot_count = rd->nv.module.boot_count;
	r->reason = record->reason;
	r->compressed = record->compressed;
	r->part = cpu_to_le16(record->part);
	r->wall_s = cpu_to_le64(record->time.tv_sec);
	r->wall_ns = cpu_to_le32(record->time.tv_nsec);
	r->size = cpu_to_le32(record->size);
	r->count = cpu_to_le32(record->count);
	rd_crash_seal(&r->head, REDUND_DMESG_MAGIC, sizeof(*r) + record->size);
	local_irq_save(flags);
	rd->ops->write_area(rd->bp, rd_pstore_off(index), r,
			    round_up(sizeof(*r) + record->size, 4));
	local_irq_restore(flags);
	ps->seq[index] = le32_to_cpu(r->head.seq);
	record->id = index;
	return 0;
}

static int rd_pstore_erase(struct pstore_record *record)
{
	static const struct redund_rec_head none;
	struct rd_pstore *ps = &rd_pstore;
	struct redund_rec_head *head;

	if (record->id >= REDUND_DMESG_MAX)
		return -EINVAL;
	head = kmemdup(&none, sizeof(none), GFP_KERNEL);
	if (!head)
		return -ENOMEM;
	scoped_guard(raw_spinlock_irqsave, &ps->rd->lock) {
		if (!ps->rd->view.self_out && !ps->rd->dead) {
			rd_write_area(ps->rd, rd_pstore_off(record->id), head, sizeof(*head));
			ps->seq[record->id] = 0;
		}
	}
	kfree(head);
	return ps->seq[record->id] ? -EBUSY : 0;
}

static struct rd_pstore rd_pstore = {
	.info = {
		.owner = THIS_MODULE,
		.name = "redund",
		.flags = PSTORE_FLAGS_DMESG,
		.max_reason = KMSG_DUMP_OOPS,
		.open = rd_pstore_open,
		.read = rd_pstore_read,
		.write = rd_pstore_write,
		.erase = rd_pstore_erase,
	},
};

static void rd_pstore_find(struct rd_pstore *ps)
{
	u32 i;

	for (i = 0; i < REDUND_DMESG_MAX; i++) {
		ps->seq[i] = 0;
		if (rd_dmesg_read(ps->rd, WIN_CRASH, i, ps->record) > 0)
			ps->seq[i] = le32_to_cpu(ps->record->head.seq);
		/* As good as none: a number that no module reaches. */
		if (ps->seq[i] > S32_MAX)
			ps->seq[i] = 0;
	}
}

static int rd_pstore_register(struct rd_pstore *ps)
{
	int ret;

	ps->record = kzalloc(REDUND_DMESG_SIZE, GFP_KERNEL);
	if (!ps->record)
		return -ENOMEM;
	rd_pstore_find(ps);
	ps->info.buf = (char *)(ps->record + 1);
	ps->info.bufsize = RD_PSTORE_TEXT;
	ret = pstore_register(&ps->info);
	if (!ret)
		return 0;
	kfree(ps->record);
	ps->record = NULL;
	return ret;
}

/**
 * rd_pstore_init() - kernel logs of crashes go to this instance's area, if none has
 * them yet
 * @rd: instance
 *
 * Context: process. What is in the way is said and no failure.
 */
void rd_pstore_init(struct redund *rd)
{
	struct rd_pstore *ps = &rd_pstore;
	int ret;

	if (!rd->ops->own_kernel)
		return;
	guard(mutex)(&rd_pstore_lock);
	if (ps->rd)
		return;
	ps->rd = rd;
	ret = rd_pstore_register(ps);
	if (!ret)
		return;
	ps->rd = NULL;
	dev_warn(&rd->dev, "the kernel log of a crash is not kept here: %s (%d)\n",
		 ret == -EBUSY ? "another pstore back end has it" : "pstore refuses", ret);
}

/*
 * pstore (6.1 to 6.12 at least) takes the files of a back end away by dropping
 * their last reference, and then writes to what that has freed. So they are
 * referred to until it is done, where they usually are.
 */
static void rd_pstore_unregister(struct rd_pstore *ps)
{
	struct path files[REDUND_DMESG_MAX];
	bool found[REDUND_DMESG_MAX];
	char name[sizeof("/sys/fs/pstore/dmesg-redund-0")];
	u32 i;

	for (i = 0; i < REDUND_DMESG_MAX; i++) {
		snprintf(name, sizeof(name), "/sys/fs/pstore/dmesg-redund-%u", i);
		found[i] = !kern_path(name, 0, &files[i]);
	}
	pstore_unregister(&ps->info);
	for (i = 0; i < REDUND_DMESG_MAX; i++)
		if (found[i])
			path_put(&files[i]);
}

/**
 * rd_pstore_exit() - no longer
 * @rd: instance
 *
 * Context: process; when it returns, nothing uses the instance.
 */
void rd_pstore_exit(struct redund *rd)
{
	struct rd_pstore *ps = &rd_pstore;

	guard(mutex)(&rd_pstore_lock);
	if (ps->rd != rd)
		return;
	rd_pstore_unregister(ps);
	kfree(ps->record);
	ps->record = NULL;
	ps->rd = NULL;
}
