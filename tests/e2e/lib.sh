# SPDX-License-Identifier: Apache-2.0
# lib: what the end-to-end tests share: a work folder, servers started and stopped by their own
# process id, waiting with a deadline, and TAP.
#
# BUILD is where musterd, musterctl and muster-sim are (default: the source folder), SRC the source
# folder, E2E_KEEP=1 keeps the work folder. A test sources this file, calls begin NAME SLOT, and ends
# with finish. SLOT keeps tests apart that run at the same time: port 23000 + 100 * SLOT or the next free one, devices from
# 127.120.SLOT.1 on.
set -u
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SRC=${SRC:-$(cd "$HERE/../.." && pwd)}
BUILD=$(cd "${BUILD:-$SRC}" && pwd)
export PATH=$BUILD:/usr/sbin:$PATH MUSTER_DATADIR=$SRC LC_ALL=C.UTF-8 PGTZ=UTC
export PGOPTIONS='-c client_min_messages=warning'

tests=0 failures=0
declare -A PID=() # of servers, by name

# --- TAP -------------------------------------------------------------------------------------

note() { sed 's/^/# /' <<<"$*"; }

# ok DESCRIPTION: the status of the command before it decides.
ok() {
	local status=$?
	tests=$((tests + 1))
	if [ $status = 0 ]; then
		echo "ok $tests - $1"
	else
		failures=$((failures + 1))
		echo "not ok $tests - $1"
	fi
	return $status
}

# is GOT WANT DESCRIPTION
is() {
	[ "$1" = "$2" ]
	ok "$3" || {
		note "got:  ${1:0:2000}
want: ${2:0:2000}"
		return 1
	}
}

# like TEXT REGEX DESCRIPTION, unlike TEXT REGEX DESCRIPTION
like() {
	grep -qE -- "$2" <<<"$1"
	ok "$3" || {
		note "got:  ${1:0:2000}
want: /$2/"
		return 1
	}
}
unlike() {
	! grep -qE -- "$2" <<<"$1"
	ok "$3" || {
		note "got:      ${1:0:2000}
want not: /$2/"
		return 1
	}
}

# status WANT DESCRIPTION COMMAND...: the exit status; standard output and error are in $out, $err.
status() {
	local want=$1 what=$2 got
	shift 2
	out=$(timeout 60 "$@" 2>"$WORK/stderr")
	got=$?
	err=$(<"$WORK/stderr")
	[ "$got" = "$want" ]
	ok "$what" || note "exit status $got, want $want
$out
$err"
}

# wait_for SECONDS COMMAND...: until the command succeeds.
wait_for() {
	local until=$((${EPOCHREALTIME/./} + $1 * 1000000))
	shift
	while ! "$@"; do
		[ "${EPOCHREALTIME/./}" -lt $until ] || return 1
		sleep 0.1
	done
}

# --- begin and end ---------------------------------------------------------------------------

