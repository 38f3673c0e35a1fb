# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# dom0 plays the frontend that begins anew, as after kexec: it sets the state
# of the guest's frontend, which knows nothing of it and keeps its rings.
DESCRIPTION="a frontend that begins anew with I/O in flight waits, and is connected"
TIMEOUT=300

_frontend_state() {
	local node
	node=$(xenstore-read "$(vbd_backend g2 xvdb)/frontend")/state
	# Writing must not change who may access it.
	xenstore-write "$node" "$1"
}

_backend_is() {
	[ "$(xenstore-read "$(vbd_backend g2 xvdb)/state")" = "$1" ]
}

_round() {
	wait_for 60 vbd_is_loaded g2 "$1" || fail "no load"
	vbd_hang g2 "$disk" || fail "no request hangs"
	_frontend_state 1
	if wait_for 1 _backend_is 2; then
		fail "the backend does not wait for its I/O"
	fi
	dmsetup resume --noudevsync "${disk##*/}"
	wait_for 60 _backend_is 2 || fail "the backend does not begin anew"
	_frontend_state 4
	wait_for 60 _backend_is 4 || fail "the backend does not connect again"
}

test_main() {
	local load
	intree_fails "gives the disk up"
	backing_dm disk 16 "0 32768 linear %DEV 0"
	guest_create g2
	vbd_attach g2 "phy:$disk,xvdb,w" || fail "attach"
	load=$(guest_bg g2 "while [ ! -e /tmp/stop ]; do
		fio --name=v --filename=/dev/xvdb --size=8M --rw=randwrite --bs=4k \
			--direct=1 --ioengine=libaio --iodepth=32 --verify=crc32c \
			--verify_fatal=1 --randrepeat=0 --output=/tmp/fio.out || exit 1
		done")
	_round 500
	_round 3000
	wait_for 60 vbd_is_loaded g2 6000 || fail "no load afterwards"
	guest_run g2 "touch /tmp/stop"
	guest_wait g2 "$load" 120 || fail "an error in the guest"
	vbd_detach g2 xvdb || fail "detach"
	guest_destroy g2
	pass
}
