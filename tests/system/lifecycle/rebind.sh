# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# The guest writes and verifies all the time; an error or a lost request ends
# its loop. Each driver that comes must find the ring as the last one left it.
DESCRIPTION="the driver is unbound, bound and loaded anew under a guest's verified I/O"
TIMEOUT=400
DRIVER=/sys/bus/xen-backend/drivers/vbd

_load() {
	guest_bg g2 "while [ ! -e /tmp/stop ]; do
		fio --name=v --filename=/dev/xvdb --size=8M --rw=randwrite --bs=$1 \
			--direct=1 --ioengine=libaio --iodepth=32 --verify=crc32c \
			--verify_fatal=1 --randrepeat=0 --output=/tmp/fio.out ||
			{ tail -n 20 /tmp/fio.out; exit 1; }
		done"
}

_unbind() {
	echo "${device##*/}" >$DRIVER/unbind
	[ ! -e "$device/driver" ] || fail "still bound"
	[ "$(xenstore-read "$(vbd_backend g2 xvdb)/state")" = 4 ] ||
		fail "the guest is told that the disk has gone"
}

_bind() {
	echo "${device##*/}" >$DRIVER/bind
}

_goes_on() {
	[ -e "$device/driver" ] && vbd_is_loaded g2 200
}

_rebind() {
	_unbind
	_bind
	wait_for 60 _goes_on || fail "$1: no I/O after the driver was bound anew"
}

_reload() {
	_unbind
	# It stays until the last request is answered.
	wait_for 30 rmmod xen-blkback || fail "rmmod"
	modprobe xen-blkback "$@" || fail "modprobe"
	wait_for 60 _goes_on || fail "no I/O after the module was loaded anew"
}

# The new driver waits for what the old one has on its way.
_rebind_while_hung() {
	vbd_hang g2 "$disk" || fail "no request hangs"
	_unbind
	# What is waited for keeps the module: unloading it would wait as well, and
	# no other disk could be bound meanwhile.
	! timeout 10 rmmod xen-blkback || fail "unloaded while a disk hangs"
	_bind
	if wait_for 1 vbd_is_loaded g2 0; then
		fail "a suspended disk does I/O"
	fi
	dmsetup resume --noudevsync "${disk##*/}"
	wait_for 60 _goes_on || fail "no I/O after the disk has come back"
}

# The second successor comes before the first has connected. What the guest was
# not offered when it connected must not be switched on under it.
_rebind_twice() {
	module_param xen_blkback feature_persistent 0
	vbd_attach g2 "phy:$disk,xvdb,w" || fail "attach without persistent grants"
	device=$(vbd_device g2)
	module_param xen_blkback feature_persistent 1
	for ((i = 0; i < 3; i++)); do
		echo "${device##*/}" >$DRIVER/unbind
		_bind
		echo "${device##*/}" >$DRIVER/unbind
		_bind
		guest_run g2 30 "dd if=/dev/zero of=/dev/xvdb bs=64k count=64 oflag=direct 2>/dev/null" ||
			fail "no I/O after two drivers in a row"
		[ "$(xenstore-read "$(vbd_backend g2 xvdb)/feature-persistent")" = 0 ] ||
			fail "grants stay mapped for a guest that knows nothing of it"
	done
	vbd_detach g2 xvdb || fail "detach"
}

_says() {	# TEXT: in the device's error node
	xenstore-read "/local/domain/0/error/backend/vbd/$(guest_domid g2)/51728/error" 2>/dev/null |
		grep -qF "$1"
}

# A slip of the hand meanwhile is said, and takes nothing from a running guest.
_rebind_misnamed() {
	local backend name
	vbd_attach g2 "phy:$disk,xvdb,w" || fail "attach"
	backend=$(vbd_backend g2 xvdb)
	device=$(vbd_device g2)
	name=$(xenstore-read "$backend/physical-device")
	_unbind
	xenstore-write "$backend/physical-device" banana
	_bind
	wait_for 30 _says "physical-device is not MAJOR:MINOR" || fail "nothing is said of a bad name"
	_pause 2
	[ "$(xenstore-read "$backend/state")" -lt 5 ] ||
		fail "a bad name makes a running guest's disk $(xenstore-read "$backend/state")"
	xenstore-write "$backend/physical-device" "$name"
	guest_run g2 60 "dd if=/dev/zero of=/dev/xvdb bs=64k count=4 oflag=direct 2>/dev/null" ||
		fail "no I/O when the name is right again"
	vbd_detach g2 xvdb || fail "detach"
}

# A running guest gets the disk that it had, or one like it, or none.
_rebind_to_a_smaller_disk() {
	local backend small
	backing_null small 8
	vbd_attach g2 "phy:$disk,xvdb,w" || fail "attach"
	backend=$(vbd_backend g2 xvdb)
	device=$(vbd_device g2)
	echo "${device##*/}" >$DRIVER/unbind
	xenstore-write "$backend/physical-device" "$(printf '%x:%x' $((0x$(stat -c %t "$small"))) \
		$((0x$(stat -c %T "$small"))))"
	_bind
	wait_for 30 _says "it is smaller" || fail "a running guest gets half of its disk"
	guest_destroy g2
}

test_main() {
	local load i bs device rounds=3
	[ "$XB_MODULES" = ours ] || skip "a property of our driver"
	[ -z "$XB_LONG" ] || rounds=40
	backing_dm disk 16 "0 32768 linear %DEV 0"
	guest_create g2
	vbd_attach g2 "phy:$disk,xvdb,w" || fail "attach"
	device=$(vbd_device g2)
	for bs in 4k 128k; do
		guest_run g2 "rm -f /tmp/stop"
		load=$(_load "$bs")
		wait_for 60 vbd_is_loaded g2 || fail "no load"
		for ((i = 0; i < rounds; i++)); do
			_rebind "$bs, round $i"
		done
		_rebind_while_hung
		_reload
		# What the guest was given it keeps.
		_reload max_queues=1 max_ring_page_order=0 feature_persistent=0
		_reload
		guest_run g2 "touch /tmp/stop"
		guest_wait g2 "$load" 120 || fail "$bs: an error in the guest"
	done
	vbd_detach g2 xvdb || fail "detach"
	_rebind_twice
	_rebind_misnamed
	_rebind_to_a_smaller_disk
	pass
}
