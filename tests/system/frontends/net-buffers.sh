# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="any number of receive buffers from 1 to 256, or fewer later, loses no packet"
TIMEOUT=1200
HOST_LIMIT=2400

_buffers() {	# NUMBER...
	guest_run rogue 800 "XBFRONT_SUBNET=1 xbfront net-buffers 1 $*" ||
		fail "buffers: $* ($(ip -s link show "$(rogue_vif_dev 1)"))"
}

test_main() {
	local first
	rogue_up
	leak_snapshot
	rogue_vifs 1 1
	# Only with a frontend that can take them are large packets allowed.
	guest_run rogue "XBFRONT_SUBNET=1 xbfront net-conform 1 reconnect" ||
		fail "reconnect"
	ip link set "$(rogue_vif_dev 1)" mtu 9000
	_buffers 256-1 256-4 256-12 256-16 256-28 256-60
	if [ "${XB_BRIEF:-0}" = 1 ]; then
		# shellcheck disable=SC2046 # a word each
		_buffers $(seq 1 24) $(seq 31 8 250) 254 255 256
	else
		for first in 1 65 129 193; do
			# shellcheck disable=SC2046 # a word each
			_buffers $(seq $first $((first + 63)))
		done
	fi
	[ -z "$(rogue_error vif 1)" ] || fail "$(rogue_error vif 1)"
	rogue_detach vif 1 || fail "detach"
	leak_check
	pass
}
