# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# The tool for any backend, with all of its cases. Of others than ours
# (XB_MODULES=intree, XB_DISKS=qdisk) it is told what they do, for
# scripts/check/conformance. XB_CONFORM=net does interfaces, "all" both kinds, and
# "blk --only attack/*" some cases only.
DESCRIPTION="pv-conform: conformance, hostile rings, lives and load, as TAP"
TIMEOUT=9000
HOST_LIMIT=3600
# A device that was given up is left alone for a while: meanwhile there are others.
DEVICES=8

# What does not fit to a fast disk that is not read-only, and a PV guest.
SKIPS='read-only|too fast|not slow|grant table'

_ours() {
	[ "$XB_MODULES" = ours ] && [ "${XB_DISKS:-vbd}" = vbd ]
}

# Numbers of devices go to IDS.
_vbds() {
	local i disk
	backing_null disk 64 discard=1
	if [ "${XB_DISKS:-vbd}" = vbd ]; then
		module_param xen_blkback max_queues 4
		rogue_vbds 1 $DEVICES "$disk"
		mapfile -t IDS < <(seq $DEVICES)
		return
	fi
	IDS=()
	for ((i = 1; i <= DEVICES; i++)); do
		IDS+=($((51712 + 16 * i)))
		timeout "$((60 * XB_SLOW))" xl block-attach rogue \
			"format=raw,backendtype=$XB_DISKS,vdev=${IDS[-1]},target=$disk" ||
			fail "attach: $(tail -n 5 /var/log/xen/qemu-dm-rogue.log)"
	done
}

_vifs() {
	module_param xen_netback max_queues 4
	rogue_vifs 1 $DEVICES
	mapfile -t IDS < <(seq $DEVICES)
}

# Status of the tool and what it has printed, which is judged if it is of ours.
_judge() {	# STATUS TAP
	local bad
	echo "$2"
	echo "# status $1"
	grep -Eq '^(not )?ok ' <<<"$2" || fail "no case was run: $(tail -n 3 <<<"$2")"
	_ours || return 0
	bad=$(grep -E -m 3 '^(not ok|Bail out)' <<<"$2") && fail "$bad"
	[ "$1" -eq 0 ] || fail "status $1: $(tail -n 3 <<<"$2")"
	bad=$(grep '# SKIP' <<<"$2" | grep -Ev "$SKIPS") && fail "$bad"
	return 0
}

# What names no case is not a plan in which nothing fails.
_refused() {	# blk|net
	local rc=0
	guest_run rogue "pv-conform $1 ${IDS[0]} --overwrite --only none/at-all" || rc=$?
	[ $rc = 2 ] || fail "--only without a match: status $rc"
}

_try() {	# blk|net [ARGUMENT...]
	local tap command type=vbd rc=0
	[ "$1" = blk ] || type=vif
	"_${type}s"
	guest_run rogue "pv-conform $1 --list" | sed "s/^/RULE $1 /"
	_refused "$1"
	# Nobody else leaves a device alone, and waits have to be waited for.
	_ours || set -- "$@" --patience 20
	command=$(printf '%q ' pv-conform "$1" "${IDS[@]}" --overwrite "${@:2}")
	echo "# $command"
	tap=$(guest_run rogue 8000 "$command") || rc=$?
	_judge $rc "$tap"
	! _ours || rogue_detach $type 1 $DEVICES || fail "detach"
}

test_main() {
	local some
	[ "${XB_DISKS:-vbd}" = vbd ] || set -- \
		'p9 = [ "tag=none,path=/mnt,security_model=none" ]'
	rogue_up "$@"
	! _ours || leak_snapshot
	read -ra some <<<"${XB_CONFORM:-blk}"
	if [ "${some[0]}" = all ]; then
		_try blk
		_try net
	else
		_try "${some[@]}"
	fi
	! _ours || leak_check
	pass
}
