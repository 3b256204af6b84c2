#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What a program says that synchronizes a module, the internal link as the second
# heartbeat path, and the key by which the modules of a chassis know each other.
# shellcheck source=selftests/redund/lib.sh
. "$(dirname "$0")/lib.sh"

sync_failed=0x10000 link_lost=0x20000
link_down=1 link_alive=3 hold=1

# user SLOT: a program that registers there, on a socket of its own
user() {
	find_instance "$1"
	coproc said { exec nlreq -i; }
	# shellcheck disable=SC2154 # set by coproc
	user=$said_PID to_user=${said[1]} from_user=${said[0]}
	with=instance=${REPLY#redund}
	say user-register sync
}

# say OPERATION ATTRIBUTE...: by that program
say() {
	local word line=$1
	for word in "$with" "${@:2}"; do line+=$'\t'$word; done
	printf '%s\n' "$line" >&"$to_user"
	while read -r -t $((10 * scale)) -u "$from_user" line; do
		case $line in
		done) return ;;
		refused*) echo "$line"; return 1 ;;
		esac
	done
	echo "no answer"
	return 1
}

user_ends() {
	kill "$user"
	wait "$user" || true
}

# lacks SLOT BIT: of the module in SLOT, as the one in slot 1 sees it
lacks() {
	local n
	n=$(req 1 mm-get "slot=$1" | field not-ready)
	[ $((n & $2)) != 0 ]
}

# The other module's text, as this one reads it.
text_is() { [ "$(req 1 mm-get slot=2 | field sync-text)" = "$1" ]; }

failed_and_back() {
	user 2
	say sync-ack synced=0 "sync-text=primary: disk full"
	wait_for 3 is 2 not_ready sync-failed
	is 2 role standby
	wait_for 3 lacks 2 "$sync_failed"
	wait_for 3 text_is "primary: disk full"
	refused peer-not-ready req 1 switchover
	is 1 switchover_ready 0
	say sync-ack synced=1
	wait_for 3 is 2 ready 1
	wait_for 3 is 1 switchover_ready 1
	logged 2 0 "sync-failed: primary: disk full"
	logged 2 0 "sync-restored: this module is synchronized again"
	happened 0 '"event": "grant"'
}

# Not ready, no fence, but a grant that is free is claimed all the same.
failed_and_alone() {
	user 2
	say sync-ack synced=0 "sync-text=config: link down"
	wait_for 3 is 2 not_ready sync-failed
	knob 1 cut-heartbeat 1
	sleep $((1 * scale))
	owned_by 1
	happened 0 '"event": "fence"'
	knob 1 present 0
	wait_role 2 active
}

dies() {
	user 2
	say sync-ack synced=1
	is 2 ready 1
	user_ends
	wait_for 3 is 2 not_ready sync-failed
	wait_for 3 text_is "synchronization: no program does it"
	user 2
	say sync-ack synced=1
	wait_for 3 is 2 ready 1
	# in order: nobody is missed
	say user-register config
	user_ends
	is 2 ready 1
}

parameter() { echo "$2" >"/sys/module/redund/parameters/$1"; }

# Another start of the standby: what it had is not what it has.
required() {
	trap 'parameter sync_required N' EXIT
	parameter sync_required Y
	knob 2 button-reset 1
	wait_for 10 is 2 role syncing
	user 2
	say sync-ack synced=0 "sync-text=config: 4 of 9 files"
	wait_for 3 text_is "config: 4 of 9 files"
	wait_for 3 refused syncing req 1 switchover
	# dying is no end of it
	user_ends
	wait_for 3 text_is "synchronization: no program does it"
	is 2 role syncing
	is 2 ready 0
	user 2
	is 2 role syncing
	say sync-ack synced=1
	ready 2
}

busy() {
	local answer
	user 1
	say sync-busy busy=1 seconds-left=40 "sync-text=primary image"
	refused syncing req 1 switchover
	answer=$(req 1 switchover-check)
	[ "$(field accepted <<<"$answer")" = 0 ]
	[ "$(field sync-text <<<"$answer")" = "primary image" ]
	[ "$(field seconds-left <<<"$answer")" -gt 20 ]
	[ "$(req 1 chassis-get | field sync-busy)" = "primary image" ]
	is 1 switchover_ready 0
	owned_by 1
	say sync-busy busy=0
	is 1 switchover_ready 1
	req 1 switchover
	wait_role 2 active
}

forced() {
	user 1
	say sync-busy busy=1
	req 1 switchover force
	wait_role 2 active
}

shutdown_waits() {
	user 1
	say sync-busy busy=1 "sync-text=config"
	knob 1 button-shutdown 1
	wait_for 3 is 1 waiting_for sync
	wait_for 3 seen '"led": "dwn", "state": "green-flash"'
	owned_by 1
	is 1 role active
	happened 0 '"event": "offer"'
	say sync-busy busy=0
	wait_role 2 active
	logged 2 00272 "Mgmt Module 1 Offline (shutdown)"
}

