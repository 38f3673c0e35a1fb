# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# A guest keeps more grants in use than a queue may keep mapped before it has
# borrowed pages: it borrows, and from then on nothing is mapped.
DESCRIPTION="as many grants stay mapped as the guest has in use; stable writes are copied"
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

# A disk that asks for pages that nobody changes: writes are copied, reads are not.
_stable() {
	local copied mapped
	echo 1 >"/sys/block/${disk##*/}/queue/stable_writes" || fail "stable_writes"
	copied=$(_stat copy_req) mapped=$(_stat map_req)
	guest_run g1 30 "dd if=/dev/zero of=/dev/xvdb bs=64k count=32 oflag=direct 2>/dev/null" ||
		fail "writing"
	[ "$(_stat map_req)" = "$mapped" ] || fail "what must be stable was mapped"
	[ "$(_stat copy_req)" -ge $((copied + 32)) ] || fail "it was not copied"
	guest_run g1 30 "dd if=/dev/xvdb of=/dev/null bs=64k count=32 iflag=direct 2>/dev/null" ||
		fail "reading"
	[ "$(_stat map_req)" -ge $((mapped + 32)) ] || fail "reads were copied"
	echo 0 >"/sys/block/${disk##*/}/queue/stable_writes"
	mapped=$(_stat map_req)
	guest_run g1 30 "dd if=/dev/zero of=/dev/xvdb bs=64k count=32 oflag=direct 2>/dev/null" ||
		fail "writing"
	[ "$(_stat map_req)" -ge $((mapped + 32)) ] || fail "writes are still copied"
}

_hangs() {	# COUNT: requests that the guest waits for
	guest_run g1 10 "read -r r w </sys/block/xvdb/inflight && [ \$w -ge $1 ]"
}

# Some may yet find pages that others give back.
_all_wait() {
	local was
	was=$(_stat map_req)
	sleep 1
	[ "$(_stat map_req)" = "$was" ]
}

# Most of the load waits in dom0 for pages when DO is done.
_starved() {	# DO
	guest_run g1 "rm -f /tmp/out"
	dmsetup suspend --noudevsync --nolockfs "${slow##*/}"
	load=$(guest_bg g1 "fio --name=s --filename=/dev/xvdb --size=32M --rw=write --bs=1M \
		--direct=1 --ioengine=libaio --iodepth=32 --output=/tmp/out")
	wait_for 60 _hangs 20 || fail "the load is not greedy"
	wait_for 20 _has_starved || fail "nobody had to wait"
	wait_for 20 _all_wait || fail "they do not wait"
	# What finds pages up to then may be mapped.
	"$@"
	mapped=$(_stat map_req) copied=$(_stat copy_req)
	dmsetup resume --noudevsync "${slow##*/}"
}

_has_starved() {
	[ "$(_stat oo_req)" -gt "$starved" ]
}

# What waits for pages goes by what the disk asks for when it gets them.
_while_starved() {
	local slow load mapped copied starved
	module_param xen_blkback max_domain_pages 700
	backing_dm slow 32 "0 65536 linear %DEV 0"
	# Linux has a page of its own for each segment, of 64 KiB where pages are so
	# large: a guest has no memory for more of them.
	frontend_reload g1 feature_persistent=1 max_indirect_segments=32 ||
		fail "loading the frontend"
	vbd_attach g1 "phy:$slow,xvdb,w" || fail "attach"
	starved=$(_stat oo_req)
	_starved eval "echo 1 >/sys/dev/block/$((0x$(stat -c %t "$slow"))):$((0x$(stat -c %T "$slow")))/queue/stable_writes"
	guest_wait g1 "$load" 60 || fail "writing"
	echo "starved: $mapped mapped before, $(($(_stat map_req) - mapped)) after"
	[ "$(_stat copy_req)" -gt "$copied" ] || fail "nothing was copied"
	[ "$(_stat map_req)" = "$mapped" ] || fail "what waited was mapped, though it must be stable"
	vbd_detach g1 xvdb || fail "detach"
}

test_main() {
	local percent try
	[ "$XB_MODULES" = ours ] || skip "the in-tree driver does not count them"
	backing_null disk 64
	guest_create g1
	# Whoever had the guest before may have left it without.
	frontend_reload g1 feature_persistent=1 || fail "loading the frontend"
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach"
	# How many grants are in use at once, a slow host finds out slowly.
	for try in 1 2 3 4 5; do
		percent=$(_percent_mapped 32M)
		echo "try $try: $percent % of the requests had all their grants mapped"
		[ "$percent" -lt 95 ] || break
	done
	[ "$percent" -ge 95 ] || fail "only $percent % found their grants mapped"
	_stable
	vbd_detach g1 xvdb || fail "detach"
	_while_starved
	guest_destroy g1
	pass
}
