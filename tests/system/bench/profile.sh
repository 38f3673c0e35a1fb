# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# One point, with the symbols that a profile of it needs (scripts/bench/profile
# starts the machine with a plugin that counts). What is run is in XB_POINT:
# fio options, or iperf3 options after the word iperf3.
DESCRIPTION="one fio or iperf3 point, and the symbols of dom0 and guest"
TIMEOUT=600
# shellcheck source=/dev/null
. /xb/bench.sh
: "${XB_POINT:=--rw=randread --bs=4k --iodepth=16 --number_ios=8000}"
: "${XB_FRONTEND:=feature_persistent=1}"

_block() {
	modprobe -r null_blk || :
	modprobe null_blk nr_devices=1 queue_mode=2 irqmode=0 gb=1
	on_exit modprobe -r null_blk
	frontend_reload g1 "$XB_FRONTEND" || fail "the frontend"
	vbd_attach g1 "phy:/dev/nullb0,xvdb,w" || fail "attach"
	_measure "fio --name=p --filename=/dev/xvdb --size=64M --direct=1 \
		--ioengine=libaio --randrepeat=1 --output-format=terse $XB_POINT"
}

_network() {
	bridge_up
	vif_attach g1 10.0.0.2 || fail "attach"
	iperf3 -s >"$XB_RUN/iperf3.out" 2>&1 &
	on_exit kill $!
	_measure "iperf3 -c 10.0.0.1 --json ${XB_POINT#iperf3}"
}

_measure() {	# COMMAND: once to warm up, and once that counts
	guest_run g1 300 "$1" >/dev/null || fail "the first run"
	wait_for 2 false || :
	cost_calibrate g1
	cost_run g1 300 "$1" || fail "the run: $(<"$COST_TEXT")"
	echo "cost dom0 $COST_DOM0 guest $COST_GUEST time $COST_TIME"
	cat "$COST_TEXT"
}

test_main() {
	xb-cost -m 3
	guest_create g1
	case $XB_POINT in
	iperf3*) _network ;;
	*) _block ;;
	esac
	bench_symbols
	pass
}
