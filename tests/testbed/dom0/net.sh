# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Virtual network interfaces: all on the bridge br0, dom0 is 10.0.0.1.

bridge_up() {
	[ ! -e /sys/class/net/br0 ] || return 0
	ip link add br0 type bridge
	ip addr add 10.0.0.1/24 dev br0
	ip link set br0 up
}

# Give a guest an interface, wait for it, and give it an address.
vif_attach() {	# NAME ADDRESS [KEY=VALUE...]
	local name=$1 address=$2 number
	shift 2
	bridge_up
	number=$(guest_run "$name" "ls -d /sys/class/net/eth* 2>/dev/null | wc -l")
	timeout 60 xl network-attach "$name" bridge=br0 script=vif-bridge "$@" ||
		return 1
	guest_run "$name" 40 "i=0
		until [ -e /sys/class/net/eth$number ]; do
			i=\$((i + 1)); [ \$i -le 300 ] || exit 1
			usleep 100000
		done
		ip addr add $address/24 dev eth$number
		ip link set eth$number up" || return 1
	wait_for 30 ping -c 1 -W 1 "$address"
}

# Destroy guests if an interface is left, for on_exit: a failed test's would be in
# the way of the next one.
vif_forget() {	# NAME...
	local name
	ls -d /sys/class/net/vif* >/dev/null 2>&1 || return 0
	for name; do
		guest_destroy "$name"
	done
}

# Take interface DEVID away, until both sides have forgotten it.
vif_detach() {	# NAME DEVID
	local domid
	domid=$(guest_domid "$1") || return 1
	timeout 60 xl network-detach "$1" "$2" || return 1
	wait_for 30 test ! -e "/sys/bus/xen-backend/devices/vif-$domid-$2" ||
		return 1
	guest_run "$1" 40 "i=0
		while [ -e /sys/bus/xen/devices/vif-$2 ]; do
			i=\$((i + 1)); [ \$i -le 300 ] || exit 1
			usleep 100000
		done"
}

# Another frontend for the guest's first interface, without a word to us.
vif_new_frontend() {	# NAME ADDRESS
	guest_run "$1" "echo vif-0 >/sys/bus/xen/drivers/vif/unbind
		echo vif-0 >/sys/bus/xen/drivers/vif/bind
		i=0
		until [ -e /sys/class/net/eth0 ]; do
			i=\$((i + 1)); [ \$i -le 300 ] || exit 1
			usleep 100000
		done
		ip addr add $2/24 dev eth0; ip link set eth0 up" ||
		fail "frontend cannot be bound again"
}
