# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Packets that are not what the guest says, buffers that change, and the
# control ring; tests/frontend has the attacks.
DESCRIPTION="attacks on a vif with packets, buffers and the control ring"
TIMEOUT=600

# They take another way to memory and to the stack then.
_with_program() {
	xb-net xdp -f "$(rogue_vif_dev 1)" pass || return 0
	net_attack_answered 1 odd-packets wrong-gso largest revoked \
		large-revoked
}

# A program sends them back; where that would take a wrong checksum they are lost.
_home_address() {
	local back lost
	[ "$XB_MODULES" = ours ] || return 0
	xb-net xdp -f "$(rogue_vif_dev 1)" tx || fail "no program"
	back=$(rogue_vif_stat 1 tx_xdp_tx) lost=$(rogue_vif_stat 1 tx_xdp_errors)
	net_attack_answered 1 home-address
	back=$(($(rogue_vif_stat 1 tx_xdp_tx) - back))
	lost=$(($(rogue_vif_stat 1 tx_xdp_errors) - lost))
	echo "of 10 with padding $back go back, of 10 with a home address $lost are lost"
	[ "$back" = 10 ] || fail "$back packets with padding go back"
	[ "$lost" = 10 ] || fail "$lost packets with a home address are lost"
}

# They are counted, too.
_bad_grants() {
	local errors
	errors=$(rogue_vif_stat 1 tx_copy_errors)
	net_attack_answered 1 large-revoked large-bad-grants
	[ "$XB_MODULES" = ours ] || return 0
	errors=$(($(rogue_vif_stat 1 tx_copy_errors) - errors))
	echo "packets with a bad grant: $errors"
	[ "$errors" -gt 100 ] || fail "$errors packets had a bad grant"
}

test_main() {
	backing_null good 16
	rogue_up
	victim_up "$good"
	leak_snapshot

	rogue_vifs 1 1
	net_attack_answered 1 odd-packets wrong-gso largest revoked \
		rx-double-fetch one-buffer rsp-event ctrl-noise ctrl-storm
	_bad_grants
	_with_program
	_home_address
	rogue_detach vif 1 1 || fail "detach"
	net_attacks_stopped 11 ring-as-buffer ctrl-producer ctrl-born

	leak_check
	victim_down
	pass
}
