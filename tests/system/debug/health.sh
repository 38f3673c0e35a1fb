# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# To be run last: what the tests before it did to a debug kernel.
DESCRIPTION="lockdep is still on, kmemleak has found nothing, the modules go"
TIMEOUT=300

requires() {
	[ -e /sys/kernel/debug/kmemleak ] || skip "no kmemleak in this kernel"
	[ -e /proc/lockdep_stats ] || skip "no lockdep in this kernel"
}

_lockdep_is_on() {
	awk '$1 == "debug_locks:" { on = $2 } END { exit on != 1 }' \
		/proc/lockdep_stats
}

# Objects younger than 5 s are not reported.
_kmemleak() {	# WHEN
	local _
	for _ in 1 2 3; do
		_pause 6
		echo scan >/sys/kernel/debug/kmemleak
	done
	[ "$(grep -c . /sys/kernel/debug/kmemleak)" = 0 ] ||
		fail "kmemleak, $1: $(head -n 40 /sys/kernel/debug/kmemleak | paste -sd' ')"
}

_destroy_all() {
	local name
	for name in $(xl list | awk 'NR > 2 { print $1 }'); do
		guest_destroy "$name"
	done
}

test_main() {
	local name
	_destroy_all
	_kmemleak "modules loaded"
	for name in xen_blkback xen_netback xen_gnttab_helpers; do
		wait_for 30 rmmod "$name" || fail "$name does not go"
	done
	_kmemleak "modules gone"
	modprobe -a xen_blkback xen_netback || fail "the modules do not come back"
	_lockdep_is_on || fail "lockdep has switched itself off"
	grep -E 'lock-classes|dependency chains|debug_locks' /proc/lockdep_stats
	pass
}
