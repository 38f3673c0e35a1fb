# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The rules of the table of life cycles: which events there are, which frontends,
# which disks and links, and how each combination has to end. Pure; lives.sh plays
# it in dom0, scripts/check/lifecycles writes it to Documentation/lifecycles.md.
#
# An end is two regular expressions: the words of the frontend one after the
# other, and what dom0 sees of the device.
#
#  words: served      what was sent after the event came back right
#         readonly    reads did, writes were answered with an error
#         failing     everything is answered with an error
#         silent      taken and answered, but nobody replies (vifs)
#         held        nothing is answered as long as the disk hangs
#         unconnected the backend does not connect within 3 s
#         closing     the backend has not closed after 3 s; it has later
#         closed      it has
#         gone        the device was taken away before it connected
#
#  device: waiting    InitWait, or Initialised with a frontend that is not ready
#          refused    Closing, with the reason in its error node
#          connected  Connected
#          closing    Closing: it waits for the frontend
#          closed     Closed, for the next frontend
#          gone       not on the bus, in xenstore or debugfs

# shellcheck disable=SC2034 # used by those who source this
CELL_FRONTENDS="never closes again hangs disappears"
CELL_EVENTS="attach connect io idle resize exchange rate detach forced destroy
crash kexec save restore pause rebind module shutdown"

cell_conditions() {	# TYPE
	case $1 in
	vbd) echo "fine busy slow hung gone readonly empty" ;;
	vif) echo "fine down flood limited" ;;
	esac
}

# What an event is, for either type.
cell_event_text() {	# EVENT
	case $1 in
	attach) echo "attach: the frontend is there first" ;;
	connect) echo "first connect, a second after the attach" ;;
	io) echo "run under I/O, for 3 s" ;;
	idle) echo "idle for 30 s" ;;
	resize) echo "resize: the disk grows; the MTU of the vif changes" ;;
	exchange) echo "exchange: another disk under the guest" ;;
	rate) echo "rate change" ;;
	detach) echo "detach, as a toolstack asks for it" ;;
	forced) echo "forced detach: the directories go" ;;
	destroy) echo "destroy" ;;
	crash) echo "crash of the guest's kernel" ;;
	kexec) echo "kexec in the guest: the old frontend vanishes, a new one begins as Linux's does" ;;
	save) echo "save" ;;
	restore) echo "restore" ;;
	pause) echo "pause for 3 s" ;;
	rebind) echo "rebind: the driver is unbound and bound" ;;
	module) echo "module change: unbound, unloaded, loaded" ;;
	shutdown) echo "shutdown of dom0" ;;
	esac
}

cell_frontend_text() {	# FRONTEND
	case $1 in
	never) echo "never connects" ;;
	closes) echo "is connected, and closes after the event, or when it is told to" ;;
	again) echo "was closed before and is connected again; closes and connects once more after the event" ;;
	hangs) echo "is connected, has sent something, and does nothing any more" ;;
	disappears) echo "is connected, has sent something, and its rings and event channels go" ;;
	esac
}

cell_condition_text() {	# TYPE CONDITION
	case $1-$2 in
	vbd-fine) echo "a disk" ;;
	vbd-busy) echo "somebody in dom0 has it claimed" ;;
	vbd-slow) echo "each request takes 0.2 s" ;;
	vbd-hung) echo "suspended until the end has been looked at, then resumed" ;;
	vbd-gone) echo "it vanishes before the event" ;;
	vbd-readonly) echo "read-only in dom0" ;;
	vbd-empty) echo "of size 0" ;;
	vif-fine) echo "up, dom0 answers" ;;
	vif-down) echo "the interface is down in dom0" ;;
	vif-flood) echo "dom0 floods the guest" ;;
	vif-limited) echo "limited to 100 kB/s" ;;
	esac
}

# Why there is no such cell; empty if there is.
cell_skip() {	# TYPE EVENT FRONTEND CONDITION
	case $2 in
	save|restore)
		echo "Xen on ARM cannot save a domain, and a frontend in user space loses its grants with it; lifecycle/save does it with the kernel's own on amd64" ;;
	shutdown) echo "the machine that would tell the result is the one that goes" ;;
	resize|exchange)
		case $1-$4 in
		vbd-gone) [ "$2" = exchange ] || echo "a disk that is gone has no size" ;;
		vbd-hung) [ "$2" = exchange ] || echo "a suspended disk keeps its size" ;;
		vif-*) [ "$2" = resize ] ||
			echo "a vif's driver does not know which bridge it is on" ;;
		esac ;;
	esac
}

# What is answered to a frontend that is connected after the event.
_cell_answer() {	# TYPE EVENT CONDITION
	case $1-$3-$2 in
	# The old module cannot be unloaded before.
	vbd-hung-module) echo served ;;
	vbd-hung-*) echo held ;;
	vbd-*-exchange) echo served ;;
	vbd-empty-resize) echo served ;;
	vbd-gone-*|vbd-empty-*) echo failing ;;
	vbd-readonly-*) echo readonly ;;
	vif-down-*) echo held ;;
	*) echo served ;;
	esac
}