begin() {
	NAME=$1 SLOT=$2 MAIN=$BASHPID
	WORK=$(mktemp -d "${TMPDIR:-/tmp}/muster-e2e-$NAME.XXXXXX")
	chmod 755 "$WORK"
	trap cleanup EXIT
	trap 'exit 130' INT TERM
	PORT=$((23000 + 100 * SLOT)) BASE=127.120.$SLOT
	while (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; do PORT=$((PORT + 1)); done
	cat >"$WORK/muster.conf" <<-CONF
		[database]
		connection = host=$WORK/pg/sock dbname=muster user=muster
		[engine]
		key_file = $WORK/engine.key
		trace_dir = $WORK/trace
		listen = 127.0.0.1 ::1
		name = one
	CONF
	export MUSTER_CONF=$WORK/muster.conf
	started=${EPOCHREALTIME/./}
}

finish() {
	note "$NAME: $tests tests, $failures failed, $(((${EPOCHREALTIME/./} - started) / 1000)) ms"
	echo "1..$tests"
	[ $failures = 0 ]
	exit
}

cleanup() {
	local status=$? name
	# A subshell that is killed before it has dropped the traps of its parent comes here too.
	[ "$BASHPID" = "$MAIN" ] || exit $status
	for name in "${!PID[@]}"; do
		kill -KILL "${PID[$name]}"
		wait "${PID[$name]}"
	done 2>/dev/null
	[ ! -d "$WORK/pg" ] || pg_stop
	if [ -n "${E2E_KEEP:-}" ]; then
		note "kept: $WORK"
	else
		rm -rf "$WORK"
	fi
	exit $status
}

# --- PostgreSQL ------------------------------------------------------------------------------

pg_start() { MUSTER_PG_ROLES=${ROLES:-} "$SRC/contrib/muster-pg" start "$WORK/pg" >"$WORK/pg.log" 2>&1; }
pg_stop() { "$SRC/contrib/muster-pg" stop "$WORK/pg" >>"$WORK/pg.log" 2>&1; }

# As a power cut does it; what clients had in flight is lost.
pg_crash() { kill -QUIT "$(sed -n 1p "$WORK/pg/data/postmaster.pid")" && wait_for 10 pg_gone; }
pg_gone() { [ ! -e "$WORK/pg/data/postmaster.pid" ]; }

sql() { psql -XAtq -v ON_ERROR_STOP=1 -h "$WORK/pg/sock" -U muster -d muster -c "$1"; }

# sql_is WANT QUERY, for wait_for.
sql_is() { [ "$(sql "$2" 2>/dev/null)" = "$1" ]; }

setting() { sql "UPDATE muster.setting SET value = '$2' WHERE name = '$1'"; }

# A database with a key, a setup certificate, profiles, and waits cut short.
db_start() {
	pg_start && musterctl db create >"$WORK/db.log" 2>&1 && musterctl key init >>"$WORK/db.log" 2>&1 || {
		cat "$WORK/pg.log" "$WORK/db.log" >&2
		echo "Bail out! no database"
		exit 1
	}
	setting hello_port $PORT
	setting commit_wait_s 0
	setting log_level verbose
	setting connect_timeout_s 3
	setting call_timeout_s 10
}

# --- certificates ----------------------------------------------------------------------------

# make_pki DIR CN [DAYS [EXTENDED_KEY_USAGE]]: root, issuing CA and a setup certificate, in bundle.pem.
make_pki() {
	local dir=$1 days=${3:-365} usage=${4:-serverAuth,2.16.840.1.113741.1.2.3}
	mkdir -p "$dir"
	(
		cd "$dir" && {
			[ -e root.pem ] || openssl req -x509 -newkey rsa:2048 -nodes -sha256 -days 3650 \
				-subj "/O=muster e2e/CN=root of $(basename "$dir")" -keyout root.key -out root.pem
			openssl req -newkey rsa:2048 -nodes -subj "/O=muster e2e/CN=issuing CA" -keyout inter.key -out inter.csr
			printf 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n' >inter.ext
			openssl x509 -req -in inter.csr -CA root.pem -CAkey root.key -CAcreateserial -days 3650 -sha256 \
				-extfile inter.ext -out inter.pem
			make_leaf "$2" "$days" "$usage"
		}
	) >"$dir/openssl.log" 2>&1
}

# In a folder of make_pki: leaf.pem, leaf.key and bundle.pem.
make_leaf() {
	openssl req -newkey rsa:2048 -nodes -subj "/O=muster e2e/CN=$1" -keyout leaf.key -out leaf.csr
	printf 'extendedKeyUsage=%s\n' "$3" >leaf.ext
	openssl x509 -req -in leaf.csr -CA inter.pem -CAkey inter.key -CAcreateserial -days "$2" -sha256 \
		-extfile leaf.ext -out leaf.pem
	cat root.pem inter.pem leaf.pem >bundle.pem
}

cert_add() { musterctl cert add "$1/bundle.pem" --key "$1/leaf.key"; }

# --- engines and simulators --------------------------------------------------------------------

# engine_start [NAME]: one engine listens at the port; further ones at no address anybody knows.
engine_start() {
	local name=${1:-one} conf=$MUSTER_CONF
	if [ "$name" != one ]; then
		conf=$WORK/$name.conf
		sed "s/^listen = .*/listen = 127.121.$SLOT.${#PID[@]}/" "$MUSTER_CONF" >"$conf"
	fi
	: >>"$WORK/musterd-$name.log" # before engine_ready looks
	musterd -c "$conf" --name "$name" -v >>"$WORK/musterd-$name.log" 2>&1 &
	PID[$name]=$!
	[ "${2:-}" = nowait ] || wait_for 20 engine_ready "$name" ||
		note "engine $name is not ready: $(tail -3 "$WORK/musterd-$name.log")"
}
engine_ready() {
	kill -0 "${PID[$1]}" 2>/dev/null || return 0
	[ "$(grep -c 'is ready' "$WORK/musterd-$1.log")" -gt "${READY[$1]:-0}" ]
}
declare -A READY=() # how often an engine said it is ready, in earlier lives

# engine_end NAME SIGNAL: and waits; its exit status.
engine_end() {
	local pid=${PID[$1]} status
	kill "-$2" "$pid" 2>/dev/null
	( sleep 40; kill -KILL "$pid" 2>/dev/null ) >/dev/null 2>&1 &
	local guard=$!
	wait "$pid" 2>/dev/null
	status=$?
	kill "$guard" 2>/dev/null
	wait "$guard" 2>/dev/null
	unset "PID[$1]"
	READY[$1]=$(grep -c 'is ready' "$WORK/musterd-$1.log")
	return $status
}
engine_stop() { engine_end "${1:-one}" TERM; }
engine_kill() { engine_end "${1:-one}" KILL; }
engine_log() { cat "$WORK/musterd-${1:-one}.log"; }

# sim_start NAME OPTION...: a fleet; hellos go to the engine's port unless told otherwise.
sim_start() {
	local name=$1
	shift
	: >"$WORK/sim-$name.ready"
	muster-sim --server "127.0.0.1:$PORT" --control "$WORK/$name.sock" --commit-down-ms 100 "$@" \
		>"$WORK/sim-$name.ready" 2>"$WORK/sim-$name.log" &
	PID[sim-$name]=$!
	wait_for 20 sim_ready "$name" || note "simulator $name is not ready: $(tail -3 "$WORK/sim-$name.log")"
}
sim_ready() { grep -q ready "$WORK/sim-$1.ready" || ! kill -0 "${PID[sim-$1]}" 2>/dev/null; }

sim_stop() {
	kill "${PID[sim-$1]}" 2>/dev/null
	wait "${PID[sim-$1]}" 2>/dev/null
	unset "PID[sim-$1]"
}

# sim NAME COMMAND...: one line to the control socket, the answer to standard output.
sim() {
	perl -MIO::Socket::UNIX -e '
		alarm 20;
		my $s = IO::Socket::UNIX->new(Peer => shift) or die "no simulator\n";
		print $s "@ARGV\n";
		print scalar <$s>;' "$WORK/$1.sock" "${@:2}"
}

# dump NAME UUID JQ: one value of the state of a device.
dump() { sim "$1" "dump $2" | jq -r "$3"; }

# --- devices ---------------------------------------------------------------------------------

uuids() { sim "$1" dump | jq -r '.[].uuid'; }
state_of() { sql "SELECT state FROM muster.device WHERE uuid = '$1'"; }
code_of() { sql "SELECT reason_code FROM muster.device WHERE uuid = '$1'"; }
states() { sql "SELECT string_agg(state || ' ' || n, ', ' ORDER BY state) FROM (SELECT state, count(*) AS n FROM muster.device GROUP BY state) s"; }
devices_are() { sql_is "$1" "SELECT count(*) FROM muster.device WHERE state = '$2'"; }
device_is() { sql_is "$2" "SELECT state FROM muster.device WHERE uuid = '$1'"; }
device_has() { sql_is "$2" "SELECT reason_code FROM muster.device WHERE uuid = '$1'"; }

# stage_all SIM PROFILE PREFIX: every device of a fleet, as PREFIX1.corp.example and so on.
stage_all() {
	local u n=0
	{
		echo uuid,fqdn,profile
		for u in $(uuids "$1"); do
			n=$((n + 1))
			echo "$u,$3$n.corp.example,$2"
		done
	} | musterctl staged import - >"$WORK/staged.log" 2>&1
}

# The rule of no orphan, for one device: a current admin password, nothing pending.
no_orphan() {
	sql_is "current 1" "SELECT string_agg(state || ' ' || n, ', ' ORDER BY state) FROM (
		SELECT c.state, count(*) AS n FROM muster.credential c JOIN muster.device d USING (device_id)
		 WHERE d.uuid = '$1' AND kind = 'admin' AND c.state IN ('pending', 'current') GROUP BY c.state) s" &&
		sql_is 0 "SELECT count(*) FROM muster.credential c JOIN muster.device d USING (device_id)
			WHERE d.uuid = '$1' AND c.state = 'pending'"
}

