#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every allocation of the driver fails once: for a kernel with fault injection.
# shellcheck source=selftests/redund/lib.sh
. "$(dirname "$0")/lib.sh"

module() {
	[ -z "${REDUND_MODULES:-}" ] || { echo "$REDUND_MODULES/$1.ko"; return; }
	modprobe -D "$1" | awk -v name="/$1.ko" '$1 == "insmod" && index($2, name) { print $2 }'
}

if [ ! -w /proc/self/fail-nth ] || [ ! -d $debug/failslab ] || ! load 2>/dev/null; then
	echo "TAP version 13"
	echo "1..0 # SKIP no fault injection, or no modules"
	exit 4
fi
chassis_new "$C"
wait_for 10 both_decided || { echo "Bail out! no active and standby"; exit 1; }
o=$(owner)
exec failnth "$C" "$(number "$o")" "$(number $((3 - o)))" "$(module redund)" "$(module redund_sim)" \
	${REDUND_FAILNTH:+"$REDUND_FAILNTH"}
