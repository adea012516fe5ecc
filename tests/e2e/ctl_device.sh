#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# ctl_device: musterctl with devices: what it does with them, what it shows of strangers, the log,
# output that does not arrive, rights, and a new key.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
begin ctl_device 8
# shellcheck disable=SC2034 # for pg_start
ROLES="viewer operator"
none=11111111-2222-4333-8444-555555555555
db_start
profiles office
make_pki "$WORK/pki" provisionserver.corp.example
cert_add "$WORK/pki" >/dev/null
musterctl profile export office >"$WORK/office.json"
sha=$(musterctl -j cert list | jq -r '.[0].sha256')
good=$none,pc.corp.example,office

# What is missing.
ctl 1 0 "ready without an engine" -j ready
has '[.[] | select(.state == "missing") | .item] == ["Engine"]' "names it"
like "$(musterctl ready)" "missing +Engine +none runs" "and so it does for people"

# Devices.
engine_start
wait_for 30 musterctl ready >/dev/null
ctl 0 0 "ready with an engine" -j ready
has 'all(.[]; .state != "missing") and length == 8' "misses nothing"
members "item says state"
sim_start pcs --devices 4 --releases 15.0 --base "$BASE.1" --seed 1 --root "$WORK/pki/root.pem"
wait_for 30 devices_are 4 waiting
mapfile -t pcs < <(uuids pcs)
printf '\033[31m\302\233no hello' >"/dev/tcp/127.0.0.1/$PORT"
ctl 0 0 "device list" -j device list --state waiting
has 'length == 4' "shows the waiting ones"
ctl 2 1006 "device list of no such state" -j device list --state wating
ctl 0 0 "device hold" -j device hold "${pcs[0]}" --why "for a test"
members "code text uuid"
ctl 5 0 "device release of which one is not held" -j device release "${pcs[0]}" "${pcs[1]}"
has '[.[].code] == [0, 1105]' "tells each"
ctl 1 0 "device hold of an unknown UUID" -j device hold "$none"
has '.[0].code == 1106' "tells the code"
for verb in show hold release retry accept approve cancel delay; do
	ctl 2 1006 "device $verb of no UUID" -j device "$verb" nosuch
done
ctl 3 1106 "device show of an unknown UUID" -j device show "$none"
ctl 3 1106 "device approve with an unknown profile" -j device approve "${pcs[0]}" --profile nosuch --fqdn a.b
ctl 1 0 "device approve without an FQDN" -j device approve "${pcs[0]}" --profile office
has '.[0].code == 913' "tells the code"
ctl 0 0 "device approve by a pattern" -j device approve "${pcs[0]}" --profile office --fqdn 'pc-{uuid}.corp.example'
ctl 0 0 "staged import of a waiting device" -j staged import - <<<"uuid,fqdn,profile,ou,note"$'\n'"${pcs[1]},pc2.corp.example,office,\"OU=a,DC=b\",\"say \"\"x\"\"\""
has '.queued == 1' "queues it"
wait_for 60 devices_are 2 configured
ok "both are configured" || note "$(states)"
ctl 0 0 "device show" -j device show "${pcs[1]}"
has '.state == "configured" and .profile == "office" and .fqdn == "pc2.corp.example" and .ou == "OU=a,DC=b" and (.steps | length > 5)' "it has what was staged, and its steps"
ctl 0 0 "device show for people" device show "${pcs[1]}"
like "$out" "^State +configured" "shows the state"
ctl 1 0 "device retry of a configured one" -j device retry "${pcs[0]}"
has '.[0].code == 1105' "tells the code"
ctl 0 0 "device accept" -j device accept "${pcs[0]}"
wait_for 20 sql_is t "SELECT count(*) > 0 FROM muster.hello_rejected"
ctl 0 0 "hello rejected" -j hello rejected
has 'any(.[]; .code == 1301 and (.bytes | test("1b5b33316dc29b")))' "shows the bytes in hex"
ctl 0 0 "engine list" -j engine list
has '.[0].name == "one" and .[0].state == "running"' "shows the engine"
ctl 0 0 "cert export-ca" cert export-ca
openssl x509 -noout <<<"$out"
ok "prints a certificate"

