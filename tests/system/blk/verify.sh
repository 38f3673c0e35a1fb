# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# What the guest writes is what is on the disk, whatever the size of the
# request, the order and the depth. The guest verifies what it reads; then
# dom0 runs the same verification on the disk itself.
DESCRIPTION="fio verify in the guest, then on the backing disk in dom0"
TIMEOUT=600

_job() {	# RW BS DEPTH SIZE: in 4 MiB of its own
	printf '[%s-%s-%s]\nrw=%s\nbs=%s\niodepth=%s\n' "$1" "$2" "$3" "$1" "$2" "$3"
	printf 'size=%s\noffset=%sM\n' "$4" "$at"
	at=$((at + 4))
}

_jobs() {	# DEV
	local at=0 bs size sizes="512 4k 32k 64k 128k 1M"
	[ -z "$XB_BRIEF" ] || sizes="512 4k 64k 1M"
	printf '[global]\nfilename=%s\nioengine=libaio\ndirect=1\n' "$1"
	printf 'verify=crc32c\nverify_fatal=1\nverify_async=0\nstonewall\n'
	for bs in $sizes; do
		case $bs in
		512) size=256k ;;
		4k) size=1M ;;
		*) size=4M ;;
		esac
		_job write "$bs" 1 "$size"
		_job randwrite "$bs" 32 "$size"
		[ -n "$XB_LONG" ] || continue
		_job write "$bs" 32 "$size"
		_job randwrite "$bs" 1 "$size"
	done
}

_device() {
	echo "/sys/bus/xen-backend/devices/vbd-$(guest_domid g1)-51728"
}

# copied, mapped: without persistent grants, copied or mapped; persistent:
# with them. The in-tree driver knows no difference between the first two.
_prepare() {	# WAY
	frontend_reload g1 "feature_persistent=$([ "$1" = persistent ] && echo 1 || echo 0)" ||
		fail "loading the frontend"
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach"
	if [ "$1" = mapped ]; then
		echo 0 >"$(_device)/copy_segs"
	fi
}

# The way was really taken.
_check_way() {	# WAY
	local counter=map_req
	[ "$1" != copied ] || counter=copy_req
	[ "$(cat "$(_device)/statistics/$counter")" -gt 200 ] ||
		fail "the data was not $1"
}

_round() {	# WAY
	_prepare "$1"
	guest_run g1 400 "fio /tmp/jobs >/tmp/out 2>&1 || {
		grep -E 'verify|err=' /tmp/out | head -n 20; exit 1; }" ||
		fail "fio in the guest, $1"
	[ "$XB_MODULES" != ours ] || _check_way "$1"
	vbd_detach g1 xvdb || fail "detach"
	fio --verify_only "$XB_RUN/jobs" >"$XB_RUN/fio.out" 2>&1 ||
		fail "dom0 finds other data: $(grep -m 1 -E 'verify|err=' "$XB_RUN/fio.out")"
	blkdiscard -z "$disk"
}

test_main() {
	local way ways=(copied persistent)
	[ "$XB_MODULES" != ours ] || ways+=(mapped)
	backing_null disk 96
	guest_create g1
	_jobs "$disk" >"$XB_RUN/jobs"
	guest_run g1 "cat >/tmp/jobs <<-'END'
	$(_jobs /dev/xvdb)
	END"
	for way in "${ways[@]}"; do
		_round "$way"
	done
	pass
}
