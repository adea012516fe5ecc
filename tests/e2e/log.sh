#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# log: the event log exported as CSV and JSON in constant memory, searched, and followed while days of it
# are dropped and the database goes away and comes back.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
begin log 16
db_start
lines=300000
u=00000001-0000-4000-8000-000000000001
sql "INSERT INTO muster.event_log (at, level, uuid, code, text)
	SELECT '2025-01-01 00:00:00+00'::timestamptz + make_interval(secs => i), CASE WHEN i % 1000 = 0 THEN 1 ELSE 3 END,
	       CASE WHEN i % 3 = 0 THEN '$u'::uuid END, 0, 'Line ' || i || ' of the log' FROM generate_series(1, $lines) AS i;
	INSERT INTO muster.event_log (at, level, code, text) VALUES
	('2024-12-31 23:00:00+00', 3, 1401, 'needle, with \"quotes\" and a comma'), ('2024-12-31 23:00:01+00', 2, 0, '=1+1'),
	('2024-12-31 23:00:02+00', 3, 0, E'escape \\033[31m and \\\\ back')"

# Export.
status 0 "log export as CSV" musterctl log export "$WORK/all.csv" --csv
like "$out" "^$((lines + 3)) lines in " "says how many"
is "$(wc -l <"$WORK/all.csv")" $((lines + 4)) "all lines are there, and the names of the columns"
is "$(stat -c %a "$WORK/all.csv")" 600 "for its owner only"
is "$(sed -n 1,4p "$WORK/all.csv" | tr -d '\r')" 'at,level,uuid,code,job_id,text
2024-12-31 23:00:00.000Z,info,,1401,,"needle, with ""quotes"" and a comma"
2024-12-31 23:00:01.000Z,warning,,0,,"'"'"'=1+1"
2024-12-31 23:00:02.000Z,info,,0,,"escape ?[31m and \ back"' "oldest first; quoted; no formula, nothing that drives a terminal"
status 1 "log export to a file that exists" musterctl log export "$WORK/all.csv" --csv
like "$err" "\(1003;" "is refused"
is "$(wc -l <"$WORK/all.csv")" $((lines + 4)) "and leaves it"
musterctl log export - --json >"$WORK/all.json"
is "$(jq -c 'select(.level != "") | .id' <"$WORK/all.json" | sort -u | wc -l)" $((lines + 3)) "log export as JSON: an object a line, each once"
is "$(sed -n 3p "$WORK/all.json" | jq -c 'del(.id)')" '{"at":"2024-12-31 23:00:02.000Z","code":0,"job_id":0,"level":"info","text":"escape ?[31m and \\ back","uuid":""}' "with the same lines"
count() { musterctl log export - --csv "$@" | sed 1d | wc -l; }
is "$(count --uuid "${u^^}")" $((lines / 3)) "of one device"
is "$(count --level error)" $((lines / 1000)) "of a level"
is "$(count --since '2025-01-01 00:00:10+00' --until '2025-01-01 00:00:20+00')" 10 "of a time: since is inclusive, until is not"
is "$(count --since 2099-01-01)" 0 "of a time without lines"
is "$(count --search NEEDLE)" 1 "with a text at the far end"
is "$(count --search 'line 29999 ')" 1 "with a text in the middle"
is "$(count --search 'of the log' --uuid $u --until '2025-01-01 00:01:00+00')" 19 "with all of these"
ctl 2 1004 "log export without a format" log export "$WORK/no"
ctl 2 1004 "log export with two" -j log export "$WORK/no" --csv
ctl 2 1006 "log export of no UUID" log export "$WORK/no" --csv --uuid x
ctl 1 1105 "log export since no time" log export "$WORK/no" --csv --since yesteryear
[ ! -e "$WORK/no" ]
ok "what fails leaves no file"
ctl 1 1003 "log export to a folder that is not there" log export "$WORK/nosuch/x" --csv
err=$(musterctl log export - --csv 2>&1 >/dev/full)
like "$err" "\(1003;" "log export to a full device is told"

