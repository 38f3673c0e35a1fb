# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Attaching a device must always come to an end, and bring one that works.
DESCRIPTION="attach and detach a device 20 times, with verified I/O each time"
TIMEOUT=300

# The guest writes random bytes; what dom0 then finds on the disk, and what
# the guest reads back, must be the same.
_io_round() {
	local sum_guest sum_dom0
	sum_guest=$(guest_run g1 "dd if=/dev/urandom of=/tmp/in bs=64k count=4 &&
		dd if=/tmp/in of=/dev/xvdb bs=64k seek=$1 conv=fsync &&
		echo 3 >/proc/sys/vm/drop_caches &&
		dd if=/dev/xvdb bs=64k skip=$1 count=4 | cmp - /tmp/in &&
		sha256sum </tmp/in" | awk '/  -$/ { print $1 }')
	sum_dom0=$(dd if="$disk" bs=64k skip="$1" count=4 iflag=direct status=none |
		sha256sum | awk '{ print $1 }')
	[ -n "$sum_guest" ] || fail "round $1: I/O in the guest failed"
	[ "$sum_guest" = "$sum_dom0" ] || fail "round $1: dom0 has other data"
}

_says_misnamed() {	# ERROR
	[[ $(xenstore-read "$1") == *"physical-device is not MAJOR:MINOR" ]]
}

# Before there is a disk: an empty node is none yet, nonsense is said once.
_misnamed_at_first() {
	local backend error
	printf '#!/bin/sh\nexit 0\n' >"$XB_RUN/block-none"
	chmod +x "$XB_RUN/block-none"
	timeout 60 xl block-attach g1 \
		"format=raw,vdev=xvdb,access=rw,script=$XB_RUN/block-none,target=$disk" ||
		fail "attach without a disk"
	backend=$(vbd_backend g1 xvdb)
	error=/local/domain/0/error/${backend#/local/domain/0/}/error
	xenstore-rm "$error" 2>/dev/null || :
	xenstore-write "$backend/physical-device" ""
	! wait_for 3 _says_misnamed "$error" || fail "an empty node is not waited for"
	xenstore-write "$backend/physical-device" nonsense
	wait_for 20 _says_misnamed "$error" || fail "nonsense is not told"
	xenstore-rm "$error"
	! wait_for 5 _says_misnamed "$error" || fail "nonsense is told again and again"
	vbd_detach g1 xvdb || fail "detach"
}

# Most are the number of the disk that is there, without what does not fit or
# goes on behind it.
_misnamed() {
	local backend error major minor number wrong
	number=$(stat -L -c "%t:%T" "$disk")
	major=${number%:*} minor=${number#*:}
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach"
	backend=$(vbd_backend g1 xvdb)
	error=/local/domain/0/error/${backend#/local/domain/0/}/error
	for wrong in "$(printf "1%03x" "0x$major"):$minor" "${number}junk" "$number@" "1:100000"; do
		xenstore-rm "$error" 2>/dev/null || :
		xenstore-write "$backend/physical-device" "$wrong"
		wait_for 20 _says_misnamed "$error" || fail "'$wrong' is taken for a disk"
	done
	_io_round 1
	xenstore-write "$backend/physical-device" "$number"
	vbd_detach g1 xvdb || fail "detach"
}

test_main() {
	local i rounds=20
	[ -z "$XB_BRIEF" ] || rounds=8
	backing_null disk 64
	guest_create g1
	leak_snapshot
	for ((i = 1; i <= rounds; i++)); do
		vbd_attach g1 "phy:$disk,xvdb,w" || fail "round $i: attach"
		_io_round "$i"
		vbd_detach g1 xvdb || fail "round $i: detach"
	done
	leak_check
	if [ "$XB_MODULES" = ours ]; then
		_misnamed_at_first
		_misnamed
	fi
	pass
}
