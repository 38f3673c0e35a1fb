# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="detach a disk while the guest is using it"
TIMEOUT=400

_is_detached() {
	! vbd_backend g2 xvdb && [ ! -e "/sys/bus/xen-backend/devices/vbd-$(guest_domid g2)-51728" ]
}

_round() {
	local load
	vbd_attach g2 "phy:$disk,xvdb,w" || fail "attach"
	load=$(guest_bg g2 "fio --name=load --filename=/dev/xvdb --size=16M --rw=randrw \
		--bs=16k --direct=1 --ioengine=libaio --iodepth=32 --time_based --runtime=600")
	wait_for 60 vbd_is_loaded g2 || fail "no load"
	# A frontend may hold on to a disk that is open; xl then says so.
	timeout 60 xl block-detach g2 xvdb || :
	guest_run g2 "killall fio; true"
	wait_for 60 _is_detached || {
		timeout 60 xl block-detach g2 xvdb || :
		wait_for 60 _is_detached
	} || fail "the disk does not go"
	guest_wait g2 "$load" 30 >/dev/null || :
}

test_main() {
	backing_null disk 16
	guest_create g2
	_round
	leak_snapshot
	_round
	_round
	leak_check
	guest_destroy g2
	pass
}
