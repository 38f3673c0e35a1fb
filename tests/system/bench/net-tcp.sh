# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="TCP between guest and dom0, and between guests"
TIMEOUT=1200
HOST_LIMIT=3600
# shellcheck source=/dev/null
. /xb/bench.sh

# With a quarter of that, a point could be a tenth off after any change at all:
# it is as TCP happens to run.
_bytes=96M

test_main() {
	local flows
	guest_create g1
	vif_attach g1 10.0.0.2 || fail "attach"
	bench_iperf_server
	bench_calibrate_iperf g1 10.0.0.1
	bench_iperf warm-up g1 -c 10.0.0.1 -n 4M >/dev/null
	for flows in 1 4; do
		[ "$flows" = 1 ] || bench_broad || break
		bench_iperf "tcp/out/$flows" g1 -c 10.0.0.1 -n "$_bytes" -P "$flows"
		bench_iperf "tcp/in/$flows" g1 -c 10.0.0.1 -n "$_bytes" -P "$flows" -R
	done
	_push
	! bench_broad || _guests
	pass
}

# As tcp/in, but dom0 calls: a server that sends (-R) selects before every
# write, a client does not.
_push() {
	guest_bg g1 iperf3 -s >/dev/null
	wait_for 2 false || :
	bench_push tcp/push/1 10.0.0.2
}

_guests() {
	guest_create g2
	vif_attach g2 10.0.0.3 || fail "attach"
	guest_bg g2 iperf3 -s >/dev/null
	bench_calibrate_iperf g1 10.0.0.3
	bench_iperf tcp/guests/1 g1 -c 10.0.0.3 -n "$_bytes"
	bench_iperf tcp/guests/4 g1 -c 10.0.0.3 -n "$_bytes" -P 4
	guest_destroy g2
}
