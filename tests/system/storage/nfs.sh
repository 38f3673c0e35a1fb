# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="a file on NFS, its packets delayed, reordered and lost"
NEEDS=storage
TIMEOUT=900
# shellcheck source=../../testbed/dom0/storage.sh
. /xb/storage.sh

# The NFS client copies what it sends: no page stays in use.
test_main() {
	backing_null backing 96
	wire_up
	storage_nfs disk "$backing" 64
	storage_exercise "$disk" 0 "--net=$FAR"
	pass
}
