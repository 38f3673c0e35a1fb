# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="four queues, two interfaces, and a rate limit that holds for all queues together"
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
	vif_detach g1 0 || fail "detach"
	_rates 1
	_rates 4
	pass
}
