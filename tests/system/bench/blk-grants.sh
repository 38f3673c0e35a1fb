# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="the block grid, frontend without persistent grants"
TIMEOUT=3000
HOST_LIMIT=5400
# shellcheck source=/dev/null
. /xb/bench.sh

test_main() {
	bench_frontend grants feature_persistent=0
	pass
}
