# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="xl destroy under load: everything is given back"
TIMEOUT=400

_round() {
	guest_create g2
	vbd_attach g2 "phy:$disk,xvdb,w" || fail "attach"
	guest_bg g2 "fio --name=load --filename=/dev/xvdb --size=32M --rw=randrw \
		--bs=$1 --direct=1 --ioengine=libaio --iodepth=32 --time_based --runtime=600" \
		>/dev/null
	wait_for 60 vbd_is_loaded g2 || fail "no load"
	guest_destroy g2
	# The disk is free again: nobody claims it.
	wait_for 20 _is_free || fail "the disk is still in use"
}

_is_free() {
	blockdev --rereadpt "$disk"
}

test_main() {
	backing_null disk 32
	_round 4k
	leak_snapshot
	[ -n "$XB_BRIEF" ] || { _round 4k; _round 128k; }
	_round 1M
	leak_check
	pass
}
