# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="ping of many sizes both ways, with frames of 1500 and 9000 bytes"
TIMEOUT=1500
HOST_LIMIT=3600

# Around every boundary that a packet can have: pages, slots, buffers. With
# XB_LONG it is every size.
_sizes="0 1 2 17 18 19 63 64 127 128 129 213 214 215 255 256 257 511 512 1023
1024 1471 1472 1473 1600 1621 1622 1623 1700 2047 2048 2049 2960 3000 4053 4054
4055 4067 4068 4069 4095 4096 4097 4400 5000 6000 7000 8149 8150 8151 8191 8192
8193 8500 8971 8972 8973 9000"
_list="echo ${_sizes//$'\n'/ }"
[ -z "$XB_LONG" ] || _list="seq 0 9000"

_ping_all() {
	local size
	for size in $($_list); do
		ping -q -c 1 -W 2 -s "$size" 10.0.0.2 >/dev/null ||
			fail "dom0 to guest, mtu $1: $size bytes"
	done
	guest_run g1 "${XB_LONG:+1}120" "for s in \$($_list); do
			ping -q -c 1 -W 2 -s \$s 10.0.0.1 >/dev/null || { echo \$s; exit 1; }
		done" || fail "guest to dom0, mtu $1"
}

test_main() {
	local domid
	guest_create g1
	on_exit vif_forget g1
	leak_snapshot
	vif_attach g1 10.0.0.2 || fail "attach"
	domid=$(guest_domid g1)
	_ping_all 1500

	ip link set "vif$domid.0" mtu 9000 || fail "mtu of the vif"
	ip link set br0 mtu 9000 || fail "mtu of the bridge"
	guest_run g1 "ip link set eth0 mtu 9000" || fail "mtu of the guest"
	_ping_all 9000

	vif_detach g1 0 || fail "detach"
	ip link set br0 mtu 1500
	leak_check
	pass
}
