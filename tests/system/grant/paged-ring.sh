# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Frames of rings that stay paged out. Whoever takes the device from its driver is
# xenwatch, most often, and all other devices with it; and it waits for whoever is in
# a file of the device.
DESCRIPTION="a ring that is paged out is waited for, and holds up nobody who takes the device away or looks at it"
TIMEOUT=300
FAULTS=/sys/kernel/debug/xen-gnttab-helpers/faults
HELPERS=/sys/module/xen_gnttab_helpers/parameters

_hits() {
	[ "$(awk '$1 == "copy" { print $4 }' "$FAULTS")" -gt 5 ]
}

# Its frontend is ready, and the backend looks for its rings again and again.
_attach() {	# BACKEND COMMAND...
	echo "copy -12" >"$FAULTS"
	"${@:2}" || fail "attach"
	wait_for 30 _hits || fail "$1: nobody looks whether its ring is there"
	[ "$(xenstore-read "$1/state")" = 2 ] || fail "$1: a ring that is away is mapped"
}

_unbind() {	# DEVICE
	local begin now
	read -r begin _ </proc/uptime
	echo "$1" >"$HELPERS/unbind" || fail "$1: unbind"
	read -r now _ </proc/uptime
	echo "$1: taken away in $((${now/.} - ${begin/.}))0 ms"
	[ $((${now/.} - ${begin/.})) -lt 100 ] || fail "$1: it is waited for the ring"
}

# Each in a process of its own, which must have ended when the device is taken.
_use_files() {	# DEVICE
	local dir=/sys/bus/xen-backend/devices/$1
	cat "$dir/cgroup" >/dev/null 2>&1 &
	files=$!
	echo 1000 >"$dir/iops_limit" &
	files+=" $!"
	echo 1 >"$dir/latency_stats" &
	files+=" $!"
	sleep 1
}

_files_are_over() {
	local pid
	for pid in $files; do
		[ ! -d "/proc/$pid" ] || return 1
	done
}

test_main() {
	local disk domid files backends=/local/domain/0/backend
	[ "$XB_MODULES" = ours ] || skip "the faults are our modules'"
	[ -e "$FAULTS" ] || skip "modules without faults (--faults)"
	backing_null disk 16
	bridge_up
	guest_create g1
	on_exit vif_forget g1
	on_exit eval "echo copy 0 >$FAULTS"
	domid=$(guest_domid g1)
	_attach "$backends/vbd/$domid/51728" xl block-attach g1 "phy:$disk,xvdb,w"
	_use_files "vbd-$domid-51728"
	_unbind "vbd-$domid-51728"
	wait_for 1 _files_are_over || fail "who looks at the disk waits for the ring"
	echo "copy -12" >"$FAULTS"
	echo "vbd-$domid-51728" >"$HELPERS/bind" || fail "bind"
	wait_for 30 _hits || fail "the next driver does not look"
	echo "copy 0" >"$FAULTS"
	wait_for 30 guest_run g1 "dd if=/dev/xvdb of=/dev/null bs=4k count=1 2>/dev/null" ||
		fail "no disk when its ring is there"
	_attach "$backends/vif/$domid/0" xl network-attach g1 bridge=br0 script=vif-bridge
	cat "/sys/kernel/debug/xen-netback/vif$domid.0/io_ring_q0" &
	_unbind "vif-$domid-0"
	echo "copy 0" >"$FAULTS"
	guest_destroy g1
	pass
}
