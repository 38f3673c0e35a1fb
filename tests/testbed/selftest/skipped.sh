# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
DESCRIPTION="be skipped with a reason"
TIMEOUT=30
requires() {
	skip "no such thing here"
}
test_main() {
	pass
}
