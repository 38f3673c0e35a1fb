# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# The bus lets go of a module while the function of it that had its last device
# leave still writes to xenstore. Refused, which makes that take a second.
DESCRIPTION="a module that is removed at once when its last device goes is not used any more"
TIMEOUT=300
FAULTS=/sys/kernel/debug/xen-gnttab-helpers/faults

_unload() {	# MODULE: as soon as nobody has it
	wait_for 60 eval "rmmod $1 2>/dev/null" || fail "$1 stays"
}

_load() {	# MODULE
	echo "start 0" >"$FAULTS"
	modprobe "$1" || fail "$1 is not loaded again"
}

_open_file_holds() {
	local fd file
	mountpoint -q /sys/kernel/debug || mount -t debugfs none /sys/kernel/debug
	file=/sys/kernel/debug/xen-netback/vif$(guest_domid g1).0/io_ring_q0
	vif_attach g1 10.0.0.2 || fail "attach an interface"
	exec {fd}<"$file"
	vif_detach g1 0 || fail "detach with an open file"
	guest_forgets g1 vif-0 || fail "the guest keeps its interface"
	! rmmod xen-netback 2>/dev/null || fail "xen-netback goes while a file of it is open"
	exec {fd}<&-
}

# Which of the words that are said until a device has gone is the last one
# depends on who is first: each in turn takes a second.
_refuse() {	# NUMBER
	echo "start -28 after=$1 first=19" >"$FAULTS"
}

_interface() {	# NUMBER
	vif_attach g1 10.0.0.2 || fail "attach an interface, $1"
	_refuse "$1"
	xl network-detach g1 0 || fail "detach, $1"
	_unload xen-netback
	_load xen-netback
	guest_forgets g1 vif-0 || fail "the guest keeps its interface, $1"
}

_disk() {	# NUMBER
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach, $1"
	_refuse "$1"
	xl block-detach g1 xvdb || fail "detach, $1"
	_unload xen-blkback
	_load xen-blkback
	guest_forgets g1 vbd-51728 || fail "the guest keeps its disk, $1"
}

test_main() {
	local disk i
	[ -e "$FAULTS" ] || skip "no test build of the modules"
	on_exit modprobe -a xen-blkback xen-netback
	backing_ram disk 8
	bridge_up
	guest_create g1
	on_exit vif_forget g1
	_open_file_holds
	for i in 0 1 2; do
		_interface "$i"
		_disk "$i"
	done
	pass
}
