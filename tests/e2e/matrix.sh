#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# matrix: the rule of no orphan at every request of a run. One run without faults tells which requests a
# release gets, and which step each belongs to; then for each request and each kind of trouble one device
# has that trouble at that request: all wait there, and the engine is killed or the database crashes under
# all of them at once. A new step is in it without a line here.
#
# RELEASES (default: 16.1; "make soak" takes one of each kind) and KINDS (default: all columns) choose a part.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
begin matrix 9
db_start
setting retry_minutes 0
setting login_spacing_s 0
setting call_timeout_s 120
setting lease_s 10
setting workers 260
make_pki "$WORK/pki" provisionserver.corp.example
cert_add "$WORK/pki" >/dev/null
profiles office
engine_start

# A column: its name, the fault of the devices, and what is done when all of them wait.
columns=(
	'cut-before drop-before -'
	'cut-after drop-after -'
	'restart-before reboot-before -'
	'restart-after reboot-after -'
	'killed-before stall-before kill'
	'killed-after stall-after kill'
	'killed-twice stall-after kill2'
	'database stall-after crash'
)
fleets=0

# fleet NAME N [OPTION...]: N devices that wait for an operator; their UUIDs in list.
fleet() {
	fleets=$((fleets + 1))
	sim_start "$1" "${@:3}" --devices "$2" --releases "$release" --seed $fleets --base "127.140.$fleets.1" --idle-s 300 --root "$WORK/pki/root.pem"
	mapfile -t list < <(uuids "$1")
	for u in $(sim "$1" dump | jq -r '.[] | select(.network_off) | .uuid'); do sim "$1" "hello $u" >/dev/null; done # started by their hosts
	wait_for 30 sql_is "$2" "SELECT count(*) FROM muster.device WHERE state = 'waiting'"
}