# ha1 USER REALM PASSWORD
ha1() { printf '%s:%s:%s' "$1" "$2" "$3" | md5sum | cut -d' ' -f1; }

# Profiles that the tests use; their passwords must never be seen anywhere (secrets_hidden).
ADMIN_PASSWORD='Adm1n-Fixed!42' MEBX_PASSWORD='M3bx-Fixed!42' HELPDESK_PASSWORD='H3lpdesk-Acl!42' AUDITOR_PASSWORD='Aud1tor-Acl!42'
profiles() {
	local name=$1 edit=${2:-.}
	jq -n --arg name "$name" --arg admin "$ADMIN_PASSWORD" --arg mebx "$MEBX_PASSWORD" --arg h "$HELPDESK_PASSWORD" --arg a "$AUDITOR_PASSWORD" '
		{name: $name, description: "end-to-end test",
		 passwords: {admin: "random", mebx: "random"},
		 acl: [{user: "helpdesk", access: "network", realms: ["redirection", "remote-control", "general-info"]},
		       {user: "auditor", access: "any", realms: ["event-log-reader", "hardware-asset"]}],
		 secrets: {"acl/helpdesk": $h, "acl/auditor": $a, admin: $admin, mebx: $mebx}} | '"$edit"'
		| if .passwords.admin == "fixed" then . else del(.secrets.admin) end
		| if .passwords.mebx == "fixed" then . else del(.secrets.mebx) end' |
		musterctl profile import - >"$WORK/profile.log" 2>&1 || note "profile $name: $(<"$WORK/profile.log")"
}

