/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the two modules write for each other: the mailbox frame, the records
 * in chassis memory and the EEPROM data (inventory). This file owns the
 * layouts; Documentation/redund/formats.rst describes them and the recorded
 * examples in selftests/ hold every released version.
 *
 * Rules for all of them: little-endian, fixed size, starting with magic,
 * format version, length and CRC-32 (of the whole record with the crc field
 * zero). A reader accepts older versions (fields past "length" read as zero)
 * and ignores unknown trailing fields; a higher major version (upper byte of
 * "version") is incompatible (event 18), never garbage.
 */
#ifndef REDUND_FORMAT_H
#define REDUND_FORMAT_H

#include <linux/types.h>

struct redund_rec_head {
	__le32 magic;
	__le16 version;		/* major << 8 | minor */
	__le16 length;		/* bytes in use, this head included */
	__le32 crc;		/* CRC-32 (IEEE) over length bytes, crc as 0 */
	__le32 seq;		/* counts up with every rewrite */
};

#define REDUND_FORMAT_MAJOR(v)	((v) >> 8)

/* --- EEPROM data, 128 bytes an entry ------------------------------------ */
struct redund_inventory {
	char description[64];	/* "ProCurve J9092A Management Module 8200zl" */
	char part[16];		/* "J9092A" */
	char serial[32];	/* "111111111111" */
	__u8 rsvd[12];
	__le32 crc;		/* over the 124 bytes before it */
};

/* --- the mailbox frame, WIN_FRAME_SIZE (256) bytes ------------------------ */
#define REDUND_FRAME_MAGIC	0x4d524652u	/* "RFRM" */
#define REDUND_FRAME_VERSION	0x0103

struct redund_frame {
	struct redund_rec_head head;
	__le32 incarnation;	/* of the sender's start */
	__le32 epoch;		/* as the sender last read it */
	__u8 slot;
	__u8 role;		/* enum redund_role (uapi) */
	__u8 cause;		/* enum redund_offline_cause (uapi) of the role */
	__u8 flags;		/* FRAME_* */
	__le32 not_ready;	/* enum redund_not_ready bits (uapi) */
	__le16 interval_ms;
	__le16 misses;
	__le32 timer_ms;	/* failover timer value in use */
	__le64 boot_us;		/* common clock at the start of this software */
	__le32 boot_count;	/* record of the PREVIOUS boot, for the election */
	__le32 activation;	/* own activation number, previous boot */
	__u8 last_role;		/* previous boot: enum redund_last_role */
	__u8 ever_booted;	/* this serial, in this chassis */
	__u8 selftest;		/* enum redund_selftest_result */
	__u8 boot_image;	/* 0 unknown, 1 primary, 2 secondary */
	char sw_version[32];	/* "K.12.30" */
	char sw_stamp[48];	/* build stamp */
	__le32 sw_build;
	__u8 redundancy;	/* redundancy flag as the sender knows it */
	__u8 phase;		/* enum redund_phase (uapi), while taking over */
	__u8 generation;	/* 1.1: of records and enables that the owner changed */
	__u8 link;		/* 1.2: enum redund_link_state (uapi) */
	char sync_text[64];	/* 1.2: what is not synchronized and why */
	__u8 rsvd[4];
	__le64 role_us;		/* 1.3: common clock at which it took this role */
	__u8 rsvd2[32];
};

#define FRAME_REDUNDANCY_ENABLED	0x01
#define FRAME_WDT_ARMED			0x02
#define FRAME_HEARS_PEER		0x04	/* good frames from the receiver */
#define FRAME_TAKING_SHUTDOWN		0x08	/* shut down: will not take over */

enum redund_last_role {
	REDUND_LAST_NONE,	/* unknown or never booted */
	REDUND_LAST_ACTIVE,
	REDUND_LAST_STANDBY,
	REDUND_LAST_OTHER,	/* booted, neither */
};

