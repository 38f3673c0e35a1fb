# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Rules R1, R2, R4-R6, R11-R16, R19 and R23: every attack through the ring,
# with data copied, mapped, and mapped to stay; tests/frontend has the attacks.
DESCRIPTION="attacks through a block ring, in each way of moving data"
TIMEOUT=600

test_main() {
	local more=()
	[ -z "$XB_LONG" ] || more=(double-fetch bad-requests hoard bad-frames
		sticky-errors changing-grants reuse readonly-grants noise)
	backing_null disk 64 discard=1
	backing_null good 16
	backing_null slow 16 irqmode=2 completion_nsec=1000000000
	rogue_up
	victim_up "$good"
	leak_snapshot

	rogue_vbds 1 3 "$disk"
	attack_answered 1 "" double-fetch indices-overwritten \
		bad-requests noise scattered hoard bad-grants bad-frames \
		sticky-errors changing-grants reuse bad-flood readonly-grants
	[ "$XB_MODULES" != ours ] || echo 0 >"$(rogue_device vbd 2)/copy_segs"
	attack_answered 2 "" scattered bad-grants sticky-errors \
		readonly-grants "${more[@]}"
	attack_answered 3 persistent scattered bad-grants bad-frames \
		changing-grants "${more[@]}"
	rogue_detach vbd 1 3 || fail "detach"

	rogue_vbds 11 4 "$disk"
	attack_stopped 11 producer-ahead
	attack_stopped 12 producer-far
	attack_stopped 13 producer-back
	attack_stopped 14 producer-born
	rogue_detach vbd 11 4 || fail "detach"
	rogue_vbds 15 1 "$slow"
	attack_stopped 15 producer-overtakes
	rogue_detach vbd 15 || fail "detach"

	leak_check
	victim_down
	pass
}
