# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="iperf3 over TCP and UDP, IPv4 and IPv6, both ways, with and without offloads"
TIMEOUT=400

_serve() {
	iperf3 -s -D --pidfile "$XB_RUN/iperf3.pid" >/dev/null
	on_exit pkill -x iperf3
	wait_for 10 grep -q ':1451 ' /proc/net/tcp6 /proc/net/tcp
}

# One run of iperf3 in the guest; what the receiver counted is printed.
_iperf() {	# ADDRESS OPTION...
	local out rate lost length="-t ${XB_LONG:+1}1"
	# A connection takes all of the CPU: so much is enough to go round the rings.
	[ -z "$XB_BRIEF" ] || [[ " $* " == *" -u "* ]] || length="-n 4M"
	out=$(guest_run g1 60 "iperf3 -c $* $length -f m 2>&1") ||
		fail "iperf3 $*: ${out##*$'\n'}"
	rate=$(awk '/receiver/ { print $7 }' <<<"$out" | tail -n 1)
	echo "iperf3 $*: ${rate:-?} Mbit/s"
	awk -v rate="${rate:-0}" 'BEGIN { exit !(rate > 0) }' ||
		fail "iperf3 $*: '$rate' Mbit/s"
	[[ " $* " == *" -u "* ]] || return 0
	lost=$(sed -n 's/.*(\([^(%]*\)%).*receiver.*/\1/p' <<<"$out")
	echo "iperf3 $*: ${lost:-?} % lost"
	[ "$XB_MODULES" != ours ] ||
		awk -v lost="${lost:-100}" 'BEGIN { exit !(lost <= 10) }' ||
		fail "iperf3 $*: $lost % lost"
}

_no_errors() {
	local name
	[ "$XB_MODULES" = ours ] || return 0
	for name in rx_errors tx_errors; do
		[ "$(<"/sys/class/net/vif$(guest_domid g1).0/statistics/$name")" = 0 ] ||
			fail "$name where all packets were right"
	done
}

# On the host's clock a slow machine has less time for each packet.
_all_ways() {
	local udp=20M
	[ "$XB_MODE" != fast ] || udp=$((20 / XB_SLOW))M
	_iperf 10.0.0.1
	_iperf 10.0.0.1 -R
	_iperf fd00::1
	_iperf fd00::1 -R
	_iperf 10.0.0.1 -u -b "$udp"
	_iperf 10.0.0.1 -u -b "$udp" -R
	_iperf 10.0.0.1 -u -b "$udp" -l 8000
	_iperf 10.0.0.1 -u -b "$udp" -l 8000 -R
}

_is_whole() {
	[ "$(stat -c %s "$1")" = 4194304 ]
}

# A file goes there and comes back.
_file() {
	local sum back
	timeout 100 nc -l -p 7000 >"$XB_RUN/file" &
	sum=$(guest_run g1 "dd if=/dev/urandom of=/tmp/f bs=64k count=64 2>/dev/null
		md5sum </tmp/f; sleep 1; nc 10.0.0.1 7000 </tmp/f") || fail "sending"
	wait_for 20 _is_whole "$XB_RUN/file" || fail "file is short"
	[ "$sum" = "$(md5sum <"$XB_RUN/file")" ] || fail "dom0 got another file"
	(timeout 100 nc -l -p 7001 <"$XB_RUN/file" >/dev/null) &
	back=$(guest_run g1 "rm -f /tmp/g; : >/tmp/g; sleep 1; sleep 100 | nc 10.0.0.1 7001 >/tmp/g & i=0
		until [ \"\$(stat -c %s /tmp/g 2>/dev/null)\" = 4194304 ]; do
			i=\$((i + 1)); [ \$i -le 200 ] || exit 1
			usleep 100000
		done; md5sum </tmp/g") || fail "receiving"
	[ "$sum" = "$back" ] || fail "the guest got another file"
	rm -f "$XB_RUN/file"
}

_without_offloads() {
	guest_run g1 "ethtool -K eth0 tx off sg off tso off gso off gro off" ||
		echo "not all offloads can be switched off"
	_all_ways
	_file
	ip -s link show "vif$(guest_domid g1).0"
	ethtool -S "vif$(guest_domid g1).0" | grep -v ': 0$'
}

test_main() {
	guest_create g1
	on_exit vif_forget g1
	leak_snapshot
	vif_attach g1 10.0.0.2 || fail "attach"
	ip -6 addr replace fd00::1/64 dev br0 nodad
	guest_run g1 "echo 0 >/proc/sys/net/ipv6/conf/eth0/accept_dad
		ip -6 addr add fd00::2/64 dev eth0" || fail "IPv6"
	wait_for 20 ping -c 1 -W 1 fd00::2 || fail "no IPv6"
	_serve
	_all_ways
	_file
	ethtool -S "vif$(guest_domid g1).0" | grep -v ': 0$'
	[ -n "$XB_BRIEF" ] || _without_offloads
	_no_errors
	vif_detach g1 0 || fail "detach"
	leak_check
	pass
}
