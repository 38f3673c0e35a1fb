# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# A guest may change a page while it is written: Linux's does with what is in its
# page cache. A digest of the page is wrong then if the page is read twice, so
# it is copied before, whatever the admin has set.
DESCRIPTION="a disk with data digests on NVMe/TCP, its guest changes what it writes"
NEEDS=storage
TIMEOUT=400
# shellcheck source=../../testbed/dom0/storage.sh
. /xb/storage.sh

# Two processes change the same few pages, and have them written all the time.
_write_and_change() {
	guest_run g1 120 "fio --name=change --filename=/dev/xvdb --size=64k --bs=512 \
		--ioengine=psync --rw=randwrite --fsync=16 --numjobs=2 --time_based \
		--runtime=4 >/tmp/out 2>&1 || { head -n 20 /tmp/out; exit 1; }" ||
		fail "an error in the guest"
}

_digest_errors() {
	dmesg | grep -c "digest error" || :
}

test_main() {
	local backing disk writes copied
	backing_null backing 64
	wire_up
	storage_nvme disk "$backing" ,data_digest,hdr_digest
	[ "$(<"/sys/block/${disk##*/}/queue/stable_writes")" = 1 ] ||
		fail "the disk has no digests"
	storage_attach "$disk"
	_write_and_change
	writes=$(storage_stat wr_req) copied=$(storage_stat copy_req)
	echo "$writes writes, $copied requests copied, $(_digest_errors) errors"
	[ "$writes" -ge 100 ] || fail "hardly a write"
	[ "$copied" -ge "$writes" ] || fail "writes were mapped"
	[ "$(_digest_errors)" = 0 ] || fail "a page has changed after its digest"
	guest_destroy g1
	pass
}
