#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# redund_sim itself: its trace, status, and files, which the others rely on.
# shellcheck source=selftests/redund/lib.sh
. "$(dirname "$0")/lib.sh"

trace_without_gaps() {
	knob 1 button-reset 1
	wait_role 2 active
	trace | sed 's/{"seq": \([0-9]*\), "t_us": \([0-9]*\).*/\1 \2/' |
		awk '$1 != NR { print "line", NR, "is number", $1; exit 1 } $2 < last { print "time goes back at", NR; exit 1 } { last = $2 }'
}

trace_is_json() {
	[ -x /usr/bin/python3 ] || skip "no Python"
	trace | /usr/bin/python3 -c '
import json, sys
words = set()
for line in sys.stdin:
    words.add(json.loads(line)["event"])
missing = {"power", "grant", "claim", "fabric", "module-reset", "module-state", "role", "led", "join"} - words
sys.exit("not in the trace: %s" % missing if missing else 0)'
	status | /usr/bin/python3 -c '
import json, sys
s = json.load(sys.stdin)
assert [x["slot"] for x in s["slots"]] == [1, 2] and len(s["modules"]) == 12 and len(s["fabric"]) == 2'
}

fault_comes_first() {
	knob 1 kill 1
	wait_role 2 active
	in_order '"event": "fault", "slot": 1, "kind": "kill"' '"event": "power", "slot": 1, "on": false' \
		'"event": "grant", "from": 1, "to": 0, .*"power"'
}

switches_read_back() {
	local f
	for f in cut-heartbeat cut-doorbell reset-stuck mailbox-corrupt wdt-dead; do
		f=$debug/redund_sim/chassis1/slot2/$f
		[ "$(cat "$f")" = 0 ]
		echo 1 >"$f"
		[ "$(cat "$f")" = 1 ]
		echo 0 >"$f"
		[ "$(cat "$f")" = 0 ]
	done
	fails knob 1 kill 2 2>/dev/null
	fails knob 1 kill x 2>/dev/null
}

dead_while_cut() {
	# a module in reset reads all ones and is gone until it starts again
	knob 2 power 0
	wait_for 2 fails instance 2
	status_has '"slot": 2, "present": true, "powered": false, "alive": false'
	knob 2 power 1
	ready 2 10
}

serial_of_an_empty_slot() {
	fails knob 2 serial 123 2>/dev/null
	knob 2 present 0
	knob 2 serial 777777777777
	[ "$(cat "$debug/redund_sim/chassis1/slot2/serial")" = 777777777777 ]
	fails knob 2 serial 123456789012345678901234567890123 2>/dev/null
	knob 2 present 1
	ready 2 10
	[ "$(req 1 mm-get slot=2 | field serial)" = 777777777777 ]
}

nvram() {
	local size
	size=$(wc -c <"$debug/redund_sim/chassis1/nvram")
	[ "$size" -gt 131072 ]
	# the chassis record begins with its magic
	[ "$(head -c 4 "$debug/redund_sim/chassis1/nvram")" = RCCH ]
}

window_dead() {
	knob 2 window-dead 1
	wait_for 5 is 1 switchover_ready 0
	wait_for 10 seen '"event": "timer-expired", "slot": 2'
	knob 2 window-dead 0
	ready 2 20
	owned_by 1
}

t "the trace has numbers without gaps and a clock that never goes back" trace_without_gaps
t "trace and status are JSON as the virtual chassis prints it" trace_is_json
t "a fault is traced before it is made" fault_comes_first
t "switches read back what was written, and refuse other values" switches_read_back
t "a module without power is gone until it starts again" dead_while_cut
t "another module can be put into an empty slot" serial_of_an_empty_slot
t "the chassis memory can be read" nvram
t "a dead window ends like any silent module, and heals" window_dead
run_tests
