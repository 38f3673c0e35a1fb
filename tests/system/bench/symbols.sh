# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="the symbols of dom0 and guest, for a profile of what ran before"
TIMEOUT=300
HOST_LIMIT=1800
# shellcheck source=/dev/null
. /xb/bench.sh

test_main() {
	guest_create g1
	bench_symbols
	pass
}
