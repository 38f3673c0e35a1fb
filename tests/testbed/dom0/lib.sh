# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What tests use in dom0: verdicts, waiting, guests. The rest is in
# backing.sh (block devices to serve), net.sh, cost.sh and leaks.sh.
XB_RUN=/run/xb
XB_VERDICT=$XB_RUN/verdict
XB_CLEANUPS=()
XB_PAUSE=
XB_MARK=
XB_RUN_COUNT=0
XB_RUN_ID=
# Limits are for an idle host; run-tests says how slow this one is.
XB_SLOW=${XB_SLOW:-1}
declare -A XB_LOG_FD=()

# ---- verdicts: the worst one stays, and the first of the worst

pass() {
	[ -s "$XB_VERDICT" ] || echo PASS >"$XB_VERDICT"
}

# What backends and guests are at, for who was not there.
_report_state() {
	timeout 10 xl list
	ps -eo pid,stat,wchan:24,args | awk '/xvd|vif|xenwatch/'
	timeout 10 xenstore-ls /local/domain/0/backend
	timeout 10 grep -s . /sys/kernel/debug/xen-{net,blk}back/*/*
}

fail() {	# TEXT
	if ! grep -qs '^FAIL' "$XB_VERDICT"; then
		printf 'FAIL %s\n' "${*//$'\n'/ }" >"$XB_VERDICT"
		_report_state >"$XB_RUN/state" 2>&1 || :
	fi
	echo "FAIL: $*" >&2
	exit 1
}

skip() {	# REASON
	printf 'SKIP %s\n' "${*//$'\n'/ }" >"$XB_VERDICT"
	exit 0
}

# ---- what the kernel's own driver is known not to do, or to do wrong

# Is it to be played? With it, too, to see what happens (scripts/check/intree).
is_played() {
	[ "$XB_MODULES" = ours ] || [ -n "$XB_INTREE" ]
}

intree_fails() {	# WHAT: a test of that
	is_played || skip "the in-tree driver $1"
}

# ---- cleanup and waiting

on_exit() {	# CMD...: run it at the end, last one first
	XB_CLEANUPS+=("$(printf '%q ' "$@")")
}

# A parameter of a module, until the test ends.
module_param() {	# MODULE NAME VALUE
	local node=/sys/module/$1/parameters/$2
	on_exit eval "echo $(<"$node") >$node"
	echo "$3" >"$node"
}

