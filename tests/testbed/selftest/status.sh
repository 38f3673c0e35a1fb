# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
DESCRIPTION="let a command fail, which is a failure that names the command"
TIMEOUT=30
test_main() {
	ls /nowhere
	pass
}
