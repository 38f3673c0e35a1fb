# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# The guest has requests in the ring and pages to write back when its disk is
# taken away without a word; its xenwatch waits for all of them. Nothing may be
# left of the old disk that keeps the new one from working.
DESCRIPTION="a disk detached by force under load, and attached again at once"
TIMEOUT=300

_load() {
	guest_bg g2 "fio --name=load --filename=/dev/xvdb --size=16M --rw=randrw \
		--bs=4k --direct=1 --ioengine=libaio --iodepth=32 --time_based --runtime=600 \
		>/dev/null 2>&1 &
		dd if=/dev/zero of=/dev/xvdb bs=64k seek=256 count=32 2>/dev/null
		wait; true"
}

# The device that was there when the load began has gone, and this one works.
_works() {
	[ "$(xenstore-read "$(vbd_backend g2 xvdb)/state")" = 4 ] &&
		guest_run g2 20 "dd if=/dev/xvdb of=/dev/null bs=64k count=16 \
			iflag=direct 2>/dev/null"
}

_forced() {
	xl block-detach --force g2 xvdb || fail "$1: detach"
	[ -n "$sees" ] || guest_forgets g2 vbd-51728 || fail "$1: the guest keeps it"
	xl block-attach g2 "phy:$disk,xvdb,w" || fail "$1: attach"
}

_replaced() {
	device_replace "$(vbd_backend g2 xvdb)" || fail "$1: xenstore"
}

_round() {	# FUNCTION NAME
	local load
	load=$(_load)
	wait_for 60 vbd_is_loaded g2 200 || fail "$2: no load"
	"$1" "$2"
	guest_wait g2 "$load" 60 || fail "$2: the guest's requests are not answered"
	wait_for 60 _works || fail "$2: the new disk does not work"
}

test_main() {
	local i sees=""
	intree_fails "lets the guest wait"
	backing_null disk 32
	guest_create g2
	vbd_attach g2 "phy:$disk,xvdb,w" || fail "attach"
	! guest_sees_replacing g2 || sees=1
	for ((i = 0; i < ${XB_ROUNDS:-2}; i++)); do
		_round _forced "detached by force, round $i"
	done
	if [ -n "$sees" ]; then
		for ((i = 0; i < ${XB_ROUNDS:-2}; i++)); do
			_round _replaced "replaced, round $i"
		done
	fi
	vbd_detach g2 xvdb || fail "detach"
	guest_destroy g2
	pass
}
