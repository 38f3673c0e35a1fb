# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="a disk that cannot be opened, or not to write: the reason is in xenstore and in dmesg; one that is held for a moment is waited for"
TIMEOUT=240
WORDS="opening the disk"

_has_error_node() {
	xenstore-ls "/local/domain/0/error/backend/vbd/$(guest_domid g1)" 2>/dev/null |
		grep -E "error = \".*$WORDS" >/dev/null
}

_attach_and_look() {	# DEVICE
	xenstore-rm "/local/domain/0/error/backend/vbd/$(guest_domid g1)" 2>/dev/null || :
	kmsg_mark
	timeout 60 xl block-attach g1 "phy:$1,xvdb,w" || fail "xl refuses by itself"
	wait_for 20 _has_error_node || fail "$1: no error in xenstore"
	kmsg_since_mark | grep -E "vbd-$(guest_domid g1)-51728: .*$WORDS" >/dev/null ||
		fail "$1: no error in dmesg"
	timeout 60 xl block-detach g1 xvdb || fail "$1: it cannot be detached"
	wait_for 20 _nothing_left || fail "$1: traces are left"
}

# As udev does, or a script of the toolstack.
_held_for_a_moment() {	# DEVICE
	(sleep 3; dmsetup remove --noudevsync owner) &
	vbd_attach g1 "phy:$1,xvdb,w" || fail "not attached when it was free again"
	wait
	guest_run g1 "dd if=/dev/xvdb of=/dev/null bs=64k count=1 iflag=direct 2>/dev/null" ||
		fail "reading"
	vbd_detach g1 xvdb || fail "detach"
}

# dom0 may have it as well, if the admin says so.
_shared_if_told() {	# DEVICE
	module_param xen_blkback claim_disks 0
	vbd_attach g1 "phy:$1,xvdb,w" || fail "not attached without a claim"
	vbd_detach g1 xvdb || fail "detach"
}

# Zones are written in order; a guest does not know of them.
_zoned_is_read() {
	local zoned
	backing_null zoned 64 zoned=1 zone_size=16
	dd if=/dev/urandom of="$zoned" bs=64k count=4 oflag=direct status=none ||
		fail "no zone can be written"
	WORDS="opening the disk: it has zones" _attach_and_look "$zoned"
	vbd_attach g1 "phy:$zoned,xvdb,r" || fail "no zoned disk, not even to read"
	[ "$(guest_run g1 "dd if=/dev/xvdb bs=64k count=4 2>/dev/null | md5sum")" = \
		"$(dd if="$zoned" bs=64k count=4 iflag=direct status=none | md5sum)" ] ||
		fail "a zoned disk has other data"
	vbd_detach g1 xvdb || fail "detach"
}

_nothing_left() {
	! vbd_backend g1 xvdb &&
		[ ! -e "/sys/bus/xen-backend/devices/vbd-$(guest_domid g1)-51728" ]
}

test_main() {
	intree_fails "takes a disk that somebody has claimed"
	[ "$XB_MODULES" = ours ] || WORDS="creating vbd structure"
	guest_create g1
	# A node without a driver behind it.
	mknod /dev/ghost b 240 77
	on_exit rm -f /dev/ghost
	# A disk that somebody else has claimed.
	backing_null disk 32
	dmsetup create --noudevsync owner --table "0 1024 linear $disk 0"
	on_exit eval "dmsetup remove --noudevsync owner 2>/dev/null || :"

	leak_snapshot
	_attach_and_look /dev/ghost
	_attach_and_look "$disk"
	! is_played || _zoned_is_read
	_shared_if_told "$disk"
	module_param xen_blkback claim_disks 1
	_held_for_a_moment "$disk"
	leak_check
	pass
}
