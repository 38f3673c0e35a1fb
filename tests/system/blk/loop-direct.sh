# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Without it each block is cached twice, in dom0 and in the guest, and what the
# guest was told is on disk may only be in dom0's memory.
DESCRIPTION="a file as disk, through a loop device that does direct I/O"
TIMEOUT=180

_unmount() {	# WHERE
	umount "$1"
	rmdir "$1"
}

_file_system() {	# to WHERE
	local disk
	backing_null disk 64
	where=$XB_RUN/images
	mkdir -p "$where"
	mkfs.ext4 -q "$disk" || fail "mkfs"
	mount "$disk" "$where" || fail "mount"
	on_exit _unmount "$where"
}

test_main() {
	local where loop
	_file_system
	truncate -s 16M "$where/image"
	loop=$(losetup -f --show --direct-io=on "$where/image") || fail "losetup"
	on_exit losetup -d "$loop"
	[ "$(<"/sys/block/${loop##*/}/loop/dio")" = 1 ] || fail "no direct I/O"
	guest_create g1
	vbd_attach g1 "phy:$loop,xvdb,w" || fail "attach"
	guest_run g1 120 "fio --name=v --filename=/dev/xvdb --size=16M --rw=randwrite \
		--bs=16k --direct=1 --ioengine=libaio --iodepth=16 --verify=crc32c \
		--verify_fatal=1 >/tmp/fio.out 2>&1 || { cat /tmp/fio.out; exit 1; }" ||
		fail "data are not what was written"
	[ "$(<"/sys/block/${loop##*/}/loop/dio")" = 1 ] || fail "direct I/O was lost"
	vbd_detach g1 xvdb || fail "detach"
	pass
}
