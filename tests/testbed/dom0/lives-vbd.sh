# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # LIVES_*, NODES and IDS are lives.sh's
# shellcheck disable=SC2004 # numbers are keys here, not indexes
# The disks of the table of life cycles: one for each cell, all on one null_blk
# but for those that vanish. The number of a cell is part of their names.
LIVES_SECTORS=8192

lives_vbd_setup() {
	backing_null lives_base 1300
	on_exit _lives_vbd_clear
}

_lives_dm() {	# NAME TARGET OFFSET [ARGUMENT...]
	local name=$1 target=$2 offset=$3
	shift 3
	echo "0 $LIVES_SECTORS $target $lives_base $offset $*" |
		dmsetup create --noudevsync ${LIVES_DM_MODE:+"$LIVES_DM_MODE"} "$name" || fail "dmsetup: $name"
}

_lives_null() {	# NAME
	local dir=/sys/kernel/config/nullb/$1
	mkdir "$dir"
	echo 8 >"$dir/size"
	echo 1 >"$dir/memory_backed"
	echo 1 >"$dir/power"
	LIVES_DISK[$id]=/dev/$1
	[ -b "/dev/$1" ] || LIVES_DISK[$id]=/dev/nullb$(<"$dir/index")
}

_lives_loop() {	# NAME
	: >"$XB_RUN/$1"
	LIVES_DISK[$id]=$(losetup -f --show "$XB_RUN/$1")
}

_lives_vbd_make() {	# DEVID: makes its disk
	local id=$1 at=$(($1 * 65536)) LIVES_DM_MODE=""
	LIVES_DISK[$id]=/dev/mapper/xl$id
	case ${LIVES_COND[$id]} in
	slow) _lives_dm "xl$id" delay "$at" 200 ;;
	gone) _lives_null "xl$id" ;;
	empty) _lives_loop "xl$id" ;;
	readonly) LIVES_DM_MODE=--readonly; _lives_dm "xl$id" linear "$at" ;;
	busy)
		_lives_dm "xl$id" linear "$at"
		dmsetup mknodes 2>/dev/null
		dmsetup create --noudevsync "xo$id" --table "0 8 linear /dev/mapper/xl$id 0" ||
			fail "dmsetup: busy" ;;
	hung)
		_lives_dm "xl$id" linear "$at"
		dmsetup suspend --noudevsync --nolockfs "xl$id" ;;
	*) _lives_dm "xl$id" linear "$at" ;;
	esac
	LIVES_DM_MODE=""
	[ "$LIVES_EVENT" != exchange ] || _lives_dm "xs$id" linear $((at + 32768))
}

lives_vbd_prepare() {
	local id
	for id in "${LIVES_IDS[@]}"; do
		_lives_vbd_make "$id"
	done
	dmsetup mknodes 2>/dev/null
	for id in "${LIVES_IDS[@]}"; do
		LIVES_NUMBER[$id]=$(stat -L -c %t:%T "${LIVES_DISK[$id]}")
	done
}

lives_vbd_nodes() {	# DEVID
	local dir=$LIVES_BACKS/$1
	NODES=("$dir/type" phy "$dir/dev" "xvd$1" "$dir/mode" w
		"$dir/device-type" disk "$dir/physical-device" "${LIVES_NUMBER[$1]}")
}

lives_vbd_attached() { :; }
lives_vbd_bound() { :; }

# Disks that are to be gone now.
lives_vbd_spoil() {
	local id
	_lives_with gone
	for id in "${IDS[@]}"; do
		echo 0 >"/sys/kernel/config/nullb/xl$id/power"
	done
}

lives_vbd_resume() {
	local id
	_lives_with hung
	for id in "${IDS[@]}"; do
		dmsetup resume --noudevsync "xl$id"
	done
}

# Each can be taken apart: nobody has it open.
lives_vbd_mend() {
	local id
	for id in "${LIVES_IDS[@]}"; do
		case ${LIVES_COND[$id]} in
		gone) rmdir "/sys/kernel/config/nullb/xl$id" ;;
		empty)
			losetup -d "${LIVES_DISK[$id]}"
			rm -f "$XB_RUN/xl$id" ;;
		*)
			[ "${LIVES_COND[$id]}" != busy ] || dmsetup remove --noudevsync "xo$id"
			wait_for 10 dmsetup remove --noudevsync "xl$id" ||
				fail "$(_lives_cell "$id"): somebody has the disk" ;;
		esac
		[ "$LIVES_EVENT" != exchange ] || wait_for 10 dmsetup remove --noudevsync "xs$id" ||
			fail "$(_lives_cell "$id"): somebody has the new disk"
	done
}

