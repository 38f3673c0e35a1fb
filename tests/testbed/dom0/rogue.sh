# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Two guests: "rogue", whose devices have no driver, so that xbfront can be
# their frontend, and "victim", which does verified I/O all the time.

VICTIM_BG=

# A guest that leaves its new devices alone.
rogue_up() {	# [CFG LINE...]
	guest_create rogue "$@"
	guest_run rogue "echo 0 >/sys/bus/xen/drivers_autoprobe
		modprobe xen-evtchn; modprobe xen-gntdev
		modprobe xen-gntalloc limit=8192" || fail "the guest has no gntalloc"
}

_rogue_frontend() {	# TYPE DEVID
	echo "/local/domain/$(guest_domid rogue)/device/$1/$2"
}

_rogue_backend() {	# TYPE DEVID
	echo "/local/domain/0/backend/$1/$(guest_domid rogue)/$2"
}

rogue_device() {	# TYPE DEVID: its directory in sysfs
	echo "/sys/bus/xen-backend/devices/$1-$(guest_domid rogue)-$2"
}

# Make devices as a toolstack does, with four processes instead of sixty for
# each: COUNT of them from FIRST on.
_rogue_attach() {	# TYPE FIRST COUNT KEY=VALUE... of the backend
	local type=$1 first=$2 count=$3 pair front back domid id
	local fronts=() backs=()
	shift 3
	domid=$(guest_domid rogue)
	for ((id = first; id < first + count; id++)); do
		front=/local/domain/$domid/device/$type/$id
		back=/local/domain/0/backend/$type/$domid/$id
		fronts+=("$front/backend" "$back" "$front/backend-id" 0
			"$front/handle" "$id" "$front/state" 1)
		backs+=("$back/frontend" "$front" "$back/frontend-id" "$domid"
			"$back/handle" "$id" "$back/online" 1 "$back/state" 1)
		for pair in "$@"; do
			backs+=("$back/${pair%%=*}" "${pair#*=}")
		done
	done
	on_exit _rogue_cleanup "$type" "$first" "$count"
	xenstore-write "${fronts[@]}"
	xenstore-chmod -r "/local/domain/$domid/device/$type" "n$domid" r0
	xenstore-write "${backs[@]}"
	# A node that a driver removes meanwhile is an error.
	wait_for 10 xenstore-chmod -r "/local/domain/0/backend/$type/$domid" n0 \
		"r$domid" || fail "the backend's directory of $type"
	id=$((first + count - 1))
	wait_for 60 test -e "$(rogue_device "$type" "$id")" ||
		fail "no backend for $type $id"
}

# Disks for the rogue, from FIRST on; their backends' states are then 2.
rogue_vbds() {	# FIRST COUNT DISK [MODE [KEY=VALUE...]]
	local numbers
	numbers=$(stat -L -c %t:%T "$3")
	_rogue_attach vbd "$1" "$2" type=phy dev=xvd "mode=${4:-w}" \
		device-type=disk "physical-device=$numbers" "${@:5}"
}

rogue_vbd() {	# DEVID DISK [MODE [KEY=VALUE...]]
	rogue_vbds "$1" 1 "${@:2}"
}

# What the driver has written about a device that it gave up; empty if none.
rogue_error() {	# TYPE DEVID
	xenstore-read "/local/domain/0/error/backend/$1/$(guest_domid rogue)/$2/error" \
		2>/dev/null || true
}

# What a failed test leaves behind would be in the way of the next one.
_rogue_cleanup() {	# TYPE FIRST COUNT
	local domid
	domid=$(guest_domid rogue) || return 0
	! _rogue_gone "$@" || return 0
	guest_destroy rogue
	xenstore-rm "/local/domain/0/backend/$1/$domid"
}

_rogue_gone() {	# TYPE FIRST COUNT
	local id
	for ((id = $2; id < $2 + $3; id++)); do
		[ ! -e "$(rogue_device "$1" "$id")" ] || return 1
	done
	return 0
}

# Take devices away in the way of a toolstack; the frontend agrees.
rogue_detach() {	# TYPE [FIRST [COUNT]]
	local back id ids=() nodes=() first=$2 count=${3:-1}
	for ((id = first; id < first + count; id++)); do
		back=$(_rogue_backend "$1" "$id")
		nodes+=("$back/online" 0 "$back/state" 5)
		ids+=("$id")
	done
	xenstore-write "${nodes[@]}"
	guest_run rogue "xbfront close $1 ${ids[*]}" || return 1
	wait_for 60 _rogue_gone "$1" "$first" "$count" || return 1
	rogue_forget "$1" "$first" "$count"
}

# Take devices away by force: their directories go.
rogue_forget() {	# TYPE FIRST COUNT
	local dir id fronts=() rest=() first=$2 count=$3
	for ((id = first; id < first + count; id++)); do
		fronts+=("$(_rogue_frontend "$1" "$id")")
		rest+=("$(_rogue_backend "$1" "$id")")
	done
	xenstore-rm "${fronts[@]}"
	wait_for 60 _rogue_gone "$1" "$first" "$count" || return 1
	xenstore-rm "${rest[@]}"
	xenstore-rm "/local/domain/0/error/backend/$1/$(guest_domid rogue)" \
		2>/dev/null || true
	dir=$(_rogue_backend "$1" "$first")
	for dir in "${dir%/*}" "${dir%/*/*}"; do
		[ -n "$(xenstore-list "$dir")" ] || xenstore-rm "$dir"
	done
}

