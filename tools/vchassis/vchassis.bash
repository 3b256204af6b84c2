# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Completion of the vchassis command for bash.

_vchassis() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local command='' i words=''
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--dir) i=$((i + 1)) ;;
		-*) ;;
		*) command=${COMP_WORDS[i]} && break ;;
		esac
	done
	COMPREPLY=()
	case $prev in
	--dir | --modules) mapfile -t COMPREPLY < <(compgen -d -- "$cur") && return ;;
	--kernel | --image | --image-primary | --image-secondary | --schedule | run) mapfile -t COMPREPLY < <(compgen -f -- "$cur") && return ;;
	--timers) words='hardware relaxed' ;;
	--time) words='real virtual' ;;
	--flash) words='directory block block-nojournal' ;;
	--slots) words='1 2 1,2' ;;
	esac
	if [ -z "$words" ]; then
		case $command in
		'') words='--dir up pass down status exec console leds press remove insert kill hang resume
			panic wdt-starve cut restore fault clock insert-module remove-module fabric
			reset-system trace run help' ;;
		up) words='--slots --timers --time --seed --schedule --until --messages --image --reflash --blank-flash --flash
			--kernel --modules --params --no-watchdog --no-wait --keep' ;;
		status | leds) words=-j ;;
		trace) words='-j --follow' ;;
		press) words='1 2 clear reset shutdown' ;;
		hang) words='1 2 --soft' ;;
		insert) words='1 2 --blank --serial --blank-flash --image-primary --image-secondary' ;;
		cut | restore) words='heartbeat link doorbell 1 2 both' ;;
		fault) words='1 2 selftest-fail reset-stuck mailbox-corrupt register-stuck wdt-dead
			flash-corrupt primary secondary link-stall link-garbage register-misread on off' ;;
		clock) words='1 2 rate step' ;;
		fabric) words='1 2 insert remove' ;;
		insert-module) words='A B C D E F G H I J K L J8702A J8705A J8706A J8707A J8708A' ;;
		remove-module) words='A B C D E F G H I J K L' ;;
		exec) words='1 2 -t --' ;;
		console) words='1 2 -t' ;;
		remove | kill | resume | panic | wdt-starve) words='1 2' ;;
		esac
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -F _vchassis vchassis
