# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# The guest that comes back is another domain, with another grant table. What
# its rings held when it was saved is lost for both sides, and it asks anew:
# each write must be on the disk then, and none twice where others follow.
DESCRIPTION="a guest is saved and restored under verified I/O and traffic"
TIMEOUT=600

_load() {
	guest_bg g2 "while [ ! -e /tmp/stop ]; do
		fio --name=v --filename=/dev/xvdb --size=8M --rw=randwrite --bs=16k \
			--direct=1 --ioengine=libaio --iodepth=32 --verify=crc32c \
			--verify_fatal=1 --randrepeat=0 --output=/tmp/fio.out ||
			{ tail -n 20 /tmp/fio.out; exit 1; }
		done"
}

_bytes() {
	cat "/sys/class/net/vif$(guest_domid g2).0/statistics/rx_bytes"
}

_moves() {	# BYTES
	[ "$(_bytes)" -gt "$1" ]
}

# Both count anew with each domain.
_both_go_on() {	# WHEN [REQUESTS BYTES]: what had been counted
	wait_for 60 vbd_is_loaded g2 $((${2:-0} + 200)) || fail "$1: no I/O"
	wait_for 60 _moves $((${3:-0} + 1000000)) || fail "$1: the connection does not go on"
}

_is_gone() {	# DOMID
	! compgen -G "/sys/bus/xen-backend/devices/*-$1-*" >/dev/null
}

_save() {
	local old
	old=$(guest_domid g2)
	xl save g2 "$XB_RUN/g2.save" >"$XB_RUN/xl.out" 2>&1 ||
		fail "xl save: $(tail -n 3 "$XB_RUN/xl.out")"
	wait_for 30 _is_gone "$old" || fail "a device of domain $old is left"
}

_restore() {
	xl restore "$XB_RUN/g2.save" >"$XB_RUN/xl.out" 2>&1 ||
		fail "xl restore: $(tail -n 3 "$XB_RUN/xl.out")"
	rm "$XB_RUN/g2.save"
	wait_for 60 guest_run g2 10 true || fail "no answer after the restore"
}

# The same domain goes on: its frontends connect again.
_checkpoint() {
	xl save -c g2 "$XB_RUN/g2.save" >"$XB_RUN/xl.out" 2>&1 ||
		fail "xl save -c: $(tail -n 3 "$XB_RUN/xl.out")"
	rm "$XB_RUN/g2.save"
	# It ran while it was saved; what comes now comes from new connections.
	_both_go_on "after a checkpoint" "$(vbd_requests g2)" "$(_bytes)"
}

test_main() {
	local load net
	[ "$(uname -m)" = x86_64 ] || skip "Xen on ARM cannot save a domain"
	bridge_up
	backing_null disk 16
	iperf3 -s -D >/dev/null
	on_exit pkill -x iperf3
	leak_snapshot
	guest_create g2 "disk = ['phy:$disk,xvdb,w']" \
		"vif = ['bridge=br0,script=vif-bridge']"
	on_exit guest_destroy g2
	guest_run g2 "ip addr add 10.0.0.2/24 dev eth0; ip link set eth0 up"
	load=$(_load)
	net=$(guest_bg g2 "iperf3 -c 10.0.0.1 -t 1000 -b 20M")
	_both_go_on "at first"
	_save
	_restore
	_both_go_on "after a restore"
	_checkpoint
	guest_run g2 "touch /tmp/stop"
	guest_wait g2 "$load" 120 || fail "an error in the guest"
	[ -z "$(guest_run g2 "cat /tmp/bg.$net.rc 2>/dev/null")" ] ||
		fail "iperf3 ended: $(guest_run g2 "cat /tmp/bg.$net.out")"
	guest_destroy g2
	leak_check
	pass
}