# The run without faults: requests[i] is the number of the step that request i + 1 belongs to. The time
# of a step is known to the millisecond, so the device takes its time.
reference() {
	fleet "ref$release" 1 --latency-ms 3
	stage_all "ref$release" office "ref$fleets-"
	wait_for 30 device_is "${list[0]}" configured
	ok "$release: a device is configured without trouble" || note "$(states)"
	sql "SELECT step, extract(epoch FROM step_result.started_at) * 1000000 FROM muster.step_result JOIN muster.job USING (job_id)
		JOIN muster.device USING (device_id) WHERE uuid = '${list[0]}' ORDER BY seq" >"$WORK/steps"
	mapfile -t steps < <(cut -d'|' -f1 "$WORK/steps")
	mapfile -t requests < <(sim "ref$release" "log ${list[0]}" | jq -r '.[].at_us' | awk -F'|' '
		NR == FNR { at[NR] = $2; n = NR; next }
		{ s = 1; while (s < n && at[s + 1] <= $1) s++; print s - 1 }' "$WORK/steps" -)
	sim_stop "ref$release"
}

# Every device of a fleet waits in a request or is configured.
settled() { [ "$(($(sim "$1" count | jq .stalled) + $(sql "SELECT count(*) FROM muster.device WHERE state = 'configured' AND fqdn LIKE '$3%'")))" = "$2" ]; }
stalled() { [ "$(sim "$1" count | jq .stalled)" = "$2" ]; }

# What has become of the devices of a fleet: "UUID good" or "UUID what is wrong", a line each.
outcomes() {
	sim "$1" dump >"$WORK/dump"
	"$BUILD/tests/opens" <"$WORK/dump" >"$WORK/opens" || note "opens: $?"
	sql "SELECT uuid, state, encode(tls_certificate, 'hex'),
		(SELECT count(*) FROM muster.credential c WHERE c.device_id = d.device_id AND c.state = 'pending') FROM muster.device d" >"$WORK/rows"
	jq -r '.[] | [.uuid, .provisioning_state, .configurations, .tls.live_cert_sha256, (.certificates | length),
		([.keys[] | select(.used)] | length), ([.acl[] | select(.name == "helpdesk")] | length), ([.faults[0] // "" | select(endswith("*0") | not)] | length)] | join("|")' "$WORK/dump" |
		awk -F'|' -v opens="$WORK/opens" -v rows="$WORK/rows" '
			BEGIN {
				while ((getline line <rows) > 0) { split(line, f, "|"); state[f[1]] = f[2]; cert[f[1]] = f[3]; pending[f[1]] = f[4] }
				while ((getline line <opens) > 0) { u = substr(line, 1, 36); word[u] = substr(line, 38) }
			}
			{
				why = ""
				if (state[$1] != "configured") why = why " is " state[$1]
				if ($2 != 2) why = why " device in state " $2
				if ($3 != 1) why = why " configured " $3 " times"
				if ($4 != cert[$1]) why = why " shows another certificate"
				if ($5 != 1 || $6 != 1 || $7 != 1) why = why " certificates, keys in use, ACL entries: " $5 " " $6 " " $7
				if ($8 != 0) why = why " never got into trouble"
				if (word[$1] != "admin opens mebx opens") why = why " passwords: " word[$1]
				if (pending[$1] != 0) why = why " password pending"
				print $1 (why == "" ? " good" : why)
			}'
}

# column NAME FAULT ACTION: a device for each request; one test a step.
column() {
	local name=$1 fault=$2 action=$3 i u what s good wrong
	local -A total=() fine=()
	fleet "$name$release" ${#requests[@]}
	for i in "${!list[@]}"; do sim "$name$release" "fault ${list[i]} $fault:$((i + 1))*1" >/dev/null; done
	# The second time, somewhere in the recovery, if that takes so long.
	if [ "$action" = kill2 ]; then
		for i in "${!list[@]}"; do sim "$name$release" "fault ${list[i]} stall-before:$((i + 2 + i * 7 % 40))*1" >/dev/null; done
	fi
	stage_all "$name$release" office "$name$fleets-"
	if [ "$action" != - ]; then
		wait_for 60 stalled "$name$release" ${#requests[@]}
		ok "$release $name: a device waits at each of ${#requests[@]} requests" || note "$(sim "$name$release" count)"
	fi
	case $action in
	kill*)
		engine_kill
		engine_start
		;;&
	kill2)
		wait_for 60 settled "$name$release" ${#requests[@]} "$name$fleets-"
		ok "$release $name: the recovery waits too, or is done" || note "$(sim "$name$release" count)"
		engine_kill
		engine_start
		;;
	crash)
		pg_crash
		sim "$name$release" "resume *" >/dev/null
		sleep 2
		pg_start
		;;
	esac
	wait_for 120 sql_is 0 "SELECT count(*) FROM muster.device WHERE state <> 'configured'"
	outcomes "$name$release" >"$WORK/outcomes"
	for i in "${!list[@]}"; do
		s=${requests[i]}
		total[$s]=$((${total[$s]:-0} + 1))
		what=$(grep "^${list[i]} " "$WORK/outcomes")
		if [ "$what" = "${list[i]} good" ]; then
			fine[$s]=$((${fine[$s]:-0} + 1))
		else
			note "$release $name, request $((i + 1)), step ${steps[s]}: $what; $(sql "SELECT reason FROM muster.device WHERE uuid = '${list[i]}'")"
		fi
	done
	for s in "${!steps[@]}"; do
		[ -n "${total[$s]:-}" ] || continue
		cell[$s,$name]=${fine[$s]:-0}/${total[$s]}
		is "${fine[$s]:-0}" "${total[$s]}" "$release $name, ${steps[s]}: all in order"
	done
	sim_stop "$name$release"
}

table() {
	local s line
	line=$(printf '%-15s %8s' "AMT $release" requests)
	for c in "${columns[@]}"; do line+=$(printf ' %14s' "${c%% *}"); done
	note "$line"
	for s in "${!steps[@]}"; do
		line=$(printf '%-15s %8s' "${steps[s]}" "$(printf '%s\n' "${requests[@]}" | grep -cx "$s")")
		for c in "${columns[@]}"; do line+=$(printf ' %14s' "${cell[$s,${c%% *}]:--}"); done
		note "$line"
	done
}

for release in ${RELEASES:-16.1}; do
	declare -A cell=()
	reference
	for c in "${columns[@]}"; do
		# shellcheck disable=SC2086 # three words
		[[ -n ${KINDS:-} && " $KINDS " != *" ${c%% *} "* ]] || column $c
	done
	table
done
finish