# --- musterctl -------------------------------------------------------------------------------

# conn DATABASE LOGIN: a connection string.
conn() { echo "host=$WORK/pg/sock dbname=$1 user=$2"; }

# ctl STATUS CODE DESCRIPTION ARGUMENT...: the exit status, and the code told on standard error (0: it
# is empty). With -j first, standard output is one JSON document, and holds the code too.
ctl() {
	local want=$1 code=$2 what=$3 got odd=
	shift 3
	out=$(timeout 60 musterctl "$@" 2>"$WORK/stderr")
	got=$?
	err=$(<"$WORK/stderr")
	printf '%s\n' "$out" "$err" >>"$WORK/said"
	[ $got = "$want" ] || odd="exit status $got, want $want"
	if [ "$code" = 0 ]; then
		[ -z "$err" ] || odd+=" nothing was to be on standard error"
	else
		grep -qE "\(${code}[;)]" <<<"$err" || odd+=" no code $code on standard error"
	fi
	if [ "$1" = -j ]; then
		jq -es 'length == 1' <<<"$out" >/dev/null 2>&1 || odd+=" not one JSON document"
		[ "$code" = 0 ] || jq -e "any(.. | objects; .code? == $code)" <<<"$out" >/dev/null 2>&1 || odd+=" no code $code in the JSON"
	fi
	[ -z "$odd" ]
	ok "$what" || note "musterctl $*:$odd
$out
$err"
}
# has JQ DESCRIPTION: of the JSON printed last. members WANT: the keys of the object, or of the first in a list.
has() { is "$(jq -c "$1" <<<"$out" 2>&1)" true "$2"; }
members() { is "$(jq -r 'if type == "array" then .[0] else . end | keys | join(" ")' <<<"$out" 2>&1)" "$1" "with its members"; }

# At the end, of all that ctl printed: it holds no secret and no control character, and its codes are
# known to explain.
said_well() {
	local code unknown=
	for code in $(sed -nE 's/.*\(([0-9]+); see .*/\1/p; s/^(line|musterctl:) .* \(([0-9]+)\)$/\2/p; s/.*  \(([0-9]+)\)$/\1/p
			s/.*"code": ?([0-9]+).*/\1/p' "$WORK/said" | sort -u); do
		[ "$code" = 0 ] || grep -q "^# $code " <(musterctl explain "$code" 2>/dev/null) || unknown+=" $code"
	done
	is "$unknown" "" "every code printed is known to explain"
	is "$(LC_ALL=C grep -caP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]' "$WORK/said")" 0 "nothing printed drives a terminal"
	is "$(grep -cE "PRIVATE KEY|$(sed -n 2p "$WORK/engine.key")|S3cret-Word|-Pass!|-Fixed!|-Acl!" "$WORK/said")" 0 "nothing printed is a secret"
}
