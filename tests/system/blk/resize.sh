# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="a disk that grows while the guest uses it: the guest sees it and can use it"
TIMEOUT=120

_guest_has_size() {	# SECTORS
	guest_run g1 "dd if=/dev/xvdb of=/dev/null bs=4k count=1 iflag=direct 2>/dev/null
		[ \$(cat /sys/block/xvdb/size) = $1 ]"
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
	vbd_detach g1 xvdb || fail "detach"
	pass
}
