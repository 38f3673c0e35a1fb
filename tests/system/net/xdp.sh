# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="XDP programs: pass, drop, back, to another guest, to a CPU; changed under traffic; large packets"
TIMEOUT=600
COUNT=500

_stat() {	# VIF NAME: of all queues together
	ethtool -S "$1" | awk -v name="_$2:" 'index($1, name) { n += $2 }
		END { print n + 0 }'
}

_guest_stat() {	# GUEST NAME
	guest_run "$1" "cat /sys/class/net/eth0/statistics/$2"
}

# UDP from g1, without anybody's asking, and as one burst.
_pktgen() {	# MAC SIZE
	guest_run g1 60 "modprobe pktgen
		cd /proc/net/pktgen
		echo rem_device_all >kpktgend_0
		echo add_device eth0 >kpktgend_0
		for word in 'count $COUNT' 'clone_skb 0' 'delay 0' 'pkt_size $2' \
			'dst 10.0.0.99' 'dst_mac $1'; do
			echo \"\$word\" >eth0
		done
		echo start >pgctrl" || fail "pktgen"
}

_attach() {	# ARGUMENTS of xb-net xdp
	xb-net xdp -f "$@" || fail "xdp $*"
}

# How many more a counter counts while g1 sends; the last packets may be on
# their way still.
_counts() {	# VIF NAME LEAST MAC [SIZE]
	local before
	before=$(_stat "$1" "$2")
	_pktgen "$4" "${5:-60}"
	wait_for 10 _has_counted "$1" "$2" $((before + $3)) ||
		fail "$2: $(($(_stat "$1" "$2") - before)) instead of $3"
}

_has_counted() {
	[ "$(_stat "$1" "$2")" -ge "$3" ]
}

_verdicts() {
	_attach "$vif" pass
	ip link show "$vif" | grep ' xdp ' >/dev/null || fail "no native program"
	_counts "$vif" tx_packets $COUNT "$nowhere"
	_attach "$vif" room
	_counts "$vif" tx_packets $COUNT "$nowhere"
	[ "$(_stat "$vif" xdp_drop)" = 0 ] || fail "no room in front of packets"
	_attach "$vif" drop
	_counts "$vif" xdp_drop $COUNT "$nowhere"
	_counts "$vif" xdp_drop $COUNT "$nowhere" 1500
	_attach "$vif" abort
	_counts "$vif" xdp_errors $COUNT "$nowhere"
	_attach "$vif" cpumap 0
	_counts "$vif" xdp_redirect $COUNT "$nowhere"
	[ "$(_stat "$vif" xdp_errors)" = $COUNT ] || fail "packets were lost"
}

# What a guest gets is what was sent to it, unless it had no room.
_arrives() {	# VIF GUEST MAC SIZE
	local sent before
	sent=$(_stat "$1" xdp_xmit)
	before=$(_guest_stat "$2" rx_packets)
	_pktgen "$3" "$4"
	wait_for 10 _nothing_moves "$1"
	sent=$(($(_stat "$1" xdp_xmit) - sent))
	before=$(($(_guest_stat "$2" rx_packets) - before))
	echo "$4 bytes: $sent of $COUNT sent to $2, which has $before"
	[ "$sent" -ge $((COUNT / 4)) ] || fail "$sent of $COUNT went to $2"
	[ "$before" -ge "$sent" ] || fail "$2 has $before of $sent"
}

_nothing_moves() {
	local before
	before=$(_stat "$1" xdp_xmit)
	sleep 0.3
	[ "$(_stat "$1" xdp_xmit)" = "$before" ]
}

_sent_on() {
	_attach "$vif" tx
	_arrives "$vif" g1 "$nowhere" 60
	_arrives "$vif" g1 "$nowhere" 1500
	_attach "$vif" redirect "$other"
	_arrives "$other" g2 "$mac2" 60
	_attach "$vif" devmap "$other"
	_arrives "$other" g2 "$mac2" 1500
	_headroom 256
	_arrives "$other" g2 "$mac2" 1500
}

# Linux asks for it when it has a program itself; dom0 writes in its place.
_headroom() {	# BYTES
	local frontend
	frontend=/local/domain/$(guest_domid g2)/device/vif/0
	xenstore-write "$frontend/xdp-headroom" "$1" "$frontend/state" 7
	wait_for 10 _is_state 8 || fail "headroom: not reconfigured"
	xenstore-write "$frontend/state" 4
	wait_for 10 _is_state 4 || fail "headroom: not connected again"
}

_is_state() {
	[ "$(xenstore-read "/local/domain/0/backend/vif/$(guest_domid g2)/0/state")" = "$1" ]
}