enum redund_selftest_result {
	REDUND_SELFTEST_RUNNING,
	REDUND_SELFTEST_PASSED,
	REDUND_SELFTEST_FAILED,
};

/* last_down of a module record: the driver was unloaded, the module runs on */
#define REDUND_DOWN_UNLOADED	0x80

/* --- module record (by serial number), in WIN_NV_MODULE -------------------- */
#define REDUND_MODREC_MAGIC	0x444f4d52u	/* "RMOD" */
#define REDUND_MODREC_VERSION	0x0102

struct redund_module_record {
	struct redund_rec_head head;
	char chassis_serial[32];	/* other chassis: never booted here */
	__le32 boot_count;		/* starts of this module in this chassis */
	__u8 ever_booted;
	__u8 last_down;			/* enum redund_down_reason of the last end */
	__u8 last_role_at_down;		/* enum redund_role */
	__u8 boot_image;
	__le64 down_us;
	__u8 warm;			/* 1.1: 1 the next start is warm (S-210); it clears it */
	__u8 next_image;		/* 1.2: boot this one once, after its own end (S-156) */
	__u8 rsvd[6];
};

/* --- chassis record (owner writes), in WIN_NV_CHASSIS ----------------------- */
#define REDUND_CHREC_MAGIC	0x48434352u	/* "RCCH" */
#define REDUND_CHREC_VERSION	0x0103
#define REDUND_HISTORY_MAX	16
#define REDUND_PHASE_MAX	8

struct redund_history_record {		/* 128 bytes */
	struct redund_rec_head head;	/* seq: number of the role change, from 1 */
	__u8 from;			/* owner before: 0, 1, 2 */
	__u8 to;			/* owner after */
	__u8 reason;			/* enum redund_reason (uapi) */
	__u8 verdict;			/* enum redund_verdict (uapi) */
	__u8 forced;
	__u8 rule;			/* enum redund_rule (uapi), elections */
	__u8 failover;			/* counted in failovers */
	__u8 rsvd;
	__le32 epoch;
	__le32 activation;
	__le64 wall_s;			/* seconds since 1970 at the grant */
	__le64 clock_us;		/* common clock: detected */
	__le32 phase_us[REDUND_PHASE_MAX];	/* us since detected, 0 not reached */
	__u8 phase_result[REDUND_PHASE_MAX];	/* enum redund_phase_result */
	char requester[24];		/* "CONSOLE root", "redctl pid 12", ... */
	__u8 rsvd2[16];
};

struct redund_chassis_record {
	struct redund_rec_head head;
	__u8 redundancy;		/* 1 enabled, 0 disabled (S-066) */
	__u8 last_role[2];		/* enum redund_last_role of slots 1, 2 */
	__u8 pending;			/* C-12: 0 none, else the slot chosen */
	__le32 activation;		/* counts every taking over */
	__le32 mod_activation[2];	/* number at which slots 1, 2 last took over */
	char mod_serial[2][32];		/* whose last_role and activation they are */
	__le32 failovers;		/* S-036: over power cycles */
	__u8 reset_counted;		/* limit of fences was reset by command */
	__u8 fabric;			/* enables as last set (for the record) */
	/* 1.1: of the system boot that was asked for, until the next taking over */
	__u8 boot_image;		/* both boot it: 0 default, 1 primary, 2 secondary */
	__u8 boot_reason;		/* enum redund_reason (uapi), 0 none */
	__le64 last_failover_s;		/* seconds since 1970, 0 never */
	/* heartbeat settings, set on the active and adopted by the standby */
	__le16 interval_ms;
	__le16 misses;
	/* handover intent: resolved by whoever next becomes active */
	__u8 intent_from;		/* 0: none */
	__u8 intent_to;
	__u8 intent_forced;
	__u8 intent_reason;		/* enum redund_reason (uapi) */
	__le32 intent_epoch;
	__u8 heartbeat_loss;		/* 1.2: enum redund_heartbeat_loss (uapi) */
	__u8 rsvd2[3];
	__le64 intent_deadline_us;
	char intent_requester[24];
	/* times of the last automatic fences, common clock (limit, A-046) */
	__le64 fence_us[8];
	__u8 pairing_key[32];		/* of the internal link; zeroes: none yet */
	/* 1.3: accounting */
	__u8 history_length;		/* role changes kept, 0: REDUND_HISTORY_MAX */
	__u8 last_reason;		/* enum redund_reason (uapi) of the last failover */
	__u8 rsvd3[2];
	__le32 standby_failures;	/* a standby was lost */
	__le64 last_clock_us;		/* common clock at the last failover, detected */
	__le64 alone_us;		/* time without redundancy, up to alone_since_us */
	__le64 alone_since_us;		/* common clock; 0: there is redundancy */
	char last_requester[24];	/* of the last failover */
};

