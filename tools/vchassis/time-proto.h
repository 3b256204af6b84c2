/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a User-Mode Linux kernel and its calendar say to each other, as the
 * kernel's um_timetravel.h of 6.12 has it (the host's headers are older).
 * Times in messages are the guest's, those in shared memory the calendar's;
 * all are nanoseconds.
 */
#ifndef VCHASSIS_TIME_PROTO_H
#define VCHASSIS_TIME_PROTO_H

#include <linux/types.h>

enum {
	TIME_ACK,
	TIME_START,   /* answered with two descriptors: memory and log */
	TIME_REQUEST, /* run me at @time */
	TIME_WAIT,    /* shared memory: not acknowledged */
	TIME_GET,
	TIME_UPDATE,	 /* it is @time now */
	TIME_RUN,	 /* to the guest; shared memory: not acknowledged */
	TIME_FREE_UNTIL, /* to the guest; messages only */
	TIME_GET_TOD,
};

struct time_message {
	__u32 op, seq;
	__u64 time;
};

#define TIME_SHM_VERSION      2
#define TIME_SHM_CAN_SHARE    1 /* capabilities */
#define TIME_SHM_WANTS_TO_RUN 1 /* flags */

union time_shm_client {
	struct {
		__u32 capabilities, flags;
		__u64 request, name;
	};
	char reserved[128];
};

struct time_shm {
	union {
		struct {
			__u32 version, len;
			__u64 free_until; /* the running one need not ask before */
			__u64 now;
			__u16 running, max_clients;
		};
		char head[4096];
	};
	union time_shm_client client[];
};

#endif
