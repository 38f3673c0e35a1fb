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

_has_written() {	# HOW-MANY
	[ "$(_writes)" -ge "$1" ]
}

_is_over() {
	[ -z "$(ls -d /sys/bus/xen-backend/devices/vbd-* 2>/dev/null)" ]
}

# What is owed to whoever serves the ring next is owed to nobody when the guest
# goes, too.
_unbind() {
	local device
	device=$(vbd_device g1)
	echo "${device##*/}" >/sys/bus/xen-backend/drivers/vbd/unbind
}

_round() {	# WHAT: done before the guest is destroyed
	local start before
	guest_create g1
	vbd_attach g1 "phy:$slow,xvdb,w" || fail "attach"
	start=$(_writes)
	guest_bg g1 "fio --name=w --filename=/dev/xvdb --rw=randwrite --bs=4k --direct=1 \
		--ioengine=libaio --iodepth=30 --iodepth_batch=30 --number_ios=30" >/dev/null
	wait_for 30 _has_written $((start + 2)) || fail "nothing is written"
	"$1"
	guest_destroy g1
	before=$(_writes)
	[ "$before" -lt $((start + 20)) ] ||
		fail "$1: hardly a write is left: the test shows nothing"
	wait_for 30 _is_over || fail "the device stays"
	sleep 5
	echo "$1: $before writes when it was destroyed, $(_writes) at the end"
	[ "$(_writes)" -le $((before + 3)) ] ||
		fail "$1: writes go on after the guest was destroyed"
}

test_main() {
	local slow
	backing_null slow 16 hw_queue_depth=1 irqmode=2 completion_nsec=1000000000
	_round :
	_round _unbind
	pass
}
