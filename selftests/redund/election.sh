#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Who becomes active at boot: the rules that a whole chassis can show. Every
# combination of the inputs is tried by the KUnit suite of the election.
# shellcheck source=selftests/redund/lib.sh
. "$(dirname "$0")/lib.sh"

# Both modules into an empty chassis at the same time.
insert_both() {
	knob "${1:-1}" present 1
	knob "$((3 - ${1:-1}))" present 1
}

lowest_slot() {
	is 1 role active
	is 2 role standby
	is 1 election_rule lowest-slot
	mark=0
	in_order '"event": "claim", "slot": 1, "accepted": true' '"event": "role", "slot": 1, "role": "active"'
}

standby_says_so() { is 2 ready 1 && is 2 not_ready ""; }

only_module() {
	is 2 role active
	is 2 election_rule only-module
	is 2 redundancy enabled
}

already_active() {
	knob 2 present 1
	ready 2 10
	is 2 election_rule already-active
	owned_by 1
	happened 0 '"event": "grant"'
}

one_fails() {
	knob 1 selftest-fail 1
	insert_both
	wait_role 2 active 10
	is 2 election_rule selftest
	wait_role 1 failed
	logged 2 00264 "Mgmt Module 1 Failed Selftest" || logged 1 00264 "Mgmt Module 1 Failed Selftest"
	sleep 1
	owned_by 2
}

both_fail() {
	knob 1 selftest-fail 1
	knob 2 selftest-fail 1
	insert_both
	wait_role 1 failed 10
	wait_role 2 failed 10
	sleep $((1 * scale))
	owned_by 0
	wait_for 3 fault_flashes
}

fault_flashes() {
	local mark=0
	status_has '"fault": "orange-f' || seen '"led": "chassis-fault", "state": "[a-z]*-f'
}

# What both find at the same moment cannot be made by inserting them: this script
# may lose the processor between the two. So slot 1 fails its selftest at first,
# which is no boot, and the power comes back when it would pass.
ever_booted() {
	knob 1 selftest-fail 1
	insert_both
	wait_role 2 active 10
	wait_role 1 failed 10
	knob 1 selftest-fail 0
	power_cycle
	is 2 election_rule ever-booted
	owned_by 2
}

another_serial_never_booted() {
	[ "$(owner)" = 1 ]
	knob 1 present 0
	wait_role 2 active
	knob 2 present 0
	# another module in slot 2: what slot 2 did counts for nothing
	knob 2 serial 999999999999
	knob 2 selftest-fail 1
	insert_both 2
	wait_role 1 active 10
	wait_role 2 failed 10
	knob 2 selftest-fail 0
	power_cycle
	is 1 election_rule ever-booted
	owned_by 1
}

active_last() {
	req 1 switchover
	wait_role 2 active
	wait_for 10 both_decided
	power_cycle
	owned_by 2
	is 2 election_rule active-last
	happened 0 '"event": "grant", "from": 0, "to": 1'
}

pending_choice() {
	req 1 active-set choice=2
	is 1 choice 2
	owned_by 1
	power_cycle
	owned_by 2
	is 2 election_rule pending-choice
	wait_for 2 is 2 choice 0
	is 2 failovers 0
	power_cycle
	owned_by 2
}

pending_choice_failed() {
	req 1 active-set choice=2
	knob 2 selftest-fail 1
	knob reset-system 1
	wait_for 15 is 1 election_rule selftest
	wait_role 1 active 15
}

active_failed_stays_out() {
	knob 1 selftest-fail 1
	knob 1 button-reset 1
	wait_role 2 active
	wait_role 1 failed 10
	req 2 mm-get slot=1 | grep -q selftest=2
	refused "" req 2 switchover
	knob 2 button-reset 1
	wait_for 10 is 2 role active
	happened 0 '"event": "grant", "from": ., "to": 1'
}

never_waits_for_ever() {
	# the other is there, but dead: the wait for it is bounded
	knob 2 present 1
	knob 2 window-dead 1
	knob 1 present 1
	wait_role 1 active 20
}

torn_records() {
	# chassis memory turned to noise: as if fresh, and the chassis still boots
	head -c 20000 /dev/urandom >"$debug/redund_sim/chassis1/nvram"
	power_cycle
	owned_by 1
	is 1 election_rule lowest-slot
}

t "S-279: two modules that never booted here: the lowest slot becomes active" lowest_slot
t "S-009: the other is standby, and ready" standby_says_so
t "S-273: the only module becomes active" only_module 2
t "S-274 S-152: a module inserted beside an active one becomes standby without a negotiation" already_active 1
t "S-275: the one that passes selftest becomes active, the other is failed" one_fails 0
t "S-272 S-015 S-249: when both fail selftest neither is active and the fault LED flashes" both_fail 0
t "S-276: the only one that ever booted in this chassis becomes active" ever_booted 0
t "C-11: a module of another serial number never booted here" another_serial_never_booted
t "S-277 S-270 S-023: the module that was active last becomes active after a power cycle" active_last
t "C-12 S-091 C-14: the pending choice decides once and counts no failover" pending_choice
t "C-12 S-090: a chosen module that fails selftest is passed over" pending_choice_failed
t "S-010 S-014 C-35: a module that failed selftest never takes the grant" active_failed_stays_out
t "I2: a present module that never speaks is waited for a bounded time only" never_waits_for_ever 0
t "I6 G9: chassis memory full of noise is as good as empty" torn_records
run_tests