# Does the frontend find a disk to connect to at all?
_cell_connects() {	# TYPE EVENT CONDITION
	case $1-$3-$2 in
	vbd-busy-exchange) return 0 ;;
	vbd-busy-*) return 1 ;;
	vbd-gone-attach|vbd-gone-connect) return 1 ;;
	esac
}

# A device that has been taken away; what its frontend may see of that.
_cell_removed() {	# TYPE EVENT FRONTEND CONDITION
	CELL_STATE=gone
	case $2-$3 in
	destroy-*|crash-*|*-never) CELL_WORDS="" ;;
	detach-closes|detach-again)
		CELL_WORDS="(unconnected )?closed"
		# Closed means that none of its I/O is on its way any more.
		[ "$4" != hung ] || CELL_WORDS="closing closed" ;;
	forced-closes|forced-again)
		CELL_WORDS="failing"
		[ "$4" != hung ] || CELL_WORDS="held"
		[ "$1" != vif ] || CELL_WORDS="held"
		_cell_connects "$1" "$2" "$4" || CELL_WORDS="unconnected( gone| closed)?" ;;
	detach-*)
		# A toolstack waits for it, and then takes it away by force.
		CELL_STATE=closing
		CELL_WORDS=""
		_cell_connects "$1" "$2" "$4" || { CELL_WORDS=unconnected CELL_STATE=gone; } ;;
	*)
		CELL_WORDS=""
		_cell_connects "$1" "$2" "$4" || CELL_WORDS=unconnected ;;
	esac
}

# The frontend could not connect.
_cell_unserved() {	# EVENT FRONTEND CONDITION
	CELL_STATE="waiting|refused"
	case $2 in
	never) CELL_WORDS="" ;;
	closes) CELL_WORDS="unconnected closed" CELL_STATE=closed ;;
	# It is told to close once more if the disk is still not there.
	again) CELL_WORDS="unconnected closed( unconnected)?" CELL_STATE="waiting|refused|closed" ;;
	*) CELL_WORDS=unconnected ;;
	esac
	[ "$1" != kexec ] || { CELL_WORDS=unconnected CELL_STATE="waiting|refused|closed"; }
}

# A new driver looks for the disk, which is not there any more, and says so.
_cell_not_found() {	# FRONTEND
	CELL_STATE="refused"
	case $1 in
	closes) CELL_WORDS=closed CELL_STATE=closed ;;
	again) CELL_WORDS=closed CELL_STATE="waiting|refused" ;;
	*) CELL_WORDS="" ;;
	esac
}

# The next kernel's frontend does not close.
_cell_anew() {	# TYPE FRONTEND CONDITION
	CELL_STATE=connected
	CELL_WORDS=$(_cell_answer "$1" kexec "$3")
	[ "$CELL_WORDS" = held ] || return 0
	CELL_WORDS="(unconnected )?(held|served)"
	# But if its predecessor has I/O that hangs: the backend is still Closing when
	# Linux has waited long enough for Closed, and that tells the frontend to close.
	# It may come back when the disk has.
	[ "$1" = vif ] || [ "$2" = never ] ||
		{ CELL_WORDS="unconnected closing" CELL_STATE=closed; }
}

_cell_served() {	# TYPE EVENT FRONTEND CONDITION
	local answer late="" met=""
	answer=$(_cell_answer "$1" "$2" "$4")
	# Nothing is on its way into an interface that is down.
	[ "$answer" != held ] || [ "$1" = vif ] || late="closing "
	# They had come for the disk that cannot be had.
	[ "$2-$4" != exchange-busy ] || met="unconnected "
	CELL_STATE=connected
	case $3 in
	never) CELL_WORDS="" CELL_STATE=waiting ;;
	closes) CELL_WORDS="$met$answer ${late}closed" CELL_STATE=closed ;;
	again) CELL_WORDS="$met$answer ${late}closed ${answer/held/(held|served)}" ;;
	*) CELL_WORDS=${met% } ;;
	esac
	# Its rings are not there for who connects only now.
	[[ ! $2-$3-$4 =~ ^((rebind|module)-disappears-.*|exchange-disappears-busy)$ ]] ||
		CELL_STATE=refused
}

# Sets CELL_WORDS and CELL_STATE.
cell_rule() {	# TYPE EVENT FRONTEND CONDITION
	case $2 in
	detach|forced|destroy|crash) _cell_removed "$@" ;;
	*)
		if [[ $1-$2-$4 =~ ^vbd-(rebind|module)-gone$ ]]; then
			_cell_not_found "$3"
		elif [ "$2" = kexec ] && _cell_connects "$1" "$2" "$4"; then
			_cell_anew "$1" "$3" "$4"
		elif _cell_connects "$1" "$2" "$4"; then
			_cell_served "$@"
		else
			_cell_unserved "${@:2}"
		fi ;;
	esac
}
