# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Whoever closes a disk last writes back what dom0 has cached of it. A kernel thread
# that only gives its file away leaves that to one work for all of the host.
DESCRIPTION="a disk that hangs while it is closed keeps no other disk open"
TIMEOUT=120

_is_free() {
	[ "$(dmsetup info -c --noheadings -o open "${free##*/}")" = 0 ]
}

_resume() {
	dmsetup resume "${stuck##*/}"
}

test_main() {
	local free stuck backend
	intree_fails "closes disks one after another"
	backing_dm stuck 16 "0 32768 linear %DEV 0"
	backing_dm free 16 "0 32768 linear %DEV 0"
	guest_create g1
	vbd_attach g1 "phy:$stuck,xvdb,w" || fail "attach"
	vbd_attach g1 "phy:$free,xvdc,w" || fail "attach the other one"
	backend=$(vbd_backend g1 xvdb)
	dd if=/dev/urandom of="$stuck" bs=64k count=16 status=none
	dmsetup suspend --nolockfs --noflush "${stuck##*/}"
	on_exit _resume
	timeout 60 xl block-detach g1 xvdb || fail "detach of the disk that hangs"
	vbd_detach g1 xvdc || fail "detach of the other one"
	wait_for 5 _is_free || fail "the other one is still open"
	_resume
	guest_destroy g1
	pass
}
