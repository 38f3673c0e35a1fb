# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# What the guest writes is what is on the disk, whatever the size of the
# request, the order and the depth. The guest verifies what it reads; then
# dom0 runs the same verification on the disk itself.
DESCRIPTION="fio verify in the guest, then on the backing disk in dom0"
TIMEOUT=600

_jobs() {	# DEV: 4 MiB for each job
	local at=0 bs rw depth
	printf '[global]\nfilename=%s\nioengine=libaio\ndirect=1\nsize=4M\n' "$1"
	printf 'verify=crc32c\nverify_fatal=1\nverify_async=0\nstonewall\n'
	for bs in 512 4k 32k 64k 128k 1M; do
		for rw in write randwrite; do
			for depth in 1 32; do
				printf '[%s-%s-%s]\nbs=%s\nrw=%s\niodepth=%s\noffset=%sM\n' \
					"$rw" "$bs" "$depth" "$bs" "$rw" "$depth" "$at"
				at=$((at + 4))
			done
		done
	done
}

test_main() {
	backing_null disk 96
	guest_create g1
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach"
	guest_run g1 "cat >/tmp/jobs <<-'END'
	$(_jobs /dev/xvdb)
	END"
	guest_run g1 400 "fio /tmp/jobs >/tmp/out 2>&1 || {
		grep -E 'verify|err=' /tmp/out | head -n 20; exit 1; }" ||
		fail "fio in the guest"
	guest_run g1 60 "sync"
	vbd_detach g1 xvdb || fail "detach"

	_jobs "$disk" >"$XB_RUN/jobs"
	fio --verify_only "$XB_RUN/jobs" >"$XB_RUN/fio.out" 2>&1 ||
		fail "dom0 finds other data: $(grep -m 1 -E 'verify|err=' "$XB_RUN/fio.out")"
	pass
}
