# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# As soon as the backend says Closed a toolstack takes the disk apart or gives it
# to somebody else. I/O of the old guest takes most of a second here.
DESCRIPTION="a disk whose backend has closed has no I/O left and is nobody's"
TIMEOUT=180

_is_over() {	# BACKEND
	local state
	state=$(xenstore-read "$1/state" 2>/dev/null) || return 0
	[ "$state" = 6 ]
}

_inflight() {
	local now
	read -ra now <"/sys/block/dm-$(dmsetup info -c --noheadings -o minor "${slow##*/}")/inflight"
	echo $((now[0] + now[1]))
}

# The claim of another one; it fails while we have the disk.
_claim() {	# WHEN
	[ "$(_inflight)" = 0 ] || fail "$1: $(_inflight) requests are on their way"
	dmsetup create --noudevsync claimed --table "0 32768 linear $slow 0" ||
		fail "$1: the disk is still claimed"
	dmsetup remove --noudevsync claimed
}

_load() {
	guest_create g1
	vbd_attach g1 "phy:$slow,xvdb,w" || fail "attach"
	backend=$(vbd_backend g1 xvdb)
	guest_bg g1 "fio --name=load --filename=/dev/xvdb --rw=randwrite --bs=16k \
		--direct=1 --ioengine=libaio --iodepth=8 --time_based --runtime=600" >/dev/null
	wait_for 60 vbd_is_loaded g1 20 || fail "no load"
}

# The guest says that it has closed, and has I/O on its way.
_closes_early() {
	local frontend
	frontend=$(xenstore-read "$backend/frontend")
	vbd_hang g1 "$slow" || fail "no request hangs"
	guest_pause g1
	xenstore-write "$backend/online" 0 "$backend/state" 5 "$frontend/state" 6
	sleep 1
	! _is_over "$backend" || fail "closed while requests hang"
	dmsetup resume --noudevsync "${slow##*/}"
}

_watch() {	# WHEN
	while ! _is_over "$backend"; do
		sleep 0.02
	done
	_claim "$1"
}

test_main() {
	local backend slow job
	backing_dm slow 16 "0 32768 delay %DEV 0 700"

	_load
	guest_destroy g1 &
	job=$!
	_watch "destroyed under I/O"
	wait "$job" || fail "destroy"

	_load
	vbd_detach g1 xvdb &
	job=$!
	_watch "detached"
	wait "$job" || fail "detach"

	_load
	_closes_early
	_watch "closed under I/O"
	guest_destroy g1
	pass
}
