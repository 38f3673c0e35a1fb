# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# A cycle is a disk's: it is attached, a guest finds on it what the last one wrote,
# writes to it while its driver is unbound and bound, finds all of that, and is
# destroyed while it writes. Ten disks at a time, of one guest, in each round.
# XB_LONG, and make check-lifecycle, has 500 of them.
DESCRIPTION="cycles of attach, I/O, rebind and destroy: all data there, nothing left, no other line in the log"
TIMEOUT=3600
HOST_LIMIT=14400
DISKS=10
OURS='vbd-[0-9]+-[0-9]+|xen[-_](blkback|gnttab)|vbd vbd-|xb: mark'

_attach() {
	local i front back fronts=() backs=()
	for ((i = 0; i < DISKS; i++)); do
		front=/local/domain/$domid/device/vbd/$((51712 + 16 * i))
		back=/local/domain/0/backend/vbd/$domid/$((51712 + 16 * i))
		fronts+=("$front/backend" "$back" "$front/backend-id" 0
			"$front/virtual-device" $((51712 + 16 * i))
			"$front/device-type" disk "$front/state" 1)
		backs+=("$back/frontend" "$front" "$back/frontend-id" "$domid"
			"$back/online" 1 "$back/type" phy "$back/dev" "xvd$i"
			"$back/mode" w "$back/device-type" disk
			"$back/physical-device" "${numbers[i]}" "$back/state" 1)
	done
	# What is made below has the same rights; all of it in one transaction,
	# for either side looks for the other one once.
	xenstore-write "/local/domain/$domid/device/vbd" "" \
		"/local/domain/0/backend/vbd/$domid" ""
	xenstore-chmod "/local/domain/$domid/device/vbd" "n$domid" r0
	xenstore-chmod "/local/domain/0/backend/vbd/$domid" n0 "r$domid"
	xenstore-write "${backs[@]}" "${fronts[@]}"
}

# What each disk holds: DISKS sums.
_sums() {
	guest_run g2 120 "for d in $names; do
		dd if=/dev/\$d bs=64k count=16 iflag=direct 2>/dev/null | md5sum
	done" || fail "$1: reading"
}

_rebind() {
	local i name
	for ((i = 0; i < DISKS; i++)); do
		name=vbd-$domid-$((51712 + 16 * i))
		wait_for 10 eval "echo $name >$HELPERS/unbind" || fail "unbind $name"
		wait_for 10 eval "echo $name >$HELPERS/bind" || fail "bind $name"
	done
}

_have_disks() {
	guest_run g2 10 "for d in $names; do
		[ \"\$(cat /sys/block/\$d/size)\" = 8192 ] || exit 1
	done"
}

# Writes to each, again and again until it is told to stop.
_writer() {
	guest_bg g2 "for d in $names; do (
		dd if=/dev/urandom of=/tmp/\$d bs=64k count=16 2>/dev/null
		until [ -e /tmp/stop ]; do
			dd if=/tmp/\$d of=/dev/\$d bs=64k oflag=direct 2>/dev/null || exit 1
			dd if=/dev/\$d bs=64k count=16 iflag=direct 2>/dev/null |
				cmp -s - /tmp/\$d || { echo \$d has other data; exit 1; }
		done
	) || touch /tmp/bad & done; wait; [ ! -e /tmp/bad ]"
}

_all_are_written() {
	local i
	for ((i = 0; i < DISKS; i++)); do
		[ "$(<"$(vbd_device g2 $((51712 + 16 * i)))/statistics/wr_req")" -gt 0 ] ||
			return 1
	done
}

_have_gone() {
	! ls -d /sys/bus/xen-backend/devices/vbd-* >/dev/null 2>&1
}

_round() {	# NUMBER
	local writer now domid
	guest_create g2
	domid=$(guest_domid g2)
	_attach
	wait_for 60 _have_disks || fail "round $1: no disks"
	now=$(_sums "round $1")
	[ -z "$sums" ] || [ "$now" = "$sums" ] ||
		fail "round $1: other data than the last guest has written"
	writer=$(_writer)
	wait_for 60 _all_are_written || fail "round $1: nothing is written"
	_rebind
	guest_run g2 "touch /tmp/stop" || fail "round $1: the guest"
	guest_wait g2 "$writer" 120 || fail "round $1: the guest's writes"
	sums=$(_sums "round $1")
	[ "$(sort -u <<<"$sums" | wc -l)" = "$DISKS" ] || fail "round $1: disks with the same data"
	# What is on its way when the guest goes is what is there already.
	_writer_again
	guest_destroy g2
	wait_for 20 _have_gone || fail "round $1: devices stay"
	# As a toolstack does; whoever writes there from now on makes it anew.
	xenstore-rm "/local/domain/0/backend/vbd/$domid"
}

_writer_again() {
	guest_bg g2 "for d in $names; do
		while dd if=/tmp/\$d of=/dev/\$d bs=64k oflag=direct 2>/dev/null; do :; done &
	done; wait" >/dev/null
}

_log_is_ours() {
	local other
	other=$(kmsg_since_mark | grep -vE "$OURS" || :)
	[ -z "$other" ] || fail "in the log: $(head -n 3 <<<"$other")"
}

test_main() {
	local i rounds=8 names="" sums="" numbers=() disk letters=abcdefghij
	HELPERS=/sys/module/xen_gnttab_helpers/parameters
	[ "$XB_MODULES" = ours ] || skip "a property of our driver"
	[ -z "$XB_BRIEF" ] || rounds=2
	[ -z "$XB_LONG" ] || rounds=50
	rounds=${XB_ROUNDS:-$rounds}
	for ((i = 0; i < DISKS; i++)); do
		backing_null disk 4
		numbers+=("$(stat -L -c %t:%T "$disk")")
		names+=" xvd${letters:i:1}"
	done
	on_exit guest_destroy g2
	_round 0
	leak_snapshot
	kmsg_mark
	for ((i = 1; i <= rounds; i++)); do
		_round "$i"
	done
	leak_check
	_log_is_ours
	echo "$((rounds * DISKS)) cycles"
	pass
}
