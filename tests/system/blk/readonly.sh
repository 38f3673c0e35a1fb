# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="a disk that is read-only, by its mode or in dom0, can be read and is never written"
TIMEOUT=120

_write() {
	guest_run g1 "dd if=/dev/zero of=/dev/xvdb bs=4k count=1 oflag=direct 2>/dev/null"
}

# dom0 says so of a disk that is attached for writing: before, and meanwhile.
_in_dom0() {
	local told
	blockdev --setro "$disk" || fail "setro"
	on_exit blockdev --setrw "$disk"
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach a disk that is read-only here"
	told=$(guest_run g1 cat /sys/block/xvdb/ro)
	guest_run g1 blockdev --setrw /dev/xvdb
	! _write || fail "a disk is written that is read-only here"
	[ "$told" = 1 ] || fail "the guest is not told"
	blockdev --setrw "$disk"
	vbd_detach g1 xvdb || fail "detach"
	[ "$(md5sum <"$disk")" = "$before" ] || fail "the disk was written"
	_meanwhile
}

_meanwhile() {
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach"
	[ "$(guest_run g1 cat /sys/block/xvdb/ro)" = 0 ] || fail "still read-only"
	blockdev --setro "$disk"
	! _write || fail "written though it is read-only by now"
	[ "$(guest_run g1 'md5sum </dev/xvdb')" = "$before" ] || fail "other data"
	guest_run g1 "blockdev --flushbufs /dev/xvdb; sync"
	blockdev --setrw "$disk"
	_write || fail "cannot be written any more"
	dmesg | tail -n 20 | grep "no longer read-only" >/dev/null || fail "nothing in the log"
	vbd_detach g1 xvdb || fail "detach"
}

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
	! is_played || _in_dom0
	pass
}
