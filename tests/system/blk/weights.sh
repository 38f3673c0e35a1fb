# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# iocost gives out what a model says that the disk can do, so that shares are
# exact however fast the host is; all it needs to know is whom I/O is for.
DESCRIPTION="three vbds of one disk with the weights 1:2:4 get 1:2:4 of it"
TIMEOUT=150
IOPS=700

_iocost() {
	local number
	number=$(<"/sys/block/${disk##*/}/dev")
	cg=$XB_RUN/cgroup
	mkdir -p "$cg"
	mount -t cgroup2 none "$cg" || skip "the kernel has no cgroups"
	on_exit umount "$cg"
	[ -e "$cg/io.cost.model" ] || skip "the kernel has no iocost"
	echo +io >"$cg/cgroup.subtree_control"
	echo "$number ctrl=user model=linear rbps=100000000 rseqiops=$IOPS rrandiops=$IOPS wbps=100000000 wseqiops=$IOPS wrandiops=$IOPS" \
		>"$cg/io.cost.model" || fail "io.cost.model"
	echo "$number enable=1 ctrl=user rpct=0 wpct=0 min=100 max=100" >"$cg/io.cost.qos" ||
		fail "io.cost.qos"
	on_exit eval "echo '$number enable=0' >$cg/io.cost.qos"
}

# Attaches the disk, for reading, with a cgroup of that weight.
_attach() {	# DEVICE WEIGHT
	mkdir "$cg/$1"
	on_exit rmdir "$cg/$1"
	echo "$2" >"$cg/$1/io.weight"
	vbd_attach g1 "format=raw,vdev=$1,access=ro,script=block-limits,target=cgroup=/$1:$disk" ||
		fail "attach $1"
}

_rates() {	# requests a second of each disk, at the same time
	guest_run g1 90 "fio --rw=randread --bs=4k --direct=1 --ioengine=libaio \
		--iodepth=8 --time_based --ramp_time=1 --runtime=6 --minimal \
		--name=b --filename=/dev/xvdb --name=c --filename=/dev/xvdc \
		--name=d --filename=/dev/xvdd" | cut -d';' -f 8
}

_is_share() {	# RATE OF SHARES: of seven
	[ $((100 * 7 * $1)) -ge $((90 * $2 * $3)) ] &&
		[ $((100 * 7 * $1)) -le $((110 * $2 * $3)) ]
}

test_main() {
	local disk cg rates total i shares=(1 2 4)
	[ "$XB_MODULES" = ours ] || skip "the in-tree driver has no cgroups"
	backing_null disk 16
	_iocost
	guest_create g1
	_attach xvdb 100
	_attach xvdc 200
	_attach xvdd 400
	mapfile -t rates < <(_rates)
	[ "${#rates[@]}" -eq 3 ] || fail "fio: ${rates[*]}"
	total=$((rates[0] + rates[1] + rates[2]))
	echo "${rates[*]} of $total requests a second"
	[ "$XB_MODE" != deterministic ] || [ "$total" -ge $((IOPS * 8 / 10)) ] ||
		fail "the disk is not busy: $total of $IOPS"
	for i in 0 1 2; do
		_is_share "${rates[i]}" "$total" "${shares[i]}" ||
			fail "${rates[*]} is not 1:2:4 within 10 %"
	done
	for i in b c d; do
		vbd_detach g1 "xvd$i" || fail "detach"
	done
	pass
}
