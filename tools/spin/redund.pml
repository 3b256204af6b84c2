/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The protocol of grant, fence and failover timer, written down for spin: the
 * backplane controller as Documentation/redund/registers.rst has it (G1 to G7,
 * R1 to R9), and two management modules that do what kernel/role*.c do, without
 * times. tools/spin/run checks it; its simulations are replayed on the chassis
 * model (replay.c), so that the controller's half cannot drift from the code.
 *
 * What stands for what
 *  - Time: nothing lasts. A timer that is armed may run out while its module does
 *    not beat (hangs, dies); who runs, beats in time. Offers end when they like.
 *  - Epoch: a decision is `fresh' until the owner changes. That is all an epoch is
 *    compared for. In the same way `counted': the re-arm count of the holder has
 *    not moved since it was read.
 *  - Heartbeats: a module hears the other when that one runs and is not cut.
 *  - Interrupts: none. Everybody looks again and again (G4).
 *  - Elections: a booted module claims the free grant, or thinks that the other wins.
 *  - Chassis memory: the redundancy flag and the intent of a handover.
 * Slots are 0 and 1 here, and 1 and 2 in what is printed. A line of a simulation
 * that begins with @ is an operation on the controller, for replay.c:
 *	@ OPERATION SLOT ARGUMENT RESULT : OWNER OFFER TAKE : of each slot
 *	  POWERED IN_RESET OUT GOING_DOWN SHUT_DOWN ARMED STUCK
 *
 * Budgets: -DFAULTS=n -DMENDS=n -DCOMMANDS=n, and -DLINES for stuck reset lines,
 * dead timers and cut heartbeats; -DSIMULATED for simulations. Planted mistakes (-DP_...) are listed in run.
 */
#ifndef FAULTS
#define FAULTS 1
#endif
#ifndef MENDS
#define MENDS 1
#endif
#ifndef COMMANDS
#define COMMANDS 1
#endif

/* answers, by the names of enum redund_result; refused: a write without effect */
mtype = { ok, own, held, stale, free, not_allowed, not_armed, not_owner, refused, out_,
	  none };

/* operations, for the lines of a simulation */
mtype = { on_beat, on_bounce, on_button, on_claim, on_expire, on_fabric, on_fence, on_going_down, on_join, on_line_stuck, on_look, on_offer, on_offer_end, on_power_off, on_power_on, on_pulse_end, on_release, on_self_reset, on_shutdown_done, on_take, on_timer_dead, on_withdraw };

#define NOBODY 2
#define OTHER(s) (1 - (s))

/* ---- the controller ------------------------------------------------------- */

byte owner = NOBODY;
bool offer, take;	/* of the owner; every grant change clears both */
bool pw[2], rst[2], nopulse[2];	/* powered, in reset, a pulse that does not arrive */
bool out[2], gdown[2], shut[2], armed[2], stuck[2];
bool line[2], dead[2], cut[2];	/* faults: reset line, timer, heartbeat */
bool fresh[2], counted[2];	/* of what the module of this slot has decided */
mtype res;			/* answer to the last operation */

/* ---- the modules ------------------------------------------------------------ */

/* NOTHING: no power, or in reset. GIVEN: an offer was claimed, wait for "active" */
#define NOTHING	0
#define BOOT	1
#define ELECT	2
#define SYNC	3
#define STANDBY	4
#define TAKING	5
#define ACTIVE	6
#define OFFERED	7
#define GIVEN	8
#define OFFLINE	9
#define DYING	10
#define HALTING	11
#define FAILED	12

/* decided, and not yet carried out */
#define CLAIM	1
#define FENCE	2
#define FORCED	3

byte st[2], todo[2];
bool hung[2], bad[2], heard[2];	/* bad: fails its selftest at the next start */
bool redundancy = 1;		/* in chassis memory */
bool intent;			/* a handover is under way, in chassis memory */
bool loser[2];			/* of the election; P_NO_RECHECK only */
byte faults = FAULTS, mends = MENDS, commands = COMMANDS;

#define RUNS(s) (pw[s] && !hung[s] && st[s] != NOTHING)
/* the other one's beats and frames are seen; OUT closes the mailbox too (G5) */
#define BEATS(s) (RUNS(s) && !cut[s] && !out[s] && st[s] != BOOT && st[s] != DYING)

