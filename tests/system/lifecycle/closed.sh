# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# The frontend has gone before the toolstack takes the disk away: it has
# closed, or it has written nonsense; or it has never come. dom0 writes for a
# guest that is paused.
DESCRIPTION="xl block-detach of a disk whose frontend has closed before, or never connected"
TIMEOUT=180

_state_is() {	# BACKEND STATE
	[ "$(xenstore-read "$1/state")" = "$2" ]
}

_detach_after() {	# STATE
	local backend node
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach"
	backend=$(vbd_backend g1 xvdb)
	node=$(xenstore-read "$backend/frontend")/state
	guest_pause g1
	xenstore-write "$node" "$1"
	wait_for 30 _state_is "$backend" 6 ||
		fail "after $1 the backend is $(xenstore-read "$backend/state")"
	timeout 60 xl block-detach g1 xvdb || fail "detach after $1"
	wait_for 30 _is_gone "$backend" || fail "after $1 something is left"
	_go_on
}

_go_on() {
	guest_unpause g1
	guest_forgets g1 vbd-51728 || fail "the guest keeps what is gone"
}

# Nobody answers, as in a guest without a driver, or in its boot loader.
_detach_unconnected() {
	local backend
	guest_pause g1
	xl block-attach g1 "phy:$disk,xvdb,w" || fail "attach to a paused guest"
	backend=$(vbd_backend g1 xvdb)
	timeout 60 xl block-detach g1 xvdb || fail "detach from a paused guest"
	wait_for 30 _is_gone "$backend" || fail "of a paused guest something is left"
	_go_on
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach after that"
	vbd_detach g1 xvdb || fail "detach after that"
	guest_forgets g1 vbd-51728 || fail "the guest keeps what is detached"
}

_is_gone() {	# BACKEND
	[ -z "$(xenstore-read "$1/state" 2>/dev/null)" ] &&
		[ -z "$(ls -d /sys/bus/xen-backend/devices/vbd-* 2>/dev/null)" ]
}

test_main() {
	local state
	intree_fails "does not answer"
	backing_null disk 16
	guest_create g1
	_detach_unconnected
	# Watch and work may run in either order.
	for state in 6 6 banana; do
		_detach_after "$state"
	done
	guest_destroy g1
	pass
}
