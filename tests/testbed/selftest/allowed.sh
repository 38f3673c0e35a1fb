# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
DESCRIPTION="pass in spite of a kernel warning that the test allows"
TIMEOUT=30
ALLOW_LOG='WARNING: allowed by the selftest'
test_main() {
	echo "WARNING: allowed by the selftest" >/dev/kmsg
	pass
}
