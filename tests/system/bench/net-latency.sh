# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="request and response: 64 bytes over TCP, ICMP echo"
TIMEOUT=600
HOST_LIMIT=1800
# shellcheck source=/dev/null
. /xb/bench.sh

# fio's network engine plays request and response; it can that over TCP only.
_tcp() {
	local port=8765 pid
	fio --name=server --ioengine=net --protocol=tcp --port=$port --listen \
		--rw=read --pingpong=1 --bs=64 --size=128k \
		>"$XB_RUN/pingpong.out" 2>&1 &
	pid=$!
	wait_for 1 false || :
	bench_measure cost_run g1 120 "fio --name=p --ioengine=net \
		--protocol=tcp --port=$port --hostname=10.0.0.1 --rw=write --pingpong=1 \
		--bs=64 --size=128k --nodelay=1 --output-format=json \
		--percentile_list=50:99:99.9" ||
		fail "$(tail -n 5 "$COST_TEXT" "$XB_RUN/pingpong.out")"
	kill "$pid" 2>/dev/null || :
	bench_say pingpong/tcp/64
}

# The guest's kernel answers by itself; the next request follows the answer.
_icmp() {
	bench_measure cost_command ping -A -c 1000 -s 56 10.0.0.2 ||
		fail "$(tail -n 3 "$COST_TEXT")"
	bench_say pingpong/icmp/64
}

test_main() {
	guest_create g1
	vif_attach g1 10.0.0.2 || fail "attach"
	cost_calibrate g1
	_tcp
	COST_BASE_DOM0=0 COST_BASE_GUEST=0
	_icmp
	pass
}
