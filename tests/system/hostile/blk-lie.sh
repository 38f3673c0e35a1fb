# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Rules R1, R2, R11-R15 and R19: grants that are revoked, changed or used for
# two things at once; and what must not hold up others.
DESCRIPTION="attacks with grants that change, in each way of moving data"
TIMEOUT=600

_copied_not() {	# DEVID: data of small requests is mapped, as the in-tree driver does it
	[ "$XB_MODULES" != ours ] || echo 0 >"$(rogue_device vbd "$1")/copy_segs"
}

test_main() {
	backing_null disk 64 discard=1
	backing_null good 16
	backing_null slow 16 irqmode=2 completion_nsec=1000000000 discard=1
	rogue_up
	victim_up "$good"
	leak_snapshot

	rogue_vbds 1 3 "$disk"
	attack_answered 1 "" still-used revoked swapped hammered no-frames ring-as-frame
	_copied_not 2
	attack_answered 2 "" still-used revoked swapped hammered no-frames ring-as-frame
	attack_answered 3 persistent revoked swapped hammered no-frames \
		ring-as-frame hoard double-fetch bad-requests
	rogue_detach vbd 1 3 || fail "detach"

	rogue_vbds 11 2 "$disk"
	attack_stopped 11 ring-as-data
	_copied_not 12
	attack_stopped 12 ring-as-data
	rogue_detach vbd 11 2 || fail "detach"
	module_param xen_blkback max_queues 4
	rogue_vbd 13 "$disk"
	_attack 13 shared-ring
	rogue_detach vbd 13 || fail "detach"
	rogue_vbd 14 "$slow"
	attack_answered 14 "" slow-discard
	rogue_detach vbd 14 || fail "detach"

	leak_check
	victim_down
	pass
}