inline tell(op, s, arg)
{
	printf("@ %e %d %d %e : %d %d %d : %d %d %d %d %d %d %d : %d %d %d %d %d %d %d\n",
	       op, s + 1, arg, res, (owner + 1) % 3, offer, take,
	       pw[0], rst[0], out[0], gdown[0], shut[0], armed[0], stuck[0],
	       pw[1], rst[1], out[1], gdown[1], shut[1], armed[1], stuck[1])
}

/* ---- what the controller does ------------------------------------------------ */

/* G1: the one place where the owner changes */
inline set_owner(to)
{
	assert(to == NOBODY || !out[to % 2]);		/* G5 */
	owner = to;
	offer = 0;
	take = 0;
	fresh[0] = 0;
	fresh[1] = 0;
	heard[0] = 0;	/* who looks compares epochs before anything else */
	heard[1] = 0
}

inline drop(s)
{
	if
	:: owner == s -> set_owner(NOBODY)
	:: else
	fi
}

/* power or the reset line ends whatever the software was doing */
inline stop_module(s)
{
	st[s] = NOTHING;
	hung[s] = 0;
	todo[s] = 0;
	fresh[s] = 0;
	counted[s] = 0;
	heard[s] = 0;
	loser[s] = 0
}

/* G7, R2; force: the module itself or the power does it, no line is needed */
inline start_reset(s, force)
{
	if
	:: rst[s] && !(nopulse[s] && (force || !line[s]))
	:: else ->
		rst[s] = 1;
		nopulse[s] = line[s] && !force;
		armed[s] = 0;
		if
		:: nopulse[s] -> stuck[s] = 1
		:: else -> stop_module(s)
		fi
	fi
}

/* a start: OUT, and with the boot bound (G3) */
inline begin(s, real)
{
	rst[s] = 0;
	nopulse[s] = 0;
	out[s] = 1;
	gdown[s] = 0;
	shut[s] = 0;
#ifdef P_NO_BOOT_ARM
	armed[s] = 0;
#else
	armed[s] = 1;
#endif
	if
	:: real -> stuck[s] = 0; st[s] = BOOT
	:: else
	fi
}

inline end_pulse(s)
{
	if
	:: nopulse[s] -> begin(s, 0)
	:: else -> begin(s, 1)
	fi;
	res = none;
	tell(on_pulse_end, s, 0)
}

/* G3, in one step */
inline expire(s)
{
	armed[s] = 0;
	out[s] = 1;
	drop(s);
	start_reset(s, 0);
	res = none;
	tell(on_expire, s, 0)
}

/* G4: button, contact, own reboot */
inline reset_module(s, force)
{
	out[s] = 1;
	drop(s);
	start_reset(s, force)
}

#ifdef P_WINDOW_OPEN
#define CLOSED(s) false
#else
#define CLOSED(s) out[s]
#endif

inline op_join(s)
{
	if
	:: out[s] && !rst[s] && !gdown[s] -> out[s] = 0; stuck[s] = 0; res = ok
	:: else -> res = refused
	fi;
	tell(on_join, s, 0)
}

inline op_beat(s)
{
	if
	:: CLOSED(s) -> res = refused
	:: else -> armed[s] = 1; counted[OTHER(s)] = 0; res = ok
	fi;
	tell(on_beat, s, 0)
}

#ifdef P_NO_EPOCH
#define EPOCH_IS_OLD(s) false
#else
#define EPOCH_IS_OLD(s) !fresh[s]
#endif

inline op_claim(s)
{
	if
	:: CLOSED(s) -> res = out_
	:: else ->
		if
		:: EPOCH_IS_OLD(s) -> res = stale
		:: else ->
			if
			:: owner == s -> res = own
			:: owner == OTHER(s) && !offer -> res = held
			:: else ->
				if
				:: !armed[s] -> res = not_armed
				:: else -> assert(fresh[s]); set_owner(s); res = ok
				fi
			fi
		fi
	fi;
	tell(on_claim, s, 0)
}

/* G6: the holder is OUT and its reset asserted before the grant moves */
inline op_fence(s, forced)
{
	if
	:: CLOSED(s) -> res = out_
	:: else ->
		if
		:: EPOCH_IS_OLD(s) -> res = stale
		:: else ->
			if
			:: owner == NOBODY -> res = free
			:: owner == s -> res = own
			:: else ->
				if
				:: !forced && !counted[s] -> res = stale
				:: else ->
					if
					:: !take -> res = not_allowed
					:: take && !armed[s] -> res = not_armed
					:: else ->
						assert(fresh[s]);
						out[OTHER(s)] = 1;
						start_reset(OTHER(s), 0);
						set_owner(s);
						res = ok
					fi
				fi
			fi
		fi
	fi;
	tell(on_fence, s, forced)
}

