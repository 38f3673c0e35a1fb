# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# The way to the disk's storage leads through a guest, as with a firewall or a
# storage domain: pages that are mapped from one guest go to another one, by a
# copy from grant to grant. If the first one has changed the grant by then, the
# page can still be read where it is mapped.
DESCRIPTION="a disk whose storage is reached through another guest"
NEEDS=storage
TIMEOUT=900
FAULTS=/sys/kernel/debug/xen-gnttab-helpers/faults
# shellcheck source=../../testbed/dom0/storage.sh
. /xb/storage.sh

_stat() {	# NAME
	ethtool -S "vif$(guest_domid g2).0" |
		awk -v name="queue_0_$1:" '$1 == name { print $2 }'
}

_far_down() {
	ip netns del far
	ip link del br1
	ip route del 10.1.0.0/24
}

_router_up() {	# dom0 - br0 - g2 - br1 - far
	modprobe -a veth bridge
	ip netns add far
	on_exit _far_down
	ip link add br1 type bridge
	ip link set br1 up
	ip link add fwd type veth peer name far netns far
	ip link set fwd master br1 up
	ip -n far addr add 10.1.0.2/24 dev far
	ip -n far link set lo up
	ip -n far link set far up
	ip -n far route add default via 10.1.0.1
	guest_create g2
	on_exit vif_forget g1 g2
	vif_attach g2 10.0.0.2 || fail "attach"
	ip route add 10.1.0.0/24 via 10.0.0.2
	vif_attach g2 10.1.0.1 bridge=br1 || fail "attach"
	guest_run g2 "echo 1 >/proc/sys/net/ipv4/ip_forward" || fail "forwarding"
	wait_for 20 ping -q -c 1 -W 1 10.1.0.2 || fail "no way through the guest"
}

_changed_grants() {
	local hits deferred
	deferred=$(_stat rx_deferred)
	on_exit eval "echo between 0 >$FAULTS"
	echo "between -3 chance=10" >$FAULTS
	storage_verify "$disk"
	hits=$(awk '$1 == "between" { print $4 }' $FAULTS)
	echo "between 0" >$FAULTS
	deferred=$(($(_stat rx_deferred) - deferred))
	echo "changed grants: $hits, packets copied instead: $deferred"
	[ "$hits" -gt 20 ] || fail "$hits copies between guests failed"
	[ "$deferred" -gt 10 ] || fail "$deferred packets were copied instead"
}

test_main() {
	local disk
	backing_null backing 64
	_router_up
	storage_nvme disk "$backing"
	leak_snapshot
	storage_attach "$disk"
	storage_verify "$disk"
	echo "packets to the guest between: $(_stat rx_packets), from the other one: $(_stat rx_foreign)"
	[ "$XB_MODULES" != ours ] || [ "$(_stat rx_foreign)" -gt 100 ] ||
		fail "$(_stat rx_foreign) packets had pages of the other guest"
	[ "$(storage_stat map_req)" -gt 100 ] || fail "nothing was mapped"
	[ ! -e $FAULTS ] || _changed_grants
	[ "$(_stat rx_copy_errors)" = 0 ] || fail "$(_stat rx_copy_errors) packets were lost"
	storage_verify_here
	guest_destroy g1
	leak_check
	pass
}
