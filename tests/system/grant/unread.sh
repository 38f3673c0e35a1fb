# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Reading xenstore takes memory, and xenstored lets a domain that is not dom0 have
# ten transactions. Injected, at every place where a node is read or written.
DESCRIPTION="a moment in which xenstore cannot be read costs no guest its disk or network"
TIMEOUT=300
FAULTS=/sys/kernel/debug/xen-gnttab-helpers/faults

_hits() {	# KIND
	awk -v kind="$1" '$1 == kind { print $4 }' "$FAULTS"
}

# Two in a row are less than what is waited for.
_unreadable() {
	echo "read $1 first=8" >"$FAULTS"
}

_is_used_up() {
	[ "$(_hits read)" = 8 ]
}

# Up to 19 in a row are waited for. After more a word is given up, and said again.
_refused() {	# NUMBER CMD...
	local rc=0
	echo "start -28 first=$1" >"$FAULTS"
	"${@:2}" || rc=$?
	[ "$(_hits start)" = "$1" ] || fail "$2: refused $(_hits start) times, not $1"
	return "$rc"
}

_works() {	# AFTER
	guest_run g1 60 "dd if=/dev/xvdb of=/dev/null bs=64k count=4 iflag=direct 2>/dev/null" ||
		fail "no disk after $1"
	ping -q -c 1 -W 5 10.0.0.2 >/dev/null || fail "no network after $1"
	[ "$(xenstore-read "$vbd/state") $(xenstore-read "$vif/state")" = "4 4" ] ||
		fail "states $(xenstore-read "$vbd/state") $(xenstore-read "$vif/state") after $1"
}

# Both look at everything whenever something is written to their directories.
_look() {	# ERRNO
	_unreadable "$1"
	xenstore-write "$vbd/online" 1
	wait_for 20 _is_used_up || fail "the disk read nothing"
	_works "$1 while the disk was looked at"
	_unreadable "$1"
	xenstore-write "$vif/online" 1
	wait_for 20 _is_used_up || fail "the interface read nothing"
	_works "$1 while the interface was looked at"
}

_has_size() {	# MIB
	guest_run g1 "[ \$(cat /sys/block/xvdb/size) = $(($1 * 2048)) ]"
}

# Nothing reminds us of a size that could not be told.
_resize() {
	truncate -s 24M "$image"
	losetup -c "$disk"
	wait_for 20 _has_size 24 || fail "the guest does not see that its disk grows"
}

_waits_for_guest() {
	[ "$(xenstore-read "$(vbd_backend g1 xvdb)/state")" = 2 ] &&
		xenstore-exists "$(vbd_backend g1 xvdb)/active-physical-device"
}

_is_refused() {
	[ "$(_hits start)" -gt 0 ]
}

# What the disk is like was written, and that we are Connected is refused until
# that is put off. Meanwhile the disk grows.
_grows_unconnected() {
	guest_run g1 30 rmmod xen-blkfront || fail "unloading the frontend"
	timeout 60 xl block-attach g1 "phy:$disk,xvdb,w" || fail "attach without a frontend"
	wait_for 20 _waits_for_guest || fail "nothing is offered"
	echo "start -28 after=1 first=20" >"$FAULTS"
	guest_run g1 30 modprobe xen-blkfront || fail "loading the frontend"
	wait_for 20 _is_refused || fail "Connected was not refused"
	truncate -s 32M "$image"
	losetup -c "$disk"
	wait_for 20 _has_size 32 || fail "the guest has the size from before it was connected"
	[ "$(_hits start)" = 20 ] || fail "refused $(_hits start) times, not 20"
	vbd_detach g1 xvdb || fail "detach"
}

test_main() {
	local disk vbd vif image=$XB_RUN/unread.img
	[ -e "$FAULTS" ] || skip "no test build of the modules"
	truncate -s 16M "$image"
	on_exit rm -f "$image"
	disk=$(losetup -f --show "$image")
	on_exit losetup -d "$disk"
	bridge_up
	guest_create g1
	on_exit vif_forget g1
	# Attaching reads everything that there is.
	_unreadable -12
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach"
	_unreadable -5
	vif_attach g1 10.0.0.2 || fail "attach an interface"
	vbd=$(vbd_backend g1 xvdb)
	vif=/local/domain/0/backend/vif/$(guest_domid g1)/0
	_works "attaching"
	_look -12
	_look -5
	_look -11
	_unreadable -12
	vif_detach g1 0 || fail "detach the interface"
	_unreadable -12
	vbd_detach g1 xvdb || fail "detach"
	echo "read 0" >"$FAULTS"
	_refused 10 vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach, refused"
	_refused 10 vif_attach g1 10.0.0.2 || fail "attach an interface, refused"
	_works "attaching, refused"
	_refused 25 _resize
	_refused 50 vif_detach g1 0 || fail "detach the interface, refused"
	_refused 50 vbd_detach g1 xvdb || fail "detach, refused"
	_grows_unconnected
	pass
}
