#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What a module leaves in its crash area: how it went down, its log, lines that
# user space added; read by the other module. Damaged and hostile areas.
# shellcheck source=selftests/redund/lib.sh
. "$(dirname "$0")/lib.sh"

nvram() { echo "$debug/redund_sim/chassis$C/nvram"; }

# The crash areas are at the end of chassis memory, 64 KiB a slot. area SLOT: offset
area() { echo $(($(wc -c <"$(nvram)") - (3 - $1) * 65536)); }

# poke SLOT OFFSET: standard input into its crash area
poke() {
	dd of="$(nvram)" bs=65536 iflag=fullblock seek=$(($(area "$1") + $2)) oflag=seek_bytes \
		conv=notrunc status=none
}
peek() {
	dd if="$(nvram)" bs=65536 skip=$(($(area "$1") + $2)) count="$3" \
		iflag=skip_bytes,count_bytes,fullblock status=none
}

# downs READER SLOT: how the module of a slot went down
downs() { req "$1" down-get dump "slot=$2"; }

# The attributes of the newest end of SLOT as READER tells it.
newest() { downs "$1" "$2" | tail -1 | field "$3"; }

counted() { [ "$(downs "$1" "$2" | wc -l)" = "$3" ]; }

reset_button() {
	counted 2 1 0
	knob 1 button-reset 1
	wait_role 2 active
	ready 1 10
	wait_for 3 counted 2 1 1
	[ "$(newest 2 1 why)" = 5 ]
	[ "$(newest 2 1 role)" = 7 ]
	[ "$(newest 2 1 saved)" = 0 ]
	[ "$(newest 2 1 serial)" = 111111111111 ]
	[ "$(newest 2 1 text)" = "MM Reset button." ]
	[ "$(newest 1 1 text)" = "MM Reset button." ]
	logged 1 62 "Mgmt Module 1 went down without saving crash information"
	logged 1 63 "Mgmt Module 1 went down" 0
}

shutdown_button() {
	knob 2 button-shutdown 1
	wait_for 5 counted 1 2 1
	[ "$(newest 1 2 why)" = 6 ]
	[ "$(newest 1 2 saved)" = 1 ]
	[ "$(newest 1 2 role)" = 5 ]
	knob 2 power 0
	knob 2 power 1
	ready 2 10
	logged 2 63 "Mgmt Module 2 went down"
	logged 2 0 "went-down: MM Shutdown button."
	# told once: the start after this one has another end before it
	knob 2 button-reset 1
	wait_for 5 counted 1 2 2
	ready 2 10
	logged 2 63 "Mgmt Module 2 went down" 0
}

power_failure() {
	power_cycle
	logged 1 0 "'System reboot due to Power Failure'"
	[ "$(newest 2 1 why)" = 15 ]
	[ "$(newest 1 2 why)" = 15 ]
	log_lines 1 | sed -n 1p | grep -q "severity=3.*subsystem=sys"
	log_lines 1 | sed -n 2p | grep -q "number=61"
	log_lines 1 | sed -n 3p | grep -q "number=62"
	log_lines 1 | sed -n 4p | grep -q "number=68.*Fabric 1 Inserted"
}

failed_selftest_first() {
	knob 2 selftest-fail 1
	knob 2 button-reset 1
	wait_role 2 failed 10
	log_lines 2 | field number | tr '\n' ' ' | grep -q "61 .*264 68 68 "
}

former_active() {
	local id
	req 1 event-add event-number=179 severity=1 subsystem=mgr "text=SME CONSOLE Session - MANAGER Mode" slot=1
	logged 1 179 "SME CONSOLE Session - MANAGER Mode"
	wait_for 3 left 2 1 "SME CONSOLE Session - MANAGER Mode"
	knob 1 present 0
	wait_role 2 active
	left 2 1 "SME CONSOLE Session - MANAGER Mode"
	left 2 1 "Mgmt Module 1 Active"
	# one line by its number
	id=$(req 2 event-get dump slot=1 | grep -F "SME CONSOLE" | field id)
	req 2 event-get slot=1 "event-id=$id" | grep -q -F "SME CONSOLE Session"
	req 2 event-get dump slot=1 "event-id=$id" | head -1 | grep -q -F "SME CONSOLE Session"
	refused no-object req 2 event-get slot=1 event-id=1000000
	# its numbers go on when it is back
	knob 1 present 1
	ready 1 10
	wait_for 3 goes_on 2 1
}

