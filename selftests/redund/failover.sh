#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What makes the standby take over, what does not, and what happens then.
# shellcheck source=selftests/redund/lib.sh
. "$(dirname "$0")/lib.sh"

# Slot 2 took over from slot 1: one new owner, fabric written by it and on,
# interface modules reset and up again, counted and logged once.
took_over() {
	wait_role 2 active
	wait_for 5 seen '"module": "A", "state": "up"'
	happened 1 '"event": "grant", "from": ., "to": 2'
	happened 0 '"event": "grant", "from": ., "to": 1'
	in_order '"event": "grant", "from": ., "to": 2' '"event": "fabric", "slot": 2, .*"accepted": true' \
		'"event": "module-reset", "slot": 2, .*"accepted": true' '"module": "A", "state": "reset"' \
		'"module": "A", "state": "up"'
	status_has '"id": 1, "present": true, "enabled": true'
	is 2 failovers 1
	[ "$(attr 2 last_failover)" -gt 0 ]
}

failed_over() {
	took_over
	logged 2 00268 "Mgmt Module 2 - Failover occurred"
	history_says "$1"
}

# the reason's number in the specification
reason() {
	case $1 in
	panic) echo 2 ;; removed) echo 6 ;; power-loss) echo 7 ;; reset-button) echo 8 ;;
	heartbeat-lost) echo 12 ;; unload) echo 15 ;;
	esac
}

history_says() {
	local got
	got=$(req 2 history-get dump | tail -1 | field reason)
	[ "$got" = "$(reason "$1")" ] || { echo "reason $got instead of $1"; req 2 history-get dump; return 1; }
}

comes_back() {
	ready 1 10
	wait_for 5 is 2 switchover_ready 1
	owned_by 2
}

reset_button() {
	knob 1 button-reset 1
	failed_over reset-button
	logged 2 00266 "Resetting Mgmt Module 1"
	comes_back
}

# told: long before interval x misses
told_at_once() {
	knob 1 button-reset 1
	wait_role 2 active
	local lost held
	lost=$(since | sed -n 's/.*"t_us": \([0-9]*\), "event": "grant", "from": 1, "to": 0.*/\1/p' | head -1)
	held=$(since | sed -n 's/.*"t_us": \([0-9]*\), "event": "grant", "from": 0, "to": 2.*/\1/p' | head -1)
	echo "grant lost at $lost, held at $held"
	[ $((held - lost)) -lt $((interval * misses * 1000 / 2)) ]
}

# with every interrupt lost the bounds still hold
deaf() {
	knob 2 cut-doorbell 1
	knob 1 present 0
	wait_role 2 active 3
	local lost held
	lost=$(since | sed -n 's/.*"t_us": \([0-9]*\), "event": "grant", "from": 1, "to": 0.*/\1/p' | head -1)
	held=$(since | sed -n 's/.*"t_us": \([0-9]*\), "event": "grant", "from": 0, "to": 2.*/\1/p' | head -1)
	echo "grant lost at $lost, held at $held"
	[ $((held - lost)) -lt $((1000000 * scale)) ]
}

reset_of_standby() {
	knob 2 button-reset 1
	ready 2 10
	owned_by 1
	happened 0 '"event": "grant"'
	happened 0 '"event": "fabric"'
	happened 0 '"event": "module-reset"'
	is 1 failovers 0
}

power_loss() {
	knob 1 kill 1
	failed_over power-loss
	comes_back
}

removal() {
	knob 1 present 0
	failed_over removed
	sleep 1
	fails instance 1 >/dev/null
	knob 1 present 1
	comes_back
}

bounce() {
	# the contact opens and closes: the module is out, and joins again by itself
	knob 1 bounce 1
	wait_role 2 active
	happened 1 '"event": "grant", "from": 1, "to": 0, .*"removed"'
	comes_back
}

stop_beats() { echo "$2" >"$debug/redund/$(instance "$1")/stop_beats"; }

# The failover timer and the standby's patience end at the same time: it is
# either the timer or a fence, and each resets it before the other owns.
stops_beating() {
	stop_beats 1 1
	wait_role 2 active
	in_order '"event": "(timer-expired|fence)"' '"event": "out", "slot": 1' \
		'"event": "reset", "slot": 1, "asserted": true' '"event": "grant", "from": ., "to": 2'
	took_over
	logged 2 00268 "Mgmt Module 2 - Failover occurred"
	comes_back
}

