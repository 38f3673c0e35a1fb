# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="four queues of a guest with four CPUs"
TIMEOUT=3000
HOST_LIMIT=5400
# shellcheck source=/dev/null
. /xb/bench.sh

test_main() {
	local persistent queues
	bench_disks
	module_param xen_blkback max_queues 4
	bench_guest g4 "vcpus = 4"
	for persistent in 1 0; do
		for queues in 1 4; do
			frontend_reload g4 "feature_persistent=$persistent" \
				"max_queues=$queues" || fail "the frontend"
			bench_attach g4 0
			bench_calibrate g4 /dev/xvdb
			_points "queues$queues-p$persistent"
			bench_detach g4
		done
	done
	guest_destroy g4
	pass
}

_points() {	# PREFIX
	bench_block "$1/4k/randread/16" g4 /dev/xvdb 4k randread 16 \
		--numjobs=4 --group_reporting
	bench_block "$1/128k/read/16" g4 /dev/xvdb 128k read 16 \
		--numjobs=4 --group_reporting
}
