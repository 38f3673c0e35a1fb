# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# A frontend that does not tell when it has made room is looked at by a timer,
# but not for ever: here the guest is paused.
DESCRIPTION="a frontend without feature-rx-notify that takes nothing costs no timer for ever"
TIMEOUT=200

_timers() {
	awk '$1 == "TIMER:" { for (i = 2; i <= NF; i++) n += $i; print n }' /proc/softirqs
}

_timers_in_5s() {
	local before
	before=$(_timers)
	_pause 5
	TIMERS=$(($(_timers) - before))
}

_stat() {	# NAME
	ethtool -S "$vif" | awk -v name="queue_0_$1:" '$1 == name { print $2 }'
}

test_main() {
	local vif dev usual i
	[ "$XB_MODULES" = ours ] || skip "a property of our driver"
	guest_create g1
	on_exit vif_forget g1
	vif_attach g1 10.0.0.2 || fail "attach"
	vif=vif$(guest_domid g1).0
	dev=vif-$(guest_domid g1)-0
	# Linux tells; the next driver is made to believe that it does not.
	xenstore-write "/local/domain/$(guest_domid g1)/device/vif/0/feature-rx-notify" 0
	echo "$dev" >/sys/bus/xen-backend/drivers/vif/unbind
	echo "$dev" >/sys/bus/xen-backend/drivers/vif/bind
	ip link set "$vif" master br0 up
	wait_for 20 ping -q -c 1 -W 1 10.0.0.2 || fail "dead without events for room"
	ip neigh replace 10.0.0.2 lladdr "$(guest_run g1 "cat /sys/class/net/eth0/address")" \
		dev br0 nud permanent
	on_exit eval "ip neigh del 10.0.0.2 dev br0 || :"
	_timers_in_5s
	usual=$TIMERS
	guest_pause g1
	on_exit eval "xl unpause g1 2>/dev/null || :"
	for ((i = 0; i < 4 && $(_stat rx_stops) == 0; i++)); do
		ping -q -f -c 300 -w 3 10.0.0.2 >/dev/null || :
	done
	[ "$(_stat rx_stops)" -gt 0 ] || fail "there is always room: the test shows nothing"
	_timers_in_5s
	echo "timers in 5 s: $usual, with a guest that takes nothing $TIMERS"
	[ "$TIMERS" -lt $((usual + 200)) ] || fail "$TIMERS timers in 5 s, usually $usual"
	guest_unpause g1
	wait_for 20 ping -q -c 1 -W 1 10.0.0.2 || fail "dead afterwards"
	vif_detach g1 0 || fail "detach"
	pass
}
