#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# trace: the debug trace is switched on and off while the engine runs, at three levels, says where it is, holds no
# secret, and has what was said before a failure in a file of its own.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
begin trace 15
# shellcheck disable=SC2034 # for pg_start
ROLES="operator administrator"
db_start
sql "CREATE ROLE operator LOGIN; GRANT muster_operator TO operator;
	CREATE ROLE administrator LOGIN; GRANT muster_administrator TO administrator"
profiles office '.passwords = {admin: "fixed", mebx: "fixed"}'
make_pki "$WORK/pki" provisionserver.corp.example
cert_add "$WORK/pki" >/dev/null
setting lease_s 10
engine_start
sim_start pcs --devices 8 --releases 16.1,6.2 --base "$BASE.1" --seed 15 --root "$WORK/pki/root.pem"
wait_for 30 devices_are 8 waiting
mapfile -t pcs < <(uuids pcs)
configure() { musterctl device approve "$1" --profile office --fqdn "$2.corp.example" >/dev/null && wait_for 120 device_is "$1" configured; }

ctl 0 0 "trace status at first" -j trace status
is "$(jq -c 'map({name, trace_dir, trace_bytes})' <<<"$out")" '[{"name":"one","trace_dir":"","trace_bytes":0}]' "says that there is none"
configure "${pcs[0]}" pc0
[ ! -e "$WORK/trace" ]
ok "without it nothing is written" || note "$(ls "$WORK/trace")"

# On for one device, on a running engine.
ctl 0 0 "trace on" -j trace on "${pcs[1]^^}"
is "$(sql "SELECT value FROM muster.setting WHERE name = 'trace'")" "${pcs[1]}" "is a setting"
ctl 0 0 "trace on for the same one again" trace on "${pcs[1]}"
is "$(sql "SELECT value FROM muster.setting WHERE name = 'trace'")" "${pcs[1]}" "changes nothing"
ctl 0 0 "trace on for another one" trace on "${pcs[3]}"
is "$(sql "SELECT value FROM muster.setting WHERE name = 'trace'")" "${pcs[1]} ${pcs[3]}" "adds it"
configure "${pcs[1]}" pc1
configure "${pcs[2]}" pc2
is "$(ls "$WORK/trace")" "${pcs[1]}.txt" "only the device that was named has a file"
file=$WORK/trace/${pcs[1]}.txt
is "$(stat -c %a "$file" "$WORK/trace" | tr '\n' ' ')" "600 700 " "which is private"
for what in '> attempt 1: Get AMT_GeneralSettings, [0-9]+ bytes$' 'Authorization: \*\*\*' '< HTTP 200, [0-9]+ bytes after [0-9]+ ms' '< HTTP 401' \
	'> attempt 1: SetMEBxPassword AMT_SetupAndConfigurationService' '<DigestPassword>\*\*\*</' '<Password>\*\*\*</' 'ReturnValue>0<' '<HostName>|pc1'; do
	grep -qE -- "$what" "$file"
	ok "it has $what" || note "$(grep -n '^20' "$file" | head -50)"
done

# What is secret of this device: its passwords as they are, and as what the device stores.
secrets() {
	printf '%s\n' "$ADMIN_PASSWORD" "$MEBX_PASSWORD" "$HELPDESK_PASSWORD" "$AUDITOR_PASSWORD"
	sim pcs dump | jq -r '.. | .admin_ha1?, .ha1?, .digest_password? | strings | select(length > 8)' | sort -u | while read -r hex; do
		echo "$hex"
		grep -qxE '[0-9a-f]{32}' <<<"$hex" && printf %s "$hex" | xxd -r -p | base64
	done
}
secrets >"$WORK/secrets"
[ "$(wc -l <"$WORK/secrets")" -ge 8 ]
ok "there are secrets to look for" || note "$(wc -l <"$WORK/secrets")"
grep -cFf "$WORK/secrets" "$file" >"$WORK/n"
is "$(<"$WORK/n")" 0 "none of them is in the file"
is "$(grep -cE 'PRIVATE KEY|response="|nonce="|cnonce=' "$file")" 0 "nor an answer to a challenge, nor a private key"
is "$(LC_ALL=C grep -caP '[\x00-\x08\x0b-\x1f\x7f]' "$file")" 0 "and nothing drives a terminal"

# Where, and how much.
wait_for 30 sql_is t "SELECT trace_bytes > 1000 FROM muster.engine_node"
ctl 0 0 "trace status" -j trace status
is "$(jq -r '.[0].trace_dir' <<<"$out")" "$WORK/trace" "says where"
[ "$(jq '.[0].trace_bytes' <<<"$out")" -gt 1000 ]
ok "and how much"
ctl 0 0 "trace status for people" trace status
like "$out" "^trace: ${pcs[1]}" "says of whom"

# Off.
ctl 0 0 "trace off" trace off
wait_for 20 sql_is "" "SELECT trace_dir FROM muster.engine_node"
ok "the engine says so at once"
size=$(stat -c %s "$file")
musterctl device accept "${pcs[1]}" >/dev/null
sql "UPDATE muster.device SET state = 'waiting' WHERE uuid = '${pcs[1]}' AND state <> 'waiting'"
configure "${pcs[1]}" pc1
is "$(stat -c %s "$file")" "$size" "and writes no more" || note "$(state_of "${pcs[1]}")"

[ ! -e "$WORK/trace/${pcs[1]}.error.log" ]
ok "what worked has no file of errors"
sql_is t "SELECT trace_bytes > 1000 FROM muster.engine_node"
ok "what is left of it is told" || note "$(musterctl trace status)"

