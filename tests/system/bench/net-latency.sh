# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="request and response, one byte each, over TCP and UDP"
TIMEOUT=600
HOST_LIMIT=1800
# shellcheck source=/dev/null
. /xb/bench.sh

_pingpong() {	# PROTOCOL
	local port=8765 pid
	fio --name=server --ioengine=net --protocol="$1" --port=$port --listen \
		--rw=read --pingpong=1 --bs=64 --size=128k \
		>"$XB_RUN/pingpong.out" 2>&1 &
	pid=$!
	wait_for 1 false || :
	cost_run g1 120 "fio --name=p --ioengine=net --protocol=$1 \
		--port=$port --hostname=10.0.0.1 --rw=write --pingpong=1 \
		--bs=64 --size=128k --nodelay=1 --output-format=json \
		--percentile_list=50:99:99.9" ||
		fail "$1: $(tail -n 5 "$COST_TEXT" "$XB_RUN/pingpong.out")"
	kill "$pid" 2>/dev/null || :
	bench_say "pingpong/$1/64"
}

test_main() {
	guest_create g1
	vif_attach g1 10.0.0.2 || fail "attach"
	cost_calibrate g1
	_pingpong tcp
	_pingpong udp
	pass
}
