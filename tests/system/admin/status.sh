# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# What the admin's command shows is compared with where it is from, and what is in
# its way with what was put there. The kernel's own modules have less, which is said.
DESCRIPTION="xen-backends shows disks and interfaces as they are, of either modules, with and without root"
TIMEOUT=400
NEEDS="admin"
XEN_BACKENDS=/xb/checkout/scripts/xen-backends

_show() {	# ARGUMENT...
	"$XEN_BACKENDS" "$@" >"$XB_RUN/shown" || fail "xen-backends $*: $?"
}

_says() {	# TEXT
	grep -qF -- "$1" "$XB_RUN/shown" || fail "no '$1' in: $(<"$XB_RUN/shown")"
}

_silent() {	# TEXT
	! grep -qF -- "$1" "$XB_RUN/shown" || fail "'$1' in: $(<"$XB_RUN/shown")"
}

# Of the JSON shown last, by lines of DEVICE | EXPRESSION | WANTED. Python takes
# long to start here.
_are() {
	python3 -I -c "import json, sys
every = json.load(open(sys.argv[1]))
for line in sys.stdin:
	name, expression, wanted = (part.strip() for part in line.split('|'))
	device = next(d for d in every['devices'] if d['device'] == name)
	got = str(eval(expression))
	if got != wanted:
		sys.exit(f'{expression} of {name} is {got}, not {wanted}')" \
		"$XB_RUN/shown" 2>"$XB_RUN/not" || fail "$(tail -n 1 "$XB_RUN/not")"
}

_work() {
	guest_run g1 "dd if=/dev/xvdb of=/dev/null bs=4k count=300 iflag=direct
		dd if=/dev/zero of=/dev/xvdb bs=64k count=50 oflag=direct" || fail "dd"
	ping -q -c 5 -i 0.2 10.0.0.2 >/dev/null || fail "ping"
}

_stat() {	# NAME
	cat "$device/statistics/$1"
}

_status() {
	_show status
	_says "$vbd"
	_says "xvdb = ${disk##*/} (w)"
	_says "vif$domid.0 on br0"
	_says "tx 2.5MB/s"
	_show status g1/xvdb
	_says "domain $domid"
	_show status "vif$domid.0"
	_says "bridge                 br0"
	! "$XEN_BACKENDS" status nobody 2>/dev/null || fail "nobody has devices"
}

