# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="a frontend sets hash, key and table; packets and their hashes follow"
TIMEOUT=200

test_main() {
	local max
	max=$(</sys/module/xen_netback/parameters/max_queues)
	on_exit eval "echo $max >/sys/module/xen_netback/parameters/max_queues"
	echo 4 >/sys/module/xen_netback/parameters/max_queues
	rogue_up
	leak_snapshot
	rogue_vifs 1 1
	guest_run rogue 120 "XBFRONT_SUBNET=1 xbfront net-conform 1 ctrl" ||
		fail "net-conform ctrl"
	rogue_detach vif 1 || fail "detach"
	leak_check
	pass
}