# After a failure: whatever is left.
_lives_vbd_clear() {
	local name dir
	guest_destroy rogue
	for name in $(dmsetup ls 2>/dev/null | awk '/^x[los][0-9]/ { print $1 }' | sort -r); do
		dmsetup resume --noudevsync "$name" 2>/dev/null
		wait_for 10 dmsetup remove --noudevsync "$name"
	done
	for dir in /sys/kernel/config/nullb/xl*; do
		[ ! -d "$dir" ] || _null_remove "$dir"
	done
	for name in "$XB_RUN"/xl[0-9]*; do
		[ ! -e "$name" ] || losetup -d "$(losetup -j "$name" | cut -d: -f1)"
	done
	true
}

# ---- events

_lives_connected() {	# to IDS, but for those whose disk hangs
	local id
	IDS=()
	_lives_read_states
	for id in "${LIVES_IDS[@]}"; do
		[ "${LIVES_STATE[$id]}" != connected ] || [ "${LIVES_COND[$id]}" = hung ] ||
			IDS+=("$id")
	done
}

_lives_node_is() {	# DEVID NODE PATTERN
	# shellcheck disable=SC2053 # a pattern
	[[ $(xenstore-read "$LIVES_BACKS/$1/$2") == $3 ]]
}

_lives_expect() {	# NODE PATTERN-BY-DEVID...
	local id node=$1
	shift
	for id in "${IDS[@]}"; do
		wait_for 5 _lives_node_is "$id" "$node" "$1" ||
			_lives_wrong "$id" "$node is $(xenstore-read "$LIVES_BACKS/$id/$node"), not $1"
		[ $# = 1 ] || shift
	done
}

_lives_vbd_grow() {	# DEVID
	local mode=""
	case ${LIVES_COND[$1]} in
	empty)
		truncate -s $((LIVES_SECTORS * 1024)) "$XB_RUN/xl$1"
		losetup -c "${LIVES_DISK[$1]}" ;;
	*)
		[ "${LIVES_COND[$1]}" != readonly ] || mode=--readonly
		dmsetup suspend --noudevsync --nolockfs "xl$1"
		dmsetup table "xl$1" | sed "s/^0 $LIVES_SECTORS/0 $((2 * LIVES_SECTORS))/" |
			dmsetup reload ${mode:+"$mode"} "xl$1"
		dmsetup resume --noudevsync "xl$1" ;;
	esac
}

lives_vbd_resize() {
	local id
	for id in "${LIVES_IDS[@]}"; do
		_lives_vbd_grow "$id"
	done
	_lives_connected
	_lives_expect sectors $((2 * LIVES_SECTORS))
}

lives_vbd_exchange() {
	local id nodes=() want=()
	for id in "${LIVES_IDS[@]}"; do
		nodes+=("$LIVES_BACKS/$id/physical-device"
			"$(stat -L -c %t:%T "/dev/mapper/xs$id")")
	done
	xenstore-write "${nodes[@]}"
	_lives_connected
	for id in "${IDS[@]}"; do
		want+=("$(stat -L -c %t:%T "/dev/mapper/xs$id")@*")
	done
	_lives_expect active-physical-device "${want[@]}"
	_lives_told 4
}

# Whether it may write is told to a frontend when it connects, and it does not look
# again: one that was told that it may not keeps that.
_lives_told() {	# INFO [FRONTEND]
	local id told=()
	_lives_connected
	for id in "${IDS[@]}"; do
		[ "${LIVES_COND[$id]}" = readonly ] || continue
		[ "${LIVES_FRONT[$id]}" != "${2:-${LIVES_FRONT[$id]}}" ] ||
			told+=("$id")
	done
	IDS=("${told[@]}")
	_lives_expect info "$1"
}

# One that has connected anew has been told of the new disk.
lives_vbd_judged() {
	[ "$LIVES_EVENT" != exchange ] || _lives_told 0 again
}

lives_vbd_rate() {
	local id dir
	for id in "${LIVES_IDS[@]}"; do
		dir=$LIVES_BUS-$id
		echo 50 >"$dir/iops_limit"
		echo 1048576 >"$dir/bandwidth_limit"
		[ "$(<"$dir/iops_limit")" = 50 ] || _lives_wrong "$id" "the limit is not taken"
	done
}
