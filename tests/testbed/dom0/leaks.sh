# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Counts of what a backend may leave behind. Between leak_snapshot and
# leak_check these may grow by (all others: not at all)
#   xen_mb  1    MB that Xen has handed out
#   slab_kb 4096 kB of unreclaimable slab: caches fill up in early rounds

declare -A LEAK_TOLERANCE=([xen_mb]=1 [slab_kb]=4096)
# KASAN keeps what was freed for a while; kmemleak is what finds leaks there.
[ ! -e /sys/kernel/debug/kmemleak ] || LEAK_TOLERANCE[slab_kb]=65536
declare -A LEAK_BEFORE=()

_leak_grants() {	# entries of all active grant tables
	local before
	before=$(xl dmesg | wc -l)
	xl debug-keys g
	xl dmesg | tail -n "+$((before + 1))" | grep -cE '^\(XEN\) +\[ *(0x)?[0-9a-f]+\]' ||
		true
}

_leak_counts() {
	local total free
	total=$(xl info | awk '/^total_memory/ { print $3 }')
	free=$(xl info | awk '/^free_memory/ { print $3 }')
	echo "kthreads $(ps -o comm= --ppid 2 | awk '!/^kworker/ { n++ } END { print n }')"
	echo "loops $(losetup -a | wc -l)"
	echo "devices $(find /sys/bus/xen-backend/devices -type l | wc -l)"
	echo "xenstore $(xenstore-ls /local/domain/0/backend 2>/dev/null | wc -l)"
	echo "grants $(_leak_grants)"
	echo "xen_mb $((total - free))"
	echo "slab_kb $(awk '/^SUnreclaim/ { print $2 }' /proc/meminfo)"
}

leak_snapshot() {
	local what count
	while read -r what count; do
		LEAK_BEFORE[$what]=$count
	done < <(_leak_counts)
}

_leak_find() {	# prints what grew beyond its tolerance
	local what count
	while read -r what count; do
		if [ "$count" -gt $((LEAK_BEFORE[$what] + ${LEAK_TOLERANCE[$what]:-0})) ]; then
			echo "$what ${LEAK_BEFORE[$what]} -> $count"
		fi
	done < <(_leak_counts)
}

_leak_free() {
	LEAK_FOUND=$(_leak_find | paste -sd, -)
	[ -z "$LEAK_FOUND" ]
}

leak_check() {	# fails the test if anything is left behind after 10 s
	wait_for 10 _leak_free || fail "left behind: $LEAK_FOUND"
}
