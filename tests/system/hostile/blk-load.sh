# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="the ring generator: every request is a read that dom0 has served"
TIMEOUT=300

_reads() {
	cat "$(rogue_device vbd 1)/statistics/rd_req"
}

# The generator reads one segment more before and after what it measures.
_load() {	# REQUESTS DEPTH [SEGMENTS [persistent]]
	local before out
	before=$(_reads)
	out=$(guest_run rogue 250 "xbfront blk-load 1 $*") || fail "load $*: $out"
	echo "$out"
	[[ $out == *"load: requests=$1 segments=${3:-1} depth=$2 "* ]] ||
		fail "load $*: $out"
	[ $(($(_reads) - before)) -eq $(($1 + 2)) ] ||
		fail "load $*: dom0 has counted $(($(_reads) - before)) reads"
}

test_main() {
	backing_null disk 64
	rogue_up
	leak_snapshot
	rogue_vbd 1 "$disk"
	_load 2000 1
	_load 20000 64
	_load 5000 64 11
	_load 20000 128 1 persistent
	rogue_detach vbd 1 || fail "detach"
	leak_check
	pass
}
