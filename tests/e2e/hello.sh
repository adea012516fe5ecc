#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# hello: bursts over the cap, a hello the database refuses, and a database that is out of room: what
# can be stored is stored, and what cannot is told.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
begin hello 4
db_start
engine_start

total() { sql "SELECT count(*) FROM muster.device"; }
refused() { sql "SELECT coalesce(sum(count), 0) FROM muster.hello_rejected WHERE code = $1"; }

# A burst of unknown devices, all within one look at the cap.
setting hello_unknown_cap 5
sim_start burst --devices 60 --releases 15.0 --base "$BASE.1" --seed 1
wait_for 10 sql_is 5 "SELECT count(*) FROM muster.device"
sleep 1
is "$(total)" 5 "the cap of unknown devices holds in a burst"
sim burst "hello *" >/dev/null
sleep 1
is "$(total)" 5 "and when they say hello again"
is "$(sql 'SELECT min(hello_count) FROM muster.device')" 2 "a device that waits is not refused by the cap"
setting hello_unknown_cap 1000
sleep 11
sim burst "hello *" >/dev/null
wait_for 10 sql_is 60 "SELECT count(*) FROM muster.device"
ok "with room again, all are taken" || note "$(total)"
wait_for 10 sql_is t "SELECT sum(count) >= 55 FROM muster.hello_rejected WHERE code = 1304"
ok "how many were refused is told" || note "$(refused 1304)"

# One that the database does not take is told; the others of its batch are stored.
bad=$(uuids burst | head -1)
count() { sql "SELECT hello_count FROM muster.device WHERE uuid = '$bad'"; }
least() { sql "SELECT min(hello_count) FROM muster.device WHERE uuid <> '$bad'"; }
had=$(count) others=$(least)
sql "ALTER TABLE muster.device ADD CONSTRAINT for_test CHECK (uuid <> '$bad' OR hello_count <= $had) NOT VALID"
sim burst "hello *" >/dev/null
wait_for 10 sql_is t "SELECT count(*) > 0 FROM muster.hello_rejected WHERE reason LIKE 'hello of $bad not stored: %'"
ok "a hello the database refuses is told with its UUID" || note "$(sql 'TABLE muster.hello_rejected')"
wait_for 10 sql_is $((others + 1)) "SELECT min(hello_count) FROM muster.device WHERE uuid <> '$bad'"
is "$(count) $(least)" "$had $((others + 1))" "the others of its batch are stored"
sql "ALTER TABLE muster.device DROP CONSTRAINT for_test"

# No room: what PostgreSQL then answers, until there is some.
sql "CREATE FUNCTION muster.for_test() RETURNS trigger LANGUAGE plpgsql AS
	\$\$ BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = '53100'; END \$\$;
	CREATE TRIGGER for_test BEFORE INSERT ON muster.device FOR EACH STATEMENT EXECUTE FUNCTION muster.for_test()"
sim_start full --devices 20 --releases 16.0 --base "$BASE.100" --seed 2
sleep 3
is "$(total)" 60 "without room nothing is stored"
like "$(engine_log)" "1108.*No space left|No space left.*1108" "the engine says why"
sql "DROP TRIGGER for_test ON muster.device"
wait_for 10 sql_is 80 "SELECT count(*) FROM muster.device"
ok "no hello was lost" || note "$(total)"
finish
