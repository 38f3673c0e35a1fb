# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="guest to guest over a bridge and all queues, with a multicast filter, checksums towards another namespace, a routed vif"
TIMEOUT=400
COUNT=500

# What came through; of several connections the sum, whose line is the last.
_iperf() {	# GUEST ADDRESS OPTION...
	local out rate guest=$1
	shift
	[[ $* =~ \ -[nk]\  ]] || set -- "$@" -t 1
	out=$(guest_run "$guest" 60 "iperf3 -c $* -f m 2>&1") ||
		fail "iperf3 $*: ${out##*$'\n'}"
	rate=$(sed -n 's,.* \([0-9.]*\) Mbits/sec .*receiver.*,\1,p' <<<"$out" | tail -n 1)
	echo "iperf3 $*: ${rate:-?} Mbit/s"
	awk -v rate="${rate:-0}" 'BEGIN { exit !(rate > 0) }' ||
		fail "iperf3 $*: '$rate' Mbit/s"
}

_is_seen() {
	[ "$(grep -cE 'udp sum|cksum 0x' "$XB_RUN/seen")" -ge 100 ]
}

# A hundred packets that g1 sends, and what tcpdump says of their checksums.
_see() {	# tcp | udp, IPERF-OPTION...
	local proto=$1 pid
	shift
	# As another user, its default, it may not write here.
	ip netns exec xb tcpdump -Z root -U -l -n -vv -i veth1 -c 100 \
		"$proto and src 10.0.0.2" >"$XB_RUN/seen" 2>"$XB_RUN/tcpdump" &
	pid=$!
	on_exit eval "kill $pid 2>/dev/null || :"
	wait_for 10 grep -q listening "$XB_RUN/tcpdump" ||
		fail "tcpdump: $(<"$XB_RUN/tcpdump")"
	_iperf g1 10.0.0.9 -p 5301 "$@"
	wait_for 20 _is_seen || fail "too few packets: $(tail -n 3 "$XB_RUN/tcpdump")"
	! grep -E 'incorrect|bad (udp )?cksum' "$XB_RUN/seen" ||
		fail "$proto with a wrong checksum"
	[ "$(grep -cE 'cksum 0x[0-9a-f]+ \(correct\)|udp sum ok' "$XB_RUN/seen")" \
		= 100 ] || fail "$proto without checksums: $(tail -n 3 "$XB_RUN/seen")"
}

# What leaves dom0 for a network that offloads nothing has good checksums.
_checksums() {
	ip netns add xb
	on_exit ip netns del xb
	ip link add veth0 type veth peer name veth1
	ip link set veth1 netns xb
	ip link set veth0 master br0 up
	ethtool -K veth0 tx off tso off gso off >/dev/null
	ip netns exec xb ip addr add 10.0.0.9/24 dev veth1
	ip netns exec xb ip link set veth1 up
	ip netns exec xb iperf3 -s -D -p 5301 >/dev/null
	_see tcp -n 512K
	_see udp -u -b 5M -k 300
}

# What vif-route wants: the address of eth0, and an ifconfig.
_route_up() {
	ip link add eth0 type bridge
	on_exit ip link del eth0
	ip addr add 10.2.0.1/32 dev eth0
	ip link set eth0 up
	command -v ifconfig >/dev/null || ln -s "$(command -v busybox)" /bin/ifconfig
}

# The unchanged vif-route, without any bridge.
_route() {
	local vif
	vif=vif$(guest_domid g2).1
	_route_up
	timeout 60 xl network-attach g2 script=vif-route ip=10.1.0.2 ||
		fail "attach a routed vif"
	guest_run g2 40 "i=0
		until [ -e /sys/class/net/eth1 ]; do
			i=\$((i + 1)); [ \$i -le 300 ] || exit 1
			usleep 100000
		done
		ip addr add 10.1.0.2/32 dev eth1; ip link set eth1 up
		ip route add 10.2.0.1 dev eth1" || fail "address"
	wait_for 20 ping -q -c 1 -W 1 -I 10.2.0.1 10.1.0.2 || fail "no route"
	ip route get 10.1.0.2 | grep "dev $vif" >/dev/null || fail "not by $vif"
	ping -q -c 1 -W 2 10.0.0.3 >/dev/null || fail "the bridged one is dead"
	vif_detach g2 1 || fail "detach the routed vif"
}

