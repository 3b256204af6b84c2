/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A mock back end for KUnit: registers and areas as plain memory, every write
 * recorded, time injected. It has no behaviour of its own but what a test
 * sets, so that a test sees what a part does and not what a controller makes
 * of it (that is the chassis model's).
 */
#ifndef REDUND_KUNIT_MOCK_H
#define REDUND_KUNIT_MOCK_H

#include <kunit/test.h>
#include "../redund.h"

#define MOCK_WRITES	256

/* A test named by a sentence, with the rows that it shows. */
#define MOCK_CASE(function, text) \
	{ .run_case = function, .name = text, .module_name = KBUILD_MODNAME }

struct mock_write {
	u32 off, value;
};

struct mock {
	struct redund *rd;
	u8 window[REDUND_WINDOW_SIZE];
	struct mock_write write[MOCK_WRITES];
	unsigned int n_writes, n_reads;
	u32 ignore;		/* writes to this register have no effect, 0 none */
	u32 out_by, pressed_by;	/* a write to it puts the slot OUT, presses MM Shutdown */
	u64 status_after;	/* what STATUS is once the causes were read, 0: as it is */
	u64 clock_flip;		/* bits the next reading of the clock gets wrong */
	u32 nv_result;		/* enum redund_result of a commit, 0: it is carried out */
};

/* An instance in @slot that owns the grant, with both modules present. */
struct mock *mock_create(struct kunit *test, u8 slot);
void mock_time(u64 us);		/* local and common clock */
u64 mock_time_get(void);
void mock_set32(struct mock *m, u32 off, u32 value);
u32 mock_get32(struct mock *m, u32 off);
void mock_set64(struct mock *m, u32 off, u64 value);
void mock_owner(struct mock *m, u8 owner, u32 epoch);
/* the status bits that hold, with the low word's other fields kept */
void mock_status(struct mock *m, u32 bits, u32 mask);
unsigned int mock_writes(struct mock *m, u32 off);
u32 mock_last(struct mock *m, u32 off);
void mock_forget(struct mock *m);
void mock_lock(struct mock *m);
void mock_unlock(struct mock *m);
/* number of events in the log whose text is @text; -1: any */
unsigned int mock_logged(struct mock *m, const char *text);

#endif /* REDUND_KUNIT_MOCK_H */
