# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Rates are counted by the guest with its own clock, and limits follow what it
# can do without. Rates must never be above the limit; that they reach it can
# only be asked of a machine whose speed does not depend on its host.
DESCRIPTION="limits of requests and bytes a second, set while the guest runs"
TIMEOUT=200

_rate() {	# iops|bw BS: as fio has it, in requests or bytes a second
	local out
	out=$(guest_run g1 60 "fio --name=r --filename=/dev/xvdb --rw=randread --bs=$2 \
		--direct=1 --ioengine=libaio --iodepth=16 --time_based --runtime=3 \
		--minimal") || fail "fio"
	case $1 in
	iops) cut -d';' -f 8 <<<"$out" ;;
	bw) echo $(($(cut -d';' -f 7 <<<"$out") * 1024)) ;;
	esac
}

_expect() {	# WHAT LIMIT RATE
	echo "$1: $3 of $2"
	# What was saved up comes on top, a thirtieth of three seconds.
	[ "$3" -le $(($2 * 115 / 100)) ] || fail "$1: $3 is above the limit of $2"
	[ "$XB_MODE" != deterministic ] || [ "$3" -ge $(($2 * 90 / 100)) ] ||
		fail "$1: $3 is far below the limit of $2"
}

_set() {
	echo "$2" >"$device/$1" || fail "$1 cannot be set"
	[ "$(<"$device/$1")" = "$2" ] || fail "$1 is not what was set"
}

_throttled() {
	cat "$device/statistics/throttled"
}

_is_throttled_since() {
	[ "$(_throttled)" -gt "$1" ]
}

_refuses() {
	if echo "$2" 2>/dev/null >"$device/$1"; then
		fail "$1 takes $2"
	fi
}

test_main() {
	local device limit load before
	[ "$XB_MODULES" = ours ] || skip "the in-tree driver has no limits"
	backing_null disk 16
	guest_create g1
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach"
	device=$(vbd_device g1)
	limit=$(($(_rate iops 4k) / 3))
	_set iops_limit $limit
	_expect iops $limit "$(_rate iops 4k)"
	[ "$(_throttled)" -gt 0 ] || fail "nothing was throttled"
	_set iops_limit 0
	limit=$(($(_rate bw 64k) / 3))
	_set bandwidth_limit $limit
	_expect bandwidth $limit "$(_rate bw 64k)"
	_expect "bandwidth of large requests" $limit "$(_rate bw 512k)"
	_set bandwidth_limit 0

	# Requests that sleep for a limit go on when it is lifted.
	before=$(_throttled)
	_set iops_limit 1
	load=$(guest_bg g1 "dd if=/dev/xvdb of=/dev/null bs=4k count=1000 iflag=direct")
	wait_for 30 _is_throttled_since "$before" || fail "nothing sleeps"
	_set iops_limit 0
	guest_wait g1 "$load" 60 || fail "a limit that was lifted still holds"
	_refuses iops_limit -1
	_refuses iops_limit x
	_refuses bandwidth_limit 99999999999999999999
	vbd_detach g1 xvdb || fail "detach"
	pass
}
