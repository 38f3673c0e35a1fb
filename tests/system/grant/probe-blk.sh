# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# A map of a frame that is paged out sleeps, and all of the queue with it, so
# each is asked for first in a way that does not. To be run with
# `xbtb run --xen eagain=20,0`: the first to ask for a frame finds it away.
DESCRIPTION="no map sleeps for frames of the guest that are paged out"
TIMEOUT=300

_stat() {	# NAME
	cat "$(vbd_device g1)/statistics/$1"
}

test_main() {
	[ "$XB_MODULES" = ours ] || skip "the in-tree driver maps at once"
	backing_null disk 16
	guest_create g1
	frontend_reload g1 feature_persistent=1 || fail "loading the frontend"
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach"
	guest_run g1 200 "fio --name=v --filename=/dev/xvdb --rw=randwrite --bs=16k --size=8M \
		--direct=1 --ioengine=libaio --iodepth=32 --verify=crc32c --verify_fatal=1 \
		>/tmp/out 2>&1 || { grep -E 'verify|err=' /tmp/out | head -n 5; exit 1; }" ||
		fail "fio"
	echo "mapped $(_stat map_req) away $(_stat away_req) map_waits $(_stat map_waits)"
	[ "$(_stat away_req)" -gt 0 ] || fail "no frame was ever away"
	[ "$(_stat map_calls)" -gt 0 ] || fail "nothing was mapped"
	[ "$(_stat map_waits)" = 0 ] || fail "$(_stat map_waits) maps slept"
	vbd_detach g1 xvdb || fail "detach"
	guest_destroy g1
	pass
}
