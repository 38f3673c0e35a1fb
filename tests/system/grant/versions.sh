# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Guests whose grant table has the second layout, where the hypervisor allows
# it (not on Arm, not with gnttab=max-ver:1), and the first where it does not.
DESCRIPTION="disks and packets of guests with grant tables of either version"
TIMEOUT=400

_allowed() {	# the highest version that a guest can have
	if [ "$XB_ARCH" = arm64 ] || [[ $(xl info xen_commandline) == *gnttab=max-ver:1* ]]; then
		echo 1
	else
		echo 2
	fi
}

_disk() {	# PERSISTENT COPY_SEGS
	frontend_reload g4 "feature_persistent=$1" || fail "loading the frontend"
	vbd_attach g4 "phy:$disk,xvdb,w" || fail "attach"
	[ -z "$2" ] ||
		echo "$2" >"/sys/bus/xen-backend/devices/vbd-$(guest_domid g4)-51728/copy_segs"
	guest_run g4 200 "fio --name=v --filename=/dev/xvdb --rw=randwrite --bs=64k --size=4M \
		--direct=1 --ioengine=libaio --iodepth=16 --verify=crc32c --verify_fatal=1 \
		--verify_async=0 >/tmp/out 2>&1 || { grep -E 'verify|err=' /tmp/out; exit 1; }" ||
		fail "fio with version $version, persistent $1, copy_segs $2"
	vbd_detach g4 xvdb || fail "detach"
}

_forget() {
	guest_destroy g4
}

test_main() {
	local version wanted got
	backing_null disk 16
	on_exit _forget
	for version in 1 2; do
		wanted=$version
		[ "$wanted" -le "$(_allowed)" ] || wanted=$(_allowed)
		guest_create g4 "extra = \"$XB_GUEST_EXTRA grant_table.version=$version\""
		# Not its whole lines: they would be taken for its kernel's.
		got=$(guest_run g4 "dmesg | grep -o 'Grant tables using version [12]'")
		got=${got##* }
		[ "$got" = "$wanted" ] || fail "the guest has version '$got', not $wanted"
		echo "asked for version $version, got $got"
		_disk 1 ""
		_disk 0 ""
		_disk 0 0
		vif_attach g4 10.0.0.2 || fail "attaching the vif"
		ping -q -c 3 -W 2 -s 4000 10.0.0.2 >/dev/null || fail "no ping"
		vif_detach g4 0 || fail "detaching the vif"
	done
	pass
}