timer() {
	stop_beats 1 1
	wait_for 5 seen '"event": "grant", "from": 0, "to": 1'
	in_order '"event": "timer-expired", "slot": 1' '"event": "out", "slot": 1' \
		'"event": "grant", "from": 1, "to": 0, .*"timer"' \
		'"event": "reset", "slot": 1, "asserted": true, "cause": "timer"' \
		'"event": "reset", "slot": 1, "asserted": false' '"event": "join", "slot": 1' \
		'"event": "grant", "from": 0, "to": 1'
	wait_role 1 active
}

heartbeat_lost() {
	knob 1 cut-heartbeat 1
	wait_role 2 active
	in_order '"event": "fence", "slot": 2, "forced": false, "accepted": true' \
		'"event": "out", "slot": 1, "cause": "fenced"' \
		'"event": "reset", "slot": 1, "asserted": true, "cause": "fence"' \
		'"event": "grant", "from": 1, "to": 2, .*"fence"'
	took_over
	logged 2 00268 "Mgmt Module 2 - Failover occurred"
	logged 2 00265 "Lost Communication with Mgmt Module 1"
	history_says heartbeat-lost
}

cut_both() {
	knob 1 cut-heartbeat 1
	knob 2 cut-heartbeat 1
	wait_for 5 owned_by 2
	sleep $((2 * interval * misses / 1000 + 1))
	happened 1 '"event": "grant"'
	case $(role 1) in standby | syncing) ;; *) return 1 ;; esac
	is 1 ready 0
	attr 1 not_ready | grep -q -E 'peer-never-heard|peer-silent'
}

dead_timer() {
	# the hardware's countdown is broken: missed heartbeats still fence it
	knob 1 wdt-dead 1
	stop_beats 1 1
	wait_role 2 active
	in_order '"event": "fence", "slot": 2, .*"accepted": true' '"event": "grant", "from": 1, "to": 2'
	wait_for 5 role 1
}

reset_stuck() {
	# the fenced module goes on running: its writes count for nothing, it ends
	# as standby by itself
	knob 1 reset-stuck 1
	knob 1 cut-heartbeat 1
	wait_role 2 active
	in_order '"event": "fence", "slot": 2, .*"accepted": true' '"event": "grant", "from": 1, "to": 2'
	mark
	knob 1 cut-heartbeat 0
	ready 1 20
	owned_by 2
	happened 0 '"event": "fabric", "slot": 1, .*"accepted": true'
	happened 0 '"event": "module-reset", "slot": 1, .*"accepted": true'
	happened 0 '"event": "grant"'
}

standby_dies() {
	knob 2 kill 1
	wait_for 2 is 1 switchover_ready 0
	ready 2 10
	owned_by 1
	happened 0 '"event": "grant"'
	is 1 failovers 0
}

clear_button() {
	knob button-clear 1
	nap 0.5
	owned_by 1
	happened 1 '"event": "button"'
	happened 0 '"event": "grant"'
}

disable() {
	req 1 redundancy-set enabled=0
	wait_role 2 offline
	is 2 offline_cause disabled
	is 1 redundancy disabled
	wait_for 2 is 2 redundancy disabled
	logged 1 00263 "Mgmt Module 2 Offline (redundancy disabled)"
}

disabled_heartbeat() {
	disable
	mark
	knob 1 cut-heartbeat 1
	sleep $((interval * misses * 3 / 1000 + 1))
	happened 0 '"event": "fence"'
	happened 0 '"event": "grant"'
	is 1 role active
}

disabled_reset() {
	disable
	mark
	knob 1 button-reset 1
	wait_role 1 active 10
	happened 0 '"event": "grant", "from": ., "to": 2'
}

disabled_hardware() {
	disable
	mark
	knob 1 present 0
	wait_role 2 active 10
	happened 1 '"event": "grant", "from": ., "to": 2'
}

stays_disabled() {
	disable
	mark
	knob reset-system 1
	wait_for 15 seen '"event": "grant", "from": 0'
	wait_role 1 active 15
	is 1 redundancy disabled
	wait_role 2 offline 10
	req 1 redundancy-set enabled=1
	ready 2 10
}

