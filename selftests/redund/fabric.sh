#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Fabric modules: one is always enabled.
# shellcheck source=selftests/redund/lib.sh
. "$(dirname "$0")/lib.sh"

both='Both fabric modules cannot be disabled at the same time.'

enabled() { status_has "\"id\": $1, \"present\": [a-z]*, \"enabled\": true"; }
set_fabric() { req "$(owner)" fabric-set "fabric-id=$1" "enabled=$2"; }

default() {
	enabled 1
	enabled 2
	is 1 fabric1 enabled
	is 2 fabric2 enabled
}

disable_one() {
	[ -z "$(set_fabric 2 0 2>&1)" ]
	fails enabled 2
	enabled 1
	is 1 fabric2 disabled
	wait_for 2 is 2 fabric2 disabled
	set_fabric 2 1
	enabled 2
	is 1 fabric2 enabled
}

never_both() {
	set_fabric 2 0
	refused "last-fabric: $both" set_fabric 1 0
	enabled 1
	is 1 fabric1 enabled
	set_fabric 2 1
	set_fabric 1 0
	refused "last-fabric: $both" set_fabric 2 0
	enabled 2
}

while_absent() {
	knob fabric2 0
	wait_for 2 is 1 fabric2_present 0
	set_fabric 2 0
	is 1 fabric2 disabled
	refused last-fabric set_fabric 1 0
	set_fabric 2 1
	is 1 fabric2 enabled
	set_fabric 2 0
	knob fabric2 1
	wait_for 2 is 1 fabric2_present 1
	fails enabled 2
}

only_enabled_is_pulled() {
	set_fabric 2 0
	knob fabric1 0
	wait_for 2 enabled 2
	wait_for 2 is 1 fabric2 enabled
	log_lines 1 | grep -q -i 'fabric.*2.*enabled'
}

absent_enabled() {
	# the other one is not there either: it stays as it is
	knob fabric2 0
	wait_for 2 is 1 fabric2_present 0
	knob fabric1 0
	wait_for 2 is 1 fabric1_present 0
	enabled 1
	enabled 2
	knob fabric1 1
	wait_for 2 is 1 fabric1_present 1
	enabled 1
}

not_from_the_standby() {
	refused not-active req 2 fabric-set fabric-id=2 enabled=0
	enabled 2
	happened 0 '"event": "fabric"'
	happened 0 '"event": "refused"'
}

kept_over_failover() {
	set_fabric 2 0
	knob 1 kill 1
	wait_role 2 active
	enabled 1
	fails enabled 2
	is 2 fabric2 disabled
	happened 0 '"event": "fabric", .*"value": 0'
}

kept_over_everything() {
	set_fabric 1 0
	req 1 switchover
	wait_role 2 active
	ready 1 10
	wait_for 5 is 2 switchover_ready 1
	knob 2 button-reset 1
	wait_role 1 active
	fails enabled 1
	enabled 2
}

writer() {
	local i
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
		set_fabric "$1" 0
		set_fabric "$1" 1
	done >/dev/null 2>&1
	return 0
}

two_writers() {
	writer 1 &
	writer 2 &
	writer 1 &
	writer 2 &
	wait
	happened 0 '"event": "fabric", .*"value": 0'
	enabled 1 || enabled 2
	# whoever was refused changed nothing, whoever came through is read back
	[ "$(attr 1 fabric1)" = enabled ] || [ "$(attr 1 fabric2)" = enabled ]
}

two_writers_in_failovers() {
	writer 1 &
	writer 2 &
	nap 0.1
	knob 1 button-reset 1
	wait
	wait_for 10 both_decided
	happened 0 '"event": "fabric", .*"value": 0'
	enabled 1 || enabled 2
}

presence_is_logged() {
	knob fabric2 0
	nap 0.3
	knob fabric2 1
	wait_for 3 logged 1 00068 "Fabric 2 Inserted" 2
	logged 2 00068 "Fabric 2 Inserted" 2
}

t "S-105: both fabric modules are enabled by default" default
t "S-102 S-107: one fabric module is disabled and enabled, without a word" disable_one
t "S-104 C-40 I3: the last enabled fabric module cannot be disabled" never_both
t "S-103: an absent fabric module can be set, and the rule holds for it too" while_absent
t "I3: the only enabled fabric module is pulled: the other is enabled, and the log says so" only_enabled_is_pulled
t "I3: with both pulled the enables keep their value" absent_enabled
t "G2: the standby is refused and touches no register" not_from_the_standby
t "G2: a failover keeps the setting" kept_over_failover
t "G2: switchover and reset keep the setting" kept_over_everything
t "I3: four writers at once never disable both" two_writers
t "I3: writers during a failover never disable both" two_writers_in_failovers
t "S-257: a fabric module put in is logged" presence_is_logged
run_tests