# left READER SLOT TEXT: the module of a slot left this line
left() { req "$1" event-get dump "slot=$2" | grep -q -F "text=$3	"; }

goes_on() {
	req "$1" event-get dump "slot=$2" | field id |
		awk 'NR > 1 && $1 != last + 1 { exit 1 } { last = $1 } END { if (NR < 20) exit 1 }'
}

many_lines() {
	local i n
	n=$(number 1)
	[ "$(for ((i = 1; i <= 150; i++)); do
		printf 'event-add\tinstance=%s\tseverity=0\tsubsystem=test\ttext=line %s\n' "$n" "$i"
	done | nlreq -i | grep -c -x "done")" = 150 ]
	wait_for 5 left 2 1 "line 150"
	[ "$(req 2 event-get dump slot=1 | wc -l)" = 128 ]
	goes_on 2 1
}

piece() { req "$1" crash-get "slot=$2" "crash-kind=$3" "${@:4}"; }

whole_area() {
	local i out
	[ "$(piece 2 1 0 | field length)" = 0 ]
	[ -z "$(piece 2 1 0 | field chunk)" ]
	[ "$(piece 2 1 1 | field length)" = 65536 ]
	head -c 6400 /dev/urandom | poke 1 36864
	out=$(for i in 0 1 2; do piece 2 1 1 offset=$((36864 + i * 3072)) | field chunk; done | tr -d '\n')
	[ "${out:0:12800}" = "$(peek 1 36864 6400 | od -An -v -tx1 | tr -d ' \n')" ]
	[ "$(piece 2 1 1 offset=65530 | field chunk | wc -c)" = 13 ]
	[ -z "$(piece 2 1 1 offset=65536 | field chunk)" ]
	[ -z "$(piece 2 1 0 offset=4294967295 | field chunk)" ]
}

torn() {
	knob 1 button-reset 1
	wait_role 2 active
	ready 1 10
	wait_for 3 counted 2 1 1
	# the middle of the record is lost
	head -c 64 /dev/zero | poke 1 128
	counted 2 1 0
	knob 1 button-reset 1
	ready 1 10
	wait_for 3 counted 2 1 1
}

hostile() {
	local i
	for i in 1 2 3; do
		head -c 65536 /dev/urandom | poke 1 0
		counted 2 1 0
		[ "$(req 2 event-get dump slot=1 | wc -l)" = 0 ]
		[ "$(piece 2 1 0 | field length)" = 0 ]
		piece 2 1 1 offset=62000 >/dev/null
	done
	head -c 65536 /dev/zero | tr '\0' '\377' | poke 1 0
	counted 2 1 0
	# and a start on such an area is an ordinary one
	knob 1 button-reset 1
	wait_role 2 active
	ready 1 10
	left 2 1 "-----"
	is 2 role active
}

nothing_for_nobody() {
	[ -x /bin/setpriv ] || [ -x /usr/bin/setpriv ] || skip "no setpriv"
	local n
	n=$(number 1)
	setpriv --reuid=65534 --clear-groups --inh-caps=-all --bounding-set=-all \
		nlreq down-get dump "instance=$n" >/dev/null
	refused "" setpriv --reuid=65534 --clear-groups --inh-caps=-all --bounding-set=-all \
		nlreq crash-get "instance=$n" slot=1 crash-kind=0
	refused "" setpriv --reuid=65534 --clear-groups --inh-caps=-all --bounding-set=-all \
		nlreq event-add "instance=$n" severity=1 subsystem=mgr text=nobody
	logged 1 0 nobody 0
}

steady_beat() {
	wait_for 5 three_words
}

three_words() { [ "$(req 1 chassis-get | field accesses-per-beat)" = 3 ]; }

t "S-265 S-281: MM Reset is told by the next start, and event 1" reset_button
t "S-265 S-282: what MM Shutdown leaves, and event 2 with its reason once" shutdown_button
t "S-255 S-256 S-258: the lines after a power cycle, in order" power_failure
t "S-258 S-283 S-288: a failed selftest is told before what is inserted" failed_selftest_first
t "S-229 S-257 S-259: the log of a former active is there when it is not" former_active
t "S-259: the last 128 lines are kept, without a gap" many_lines
t "S-260: the area is read in pieces, to its end" whole_area
t "a torn record is none, and the next one is good" torn
t "a hostile area gives nothing, and hinders no start" hostile
t "who may not change anything may not read kernel logs" nothing_for_nobody
t "the steady beat has three words" steady_beat
run_tests
