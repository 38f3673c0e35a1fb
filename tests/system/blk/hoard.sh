# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# A frontend with 64 queues asks for all that their rings hold, 1 MiB a request.
# What dom0 holds for it stays within the domain's budget, another disk of the
# guest goes on meanwhile, and everything is given back: what requests held when
# the guest is idle, the rest when it goes.
DESCRIPTION="a guest with many queues stays within its budget, and gives it back"
TIMEOUT=500
MAX=8192
# What a guest that asks for so much comes to at least.
LEAST=8192
# Memory that is no budget's matter, in KiB: what others in dom0 do meanwhile.
NOISE=24576
DEBUG=/sys/kernel/debug/xen-blkback

_budget() {	# ROW (disk, domain) DEVID: pages, mapped and copied
	awk -v row="$1" '$1 == row { print $2, $3 }' \
		"$DEBUG/vbd-$(guest_domid rogue)-$2/budget"
}

_free() {
	awk '$1 == "MemFree:" { print $2 }' /proc/meminfo
}

_watch() {	# HANDLE: until requests are served, the most that was held
	local mapped copied free
	until guest_run rogue "grep -q served /tmp/bg.$1.out || [ -s /tmp/bg.$1.rc ]"; do
		for _ in {1..10}; do
			read -r mapped copied <<<"$(_budget domain 1)"
			free=$(_free)
			most_mapped=$((mapped > most_mapped ? mapped : most_mapped))
			most_copied=$((copied > most_copied ? copied : most_copied))
			least_free=$((free < least_free ? free : least_free))
		done
	done
}

_disk_is_idle() {
	[ "$(_budget disk 1)" = "0 0" ]
}

_domain_is_idle() {	# nothing but what the other disk's one queue needs
	local mapped copied
	read -r mapped copied <<<"$(_budget domain 2)"
	[ "$mapped" -le 64 ] && [ "$copied" -le 64 ]
}

_hoard() {	# QUEUES ORDER ROUNDS [OPTION...]
	local before hoard least_free most_mapped=0 most_copied=0
	guest_run rogue "rm -f /tmp/hoard-end"
	rogue_vbd 1 "$slow"
	rogue_vbd 2 "$fast"
	before=$(_free)
	least_free=$before
	hoard=$(guest_bg rogue "xbfront blk-hoard 1 $*")
	wait_for 60 test -e "$DEBUG/vbd-$(guest_domid rogue)-1/budget"
	guest_run rogue 120 "xbfront blk-load 2 2000 32 11 $([[ $* != *persistent* ]] || echo persistent)" ||
		fail "$*: the other disk does not go on"
	echo "$*: begins at $(cut -d" " -f1 /proc/uptime) s"
	_watch "$hoard"
	echo "$*: $most_mapped mapped, $most_copied copied of $MAX pages," \
		"$(((before - least_free) / 1024)) MiB of dom0"
	guest_run rogue "cat /tmp/bg.$hoard.out; grep -q served /tmp/bg.$hoard.out" ||
		fail "$*: requests were not served"
	[ "$most_mapped" -le $MAX ] || fail "$*: $most_mapped pages mapped"
	[ "$most_copied" -le $MAX ] || fail "$*: $most_copied pages of memory"
	[ $((most_mapped + most_copied)) -ge $LEAST ] || fail "$*: that is no hoard"
	[ $((before - least_free)) -le $((2 * MAX * 4 + NOISE)) ] ||
		fail "$*: dom0 has lost $((before - least_free)) KiB"
	wait_for 60 _disk_is_idle || fail "$*: idle, the disk keeps $(_budget disk 1)"
	guest_run rogue "touch /tmp/hoard-end"
	guest_wait rogue "$hoard" 60 || fail "$*: the frontend"
	wait_for 60 _domain_is_idle || fail "$*: the domain keeps $(_budget domain 2)"
	rogue_detach vbd 1 2 || fail "$*: detach"
}

# One request of the largest size, and barriers that wait for it.
_at_a_time() {
	local queues
	echo 1 >/sys/module/xen_blkback/parameters/max_domain_pages
	MAX=1000
	LEAST=400
	for queues in 8 16; do
		_hoard "$queues" 0 1 persistent barriers
	done
}

test_main() {
	local queues=64
	[ "$XB_MODULES" = ours ] || skip "the in-tree driver has no budgets"
	mountpoint -q /sys/kernel/debug || mount -t debugfs debugfs /sys/kernel/debug
	module_param xen_blkback max_queues 64
	module_param xen_blkback max_domain_pages $MAX
	module_param xen_blkback persistent_grant_unused_seconds 1
	backing_null slow 16 irqmode=2 completion_nsec=20000000
	backing_null fast 16
	rogue_up
	[ -z "$XB_BRIEF" ] || queues=32
	_hoard $queues 0 1 persistent
	if [ -z "$XB_BRIEF" ]; then
		_hoard 64 0 1
		_at_a_time
	fi
	guest_destroy rogue
	! grep -q "^[1-9].* [0-9]* [1-9][0-9]*$" /sys/kernel/debug/xen-gnttab-helpers/domains ||
		fail "a guest that is gone still holds pages"
	pass
}
