# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="a disk that does not exist: a readable error, nothing left behind"
TIMEOUT=240

_attach_fails() {	# DISKSPEC REGEX
	local rc=0
	timeout 90 xl block-attach g1 "$1" >"$XB_RUN/xl.out" 2>&1 || rc=$?
	cat "$XB_RUN/xl.out"
	[ "$rc" -ne 0 ] || fail "$1 was attached"
	[ "$rc" -ne 124 ] || fail "xl hangs on $1"
	grep -qiE "$2" "$XB_RUN/xl.out" || fail "no readable error for $1"
}

_nothing_left() {
	local domid
	domid=$(guest_domid g1)
	[ -z "$(xenstore-list "/local/domain/0/backend/vbd/$domid" 2>/dev/null)" ] &&
		[ -z "$(xenstore-list "/local/domain/$domid/device/vbd" 2>/dev/null)" ]
}

test_main() {
	guest_create g1
	leak_snapshot
	_attach_fails "phy:/dev/does-not-exist,xvdb,w" "does-not-exist"
	_attach_fails "format=raw,vdev=xvdb,access=rw,target=/no/such/file" "no/such/file"
	wait_for 20 _nothing_left || fail "traces are left in xenstore"
	leak_check

	# The name is free again.
	backing_null disk 8
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach afterwards"
	vbd_detach g1 xvdb || fail "detach afterwards"
	pass
}
