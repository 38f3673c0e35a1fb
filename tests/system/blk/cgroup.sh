# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# What a disk's I/O is charged to is asked of the kernel's own accounting, its
# priority of the trace of requests that the disk is given.
DESCRIPTION="a disk's I/O belongs to a cgroup and has a priority"
TIMEOUT=200
TRACE=/sys/kernel/tracing

_cgroups() {
	cg=$XB_RUN/cgroup
	mkdir -p "$cg"
	mount -t cgroup2 none "$cg" || skip "the kernel has no cgroups"
	on_exit umount "$cg"
	echo +io >"$cg/cgroup.subtree_control" || skip "the kernel has no blkcg"
	mkdir "$cg/g1" "$cg/g1/plain"
	on_exit eval "rmdir $cg/g1/plain $cg/g1 2>/dev/null || :"
}

_bytes() {	# rbytes|wbytes CGROUP DISK: that it was charged
	awk -v d="$(<"/sys/block/${3##*/}/dev")" -v k="$1=" '
		$1 == d { for (i = 2; i <= NF; i++) if (index($i, k) == 1)
			n = substr($i, length(k) + 1) }
		END { print n + 0 }' "$cg/$2/io.stat"
}

_dd() {	# IN OUT COUNT [OF MORE]: in the guest, MiB
	guest_run g1 60 "dd if=$1 of=$2 bs=64k count=$(($3 * 16)) ${*:4}" || fail "dd"
}

# Each byte of the one disk, none of the other.
_charged() {
	local before
	before=$(_bytes rbytes g1 "$disk")
	_dd /dev/xvdb /dev/null 2 iflag=direct
	_dd /dev/xvdc /dev/null 1 iflag=direct
	[ "$(($(_bytes rbytes g1 "$disk") - before))" = $((2 << 20)) ] ||
		fail "$(_bytes rbytes g1 "$disk") bytes were charged"
	_dd /dev/zero /dev/xvdb 3 oflag=direct
	[ "$(_bytes wbytes g1 "$disk")" = $((3 << 20)) ] || fail "writes are not charged"
	[ "$(_bytes rbytes g1 "$other")" = 0 ] || fail "another disk was charged, too"
}

_ms() {	# DEVICE: time that the guest takes to read 2 MiB of it
	guest_run g1 90 "read -r a _ </proc/uptime
		dd if=/dev/$1 of=/dev/null bs=64k count=32 iflag=direct 2>/dev/null
		read -r b _ </proc/uptime; echo \$((\${b%.*}\${b#*.}0 - \${a%.*}\${a#*.}0))"
}

_throttled() {
	local slow fast
	echo "$(<"/sys/block/${disk##*/}/dev") rbps=1048576" >"$cg/g1/io.max" ||
		skip "the kernel does not throttle"
	slow=$(_ms xvdb) fast=$(_ms xvdc)
	echo "2 MiB in $slow ms with io.max of 1 MiB/s, $fast ms without"
	[ "$slow" -ge 1700 ] || fail "io.max does not hold"
	[ "$fast" -lt $((slow / 2)) ] || fail "io.max holds a disk of another cgroup"
	echo "$(<"/sys/block/${disk##*/}/dev") rbps=max" >"$cg/g1/io.max"
	fast=$(_ms xvdb)
	[ "$fast" -lt $((slow / 2)) ] || fail "io.max that was lifted still holds"
}

_refuses() {	# FILE VALUE
	local old
	old=$(<"$device/$1")
	if echo "$2" 2>/dev/null >"$device/$1"; then
		fail "$1 takes $2"
	fi
	[ "$(<"$device/$1")" = "$old" ] || fail "$1 was changed by $2"
}

_ioprio_traced() {	# WORD TRACED
	echo "$1" >"$device/ioprio" || fail "ioprio does not take $1"
	[ "$(<"$device/ioprio")" = "$1" ] || fail "ioprio is $(<"$device/ioprio")"
	echo >$TRACE/trace
	_dd /dev/xvdb /dev/null 1 iflag=direct
	grep -q "block_rq_issue: .* $2 \[" $TRACE/trace ||
		fail "no request has $1: $(grep block_rq_issue: $TRACE/trace | tail -n 1)"
}

# BFQ looks at the thread that submits.
_thread_has() {	# PRIORITY: as ionice says it
	local pid
	pid=$(pgrep -x "$(guest_domid g1)\.xvdb-0") || fail "no thread"
	[ "$(ionice -p "$pid")" = "$1" ] || fail "the thread has $(ionice -p "$pid")"
}

_ioprio() {
	echo rt/2 >"$device/ioprio"
	_dd /dev/xvdb /dev/null 1 iflag=direct
	_thread_has "realtime: prio 2"
	echo none >"$device/ioprio"
	_dd /dev/xvdb /dev/null 1 iflag=direct
	_thread_has "none: prio 0"
	mountpoint -q $TRACE || mount -t tracefs tracefs $TRACE
	grep -q ioprio $TRACE/events/block/block_rq_issue/format || {
		echo "this kernel's trace of requests has no priorities"
		return 0
	}
	echo 1 >$TRACE/tracing_on
	echo 1 >$TRACE/events/block/block_rq_issue/enable
	on_exit eval "echo 0 >$TRACE/events/block/block_rq_issue/enable"
	_ioprio_traced rt/2 rt,0,2
	_ioprio_traced idle idle,0,0
	_ioprio_traced be/7 be,0,7
	_ioprio_traced none 'none,0,0\|be,0,[0-7]'
}

_none_is_dying() {
	grep -q '^nr_dying_descendants 0$' "$cg/cgroup.stat"
}

# It can be removed at any time; what is left goes with the last reference.
_removed_in_use() {
	local load
	mkdir "$cg/g2"
	echo /g2 >"$device/cgroup"
	load=$(guest_bg g1 "dd if=/dev/xvdb of=/dev/null bs=4k iflag=direct count=4000")
	wait_for 30 vbd_is_loaded g1 "$(($(vbd_requests g1) + 100))"
	rmdir "$cg/g2" || fail "a cgroup in use cannot be removed"
	guest_wait g1 "$load" 90 || fail "I/O in a cgroup that was removed"
	[ "$(<"$device/cgroup")" = "/g2 (offline)" ] ||
		fail "cgroup is $(<"$device/cgroup")"
	_none_is_dying && fail "the test cannot tell: it was not in use"
	echo none >"$device/cgroup"
	wait_for 30 _none_is_dying || fail "a cgroup that is not used any more stays"
}

_detached_in_use() {
	mkdir "$cg/g2"
	echo /g2 >"$device/cgroup"
	_dd /dev/xvdb /dev/null 1 iflag=direct
	[ "$(_bytes rbytes g2 "$disk")" = $((1 << 20)) ] || fail "not charged to it"
	vbd_detach g1 xvdb || fail "detach"
	rmdir "$cg/g2"
	wait_for 30 _none_is_dying || fail "a disk that has gone keeps its cgroup"
}

test_main() {
	local cg device disk other
	[ "$XB_MODULES" = ours ] || skip "the in-tree driver has no cgroups"
	_cgroups
	backing_null disk 16
	backing_null other 16
	guest_create g1
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach"
	vbd_attach g1 "phy:$other,xvdc,w" || fail "attach"
	device=$(vbd_device g1)
	[ "$(<"$device/cgroup") $(<"$device/ioprio")" = "none none" ] || fail "defaults"
	echo /g1 >"$device/cgroup" || fail "cgroup does not take /g1"
	[ "$(<"$device/cgroup")" = /g1 ] || fail "cgroup is $(<"$device/cgroup")"
	_charged
	_throttled
	_refuses cgroup /missing
	_refuses cgroup g1
	_refuses cgroup /g1/plain
	_refuses ioprio be/8
	_refuses ioprio high
	_ioprio
	_removed_in_use
	_detached_in_use
	vbd_detach g1 xvdc || fail "detach"
	pass
}
