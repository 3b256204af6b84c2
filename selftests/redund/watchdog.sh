#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The watchdog device of an instance.
# shellcheck source=selftests/redund/lib.sh
. "$(dirname "$0")/lib.sh"

there() {
	local out
	out=$(wdog "$(watchdog 2)" info magic)
	echo "$out"
	grep -q -i redund <<<"$out"
}

timeouts() {
	[ "$(wdog "$(watchdog 2)" timeout=7 magic)" = 7 ]
	wdog "$(watchdog 2)" '!timeout=0' '!timeout=1000000' magic
}

unarmed() {
	# nobody opened it: its user is not asked for
	sleep 1
	is 1 role active
	is 2 ready 1
	is 2 watchdog_window_ms 0
}

has_window() { [ "$(attr 2 watchdog_window_ms)" -gt 0 ]; }

armed() {
	wdog "$(watchdog 2)" timeout=2 ping ping sleep=1 ping sleep=1 ping magic >/dev/null &
	wait_for 1 has_window
	wait
	is 2 ready 1
}

stops() {
	wdog "$(watchdog 1)" timeout=1 ping magic
	sleep 2
	is 1 role active
	happened 0 '"event": "grant"'
}

starves_active() {
	wdog "$(watchdog 1)" timeout=1 ping sleep=4 magic >/dev/null 2>&1 &
	wait_role 2 active 8
	in_order '"event": "(timer-expired|fence)"' '"event": "reset", "slot": 1, "asserted": true'
	happened 1 '"event": "grant", .*"to": 2'
	wait || true
	wait_for 10 is 1 role standby
}

fed() {
	wdog "$(watchdog 1)" timeout=2 ping sleep=1 ping sleep=1 ping magic
	is 1 role active
	happened 0 '"event": "timer-expired"'
}

bootstatus() {
	local d
	knob 1 button-reset 1
	wait_role 2 active
	ready 1 10
	d=$(wdog "$(watchdog 1)" bootstatus magic)
	echo "bootstatus $d"
	[ "$((d))" -ge 0 ]
}

bootstatus_of_expiry() {
	local d
	echo 1 >"$debug/redund/$(instance 1)/stop_beats"
	wait_for 5 seen '"event": "grant", "from": 0, "to": 1'
	wait_role 1 active
	d=$(wdog "$(watchdog 1)" bootstatus magic)
	echo "bootstatus $d"
	[ $((d & 0x20)) != 0 ]	# WDIOF_CARDRESET
}

t "each instance has a watchdog device" there
t "its time-out can be set within limits" timeouts
t "as long as nobody opens it nothing depends on it" unarmed
t "opened, its window is readable, and its user keeps it fresh" armed
t "a user that stops it properly is not missed" stops
t "a starved watchdog of the active ends in a failover by the failover timer" starves_active
t "a fed one does not" fed
t "bootstatus can be read after a reset" bootstatus
t "bootstatus tells of an expiry" bootstatus_of_expiry 1
run_tests
