# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Common part of the scripts: KTAP, loading the modules, a fresh chassis for
# each test, and words for looking at it and for doing things to it.
#
# A script lists its tests with `t "SENTENCE" FUNCTION [SLOTS]` and ends with
# `run_tests`. Each function runs in a subshell with `set -e` on a new chassis
# number $C whose slots ("1,2", "1", "2" or "0"; "none": no chassis) hold
# modules; unless it is "none" it begins when a module is active.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PATH=${REDUND_SELFTEST_BIN:-$here}:$PATH:/sbin:/usr/sbin
debug=/sys/kernel/debug
bus=/sys/bus/redund_sim
C=1

# Everything takes longer under the debug kernel. The heartbeat time-out leaves
# room for a machine that has other work.
scale=1 interval=50 misses=10
# An emulated machine stands still now and then while its host does other things.
grep -qi 'user mode linux' /proc/cpuinfo || scale=2 interval=100
[ "${REDUND_KERNEL:-}" != debug ] || scale=5 interval=100
stall=$((interval * 300))	# of the simulation's clock, microseconds: well below a time-out

# ---- modules -----------------------------------------------------------------

load_one() {
	if [ -n "${REDUND_MODULES:-}" ]; then
		insmod "$REDUND_MODULES/$1.ko" "${@:2}"
	else
		modprobe "$1" "${@:2}"
	fi
}

# Arguments are parameters of redund_sim.
# shellcheck disable=SC2120 # some scripts pass none
load() {
	[ -d /sys/class/watchdog ] || modprobe -q watchdog || true
	[ -d /sys/module/redund ] ||
		load_one redund "interval_ms=$interval" "misses=$misses" peer_wait_ms=$((4000 * scale)) || return
	load_one redund_sim "stall_us=$stall" "${@:-chassis=0}"
}

unload() {
	[ ! -d /sys/module/redund_sim ] || rmmod redund_sim || return
	[ ! -d /sys/module/redund ] || rmmod redund
}

# ---- waiting -----------------------------------------------------------------

# What is called over and over has to do without a process of its own: helpers
# leave their answer in $REPLY.

# nap SECONDS: sleep(1) is a process, and starting one is what costs an emulated
# machine most. This waits for a pipe into which nobody writes.
exec {silent}<> <(:)
nap() { read -rt "$1" -u "$silent" _ || true; }
sleep() { nap "$1"; }

