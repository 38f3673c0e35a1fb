# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Devices that are taken away by force and are there again at once, in one
# transaction of xenstore: nobody sees it without them. The tools have no
# transactions, so this speaks xenstore's protocol itself (xs_wire.h).

_le32() {
	printf '\\x%02x\\x%02x\\x%02x\\x%02x' $(($1 & 255)) \
		$(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255))
}

# Sends one message in transaction xs_tx; fails when it is refused.
_xs_ask() {	# TYPE PAYLOAD: the way printf's %b takes it
	local size type len
	size=$(printf %b "$2" | wc -c)
	printf %b "$(_le32 "$1")$(_le32 0)$(_le32 "$xs_tx")$(_le32 "$size")$2" >&"$xs_fd"
	read -r type _ _ len < <(head -c 16 <&"$xs_fd" | od -An -tu4 -w16)
	xs_answer=$(head -c "$len" <&"$xs_fd" | tr -d '\0')
	[ "$type" = "$1" ]
}

# In one transaction: remove DIR, and make it anew with those permissions.
_xs_renew() {	# DIR PERMISSION PERMISSION [NODE VALUE...]
	local dir=$1 perms="$2\\x00$3\\x00"
	shift 3
	_xs_ask 13 "$dir\\x00" &&		# XS_RM
		_xs_ask 12 "$dir\\x00" &&	# XS_MKDIR
		_xs_ask 14 "$dir\\x00$perms" || return 1	# XS_SET_PERMS
	while [ $# -gt 0 ]; do
		_xs_ask 11 "$dir/$1\\x00$2" || return 1	# XS_WRITE
		shift 2
	done
}

# Sets nodes to what the toolstack has written into DIR, by name and value.
_toolstack_nodes() {	# DIR NODE...
	local dir=$1 node value
	shift
	nodes=(state 1)
	for node; do
		value=$(xenstore-read "$dir/$node" 2>/dev/null) || continue
		nodes+=("$node" "$value")
	done
}

_replace_in_transaction() {	# BACKEND FRONTEND DOMID
	local nodes
	_xs_ask 6 "\\x00" || return 1	# XS_TRANSACTION_START
	xs_tx=$xs_answer
	_toolstack_nodes "$1" frontend frontend-id online removable bootable \
		dev type mode device-type discard-enable params \
		physical-device handle mac bridge script
	_xs_renew "$1" n0 "r$3" "${nodes[@]}" || return 1
	_toolstack_nodes "$2" backend backend-id virtual-device device-type \
		handle mac mtu
	_xs_renew "$2" "n$3" r0 "${nodes[@]}" || return 1
	_xs_ask 7 "T\\x00"		# XS_TRANSACTION_END
}

# Put a new device in the place of one, with what the toolstack said of it.
device_replace() {	# BACKEND
	local xs_fd xs_tx=0 xs_answer status=0
	exec {xs_fd}<>/dev/xen/xenbus
	_replace_in_transaction "$1" "$(xenstore-read "$1/frontend")" \
		"$(xenstore-read "$1/frontend-id")" || status=$?
	exec {xs_fd}>&-
	return "$status"
}

# It leaves the bus before its driver is told, which may then still write into
# its directory; the device itself goes last.
guest_forgets() {	# NAME DEVICE: until the guest has seen that it is gone
	guest_run "$1" 40 "i=0
		while [ -n \"\$(ls -d /sys/devices/$2 /sys/devices/*/$2 2>/dev/null)\" ]; do
			i=\$((i + 1)); [ \$i -le 300 ] || exit 1
			usleep 100000
		done"
}

# Linux's frontends notice it from 7.2 on. Older ones that look too late wait
# for ever for what the backend of the new device will never say.
guest_sees_replacing() {	# NAME
	guest_run "$1" "uname -r" | grep -E '^([89]|[1-9][0-9]+|7\.([2-9]|[1-9][0-9]+))\.' >/dev/null
}
