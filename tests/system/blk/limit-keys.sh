# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="limits from a guest's configuration, and live from xenstore"
TIMEOUT=150
DRIVER=/sys/bus/xen-backend/drivers/vbd

_is() {	# FILE VALUE
	[ "$(<"$device/$1")" = "$2" ]
}

_becomes() {	# FILE VALUE
	wait_for 20 _is "$1" "$2" || fail "$1 is $(<"$device/$1"), not $2"
}

_write() {	# KEY VALUE
	xenstore-write -- "$backend/limits/$1" "$2"
}

_has_error() {	# TEXT
	[ "$(xenstore-read "$backend/limits-error" 2>/dev/null)" = "$1" ]
}

_no_error() {
	! xenstore-exists "$backend/limits-error"
}

_good_values() {
	_write iops 4000
	_becomes iops_limit 4000
	_write bandwidth 0x100000
	_becomes bandwidth_limit 1048576
	_write burst-ms 500
	_becomes limit_burst_ms 500
	_write max-pages 600
	_becomes max_pages 600
	_write ioprio rt/0
	_becomes ioprio rt/0
	# A file that is written later holds, until the key is written again.
	echo 7 >"$device/iops_limit"
	_write ioprio idle
	_becomes ioprio idle
	_is iops_limit 7 || fail "a key was taken again that nobody has written"
	_write iops 4000
	_becomes iops_limit 4000
}

_bad_value() {	# KEY VALUE FILE ERRNO
	local old
	old=$(<"$device/$3")
	_write "$1" "$2"
	wait_for 20 _has_error "$4 limits/$1 is not taken" ||
		fail "$1=$2: $(xenstore-read "$backend/limits-error")"
	_is "$3" "$old" || fail "$1=$2 has changed $3"
	[ "$(xenstore-read "$backend/state")" = 4 ] || fail "$1=$2 has ended the disk"
	guest_run g1 30 "dd if=/dev/xvdb of=/dev/null bs=4k count=8 iflag=direct" ||
		fail "no I/O after $1=$2"
	xenstore-rm "$backend/limits/$1"
	wait_for 20 _no_error || fail "the error stays when $1 has gone"
}

_bad_values() {
	_bad_value iops many iops_limit 22
	_bad_value bandwidth -5 bandwidth_limit 22
	_bad_value bandwidth 2000000000000 bandwidth_limit 34
	_bad_value ioprio be/8 ioprio 22
	if cat "$device/cgroup" >/dev/null 2>&1; then
		_bad_value cgroup here cgroup 22
	else
		_bad_value cgroup /here ioprio 95
	fi
	dmesg | grep "vbd-.*: 34 limits/bandwidth is not taken" >/dev/null || fail "no line in the log"
	# What a guest writes is never looked at.
	guest_run g1 "ls /dev/xvdb" >/dev/null
	xenstore-write "$(xenstore-read "$backend/frontend")/limits/iops" 3
	_write burst-ms 300
	_becomes limit_burst_ms 300
	_is iops_limit 0 || fail "the frontend's directory counts"
}

# What the last driver said goes with what it was about.
_stale_error() {
	_write iops many
	wait_for 20 _has_error "22 limits/iops is not taken" || fail "no error"
	echo "${device##*/}" >$DRIVER/unbind
	xenstore-rm "$backend/limits"
	echo "${device##*/}" >$DRIVER/bind
	wait_for 20 _no_error || fail "an error about keys that are gone"
}

test_main() {
	local device backend
	[ "$XB_MODULES" = ours ] || skip "the in-tree driver has no limits"
	backing_null disk 16
	guest_create g1
	leak_snapshot
	vbd_attach g1 "format=raw,vdev=xvdb,access=rw,script=block-limits,target=iops=123,ioprio=be/6,burst-ms=200:$disk" ||
		fail "attach with limits: $(dmesg | tail -n 3)"
	device=$(vbd_device g1) backend=$(vbd_backend g1 xvdb)
	_is iops_limit 123 || fail "iops_limit"
	_is ioprio be/6 || fail "ioprio"
	_is limit_burst_ms 200 || fail "limit_burst_ms"
	[ "$(xenstore-read "$backend/params")" = "$disk" ] || fail "params"
	_good_values
	# They outlive a change of the driver; files do not.
	echo "${device##*/}" >$DRIVER/unbind
	echo "${device##*/}" >$DRIVER/bind
	_becomes iops_limit 4000
	_becomes ioprio idle
	xenstore-rm "$backend/limits"
	_becomes iops_limit 0
	_becomes bandwidth_limit 0
	_becomes limit_burst_ms 100
	_becomes max_pages 0
	_becomes ioprio none
	_bad_values
	_stale_error
	vbd_detach g1 xvdb || fail "detach"
	if timeout 60 xl block-attach g1 "format=raw,vdev=xvdc,access=rw,script=block-limits,target=iopz=1:$disk"; then
		fail "a limit that there is not"
	fi
	# As with each script that fails, libxl leaves the rest to whoever asked.
	timeout 60 xl block-detach g1 xvdc || fail "it cannot be detached"
	leak_check
	pass
}