# What came from the network or a file, with escapes in it.
evil=$'E\'x\\033]0;evil\\007\\033[31m\\u009bred\\u202e\\177\''
sql "UPDATE muster.device SET model = $evil, serial = $evil, reason = $evil WHERE uuid = '${pcs[3]}';
	INSERT INTO muster.event_log (at, level, text) VALUES (now(), 3, $evil)"
musterctl -j staged add "$none" evil.corp.example --profile office --note $'\033[31m\302\233' --ou $'\302\233red\033c' >/dev/null
for command in "device show ${pcs[3]}" "device list" "staged list" log; do
	# shellcheck disable=SC2086 # several words on purpose
	ctl 0 0 "$command with escapes in its rows" $command
	# shellcheck disable=SC2086
	[ "$command" = log ] || ctl 0 0 "and as JSON" -j $command
done

# log
ctl 0 0 "log of a device" log --uuid "${pcs[1]^^}" --lines 1000
is "$(grep -vc "${pcs[1]}" <<<"$out")" 0 "has only its lines"
status 0 "log as JSON" musterctl log --json --level verbose --lines 5
is "$(jq -sc 'length, (map(keys) | unique)' <<<"$out" | tr '\n' ' ')" '5 [["at","code","id","job_id","level","text","uuid"]] ' "an object a line"
printf '%s\n' "$out" >>"$WORK/said"
ctl 0 0 "log --search" log --search "for a test nosuch"
is "$out" "" "finds nothing"
ctl 2 1006 "log: a bad UUID" -j log --uuid x
ctl 2 1006 "log: a bad level" log --level loud
ctl 2 1006 "log: no number of lines" -j log --lines 10x
musterctl log --follow --lines 1 >"$WORK/follow.txt" 2>&1 &
PID[follow]=$!
{ musterctl log --follow --lines 1; echo $? >"$WORK/follow.rc"; } 2>"$WORK/follow.err" | head -1 >/dev/null &
PID[head]=$!
turn() { musterctl device hold "${pcs[2]}" && musterctl device release "${pcs[2]}"; } >/dev/null
followed() { turn && [ "$(grep -c "${pcs[2]}" "$WORK/follow.txt")" -ge 2 ] && [ -s "$WORK/follow.rc" ]; }
wait_for 30 followed
ok "log --follow shows new lines, and ends with its reader" || note "$(<"$WORK/follow.txt")"
like "$(cat "$WORK/follow.rc")" '^[1-9]' "but not with 0"
kill "${PID[follow]}"
wait "${PID[follow]}" "${PID[head]}" 2>/dev/null
unset 'PID[head]' 'PID[follow]'

# Output that does not arrive.
for command in "explain" "setting list" "-j setting list" "profile export office" "log"; do
	# shellcheck disable=SC2086
	err=$(musterctl $command 2>&1 >/dev/full)
	is "$? $(grep -c '(1003;' <<<"$err")" "1 1" "$command to a full device"
	# shellcheck disable=SC2086
	musterctl $command >&- 2>"$WORK/stderr"
	is "$? $(grep -c '(1003;' "$WORK/stderr")" "1 1" "$command without standard output"
	# shellcheck disable=SC2086
	(
		trap '' PIPE # the reader is gone for sure before musterctl writes
		while printf x; do :; done 2>/dev/null
		musterctl $command 2>"$WORK/stderr"
		echo $? >"$WORK/rc"
	) | :
	is "$(<"$WORK/rc") $(grep -c '(1003;' "$WORK/stderr")" "1 1" "$command to a closed pipe"
done
(
	trap '' PIPE
	while printf x; do :; done 2>/dev/null
	trap - PIPE
	musterctl explain 2>"$WORK/stderr"
	echo $? >"$WORK/rc"
) | :
like "$(<"$WORK/rc")" '^[1-9]' "a closed pipe that kills is not status 0 either"

