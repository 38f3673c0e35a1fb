# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="sysfs and xentop show the guest's I/O, with the in-tree names"
TIMEOUT=120

_stat() {
	cat "/sys/bus/xen-backend/devices/vbd-$(guest_domid g1)-51728/statistics/$1"
}

# Read and written sectors of the guest as xentop has them.
_xentop() {
	xentop -b -i 1 -f | awk '$1 == "g1" { print $(NF - 2), $(NF - 1) }'
}

test_main() {
	local name read written
	backing_null disk 16
	guest_create g1
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach"
	for name in oo_req rd_req wr_req f_req ds_req rd_sect wr_sect; do
		_stat "$name" >/dev/null || fail "no statistics/$name"
	done
	read=$(_stat rd_sect)
	written=$(_stat wr_sect)
	guest_run g1 "dd if=/dev/xvdb of=/dev/null bs=64k count=32 iflag=direct &&
		dd if=/dev/zero of=/dev/xvdb bs=64k count=16 oflag=direct" || fail "dd"
	[ $(($(_stat rd_sect) - read)) = 4096 ] || fail "rd_sect is wrong"
	[ $(($(_stat wr_sect) - written)) = 2048 ] || fail "wr_sect is wrong"
	echo "xentop: $(_xentop)"
	[ "$(_xentop)" = "$(_stat rd_sect) $(_stat wr_sect)" ] || fail "xentop shows $(_xentop)"
	vbd_detach g1 xvdb || fail "detach"
	pass
}
