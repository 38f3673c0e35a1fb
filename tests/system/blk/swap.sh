# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Two device-mapper disks over the same memory stand for two paths to the same
# data. The guest verifies all the time.
DESCRIPTION="another disk takes the place of the first under a guest's verified I/O"
TIMEOUT=240

_path() {	# NAME SECTORS
	dmsetup create --noudevsync "$1" --table "0 $2 linear $base 0" || fail "dmsetup"
	on_exit _dm_remove "$1"
	dmsetup mknodes "$1"
}

_enlarge() {	# NAME SECTORS
	dmsetup suspend --noudevsync "$1"
	dmsetup reload "$1" --table "0 $2 linear $base 0" || fail "dmsetup reload"
	dmsetup resume --noudevsync "$1"
}

_number() {
	stat -L -c '%t:%T' "/dev/mapper/$1"
}

_is_on() {	# DISK
	[[ $(xenstore-read "$backend/active-physical-device") == \
		"$(stat -L -c '%t:%T' "$1")@"* ]]
}

_is_active() {
	_is_on "/dev/mapper/$1"
}

_change() {	# NAME
	xenstore-write "$backend/physical-device" "$(_number "$1")"
}

_is_refused() {
	xenstore-ls /local/domain/0/error/backend/vbd 2>/dev/null |
		grep "changing the disk: $1" >/dev/null
}

_is_used() {	# NAME: somebody in this domain has it open
	[ "$(dmsetup info -c --noheadings -o open "$1")" = 1 ]
}

_is_unused() {
	[ "$(dmsetup info -c --noheadings -o open "$1")" = 0 ]
}

_guest_has_size() {
	guest_run g2 "dd if=/dev/xvdb of=/dev/null bs=4k count=1 iflag=direct 2>/dev/null
		[ \$(cat /sys/block/xvdb/size) = $1 ]"
}

_flushes() {	# DISK: how many were done
	awk '{ print $16 }' "/sys/block/${1##*/}/stat"
}

_driver() {	# unbind|bind
	echo "$device" >"/sys/bus/xen-backend/drivers/vbd/$1"
}

# What the guest flushes afterwards only reaches the new disk.
_cache_is_flushed() {	# BEFORE AFTER: what is done around the change
	local one two before device
	backing_null one 16 cache_size=1
	backing_null two 16 cache_size=1
	vbd_attach g2 "phy:$one,xvdb,w" || fail "attach a disk with a cache"
	backend=$(vbd_backend g2 xvdb)
	device=$(basename "$(vbd_device g2)")
	guest_run g2 "dd if=/dev/zero of=/dev/xvdb bs=64k count=8 oflag=direct 2>/dev/null" ||
		fail "write"
	before=$(_flushes "$one")
	$1
	xenstore-write "$backend/physical-device" "$(stat -L -c '%t:%T' "$two")"
	$2
	wait_for 30 _is_on "$two" || fail "the disk is not exchanged"
	[ "$(_flushes "$one")" -gt "$before" ] ||
		fail "what was written stays in the cache of the old disk"
	vbd_detach g2 xvdb || fail "detach"
}

# What counts is what the guest was told, not what the disk at hand is like.
_cache_as_told() {
	local with without
	backing_null with 16 cache_size=1
	backing_null without 16
	vbd_attach g2 "phy:$with,xvdb,w" || fail "attach a disk with a cache"
	backend=$(vbd_backend g2 xvdb)
	_change_to "$without" || fail "a disk without a cache is not taken"
	_change_to "$with" || fail "a guest that was told to flush does not get a cache back"
	vbd_detach g2 xvdb || fail "detach"
	echo "write through" >"/sys/block/${with##*/}/queue/write_cache"
	vbd_attach g2 "phy:$with,xvdb,w" || fail "attach a disk that writes through"
	backend=$(vbd_backend g2 xvdb)
	echo "write back" >"/sys/block/${with##*/}/queue/write_cache"
	_change_to "$without" || fail "no change from a disk that has got a cache"
	! _change_to "$with" || fail "a guest that never flushes gets a disk with a cache"
	_is_refused "it has a cache" || fail "it is not said why"
	vbd_detach g2 xvdb || fail "detach"
}

_change_to() {	# DISK
	xenstore-write "$backend/physical-device" "$(stat -L -c '%t:%T' "$1")"
	wait_for 5 _is_on "$1"
}

# One piece of a discard a second would keep the disk for a minute.
_discard_is_hurried() {
	local one two
	backing_null one 16 discard=1
	backing_null two 16 discard=1
	echo 65536 >"/sys/block/${one##*/}/queue/discard_max_bytes"
	vbd_attach g2 "phy:$one,xvdb,w" || fail "attach a disk that discards"
	backend=$(vbd_backend g2 xvdb)
	echo 1 >"$(vbd_device g2)/iops_limit"
	guest_bg g2 "blkdiscard -l 4M /dev/xvdb" >/dev/null
	wait_for 20 _discards "$one" 2 || fail "nothing is discarded"
	xenstore-write "$backend/physical-device" "$(stat -L -c '%t:%T' "$two")"
	wait_for 20 _is_on "$two" || fail "a discard that is throttled holds up another disk"
	_discards "$one" 64 || fail "the discard was not done on the old disk"
	vbd_detach g2 xvdb || fail "detach"
}