# Checksums that g1 leaves blank are right when g2 has the packets.
_checksums() {
	local lost before
	_attach "$vif" redirect "$other"
	before=$(_stat "$other" xdp_xmit)
	guest_bg g2 "iperf3 -s -1" >/dev/null
	wait_for 20 guest_run g1 20 "iperf3 -u -c 10.0.0.3 -b 10M -l 1000 -n 300K >/tmp/udp" ||
		fail "iperf3 between guests: $(guest_run g1 "cat /tmp/udp")"
	lost=$(guest_run g1 "sed -n 's,.* \([0-9]*\)/\([0-9]*\) (.*receiver.*,\1 \2,p' /tmp/udp")
	echo "UDP redirected: ${lost% *} of ${lost#* } lost"
	[ $(($(_stat "$other" xdp_xmit) - before)) -ge 250 ] || fail "not redirected"
	[ "${lost#* }" -ge 250 ] || fail "no result: $lost"
	[ "${lost% *}" -lt 30 ] || fail "lost: $lost"
}

_tcp() {	# WHAT [IPERF-OPTION]
	guest_run g1 60 "iperf3 -c 10.0.0.1 -n 4M $2 >/tmp/tcp 2>&1" ||
		fail "$1: $(guest_run g1 "tail -n 3 /tmp/tcp")"
}

# Segments of many pages. A program that knows one buffer would not see them.
_large() {
	if xb-net xdp "$vif" pass 2>"$XB_RUN/err"; then
		fail "a program that knows no frags is taken"
	fi
	iperf3 -s -D >/dev/null
	on_exit pkill -x iperf3
	_attach "$vif" pass
	_tcp "large packets" ""
	ping -q -c 3 -W 2 -s 9000 10.0.0.2 >/dev/null || fail "fragments"
}

# The checksum that is blank is no longer where the stack would look for it.
_wrapped() {
	local before
	_attach "$vif" wrap
	before=$(_stat "$vif" xdp_errors)
	guest_run g1 20 "timeout 4 nslookup a 10.0.0.1 >/dev/null 2>&1; true"
	[ "$(_stat "$vif" xdp_errors)" -gt "$before" ] ||
		fail "a wrong checksum goes to the stack"
}

_changes() {
	local i id
	id=$(guest_bg g1 "iperf3 -c 10.0.0.1 -t 6")
	for ((i = 0; i < 20; i++)); do
		_attach "$vif" pass
		_attach "$vif" room
		_attach "$vif" drop
		_attach "$vif" off
	done
	guest_run g1 60 "until [ -s /tmp/bg.$id.rc ]; do usleep 100000; done
		cat /tmp/bg.$id.out; [ \$(cat /tmp/bg.$id.rc) = 0 ]" >"$XB_RUN/tcp" ||
		fail "TCP did not survive: $(<"$XB_RUN/tcp")"
	! ip link show "$vif" | grep ' xdp ' >/dev/null || fail "a program is left"
}

# A program belongs to the interface, not to the frontend.
_survives() {
	_attach "$vif" drop
	vif_new_frontend g1 10.0.0.2
	wait_for 30 ping -c 1 -W 1 10.0.0.2 || fail "no ping"
	ip link show "$vif" | grep ' xdp ' >/dev/null || fail "the program went with the frontend"
	_counts "$vif" xdp_drop $COUNT "$nowhere"
}

# Each has its answer, but the last, which may have been sent just now.
_ping_goes_on() {
	guest_run g1 "kill -INT \$(pidof ping); sleep 0.5; cat /tmp/bg.$1.out" |
		awk -v expected=0 'sub(/.* seq=/, "") {
				if ($1 != expected)
					print "seq " $1 " instead of " expected
				expected = $1 + 1
			}
			/packets transmitted/ && ($1 < 20 || $1 - expected > 1)
			END { print expected " answers" }' >"$XB_RUN/ping"
	cat "$XB_RUN/ping"
	[ "$(wc -l <"$XB_RUN/ping")" = 1 ] || fail "pings were lost"
}

test_main() {
	local vif other mac2 nowhere=02:00:00:00:00:99 flow
	[ "$XB_MODULES" = ours ] || skip "in-tree has no native XDP"
	xb-net xdp -f lo pass 2>"$XB_RUN/err" ||
		grep -q 'xdp: Operation not supported' "$XB_RUN/err" ||
		skip "no programs in this kernel: $(<"$XB_RUN/err")"
	guest_create g1
	guest_create g2
	on_exit vif_forget g1 g2
	leak_snapshot
	vif_attach g1 10.0.0.2 || fail "attach"
	vif_attach g2 10.0.0.3 || fail "attach"
	vif=vif$(guest_domid g1).0
	other=vif$(guest_domid g2).0
	mac2=$(guest_run g2 "cat /sys/class/net/eth0/address")
	flow=$(guest_bg g1 "ping -i 0.2 10.0.0.1")
	_verdicts
	_sent_on
	_checksums
	_large
	_wrapped
	_ping_goes_on "$flow"
	_changes
	_survives
	vif_detach g1 0 || fail "detach"
	vif_detach g2 0 || fail "detach"
	leak_check
	pass
}
