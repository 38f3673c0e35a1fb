# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# The bus removes a device that has gone in xenwatch, and waits for its lock;
# who unbinds a driver holds that lock and waits for xenwatch. All others' disks
# and interfaces, and all guests to come, stand or fall with xenwatch.
DESCRIPTION="drivers are changed under guests that work, and under some that go at that moment"
TIMEOUT=900
DRIVER=/sys/bus/xen-backend/drivers/vbd
HELPERS=/sys/module/xen_gnttab_helpers/parameters

_load() {
	guest_bg g2 "while [ ! -e /tmp/stop ]; do
		fio --name=v --filename=/dev/xvdb --size=8M --rw=randwrite --bs=16k \
			--direct=1 --ioengine=libaio --iodepth=32 --verify=crc32c \
			--verify_fatal=1 --randrepeat=0 --output=/tmp/fio.out ||
			{ tail -n 20 /tmp/fio.out; exit 1; }
		done"
}

_frontend() {	# DEVID
	_rogue_frontend vbd "$1"
}

# Frontends that have closed, of devices that are to go: the backends retire.
_close_all() {	# DEVID...
	local id nodes=()
	for id; do
		nodes+=("$(_rogue_backend vbd "$id")/online" 0 "$(_frontend "$id")/state" 6)
	done
	xenstore-write "${nodes[@]}"
}

_remove_all() {	# DEVID...
	local id dirs=()
	for id; do
		dirs+=("$(_rogue_backend vbd "$id")" "$(_frontend "$id")")
	done
	xenstore-rm "${dirs[@]}"
}

_have_gone() {	# DEVID...: or at least their drivers
	local id
	for id; do
		[ ! -e "$(rogue_device vbd "$id")/driver" ] || return 1
	done
}

# While xenwatch is busy with the first of them, all are taken from their driver.
_meet() {	# HOW NODE
	local i id pids ids name
	name=vbd-$(guest_domid rogue)
	for ((i = 0; i < rounds; i++)); do
		mapfile -t ids < <(seq $((100 + 8 * i)) $((107 + 8 * i)))
		rogue_vbds "${ids[0]}" 8 "$disk"
		"$1" "${ids[@]}"
		pids=()
		for id in "${ids[@]}"; do
			{ echo "$name-$id" 2>/dev/null >"$2" || :; } &
			pids+=($!)
		done
		wait_for 20 _have_gone "${ids[@]}" || fail "$1, round $i: xenwatch stands"
		wait "${pids[@]}"
		_remove_all "${ids[@]}" 2>/dev/null || :
	done
}

_switch() {	# ARGUMENT...
	/xb/switch-modules "$@" >"$XB_RUN/switch.out" 2>&1 ||
		fail "switch-modules $*: $(tail -n 3 "$XB_RUN/switch.out")"
}

_bytes() {
	cat "/sys/class/net/vif$(guest_domid g2).0/statistics/rx_bytes"
}

_moves() {	# since the interface is there
	[ "$(_bytes)" -gt 1000000 ]
}

# Both count anew with each driver.
_both_go_on() {	# WHICH
	wait_for 60 vbd_is_loaded g2 200 || fail "$1: no I/O"
	wait_for 60 _moves || fail "$1: the connection does not go on"
}

# Devices come and go by force all the while.
_churn() {
	local n=300
	until [ -e "$XB_RUN/calm" ]; do
		rogue_vbd $n "$disk"
		_remove_all $n
		n=$((n + 1))
	done
}

_there_and_back() {
	local churn
	rm -f "$XB_RUN/calm"
	_churn >/dev/null 2>&1 &
	churn=$!
	_switch kernel
	[ ! -e /sys/module/xen_gnttab_helpers/holders/xen_blkback ] || fail "still ours"
	_both_go_on "the kernel's"
	_switch ours
	[ -e /sys/module/xen_gnttab_helpers/holders/xen_netback ] || fail "not ours"
	_both_go_on ours
	: >"$XB_RUN/calm"
	wait "$churn" || :
}

_is_served_by() {	# ours|kernel
	local which=kernel
	[ ! -e /sys/module/xen_gnttab_helpers/holders/xen_blkback ] || which=ours
	[ "$which" = "$1" ] || fail "served by $which"
	[ "$(</sys/bus/xen-backend/drivers_autoprobe)" = 1 ] ||
		fail "new devices get no driver"
}

# The script of the interface says for whom and when it is run.
_note_script() {
	local back
	back=/local/domain/0/backend/vif/$(guest_domid g2)/0
	cat >"$XB_RUN/vif-note" <<-SH
		#!/bin/sh
		echo "\$1 \$netdev \$(xl list g2 |
			awk 'END { print substr(\$(NF - 1), 3, 1) }')" >>"$XB_RUN/noted"
		[ "\$1" != online ] || [ ! -e "$XB_RUN/vif-fails" ] || exit 1
		exec "$(xenstore-read "$back/script")" "\$@"
	SH
	chmod +x "$XB_RUN/vif-note"
	xenstore-write "$back/script" "$XB_RUN/vif-note" "$back/gatewaydev" xenbr9
}

