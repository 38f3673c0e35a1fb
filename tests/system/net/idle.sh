# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# What dom0 has free says little: freed pages wait on lists of the CPUs.
DESCRIPTION="an interface that has nothing to do any more gives its pages back"
TIMEOUT=200
QUEUES=8

_pages() {	# of all queues
	cat "/sys/kernel/debug/xen-netback/$vif"/io_ring_q* |
		awk '/^tx_pages/ { n += $2 } END { print n }'
}

_is_small() {
	[ "$(_pages)" -le $((2 * QUEUES)) ]
}

_load() {
	guest_run g1 60 "iperf3 -c 10.0.0.1 -P 16 -t 1 >/dev/null 2>&1" || fail "iperf3"
	[ "$(_pages)" -gt $((32 * QUEUES)) ] ||
		fail "$(_pages) pages after traffic: the test shows nothing"
}

test_main() {
	local vif
	[ "$XB_MODULES" = ours ] || skip "in-tree keeps no pages"
	module_param xen_netback max_queues $QUEUES
	guest_create g1
	on_exit vif_forget g1
	guest_run g1 "echo $QUEUES >/sys/module/xen_netfront/parameters/max_queues"
	vif_attach g1 10.0.0.2 || fail "attach"
	vif=vif$(guest_domid g1).0
	ethtool -l "$vif" | grep "^Combined:.*$QUEUES" >/dev/null || fail "not $QUEUES queues"
	iperf3 -s -D >/dev/null
	on_exit pkill -x iperf3
	_load
	echo "pages after traffic: $(_pages)"
	wait_for 20 _is_small || fail "$(_pages) pages are kept"
	echo "pages when idle: $(_pages)"
	_load
	ping -q -c 1 -W 2 10.0.0.2 >/dev/null || fail "dead"
	vif_detach g1 0 || fail "detach"
	pass
}