# Rights: "-" is allowed.
sql "CREATE ROLE viewer LOGIN; GRANT muster_log_viewer TO viewer; CREATE ROLE operator LOGIN; GRANT muster_operator TO operator"
while IFS='|' read -r who command; do
	code=1104 want=4
	[ "${who%-}" = "$who" ] || code=0 want=0
	# shellcheck disable=SC2086
	ctl $want $code "$who $command" -j -d "$(conn muster "${who%-}")" $command <"$WORK/office.json"
done <<-RIGHTS
	viewer-|db status
	viewer|setting list
	viewer|engine list
	viewer|profile list
	viewer|profile import -
	viewer|cert list
	viewer|device list
	viewer|device hold ${pcs[2]}
	viewer|device cancel ${pcs[2]}
	viewer|device delay ${pcs[2]}
	viewer|ready
	viewer|staged add $none a.b --profile office
	viewer|hello rejected
	viewer|db upgrade
	operator-|setting get workers
	operator-|device list
	operator-|ready
	operator-|profile import -
	operator-|staged remove $none
	operator|setting set workers 12
	operator|cert add $WORK/pki/bundle.pem --key $WORK/pki/leaf.key
	operator|cert disable $sha
	operator|db upgrade
	operator|db create
	nobody-knows|log
RIGHTS
status 0 "viewer log" musterctl -d "$(conn muster viewer)" log
ctl 4 1104 "viewer staged import" -j -d "$(conn muster viewer)" staged import - <<<"uuid,fqdn,profile"$'\n'"$good"
is "$(sql "SELECT value FROM muster.setting WHERE name = 'workers'")" 10 "what was refused changed nothing"

# key rotate: not under an engine; afterwards every secret can be used.
cp "$WORK/engine.key" "$WORK/other.key"
ctl 1 137 "key rotate under an engine" -j key rotate
engine_stop

# Without an engine a job stays queued: it is put off, and taken out.
minutes() { sql "SELECT ceil(extract(epoch FROM run_at - now()) / 60) FROM muster.job JOIN muster.device USING (device_id)
	WHERE uuid = '${pcs[2]}' AND job.state = 'queued'"; }
ctl 0 0 "device approve" -j device approve "${pcs[2]}" --profile office --fqdn pc3.corp.example
ctl 5 0 "device delay of which one is not queued" -j device delay "${pcs[2]}" "${pcs[1]}"
has '[.[].code] == [0, 1105]' "tells each"
like "$(minutes)" '^(59|60)$' "an hour is usual"
ctl 0 0 "device delay --minutes" -j device delay "${pcs[2]}" --minutes 10080
like "$(minutes)" '^100(79|80)$' "a week is the most"
for minutes in 0 10081 -1 x 5m ""; do
	ctl 2 1006 "device delay --minutes '$minutes'" -j device delay "${pcs[2]}" "--minutes=$minutes"
done
ctl 0 0 "device cancel" -j device cancel "${pcs[2]}" --why "for a test"
is "$(sql "SELECT state || ' ' || reason_code FROM muster.device WHERE uuid = '${pcs[2]}'")" "waiting 1812" "it waits again"
ctl 1 0 "device cancel of one that is not queued" -j device cancel "${pcs[2]}"
has '.[0].code == 1105' "tells the code"

ctl 0 0 "key rotate" -j key rotate
ctl 0 0 "key check" -j key check
has '.bad == 0 and .sealed > 5' "opens all"
sed 's/engine\.key/other.key/' "$MUSTER_CONF" >"$WORK/other.conf"
ctl 1 1203 "key check with the key before" -c "$WORK/other.conf" key check
engine_start
ctl 0 0 "device approve after the rotation" -j device approve "${pcs[2]}" --profile office --fqdn pc3.corp.example
wait_for 60 device_is "${pcs[2]}" configured
ok "the profile's passwords and the certificate's key are usable" || note "$(states) $(engine_log | tail -3)"
said_well
finish
