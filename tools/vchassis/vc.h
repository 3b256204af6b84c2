/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parts of the chassis process share: the one chassis, its options
 * and its two slots. Prototypes are grouped under the file that owns them.
 */
#ifndef VCHASSIS_VC_H
#define VCHASSIS_VC_H

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "../../kernel/chassis/chassis.h"
#include "../lib/flash.h"
#include "../lib/medium.h"
#include "agent.h"
#include "blockdev.h"
#include "compiler.h"
#include "clock.h"
#include "loop.h"
#include "netdev.h"
#include "pcidev.h"
#include "serial.h"
#include "timetravel.h"

#define VC_EXIT_TIMEOUT 124
#define VC_EXIT_CHASSIS 125

/* What `vchassis up` was told; kept in DIR/options for the record. */
struct options {
	char dir[PATH_MAX];
	bool direct;		  /* a kernel and modules instead of ROM and images */
	char kernel[PATH_MAX];	  /* direct: UML binary */
	char modules[PATH_MAX];	  /* direct: directory of redund.ko and others */
	char init[PATH_MAX];	  /* direct: module-init */
	char agent[PATH_MAX];	  /* direct: mm-agent */
	char path[PATH_MAX];	  /* direct: in front of PATH inside the modules */
	char rom[PATH_MAX];	  /* the boot ROM's program */
	char image[PATH_MAX];	  /* what a new module's flash holds */
	bool blank_flash;	  /* leave a flash blank that is */
	bool reflash;		  /* write every flash again */
	struct medium_kind flash; /* a block device; mib 0: a directory */
	bool debug;		  /* debug kernel: more memory, longer bounds */
	bool hardware;		  /* timers: 10 ms x 3, else 100 ms x 5 */
	bool watchdog;		  /* the agent pets /dev/watchdog0 */
	bool slot[CHASSIS_SLOTS]; /* which slots hold a module */
	char extra[1024];	  /* more parameters of redund.ko */
	u64 seed;
	bool virtual;		 /* simulated time */
	bool messages;		 /* ... told by messages, without shared memory */
	char schedule[PATH_MAX]; /* ... what happens when; "" nothing */
	u64 until_us;		 /* ... held at this time; 0: when roles are decided */
};

/* A fault of the flash that can be mended: what was turned over, and where. */
struct corruption {
	bool on;
	dev_t dev;
	ino_t ino;
	off_t at;
};

struct slot {
	int slot; /* 1, 2 */
	struct pcidev pci;
	struct netdev net;
	struct blockdev disk; /* its flash, when that is a block device */
	struct agent agent;
	struct serial serial;
	struct timetravel time; /* simulated time */
	struct watch bus;	/* the boot ROM's accesses; rom.c */
	struct timer rom_waits; /* simulated time: in the ROM's monitor */
	u32 rom;		/* ROM_IS_* */
	enum flash_which image; /* booted from, or about to be */
	bool warm;		/* this start is a reload */
	struct corruption corrupt[FLASH_IMAGES];
	bool misread; /* a bit of what it reads is wrong now and then */
	u64 chance;   /* ... when, and which */

	/* the UML process; module.c */
	pid_t pid;	    /* 0: none */
	bool stopping;	    /* killed, not gone yet */
	pid_t last_session; /* of the one before */
	struct watch exited;
	u32 starts;
	u64 started_at;
	bool hung, soft_hung, reset_while_hung;
	bool shut_down;		  /* shutdown completed: stays off when it ends */
	struct timer power_back;  /* after `kill` */
	struct timer come_back;	  /* after it ended by itself */
	struct timer end_process; /* after it was stopped */
	struct timer yield_end;	  /* after it lost the grant */
	struct timer begin;	  /* simulated time: its start is due */
	struct timer gone;	  /* simulated time: it was ended */
};

struct vc {
	struct options opt;
	struct chassis c;
	struct chassis_mem m;
	struct slot slot[CHASSIS_SLOTS];
	bool going_off;
};

extern struct vc vc;
extern const struct chassis_ops vc_ops;

/* Arguments of every model call. */
#define MODEL &vc.c, &vc.m, &vc_ops, NULL

static inline struct slot *vc_slot(int slot)
{
	return &vc.slot[slot - 1];
}

/* chassisd.c */
/**
 * chassisd() - the chassis process, until powered off
 * @opt: from the command line
 * @ready: file descriptor told "ok" or why not
 *
 * Return: exit status.
 */
int chassisd(const struct options *opt, int ready);
void chassisd_power_off(void);
/** chassisd_now() - the time, after all that was due before it is done */
u64 chassisd_now(void);
/** chassisd_run_state() - start or stop a slot's module as its lines say */
void chassisd_run_state(int slot);
/** chassisd_exited() - a module's process is gone */
void chassisd_exited(int slot, bool by_itself);

/* module.c */
int module_init(int slot);
void module_start(int slot);
void module_stop(int slot);
bool module_runs(int slot);
/** module_stop_all() - and wait until nothing is left of them */
void module_stop_all(void);
/** module_yield() - its process lets others go first, for a moment */
void module_yield(int slot);
/**
 * module_apart() - keep a module's process off a core of the host
 * @slot: slot
 * @cpu: the core; -1 ends it
 *
 * Return: true when it runs on others now.
 */