# Once each way, and under a guest that has gone on.
_scripts_were_run() {
	[ "$(sort "$XB_RUN/noted" | uniq -c | sed 's/^ *//' | paste -sd';')" = \
		"$1 offline xenbr9 -;$1 online xenbr9 -" ] ||
		fail "the script was run so: $(paste -sd';' "$XB_RUN/noted")"
	rm "$XB_RUN/noted"
}

_script_fails() {
	: >"$XB_RUN/vif-fails"
	_fails "may be on no bridge" kernel xen-netback
	rm "$XB_RUN/vif-fails"
}

_fails() {	# TEXT ARGUMENT...
	local text=$1
	shift
	! /xb/switch-modules "$@" >"$XB_RUN/switch.out" 2>&1 || fail "$*: done"
	grep -qF "$text" "$XB_RUN/switch.out" ||
		fail "$*: $(tail -n 3 "$XB_RUN/switch.out")"
}

# Half way it turns out that the other module cannot be loaded.
_undone() {	# FROM TO FILE
	mount --bind /dev/null "$3"
	_fails "going back" "$2" xen-blkback
	umount "$3"
	_is_served_by "$1"
	_both_go_on "undone, $1"
}

# The same when nobody reads what it says, as when a connection is lost.
_undone_unheard() {	# FROM TO FILE
	mount --bind /dev/null "$3"
	/xb/switch-modules "$2" xen-blkback 2>/dev/null | head -n 1 || :
	umount "$3"
	[ "$(</sys/bus/xen-backend/drivers_autoprobe)" = 1 ] ||
		fail "new devices get no driver"
	_is_served_by "$1"
	_both_go_on "undone, unheard, $1"
}

_one_at_a_time() {
	exec 8>/run/xen-backends-switch.lock
	flock 8
	_fails "another one is at work" kernel xen-blkback
	exec 8>&-
}

# A guest says what it likes about its queues.
_lies() {
	local node
	node=/local/domain/$(guest_domid g2)/device/vbd/51728/multi-queue-num-queues
	xenstore-write "$node" "1 feature_persistent=0 max_buffer_pages=0"
	# And a run that was killed has left new devices without a driver.
	echo 0 >/sys/bus/xen-backend/drivers_autoprobe
	_switch kernel xen-blkback
	[ "$(</sys/module/xen_blkback/parameters/max_buffer_pages)" != 0 ] ||
		fail "a guest has set a parameter"
	_is_served_by kernel
	xenstore-rm "$node"
	_both_go_on "after a lie"
}

# The disk of a guest hangs: nothing is touched.
_refused() {
	vbd_hang g2 "$disk" || fail "no request hangs"
	_fails "does not come to rest" kernel xen-blkback
	_is_served_by ours
	dmsetup resume --noudevsync "${disk##*/}"
	_both_go_on "after a refusal"
}

_is_paused() {
	xl list g2 | awk 'END { exit substr($(NF - 1), 3, 1) != "p" }'
}

# It stays so until that one resumes it.
_paused_by_another() {	# FROM TO
	guest_pause g2
	_switch "$2" xen-blkback
	_is_paused || fail "a guest is resumed that somebody else has paused"
	guest_unpause g2
	_is_served_by "$2"
	_both_go_on "paused by another, $2"
	_switch "$1" xen-blkback
}

test_main() {
	local load rounds=${XB_BRIEF:+1} net
	[ "$XB_MODULES" = ours ] || skip "it begins with our modules"
	[ -z "$XB_LONG" ] || rounds=20
	: "${rounds:=3}"
	backing_dm disk 16 "0 32768 linear %DEV 0"
	rogue_up
	_meet _close_all $DRIVER/unbind
	_meet _close_all $HELPERS/unbind
	_meet _remove_all $HELPERS/unbind
	! echo vbd-1-999999 2>/dev/null >$HELPERS/unbind || fail "unbound what is not there"

	guest_create g2
	on_exit vif_forget g2
	vbd_attach g2 "phy:$disk,xvdb,w" || fail "attach"
	vif_attach g2 10.0.0.2 || fail "attach"
	iperf3 -s -D >/dev/null
	on_exit pkill -x iperf3
	load=$(_load)
	net=$(guest_bg g2 "iperf3 -c 10.0.0.1 -t 1000 -b 20M")
	_both_go_on "at first"
	_note_script
	_there_and_back
	_scripts_were_run 2
	_undone ours kernel \
		"$(find /lib/modules -path '*/kernel/*' -name 'xen-blkback.ko*')"
	[ -n "$XB_BRIEF" ] || _undone_unheard ours kernel \
		"$(find /lib/modules -path '*/kernel/*' -name 'xen-blkback.ko*')"
	_one_at_a_time
	_refused
	[ -n "$XB_BRIEF" ] || _paused_by_another ours kernel
	_lies
	_undone kernel ours "$(modinfo -n xen-blkback)"
	_switch ours xen-blkback
	_script_fails
	_switch ours xen-netback
	_scripts_were_run 2
	_both_go_on "at last"
	guest_run g2 "touch /tmp/stop"
	guest_wait g2 "$load" 120 || fail "an error in the guest"
	[ -z "$(guest_run g2 "cat /tmp/bg.$net.rc 2>/dev/null")" ] ||
		fail "iperf3 ended: $(guest_run g2 "cat /tmp/bg.$net.out")"
	guest_destroy rogue
	guest_destroy g2
	pass
}
