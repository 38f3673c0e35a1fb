# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="xl destroy and xl network-detach under load: everything is given back"
TIMEOUT=400

_received() {
	[ "$(<"/sys/class/net/$vif/statistics/$1_bytes")" -gt 1000000 ]
}

_load() {	# iperf3 option
	guest_create g2
	# The address had another interface before.
	ip neigh flush dev br0
	vif_attach g2 10.0.0.3 || fail "attach"
	vif=vif$(guest_domid g2).0
	# A server serves one client, and would wait long for one that is gone.
	pkill -x iperf3 || true
	wait_for 10 eval '! pgrep -x iperf3'
	iperf3 -s -D >/dev/null
	handle=$(guest_bg g2 "iperf3 -c 10.0.0.1 -t 600 $1")
	wait_for 60 _received "$2" ||
		fail "no load: $(guest_run g2 "cat /tmp/bg.$handle.out")"
}

test_main() {
	local vif handle
	bridge_up
	on_exit pkill -x iperf3
	_load "" rx
	guest_destroy g2
	leak_snapshot

	_load "" rx
	guest_destroy g2
	_load "-R" tx
	guest_destroy g2
	_load "" rx
	vif_detach g2 0 || fail "detach under load"
	guest_destroy g2
	wait_for 10 test ! -e "/sys/class/net/$vif" || fail "$vif is still there"
	leak_check
	pass
}
