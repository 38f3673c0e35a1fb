# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Block devices to serve. Each creator stores the device's path in the
# variable that it is given, and removes the device when the test ends.
NULL_DIR=

# A RAM disk (brd); memory is given back when the test ends.
backing_ram() {	# VAR MB
	[ -b /dev/ram0 ] && fail "backing_ram: one at a time"
	modprobe brd rd_nr=1 rd_size="$(($2 * 1024))"
	wait_for 10 test -b /dev/ram0 || fail "no /dev/ram0"
	on_exit wait_for 20 rmmod brd
	printf -v "$1" %s /dev/ram0
}

# null_blk with memory behind it; further arguments are its attributes.
backing_null() {	# VAR MB [ATTRIBUTE=VALUE...]
	local dir attr
	modprobe null_blk nr_devices=0
	dir=/sys/kernel/config/nullb/xb$RANDOM
	mkdir "$dir" || fail "no configfs for null_blk"
	on_exit _null_remove "$dir"
	echo "$2" >"$dir/size"
	echo 1 >"$dir/memory_backed"
	for attr in "${@:3}"; do
		echo "${attr#*=}" >"$dir/${attr%%=*}" || fail "null_blk: $attr"
	done
	NULL_DIR=$dir
	_null_on "$1"
}

# Newer kernels name it for its directory.
_null_on() {	# VAR
	local dev=/dev/${NULL_DIR##*/} index
	echo 1 >"$NULL_DIR/power"
	index=$(<"$NULL_DIR/index")
	wait_for 10 eval "[ -b $dev ] || [ -b /dev/nullb$index ]" ||
		fail "no null_blk device"
	[ -b "$dev" ] || dev=/dev/nullb$index
	printf -v "$1" %s "$dev"
}

# The last one that was made loses its power, and with it what is in its cache
# (cache_size=MB) and was not flushed; nobody may have it open.
null_lose_power() {	# VAR
	echo 0 >"$NULL_DIR/power"
	_null_on "$1"
}

_null_remove() {
	echo 0 >"$1/power"
	rmdir "$1"
}

# A loop device over a sparse file in RAM.
backing_loop() {	# VAR MB [LOSETUP OPTION...]
	local file dev
	file=$(mktemp "$XB_RUN/loop.XXXXXX")
	truncate -s "$2M" "$file"
	dev=$(losetup -f --show "${@:3}" "$file") || fail "losetup"
	on_exit _loop_remove "$dev" "$file"
	printf -v "$1" %s "$dev"
}

_loop_remove() {
	losetup -d "$1"
	rm -f "$2"
}

# A device-mapper device; %DEV in the table stands for a RAM-backed disk of
# MB, e.g. backing_dm dev 64 "0 131072 flakey %DEV 0 5 1".
backing_dm() {	# VAR MB TABLE
	local base name
	backing_null base "$2"
	name=xb$RANDOM
	dmsetup create --noudevsync "$name" --table "${3//%DEV/$base}" ||
		fail "dmsetup: $3"
	on_exit _dm_remove "$name"
	dmsetup mknodes "$name" 2>/dev/null
	printf -v "$1" %s "/dev/mapper/$name"
}

# A failure, but what else there is to clean up has its turn.
_dm_remove() {
	wait_for 20 dmsetup remove --noudevsync "$1" ||
		(fail "somebody has $1 open") || :
}
