# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# The device number of a loop device is used again for another image, whose
# disk has another sequence number.
DESCRIPTION="a disk of the same number that is another one is refused"
TIMEOUT=180

_number() {
	stat -L -c '%t:%T' "$disk"
}

_seq() {
	printf '%x' "$(<"/sys/block/${disk##*/}/diskseq")"
}

# The toolstack's script that says which disk of that number it means.
_script() {	# SEQUENCE NUMBER
	cat >"$XB_RUN/block-seq" <<-END
	#!/bin/sh
	[ "\$1" = add ] || exit 0
	xenstore-write "\$XENBUS_PATH/physical-device" "$(_number)@$1"
	END
	chmod +x "$XB_RUN/block-seq"
}

_spec() {
	echo "format=raw,vdev=xvdb,access=rw,script=$XB_RUN/block-seq,target=$disk"
}

_is_refused() {
	xenstore-ls "/local/domain/0/error/backend/vbd/$(guest_domid g2)" 2>/dev/null |
		grep 'belongs to another one' >/dev/null
}

_nothing_left() {
	! vbd_backend g2 xvdb && [ ! -e "$device" ]
}

test_main() {
	local device old
	[ "$XB_MODULES" = ours ] || skip "the in-tree driver knows numbers only"
	backing_loop disk 8
	guest_create g2
	_script "$(_seq)"
	vbd_attach g2 "$(_spec)" || fail "the right disk is refused"
	[ "$(xenstore-read "$(vbd_backend g2 xvdb)/active-physical-device")" = "$(_number)@$(_seq)" ] ||
		fail "active-physical-device is wrong"
	device=$(vbd_device g2)

	# A driver that comes while the guest runs takes no other disk.
	echo "${device##*/}" >/sys/bus/xen-backend/drivers/vbd/unbind
	old=$(_seq)
	wait_for 20 losetup -d "$disk"
	wait_for 20 losetup "$disk" "$XB_RUN"/loop.*
	[ "$(_seq)" != "$old" ] || fail "the disk has its old sequence number"
	xenstore-write "$(vbd_backend g2 xvdb)/physical-device" "$(_number)"
	echo "${device##*/}" >/sys/bus/xen-backend/drivers/vbd/bind
	wait_for 20 _is_refused || fail "a new driver takes another disk"
	timeout 60 xl block-detach g2 xvdb || :
	guest_destroy g2

	guest_create g2
	_script "$old"
	timeout 60 xl block-attach g2 "$(_spec)" || fail "xl refuses by itself"
	device=$(vbd_device g2)
	wait_for 20 _is_refused || fail "the wrong disk is attached"
	timeout 60 xl block-detach g2 xvdb || fail "it cannot be detached"
	wait_for 20 _nothing_left || fail "traces are left"
	guest_destroy g2
	pass
}
