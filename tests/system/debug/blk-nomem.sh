# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# An attach may fail when there is no memory; I/O must not, it waits. Nothing
# is left behind either way.
DESCRIPTION="allocations of blkback fail while it attaches, serves and detaches"
TIMEOUT=1800
# shellcheck source=../../testbed/dom0/faults.sh
. /xb/faults.sh

requires() {
	faults_known || skip "no fault injection in this kernel"
}

_gone() {
	! compgen -G "/sys/bus/xen-backend/devices/vbd-*" >/dev/null
}

# Detach, by whatever is needed; a frontend that never got its disk may not
# let go of it.
_get_rid() {
	timeout 60 xl block-detach g1 xvdb >/dev/null 2>&1 || :
	wait_for 20 _gone && return
	faults_off
	guest_destroy g1
	wait_for 60 _gone || fail "a vbd stays for ever"
}

_try() {	# PERCENT EVERY
	guest_create g1
	faults_on xen_blkback "$1" "$2"
	timeout 60 xl block-attach g1 "phy:$disk,xvdb,w" >/dev/null 2>&1 || :
	if guest_run g1 20 "i=0; until [ -b /dev/xvdb ]; do i=\$((i + 1))
		[ \$i -lt 50 ] || exit 1; usleep 100000; done
		dd if=/dev/xvdb of=/dev/null bs=64k count=4" >/dev/null 2>&1; then
		came=$((came + 1))
	fi
	_get_rid
	failed=$((failed + $(faults_count)))
	faults_off
}

_serve() {	# PERSISTENT
	guest_create g1
	frontend_reload g1 "feature_persistent=$1" || fail "loading the frontend"
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach"
	faults_on xen_blkback 20
	guest_run g1 200 "fio --name=a --filename=/dev/xvdb --size=8M --rw=randwrite \
		--bs=256k --direct=1 --ioengine=libaio --iodepth=16 --verify=crc32c \
		--name=b --filename=/dev/xvdb --offset=8M --size=2M --rw=randrw --bs=4k \
		--direct=1 --ioengine=libaio --iodepth=32 --verify=crc32c \
		>/tmp/out 2>&1 || { grep -E 'verify|err=' /tmp/out; exit 1; }" ||
		fail "fio without memory, feature_persistent=$1"
	echo "feature_persistent=$1: $(faults_count) allocations failed"
	[ "$(faults_count)" -gt 0 ] || fail "no allocation failed"
	faults_off
	vbd_detach g1 xvdb || fail "detach"
}

test_main() {
	local every came=0 failed=0
	backing_null disk 16
	dd if=/dev/zero of="$disk" bs=1M count=16 2>/dev/null
	guest_create g1
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach"
	on_exit faults_off
	vbd_detach g1 xvdb || fail "detach"
	guest_destroy g1
	leak_snapshot
	for every in 1 10 100 1000; do
		_try 3 "$every"
	done
	echo "attached $came of 4 times, $failed allocations failed"
	[ "$failed" -gt 0 ] || fail "no allocation failed"
	[ "$came" -gt 0 ] || fail "never attached"
	_serve 0
	_serve 1
	guest_destroy g1
	leak_check
	pass
}
