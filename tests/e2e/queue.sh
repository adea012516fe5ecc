#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# queue: the number of workers changed under running jobs, engines that are killed or stopped in the
# middle, and the log followed all the time: each device is configured exactly once.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
begin queue 5
db_start
setting retry_minutes 0
setting lease_s 10
setting workers 6
make_pki "$WORK/pki" provisionserver.corp.example
cert_add "$WORK/pki" >/dev/null
profiles office
engine_start
musterctl log --follow --level verbose >"$WORK/follow.txt" 2>"$WORK/follow.err" &
PID[follow]=$!

# configured NAME N WHAT: N devices of a fleet, each once, none with a password in the air.
configured() {
	local u odd=0
	wait_for 90 sql_is "$2" "SELECT count(*) FROM muster.device WHERE state = 'configured' AND fqdn LIKE '$1%'"
	ok "$3: all configured" || note "$(states)"
	is "$(sim "$1" dump | jq -c '[.[] | [.provisioning_state, .configurations, .commits]] | unique')" '[[2,1,1]]' "$3: each exactly once"
	for u in $(uuids "$1"); do no_orphan "$u" || odd=$((odd + 1)); done
	is $odd 0 "$3: one current admin password each, nothing pending"
}

# Fewer workers while all are at work: the leases of the running jobs must be renewed all the same.
sim_start fewer --devices 6 --releases 15.0 --base "$BASE.1" --seed 1 --root "$WORK/pki/root.pem" --latency-ms 700
wait_for 20 sql_is 6 "SELECT count(*) FROM muster.device"
stage_all fewer office fewer
wait_for 20 sql_is 6 "SELECT count(*) FROM muster.job WHERE state = 'running'"
musterctl setting set workers 1 >/dev/null
engine_start two
configured fewer 6 "fewer workers"
is "$(sql "SELECT max(attempt) FROM muster.job")" 1 "fewer workers: no job was taken away"
is "$(sql "SELECT count(*) FROM muster.event_log WHERE code = 1805")" 0 "fewer workers: no lease was lost"
musterctl setting set workers 12 >/dev/null
engine_stop two
ok "an idle engine stops with status 0"

# SIGTERM in the middle: done or handed back.
sim_start stop --devices 12 --releases 11.8,16.0 --base "$BASE.20" --seed 2 --root "$WORK/pki/root.pem" --latency-ms 100
wait_for 20 sql_is 18 "SELECT count(*) FROM muster.device"
stage_all stop office stop
wait_for 20 sql_is t "SELECT count(*) > 3 FROM muster.job WHERE state = 'running'"
sleep 1
engine_stop
ok "an engine at work stops with status 0"
is "$(sql "SELECT count(*) FROM muster.job WHERE state = 'running'")" 0 "it leaves no job behind"
engine_start
configured stop 12 "stopped engine"

# SIGKILL, again and again.
sim_start kill --devices 24 --releases 3.2,8.1,11.8,12.0,15.0,16.1 --base "$BASE.60" --seed 3 --root "$WORK/pki/root.pem" --latency-ms 40
wait_for 20 sql_is 42 "SELECT count(*) FROM muster.device"
stage_all kill office kill
for _ in 1 2 3 4 5; do
	sleep 1.3
	engine_kill
	engine_start
done
configured kill 24 "killed engine"

wait_for 20 sql_is 0 "SELECT count(*) FROM muster.job WHERE state IN ('queued', 'running')"
sleep 3
kill "${PID[follow]}"
wait "${PID[follow]}" 2>/dev/null
unset 'PID[follow]'
musterctl log --level verbose --lines 100000 >"$WORK/all.txt"
is "$(sort "$WORK/follow.txt" | diff - <(sort "$WORK/all.txt") | head -5)" "" "log --follow shows each line once"
finish
