# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="blkif with exact control: layouts, segments, rings, queues, events"
TIMEOUT=300

_conform() {	# DEVID [CASE...]
	guest_run rogue 250 "xbfront blk-conform $*" ||
		fail "blk-conform $*"
}

test_main() {
	backing_null disk 64 discard=1
	rogue_up
	leak_snapshot

	rogue_vbd 1 "$disk"
	_conform 1
	rogue_detach vbd 1 || fail "detach"

	rogue_vbd 2 "$disk" r
	_conform 2 readonly bounds
	rogue_detach vbd 2 || fail "detach of a read-only disk"

	leak_check
	pass
}
