/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The trace of the state machine: one entry for each step that changed
 * something, with all that role_step() was given and what it made of it. The
 * same layout is read back on a host of the same architecture, where
 * tools/role-test/replay.c makes each step again.
 */
#ifndef REDUND_STEPS_H
#define REDUND_STEPS_H

#include <linux/types.h>
#include "role.h"

#define REDUND_STEPS	96	/* kept */

/**
 * struct redund_step - one step
 * @id: counts up from 1
 * @now: common clock at which it was made, microseconds
 * @actions: bit n: an action of enum role_action_type n followed
 * @event: its input, with what the module saw
 * @before: state that it found
 * @after: state that it left
 */
struct redund_step {
	u64 id, now;
	u64 actions;
	struct role_event event;
	struct role before, after;
};

#endif /* REDUND_STEPS_H */
