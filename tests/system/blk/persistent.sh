# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# A guest keeps more grants in use than a queue may keep mapped before it has
# borrowed pages: it borrows, and from then on nothing is mapped.
DESCRIPTION="many grants stay mapped, and a budget limits how many"
TIMEOUT=120

_stat() {
	cat "$(vbd_device g1)/statistics/$1"
}

# Requests of the load that found all their grants mapped, in percent.
_percent_mapped() {
	local all found
	all=$(_stat map_req) found=$(_stat persist_req)
	guest_run g1 60 "fio --name=p --filename=/dev/xvdb --size=64M --io_size=$1 --rw=randread \
		--bs=128k --direct=1 --ioengine=libaio --iodepth=16 >/tmp/out 2>&1 ||
		{ tail -n 20 /tmp/out; exit 1; }" || fail "fio"
	all=$(($(_stat map_req) - all)) found=$(($(_stat persist_req) - found))
	[ "$all" -ge 64 ] || fail "only $all requests were mapped"
	echo "$((100 * found / all))"
}

test_main() {
	local percent
	[ "$XB_MODULES" = ours ] || skip "the in-tree driver does not count them"
	backing_null disk 64
	guest_create g1
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach"
	_percent_mapped 32M >/dev/null
	percent=$(_percent_mapped 16M)
	echo "$percent % of the requests had all their grants mapped"
	[ "$percent" -ge 95 ] || fail "only $percent % found their grants mapped"
	vbd_detach g1 xvdb || fail "detach"

	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach"
	echo 576 >"$(vbd_device g1)/max_pages"
	_percent_mapped 32M >/dev/null
	percent=$(_percent_mapped 16M)
	echo "$percent % with 576 pages"
	[ "$percent" -le 90 ] || fail "$percent % found their grants mapped, beyond the budget"
	vbd_detach g1 xvdb || fail "detach"
	guest_destroy g1
	pass
}
