# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # LIVES_*, NODES and IDS are lives.sh's
# The links of the table of life cycles. dom0 is 10.9.N.1 on the interface of
# cell N, as xbfront expects it.

lives_vif_setup() {
	on_exit _lives_vif_clear
}

_lives_vif_clear() {
	pkill -x ping || :
	guest_destroy rogue
}

lives_vif_prepare() { :; }
lives_vif_judged() { :; }
lives_vif_spoil() {
	lives_vif_bound
}

lives_vif_nodes() {	# DEVID
	local dir=$LIVES_BACKS/$1
	NODES=("$dir/mac" 00:16:3e:00:00:09 "$dir/hotplug-status" connected)
	[ "${LIVES_COND[$1]}" != limited ] || NODES+=("$dir/rate" "5000,50000")
}

_lives_vif_dev() {	# DEVID
	echo "vif$LIVES_DOMID.$1"
}

_lives_vif_is_there() {
	[ -e "/sys/class/net/$(_lives_vif_dev "$1")" ]
}

# What a hotplug script would do.
_lives_vif_configure() {
	local id dev
	for id in "${LIVES_IDS[@]}"; do
		dev=$(_lives_vif_dev "$id")
		wait_for 10 _lives_vif_is_there "$id" || fail "no interface $dev"
		echo 1 >"/proc/sys/net/ipv6/conf/$dev/disable_ipv6"
		echo "addr replace 10.9.$id.1/24 dev $dev"
		echo "link set $dev up"
		echo "neigh replace 10.9.$id.2 lladdr 00:16:3e:00:00:09 dev $dev nud permanent"
	done | ip -batch - || fail "ip"
}

lives_vif_attached() {
	_lives_vif_configure
	# From the beginning, where the frontend finds it like that.
	[[ ! $LIVES_EVENT =~ ^(attach|connect)$ ]] || _lives_vif_worsen
}

# Links become what they are to be.
_lives_vif_worsen() {
	local id
	_lives_with down
	for id in "${IDS[@]}"; do
		ip link set "$(_lives_vif_dev "$id")" down
	done
	_lives_with flood
	for id in "${IDS[@]}"; do
		ping -q -f -s 1400 "10.9.$id.2" >/dev/null 2>&1 &
	done
}

# After the frontends are in their places, or with a new driver.
lives_vif_bound() {
	[[ ! $LIVES_EVENT =~ ^(attach|connect)$ ]] || return 0
	pkill -x ping || :
	_lives_vif_configure
	_lives_vif_worsen
}

lives_vif_mend() {
	pkill -x ping || :
}

# ---- events

lives_vif_resize() {
	local id
	for id in "${LIVES_IDS[@]}"; do
		echo "link set $(_lives_vif_dev "$id") mtu 1400"
	done | ip -batch -
}

lives_vif_rate() {
	local id nodes=()
	for id in "${LIVES_IDS[@]}"; do
		nodes+=("$LIVES_BACKS/$id/rate" "2000,50000")
	done
	xenstore-write "${nodes[@]}"
}
