#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Changes of the active module that are asked for: switchover and shutdown.
# shellcheck source=selftests/redund/lib.sh
. "$(dirname "$0")/lib.sh"

switchover() {
	req 1 switchover requester=selftest
	wait_role 2 active
	ready 1 10
	in_order '"event": "offer", "slot": 1, .*"accepted": true' \
		'"event": "claim", "slot": 2, "accepted": true' \
		'"event": "grant", "from": 1, "to": 2, .*"offer"' \
		'"event": "fabric", "slot": 2, .*"accepted": true'
	happened 1 '"event": "grant"'
	happened 0 '"event": "fence"'
	logged 2 00269 "Mgmt Module 2 - User initiated switchover occurred"
	logged 2 00268 "Mgmt Module 2 - Failover occurred" 0
	is 2 failovers 1
	[ "$(req 2 history-get dump | tail -1 | field requester)" = selftest ]
	[ "$(req 2 history-get dump | tail -1 | field verdict)" = 2 ]
}

never_without_an_owner() {
	req 1 switchover
	wait_role 2 active
	happened 0 '"event": "grant", .*"to": 0'
}

without_standby() {
	fails instance 2
	refused no-peer req 1 switchover || refused peer-not-standby req 1 switchover
	refused no-peer req 1 switchover force || refused peer-not-standby req 1 switchover force
	owned_by 1
	happened 0 '"event": "grant"'
	[ "$(req 1 switchover-check | field accepted)" = 0 ]
}

when_disabled() {
	req 1 redundancy-set enabled=0
	wait_role 2 offline
	refused disabled req 1 switchover || refused peer-not-standby req 1 switchover
	owned_by 1
	happened 0 '"event": "grant"'
}

from_standby() {
	refused not-active req 2 switchover
	happened 0 '"event": "offer"'
}

check_says() {
	[ "$(req 1 switchover-check | field accepted)" = 1 ]
	knob 2 cut-heartbeat 1
	wait_for 5 check_refuses
	happened 0 '"event": "offer"'
}

check_refuses() {
	local answer
	answer=$(req 1 switchover-check)
	[ "$(field accepted <<<"$answer")" = 0 ] && [ "$(field not-ready <<<"$answer")" != 0 ]
}

# The standby cannot claim: its window is dead from the moment of the offer on.
rolls_back() {
	knob 2 window-dead 1
	req 1 switchover || true
	sleep $((1 * scale))
	wait_for 10 rolled_back
	owned_by 1
	is 1 role active
	happened 0 '"event": "grant", "from": 1, "to": 2'
}

rolled_back() {
	if ! seen '"event": "offer"'; then
		# it was noticed in time: refused, nothing was offered
		is 1 role active
		return
	fi
	seen '"event": "withdraw"' && [ "$(req 1 chassis-get | field handover-verdict)" = 4 ]
}

two_at_once() {
	local i
	for i in 1 2 3 4 5 6 7 8; do req 1 switchover >/dev/null 2>&1 & done
	wait
	wait_role 2 active
	happened 1 '"event": "grant"'
	is 2 failovers 1
}

and_back() {
	local i
	for i in 1 2; do
		req 1 switchover
		wait_role 2 active
		ready 1 10
		wait_for 5 is 2 switchover_ready 1
		req 2 switchover
		wait_role 1 active
		ready 2 10
		wait_for 5 is 1 switchover_ready 1
	done
	happened 4 '"event": "grant"'
	is 1 failovers 4
}

old_owner_dies() {
	req 1 switchover
	wait_for 2 owned_by 2
	knob 1 kill 1
	wait_role 2 active
	ready 1 10
	owned_by 2
	happened 1 '"event": "grant"'
}

choice_is_met() {
	req 1 active-set choice=2
	req 1 switchover
	wait_role 2 active
	wait_for 2 is 2 choice 0
}

shutdown_active() {
	knob 1 button-shutdown 1
	wait_role 2 active
	in_order '"event": "button", "slot": 1, "button": "shutdown"' \
		'"led": "dwn", "state": "green-flash"' \
		'"event": "grant", "from": 1, "to": 2' \
		'"event": "shutdown-done", "slot": 1' \
		'"slot": 1, "led": "dwn", "state": "green"'
	happened 1 '"event": "grant"'
	logged 2 00272 "Mgmt Module 1 Offline (shutdown)"
	status | grep -o '"slot": 1, .*"slot": 2, ' |
		grep -q '"leds": {"actv": "off", "stby": "off", "dwn": "green", "fault": "off"}'
	req 2 mm-get slot=1 | grep -q -E '	role=(8|9)	'
}

stays_shut_down() {
	knob 1 button-shutdown 1
	wait_role 2 active
	wait_for 3 seen '"event": "shutdown-done"'
	mark
	# it cannot take over, whatever happens to the other
	knob 2 button-reset 1
	wait_for 10 is 2 role active
	happened 0 '"event": "grant", .*"to": 1'
	# pulled and put back it serves again
	knob 1 present 0
	knob 1 present 1
	ready 1 10
}

shutdown_standby() {
	knob 2 button-shutdown 1
	wait_for 5 seen '"event": "shutdown-done", "slot": 2'
	owned_by 1
	happened 0 '"event": "grant"'
	logged 1 00272 "Mgmt Module 2 Offline (shutdown)"
	refused "" req 1 switchover
}

shutdown_refused() {
	knob 1 button-shutdown 1
	sleep $((1 * scale))
	is 1 role active
	logged 1 00271 "Other management module is not in standby, shutdown request ignored"
	happened 0 '"event": "shutdown-done"'
	happened 0 '"led": "dwn", "state": "green"'
	happened 0 '"event": "grant"'
}

shutdown_refused_disabled() {
	req 1 redundancy-set enabled=0
	wait_role 2 offline
	mark
	shutdown_refused
}

t "S-075 S-082 S-085 S-111: a switchover moves the grant once, logs event 17 and counts" switchover
t "G6: there is an owner at every moment of a switchover" never_without_an_owner
t "S-080 S-081 S-084: without a standby a switchover is refused, also a forced one" without_standby 1
t "S-081: with redundancy disabled a switchover is refused" when_disabled
t "S-076: only the active can be asked for a switchover" from_standby
t "A-002: the check says whether a switchover would be accepted and changes nothing" check_says
t "I2: a standby that does not claim: refused or rolled back, the owner goes on" rolls_back
t "I1: switchovers asked for all at once move the grant once" two_at_once
t "four switchovers there and back" and_back
t "the old owner dies in the middle: the new one stays" old_owner_dies
t "C-13: a switchover to the chosen module satisfies the pending choice" choice_is_met
t "S-114 S-139..S-144 S-148 S-248: MM Shutdown on the active: flashing, handover, solid green, event 20" shutdown_active
t "S-144: a module that was shut down never takes over; inserted again it is standby" stays_shut_down
t "S-143 S-147: MM Shutdown on the standby leaves the active alone" shutdown_standby
t "S-145 S-146 C-15: MM Shutdown without a standby is ignored and logs event 19" shutdown_refused 1
t "S-145: MM Shutdown with redundancy disabled is ignored" shutdown_refused_disabled
run_tests
