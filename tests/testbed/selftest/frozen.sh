# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
DESCRIPTION="take all CPU time of dom0, so that only the host can notice"
TIMEOUT=10
HOST_LIMIT=30
test_main() {
	echo -1 >/proc/sys/kernel/sched_rt_runtime_us
	# shellcheck disable=SC2016
	for _ in $(seq "$(nproc)"); do
		chrt -f 99 bash -c 'while :; do :; done' &
	done
	wait
}
