# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
DESCRIPTION="pass in spite of a kernel warning, which is a failure"
TIMEOUT=30
test_main() {
	echo "WARNING: planted by the selftest" >/dev/kmsg
	pass
}
