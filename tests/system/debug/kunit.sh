# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="KUnit tests of xen-gnttab-helpers, on grants of dom0 to itself"
TIMEOUT=300
SUITES="xen-gnttab-map xen-gnttab-copy xen-gnttab-async"

requires() {
	modprobe -n xen-gnttab-helpers-kunit 2>/dev/null ||
		skip "no KUnit in this kernel"
}

# All that a suite has was run, and has passed.
_suite_passed() {	# SUITE
	local results=/sys/kernel/debug/kunit/$1/results planned passed
	cat "$results"
	planned=$(sed -n 's/^ *1\.\.\([0-9]*\)$/\1/p' "$results" | tail -n 1)
	passed=$(grep -cE '^ +ok [0-9]+ ' "$results" || :)
	! grep -qE 'not ok|# SKIP' "$results" &&
		[ "$planned" -gt 0 ] && [ "$passed" = "$planned" ]
}

test_main() {
	local suite
	modprobe kunit
	leak_snapshot
	modprobe xen-gnttab-helpers-kunit || fail "the tests cannot be loaded"
	for suite in $SUITES; do
		_suite_passed "$suite" || fail "$suite has failed"
	done
	rmmod xen-gnttab-helpers-kunit || fail "the tests do not go"
	leak_check
	pass
}
