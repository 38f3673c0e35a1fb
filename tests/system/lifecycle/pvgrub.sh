# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# GRUB runs as a PV guest with a frontend of its own. It reads the kernel from
# the disk, closes the disk and starts the kernel, which opens it again: the
# same device serves two frontends one after the other.
DESCRIPTION="a guest boots from its disk through GRUB: the frontend reconnects"
TIMEOUT=240
GRUB=/usr/lib/grub-xen/grub-x86_64-xen.bin

requires() {
	[ -e "$GRUB" ] || skip "no PV GRUB for this architecture"
}

_make_bootable() {
	local root=/run/xb/mnt
	mke2fs -q -t ext4 "$disk"
	mkdir -p "$root"
	mount "$disk" "$root"
	mkdir -p "$root/boot/grub"
	cp /xb/guest/kernel /xb/guest/initramfs "$root/boot/"
	printf '%s\n' "linux /boot/kernel $XB_GUEST_EXTRA" \
		"initrd /boot/initramfs" boot >"$root/boot/grub/grub.cfg"
	umount "$root"
}

_connects() {
	dmesg | grep -c "vbd-$(guest_domid g3)-51712: connected" || :
}

test_main() {
	local want
	backing_null disk 96
	_make_bootable
	want=$(md5sum </xb/guest/kernel)
	guest_create g3 "kernel = '$GRUB'" "ramdisk = ''" "disk = ['phy:$disk,xvda,w']"
	guest_run g3 "mkdir -p /mnt && mount -t ext4 /dev/xvda /mnt" ||
		fail "the guest cannot mount what it was booted from"
	[ "$(guest_run g3 "md5sum </mnt/boot/kernel")" = "$want" ] ||
		fail "the guest reads another kernel"
	guest_run g3 "umount /mnt" || fail "umount"
	if [ "$XB_MODULES" = ours ]; then
		[ "$(_connects)" = 2 ] || fail "connected $(_connects) times, not twice"
	fi
	guest_destroy g3
	e2fsck -fn "$disk" || fail "e2fsck in dom0 finds errors"
	pass
}
