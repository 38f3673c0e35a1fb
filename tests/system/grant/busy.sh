# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# A page that somebody still looks at stays mapped, and its request unanswered;
# whoever must go does not wait for it. That pages are looked at is injected.
DESCRIPTION="unmaps that wait, a guest or a disk that goes and modules that are unloaded meanwhile"
TIMEOUT=500
FAULTS=/sys/kernel/debug/xen-gnttab-helpers/faults
DOMAINS=/sys/kernel/debug/xen-gnttab-helpers/domains

_number() {	# DOMID COLUMN: 0 if the domain is not there
	awk -v id="$1" -v name="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) col = i }
		NR > 1 && $1 == id { n = $col } END { print n + 0 }' "$DOMAINS"
}

_is_known() {	# DOMID
	grep -q "^$1 " "$DOMAINS"
}

_waits() {	# DOMID
	[ "$(_number "$1" waiting)" -gt 0 ]
}

_stat() {	# NAME
	cat "/sys/bus/xen-backend/devices/vbd-$domid-51728/statistics/$1"
}

_start() {	# PARAMETER...
	guest_create g3
	domid=$(guest_domid g3)
	frontend_reload g3 "$@" || fail "loading the frontend"
	vbd_attach g3 "phy:$disk,xvdb,w" || fail "attach"
	echo 0 >"/sys/bus/xen-backend/devices/vbd-$domid-51728/copy_segs"
}

_write() {
	echo "fio --name=w --filename=/dev/xvdb --rw=randwrite --bs=4k --size=256k \
		--iodepth=8 --ioengine=libaio --direct=1 --verify=crc32c --verify_fatal=1 --verify_async=0"
}

# Late, but right, and nothing is left waiting.
_late_but_right() {
	echo "busy 1 first=60" >"$FAULTS"
	guest_run g3 60 "$(_write) >/dev/null 2>&1" || fail "I/O while pages are busy"
	echo "busy 0" >"$FAULTS"
	[ "$(_stat deferred)" -gt 0 ] || fail "nothing was deferred"
	[ "$(_number "$domid" looks)" -gt "$(_number "$domid" deferred)" ] ||
		fail "nobody looked twice: $(tail -n 1 "$DOMAINS")"
	[ "$(_number "$domid" waiting)" = 0 ] || fail "something still waits"
	[ "$(_number "$domid" abandoned)" = 0 ] || fail "something was abandoned"
}

# Requests are not answered while their pages are busy, however long.
_unanswered() {
	local answered
	echo "busy 1" >"$FAULTS"
	guest_bg g3 "$(_write)" >/dev/null
	wait_for 30 _waits "$domid" || fail "nothing waits"
	answered=$(_stat notifies)
	wait_for 5 false || true
	_waits "$domid" || fail "unmapped while busy"
	[ "$(_stat notifies)" = "$answered" ] || fail "answered while busy"
}

_in_use() {
	! rmmod xen_gnttab_helpers 2>"$XB_RUN/rmmod" && grep -q "in use" "$XB_RUN/rmmod"
}

# The guest and both backends go; the helpers stay until the pages are free.
_all_go() {
	guest_destroy g3
	wait_for 30 test ! -e "/sys/bus/xen-backend/devices/vbd-$domid-51728" ||
		fail "the device does not go"
	timeout 30 rmmod xen_netback || fail "unloading netback"
	wait_for 30 rmmod xen_blkback || fail "unloading blkback"
	_waits "$domid" || fail "nothing waits any more: $(tail -n 1 "$DOMAINS")"
	[ "$(_number "$domid" abandoned)" -gt 0 ] || fail "nothing was abandoned"
	_in_use || fail "the helpers were unloaded: $(<"$XB_RUN/rmmod")"
	echo "busy 0" >"$FAULTS"
	wait_for 60 eval "! grep -q '^$domid ' $DOMAINS" || fail "pages that are free stay mapped"
	wait_for 10 rmmod xen_gnttab_helpers || fail "unloading the helpers"
	modprobe xen-blkback || fail "loading blkback again"
	modprobe xen-netback || fail "loading netback again"
}

_refused() {
	[ "$(_number "$domid" refused)" -gt 0 ]
}

# More pages are busy than may wait: a guest that goes leaves them all the same.
_beyond_the_bound() {
	local dev nr=51728
	for dev in xvdc xvdd; do
		backing_null "$dev" 32
		vbd_attach g3 "phy:${!dev},$dev,w" || fail "attach $dev"
	done
	for dev in xvdb xvdc xvdd; do
		echo 0 >"/sys/bus/xen-backend/devices/vbd-$domid-$nr/copy_segs"
		guest_bg g3 "fio --name=w --filename=/dev/$dev --rw=write --bs=1M --size=24M \
			--iodepth=24 --ioengine=libaio --direct=1" >/dev/null
		nr=$((nr + 16))
	done
	wait_for 60 _refused || fail "never more than may wait: $(tail -n 1 "$DOMAINS")"
}

# The guest is not told, and waits for every request before its disk has gone.
_taken_by_force() {
	local load rc=0
	echo "busy 1" >"$FAULTS"
	load=$(guest_bg g3 "$(_write)")
	wait_for 30 _waits "$domid" || fail "nothing waits"
	xl block-detach --force g3 xvdb || fail "detach by force"
	wait_for 3 false || true
	_waits "$domid" || fail "unmapped while busy"
	echo "busy 0" >"$FAULTS"
	guest_wait g3 "$load" 30 >"$XB_RUN/forced" || rc=$?
	[ "$rc" != 124 ] || fail "fio waits for a response"
	[ "$rc" != 0 ] || fail "no error without a disk: $(<"$XB_RUN/forced")"
	wait_for 30 guest_run g3 "test ! -e /sys/block/xvdb" || fail "the guest keeps its disk"
	[ "$(_number "$domid" abandoned)" = 0 ] || fail "something was abandoned"
}

_ready() {
	modprobe xen-blkback
	modprobe xen-netback
	[ ! -e "$FAULTS" ] || echo "busy 0" >"$FAULTS"
}

test_main() {
	local domid xvdc xvdd
	[ -e "$FAULTS" ] || skip "no fault injection in these modules (--faults)"
	on_exit _ready
	backing_null disk 32
	_start feature_persistent=0
	_late_but_right
	_taken_by_force
	guest_destroy g3
	_start feature_persistent=0
	_unanswered
	leak_snapshot
	_all_go
	# Grants that stay mapped, at the end.
	_start feature_persistent=1
	guest_run g3 60 "$(_write) >/dev/null 2>&1" || fail "I/O with persistent grants"
	echo "busy 1" >"$FAULTS"
	_all_go
	_start feature_persistent=0 max_indirect_segments=256
	echo "busy 1" >"$FAULTS"
	_beyond_the_bound
	_all_go
	leak_check
	pass
}
