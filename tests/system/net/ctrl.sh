# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="a frontend sets hash, key and table; packets and their hashes follow"
TIMEOUT=200

test_main() {
	module_param xen_netback max_queues 4
	rogue_up
	leak_snapshot
	rogue_vifs 1 1
	guest_run rogue 120 "XBFRONT_SUBNET=1 xbfront net-conform 1 ctrl" ||
		fail "net-conform ctrl"
	rogue_detach vif 1 || fail "detach"
	leak_check
	pass
}