shutdown_is_bounded() {
	trap 'parameter sync_wait_ms 30000' EXIT
	parameter sync_wait_ms 1000
	user 2
	say sync-busy busy=1 "sync-text=config"
	knob 2 button-shutdown 1
	wait_for 5 seen '"event": "shutdown-done", "slot": 2'
	logged 2 0 "shutdown-waits: files are being copied: config"
	logged 2 0 "shutdown-waits: not copied in time, shutting down all the same"
	owned_by 1
}

link() {
	user 2
	say link-report link="$link_alive"
	is 2 link alive
	is 2 ready 1
	say link-report link="$link_down"
	wait_for 3 is 2 not_ready link-lost
	wait_for 3 lacks 2 "$link_lost"
	refused peer-not-ready req 1 switchover
	[ "$(req 1 mm-get slot=2 | field link)" = "$link_down" ]
	is 2 role standby
	happened 0 '"event": "grant"'
	say link-report link="$link_alive"
	wait_for 3 is 2 ready 1
	logged 2 0 "link-lost: Mgmt Module 1 is not heard over the internal link"
	logged 2 0 "link-restored: Mgmt Module 1 is heard over the internal link" 2
}

# Both paths: the standby takes over, whatever the setting.
both_paths() {
	req 1 heartbeat-set heartbeat-loss="$hold"
	wait_for 3 is 2 heartbeat_loss hold
	user 2
	say link-report link="$link_alive"
	say link-report link="$link_down"
	knob 1 cut-heartbeat 1
	wait_role 2 active
	happened 1 '"event": "fence".*"accepted": true'
}

# The mailbox alone: by default a failover (S-110) ...
mailbox_takeover() {
	is 2 heartbeat_loss takeover
	user 2
	say link-report link="$link_alive"
	knob 1 cut-heartbeat 1
	wait_role 2 active
	happened 1 '"event": "fence".*"accepted": true'
}

# ... with the other setting not, while the link is reported alive.
mailbox_hold() {
	local i
	req 1 heartbeat-set heartbeat-loss="$hold"
	is 1 heartbeat_loss hold
	wait_for 3 is 2 heartbeat_loss hold
	user 2
	say link-report link="$link_alive"
	knob 1 cut-heartbeat 1
	for ((i = 0; i < 4 * scale; i++)); do
		nap 0.5
		say link-report link="$link_alive"
	done
	is 2 role standby
	is 2 ready 0
	owned_by 1
	happened 0 '"event": "fence"'
	logged 2 0 "heartbeat-held: not heard in the mailbox but over the internal link, no takeover"
	knob 1 cut-heartbeat 0
	wait_for 5 is 2 ready 1
	# kept in chassis memory
	user_ends
	power_cycle
	is "$(owner)" heartbeat_loss hold
}

key() {
	local first
	first=$(req 1 pairing-get | field pairing-key)
	[ ${#first} = 64 ] && [ -n "${first//0/}" ]
	wait_for 3 key_is 2 "$first"
	req 1 switchover
	wait_role 2 active
	key_is 2 "$first"
	chassis_del 1
	chassis_new 1
	wait_for 10 active_somewhere
	fails key_is 1 "$first"
}

key_is() { [ "$(req "$1" pairing-get | field pairing-key)" = "$2" ]; }

# S-156: it alone boots, with the image that it was told; nobody takes over.
own_reboot() {
	refused invalid req 1 reboot reboot-kind=1 boot-image=2
	refused not-active req 2 reboot reboot-kind=1
	req 2 reboot reboot-kind=1 boot-image=2 origin=sync
	wait_for 3 is 2 not_ready restarting
	wait_for 10 seen '"event": "going-down", "slot": 2'
	ready 2 15
	owned_by 1
	happened 0 '"event": "grant"'
	happened 0 '"event": "peer-reset"'
	[ "$(req 1 down-get dump slot=2 | tail -1 | field text)" = "Reboot to the secondary image." ]
}

t "A-053: a lost sync takes readiness away, names the item, and gives it back" failed_and_back
t "A-053 I2: an unsynchronized standby fences nobody, and claims a free grant" failed_and_alone
t "A-053: a program that synchronized and died is missed, one that ended in order is not" dies
t "A-021: a standby that starts anew is syncing until a program says that it has everything" required
t "S-076: a switchover waits for what is being copied, and says for what and how long" busy
t "C-02: a forced switchover does not wait" forced
t "S-139 S-141: MM Shutdown waits for what is being copied, the Dwn LED flashing" shutdown_waits
t "S-139: MM Shutdown does not wait for ever" shutdown_is_bounded
t "A-030: a lost link takes readiness away, and moves nothing" link
t "A-030: with both paths lost the standby takes over" both_paths
t "A-030 S-110: the mailbox alone leads to a failover" mailbox_takeover
t "A-030: with heartbeat-loss hold it does not, while the link is alive" mailbox_hold
t "the pairing key is of the chassis, and stays" key
t "S-156: a standby boots another image by itself" own_reboot
run_tests
