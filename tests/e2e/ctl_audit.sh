#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# ctl_audit: musterctl audit: list, export, and verify against a superuser who edits, deletes and swaps rows.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
begin ctl_audit 21
# shellcheck disable=SC2034 # for pg_start
ROLES="admin1 admin2"
db_start
sql "CREATE ROLE admin1 LOGIN IN ROLE muster_administrator; CREATE ROLE admin2 LOGIN IN ROLE muster_administrator"
for n in 1 2 3 4 5 6; do musterctl -d "$(conn muster admin1)" setting set workers "$n" >/dev/null; done
musterctl -d "$(conn muster admin2)" setting set poll_s 9 >/dev/null
musterctl -d "$(conn muster admin2)" setting set legacy_tls off >/dev/null

# list
ctl 0 0 "audit list" -j -d "$(conn muster admin1)" audit list
members "after at before from hash id object prev_hash what who"
has '(map(.id) | . == sort) and (.[-1] | .who == "admin2" and .what == "setting_set" and .object == "legacy_tls" and .before == "on" and .after == "off")' "oldest first, before and after as JSON"
ctl 0 0 "audit list --lines" -j audit list --lines 2
has 'length == 2 and .[0].object == "poll_s"' "the newest ones"
ctl 0 0 "audit list --who" -j audit list --who admin1
has 'length == 6 and all(.who == "admin1")' "exactly"
ctl 0 0 "the beginning of a login" -j audit list --who admin
has 'length == 0' "is not enough"
ctl 0 0 "audit list --what" -j audit list --what setting_set
has 'length == 8' "exactly"
ctl 0 0 "audit list --object" -j audit list --object work --who admin1
has 'length == 6' "by its beginning, and both filters count"
ctl 0 0 "audit list --since the future" -j audit list --since 2199-01-01
has 'length == 0' "is empty"
ctl 0 0 "audit list --until then" -j audit list --until "2199-01-01 10:00" --since 2020-01-01T10:00:00Z
has 'length > 8' "is all"
ctl 0 0 "audit list for people" audit list --who admin2
like "$out" "admin2 .*setting_set +legacy_tls +\"on\" -> \"off\"" "shows what changed"
for bad in yesterday 2026-13-01 "2026-01-01 25:00" "2026-01-01'" ""; do ctl 2 1006 "no time: \"$bad\"" audit list --since "$bad"; done
ctl 2 1006 "no number" audit list --lines x
ctl 2 1006 "a login that is too long" -j audit list --who "$(printf '%099d' 0)"

# export
rows=$(sql "SELECT count(*) FROM muster.audit_log")
ctl 0 0 "audit export of JSON" -j audit export -
has "length == $rows and (map(.id) | . == sort)" "has all rows in order"
ctl 0 0 "audit export to a file" audit export "$WORK/audit.csv"
is "$(stat -c %a "$WORK/audit.csv")" 600 "which only its owner may read"
is "$(perl -ne 's/\r\n//; push @l, $_; END { print scalar(@l) - 1, " $l[0]" }' "$WORK/audit.csv")" "$rows id,at,who,from,what,object,before,after,prev_hash,hash" "as CSV"
like "$(cat "$WORK/audit.csv")" ',"admin2",,"setting_set","legacy_tls","""on""","""off""","' "with quotes doubled, and nothing where nothing is"
ctl 1 1003 "a file that is there" -j audit export "$WORK/audit.csv"
like "$err" "audit.csv: exists already" "is told in plain words"
is "$(ls "$WORK" | grep -c part)" 0 "and nothing is left beside it"
ctl 1 1003 "a folder that is not" audit export "$WORK/nosuch/audit.csv"
like "$err" "its folder does not exist" "is told in plain words"
err=$(musterctl audit export - 2>&1 >/dev/full)
like "$err" "standard output: the disk is full \\(1003;" "a full device"
ls -A "$WORK" >"$WORK/before"
err=$(ulimit -f 1 && musterctl audit export "$WORK/limited.csv" 2>&1)
like "$err" "limited.csv: larger than you may write .*\\(1003;" "a file that may not grow"
is "$(ls -A "$WORK")" "$(<"$WORK/before")" "leaves nothing"
ctl 0 0 "with a filter" -j audit export "$WORK/audit.json" --who admin1
has ".rows == 6" "tells how many"
is "$(jq 'length' "$WORK/audit.json")" 6 "and has those"
ctl 0 0 "of nothing" -j audit export - --who nobody
has ". == []" "is an empty list"
ctl 2 1004 "two forms at once" -j audit export - --csv

