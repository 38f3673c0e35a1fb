# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # lib.sh and cost.sh have the rest
# Sourced by the tests below tests/system/bench: measured points. Each is told
# in lines that scripts/bench reads:
#   POINT <name>
#   COST <dom0 ns> <guest ns> <time ns> <window of the plugin>
#   RAW <line of xb-cost>
#   TEXT <line of what ran>
#   STAT begin|end <counter of our drivers> <number>
#   END
BENCH_FIO="fio --name=p --size=960M --direct=1 --ioengine=libaio \
	--randrepeat=1 --percentile_list=50:99:99.9 --output-format=json"
: "${XB_GRID:=quick}" "${XB_SCALE:=100}" "${XB_DISKS:=vbd}"

bench_broad() {
	[ "$XB_GRID" != quick ]
}

# What our drivers have counted so far, over all their devices.
_bench_stats() {	# begin|end
	local file dev
	[ "$XB_MODULES" = ours ] || return 0
	{
		for file in /sys/bus/xen-backend/devices/vbd-*/statistics/*; do
			[ ! -e "$file" ] || echo "vbd.${file##*/} $(<"$file")"
		done
		for dev in /sys/class/net/vif*; do
			[ ! -e "$dev" ] || ethtool -S "${dev##*/}" |
				sed -n 's/^ *queue_[0-9]*_\(.*\): /vif.\1 /p'
		done
	} | awk -v when="$1" '{ sum[$1] += $2 }
		END { for (name in sum) print "STAT", when, name, sum[name] }'
}

# Measure with cost_run or cost_command, between two looks at our counters.
bench_measure() {	# CMD...
	_bench_stats begin >"$XB_RUN/cost.stats"
	"$@" || return
	_bench_stats end >>"$XB_RUN/cost.stats"
}

bench_say() {	# NAME
	printf 'POINT %s\nCOST %s %s %s %s\n' "$1" "$COST_DOM0" "$COST_GUEST" \
		"$COST_TIME" "$COST_WINDOW"
	sed 's/^/RAW /' "$COST_RAW"
	sed 's/^/TEXT /' "$COST_TEXT"
	cat "$XB_RUN/cost.stats"
	echo END
}

# Disks that answer at once, as reference points have them: /dev/nullb0 to 7.
# They take as much at once as NVMe does: with null_blk's own limit of 255 sectors
# each request of 128 KiB is cut in two, whoever serves it.
# The module stays where it is, so that its code is known by its addresses at
# the end, when symbols are read.
bench_disks() {
	[ -e /dev/nullb7 ] ||
		modprobe null_blk nr_devices=8 queue_mode=2 irqmode=0 gb=1 \
			max_sectors=2560
	COST_FILES=(/proc/stat)
}

# A guest for disks. Where QEMU serves them (XB_DISKS=qdisk) it must run for the
# guest beforehand: a directory to be shared, which no guest here asks for, is
# what makes xl start it.
bench_guest() {	# NAME [CFG LINE...]
	[ "$XB_DISKS" = vbd ] ||
		set -- "$@" 'p9 = [ "tag=none,path=/mnt,security_model=none" ]'
	guest_create "$@"
}

bench_attach() {	# GUEST NUMBER: that null disk, as its xvdb
	if [ "$XB_DISKS" = vbd ]; then
		vbd_attach "$1" "phy:/dev/nullb$2,xvdb,w" || fail "attach"
		return
	fi
	vbd_attach "$1" "backendtype=$XB_DISKS,vdev=xvdb,target=/dev/nullb$2" ||
		fail "attach: $(tail -n 5 /var/log/xen/qemu-dm-"$1".log)"
}

bench_detach() {	# GUEST
	if [ "$XB_DISKS" = vbd ]; then
		vbd_detach "$1" xvdb || fail "detach"
		return
	fi
	timeout "$((60 * XB_SLOW))" xl block-detach "$1" xvdb || fail "detach"
	wait_for 30 guest_run "$1" 5 "[ ! -e /sys/block/xvdb ]" ||
		fail "detach"
}

# How many requests of a size are worth waiting for, to REQUESTS.
_bench_requests() {	# SIZE
	case $1 in
	4k) REQUESTS=3000 ;;
	32k) REQUESTS=1500 ;;
	128k) REQUESTS=600 ;;
	1m) REQUESTS=100 ;;
	esac
	REQUESTS=$((REQUESTS * XB_SCALE / 100))
}

# fio in guests, one block point.
bench_block() {	# NAME "GUEST..." DEVICE SIZE RW DEPTH [OPTION...]
	local name=$1 guests=$2 dev=$3 size=$4 rw=$5 depth=$6 mix=
	shift 6
	_bench_requests "$size"
	[[ $rw != *rw ]] || mix=--rwmixread=70
	bench_measure cost_run "$guests" 300 "$BENCH_FIO --filename=$dev \
		--bs=$size --rw=$rw --iodepth=$depth $mix \
		--io_size=$((REQUESTS * ${size%[km]}))${size: -1} $*" ||
		fail "$name: $(tail -n 5 "$COST_TEXT")"
	bench_say "$name"
}

