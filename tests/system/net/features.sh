# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="headroom, multicast filter, carrier node, mtu before the guest is there, datagrams merged, what ethtool and debugfs say"
TIMEOUT=300

_backend() {	# NODE
	xenstore-read "/local/domain/0/backend/vif/$domid/0/$1"
}

_backend_is() {	# NODE VALUE
	[ "$(_backend "$1")" = "$2" ]
}

_ping_sizes() {	# WHAT
	local size
	for size in 0 1 200 1000 1472 3700 3797 3798 3799 3800 4000 7000 8972; do
		ping -q -c 1 -W 2 -s "$size" 10.0.0.2 >/dev/null ||
			fail "$1: $size bytes do not reach the guest"
	done
}

_stat() {	# NAME: of all queues together
	ethtool -S "$vif" | awk -v name="_$1:" 'index($1, name) { n += $2 }
		END { print n + 0 }'
}

# The frontend does not ask for it, so dom0 writes in its place.
_headroom() {	# BYTES
	xenstore-write "$frontend/xdp-headroom" "$1" "$frontend/state" 7
	wait_for 10 _backend_is state 8 || fail "headroom $1: not reconfigured"
	xenstore-write "$frontend/state" 4
	wait_for 10 _backend_is state 4 || fail "headroom $1: not connected again"
	_ping_sizes "headroom $1"
}

# The guest sends a packet each time that we are connected.
_empty_polls() {
	echo $(($(_stat tx_polls) - $(_stat tx_packets)))
}

# As a guest may do it all the time: no queue stops for it, which would be polled
# for nothing afterwards, and the guest has to wait.
_toggle_headroom() {
	local i before start ms
	before=$(_empty_polls)
	start=$(date +%s%N)
	for ((i = 0; i < 20; i++)); do
		xenstore-write "$frontend/xdp-headroom" $((i % 2 * 256)) "$frontend/state" 7
		wait_for 10 _backend_is state 8 || fail "toggle $i: not reconfigured"
		xenstore-write "$frontend/state" 4
		wait_for 10 _backend_is state 4 || fail "toggle $i: not connected"
	done
	ms=$((($(date +%s%N) - start) / 1000000))
	i=$(($(_empty_polls) - before))
	echo "headroom changed 20 times: $ms ms, $i polls for nothing"
	[ "$i" -lt 10 ] || fail "queues were started $i times"
	[ "$ms" -gt 1500 ] || fail "20 changes in $ms ms"
}

# The guest, IPv6 and all, hears no multicast any more.
_multicast() {
	local before
	before=$(_stat rx_filtered)
	[ "$before" = 0 ] || fail "multicast was filtered unasked: $before"
	xenstore-write "$frontend/request-multicast-control" 1
	wait_for 10 _filters || fail "multicast is not filtered"
	ping -q -c 1 -W 2 10.0.0.2 >/dev/null || fail "unicast is filtered too"
	ip neigh flush dev br0
	ping -q -c 1 -W 2 10.0.0.2 >/dev/null || fail "broadcast is filtered too"
	xenstore-write "$frontend/request-multicast-control" 0
	wait_for 10 _is_quiet || fail "the filter cannot be switched off"
}

_filters() {
	local before
	before=$(_stat rx_filtered)
	ping -q -c 1 -W 1 -I br0 224.0.0.1 >/dev/null 2>&1 || :
	[ "$(_stat rx_filtered)" -gt "$before" ]
}

_is_quiet() {
	! _filters
}

_carrier() {
	_backend_is carrier 1 || fail "no carrier in xenstore"
	ip link set "$vif" down
	wait_for 10 _backend_is carrier 0 || fail "a vif that is down has a carrier"
	ip link set "$vif" up
	wait_for 10 _backend_is carrier 1 || fail "a vif that is up has none"
}

_expect() {	# COMMAND: prints a line that matches REGEX
	local cmd=$1
	shift
	$cmd | tr -s ' \t' ' ' >"$XB_RUN/out" 2>&1 || fail "$cmd"
	grep -qE "$1" "$XB_RUN/out" || fail "$cmd: no '$1' in $(<"$XB_RUN/out")"
}

