# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Who answers a flush without the disk's having done it loses data when the power
# fails. The disk takes its time for flushes alone; so must the guest's, then.
DESCRIPTION="a guest's flush is answered when the disk has flushed, and not before"
TIMEOUT=200
MS=600

_ms() {	# DD-OPTION...: time that the guest takes to write 4 KiB
	guest_run g1 60 "read -r a _ </proc/uptime
		dd if=/dev/zero of=/dev/xvdb bs=4k count=1 $* 2>/dev/null || exit 1
		read -r b _ </proc/uptime
		echo \$((\${b%.*}\${b#*.}0 - \${a%.*}\${a#*.}0))" || fail "dd $*"
}

test_main() {
	local base name=xbflush plain flushed
	backing_null base 32 cache_size=8
	dmsetup create --noudevsync $name --table \
		"0 65536 delay $base 0 0 $base 0 0 $base 0 $MS" || fail "dm-delay"
	on_exit _dm_remove $name
	dmsetup mknodes $name
	guest_create g1
	vbd_attach g1 "phy:/dev/mapper/$name,xvdb,w" || fail "attach"
	plain=$(_ms oflag=direct)
	flushed=$(_ms oflag=direct conv=fsync)
	echo "a write takes $plain ms, with a flush $flushed ms"
	[ "$flushed" -ge $((MS - 20)) ] || fail "the flush did not reach the disk"
	[ "$plain" -lt $((MS - 20)) ] || fail "the test cannot tell: each write flushes"
	vbd_detach g1 xvdb || fail "detach"
	pass
}
