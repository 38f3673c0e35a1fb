# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
DESCRIPTION="crash dom0, which is a failure; the tests after it still run"
TIMEOUT=30
test_main() {
	echo c >/proc/sysrq-trigger
	pass
}
