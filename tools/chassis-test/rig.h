/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bench of the chassis model's unit tests: one chassis with an embedder
 * that records what it is asked, and the checks the tests are written in.
 */
#ifndef CHASSIS_TEST_RIG_H
#define CHASSIS_TEST_RIG_H

#include "../../kernel/chassis/chassis.h"

#define MS	    1000ull /* microseconds */
#define TIMER_MAX   1000
#define TIMER_BOOT  5000
#define TIMER_DOWN  3000
#define PULSE_US    2000
#define DOWNLOAD_US 100000
#define EVENTS_MAX  4096

/* What the embedder saw since rig_new() or rig_forget(). */
struct seen {
	struct chassis_event ev[EVENTS_MAX];
	unsigned int events;
	unsigned int irqs[CHASSIS_SLOTS + 1];
	unsigned int asserted[CHASSIS_SLOTS + 1];
	unsigned int starts[CHASSIS_SLOTS + 1];
	unsigned int shutdowns[CHASSIS_SLOTS + 1];
	unsigned int nv_writes;
	const void *nv_at;
	size_t nv_len;
	enum redund_reset_cause cause;
};

extern struct chassis rig;
extern struct chassis_mem rig_mem;
extern struct seen seen;
extern u64 now;

/* --- set-up ------------------------------------------------------------- */
struct chassis_config rig_config(void);
void rig_new(u32 plant);   /* an empty chassis at time 1000 */
void rig_forget(void);	   /* drops what was seen */
void rig_insert(int slot); /* a module with its own serial, with power */
void rig_serial(int slot, const char *serial);
void rig_pull(int slot);
bool rig_join(int slot); /* as its software does at a start */
void rig_both(void);	 /* both in, joined and armed, no owner */
void rig_owner(void);	 /* the same, slot 1 owns and slot 2 may take */
void rig_to(u64 at);	 /* time passes */
void rig_pass(u64 us);
void rig_fault(int slot, enum chassis_fault f, bool on);
void rig_press(int slot, enum chassis_button b);
void rig_hang(u64 us); /* slot 1 says nothing, slot 2 beats on */

void rig_power(int slot, bool on);
void rig_boot_again(int slot);
void rig_bounce(int slot);
void rig_reboot(int slot); /* its software ends by itself */
void rig_cycle(void);	   /* the whole chassis */
void rig_fabric(int fabric, bool present);
void rig_im(int index, bool present);

/* --- as the software of a slot ------------------------------------------ */
u32 rd(int slot, u32 off);
u64 rd64(int slot, u32 off);
u64 rd_size(int slot, u32 off, unsigned int size);
void wr_size(int slot, u32 off, unsigned int size, u64 value);
void rd_area(int slot, u32 off, void *buf, size_t len);
void wr_area(int slot, u32 off, const void *buf, size_t len);
void wr(int slot, u32 off, u32 value);
u32 epoch(void);
u32 status(int slot);
u32 refused(int slot);
bool is_out(int slot);
enum redund_result cmd(int slot, enum redund_cmd c, u32 on_epoch, u32 arg);
enum redund_result claim(int slot);
enum redund_result fence(int slot);
void publish(int slot, u8 role);

/* Does the write change nothing but the count of refused ones? */
bool is_refused(int slot, u32 off, u32 value);

/* --- the trace ------------------------------------------------------------- */
const struct chassis_event *event(enum chassis_event_type type, int slot);
int event_at(enum chassis_event_type type, int slot); /* -1: not seen */
unsigned int event_count(enum chassis_event_type type, int slot);

/* --- tests ------------------------------------------------------------------ */
struct test {
	const char *name;
	void (*run)(void);
};

extern const struct test tests_grant[], tests_timer[], tests_out[];
extern const struct test tests_reset[], tests_cause[], tests_memory[];
extern const struct test tests_window[], tests_board[], tests_random[], tests_alone[];

void check_failed(const char *file, int line, const char *what);
void check_equal(const char *file, int line, const char *what, u64 got, u64 want);

#define CHECK(cond)                                              \
	do {                                                     \
		if (!(cond))                                     \
			check_failed(__FILE__, __LINE__, #cond); \
	} while (0)
#define EQUAL(got, want) check_equal(__FILE__, __LINE__, #got, (u64)(got), (u64)(want))

#endif /* CHASSIS_TEST_RIG_H */
