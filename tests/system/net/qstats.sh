# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="statistics of queues add up to those of the interface, queues name their NAPI, pools are counted"
TIMEOUT=300

# With nothing counted meanwhile.
_qstats() {
	until _counters >"$XB_RUN/before"
		xb-net qstats "$vif" >"$XB_RUN/qstats" || fail "qstats-get"
		_counters | cmp -s "$XB_RUN/before"; do
		sleep 0.1
	done
}

_counters() {
	grep "" "/sys/class/net/$vif/statistics"/[rt]x_{packets,bytes}
}

# Of one line for each queue, or of the one for all of them.
_sum() {	# rx|tx|all NAME
	awk -v what="$1" -v name="$2" '$1 == what {
		for (i = 2; i < NF; i++) if ($i == name) sum += $(i + 1)
	} END { print sum + 0 }' "$XB_RUN/qstats"
}

# Those to the guest may be fewer now; of those from it all stay known.
_check() {	# WHEN RX TX [fewer]: than there were
	local dir name sum nr=$2
	_qstats
	cat "$XB_RUN/qstats"
	for dir in rx tx; do
		[ "$(grep -c "^$dir " "$XB_RUN/qstats")" = "$nr" ] || fail "$1: not $nr queues for $dir"
		nr=$3
		for name in "${dir}_packets" "${dir}_bytes"; do
			sum=$(sed -n "s,.*/$name:,,p" "$XB_RUN/before")
			[ "$(_sum all "$name")" = "$sum" ] || fail "$1: $name is not $sum"
			[ "${4:-}" = fewer ] || [ "$(_sum "$dir" "$name")" = "$sum" ] ||
				fail "$1: $name of all queues are not $sum"
		done
	done
}

# Each queue has one of its own, for both directions.
_napis() {	# QUEUES
	xb-net queues "$vif" >"$XB_RUN/queues" || fail "queue-get"
	cat "$XB_RUN/queues"
	[ "$(awk '$1 == "rx" && $4 { print $4 }' "$XB_RUN/queues" | sort -u | wc -l)" = "$1" ] ||
		fail "not $1 NAPIs"
	[ "$(awk '$4 { print $4 }' "$XB_RUN/queues" | sort | uniq -d | wc -l)" = "$1" ] ||
		fail "not the same NAPI for both directions"
}

_pools() {
	[ "$(ethtool -S "$vif" | awk '$1 == "rx_pp_alloc_fast:" { print $2 }')" -gt 10 ] ||
		fail "no statistics of page pools"
}

_guest_queues() {
	guest_run g1 "echo $1 >/sys/module/xen_netfront/parameters/max_queues"
}

test_main() {
	local vif
	[ "$XB_MODULES" = ours ] || skip "in-tree has none of this"
	xb-net queues lo >/dev/null 2>&1 ||
		skip "this kernel shows no queues"
	module_param xen_netback max_queues 4
	guest_create g1
	on_exit vif_forget g1
	_guest_queues 4
	leak_snapshot
	vif_attach g1 10.0.0.2 || fail "attach"
	vif=vif$(guest_domid g1).0
	guest_run g1 60 "for i in 1 2 3 4 5 6 7 8; do
		ping -q -c 20 -i 0.01 -s 1000 10.0.0.1 & done; wait" || fail "ping"
	_check "four queues" 4 4
	_napis 4
	_pools
	_guest_queues 2
	vif_new_frontend g1 10.0.0.2
	wait_for 30 ping -c 1 -W 1 10.0.0.2 || fail "no ping"
	_check "two queues" 4 2 fewer
	_napis 2
	ip link set "$vif" down
	_qstats
	[ "$(_sum all rx_packets)" -gt 100 ] || fail "nothing was counted once it is down"
	ip link set "$vif" up
	wait_for 10 ping -c 1 -W 1 10.0.0.2 || fail "no ping after up"
	_napis 2
	vif_detach g1 0 || fail "detach"
	leak_check
	pass
}
