# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="rings of 1 to 16 pages, several queues, requests of up to 256 segments"
TIMEOUT=900

# A frontend with persistent grants allocates all that its rings could use, a
# page of its own for each segment: too much for the memory of this guest with
# the larger rings.
_persistent() {	# ORDER QUEUES SEGMENTS
	echo $(((32 << $1) * $2 * $3 * page_kb <= 65536))
}

_with_frontend() {	# VCPUS ORDER QUEUES SEGMENTS
	frontend_reload g1 "max_ring_page_order=$2" "max_queues=$3" \
		"max_indirect_segments=$4" "feature_persistent=$(_persistent "$2" "$3" "$4")" ||
		fail "loading the frontend"
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach with order $2, $3 queue(s)"
	_check_negotiated "$@"
	_fio || fail "fio with order $2, $3 queue(s), $4 segments"
	vbd_detach g1 xvdb || fail "detach"
}

_fio() {
	guest_run g1 300 "fio --name=a --filename=/dev/xvdb --size=8M --rw=randwrite \
		--bs=1M --direct=1 --ioengine=libaio --iodepth=32 --verify=crc32c \
		--name=b --filename=/dev/xvdb --offset=8M --size=4M --rw=randrw --bs=4k \
		--direct=1 --ioengine=libaio --iodepth=64 --verify=crc32c \
		>/tmp/out 2>&1 || { tail -n 20 /tmp/out; dmesg | tail -n 5; exit 1; }"
}

_frontend_node() {	# NODE DEFAULT
	local backend
	backend=$(vbd_backend g1 xvdb)
	xenstore-read "$(xenstore-read "$backend/frontend")/$1" 2>/dev/null || echo "$2"
}

_check_negotiated() {	# VCPUS ORDER QUEUES SEGMENTS
	local want=$3
	[ "$want" -le "$1" ] || want=$1
	[ "$(_frontend_node ring-page-order 0)" = "$2" ] || fail "the ring's order is not $2"
	[ "$(_frontend_node multi-queue-num-queues 1)" = "$want" ] ||
		fail "not $want queues"
}

test_main() {
	local order page_kb orders="0 1 2 3 4"
	backing_null disk 16
	module_param xen_blkback max_queues 4
	guest_create g1 "vcpus = 2"
	page_kb=$(guest_run g1 "awk '\$1 == \"KernelPageSize:\" { print \$2; exit }' /proc/self/smaps") ||
		fail "how large are the guest's pages?"
	[ -z "$XB_BRIEF" ] || orders="0 2 4"
	for order in $orders; do
		_with_frontend 2 "$order" 1 256
	done
	_with_frontend 2 2 2 32
	guest_destroy g1
	pass
}
