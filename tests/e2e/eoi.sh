#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# eoi: AMT 2.2, 2.6, 3.0 and 3.1 by certificate, from the hello to the verification, in their own SOAP: the lines of
# the log, devices with odd answers and other spellings, a file of spellings, a request or an answer lost at each
# step. The simulator shares the built-in spellings; amttool, which does not, asks a configured device for its name.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
begin eoi 34
db_start
setting retry_minutes 0
setting login_spacing_s 0
setting workers 12
make_pki "$WORK/pki" setup.corp.example
cert_add "$WORK/pki" >/dev/null
profiles office
profiles plain '.tls.mode = "none" | .passwords.admin = "fixed"'

# fleet NAME HOST COUNT RELEASES OPTION...: those of 2.x are started by their host.
fleet() {
	local name=$1 at=$2 n=$3 releases=$4 u
	shift 4
	sim_start "$name" --devices "$n" --releases "${releases// /,}" --base "$BASE.$at" --seed "$at" \
		--root "$WORK/pki/root.pem" "$@"
	for u in $(sim "$name" dump | jq -r '.[] | select(.network_off) | .uuid'); do sim "$name" "hello $u" >/dev/null; done
}
settled() { sql_is 0 "SELECT count(*) FROM muster.job WHERE state IN ('queued', 'running')"; }
log_of() { sql "SELECT text FROM muster.event_log WHERE uuid = '$1' AND level <= ${2:-3} ORDER BY at, event_id"; }
configured() { sql "SELECT count(*) FROM muster.device WHERE state = 'configured' AND uuid IN ($(uuids "$1" | sed "s/.*/'&'/" | paste -sd,))"; }
# opens NAME: uuid and what the passwords of the database are to the device.
opens() { sim "$1" dump | "$BUILD/tests/opens"; }
explained() { # NAME: why not all are configured
	sql "SELECT uuid, state, reason_code, reason FROM muster.device WHERE state <> 'configured'" | sed 's/^/# /'
}

# --- every release -----------------------------------------------------------------------------

# A file of spellings that is wrong keeps the engine from starting.
printf 'operation set_rng_key\nname SetSeed\n' >"$WORK/eoi.dialect"
sed "s|^name = one|&\neoi_dialect_file = $WORK/eoi.dialect|" "$MUSTER_CONF" >"$WORK/dialect.conf"
status 1 "an engine with a wrong dialect file does not start" musterd -c "$WORK/dialect.conf"
like "$err" 'eoi.dialect, line 2: "name" does not belong to an operation.*1002' "and says why"

engine_start
fleet old 1 4 "2.2 2.6 3.0 3.1"
stage_all old office pc
wait_for 60 sql_is 4 "SELECT count(*) FROM muster.device WHERE state = 'configured'"
is "$(configured old)" 4 "2.2, 2.6, 3.0 and 3.1 are configured" || explained old
is "$(sim old dump | jq -r '.[] | "\(.host).\(.domain) \(.provisioning_state) \(.configurations) \(.tls.live_enabled) \(.clock_set) \(.rng_set) \([.acl[].name] | join(","))"')" \
	"$(for n in 1 2 3 4; do echo "pc$n.corp.example 2 1 true true true helpdesk,auditor"; done)" "with names, TLS, clock, random key and ACL"
is "$(opens old | cut -d' ' -f2- | sort -u)" "admin opens mebx opens" "and the passwords of the database open them"
for u in $(uuids old); do
	no_orphan "$u" && [ "$(dump old "$u" .tls.live_cert_sha256)" = "$(sql "SELECT encode(tls_certificate, 'hex') FROM muster.device WHERE uuid = '$u'")" ]
	ok "$(dump old "$u" .release): one current password, and the certificate of the database"
done

# The lines of Intel's service (requirements A5), in its order. The simulator has no wired profile to remove.
mapfile -t list < <(uuids old)
steps='Provisioning Intel|Start configuring|Set rng key|Synchronize clock|Set domain name|Set the host name|Set Ping|Set TLS options|Set enabled interfaces$|Set Kerberos|Remove existing|Set ACL|Set power policies|Change admin|Commit changes|Exit normally'
is "$(log_of "${list[2]}" | grep -E "^($steps)")" "Provisioning Intel* AMT device UUID: ${list[2]}
Start configuring the Intel* AMT device UUID: ${list[2]}
Set rng key on Intel* AMT device
Synchronize clock on Intel* AMT device
Set domain name to corp.example
Set the host name to pc3
Set Ping Response
Set TLS options
Set enabled interfaces
Set Kerberos options
Remove existing 802.1x wired profile
Set ACL
Set power policies
Change admin password
Commit changes
Exit normally processing provisioning worker" "3.0: the log has the lines of Intel's service, in its order"
is "$(sql "SELECT string_agg(r.step, ' ' ORDER BY r.seq) FROM muster.step_result r JOIN muster.job USING (job_id) JOIN muster.device USING (device_id)
	WHERE uuid = '${list[0]}' AND outcome = 'skipped'")" "wired-profile power" "2.2: what it does not have is left out"
is "$(sql "SELECT string_agg(amt_version, ' ' ORDER BY amt_version) FROM muster.device")" "2.2.5 2.6.5 3.0.5 3.1.5" "the releases are on record"
[ ! -e "$WORK/trace" ]
ok "nothing was odd" || note "$(ls "$WORK/trace")"
sim_stop old

