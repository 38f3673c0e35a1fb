# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What running frontends need of the kernel's own module, for switch-modules: that
# has say(), type_of() and ask().

# For the module, and what xenstore has of the devices.
OPTIONS=()
declare -A NODES

# Of all devices at once. Fails where xenstore does not answer.
read_nodes() {	# MODULE
	local path value
	NODES=()
	while read -r path _ value; do
		case $path in
		*/state | */script | */feature-persistent | \
			*/multi-queue-max-queues | */max-ring-page-order | */gatewaydev)
			value=${value#\"}
			NODES[$path]=${value%\"}
			;;
		esac
	done < <(ask xenstore-ls -f "backend/$(type_of "$1")")
	wait $!
}

node() {	# DEVICE NAME
	echo "${NODES[backend/${1//-//}/$2]:-}"
}

# No frontend uses more than it was offered, whatever it says.
most_offered() {	# NODE DEVICE...
	local dev node=$1 most=0 offered
	shift
	for dev; do
		offered=$(node "$dev" "$node")
		[[ $offered =~ ^[1-9][0-9]{0,2}$ ]] || continue
		[ "$offered" -le "$most" ] || most=$offered
	done
	echo "$most"
}

# What the module would have; of equal options the last one holds.
option() {	# NAME DEFAULT
	local word name value=$2
	for word in "${OPTIONS[@]}"; do
		name=${word%%=*}
		[ "${name//-/_}" != "$1" ] || value=${word#*=}
	done
	echo "$value"
}

cpus_online() {
	grep -c '^cpu[0-9]' /proc/stat
}

# By itself it has a queue for each of these, and at most 8 for a vif.
queues() {	# MODULE
	local own named
	own=$(cpus_online)
	[ "$1" = xen-blkback ] || [ "$own" -le 8 ] || own=8
	named=$(option max_queues "$own")
	[ "$named" != 0 ] || named=$own
	echo "$named"
}

# A frontend that uses more than the module allows is refused.
need_option() {	# NAME VALUE LEAST
	[[ $2 =~ ^[0-9]{1,9}$ ]] && [ "$2" -ge "$3" ] || OPTIONS+=("$1=$3")
}

# Grants that stay mapped must not begin under a frontend that was told no.
wants_no_persistence() {	# DEVICE...
	local dev
	for dev; do
		[ "$(node "$dev" state)" != 4 ] ||
			[ "$(node "$dev" feature-persistent)" != 0 ] || return 0
	done
	return 1
}

learn_options() {	# MODULE DEVICE...
	local module=$1
	shift
	# shellcheck disable=SC2207 # a word each
	OPTIONS=($(modprobe -c | sed -n "s/^options ${module//-/_} //p"))
	NODES=()
	[ $# -gt 0 ] || return 0
	read_nodes "$module" || { say "xenstore does not answer"; return 1; }
	need_option max_queues "$(queues "$module")" \
		"$(most_offered multi-queue-max-queues "$@")"
	[ "$module" != xen-blkback ] || need_option max_ring_page_order \
		"$(option max_ring_page_order 4)" "$(most_offered max-ring-page-order "$@")"
	[ "$module" != xen-blkback ] || ! wants_no_persistence "$@" ||
		OPTIONS+=(feature_persistent=0)
}
