# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# When dom0 suspends, all its processes are frozen before its disks are, while
# guests run. Requests have to wait until then, and none may get lost.
DESCRIPTION="no I/O goes to a disk while dom0 is frozen, and all goes on after it"
TIMEOUT=200
RATE=100
T=/sys/kernel/tracing
DELAY=/sys/module/suspend/parameters/pm_test_delay

_served() {
	cat "$(vbd_device g1)/statistics/wr_req"
}

_moves_on_from() {
	[ "$(_served)" -gt $(($1 + 10)) ]
}

# Requests that reached a disk between the last process's freezing and the first
# one's thawing. The kernel stays there for a second, with one of its CPUs busy.
_frozen() {
	awk '/freeze_processes\[0\] end/ { frozen = 1; seen = 1 }
		/thaw_processes\[0\] begin/ { frozen = 0 }
		/block_bio_queue/ { if (frozen) inside++; else outside++ }
		END { print seen + 0, inside + 0, outside + 0 }' $T/trace
}

_trace() {	# 0|1
	echo "$1" >$T/events/power/suspend_resume/enable
	echo "$1" >$T/events/block/block_bio_queue/enable
}

_tidy() {
	echo none >/sys/power/pm_test
	echo 5 >$DELAY
	_trace 0
}

test_main() {
	local load after seen inside outside
	[ "$(nproc)" -gt 1 ] ||
		skip "a CPU that is the only one does nothing else while all is frozen"
	mountpoint -q $T || mount -t tracefs tracefs $T
	on_exit _tidy
	backing_null disk 64
	guest_create g1
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach"
	load=$(guest_bg g1 "fio --name=f --filename=/dev/xvdb --size=4M \
		--rw=randwrite --bs=4k --direct=1 --ioengine=libaio --iodepth=4 \
		--rate_iops=,$RATE --verify=crc32c --verify_fatal=1 >/tmp/out 2>&1 ||
		{ tail -n 20 /tmp/out; exit 1; }")
	wait_for 60 _moves_on_from 0 || fail "the guest does not write"

	_trace 1
	echo 1 >$DELAY
	echo freezer >/sys/power/pm_test
	echo freeze >/sys/power/state || fail "dom0 cannot be frozen"
	after=$(_served)
	read -r seen inside outside < <(_frozen)
	echo "$inside requests while all was frozen, $outside before and after"
	[ "$seen" = 1 ] || fail "nothing says that all was frozen"
	[ "$outside" -gt 0 ] || fail "no request was seen at all"
	[ "$inside" = 0 ] || fail "$inside were served while dom0 was frozen"
	wait_for 60 _moves_on_from "$after" || fail "the guest does not write any more"
	guest_wait g1 "$load" 100 || fail "fio"
	vbd_detach g1 xvdb || fail "detach"
	guest_destroy g1
	pass
}
