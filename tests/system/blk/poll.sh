# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# A ring's thread waits in the hypervisor, for the guest and for a disk that
# answers later. Whatever else it has to notice meanwhile it notices at once: a
# change of the disk, a detach, a guest that is destroyed. Two device-mapper
# disks over the same memory stand for two paths to the same data.
DESCRIPTION="rings wait in the hypervisor, and nothing that happens meanwhile is missed"
TIMEOUT=600
# Longer than a tick: each wait is then one in the hypervisor.
LONG=10000

_stat() {
	cat "$(vbd_device g2)/statistics/$1"
}

_set() {
	echo "$1" >"$(vbd_device g2)/poll_us" || fail "poll_us cannot be set"
}

_path() {	# NAME DISK
	dmsetup create --noudevsync "$1" --table "0 32768 linear $2 0" || fail "dmsetup"
	on_exit _dm_remove "$1"
	dmsetup mknodes "$1"
}

# Polls and those that paid, of so many reads, one after the other.
_reads() {	# COUNT
	local polls hits
	polls=$(_stat polls)
	hits=$(_stat poll_hits)
	guest_run g2 60 "dd if=/dev/xvdb of=/dev/null bs=4k count=$1 iflag=direct 2>/dev/null" ||
		fail "reading"
	echo $(($(_stat polls) - polls)) $(($(_stat poll_hits) - hits))
}

# A machine whose speed is its host's has more to do, and all of it takes longer.
_polls() {
	local polls hits least=200
	[ "$XB_MODE" = deterministic ] || least=20
	read -r polls hits < <(_reads 400)
	echo "400 reads: $polls polls, $hits of them paid"
	[ "$hits" -ge $least ] || fail "$hits waits ended in the hypervisor, not $least"
	[ "$hits" -le "$polls" ] || fail "more have paid than there were"
}

_polls_not() {	# WHY
	local polls hits
	read -r polls hits < <(_reads 100)
	[ "$polls" = 0 ] || fail "$1: $polls polls"
}

_refuses() {
	if echo "$1" 2>/dev/null >"$(vbd_device g2)/poll_us"; then
		fail "poll_us takes $1"
	fi
}

_switch() {
	[ "$XB_MODE" = deterministic ] || _set $LONG
	_polls
	_set 0
	_polls_not "switched off"
	_refuses 10001
	_refuses -1
	_refuses x
	_set $LONG
	_polls
}

_number() {
	stat -L -c '%t:%T' "/dev/mapper/$1"
}

_is_active() {
	[[ $(xenstore-read "$backend/active-physical-device") == "$(_number "$1")@"* ]]
}

# Of a ring that polls nearly always.
_change() {	# NAME
	xenstore-write "$backend/physical-device" "$(_number "$1")"
	wait_for 30 _is_active "$1" || fail "$1 does not take its place"
}

# A request at a time, so that all that comes meets a thread that polls.
_load() {	# DEPTH
	guest_bg g2 "while [ ! -e /tmp/stop ]; do
		fio --name=v --filename=/dev/xvdb --size=1M --rw=randwrite --bs=4k \
			--direct=1 --ioengine=libaio --iodepth=$1 --verify=crc32c \
			--verify_fatal=1 --randrepeat=0 --output=/tmp/fio.out || exit 1
		done"
}

_under_load() {	# DEPTH
	local load i us
	guest_run g2 "rm -f /tmp/stop"
	load=$(_load "$1")
	wait_for 60 vbd_is_loaded g2 "$(($(vbd_requests g2) + 100))" || fail "no load"
	for ((i = 0; i < 4; i++)); do
		for us in 0 $LONG 1 400; do
			_set "$us"
			_change xbtwo
			_change xbone
		done
	done
	_set $LONG
	_change xbtwo
	_change xbone
	guest_run g2 "touch /tmp/stop"
	guest_wait g2 "$load" 120 || fail "an error in the guest"
}

# One that may never answer is waited for once, or a few times.
_hangs() {
	local before after
	guest_bg g2 "dd if=/dev/zero of=/dev/xvdb bs=4k count=100000 oflag=direct 2>/dev/null" >/dev/null
	vbd_hang g2 /dev/mapper/xbone || fail "no request hangs"
	before=$(_stat polls)
	sleep 1
	after=$(_stat polls)
	[ $((after - before)) -le 2 ] || fail "$((after - before)) polls for a disk that hangs"
	dmsetup resume --noudevsync xbone
	wait_for 30 vbd_is_loaded g2 "$(($(vbd_requests g2) + 100))" || fail "it does not go on"
}

_is_gone() {
	[ ! -e "$1" ]
}

_ends() {	# HOW...
	local device
	device=$(vbd_device g2)
	guest_run g2 "killall dd fio; true" >/dev/null 2>&1 || :
	guest_bg g2 "while dd if=/dev/xvdb of=/dev/null bs=4k count=1000 iflag=direct; do
		: ; done" >/dev/null
	_set $LONG
	wait_for 60 vbd_is_loaded g2 "$(($(vbd_requests g2) + 100))" || fail "no load"
	"$@" || :
	wait_for 40 _is_gone "$device" || fail "$1: the device does not go"
}

_detach() {	# OPTION...
	timeout 60 xl block-detach g2 xvdb "$@" || :
	guest_run g2 "killall dd; true" >/dev/null 2>&1
}

test_main() {
	local null slow backend
	[ "$XB_MODULES" = ours ] || skip "the in-tree driver sleeps"
	backing_null null 16
	backing_null slow 16 irqmode=2 completion_nsec=60000
	_path xbone "$slow"
	_path xbtwo "$slow"
	guest_create g2
	vbd_attach g2 "phy:$null,xvdb,w" || fail "attach"
	_switch
	vbd_detach g2 xvdb || fail "detach"

	vbd_attach g2 "phy:/dev/mapper/xbone,xvdb,w" || fail "attach a slow disk"
	backend=$(vbd_backend g2 xvdb)
	_switch
	_under_load 1
	_under_load 16
	_hangs
	_ends _detach
	vbd_attach g2 "phy:/dev/mapper/xbone,xvdb,w" || fail "attach it again"
	_ends guest_destroy g2
	pass
}
