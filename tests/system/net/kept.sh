# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Somebody in dom0 keeps packets, a socket that nobody reads. The guest connects
# again and again meanwhile: what it leaves behind each time must not grow.
DESCRIPTION="pages of packets that are kept do not pile up with each connection"
TIMEOUT=300

_connect() {
	guest_run g1 "echo vif-0 >/sys/bus/xen/drivers/vif/unbind
		echo vif-0 >/sys/bus/xen/drivers/vif/bind
		i=0
		until [ -e /sys/class/net/eth0 ]; do
			i=\$((i + 1)); [ \$i -le 300 ] || exit 1
			usleep 100000
		done
		ip addr add 10.0.0.2/24 dev eth0; ip link set eth0 up" ||
		fail "frontend cannot be bound again"
	wait_for 30 ping -q -c 1 -W 1 10.0.0.2 || fail "dead after it was bound again"
}

# A server that sleeps before it has accepted: the data waits in its socket.
_keep() {	# PORT
	local reader
	sleep 1000 | nc -l -p "$1" >/dev/null &
	reader=$!
	on_exit eval "kill -9 $reader 2>/dev/null || :"
	_pause 0.2
	kill -STOP $reader
	guest_run g1 "dd if=/dev/zero bs=1400 count=8 2>/dev/null | timeout 2 nc 10.0.0.1 $1
		true" >/dev/null
}

_kept() {	# bytes in these sockets
	local address queues bytes=0
	while read -r _ address _ _ queues _; do
		[[ $address != *:1B5? ]] || bytes=$((bytes + 16#${queues#*:}))
	done </proc/net/tcp
	echo "$bytes"
}

test_main() {
	local i
	guest_create g1
	on_exit vif_forget g1
	vif_attach g1 10.0.0.2 || fail "attach"
	wait_for 30 ping -q -c 1 -W 1 10.0.0.2 || fail "dead"
	dmesg -C
	for i in 0 1 2 3; do
		# Port 7000 is 1b58 in hexadecimal.
		_keep $((7000 + i))
		_connect
	done
	echo "kept: $(_kept) bytes"
	[ "$(_kept)" -gt 5000 ] || fail "nobody keeps packets: the test shows nothing"
	# The kernel looks once a minute.
	sleep 130
	if dmesg | grep "stalled pool"; then
		fail "pools of former connections wait for packets"
	fi
	vif_detach g1 0 || fail "detach"
	pass
}
