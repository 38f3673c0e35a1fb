# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="tells the plugin that counts: from now on there may be guests"
TIMEOUT=60

test_main() {
	xb-cost -m 3
	pass
}
