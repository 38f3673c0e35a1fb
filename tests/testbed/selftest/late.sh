# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
DESCRIPTION="fail after pass, which is a failure"
TIMEOUT=30
test_main() {
	pass
	fail "found later"
}