#define REDUND_CHREC_HISTORY_OFF	0x800	/* struct redund_history_record[16] */

/* --- crash area of a slot, in WIN_CRASH: three parts -------------------------- */
#define REDUND_CRASH_VERSION	0x0100
#define REDUND_CRASH_DOWN_OFF	0x0000	/* struct redund_down_record[16] */
#define REDUND_CRASH_EVENT_OFF	0x1000	/* struct redund_event_record[128] */
#define REDUND_CRASH_DMESG_OFF	0x8000	/* two of REDUND_DMESG_SIZE */

#define REDUND_DOWN_MAGIC	0x4e574452u	/* "RDWN" */
#define REDUND_DOWN_MAX		16

struct redund_down_record {		/* 256 bytes: a start of the slot, and its end */
	struct redund_rec_head head;	/* seq: number of the start, from 1 */
	__u8 slot;
	__u8 role;			/* enum redund_role (uapi), as far as it is known */
	__u8 why;			/* enum redund_down_why (uapi) */
	__u8 flags;			/* DOWN_* */
	__le32 boot_count;		/* of the module record */
	__le64 wall_s;			/* seconds since 1970 */
	__le64 clock_us;		/* common clock */
	char origin[24];		/* "CONSOLE session" */
	char serial[32];		/* whose start it was */
	char sw_version[32];
	char text[128];
};

#define DOWN_ENDED	0x01		/* not set: it runs, or said nothing at its end */
#define DOWN_WARM	0x02		/* the next start is warm (S-210) */
#define DOWN_SAVED	0x04		/* it said so itself, not its next start */

#define REDUND_EVENT_MAGIC	0x54564552u	/* "REVT" */
#define REDUND_EVENT_MAX	128

struct redund_event_record {		/* 224 bytes: a line of the event log */
	struct redund_rec_head head;	/* seq: number over the starts of the slot, from 1 */
	__le64 id;			/* number in the log of its start */
	__le64 wall_s;
	__le64 clock_us;
	__le32 number;			/* five-digit log number, 0 none */
	__u8 severity;			/* enum redund_severity (uapi) */
	__u8 about;			/* management module it is about, 0 none */
	__u8 rsvd[2];
	char subsystem[12];
	char text[160];
	__u8 rsvd2[4];
};

#define REDUND_DMESG_MAGIC	0x534d4452u	/* "RDMS" */
#define REDUND_DMESG_MAX	2
#define REDUND_DMESG_SIZE	0x4000

struct redund_dmesg_record {		/* 64 bytes; size bytes of text follow, under the CRC */
	struct redund_rec_head head;	/* seq: counts up */
	__le32 boot_count;
	__u8 reason;			/* enum kmsg_dump_reason of Linux */
	__u8 compressed;		/* as that kernel's pstore does it */
	__le16 part;			/* pstore's part of one dump */
	__le64 wall_s;
	__le32 wall_ns;
	__le32 size;			/* bytes of text */
	__le32 count;			/* crashes of that start */
	__u8 rsvd3[20];
};

#endif /* REDUND_FORMAT_H */
