# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
# What `xbtb demo` runs, once with each set of backends: a guest, a disk and a
# network card. Lines that begin with POINT or RATE become its tables.
DESCRIPTION="show a guest that does I/O through the loaded backends"
TIMEOUT=300

_say() {
	printf '\n== %s\n' "$*"
}

_what_runs_where() {
	_say "the machine"
	echo "hypervisor  $(xl info | awk '/^xen_version/ { print "Xen", $3 }')"
	echo "dom0        Linux $(uname -r), $(nproc) CPU(s)"
	echo "guest       Linux $(guest_run g1 uname -r), stock frontends"
	lsmod | awk '/^xen_(gnttab_helpers|blkback|netback) / { print $1 }' |
		xargs -n 1 modinfo -n | sed 's/^/backend     /'
	xl list
}

# Percentiles are in microseconds; the terse format has 41 fields for reads,
# then as many for writes.
_point() {	# LABEL FIO OPTION...
	local label=$1
	shift
	guest_run g1 60 "fio --name=p --filename=/dev/xvdb --size=64M --direct=1 \
		--ioengine=libaio --time_based --runtime=3 --ramp_time=1 \
		--output-format=terse $* 2>/dev/null" |
		awk -F';' -v label="$label" '/^3;fio/ {
			at = $8 > 0 ? 0 : 41
			split($(24 + at), p50, "="); split($(30 + at), p99, "=")
			printf "POINT %s %d %d %d\n", label, $(8 + at), p50[2], p99[2]
		}'
}

_figures() {
	_point 4K-randread-depth-1 --rw=randread --bs=4k --iodepth=1
	_point 4K-randread-depth-16 --rw=randread --bs=4k --iodepth=16
	_point 4K-randwrite-depth-16 --rw=randwrite --bs=4k --iodepth=16
	_point 128K-read-depth-16 --rw=read --bs=128k --iodepth=16
}

_rate() {	# LABEL IPERF3-OPTION...
	local label=$1
	shift
	guest_run g1 60 "iperf3 -c 10.0.0.1 -t 3 -f m $* 2>/dev/null" |
		awk -v label="$label" '/receiver/ { print "RATE", label, $7 }'
}

_rates() {
	iperf3 -s -D
	_rate TCP-guest-to-dom0
	_rate TCP-dom0-to-guest -R
	pkill -x iperf3
}

_what_the_admin_sees() {
	local device backend
	backend=$(vbd_backend g1 xvdb)
	device=/sys/bus/xen-backend/devices/vbd-$(guest_domid g1)-51728
	_say "xentop"
	xentop -b -i 1 -f | awk '{ printf "%10s %9s %8s %8s %10s %10s\n", $1, $3,
		$(NF - 4), $(NF - 3), $(NF - 2), $(NF - 1) }'
	_say "xenstore-ls -f $backend"
	xenstore-ls -f "$backend" | sed "s|^$backend/||"
	_say "${device#/sys/bus/xen-backend/devices/}/statistics"
	(cd "$device/statistics" && grep -H . -- * | sed 's/:/ /' | _column_pairs)
}

_column_pairs() {
	awk '{ printf "%-14s %12s%s", $1, $2, NR % 2 ? "   " : "\n" }
		END { if (NR % 2) print "" }'
}

test_main() {
	backing_null disk 128
	bridge_up
	guest_create g1
	_say "xl block-attach g1 phy:$disk,xvdb,w"
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "no disk"
	vif_attach g1 10.0.0.2 || fail "no network"
	_what_runs_where
	_say "fio in the guest: 16 MiB written and verified"
	guest_run g1 120 "fio --name=verify --filename=/dev/xvdb --rw=randwrite \
		--bs=16k --size=16M --direct=1 --ioengine=libaio --iodepth=16 \
		--verify=crc32c | grep -E 'READ:|WRITE:|err='" || fail "fio"
	_figures
	_what_the_admin_sees
	_rates
	vbd_detach g1 xvdb || fail "the disk does not go away"
	vif_detach g1 0 || fail "the interface does not go away"
	pass
}
