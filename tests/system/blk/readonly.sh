# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="a read-only disk can be read and is never written"
TIMEOUT=120

test_main() {
	local before
	backing_null disk 8
	dd if=/dev/urandom of="$disk" bs=1M count=8 oflag=direct status=none
	before=$(md5sum <"$disk")
	guest_create g1
	vbd_attach g1 "phy:$disk,xvdb,r" || fail "attach"
	[ "$(guest_run g1 cat /sys/block/xvdb/ro)" = 1 ] || fail "not read-only"
	[ "$(guest_run g1 'md5sum </dev/xvdb')" = "$before" ] ||
		fail "the guest reads other data"
	if guest_run g1 "dd if=/dev/zero of=/dev/xvdb bs=4k count=1 conv=fsync" \
		>"$XB_RUN/dd.out" 2>&1; then
		fail "a write was accepted"
	fi
	# A guest that forces it gets an error from the backend.
	guest_run g1 "blockdev --setrw /dev/xvdb
		dd if=/dev/zero of=/dev/xvdb bs=4k count=1 oflag=direct 2>&1" || :
	vbd_detach g1 xvdb || fail "detach"
	[ "$(md5sum <"$disk")" = "$before" ] || fail "the disk was written"
	pass
}
