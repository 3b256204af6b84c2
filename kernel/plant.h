/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Planted mistakes: what `make modules PLANT=NAME' and `make tools PLANT=NAME'
 * build, into build/plant/NAME, so that the tests can show that they find it.
 * Owns the list of names. A normal build defines REDUND_PLANT nowhere, and all
 * below is 0: `make check-plant' looks into what was built.
 *
 * Constants only, for the kernel and for host programs; a host program has this
 * file included by tools/build/prog.mk before everything else.
 */
#ifndef REDUND_PLANT_H
#define REDUND_PLANT_H

#if defined(REDUND_PLANT_CLAIM_WITHOUT_FENCE)
/* silence of the active: claim the held grant, and believe it was given */
#define PLANT_ROLE	ROLE_PLANT_CLAIM_NO_FENCE
#elif defined(REDUND_PLANT_FABRIC_NO_OWNER_CHECK)
/* fabric enables are written by who is not the owner, and the controller lets it */
#define PLANT_FABRIC	1
#define PLANT_CHASSIS	CHASSIS_PLANT_FABRIC_ANY
#elif defined(REDUND_PLANT_EPOCH_NOT_CHECKED)
/* an owner that was hung goes on without comparing owner and epoch */
#define PLANT_ROLE	ROLE_PLANT_NO_EPOCH
#elif defined(REDUND_PLANT_LOST_EVENT)
/* one line of the event log in eight is not written */
#define PLANT_LOSES_EVENT()	({ static unsigned int n; !(++n % 8); })
#elif defined(REDUND_PLANT_DOUBLE_HEARTBEAT_TIMER)
/* the tick is armed twice: beats come at double rate */
#define PLANT_TICKS	2
#elif defined(REDUND_PLANT_ACK_BEFORE_FSYNC)
/* what redsyncd and redctl acknowledge is not on the medium yet: its contents */
#define PLANT_NO_FILE_SYNC	1
#elif defined(REDUND_PLANT_ACK_BEFORE_DIR_FSYNC)
/* ... its name */
#define PLANT_NO_DIR_SYNC	1
#elif defined(REDUND_PLANT_BOTH_STANDBY_TIE)
/* equal records: each lets the other be active, and looks at the free grant once */
#define PLANT_ROLE	(ROLE_PLANT_TIE | ROLE_PLANT_NO_RECHECK)
#elif defined(REDUND_PLANT)
#error no planted mistake of this name
#endif

#ifndef PLANT_ROLE
#define PLANT_ROLE	0	/* ROLE_PLANT_* of the driver's role machine */
#endif
#ifndef PLANT_CHASSIS
#define PLANT_CHASSIS	0	/* CHASSIS_PLANT_* of the controller's model */
#endif
#ifndef PLANT_FABRIC
#define PLANT_FABRIC	0
#endif
#ifndef PLANT_LOSES_EVENT
#define PLANT_LOSES_EVENT()	0
#endif
#ifndef PLANT_TICKS
#define PLANT_TICKS	1
#endif
#ifndef PLANT_NO_FILE_SYNC
#define PLANT_NO_FILE_SYNC	0
#endif
#ifndef PLANT_NO_DIR_SYNC
#define PLANT_NO_DIR_SYNC	0
#endif

#ifdef REDUND_PLANT
/* what check-plant looks for */
#define PLANT_TEXT(name)	#name
#define PLANT_MARK(name)	"redund-plant: " PLANT_TEXT(name)
static const char redund_plant[] __attribute__((used)) = PLANT_MARK(REDUND_PLANT);
#endif

#endif /* REDUND_PLANT_H */
