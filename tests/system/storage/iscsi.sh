# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="a disk on iSCSI, its packets delayed, reordered and lost"
NEEDS=storage
TIMEOUT=900
# shellcheck source=../../testbed/dom0/storage.sh
. /xb/storage.sh

test_main() {
	backing_null backing 64
	wire_up
	storage_iscsi disk "$backing"
	storage_exercise "$disk" 1
	pass
}
