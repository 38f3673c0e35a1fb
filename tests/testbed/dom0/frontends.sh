# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154
# Plays frontends of the tables in tests/frontend (xbfront blk-profile,
# net-profile): each connects, does I/O, closes and connects again in its own
# way. Then one of its devices is detached and the frontend on another crashes.

# What the frontend has said, a word.
_frontends_word() {	# TYPE DEVID
	xenstore-read "$(_rogue_frontend "$1" "$2")/ready" 2>/dev/null || true
}

_frontends_said() {	# TYPE DEVID REGEX
	[[ $(_frontends_word "$1" "$2") =~ ^($3)$ ]]
}

# What the process printed stands in the test's output.
_frontends_await() {	# TYPE DEVID REGEX HANDLE
	wait_for 60 _frontends_said "$1" "$2" "$3|failed" || :
	_frontends_said "$1" "$2" "$3" ||
		fail "$frontend: $(guest_run rogue "cat /tmp/bg.$4.out") \
(backend: $(rogue_error "$1" "$2"))"
}

_frontends_end() {	# TYPE DEVID HANDLE
	local text
	text=$(rogue_error "$1" "$2")
	[ -z "$text" ] || fail "$frontend: error node: $text"
	rogue_forget "$1" "$2" 1 || fail "$frontend: does not go away"
	guest_wait rogue "$3" || fail "$frontend: failed at its end"
}

# As libxl does it; who closes has gone from the bus without force.
_frontends_detach() {	# TYPE DEVID HANDLE
	local back
	back=$(_rogue_backend "$1" "$2")
	_frontends_await "$1" "$2" "closes|stays" "$3"
	if [ "$(_frontends_word "$1" "$2")" = closes ]; then
		xenstore-write "$back/online" 0 "$back/state" 5
		wait_for 30 _rogue_gone "$1" "$2" 1 ||
			fail "$frontend: was told to close, and the device stays"
	else
		xenstore-write "$back/online" 0 "$back/state" 5
		_frontends_await "$1" "$2" served "$3"
		! _rogue_gone "$1" "$2" 1 ||
			fail "$frontend: the device went while it was in use"
	fi
	_frontends_end "$1" "$2" "$3"
}

_frontends_crash() {	# TYPE DEVID HANDLE
	local back
	back=$(_rogue_backend "$1" "$2")
	_frontends_await "$1" "$2" crashed "$3"
	xenstore-write "$back/online" 0 "$back/state" 5
	_frontends_end "$1" "$2" "$3"
}

# Devices 1 and 2 are there, and gone afterwards.
frontends_play() {	# vbd|vif NAME
	local command=blk-profile frontend=$2 told crash
	[ "$1" = vbd ] || command=net-profile
	echo "frontend: $1 $2"
	told=$(guest_bg rogue "XBFRONT_SUBNET=1 xbfront $command 1 $2")
	crash=$(guest_bg rogue "XBFRONT_SUBNET=2 xbfront $command 2 $2 crash")
	_frontends_detach "$1" 1 "$told"
	_frontends_crash "$1" 2 "$crash"
}

# Those of XB_FRONTENDS, or all that there are.
frontends_names() {	# vbd|vif
	local command=blk-profile
	[ "$1" = vbd ] || command=net-profile
	echo "${XB_FRONTENDS:-$(guest_run rogue "xbfront $command 0")}"
}

# As many queues as a frontend wants, on one CPU, too.
frontends_queues() {	# MODULE
	local param=/sys/module/$1/parameters/max_queues was
	was=$(cat "$param")
	on_exit eval "echo $was >$param"
	echo 4 >"$param"
}