bool module_apart(int slot, int cpu);
/** module_power_lost() - the stopped module has no power: what it did not flush is gone */
void module_power_lost(int slot);
/** module_freeze() - stop all CPUs of a module, or let them go on */
int module_freeze(int slot, bool freeze);
/** module_mconsole() - a request to the UML's management console; no answer */
int module_mconsole(int slot, const char *request);

/* rom.c */
#define ROM_ARGS_MAX 32
struct rom_ends {
	int line, bus; /* -1: none */
};

#define ROM_MONITOR_WHY "the module stands in its boot ROM's monitor (vchassis console)"

/** rom_connect() - a boot ROM is about to start; Return: 0, or -1 */
int rom_connect(int slot, struct rom_ends *ends);
/** rom_exec() - become the boot ROM, which becomes the kernel */
void rom_exec(int slot, const struct rom_ends *ends, char *const *kernel_args);
/** rom_settle() - serve what the boot ROM has said already */
void rom_settle(int slot);
/** rom_disconnect() - the module stopped */
void rom_disconnect(int slot);
/** rom_state_name() - how far the boot ROM is, a word of the JSON contract */
const char *rom_state_name(int slot);

/* store.c */
/** store_prepare() - folders of the flashes, and what a new module's flash holds */
int store_prepare(int slot, const char **why);
/** store_change() - another module is in the slot: it brings its own flash */
int store_change(int slot, const char *old_serial, const char *new_serial);
/** store_fill() - images where there is none, or @again everywhere; Return: 0, or -1 */
int store_fill(int slot, bool again);
/** store_put() - an image into a flash; Return: 0, or -1 with errno */
int store_put(int slot, enum flash_which which, const char *file);
/** store_erase() - blank flash: no image, no environment, nothing */
int store_erase(int slot);
/** store_corrupt() - turn some bytes over, or back; Return: NULL, or why not */
const char *store_corrupt(int slot, enum flash_which which, bool on);

/* trace.c */
int trace_open(const char *dir);
void trace_event(const struct chassis_event *ev);
/** trace_fault() - record what is done from outside, before it is done */
void trace_fault(int slot, const char *kind);
/** trace_boot() - a boot ROM boots an image */
void trace_boot(int slot, const char *image, bool warm);
void trace_flush(void);
const char *trace_reset_cause(u32 cause);

/* nvram.c */
/** nvram_load() - chassis memory from DIR/nvram; a new one is zero */
int nvram_load(const char *dir, struct chassis_nv *nv);
void nvram_store(const struct chassis_nv *nv, const void *at, size_t len);

/* inventory.c */
u32 crc32_ieee(const void *data, size_t len);
int inventory_load(const char *dir, struct redund_inventory *inv);
void inventory_save(void);
/** inventory_new() - another module in a place: new serial number */
void inventory_new(int index, const char *part, const char *serial);
/** inventory_known() - is @part one that can be inserted at @index? */
bool inventory_known(int index, const char *part);

/* names.c */
const char *name_role(u32 role);
const char *name_led(u32 state);
const char *name_im(u32 state);
const char *name_fault(u32 fault);
int fault_by_name(const char *name);

/* status.c */
const char *status_role(int slot);
void status_json(FILE *out);
void status_text(FILE *out);
void leds_json(FILE *out);
void leds_text(FILE *out);

/* command.c */
/**
 * command_run() - one command that changes or shows the chassis
 * @argc: words of the command
 * @argv: the words
 * @out: what it prints
 * @why: the line that says why not, when the status is not 0
 * @why_size: bytes there
 *
 * Return: exit status of the command.
 */
int command_run(int argc, char **argv, FILE *out, char *why, size_t why_size);

/* control.c */
int control_init(const char *path);
/** control_wants() - until when commands let simulated time pass; ns, 0: now */
u64 control_wants(void);
/** control_awaits_input() - simulated time stands for a moment, for a command's input */
bool control_awaits_input(void);
/** control_held() - simulated time stands: answer those who waited for it */
void control_held(void);

/* virtual.c */
/** virtual_init() - a slot's simulated time; Return: 0, or -1 with errno */
int virtual_init(int slot);
/** virtual_run() - the calendar, in place of loop_run() */
void virtual_run(void (*due)(void));
/** virtual_boot() - let a process that was started become a kernel, in no time */
void virtual_boot(int slot);
/** virtual_held() - does simulated time stand, until a command lets it pass? */
bool virtual_held(void);
/** virtual_failed() - why the simulation cannot go on, or NULL */
const char *virtual_failed(void);
/** virtual_fail() - it cannot */
void virtual_fail(int slot, const char *why);
/** virtual_seed() - @slot's source of randomness for its next start, as text */
void virtual_seed(int slot, char text[65]);

/* schedule.c */
/** schedule_load() - read a schedule; Return: 0, or -1 with @why */
int schedule_load(const char *path, char *why, size_t size);
/** schedule_begin() - carry it out, from the beginning of time */
void schedule_begin(void);
/** schedule_end() - at the time of its last line, microseconds */
u64 schedule_end(void);
/** schedule_finish() - the run is over: what has not ended never does */
void schedule_finish(void);

#endif
