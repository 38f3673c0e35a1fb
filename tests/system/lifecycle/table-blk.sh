# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Documentation/lifecycles.md has the table; XB_EVENTS="detach forced" plays some
# of its rows only.
DESCRIPTION="the table of life cycles of a disk, cell by cell"
TIMEOUT=3000
HOST_LIMIT=9000
# What a guest's kernel says when it is made to crash.
ALLOW_LOG='sysrq triggered crash|Call trace:'

test_main() {
	# shellcheck source=/dev/null
	. /xb/lives.sh
	lives_table vbd forced
}