# ---- the victim

victim_up() {	# DISK
	guest_create victim
	vbd_attach victim "phy:$1,xvdb,w" || fail "attach for the victim"
	VICTIM_BG=$(guest_bg victim "xbfront steady /dev/xvdb /tmp/rounds")
	victim_check
}

_victim_rounds() {
	guest_run victim "cat /tmp/rounds 2>/dev/null || echo 0"
}

# Fails unless the victim makes progress from now on, and all was right so far.
victim_check() {
	local before
	before=$(_victim_rounds)
	guest_run victim 130 "i=0
		until [ \"\$(cat /tmp/rounds 2>/dev/null || echo 0)\" -ge $((before + 2)) ]; do
			i=\$((i + 1)); [ \$i -le 1200 ] || exit 1
			usleep 100000
		done
		[ ! -s /tmp/bg.$VICTIM_BG.rc ]" ||
		fail "the victim is stuck: $(guest_run victim "cat /tmp/bg.$VICTIM_BG.out")"
}

victim_down() {
	guest_run victim "kill \$(pidof xbfront); while pidof xbfront; do usleep 10000; done
		rm -f /tmp/rounds" >/dev/null
	vbd_detach victim xvdb
}

# ---- attacks on blkback; each is followed by a look at the victim

# How many lines the kernel has printed.
_log_lines() {
	dmesg | wc -l
}

_attack_failed() {	# what failed
	# So that it is not taken for what the guest's kernel prints meanwhile.
	guest_run rogue "dmesg | tail -n 5 | sed 's/^/guest: /'" || true
	fail "attack $*"
}

_times() {
	echo "XBFRONT_TIMES=$((${XB_LONG:-0} ? 5 : 1))"
}

_attack() {	# DEVID ATTACK [OPTION...]
	local lines
	lines=$(_log_lines)
	echo "attack: $*"
	guest_run rogue 400 "$(_times) xbfront blk-attack $*" ||
		_attack_failed "$@"
	victim_check
	lines=$(($(_log_lines) - lines))
	[ "$lines" -le 15 ] || fail "attack $*: $lines lines in the log"
}

# The device goes on; nothing is said about it.
attack_answered() {	# DEVID OPTIONS ATTACK...
	local devid=$1 options=$2 attack
	shift 2
	for attack in "$@"; do
		# shellcheck disable=SC2086 # none or several
		_attack "$devid" "$attack" $options
		[ -z "$(rogue_error vbd "$devid")" ] ||
			fail "$attack: $(rogue_error vbd "$devid")"
	done
}

# The in-tree drivers leave it at a line in the log.
_has_reason() {	# TYPE DEVID ATTACK
	[ "$XB_MODULES" != ours ] || [ -n "$(rogue_error "$1" "$2")" ] ||
		fail "$3: stopped without a reason"
}

# The device is given up, and a reason is in xenstore.
attack_stopped() {	# DEVID ATTACK
	_attack "$@"
	echo "reason: $(rogue_error vbd "$1")"
	_has_reason vbd "$1" "$2"
}

# ---- vifs for the rogue: the one with number N has dom0 as 10.9.N.1.
rogue_vifs() {	# FIRST COUNT
	local id dev domid script=()
	domid=$(guest_domid rogue)
	# The kernel's own does not go without one.
	[ "$XB_MODULES" = ours ] || script=(script=/etc/xen/scripts/vif-bridge)
	_rogue_attach vif "$1" "$2" mac=00:16:3e:00:00:09 \
		hotplug-status=connected "${script[@]}"
	for ((id = $1; id < $1 + $2; id++)); do
		dev=vif$domid.$id
		sysctl -qw "net/ipv6/conf/$dev/disable_ipv6=1"
		ip addr add "10.9.$id.1/24" dev "$dev"
		ip link set "$dev" up
		ip neigh replace "10.9.$id.2" lladdr 00:16:3e:00:00:09 \
			dev "$dev" nud permanent
	done
}

rogue_vif_dev() {	# DEVID: its name in dom0
	echo "vif$(guest_domid rogue).$1"
}

rogue_vif_stat() {	# DEVID NAME: of its first queue
	ethtool -S "$(rogue_vif_dev "$1")" |
		awk -v name="queue_0_$2:" '$1 == name { print $2 }'
}

_net_attack() {	# DEVID ATTACK
	local lines
	lines=$(_log_lines)
	echo "attack: $*"
	guest_run rogue 400 "$(_times) XBFRONT_SUBNET=$1 xbfront net-attack $*" ||
		_attack_failed "$@"
	victim_check
	lines=$(($(_log_lines) - lines))
	[ "$lines" -le 15 ] || fail "attack $*: $lines lines in the log"
}

net_attack_answered() {	# DEVID ATTACK...
	local devid=$1 attack
	shift
	for attack in "$@"; do
		_net_attack "$devid" "$attack"
		[ -z "$(rogue_error vif "$devid")" ] ||
			fail "$attack: $(rogue_error vif "$devid")"
	done
}

# One device for each, from FIRST on; then they are taken away.
net_attacks_stopped() {	# FIRST ATTACK...
	local first=$1 id=$1 attack
	shift
	rogue_vifs "$first" $#
	for attack in "$@"; do
		_net_attack "$id" "$attack"
		echo "reason: $(rogue_error vif "$id")"
		_has_reason vif "$id" "$attack"
		id=$((id + 1))
	done
	rogue_detach vif "$first" $# || fail "detach"
}
