# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# A stock guest sends barriers if the disk has no flush, but barriers. The
# disk is slow, the guest writes through two rings with many requests at once,
# and now and then a barrier. The kernel's trace of the disk shows the order:
# while a barrier is on its way, nothing else may be.
DESCRIPTION="barriers: all before is done, nothing after has begun, on all rings"
TIMEOUT=240
TRACE=/sys/kernel/tracing

# The backend waits for the disk while the guest does not look; what it then
# offers is changed to barriers alone before the guest reads it.
_attach_with_barriers() {
	local backend
	printf '#!/bin/sh\nexit 0\n' >"$XB_RUN/block-none"
	chmod +x "$XB_RUN/block-none"
	on_exit _vbd_forget g1 xvdb
	timeout 60 xl block-attach g1 \
		"format=raw,vdev=xvdb,access=rw,script=$XB_RUN/block-none,target=$disk" ||
		fail "attach"
	backend=$(vbd_backend g1 xvdb)
	wait_for 30 _node_is "$(xenstore-read "$backend/frontend")/state" 3 ||
		fail "the frontend does not come"
	guest_pause g1
	xenstore-write "$backend/physical-device" "$(stat -L -c '%t:%T' "$disk")"
	wait_for 30 _node_is "$backend/state" 4 || fail "no connection"
	_node_is "$backend/feature-barrier" 1 || fail "barriers are not offered"
	xenstore-write "$backend/feature-flush-cache" 0
	guest_unpause g1
	guest_run g1 40 "i=0
		until [ -b /dev/xvdb ] && [ \"\$(cat /sys/block/xvdb/size)\" != 0 ]; do
			i=\$((i + 1)); [ \$i -le 300 ] || exit 1
			usleep 100000
		done" || fail "the guest has no disk"
}

_node_is() {
	[ "$(xenstore-read "$1")" = "$2" ]
}

_trace_start() {
	local dev event
	mountpoint -q $TRACE || mount -t tracefs tracefs $TRACE
	dev=$(($(stat -L -c '0x%t << 20 | 0x%T' "$disk")))
	echo 0 >$TRACE/tracing_on
	echo 16384 >$TRACE/buffer_size_kb
	echo >$TRACE/trace
	for event in block_bio_queue block_bio_complete; do
		echo "dev == $dev" >$TRACE/events/block/$event/filter
		echo 1 >$TRACE/events/block/$event/enable
	done
	on_exit _trace_end
	echo 1 >$TRACE/tracing_on
}

_trace_end() {
	echo 0 >$TRACE/events/block/enable
	echo 1 >$TRACE/tracing_on
	echo 1408 >$TRACE/buffer_size_kb
}

# Prints barriers, greatest number of other requests at once, violations.
_trace_check() {
	awk '{
		for (i = 1; i < NF; i++)
			if ($i ~ /^block_bio_(queue|complete):$/) break
		if (i >= NF) next
		key = $(i + 3) "+" $(i + 5)
		flags = $(i + 2)
		if ($i ~ /complete/) {
			if (key == barrier) barrier = ""
			else if (key in open) { delete open[key]; depth-- }
			next
		}
		if (barrier != "") { bad++; print "behind a barrier: " $0 }
		if (flags ~ /^F.*W/) {
			n++
			if (flags !~ /WF/) { bad++; print "may stay in the cache: " $0 }
			barrier = key
			if (depth) { bad++; print depth " before a barrier: " $0 }
			next
		}
		open[key] = 1
		if (++depth > most) most = depth
	}
	END { print n + 0, most + 0, bad + 0 }' $TRACE/trace
}

test_main() {
	local base name=xbdelay result
	backing_null base 32 cache_size=8
	dmsetup create --noudevsync $name --table "0 65536 delay $base 0 10" || fail "dm-delay"
	on_exit _dm_remove $name
	dmsetup mknodes $name
	disk=/dev/mapper/$name
	guest_create g1 "vcpus = 2"
	module_param xen_blkback max_queues 2
	_attach_with_barriers
	_node_is "$(xenstore-read "$(vbd_backend g1 xvdb)/frontend")/multi-queue-num-queues" 2 ||
		fail "not two rings"
	_trace_start
	# The others write until the one with the barriers is done.
	guest_run g1 120 "fio --ioengine=libaio --direct=1 --filename=/dev/xvdb --bs=4k \
		--rw=randwrite --size=8M --io_size=1G --randrepeat=0 --exitall \
		--name=a --iodepth=16 --cpus_allowed=0 \
		--name=b --iodepth=16 --cpus_allowed=1 --offset=8M \
		--name=c --iodepth=1 --sync=1 --offset=16M --io_size=256k \
		>/tmp/out 2>&1 || { tail -n 20 /tmp/out; exit 1; }" || fail "fio"
	echo 0 >$TRACE/tracing_on
	result=$(_trace_check)
	tail -n 5 <<<"$result"
	read -r barriers most bad <<<"$(tail -n 1 <<<"$result")"
	[ "$barriers" -ge 50 ] || fail "only $barriers barriers"
	[ "$most" -ge 20 ] || fail "only $most requests at once: the rings did not overlap"
	[ "$bad" -eq 0 ] || fail "$bad times something was beside a barrier, or it was no FUA"
	vbd_detach g1 xvdb || fail "detach"
	guest_destroy g1
	pass
}