# --- without TLS, and a stranger ------------------------------------------------------------------

fleet bare 11 2 "2.6 3.0"
stage_all bare plain bare
wait_for 60 sql_is 6 "SELECT count(*) FROM muster.device WHERE state = 'configured'"
is "$(configured bare)" 2 "without TLS: 2.6 and 3.0 are configured" || explained bare
like "$(AMT_PASSWORD=$ADMIN_PASSWORD timeout 20 amttool "$BASE.12" info 2>&1)" 'bare2\.corp\.example' "amttool gets the name from a device, with the password of the profile"
unlike "$(AMT_PASSWORD=admin timeout 20 amttool "$BASE.12" info 2>&1)" 'bare2\.corp\.example' "and not with the factory's"
sim_stop bare

# --- odd answers and other spellings ----------------------------------------------------------------

odd='status-code mac-hyphens odd-xml rechallenge:20 only-name:SetRNGSeed only-name:SetTLSEnabled only-name:Delete8021XWiredProfile
	only-name:SetPowerSavingOptions only-name:SetTlsCredentials only-name:SetMEBXPassword at-once:SetAdminAclEntryEx at-once:SecurityAdministrationService'
fleet odd 31 "$(wc -w <<<"$odd")" 3.0
mapfile -t list < <(uuids odd)
i=0
for fault in $odd; do
	sim odd "fault ${list[i]} $fault" >/dev/null
	i=$((i + 1))
done
stage_all odd office odd
wait_for 60 settled
i=0
for fault in $odd; do
	is "$(state_of "${list[i]}")" configured "3.0 with $fault: configured" || log_of "${list[i]}" 4 | tail -12 | sed 's/^/# /'
	i=$((i + 1))
done
is "$(opens odd | cut -d' ' -f2- | sort -u)" "admin opens mebx opens" "and their passwords are on record"
file=$WORK/trace/${list[4]}.txt
like "$(<"$file")" "SetRngKey /SecurityAdministrationService" "a spelling that was refused is in the debug trace, which is off"
like "$(<"$file")" "characters\)</sai:RngKey>" "without the key"
unlike "$(sim odd "log ${list[4]}" | jq -r '.[].method')" "SetRNGKey.*SetRngKey" "and the other ones were not asked once one was understood"
sim_stop odd

# --- a file of spellings -----------------------------------------------------------------------------

engine_stop
printf '# of nobody\noperation set_rng_key\nnames SetNobody SetNothing\n' >"$WORK/eoi.dialect"
cp "$WORK/dialect.conf" "$MUSTER_CONF"
engine_start
fleet file 61 1 "3.1"
u=$(uuids file)
stage_all file office file
wait_for 30 device_is "$u" failed
is "$(code_of "$u")" 1507 "names that the device does not know: code 1507" || note "$(log_of "$u")"
like "$(sql "SELECT reason FROM muster.device WHERE uuid = '$u'")" "refused in every spelling" "and a text"
like "$(<"$WORK/trace/$u.txt")" "SetNothing" "the debug trace has what was tried"
is "$(grep -cE '<sai:RngKey>[A-Za-z0-9+/=]+<' "$WORK/trace/$u.txt")" 0 "and not the key"
engine_stop
sed -i 's/^names .*/names SetNobody SETRNGKEY/' "$WORK/eoi.dialect"
engine_start
musterctl device retry "$u" >/dev/null
wait_for 40 device_is "$u" configured
is "$(state_of "$u")" configured "with the file put right it is configured" || explained file
sim_stop file

# --- lost requests and answers ------------------------------------------------------------------------

calls='SetRngKey SetHostName CertStoreAddKey CertStoreAddCertificate SetTlsOptions AddUserAclEntryEx SetMEBxPassword SetAdminAclEntryEx CommitChanges'
declare -A FAULT=()
lost() { # NAME RELEASE HOST MORE-FAULTS...
	local name=$1 release=$2 at=$3 fault call more u n=0 list
	shift 3
	fleet "$name" "$at" $((4 * $(wc -w <<<"$calls"))) "$release"
	mapfile -t list < <(uuids "$name")
	for fault in drop-before drop-after reboot-before reboot-after; do
		for call in $calls; do
			FAULT[${list[n]}]="$release $fault:$call $*"
			sim "$name" "fault ${list[n]} $fault:$call*1" >/dev/null
			for more; do sim "$name" "fault ${list[n]} $more" >/dev/null; done
			n=$((n + 1))
		done
	done
	wait_for 20 sql_is "$n" "SELECT count(*) FROM muster.device d WHERE state = 'waiting'"
	stage_all "$name" office "$name-"
	wait_for 120 settled
	opens "$name" >"$WORK/opens"
	for u in "${list[@]}"; do
		is "$(sql "SELECT state FROM muster.device WHERE uuid = '$u'") $(dump "$name" "$u" '"\(.provisioning_state) \(.configurations)"') $(sed -n "s/^$u //p" "$WORK/opens")" \
			"configured 2 1 admin opens mebx opens" "${FAULT[$u]}: configured once, and the passwords open it" || log_of "$u" | tail -25 | sed 's/^/# /'
	done
	sim_stop "$name"
}
lost three 3.0 71
lost once 2.2 121 at-once:SetAdminAclEntryEx
finish
