# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# A thread that waits for a disk to take a request has all that were on the ring in
# its hand. The disk takes one a second.
DESCRIPTION="nothing more is sent to the disk for a guest that has been destroyed"
TIMEOUT=120

_writes() {	# that the disk has done
	awk '{ print $5 }' "/sys/block/${slow##*/}/stat"
}

_has_begun() {
	[ "$(_writes)" -ge 2 ]
}

_is_over() {
	[ -z "$(ls -d /sys/bus/xen-backend/devices/vbd-* 2>/dev/null)" ]
}

test_main() {
	local slow before
	[ "$XB_MODULES" = ours ] || skip "the in-tree driver sends all of it, and its toolstack waits"
	backing_null slow 16 hw_queue_depth=1 irqmode=2 completion_nsec=1000000000
	guest_create g1
	vbd_attach g1 "phy:$slow,xvdb,w" || fail "attach"
	guest_bg g1 "fio --name=w --filename=/dev/xvdb --rw=randwrite --bs=4k --direct=1 \
		--ioengine=libaio --iodepth=30 --iodepth_batch=30 --number_ios=30" >/dev/null
	wait_for 30 _has_begun || fail "nothing is written"
	guest_destroy g1
	before=$(_writes)
	wait_for 30 _is_over || fail "the device stays"
	sleep 5
	echo "$before writes when it was destroyed, $(_writes) at the end"
	[ "$(_writes)" -le $((before + 3)) ] || fail "writes go on after the guest was destroyed"
	pass
}
