#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The generic netlink family: refusals, dumps, notifications.
# shellcheck source=selftests/redund/lib.sh
. "$(dirname "$0")/lib.sh"

malformed() {
	nlfuzz "$RANDOM" >"$1" || { cat "$1"; return 1; }
	[ "$(grep -c '^ok' "$1")" = 7 ]
	rm -f "$1"
}

malformed_active() { malformed "$(mktemp)"; }

dumps_agree() {
	[ "$(req 1 mm-get dump | wc -l)" = 2 ]
	[ "$(req 1 fabric-get dump | wc -l)" = 2 ]
	[ "$(nlreq chassis-get dump | wc -l)" = 2 ]
	[ "$(req 1 module-get dump | wc -l)" -ge 4 ]
	[ "$(req 1 mm-get slot=1 | field role)" = 7 ]
	[ "$(req 1 mm-get slot=2 | field role)" = 5 ]
	[ "$(req 2 mm-get slot=2 | field role)" = 5 ]
	[ "$(req 1 mm-get slot=2 | field serial)" = 222222222222 ]
	[ "$(req 1 chassis-get | field serial)" = LP711BX00Z ]
	[ "$(req 1 module-get module-index=0 | field serial)" = 333333333333 ]
}

which_instance() {
	refused "" nlreq switchover
	refused "" nlreq mm-get slot=1
	happened 0 '"event": "grant"'
}

only_instance() {
	nlreq mm-get slot=1 | grep -q slot=1
	nlreq fabric-set fabric-id=2 enabled=0
	is 1 fabric2 disabled
}

listen() {
	nlmon "$1" "$2" >"$out" &
	listener=$!
	wait_for 3 grep -q listening "$out"
}

told_of_everything() {
	out=$(mktemp)
	listen $((3 * scale)) 20
	req 1 fabric-set fabric-id=2 enabled=0
	req 1 switchover
	wait_role 2 active
	ready 1 10
	knob fabric1 0
	knob fabric1 1
	wait "$listener" || { cat "$out"; return 1; }
	rm -f "$out"
}

under_load() {
	local i
	out=$(mktemp)
	listen $((3 * scale)) 40
	for i in $(seq 30); do
		nlreq fabric-set "instance=$(number 1)" fabric-id=2 enabled=$((i % 2))
		knob moduleE 1
		knob moduleE 0
	done >/dev/null
	req 1 switchover
	wait "$listener" || { cat "$out"; return 1; }
	rm -f "$out"
}

# Two listeners see the same.
two_listeners() {
	local a b
	a=$(mktemp) b=$(mktemp)
	nlmon $((5 * scale)) >"$a" &
	local p=$!
	nlmon $((5 * scale)) >"$b" &
	wait_for 3 grep -q listening "$a"
	wait_for 3 grep -q listening "$b"
	req 1 switchover
	wait "$p"
	wait
	[ "$(grep -c '^instance' "$a")" = 2 ]
	diff <(sed 's/.*, //; s/ to.*//' "$a" | wc -l) <(sed 's/.*, //; s/ to.*//' "$b" | wc -l)
	rm -f "$a" "$b"
}

# Nobody asks the standby: it reads by itself what the active changed.
standby_is_told() {
	local n
	out=$(mktemp)
	listen $((2 * scale)) 4
	req 1 active-set choice=2
	req 1 fabric-set fabric-id=2 enabled=0
	wait "$listener" || { cat "$out"; return 1; }
	n=$(sed -n "s/^instance $(number 2): \([0-9]*\) changes.*/\1/p" "$out")
	[ "${n:-0}" -ge 2 ] || { cat "$out"; return 1; }
	rm -f "$out"
}

config_user() {
	local i
	# a user that acknowledges nothing: the phase is bounded and says so
	for i in 1 2; do nlreq -t $((30 * scale)) user-register "instance=$(number "$i")" config >/dev/null & done
	nap 0.5
	req 1 switchover
	wait_for 3 owned_by 2
	nap 0.3
	is 2 role taking-over
	[ "$(attr 2 waiting_for)" = config ]
	[ "$(attr 2 waiting_until_us)" -gt "$(attr 2 clock_us)" ]
	kill %1 %2 2>/dev/null || true
	wait_role 2 active 40
}

no_user() {
	req 1 switchover
	wait_role 2 active
	log_of_phases=$(req 2 history-get dump | tail -1)
	[ -n "$log_of_phases" ]
}

t "malformed messages of every kind are refused with a text and change nothing (I6)" malformed_active
t "dumps and single answers agree, from either side" dumps_agree
t "with two instances a request has to name one" which_instance
t "with one instance it is the default" only_instance 1
t "a listener that starts with a dump misses nothing" told_of_everything
t "numbers of notifications have no gap under load" under_load
t "two listeners hear the same" two_listeners
t "a listener on the standby hears what the active changed" standby_is_told
t "N-002 A-070: the phase configuration read waits for its user, visibly and bounded" config_user
t "N-002: without a user the phase passes at once" no_user
run_tests
