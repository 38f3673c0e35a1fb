# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="four disks at once: I/O on all together, no mix-up, many times"
TIMEOUT=1200

# Each disk gets a pattern of its own, all at the same time.
_io_round() {
	guest_run g1 60 "for d in b c d e; do
		( yes \"round $1 disk \$d\" | dd bs=16k count=8 iflag=fullblock \
			of=/dev/xvd\$d conv=fsync 2>/dev/null ) &
	done
	wait" || fail "round $1: writing"
}

_check_round() {
	local i letters=(b c d e) want have
	for i in 0 1 2 3; do
		want=$({ yes "round $1 disk ${letters[i]}" || :; } 2>/dev/null |
			head -c 131072 | md5sum)
		have=$(dd if="${disks[i]}" bs=128k count=1 iflag=direct status=none |
			md5sum)
		[ "$want" = "$have" ] || fail "round $1: disk ${letters[i]} has other data"
	done
}

test_main() {
	local i round rounds=3 letters=(b c d e)
	[ -z "$XB_LONG" ] || rounds=20
	[ -z "$XB_BRIEF" ] || rounds=2
	disks=()
	for i in 0 1 2 3; do
		backing_null disk 8
		disks+=("$disk")
	done
	guest_create g1
	leak_snapshot
	for ((round = 1; round <= rounds; round++)); do
		for i in 0 1 2 3; do
			vbd_attach g1 "phy:${disks[i]},xvd${letters[i]},w" ||
				fail "round $round: attach ${letters[i]}"
		done
		_io_round "$round"
		_check_round "$round"
		for i in 0 1 2 3; do
			vbd_detach g1 "xvd${letters[i]}" ||
				fail "round $round: detach ${letters[i]}"
		done
	done
	leak_check
	pass
}
