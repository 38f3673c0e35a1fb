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
	bench_measure cost_command $BENCH_FIO --filename=/dev/nullb0 \
		"--bs=$2" "--rw=$3" \
		"--iodepth=$4" "--io_size=$((REQUESTS * ${2%[km]}))${2: -1}" ||
		fail "$1: $(tail -n 5 "$COST_TEXT")"
	bench_say "$1"
}

_elsewhere() {	# PID: it has a network of its own
	[ "$(readlink "/proc/$1/ns/net")" != "$(readlink /proc/self/ns/net)" ]
}

_veth() {
	local pid
	mkfifo "$XB_RUN/veth"
	on_exit rm -f "$XB_RUN/veth"
	unshare --net bash -c "read -r _ <$XB_RUN/veth
		ip addr add 10.9.9.2/24 dev vethb
		ip link set vethb up
		exec iperf3 -s" >"$XB_RUN/veth.out" 2>&1 &
	pid=$!
	on_exit kill "$pid"
	wait_for 10 _elsewhere "$pid" || fail "no network of its own"
	ip link add vetha type veth peer name vethb
	ip link set vethb netns "$pid"
	ip addr add 10.9.9.1/24 dev vetha
	ip link set vetha up
	echo go >"$XB_RUN/veth"
	wait_for 10 ping -c 1 -W 1 10.9.9.2 || fail "the veth pair"
	wait_for 1 false || :
	bench_push floor/tcp/out/1 10.9.9.2
}

test_main() {
	bench_disks
	_block floor/4k/randread/1 4k randread 1
	_block floor/4k/randread/16 4k randread 16
	_block floor/4k/randwrite/16 4k randwrite 16
	_block floor/32k/randread/16 32k randread 16
	_block floor/128k/read/16 128k read 16
	_block floor/128k/write/16 128k write 16
	_veth
	pass
}