inline op_offer(s)
{
	if
	:: CLOSED(s) -> res = out_
	:: else ->
		if
		:: owner == s && fresh[s] -> offer = 1; res = ok
		:: owner == s && !fresh[s] -> res = stale
		:: owner == NOBODY -> res = free
		:: else -> res = not_owner
		fi
	fi;
	tell(on_offer, s, 0)
}

inline op_withdraw(s)
{
	if
	:: CLOSED(s) -> res = out_
	:: else ->
		if
		:: owner == s -> offer = 0; res = ok
		:: owner == NOBODY -> res = free
		:: else -> res = not_owner
		fi
	fi;
	tell(on_withdraw, s, 0)
}

inline op_release(s)
{
	if
	:: CLOSED(s) -> res = out_
	:: else ->
		if
		:: owner == s -> set_owner(NOBODY); res = ok
		:: owner == NOBODY -> res = free
		:: else -> res = not_owner
		fi
	fi;
	tell(on_release, s, 0)
}

/* G2: owner's registers */
inline op_take(s, on)
{
	if
	:: !CLOSED(s) && owner == s -> take = on; res = ok
	:: else -> res = refused
	fi;
	tell(on_take, s, on)
}

inline op_fabric(s)
{
	if
	:: !CLOSED(s) && owner == s -> assert(owner == s && !out[s]); res = ok
	:: else -> res = refused
	fi;
	tell(on_fabric, s, 0)
}

/* R4: one write, no return, a bound that stays. 1: panic, 2: shutdown */
inline op_going_down(s, why)
{
	if
	:: CLOSED(s) -> res = refused
	:: else ->
		gdown[s] = 1;
#ifdef P_NO_DOWN_ARM
		armed[s] = 0;
#else
		armed[s] = 1;
#endif
		out[s] = 1;
		drop(s);
		res = ok
	fi;
	tell(on_going_down, s, why)
}

/* R5, after a going-down for it */
inline op_shutdown_done(s)
{
	if
	:: out[s] && gdown[s] && !rst[s] && !shut[s] -> shut[s] = 1; armed[s] = 0; res = ok
	:: else -> res = out_
	fi;
	tell(on_shutdown_done, s, 0)
}

/* ---- what a module does --------------------------------------------------------- */

/* a decision is made on what was read just now */
inline decide(s, what)
{
	todo[s] = what;
	fresh[s] = 1;
	counted[s] = (what == FENCE);
	res = none;
	tell(on_look, s, 0)
}

/* start from the beginning, as software (R1: JOIN again while it is refused) */
inline restart(s)
{
	st[s] = BOOT;
	todo[s] = 0;
	heard[s] = 0
}

#ifdef P_CLAIM_NO_FENCE
#define SILENT_DO CLAIM
#define BELIEVE(s) (res == held)
#else
#define SILENT_DO FENCE
#define BELIEVE(s) false
#endif

/* whoever is active next resolves the intent of a handover */
inline become_active(s)
{
	op_fabric(s);
	st[s] = ACTIVE;
	intent = 0
}

inline carry_out(s)
{
	if
	:: todo[s] == CLAIM -> op_claim(s)
	:: todo[s] == FENCE -> op_fence(s, 0)
	:: todo[s] == FORCED -> op_fence(s, 1)
	fi;
	todo[s] = 0;
	fresh[s] = 0;
	counted[s] = 0;
	if
	:: res == ok || res == own -> st[s] = TAKING
	:: res == out_ -> restart(s)
	:: BELIEVE(s) && st[s] == STANDBY -> st[s] = TAKING
	:: res == held && st[s] == ELECT -> st[s] = SYNC
	:: else			/* look again */
	fi
}

/* the holder says nothing, by what this module may go by (heard, or its re-arm
 * count stands still for longer than the longest timer)
 */
#define SILENT(s) ((heard[s] && !BEATS(OTHER(s))) || !RUNS(OTHER(s)))
#define PEER_ACTIVE(s) (owner == OTHER(s) && BEATS(OTHER(s)) && st[OTHER(s)] == ACTIVE)
/* as the owner sees it: ready, and heard */
#define PEER_READY(s) (BEATS(OTHER(s)) && st[OTHER(s)] == STANDBY && heard[OTHER(s)])

