# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What tests use in dom0: verdicts, waiting, guests. The rest is in
# backing.sh (block devices to serve) and leaks.sh.
XB_RUN=/run/xb
XB_VERDICT=$XB_RUN/verdict
XB_CLEANUPS=()

# ---- verdicts: the worst one stays, and the first of the worst

pass() {
	[ -s "$XB_VERDICT" ] || echo PASS >"$XB_VERDICT"
}

fail() {	# TEXT
	if ! grep -qs '^FAIL' "$XB_VERDICT"; then
		printf 'FAIL %s\n' "${*//$'\n'/ }" >"$XB_VERDICT"
	fi
	echo "FAIL: $*" >&2
	exit 1
}

skip() {	# REASON
	printf 'SKIP %s\n' "${*//$'\n'/ }" >"$XB_VERDICT"
	exit 0
}

# ---- cleanup and waiting

on_exit() {	# CMD...: run it at the end, last one first
	XB_CLEANUPS+=("$(printf '%q ' "$@")")
}

_run_cleanups() {
	local i
	for ((i = ${#XB_CLEANUPS[@]} - 1; i >= 0; i--)); do
		eval "${XB_CLEANUPS[i]}" || echo "cleanup failed: ${XB_CLEANUPS[i]}"
	done
}

wait_for() {	# SECONDS CMD...: until CMD succeeds; 1 when time is up
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.05
	done
}

# ---- the guest's console

_console_log() {
	echo "/var/log/xen/console/guest-$1.log"
}

_size() {
	stat -c %s "$1" 2>/dev/null || echo 0
}

# Print what a log gets from OFFSET on, up to a line that matches REGEX,
# which goes to MATCH; 1 when the time is up.
_follow() {	# LOG OFFSET SECONDS REGEX
	local line fd pid status=1 end=$((SECONDS + $3))
	exec {fd}< <(exec tail -c "+$(($2 + 1))" -f "$1" 2>/dev/null)
	pid=$!
	while [ "$SECONDS" -le "$end" ] &&
		IFS= read -r -t "$((end - SECONDS + 1))" -u "$fd" line; do
		line=${line%$'\r'}
		if [[ $line =~ $4 ]]; then
			MATCH=$line
			status=0
			break
		fi
		printf '%s\n' "$line"
	done
	exec {fd}<&-
	kill "$pid" 2>/dev/null || true
	return "$status"
}

# ---- guests

guest_domid() {	# NAME: its domain number; fails when there is none
	xl domid "$1" 2>/dev/null
}

_guest_config() {	# NAME [CFG LINE...]
	local name=$1
	shift
	cat <<-END
	name = "$name"
	type = "$XB_GUEST_TYPE"
	kernel = "/xb/guest/vmlinuz"
	ramdisk = "/xb/guest/initramfs"
	extra = "$XB_GUEST_EXTRA"
	memory = 256
	vcpus = 1
	$XB_GUEST_CPUS
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
	local name=$1 cfg=$XB_RUN/guests/$1.cfg log want offset
	log=$(_console_log "$name")
	want=$(_guest_config "$@")
	if [ "$want" = "$(cat "$cfg" 2>/dev/null)" ] &&
		guest_domid "$name" >/dev/null && _guest_answers "$name"; then
		return 0
	fi
	guest_destroy "$name"
	printf '%s\n' "$want" >"$cfg"
	touch "$log"
	offset=$(_size "$log")
	timeout 120 xl create "$cfg" >"$XB_RUN/xl-create.out" 2>&1 ||
		fail "xl create $name: $(tail -n 3 "$XB_RUN/xl-create.out")"
	_follow "$log" "$offset" 120 '^XBREADY$' >/dev/null ||
		fail "guest $name does not answer: $(tail -n 1 "$log")"
}

guest_destroy() {	# NAME: gone when it returns, also if it never was
	rm -f "$XB_RUN/guests/$1.cfg"
	guest_domid "$1" >/dev/null || return 0
	xl destroy "$1"
	wait_for 30 _guest_gone "$1" || fail "guest $1 cannot be destroyed"
}

_guest_gone() {
	! guest_domid "$1"
}

# Run a shell command in the guest: its output, its status; 124 when it is
# not done in time (60 s unless given).
guest_run() {	# NAME [SECONDS] CMD...
	local name=$1 seconds=60 log offset id tty script domid
	shift
	if [[ $1 =~ ^[0-9]+$ ]]; then
		seconds=$1
		shift
	fi
	log=$(_console_log "$name")
	domid=$(guest_domid "$name") || { echo "no guest $name" >&2; return 125; }
	tty=$(xenstore-read "/local/domain/$domid/console/tty")
	id=$RANDOM$RANDOM
	script=$(printf '%s\n' "$*" | base64 -w 0)
	offset=$(_size "$log")
	printf 'XBRUN %s %s\n' "$id" "$script" >"$tty"
	if ! _follow "$log" "$offset" "$seconds" "XBDONE $id [0-9]+\$" \
		>"$XB_RUN/guest-run.$BASHPID"; then
		cat "$XB_RUN/guest-run.$BASHPID"
		echo "guest $name: no answer in $seconds s to: $*" >&2
		return 124
	fi
	_guest_output "$id" <"$XB_RUN/guest-run.$BASHPID"
	rm -f "$XB_RUN/guest-run.$BASHPID"
	return "${MATCH##* }"
}

# What lies between the agent's start mark and its answer, without the newline
# that the agent puts before the answer.
_guest_output() {	# ID
	awk -v mark="XBOUT $1" '{ line[++n] = $0 }
		$0 == mark { n = 0 }
		END { if (n && line[n] == "") n--
		      for (i = 1; i <= n; i++) print line[i] }'
}

guest_bg() {	# NAME CMD...: start it in the guest, print a handle
	local name=$1 id=$RANDOM$RANDOM script
	shift
	script=$(printf '%s\n' "$*" | base64 -w 0)
	guest_run "$name" 30 "echo $script | base64 -d >/tmp/bg.$id
		{ sh /tmp/bg.$id >/tmp/bg.$id.out 2>&1 </dev/null
		  echo \$? >/tmp/bg.$id.rc; } >/dev/null 2>&1 &"
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

# xl block-attach, then until the guest has the device with a size.
vbd_attach() {	# NAME DISKSPEC
	local dev
	dev=$(_vdev "$2")
	timeout 60 xl block-attach "$1" "$2" || return 1
	guest_run "$1" 40 "i=0
		until [ -b /dev/$dev ] && [ \"\$(cat /sys/block/$dev/size)\" != 0 ]; do
			i=\$((i + 1)); [ \$i -le 300 ] || exit 1
			usleep 100000
		done"
}

# xl block-detach, then until both sides have forgotten the device.
vbd_detach() {	# NAME DEV
	local backend device
	backend=$(vbd_backend "$1" "$2") || return 1
	device=vbd-${backend#/local/domain/0/backend/vbd/}
	device=/sys/bus/xen-backend/devices/${device/\//-}
	timeout 60 xl block-detach "$1" "$2" || return 1
	wait_for 30 test ! -e "$device" || return 1
	guest_run "$1" 40 "i=0
		while [ -e /sys/block/$2 ]; do
			i=\$((i + 1)); [ \$i -le 300 ] || exit 1
			usleep 100000
		done"
}

# shellcheck source=backing.sh
. /xb/backing.sh
# shellcheck source=leaks.sh
. /xb/leaks.sh
