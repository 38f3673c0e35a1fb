# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="netif with exact control: sizes, slots, queues, extra infos, events"
TIMEOUT=300

_conform() {	# DEVID [CASE]
	guest_run rogue 250 "XBFRONT_SUBNET=$1 xbfront net-conform $*" ||
		fail "net-conform $*"
}

test_main() {
	rogue_up
	leak_snapshot
	rogue_vifs 1 1
	# Only with a frontend that can take them are large packets allowed.
	_conform 1 reconnect
	ip link set "$(rogue_vif_dev 1)" mtu 9000
	_conform 1
	rogue_detach vif 1 || fail "detach"
	leak_check
	pass
}
