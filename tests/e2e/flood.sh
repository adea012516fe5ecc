#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# flood: 100,000 connections by strangers: hellos of UUIDs that exist nowhere, garbage, connections that
# say nothing. The engine's memory stays bounded, devices that are known go on, and a new one comes in
# once the flood is over.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
begin flood 11
db_start
setting hello_unknown_cap 500
setting hello_deadline_s 5
setting hello_rate 10
make_pki "$WORK/pki" provisionserver.corp.example
cert_add "$WORK/pki" >/dev/null
profiles office
engine_start
sim_start known --devices 20 --releases 16.0 --base "$BASE.1" --seed 1 --root "$WORK/pki/root.pem" --latency-ms 20
wait_for 20 sql_is 20 "SELECT count(*) FROM muster.device"

# flood N: from 5,000 addresses, of ten connections seven with a whole hello, two with garbage, and one
# that says nothing and stays until a thousand others like it have come.
flood() {
	perl -MSocket -e '
		my ($n, $port, $file) = @ARGV;
		open my $f, "<:raw", $file or die "$file: $!\n";
		read $f, my $hello, 4096;
		my $to = pack_sockaddr_in($port, inet_aton("127.0.0.1"));
		my (@open, $failed);
		srand 7;
		for my $i (1 .. $n) {
			socket my $s, PF_INET, SOCK_STREAM, 0 or die "socket: $!\n";
			my $from = sprintf "127.150.%d.%d", int(rand 20), 1 + int rand 250;
			bind $s, pack_sockaddr_in(0, inet_aton($from));
			connect $s, $to or $failed++, next;
			if ($i % 10 == 0) {
				push @open, $s;
				shift @open if @open > 1000;
			} elsif ($i % 10 < 3) {
				send $s, join("", map { chr int rand 256 } 1 .. 1 + int rand 300), 0x4000;
			} else {
				substr($hello, 8, 16) = join "", map { chr int rand 256 } 1 .. 16;
				send $s, $hello, 0x4000;
			}
		}
		sleep 8; # longer than the deadline of a hello
		print $failed + 0, "\n";' "$1" "$PORT" "$SRC/tests/fuzz/seeds/hello/h1"
}
rss() { awk '/^VmRSS/ { print $2 }' "/proc/${PID[one]}/status"; }
cap_ok() { sql "SELECT count(*) BETWEEN 500 AND 520 FROM muster.device"; }

before=$(rss)
flood 100000 >"$WORK/flood" 2>"$WORK/flood.err" &
PID[flood]=$!
sleep 2
# Known devices are approved in the middle of it.
stage_all known office known
wait_for 60 devices_are 20 configured
ok "known devices are configured during the flood" || note "$(states)"
kill -0 "${PID[flood]}" 2>/dev/null
ok "and it was not over by then"
wait_for 240 sh -c "! kill -0 ${PID[flood]} 2>/dev/null"
ok "the flood ends"
wait "${PID[flood]}"
unset 'PID[flood]'
is "$(cat "$WORK/flood" "$WORK/flood.err")" 0 "no connection was turned away"
kill -0 "${PID[one]}"
ok "the engine is still there"
after=$(rss)
[ $((after - before)) -lt 65536 ]
ok "its memory grew by less than 64 MiB" || note "$before KiB, then $after KiB"
note "memory: $before KiB, then $after KiB"
is "$(cap_ok)" t "the cap of unknown devices holds" || note "$(states)"
wait_for 30 sql_is t "SELECT sum(count) > 20000 FROM muster.hello_rejected"
ok "what was refused is counted" || note "$(sql 'SELECT code, sum(count) FROM muster.hello_rejected GROUP BY code')"
is "$(sql "SELECT string_agg(DISTINCT code::text, ' ' ORDER BY code::text) FROM muster.hello_rejected")" "1301 1303 1304 1307" \
	"each kind with its code" || note "$(sql 'SELECT code, sum(count) FROM muster.hello_rejected GROUP BY code')"
like "$(sql "SELECT pg_total_relation_size('muster.hello_rejected') / 1048576")" '^[0-9]$' "the record of refusals stays small"

# With room again, a new device comes in at once.
sql "DELETE FROM muster.device WHERE state = 'waiting'" 2>/dev/null || setting hello_unknown_cap 100000
sleep 11
sim_start new --devices 1 --releases 16.0 --base "$BASE.100" --seed 2
u=$(uuids new)
wait_for 20 device_is "$u" waiting
ok "a new device comes in afterwards"
finish
