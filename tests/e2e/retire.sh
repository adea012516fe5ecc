#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# retire: configured devices are configured again, taken over, and unprovisioned; nothing is lost on the way.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
begin retire 15
db_start
setting retry_minutes 0
setting login_spacing_s 0
make_pki "$WORK/pki" provisionserver.corp.example
cert_add "$WORK/pki" >/dev/null
profiles office
engine_start

# Until its next hello, which may come at once.
in_setup() { [[ $(state_of "$1") =~ ^(setup|waiting)$ ]]; }
why_of() { sql "SELECT reason_code || ' ' || reason FROM muster.device WHERE uuid = '$1'"; }
steps_of() {
	sql "SELECT string_agg(step || ':' || outcome, ' ' ORDER BY s.attempt, s.seq) FROM muster.step_result s
	 WHERE s.job_id = (SELECT max(job_id) FROM muster.job JOIN muster.device USING (device_id) WHERE uuid = '$1')"
}

# fleet NAME RELEASE SEED: four devices, configured.
fleet() {
	sim_start "$1" --devices 4 --releases "$2" --seed "$3" --base "$BASE.$(($3 * 10))" --root "$WORK/pki/root.pem"
	mapfile -t list < <(uuids "$1")
	stage_all "$1" office "$1-"
	for u in "${list[@]}"; do wait_for 30 device_is "$u" configured; done
	ok "$2: four devices are configured" || note "$(states)"
}

# moved NAME RELEASE: a new FQDN, over the network, with a new certificate and the same password.
moved() {
	local u=${list[0]} before after
	before=$(dump "$1" "$u" .tls.live_cert_sha256)
	status 0 "$2: reprovision is queued" musterctl device reprovision "$u" --fqdn "moved-$1.corp.example"
	wait_for 30 device_is "$u" configured
	ok "$2: the device is configured again" || note "$(why_of "$u") $(steps_of "$u")"
	is "$(dump "$1" "$u" '"\(.configurations) \(.host)"')" "1 moved-$1" "$2: it has its new name, and never left its configuration"
	after=$(dump "$1" "$u" .tls.live_cert_sha256)
	[ "$before" != "$after" ]
	ok "$2: it has a new certificate"
	is "$after" "$(sql "SELECT encode(tls_certificate, 'hex') FROM muster.device WHERE uuid = '$u'")" "$2: the one on record"
	is "$(sql "SELECT count(*), count(ended_at) FROM muster.certificate JOIN muster.device USING (device_id) WHERE uuid = '$u'")" "2|1" "$2: the one before has ended"
	no_orphan "$u"
	ok "$2: its password is the one on record"
	status 0 "$2: once more, and nothing differs" musterctl device reprovision "$u"
	wait_for 30 device_is "$u" configured
	like "$(steps_of "$u")" '^connect:done facts:done .*admin-password:skipped commit:skipped verify:skipped$' "$2: nothing is sent that is not needed"
}

# partly NAME RELEASE: back to setup, and configured anew from its next hello.
partly() {
	local u=${list[1]}
	status 0 "$2: partial unprovision is queued" musterctl device unprovision "$u" --why "moved"
	wait_for 30 in_setup "$u"
	ok "$2: the device is back in setup" || note "$(why_of "$u") $(steps_of "$u")"
	is "$(dump "$1" "$u" '"\(.provisioning_state) \(.counters.unprovisions)"')" "1 1" "$2: so says the device"
	is "$(sql "SELECT fqdn IS NOT NULL, tls_certificate IS NULL, configured_at IS NULL FROM muster.device WHERE uuid = '$u'")" "t|t|t" "$2: it keeps its name and nothing else"
	sim "$1" "hello $u" >/dev/null
	wait_for 10 device_is "$u" waiting
	ok "$2: its hello waits for approval" || note "$(states)"
	status 0 "$2: it is approved again" musterctl device approve "$u"
	wait_for 30 device_is "$u" configured
	ok "$2: and configured" || note "$(why_of "$u")"
	no_orphan "$u"
	ok "$2: its password is the one on record"
}

# fully NAME RELEASE: to the state of the factory.
fully() {
	local u=${list[2]}
	status 0 "$2: full unprovision is queued" musterctl device unprovision "$u" --full
	wait_for 30 device_is "$u" unprovisioned
	ok "$2: the device is unprovisioned" || note "$(why_of "$u") $(steps_of "$u")"
	is "$(dump "$1" "$u" .provisioning_state)" 0 "$2: so says the device"
	is "$(sql "SELECT fqdn IS NULL, profile_id IS NULL FROM muster.device WHERE uuid = '$u'")" "t|t" "$2: its name is free"
	is "$(sql "SELECT string_agg(c.kind || ' ' || c.state, ',' ORDER BY c.kind) FROM muster.credential c JOIN muster.device USING (device_id) WHERE uuid = '$u'")" \
		"admin previous,mebx current" "$2: its passwords are kept"
}

# lost NAME RELEASE: the answer to the unprovision is lost, or the request is, or the device has no way back.
lost() {
	local u=${list[3]}
	sim "$1" "fault $u drop-after:PartialUnprovision*1" >/dev/null
	status 0 "$2: partial unprovision is queued, its answer will be lost" musterctl device unprovision "$u"
	wait_for 60 in_setup "$u"
	ok "$2: the device is looked at and found in setup" || note "$(why_of "$u") $(steps_of "$u")"
	is "$(dump "$1" "$u" .counters.unprovisions)" 1 "$2: it was told once"
	status 0 "$2: it is approved again" musterctl device approve "$u"
	wait_for 60 device_is "$u" configured
	ok "$2: and configured" || note "$(why_of "$u")"
	sim "$1" "fault $u drop-before:PartialUnprovision*1" >/dev/null
	status 0 "$2: partial unprovision is queued, the request will be lost" musterctl device unprovision "$u"
	wait_for 60 in_setup "$u"
	ok "$2: it is told again" || note "$(why_of "$u") $(steps_of "$u")"
	is "$(dump "$1" "$u" .counters.unprovisions)" 2 "$2: and did it once more"
	no_orphan "$u"
	ok "$2: its password is the one on record"
}

fleet ancient 3.0 4
moved ancient 3.0
partly ancient 3.0
fully ancient 3.0
lost ancient 3.0
fleet old 3.2 1
moved old 3.2
partly old 3.2
fully old 3.2
lost old 3.2
fleet middle 8.1 2
moved middle 8.1
partly middle 8.1
fully middle 8.1
lost middle 8.1
fleet modern 16.1 3
moved modern 16.1
partly modern 16.1
fully modern 16.1
lost modern 16.1
finish
