#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# boot, reload, boot standby, boot system and the locate LED. A simulated module
# has no Linux of its own: its boot is the reset that ends its going-down.
# shellcheck source=selftests/redund/lib.sh
. "$(dirname "$0")/lib.sh"

boot=0 reload=1 standby=2 system=3	# enum reboot-kind
r_boot=20 r_reload=21 r_system=22	# enum reason
asked_again=''

# Nothing runs in a simulated module between its end and the reset.
chassis_new() {
	echo 300 >/sys/module/redund_sim/parameters/timer_down_ms
	echo "$*" >"$bus/new_device"
}

last() { req "$1" history-get dump | tail -1 | field "$2"; }

# booted SLOT: it went down by itself, and started from the beginning
booted() {
	in_order "\"event\": \"going-down\", \"slot\": $1, \"reason\": \"reboot\"" \
		"\"event\": \"reset\", \"slot\": $1, .*\"asserted\": false" \
		"\"event\": \"join\", \"slot\": $1, .*\"accepted\": true"
}

# both_again OWNER
both_again() {
	wait_for 20 owned_by "$1"
	wait_for 20 both_decided
	owned_by "$1"
}

handed_over() {
	local kind=$1 reason=$2
	req 1 reboot "reboot-kind=$kind" requester=selftest would-switch-over=1
	[ -z "$asked_again" ] || turned_down reboot "reboot-kind=$system"
	wait_role 2 active
	ready 1 20
	in_order '"event": "offer", "slot": 1, .*"accepted": true' \
		'"event": "grant", "from": 1, "to": 2, .*"offer"' \
		'"event": "role", "slot": 2, "role": "active"' \
		'"event": "going-down", "slot": 1, "reason": "reboot"'
	booted 1
	happened 1 '"event": "grant"'
	happened 0 '"event": "peer-reset"'
	is 2 failovers 1
	[ "$(last 2 reason)" = "$reason" ]
	[ "$(last 2 requester)" = selftest ]
	logged 2 00269 "Mgmt Module 2 - User initiated switchover occurred"
	logged 2 00268 "Mgmt Module 2 - Failover occurred" 0
}

boots() {
	asked_again=1
	handed_over "$boot" "$r_boot"
	log_lines 2 | grep -q 'text=reason: boot, by selftest'
}

# It would fail its selftest: the next start does not make it, the one after it does.
is_warm() {
	knob 1 selftest-fail 1
	handed_over "$reload" "$r_reload"
	log_lines 2 | grep -q 'text=reason: reload, by selftest'
	log_lines 1 | grep -q 'text=warm-start: the selftest is skipped after reload'
	req 2 reboot "reboot-kind=$standby"
	wait_role 1 failed 20
}

alone() {
	[ "$(req 1 reboot-check "reboot-kind=$boot" | field would-switch-over)" = 0 ]
	[ "$(req 1 reboot-check "reboot-kind=$boot" | field peer-present)" = 0 ]
	[ "$(req 1 reboot reboot-kind="$1" requester=selftest | field handover-id)" = 0 ]
	wait_for 20 seen '"event": "going-down", "slot": 1, "reason": "reboot"'
	wait_for 20 seen '"event": "grant", "from": 0, "to": 1'
	wait_role 1 active 20
	booted 1
	is 1 failovers 0
	[ "$(last 1 reason)" = "$2" ]
	[ "$(last 1 requester)" = selftest ]
}

single() {
	alone "$reload" "$r_reload"
	log_lines 1 | grep -q 'text=warm-start: the selftest is skipped after reload'
	mark
	alone "$system" "$r_system"
}

# Neither takes over from the other: both start when the active goes down.
when_disabled() {
	req 1 redundancy-set enabled=0
	wait_role 2 offline
	mark
	[ "$(req 1 reboot-check "reboot-kind=$reload" | field would-switch-over)" = 0 ]
	req 1 reboot "reboot-kind=$boot" requester=selftest
	wait_for 20 seen '"event": "grant", "from": 0, "to": 1'
	wait_role 2 offline 20
	wait_role 1 active
	in_order '"event": "peer-reset", "slot": 1, "value": 2, "accepted": true' \
		'"event": "going-down", "slot": 1' \
		'"event": "reset", "slot": 2, .*"asserted": false'
	happened 0 '"event": "grant", .*"to": 2'
	is 1 failovers 0
	is 1 redundancy disabled
	[ "$(last 1 reason)" = "$r_boot" ]
}

