# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="a disk with blocks of 4096 bytes: its sizes, and verified I/O"
TIMEOUT=240

_queue() {	# ATTRIBUTE
	guest_run g1 "cat /sys/block/xvdb/queue/$1"
}

test_main() {
	backing_loop disk 16 --sector-size 4096
	guest_create g1
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach"
	[ "$(_queue logical_block_size)" = 4096 ] || fail "logical block size"
	[ "$(_queue physical_block_size)" = 4096 ] || fail "physical block size"
	[ "$(guest_run g1 cat /sys/block/xvdb/size)" = 32768 ] || fail "size"
	guest_run g1 120 "fio --name=a --filename=/dev/xvdb --size=4M --rw=randwrite \
		--bs=4k --direct=1 --ioengine=libaio --iodepth=16 --verify=crc32c \
		--name=b --filename=/dev/xvdb --offset=4M --size=8M --rw=write --bs=256k \
		--direct=1 --ioengine=libaio --iodepth=4 --verify=crc32c \
		>/tmp/out 2>&1 || { tail -n 20 /tmp/out; exit 1; }" || fail "fio"
	vbd_detach g1 xvdb || fail "detach"
	pass
}
