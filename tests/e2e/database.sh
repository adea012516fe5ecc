#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# database: PostgreSQL crashes, and is away for a while, under an engine at work; and it is away when an
# engine starts. Each device is configured exactly once, and no password is lost.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
begin database 6
db_start
setting retry_minutes 0
setting lease_s 10
setting workers 12
make_pki "$WORK/pki" provisionserver.corp.example
cert_add "$WORK/pki" >/dev/null
profiles office
engine_start
sim_start pcs --devices 24 --releases 3.2,11.8,16.1 --base "$BASE.1" --root "$WORK/pki/root.pem" --latency-ms 40
wait_for 20 sql_is 24 "SELECT count(*) FROM muster.device"
stage_all pcs office pc
for away in 0 2 0; do
	wait_for 20 sql_is t "SELECT count(*) > 0 FROM muster.job WHERE state = 'running'"
	sleep 0.7
	pg_crash
	sleep $away
	pg_start || note "$(<"$WORK/pg.log")"
done
wait_for 120 sql_is 24 "SELECT count(*) FROM muster.device WHERE state = 'configured'"
ok "all configured after three crashes of the database" || note "$(states)"
is "$(sim pcs dump | jq -c '[.[] | [.provisioning_state, .configurations, .commits]] | unique')" '[[2,1,1]]' "each exactly once"
odd=0
for u in $(uuids pcs); do no_orphan "$u" || odd=$((odd + 1)); done
is $odd 0 "one current admin password each, nothing pending"
is "$(sql "SELECT count(*) FROM muster.job WHERE state IN ('queued', 'running')")" 0 "nothing is left in the queue"

# Hellos wait in the engine while the database is away.
pg_crash
sim_start late --devices 10 --releases 16.0 --base "$BASE.60" --seed 2
sleep 2
pg_start
wait_for 20 sql_is 34 "SELECT count(*) FROM muster.device"
ok "hellos said while it was away are stored when it is back"
engine_stop
ok "the engine ends with status 0"

pg_stop
engine_start one nowait
sleep 2
kill -0 "${PID[one]}"
ok "an engine started without a database waits for it"
like "$(engine_log)" 1102 "and says so with a code"
pg_start
wait_for 20 engine_ready one
ok "and is ready when it comes" || note "$(engine_log | tail -3)"
engine_stop
finish