of_both() {
	req 1 reboot "reboot-kind=$system" requester=selftest
	both_again 1
	in_order '"event": "peer-reset", "slot": 1, "value": 2, "accepted": true' \
		'"event": "going-down", "slot": 1' \
		'"event": "reset", "slot": 2, .*"asserted": false' \
		'"event": "grant", "from": 0, "to": 1'
	happened 0 '"event": "grant", .*"to": 2'
	is 1 failovers 0
	[ "$(last 1 reason)" = "$r_system" ]
	[ "$(last 1 failover)" = 0 ]
	log_lines 1 | grep -q 'text=reason: boot-system, by selftest'
}

chosen() {
	req 1 active-set choice=2
	req 1 reboot "reboot-kind=$system"
	both_again 2
	is 2 failovers 0
	is 2 choice 0
	is 2 election_rule pending-choice
}

of_standby() {
	req 1 reboot "reboot-kind=$standby"
	wait_for 5 seen '"event": "reset", "slot": 2, .*"asserted": true'
	ready 2 20
	wait_for 5 is 1 switchover_ready 1
	in_order '"event": "peer-reset", "slot": 1, "value": 1, "accepted": true' \
		'"event": "join", "slot": 2, .*"accepted": true'
	happened 0 '"event": "grant"'
	happened 0 '"event": "going-down"'
	logged 1 00266 "Resetting Mgmt Module 2"
	is 1 failovers 0
}

no_standby() {
	refused no-peer req 1 reboot "reboot-kind=$standby"
	happened 0 '"event": "peer-reset"'
}

# turned_down REQUEST...: busy while the module is on its way, not-active when it
# has gone already
turned_down() {
	local out
	out=$(req 1 "$@" 2>&1) && { echo "not refused: $*"; return 1; }
	case $out in
	busy* | not-active*) ;;
	*) echo "refused with '$out': $*"; return 1 ;;
	esac
}

one_at_a_time() {
	local jobs=() job
	refused not-active req 2 reboot "reboot-kind=$boot"
	refused not-active req 2 reboot "reboot-kind=$system"
	req 1 reboot "reboot-kind=$system"
	for job in "reboot reboot-kind=$boot" "reboot reboot-kind=$standby" switchover \
		"redundancy-set enabled=0"; do
		# shellcheck disable=SC2086 # words of one request
		turned_down $job &
		jobs+=($!)
	done
	for job in "${jobs[@]}"; do wait "$job"; done
	both_again 1
	is 1 redundancy enabled
	is 1 failovers 0
	happened 1 '"event": "peer-reset"'
}

as_told() {
	refused stale req 1 reboot "reboot-kind=$boot" would-switch-over=0
	refused invalid req 1 reboot "reboot-kind=$boot" boot-image=2
	happened 0 '"event": "offer"'
	happened 0 '"event": "peer-reset"'
}

# The standby cannot claim: its window is dead from the moment of the offer on.
rolls_back() {
	knob 2 window-dead 1
	req 1 reboot "reboot-kind=$reload" would-switch-over=1 || true
	sleep $((4 * scale))
	owned_by 1
	is 1 role active
	happened 0 '"event": "going-down", "slot": 1'
	happened 0 '"event": "grant", "from": 1, "to": 2'
}

locates() {
	req 1 locate-set enabled=1
	seen '"led": "locate", "state": "green"'
	[ "$(req 2 chassis-get | field locate)" = 1 ]
	refused not-active req 2 locate-set enabled=0
	req 1 switchover
	wait_role 2 active
	seen '"led": "locate", "state": "off"'
	[ "$(req 2 chassis-get | field locate)" = 0 ]
}

t "S-115 S-189 S-191 S-082 C-24 A-008: boot: the standby takes over, this module boots, event 17 names the command" boots
t "S-116 S-207 S-208 S-210 S-053: reload is a warm start, of one start" is_warm
t "S-193 S-196 S-209: a single module boots and is active again" single 1
t "S-192 S-122 C-42: with redundancy disabled boot starts both, the same one is active" when_disabled
t "S-120 S-199 S-052 C-14: boot system starts both; no failover" of_both
t "S-087 S-091 S-095 C-12: boot system honours the choice, once" chosen
t "S-197 S-164 S-290: boot standby resets the other module, event 14, no switchover" of_standby
t "S-198: boot standby without a standby is refused" no_standby 1
t "A-008 A-077: while the system boots, and from the standby: busy and not-active, nothing changes" one_at_a_time
t "A-002: what would not do as the operator was told is refused" as_told
t "I2: a standby that does not claim: the reload is given up, the module stays active" rolls_back
t "S-216: the locate LED is the owner's, and a switchover puts it out" locates
run_tests
