# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
DESCRIPTION="scripts/bench/run --host, as on a real host: typed into xl console"
TIMEOUT=900
HOST_LIMIT=1800
NEEDS=bench

# A guest of the admin's: a disk, an interface, and a root shell on its console.
_guest_with_shell() {	# NAME DISK ADDRESS
	local cfg=$XB_RUN/guests/$1.cfg
	bridge_up
	XB_GUEST_EXTRA+=" xb.shell"
	_guest_config "$1" "disk = [ 'phy:$2,xvda,w' ]" \
		"vif = [ 'bridge=br0,script=vif-bridge' ]" >"$cfg"
	on_exit guest_destroy "$1"
	_log_open "$1"
	timeout "$((120 * XB_SLOW))" xl create "$cfg" || fail "xl create"
	_log_wait "$1" 120 '^guest: a disk is' || fail "no shell in the guest"
	_guest_tty "$1"
	wait_for 60 _shell_has_address "$3" || fail "no network in the guest"
}

# Type until somebody listens.
_shell_has_address() {	# ADDRESS
	printf 'ip addr add %s/24 dev eth0; ip link set eth0 up\n' "$1" >"$TTY"
	ping -c 1 -W 1 "$1"
}

# Whatever is said to have been measured was moved, in time that dom0 spent.
_look_at_results() {	# FILE REQUESTS
	python3 - "$@" <<-'END'
	import json, re, sys
	results = json.load(open(sys.argv[1]))
	points = results["points"]
	print(json.dumps(results["facts"], indent=1))
	disk = {n: p["units"] for n, p in points.items() if "latency_us" in p}
	rates = {n: p.get("iops") or p.get("bits_per_second")
	         for n, p in points.items()}
	loaded = results["facts"]["modules"]["xen_blkback"]
	errors = [text for bad, text in (
	    (len(disk) != 5 or len(points) != 8, f"points: {sorted(points)}"),
	    (not all(rates.values()), f"rates: {rates}"),
	    (not all(p["dom0_ns"] > 0 for p in points.values()), "no cost"),
	    (not 0 < sum(disk.values()) <= int(sys.argv[2]),
	     f"{disk}, but the backend has served {sys.argv[2]}"),
	    (not loaded["file"].endswith(".ko"), f"module: {loaded}"),
	    (not re.fullmatch(r"[\w.+-]+", results["facts"]["guest_kernel"]),
	     "the guest's kernel"),
	) if bad]
	sys.exit("; ".join(errors) or 0)
	END
}

test_main() {
	local disk dir requests
	backing_null disk 256
	_guest_with_shell real "$disk" 10.0.0.2
	iperf3 -s >"$XB_RUN/iperf3.out" 2>&1 &
	on_exit kill $!

	/xb/checkout/scripts/bench/run --host --guest real --disk /dev/xvda \
		--overwrite --server 10.0.0.1 --results "$XB_RUN/host" ||
		fail "run --host"
	dir=$(vbd_device real 51712)/statistics
	requests=$(($(<"$dir/rd_req") + $(<"$dir/wr_req")))
	_look_at_results "$XB_RUN/host/results.json" "$requests" ||
		fail "its results"
	pass
}
