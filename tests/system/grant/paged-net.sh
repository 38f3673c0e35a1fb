# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Frames that are paged out for four seconds. New packets, which are looked at
# more often, do not cost the old ones their time, 33 s.
DESCRIPTION="packets whose frames are paged out for long wait, and none is lost"
TIMEOUT=300
FAULTS=/sys/kernel/debug/xen-gnttab-helpers/faults

_stat() {	# NAME
	ethtool -S "$vif" | awk -v name="$1:" '$1 == name { print $2 }'
}

test_main() {
	local vif errors deferred
	[ "$XB_MODULES" = ours ] || skip "the faults are our modules'"
	[ -e $FAULTS ] || skip "modules without faults (--faults)"
	guest_create g1
	on_exit vif_forget g1
	leak_snapshot
	vif_attach g1 10.0.0.2 || fail "attach"
	vif=vif$(guest_domid g1).0
	on_exit eval "echo copy 0 >$FAULTS"
	echo "copy -12" >$FAULTS
	guest_run g1 "for i in \$(seq 31); do
			ping -c 1 -W 30 10.0.0.1 >/dev/null 2>&1 &
			usleep 90000
		done" || fail "pings"
	_pause 1
	echo "copy 0" >$FAULTS
	ping -q -c 1 -W 5 10.0.0.2 >/dev/null || fail "dead after paging"
	errors=$(_stat queue_0_tx_copy_errors)
	deferred=$(_stat queue_0_tx_deferred)
	echo "paged out: $deferred packets waited, $errors were given up"
	[ "$deferred" -gt 20 ] || fail "$deferred packets waited"
	[ "$errors" = 0 ] || fail "$errors packets were given up"

	echo "copy -12" >$FAULTS
	guest_run g1 "for i in 1 2 3 4 5; do
			ping -c 1 -W 1 10.0.0.1 >/dev/null 2>&1 &
		done; wait"
	[ "$(_stat queue_0_tx_deferred)" -gt $((deferred + 2)) ] ||
		fail "no packet waits when the interface goes"
	vif_detach g1 0 || fail "detach while packets wait"
	echo "copy 0" >$FAULTS
	guest_destroy g1
	leak_check
	pass
}