_discards() {	# DISK: are so many done?
	[ "$(awk '{ print $12 }' "/sys/block/${1##*/}/stat")" -ge "$2" ]
}

# Either disk is read-only in dom0, so that is what the guest was told; then the
# toolstack says so.
_to_read_for_to_read() {
	blockdev --setro /dev/mapper/xbone /dev/mapper/xbtwo
	vbd_attach g2 "phy:/dev/mapper/xbone,xvdb,w" || fail "attach a disk to read"
	backend=$(vbd_backend g2 xvdb)
	_change xbtwo
	wait_for 30 _is_active xbtwo || fail "a disk to read is refused to who only reads"
	blockdev --setrw /dev/mapper/xbone
	xenstore-write "$backend/mode" r
	_change xbone
	wait_for 30 _is_active xbone || fail "one that is to be read by its mode is refused"
	vbd_detach g2 xvdb || fail "detach"
}

# Whoever closes a disk last writes back what dom0 has cached of it: one that does
# not get over that is nobody's disk any more.
_old_one_hangs() {
	blockdev --setrw /dev/mapper/xbone /dev/mapper/xbtwo
	vbd_attach g2 "phy:/dev/mapper/xbone,xvdb,w" || fail "attach a disk that will hang"
	backend=$(vbd_backend g2 xvdb)
	dd if=/dev/urandom of=/dev/mapper/xbone bs=64k count=16 status=none
	dmsetup suspend --noudevsync --nolockfs --noflush xbone
	on_exit dmsetup resume --noudevsync xbone
	_change xbtwo
	wait_for 30 _is_active xbtwo || fail "no way from a disk that hangs"
	_change xblarge
	wait_for 30 _is_active xblarge || fail "a disk that hangs in its end keeps the next one away"
	timeout 60 xl block-detach g2 xvdb || fail "detach"
	_is_unused xblarge || fail "Closed was said, and the new disk is still open"
	! _is_unused xbone || fail "the old one does not hang: the test shows nothing"
	dmsetup resume --noudevsync xbone
	wait_for 30 _is_unused xbone || fail "the old one stays open"
}

test_main() {
	local base backend load i rounds=5 new old
	[ "$XB_MODULES" = ours ] || skip "the in-tree driver cannot do that"
	[ -z "$XB_LONG" ] || rounds=50
	backing_null base 32
	_path xbone 32768
	_path xbtwo 32768
	_path xbsmall 16384
	_path xblarge 49152
	guest_create g2
	vbd_attach g2 "phy:/dev/mapper/xbone,xvdb,w" || fail "attach"
	backend=$(vbd_backend g2 xvdb)
	load=$(guest_bg g2 "while [ ! -e /tmp/stop ]; do
		fio --name=v --filename=/dev/xvdb --size=8M --rw=randwrite --bs=16k \
			--direct=1 --ioengine=libaio --iodepth=32 --verify=crc32c \
			--verify_fatal=1 --randrepeat=0 --output=/tmp/fio.out || exit 1
		done")
	wait_for 60 vbd_is_loaded g2 || fail "no load"
	for ((i = 0; i < rounds; i++)); do
		for new in xbtwo xbone; do
			_change $new
			wait_for 30 _is_active $new || fail "round $i: $new is not active"
			_is_used $new || fail "round $i: $new is not in use"
			old=xbone
			[ $new = xbtwo ] || old=xbtwo
			wait_for 30 _is_unused $old || fail "round $i: $old is still open"
		done
	done
	_change xbsmall
	wait_for 30 _is_refused "it is smaller" || fail "a smaller disk is not refused"
	wait_for 30 _is_unused xbsmall || fail "the smaller disk stays open"
	_is_active xbone || fail "the old disk is not active any more"
	# Named once more when it is large enough.
	_enlarge xbsmall 32768
	_change xbsmall
	wait_for 30 _is_active xbsmall || fail "what was refused once is refused for ever"
	_change xbone
	wait_for 30 _is_active xbone || fail "there is no way back"
	xenstore-write "$backend/mode" r
	_change xbtwo
	wait_for 30 _is_refused "it is to be read only" ||
		fail "a guest that writes is given a disk to read"
	wait_for 30 _is_unused xbtwo || fail "the disk to read stays open"
	xenstore-write "$backend/mode" w
	_change xblarge
	wait_for 30 _is_active xblarge || fail "a larger disk is not taken"
	wait_for 30 _guest_has_size 49152 || fail "the guest does not see the new size"
	guest_run g2 "touch /tmp/stop"
	guest_wait g2 "$load" 120 || fail "an error in the guest"
	vbd_detach g2 xvdb || fail "detach"
	_to_read_for_to_read
	_cache_as_told
	_cache_is_flushed : :
	_cache_is_flushed "_driver unbind" "_driver bind"
	_discard_is_hurried
	_old_one_hangs
	guest_destroy g2
	pass
}
