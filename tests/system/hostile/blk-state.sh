# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Rules R3, R7-R10, R16, R17, R20 and R21: attacks from beside the ring.
DESCRIPTION="attacks on a vbd with states, watches, events and garbage in xenstore"
TIMEOUT=600

# Read all that sysfs and debugfs have while the guest connects and
# disconnects (R17).
_read_statistics() {
	local dir files debug=/sys/kernel/debug
	dir=$(rogue_device vbd 1)
	files=("$dir"/statistics/* "$dir"/{mode,physical_device})
	[ "$XB_MODULES" != ours ] || files+=("$dir/copy_segs"
		"$debug/xen-blkback/${dir##*/}"/{queues,latency,batches,budget}
		"$debug/xen-gnttab-helpers/domains")
	while [ ! -e "$XB_RUN/enough" ]; do
		cat "${files[@]}" >"$XB_RUN/read" 2>"$XB_RUN/unread" || true
		echo >>"$XB_RUN/rounds"
	done
}

# Were all of the files there, and read many times?
_have_read() {
	[ ! -s "$XB_RUN/unread" ] || fail "not read: $(head -n 3 "$XB_RUN/unread")"
	echo "all files read $(wc -l <"$XB_RUN/rounds") times"
	[ "$(wc -l <"$XB_RUN/rounds")" -gt 20 ] || fail "hardly anything was read"
}

# A disk that a guest has for writing is nobody else's (R20).
_held_exclusively() {
	if dmsetup create xbheld --table "0 8 linear $disk 0" 2>/dev/null; then
		dmsetup remove xbheld
		fail "dom0 may take a disk that a guest is connected to"
	fi
}

_garbage() {
	local count
	count=$(guest_run rogue "xbfront blk-garbage 0 count")
	rogue_vbds 100 "$count" "$disk"
	guest_run rogue 200 "xbfront blk-garbage 100" || fail "garbage"
	victim_check
	rogue_detach vbd 100 "$count" || fail "detach"
}

# Where the guest's pages are mapped, as in-tree, the disk itself writes to them.
_forsaken() {	# DEVID DISK
	rogue_vbd "$1" "$2"
	attack_answered "$1" "" forsake
	rogue_detach vbd "$1" || fail "detach"
}

# Whoever mends a guest's driver is told what is missing.
_half_told() {	# DEVID
	module_param xen_blkback max_queues 2
	rogue_vbd "$1" "$disk"
	attack_stopped "$1" half-told
	[ "$XB_MODULES" != ours ] || [[ $(rogue_error vbd "$1") == *queue-1/event-channel ]] ||
		fail "the node is not named: $(rogue_error vbd "$1")"
	rogue_detach vbd "$1" || fail "detach"
}

test_main() {
	local reader
	backing_null disk 64
	backing_null good 16
	backing_null slow 16 irqmode=2 completion_nsec=2000000000
	rogue_up
	victim_up "$good"
	leak_snapshot

	rogue_vbds 1 3 "$disk"
	attack_answered 1 "" restart backwards event-storm event-race port-closed \
		watch-storm rsp-event
	[ "$XB_MODULES" != ours ] || _held_exclusively
	rm -f "$XB_RUN"/{enough,rounds}
	on_exit touch "$XB_RUN/enough"
	_read_statistics &
	reader=$!
	attack_answered 1 "" toggle
	attack_answered 1 persistent toggle
	touch "$XB_RUN/enough"
	wait "$reader"
	_have_read
	_attack 2 state-storm
	_attack 3 vanish
	attack_answered 3 "" bad-grants
	rogue_detach vbd 1 3 || fail "detach"
	rogue_vbd 4 "$disk"
	_attack 4 vanish
	rogue_forget vbd 4 1
	[ "$XB_MODULES" != ours ] || _forsaken 5 "$slow"

	_half_told 6
	_garbage
	leak_check
	victim_down
	pass
}
