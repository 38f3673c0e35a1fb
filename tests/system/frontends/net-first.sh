# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="the first packets of a frontend get through: at once, behind a bridge, before the hotplug script"
TIMEOUT=600

# The stack notes within a second that a carrier is off, and is slow to forget.
_is_down() {
	[ "$(cat "/sys/class/net/$dev/operstate")" = down ]
}

_settle() {
	wait_for 10 _is_down || fail "the interface is not down"
}

_at_once() {
	_settle
	guest_run rogue 250 "XBFRONT_SUBNET=1 xbfront net-profile 1 orders at-once" ||
		fail "$1 ($(ip -s link show "$dev"))"
}

# The bridge has the address and knows the guest; another port is always up.
_bridge() {
	ip link add first type bridge
	on_exit _forget
	ip link add first-up type veth peer name first-peer
	ip link set first-peer up
	ip link set first-up up master first
	ip addr flush dev "$dev"
	ip link set first address fe:ff:ff:ff:ff:ff
	ip link set "$dev" master first
	ip addr add 10.9.1.1/24 dev first
	ip link set first up
	ip neigh replace 10.9.1.2 lladdr 00:16:3e:00:00:09 dev first nud permanent
}

_forget() {
	ip link del first 2>/dev/null || :
	ip link del first-up 2>/dev/null || :
}

# The script comes late: nothing of what was sent meanwhile is lost.
_late() {
	local back waits
	_settle
	back=$(_rogue_backend vif 1)
	xenstore-write "$back/hotplug-status" "running"
	waits=$(guest_bg rogue "XBFRONT_SUBNET=1 xbfront net-profile 1 orders at-once")
	wait_for 30 eval "xenstore-read $(_rogue_frontend vif 1)/tx-ring-ref \
		>/dev/null 2>&1" || fail "no rings"
	sleep 2
	xenstore-write "$back/hotplug-status" "connected"
	guest_wait rogue "$waits" ||
		fail "late script: $(guest_run rogue "cat /tmp/bg.$waits.out")"
}

test_main() {
	local dev
	rogue_up
	rogue_vifs 1 1
	dev=$(rogue_vif_dev 1)
	leak_snapshot
	_at_once "alone"
	_late
	_bridge
	_at_once "behind a bridge"
	_late
	_forget
	[ -z "$(rogue_error vif 1)" ] || fail "$(rogue_error vif 1)"
	leak_check
	rogue_detach vif 1 || fail "detach"
	pass
}