# Subtract from block points what fio costs that asks for one request.
bench_calibrate() {	# "GUEST..." DEVICE
	cost_calibrate "$1" "$BENCH_FIO --filename=$2 --bs=4k --io_size=4k" ||
		fail "calibration: $(tail -n 5 "$COST_TEXT")"
}

# dom0 sends to an iperf3 that is there. To start one in dom0, which is measured
# as well, costs as much as 20 MiB, give or take 5 (it loads libcrypto): much
# more is sent.
bench_push() {	# NAME ADDRESS
	COST_BASE_DOM0=0 COST_BASE_GUEST=0
	for _ in cold warm; do
		cost_command iperf3 -J -c "$2" -n 1K -l 1K ||
			fail "calibration: $(tail -n 5 "$COST_TEXT")"
		wait_for 2 false || :
	done
	COST_BASE_DOM0=$COST_DOM0 COST_BASE_GUEST=$COST_GUEST
	bench_measure cost_command iperf3 -J -c "$2" -n 240M ||
		fail "$1: $(tail -n 5 "$COST_TEXT")"
	bench_say "$1"
}

# The grid over sizes, directions and depths; its quick part are the points
# for which there are goals.
bench_grid() {	# PREFIX GUEST DEVICE
	local size rw depth
	if [ "$XB_GRID" != full ]; then
		bench_block "$1/4k/randread/1" "$2" "$3" 4k randread 1
		bench_block "$1/4k/randread/16" "$2" "$3" 4k randread 16
		bench_block "$1/4k/randwrite/16" "$2" "$3" 4k randwrite 16
		bench_block "$1/32k/randread/16" "$2" "$3" 32k randread 16
		bench_block "$1/128k/read/16" "$2" "$3" 128k read 16
		bench_block "$1/128k/write/16" "$2" "$3" 128k write 16
		return
	fi
	for size in 4k 32k 128k 1m; do
		for rw in read write rw randread randwrite randrw; do
			for depth in 1 4 16 32; do
				bench_block "$1/$size/$rw/$depth" "$2" "$3" \
					"$size" "$rw" "$depth"
			done
		done
	done
}

# What happens once only: pages are allocated, persistent grants mapped. No
# deeper than the points go: the more grants stay mapped, the dearer it is to
# find one.
_bench_warm_up() {	# GUEST DEVICE
	local size=128k depth=16
	[ "$XB_GRID" != full ] || { size=1m depth=32; }
	guest_run "$1" 300 "$BENCH_FIO --filename=$2 --bs=$size --rw=randrw \
		--iodepth=$depth --io_size=100m" >/dev/null || fail "warm-up"
}

# One disk, all points, by one kind of frontend.
bench_frontend() {	# PREFIX PARAMETER...
	bench_disks
	bench_guest g1
	frontend_reload g1 "${@:2}" || fail "the frontend"
	bench_attach g1 0
	bench_calibrate g1 /dev/xvdb
	_bench_warm_up g1 /dev/xvdb
	bench_grid "$1" g1 /dev/xvdb
	[ "$1" != grants ] || _bench_mapped g1 /dev/xvdb
	bench_detach g1
}

# What copying saves: ours maps if it is told to.
_bench_mapped() {	# GUEST DEVICE
	local knob
	knob=$(vbd_device "$1")/copy_segs
	[ -e "$knob" ] || return 0
	echo 0 >"$knob"
	bench_block mapped/4k/randread/16 "$1" "$2" 4k randread 16
	bench_block mapped/128k/read/16 "$1" "$2" 128k read 16
}

# iperf3 in a guest against a server that runs already; -J is read by the host.
bench_iperf() {	# NAME GUEST OPTION...
	local name=$1 guest=$2 try
	shift 2
	# The server takes one client at a time, and a moment to let go of it.
	for try in 1 2 3; do
		wait_for 1 false || :
		bench_measure cost_run "$guest" 300 "iperf3 -J $*" && break
		[ "$try" -lt 3 ] || fail "$name: $(tail -n 5 "$COST_TEXT")"
	done
	bench_say "$name"
}

# Subtract what iperf3 costs that moves next to nothing.
bench_calibrate_iperf() {	# GUEST SERVER
	wait_for 1 false || :
	cost_calibrate "$1" "iperf3 -J -c $2 -n 1K -l 1K" ||
		fail "calibration: $(tail -n 5 "$COST_TEXT")"
}

bench_iperf_server() {	# in dom0
	iperf3 -s >"$XB_RUN/iperf3.out" 2>&1 &
	on_exit kill $!
}

# All that a profile needs to find functions (scripts/bench).
bench_symbols() {
	echo "symbols dom0"
	gzip -9 < <(cat /proc/kallsyms) | base64 -w 100
	echo "symbols guest"
	guest_run g1 120 "grep -E ' (_text|_stext)$|\[' /proc/kallsyms"
	echo "symbols end"
}
