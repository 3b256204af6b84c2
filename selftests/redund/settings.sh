#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Heartbeat settings: limits, adoption by the standby, effect.
# shellcheck source=selftests/redund/lib.sh
. "$(dirname "$0")/lib.sh"

set_beat() { req 1 heartbeat-set "interval-ms=$1" "misses=$2"; }

limits() {
	local lo hi
	lo=$(attr 1 interval_ms_min) hi=$(attr 1 interval_ms_max)
	[ "$lo" -gt 0 ] && [ "$hi" -gt "$lo" ]
	[ "$(attr 1 misses_min)" -lt "$(attr 1 misses_max)" ]
	refused "" set_beat $((lo - 1)) 5
	refused "" set_beat $((hi + 1)) 5
	refused "" set_beat "$interval" $(($(attr 1 misses_min) - 1))
	refused "" set_beat "$interval" $(($(attr 1 misses_max) + 1))
	is 1 interval_ms "$interval"
	is 1 misses "$misses"
}

adopted() {
	set_beat $((interval * 2)) 12
	is 1 interval_ms $((interval * 2))
	is 1 misses 12
	wait_for 3 is 2 interval_ms $((interval * 2))
	wait_for 3 is 2 misses 12
	wait_for 3 is 2 ready 1
	[ "$(req 1 mm-get slot=2 | field interval-ms)" = $((interval * 2)) ]
	[ "$(req 1 mm-get slot=2 | field misses)" = 12 ]
	owned_by 1
	happened 0 '"event": "grant"'
}

not_on_standby() {
	refused not-active req 2 heartbeat-set interval-ms=$((interval * 2)) misses=12
	is 1 interval_ms "$interval"
	is 2 interval_ms "$interval"
}

kept() {
	set_beat $((interval * 2)) 12
	wait_for 3 is 2 interval_ms $((interval * 2))
	knob 1 kill 1
	wait_role 2 active 8
	is 2 interval_ms $((interval * 2))
	ready 1 10
	wait_for 3 is 1 interval_ms $((interval * 2))
	power_cycle
	is "$(owner)" interval_ms $((interval * 2))
	is "$(owner)" misses 12
}

takes_effect() {
	# slower beats: as many as the new interval gives
	local before after
	set_beat $((interval * 4)) 12
	wait_for 3 is 2 interval_ms $((interval * 4))
	before=$(attr 1 beats_sent)
	sleep $((2 * scale))
	after=$(attr 1 beats_sent)
	echo "$before and $after beats in $((2 * scale)) s"
	[ $((after - before)) -gt 0 ]
	[ $((after - before)) -le $((2 * scale * 1000 / (interval * 4) + 2)) ]
}

few_accesses() {
	sleep 1
	local n i
	for i in 1 2 3; do
		for s in 1 2; do
			n=$(attr "$s" accesses_per_beat)
			[ "$n" -le 3 ] || { echo "slot $s: $n words a beat"; return 1; }
			[ "$n" -gt 0 ]
		done
		nap 0.1
	done
}

frame_only_when_changed() {
	local before after
	sleep 1
	before=$(req 1 mm-get slot=1 | field rearms)
	mark
	sleep 1
	after=$(req 1 mm-get slot=1 | field rearms)
	[ "$after" -gt "$before" ]
	# the frame is published when its content changes, not with each beat
	[ "$(since | grep -c '"cause": "frame"')" -le 2 ]
}

back() {
	set_beat $((interval * 2)) 12
	wait_for 3 is 2 interval_ms $((interval * 2))
	set_beat "$interval" "$misses"
	wait_for 3 is 2 interval_ms "$interval"
	wait_for 3 is 2 ready 1
	happened 0 '"event": "grant"'
}

# From the fastest to the slowest and back: nobody's failover timer runs out.
from_end_to_end() {
	local lo hi few
	lo=$(attr 1 interval_ms_min) hi=$(attr 1 interval_ms_max) few=$(attr 1 misses_min)
	set_beat "$lo" 20
	wait_for 3 is 2 interval_ms "$lo"
	wait_for 3 is 2 ready 1
	mark
	for i in 1 2 3; do
		set_beat "$hi" "$few"
		wait_for 3 is 2 interval_ms "$hi"
		nap 0.3
		set_beat "$lo" 20
		wait_for 3 is 2 interval_ms "$lo"
	done
	wait_for 3 is 2 ready 1
	owned_by 1
	happened 0 '"event": "(grant|reset|timer-expired|out)"'
}

parameter() { echo "$2" >"/sys/module/redund/parameters/$1"; }

at_run_time() {
	local was
	was=$(cat /sys/module/redund/parameters/fence_limit)
	parameter fence_limit $((was + 2))
	wait_for 2 is 1 fence_limit $((was + 2))
	wait_for 2 is 2 fence_limit $((was + 2))
	parameter fence_limit "$was"
	wait_for 2 is 1 fence_limit "$was"
	# nobody pets the watchdog here: required, the standby is not ready
	parameter wdt_required 1
	wait_for 3 is 2 ready 0
	parameter wdt_required 0
	wait_for 3 is 2 ready 1
}

t "C-38: limits are readable, and what is beyond them is refused" limits
t "settings made on the active are adopted by the standby" adopted
t "the standby is refused" not_on_standby
t "settings survive a failover and a power cycle" kept
t "a new interval takes effect" takes_effect
t "a steady beat takes at most three register words on each side" few_accesses
t "in the steady state no frame is written" frame_only_when_changed
t "back to the old settings without a failover" back
t "from the fastest beats to the slowest and back nobody is reset" from_end_to_end
t "a parameter written at run time counts at once" at_run_time
run_tests
