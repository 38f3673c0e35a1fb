# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# From some moment on the disk drops all writes, as if dom0 had lost its power, and
# what it had in its cache until then is lost as well.
# Whatever the guest had fsynced before must be there when the journal has been
# replayed, and the file system must be sound.
DESCRIPTION="power cuts under a guest's journalling file system: what was synced is there"
TIMEOUT=900

_table() {	# drop|keep
	if [ "$1" = drop ]; then
		echo "0 131072 flakey $base 0 0 3600 1 drop_writes"
	else
		echo "0 131072 linear $base 0"
	fi
}

_create() {
	dmsetup create --noudevsync xbpower --table "$(_table keep)" || fail "dmsetup"
	dmsetup mknodes xbpower
}

# Nothing flushes the cache: until the disk has gone, it drops flushes, too.
_lose_cache() {
	wait_for 20 dmsetup remove --noudevsync xbpower || fail "the disk does not go"
	null_lose_power base
	_create
}

_set_table() {
	dmsetup suspend --noudevsync --nolockfs xbpower
	dmsetup reload xbpower --table "$(_table "$1")"
	dmsetup resume --noudevsync xbpower
}

# A file and its sum are synced before their name is said on the console.
_start_work() {
	guest_run g2 60 "/usr/sbin/mke2fs -q -t ext4 /dev/xvdb >&2 && mkdir -p /mnt &&
		mount -t ext4 /dev/xvdb /mnt" || fail "the guest's file system"
	guest_bg g2 "n=0; while :; do
		n=\$((n + 1))
		dd if=/dev/urandom of=/mnt/f\$n bs=3001 count=\$((n % 17 + 1)) 2>/dev/null
		(cd /mnt && md5sum f\$n >s\$n)
		sync
		echo \$n >/tmp/synced
		[ \$((n % 5)) != 0 ] || rm -f /mnt/f\$((n - 3)) /mnt/s\$((n - 3))
	done" >/dev/null
}

_synced() {
	guest_run g2 "cat /tmp/synced 2>/dev/null || echo 0"
}

_has_synced() {
	[ "$(_synced)" -ge "$1" ]
}

_check() {	# LAST FILE THAT WAS SYNCED
	local n rc=0 root=/run/xb/mnt checked=0
	mkdir -p $root
	# Mounting replays the journal.
	mount -t ext4 "$disk" $root || fail "the file system cannot be mounted"
	for ((n = 1; n <= $1; n++)); do
		# Removed: then nothing of it may be wanted.
		[ $(((n + 3) % 5)) != 0 ] || continue
		(cd $root && md5sum -c --quiet "s$n") || rc=1
		checked=$((checked + 1))
	done
	umount $root
	[ "$rc" = 0 ] || fail "a file that was synced is not there"
	[ "$checked" -ge 3 ] || fail "only $checked files to check"
	e2fsck -fn "$disk" || fail "e2fsck finds errors"
}

_cut() {	# ROUND
	local synced
	guest_create g2
	vbd_attach g2 "phy:$disk,xvdb,w" || fail "attach"
	_start_work
	wait_for 120 _has_synced $((5 + RANDOM % 20)) || fail "the guest does not get on"
	synced=$(_synced)
	_set_table drop
	wait_for 60 _has_synced $((synced + 2)) || fail "the guest stops"
	guest_destroy g2
	wait_for 30 _is_free || fail "the disk is still in use"
	_lose_cache
	echo "round $1: cut after $synced files"
	_check "$synced"
}

_is_free() {
	[ "$(dmsetup info -c --noheadings -o open xbpower)" = 0 ]
}

test_main() {
	local base i rounds=1
	[ -z "$XB_LONG" ] || rounds=10
	modprobe dm-flakey
	backing_null base 64 cache_size=64
	[ "$(<"/sys/block/${base##*/}/queue/write_cache")" = "write back" ] ||
		fail "the disk has no cache"
	_create
	on_exit _dm_remove xbpower
	disk=/dev/mapper/xbpower
	for ((i = 1; i <= rounds; i++)); do
		_cut "$i"
	done
	pass
}
