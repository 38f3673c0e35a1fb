# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="without Xen: fio on the disk in dom0, TCP over a veth pair"
TIMEOUT=1200
HOST_LIMIT=3600
# shellcheck source=/dev/null
. /xb/bench.sh

_block() {	# NAME SIZE RW DEPTH
	_bench_requests "$2"
	# shellcheck disable=SC2086 # options
	cost_command $BENCH_FIO --filename=/dev/nullb0 "--bs=$2" "--rw=$3" \
		"--iodepth=$4" "--io_size=$((REQUESTS * ${2%[km]}))${2: -1}" ||
		fail "$1: $(tail -n 5 "$COST_TEXT")"
	bench_say "$1"
}

_veth() {
	unshare --net sleep 100000 &
	local pid=$!
	on_exit kill "$pid"
	ip link add vetha type veth peer name vethb
	on_exit ip link del vetha
	ip link set vethb netns "$pid"
	ip addr add 10.9.9.1/24 dev vetha
	ip link set vetha up
	nsenter -t "$pid" -n ip addr add 10.9.9.2/24 dev vethb
	nsenter -t "$pid" -n ip link set vethb up
	nsenter -t "$pid" -n iperf3 -s >"$XB_RUN/veth.out" 2>&1 &
	on_exit kill $!
	wait_for 10 ping -c 1 -W 1 10.9.9.2 || fail "the veth pair"
	cost_command iperf3 -J -c 10.9.9.2 -n 20M || fail "$(<"$COST_TEXT")"
	bench_say floor/tcp/out/1
}

test_main() {
	bench_disks 1
	_block floor/4k/randread/1 4k randread 1
	_block floor/4k/randread/16 4k randread 16
	_block floor/4k/randwrite/16 4k randwrite 16
	_block floor/32k/randread/16 32k randread 16
	_block floor/128k/read/16 128k read 16
	_block floor/128k/write/16 128k write 16
	_veth
	pass
}
