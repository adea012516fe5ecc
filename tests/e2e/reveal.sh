#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# reveal: a password is shown to an Administrator with a reason, once, and to nobody else; it is nowhere
# but on that one standard output.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
begin reveal 14
# shellcheck disable=SC2034 # for pg_start
ROLES="viewer operator admin"
db_start
sql "CREATE ROLE viewer LOGIN; GRANT muster_log_viewer TO viewer; CREATE ROLE operator LOGIN; GRANT muster_operator TO operator;
	CREATE ROLE admin LOGIN; GRANT muster_administrator TO admin"
profiles office
make_pki "$WORK/pki" provisionserver.corp.example
cert_add "$WORK/pki" >/dev/null
engine_start
sim_start pcs --devices 2 --releases 16.1 --base "$BASE.1" --seed 14 --root "$WORK/pki/root.pem"
stage_all pcs office pc
wait_for 120 devices_are 2 configured
ok "devices are configured" || note "$(states)"
mapfile -t pcs < <(uuids pcs)
uuid=${pcs[0]}

# As an Administrator. What is shown must not be among what ctl keeps to search.
shown() { timeout 90 musterctl -d "$(conn muster admin)" device password "$@" 2>"$WORK/stderr"; }
asked() { sql "SELECT count(*) FROM muster.reveal"; }
opens() { [ "$(ha1 "$(dump pcs "$1" .admin_user)" "$(dump pcs "$1" .realm)" "$2")" = "$(dump pcs "$1" .admin_ha1)" ]; }

secret=$(shown "$uuid" --reason "repair ticket 4711")
opens "$uuid" "$secret"
ok "an Administrator is shown the admin password that opens the device" || note "$(<"$WORK/stderr")"
is "$(<"$WORK/stderr")" "" "and nothing else is said"
mebx=$(shown "$uuid" --kind mebx --reason "repair ticket 4711")
is "$mebx" "$(dump pcs "$uuid" .mebx_password)" "and the MEBx password"
json=$(shown "${pcs[1]}" --reason "repair ticket 4712" --json)
second=$(jq -r .password <<<"$json")
opens "${pcs[1]}" "$second"
ok "as JSON too"
is "$(jq -c 'del(.password)' <<<"$json")" "{\"kind\":\"admin\",\"state\":\"current\",\"uuid\":\"${pcs[1]}\"}" "with what it is"

# The audit log, the event log.
is "$(sql "SELECT count(*) FROM muster.audit_log WHERE what = 'reveal' AND who = 'admin' AND after->>'reason' LIKE 'repair ticket%'")" 3 \
	"each is in the audit log with who and why"
is "$(sql "SELECT count(*) FROM muster.audit_log WHERE what = 'reveal_read'")" 3 "and that the answer was taken"
is "$(sql "SELECT count(*) FROM muster.event_log WHERE text LIKE '%asked for the%repair ticket%'")" 3 "and in the event log"

# Once.
is "$(sql "SELECT count(*) FROM muster.reveal WHERE sealed IS NOT NULL")" 0 "no answer is kept once it was read"
last=$(sql "SELECT max(reveal_id) FROM muster.reveal")
is "$(psql -XAtq -h "$WORK/pg/sock" -U admin -d muster -c "SELECT state, sealed FROM muster.reveal_read($last)")" "expired|" \
	"a second read gives nothing"

# Refused.
before=$(asked)
ctl 4 1104 "an Operator may not" -j -d "$(conn muster operator)" device password "$uuid" --reason "repair ticket 4711"
ctl 4 1104 "a Log Viewer may not" -j -d "$(conn muster viewer)" device password "$uuid" --reason "repair ticket 4711"
ctl 2 1004 "without a reason" -j device password "$uuid"
ctl 1 1105 "with a reason that is none" -j device password "$uuid" --reason x
ctl 2 1006 "of no UUID" -j device password nosuch --reason "repair ticket 4711"
ctl 2 1006 "of no such kind" -j device password "$uuid" --kind bios --reason "repair ticket 4711"
ctl 3 1106 "of a password that there is not" -j device password "$uuid" --state pending --reason "repair ticket 4711"
ctl 3 1106 "of an unknown device" -j device password 11111111-2222-4333-8444-555555555555 --reason "repair ticket 4711"
is "$(asked)" "$before" "none of these asked an engine"

# Public keys that no honest program has: answered, and the engine goes on.
for key in 0000000000000000000000000000000000000000000000000000000000000000 \
	0100000000000000000000000000000000000000000000000000000000000000 \
	e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800; do
	id=$(sql "SELECT muster.reveal_ask((SELECT min(credential_id) FROM muster.credential), 'low order', '\\x$key')")
	wait_for 20 sql_is t "SELECT answered_at IS NOT NULL FROM muster.reveal WHERE reveal_id = $id"
	is "$(sql "SELECT sealed IS NULL, code FROM muster.reveal WHERE reveal_id = $id")" "t|1005" "a key of low order (${key:0:8}) is answered with an error"
done
opens "$uuid" "$(shown "$uuid" --reason "after keys of low order")"
ok "and the engine answers the next one"

# A box that the engine cannot open.
turn_bit() {
	sql "UPDATE muster.credential SET sealed = set_bit(sealed, 480, 1 - get_bit(sealed, 480)) WHERE kind = 'admin' AND state = 'current'
		AND device_id = (SELECT device_id FROM muster.device WHERE uuid = '${pcs[1]}')"
}
turn_bit
ctl 1 1203 "a damaged box is told" -j device password "${pcs[1]}" --reason "repair ticket 4711"
turn_bit

# Several engines: each question is answered once.
engine_start two
for i in 1 2 3 4 5 6; do
	shown "$uuid" --reason "two engines $i" >"$WORK/shown.$i" &
	waiters[i]=$!
