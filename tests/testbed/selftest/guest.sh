# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
DESCRIPTION="run commands in a guest: output, status and time limit arrive"
TIMEOUT=120
test_main() {
	local out status=0 job
	guest_create g1
	out=$(guest_run g1 "echo one; echo 'two  \\ three'; printf four")
	[ "$out" = $'one\ntwo  \\ three\nfour' ] || fail "output: $out"
	guest_run g1 "exit 7" || status=$?
	[ "$status" = 7 ] || fail "status: $status"
	status=0
	guest_run g1 2 "sleep 30" || status=$?
	[ "$status" = 124 ] || fail "no time limit: $status"
	job=$(guest_bg g1 "echo later; exit 3")
	status=0
	out=$(guest_wait g1 "$job" 20) || status=$?
	[ "$out $status" = "later 3" ] || fail "background: $out $status"
	pass
}