#ifdef P_NO_RECHECK
#define FREE(s) (owner == NOBODY && !loser[s])
#else
#define FREE(s) (owner == NOBODY)
#endif
#ifdef P_UNREADY_NO_CLAIM
#define MAY_CLAIM(s) (st[s] == STANDBY)
#else
#define MAY_CLAIM(s) (st[s] == STANDBY || st[s] == SYNC || st[s] == OFFLINE)
#endif
#define CANDIDATE(s) (st[s] == STANDBY || st[s] == SYNC || st[s] == OFFLINE)
#define LOOKS(s) (RUNS(s) && !todo[s])

proctype module(byte s)
{
end:	do
	/* between decision and register: the other module, faults, expiries */
	:: atomic { RUNS(s) && todo[s] -> carry_out(s) }

	/* a start */
	:: atomic { LOOKS(s) && st[s] == BOOT && out[s] && !rst[s] -> op_join(s);
		if
		:: res == ok -> op_beat(s)
		:: else -> st[s] = DYING	/* survived its own going-down: only a reset helps */
		fi }
	:: atomic { LOOKS(s) && st[s] == BOOT && !out[s] ->
		if
		:: bad[s] -> st[s] = FAILED
		:: else -> st[s] = ELECT
		fi }
	:: atomic { LOOKS(s) && st[s] == ELECT && !out[s] ->
		if
		:: owner == s -> st[s] = TAKING
		:: owner == OTHER(s) -> st[s] = SYNC
		:: owner == NOBODY -> decide(s, CLAIM)
		:: owner == NOBODY && pw[OTHER(s)] -> loser[s] = 1; st[s] = SYNC
		fi }

	/* candidates: syncing, standby, offline */
	:: atomic { LOOKS(s) && out[s] && st[s] != BOOT && st[s] != DYING && st[s] != HALTING &&
		    st[s] != NOTHING -> restart(s) }
	:: atomic { LOOKS(s) && CANDIDATE(s) && !out[s] && owner == s -> st[s] = TAKING }
	:: atomic { LOOKS(s) && CANDIDATE(s) && !out[s] && PEER_ACTIVE(s) && !heard[s] ->
		heard[s] = 1;
		if
		:: !redundancy -> st[s] = OFFLINE
		:: redundancy && st[s] != STANDBY -> st[s] = SYNC
		:: redundancy && st[s] == STANDBY	/* its frame was lost for a while */
		fi }
	:: atomic { LOOKS(s) && CANDIDATE(s) && !out[s] && PEER_ACTIVE(s) && heard[s] &&
		    !redundancy && st[s] != OFFLINE -> st[s] = OFFLINE }
	:: atomic { LOOKS(s) && st[s] == OFFLINE && !out[s] && PEER_ACTIVE(s) && redundancy ->
		st[s] = SYNC }
	:: atomic { LOOKS(s) && st[s] == SYNC && !out[s] && PEER_ACTIVE(s) && heard[s] &&
		    redundancy -> st[s] = STANDBY }
	:: atomic { LOOKS(s) && st[s] == STANDBY && !out[s] && owner == OTHER(s) && !heard[s] ->
		st[s] = SYNC }			/* another epoch */
	:: atomic { LOOKS(s) && MAY_CLAIM(s) && !out[s] && FREE(s) -> decide(s, CLAIM) }
	:: atomic { LOOKS(s) && (st[s] == STANDBY || st[s] == SYNC) && !out[s] &&
		    owner == OTHER(s) && offer -> decide(s, CLAIM) }
	:: atomic { LOOKS(s) && (st[s] == STANDBY || (st[s] == SYNC && !RUNS(OTHER(s)))) &&
		    !out[s] && owner == OTHER(s) && take && SILENT(s) -> decide(s, SILENT_DO) }

	/* the owner */
	:: atomic { LOOKS(s) && st[s] == TAKING ->
		if
		:: (owner != s || out[s]) && !BELIEVE(s) -> restart(s)
		:: else -> become_active(s)
		fi }
#ifndef P_CLAIM_NO_FENCE
	:: atomic { LOOKS(s) && st[s] == ACTIVE && owner != s && !out[s] -> restart(s) }
#endif
	:: atomic { LOOKS(s) && st[s] == ACTIVE && owner == s && !out[s] && !take && redundancy &&
		    PEER_READY(s) -> op_take(s, 1) }
	:: atomic { LOOKS(s) && st[s] == ACTIVE && owner == s && !out[s] && take &&
		    (!redundancy || !BEATS(OTHER(s))) -> op_take(s, 0) }

	/* handover: until the claim, the owner owns */
	:: atomic { LOOKS(s) && st[s] == OFFERED && !out[s] && owner == s ->
		if
		:: !offer -> intent = 0; st[s] = ACTIVE
		:: offer -> op_withdraw(s); intent = 0; st[s] = ACTIVE
		fi }
	:: atomic { LOOKS(s) && st[s] == OFFERED && !out[s] && owner != s -> st[s] = GIVEN }
	:: atomic { LOOKS(s) && st[s] == GIVEN && !out[s] && owner == s -> st[s] = TAKING }
	:: atomic { LOOKS(s) && st[s] == GIVEN && !out[s] && owner == NOBODY -> decide(s, CLAIM) }
	:: atomic { LOOKS(s) && st[s] == GIVEN && !out[s] && PEER_ACTIVE(s) -> restart(s) }
	/* the new owner is late; one that stands still is fenced, where it allowed that */
	:: atomic { LOOKS(s) && st[s] == GIVEN && !out[s] && owner == OTHER(s) ->
		if
		:: RUNS(OTHER(s)) || !take -> restart(s)
		:: !RUNS(OTHER(s)) && take -> decide(s, FENCE)
		fi }
	/* claimed by an offer: the old owner may fence (taken_by_offer) */
	:: atomic { LOOKS(s) && st[s] == TAKING && owner == s && !out[s] && !take &&
		    st[OTHER(s)] == GIVEN && redundancy -> op_take(s, 1) }

	/* ends */
	:: atomic { RUNS(s) && st[s] == DYING ->
		if
		:: reset_module(s, 1); res = none; tell(on_self_reset, s, 0)
		:: hung[s] = 1			/* hangs on the way */
		fi }
	:: atomic { RUNS(s) && st[s] == HALTING && !shut[s] && gdown[s] -> op_shutdown_done(s) }

	/* commands: switchover, the operator's fence, MM shutdown, redundancy */
	:: atomic { LOOKS(s) && commands && st[s] == ACTIVE && owner == s && !out[s] && redundancy &&
		    PEER_READY(s) ->
		commands--;
		intent = 1;
		fresh[s] = 1;
		res = none;
		tell(on_look, s, 0);
#ifdef P_RELEASE
		op_release(s);
		assert(owner != NOBODY);	/* the grant is free though nothing failed */
#else
		op_offer(s);
#endif
		fresh[s] = 0;
		st[s] = OFFERED }
	:: atomic { LOOKS(s) && commands && st[s] == STANDBY && !out[s] && owner == OTHER(s) &&
		    take -> commands--; decide(s, FORCED) }
	:: atomic { LOOKS(s) && commands && st[s] == STANDBY && !out[s] && owner == OTHER(s) ->
		commands--; st[s] = HALTING; op_going_down(s, 2) }
	:: atomic { LOOKS(s) && commands && st[s] == ACTIVE && owner == s && !out[s] ->
		commands--;
		if
		:: redundancy -> op_take(s, 0); redundancy = 0
		:: !redundancy -> redundancy = 1
		fi }
	od
}

