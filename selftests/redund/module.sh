#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Loading, unloading, chassis that come and go.
# shellcheck source=selftests/redund/lib.sh
. "$(dirname "$0")/lib.sh"

loads_and_unloads() {
	local i
	unload
	for i in 1 2 3 4 5 6 7 8; do
		load chassis=1
		[ $((i % 2)) = 0 ] || wait_for 5 active_somewhere
		unload
	done
	load
}

used() {
	fails rmmod redund 2>/dev/null
	load_one redund 2>/dev/null || true
	[ -d /sys/module/redund ]
}

three_at_load() {
	unload
	load chassis=3
	for C in 1 2 3; do wait_for 10 both_decided; done
	[ "$(ls /sys/class/redund)" = "$(printf 'redund%s\n' 0 1 2 3 4 5)" ]
}

too_many_refused() {
	unload
	load_one redund
	fails load_one redund_sim chassis=9 2>/dev/null
}

bad_parameter_refused() {
	local p
	unload
	for p in interval_ms=0 interval_ms=100000 misses=0 misses=1000 interval_ms=fast; do
		if load_one redund "$p" 2>/dev/null; then
			rmmod redund
			echo "$p is accepted"
			return 1
		fi
	done
}

new_and_delete() {
	chassis_new 5
	C=5
	wait_for 10 both_decided
	[ -d "$debug/redund_sim/chassis5" ]
	chassis_del 5
	[ ! -d "$debug/redund_sim/chassis5" ]
	[ -z "$(ls /sys/class/redund)" ]
	[ -z "$(ls "$bus/devices")" ]
}

bad_names_refused() {
	local word
	fails chassis_new 1 2>/dev/null
	fails chassis_del 2 2>/dev/null
	for word in x "" -1 "3 4" "3 1 2" "3 1,2,3" "3 12"; do
		fails chassis_new "$word" 2>/dev/null || { echo "accepted: '$word'"; return 1; }
	done
	[ "$(ls "$bus/devices")" = "$(printf 'chassis1.%s\n' 1 2)" ]
}

slots_at_creation() {
	chassis_new 2 2
	C=2
	wait_for 10 is 2 role active
	fails instance 1 >/dev/null
}

independent() {
	chassis_new 2
	C=2
	wait_for 10 both_decided
	local before
	before=$(epoch)
	C=1
	knob 1 button-reset 1
	wait_role 2 active
	C=2
	[ "$(epoch)" = "$before" ]
	owned_by 1
}

unbind_active() {
	local driver=$bus/drivers/redund_sim
	echo chassis1.1 >"$driver/unbind"
	wait_role 2 active 2
	fails instance 1 >/dev/null
	in_order '"event": "release", "slot": 1, "accepted": true' \
		'"event": "grant", "from": 1, "to": 0, .*"release"' \
		'"event": "grant", "from": 0, "to": 2, .*"claim"'
	echo chassis1.1 >"$driver/bind"
	ready 1 10
	owned_by 2
}

flood() {
	local end f
	clock_ms
	end=$((REPLY + $1 * 1000))
	while clock_ms && [ "$REPLY" -lt "$end" ]; do
		for f in /sys/class/redund/redund*/{role,not_ready,clock_us}; do
			cat "$f" >/dev/null
		done
		nlreq chassis-get dump >/dev/null
		nlreq event-get dump instance=0 >/dev/null
		nlreq fabric-set instance=0 fabric-id=2 enabled=$((RANDOM % 2))
		nlreq switchover instance=$((RANDOM % 2))
		cat "$debug"/redund_sim/chassis*/status >/dev/null
	done 2>/dev/null
}

delete_in_traffic() {
	local i
	flood 3 &
	flood 3 &
	for i in 1 2 3 4 5; do
		chassis_del 1
		chassis_new 1
		nap 0.3
	done
	wait
	wait_for 20 both_decided
}

unload_in_traffic() {
	local i
	flood 3 &
	for i in 1 2 3; do
		wait_for 3 rmmod redund_sim 2>/dev/null
		wait_for 3 rmmod redund 2>/dev/null
		load chassis=1
		nap 0.5
	done
	wait
	wait_for 20 both_decided
}

# The other side keeps knocking at the window while this one goes.
unbind_in_flood() {
	local i
	(while :; do nlreq event-get dump instance=1; nlreq mm-get dump instance=1; done) >/dev/null 2>&1 &
	local noise=$!
	for i in 1 2 3 4 5; do
		echo chassis1.1 >"$bus/drivers/redund_sim/unbind"
		knob 2 mailbox-corrupt 1
		knob 2 mailbox-corrupt 0
		echo chassis1.1 >"$bus/drivers/redund_sim/bind"
		nap 0.1
	done
	kill "$noise"
	wait_for 20 both_decided
}

t "the modules load and unload again and again, before and after the election" loads_and_unloads none
t "redund stays while redund_sim uses it" used
t "three chassis made at load have six instances" three_at_load none
t "more chassis than there may be are refused" too_many_refused none
t "parameters beyond their limits are refused at load (C-38)" bad_parameter_refused none
t "a chassis made and removed at run time leaves nothing" new_and_delete none
t "chassis with bad names are refused and change nothing" bad_names_refused
t "a chassis is made with the slots it is told to fill" slots_at_creation none
t "a failover in one chassis does not touch another" independent
t "unbinding the active releases the grant, the standby claims; bound again it is standby" unbind_active
t "a chassis is removed and made while requests flood it" delete_in_traffic
t "the modules are unloaded and loaded while requests flood them" unload_in_traffic
t "a module's driver goes and comes while the other side floods" unbind_in_flood
run_tests
