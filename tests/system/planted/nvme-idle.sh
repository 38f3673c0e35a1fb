# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Not a test of ours but of storage/*: with the check for pages that are still
# in use switched off, the wire must come upon one that is not mapped any
# more, and dom0 must not survive that unnoticed. make check-storage wants
# this to FAIL with a kernel's last words.
DESCRIPTION="a mistake that storage/nvme has to notice"
NEEDS=storage
TIMEOUT=900
FAULTS=/sys/kernel/debug/xen-gnttab-helpers/faults
# shellcheck source=../../testbed/dom0/storage.sh
. /xb/storage.sh

requires() {
	[ -e "$FAULTS" ] || skip "modules without fault injection"
}

test_main() {
	local _
	backing_null backing 64
	wire_up
	storage_nvme disk "$backing"
	storage_attach "$disk"
	echo "idle 1" >"$FAULTS"
	wire_bad
	for _ in {1..8}; do
		storage_verify "$disk"
	done
	pass
}
