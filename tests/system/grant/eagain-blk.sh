# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# A hypervisor that answers GNTST_eagain for a share of the guest's frames: all
# data is right, no request fails, and those whose frames are there go on.
# To be run with `xbtb run --xen eagain`.
DESCRIPTION="fio verify while frames of the guest are paged out, copied, mapped and persistent"
TIMEOUT=900
DOMAINS=/sys/kernel/debug/xen-gnttab-helpers/domains

_stat() {	# NAME
	cat "/sys/bus/xen-backend/devices/vbd-$(guest_domid g1)-51728/statistics/$1"
}

_away() {
	awk -v id="$(guest_domid g1)" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "away") col = i }
		$1 == id { print $col }' "$DOMAINS"
}

_attach() {	# WAY
	frontend_reload g1 "feature_persistent=$([ "$1" = persistent ] && echo 1 || echo 0)" ||
		fail "loading the frontend"
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach"
	[ "$1" != mapped ] ||
		echo 0 >"/sys/bus/xen-backend/devices/vbd-$(guest_domid g1)-51728/copy_segs"
	[ "$1" = copied ] || _map_some "$1"
}

# What was read when it was attached may have found frames away; until that is
# forgotten, after a minute, nothing is mapped. Then all may be away once more.
_map_some() {	# WAY
	local try
	for try in 1 2 3; do
		sleep 61
		guest_run g1 60 "fio --name=r --filename=/dev/xvdb --rw=randread --bs=4k \
			--size=64k --direct=1 --ioengine=libaio --iodepth=16 >/dev/null" ||
			fail "$1: reading"
		[ "$(_stat map_req)" = 0 ] || return 0
		echo "$1: try $try found all frames away"
	done
	fail "$1: not mapped"
}

_verify() {	# BS SIZE DEPTH
	guest_run g1 400 "fio --name=v --filename=/dev/xvdb --rw=randwrite --bs=$1 --size=$2 \
		--direct=1 --ioengine=libaio --iodepth=$3 --verify=crc32c --verify_fatal=1 \
		--verify_async=0 >/tmp/out 2>&1 || { grep -E 'verify|err=' /tmp/out | head -n 5; exit 1; }"
}

_round() {	# WAY
	local passed tries
	_attach "$1"
	_verify 4k 1M 32 || fail "4k, $1"
	_verify 64k 2M 8 || fail "64k, $1"
	_verify 1M 4M 4 || fail "1M, $1"
	tries=$(_stat away_tries) passed=$(_stat away_passed)
	echo "$1: rd $(_stat rd_req) wr $(_stat wr_req) copied $(_stat copy_req)" \
		"mapped $(_stat map_req) away $(_stat away_req) tries $tries passed $passed" \
		"bad $(_stat bad_req) noticed $(_away)"
	[ "$(_stat bad_req)" = 0 ] || fail "$1: $(_stat bad_req) requests failed"
	[ "$(_away)" -gt 0 ] || fail "$1: no frame was ever away"
	# Mapped only until the first frame is away.
	[ "$(_stat copy_req)" -gt 100 ] || fail "$1: not copied"
	[ "$(_stat away_req)" -gt 10 ] || fail "$1: only $(_stat away_req) requests waited"
	# Were the others blocked, none would be answered while one waits.
	[ "$passed" -gt "$(($(_stat away_req) / 2))" ] ||
		fail "$1: $passed answers while $(_stat away_req) requests waited"
	vbd_detach g1 xvdb || fail "detach"
	fio --verify_only --name=v --filename="$disk" --rw=randwrite --bs=1M --size=4M \
		--direct=1 --ioengine=libaio --iodepth=4 --verify=crc32c --verify_fatal=1 \
		--verify_async=0 >"$XB_RUN/fio.out" 2>&1 ||
		fail "$1: dom0 finds other data: $(grep -m 1 -E 'verify|err=' "$XB_RUN/fio.out")"
}

# The requests of a ring need more pages than its queue may hold: those that
# have none wait for those that wait for frames, never the other way round.
_starve() {
	frontend_reload g1 "feature_persistent=0 max_indirect_segments=256" ||
		fail "loading the frontend"
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach"
	_verify 1M 24M 24 || fail "large requests"
	echo "large: away $(_stat away_req) starved $(_stat oo_req) bad $(_stat bad_req)"
	[ "$(_stat oo_req)" -gt 0 ] || fail "no request ever waited for memory"
	[ "$(_stat away_req)" -gt 0 ] || fail "no large request ever waited for frames"
	[ "$(_stat bad_req)" = 0 ] || fail "large: $(_stat bad_req) requests failed"
	vbd_detach g1 xvdb || fail "detach"
}

_is_waiting() {
	[ -e "$device/driver" ] && [ "$(_stat away_req)" -gt 20 ]
}

# What waits is served before the driver goes, for the frontend is still there.
_rebind() {
	local load i
	load=$(guest_bg g1 "while [ ! -e /tmp/stop ]; do
		fio --name=v --filename=/dev/xvdb --rw=randwrite --bs=16k --size=2M --direct=1 \
			--ioengine=libaio --iodepth=32 --verify=crc32c --verify_fatal=1 \
			--randrepeat=0 --output=/tmp/fio.out || { tail -n 20 /tmp/fio.out; exit 1; }
		done")
	for ((i = 0; i < 5; i++)); do
		wait_for 60 _is_waiting || fail "rebind $i: no load"
		echo "${device##*/}" >/sys/bus/xen-backend/drivers/vbd/unbind
		echo "${device##*/}" >/sys/bus/xen-backend/drivers/vbd/bind
	done
	wait_for 60 _is_waiting || fail "no I/O after the driver was bound anew"
	guest_run g1 "touch /tmp/stop"
	guest_wait g1 "$load" 120 || fail "an error in the guest when the driver was bound anew"
}

_load() {
	guest_bg g1 "fio --name=l --filename=/dev/xvdb --rw=randrw --bs=16k --size=4M --direct=1 \
		--ioengine=libaio --iodepth=16 --time_based --runtime=600"
}

test_main() {
	local way device
	[[ $(xl info xen_commandline) == *gnttab_eagain=* ]] ||
		skip "this hypervisor pages nothing out (--xen eagain)"
	backing_null disk 32
	guest_create g1
	for way in copied mapped persistent; do
		_round "$way"
		[ "$way" != copied ] || leak_snapshot
		# The guest is forgotten, and with it that its frames were away.
		guest_destroy g1
		guest_create g1
	done
	_starve
	_attach copied
	device=$(vbd_device g1)
	_rebind
	# It goes while requests wait.
	_load >/dev/null
	wait_for 60 _is_waiting || fail "no load"
	guest_destroy g1
	wait_for 30 eval "! ls -d /sys/bus/xen-backend/devices/vbd-* >/dev/null 2>&1" ||
		fail "the device does not go"
	guest_create g1
	leak_check
	pass
}
