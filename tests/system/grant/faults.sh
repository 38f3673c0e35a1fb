# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Every status that a grant operation can have, at every kind of operation: the
# request concerned fails, or waits, and all others are right. Injected.
DESCRIPTION="grant operations that fail: the guest sees an I/O error, once"
TIMEOUT=900
ALLOW_LOG="grants could not be unmapped"
FAULTS=/sys/kernel/debug/xen-gnttab-helpers/faults

_stat() {	# NAME
	cat "/sys/bus/xen-backend/devices/vbd-$(guest_domid g1)-51728/statistics/$1"
}

_hits() {	# KIND
	awk -v kind="$1" '$1 == kind { print $4 }' "$FAULTS"
}

_io() {	# RW BS
	guest_run g1 200 "fio --name=x --filename=/dev/xvdb --rw=$1 --bs=$2 --size=256k \
		--direct=1 --ioengine=libaio --iodepth=4 >/tmp/out 2>&1"
}

_verified() {
	guest_run g1 200 "fio --name=v --filename=/dev/xvdb --rw=randwrite --bs=16k --size=1M \
		--direct=1 --ioengine=libaio --iodepth=8 --verify=crc32c --verify_fatal=1 \
		--verify_async=0 >/tmp/out 2>&1 || { grep -E 'verify|err=' /tmp/out; exit 1; }" ||
		fail "data after $*"
}

# One operation answers so: the request fails, the next ones do not.
_fails_once() {	# KIND STATUS RW BS
	local bad counted=1
	bad=$(_stat bad_req)
	# What is copied back has reached the disk: an error, but not refused.
	[ "$1 $3" != "copy read" ] || counted=0
	echo "$1 $2 first=1" >"$FAULTS"
	! _io "$3" "$4" || fail "$1 answered $2 and the guest did not notice ($3 $4)"
	[ "$(_hits "$1")" = 1 ] || fail "$1 $2 was not injected ($3 $4)"
	[ "$(_stat bad_req)" = $((bad + counted)) ] ||
		fail "$1 $2: bad_req went from $bad to $(_stat bad_req) ($3 $4)"
	echo "$1 0" >"$FAULTS"
	_verified "$1 $2 ($3 $4)"
}

# Nobody notices but the clock.
_is_retried() {	# KIND STATUS RW BS K
	echo "$1 $2 first=$5" >"$FAULTS"
	_io "$3" "$4" || fail "$1 answered $2 at first and the guest noticed ($3 $4)"
	[ "$(_hits "$1")" = "$5" ] || fail "$1 $2 was injected $(_hits "$1") times ($3 $4)"
	echo "$1 0" >"$FAULTS"
	_verified "$1 $2 ($3 $4)"
}

# The hypervisor has no room for more mappings: no fault of this guest, whose
# data is copied instead.
_is_copied_instead() {	# RW BS
	local full
	full=$(_stat map_full)
	echo "map -7 first=3" >"$FAULTS"
	_io "$1" "$2" || fail "no room for a mapping, and the guest noticed ($1 $2)"
	[ "$(_hits map)" = 3 ] || fail "map -7 was injected $(_hits map) times ($1 $2)"
	echo "map 0" >"$FAULTS"
	[ "$(_stat map_full)" -gt "$full" ] || fail "nothing was copied instead ($1 $2)"
	_verified "map -7 ($1 $2)"
}

_gives_up() {	# KIND STATUS RW BS
	echo "$1 $2" >"$FAULTS"
	! _io "$3" "$4" || fail "$1 answered $2 for ever and the guest did not notice"
	echo "$1 0" >"$FAULTS"
	_verified "$1 $2 for ever ($3 $4)"
}

_attach() {	# WAY
	frontend_reload g1 "feature_persistent=$([ "$1" = persistent ] && echo 1 || echo 0)" ||
		fail "loading the frontend"
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach"
	[ "$1" != mapped ] ||
		echo 0 >"/sys/bus/xen-backend/devices/vbd-$(guest_domid g1)-51728/copy_segs"
}

_round() {	# WAY KIND
	local status
	_attach "$1"
	# bad grant, not allowed, no such domain, general, bad page
	for status in -3 -8 -2 -1 -9; do
		_fails_once "$2" "$status" write 4k
		# What has been mapped stays so: there is nothing left to fail.
		[ "$1" != persistent ] || break
	done
	[ "$1" = persistent ] || _fails_once "$2" -3 read 4k
	if [ "$2" = copy ]; then
		_fails_once copy -7 write 4k
		# The segments of an indirect request are copied as well.
		_is_retried copy -12 write 4k 5
		_is_retried copy -12 read 64k 40
		_is_retried copy -12 randwrite 256k 100
		_gives_up copy -12 write 256k
	fi
	vbd_detach g1 xvdb || fail "detach"
}

_no_room() {	# WAY
	_attach "$1"
	_is_copied_instead read 64k
	[ "$1" = persistent ] || _is_copied_instead randwrite 256k
	vbd_detach g1 xvdb || fail "detach"
}

# A page that cannot be unmapped is never used again; the disk is.
_unmap_fails() {
	frontend_reload g1 feature_persistent=0 || fail "loading the frontend"
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach"
	echo 0 >"/sys/bus/xen-backend/devices/vbd-$(guest_domid g1)-51728/copy_segs"
	_is_retried unmap -1 write 64k 3
	dmesg | tail -n 50 | grep "grants could not be unmapped" >/dev/null || fail "nobody says so"
	vbd_detach g1 xvdb || fail "detach"
}

_all_right() {
	local kind
	for kind in copy map unmap; do
		echo "$kind 0" >"$FAULTS"
	done
}

test_main() {
	[ -e "$FAULTS" ] || skip "no fault injection in these modules (--faults)"
	on_exit _all_right
	backing_null disk 16
	guest_create g1
	_round copied copy
	leak_snapshot
	_round copied copy
	# The data of a guest that had frames paged out is copied for a minute.
	sleep 61
	_round mapped map
	_round persistent map
	_no_room mapped
	_no_room persistent
	_unmap_fails
	leak_check
	guest_destroy g1
	pass
}
