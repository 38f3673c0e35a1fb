# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# As eagain-blk, with packets: TCP and UDP get through both ways, a file is
# whole, and no packet has an error.
DESCRIPTION="iperf3 and a file while frames of the guest are paged out"
TIMEOUT=600

_has_ended() {
	! pidof iperf3 >/dev/null
}

_listens() {
	grep -q ':1451 ' /proc/net/tcp6 /proc/net/tcp
}

# A server of its own each time: one that is still busy with the end of the
# last run, which takes long here, turns the next away.
_iperf() {	# OPTION...
	local out rate
	wait_for 60 _has_ended || fail "iperf3's server does not end"
	iperf3 -s -1 -D >/dev/null
	wait_for 10 _listens || fail "iperf3's server does not begin"
	out=$(guest_run g1 60 "iperf3 -c 10.0.0.1 $* -t 3 -f k 2>&1") ||
		fail "iperf3 $*: ${out##*$'\n'}"
	rate=$(awk '/receiver/ { print $7 }' <<<"$out" | tail -n 1)
	echo "iperf3 $*: ${rate:-?} kbit/s"
	awk -v rate="${rate:-0}" 'BEGIN { exit !(rate > 0) }' || fail "iperf3 $*: nothing received"
}

_file() {
	local sum
	timeout 100 nc -l -p 7000 >"$XB_RUN/file" &
	sum=$(guest_run g1 100 "dd if=/dev/urandom of=/tmp/f bs=64k count=16 2>/dev/null
		md5sum </tmp/f; sleep 1; nc 10.0.0.1 7000 </tmp/f") || fail "sending"
	wait_for 60 eval "[ \"\$(stat -c %s $XB_RUN/file)\" = 1048576 ]" || fail "file is short"
	[ "$sum" = "$(md5sum <"$XB_RUN/file")" ] || fail "dom0 got another file"
	rm -f "$XB_RUN/file"
}

_errors() {	# counters of the interface that are errors, and not 0
	ethtool -S "$vif" | grep -E 'error|fail|bad' | grep -v ': 0$'
}

_deferred() {	# packets that waited, over all queues
	ethtool -S "$vif" | awk -F': ' '/deferred/ { n += $2 } END { print n + 0 }'
}

test_main() {
	local vif
	[[ $(xl info xen_commandline) == *gnttab_eagain=* ]] ||
		skip "this hypervisor pages nothing out (--xen eagain)"
	guest_create g1
	on_exit vif_forget g1
	vif_attach g1 10.0.0.2 || fail "attach"
	vif=vif$(guest_domid g1).0
	on_exit pkill -x iperf3
	leak_snapshot
	_iperf
	_iperf -R
	_iperf -u -b 5M
	_iperf -u -b 5M -R
	_file
	ethtool -S "$vif" | grep -v ': 0$'
	[ "$(_deferred)" -gt 0 ] || fail "no packet ever waited for a frame"
	[ "$(cat "/sys/class/net/$vif/statistics/"{rx,tx}_errors | sort -u)" = 0 ] ||
		fail "packets with errors: $(_errors)"
	vif_detach g1 0 || fail "detach"
	leak_check
	pass
}
