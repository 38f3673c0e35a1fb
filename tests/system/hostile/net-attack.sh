# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# What earlier holes of network backends have taught; tests/frontend has the
# attacks, with the advisory that each is an example of.
DESCRIPTION="attacks on a vif through its rings and from beside them"
TIMEOUT=600

# Read all that there is to read while the guest connects and disconnects.
_read_statistics() {
	local dev debug=/sys/kernel/debug more=()
	dev=$(rogue_vif_dev 1)
	[ "$XB_MODULES" != ours ] || more=("$debug/xen-gnttab-helpers/domains")
	while [ ! -e "$XB_RUN/enough" ]; do
		ethtool -S "$dev" >/dev/null 2>&1 || true
		cat "$debug/xen-netback/$dev"/io_ring_q* "${more[@]}" \
			>"$XB_RUN/read" 2>"$XB_RUN/unread" || true
		echo >>"$XB_RUN/rounds"
		ip -s link show "$dev" >/dev/null 2>&1 || true
	done
}

# Were all of the files there, and read many times?
_have_read() {
	local least=10
	# KASAN makes a round take twenty times as long, the attack does not wait.
	[[ $(uname -r) != *-debug ]] || least=4
	[ ! -s "$XB_RUN/unread" ] || fail "not read: $(head -n 3 "$XB_RUN/unread")"
	echo "all files read $(wc -l <"$XB_RUN/rounds") times"
	[ "$(wc -l <"$XB_RUN/rounds")" -gt $least ] || fail "hardly anything was read"
}

_garbage() {
	local count
	count=$(guest_run rogue "xbfront net-garbage 0 count")
	rogue_vifs 100 "$count"
	guest_run rogue 200 "xbfront net-garbage 100" || fail "garbage"
	victim_check
	# The first of them says that there are no queues.
	[ "$XB_MODULES" != ours ] || [[ $(rogue_error vif 100) == *": multi-queue-num-queues" ]] ||
		fail "the node is not named: $(rogue_error vif 100)"
	rogue_detach vif 100 "$count" || fail "detach"
}

test_main() {
	local reader
	backing_null good 16
	rogue_up
	victim_up "$good"
	leak_snapshot

	rogue_vifs 1 4
	net_attack_answered 1 bad-packets zero-slots tx-bad-grants \
		rx-bad-grants double-fetch mcast-flood deaf
	net_attack_answered 1 reconfigure watch-storm event-storm event-race \
		port-closed
	rm -f "$XB_RUN"/{enough,rounds}
	on_exit touch "$XB_RUN/enough"
	_read_statistics &
	reader=$!
	net_attack_answered 1 toggle
	touch "$XB_RUN/enough"
	wait "$reader"
	_have_read
	_net_attack 2 state-storm
	_net_attack 3 vanish
	net_attack_answered 3 bad-packets
	_net_attack 4 vanish
	rogue_detach vif 1 3 || fail "detach"
	rogue_forget vif 4 1

	net_attacks_stopped 11 tx-producer-ahead tx-producer-back \
		rx-producer-ahead producer-born crosses-page size-overflow \
		gso-zero gso-type extra-unknown extra-chain many-slots noise
	_garbage
	leak_check
	victim_down
	pass
}