# verify: a whole log.
sql "SELECT muster.audit_write('filler', 'row ' || i, NULL, jsonb_build_object('ü', i, 'n', 2.50)) FROM generate_series(1, 1200) i" >/dev/null
ctl 0 0 "audit verify" -j -d "$(conn muster admin1)" audit verify
members "newest_hash newest_id rows whole"
is "$(jq -r '"\(.rows) \(.newest_id) \(.newest_hash)"' <<<"$out")" "$(sql "SELECT (SELECT count(*) FROM muster.audit_log), audit_id, encode(hash, 'hex') FROM muster.audit_log ORDER BY audit_id DESC LIMIT 1" | tr '|' ' ')" "tells rows, newest row and hash"
kept=$(jq -r .newest_hash <<<"$out")
ctl 0 0 "for people" audit verify
like "$out" "hash $kept\$" "prints the hash"
musterctl setting set workers 7 >/dev/null
ctl 0 0 "audit verify --expect" audit verify --expect "$kept"
ctl 0 0 "in capitals" audit verify --expect "${kept^^}"
ctl 1 1109 "a hash the log does not hold" -j audit verify --expect "$(printf '%064d' 1)"
ctl 2 1006 "what is no hash" audit verify --expect "${kept:1}"
ctl 2 1006 "nor this" audit verify --expect "${kept:2}zz"

# A superuser's hand. found ROW TEXT DESCRIPTION SQL: with the triggers off; found, and the row named; then
# all is as it was.
sql "CREATE TABLE public.copy AS TABLE muster.audit_log; CREATE TABLE public.copy_end AS TABLE muster.audit_end" >/dev/null
rewrite() { psql -XAtq -v ON_ERROR_STOP=1 -h "$WORK/pg/sock" -U muster -d muster -c "SET session_replication_role = replica; $1" >/dev/null; }
found() {
	rewrite "$4" || note "the edit failed"
	ctl 1 1109 "found: $3" -j audit verify ${5:+--expect "$5"}
	like "$(jq -r .error.text <<<"$out")" "$2" "  it is told where" || note "row $1"
	rewrite "DELETE FROM muster.audit_log; INSERT INTO muster.audit_log SELECT * FROM public.copy; DELETE FROM muster.audit_end; INSERT INTO muster.audit_end SELECT * FROM public.copy_end"
}
row=$(sql "SELECT audit_id FROM muster.audit_log WHERE what = 'filler' AND object = 'row 700'")
last=$(sql "SELECT max(audit_id) FROM muster.audit_log") first=$(sql "SELECT min(audit_id) FROM muster.audit_log")
after() { sql "SELECT min(audit_id) FROM muster.audit_log WHERE audit_id > $1"; }
before() { sql "SELECT max(audit_id) FROM muster.audit_log WHERE audit_id < $1"; }
while IFS='|' read -r column value; do
	found "$row" "^row $row was changed" "another $column" "UPDATE muster.audit_log SET $column = $value WHERE audit_id = $row"
done <<-'EDITS'
	at|at + interval '1 microsecond'
	who|'admin2'
	from_addr|'192.0.2.1'
	from_addr|'0.0.0.0/0'
	what|'Filler'
	object|object || ' '
	before|'null'
	after|NULL
	after|'{"n": 2.5, "ü": 700}'
	hash|sha256('x')
	hash|''
EDITS
found "$row" "^row $row does not follow row $(before "$row")" "another prev_hash" "UPDATE muster.audit_log SET prev_hash = sha256('x') WHERE audit_id = $row"
found "$row" "^row $(after "$row") does not follow row $(before "$row")" "another id" "UPDATE muster.audit_log SET audit_id = 100000 WHERE audit_id = $row"
found "$row" "^row $(after "$row") does not follow row $row" "a row edited with its hash made again" \
	"UPDATE muster.audit_log SET who = 'admin2' WHERE audit_id = $row; UPDATE muster.audit_log a SET hash = muster.audit_row_hash(a) WHERE audit_id = $row"
