# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Common part of the scripts here: a chassis of redund_sim with two settled
# modules, and TAP. A script says what it tests in $area.
out=$(mktemp -d)
scale=1
[ "${REDUND_KERNEL:-}" != debug ] || scale=5

# within SECONDS COMMAND...: succeeds in that time (of a fast kernel)
within() {
	local end=$((SECONDS + $1 * scale))
	until "${@:2}" >"$out/within" 2>&1; do
		[ $SECONDS -lt $end ] || { cat "$out/within"; return 1; }
		sleep 0.1
	done
}

# Instance and slot of the module in role $1.
instance_of() {
	local dev
	for dev in /sys/class/redund/redund*; do
		[ "$(cat "$dev/role")" != "$1" ] || { echo "${dev##*redund}"; return; }
	done
	return 1
}
has() { instance_of "$1" >/dev/null; }
ready() { [ "$(cat "/sys/class/redund/redund$(instance_of active)/switchover_ready")" = 1 ]; }

# The driver with timers that a busy machine keeps, and a ready chassis.
load() {
	modprobe redund "interval_ms=$((100 * scale))" "misses=$((4 + scale))" \
		"worker_window_ms=$((400 * scale))" && modprobe redund_sim &&
		within 20 has active && within 20 has standby && within 20 ready
}

n=0 failed=0
# t NAME COMMAND: one test, which succeeds
t() {
	n=$((n + 1))
	if "$2" >"$out/log" 2>&1; then
		echo "ok $n - ${area:?}: $1"
	else
		echo "not ok $n - ${area:?}: $1"
		sed 's/^/# /' "$out/log"
		failed=1
	fi
}

finish() {
	echo "1..$n"
	exit "$failed"
}
