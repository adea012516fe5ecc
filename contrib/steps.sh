# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# steps.sh: what quickstart and check share: progress lines, and long commands with a time limit.
# Sourced; the caller sets "set -euo pipefail".

# shellcheck disable=SC2034 # green is for the caller
bold='' red='' green='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
	# shellcheck disable=SC2034
	bold=$'\e[1m' red=$'\e[31m' green=$'\e[32m' plain=$'\e[0m'
fi
say() { printf '%s==>%s %s\n' "$bold" "$plain" "$*"; }
note() { printf '    %s\n' "$*"; }
warn() { printf '%s%s: %s%s\n' "$red" "${0##*/}" "$*" "$plain" >&2; }
die() { warn "$*"; exit 1; }

# started_at PID: when the kernel started it; a number that no later process with this pid has.
started_at() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20; }

long_pid=
# Ends the long command that an interrupted script leaves behind.
long_end() {
	[ -z "$long_pid" ] || kill "$long_pid" 2>/dev/null || true
	long_pid=
}

# long SECONDS LOG COMMAND...: runs COMMAND at most so long, its output to LOG; says how long it has
# taken every 15 seconds. Returns its status (124: the time was up).
long() {
	local limit=$1 log=$2 began=$SECONDS said=$SECONDS rc=0
	shift 2
	# timeout makes a process group of its own, so that all of the command ends with it.
	timeout -k 10 "$limit" "$@" >>"$log" 2>&1 </dev/null &
	long_pid=$!
	while kill -0 "$long_pid" 2>/dev/null; do
		sleep 0.2
		if [ $((SECONDS - said)) -ge 15 ]; then
			said=$SECONDS
			note "... $((SECONDS - began)) s: $(tail -n 1 "$log" | tr -cd '[:print:]' | cut -c 1-60)"
		fi
	done
	wait "$long_pid" || rc=$?
	long_pid=
	[ "$rc" != 124 ] || echo "stopped after $limit seconds" >>"$log"
	return "$rc"
}

# folder_open_to_others DIR: may any user pass through DIR and all above it?
folder_open_to_others() {
	local d=$1
	while [ ! -e "$d" ]; do d=$(dirname "$d"); done
	while [ "$d" != / ]; do
		[ $((0$(stat -c %a "$d") & 1)) = 1 ] || return 1
		d=$(dirname "$d")
	done
}

# configure_is_old TOP: autoreconf is to be run. Make alone would not add a script that a change of
# the makefiles needs for the first time.
configure_is_old() {
	[ ! -x "$1/configure" ] || [ ! -e "$1/Makefile.in" ] ||
		[ -n "$(find "$1/configure.ac" "$1/Makefile.am" "$1"/*/files.am -newer "$1/configure" 2>/dev/null)" ]
}
