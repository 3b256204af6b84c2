/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * redund_sim.ko: a whole chassis inside one kernel. This header owns the types
 * and prototypes that its files share, and the rules of its locks:
 *
 * - sim_chassis.lock (raw, interrupts off) serialises every call of the chassis
 *   model. It is taken below the raw lock of an instance (the driver reads and
 *   writes its window under it); nothing is called back under it, since the
 *   model's callbacks only note what to do: interrupts leave from an hrtimer
 *   and starts of a module from a work item.
 * - sim_slot.life (mutex) serialises the start and the end of the module in a
 *   slot. sim_list_lock (mutex, in sim_main.c) guards the list of chassis.
 */
#ifndef REDUND_SIM_H
#define REDUND_SIM_H

#include <linux/device.h>
#include <linux/hrtimer.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include "../bp.h"
#include "../chassis/chassis.h"

struct seq_file;
struct sim_chassis;

#define SIM_TRACE_SIZE	16384	/* events kept; the oldest are overwritten */

/**
 * struct sim_lies - a fault that falsifies reads
 * @state:	of its random numbers, from the seed; 0: off
 * @count:	reads that were falsified since it was last written
 */
struct sim_lies {
	u64 state;
	u64 count;
};

/**
 * struct sim_slot - a slot for a management module, a device on the bus
 * @dev:	bound by the driver in sim_slot.c; child of the chassis
 * @chassis:	where it is
 * @nr:		1 or 2
 * @life:	held while the module starts or ends
 * @bound:	the driver is bound (@life)
 * @cut:	the window is dead: all ones, writes dropped (chassis lock)
 * @dead:	fault: the same from outside, kept over starts (chassis lock)
 * @peer_lies:	fault: what the other module writes is made up (chassis lock)
 * @lies:	fault: the window gives wrong bits (chassis lock)
 * @alive:	powered and not in reset, as last looked at (chassis lock)
 * @starts:	falling edges of the reset line (chassis lock)
 * @started:	value of @starts that @rd was started for (@life)
 * @irq_noted:	an interrupt came while @rd was not there (chassis lock)
 * @rd:		the running instance; changed under @life and the chassis lock
 * @irq:	delivers an interrupt in hard interrupt context
 * @work:	brings the module to where the reset line says it should be
 * @power_on:	end of a `kill`
 * @dir:	its debugfs files
 */
struct sim_slot {
	struct device dev;
	struct sim_chassis *chassis;
	int nr;
	struct mutex life;	/* guards bound, started; rd with the chassis' lock */
	bool bound;
	bool cut;
	bool dead;
	struct sim_lies peer_lies, lies;
	bool alive;
	u32 starts, started;
	bool irq_noted;
	struct redund *rd;
	struct hrtimer irq;
	struct work_struct work;
	struct delayed_work power_on;
	struct dentry *dir;
};

/**
 * struct sim_event - one line of the trace
 * @ev:		as the model told it
 * @kind:	of CHASSIS_EV_FAULT: what was done from outside
 */
struct sim_event {
	struct chassis_event ev;
	const char *kind;
};

/**
 * struct sim_chassis - a chassis: a device, its model and two slots
 * @list:	in the list of sim_main.c, under its lock
 * @dev:	parent of the slots' devices, named chassisN
 * @id:		its number
 * @closing:	it is being removed: nothing starts any more (@lock)
 * @lock:	guards @model, @mem, @now, @next, @trace, @events
 * @model:	state of the controller
 * @mem:	its memories
 * @now:	latest time given to the model, never goes back
 * @next:	when @timer is programmed to come, CHASSIS_NEVER if it is not
 * @timer:	runs the model's deadlines
 * @trace:	ring of the last events
 * @events:	events traced since the chassis was made
 * @slot:	slots 1 and 2
 * @dir:	its debugfs files
 */
struct sim_chassis {
	struct list_head list;
	struct device dev;
	u32 id;
	bool closing;
	raw_spinlock_t lock;
	struct chassis model;
	struct chassis_mem *mem;
	u64 now, next;
	struct hrtimer timer;
	struct sim_event *trace;
	u64 events;
	struct sim_slot slot[CHASSIS_SLOTS];
	struct dentry *dir;
};

/* sim_main.c */
extern struct bus_type sim_bus;
extern struct workqueue_struct *sim_wq;
extern struct dentry *sim_root;
extern unsigned int sim_restart_ms;
void sim_config(struct chassis_config *cfg);

/* sim_clock.c: the common clock */
extern unsigned int sim_stall_us;
u64 sim_clock(void);
ktime_t sim_clock_when(u64 us);
void sim_clock_start(void);
void sim_clock_stop(void);

/* sim_chassis.c: the model and its surroundings */
struct sim_chassis *sim_chassis_new(u32 id, unsigned int slots);
void sim_chassis_del(struct sim_chassis *c);
u64 sim_enter(struct sim_chassis *c, unsigned long *flags) __acquires(&c->lock);
void sim_leave(struct sim_chassis *c, unsigned long flags) __releases(&c->lock);
void sim_note_fault(struct sim_chassis *c, int slot, const char *kind);
extern const struct chassis_ops sim_model_ops;

/* A call of the model with the arguments that all of its functions begin with. */
#define sim_model(fn, chassis, ...) ({					\
	struct sim_chassis *_c = (chassis);				\
									\
	fn(&_c->model, _c->mem, &sim_model_ops, _c, ##__VA_ARGS__);	\
})

/* sim_slot.c: window, interrupts, starts */
extern struct device_driver sim_driver;
void sim_slot_init(struct sim_chassis *c, int nr);
void sim_slot_quiesce(struct sim_slot *s);
void sim_slot_fill(struct sim_chassis *c, unsigned int slots);

/* sim_misread.c: reads that tell lies */
u64 sim_misread(struct sim_slot *s, u32 off, u64 value);
void sim_misread_area(struct sim_slot *s, u32 off, void *buf, size_t len);

/* sim_inventory.c: EEPROM data of the modules */
void sim_inventory_fill(struct chassis_mem *m);
int sim_inventory_serial(struct chassis_mem *m, unsigned int index, const char *serial);

/* sim_trace.c: text */
void sim_trace_line(struct seq_file *m, u64 seq, const struct sim_event *e);
void sim_status(struct seq_file *m, struct sim_chassis *c);

/* sim_debugfs.c: outside actions and faults */
void sim_debugfs_add(struct sim_chassis *c);
void sim_debugfs_remove(struct sim_chassis *c);

#endif /* REDUND_SIM_H */
