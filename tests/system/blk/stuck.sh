# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Half of the disk does not answer, and the budget has room for one request. It
# is the only one that its queue has the memory for, too.
DESCRIPTION="a request that the disk does not end keeps neither its queue nor another one from the disk"
TIMEOUT=300

_read() {	# CPU OFFSET: a request at a time, each as large as can be
	echo "fio --name=r --filename=/dev/xvdb --rw=read --bs=1M --size=4M --offset=$2 \
		--cpus_allowed=$1 --direct=1 --ioengine=psync >/tmp/fio.$1.out 2>&1"
}

_is_stuck() {
	guest_run g1 "read r w </sys/block/xvdb/inflight && [ \$r = 1 ]"
}

_make() {	# NAME TABLE...
	printf '%s\n' "${@:2}" | dmsetup create --noudevsync "$1" || fail "dmsetup $1"
	on_exit _dm_remove "$1"
	dmsetup mknodes "$1"
}

test_main() {
	local stuck
	[ "$XB_MODULES" = ours ] || skip "the in-tree driver has no budgets"
	backing_null disk 32
	_make half "0 16384 linear $disk 0"
	_make whole "0 16384 linear /dev/mapper/half 0" "16384 49152 linear $disk 16384"
	module_param xen_blkback max_queues 2
	module_param xen_blkback max_domain_pages 1
	guest_create g1 "vcpus = 2"
	frontend_reload g1 max_queues=2 max_indirect_segments=256 feature_persistent=0 ||
		fail "loading the frontend"
	vbd_attach g1 "phy:/dev/mapper/whole,xvdb,w" || fail "attach"

	dmsetup suspend --noflush --nolockfs half
	on_exit dmsetup resume half
	stuck=$(guest_bg g1 "$(_read 0 0)")
	wait_for 30 _is_stuck || fail "nothing is asked for"
	guest_run g1 30 "$(_read 1 16M)" || fail "the other queue is kept from the disk"
	guest_run g1 30 "$(_read 0 16M)" || fail "the queue itself is kept from the disk"
	! guest_run g1 "[ -s /tmp/bg.$stuck.rc ]" || fail "nothing was stuck"
	dmsetup resume half
	guest_wait g1 "$stuck" 60 || fail "what was stuck has failed"
	vbd_detach g1 xvdb || fail "detach"
	pass
}
