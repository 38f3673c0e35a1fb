# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# A driver domain is a guest: it has no more rights than others, and our modules
# run in it. dom0 writes what its hotplug scripts would (xl devd).
DESCRIPTION="a guest serves a disk and an interface to another one, and does so again after its end"
TIMEOUT=600

# Our modules, to a guest that has the same kernel.
_give_modules() {	# NAME
	local file=$XB_RUN/modules.tar disk
	[ "$(guest_run "$1" "uname -r")" = "$(uname -r)" ] ||
		skip "the guest has another kernel than our modules"
	mkdir -p "$XB_RUN/modules"
	cp "$(modinfo -n xen-gnttab-helpers)" "$(modinfo -n xen-blkback)" \
		"$(modinfo -n xen-netback)" "$XB_RUN/modules"
	busybox tar cf "$file" -C "$XB_RUN/modules" .
	truncate -s %1M "$file"
	disk=$(losetup -f --show "$file") || fail "losetup"
	vbd_attach "$1" "phy:$disk,xvdz,r" || fail "attach"
	guest_run "$1" "tar xf /dev/xvdz -C /tmp" || fail "no modules"
	vbd_detach "$1" xvdz || fail "detach"
	losetup -d "$disk"
	guest_run "$1" "for name in xen-gnttab-helpers xen-blkback xen-netback; do
			insmod /tmp/\$name.ko || exit 1
		done
		modprobe loop
		truncate -s 16M /tmp/disk
		losetup /dev/loop0 /tmp/disk" || fail "the modules do not load"
}

_driver_domain() {
	guest_create g1 "driver_domain = 1"
	_give_modules g1
}

_node() {	# vbd|vif DEVID NODE: in the backend's directory
	echo "/local/domain/$(guest_domid g1)/backend/$1/$(guest_domid g2)/$2/$3"
}

_is_connected() {	# vbd|vif DEVID
	[ "$(xenstore-read "$(_node "$1" "$2" state)")" = 4 ]
}

# Debian's Xen for arm64 lets guests talk to dom0 alone, unless it is told not to.
_refused() {
	! guest_run g2 dmesg | grep "1 allocating event channel" ||
		skip "guests may not talk to each other: boot Xen with xsm=dummy"
	fail "the disk does not connect"
}

_attach_disk() {
	timeout 60 xl block-attach g2 "backend=g1,vdev=xvdb,target=/dev/loop0" ||
		fail "xl block-attach"
	xenstore-write "$(_node vbd 51728 physical-device)" 7:0 \
		"$(_node vbd 51728 hotplug-status)" connected
	wait_for 10 _is_connected vbd 51728 || _refused
}

_attach_interface() {
	timeout 60 xl network-attach g2 backend=g1 || fail "xl network-attach"
	guest_run g1 "ip addr add 10.9.0.1/24 dev vif$(guest_domid g2).0
		ip link set vif$(guest_domid g2).0 up" || fail "no vif in g1"
	xenstore-write "$(_node vif 0 hotplug-status)" connected
	wait_for 30 _is_connected vif 0 || fail "the interface does not connect"
	guest_run g2 "ip addr add 10.9.0.2/24 dev eth0; ip link set eth0 up" ||
		fail "no interface in g2"
}

_use() {
	local there
	guest_run g2 120 "fio --name=v --filename=/dev/xvdb --size=8M --rw=randwrite \
		--bs=16k --direct=1 --ioengine=libaio --iodepth=16 --verify=crc32c \
		--verify_fatal=1 >/tmp/fio.out 2>&1 || { cat /tmp/fio.out; exit 1; }
		sync" || fail "data are not what was written"
	there=$(guest_run g1 "cat /tmp/disk | md5sum")
	[ "$(guest_run g2 "cat /dev/xvdb | md5sum")" = "$there" ] ||
		fail "the guest reads something else than what its disk has"
	guest_run g2 30 "ping -q -c 5 -W 2 -s 1400 10.9.0.1" || fail "no answer"
}

# What its end leaves of the other guest's devices: who attaches them anew takes
# that away.
_forget() {
	timeout 60 xl block-detach g2 xvdb || fail "xl block-detach"
	timeout 60 xl network-detach g2 0 || fail "xl network-detach"
	guest_run g2 40 "while [ -e /sys/block/xvdb ] || [ -e /sys/class/net/eth0 ]; do
			usleep 100000
		done" || fail "the guest keeps devices that are gone"
}

test_main() {
	[ "$XB_MODULES" = ours ] || skip "a test of our modules"
	on_exit guest_destroy g1
	on_exit guest_destroy g2
	guest_destroy g2
	leak_snapshot
	guest_create g2
	for round in first second; do
		_driver_domain
		_attach_disk
		_attach_interface
		_use
		echo "$round: used"
		guest_destroy g1
		_forget
	done
	guest_destroy g2
	leak_check
	pass
}
