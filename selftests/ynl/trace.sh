#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The tracepoints and the debugfs files of the driver, in the guest.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
area=trace
# shellcheck source=selftests/ynl/lib.sh
. "$here/lib.sh"
tracefs=/sys/kernel/tracing
spec=$here/../../Documentation/netlink/specs/redund.yaml
doc=$here/../../Documentation/redund

cli() { /usr/bin/python3 -B "$REDUND_YNL/cli.py" --spec "$spec" --no-schema "$@"; }

# debugfs file $2 of instance $1
file() { echo "/sys/kernel/debug/redund/redund$1/$2"; }

# refuses FILE WORD...: writing the words fails
refuses() {
	local f=$1
	shift
	if echo "$*" 2>/dev/null >"$f"; then
		echo "'$*' was taken"
		return 1
	fi
}

# records SECONDS PATTERN EVENT: a line of the trace holds the pattern in time
records() {
	echo >"$tracefs/trace"
	echo 1 >"$tracefs/events/redund/$3/enable" || return
	within "$1" grep -qE "$2" "$tracefs/trace"
	local status=$?
	echo 0 >"$tracefs/events/redund/$3/enable"
	[ "$status" = 0 ] || tail -5 "$tracefs/trace"
	return "$status"
}

# ---- tests ---------------------------------------------------------------------

events() {
	local e
	for e in redund_beat redund_miss redund_role redund_grant redund_fabric; do
		[ -f "$tracefs/events/redund/$e/format" ] && grep -q "^$e " "$doc/debugfs.rst" || return
	done
	[ "$(find "$tracefs/events/redund" -mindepth 1 -maxdepth 1 -type d | wc -l)" = 5 ]
}

beat() { records 10 "redund_beat: redund$active slot=[12] timer_ms=[1-9][0-9]* .* words=3\$" redund_beat; }

miss() {
	local standby=$((1 - active))
	(sleep 1; echo 1 >"$(file "$standby" stop_beats)"; sleep "$((scale * 3 / 10 + 1))"
		echo 0 >"$(file "$standby" stop_beats)") &
	records 20 "redund_miss: redund$active slot=[12] missed=[1-9] limit=$((4 + scale)) silent_us=[1-9]" redund_miss
	local status=$?
	wait
	return "$status"
}

switchover() {
	local e status=0
	echo >"$tracefs/trace"
	for e in role grant fabric; do
		echo 1 >"$tracefs/events/redund/redund_$e/enable" || return
	done
	cli --do switchover --json "{\"instance\": $active}" || return
	within 20 grep -qE "redund_role: redund$((1 - active)) slot=.* to=active" "$tracefs/trace" || status=1
	for e in role grant fabric; do
		echo 0 >"$tracefs/events/redund/redund_$e/enable"
	done
	cp "$tracefs/trace" "$out/trace"
	cat "$out/trace"
	[ "$status" = 0 ] &&
		grep -qE "redund_grant: redund$active .* cmd=offer result=ok" "$out/trace" &&
		grep -qE "redund_grant: redund$((1 - active)) .* cmd=claim result=ok" "$out/trace" &&
		grep -qE "redund_grant: redund$active .* cmd=seen" "$out/trace" &&
		grep -qE "redund_fabric: redund$((1 - active)) .* value=3 readback=3" "$out/trace"
}

settled_again() {
	within 30 has active && within 30 has standby && within 30 ready || return
	active=$(instance_of active)
}

registers() {
	local f
	f=$(file "$active" registers)
	grep -q '^0x000 ID  *0x52445542$' "$f" && grep -qE '^0x020 STATUS +0x[0-9a-f]{8} 0x[0-9a-f]{8}$' "$f" &&
		[ "$(wc -l <"$f")" -gt 30 ]
}

read_write() {
	local f value
	echo '0x10 0xcafe0001' >"$(file "$active" reg_write)" || return
	f=$(file "$active" reg_read)
	exec 5<>"$f"
	echo 0x10 >&5
	read -r -u 5 value
	exec 5>&-
	[ "$value" = '0x00010 0xcafe0001' ] || { echo "$value"; return 1; }
}

bad_writes() {
	local w r
	w=$(file "$active" reg_write) r=$(file "$active" reg_read)
	refuses "$w" 0x11 1 && refuses "$w" 0x40000 1 && refuses "$w" 0x10 && refuses "$w" 0x10 1 2 &&
		refuses "$w" junk && refuses "$w" "$(printf '%0100d' 1)" 1 && refuses "$w" "" &&
		refuses "$r" 0x3 && refuses "$r" 0x40000 && refuses "$r" -1 && refuses "$r" junk &&
		refuses "$(file "$active" soft_hang)" 60001 && refuses "$(file "$active" soft_hang)" x &&
		refuses "$(file "$active" stop_beats)" 2
}

# A write behind the driver's back to a register that the standby does not own
# is refused by the controller, and counted (G2).
not_owner() {
	local standby=$((1 - active)) before after
	before=$(cat "/sys/class/redund/redund$standby/refused_writes")
	echo '0x80 1' >"$(file "$standby" reg_write)"
	after=$(cat "/sys/class/redund/redund$standby/refused_writes")
	[ $((after - before)) = 1 ] && [ "$(cat "/sys/class/redund/redund$active/fabric2")" = enabled ]
}

state() {
	local f sys=/sys/class/redund/redund$active
	f=$(file "$active" state)
	cat "$f"
	grep -qx "role: $(cat "$sys/role")" "$f" && grep -qx "epoch: $(cat "$sys/epoch")" "$f" &&
		grep -qx "mm$((3 - $(cat "$sys/slot"))).role: standby" "$f"
}

root_only() {
	[ -z "$(find "$(dirname "$(file "$active" state)")" -type f -perm /077)" ]
}

# ---- the run ----------------------------------------------------------------------

load || exit 1
active=$(instance_of active)

t "the five tracepoints are there and documented" events
t "a steady beat is traced with its three register words" beat
t "debugfs shows every register by name" registers
t "a register is written and read through debugfs" read_write
t "nonsense written to debugfs is refused" bad_writes
t "G2: a protected register written by the standby is refused and counted" not_owner
t "the state in debugfs is that of sysfs" state
t "debugfs belongs to root alone" root_only
t "beats that stop are traced as missed by the other side" miss
settled_again
t "a switchover is traced: offer, claim, fabric, role" switchover
t "the chassis settles again" settled_again
finish
