# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# The disk is a sparse file behind a loop device: what is discarded is a hole
# afterwards, and the rest of the data is still there.
DESCRIPTION="a guest discards, and the space is given back; no-discard forbids it"
TIMEOUT=180

_used_kb() {
	du -k "$image" | cut -f 1
}

_has() {	# NODE VALUE
	[ "$(xenstore-read "$(vbd_backend g1 xvdb)/$1" 2>/dev/null)" = "$2" ]
}

_discard_some() {
	guest_run g1 60 "dd if=/dev/urandom of=/dev/xvdb bs=1M count=32 oflag=direct 2>/dev/null
		blkdiscard -o 4194304 -l 16777216 /dev/xvdb" || fail "blkdiscard in the guest"
	[ "$(_used_kb)" -le $(((before + 16) * 1024 + 1024)) ] ||
		fail "$(_used_kb) KiB are still used"
	[ "$(_used_kb)" -ge $((16 * 1024 - 1024)) ] || fail "too much has gone"
}

_check_holes() {
	local want
	want=$(guest_run g1 "dd if=/dev/xvdb bs=1M count=4 iflag=direct 2>/dev/null | md5sum")
	[ "$(dd if="$image" bs=1M count=4 status=none | md5sum)" = "$want" ] ||
		fail "data before the hole is not what the guest reads"
	[ "$(dd if="$image" bs=1M skip=4 count=16 status=none | tr -d '\0' | wc -c)" = 0 ] ||
		fail "what was discarded is not zero"
}

_pieces() {	# discards that the disk has seen
	local stat
	read -ra stat <"/sys/block/$(basename "$disk")/stat"
	echo "${stat[11]}"
}

# 256 pieces of 64 KiB, of which twenty a second may go.
_limit_holds_for_pieces() {
	local device from begun job
	device=$(vbd_device g1)
	echo 65536 >"/sys/block/$(basename "$disk")/queue/discard_max_bytes"
	echo 20 >"$device/iops_limit" || fail "iops_limit"
	from=$(_pieces)
	read -r begun _ </proc/uptime
	guest_run g1 60 "blkdiscard -o 33554432 -l 16777216 /dev/xvdb" &
	job=$!
	sleep 3
	echo "$(($(_pieces) - from)) pieces in $(awk -v b="$begun" '{ print $1 - b }' /proc/uptime) s"
	# What was saved up comes on top.
	awk -v b="$begun" -v n="$(($(_pieces) - from))" \
		'{ exit n > ($1 - b) * 20 + 5 }' /proc/uptime || fail "the limit does not hold for pieces"
	[ "$(_pieces)" -gt "$from" ] || fail "nothing is discarded"
	echo 0 >"$device/iops_limit"
	wait "$job" || fail "blkdiscard with a limit"
	[ "$(_pieces)" -ge $((from + 256)) ] ||
		fail "only $(($(_pieces) - from)) of 256 pieces are discarded"
}

_discarding() {	# DISK: has so much begun, and is not yet over?
	local r w
	read -r r w <"/sys/block/${1##*/}/inflight"
	[ "$w" -ge 2 ]
}

# Of 16 discards of 16 pieces of 100 ms each the block layer takes about four pieces
# at a time, and has whoever brings more wait. Ten reads of the same ring, one
# after the other, take as long as ten pieces, and a little.
_reads_pass_discards() {
	local slow queue load begun
	backing_null slow 32 discard=1 irqmode=2 completion_nsec=100000000 hw_queue_depth=16
	queue=/sys/block/${slow##*/}/queue
	if ! echo 1000000 2>/dev/null >"$queue/wbt_lat_usec"; then
		echo "this kernel does not throttle discards"
		return 0
	fi
	echo 65536 >"$queue/discard_max_bytes"
	vbd_attach g1 "phy:$slow,xvdb,w" || fail "attach a slow disk"
	load=$(guest_bg g1 "! [ -e /sys/block/xvdb/queue/wbt_lat_usec ] ||
			echo 0 >/sys/block/xvdb/queue/wbt_lat_usec
		echo 1048576 >/sys/block/xvdb/queue/discard_max_bytes
		blkdiscard -l 16M /dev/xvdb")
	wait_for 20 _discarding "$slow" || fail "nothing is discarded"
	begun=$(_uptime_ms)
	guest_run g1 60 "dd if=/dev/xvdb of=/dev/null bs=4k count=10 iflag=direct 2>/dev/null" ||
		fail "read beside discards"
	begun=$(($(_uptime_ms) - begun))
	echo "ten reads beside discards in $begun ms"
	[ "$begun" -lt 2500 ] || fail "reads wait for discards: $begun ms for ten"
	_discarding "$slow" || fail "the discards are over already: the test shows nothing"
	guest_wait g1 "$load" 90 || fail "blkdiscard beside reads"
	vbd_detach g1 xvdb || fail "detach the slow disk"
}

_uptime_ms() {
	awk '{ print int($1 * 1000) }' /proc/uptime
}

test_main() {
	local before=0 disk
	image=$XB_RUN/discard.img
	truncate -s 64M "$image"
	on_exit rm -f "$image"
	disk=$(losetup -f --show "$image")
	on_exit losetup -d "$disk"
	guest_create g1

	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach"
	_has feature-discard 1 || fail "discard is not offered"
	_has discard-granularity 4096 || fail "wrong granularity"
	_discard_some
	_check_holes
	if [ "$XB_MODULES" = ours ]; then
		grep -qv '^0$' "/sys/bus/xen-backend/devices/vbd-$(guest_domid g1)-51728/statistics/ds_req" ||
			fail "ds_req counts nothing"
	fi
	[ "$XB_MODULES" != ours ] || _limit_holds_for_pieces
	vbd_detach g1 xvdb || fail "detach"

	vbd_attach g1 "vdev=xvdb,access=w,no-discard,target=$disk" || fail "attach"
	if _has feature-discard 1; then
		fail "discard is offered against the admin's will"
	fi
	vbd_detach g1 xvdb || fail "detach"
	[ "$XB_MODULES" != ours ] || _reads_pass_discards
	pass
}
