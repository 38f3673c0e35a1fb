# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="attach and detach an interface again and again, with traffic each time"
TIMEOUT=400

test_main() {
	local i vif rounds=20
	[ "$XB_MODE$XB_LONG" != fast ] || rounds=4
	[ -z "$XB_BRIEF" ] || rounds=6
	guest_create g1
	on_exit vif_forget g1
	vif_attach g1 10.0.0.2 || fail "first attach"
	vif_detach g1 0 || fail "first detach"
	leak_snapshot
	for ((i = 1; i <= rounds; i++)); do
		vif_attach g1 10.0.0.2 || fail "round $i: attach"
		vif=vif$(guest_domid g1).0
		[ "$(<"/sys/class/net/$vif/address")" = fe:ff:ff:ff:ff:ff ] ||
			fail "address of $vif"
		[ "$(<"/sys/class/net/$vif/carrier")" = 1 ] || fail "no carrier"
		ping -q -f -c 200 -s $((i * 7000 / rounds)) -W 2 10.0.0.2 || fail "round $i: ping"
		vif_detach g1 0 || fail "round $i: detach"
		[ ! -e "/sys/class/net/$vif" ] || fail "$vif is still there"
	done
	leak_check
	pass
}
