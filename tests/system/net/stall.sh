# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="a guest that takes no packets costs bounded memory, and others nothing"
TIMEOUT=300

_drains=400
_stalls=1500

_forget() {
	local i
	for i in g1 g2; do
		xl unpause "$i" 2>/dev/null || :
		guest_destroy "$i"
	done
	_load ""
}

_load() {	# PARAMETER=VALUE...
	rmmod xen-netback
	# shellcheck disable=SC2086
	modprobe xen-netback $1
}

_drops() {	# the in-tree driver counts some of them as received
	awk '{ n += $1 } END { print n }' "/sys/class/net/$vif/statistics"/{rx,tx}_dropped
}

_dropped() {
	[ "$(_drops)" -gt 0 ]
}

_has_carrier() {	# 0 | 1
	[ "$(cat "/sys/class/net/$vif/carrier")" = "$1" ]
}

_memory() {	# kB that the kernel cannot give back
	awk '/^(SUnreclaim|MemFree)/ { s[$1] = $2 }
		END { print s["SUnreclaim:"] }' /proc/meminfo
}

# One ping sends a hundred in a second: several, to keep the pause short.
_flood() {
	local _ jobs=()
	for _ in 1 2 3 4 5 6; do
		timeout 20 ping -q -f -c 500 -s 8000 -W 1 10.0.0.2 >/dev/null &
		jobs+=($!)
	done
	wait "${jobs[@]}" || :
}

test_main() {
	local vif before after
	ls -d /sys/class/net/vif* >/dev/null 2>&1 && { guest_destroy g1; guest_destroy g2; }
	_load "rx_drain_timeout_msecs=$_drains rx_stall_timeout_msecs=$_stalls"
	on_exit _forget
	guest_create g1
	guest_create g2
	vif_attach g1 10.0.0.2 || fail "attach g1"
	vif_attach g2 10.0.0.3 || fail "attach g2"
	vif=vif$(guest_domid g1).0
	# Addresses must not be asked for once it is silent.
	ip neigh replace 10.0.0.2 lladdr "$(guest_run g1 "cat /sys/class/net/eth0/address")" \
		dev br0 nud permanent
	guest_pause g1
	before=$(_memory)
	# 24 MB towards a guest that takes nothing.
	_flood
	wait_for 20 _dropped || fail "nothing was dropped"
	after=$(_memory)
	echo "unreclaimable slab: $before kB before, $after kB after, $(_drops) dropped"
	[ $((after - before)) -lt 8192 ] || fail "$((after - before)) kB are held"
	ping -q -c 5 -i 0.2 -W 2 10.0.0.3 >/dev/null || fail "another guest suffers"
	wait_for 20 _has_carrier 0 || fail "a stalled guest has a carrier"
	[ "$XB_MODULES" != ours ] ||
		[ "$(xenstore-read "/local/domain/0/backend/vif/$(guest_domid g1)/0/carrier")" = 0 ] ||
		wait_for 5 false || fail "the carrier node says otherwise"
	guest_unpause g1
	wait_for 30 ping -q -c 1 -W 1 10.0.0.2 || fail "it does not recover"
	_has_carrier 1 || fail "no carrier after it has recovered"
	ip neigh flush dev br0
	ip neigh del 10.0.0.2 dev br0
	vif_detach g1 0 || fail "detach g1"
	vif_detach g2 0 || fail "detach g2"
	pass
}
