# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2004 # numbers are keys here, not indexes
# Plays the table of life cycles (cells.sh): all cells of an event at once, each
# with a device, a frontend process in the guest "rogue" and a disk of its own.
# What is wrong is collected, so that one run tells of all cells.

# shellcheck source=cells.sh
. /xb/cells.sh
# shellcheck source=lives-vbd.sh
. /xb/lives-vbd.sh
# shellcheck source=lives-vif.sh
. /xb/lives-vif.sh

LIVES_FIRST=1
LIVES_BAD=0
LIVES_DONE=0
LIVES_SKIPPED=0
# By the number of a device: frontend, condition, disk, number of it.
declare -A LIVES_FRONT=() LIVES_COND=() LIVES_DISK=() LIVES_NUMBER=()
# What is wanted, and what there is.
declare -A LIVES_WANT=() LIVES_END=()
declare -A LIVES_WORDS=() LIVES_STATE=() LIVES_ERROR=()
LIVES_IDS=()

# Directories of all frontends, of all backends, and what devices are called.
_lives_name_all() {
	LIVES_FRONTS=/local/domain/$LIVES_DOMID/device/$LIVES_TYPE
	LIVES_BACKS=/local/domain/0/backend/$LIVES_TYPE/$LIVES_DOMID
	LIVES_ERRORS=/local/domain/0/error/backend/$LIVES_TYPE/$LIVES_DOMID
	LIVES_BUS=/sys/bus/xen-backend/devices/$LIVES_TYPE-$LIVES_DOMID
}

# ---- which cells

_lives_choose() {	# EVENT
	local front cond reason id=$LIVES_FIRST
	LIVES_IDS=() LIVES_FRONT=() LIVES_COND=() LIVES_WANT=() LIVES_END=()
	for cond in $(cell_conditions "$LIVES_TYPE"); do
		for front in $CELL_FRONTENDS; do
			reason=$(cell_skip "$LIVES_TYPE" "$1" "$front" "$cond")
			if [ -n "$reason" ]; then
				LIVES_SKIPPED=$((LIVES_SKIPPED + 1))
				[ "$reason" = "$LIVES_REASON" ] ||
					echo "skipped: $LIVES_TYPE, $1: $reason"
				LIVES_REASON=$reason
				continue
			fi
			LIVES_IDS+=("$id")
			LIVES_FRONT[$id]=$front
			LIVES_COND[$id]=$cond
			cell_rule "$LIVES_TYPE" "$1" "$front" "$cond"
			LIVES_WANT[$id]=$CELL_WORDS
			LIVES_END[$id]=$CELL_STATE
			id=$((id + 1))
		done
	done
}

# Numbers of all devices with one of these conditions, to IDS.
_lives_with() {	# CONDITION...
	local id
	IDS=()
	for id in "${LIVES_IDS[@]}"; do
		[[ " $* " != *" ${LIVES_COND[$id]} "* ]] || IDS+=("$id")
	done
}

# ---- the frontends

_lives_roles() {	# the same for all, if one is given
	local id
	for id in "${LIVES_IDS[@]}"; do
		echo "${1:-${LIVES_FRONT[$id]}}"
	done
}

_lives_play() {	# [ROLE]
	local roles command=blk-lives
	[ "$LIVES_TYPE" = vbd ] || command=net-lives
	mapfile -t roles < <(_lives_roles "$@")
	guest_bg rogue "XBFRONT_PATIENCE=90 xbfront $command ${LIVES_IDS[0]} ${roles[*]}" \
		>/dev/null
	LIVES_PLAYERS=$(printf '%s\n' "${roles[@]}" | grep -vc never)
}

_lives_are_ready() {
	_pause 0.3
	[ "$(guest_run rogue "grep -c ready /tmp/lives")" = "$LIVES_PLAYERS" ]
}

_lives_go() {
	guest_run rogue "touch /tmp/lives.go"
}

