# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Whatever can happen to a disk in use happens, in an order that differs each
# time, but all of it once at first: the driver is bound anew or loaded anew, the disk grows, hangs for a
# while or is exchanged, limits come and go. Now and then it is detached. With
# XB_LONG it goes on for 20 minutes, or 800 times, whatever comes first.
DESCRIPTION="everything at once: rebind, reload, resize, exchange, limits, under verified I/O"
TIMEOUT=3600
HOST_LIMIT=7200
DRIVER=/sys/bus/xen-backend/drivers/vbd

_load() {
	guest_bg g2 "while [ ! -e /tmp/stop ]; do
		for bs in 4k 32k 512k; do
			fio --name=v --filename=/dev/xvdb --size=8M --rw=randwrite --bs=\$bs \
				--direct=1 --ioengine=libaio --iodepth=16 --verify=crc32c \
				--verify_fatal=1 --randrepeat=0 --output=/tmp/fio.out ||
				{ tail -n 20 /tmp/fio.out; exit 1; }
		done
	done"
}

_do_rebind() {
	echo "${device##*/}" >$DRIVER/unbind
	echo "${device##*/}" >$DRIVER/bind
}

_do_reload() {
	echo "${device##*/}" >$DRIVER/unbind
	wait_for 30 rmmod xen-blkback || fail "rmmod"
	modprobe xen-blkback "feature_persistent=$((RANDOM % 2))" || fail "modprobe"
}

_tables() {	# SECTORS
	local path
	for path in xbone xbtwo; do
		dmsetup suspend --noudevsync --nolockfs $path
		dmsetup reload $path --table "0 $1 linear $base 0"
		dmsetup resume --noudevsync $path
	done
}

_do_resize() {
	sectors=$((sectors + 1024))
	_tables "$sectors"
}

_do_hang() {
	dmsetup suspend --noudevsync --nolockfs "$path"
	_do_rebind
	dmsetup resume --noudevsync "$path"
}

_is_active() {
	[[ $(xenstore-read "$backend/active-physical-device") == "$number@"* ]]
}

_do_exchange() {
	[ "$path" = xbone ] && path=xbtwo || path=xbone
	number=$(stat -L -c '%t:%T' "/dev/mapper/$path")
	xenstore-write "$backend/physical-device" "$number"
	wait_for 60 _is_active || fail "the disk is not exchanged"
}

_do_limit() {
	echo $((RANDOM % 2 * 500)) >"$device/iops_limit"
	echo $((RANDOM % 2 * 16777216)) >"$device/bandwidth_limit"
}

_goes_on() {
	[ -e "$device/driver" ] && [ "$(vbd_requests g2)" -gt "$before" ]
}

_round() {
	local what before=0
	what=${ways[rounds_done]:-${ways[RANDOM % ${#ways[@]}]}}
	_do_"$what"
	case $what in
	rebind|reload|hang) ;;
	*) before=$(vbd_requests g2) ;;
	esac
	wait_for 120 _goes_on || fail "$what: the guest's I/O does not go on"
}

_session() {	# ROUNDS
	local load i backend device path=xbone number
	vbd_attach g2 "phy:/dev/mapper/xbone,xvdb,w" || fail "attach"
	backend=$(vbd_backend g2 xvdb)
	device=$(vbd_device g2)
	guest_run g2 "rm -f /tmp/stop"
	load=$(_load)
	for ((i = 0; i < $1; i++)); do
		_round
		rounds_done=$((rounds_done + 1))
	done
	echo 0 >"$device/iops_limit"
	echo 0 >"$device/bandwidth_limit"
	guest_run g2 "touch /tmp/stop"
	guest_wait g2 "$load" 300 || fail "an error in the guest"
	vbd_detach g2 xvdb || fail "detach"
}

test_main() {
	local base path i sessions=1 rounds=8 sectors=32768 seed=1 end=$((SECONDS + 1200))
	local session rounds_done=0 ways=(rebind reload resize hang exchange limit)
	[ "$XB_MODULES" = ours ] || skip "the in-tree driver cannot do all of that"
	[ -z "$XB_LONG" ] || sessions=20 rounds=40 seed=$RANDOM
	echo "seed $seed"
	RANDOM=$seed
	backing_null base 128
	for path in xbone xbtwo; do
		dmsetup create --noudevsync $path --table "0 $sectors linear $base 0" ||
			fail "dmsetup"
		on_exit _dm_remove $path
		dmsetup mknodes $path
	done
	guest_create g2
	for ((session = 0; session < sessions && SECONDS < end; session++)); do
		_session "$rounds"
	done
	echo "$rounds_done rounds in $session session(s)"
	guest_destroy g2
	pass
}
