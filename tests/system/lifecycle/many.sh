# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# A guest with many disks comes and goes, with our driver and then with the
# kernel's own, in the emulated machine's time.
DESCRIPTION="40 disks of one guest are connected and gone about as soon as with the kernel's own driver"
TIMEOUT=600
DISKS=40

_states() {	# STATE: do all backends say that?
	local dir=/local/domain/0/backend/vbd/$domid id paths=()
	for ((id = 0; id < DISKS; id++)); do
		paths+=("$dir/$((51712 + 16 * id))/state")
	done
	[ "$(xenstore-read "${paths[@]}" 2>/dev/null | sort -u)" = "$1" ]
}

_have_gone() {
	! ls -d /sys/bus/xen-backend/devices/vbd-"$domid"-* >/dev/null 2>&1
}

_ms() {
	echo $((${EPOCHREALTIME/./} / 1000))
}

_attach() {
	local numbers id front back fronts=() backs=()
	numbers=$(stat -L -c %t:%T "$disk")
	for ((id = 51712; id < 51712 + 16 * DISKS; id += 16)); do
		front=/local/domain/$domid/device/vbd/$id
		back=/local/domain/0/backend/vbd/$domid/$id
		fronts+=("$front/backend" "$back" "$front/backend-id" 0
			"$front/virtual-device" "$id" "$front/device-type" disk
			"$front/state" 1)
		backs+=("$back/frontend" "$front" "$back/frontend-id" "$domid"
			"$back/online" 1 "$back/type" phy "$back/dev" "xvd$id"
			"$back/mode" r "$back/device-type" disk
			"$back/physical-device" "$numbers" "$back/state" 1)
	done
	xenstore-write "${backs[@]}"
	xenstore-chmod -r "/local/domain/0/backend/vbd/$domid" n0 "r$domid"
	xenstore-write "${fronts[@]}"
	xenstore-chmod -r "/local/domain/$domid/device/vbd" "n$domid" r0
}

# Sets connected and gone, both in ms.
_round() {
	local begin domid
	guest_create many
	domid=$(guest_domid many)
	begin=$(_ms)
	_attach
	wait_for 120 _states 4 || fail "$1: not connected"
	connected=$(($(_ms) - begin))
	begin=$(_ms)
	guest_destroy many
	wait_for 60 _have_gone || fail "$1: not gone"
	gone=$(($(_ms) - begin))
	echo "$1: connected after $connected ms, gone after $gone ms"
}

test_main() {
	local connected gone connected_ours gone_ours
	[ "$XB_MODULES" = ours ] || skip "it begins with our modules"
	backing_null disk 16
	_round ours
	_round ours
	connected_ours=$connected gone_ours=$gone
	/xb/switch-modules kernel xen-blkback
	_round "the kernel's"
	/xb/switch-modules ours xen-blkback
	# Closed means closed with ours: each disk is closed before that is said.
	[ $((2 * gone_ours)) -le $((5 * gone)) ] ||
		fail "gone after $gone_ours ms, with the kernel's after $gone"
	[ $((4 * connected_ours)) -le $((5 * connected)) ] ||
		fail "connected after $connected_ours ms, with the kernel's after $connected"
	pass
}
