# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# A disk that takes few requests at a time keeps the thread waiting while it
# sends what the ring held. What the disk has done meanwhile is the guest's.
DESCRIPTION="the first of many requests is answered when the disk has done it, not when all are sent"
TIMEOUT=120
# What the disk takes for a request, and how many at a time.
DISK_MS=100
TAGS=8

test_main() {
	local slow min max
	backing_null slow 16 hw_queue_depth=$TAGS irqmode=2 \
		completion_nsec=$((DISK_MS * 1000000))
	guest_create g2
	vbd_attach g2 "phy:$slow,xvdb,w" || fail "attach"
	read -r min max < <(guest_run g2 "fio --name=r --filename=/dev/xvdb --size=8M \
		--rw=randread --bs=4k --number_ios=32 --iodepth=32 --iodepth_batch=32 \
		--direct=1 --ioengine=libaio --output-format=terse --terse-version=3 |
		grep '^3;' | cut -d';' -f14,15 | tr ';' ' '")
	echo "answered after $min to $max us"
	[ "$max" -ge $((32 * DISK_MS * 900 / TAGS)) ] ||
		fail "all are done after $max us: the disk is not that slow"
	[ "$min" -le $((DISK_MS * 2000)) ] ||
		fail "the first is answered after $min us"
	vbd_detach g2 xvdb || fail "detach"
	pass
}
