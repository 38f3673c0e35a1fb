# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="allocations of netback fail while it attaches, serves and detaches"
TIMEOUT=1800
# The kernel shows its stack when it has no memory for an interface's files in
# /proc/sys. A fault has a line of its own beside that.
ALLOW_LOG="Call trace:"
# shellcheck source=../../testbed/dom0/faults.sh
. /xb/faults.sh

requires() {
	faults_known || skip "no fault injection in this kernel"
}

_gone() {
	! compgen -G "/sys/bus/xen-backend/devices/vif-*" >/dev/null
}

_get_rid() {
	timeout 60 xl network-detach g1 0 >/dev/null 2>&1 || :
	wait_for 20 _gone && return
	faults_off
	guest_destroy g1
	wait_for 60 _gone || fail "a vif stays for ever"
}

_try() {	# PERCENT EVERY
	guest_create g1
	faults_on xen_netback "$1" "$2"
	timeout 60 xl network-attach g1 bridge=br0 script=vif-bridge >/dev/null 2>&1 || :
	if guest_run g1 20 "i=0; until [ -e /sys/class/net/eth0 ]; do i=\$((i + 1))
		[ \$i -lt 50 ] || exit 1; usleep 100000; done
		ip addr add 10.0.0.2/24 dev eth0; ip link set eth0 up
		ping -q -c 20 -i 0.2 -W 1 10.0.0.1" | grep ' [1-9][0-9]* packets received' >/dev/null; then
		came=$((came + 1))
	fi
	_get_rid
	failed=$((failed + $(faults_count)))
	faults_off
}

# Packets are lost without memory, and the interface works on.
_serve() {
	guest_create g1
	vif_attach g1 10.0.0.2 || fail "attach"
	faults_on xen_netback 20
	guest_run g1 60 "ping -q -c 200 -i 0.01 -s 8000 -W 1 10.0.0.1" || :
	ping -q -c 200 -i 0.01 -s 8000 -W 1 10.0.0.2 || :
	echo "$(faults_count) allocations failed"
	faults_off
	ping -q -c 5 -i 0.2 -W 2 10.0.0.2 || fail "the interface is dead"
	vif_detach g1 0 || fail "detach"
}

test_main() {
	local every came=0 failed=0
	on_exit guest_destroy g1
	bridge_up
	guest_create g1
	vif_attach g1 10.0.0.2 || fail "attach"
	on_exit faults_off
	vif_detach g1 0 || fail "detach"
	guest_destroy g1
	leak_snapshot
	for every in 1 10 100 1000; do
		_try 3 "$every"
	done
	echo "attached $came of 4 times, $failed allocations failed"
	[ "$failed" -gt 0 ] || fail "no allocation failed"
	[ "$came" -gt 0 ] || fail "never attached"
	_serve
	guest_destroy g1
	leak_check
	pass
}
