# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
DESCRIPTION="return 0 without a token, which is a failure"
TIMEOUT=30
test_main() {
	true
}
