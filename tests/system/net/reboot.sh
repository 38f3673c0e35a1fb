# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="a guest with an interface reboots under load"
TIMEOUT=400

_forget() {
	guest_destroy g2
}

_has_rebooted() {	# OLD DOMID
	local domid
	domid=$(guest_domid g2) && [ "$domid" != "$1" ]
}

_is_loaded() {
	[ "$(cat "/sys/class/net/vif$(guest_domid g2).0/statistics/rx_bytes")" -gt 1000000 ]
}

_up() {
	guest_run g2 30 "ip addr add 10.0.0.3/24 dev eth0; ip link set eth0 up" ||
		fail "no interface"
	ip neigh flush dev br0
	wait_for 30 ping -q -c 1 -W 1 10.0.0.3 || fail "$1"
}

_round() {
	local old
	old=$(guest_domid g2)
	guest_bg g2 "iperf3 -c 10.0.0.1 -t 600" >/dev/null
	wait_for 60 _is_loaded || fail "no load"
	guest_run g2 20 "echo b >/proc/sysrq-trigger" >/dev/null 2>&1 || :
	wait_for 60 _has_rebooted "$old" || fail "the guest does not come back"
	wait_for 60 guest_run g2 10 true || fail "no answer after the reboot"
	_up "dead after a reboot"
	# A server that waits for a dead client serves nobody.
	pkill -x iperf3
	wait_for 10 eval '! pgrep -x iperf3'
	iperf3 -s -D >/dev/null
}

test_main() {
	bridge_up
	iperf3 -s -D >/dev/null
	on_exit pkill -x iperf3
	on_exit _forget
	guest_create g2 "on_reboot = 'restart'" "vif = ['bridge=br0,script=vif-bridge']"
	_up "no network"
	_round
	leak_snapshot
	_round
	leak_check
	guest_destroy g2
	pass
}
