# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="what a guest discards on a thin disk goes back to the pool"
TIMEOUT=180

_used() {	# data blocks of 64 KiB that the pool has handed out
	dmsetup status xbpool | awk '{ split($6, n, "/"); print n[1] }'
}

_uses() {
	[ "$(_used)" = "$1" ]
}

_make_thin() {
	local meta data
	modprobe dm-thin-pool || skip "the kernel has no dm-thin-pool"
	backing_null meta 8
	backing_null data 64
	dmsetup create --noudevsync xbpool --table "0 131072 thin-pool $meta $data 128 0" ||
		fail "thin-pool"
	on_exit _dm_remove xbpool
	dmsetup mknodes xbpool
	dmsetup message xbpool 0 "create_thin 0"
	dmsetup create --noudevsync xbthin --table "0 65536 thin /dev/mapper/xbpool 0" ||
		fail "thin"
	on_exit _dm_remove xbthin
	dmsetup mknodes xbthin
	disk=/dev/mapper/xbthin
}

test_main() {
	_make_thin
	guest_create g1
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach"
	[ "$(xenstore-read "$(vbd_backend g1 xvdb)/discard-granularity")" = 65536 ] ||
		fail "wrong granularity"
	guest_run g1 60 "dd if=/dev/urandom of=/dev/xvdb bs=1M count=16 oflag=direct 2>/dev/null &&
		dd if=/dev/xvdb bs=1M count=4 iflag=direct 2>/dev/null | md5sum >/tmp/before" ||
		fail "writing"
	[ "$(_used)" = 256 ] || fail "$(_used) blocks are used, not 256"
	guest_run g1 60 "blkdiscard -o 4194304 -l 8388608 /dev/xvdb" || fail "blkdiscard"
	wait_for 20 _uses 128 || fail "$(_used) blocks are used, not 128"
	guest_run g1 "dd if=/dev/xvdb bs=1M count=4 iflag=direct 2>/dev/null | md5sum |
		cmp - /tmp/before" || fail "data before the hole has changed"
	[ "$(guest_run g1 "dd if=/dev/xvdb bs=1M skip=4 count=8 iflag=direct 2>/dev/null |
		tr -d '\\0' | wc -c")" = 0 ] || fail "what was discarded is not zero"
	vbd_detach g1 xvdb || fail "detach"
	pass
}
