# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What domains cost: the hypervisor's cpu_time of each, taken by xb-cost just
# before and just after something runs. In ns, which in the deterministic mode
# are instructions of the domain and of Xen on its behalf.
COST_BASE_DOM0=0
COST_BASE_GUEST=0
COST_FILES=()
COST_OPTIONS=()
COST_PID=
COST_WINDOW=0
COST_RAW=$XB_RUN/cost.raw
COST_TEXT=$XB_RUN/cost.text

# Sum up what xb-cost wrote: COST_DOM0, COST_GUEST (all guests), COST_TIME.
_cost_read() {	# FILE
	local word a b now=''
	declare -A first=() last=()
	while read -r word a b; do
		case $now-$word in
		*-mark) now=$a ;;
		begin-time) first[time]=$a ;;
		begin-domain) first[$a]=$b ;;
		end-time) last[time]=$a ;;
		end-domain) last[$a]=$b ;;
		esac
	done < <(grep -E '^(mark|time|domain) ' "$1")
	[ "$now" = end ] || return 1
	# shellcheck disable=SC2034 # for the caller
	COST_TIME=$((last[time] - first[time]))
	COST_DOM0=$((last[0] - first[0] - COST_BASE_DOM0))
	COST_GUEST=$((-COST_BASE_GUEST))
	for a in "${!last[@]}"; do
		[[ $a == [1-9]* ]] || continue
		COST_GUEST=$((COST_GUEST + last[$a] - ${first[$a]:-0}))
	done
}

# The number of the measurement that has just ended, since the boot: a plugin
# of the emulator, which sees the same marks, counts them as well.
_cost_window() {	# to COST_WINDOW
	local file=$XB_RUN/cost.window
	[ ! -e "$file" ] || COST_WINDOW=$(<"$file")
	COST_WINDOW=$((COST_WINDOW + 1))
	echo "$COST_WINDOW" >"$file"
}

_cost_options() {	# to COST_OPTIONS: the files that xb-cost prints
	local file
	COST_OPTIONS=()
	for file in ${COST_FILES[@]+"${COST_FILES[@]}"}; do
		COST_OPTIONS+=(-f "$file")
	done
}

# Let xb-cost wait for the marks of these guests; its number to COST_PID.
_cost_start() {	# SECONDS NAME...
	local ready=$XB_RUN/cost.ready seconds=$1
	shift
	_cost_options
	: >"$ready"
	xb-cost ${COST_OPTIONS[@]+"${COST_OPTIONS[@]}"} -t "$seconds" \
		"${@/#//var/log/xen/console/guest-}" >"$COST_RAW" 2>"$ready" &
	COST_PID=$!
	wait_for 10 test -s "$ready"
}

# Run CMD in a guest, or in several at the same moment; the worst status. What
# they say is then in $COST_TEXT, what it has cost in COST_DOM0 and COST_GUEST
# (all guests), the time it took in COST_TIME, all in ns; $COST_RAW is what
# xb-cost wrote, with the files named in COST_FILES before and after.
cost_run() {	# "NAME..." SECONDS CMD...
	local name names seconds=$2 rc=0 begin delay
	declare -A ids=()
	read -ra names <<<"$1"
	shift 2
	_cost_start "$seconds" "${names[@]/%/.log}"
	begin=$((${EPOCHREALTIME/./} + 300000 * ${#names[@]}))
	for name in "${names[@]}"; do
		delay=$((begin - ${EPOCHREALTIME/./}))
		_guest_send "$name" "echo; echo XBMARK begin
			usleep $((delay > 50000 ? delay : 50000))
			($*
			) >/tmp/cost.out 2>&1; rc=\$?
			echo; echo XBMARK end; usleep 300000
			cat /tmp/cost.out; exit \$rc" || return
		ids[$name]=$XB_RUN_ID
	done
	# No polling here: it would be measured as well.
	wait "$COST_PID" || { cat "$XB_RUN/cost.ready" >&2; return 124; }
	_cost_window
	: >"$COST_TEXT"
	for name in "${names[@]}"; do
		XB_RUN_ID=${ids[$name]}
		_guest_answer "$name" 60 >>"$COST_TEXT" || rc=$?
	done
	_cost_read "$COST_RAW" || return 124
	return "$rc"
}

# The same for a command of dom0, whose output goes to $COST_TEXT.
cost_command() {	# CMD ARG...
	local rc=0
	_cost_options
	xb-cost ${COST_OPTIONS[@]+"${COST_OPTIONS[@]}"} -c "$@" \
		>"$COST_RAW" 2>"$COST_TEXT" || rc=$?
	_cost_window
	_cost_read "$COST_RAW" || return 124
	return "$rc"
}

# Find out what cost_run costs with this command (none: what it costs by
# itself), to be subtracted from then on.
cost_calibrate() {	# "NAME..." [CMD...]
	local guests=$1
	shift
	COST_BASE_DOM0=0 COST_BASE_GUEST=0
	cost_run "$guests" 60 "${*:-:}" || return
	wait_for 1 false || :
	cost_run "$guests" 60 "${*:-:}" || return
	COST_BASE_DOM0=$COST_DOM0 COST_BASE_GUEST=$COST_GUEST
}
