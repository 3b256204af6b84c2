#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs test scripts one after the other without kselftest's runner, as KTAP
# with one nested list a script.
#
#	run.sh DIRECTORY-OF-HELPERS SCRIPT...
here=$(cd "$(dirname "$0")" && pwd)
REDUND_SELFTEST_BIN=$(cd "${1:?}" && pwd)
export REDUND_SELFTEST_BIN
shift

echo "KTAP version 1"
echo "1..$#"
n=0 failed=0
for script; do
	n=$((n + 1))
	if bash "$here/$script" 2>&1 | sed 's/^/    /' && [ "${PIPESTATUS[0]}" = 0 ]; then
		echo "ok $n $script"
	else
		echo "not ok $n $script"
		failed=1
	fi
done
exit $failed
