#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Everything at once for REDUND_STORM seconds (default 3; REDUND_SEED: what, by
# whom), while chassis and modules come and go; then all is as on the first day.
# shellcheck source=selftests/redund/lib.sh
. "$(dirname "$0")/lib.sh"

module() {
	[ -z "${REDUND_MODULES:-}" ] || { echo "$REDUND_MODULES/$1.ko"; return; }
	modprobe -D "$1" | awk -v name="/$1.ko" '$1 == "insmod" && index($2, name) { print $2 }'
}

seconds=${REDUND_STORM:-3} seed=${REDUND_SEED:-1} counts=$(mktemp)
trap 'cat "$counts"; rm -f "$counts"' EXIT

# Processors that were left out at boot (maxcpus=1) too.
processors() {
	local cpu
	for cpu in /sys/devices/system/cpu/cpu[0-9]*/online; do
		[ ! -f "$cpu" ] || echo 1 >"$cpu" || true
	done
	echo "# $(grep -c ^processor /proc/cpuinfo) processors"
}

storms() {
	chassis_new 1
	chassis_new 2
	wait_for 20 both_decided
	storm "$seconds" "$seed" "$(module redund)" "$(module redund_sim)" \
		${REDUND_STORM_KINDS:+"$REDUND_STORM_KINDS"} >"$counts" ||
		{ cat "$counts"; return 1; }
}

# Nobody holds a module or an instance any more.
nothing_held() {
	local end
	cleanup
	clock_ms
	end=$((REPLY + 30000 * scale))
	until unload 2>/dev/null; do
		clock_ms
		[ "$REPLY" -lt "$end" ] || {
			unload || true
			grep redund /proc/modules
			ls /sys/module/redund/holders /sys/class/redund "$debug/redund" /dev/watchdog* || true
			return 1
		}
		nap 0.1
	done
	[ ! -d /sys/class/redund ]
	[ ! -d "$debug/redund" ]
	[ ! -d "$debug/redund_sim" ]
}

begins_anew() {
	chassis_new 1
	wait_for 20 both_decided
	[ "$(ls /sys/class/redund)" = "$(printf 'redund%s\n' 0 1)" ]
	req "$(owner)" switchover
	wait_for 20 owned_by 2
	wait_for 20 both_decided
}

t "requests, users, files, buttons, drivers, chassis and modules, all at once for $seconds s" storms none
t "afterwards nobody holds an instance or a module" nothing_held none
t "both modules of a new chassis decide, and switch over" begins_anew none
processors
run_tests
