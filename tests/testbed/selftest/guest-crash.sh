# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
DESCRIPTION="pass in spite of a guest's kernel panic, which is a failure"
TIMEOUT=120
test_main() {
	guest_create g1
	guest_run g1 10 "echo c >/proc/sysrq-trigger" || true
	guest_destroy g1
	pass
}
