# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# What an HVM guest has from the start its device model emulates, too, until the
# guest's kernel has that unplugged: it has opened the disk that we serve, and
# there is a tap beside the vif.
DESCRIPTION="an HVM guest starts with a disk and an interface, and has both from us"
TIMEOUT=240

requires() {
	[ "$XB_GUEST_TYPE" = hvm ] || skip "not an HVM guest (--guest-type hvm)"
}

# Once both were emulated, and no more.
_is_unplugged() {
	local pid args
	pid=$(pgrep -f 'xen-qemu-system-i386.* -name g1 ') || fail "no device model"
	args=$(tr '\0' ' ' <"/proc/$pid/cmdline")
	[[ $args == *"file=$disk"* && $args == *rtl8139* ]] ||
		fail "they never were emulated: $args"
	[ -z "$(find "/proc/$pid/fd" -lname "$disk")" ] || fail "the disk still is"
	# A card of Realtek's beside a chipset of Intel's.
	guest_run g1 "cd /sys/bus/pci/devices
		grep -q 0x8086 */vendor && ! grep -q 0x10ec */vendor" ||
		fail "the interface still is"
}

_has_left() {
	! ls /sys/bus/xen-backend/devices/* >/dev/null 2>&1
}

_disk() {
	local sum
	sum=$(guest_run g1 "dd if=/dev/urandom of=/dev/xvda bs=64k count=128 oflag=direct 2>/dev/null
		dd if=/dev/xvda bs=64k count=128 iflag=direct 2>/dev/null | md5sum") || fail "dd"
	[ "$sum" = "$(dd if="$disk" bs=64k count=128 iflag=direct 2>/dev/null | md5sum)" ] ||
		fail "dom0 finds other data"
	[ "$(<"$(vbd_device g1 51712)/statistics/wr_req")" -ge 128 ] ||
		fail "it was not written through the backend"
}

_interface() {
	guest_run g1 "ip addr add 10.0.0.2/24 dev eth0; ip link set eth0 up" || fail "eth0"
	wait_for 30 ping -c 1 -W 1 10.0.0.2 || fail "no answer"
	ping -q -c 20 -i 0.05 -W 2 -s 1400 10.0.0.2 || fail "ping"
}

test_main() {
	modprobe tun
	bridge_up
	backing_null disk 64
	guest_create g1 "disk = ['phy:$disk,xvda,w']" \
		"vif = ['bridge=br0,script=vif-bridge']"
	[ "$(guest_run g1 cat /sys/hypervisor/guest_type)" = HVM ] || fail "not HVM"
	_disk
	_interface
	_is_unplugged
	guest_destroy g1
	wait_for 30 _has_left || fail "left: $(ls /sys/bus/xen-backend/devices)"
	pass
}
