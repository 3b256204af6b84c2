#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The watchdog with nowayout. It comes last: the watchdog core never gives a
# driver back whose watchdog was left running, so that redund stays loaded.
# shellcheck source=selftests/redund/lib.sh
. "$(dirname "$0")/lib.sh"

cannot_be_stopped() {
	unload
	load_one redund "interval_ms=$interval" "misses=$misses" nowayout=1
	load_one redund_sim chassis=1
	wait_for 10 both_decided
	mark
	wdog "$(watchdog 1)" timeout=1 ping magic
	wait_role 2 active 8
	in_order '"event": "(timer-expired|fence)"' '"event": "reset", "slot": 1, "asserted": true'
	rmmod redund_sim
}

t "nowayout: a started watchdog cannot be stopped, and its module is failed over" cannot_be_stopped none
keep_redund=1
run_tests