/* ---- what happens by itself --------------------------------------------------------- */

/* whose software cannot beat; a start that is stuck does not JOIN */
#define MUTE(s) (hung[s] || st[s] == NOTHING || (st[s] == BOOT && gdown[s]))

#ifdef P_LEVEL_RESET
#define ENDS(s) (owner == NOBODY || owner == s)
#else
#define ENDS(s) true
#endif

/* time in one slot: the tick of its software, its timer, its reset pulse */
proctype clock(byte s)
{
end:	do
	/* one that changes nothing here is left out */
	:: atomic { RUNS(s) && !out[s] && counted[OTHER(s)] && st[s] != BOOT && st[s] != DYING ->
		op_beat(s) }
	:: atomic { armed[s] && !dead[s] && pw[s] && !rst[s] && MUTE(s) -> expire(s) }
	:: atomic { rst[s] && pw[s] && ENDS(s) -> end_pulse(s) }
	od
}

proctype deadline()
{
end:	do
	:: atomic { offer -> offer = 0; res = none; tell(on_offer_end, owner, 0) }
	od
}

inline fault(s)
{
	if
	:: RUNS(s) -> hung[s] = 1
	:: pw[s] -> pw[s] = 0; rst[s] = 0; nopulse[s] = 0; armed[s] = 0; out[s] = 1; drop(s);
		stop_module(s); res = none; tell(on_power_off, s, 0)
	:: RUNS(s) && st[s] != BOOT && st[s] != DYING && st[s] != HALTING ->
		op_going_down(s, 1); st[s] = DYING; todo[s] = 0
	:: pw[s] -> reset_module(s, 0); res = none; tell(on_button, s, 0)
	:: pw[s] && !rst[s] && !gdown[s] -> out[s] = 1; drop(s); begin(s, 0); res = none;
		tell(on_bounce, s, 0)
	:: !bad[s] -> bad[s] = 1
#ifdef LINES
	:: !line[s] -> line[s] = 1; res = none; tell(on_line_stuck, s, 0)
	:: !dead[s] -> dead[s] = 1; res = none; tell(on_timer_dead, s, 0)
	:: !cut[s] -> cut[s] = 1
#endif
	fi
}