_run_cleanups() {
	local i
	for ((i = ${#XB_CLEANUPS[@]} - 1; i >= 0; i--)); do
		eval "${XB_CLEANUPS[i]}" || echo "cleanup failed: ${XB_CLEANUPS[i]}"
	done
}

# Wait a moment without starting a process: nobody ever writes here.
_pause() {	# SECONDS
	if [ -z "$XB_PAUSE" ]; then
		[ -p "$XB_RUN/pause" ] || mkfifo "$XB_RUN/pause"
		exec {XB_PAUSE}<>"$XB_RUN/pause"
	fi
	read -r -t "$1" -u "$XB_PAUSE" _ || true
}

wait_for() {	# SECONDS CMD...: until CMD succeeds; 1 when time is up
	local end=$((SECONDS + $1 * XB_SLOW))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || return 1
		_pause 0.05
	done
}

# ---- the kernel's log; whoever empties it hides from the scan what was there

kmsg_mark() {
	XB_MARK="xb: mark in test $RANDOM$RANDOM"
	echo "$XB_MARK" >/dev/kmsg
}

# All of it when it has gone round and the mark is lost.
kmsg_since_mark() {
	dmesg | tac | sed "/$XB_MARK\$/,\$d" | tac
}

# ---- the guest's console: written through its pty, read from its log

# Open a guest's log for reading, at its end.
_log_open() {	# NAME
	local log=/var/log/xen/console/guest-$1.log fd
	[ -z "${XB_LOG_FD[$1]:-}" ] || return 0
	[ -e "$log" ] || : >"$log"
	exec {fd}<"$log"
	mapfile -u "$fd" -t LINES
	XB_LOG_FD[$1]=$fd
}

# Read a guest's log up to a line that matches REGEX, which goes to MATCH;
# all lines before it to LINES. 1 when the time is up or the guest is gone.
_log_wait() {	# NAME SECONDS REGEX
	local line part='' end=$((SECONDS + $2 * XB_SLOW)) check=$((SECONDS + 2))
	LINES=()
	while :; do
		if IFS= read -r -u "${XB_LOG_FD[$1]}" line; then
			line=$part$line part=''
			line=${line%$'\r'}
			if [[ $line =~ $3 ]]; then
				MATCH=$line
				return 0
			fi
			LINES+=("$line")
			continue
		fi
		part+=$line
		[ "$SECONDS" -le "$end" ] || return 1
		if [ "$SECONDS" -ge "$check" ]; then
			guest_domid "$1" >/dev/null || return 1
			check=$((SECONDS + 2))
		fi
		_pause 0.02
	done
}

# What lies between the agent's start mark and its answer, without the newline
# that the agent puts before the answer.
_log_output() {	# ID
	local i first=0 last=${#LINES[@]}
	for ((i = last - 1; i >= 0; i--)); do
		[ "${LINES[i]}" != "XBOUT $1" ] || { first=$((i + 1)); break; }
	done
	if [ "$last" -gt "$first" ] && [ -z "${LINES[last - 1]}" ]; then
		last=$((last - 1))
	fi
	for ((i = first; i < last; i++)); do
		# The guest's kernel writes to the same console.
		[[ ${LINES[i]} =~ ^\[\ *[0-9]+\.[0-9]{6}\]\  ]] ||
			printf '%s\n' "${LINES[i]}"
	done
}

# ---- guests

# Tests ask often, and xl takes three times as long as a look at a name.
guest_domid() {	# NAME: its domain number; fails when there is none
	local noted=$XB_RUN/guests/$1.domid id
	if [ -e "$noted" ]; then
		read -r id <"$noted"
		[ "$(xenstore-read "/local/domain/$id/name" 2>/dev/null)" != "$1" ] ||
			{ echo "$id"; return 0; }
	fi
	# In a trap a return without a number is of what was before the trap.
	id=$(xl domid "$1" 2>/dev/null) || return 1
	echo "$id" >"$noted"
	echo "$id"
}

_guest_config() {	# NAME [CFG LINE...]
	local name=$1
	shift
	cat <<-END
	name = "$name"
	type = "$XB_GUEST_TYPE"
	kernel = "/xb/guest/kernel"
	ramdisk = "/xb/guest/initramfs"
	extra = "$XB_GUEST_EXTRA${XB_INTREE:+ XBFRONT_LOOSE=1}"
	memory = 256
	vcpus = 1
	$XB_GUEST_CPUS
	$XB_GUEST_LINES
	on_poweroff = "destroy"
	on_reboot = "destroy"
	on_crash = "destroy"
	END
	[ $# -eq 0 ] || printf '%s\n' "$@"
}

_guest_answers() {	# NAME
	[ "$(guest_run "$1" 10 echo alive 2>/dev/null)" = alive ]
}

# Start a guest and wait until its agent answers. Nothing is done if it runs
# already with the same configuration.
guest_create() {	# NAME [CFG LINE...]
	local name=$1 file=$XB_RUN/guests/$1 want
	want=$(_guest_config "$@")
	if [ "$want" = "$(cat "$file.cfg" 2>/dev/null)" ] &&
		guest_domid "$name" >/dev/null && _guest_answers "$name"; then
		return 0
	fi
	guest_destroy "$name"
	printf '%s\n' "$want" >"$file.cfg"
	_log_open "$name"
	timeout "$((120 * XB_SLOW))" xl create "$file.cfg" >"$XB_RUN/xl-create.out" 2>&1 ||
		fail "xl create $name: $(tail -n 3 "$XB_RUN/xl-create.out")"
	_log_wait "$name" 120 '^XBREADY$' ||
		fail "guest $name does not answer: ${LINES[*]: -3}"
}

# A guest's clock goes on while it is paused: its kernel would take a long
# pause for a stall of its own, and the scan of its console for a fault.
guest_pause() {	# NAME
	_guest_looks_for_stalls "$1" 0 || fail "guest $1 cannot be told of a pause"
	xl pause "$1" || fail "pause $1"
}

guest_unpause() {	# NAME: it answers, and its kernel looks for stalls again
	xl unpause "$1" || fail "unpause $1"
	_guest_looks_for_stalls "$1" 1 || fail "guest $1 is still paused"
}

_guest_looks_for_stalls() {	# NAME 0|1
	guest_run "$1" "echo $((!$2)) >/sys/module/rcupdate/parameters/rcu_cpu_stall_suppress
		[ ! -e /proc/sys/kernel/watchdog ] || echo $2 >/proc/sys/kernel/watchdog"
}

guest_destroy() {	# NAME: gone when it returns, also if it never was
	rm -f "$XB_RUN/guests/$1".{cfg,domid}
	guest_domid "$1" >/dev/null || return 0
	xl destroy "$1"
	wait_for 30 _guest_gone "$1" || fail "guest $1 cannot be destroyed"
}

_guest_gone() {
	! guest_domid "$1"
}

# The pty of a guest's console, to TTY; it has another one after a reboot.
_guest_tty() {	# NAME
	local noted=$XB_RUN/guests/$1.domid domid
	if [ -e "$noted" ]; then
		TTY=$(xenstore-read "/local/domain/$(<"$noted")/console/tty" \
			2>/dev/null) && return 0
	fi
	domid=$(guest_domid "$1") || return 1
	TTY=$(xenstore-read "/local/domain/$domid/console/tty")
}

# Write a shell command to the guest's agent.
_guest_send() {	# NAME SCRIPT
	local script
	_guest_tty "$1" || { echo "no guest $1" >&2; return 125; }
	_log_open "$1"
	XB_RUN_ID=$BASHPID.$((++XB_RUN_COUNT))
	script=${2//\\/\\\\}
	printf 'XBRUN %s %s\n' "$XB_RUN_ID" "${script//$'\n'/\\n}" >"$TTY"
}

# What the last command says, and its status; 124 when it is not done in time.
_guest_answer() {	# NAME SECONDS
	local id=$XB_RUN_ID
	if ! _log_wait "$1" "$2" "XBDONE $id [0-9]+\$"; then
		_log_output "$id"
		return 124
	fi
	_log_output "$id"
	return "${MATCH##* }"
}

# Run a shell command in the guest: its output, its status; 124 when it is
# not done in time (60 s unless given).
guest_run() {	# NAME [SECONDS] CMD...
	local name=$1 seconds=60 rc=0
	shift
	if [[ $1 =~ ^[0-9]+$ ]]; then
		seconds=$1
		shift
	fi
	_guest_send "$name" "$*" || return
	_guest_answer "$name" "$seconds" || rc=$?
	[ "$rc" -ne 124 ] ||
		echo "guest $name: no answer in $seconds s to: $*" >&2
	return "$rc"
}

guest_bg() {	# NAME CMD...: start it in the guest, print a handle
	local name=$1 id=$BASHPID.$((++XB_RUN_COUNT))
	shift
	guest_run "$name" 30 "{ ($*
		) >/tmp/bg.$id.out 2>&1 </dev/null
		echo \$? >/tmp/bg.$id.rc; } >/dev/null 2>&1 &" >/dev/null || return 1
	echo "$id"
}

guest_wait() {	# NAME HANDLE [SECONDS]: output and status of guest_bg
	local seconds=${3:-60}
	guest_run "$1" "$((seconds + 10))" "i=0
		until [ -s /tmp/bg.$2.rc ]; do
			i=\$((i + 1)); [ \$i -le $((seconds * 10)) ] || exit 124
			usleep 100000
		done
		cat /tmp/bg.$2.out; exit \$(cat /tmp/bg.$2.rc)"
}

# ---- virtual block devices

_vdev() {	# DISKSPEC: the guest's name of the device in it
	if [[ $1 =~ vdev=([a-z0-9]+) ]]; then
		echo "${BASH_REMATCH[1]}"
	else
		echo "$1" | cut -d, -f2
	fi
}

vbd_backend() {	# NAME DEV: directory of the backend in xenstore
	local domid dir id
	domid=$(guest_domid "$1") || return 1
	dir=/local/domain/0/backend/vbd/$domid
	for id in $(xenstore-list "$dir" 2>/dev/null); do
		[ "$(xenstore-read "$dir/$id/dev" 2>/dev/null)" != "$2" ] ||
			{ echo "$dir/$id"; return 0; }
	done
	return 1
}

# Load the block frontend anew, with other parameters; no disk is attached.
frontend_reload() {	# NAME [PARAMETER=VALUE...]
	local name=$1
	shift
	guest_run "$name" 30 "i=0
		until rmmod xen-blkfront 2>/dev/null; do
			i=\$((i + 1)); [ \$i -le 100 ] || exit 1
			usleep 100000
		done
		modprobe xen-blkfront $*"
}

# xl block-attach, then until the guest has the device with a size.
vbd_attach() {	# NAME DISKSPEC
	local dev
	dev=$(_vdev "$2")
	timeout "$((60 * XB_SLOW))" xl block-attach "$1" "$2" || return 1
	[[ ${XB_CLEANUPS[*]} == *"_vbd_forget $1 $dev "* ]] ||
		on_exit _vbd_forget "$1" "$dev"
	guest_run "$1" 40 "i=0
		until [ -b /dev/$dev ] && [ \"\$(cat /sys/block/$dev/size)\" != 0 ]; do
			i=\$((i + 1)); [ \$i -le 300 ] || exit 1
			usleep 100000
		done"
}

vbd_device() {	# NAME [VDEV NUMBER]: directory of the device in sysfs, xvdb
	echo "/sys/bus/xen-backend/devices/vbd-$(guest_domid "$1")-${2:-51728}"
}

vbd_requests() {	# NAME: reads and writes of its xvdb so far
	local dir
	dir=$(vbd_device "$1")/statistics
	echo $(($(<"$dir/rd_req") + $(<"$dir/wr_req")))
}

# Has the guest done more reads and writes on its xvdb than that?
vbd_is_loaded() {	# NAME [COUNT]
	[ "$(vbd_requests "$1")" -gt "${2:-500}" ]
}

# Has the guest I/O on its xvdb that a running disk would have done by now?
_vbd_hangs() {	# NAME
	_pause 0.2
	guest_run "$1" 10 "read -r r w </sys/block/xvdb/inflight &&
		[ \$((r + w)) -gt 0 ]"
}

# Suspend the device-mapper disk behind a busy xvdb, until a request hangs.
vbd_hang() {	# NAME DISK
	dmsetup suspend --noudevsync --nolockfs "${2##*/}"
	wait_for 60 _vbd_hangs "$1"
}

# For tests that fail: what they leave attached would fail the next ones.
_vbd_forget() {	# NAME DEV
	vbd_backend "$1" "$2" >/dev/null || return 0
	vbd_detach "$1" "$2" || guest_destroy "$1"
}

# xl block-detach, then until both sides have forgotten the device.
vbd_detach() {	# NAME DEV
	local backend device
	backend=$(vbd_backend "$1" "$2") || return 1
	device=vbd-${backend#/local/domain/0/backend/vbd/}
	device=/sys/bus/xen-backend/devices/${device/\//-}
	timeout "$((60 * XB_SLOW))" xl block-detach "$1" "$2" || return 1
	wait_for 30 test ! -e "$device" || return 1
	guest_run "$1" 40 "i=0
		while [ -e /sys/block/$2 ]; do
			i=\$((i + 1)); [ \$i -le 300 ] || exit 1
			usleep 100000
		done"
}

# shellcheck source=backing.sh
. /xb/backing.sh
# shellcheck source=replace.sh
. /xb/replace.sh
# shellcheck source=net.sh
. /xb/net.sh
# shellcheck source=rogue.sh
. /xb/rogue.sh
# shellcheck source=cost.sh
. /xb/cost.sh
# shellcheck source=leaks.sh
. /xb/leaks.sh
