# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
DESCRIPTION="never end, which is a failure within the test's own limit"
TIMEOUT=10
test_main() {
	while :; do
		_pause 1000
	done
}