# Milliseconds of the monotonic clock.
clock_ms() {
	local up
	read -r up _ </proc/uptime
	REPLY=$((10#${up/./} * 10))
}

# wait_for SECONDS COMMAND...: until it succeeds; times are of a fast kernel on an
# idle machine, and there is room for others
wait_for() {
	local end
	clock_ms
	end=$((REPLY + $1 * 2000 * scale))
	shift
	until "$@" >/dev/null 2>&1; do
		clock_ms
		[ "$REPLY" -lt "$end" ] || { "$@" || true; echo "not in time: $*"; return 1; }
		nap 0.05
	done
}

# ---- the chassis -------------------------------------------------------------

chassis_new() { echo "$*" >$bus/new_device; }
chassis_del() { echo "$1" >$bus/del_device; }

# knob FILE VALUE: of the chassis; knob SLOT FILE VALUE: of a slot
knob() {
	if [ $# = 3 ]; then
		echo "$3" >"$debug/redund_sim/chassis$C/slot$1/$2"
	else
		echo "$2" >"$debug/redund_sim/chassis$C/$1"
	fi
}

status() { cat "$debug/redund_sim/chassis$C/status"; }
status_has() {
	read -r REPLY <"$debug/redund_sim/chassis$C/status" && [[ $REPLY =~ $1 ]]
}
status_number() {
	read -r REPLY <"$debug/redund_sim/chassis$C/status" && REPLY=${REPLY#*"\"$1\": "} && REPLY=${REPLY%%,*}
}
owner() { status_number owner && echo "$REPLY"; }
epoch() { status_number epoch && echo "$REPLY"; }
owned_by() { status_number owner && [ "$REPLY" = "$1" ]; }

# The trace of the chassis. mark; since: the lines after it
trace() { cat "$debug/redund_sim/chassis$C/trace"; }
seq_of() { REPLY=${1#*: } && REPLY=${REPLY%%,*}; }
read_trace() {
	lines=()
	mapfile -t lines 2>/dev/null <"$debug/redund_sim/chassis$C/trace" && [ ${#lines[@]} -gt 0 ]
}
mark() {
	local lines
	mark=0
	read_trace || return 0
	seq_of "${lines[-1]}"
	mark=$REPLY
}

# Into lines; numbers have no gaps.
read_since() {
	read_trace || return 0
	seq_of "${lines[0]}"
	[ "${mark:-0}" -lt "$REPLY" ] || lines=("${lines[@]:mark - REPLY + 1}")
}
since() {
	local lines
	read_since
	[ ${#lines[@]} = 0 ] || printf '%s\n' "${lines[@]}"
}

# happened COUNT REGEX: lines since the mark
happened() {
	local n=0 line lines
	read_since
	for line in "${lines[@]}"; do
		[[ $line =~ $2 ]] && n=$((n + 1))
	done
	[ "$n" = "$1" ] && return
	echo "$n times instead of $1 in the trace: $2"
	since | grep -v '"event": "beats"' | tail -40
	return 1
}

# The last line first: what is waited for comes at the end.
seen() {
	local i lines
	read_since
	for ((i = ${#lines[@]} - 1; i >= 0; i--)); do
		[[ ! ${lines[i]} =~ $1 ]] || return 0
	done
	return 1
}

# in_order REGEX...: each matches a line after the line of the one before
in_order() {
	local re i=0 lines
	read_since
	for re; do
		while [ $i -lt ${#lines[@]} ] && ! [[ ${lines[$i]} =~ $re ]]; do i=$((i + 1)); done
		[ $i -lt ${#lines[@]} ] || { echo "not in this order in the trace: $re"; since | tail -40; return 1; }
		i=$((i + 1))
	done
}

# ---- the modules in it -------------------------------------------------------

# find_instance SLOT: name of its device of the class, fails when nothing runs there
find_instance() {
	local dirs=("$bus/devices/chassis$C.$1/redund/"redund*)
	[ -d "${dirs[0]}" ] || return 1
	REPLY=${dirs[0]##*/}
}

instance() { find_instance "$1" && echo "$REPLY"; }
number() { find_instance "$1" && echo "${REPLY#redund}"; }

# attr SLOT NAME
read_attr() {
	find_instance "$1" && read -r REPLY 2>/dev/null <"/sys/class/redund/$REPLY/$2"
}
attr() { read_attr "$@" && echo "$REPLY"; }

role() { attr "$1" role; }
is() { read_attr "$1" "$2" && [ "$REPLY" = "$3" ]; }
wait_role() { wait_for "${3:-5}" is "$1" role "$2" || { echo "slot $1 is $(role "$1")"; return 1; }; }
ready() { wait_role "$1" standby "${2:-5}" && wait_for "${2:-5}" is "$1" ready 1; }

# req SLOT OPERATION...: a request to the instance in the slot
req() {
	local op=$2 dump=()
	find_instance "$1" || { echo "nothing runs in slot $1"; return 1; }
	shift 2
	[ "${1:-}" != dump ] || { dump=(dump); shift; }
	nlreq "$op" "${dump[@]}" "instance=${REPLY#redund}" "$@"
}

# field NAME: of an answer on standard input
field() {
	local all item IFS=$'\t\n'
	all=$(</dev/stdin)
	set -f
	for item in $all; do
		case $item in "$1="*) echo "${item#*=}" ;; esac
	done
	set +f
}

refused() {
	local out
	if out=$("${@:2}" 2>&1); then
		echo "not refused: ${*:2}"
		return 1
	fi
	case $out in
	"$1"*) ;;
	*) echo "refused with '$out' instead of '$1'"; return 1 ;;
	esac
}

# logged SLOT NUMBER TEXT [COUNT]: in the event log of the module in SLOT
log_lines() { req "$1" event-get dump; }
logged() {
	local n=0 line all IFS=$'\n'
	all=$(log_lines "$1") || true
	set -f
	for line in $all; do
		case $line in *"	number=$((10#$2))	"*"text=$3	"*) n=$((n + 1)) ;; esac
	done
	set +f
	[ "$n" = "${4:-1}" ] && return
	echo "event $2 '$3' is logged $n times by slot $1, not ${4:-1}"
	log_lines "$1" | cut -f 6-
	return 1
}

fails() { ! "$@"; }

# The whole chassis loses power and boots again.
power_cycle() {
	mark
	knob reset-system 1
	wait_for 15 seen '"event": "grant", "from": 0'
	wait_for 15 both_decided
}

# watchdog SLOT: the node of its watchdog device
watchdog() {
	local d
	for d in /sys/class/watchdog/watchdog*; do
		case $(readlink -f "$d/device") in
		*"/chassis$C.$1" | *"/chassis$C.$1/"*) ;;
		*) continue ;;
		esac
		[ -c "/dev/${d##*/}" ] ||
			mknod "/dev/${d##*/}" c "$(cut -d: -f1 "$d/dev")" "$(cut -d: -f2 "$d/dev")"
		echo "/dev/${d##*/}"
		return
	done
	echo "slot $1 has no watchdog device"
	return 1
}

# ---- KTAP --------------------------------------------------------------------

sentences=() functions=() slots=()
t() {
	sentences+=("$1") functions+=("$2") slots+=("${3:-1,2}")
}

skip() {
	echo "SKIP $*"
	exit 4
}

one_test() {
	local function=$1 filled=$2
	if [ "$filled" != none ]; then
		chassis_new "$C" "$filled"
		[ "$filled" = 0 ] || wait_for 10 active_somewhere
		[ "$filled" != 1,2 ] || wait_for 10 both_decided
	fi
	set -e
	mark
	"$function"
}

active_somewhere() { is 1 role active || is 2 role active; }
both_decided() {
	local o
	status_number owner
	o=$REPLY
	[ "$o" != 0 ] && is "$o" role active && is $((3 - o)) role standby &&
		is $((3 - o)) ready 1 && is "$o" switchover_ready 1
}

cleanup() {
	local dir
	for dir in "$debug"/redund_sim/chassis*; do
		[ ! -d "$dir" ] || chassis_del "${dir##*chassis}"
	done
}

run_tests() {
	local i log failed=0 status
	echo "TAP version 13"
	[ "$(id -u)" = 0 ] || { echo "1..0 # SKIP not root"; exit 4; }
	if ! load 2>/dev/null; then
		echo "1..0 # SKIP the modules cannot be loaded"
		exit 4
	fi
	log=$(mktemp)
	echo "1..${#sentences[@]}"
	for ((i = 0; i < ${#sentences[@]}; i++)); do
		mark=0
		(one_test "${functions[$i]}" "${slots[$i]}") >"$log" 2>&1
		status=$?
		if [ $status = 0 ]; then
			echo "ok $((i + 1)) - ${sentences[$i]}"
		elif [ $status = 4 ]; then
			echo "ok $((i + 1)) - ${sentences[$i]} # SKIP $(sed -n 's/^SKIP //p' "$log" | tail -1)"
		else
			sed 's/^/# /' "$log" | tail -60
			echo "not ok $((i + 1)) - ${sentences[$i]}"
			failed=1
		fi
		[ ! -d /sys/module/redund_sim ] || cleanup
		[ -d /sys/module/redund_sim ] || load
	done
	rm -f "$log"
	if [ -n "${keep_redund:-}" ]; then
		rmmod redund_sim
	else
		unload || failed=1
	fi
	exit $failed
}
