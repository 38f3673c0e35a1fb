# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="four queues, two interfaces, and a rate limit that holds for all queues together"
TIMEOUT=400

_queues() {
	guest_run g1 "echo $1 >/sys/module/xen_netfront/parameters/max_queues"
}

_rate() {	# Mbit/s that the guest can send over four connections
	guest_run g1 60 "iperf3 -c 10.0.0.1 -P 4 -t 6 -O 2 -f m 2>&1" |
		awk '/SUM.*receiver/ { print $6 }'
}

_expect_rate() {	# QUEUES
	local rate least=12
	_queues "$1"
	vif_attach g1 10.0.0.2 rate=20Mb/s || fail "attach with a rate"
	rate=$(_rate)
	echo "20 Mbit/s, $1 queue(s): ${rate:-no} Mbit/s received"
	# In-tree loses up to a quarter of it in this emulated machine.
	[ "$XB_MODULES" = intree ] || least=18
	awk -v r="${rate:-0}" -v least="$least" \
		'BEGIN { exit !(r >= least && r <= 21) }' ||
		fail "$1 queue(s): $rate Mbit/s instead of 20"
	vif_detach g1 0 || fail "detach"
}

# A failed test's interfaces would be in the way of the next one.
_forget() {
	ls -d /sys/class/net/vif* >/dev/null 2>&1 || return 0
	guest_destroy g1
}

test_main() {
	local max
	bridge_up
	iperf3 -s -D >/dev/null
	on_exit pkill -x iperf3
	max=$(</sys/module/xen_netback/parameters/max_queues)
	on_exit eval "echo $max >/sys/module/xen_netback/parameters/max_queues"
	echo 4 >/sys/module/xen_netback/parameters/max_queues
	guest_create g1
	on_exit _forget
	_queues 4
	vif_attach g1 10.0.0.2 || fail "attach"
	[ "$(guest_run g1 "ls -d /sys/class/net/eth0/queues/tx-* | wc -l")" = 4 ] ||
		fail "the guest does not use four queues"
	vif_attach g1 10.0.0.3 || fail "second interface"
	guest_run g1 60 "iperf3 -c 10.0.0.1 -P 8 -t 4 >/dev/null 2>&1" || fail "iperf3"
	guest_run g1 60 "iperf3 -c 10.0.0.1 -P 8 -t 4 -R >/dev/null 2>&1" || fail "iperf3 -R"
	vif_detach g1 1 || fail "detach the second"
	ping -q -c 1 -W 2 10.0.0.2 >/dev/null || fail "the first one is dead"
	vif_detach g1 0 || fail "detach"
	_expect_rate 1
	[ "$XB_MODULES" = intree ] || _expect_rate 4
	pass
}