back_and_forth() {
	local i from to
	for i in 1 2 3 4 5 6; do
		from=$(owner) to=$((3 - $(owner)))
		mark
		knob "$from" kill 1
		wait_role "$to" active
		ready "$from" 10
		wait_for 5 is "$to" switchover_ready 1
		happened 1 "\"event\": \"grant\", \"from\": ., \"to\": $to"
		is "$to" failovers "$i"
	done
}

survives_power_cycle() {
	knob 1 kill 1
	wait_role 2 active
	ready 1 10
	power_cycle
	is "$(owner)" failovers 1
	[ "$(req "$(owner)" history-get dump | grep -c "failover=1")" = 1 ]
}

both_gone() {
	knob 1 kill 1
	knob 2 kill 1
	wait_for 15 both_decided
}

noise() {
	# frames that do not check are no heartbeats; nothing else happens
	knob 2 mailbox-corrupt 1
	sleep 1
	is 1 role active
	knob 2 mailbox-corrupt 0
	ready 2 10
	owned_by 1
	happened 0 '"event": "fence"'
}

noise_of_active() {
	# its beats go on: it is alive, whatever its frames are worth
	knob 1 mailbox-corrupt 1
	sleep $((2 * interval * misses / 1000))
	owned_by 1
	happened 0 '"event": "grant"'
	knob 1 mailbox-corrupt 0
	wait_for 10 both_decided
}

stuck_register() {
	# a standby whose status register is stuck sees silence where there is none;
	# it finds that out, and the failover timer takes it out of service
	knob 2 register-stuck 1
	wait_role 2 failed 8
	owned_by 1
	happened 0 '"event": "fence"'
	happened 0 '"event": "grant"'
	in_order '"event": "timer-expired", "slot": 2'
	knob 2 register-stuck 0
	wait_for 20 both_decided
	owned_by 1
}

stuck_register_of_active() {
	knob 1 register-stuck 1
	sleep $((interval * misses * 2 / 1000 + 1))
	happened 0 '"event": "fabric", .*"value": 0'
	knob 1 register-stuck 0
	wait_for 20 both_decided
}

t "S-113 S-134 S-138: MM Reset on the active fails over, logs events 14 and 16, and it returns as standby" reset_button
t "S-134 G4: the standby is told at once and does not wait for missed heartbeats" told_at_once
t "G4 I2: with every interrupt lost the grant is held within its bound" deaf
t "S-135: MM Reset on the standby touches nothing else" reset_of_standby
t "S-117 S-002 S-118: power loss of the active fails over" power_loss
t "S-112 S-149 S-150: pulling the active fails over; put back it is standby" removal
t "G5: a presence contact that bounces puts the module out until it joins again" bounce
t "G3 S-110: an active that stops beating is reset, and the standby takes over" stops_beating
t "G3: a lone module that stops beating is reset by its failover timer" timer 1
t "S-110 S-289 G6: missed heartbeats fence the active, reset before grant" heartbeat_lost
t "I2 C-41: heartbeats lost both ways: one failover, then a standby that says why it is not ready" cut_both
t "G3 G6: with a dead failover timer missed heartbeats still fence" dead_timer
t "G5 G6: a fenced module whose reset is stuck owns nothing and ends as standby" reset_stuck
t "S-005: losing the standby changes nothing but the readiness" standby_dies
t "S-121 C-18: the Clear button does not trigger a switchover" clear_button
t "S-122 C-37: redundancy disabled: lost heartbeats do not trigger" disabled_heartbeat
t "S-136: redundancy disabled: after MM Reset the active is active again" disabled_reset
t "S-068 C-37: redundancy disabled: a removed active is replaced" disabled_hardware
t "S-066 S-064: disabled redundancy survives a power cycle, enabling brings the standby back" stays_disabled
t "six failovers back and forth are each counted once" back_and_forth
t "S-036 I5: failovers and their history survive a power cycle" survives_power_cycle
t "I2: both modules lose power: one of them is active again" both_gone
t "I6: torn frames of the standby do not disturb the active" noise
t "I6: torn frames of the active: it beats, so it stays" noise_of_active
t "G6 I6: a standby with a stuck status register does not fence a live active" stuck_register
t "I6: an active with a stuck status register does no harm, and heals" stuck_register_of_active
run_tests
