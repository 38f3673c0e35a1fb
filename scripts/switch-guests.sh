# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Pauses guests for switch-modules, and resumes them. That has say(), ask(), for_all()
# and NOTED, the file of those who are paused.

PAUSED=()
# Those that somebody else had paused before.
PAUSED_TOO=()

domains_of() {	# DEVICE...
	printf '%s\n' "$@" | cut -d- -f2 | sort -un
}

# A line for each domain: its number, and p or - for whether it is paused. Fails
# if xl does not say: nothing can be concluded then.
domains() {
	ask xl list | awk 'NR > 1 { print $(NF - 4), substr($(NF - 1), 3, 1) }
		END { exit NR < 2 }'
}

has_line() {	# TEXT LINE
	[[ $'\n'$1$'\n' == *$'\n'"$2"$'\n'* ]]
}

# Paused by somebody else, who may resume it in the middle. Xen counts: it goes on
# when both have resumed it. So it is resumed only if this pause has been one, and
# once: no signal comes between the two.
pause_too() {	# DOMAIN
	local status=0
	trap '' INT TERM HUP
	if ask xl pause "$1"; then
		PAUSED_TOO+=("$1")
	else
		say "domain $1, which somebody else has paused, cannot be paused"
		status=1
	fi
	trap 'exit 1' INT TERM HUP
	return "$status"
}

# It may have gone.
pause() {	# DOMAIN
	local list
	! ask xl pause "$1" || return 0
	if list=$(domains) && ! has_line "$list" "$1 -" && ! has_line "$list" "$1 p"; then
		return 0
	fi
	say "domain $1 cannot be paused; --no-pause (-P here) does without"
	return 1
}

# Whoever does this must not be paused, nor domain 0, though they may have disks
# of their own here, which have to come to rest by themselves.
pause_guests() {	# DOMAIN...
	local domain list this run=() held=()
	list=$(domains) || { say "xl list does not say which guests run"; return 1; }
	this=$(ask xenstore-read domid)
	for domain; do
		[[ $domain != 0 && $domain != "$this" ]] || continue
		! has_line "$list" "$domain -" || run+=("$domain")
		! has_line "$list" "$domain p" || held+=("$domain")
	done
	# Before it is done, for a signal may come right after that; and if it
	# fails, for it may have been done none the less.
	PAUSED+=("${run[@]}")
	[ ${#run[@]} = 0 ] || printf '%s\n' "${run[@]}" >>"$NOTED"
	for_all pause "${run[@]}" || return 1
	for domain in "${held[@]}"; do
		pause_too "$domain" || return 1
	done
}

resume() {	# DOMAIN
	local try list
	for ((try = 0; try < 3; try++)); do
		! ask xl unpause "$1" || return 0
		if list=$(domains) && ! has_line "$list" "$1 p"; then
			has_line "$list" "$1 -" || say "domain $1 has gone"
			return 0
		fi
		sleep 1
	done
	say "domain $1 is STILL PAUSED: xl unpause $1"
	return 1
}

# xl may say that it has resumed one whose emulator has refused that.
look_for_paused() {	# DOMAIN...
	local domain list status=0
	[ $# -gt 0 ] && list=$(domains) || return 0
	for domain; do
		has_line "$list" "$domain p" || continue
		say "domain $domain is still paused, by somebody else or because it could not be resumed (xl unpause $domain)"
		status=1
	done
	return "$status"
}

# It stays paused by whom it was: once more would undo that.
resume_too() {	# DOMAIN
	! ask xl unpause "$1" || return 0
	say "domain $1 was paused before, and may be so twice now: xl unpause $1"
	return 1
}
