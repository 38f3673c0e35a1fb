# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# A guest's I/O goes past dom0's page cache. What is in there when the guest
# gets the disk must be neither hidden from it nor written over what it writes.
DESCRIPTION="what dom0 has cached of a disk when it is attached"
TIMEOUT=240
BYTES=4194304

# What is written below has not been written back; the kernel counts roughly.
_is_dirty() {
	awk -v kb=$((BYTES / 2048)) '$1 == "Dirty:" { exit $2 < kb }' /proc/meminfo
}

_guest_sum() {
	guest_run g1 "dd if=/dev/xvdb bs=64k count=64 iflag=direct 2>/dev/null | md5sum" |
		cut -d ' ' -f 1
}

_cached_sum() {
	head -c "$BYTES" "$disk" | md5sum | cut -d ' ' -f 1
}

# As long as somebody has it open the kernel keeps what was written, and does
# not write it back when the writer closes it.
_write_cached() {	# BYTE
	head -c "$BYTES" /dev/zero | tr '\0' "$1" |
		dd of="$disk" bs=64k iflag=fullblock conv=notrunc 2>/dev/null
}

_guest_writes() {	# BYTE
	guest_run g1 "head -c $BYTES /dev/zero | tr '\\0' $1 | dd of=/dev/xvdb bs=64k \
		iflag=fullblock oflag=direct 2>/dev/null" || fail "writing in the guest"
}

test_main() {
	local disk fd was
	backing_null disk 16
	exec {fd}<"$disk"
	guest_create g1
	# No writeback by itself while the test runs.
	on_exit eval "echo $(</proc/sys/vm/dirty_writeback_centisecs) \
		>/proc/sys/vm/dirty_writeback_centisecs"
	echo 0 >/proc/sys/vm/dirty_writeback_centisecs

	_write_cached A
	was=$(_cached_sum)
	_is_dirty || fail "dom0 has written it back by itself"
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach"
	[ "$(_guest_sum)" = "$was" ] || fail "the guest does not see what dom0 has written"

	_guest_writes B
	was=$(_guest_sum)
	sync
	[ "$(_guest_sum)" = "$was" ] || fail "dom0 has written over what the guest wrote"
	vbd_detach g1 xvdb || fail "detach"
	[ "$(_cached_sum)" = "$was" ] ||
		fail "dom0 reads what was there before the guest wrote"
	exec {fd}<&-
	pass
}
