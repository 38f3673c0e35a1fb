# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="four queues, two interfaces, packets say by which queue they came, and a rate limit that holds for all queues together"
TIMEOUT=400

# 20 Mbit/s: so many bytes in a second. It may catch up on 200 ms in which a
# busy host does not let this machine run.
_limit=2500000
_interval=200

_queues() {
	guest_run g1 "echo $1 >/sys/module/xen_netfront/parameters/max_queues"
}

# Bytes that have gone through, and when that was, in 1/100 s.
_sample() {	# rx | tx
	local up
	BYTES=$(<"/sys/class/net/$vif/statistics/$1_bytes")
	read -r up _ </proc/uptime
	CENTIS=${up/./}
}

# A server may still be busy with the client that was killed last.
_serve() {
	pkill -x iperf3 && wait_for 10 _nobody_serves
	iperf3 -s -D >/dev/null
}

_nobody_serves() {
	! pgrep -x iperf3
}

# What the interface lets through while four connections try to send more.
_measure() {	# rx|tx HANDLE
	local bytes centis
	_sample "$1"
	bytes=$BYTES
	wait_for 20 _has_moved "$1" $((bytes + 1000000)) ||
		fail "no load: $(guest_run g1 "tail -n 3 /tmp/bg.$2.out")"
	_sample "$1"
	bytes=$BYTES centis=$CENTIS
	_pause 5
	_sample "$1"
	RATE=$(((BYTES - bytes) * 100 / (CENTIS - centis)))
}

_has_moved() {
	[ "$(<"/sys/class/net/$vif/statistics/$1_bytes")" -gt "$2" ]
}

_expect_rate() {	# QUEUES rx|tx IPERF-OPTION
	local id off less=-50
	_serve
	id=$(guest_bg g1 "iperf3 -c 10.0.0.1 -P 4 -t 600 $3")
	_measure "$2" "$id"
	guest_run g1 "killall iperf3; i=0
		until [ -s /tmp/bg.$id.rc ] || [ \$i = 100 ]; do
			i=\$((i + 1)); usleep 100000
		done" >/dev/null
	off=$(((RATE - _limit) * 1000 / _limit))
	echo "$1 queue(s), $2: $RATE bytes/s, $off per mille off"
	[ "$XB_MODULES" = ours ] || return 0
	# A host that is busy elsewhere may stop us for longer than that.
	[ "$XB_MODE" = deterministic ] || less=-500
	if [ "$off" -lt "$less" ] || [ "$off" -gt 50 ]; then
		fail "$1 queue(s), $2: $RATE bytes/s instead of $_limit"
	fi
}

_rates() {	# QUEUES
	local vif backend
	_queues "$1"
	vif_attach g1 10.0.0.2 rate=20Mb/s@${_interval}ms || fail "attach with a rate"
	vif=vif$(guest_domid g1).0
	backend=/local/domain/0/backend/vif/$(guest_domid g1)/0
	_expect_rate "$1" rx ""
	if [ "$XB_MODULES" = ours ]; then
		xenstore-write "$backend/rx-rate" \
			"$((_limit * _interval / 1000)),$((_interval * 1000))"
		_expect_rate "$1" tx -R
	fi
	ethtool -S "$vif" | grep throttled || :
	vif_detach g1 0 || fail "detach"
}

# How many of 200 packets that the guest sends by a queue reach the bridge; the
# first one may take another.
_pass() {	# QUEUE
	local before sent
	before=$(<"/sys/class/net/br0/statistics/rx_packets")
	sent=$(_sent "$1")
	guest_run g1 60 "modprobe pktgen
		cd /proc/net/pktgen
		echo rem_device_all >kpktgend_0
		echo add_device eth0 >kpktgend_0
		for word in 'count 200' 'clone_skb 0' 'delay 0' 'pkt_size 60' \
			'dst 10.0.0.99' 'dst_mac $(<"/sys/class/net/br0/address")' \
			'queue_map_min $1' 'queue_map_max $1'; do
			echo \"\$word\" >eth0
		done
		echo start >pgctrl; rmmod pktgen" || fail "pktgen"
	wait_for 10 _has_sent "$1" $((sent + 190)) || fail "queue $1 is not used"
	echo $(($(<"/sys/class/net/br0/statistics/rx_packets") - before))
}

_sent() {	# QUEUE
	ethtool -S "$vif" | awk -v name="queue_$1_tx_packets:" '$1 == name { print $2 }'
}

_has_sent() {	# QUEUE NUMBER
	[ "$(_sent "$1")" -ge "$2" ]
}

_queues_of() {	# rx|tx
	local dirs=("/sys/class/net/$vif/queues/$1"-*)
	echo "${#dirs[@]}"
}

# A generic program drops what comes by queue 1. Packets may be on their way for
# long: that a queue is gone is no reason to forget that there was one.
_numbers() {
	local vif one two
	vif=vif$(guest_domid g1).0
	xb-net xdp -g "$vif" queue 1 || fail "no generic program"
	one=$(_pass 1) || exit 1
	two=$(_pass 2) || exit 1
	xb-net xdp -g "$vif" off || fail "the program stays"
	echo "of 200 packets each pass: $one of queue 1, $two of queue 2"
	[ "$one" -lt 50 ] || fail "$one packets do not say that they came by queue 1"
	[ "$two" -ge 150 ] || fail "only $two packets came by queue 2"
	_queues 2
	vif_new_frontend g1 10.0.0.2
	wait_for 30 ping -c 1 -W 1 10.0.0.2 || fail "no ping"
	[ "$(_queues_of tx)" = 2 ] || fail "$(_queues_of tx) queues to a guest with two"
	[ "$(_queues_of rx)" = 4 ] || fail "$(_queues_of rx) queues from a guest that had four"
}

test_main() {
	bridge_up
	_serve
	on_exit pkill -x iperf3
	module_param xen_netback max_queues 4
	guest_create g1
	on_exit vif_forget g1
	_queues 4
	vif_attach g1 10.0.0.2 || fail "attach"
	[ "$(guest_run g1 "ls -d /sys/class/net/eth0/queues/tx-* | wc -l")" = 4 ] ||
		fail "the guest does not use four queues"
	vif_attach g1 10.0.0.3 || fail "second interface"
	guest_run g1 60 "iperf3 -c 10.0.0.1 -P 8 -t 1 >/dev/null 2>&1" || fail "iperf3"
	guest_run g1 60 "iperf3 -c 10.0.0.1 -P 8 -t 1 -R >/dev/null 2>&1" || fail "iperf3 -R"
	vif_detach g1 1 || fail "detach the second"
	ping -q -c 1 -W 2 10.0.0.2 >/dev/null || fail "the first one is dead"
	[ "$XB_MODULES" != ours ] || _numbers
	vif_detach g1 0 || fail "detach"
	_rates 1
	_rates 4
	pass
}
