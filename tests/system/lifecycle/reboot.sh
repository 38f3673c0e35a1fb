# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="a guest reboots under load and finds its disk again"
TIMEOUT=400

_has_rebooted() {	# OLD DOMID
	local domid
	domid=$(guest_domid g2) && [ "$domid" != "$1" ]
}

_round() {
	local old
	old=$(guest_domid g2)
	guest_bg g2 "fio --name=load --filename=/dev/xvdb --size=16M --rw=randrw \
		--bs=16k --direct=1 --ioengine=libaio --iodepth=32 --time_based --runtime=600" \
		>/dev/null
	wait_for 60 vbd_is_loaded g2 300 || fail "no load"
	guest_run g2 20 "echo b >/proc/sysrq-trigger" >/dev/null 2>&1 || :
	wait_for 60 _has_rebooted "$old" || fail "the guest does not come back"
	wait_for 60 guest_run g2 10 true || fail "no answer after the reboot"
	guest_run g2 30 "dd if=/dev/xvdb of=/dev/null bs=64k count=16 iflag=direct" ||
		fail "no disk after the reboot"
}

test_main() {
	backing_null disk 16
	guest_create g2 "on_reboot = 'restart'" "disk = ['phy:$disk,xvdb,w']"
	_round
	leak_snapshot
	_round
	[ -n "$XB_BRIEF" ] || _round
	leak_check
	guest_destroy g2
	pass
}
