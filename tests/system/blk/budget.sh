# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# A guest asks for more pages at once than its domain may use. It gets its data
# all the same, only later, and another domain has its own budget.
DESCRIPTION="a greedy guest stays within its budget, also when that is lowered, and loses nothing"
TIMEOUT=300
PARAM=/sys/module/xen_blkback/parameters/max_domain_pages

_used() {	# NAME: pages of its domain, mapped and copied
	awk '$1 == "domain" { print ($2 > $3 ? $2 : $3) }' \
		"/sys/kernel/debug/xen-blkback/vbd-$(guest_domid "$1")-51728/budget"
}

_load() {	# NAME [LOOPS]
	guest_bg "$1" "fio --name=v --filename=/dev/xvdb --size=16M --rw=randwrite --bs=1M \
		--direct=1 --ioengine=libaio --iodepth=32 --loops=${2:-2} --verify=crc32c \
		--verify_fatal=1 --output=/tmp/fio.out || { tail -n 20 /tmp/fio.out; exit 1; }"
}

# Greatest use while the load runs.
_most() {	# NAME HANDLE
	local now
	most=0
	until guest_run "$1" "[ -s /tmp/bg.$2.rc ]"; do
		now=$(_used "$1")
		[ "$now" -le "$most" ] || most=$now
	done
	guest_wait "$1" "$2" 60 || fail "$1: an error"
}

_stat() {
	cat "$(vbd_device g1)/statistics/$1"
}

_uses_more_than() {	# PAGES
	[ "$(_used g1)" -gt "$1" ]
}

# A limit that is lowered holds for a load that has no end, too.
_lowered() {
	local load
	load=$(_load g1 20)
	wait_for 60 _uses_more_than 1400 || fail "the load is not greedy: $(_used g1) pages"
	echo 1300 >$PARAM
	wait_for 8 eval "! _uses_more_than 1300" ||
		fail "a limit that is lowered has no effect: $(_used g1) pages of 1300"
	guest_run g1 "[ ! -s /tmp/bg.$load.rc ]" || fail "the load was over too soon"
	guest_wait g1 "$load" 200 || fail "an error when the limit was lowered"
}

_run() {	# PERSISTENT
	local load most
	frontend_reload g1 max_indirect_segments=256 "feature_persistent=$1" ||
		fail "loading the frontend"
	echo 32768 >$PARAM
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach"
	load=$(_load g1)
	_most g1 "$load"
	echo "persistent=$1: $most pages without a limit"
	[ "$most" -gt 1400 ] || fail "the load is not greedy: $most pages"
	_lowered
	vbd_detach g1 xvdb || fail "detach"

	echo 1300 >$PARAM
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach"
	load=$(_load g1)
	_most g1 "$load"
	echo "persistent=$1: $most of 1300 pages, pressure $(_stat pressure)"
	[ "$most" -le 1300 ] || fail "$most pages of 1300"
	[ "$(_stat pressure)" -gt 0 ] || fail "nobody had to wait"
	vbd_detach g1 xvdb || fail "detach"
}

test_main() {
	[ "$XB_MODULES" = ours ] || skip "the in-tree driver has no budgets"
	mountpoint -q /sys/kernel/debug || mount -t debugfs debugfs /sys/kernel/debug
	on_exit eval "echo 32768 >$PARAM"
	backing_null disk 32
	guest_create g1
	_run 0
	_run 1
	pass
}
