# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# A disk need not count what it has to do, and of flushes some kernels count nothing
# at all: as far as it says this one is at rest. Whoever takes it from the kernel's
# own driver now has the flush done twice, and the guest gets two answers.
DESCRIPTION="the kernel's own driver is not taken from a disk that is about to flush"
TIMEOUT=500
NAME=xbslow
IMAGE=$XB_RUN/slow

_table() {	# MS: how long a flush takes
	echo "0 131072 delay $base 0 0 $base 0 0 $base 0 $1"
}

_will_take() {	# MS: with the next resume
	dmsetup reload $NAME --table "$(_table "$1")"
}

# What has waited ends at once.
_resume() {
	dmsetup suspend --noudevsync --nolockfs $NAME &&
		dmsetup resume --noudevsync $NAME
}

_flushes_take() {	# MS
	_will_take "$1" && _resume
}

_disk_down() {
	_flushes_take 0
	losetup -d "$disk"
	wait_for 20 umount "$IMAGE"
}

_disk_up() {
	backing_null base 64 cache_size=8
	dmsetup create --noudevsync $NAME --table "$(_table 0)" || fail "dm-delay"
	on_exit _dm_remove $NAME
	dmsetup mknodes $NAME
	mkdir "$IMAGE"
	mkfs.ext4 -q /dev/mapper/$NAME || fail "mkfs"
	mount -t ext4 /dev/mapper/$NAME "$IMAGE" || fail "mount"
	truncate -s 16M "$IMAGE/disk"
	disk=$(losetup -f --show "$IMAGE/disk") || fail "losetup"
	on_exit _disk_down
	echo 0 >"/sys/block/${disk##*/}/queue/iostats"
}

_switch() {	# ours|kernel
	/xb/switch-modules "$1" xen-blkback >"$XB_RUN/switch.out" 2>&1
}

_served_by() {	# ours|kernel
	local which=kernel
	[ ! -e /sys/module/xen_gnttab_helpers/holders/xen_blkback ] || which=ours
	[ "$which" = "$1" ] || fail "served by $which: $(<"$XB_RUN/switch.out")"
}

_flushed() {
	cat "$(vbd_device g1)/statistics/f_req"
}

_flushes() {	# more than BEFORE: the driver has taken it from the ring
	[ "$(_flushed)" -gt "$1" ]
}

_begin_flush() {
	local before
	_flushes_take 300000
	before=$(_flushed)
	writes=$(guest_bg g1 "dd if=/dev/urandom of=/tmp/data bs=64k count=16 2>/dev/null
		dd if=/tmp/data of=/dev/xvdb bs=64k conv=fsync 2>&1")
	wait_for 30 _flushes "$before" || fail "the guest does not flush"
	[ "$(awk '{ print $9 }' "/sys/block/${disk##*/}/stat")" = 0 ] ||
		fail "the test shows nothing: the disk counts what it has to do"
}

_end_flush() {
	_flushes_take 0
	guest_wait g1 "$writes" 60 || fail "the guest's flush has failed"
	guest_run g1 30 "dd if=/dev/xvdb bs=64k count=16 iflag=direct 2>/dev/null |
		cmp - /tmp/data" || fail "the guest reads something else"
}

_is_paused() {
	xl list g1 | awk 'END { exit substr($(NF - 1), 3, 1) != "p" }'
}

_refused() {
	_begin_flush
	! _switch ours || fail "taken from it while it flushes"
	grep -q "does not come to rest: vbd-" "$XB_RUN/switch.out" ||
		fail "switch-modules: $(<"$XB_RUN/switch.out")"
	_served_by kernel
	_end_flush
}

# With more rings than one, and of more pages.
_attach_anew() {
	vbd_detach g1 xvdb || fail "detach"
	frontend_reload g1 max_queues=2 max_ring_page_order=1 || fail "frontend"
	echo 2 >/sys/module/xen_blkback/parameters/max_queues
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach"
	guest_run g1 "[ \"\$(ls /sys/block/xvdb/mq | wc -l)\" = 2 ]" ||
		fail "the guest has one ring"
}

# It ends while it is waited for.
_waits() {
	local pid
	_begin_flush
	_will_take 0
	_switch ours &
	pid=$!
	wait_for 30 _is_paused || fail "the guest is not paused"
	_resume
	wait "$pid" || fail "switch-modules: $(<"$XB_RUN/switch.out")"
	_end_flush
	_served_by ours
}

test_main() {
	local writes
	[ "$XB_MODULES" = ours ] || skip "it changes from and to ours"
	_disk_up
	on_exit _switch ours
	_switch kernel || fail "switch-modules: $(<"$XB_RUN/switch.out")"
	_served_by kernel
	guest_create g1 "vcpus=2"
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach"
	_refused
	_attach_anew
	_refused
	_waits
	vbd_detach g1 xvdb || fail "detach"
	guest_destroy g1
	pass
}
