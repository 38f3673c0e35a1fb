# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# One guest's disk hangs, in I/O or already when it is opened. Another guest
# attaches, uses and detaches its own meanwhile.
DESCRIPTION="a disk that hangs holds up nobody else"
TIMEOUT=400

_others_work() {	# WHEN
	vbd_attach g1 "phy:$healthy,xvdc,w" || fail "$1: attach of another disk"
	guest_run g1 30 "dd if=/dev/zero of=/dev/xvdc bs=64k count=16 oflag=direct 2>/dev/null &&
		dd if=/dev/xvdc of=/dev/null bs=64k count=16 iflag=direct 2>/dev/null" ||
		fail "$1: I/O on another disk"
	vbd_detach g1 xvdc || fail "$1: detach of another disk"
}

_is_gone() {
	[ ! -e "$1" ]
}

_hangs_in_io() {
	local device
	guest_create g2
	vbd_attach g2 "phy:$hung,xvdb,w" || fail "attach"
	guest_bg g2 "fio --name=load --filename=/dev/xvdb --size=16M --rw=randrw \
		--bs=16k --direct=1 --ioengine=libaio --iodepth=32 --time_based --runtime=600" \
		>/dev/null
	wait_for 60 vbd_is_loaded g2 || fail "no load"
	device=$(vbd_device g2)
	vbd_hang g2 "$hung" || fail "no request hangs"
	_others_work "I/O hangs"
	guest_destroy g2
	wait_for 30 _is_gone "$device" || fail "the device of a dead guest stays"
	_others_work "I/O of a dead guest hangs"
	dmsetup resume --noudevsync "${hung##*/}"
}

_open_hangs() {
	local device
	# Whoever opens a number without driver waits for modprobe.
	cat >"$XB_RUN/slow-modprobe" <<-END
	#!/bin/sh
	while [ -e $XB_RUN/hold ]; do sleep 0.1; done
	END
	chmod +x "$XB_RUN/slow-modprobe"
	: >"$XB_RUN/hold"
	mknod /dev/ghost b 240 78
	on_exit rm -f /dev/ghost "$XB_RUN/hold"
	modprobe=$(</proc/sys/kernel/modprobe)
	echo "$XB_RUN/slow-modprobe" >/proc/sys/kernel/modprobe
	on_exit eval "echo $modprobe >/proc/sys/kernel/modprobe"

	guest_create g2
	timeout 60 xl block-attach g2 "phy:/dev/ghost,xvdb,w" || fail "xl refuses by itself"
	device=$(vbd_device g2)
	wait_for 20 pgrep -f slow-modprobe || fail "nobody opens the disk"
	_others_work "opening hangs"
	timeout 60 xl block-detach g2 xvdb || fail "a disk that hangs cannot be detached"
	wait_for 30 _is_gone "$device" || fail "the device stays"
	_others_work "opening hangs after the detach"
	rm "$XB_RUN/hold"
}

test_main() {
	intree_fails "waits in xenwatch"
	backing_dm hung 16 "0 32768 linear %DEV 0"
	backing_null healthy 16
	guest_create g1
	_hangs_in_io
	_open_hangs
	guest_destroy g2
	pass
}