# What comes by one queue goes on by several, one for each connection.
_spread() {
	local queues
	_iperf g1 10.0.0.3 -P 8
	[ "$XB_MODULES" = ours ] || return 0
	queues=$(ethtool -S "vif$(guest_domid g2).0" |
		awk '/queue_[0-3]_rx_packets:/ && $2 > 50 { n++ } END { print n + 0 }')
	echo "8 connections to 4 queues: $queues in use"
	[ "$queues" -ge 2 ] || fail "all connections go by one queue"
}

_stat() {	# NAME: of all queues of g2 together
	ethtool -S "vif$(guest_domid g2).0" |
		awk -v name="_$1:" 'index($1, name) { n += $2 } END { print n + 0 }'
}

# UDP from g1, without anybody's asking, to NUMBER addresses from MAC on in turn.
_pktgen() {	# MAC [NUMBER]
	guest_run g1 60 "modprobe pktgen
		cd /proc/net/pktgen
		echo rem_device_all >kpktgend_0
		echo add_device eth0 >kpktgend_0
		for word in 'count $COUNT' 'clone_skb 0' 'delay 0' 'pkt_size 60' \
			'dst 10.0.0.99' 'dst_mac $1' 'dst_mac_count ${2:-1}'; do
			echo \"\$word\" >eth0
		done
		echo start >pgctrl" || fail "pktgen"
}

_has_counted() {	# NAME LEAST
	[ "$(_stat "$1")" -ge "$2" ]
}

_filters() {
	local before
	before=$(_stat rx_filtered)
	ping -q -c 1 -W 1 -I br0 224.0.0.1 >/dev/null 2>&1 || :
	[ "$(_stat rx_filtered)" -gt "$before" ]
}

# Packets for everybody are still sent together if every other one is for a
# group that the guest has not joined.
_filtered() {
	local filtered packets calls
	xenstore-write "/local/domain/$(guest_domid g2)/device/vif/0/request-multicast-control" 1
	wait_for 10 _filters || fail "multicast is not filtered"
	filtered=$(_stat rx_filtered) packets=$(_stat rx_packets)
	calls=$(_stat rx_hypercalls)
	_pktgen ff:ff:ff:ff:ff:fe 2
	wait_for 10 _has_counted rx_filtered $((filtered + COUNT / 2)) ||
		fail "$(($(_stat rx_filtered) - filtered)) packets were filtered"
	packets=$(($(_stat rx_packets) - packets))
	calls=$(($(_stat rx_hypercalls) - calls))
	echo "filtered: $packets others by $calls hypercalls"
	[ "$packets" -ge $((COUNT / 4)) ] || fail "$packets packets reach the guest"
	[ "$calls" -lt $((packets / 4)) ] || fail "$calls hypercalls for $packets packets"
	xenstore-write "/local/domain/$(guest_domid g2)/device/vif/0/request-multicast-control" 0
}

# What a thread brings in place of a softirq goes together, too.
_threaded() {
	local packets calls threaded
	threaded=/sys/class/net/vif$(guest_domid g1).0/threaded
	echo 1 >"$threaded" || fail "no threaded NAPI"
	packets=$(_stat rx_packets) calls=$(_stat rx_hypercalls)
	_pktgen "$(guest_run g2 cat /sys/class/net/eth0/address)"
	wait_for 10 _has_counted rx_packets $((packets + COUNT / 2)) ||
		fail "$(($(_stat rx_packets) - packets)) packets come from a thread"
	packets=$(($(_stat rx_packets) - packets))
	calls=$(($(_stat rx_hypercalls) - calls))
	echo "from a thread: $packets packets by $calls hypercalls"
	[ "$calls" -lt $((packets / 4)) ] || fail "$calls hypercalls for $packets packets"
	echo 0 >"$threaded"
}

test_main() {
	module_param xen_netback max_queues 4
	guest_create g1
	guest_create g2
	on_exit vif_forget g1 g2
	leak_snapshot
	vif_attach g1 10.0.0.2 || fail "attach g1"
	guest_run g2 "echo 4 >/sys/module/xen_netfront/parameters/max_queues"
	vif_attach g2 10.0.0.3 || fail "attach g2"
	guest_run g2 "iperf3 -s -D" >/dev/null || fail "no server"
	on_exit eval "pkill -x iperf3 || :"
	_spread
	_iperf g1 10.0.0.3 -R
	_iperf g1 10.0.0.3 -u -b 20M
	[ "$XB_MODULES" != ours ] || { _filtered; _threaded; }
	_checksums
	_route
	guest_run g2 "killall iperf3"
	vif_detach g1 0 || fail "detach g1"
	vif_detach g2 0 || fail "detach g2"
	leak_check
	pass
}
