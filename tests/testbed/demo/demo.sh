# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
# What `xbtb demo` runs: a guest, a disk and a network card through the
# backends of dom0. Its output is what the user sees.
DESCRIPTION="show a guest that does I/O through the loaded backends"
TIMEOUT=300

_say() {
	printf '\n== %s\n' "$*"
}

test_main() {
	backing_null disk 128
	bridge_up
	_say "backends in dom0, kernel $(uname -r); ours are below updates/"
	lsmod | awk '/^xen_(gnttab_helpers|blkback|netback) / { print $1 }' |
		xargs -n 1 modinfo -n
	_say "a guest is started, then given a disk and a network card"
	guest_create g1
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "no disk"
	vif_attach g1 10.0.0.2 || fail "no network"
	xl list
	_say "fio in the guest, with verification"
	guest_run g1 120 "fio --name=verify --filename=/dev/xvdb --rw=randwrite \
		--bs=16k --size=16M --direct=1 --ioengine=libaio --iodepth=16 \
		--verify=crc32c | grep -E 'READ:|WRITE:|err='" || fail "fio"
	_say "iperf3 from the guest to dom0"
	iperf3 -s -1 -D
	guest_run g1 60 "iperf3 -c 10.0.0.1 -t 3 | grep receiver" || fail "iperf3"
	vbd_detach g1 xvdb || fail "the disk does not go away"
	pass
}