_lives_quiet() {
	guest_run rogue "killall -q -9 xbfront
		while pidof xbfront >/dev/null; do usleep 10000; done
		rm -f /tmp/lives*"
}

# ---- what there is to see

_lives_read_words() {
	local id word
	LIVES_WORDS=()
	[ -n "$LIVES_GUEST" ] || return 0
	while read -r id word; do
		[[ $id =~ ^[0-9]+$ ]] || continue
		[ "$word" != ready ] || continue
		LIVES_WORDS[$id]+="${LIVES_WORDS[$id]:+ }$word"
	done < <(guest_run rogue "cat /tmp/lives 2>/dev/null")
}

_lives_read_errors() {
	local line
	LIVES_ERROR=()
	while read -r line; do
		[[ $line =~ /([0-9]+)/error\ =\ \"(.*)\" ]] || continue
		LIVES_ERROR[${BASH_REMATCH[1]}]=${BASH_REMATCH[2]}
	done < <(xenstore-ls -fw "$LIVES_ERRORS" 2>/dev/null)
}

_lives_name() {	# DEVID STATE: what it is called, to NAME
	case $2 in
	[123]) NAME=waiting ;;
	4) NAME=connected ;;
	5) NAME=closing; [ -z "${LIVES_ERROR[$1]:-}" ] || NAME=refused ;;
	6) NAME=closed ;;
	*) NAME="state '$2'" ;;
	esac
}

