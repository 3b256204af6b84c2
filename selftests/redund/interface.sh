#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# sysfs and debugfs as user space sees them.
# shellcheck source=selftests/redund/lib.sh
. "$(dirname "$0")/lib.sh"

class=/sys/class/redund
standard='device|power|subsystem|uevent'

attributes() { find "$class/$(instance 1)/" -maxdepth 1 -type f -printf '%f\n' | grep -v -E "^($standard)$" | sort; }
documented() { sed -n 's,^What:.*/sys/class/redund/redundN/,,p' "$1" | sort; }

abi_agrees() {
	local doc=${REDUND_TOP:-$here/../..}/Documentation/ABI/testing/sysfs-class-redund
	[ -f "$doc" ] || skip "no documentation here"
	diff <(documented "$doc") <(attributes)
}

one_value_each() {
	local name words
	for name in $(attributes); do
		read_attr 1 "$name" || { echo "$name cannot be read"; return 1; }
		case $name in not_ready) continue ;; esac
		read -r -a words <<<"$REPLY"
		[ "${#words[@]}" = 1 ] || { echo "$name: '$REPLY'"; return 1; }
	done
}

read_only() {
	local found
	found=$(find "$class/$(instance 1)/" -maxdepth 1 -type f -perm /222 ! -name uevent)
	[ -z "$found" ] || { echo "can be written: $found"; return 1; }
}

by_nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all "$@"; }

unprivileged_reads() {
	command -v setpriv >/dev/null || skip "no setpriv"
	attributes | sed "s,^,$class/$(instance 1)/," | by_nobody xargs cat >/dev/null
	by_nobody "$(command -v nlreq)" mm-get dump instance=0 | grep -q role=
	by_nobody "$(command -v nlreq)" switchover-check instance=0 | grep -q accepted=1
	by_nobody "$(command -v nlmon)" 0 0
}

unprivileged_changes_nothing() {
	command -v setpriv >/dev/null || skip "no setpriv"
	local nlreq request
	nlreq=$(command -v nlreq)
	for request in "switchover" "switchover force" "fabric-set fabric-id=2 enabled=0" \
		"redundancy-set enabled=0" "heartbeat-set interval-ms=200 misses=4" "active-set choice=2" \
		"user-register config" "user-register sync" "phase-ack phase=4 ok=1" "sync-ack synced=0" \
		"heartbeat-set heartbeat-loss=1" "link-report link=1" "sync-busy busy=1" "pairing-get" \
		"reboot reboot-kind=3" "locate-set enabled=1"; do
		# shellcheck disable=SC2086 # words of one request
		if by_nobody "$nlreq" ${request%% *} instance=0 ${request#"${request%% *}"} 2>/dev/null; then
			echo "done for nobody: $request"
			return 1
		fi
	done
	fails by_nobody sh -c "echo 1 >$debug/redund_sim/chassis1/slot1/kill" 2>/dev/null
	fails by_nobody cat "$debug/redund_sim/chassis1/trace" 2>/dev/null
	fails by_nobody sh -c "echo 9 >$bus/new_device" 2>/dev/null
	owned_by 1
	is 1 redundancy enabled
	is 1 interval_ms "$interval"
	happened 0 '"event": "(offer|fabric|grant|peer-reset)"'
}

polled() {
	local out=$1 slot=$2 attribute=$3 wanted=$4
	attrpoll "$class/$(instance "$slot")/$attribute" "$wanted" $((10 * scale)) >"$out" &
	poller=$!
	wait_for 2 grep -q waiting "$out"
}

poll_role() {
	local out
	out=$(mktemp)
	polled "$out" 2 role active
	req 1 switchover
	wait "$poller"
	grep -q standby "$out"
	rm -f "$out"
}

poll_ready() {
	local out
	out=$(mktemp)
	polled "$out" 2 ready 0
	req 1 redundancy-set enabled=0
	wait "$poller" || { cat "$out"; return 1; }
	rm -f "$out"
}

# no change, no wake-up: a reader of role is not woken over and over
poll_is_quiet() {
	local out
	out=$(mktemp)
	timeout 3 attrpoll "$class/$(instance 1)/role" nothing 1 >"$out" || true
	[ "$(wc -l <"$out")" -lt 8 ] || { cat "$out"; return 1; }
	rm -f "$out"
}

survives_removal() {
	local file
	file=$class/$(instance 2)/role
	exec 5<"$file"
	chassis_del 1
	fails cat <&5 2>/dev/null
	exec 5<&-
	chassis_new 1
}

registers() {
	local dir
	dir=$debug/redund/$(instance 1)
	grep -q -i 52445542 "$dir/registers"
	[ "$(wc -l <"$dir/registers")" -gt 20 ]
}

children() {
	local s
	for s in 1 2; do
		[ "$(readlink -f "$class/$(instance "$s")/device")" = "$(readlink -f "$bus/devices/chassis1.$s")" ]
	done
}

t "every sysfs attribute is documented, and every documented one is there" abi_agrees
t "every attribute holds one value" one_value_each
t "no attribute can be written" read_only
t "an unprivileged user can read everything" unprivileged_reads
t "an unprivileged user can change nothing" unprivileged_changes_nothing
t "poll() on role wakes at a change of role" poll_role
t "poll() on ready wakes when the standby cannot take over any more" poll_ready
t "poll() does not wake over and over when nothing changes" poll_is_quiet
t "an attribute that is open when its instance goes reads no more" survives_removal
t "debugfs shows the raw registers" registers
t "an instance is a child of the device of its slot" children
run_tests
