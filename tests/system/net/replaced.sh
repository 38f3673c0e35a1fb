# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# What the guest has in its rings when its interface is taken away is answered;
# nothing of it may keep the next one from working.
DESCRIPTION="an interface detached under traffic, and attached again at once"
TIMEOUT=300

# A server serves one client, and would wait long for one that is gone.
_serve() {
	pkill -x iperf3 || true
	wait_for 10 eval '! pgrep -x iperf3' || fail "iperf3 stays"
	iperf3 -s -D >/dev/null
}

_load() {
	guest_bg g1 "iperf3 -c 10.0.0.1 -t 600 >/dev/null 2>&1; true"
}

_is_loaded() {
	[ "$(<"/sys/class/net/$vif/statistics/rx_packets")" -gt 2000 ]
}

_end_load() {	# HANDLE NAME
	guest_run g1 "kill \$(pidof iperf3); true"
	guest_wait g1 "$1" 60 >/dev/null || fail "$2: the load does not end"
}

_alive() {
	wait_for 60 ping -q -c 1 -W 1 10.0.0.2 || fail "$1: the new interface is dead"
}

_set_address() {	# NAME
	guest_run g1 60 "until ip addr add 10.0.0.2/24 dev eth0 2>/dev/null; do
			usleep 100000
		done
		ip link set eth0 up" || fail "$1: no interface in the guest"
}

_detached() {
	xl network-detach g1 0 || fail "$1: detach"
	[ -n "$sees" ] || guest_forgets g1 vif-0 || fail "$1: the guest keeps it"
	xl network-attach g1 bridge=br0 script=vif-bridge || fail "$1: attach"
	_set_address "$1"
}

# What its script and an admin would do.
_plug() {	# NAME
	wait_for 60 test -e "/sys/class/net/$vif" || fail "$1: no interface"
	ip link set "$vif" master br0 up
	xenstore-write "$backend/hotplug-status" connected
	_set_address "$1"
}

_has_vanished() {
	[ ! -e "/sys/class/net/$vif" ] ||
		[ "$(<"/sys/class/net/$vif/ifindex")" != "$ifindex" ]
}

_replaced() {
	local ifindex
	ifindex=$(<"/sys/class/net/$vif/ifindex")
	device_replace "$backend" || fail "$1: xenstore"
	wait_for 60 _has_vanished || fail "$1: the old interface stays"
	_plug "$1"
}

_round() {	# FUNCTION NAME
	local load
	_serve
	load=$(_load)
	wait_for 60 _is_loaded || fail "$2: no load"
	"$1" "$2"
	_end_load "$load" "$2"
	_alive "$2"
}

test_main() {
	local vif backend i sees=""
	intree_fails "lets the guest wait"
	on_exit pkill -x iperf3
	guest_create g1
	on_exit vif_forget g1
	vif_attach g1 10.0.0.2 || fail "attach"
	vif=vif$(guest_domid g1).0
	backend=/local/domain/0/backend/vif/$(guest_domid g1)/0
	! guest_sees_replacing g1 || sees=1
	for ((i = 0; i < ${XB_ROUNDS:-2}; i++)); do
		_round _detached "detached, round $i"
	done
	if [ -n "$sees" ]; then
		for ((i = 0; i < ${XB_ROUNDS:-2}; i++)); do
			_round _replaced "replaced, round $i"
		done
	fi
	vif_detach g1 0 || fail "detach"
	guest_destroy g1
	pass
}
