# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="a file as disk, through the stock hotplug script and its loop device"
TIMEOUT=120

test_main() {
	local image=$XB_RUN/disk.img want
	truncate -s 16M "$image"
	on_exit rm -f "$image"
	guest_create g1
	leak_snapshot
	vbd_attach g1 "format=raw,vdev=xvdb,access=rw,target=$image" || fail "attach"
	[ "$(guest_run g1 cat /sys/block/xvdb/size)" = 32768 ] || fail "wrong size"
	want=$(guest_run g1 "dd if=/dev/urandom of=/tmp/in bs=1M count=4 2>/dev/null
		dd if=/tmp/in of=/dev/xvdb bs=1M seek=8 conv=fsync 2>/dev/null &&
		md5sum </tmp/in")
	vbd_detach g1 xvdb || fail "detach"
	[ "$want" = "$(dd if="$image" bs=1M skip=8 count=4 status=none | md5sum)" ] ||
		fail "the file has other data"
	leak_check
	pass
}
