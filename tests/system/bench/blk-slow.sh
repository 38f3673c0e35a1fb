# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="a disk that answers later, as an SSD does: the ring's thread waits for it"
TIMEOUT=1200
HOST_LIMIT=3600
# shellcheck source=/dev/null
. /xb/bench.sh

_disk() {	# to DISK
	local dir=/sys/kernel/config/nullb/slow
	mountpoint -q /sys/kernel/config ||
		mount -t configfs none /sys/kernel/config
	mkdir "$dir"
	echo 1024 >"$dir/size"
	echo 2 >"$dir/irqmode"
	echo 80000 >"$dir/completion_nsec"
	echo 1 >"$dir/power"
	DISK=/dev/${dir##*/}
	# Kernels have called it by its number, too.
	wait_for 10 eval "[ -b $DISK ] || [ -b /dev/nullb$(<"$dir/index") ]" ||
		fail "no null_blk device"
	[ -b "$DISK" ] || DISK=/dev/nullb$(<"$dir/index")
}

_points() {	# PREFIX PERSISTENT
	frontend_reload g1 "feature_persistent=$2" || fail "frontend"
	vbd_attach g1 "phy:$DISK,xvdb,w" || fail "attach"
	bench_calibrate g1 /dev/xvdb
	_bench_warm_up g1 /dev/xvdb
	bench_block "$1/4k/randread/1" g1 /dev/xvdb 4k randread 1
	bench_block "$1/4k/randread/16" g1 /dev/xvdb 4k randread 16
	bench_block "$1/128k/read/4" g1 /dev/xvdb 128k read 4
	bench_detach g1
}

test_main() {
	bench_disks
	_disk
	guest_create g1
	_points slow-persistent 1
	_points slow-grants 0
	guest_destroy g1
	pass
}
