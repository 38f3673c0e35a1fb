# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="the module is removed and loaded again under a running guest; a TCP connection survives"
TIMEOUT=400

_moves() {	# since then more than a few packets came
	local now
	now=$(<"/sys/class/net/$vif/statistics/rx_bytes")
	[ "$now" -gt 1000000 ]
}

_reload() {
	# The bus holds the module as long as a device is bound.
	echo "${vif/vif/vif-}" | tr . - >/sys/bus/xen-backend/drivers/vif/unbind
	rmmod xen-netback || fail "rmmod"
	[ ! -e "/sys/class/net/$vif" ] || fail "$vif is still there"
	modprobe xen-netback || fail "modprobe"
	wait_for 20 test -e "/sys/class/net/$vif" || fail "$vif has not come back"
	# What the hotplug script did the first time.
	ip link set "$vif" master br0 up
	wait_for 20 grep -q 1 "/sys/class/net/$vif/carrier" || fail "no carrier"
	wait_for 60 _moves || fail "the connection does not go on"
}

test_main() {
	local vif i id
	guest_create g1
	on_exit vif_forget g1
	vif_attach g1 10.0.0.2 || fail "attach"
	vif=vif$(guest_domid g1).0
	iperf3 -s -D >/dev/null
	on_exit pkill -x iperf3
	leak_snapshot
	id=$(guest_bg g1 "iperf3 -c 10.0.0.1 -t 1000 -b 20M")
	wait_for 30 _moves || fail "no load"
	for i in 1 2; do
		_reload
	done
	[ -z "$(guest_run g1 "cat /tmp/bg.$id.rc 2>/dev/null")" ] ||
		fail "iperf3 ended: $(guest_run g1 "cat /tmp/bg.$id.out")"
	guest_run g1 "killall iperf3"
	leak_check
	vif_detach g1 0 || fail "detach"
	pass
}
