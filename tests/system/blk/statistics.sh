# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="sysfs and xentop show the guest's I/O, with the in-tree names"
TIMEOUT=120

_stat() {
	cat "/sys/bus/xen-backend/devices/vbd-$(guest_domid g1)-51728/statistics/$1"
}

# Read and written sectors of the guest as xentop has them.
_xentop() {
	xentop -b -i 1 -f | awk '$1 == "g1" { print $(NF - 2), $(NF - 1) }'
}

_debug() {
	echo "/sys/kernel/debug/xen-blkback/vbd-$(guest_domid g1)-51728/$1"
}

# Sum of a column of a histogram.
_sum() {	# FILE COLUMN
	awk -v c="$2" 'NR > 1 { n += $c } END { print n + 0 }' "$(_debug "$1")"
}

_check_histograms() {
	local before taken
	mountpoint -q /sys/kernel/debug || mount -t debugfs debugfs /sys/kernel/debug
	[ "$(_sum latency 2)" = 0 ] || fail "latencies are measured unasked"
	echo 1 >"$(vbd_device g1)/latency_stats"
	before=$(_stat rd_req)
	taken=$(_stat sweeps)
	guest_run g1 "dd if=/dev/xvdb of=/dev/null bs=4k count=100 iflag=direct" || fail "dd"
	[ "$(_sum latency 2)" = $(($(_stat rd_req) - before)) ] ||
		fail "$(_sum latency 2) latencies of $(($(_stat rd_req) - before)) reads"
	[ "$(_sum batches 2)" = "$(_stat sweeps)" ] || fail "batches do not fit sweeps"
	[ "$(_stat sweeps)" -gt "$taken" ] || fail "no sweeps"
	echo 0 >"$(vbd_device g1)/latency_stats"
	[ "$(awk '$1 == "rd_req" { print $2 }' "$(_debug queues)")" -gt 0 ] ||
		fail "no counters by queue"
	cat "$(_debug queues)" "$(_debug latency)" "$(_debug budget)"
}

_check_trace() {
	local trace=/sys/kernel/tracing
	mountpoint -q $trace || mount -t tracefs tracefs $trace
	echo 1 >$trace/events/xen_blkback/enable
	on_exit eval "echo 0 >$trace/events/xen_blkback/enable"
	echo 1 >$trace/tracing_on
	guest_run g1 "dd if=/dev/xvdb of=/dev/null bs=4k count=1 skip=3 iflag=direct" || fail "dd"
	echo 0 >$trace/events/xen_blkback/enable
	grep -qE "xbb_answer: vbd=$(guest_domid g1).xvdb queue=0 .*op=0 sector=24\+8 .*error=0" \
		$trace/trace || fail "no trace of a read"
	grep -q "xbb_sweep: vbd=" $trace/trace || fail "no trace of a sweep"
}

# PF_MEMALLOC_NOIO, the same in all kernels from 6.1 to 7.3: memory that is being
# written back to a disk that this thread serves must not be waited for by it.
_check_thread() {
	local pid stat
	pid=$(pgrep -x "$(guest_domid g1).xvdb-0") || fail "no thread"
	read -ra stat <"/proc/$pid/stat"
	[ $((stat[8] & 0x80000)) != 0 ] || fail "the thread may wait for write-back"
}

test_main() {
	local name read written
	backing_null disk 16
	guest_create g1
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach"
	for name in oo_req rd_req wr_req f_req ds_req rd_sect wr_sect; do
		_stat "$name" >/dev/null || fail "no statistics/$name"
	done
	read=$(_stat rd_sect)
	written=$(_stat wr_sect)
	guest_run g1 "dd if=/dev/xvdb of=/dev/null bs=64k count=32 iflag=direct &&
		dd if=/dev/zero of=/dev/xvdb bs=64k count=16 oflag=direct" || fail "dd"
	[ $(($(_stat rd_sect) - read)) = 4096 ] || fail "rd_sect is wrong"
	[ $(($(_stat wr_sect) - written)) = 2048 ] || fail "wr_sect is wrong"
	echo "xentop: $(_xentop)"
	if [ "$XB_MODULES" = ours ]; then
		_check_thread
		_check_histograms
		_check_trace
	fi
	[ "$(_xentop)" = "$(_stat rd_sect) $(_stat wr_sect)" ] || fail "xentop shows $(_xentop)"
	vbd_detach g1 xvdb || fail "detach"
	pass
}
