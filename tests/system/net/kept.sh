# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Somebody in dom0 keeps packets, here a queue that lets them out minutes later.
# The guest connects again and again meanwhile: what it leaves behind each time
# must not grow.
DESCRIPTION="pages of packets that are kept do not pile up with each connection"
TIMEOUT=300

# Whoever is asked for and is not there is looked for on all ports.
_hold() {
	ip link add hold0 type veth peer name hold1
	on_exit eval "ip link del hold0 2>/dev/null || :"
	tc qdisc add dev hold0 root netem delay 400s limit 1000
	ip link set hold1 up
	ip link set hold0 master br0 up
}

_kept() {
	tc -s qdisc show dev hold0 | sed -n 's/.*backlog [^ ]* \([0-9]*\)p.*/\1/p'
}

test_main() {
	local i kept=0
	guest_create g1
	on_exit vif_forget g1
	vif_attach g1 10.0.0.2 || fail "attach"
	wait_for 30 ping -q -c 1 -W 1 10.0.0.2 || fail "dead"
	_hold
	kmsg_mark
	for i in 1 2 3 4; do
		guest_run g1 "ping -q -c 2 -W 1 10.0.0.$((70 + i)); true" >/dev/null
		[ "$(_kept)" -gt "$kept" ] || fail "nobody keeps packets: the test shows nothing"
		kept=$(_kept)
		vif_new_frontend g1 10.0.0.2
		wait_for 30 ping -q -c 1 -W 1 10.0.0.2 || fail "dead after it was bound again"
	done
	echo "kept: $kept packets"
	# The kernel looks once a minute.
	sleep 130
	if kmsg_since_mark | grep "stalled pool"; then
		fail "pools of former connections wait for packets"
	fi
	ip link del hold0
	vif_detach g1 0 || fail "detach"
	pass
}
