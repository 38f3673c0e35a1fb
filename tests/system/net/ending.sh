# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Xenwatch serves all devices of the system. Somebody keeps mapped packets of a
# guest whose frontend goes: other guests must not wait for that.
DESCRIPTION="while the packets of a vif that goes are waited for, others are served"
TIMEOUT=200
MOST_MS=300

_hold() {
	bridge_keeper
	guest_run g1 "ip link set eth0 mtu 9000; arp -s 10.0.0.77 02:00:00:00:00:77
		for i in 1 2 3; do ping -c 1 -W 1 -s 8000 10.0.0.77 >/dev/null & done; wait"
	[ "$(awk '$1 == "unanswered" { print $2; exit }' \
		"/sys/kernel/debug/xen-netback/$vif/io_ring_q0")" -gt 0 ] ||
		fail "nothing is held: the test shows nothing"
}

_is_state() {
	[ "$(xenstore-read "$backend/state")" = "$1" ]
}

_ms_until_reconfigured() {
	local start
	start=$(date +%s%N)
	xenstore-write "$frontend/state" 7
	until _is_state 8; do
		[ $((($(date +%s%N) - start) / 1000000)) -lt 9000 ] || break
	done
	MS=$((($(date +%s%N) - start) / 1000000))
	xenstore-write "$frontend/state" 4
	wait_for 10 _is_state 4 || fail "not connected again"
}

test_main() {
	local vif backend frontend usual
	[ "$XB_MODULES" = ours ] || skip "a property of our driver"
	guest_create g1
	guest_create g2
	on_exit vif_forget g1 g2
	bridge_up
	ip link set br0 mtu 9000
	on_exit ip link set br0 mtu 1500
	vif_attach g1 10.0.0.2 mtu=9000 || fail "attach"
	vif_attach g2 10.0.0.3 || fail "attach"
	vif=vif$(guest_domid g1).0
	ethtool --set-priv-flags "$vif" tx-map on || fail "tx-map"
	backend=/local/domain/0/backend/vif/$(guest_domid g2)/0
	frontend=/local/domain/$(guest_domid g2)/device/vif/0
	_ms_until_reconfigured
	usual=$MS
	[ "$usual" -lt 1000 ] || fail "nobody waits, and it takes $usual ms"
	_hold
	xenstore-rm "/local/domain/$(guest_domid g1)/device/vif/0"
	_ms_until_reconfigured
	echo "another vif is served in $usual ms, and meanwhile in $MS ms"
	[ "$MS" -lt $((usual + MOST_MS)) ] || fail "another vif waits for $MS ms"
	wait_for 20 test ! -e "/sys/class/net/$vif" || fail "$vif is still there"
	ping -q -c 1 -W 2 10.0.0.3 >/dev/null || fail "the other guest is dead"
	guest_destroy g1
	pass
}
