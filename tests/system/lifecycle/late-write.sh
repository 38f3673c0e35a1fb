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

_landed() {
	[ "$(dd if="$base" bs=4k count=1 iflag=direct status=none | tr -d '\0' | wc -c)" != 0 ]
}

_is_written() {	# by the guest, as far as the backend is concerned
	[ "$(<"$(vbd_device g1)/statistics/wr_req")" -gt 0 ]
}

# Reads take no time, writes 14 s.
_make_slow() {
	local name=xblate
	backing_null base 16
	dmsetup create --noudevsync $name --table "0 32768 delay $base 0 0 $base 0 14000" ||
		fail "dm-delay"
	on_exit _dm_remove $name
	dmsetup mknodes $name
	slow=/dev/mapper/$name
}

test_main() {
	local base first slow
	intree_fails "lets it change under the next guest"
	_make_slow
	guest_create g1
	guest_create g2
	vbd_attach g1 "phy:$slow,xvdb,w" || fail "attach"
	guest_bg g1 "tr '\\0' x </dev/zero | dd of=/dev/xvdb bs=4k count=1 iflag=fullblock \
		oflag=direct" >/dev/null
	wait_for 20 _is_written || fail "nothing is written"
	guest_destroy g1
	! _landed || fail "the write is over already: the test shows nothing"

	xl block-attach g2 "phy:$slow,xvdb,w" || fail "attach to the next guest"
	wait_for 60 guest_run g2 5 "[ -b /dev/xvdb ] && [ \$(cat /sys/block/xvdb/size) -gt 0 ]" ||
		fail "the next guest does not get the disk"
	first=$(_sum)
	wait_for 30 _landed || fail "the write has gone"
	sleep 2
	[ "$(_sum)" = "$first" ] || fail "the disk has changed under the next guest"
	vbd_detach g2 xvdb || fail "detach"
	pass
}