# States that are there are read at once; each, if one is not.
_lives_read_states() {
	local id paths=() own
	for id in "${LIVES_IDS[@]}"; do
		[ ! -e "$LIVES_BUS-$id" ] || paths+=("$LIVES_BACKS/$id/state")
		LIVES_STATE[$id]=gone
	done
	[ "${#paths[@]}" -gt 0 ] || return 0
	mapfile -t own < <(xenstore-read "${paths[@]}" 2>/dev/null)
	if [ "${#own[@]}" != "${#paths[@]}" ]; then
		mapfile -t own < <(for id in "${paths[@]}"; do
			xenstore-read "$id" 2>/dev/null || echo
		done)
	fi
	_lives_read_errors
	for id in "${!paths[@]}"; do
		paths[id]=${paths[id]%/state}
		_lives_name "${paths[id]##*/}" "${own[id]}"
		LIVES_STATE[${paths[id]##*/}]=$NAME
	done
}

_lives_look() {
	_lives_read_words
	_lives_read_states
}

_lives_all_wait() {	# for their frontends, or have nothing to offer
	local id
	_pause 0.1
	_lives_read_states
	for id in "${LIVES_IDS[@]}"; do
		[[ ${LIVES_STATE[$id]} =~ ^(waiting|refused|connected)$ ]] || return 1
	done
}

_lives_have_gone() {
	local id
	for id in "${LIVES_IDS[@]}"; do
		[ ! -e "$LIVES_BUS-$id" ] || return 1
	done
}

# ---- devices, as a toolstack makes and removes them

_lives_attach() {
	local id fronts=() backs=()
	for id in "${LIVES_IDS[@]}"; do
		lives_"${LIVES_TYPE}"_nodes "$id"
		fronts+=("$LIVES_FRONTS/$id/backend" "$LIVES_BACKS/$id"
			"$LIVES_FRONTS/$id/backend-id" 0
			"$LIVES_FRONTS/$id/handle" "$id"
			"$LIVES_FRONTS/$id/state" 1)
		backs+=("$LIVES_BACKS/$id/frontend" "$LIVES_FRONTS/$id"
			"$LIVES_BACKS/$id/frontend-id" "$LIVES_DOMID"
			"$LIVES_BACKS/$id/handle" "$id"
			"$LIVES_BACKS/$id/online" 1
			"${NODES[@]}" "$LIVES_BACKS/$id/state" 1)
	done
	xenstore-write "${fronts[@]}"
	xenstore-chmod -r "$LIVES_FRONTS" "n$LIVES_DOMID" r0
	xenstore-write "${backs[@]}"
	xenstore-chmod -r "$LIVES_BACKS" n0 "r$LIVES_DOMID"
	wait_for 30 _lives_are_there || fail "no backend"
	lives_"${LIVES_TYPE}"_attached
}

_lives_are_there() {
	local id
	for id in "${LIVES_IDS[@]}"; do
		[ -e "$LIVES_BUS-$id" ] || return 1
	done
}

_lives_detach() {
	local id nodes=()
	for id in "${LIVES_IDS[@]}"; do
		nodes+=("$LIVES_BACKS/$id/online" 0 "$LIVES_BACKS/$id/state" 5)
	done
	xenstore-write "${nodes[@]}"
}

_lives_forget_frontends() {
	xenstore-rm "$LIVES_FRONTS" 2>/dev/null || :
}

# As a toolstack does when they have closed, with the parents that are then empty.
_lives_forget_backends() {
	local dir dirs=()
	for dir in "${LIVES_IDS[@]}"; do
		dirs+=("$LIVES_BACKS/$dir")
	done
	xenstore-rm "${dirs[@]}" || fail "$LIVES_EVENT: a backend's directory has gone before"
	for dir in "$LIVES_BACKS" "${LIVES_BACKS%/*}"; do
		[ -n "$(xenstore-list "$dir")" ] || xenstore-rm "$dir"
	done
}

# ---- what may be left in xenstore

# All of dom0's nodes and the guest's, but for what the drivers say went wrong: that
# remains, and is looked at in each cell.
_lives_nodes() {
	local dir
	for dir in /local/domain/0 "/local/domain/$LIVES_DOMID"; do
		xenstore-ls -f "$dir" 2>/dev/null | sed 's/ = ".*//'
	done | grep -v "^${LIVES_ERRORS%/backend/*}" | sort
}

# Whoever still writes for a device that has gone makes its directory anew.
_lives_look_for_nodes() {
	local left
	left=$(comm -13 "$XB_RUN/lives.nodes" <(_lives_nodes) | head -n 5)
	[ -z "$left" ] || fail "$LIVES_EVENT: left in xenstore: ${left//$'\n'/ }"
	xenstore-rm "$LIVES_ERRORS" 2>/dev/null || :
}

# ---- the verdict

_lives_cell() {	# DEVID
	echo "$LIVES_TYPE, $LIVES_EVENT, frontend ${LIVES_FRONT[$1]}, ${LIVES_COND[$1]}"
}

_lives_is_right() {	# DEVID
	[[ ${LIVES_WORDS[$1]:-} =~ ^(${LIVES_WANT[$1]})$ ]] &&
		[[ ${LIVES_STATE[$1]} =~ ^(${LIVES_END[$1]})$ ]]
}

_lives_all_right() {
	local id
	_pause 0.5
	_lives_look
	for id in "${LIVES_IDS[@]}"; do
		_lives_is_right "$id" || return 1
	done
}

_lives_wrong() {	# DEVID TEXT
	LIVES_BAD=$((LIVES_BAD + 1))
	echo "WRONG: $(_lives_cell "$1"): $2"
	echo "   words '${LIVES_WORDS[$1]:-}', device ${LIVES_STATE[$1]}, error '${LIVES_ERROR[$1]:-}'"
}

_lives_judge() {
	local id
	wait_for 15 _lives_all_right || :
	for id in "${LIVES_IDS[@]}"; do
		LIVES_DONE=$((LIVES_DONE + 1))
		_lives_is_right "$id" ||
			_lives_wrong "$id" "want words '${LIVES_WANT[$id]}', device ${LIVES_END[$id]}"
	done
	_lives_judge_errors
	lives_"${LIVES_TYPE}"_judged
}

# An error without a reason would send the admin looking for one.
_lives_judge_errors() {
	local id
	_lives_read_errors
	for id in "${!LIVES_ERROR[@]}"; do
		[[ ${LIVES_COND[$id]} =~ ^(busy|gone|hung)$ ]] ||
			[[ ${LIVES_END[$id]} =~ refused ]] || _lives_wrong "$id" "error without a reason"
	done
}

# What hangs has no end yet, and nobody may say so.
_lives_judge_hung() {
	local id
	# Two times 3 s until a frontend gives up, and 3 s that it takes to close.
	_pause 11
	_lives_look
	for id in "${IDS[@]}"; do
		if [[ ${LIVES_WORDS[$id]:-} =~ served|closed|failing|readonly ]] ||
			[ "${LIVES_STATE[$id]}" = closed ]; then
			_lives_wrong "$id" "its disk hangs"
		fi
	done
}

# ---- events

_lives_ask() {	# WHAT: of the helper, for each device, busy or not
	local id
	for id in "${LIVES_IDS[@]}"; do
		wait_for 10 _lives_asked "$1" "$LIVES_TYPE-$LIVES_DOMID-$id" ||
			_lives_wrong "$id" "$1: refused"
	done
}

_lives_asked() {	# WHAT DEVICE
	echo "$2" 2>/dev/null >"/sys/module/xen_gnttab_helpers/parameters/$1"
}

_lives_do_rebind() {
	_lives_ask unbind
	_lives_ask bind
	lives_"${LIVES_TYPE}"_bound
}

_lives_do_module() {
	local module=xen-blkback
	[ "$LIVES_TYPE" = vbd ] || module=xen-netback
	_lives_ask unbind
	# What hangs keeps the old module; its disks go on with it.
	if ! wait_for 2 rmmod "$module"; then
		_lives_with hung
		[ "${#IDS[@]}" -gt 0 ] || fail "module change: $module stays"
		lives_vbd_resume
		wait_for 20 rmmod "$module" || fail "module change: $module stays"
	fi
	modprobe "$module" || fail "modprobe"
	wait_for 20 _lives_all_bound || fail "module change: not bound"
	lives_"${LIVES_TYPE}"_bound
}

_lives_all_bound() {
	local id
	for id in "${LIVES_IDS[@]}"; do
		[ -e "$LIVES_BUS-$id/driver" ] || return 1
	done
}

_lives_do_attach() { :; }
_lives_do_connect() { :; }

_lives_do_io() {
	_pause 3
}

_lives_do_idle() {
	_pause 30
}

_lives_do_detach() {
	_lives_detach
}

_lives_do_forced() {
	_lives_forget_frontends
	wait_for 15 _lives_have_gone || :
}

_lives_do_destroy() {
	LIVES_GUEST=
	guest_destroy rogue
	_lives_guest_gone
}

# As libxl does when the domain has gone, whatever the backends say.
_lives_guest_gone() {
	wait_for 15 _lives_have_gone || :
}

# A kernel that panics spins for ever, but that it is told not to (and on x86, where
# it tells Xen).
_lives_do_crash() {
	LIVES_GUEST=
	guest_run rogue 20 "echo -1 >/proc/sys/kernel/panic
		echo c >/proc/sysrq-trigger" >/dev/null 2>&1 || :
	wait_for 30 eval '! guest_domid rogue' || fail "the guest does not crash"
	_lives_guest_gone
}

_lives_do_kexec() {
	guest_run rogue "touch /tmp/lives.vanish"
	_pause 2
	guest_run rogue "rm /tmp/lives.vanish; : >/tmp/lives"
	_lives_play anew
	wait_for 30 _lives_are_ready || fail "kexec: the new frontends do not come"
}

_lives_do_pause() {
	xl pause rogue
	_pause 3
	xl unpause rogue
}

_lives_do() {	# EVENT
	if declare -F "lives_${LIVES_TYPE}_$1" >/dev/null; then
		"lives_${LIVES_TYPE}_$1"
	else
		"_lives_do_$1"
	fi
}

# ---- all of it

# Frontends in their places, and the disks what they are to be.
_lives_set() {
	local before=""
	[[ ! $LIVES_EVENT =~ ^(attach|connect)$ ]] || before=1
	[ -z "$before" ] || guest_run rogue "touch /tmp/lives.go"
	[ "$LIVES_EVENT" != idle ] || guest_run rogue "touch /tmp/lives.idle"
	[ -z "$before" ] || lives_"${LIVES_TYPE}"_spoil
	[ "$LIVES_EVENT" != attach ] || _lives_play
	_lives_attach
	if [ "$LIVES_EVENT" != attach ]; then
		wait_for 20 _lives_all_wait || fail "$LIVES_EVENT: not offered"
		[ "$LIVES_EVENT" != connect ] || _pause 1
		_lives_play
	fi
	wait_for 40 _lives_are_ready ||
		fail "$LIVES_EVENT: $(guest_run rogue "cat /tmp/lives; cat /tmp/bg*.out" | tail -n 5)"
	[ -n "$before" ] || lives_"${LIVES_TYPE}"_spoil
}

_lives_end() {
	if [ -n "$LIVES_GUEST" ]; then
		_lives_detach 2>/dev/null || :
		wait_for 4 _lives_have_gone || :
		_lives_forget_frontends
	fi
	wait_for 20 _lives_have_gone || fail "$LIVES_EVENT: devices stay"
	_lives_forget_backends
	[ -z "$LIVES_GUEST" ] || _lives_quiet
	lives_"${LIVES_TYPE}"_mend
	[ -z "$(find /sys/kernel/debug/xen-*back -mindepth 1 -name "v*${LIVES_DOMID}[.-]*")" ] ||
		fail "$LIVES_EVENT: left in debugfs"
	leak_check
	_lives_look_for_nodes
}

_lives_begin() {	# TYPE EVENT
	LIVES_TYPE=$1 LIVES_EVENT=$2 LIVES_REASON="" LIVES_GUEST=1
	_lives_choose "$2"
	[ "${#LIVES_IDS[@]}" -gt 0 ] || return 1
	rogue_up
	LIVES_DOMID=$(guest_domid rogue)
	_lives_name_all
	guest_run rogue "rm -f /tmp/lives*; touch /tmp/lives"
}

lives_event() {	# TYPE EVENT
	local begin=$SECONDS bad=$LIVES_BAD
	_lives_begin "$@" || return 0
	lives_"$1"_prepare
	leak_snapshot
	_lives_nodes >"$XB_RUN/lives.nodes"
	_lives_set
	_lives_do "$2"
	[ -z "$LIVES_GUEST" ] || _lives_go
	_lives_with hung
	if [[ $2 =~ ^(forced|destroy|crash)$ ]]; then
		_lives_judge
		[ "${#IDS[@]}" = 0 ] || lives_vbd_resume
	else
		if [ "${#IDS[@]}" -gt 0 ] && [ "$2" != module ]; then
			_lives_judge_hung
			lives_vbd_resume
		fi
		_lives_judge
	fi
	_lives_end
	echo "$1, $2: ${#LIVES_IDS[@]} cells, $((LIVES_BAD - bad)) wrong, $((SECONDS - begin)) s"
}

# All events of a type, or those of XB_EVENTS; a brief run has one.
lives_table() {	# TYPE BRIEF-EVENT
	local event events=${XB_EVENTS:-}
	[ "$XB_MODULES" = ours ] || skip "the rules are those of our drivers"
	[ -z "$XB_BRIEF" ] || events=${events:-$2}
	"lives_$1_setup"
	for event in ${events:-$CELL_EVENTS}; do
		lives_event "$1" "$event"
	done
	echo "$LIVES_DONE cells, $LIVES_BAD wrong, $LIVES_SKIPPED skipped"
	[ "$LIVES_DONE" -gt 0 ] || fail "no cell was played"
	[ "$LIVES_BAD" = 0 ] || fail "$LIVES_BAD of $LIVES_DONE cells end wrongly"
	pass
}
