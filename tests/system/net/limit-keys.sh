# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="rates and checksums live from xenstore: a bad value leaves the old one as it is; no segment is too small to count"
TIMEOUT=300

_throttled() {	# tx|rx
	ethtool -S "$vif" | awk -v name="_$1_throttled:" '$1 ~ name { n += $2 } END { print n + 0 }'
}

_send() {	# tx|rx
	local reverse=
	[ "$1" = tx ] || reverse=-R
	guest_run g1 60 "iperf3 -c 10.0.0.1 -n 1M $reverse >/dev/null 2>&1" || fail "iperf3 $reverse"
}

_is_limited() {	# tx|rx
	local before
	before=$(_throttled "$1")
	_send "$1"
	[ "$(_throttled "$1")" -gt "$before" ]
}

_has_error() {	# TEXT
	[ "$(xenstore-read "$backend/limits-error" 2>/dev/null)" = "$1" ]
}

_no_error() {
	! xenstore-exists "$backend/limits-error"
}

# Each would be another limit, or none, if it was taken.
_bad_value() {	# KEY tx|rx VALUE
	xenstore-write "$backend/$1" 200000,50000
	wait_for 20 _no_error || fail "the error stays when $1 is right again"
	xenstore-write -- "$backend/$1" "$3"
	wait_for 20 _has_error "22 $1 is not taken" ||
		fail "$1=$3: $(xenstore-read "$backend/limits-error")"
	_is_limited "$2" || fail "no limit any more after $1=$3"
}

_key() {	# KEY tx|rx BAD-VALUE...
	local value
	! _is_limited "$2" || fail "$2 is limited without $1"
	xenstore-write "$backend/$1" 200000,50000
	wait_for 20 _is_limited "$2" || fail "$1 limits nothing"
	for value in "${@:3}"; do
		_bad_value "$1" "$2" "$value"
	done
	xenstore-rm "$backend/$1"
	wait_for 20 _no_error || fail "the error stays when $1 has gone"
	! _is_limited "$2" || fail "$2 is limited when $1 has gone"
}

_is_throttled() {
	[ "$(_throttled tx)" -gt "$1" ]
}

# With so little in a second a packet is held for one: however often its queue is
# polled meanwhile, that is once.
_counts_holds() {
	local before id i
	mountpoint -q /sys/kernel/debug || mount -t debugfs none /sys/kernel/debug
	before=$(_throttled tx)
	xenstore-write "$backend/rate" 1000,1000000
	id=$(guest_bg g1 "ping -q -c 200 -i 0.02 -s 1400 10.0.0.1")
	wait_for 60 _is_throttled "$before" || fail "rate limits nothing"
	before=$(_throttled tx)
	for ((i = 0; i < 50; i++)); do
		echo kick >"/sys/kernel/debug/xen-netback/$vif/io_ring_q0"
	done
	before=$(($(_throttled tx) - before))
	echo "held $before times in 50 polls"
	[ "$before" -lt 20 ] || fail "50 polls count as $before holds"
	xenstore-rm "$backend/rate"
	guest_wait g1 "$id" 60 >/dev/null || :
}

# Packets of the rogue guest go on to a device for which they are cut.
_sink() {
	ip link add sink type dummy
	on_exit ip link del sink
	ethtool -K sink tso off gso off || fail "ethtool -K"
	ip link set sink master br0 up
	bridge fdb add 02:00:00:00:00:99 dev sink master static
	ip link set "$(rogue_vif_dev 1)" master br0
}

_is_held() {
	[ "$(rogue_vif_stat 1 tx_throttled)" -gt 0 ]
}

# What the sink has got, and when that was, in 1/100 s.
_sample() {
	local up
	BYTES=$(<"/sys/class/net/sink/statistics/tx_bytes")
	read -r up _ </proc/uptime
	CENTIS=${up/./}
}

# A rate of 1 MB/s is one of what leaves: headers are most of it.
_small_segments() {
	local id bytes centis rate
	rogue_up
	rogue_vifs 1 1
	_sink
	xenstore-write "$(_rogue_backend vif 1)/rate" 50000,50000
	id=$(guest_bg rogue "XBFRONT_SUBNET=1 xbfront net-attack 1 small-segments")
	wait_for 30 _is_held || fail "the rogue guest is not limited"
	_sample
	bytes=$BYTES centis=$CENTIS
	_pause 2
	_sample
	guest_wait rogue "$id" 100 || fail "small segments"
	rate=$(((BYTES - bytes) * 100 / (CENTIS - centis)))
	echo "small segments: $rate bytes/s of 1000000"
	[ "$rate" -gt 200000 ] || fail "the sink gets $rate bytes/s"
	[ "$rate" -lt 1200000 ] || fail "the sink gets $rate bytes/s for a rate of 1000000"
	rogue_detach vif 1 || fail "detach the rogue"
}

_feature_is() {	# FEATURE on|off
	ethtool -k "$vif" | grep "^$1: $2" >/dev/null
}

# How many packets leave for the guest with a checksum that is still to be made.
_blank() {
	local events=/sys/kernel/tracing/events/net/net_dev_start_xmit
	echo "name == \"$vif\" && ip_summed == 3" >$events/filter
	echo >/sys/kernel/tracing/trace
	echo 1 >$events/enable
	_send rx
	echo 0 >$events/enable
	grep -c net_dev_start_xmit: /sys/kernel/tracing/trace || :
}

# A firewall sends on what it gets, where a blank checksum is of no use.
_checksums() {
	mountpoint -q /sys/kernel/tracing || mount -t tracefs none /sys/kernel/tracing
	[ "$(_blank)" -gt 10 ] || fail "no blank checksum: the test shows nothing"
	xenstore-write "$backend/csum-offload" 0
	wait_for 20 _feature_is tx-checksumming off || fail "csum-offload=0 is not taken"
	_feature_is tcp-segmentation-offload off || fail "segments are left to the guest"
	[ "$(_blank)" = 0 ] || fail "blank checksums in spite of csum-offload=0"
	xenstore-write "$backend/csum-offload" no
	wait_for 20 _has_error "22 csum-offload is not taken" || fail "a bad value is not said"
	_feature_is tx-checksumming off || fail "a bad value is taken"
	xenstore-rm "$backend/csum-offload"
	wait_for 20 _feature_is tx-checksumming on || fail "off when csum-offload has gone"
	_no_error || fail "the error stays when csum-offload has gone"
	[ "$(_blank)" -gt 10 ] || fail "no blank checksum when csum-offload has gone"
}

test_main() {
	local vif backend
	[ "$XB_MODULES" = ours ] || skip "the in-tree driver takes a bad rate for none"
	bridge_up
	iperf3 -s -D >/dev/null
	on_exit pkill -x iperf3
	guest_create g1
	on_exit vif_forget g1
	vif_attach g1 10.0.0.2 || fail "attach"
	vif=vif$(guest_domid g1).0
	backend=/local/domain/0/backend/vif/$(guest_domid g1)/0
	_key rate tx fast 1000 0,50000ms -1,50000 99999999999999999999,50000
	_key rx-rate rx ,
	_checksums
	_counts_holds
	dmesg | grep "vif-.*: 22 rate is not taken, the old value stays" >/dev/null || fail "no line in the log"
	vif_detach g1 0 || fail "detach"
	_small_segments
	pass
}