like "$err" "the disk is full" "in plain words"
is "$(ulimit -f 64 && musterctl log export "$WORK/limited.csv" --csv 2>&1 | grep -c 'larger than you may write')" 1 "log export of more than the shell allows is told"
is "$(find "$WORK" -name 'limited*')" "" "and leaves nothing"

# Ended in the middle: the table is locked, so that the export has begun and waits.
psql -XAtq -h "$WORK/pg/sock" -U muster -d muster -c "SET application_name = 'locker'" -c "BEGIN" -c "LOCK TABLE muster.event_log" -c "SELECT pg_sleep(600)" >/dev/null 2>&1 &
PID[locker]=$!
wait_for 20 sql_is 1 "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'locker' AND query LIKE '%pg_sleep%' AND state = 'active'"
has_open() { find "/proc/$1/fd" -lname "$WORK/*" 2>/dev/null | grep -q .; }
for signal in INT TERM KILL; do
	# Of a background job a shell has SIGINT ignored.
	perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' musterctl log export "$WORK/killed.csv" --csv &
	PID[export]=$!
	wait_for 20 has_open "${PID[export]}"
	ok "log export writes" || note "$(ls -l "/proc/${PID[export]}/fd")"
	kill -$signal "${PID[export]}"
	wait "${PID[export]}" 2>/dev/null
	is "$(find "$WORK" -name 'killed*')" "" "and leaves nothing when it is ended by SIG$signal"
done
unset "PID[export]"
sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'locker'" >/dev/null
wait "${PID[locker]}"
unset "PID[locker]"
(
	ulimit -v 250000
	musterctl log export "$WORK/bounded.csv" --csv >/dev/null
)
is "$(wc -l <"$WORK/bounded.csv")" $((lines + 4)) "within 250 MB of addresses, whatever the size of the log"
rm -f "$WORK"/*.csv "$WORK"/*.json

# Search.
is "$(musterctl log --search needle --lines 5 | wc -l)" 1 "log --search finds the oldest line"
is "$(musterctl log --search 'Line 7 ' --lines 5 | wc -l)" 1 "and one behind many others"
is "$(musterctl log --search nosuchtext | wc -l)" 0 "and nothing where there is nothing"

# Followed across the retention.
say() { sql "INSERT INTO muster.event_log (at, level, text) VALUES (clock_timestamp(), 3, '$1')"; }
old=$(sql "SELECT to_char((now() AT TIME ZONE 'UTC')::date - 200, 'YYYYMMDD')")
sql "CREATE TABLE muster.event_log_$old PARTITION OF muster.event_log FOR VALUES
	FROM ('$(date -u -d "$old" +%F) 00:00:00+00') TO ('$(date -u -d "$old + 1 day" +%F) 00:00:00+00')"
musterctl log --follow --lines 1 >"$WORK/follow.txt" 2>"$WORK/follow.err" &
PID[follow]=$!
musterctl log --follow --lines 1 --search special >"$WORK/special.txt" 2>&1 &
PID[special]=$!
seen() { grep -q "$1" "$WORK/follow.txt"; }
say "first special one"
wait_for 30 seen "first special one"
ok "log --follow shows what comes"
is "$(sql "SELECT muster.event_log_maintain()")" 1 "a day of the log is dropped meanwhile"
say "after the drop"
wait_for 30 seen "after the drop"
ok "and following goes on"
pg_crash
sleep 1
pg_start
wait_for 30 sql_is 1 "SELECT 1"
say "after the crash, special"
wait_for 40 seen "after the crash"
ok "it goes on after the database was away"
wait_for 40 grep -q "after the crash" "$WORK/special.txt"
ok "with a search too"
like "$(<"$WORK/follow.err")" "trying again" "and says that it was"
is "$(grep -c "first special one" "$WORK/follow.txt") $(grep -c "after the drop" "$WORK/follow.txt") $(grep -c "after the crash" "$WORK/follow.txt")" "1 1 1" "each line is shown once"
is "$(grep -c "special" "$WORK/special.txt")" 2 "and those that were searched for"
kill "${PID[follow]}" "${PID[special]}"
wait "${PID[follow]}" "${PID[special]}" 2>/dev/null
unset 'PID[follow]' 'PID[special]'
said_well
finish
