# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="what a device costs that does nothing: memory, wake-ups, attaching"
TIMEOUT=900
HOST_LIMIT=3600
# shellcheck source=/dev/null
. /xb/bench.sh

_free() {	# bytes that dom0 has, to FREE, when it has settled
	local i
	for i in 1 2 3; do
		echo 3 >/proc/sys/vm/drop_caches
		wait_for 1 false || :
	done
	FREE=$(awk '/^MemFree/ { print $2 * 1024 }' /proc/meminfo)
}

_value() {	# NAME VALUE UNIT
	echo "VALUE $1 $2 $3"
}

# Context switches of the kernel threads that belong to a device.
_switches() {	# PATTERN
	local pid sum=0 n
	for pid in $(pgrep "$1" || :); do
		n=$(awk '/ctxt_switches/ { n += $2 } END { print n }' \
			"/proc/$pid/status" 2>/dev/null) || n=0
		sum=$((sum + ${n:-0}))
	done
	echo "$sum"
}

_idle() {	# NAME PATTERN
	local before
	wait_for 25 false || :
	before=$(_switches "$2")
	bench_measure cost_run g1 60 "usleep 10000000" || fail "$1"
	_value "$1/wakeups" "$(($(_switches "$2") - before))" "in 10 s"
	bench_say "$1"
}

_disks() {	# ORDER
	local before disk t0
	frontend_reload g1 max_ring_page_order="$1" || fail "frontend"
	vbd_attach g1 "phy:/dev/nullb0,xvdb,w" || fail "attach"
	_free
	before=$FREE
	for disk in 1 2 3 4; do
		t0=${EPOCHREALTIME/./}
		vbd_attach g1 "phy:/dev/nullb$disk,xvd$(_letter "$disk"),w" ||
			fail "attach"
		_value "vbd-order$1/attach$disk" "$((${EPOCHREALTIME/./} - t0))" us
	done
	_free
	_value "vbd-order$1/memory" "$(((before - FREE) / 4))" bytes
	[ "$1" != 0 ] || _idle idle/vbds 'xvd|blkback|vbd|xbb'
	for disk in 1 2 3 4; do
		t0=${EPOCHREALTIME/./}
		vbd_detach g1 "xvd$(_letter "$disk")" || fail "detach"
		_value "vbd-order$1/detach$disk" "$((${EPOCHREALTIME/./} - t0))" us
	done
	vbd_detach g1 xvdb || fail "detach"
}

_letter() {	# 1 is c
	printf '%b' "\\x$((62 + $1))"
}

_vifs() {
	local before number t0
	vif_attach g1 10.0.0.2 || fail "attach"
	_free
	before=$FREE
	for number in 3 4 5 6; do
		t0=${EPOCHREALTIME/./}
		timeout 60 xl network-attach g1 bridge=br0 script=vif-bridge ||
			fail "attach"
		guest_run g1 40 "until [ -e /sys/class/net/eth$((number - 2)) ]; do
				usleep 100000
			done
			ip link set eth$((number - 2)) up" || fail "attach"
		_value "vif/attach$number" "$((${EPOCHREALTIME/./} - t0))" us
	done
	_free
	_value vif/memory "$(((before - FREE) / 4))" bytes
	_value vif/threads "$(pgrep -c '^vif' || :)" "for 5 vifs"
	_idle idle/vifs 'vif|xnb'
}

test_main() {
	bench_disks
	bridge_up
	# A frontend with rings of 16 pages keeps 66 MiB for grants of each disk.
	guest_create g1 "memory = 768"
	cost_calibrate g1
	_idle idle/none nothing-is-called-this
	_disks 0
	_disks 4
	_vifs
	guest_destroy g1
	pass
}
