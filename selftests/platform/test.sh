#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The platform back end, bound through a device tree, and a back end from
# outside the tree, each in a virtual chassis whose kernels are given a device
# tree. TAP. Needs the modules and tools to be built.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
build=${REDUND_BUILD:-$top/build}
work=$build/platform
kernel=$("$top/tools/build/uml-kernel")
modules=$("$top/tools/build/modules")
vchassis=$build/tools/vchassis
export REDUND_KERNEL=${REDUND_KERNEL:-}
wait_s=15
[ "$REDUND_KERNEL" != debug ] || wait_s=60

n=0 failed=0
result() { # STATUS SENTENCE
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		sed 's/^/# /' "$work/log" | tail -30
		echo "not ok $n - $2"
		failed=1
	fi
}
check() { # SENTENCE COMMAND...
	local sentence=$1
	shift
	"$@" >"$work/log" 2>&1
	result $? "$sentence"
}

# Builds a module of the tests outside the project's tree.
build_module() { # NAME
	local dir=$work/$1
	mkdir -p "$dir"
	cp "$top/selftests/$1"/{Kbuild,*.c} "$dir/"
	make -C "$kernel/tree" ARCH=um M="$dir" REDUND="$top/kernel" W=1 \
		KBUILD_EXTRA_SYMBOLS="$modules/../Module.symvers" modules >"$dir/build.log" 2>&1 ||
		{ cat "$dir/build.log"; return 1; }
	! grep -i -A5 'warning' "$dir/build.log"
}

# A kernel with a device tree, and a directory with the modules for it.
prepare() { # NAME DTS BACKEND-MODULE GLUE-PARAMETERS
	local dir=$work/$1
	mkdir -p "$dir/modules"
	dtc -q -I dts -O dtb -o "$dir/board.dtb" "$2" || return
	ln -sf "$modules/redund.ko" "$3" "$work/platform/redund_uml_glue.ko" "$dir/modules/"
	printf '%s\n' "$(basename "$3")" "redund_uml_glue.ko $4" >"$dir/modules/load"
	printf '#!/bin/sh\nexec %s/linux "$@" dtb=%s\n' "$kernel" "$dir/board.dtb" >"$dir/linux"
	chmod +x "$dir/linux"
}

v() { "$vchassis" --dir "$run" "$@"; }

up() { # NAME
	run=$work/$1/run
	rm -rf "$run"
	VCHASSIS_KERNEL=$work/$1/linux VCHASSIS_MODULES=$work/$1/modules v up
}

bound() { # SLOT DRIVER
	local link
	link=$(v exec "$1" -- readlink -f /sys/class/redund/redund0/device/driver)
	echo "driver: $link"
	[ "${link##*/}" = "$2" ]
}

# The device's node is the board's.
by_tree() {
	local node
	node=$(v exec 1 -- cat /sys/class/redund/redund0/device/of_node/compatible | tr -d '\0')
	echo "node: $node"
	[ "$node" = "$1" ]
}

owner() { v status -j | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["owner"])'; }

takes_over() {
	local old new
	old=$(owner)
	new=$((3 - old))
	v exec "$new" -- redctl wait ready --timeout "$wait_s" || return
	v kill "$old" || return
	v exec "$new" -- redctl wait role "$new" active --timeout "$wait_s" || return
	[ "$(owner)" = "$new" ]
}

try() { # NAME DRIVER COMPATIBLE TEXT
	check "$4: both modules decide their role" up "$1"
	check "$4: the driver is bound" bound 1 "$2"
	check "$4: by the node of the device tree" by_tree "$3"
	check "$4: the standby takes over when the active dies" takes_over
	check "$4: the chassis goes off" v down
}

mkdir -p "$work"
echo "TAP version 13"
echo "1..18"
check "the glue is built" build_module platform
check "porting: a back end is built from outside the tree" build_module porting
lines=$(wc -l <"$top/selftests/porting/redund_polled.c")
check "porting: it has less than 200 lines" test "$lines" -lt 200
prepare mmio "$top/dts/redund-uml.dts" "$modules/redund_mmio.ko" ""
try mmio redund_mmio redund,backplane-1.0 "device tree"
prepare deaf "$top/dts/redund-uml.dts" "$modules/redund_mmio.ko" "interrupt=0"
try deaf redund_mmio redund,backplane-1.0 "device tree without an interrupt"
prepare polled "$top/selftests/porting/example-board.dts" "$work/porting/redund_polled.ko" \
	"compatible=example,polled-backplane interrupt=0"
try polled redund_polled example,polled-backplane "porting"
exit $failed
