# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# A running frontend reads once what it is offered. The second successor comes
# before the first has connected, and the admin has other wishes by then.
DESCRIPTION="what a running frontend was offered stays, whatever parameters say to the next drivers"
TIMEOUT=300
DRIVER=/sys/bus/xen-backend/drivers/vif

_stat() {	# NAME: of all queues together
	ethtool -S "$vif" | awk -v name="_$1:" 'index($1, name) { n += $2 }
		END { print n + 0 }'
}

_filters() {
	local before
	before=$(_stat rx_filtered)
	ping -q -c 1 -W 1 -I br0 224.0.0.1 >/dev/null 2>&1 || :
	[ "$(_stat rx_filtered)" -gt "$before" ]
}

_backend_is() {	# NODE VALUE
	[ "$(xenstore-read "$backend/$1")" = "$2" ]
}

# The frontend asks for nothing, so dom0 writes in its place.
_ask() {
	xenstore-write "$frontend/xdp-headroom" 256 \
		"$frontend/request-multicast-control" 1 "$frontend/state" 7
	wait_for 10 _backend_is state 8 || fail "not reconfigured"
	xenstore-write "$frontend/state" 4
	wait_for 10 _backend_is state 4 || fail "not connected again"
	wait_for 10 _filters || fail "no filter"
}

_rebind_twice() {
	local dev=vif-${vif#vif}
	dev=${dev/./-}
	echo "$dev" >$DRIVER/unbind
	echo "$dev" >$DRIVER/bind
	echo "$dev" >$DRIVER/unbind
	echo "$dev" >$DRIVER/bind
	ip link set "$vif" master br0 up
	wait_for 20 ping -q -c 1 -W 1 10.0.0.2 || fail "$1: dead"
}

_keeps() {	# WHEN
	local node
	for node in multi-queue-max-queues=4 feature-xdp-headroom=1 \
		feature-split-event-channels=1; do
		_backend_is "${node%=*}" "${node#*=}" ||
			fail "$1: ${node%=*} is $(xenstore-read "$backend/${node%=*}")"
	done
	ethtool -l "$vif" | grep '^Combined:.*4' >/dev/null || fail "$1: not four queues"
	grep -q '^rx_headroom 256$' "/sys/kernel/debug/xen-netback/$vif/io_ring_q0" ||
		fail "$1: no headroom"
	! _filters || fail "$1: multicast that the former driver knew of is dropped"
}

test_main() {
	local vif backend frontend i
	[ "$XB_MODULES" = ours ] || skip "a property of our driver"
	guest_create g1
	on_exit vif_forget g1
	leak_snapshot
	[ "$(</sys/module/xen_netback/parameters/max_queues)" -gt 0 ] ||
		fail "the parameter says that there are no queues"
	module_param xen_netback max_queues 4
	guest_run g1 "echo 4 >/sys/module/xen_netfront/parameters/max_queues"
	vif_attach g1 10.0.0.2 || fail "attach"
	vif=vif$(guest_domid g1).0
	backend=/local/domain/0/backend/vif/$(guest_domid g1)/0
	frontend=/local/domain/$(guest_domid g1)/device/vif/0
	_ask
	module_param xen_netback max_queues 1
	module_param xen_netback provides_xdp_headroom 0
	module_param xen_netback separate_tx_rx_irq 0
	for i in 1 2; do
		_rebind_twice "round $i"
		_keeps "round $i"
	done
	# One that begins anew says its addresses again.
	vif_new_frontend g1 10.0.0.2
	wait_for 20 ping -q -c 1 -W 1 10.0.0.2 || fail "a new frontend is dead"
	wait_for 10 _filters || fail "a new frontend has no filter"
	vif_detach g1 0 || fail "detach"
	leak_check
	pass
}