# Levels, by an Administrator, for a device, for an engine, for all; and a failure, which tells all that was said.
fails() { sim pcs "fault $1 status:CommitChanges=36" >/dev/null && musterctl device approve "$1" --profile office --fqdn "$2.corp.example" >/dev/null && wait_for 120 device_is "$1" failed; }
talk() { cat "$WORK/trace/$1.txt" 2>/dev/null; }
errors() { cat "$WORK/trace/$1.error.log" 2>/dev/null; }
as_admin=(-j -d "$(conn muster administrator)")
ctl 0 0 "trace engine, errors" "${as_admin[@]}" trace engine one --level=E
is "$(jq -r .trace <<<"$out")" "engine=one:E" "is a setting"
ctl 0 0 "trace on, warnings" "${as_admin[@]}" trace on "${pcs[5]}" --level warnings
ctl 0 0 "trace status of levels" -j trace status
is "$(jq -r '.[0].trace' <<<"$out")" "engine=one:E ${pcs[5]}:W" "tells them"
is "$(sql "SELECT string_agg(after #>> '{}', ';' ORDER BY audit_id) FROM muster.audit_log WHERE object = 'trace' AND who = 'administrator'")" \
	"engine=one:E;engine=one:E ${pcs[5]}:W" "and the audit log has who changed what"
fails "${pcs[4]}" pc4
like "$(talk "${pcs[4]}")" ' E event: .*\(1502\)' "errors: the error is written"
is "$(talk "${pcs[4]}" | grep -cE ' [VW] (>|event)')" 0 "and nothing else"
like "$(errors "${pcs[4]}")" '^==== .* attempt 1 failed: .* \(1502\)$' "the file of errors says what failed"
for what in ' V > attempt 1: CommitChanges|V > attempt 1: Get AMT_GeneralSettings' ' W > attempt 1: CommitChanges' 'ReturnValue>36<' '<DigestPassword>\*\*\*</' 'V event: Set the host name'; do
	like "$(errors "${pcs[4]}")" "$what" "and has $what"
done
is "$(stat -c %a "$WORK/trace/${pcs[4]}.error.log")" 600 "and is private"
fails "${pcs[5]}" pc5
is "$(talk "${pcs[5]}" | grep -cE ' V (>|event)')" 0 "warnings: nothing that went well is written"
like "$(talk "${pcs[5]}")" ' W > attempt 1: CommitChanges' "what was refused is"
like "$(talk "${pcs[5]}")" ' E event: .*\(1502\)' "and the error"
ctl 0 0 "trace off for the engine" "${as_admin[@]}" trace off one
is "$(jq -r .trace <<<"$out")" "${pcs[5]}:W" "leaves the device"
ctl 0 0 "trace all, errors" "${as_admin[@]}" trace all --level e
configure "${pcs[6]}" pc6
[ ! -e "$WORK/trace/${pcs[6]}.txt" ] && [ ! -e "$WORK/trace/${pcs[6]}.error.log" ]
ok "errors of a run without any: no file" || note "$(ls "$WORK/trace")"
secrets >"$WORK/secrets"
cat "$WORK/trace"/* >"$WORK/everything"
is "$(grep -cFf "$WORK/secrets" "$WORK/everything")" 0 "no secret is in any file"
is "$(grep -cE 'PRIVATE KEY|response="|nonce="|cnonce=' "$WORK/everything")" 0 "nor an answer to a challenge, nor a private key"
is "$(LC_ALL=C grep -caP '[\x00-\x08\x0b-\x1f\x7f]' "$WORK/everything")" 0 "and nothing drives a terminal"
ctl 0 0 "trace off for all" trace off all
is "$(sql "SELECT value FROM muster.setting WHERE name = 'trace'")" "${pcs[5]}:W" "leaves the device too"
ctl 0 0 "trace off" trace off
fails "${pcs[7]}" pc7
[ ! -e "$WORK/trace/${pcs[7]}.error.log" ]
ok "off: a failure leaves no file"

# All; a folder that cannot be written is told once.
ctl 0 0 "trace all" trace all
mv "$WORK/trace" "$WORK/trace.old"
: >"$WORK/trace"
configure "${pcs[3]}" pc3
ok "a trace that cannot be written holds nothing up" || note "$(states)"
is "$(sql "SELECT count(*) FROM muster.event_log WHERE code = 1003 AND text LIKE 'Debug trace is not written%'")" 1 "and is told once"

# Refused.
ctl 2 1006 "trace on of no UUID" -j trace on nosuch
ctl 2 1006 "trace on at no level" -j trace on "${pcs[0]}" --level=X
ctl 2 1006 "trace all at the level off" trace all --level=off
ctl 3 1106 "trace of no engine" -j trace engine nosuch
ctl 2 1004 "trace engine without a name" -j trace engine
ctl 4 1104 "an Operator may not switch off either" -j -d "$(conn muster operator)" trace off
ctl 4 1104 "an Operator may not" -j -d "$(conn muster operator)" trace all
ctl 0 0 "but look" -j -d "$(conn muster operator)" trace status
for value in ALLES all:X "all all:E" "${pcs[0]},${pcs[1]}" " " "${pcs[0]} "; do
	ctl 1 1105 "setting trace to \"$value\"" -j setting set trace "$value"
done
ctl 0 0 "setting trace by hand" -j setting set trace "${pcs[0]} ${pcs[1]}"
said_well
finish
