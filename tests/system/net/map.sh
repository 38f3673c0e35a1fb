# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="packets of a guest are mapped: to another guest, to dom0, held for long, in a hurry"
TIMEOUT=600
BOUND=/sys/module/xen_gnttab_helpers/parameters/max_packet_frames
DOMAINS=/sys/kernel/debug/xen-gnttab-helpers/domains
FAULTS=/sys/kernel/debug/xen-gnttab-helpers/faults

_map() {	# on | off
	ethtool --set-priv-flags "$vif" tx-map "$1" || fail "tx-map $1"
	ethtool --show-priv-flags "$vif" | grep "tx-map *: $1" >/dev/null ||
		fail "tx-map is not $1"
}

_stat() {	# NAME
	ethtool -S "$vif" | awk -v name="$1:" '$1 == name { print $2 }'
}

_iperf() {	# ADDRESS OPTION...
	guest_run g1 60 "iperf3 -c $* -t 1 >/tmp/iperf 2>&1 || { cat /tmp/iperf; exit 1; }" ||
		fail "iperf3 $*"
}

# What a file is when it has come to the other guest.
_file() {	# MiB
	local sum got
	guest_run g2 "rm -f /tmp/f; : >/tmp/f; (sleep 100 | nc -l -p 7000 >/tmp/f) >/dev/null 2>&1 &" || fail "nc"
	sum=$(guest_run g1 60 "dd if=/dev/urandom of=/tmp/f bs=64k count=$(($1 * 16)) \
		2>/dev/null; md5sum </tmp/f; sleep 1; nc 10.0.0.3 7000 </tmp/f") ||
		fail "sending"
	got=$(guest_run g2 60 "i=0
		until [ \"\$(stat -c %s /tmp/f)\" = $(($1 << 20)) ]; do
			i=\$((i + 1)); [ \$i -le 200 ] || { ls -l /tmp/f; ps | grep nc; exit 1; }
			usleep 100000
		done
		md5sum </tmp/f; rm -f /tmp/f") || fail "receiving: $got"
	[ "$sum" = "$got" ] || fail "the other guest got another file"
}

# Is anything of it mapped, and did nobody want a copy?
_to_guest() {
	local before sent copied
	before=$(_stat tx_zerocopy_sent)
	copied=$(_stat tx_zerocopy_fail)
	_iperf 10.0.0.3
	_file 4
	sent=$(($(_stat tx_zerocopy_sent) - before))
	copied=$(($(_stat tx_zerocopy_fail) - copied))
	echo "to the other guest: $sent mapped, $copied copied later"
	[ "$sent" -gt 100 ] || fail "$sent packets were mapped"
	[ "$copied" -lt $((sent / 10)) ] || fail "$copied of them were copied"
}

# A socket could keep them for ever: they are copied for it.
_to_dom0() {
	local before
	before=$(_stat tx_zerocopy_fail)
	_iperf 10.0.0.1
	_iperf 10.0.0.1 -u -b 20M -l 8000
	[ "$(_stat tx_zerocopy_fail)" -gt "$before" ] ||
		fail "sockets of dom0 have pages of the guest"
}

# To the other guest a page is copied by its grant. If that has changed by then,
# it can still be read where it is mapped.
_changed_grants() {
	local vif before hits errors deferred
	vif=vif$(guest_domid g2).0
	before=$(_stat queue_0_rx_deferred)
	on_exit eval "echo between 0 >$FAULTS"
	echo "between -3 chance=10" >$FAULTS
	_file 4
	hits=$(awk '$1 == "between" { print $4 }' $FAULTS)
	echo "between 0" >$FAULTS
	errors=$(_stat queue_0_rx_copy_errors)
	deferred=$(($(_stat queue_0_rx_deferred) - before))
	echo "changed grants: $hits, packets copied instead: $deferred"
	[ "$hits" -gt 20 ] || fail "$hits copies between guests failed"
	[ "$deferred" -gt 10 ] || fail "$deferred packets were copied instead"
	[ "$errors" = 0 ] || fail "$errors packets were lost"
}

# Frames that are paged out for four seconds. New packets, which are looked at
# more often, do not cost the old ones their time, 33 s.
_paged_out() {
	local errors deferred
	on_exit eval "echo copy 0 >$FAULTS"
	echo "copy -12" >$FAULTS
	guest_run g1 "for i in \$(seq 31); do
			ping -c 1 -W 30 10.0.0.1 >/dev/null 2>&1 &
			usleep 90000
		done" || fail "pings"
	_pause 1
	echo "copy 0" >$FAULTS
	ping -q -c 1 -W 5 10.0.0.2 >/dev/null || fail "dead after paging"
	errors=$(_stat queue_0_tx_copy_errors)
	deferred=$(_stat queue_0_tx_deferred)
	echo "paged out: $deferred packets waited, $errors were given up"
	[ "$deferred" -gt 20 ] || fail "$deferred packets waited"
	[ "$errors" = 0 ] || fail "$errors packets were given up"
}

_switch_under_load() {
	local load i
	load=$(guest_bg g1 "iperf3 -c 10.0.0.3 -t 600")
	for i in 1 2 3 4 5; do
		_pause 0.2
		_map off
		_pause 0.2
		_map on
	done
	ip link set "$vif" down
	ip link set "$vif" up
	wait_for 20 _is_moving || fail "dead after down and up"
	guest_run g1 "killall iperf3; exit 0"
	guest_wait g1 "$load" 30 >/dev/null || :
}

_is_moving() {
	local before
	before=$(<"/sys/class/net/$vif/statistics/rx_bytes")
	_pause 0.2
	[ "$(<"/sys/class/net/$vif/statistics/rx_bytes")" -gt $((before + 100000)) ]
}

# Somebody keeps packets until he is told: the guest goes on, by copies.
_hold() {
	bridge_keeper
	_hold_more
}

_hold_more() {
	guest_run g1 "arp -s 10.0.0.77 02:00:00:00:00:77
		for i in \$(seq 30); do
			ping -c 1 -W 1 -s 8000 10.0.0.77 >/dev/null &
		done; wait"
	ping -q -c 1 -W 2 10.0.0.2 >/dev/null || fail "a guest whose packets are held is dead"
	_holds || fail "nothing is held"
}

_holds() {	# so many bytes as only large packets have
	tc -s qdisc show dev hold0 | grep -E 'backlog [0-9]{2,}(K|[0-9]{3})b' >/dev/null
}

_domain() {	# COLUMN of the guest
	awk -v name="$1" -v domid="$(guest_domid g1)" '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) column = i }
		$1 == domid { print $column }' $DOMAINS
}

_is_bounded() {
	local held
	held=$(_domain held)
	[ "$held" -gt 0 ] || fail "no frame is held"
	[ "$held" -le "$(<$BOUND)" ] || fail "$held frames are held"
}

_attach_mapped() {
	vif_attach g1 10.0.0.2 mtu=9000 || fail "attach g1 again"
	vif=vif$(guest_domid g1).0
	_map on
	guest_run g1 "ip link set eth0 mtu 9000"
}

# The packets of a device that has gone count.
_is_bounded_anew() {
	local before copied
	_attach_mapped
	before=$(_domain not_held)
	_hold_more
	_is_bounded
	copied=$(($(_domain not_held) - before))
	echo "frames held: $(_domain held), packets copied instead: $copied"
	[ "$copied" -ge 20 ] || fail "$copied packets were copied instead"
	vif_detach g1 0 || fail "detach anew with packets held"
}

_is_going() {
	grep -q going /sys/module/xen_netback/initstate
}

# Switching the interface off and on does not wait for them.
_is_quick() {
	local start i
	start=$(date +%s%N)
	for i in 1 2 3; do
		ip link set "$vif" down
		ip link set "$vif" up
	done
	i=$((($(date +%s%N) - start) / 1000000))
	echo "3 times down and up: $i ms"
	[ "$i" -lt 2500 ] || fail "down and up took $i ms with packets held"
	wait_for 20 ping -q -c 1 -W 2 10.0.0.2 || fail "dead after down and up"
}

_unanswered() {	# requests of the guest
	awk '$1 == "unanswered" { print $2; exit }' \
		"/sys/kernel/debug/xen-netback/$vif/io_ring_q0"
}

# The driver that comes next could not answer them.
_unbind_held() {
	local pid dev
	dev=$(echo "${vif/vif/vif-}" | tr . -)
	[ "$(_unanswered)" -gt 0 ] || fail "all is answered"
	echo "$dev" >/sys/bus/xen-backend/drivers/vif/unbind &
	pid=$!
	_pause 3
	kill -0 "$pid" 2>/dev/null || fail "the driver has gone before its packets"
	tc qdisc del dev hold0 root
	wait "$pid" || fail "unbind"
	echo "$dev" >/sys/bus/xen-backend/drivers/vif/bind || fail "bind"
	ip link set "$vif" mtu 9000 master br0 up
	_map on
	wait_for 20 ping -q -c 1 -W 1 10.0.0.2 || fail "dead after unbind"
	wait_for 20 _is_answered || fail "$(_unanswered) requests have no answer"
	tc qdisc add dev hold0 root netem delay 200s limit 1000
}

_is_answered() {
	[ "$(_unanswered)" = 0 ]
}

# Not before the last packet is back.
_unload() {
	local other pid
	other=vif$(guest_domid g2).0
	echo "vif-$(guest_domid g2)-0" >/sys/bus/xen-backend/drivers/vif/unbind
	rmmod xen-netback &
	pid=$!
	wait_for 20 _is_going || fail "the module cannot be unloaded"
	_pause 1
	_is_going || fail "the module has gone before its packets"
	tc qdisc del dev hold0 root
	wait "$pid" || fail "rmmod"
	modprobe xen-netback
	wait_for 10 test -e "/sys/class/net/$other" || fail "$other is not back"
	ip link set "$other" mtu 9000 master br0 up
	wait_for 20 ping -q -c 1 -W 1 10.0.0.3 || fail "g2 is dead"
}

test_main() {
	local vif load
	[ "$XB_MODULES" = ours ] || skip "in-tree always maps"
	guest_create g1
	guest_create g2
	on_exit vif_forget g1 g2
	bridge_up
	ip link set br0 mtu 9000
	on_exit ip link set br0 mtu 1500
	leak_snapshot
	vif_attach g1 10.0.0.2 mtu=9000 || fail "attach g1"
	vif_attach g2 10.0.0.3 mtu=9000 || fail "attach g2"
	guest_run g1 "ip link set eth0 mtu 9000"
	guest_run g2 "ip link set eth0 mtu 9000; iperf3 -s -D" >/dev/null ||
		fail "no server"
	iperf3 -s -D >/dev/null
	on_exit eval "pkill -x iperf3 || :"
	vif=vif$(guest_domid g1).0
	[ "$(_stat tx_zerocopy_sent)" = 0 ] || fail "mapped unasked"
	[ ! -e $FAULTS ] || _paged_out
	_map on
	_to_guest
	_to_dom0
	[ ! -e $FAULTS ] || _changed_grants
	_switch_under_load
	on_exit eval "echo $(<$BOUND) >$BOUND"
	echo 40 >$BOUND
	_hold
	_is_bounded
	[ "$(_stat tx_zerocopy_sent)" -gt 0 ] || fail "nothing is counted"
	_is_quick
	_unbind_held
	_hold_more
	vif_detach g1 0 || fail "detach with packets held"
	_is_bounded_anew
	_unload
	_attach_mapped
	load=$(guest_bg g1 "iperf3 -c 10.0.0.3 -t 600")
	wait_for 20 _is_moving || fail "no load"
	guest_destroy g1
	guest_destroy g2
	leak_check
	pass
}
