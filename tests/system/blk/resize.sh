# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="a disk that changes its size while the guest uses it, or does nothing: the guest sees it"
TIMEOUT=120

_guest_has_size() {	# SECTORS
	guest_run g1 "dd if=/dev/xvdb of=/dev/null bs=4k count=1 iflag=direct 2>/dev/null
		[ \$(cat /sys/block/xvdb/size) = $1 ]"
}

# Nothing is read or written in the guest.
_idle_guest_has_size() {	# SECTORS
	guest_run g1 "[ \$(cat /sys/block/xvdb/size) = $1 ]"
}

_resize() {	# MIB
	truncate -s "$1M" "$image"
	losetup -c "$disk"
	wait_for 20 _idle_guest_has_size $(($1 * 2048)) ||
		fail "an idle guest does not see $1 MiB"
}

# A drive without a medium: nobody reads from a disk that has no size.
_from_nothing() {
	vbd_detach g1 xvdb || fail "detach"
	truncate -s 0 "$image"
	losetup -c "$disk"
	xl block-attach g1 "phy:$disk,xvdb,w" || fail "attach an empty disk"
	wait_for 20 guest_run g1 test -b /dev/xvdb || fail "no empty disk"
	_idle_guest_has_size 0 || fail "it is not empty"
	_resize 8
	_resize 0
	_resize 12
	_guest_has_size 24576 || fail "it cannot be read"
}

test_main() {
	local image=$XB_RUN/grow.img disk
	truncate -s 16M "$image"
	on_exit rm -f "$image"
	disk=$(losetup -f --show "$image")
	on_exit losetup -d "$disk"
	guest_create g1
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach"
	_guest_has_size 32768 || fail "wrong size before"

	truncate -s 24M "$image"
	losetup -c "$disk"
	wait_for 20 _guest_has_size 49152 || fail "the guest does not see the new size"
	guest_run g1 "dd if=/dev/zero bs=4k count=1 2>/dev/null | tr '\\0' x |
		dd of=/dev/xvdb bs=4k seek=6143 oflag=direct 2>/dev/null" ||
		fail "writing the new last block"
	[ "$(tail -c 4096 "$image" | tr -d x | wc -c)" = 0 ] ||
		fail "the new last block has other data"
	if is_played; then
		_resize 32
		_resize 20
		_from_nothing
	fi
	vbd_detach g1 xvdb || fail "detach"
	pass
}
