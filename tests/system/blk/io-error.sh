# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# The guest's kernel reports the errors; that is what they are for.
DESCRIPTION="errors of a range of the disk reach the guest for that range alone"
TIMEOUT=240

_expect() {	# ok|error SECTOR COUNT read|write
	local dd rc=0
	if [ "$4" = read ]; then
		dd="if=/dev/xvdb of=/dev/null skip=$2 iflag=direct"
	else
		dd="if=/dev/zero of=/dev/xvdb seek=$2 oflag=direct conv=notrunc"
	fi
	guest_run g1 "dd bs=512 count=$3 $dd 2>/dev/null" || rc=$?
	if [ "$1" = ok ]; then
		[ "$rc" -eq 0 ] || fail "$4 of $3 at $2 fails"
	else
		[ "$rc" -ne 0 ] || fail "$4 of $3 at $2 succeeds"
	fi
}

test_main() {
	local op
	# 8 MiB that work, 64 KiB that do not, the rest works.
	backing_dm disk 32 "0 16384 linear %DEV 0
16384 128 error
16512 49024 linear %DEV 16512"
	guest_create g1
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach"
	for op in read write; do
		_expect ok 16376 8 "$op"
		_expect error 16384 8 "$op"
		_expect error 16504 8 "$op"
		_expect ok 16512 8 "$op"
	done
	# Large requests into and around the hole.
	guest_run g1 "dd if=/dev/xvdb of=/dev/null bs=128k skip=63 count=1 iflag=direct" ||
		fail "the request before the hole"
	if guest_run g1 "dd if=/dev/xvdb of=/dev/null bs=128k skip=64 count=1 iflag=direct"; then
		fail "a large request over the hole succeeds"
	fi
	guest_run g1 60 "fio --name=after --filename=/dev/xvdb --size=4M --rw=randwrite \
		--bs=4k --direct=1 --ioengine=libaio --iodepth=16 --verify=crc32c \
		>/tmp/out 2>&1" || fail "I/O elsewhere afterwards"
	vbd_detach g1 xvdb || fail "detach"
	pass
}
