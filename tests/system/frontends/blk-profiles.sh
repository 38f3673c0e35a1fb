# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Documentation/frontends.md has the table; XB_FRONTENDS="grub ovmf" plays some
# of its rows only.
DESCRIPTION="block frontends that exist: connect, I/O, close, reconnect, crash"
TIMEOUT=1200
HOST_LIMIT=2400

test_main() {
	local name
	# shellcheck source=/dev/null
	. /xb/frontends.sh
	backing_null one 64 discard=1
	backing_null other 64 discard=1
	rogue_up
	frontends_queues xen_blkback
	leak_snapshot
	for name in $(frontends_names vbd); do
		rogue_vbd 1 "$one"
		rogue_vbd 2 "$other"
		frontends_play vbd "$name"
	done
	rogue_vbd 1 "$one"
	guest_run rogue 250 "xbfront blk-profile 1 orders" || fail "orders"
	rogue_detach vbd 1 || fail "detach"
	leak_check
	pass
}
