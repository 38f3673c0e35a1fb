# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# A guest is destroyed while a write of it takes longer than a toolstack waits.
# The next guest gets the disk, and must not see it change afterwards.
DESCRIPTION="no write of a guest that is gone lands under the next owner of its disk"
TIMEOUT=240

_sum() {
	guest_run g2 60 "dd if=/dev/xvdb bs=4k count=1 iflag=direct 2>/dev/null | md5sum" ||
		fail "the next guest cannot read"
}

_writes() {	# requests that the disk has not finished
	local now
	read -ra now <"/sys/block/dm-$(dmsetup info -c --noheadings -o minor "${slow##*/}")/inflight"
	[ $((now[0] + now[1])) -gt 0 ]
}

test_main() {
	local first slow
	[ "$XB_MODULES" = ours ] || skip "with the in-tree driver the next guest sees it change"
	# Reads take no time, writes 25 s.
	backing_dm slow 16 "0 32768 delay %DEV 0 0 %DEV 0 25000"
	guest_create g1
	guest_create g2
	vbd_attach g1 "phy:$slow,xvdb,w" || fail "attach"
	guest_bg g1 "dd if=/dev/urandom of=/dev/xvdb bs=4k count=1 oflag=direct" >/dev/null
	wait_for 20 _writes || fail "nothing is written"
	guest_destroy g1
	_writes || fail "the write is over already: the test shows nothing"

	xl block-attach g2 "phy:$slow,xvdb,w" || fail "attach to the next guest"
	wait_for 60 guest_run g2 5 "[ -b /dev/xvdb ] && [ \$(cat /sys/block/xvdb/size) -gt 0 ]" ||
		fail "the next guest does not get the disk"
	first=$(_sum)
	if _writes; then
		fail "it has the disk while a write of the other is on its way"
	fi
	sleep 20
	[ "$(_sum)" = "$first" ] || fail "the disk has changed under the next guest"
	vbd_detach g2 xvdb || fail "detach"
	pass
}
