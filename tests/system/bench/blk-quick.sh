# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Figures for people who compare two runs in the deterministic mode; nothing
# here judges them.
DESCRIPTION="IOPS and latency of a few points, with and without persistent grants"
TIMEOUT=300

_point() {	# LABEL FIO OPTION...
	local label=$1
	shift
	guest_run g1 60 "fio --name=p --filename=/dev/xvdb --size=64M --direct=1 \
		--ioengine=libaio --randrepeat=1 --output-format=terse $* 2>/dev/null" |
		awk -F';' -v label="$label" '/^3;fio/ {
			split($18 ";" $19, a, ";")
			printf "point %-24s iops %8d lat_us %9.2f\n", label,
				$8 + $49, ($40 ? $40 : 0) + ($81 ? $81 : 0) }'
}

_points() {	# PREFIX
	_point "$1-4k-read-1" --rw=randread --bs=4k --iodepth=1 --number_ios=4000
	_point "$1-4k-read-16" --rw=randread --bs=4k --iodepth=16 --number_ios=8000
	_point "$1-4k-write-16" --rw=randwrite --bs=4k --iodepth=16 --number_ios=8000
	_point "$1-32k-read-16" --rw=randread --bs=32k --iodepth=16 --number_ios=4000
	_point "$1-128k-read-16" --rw=randread --bs=128k --iodepth=16 --number_ios=1500
	_point "$1-128k-write-16" --rw=randwrite --bs=128k --iodepth=16 --number_ios=1500
}

test_main() {
	local persistent
	modprobe -r null_blk || :
	modprobe null_blk nr_devices=1 queue_mode=2 irqmode=0 gb=1
	on_exit modprobe -r null_blk
	guest_create g1
	for persistent in 1 0; do
		frontend_reload g1 "feature_persistent=$persistent" || fail "the frontend"
		vbd_attach g1 "phy:/dev/nullb0,xvdb,w" || fail "attach"
		_points "p$persistent"
		vbd_detach g1 xvdb || fail "detach"
	done
	pass
}