_tools() {
	_expect "ethtool -l $vif" '^Combined: 1'
	_expect "ethtool -g $vif" '^RX: 256'
	_expect "ethtool -c $vif" '^tx-frames: 64'
	ethtool -C "$vif" tx-frames 32 || fail "ethtool -C"
	_expect "ethtool -c $vif" '^tx-frames: 32'
	! ethtool -C "$vif" tx-frames 0 2>/dev/null || fail "tx-frames 0"
	_expect "ethtool -x $vif" 'RX flow hash indirection table for'
	_expect "ethtool -S $vif" 'tx_frag_overflow: 0'
	_expect "cat /sys/kernel/debug/xen-netback/$vif/io_ring_q0" 'nr_ents 256'
	echo kick >"/sys/kernel/debug/xen-netback/$vif/io_ring_q0" || fail "kick"
	! echo kill 2>/dev/null >"/sys/kernel/debug/xen-netback/$vif/io_ring_q0" ||
		fail "debugfs takes anything"
	for i in separate_tx_rx_irq rx_drain_timeout_msecs rx_stall_timeout_msecs \
		max_queues fatal_skb_slots hash_cache_size provides_xdp_headroom; do
		[ -e "/sys/module/xen_netback/parameters/$i" ] || fail "parameter $i"
	done
}

# How many packets of the guest dom0's bridge does not see, as others have them.
_merged() {
	local sent seen
	iperf3 -s -1 -D >/dev/null
	sent=$(_stat tx_packets)
	seen=$(<"/sys/class/net/br0/statistics/rx_packets")
	guest_run g1 60 "iperf3 -c 10.0.0.1 -u -b 100M -l 1000 -n 400K >/dev/null 2>&1" ||
		fail "iperf3"
	sent=$(($(_stat tx_packets) - sent))
	seen=$(($(<"/sys/class/net/br0/statistics/rx_packets") - seen))
	[ "$sent" -gt 350 ] || fail "$sent packets of 400"
	echo $((sent - seen))
}

# Datagrams are merged for whoever wants that.
_datagrams() {
	local off on
	off=$(_merged)
	ethtool -K "$vif" rx-gro-list on || fail "rx-gro-list"
	on=$(_merged)
	ethtool -K "$vif" rx-gro-list off || fail "rx-gro-list off"
	echo "merged datagrams: $off, and $on with rx-gro-list"
	[ "$off" -lt 20 ] || fail "$off datagrams were merged unasked"
	[ "$on" -gt 100 ] || fail "$on datagrams were merged"
}

# A vif notes things on packets: nobody may send the same one twice at once.
_sharing() {
	modprobe pktgen || fail "no pktgen"
	echo "add_device $vif" >/proc/net/pktgen/kpktgend_0 || fail "pktgen"
	! echo "clone_skb 10" 2>/dev/null >"/proc/net/pktgen/$vif" ||
		fail "pktgen may share packets"
	echo rem_device_all >/proc/net/pktgen/kpktgend_0
	rmmod pktgen
}

# Frames that no queueing discipline sees come without its locks: lockdep would
# say what is looked at without any.
_bypass() {
	local before
	before=$(_stat rx_packets)
	xb-net bypass "$vif" 50 || fail "xb-net bypass"
	before=$(($(_stat rx_packets) - before))
	echo "frames past the queueing discipline: $before of 50"
	[ "$before" -ge 50 ] || fail "$before of 50 frames reach the guest"
}

# The in-tree driver has it not, or does not count it.
_only_ours() {
	_tools
	_bypass
	_datagrams
	_carrier
	_toggle_headroom
	_multicast
}

test_main() {
	local domid vif frontend i
	mountpoint -q /sys/kernel/debug || mount -t debugfs none /sys/kernel/debug
	guest_create g1
	on_exit vif_forget g1
	bridge_up
	ip link set br0 mtu 9000
	on_exit ip link set br0 mtu 1500
	leak_snapshot
	vif_attach g1 10.0.0.2 mtu=9000 || fail "attach"
	domid=$(guest_domid g1) vif=vif$domid.0
	frontend=/local/domain/$domid/device/vif/0
	[ "$(<"/sys/class/net/$vif/mtu")" = 9000 ] || fail "mtu before connection"
	guest_run g1 "ip link set eth0 mtu 9000" || fail "mtu of the guest"
	_ping_sizes "no headroom"
	_headroom 256
	_headroom 300
	[ "$XB_MODULES" != ours ] || _only_ours
	_headroom 0
	! is_played || _sharing
	vif_detach g1 0 || fail "detach"
	leak_check
	pass
}
