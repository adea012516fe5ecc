#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# tmux: the main job as an operator sees it: the console open in tmux, simulated devices say hello, one
# is approved by keys, its log is watched until it is configured. TAP; bounded by LIMIT seconds.
#
#   BUILD    where muster, musterd, musterctl and muster-sim are (default: the current directory)
BUILD=${BUILD:-$PWD}
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/lib.sh"
LIMIT=55

command -v tmux >/dev/null || { echo "1..0 # tmux is not installed (Debian: tmux)"; exit 77; }
begin tmux 90
export TMUX_TMPDIR=$WORK TERM=xterm-256color
unset TMUX
( sleep "$LIMIT"; kill -TERM $$ 2>/dev/null ) >/dev/null 2>&1 &
guard=$!
leave() {
	local status=$?
	tm kill-server 2>/dev/null
	kill "$guard" 2>/dev/null
	(exit $status)
	cleanup
}
trap leave EXIT

tm() { tmux -L console -f /dev/null "$@"; }
screen() { tm capture-pane -p -t console 2>/dev/null; }
keys() { tm send-keys -t console "$@"; }
shows() { screen | grep -qF -- "$1"; }
# seen SECONDS TEXT DESCRIPTION: TEXT comes onto the screen; without it the rest makes no sense.
seen() {
	wait_for "$1" shows "$2"
	ok "$3" || {
		note "\"$2\" is not on the screen:
$(screen)"
		finish
	}
}

ROLES=t_operator db_start
sql "CREATE ROLE t_operator LOGIN IN ROLE muster_operator" >/dev/null
make_pki "$WORK/pki" provisionserver.corp.example && cert_add "$WORK/pki" >"$WORK/cert.log" 2>&1
ok "a setup certificate is there" || note "$(cat "$WORK/cert.log" "$WORK/pki/openssl.log")"
musterctl profile import "$SRC/contrib/lab-profile.json" >"$WORK/profile.log" 2>&1
ok "a profile is there" || note "$(cat "$WORK/profile.log")"
engine_start one

tm new-session -d -s console -x 120 -y 30 "XDG_STATE_HOME=$WORK muster -d 'host=$WORK/pg/sock dbname=muster user=t_operator'; echo \"ended with \$?\"; sleep 60"
seen 10 "Devices by state" "the console opens on the Overview"
seen 5 "running" "it shows the engine"
keys 2
seen 5 "No device waits. Hellos appear here by themselves." "Pending hellos says that nobody waits"

sim_start fleet --devices 3 --releases 12.0 --base 127.120.90.1 --root "$WORK/pki/root.pem"
seen 15 "of 3" "three devices appear by themselves"
uuid=$(screen | sed -n 's/^> \([0-9a-f-]\{36\}\) .*/\1/p')
like "$uuid" '^[0-9a-f-]{36}$' "the cursor is on one of them"

keys a
seen 5 "Device $uuid will be configured now." "a opens the dialog for it"
keys Enter
keys -l pc1.corp.example
seen 5 "pc1.corp.example" "a name is typed"
keys Enter Enter
seen 10 "Approve: 1 done" "it is approved"
is "$(sql "SELECT asked_by FROM muster.job")" t_operator "the job is in the queue in the operator's name"

keys 4
seen 5 "pc1.corp.example" "Devices lists it"
keys -l /pc1
keys Enter
seen 5 "1 of 1" "a search finds it"
keys l
seen 5 "following" "l opens its log"
seen 30 "Exit normally processing provisioning worker" "the log tells of the end as it comes"
keys Escape Enter
seen 5 "configured and verified" "the device is configured and verified"
seen 5 "pc1.corp.example" "under its name"
keys F1
seen 5 "Help" "F1 helps"
keys Escape
seen 5 "configured and verified" "Esc goes back"
keys F10
seen 5 "ended with 0" "F10 quits with 0"
finish
