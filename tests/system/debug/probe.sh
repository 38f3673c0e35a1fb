# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Allocations of a probe fail one at a time, ours and those of the bus behind it,
# which may fail when our own part has succeeded. Then nobody calls remove.
DESCRIPTION="a probe that fails half way leaves nothing behind"
TIMEOUT=2400
HOST_LIMIT=4800
# What the kernel says when its own parts have no memory.
ALLOW_LOG="Call trace:"
MANY=100000

requires() {
	[ -e /proc/self/fail-nth ] || skip "no fault injection in this kernel"
}

# What is left of NTH afterwards: 0 if so many were made.
_bind() {	# TYPE DEVICE NTH
	local left=0
	echo "$3" >/proc/self/fail-nth
	echo "$2" >"/sys/bus/xen-backend/drivers/$1/bind"
	read -r left </proc/self/fail-nth
	echo 0 >/proc/self/fail-nth
	echo "$left"
}

_is_bound() {	# DEVICE
	[ -e "/sys/bus/xen-backend/devices/$1/driver" ]
}

_nothing_of_vif() {
	[ ! -e "/sys/class/net/$(rogue_vif_dev 1)" ]
}

# The claim of another one fails while we have the disk.
_nothing_of_vbd() {
	dmsetup create --noudevsync claimed --table "0 1024 linear $disk 0" \
		2>/dev/null || return 1
	dmsetup remove --noudevsync claimed
}

_unbind() {	# TYPE DEVICE
	echo "$2" >"/sys/bus/xen-backend/drivers/$1/unbind"
}

# Those of the bus come last: of them none is left out.
_numbers() {	# TYPE DEVICE
	local nr
	nr=$((MANY - $(_bind "$1" "$2" "$MANY")))
	_is_bound "$2" || fail "$1: not bound"
	_unbind "$1" "$2"
	wait_for 20 "_nothing_of_$1" || fail "$1: something is left"
	echo "$1: $nr allocations" >&2
	seq 1 9 $((nr - 33))
	seq $((nr - 32)) "$nr"
}

_each() {	# TYPE
	local nth numbers tried=0 failed=0 device
	device=$(basename "$(rogue_device "$1" 1)")
	_unbind "$1" "$device"
	numbers=$(_numbers "$1" "$device")
	for nth in $numbers; do
		(_bind "$1" "$device" "$nth") >/dev/null 2>&1 || :
		tried=$((tried + 1))
		if _is_bound "$device"; then
			_unbind "$1" "$device"
		else
			failed=$((failed + 1))
		fi
		wait_for 20 "_nothing_of_$1" ||
			fail "$1, allocation $nth: something is left"
	done
	echo "$1: $failed of $tried allocations made the probe fail"
	[ "$failed" -gt 3 ] || fail "$1: hardly any probe failed"
	rogue_forget "$1" 1 1 || fail "$1: does not go"
}

test_main() {
	local disk
	backing_null disk 16
	echo 0 >/sys/kernel/debug/failslab/verbose
	echo 0 >/sys/kernel/debug/fail_page_alloc/verbose
	echo N >/sys/kernel/debug/failslab/ignore-gfp-wait
	rogue_up
	rogue_vifs 1 1
	rogue_vbd 1 "$disk"
	_each vif
	_each vbd
	pass
}