inline mend(s)
{
	if
	:: hung[s] -> hung[s] = 0
	:: !pw[s] -> pw[s] = 1; begin(s, 1); res = none; tell(on_power_on, s, 0)
	fi
}

proctype world()
{
	do
	:: atomic { faults -> faults--;
		if
		:: fault(0)
		:: fault(1)
		fi }
	:: atomic { mends && (hung[0] || !pw[0]) -> mends--; mend(0) }
	:: atomic { mends && (hung[1] || !pw[1]) -> mends--; mend(1) }
#ifdef SIMULATED
	/* faults and commands come now and then, for as long as there are some */
	:: true
	:: true
	:: true
	:: true
	:: true
	:: !commands -> commands = 1
#else
	:: break
#endif
	od;
	faults = 0;
	mends = 0
}

init
{
	atomic {
		out[0] = 1;
		out[1] = 1;
		pw[0] = 1; begin(0, 1); res = none; tell(on_power_on, 0, 0);
		pw[1] = 1; begin(1, 1); res = none; tell(on_power_on, 1, 0);
		run module(0);
		run module(1);
		run clock(0);
		run clock(1);
		run deadline();
		run world()
	}
}

/* ---- what must hold -------------------------------------------------------------------- */

/* nothing but its software is needed for it to run */
#define ABLE(s) (pw[s] && !bad[s] && !shut[s] && st[s] != HALTING && \
		 !(hung[s] && (dead[s] || line[s])))
#define IS_ACTIVE(s) (owner == s && RUNS(s) && (st[s] == ACTIVE || st[s] == OFFERED))
#define SOMEBODY_ACTIVE (IS_ACTIVE(0) || IS_ACTIVE(1))
/* two faults at once: nobody may know, and nobody may take from it */
#define OUT_OF_REACH (owner != NOBODY && hung[owner % 2] && dead[owner % 2] && !take)
#define NOBODY_ABLE (!ABLE(0) && !ABLE(1))
#define THINKS(s) (RUNS(s) && !out[s] && st[s] == ACTIVE)
#define PAIR(s) (IS_ACTIVE(s) && st[1 - s] == STANDBY && take)
#define TROUBLE (!ABLE(0) || !ABLE(1) || !redundancy || cut[0] || cut[1] || \
		 line[0] || line[1] || dead[0] || dead[1])

/* I1: of two modules that think they are active one is OUT, and writes nothing */
ltl one { [] !(THINKS(0) && THINKS(1)) }
/* I2: there is no state from which both stay standby */
ltl live { []<> (SOMEBODY_ACTIVE || NOBODY_ABLE || OUT_OF_REACH) }
/* G3: an owner's timer runs, or the owner does */
ltl guarded { [] (owner == NOBODY || armed[owner % 2]) }
/* G7 */
ltl pulses { []<> (!rst[0]) && []<> (!rst[1]) }
/* a handover ends, whoever asked for it */
ltl resolved { []<> (!intent || NOBODY_ABLE || OUT_OF_REACH) }
/* both modules are healthy: one is active, and the other may take */
ltl pair { []<> (PAIR(0) || PAIR(1) || TROUBLE) }
