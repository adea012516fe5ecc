#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# lost: a call is lost on its way, or its answer is, or the device restarts around it. Every device
# ends configured exactly once, and the database has the password that opens it.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
begin lost 3
db_start
setting retry_minutes 0
setting login_spacing_s 0
setting workers 12
make_pki "$WORK/pki" provisionserver.corp.example
cert_add "$WORK/pki" >/dev/null
profiles office
engine_start

calls='SetAdminAclEntryEx SetMEBxPassword AddCertificate Put-AMT_TLSSettingData CommitChanges AddUserAclEntryEx GenerateKeyPair'
faults='drop-before drop-after reboot-before reboot-after'
declare -A FAULT=()

# fleet NAME RELEASE SEED: a device for each call and each fault, and one that fails twice.
fleet() {
	local call fault list i=0
	sim_start "$1" --devices 30 --releases "$2" --seed "$3" --base "$BASE.$((($3 - 1) * 40 + 1))" --root "$WORK/pki/root.pem"
	wait_for 20 sql_is 30 "SELECT count(*) FROM muster.device WHERE NOT EXISTS (SELECT FROM muster.job j WHERE j.device_id = device.device_id)"
	ok "$2: 30 devices said hello" || note "$(states) $(tail -qn 3 "$WORK/musterd-one.log" "$WORK/sim-$1.log")"
	mapfile -t list < <(uuids "$1")
	for fault in $faults; do
		for call in $calls; do
			FAULT[${list[i]}]="$2 $fault:$call*1"
			sim "$1" "fault ${list[i]} $fault:$call*1" >/dev/null
			i=$((i + 1))
		done
	done
	FAULT[${list[28]}]="$2 drop-after:SetAdminAclEntryEx*2 and drop-before:CommitChanges*2"
	sim "$1" "fault ${list[28]} drop-after:SetAdminAclEntryEx*2" >/dev/null
	sim "$1" "fault ${list[28]} drop-before:CommitChanges*2" >/dev/null
	FAULT[${list[29]}]="$2 drop-after:CommitChanges*1"
	sim "$1" "fault ${list[29]} drop-after:CommitChanges*1" >/dev/null
	stage_all "$1" office "$1-"
	wait_for 45 sql_is 0 "SELECT count(*) FROM muster.job WHERE state IN ('queued', 'running')"
	ok "$2: no device waits for ever" || note "$(states)"
	check "$1" "$2"
	sim_stop "$1"
}

# What each device has become.
check() {
	local u all row
	all=$(sim "$1" dump)
	for u in "${list[@]}"; do
		row=$(sql "SELECT d.state, j.attempt, d.reason FROM muster.device d JOIN muster.job j USING (device_id) WHERE uuid = '$u'")
		like "$row" '^configured\|[1-4]\|' "${FAULT[$u]}: configured within four attempts" || {
			sql "SELECT to_char(at, 'MI:SS.MS'), code, text FROM muster.event_log WHERE uuid = '$u' AND level <= 3 ORDER BY at, event_id" | sed 's/^/# /'
			continue
		}
		is "$(jq -r ".[] | select(.uuid == \"$u\") | \"\(.provisioning_state) \(.configurations) \(.tls.live_cert_sha256)\"" <<<"$all")" \
			"2 1 $(sql "SELECT encode(tls_certificate, 'hex') FROM muster.device WHERE uuid = '$u'")" \
			"${FAULT[$u]}: configured once, with the certificate of the database"
		no_orphan "$u"
		ok "${FAULT[$u]}: one current admin password, nothing pending"
		is "$(jq ".[] | select(.uuid == \"$u\") | [(.certificates | length), ([.keys[] | select(.used)] | length), ([.acl[] | select(.name == \"helpdesk\")] | length)] | join(\" \")" -r <<<"$all")" \
			"1 1 1" "${FAULT[$u]}: nothing is left over in the device"
	done
}

fleet old 3.2 1
fleet middle 8.1 2
fleet modern 16.1 3

# A device that was down for a while, with more passwords on record than one attempt may try.
sim_start again --devices 1 --releases 3.2 --seed 9 --base "$BASE.200" --root "$WORK/pki/root.pem"
again=$(uuids again)
stage_all again office again-
wait_for 20 device_is "$again" configured
ok "a device of release 3.2 is configured"
sim again "unprovision $again" >/dev/null
sleep 0.5
musterctl device accept "$again" >/dev/null
sim again "fault $again http:503*4" >/dev/null
sim again "hello $again" >/dev/null
wait_for 10 sql_is 2 "SELECT hello_count FROM muster.device WHERE uuid = '$again'"
musterctl device approve "$again" >/dev/null
wait_for 20 sql_is 0 "SELECT count(*) FROM muster.job WHERE state IN ('queued', 'running')"
is "$(state_of "$again")" configured "reset by hand, four times out of order: its passwords are tried all the same" ||
	note "$(sql "SELECT attempt, last_code, last_text FROM muster.job ORDER BY job_id DESC LIMIT 1")"
finish
