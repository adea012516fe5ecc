#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# takeover: devices that another service configured become ours, with passwords somebody knows.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
begin takeover 16
make_pki "$WORK/pki" provisionserver.corp.example

# service PROFILE-EDIT: a muster that knows nothing, with a profile of its own.
service() {
	[ -z "${PID[one]:-}" ] || engine_stop
	[ ! -d "$WORK/pg" ] || pg_stop
	rm -rf "$WORK/pg" "$WORK/engine.key"
	db_start
	setting retry_minutes 0
	setting login_spacing_s 2
	cert_add "$WORK/pki" >/dev/null
	profiles office "$1"
	engine_start
}
why_of() { sql "SELECT reason_code || ' ' || reason FROM muster.device WHERE uuid = '$1'"; }

# The other service gives all of its devices one password.
service '.passwords.admin = "fixed"'
sim_start a --lockout-s 1 --devices 2 --releases 8.1 --seed 1 --base "$BASE.10" --root "$WORK/pki/root.pem"
sim_start b --lockout-s 1 --devices 2 --releases 16.1 --seed 2 --base "$BASE.20" --root "$WORK/pki/root.pem"
mapfile -t list < <(uuids a; uuids b)
stage_all a office a-
stage_all b office b-
for u in "${list[@]}"; do wait_for 40 device_is "$u" configured; done
ok "another service has configured four devices" || note "$(states)"

service .
of() { case $1 in "${list[0]}" | "${list[1]}") echo a ;; *) echo b ;; esac }
declare -A AT=()
for u in "${list[@]}"; do AT[$u]="--profile office --address $(dump "$(of "$u")" "$u" .address) --fqdn new${u:0:4}.corp.example"; done
for u in "${list[0]}" "${list[2]}"; do
	f=$(of "$u") n=${u:0:4}
	before=$(dump "$f" "$u" .tls.live_cert_sha256)
	printf '%s\n' 'Wr0ng-First!' 'Wr0ng-Second!' 'Wr0ng-Third!' | status 0 "$n: take-over with passwords that are wrong is queued" musterctl device take-over "$u" ${AT[$u]}
	wait_for 60 device_is "$u" detected
	like "$(why_of "$u")" '^1407 ' "$n: none of them opens it, and it stays somebody else's"
	is "$(dump "$f" "$u" '.counters.unprovisions, .state' | head -1)" 0 "$n: nothing was changed on it"
	printf '%s\n' 'Wr0ng-Fourth!' "$ADMIN_PASSWORD" | status 0 "$n: take-over with the right one among them is queued" musterctl device take-over "$u" ${AT[$u]}
	wait_for 60 device_is "$u" configured
	ok "$n: it is ours" || note "$(why_of "$u")"
	is "$(dump "$f" "$u" .tls.live_cert_sha256)" "$(sql "SELECT encode(tls_certificate, 'hex') FROM muster.device WHERE uuid = '$u'")" "$n: it shows a certificate of ours"
	[ "$before" != "$(dump "$f" "$u" .tls.live_cert_sha256)" ]
	ok "$n: another one than before"
	is "$(dump "$f" "$u" .host)" "new$n" "$n: it has the name it was given"
	no_orphan "$u"
	ok "$n: one current admin password, nothing pending"
	realm=$(dump "$f" "$u" .realm)
	[ "$(dump "$f" "$u" .admin_ha1)" != "$(ha1 admin "$realm" "$ADMIN_PASSWORD")" ]
	ok "$n: the password somebody else knows opens it no more"
	status 0 "$n: it can be configured again" musterctl device reprovision "$u" --fqdn "again$n.corp.example"
	wait_for 40 device_is "$u" configured
	is "$(dump "$f" "$u" .host)" "again$n" "$n: as any device of ours"
done

# The engine is killed in the middle, wherever it happens to be.
for u in "${list[1]}" "${list[3]}"; do
	f=$(of "$u") n=${u:0:4}
	setting lease_s 10
	sim "$f" "fault $u drop-after:SetAdminAclEntryEx*1" >/dev/null
	printf '%s\n' "$ADMIN_PASSWORD" | status 0 "$n: take-over whose change of password is answered by silence" musterctl device take-over "$u" ${AT[$u]}
	wait_for 90 device_is "$u" configured
	ok "$n: it is ours" || note "$(why_of "$u")"
	no_orphan "$u"
	ok "$n: one current admin password, nothing pending"
done
finish