found "$row" "^row $(after "$row") does not follow row $(before "$row")" "a row deleted in the middle" "DELETE FROM muster.audit_log WHERE audit_id = $row"
found "$first" "^row $(after "$first") is the first one" "the first row deleted" "DELETE FROM muster.audit_log WHERE audit_id = $first"
found "$last" "ends with row $(before "$last"), but row $last was written" "the last row deleted" "DELETE FROM muster.audit_log WHERE audit_id = $last"
found "$last" "ends with row $row, but row $last" "many deleted at the end" "DELETE FROM muster.audit_log WHERE audit_id > $row"
found 0 "ends with row 0, but row $last" "all deleted" "DELETE FROM muster.audit_log"
found "$row" "^row $row does not follow" "two rows with their numbers exchanged" \
	"UPDATE muster.audit_log SET audit_id = -1 WHERE audit_id = $row; UPDATE muster.audit_log SET audit_id = $row WHERE audit_id = $(after "$row"); UPDATE muster.audit_log SET audit_id = $(after "$row") WHERE audit_id = -1"
found "$row" "^row $row was changed" "what two rows hold exchanged, not their hashes" \
	"UPDATE muster.audit_log a SET object = b.object, after = b.after, at = b.at FROM muster.audit_log b WHERE (a.audit_id, b.audit_id) IN (($row, $(after "$row")), ($(after "$row"), $row))"
found -5 "^row $first does not follow row -5|^row -5" "a row put before the first" \
	"INSERT INTO muster.audit_log SELECT -5, at, who, from_addr, what, object, before, after, sha256('y'), hash FROM muster.audit_log WHERE audit_id = $row"
found "$last" "keeps no end" "the end taken away" "DELETE FROM muster.audit_end"
found "$row" "says that row $row is its last, but row $last follows" "the end moved back" "UPDATE muster.audit_end SET audit_id = $row"
found "$last" "is not the one that was written" "another hash of the end" "UPDATE muster.audit_end SET hash = sha256('x')"
found "$row" "no row has the expected hash" "cut off with the end moved: by the hash that was kept" \
	"DELETE FROM muster.audit_log WHERE audit_id > $row; UPDATE muster.audit_end e SET audit_id = a.audit_id, hash = a.hash FROM muster.audit_log a WHERE a.audit_id = $row" "$kept"
# The work of somebody with all rights and patience: no row shows it, only the hash that was kept.
anew="UPDATE muster.audit_log SET who = 'admin2' WHERE audit_id = $first;
	DO \$\$ DECLARE r muster.audit_log; p bytea := ''; BEGIN
		FOR r IN SELECT * FROM muster.audit_log ORDER BY audit_id LOOP
			r.prev_hash := p; p := muster.audit_row_hash(r);
			UPDATE muster.audit_log SET prev_hash = r.prev_hash, hash = p WHERE audit_id = r.audit_id;
		END LOOP; UPDATE muster.audit_end SET hash = p; END \$\$"
found "$first" "no row has the expected hash" "the whole log made anew: by the hash that was kept" "$anew" "$kept"
ctl 0 0 "and after all that the log is whole again" audit verify --expect "$kept"

# While others write.
(for n in $(seq 1 40); do sql "SELECT muster.audit_write('more', '$n', NULL, NULL)"; done) >/dev/null &
writer=$!
for _ in 1 2 3; do ctl 0 0 "whole while others write" audit verify --expect "$kept"; done
wait "$writer"

# On a terminal a long run shows how far it is, on a line that is gone at the end; elsewhere not (ctl wants
# standard error empty).
out=$(script -qec "musterctl audit verify" /dev/null)
like "$(tr -d '\r' <<<"$out" | sed -E 's/.*\x1b\[K//' | head -1)" "^whole: [0-9]+ rows\$" "on a terminal the result stands alone"
rewrite "DELETE FROM muster.audit_log; UPDATE muster.audit_end SET audit_id = 0, hash = ''"
ctl 0 0 "an empty log" audit verify
is "$out" "whole: no rows" "is whole"
said_well
finish
