#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The event log: exact lines, once each, in order.
# shellcheck source=selftests/redund/lib.sh
. "$(dirname "$0")/lib.sh"

# number, severity, text of every line of a slot's log
lines() { log_lines "$1" | sed 's/.*number=\([0-9]*\)	severity=\([0-9]\).*text=\(.*\)	/\1 \2 \3/'; }

# says SLOT LINE [TIMES]: a line as above; without sed, since it is asked over and over
says() {
	local n=0 line all text=${2#* * } IFS=$'\n'
	local head="	number=${2%% *}	severity=${2:$((${#2} - ${#text} - 2)):1}	"
	all=$(log_lines "$1") || true
	set -f
	for line in $all; do
		case $line in *"$head"*"	text=$text	") n=$((n + 1)) ;; esac
	done
	set +f
	[ "$n" = "${3:-1}" ] || { echo "'$2' $n times:"; lines "$1"; return 1; }
}

gap_free() {
	log_lines "$1" | field id | awk 'NR > 1 && $1 != last + 1 { print "after", last, "comes", $1; bad = 1 } { last = $1 } END { exit bad }'
}

after() { # SLOT TEXT TEXT...: in this order
	local text rest
	rest=$(lines "$1")
	for text in "${@:2}"; do
		grep -q -F -e "$text" <<<"$rest" || { echo "not in this order: $text"; lines "$1"; return 1; }
		rest=$(awk -v text="$text" 'found { print } index($0, text) { found = 1 }' <<<"$rest")
	done
}

at_boot() {
	says 1 "66 1 Mgmt Module 1 Booted"
	says 1 "260 1 Mgmt Module 1 Active"
	says 2 "66 1 Mgmt Module 2 Booted"
	says 2 "261 1 Mgmt Module 2 in Standby Mode"
	says 1 "61 1 -----"
	after 1 "-----" "Mgmt Module 1 Active" "Slot A Downloading" "Slot A Download Complete" "Slot A Ready"
}

alone() {
	says 1 "66 1 System booted"
}

modules() {
	local s
	for s in A B C D; do
		says 1 "375 1 Slot $s Downloading"
		says 1 "376 1 Slot $s Download Complete"
		says 1 "422 1 Slot $s Ready"
	done
	knob moduleE 1
	wait_for 3 says 1 "422 1 Slot E Ready"
	says 1 "68 1 Slot E Inserted"
}

role_changes_once() {
	req 1 switchover
	wait_role 2 active
	ready 1 10
	wait_for 2 says 2 "269 1 Mgmt Module 2 - User initiated switchover occurred"
	says 2 "260 1 Mgmt Module 2 Active"
	knob 2 kill 1
	wait_role 1 active
	ready 2 10
	wait_for 2 says 1 "268 2 Mgmt Module 1 - Failover occurred"
	gap_free 1
	gap_free 2
}

reserved() {
	local s
	req 1 switchover
	wait_role 2 active
	for s in 1 2; do
		# events 3, 6, 7, 10 and 21 do not exist
		fails grep -q -E '^(64|67|258|259|262|273) ' <(lines "$s" | grep -v -E ' Inserted| -----')
	done
}

refusals_are_logged() {
	refused "" req 1 fabric-set fabric-id=3 enabled=1
	req 1 fabric-set fabric-id=2 enabled=0
	refused last-fabric req 1 fabric-set fabric-id=1 enabled=0
	wait_for 2 sh -c : && lines 1 | grep -q 'Both fabric modules cannot be disabled'
	[ "$(lines 1 | grep -c 'Both fabric modules cannot be disabled')" = 1 ]
}

silence() {
	knob 1 cut-heartbeat 1
	wait_role 2 active
	says 2 "265 2 Lost Communication with Mgmt Module 1"
	after 2 "Lost Communication with Mgmt Module 1" "Failover occurred"
}

time_is_kept() {
	local first
	first=$(log_lines 1 | head -1 | field time)
	[ "$first" -gt 0 ]
	log_lines 1 | field clock-us | sort -n -c
}

went_down() {
	knob 1 kill 1
	wait_role 2 active
	ready 1 10
	says 1 "62 1 Mgmt Module 1 went down without saving crash information"
}

t "S-284..S-286 S-256 S-258: the lines of a boot of both modules, in order" at_boot
t "C-23: a chassis of one module says System booted" alone 1
t "S-257: interface modules are logged as they come up" modules
t "I5 S-292 S-293 C-24: each role change is logged once, numbers have no gap" role_changes_once
t "C-22: numbers that do not exist are never logged" reserved
t "I5 C-40: a refusal is logged once with its reason" refusals_are_logged
t "S-289 C-25: the module that went silent is named, before the failover" silence
t "every line has its time, on both clocks" time_is_kept
t "S-281 C-21: a module that lost power went down without saving crash information" went_down
run_tests