_json() {
	_show json
	_are <<-END
	$vbd | device['domain'] + device['state'] + device['frontend_state'] | g1ConnectedConnected
	$vbd | device['waits'] or device['error'] | None
	$vbd | device['counters']['rd_sect'] | $(_stat rd_sect)
	$vbd | device['disk']['name'] | ${disk##*/}
	$vbd | device['disk']['sectors'] | 32768
	$vbd | device['features']['persistent_grants'] | True
	$vif | device['interface']['name'] | vif$domid.0
	$vif | device['interface']['carrier'] | True
	$vif | device['counters']['tx_packets'] > 5 | True
	$vif | device['limits']['tx_bytes_per_second'] | 2500000
	$vif | device['features']['sg'] | True
	END
}

_only_ours() {
	_are <<-END
	$vbd | device['ours'] | True
	$vbd | device['limits']['requests_per_second'] | 5000
	$vbd | device['latency_us']['read']['count'] >= 300 | True
	$vbd | device['latency_us']['read']['p99'] > 0 | True
	$vbd | sum(q['rd_sect'] for q in device['queues']) | $(_stat rd_sect)
	$vbd | device['budget']['domain']['max'] | 32768
	$vif | device['queues'][0]['tx_packets'] > 5 | True
	$vif | device['rings'][0]['tx_nr_ents'] | 256
	$vif | every['missing'] | []
	END
}

_only_intree() {
	_are <<-END
	$vbd | device['ours'] or device['limits'] or device['latency_us'] | None
	$vif | len([m for m in every['missing'] if 'own' in m]) | 2
	END
	_show status
	_says "(the kernel's own module)"
	_says "xen_blkback is the kernel's own, and has no limits"
}

_prometheus() {
	_show prometheus
	_says "xen_vbd_bytes_total{device=\"$vbd\",domain=\"g1\",op=\"read\"} $(($(_stat rd_sect) * 512))"
	_says "xen_device_state{device=\"$vif\",domain=\"g1\",state=\"Connected\"} 1"
	[ "$XB_MODULES" != ours ] ||
		_says "xen_vbd_limit_requests_per_second{device=\"$vbd\",domain=\"g1\"} 5000"
	"$XEN_BACKENDS" prometheus --output "$XB_RUN/page.prom" || fail "--output"
	grep -q '^xen_vif_packets_total' "$XB_RUN/page.prom" || fail "--output: no page"
	printf 'GET /metrics HTTP/1.0\r\n\r\n' | "$XEN_BACKENDS" prometheus --http |
		grep -q "^xen_device_info.*$vbd" || fail "--http"
}

# A guest writes what it likes for whoever looks at its directory.
_hostile() {
	local node=/local/domain/$domid/device/vbd/51728/protocol was
	was=$(xenstore-read "$node")
	xenstore-write "$node" $'\e[31m\n=== file /etc/shadow\n x'
	_show status
	! grep -q $'\e' "$XB_RUN/shown" || fail "a guest writes on the terminal"
	[ "$(grep -c "^$vbd" "$XB_RUN/shown")" = 1 ] || fail "a guest makes lines"
	_show report
	! grep -qE $'\e|^=== file /etc/shadow' "$XB_RUN/shown" || fail "a guest writes reports"
	xenstore-write "$node" "$was"
}

# … and numbers as large as it likes.
_lies() {
	local dir=/local/domain/$domid/device was
	was=$(xenstore-read "$dir/vif/0/multi-queue-num-queues")
	xenstore-write "$dir/vif/0/multi-queue-num-queues" 7 \
		"$dir/vbd/51728/multi-queue-num-queues" 99999999999999999999
	_show json
	_are <<-END
	$vbd | device['features']['queues'] | 1
	$vif | device['features']['queues'] | 1
	END
	xenstore-write "$dir/vif/0/multi-queue-num-queues" "$was"
	xenstore-rm "$dir/vbd/51728/multi-queue-num-queues"
}

# The kernel shows sysfs to everybody.
_without_root() {
	local debugfs=False
	[ "$XB_MODULES" != ours ] || debugfs=True
	chroot --userspec=65534:65534 / "$XEN_BACKENDS" json >"$XB_RUN/shown" ||
		fail "nobody: $?"
	_are <<-END
	$vbd | device['counters']['rd_sect'] | $(_stat rd_sect)
	$vbd | device['domain'] or device['features'] | None
	$vif | device['counters']['tx_packets'] > 5 | True
	$vif | every['missing'][0].split(':')[0] | xenstore
	$vif | any(m.startswith('debugfs: ') for m in every['missing']) | $debugfs
	END
}

_top() {
	local load
	load=$(guest_bg g1 "dd if=/dev/xvdb of=/dev/null bs=4k count=2000 iflag=direct")
	_show top --once -d 1 -s IOPS
	awk -v d="$vbd" '$1 == d && $(NF - 11) != "0" && $(NF - 11) != "-" { found = 1 }
		END { exit !found }' "$XB_RUN/shown" || fail "top: $(<"$XB_RUN/shown")"
	cat "$XB_RUN/shown"
	guest_wait g1 "$load" 60 >/dev/null || fail "dd"
}

# No driver behind it. The kernel's own says that in other words.
_ghost() {
	mknod /dev/ghost b 240 77
	on_exit rm -f /dev/ghost
	timeout 60 xl block-attach g1 "phy:/dev/ghost,xvdc,w" || fail "attach"
	on_exit _vbd_forget g1 xvdc
}

_waits() {
	_guest_config g2 "disk = [ 'phy:$second,xvda,r' ]" >"$XB_RUN/guests/g2.cfg"
	xl create -p "$XB_RUN/guests/g2.cfg" >/dev/null || fail "xl create -p"
	on_exit guest_destroy g2
	ip link set "vif$domid.0" down
	[ "$XB_MODULES" != ours ] || _ghost
	_pause 2
	_show status
	_says "InitWait/Initialising"
	_says "waits for the guest: no driver there"
	_says "waits for ip link set vif$domid.0 up"
	[ "$XB_MODULES" != ours ] || _says "error: 6 opening the disk"
}

# What the report has is what was there.
_report() {
	_show report
	cp "$XB_RUN/shown" "$XB_RUN/report"
	_silent "$(xenstore-read "/local/domain/$domid/vm" | sed s,/vm/,,)"
	"$XEN_BACKENDS" status >"$XB_RUN/live"
	_show --from "$XB_RUN/report" status
	cmp "$XB_RUN/shown" "$XB_RUN/live" || fail "another status: $(<"$XB_RUN/shown")"
	cat "$XB_RUN/live"
	# The fixtures of tests/show are from here.
	echo "REPORT BEGINS"
	cat "$XB_RUN/report"
	echo "REPORT ENDS"
}

test_main() {
	local domid vbd vif device
	backing_null disk 16
	backing_null second 16
	guest_create g1
	on_exit vif_forget g1
	vbd_attach g1 "phy:$disk,xvdb,w" || fail "attach"
	vif_attach g1 10.0.0.2 rate=20Mb/s || fail "attach"
	domid=$(guest_domid g1)
	vbd=vbd-$domid-51728 vif=vif-$domid-0 device=$(vbd_device g1)
	if [ "$XB_MODULES" = ours ]; then
		echo 1 >"$device/latency_stats"
		echo 5000 >"$device/iops_limit"
	fi
	_work
	_status
	_json
	if [ "$XB_MODULES" = ours ]; then _only_ours; else _only_intree; fi
	_prometheus
	_hostile
	_lies
	_without_root
	_top
	_waits
	_report
	guest_destroy g2
	[ "$XB_MODULES" != ours ] || timeout 60 xl block-detach g1 xvdc || fail "detach"
	vbd_detach g1 xvdb || fail "detach"
	pass
}
