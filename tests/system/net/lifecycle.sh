# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="interface down and up on both sides, a frontend that leaves and returns, the driver rebound"
TIMEOUT=400

_alive() {
	wait_for 30 ping -q -c 1 -W 1 10.0.0.2 || fail "dead after $1"
	guest_run g1 "ping -q -c 1 -W 2 10.0.0.1 >/dev/null" || fail "deaf after $1"
}

_rebind() {
	local dev
	dev=vif-$(guest_domid g1)-0
	echo "$dev" >/sys/bus/xen-backend/drivers/vif/unbind
	[ ! -e "/sys/class/net/$vif" ] || fail "$vif is still there"
	echo "$dev" >/sys/bus/xen-backend/drivers/vif/bind
	wait_for 10 test -e "/sys/class/net/$vif" || fail "$vif has not come back"
	ip link set "$vif" master br0 up
	wait_for 20 grep -q 1 "/sys/class/net/$vif/carrier" || fail "no carrier"
}

_is_ready() {	# the frontend
	[ "$(xenstore-read "/local/domain/$(guest_domid g1)/device/vif/0/state")" = 4 ]
}

# A frontend is not told that it is connected before the script has done its
# work, which is not to be seen yet.
_unplugged() {
	local backend
	backend=/local/domain/0/backend/vif/$(guest_domid g1)/0
	xenstore-rm "$backend/hotplug-status"
	vif_new_frontend g1 10.0.0.2
	wait_for 30 _is_ready || fail "the frontend does not connect"
	_pause 1
	[ "$(xenstore-read "$backend/state")" = 2 ] ||
		fail "connected without a script"
	xenstore-write "$backend/hotplug-status" connected
	_alive "the script"
}

test_main() {
	local vif i
	guest_create g1
	on_exit vif_forget g1
	vif_attach g1 10.0.0.2 || fail "attach"
	vif=vif$(guest_domid g1).0
	leak_snapshot
	for i in 1 2 3; do
		ip link set "$vif" down
		ip link set "$vif" up
		_alive "down and up in dom0"
		guest_run g1 "ip link set eth0 down; ip link set eth0 up"
		_alive "down and up in the guest"
	done
	vif_new_frontend g1 10.0.0.2
	_alive "a new frontend"
	! is_played || _unplugged
	for i in 1 2 3; do
		_rebind
		_alive "rebinding the driver"
	done
	leak_check
	vif_detach g1 0 || fail "detach"
	pass
}
