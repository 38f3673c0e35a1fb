# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="a real file system: made and filled by the guest, checked by dom0"
TIMEOUT=300

test_main() {
	local sums
	backing_null disk 64
	guest_create g1
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach"
	sums=$(guest_run g1 120 "/usr/sbin/mke2fs -q -t ext4 /dev/xvdb >&2 && mkdir -p /mnt &&
		mount -t ext4 /dev/xvdb /mnt && cd /mnt || exit 1
		for d in 1 2 3 4 5; do
			mkdir -p tree/\$d
			for f in 1 2 3 4 5 6 7 8; do
				dd if=/dev/urandom of=tree/\$d/\$f bs=\$((f * 3001)) \
					count=\$d 2>/dev/null
			done
		done
		find tree -type f | sort | xargs md5sum >sums && sync && cat sums
		cd / && umount /mnt") || fail "the guest's file system"
	[ "$(wc -l <<<"$sums")" = 40 ] || fail "not all files were written"
	vbd_detach g1 xvdb || fail "detach"

	e2fsck -fn "$disk" || fail "e2fsck in dom0 finds errors"
	mkdir -p /run/xb/mnt
	mount -o ro "$disk" /run/xb/mnt || fail "dom0 cannot mount it"
	on_exit umount /run/xb/mnt
	(cd /run/xb/mnt && md5sum -c --quiet sums) || fail "dom0 reads other data"
	[ "$sums" = "$(cat /run/xb/mnt/sums)" ] || fail "other checksums"
	pass
}
