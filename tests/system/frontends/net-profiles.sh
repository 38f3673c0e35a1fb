# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Documentation/frontends.md has the table; XB_FRONTENDS="ipxe windows" plays
# some of its rows only.
DESCRIPTION="network frontends that exist: connect, packets, close, reconnect, crash"
TIMEOUT=1200
HOST_LIMIT=2400

test_main() {
	local name
	# shellcheck source=/dev/null
	. /xb/frontends.sh
	rogue_up
	frontends_queues xen_netback
	leak_snapshot
	for name in $(frontends_names vif); do
		rogue_vifs 1 2
		frontends_play vif "$name"
	done
	rogue_vifs 1 1
	guest_run rogue 250 "XBFRONT_SUBNET=1 xbfront net-profile 1 orders" ||
		fail "orders"
	rogue_detach vif 1 || fail "detach"
	leak_check
	pass
}
