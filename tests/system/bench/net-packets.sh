# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="UDP and pktgen packets of 64, 512 and 1500 bytes"
TIMEOUT=1200
HOST_LIMIT=3600
# shellcheck source=/dev/null
. /xb/bench.sh
PACKETS=20000

# Packets that the bridge passes on to a device which drops them.
_sink() {
	ip link add sink type dummy
	on_exit ip link del sink
	ip link set sink master br0 up
	bridge fdb add 02:00:00:00:00:99 dev sink master static
}

_pktgen() {	# NAME GUEST DEVICE MAC SIZE
	bench_measure cost_run "$2" 300 "modprobe pktgen
		cd /proc/net/pktgen
		echo rem_device_all >kpktgend_0
		echo add_device $3 >kpktgend_0
		for word in 'count $PACKETS' 'clone_skb 0' 'delay 0' \
			'pkt_size $5' 'dst 10.0.0.99' 'dst_mac $4'; do
			echo \"\$word\" >$3
		done
		echo start >pgctrl
		grep -E 'pkts-sofar|OK|pps' $3" || fail "$1: $(<"$COST_TEXT")"
	bench_say "$1"
}

test_main() {
	local size
	guest_create g1
	vif_attach g1 10.0.0.2 || fail "attach"
	_sink
	cost_calibrate g1
	for size in 60 512 1500; do
		_pktgen "pktgen/out/$size" g1 eth0 02:00:00:00:00:99 "$size"
	done
	! bench_broad || _udp
	_guests
	pass
}

_udp() {
	local size
	bench_iperf_server
	for size in 64 512 1472; do
		bench_iperf "udp/out/$size" g1 -u -c 10.0.0.1 -b 0 \
			-l "$size" -k "$PACKETS"
		# A server that sends does not stop after a number of packets.
		bench_iperf "udp/in/$size" g1 -u -c 10.0.0.1 -b 0 \
			-l "$size" -t 1 -R
	done
}

# To another guest, through the bridge.
_guests() {
	local size sizes=(60) mac
	! bench_broad || sizes=(60 512 1500)
	guest_create g2
	vif_attach g2 10.0.0.3 || fail "attach"
	mac=$(guest_run g2 cat /sys/class/net/eth0/address)
	for size in "${sizes[@]}"; do
		_pktgen "pktgen/guests/$size" g1 eth0 "$mac" "$size"
	done
	guest_destroy g2
}
