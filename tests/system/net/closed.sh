# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# dom0 writes for a guest that is paused, so that its frontend does not answer.
DESCRIPTION="a frontend that has closed, writes nonsense or never connected can be detached; one that begins anew in haste is served"
TIMEOUT=300

_state_is() {	# STATE
	[ "$(xenstore-read "$backend/state")" = "$1" ]
}

_expect() {	# STATE WHAT
	wait_for 30 _state_is "$1" ||
		fail "$2: the backend is $(xenstore-read "$backend/state")"
}

_begin() {
	vif_attach g1 10.0.0.2 || fail "attach"
	guest_pause g1
}

_go_on() {
	guest_unpause g1
	guest_forgets g1 vif-0 || fail "the guest keeps what is gone"
}

_is_gone() {
	[ -z "$(xenstore-read "$backend/state" 2>/dev/null)" ] &&
		[ -z "$(ls -d /sys/bus/xen-backend/devices/vif-* 2>/dev/null)" ]
}

_detach_after() {	# STATE
	_begin
	xenstore-write "$frontend/state" "$1"
	_expect 6 "after $1"
	timeout 60 xl network-detach g1 0 || fail "detach after $1"
	wait_for 30 _is_gone || fail "after $1 something is left"
	_go_on
}

# Nobody answers, as in a guest without a driver, or in its boot loader.
_detach_unconnected() {
	guest_pause g1
	xl network-attach g1 bridge=br0 script=vif-bridge ||
		fail "attach to a paused guest"
	timeout 60 xl network-detach g1 0 || fail "detach from a paused guest"
	wait_for 30 _is_gone || fail "of a paused guest something is left"
	_go_on
	vif_attach g1 10.0.0.2 || fail "attach after that"
	vif_detach g1 0 || fail "detach after that"
	guest_forgets g1 vif-0 || fail "the guest keeps what is detached"
}

# Nothing is over before it says so: it would write into what comes after.
_detach_slow() {
	local detach
	_begin
	xenstore-write "$frontend/state" 5
	_expect 5 "closing"
	timeout 60 xl network-detach g1 0 &
	detach=$!
	sleep 4
	[ "$(xenstore-read "$backend/state")" = 5 ] ||
		fail "given up while the frontend was closing"
	xenstore-write "$frontend/state" 6
	wait "$detach" || fail "detach of one that was slow to close"
	wait_for 30 _is_gone || fail "of a slow one something is left"
	_go_on
}

# The rings are still those of the guest, so that it can be heard again.
_alive() {	# WHAT
	_expect 4 "$1"
	guest_unpause g1
	wait_for 30 ping -q -c 1 -W 1 10.0.0.2 || fail "dead after $1"
}

_begin_anew() {
	_begin
	xenstore-write "$frontend/state" 5
	xenstore-write "$frontend/state" 1
	_expect 2 "closing and initialising"
	xenstore-write "$frontend/state" 4
	_alive "closing and initialising"
	guest_pause g1
	xenstore-write "$frontend/state" 6
	_expect 6 "closed"
	xenstore-write "$frontend/state" 4
	_alive "closed and connected"
	vif_detach g1 0 || fail "detach"
}

# A failed test's guest would be in the way of the next one.
_forget() {
	xl unpause g1 2>/dev/null || :
	guest_destroy g1
}

test_main() {
	local state backend frontend domid
	intree_fails "does not answer"
	on_exit _forget
	guest_create g1
	domid=$(guest_domid g1)
	backend=/local/domain/0/backend/vif/$domid/0
	frontend=/local/domain/$domid/device/vif/0
	# Watch and work may run in either order.
	for state in 6 6 banana; do
		_detach_after "$state"
	done
	_detach_unconnected
	_detach_slow
	_begin_anew
	pass
}
