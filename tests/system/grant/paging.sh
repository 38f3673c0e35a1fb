# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Xen's own pager writes much of a guest's memory to a file while the guest does
# I/O: what is away then is away as on a real host. Debian's Xen cannot, and it
# wants second-level translation: `xbtb run --guest-type pvh`.
#
# One frame at a time: Xen's ring to the pager has room for 8 requests, and Xen
# 4.17 kills a guest whose CPU finds it full twice.
DESCRIPTION="reads and fio verify while xenpaging pages the guest out"
TIMEOUT=900
NEEDS=xenpaging
RESIDENT_MB=48	# of the guest's 256
PARTS=64	# of 1 MiB
WANTED=250	# requests that waited for a frame

_stat() {	# NAME
	cat "/sys/bus/xen-backend/devices/vbd-$(guest_domid g1)-51728/statistics/$1"
}

_resident() {	# MiB
	xl list g1 | awk 'NR == 2 { print $3 }'
}

# Debian's own leaves a field empty that Xen looks at, see the testbed's
# xen/xenpaging-version.patch: this is another one.
_pager_start() {
	local domid pager
	domid=$(guest_domid g1)
	/usr/bin/xenpaging -f "$XB_RUN/pagefile" -d "$domid" >"$XB_RUN/pager.log" 2>&1 &
	pager=$!
	on_exit kill -9 "$pager"
	xenstore-write "/local/domain/$domid/memory/target-tot_pages" "$((RESIDENT_MB * 1024))"
	wait_for 120 eval "sleep 1; [ \$(_resident) -le $((RESIDENT_MB + 2)) ]" ||
		fail "$(_resident) MiB are not paged out: $(tail -n 3 "$XB_RUN/pager.log")"
}

# The page cache takes free pages, which nobody has touched since they went out:
# it is the backend that asks for them.
_read() {	# PART
	local got want at="bs=4k count=256 skip=$(($1 * 256))"
	got=$(guest_run g1 100 "dd if=/dev/xvdb $at 2>/dev/null | md5sum") || fail "part $1"
	# shellcheck disable=SC2086	# several words
	want=$(dd if="$disk" $at 2>/dev/null | md5sum)
	echo "part $1: rd $(_stat rd_req) away $(_stat away_req) tries $(_stat away_tries)" \
		"resident $(_resident)"
	[ "$got" = "$want" ] || fail "part $1: the guest read something else"
}

_verify() {
	guest_run g1 200 "fio --name=v --filename=/dev/xvdb --rw=randwrite --bs=4k --size=2M \
		--direct=1 --ioengine=libaio --iodepth=1 --verify=crc32c --verify_fatal=1 \
		--verify_async=0 >/tmp/out 2>&1 || { grep -E 'verify|err=' /tmp/out | head -n 5; exit 1; }"
}

test_main() {
	local disk holder i
	[ "$XB_ARCH/$XB_GUEST_TYPE" = amd64/pvh ] ||
		skip "nothing can be paged out (--guest-type pvh, on amd64)"
	backing_null disk 64
	dd if=/dev/urandom of="$disk" bs=1M count=64 oflag=direct 2>/dev/null
	# Else the guest itself writes to each page that it takes.
	XB_GUEST_EXTRA+=" init_on_alloc=0"
	guest_create g1
	frontend_reload g1 "feature_persistent=0" || fail "loading the frontend"
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach"
	guest_run g1 10 "blockdev --setra 8 /dev/xvdb"
	# Else what it has read is free again when it is closed, and used again.
	holder=$(guest_bg g1 "sleep 600 </dev/xvdb")
	leak_snapshot
	_pager_start
	for ((i = 0; i < PARTS && $(_stat away_req) < WANTED; i++)); do
		_read "$i"
	done
	_verify || fail "fio verify"
	[ "$(_stat away_req)" -ge "$WANTED" ] ||
		fail "only $(_stat away_req) requests waited for a frame"
	[ "$(_stat bad_req)" = 0 ] || fail "$(_stat bad_req) requests failed"
	guest_run g1 10 "killall sleep"
	guest_wait g1 "$holder" 10 || :
	vbd_detach g1 xvdb || fail "detach"
	leak_check
	guest_destroy g1
	pass
}
