#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# hostile: devices that answer nonsense, refuse, stall or change under way, each beside the others and
# beside healthy ones. Each gets its own code, nobody waits for another, and once a device behaves it is
# configured like any other.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
begin hostile 7
db_start
setting retry_minutes 60
setting login_spacing_s 0
setting call_timeout_s 3
setting workers 60
make_pki "$WORK/pki" provisionserver.corp.example
cert_add "$WORK/pki" >/dev/null
profiles office
engine_start

# The code an attempt ends with, and what the device does.
rows='1412 deny-tls
1404 cert-change drop-before:CommitChanges*1
1405 silent
1405 slow-byte
1406 bad-length
1406 half-body
1407 401-forever
1407 stale-forever
1409 http:500
1409 http:503
1409 redirect
1410 big-body
1411 garbage
1411 xml-bomb
1501 fault:AMT_TLSSettingData=InternalError
1502 status:CommitChanges=36
1502 status:SetAdminAclEntryEx=1
1503 wrong-type:AMT_GeneralSettings.PingResponseEnabled
1503 missing:AMT_SetupAndConfigurationService.ProvisioningState
1503 value:AMT_SetupAndConfigurationService.ProvisioningState=7
1503 value:AMT_RedirectionService.EnabledState=99999999999
1504 fault:AMT_RedirectionService=DestinationUnreachable
1506 status:SetAdminAclEntryEx=38
1801 uuid-mismatch
0 keygen-s:4
0 two-pages
0 no-suffix
0 odd-xml
0 delay-ms:60
0 
0 
0 '
mapfile -t rows <<<"$rows"
sim_start odd --devices ${#rows[@]} --releases 15.0 --base "$BASE.1" --seed 1 --root "$WORK/pki/root.pem"
wait_for 20 sql_is ${#rows[@]} "SELECT count(*) FROM muster.device"
mapfile -t list < <(uuids odd)
for i in "${!rows[@]}"; do
	for fault in ${rows[i]#* }; do sim odd "fault ${list[i]} $fault" >/dev/null; done
done
stage_all odd office odd
finished() { sql_is 0 "SELECT count(*) FROM muster.job WHERE state = 'running' OR (state = 'queued' AND attempt = 0)"; }
wait_for 90 finished
ok "each attempt comes to its end" || note "$(sql "SELECT d.uuid, j.state, j.attempt FROM muster.job j JOIN muster.device d USING (device_id) WHERE j.state = 'running'")"
for i in "${!rows[@]}"; do
	read -r want fault <<<"${rows[i]}"
	row=$(sql "SELECT d.state || ' ' || coalesce(j.last_code, 0), j.last_text FROM muster.device d JOIN muster.job j USING (device_id) WHERE uuid = '${list[i]}' ORDER BY j.job_id DESC LIMIT 1")
	if [ "$want" = 0 ]; then
		is "${row%|*}" "configured 0" "${fault:-a healthy device}: configured"
	else
		like "$row" "^[a-z]+ $want\|.+" "$fault: code $want and a text"
	fi
done
# AMT's own limits: the engine waits for them, and says so.
of() { sql "SELECT $2 FROM muster.device d JOIN muster.job j USING (device_id) WHERE uuid = '$(uuid_with "$1")'"; }
uuid_with() { for i in "${!rows[@]}"; do [[ ${rows[i]} != *"$1"* ]] || echo "${list[i]}"; done; }
said() { sql "SELECT count(*) FROM muster.event_log WHERE uuid = '$(uuid_with "$1")' AND text ~ '$2'"; }
is "$(of 'Ex=38' "run_at > now() + interval '58 minutes'")" t "after the flash write limit it waits an hour"
like "$(said keygen-s 'generating keys; waiting')" '^[1-9]' "a device that makes keys is waited for, and that is told"
like "$(said 401-forever 'Login refused with the')" '^[12]$' "at most two passwords are tried in an attempt, and each is told"

# Refused before a connection is made, for a device counts what it refuses itself.
sim_start other --devices 1 --releases 15.0 --base "$BASE.100" --seed 2
sim_start domain --devices 1 --releases 15.0 --base "$BASE.110" --seed 3 --root "$WORK/pki/root.pem"
wait_for 20 sql_is $((${#rows[@]} + 2)) "SELECT count(*) FROM muster.device"
u=$(uuids other) v=$(uuids domain)
printf '%s\n' uuid,fqdn,profile "$u,a.corp.example,office" "$v,b.other.example,office" | musterctl staged import - >/dev/null
wait_for 20 device_has "$u" 1602
ok "a device that does not trust our root: code 1602"
wait_for 20 device_has "$v" 1603
ok "a device of another domain: code 1603"
is "$(dump other "$u" .counters.connections) $(dump domain "$v" .counters.connections)" "0 0" "neither was connected to"
sim_stop other
sim_stop domain
kill -0 "${PID[one]}"
ok "the engine is still there"

# What they sent is nowhere on the way to a terminal, and the passwords are nowhere at all.
sql "SELECT text FROM muster.event_log UNION ALL SELECT detail FROM muster.step_result" >"$WORK/log.txt"
unlike "$(LC_ALL=C tr -d '\n' <"$WORK/log.txt" | LC_ALL=C grep -c '[[:cntrl:]]')" '^[1-9]' "no control character in the log"
is "$(cat "$WORK/log.txt" "$WORK"/musterd-one.log | grep -cF -e "$HELPDESK_PASSWORD" -e "$AUDITOR_PASSWORD")" 0 "no password in the log"

# A device that behaves again is configured by the next attempt, with whatever was pending.
sim odd "clear *" >/dev/null
for u in $(sql "SELECT uuid FROM muster.device WHERE state <> 'configured' AND fqdn LIKE 'odd%'"); do
	sim odd "hello $u" >/dev/null
	musterctl device retry "$u" >>"$WORK/retry.log" 2>&1
done
wait_for 60 devices_are ${#rows[@]} configured
ok "all are configured once they behave" || note "$(states) $(sql "SELECT uuid, reason FROM muster.device WHERE state <> 'configured'")"
is "$(sim odd dump | jq -c '[.[] | [.provisioning_state, .configurations]] | unique')" '[[2,1]]' "each exactly once"
odd=0
for u in "${list[@]}"; do no_orphan "$u" || odd=$((odd + 1)); done
is $odd 0 "one current admin password each, nothing pending"
finish
