# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="1, 2, 4 and 8 guests at once, each with its disk"
TIMEOUT=3000
HOST_LIMIT=5400
# shellcheck source=/dev/null
. /xb/bench.sh

test_main() {
	local number guest persistent all=()
	bench_disks
	for number in 1 2 3 4 5 6 7 8; do
		bench_guest "n$number"
	done
	for persistent in 1 0; do
		all=()
		for number in 1 2 3 4 5 6 7 8; do
			guest=n$number
			all+=("$guest")
			frontend_reload "$guest" \
				"feature_persistent=$persistent" || fail "frontend"
			bench_attach "$guest" "$((number - 1))"
			case $number in
			1 | 2 | 4 | 8) _points "guests$number-p$persistent" "${all[*]}" ;;
			esac
		done
		for guest in "${all[@]}"; do
			bench_detach "$guest"
		done
	done
	for guest in "${all[@]}"; do
		guest_destroy "$guest"
	done
	pass
}

_points() {	# PREFIX "GUEST..."
	bench_calibrate "$2" /dev/xvdb
	bench_block "$1/4k/randread/16" "$2" /dev/xvdb 4k randread 16
	bench_block "$1/128k/read/16" "$2" /dev/xvdb 128k read 16
}
