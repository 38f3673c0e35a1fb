# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="blkif with exact control: layouts, segments, rings, queues, events"
TIMEOUT=300
PARAM=/sys/module/xen_blkback/parameters/max_persistent_grants

_conform() {	# DEVID [CASE...]
	guest_run rogue 250 "xbfront blk-conform $*" ||
		fail "blk-conform $*"
}

# A frontend that has gone over to other grants than those that stay mapped.
_evict() {	# DEVID
	local was found
	was=$(cat $PARAM)
	on_exit eval "echo $was >$PARAM"
	echo 32 >$PARAM
	rogue_vbd "$1" "$disk"
	_conform "$1" evict
	found=$(cat "$(rogue_device vbd "$1")/statistics/persist_req")
	echo "$found of 100 requests found their grants mapped"
	[ "$found" -ge 30 ] || fail "no room is made for grants in use"
	rogue_detach vbd "$1" || fail "detach"
	echo "$was" >$PARAM
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

	[ "$XB_MODULES" != ours ] || _evict 3

	leak_check
	pass
}
