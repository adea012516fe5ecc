#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# plan: the dry run of a profile against real runs: for each release, the calls that "musterctl profile plan" names are those that the simulated device was sent, and what it skips is what the engine
# skipped, for the same reason.
#
# How calls are compared: in order. A Pull belongs to its Enumerate and is left out. A call that only reads
# (Get, Enumerate, or a method that begins so) is compared once between two calls that write. A call for a
# class the device does not have is "Get -" on both sides, for the device does not tell which.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
begin plan 13
old="2.2 2.6 3.0"
releases="3.2 6.2 8.1 11.8 12.0 15.0 16.0 16.1"
db_start
make_pki "$WORK/pki" setup.corp.example
cert_add "$WORK/pki" >/dev/null
musterctl profile import "$SRC/contrib/lab-profile.json" >/dev/null
profiles other '.network = {ping: false, rmcp_ping: false} | .tls.mode = "none" | .interfaces = {web_ui: false, sol: false, ider: false, kvm: false}
	| .passwords.mebx = "keep" | .power = {package: "s0", idle_timeout_min: 5}'
profiles older '.network = {ping: false, rmcp_ping: false} | .tls.mode = "none" | .interfaces = {web_ui: false, sol: false, ider: false, kvm: false}
	| .power = {package: "s0", idle_timeout_min: 5}'
profiles bare '.acl = [] | .power.package = "keep" | .network.ping = false | .interfaces.sol = false | del(.secrets)'
engine_start

# once: repeated reads between two writes are dropped.
once() {
	awk '{ reads = $1 == "Get" || $1 == "Enumerate" || $2 ~ /\.(Get|Enumerate)/ }
		!reads { split("", seen) } !reads || !seen[$0]++'
}
planned() { # PROFILE RELEASE
	musterctl -j profile plan "$1" --release "$2" | jq -r '.[].calls[] | (if .absent then "Get -" else .call end) as $c | range(.times) | $c' | once
}
made() { # SIM UUID
	sim "$1" "log $2" | jq -r '.[] | select(.op != "Pull") | "\(.op) \(if .class == "" or .class == null then "-" else .class end)\(
		if .method then "." + .method else "" end)"' | once
}
skipped() { # PROFILE RELEASE
	musterctl -j profile plan "$1" --release "$2" | jq -r '.[] | select(.skipped) | "\(.step): \(.skipped)"'
}

# compare SIM PROFILE RELEASES: a fleet, configured, against the plan.
compare() {
	local name=$1 profile=$2 n uuid release
	n=$(wc -w <<<"$3")
	sim_start "$name" --devices "$n" --releases "${3// /,}" --base "$BASE.$4" --seed "$4" --root "$WORK/pki/root.pem"
	stage_all "$name" "$profile" "$name"
	for uuid in $(sim "$name" dump | jq -r '.[] | select(.network_off) | .uuid'); do sim "$name" "hello $uuid" >/dev/null; done
	wait_for 90 sql_is "$n" "SELECT count(*) FROM muster.device d JOIN muster.profile p USING (profile_id)
		WHERE p.name = '$profile' AND d.state = 'configured'"
	ok "$profile: every device is configured" || note "$(sql "SELECT uuid, state, reason FROM muster.device")"
	while read -r uuid release; do
		is "$(made "$name" "$uuid")" "$(planned "$profile" "$release")" "$profile on AMT $release: the calls are those of the plan"
		is "$(sql "SELECT r.step || ': ' || r.detail FROM muster.step_result r JOIN muster.job j USING (job_id) JOIN muster.device d USING (device_id)
			WHERE d.uuid = '$uuid' AND r.outcome = 'skipped' ORDER BY r.seq")" "$(skipped "$profile" "$release")" "and so is what is skipped"
	done < <(sim "$name" dump | jq -r '.[] | "\(.uuid) \(.release)"')
	sim_stop "$name"
}
compare lab office "$old $releases" 1
compare other other "${releases% *}" 60
compare older older "$old" 90 # other keeps the MEBx password, with which these do not commit
compare bare bare "2.6 3.1 3.2 11.8 16.1" 120

[ "$(planned office 16.1 | wc -l)" -gt 40 ]
ok "a plan is not empty"

# What a plan says beside.
ctl 1 0 "a release that has no port without TLS" -j profile plan other --release 16.1
has 'map(select(.refused)) | length == 1 and .[0].step == "tls" and (.[0].refused | test("no port without TLS"))' "is told where it would fail"
has '.[-1].step == "tls"' "and nothing comes after it"
ctl 0 0 "a plan for people" profile plan office --release 3.2
like "$out" "not on this release" "says what the release does not have"
like "$out" "skipped, WS-Management has no such request" "and why a step is skipped"
ctl 2 1004 "no release" -j profile plan office
ctl 2 1006 "a release that is none" -j profile plan office --release eleven
ctl 1 1808 "a release before 2.0" -j profile plan office --release 1.1
ctl 0 0 "a plan for an old release" -j profile plan office --release 2.1
has '[.[] | select(.skipped) | .step] == ["wired-profile", "power", "mebx-password"]' "says what it leaves out"
has 'any(.[].calls[]; .call == "Invoke SecurityAdministrationService.SetTLSKeyAndCertificate")' "and names the calls of that release"
ctl 3 1106 "no such profile" profile plan nosuch --release 11.8
said_well
finish