done
wait "${waiters[@]}"
bad=0
for i in 1 2 3 4 5 6; do [ "$(<"$WORK/shown.$i")" = "$secret" ] || bad=$((bad + 1)); done
rm -f "$WORK"/shown.*
is $bad 0 "six at once, with two engines: each is shown the password"
engine_stop two

# The engine is killed between the question and the answer: the next one answers.
kill -STOP "${PID[one]}"
shown "$uuid" --reason "engine killed" >"$WORK/shown.k" &
waiter=$!
wait_for 20 sql_is 1 "SELECT count(*) FROM muster.reveal WHERE reason = 'engine killed' AND answered_at IS NULL"
engine_kill # a stopped process is killed all the same
engine_start
wait $waiter
is "$(<"$WORK/shown.k")" "$secret" "an engine that starts answers what was asked before"
rm -f "$WORK/shown.k"

# No engine.
engine_stop
ctl_until() { timeout 90 musterctl -j -d "$(conn muster admin)" device password "$uuid" --reason "nobody is there" >"$WORK/out" 2>"$WORK/stderr"; }
ctl_until
is "$?" 1 "without an engine it ends after a minute"
like "$(<"$WORK/stderr")" "no engine answered within 60 s.*\(1205;" "and says why"
sql "UPDATE muster.reveal SET expires_at = now() - interval '1 s' WHERE reason = 'nobody is there'"
engine_start
wait_for 20 sql_is "t" "SELECT answered_at IS NOT NULL FROM muster.reveal WHERE reason = 'nobody is there'"
is "$(sql "SELECT sealed IS NULL, says FROM muster.reveal WHERE reason = 'nobody is there'")" "t|no engine answered in time" \
	"a question that has expired is closed without an answer"

# An answer that nobody took is gone when it has expired.
id=$(sql "SELECT muster.reveal_ask((SELECT min(credential_id) FROM muster.credential), 'nobody reads', decode(repeat('09', 32), 'hex'))")
wait_for 20 sql_is t "SELECT sealed IS NOT NULL FROM muster.reveal WHERE reveal_id = $id"
ok "an answer waits for its reader"
sql "UPDATE muster.reveal SET expires_at = now() - interval '1 s' WHERE reveal_id = $id"
wait_for 30 sql_is t "SELECT sealed IS NULL FROM muster.reveal WHERE reveal_id = $id"
ok "and is wiped when it has expired"

# The wrong key: such an engine does not even start.
engine_stop
ctl 0 0 "key rotate" -j key rotate
cp "$WORK/engine.key" "$WORK/good.key"
openssl rand -hex 32 | sed '1i muster engine key 1' >"$WORK/engine.key"
engine_start one nowait
wait "${PID[one]}"
is $? 1 "an engine with another key does not start"
unset 'PID[one]'
like "$(engine_log | tail -3)" "\(1202\)" "and says why"
cp "$WORK/good.key" "$WORK/engine.key"
engine_start
is "$(shown "$uuid" --reason "after a rotation")" "$secret" "after a rotation of the key the password is the same"

# Nowhere else: not in the database, logs, command lines, or the memory of the engine that answered.
for s in "$secret" "$mebx" "$second"; do printf '%s\n' "$s"; done >"$WORK/secrets"
pg_dump -h "$WORK/pg/sock" -U muster -d muster --inserts >"$WORK/dump.sql"
grep -qcF "repair ticket" "$WORK/dump.sql"
ok "the dump has the reasons"
grep -cFf "$WORK/secrets" "$WORK/dump.sql" >"$WORK/n"
is "$(<"$WORK/n")" 0 "no password is in a dump of the database"
while read -r s; do printf %s "$s" | od -An -tx1 | tr -d ' \n'; echo; done <"$WORK/secrets" >"$WORK/hex"
grep -cFf "$WORK/hex" "$WORK/dump.sql" >"$WORK/n"
is "$(<"$WORK/n")" 0 "nor in hex"
cat "$WORK"/musterd-*.log "$WORK/said" "$WORK/stderr" "$WORK"/pg/data/log/* "$WORK"/pg/*.log "$WORK/pg.log" 2>/dev/null | grep -cFf "$WORK/secrets" >"$WORK/n"
is "$(<"$WORK/n")" 0 "nor in a log"
tr '\0' '\n' 2>/dev/null <"/proc/${PID[one]}/cmdline" | grep -cFf "$WORK/secrets" >"$WORK/n"
is "$(<"$WORK/n")" 0 "nor in the command line of the engine"
perl -e '
	my ($pid, @secrets) = (shift); open my $f, "<", shift or die; chomp(@secrets = <$f>);
	open my $maps, "<", "/proc/$pid/maps" or exit 2; open my $mem, "<:raw", "/proc/$pid/mem" or exit 2;
	my $n = 0;
	while (<$maps>) {
		/^([0-9a-f]+)-([0-9a-f]+) rw/ or next;
		no warnings "portable";
		my ($at, $len, $buf) = (hex $1, hex($2) - hex $1);
		next unless defined sysseek $mem, $at, 0;
		sysread $mem, $buf, $len or next;
		for (@secrets) { $n++ if index($buf, $_) >= 0 }
	}
	print "$n\n"' "${PID[one]}" "$WORK/secrets" >"$WORK/n"
case $? in
0) is "$(<"$WORK/n")" 0 "nor in the memory of the engine afterwards" ;;
*) note "the memory of the engine cannot be read here" ;;
esac
is "$(sed -n 's/^Max core file size *\([0-9]*\).*/\1/p' "/proc/${PID[one]}/limits")" 0 "which leaves no core file"
said_well
finish
