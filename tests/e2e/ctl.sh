#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# ctl: musterctl without devices, as operators and scripts use it: what each command prints, its JSON,
# its exit status, and what it says of bad input. Devices, log and rights are in ctl_device.sh.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
begin ctl 10
none=11111111-2222-4333-8444-555555555555

# The database: not there, without the schema, of an older muster, of a newer one.
pg_start || note "$(<"$WORK/pg.log")"
ctl 6 1102 "no such database" -j setting list
ctl 6 1102 "no server" -d "host=$WORK/nowhere" db status
ctl 6 1103 "a database without the schema" -j -d "$(conn postgres muster)" db status
ctl 6 1103 "and any other command there" -d "$(conn postgres muster)" log
mkdir -p "$WORK/old/schema"
cp "$SRC"/schema/{bootstrap,000[1-4]_*}.sql "$WORK/old/schema"
MUSTER_DATADIR=$WORK/old ctl 0 0 "an older muster makes its database" -d "$(conn older muster)" db create
ctl 6 1103 "an older schema" -d "$(conn older muster)" setting list
ctl 1 0 "db status tells what is missing" -j -d "$(conn older muster)" db status
mapfile -t versions < <(printf '%s\n' "$SRC"/schema/0*.sql | sed -E 's:.*/0*([0-9]+)_.*:\1:' | awk '$1 > 4')
has "map(select(.state == \"missing\").version) == [$(IFS=, && echo "${versions[*]}")]" "by its version"
ctl 0 0 "db upgrade" -j -d "$(conn older muster)" db upgrade
is "$(jq -c . <<<"$out")" "{\"applied\":${#versions[@]},\"schema_version\":${versions[-1]}}" "applies it"
ctl 0 0 "it can be used then" -d "$(conn older muster)" setting list
psql -XAtq -h "$WORK/pg/sock" -U muster -d older -c "INSERT INTO muster.schema_migration (version, name, checksum) VALUES (99, 'later', 'x')"
ctl 6 1103 "a newer schema" -d "$(conn older muster)" setting list
ctl 1 1107 "is not upgraded" -j -d "$(conn older muster)" db upgrade
ctl 1 0 "and db status" -d "$(conn older muster)" db status
like "$out" "another version" "says so"
db_start
ctl 0 0 "db create again" -j db create
members schema_version
ctl 0 0 "db status" -j db status
members "applied_at name state version"
ctl 0 0 "db upgrade with nothing to do" db upgrade

# The command line and the configuration file.
ctl 2 1004 "no such command" -j nosuch command
ctl 2 1004 "half a command" -j setting
ctl 2 1004 "too few arguments" -j setting set workers
ctl 2 1004 "too many arguments" setting get workers retry_minutes
status 2 "no such option" musterctl setting list --nosuch
like "$err" "'--nosuch'" "it is named"
ctl 0 0 "--help" device approve --help
like "$out" "musterctl device approve.* UUID\.\.\." "shows the arguments"
ctl 1 1002 "no such configuration file" -j -c "$WORK/nosuch.conf" setting list
printf '[engine]\nkeyfile = x\n' >"$WORK/bad.conf"
ctl 1 1002 "an unknown key in it" -c "$WORK/bad.conf" setting list
like "$err" 'bad.conf, line 2: .*"keyfile"' "is told with its line"
ctl 1 1002 "a folder for a configuration file" -c "$WORK" setting list

# key: another key, none, one that others may read.
ctl 0 0 "key init again" -j key init
members "file key_id"
printf 'muster engine key 1\n%s\n' "$(openssl rand -hex 32)" >"$WORK/other.key"
chmod 600 "$WORK/other.key"
sed 's/engine\.key/other.key/' "$MUSTER_CONF" >"$WORK/other.conf"
ctl 1 1202 "key init with another key" -j -c "$WORK/other.conf" key init
ctl 1 1202 "key rotate with another key" -c "$WORK/other.conf" key rotate
chmod 640 "$WORK/other.key"
ctl 1 1201 "a key file that others may read" -j -c "$WORK/other.conf" key check
chmod 600 "$WORK/other.key"
echo nonsense >"$WORK/other.key"
ctl 1 1201 "a key file that is none" -c "$WORK/other.conf" key init
rm "$WORK/other.key"
mkdir -m 700 "$WORK/other.key"
ctl 1 1201 "a key file that cannot be read" -c "$WORK/other.conf" key init
rmdir "$WORK/other.key"
ctl 1 1201 "no key file, but a key in the database" -c "$WORK/other.conf" key init

# setting
ctl 0 0 "setting list" -j setting list
members "changed_by description name standard unit value"
ctl 0 0 "setting set" -j setting set workers 11
ctl 0 0 "setting get" -j setting get workers
is "$(jq -c . <<<"$out")" '{"name":"workers","value":"11"}' "shows what was set"
ctl 3 1106 "no such setting" -j setting get nosuch
ctl 3 1106 "no such setting to set" setting set nosuch 1
ctl 1 1105 "a value out of range" -j setting set workers 100000
ctl 1 1105 "a value that is no number" setting set workers many
ctl 0 0 "setting get for people" setting get workers
is "$out" 11 "a refused value changed nothing"

# profile
profiles office
ctl 0 0 "profile export" profile export office
cat <<<"$out" >"$WORK/office.json"
ctl 0 0 "profile import of what was exported" -j profile import "$WORK/office.json"
members "name revision"
ctl 0 0 "profile export to a file" -j profile export office "$WORK/office.out.json"
is "$(jq -c . <<<"$out")" "{\"file\":\"$WORK/office.out.json\",\"profile\":\"office\"}" "says which"
is "$(stat -c %a "$WORK/office.out.json") $(cmp "$WORK/office.json" "$WORK/office.out.json" 2>&1)" "600 " "holds the same, for its owner only"
ctl 1 1003 "profile export to a file that exists" profile export office "$WORK/office.out.json"
ctl 0 0 "profile show" profile show office
is "$out" "$(<"$WORK/office.json")" "shows the same"
ctl 0 0 "profile list" -j profile list
members "changed_at changed_by devices name revision"
while IFS='|' read -r code json what; do
	ctl 1 "$code" "profile import: $what" -j profile import - <<<"$json"
done <<-'BAD'
	1701|{"name":"x",|half a document
	1701|[]|no object
	1701|{"name":"x","name":"y"}|a key twice
	1701|{"name":"x","nosuch":1}|an unknown key
	1701|{"passwords":{"admin":"random"}}|no name
	1701|{"name":"x","passwords":{"admin":"fixed"}}|a password is missing
	1701|{"name":"x","secrets":{"nosuch":"S3cret-Word!42"}}|a password too many
	1701|{"name":"x","secrets":["S3cret-Word!42"]}|passwords in a list
	1204|{"name":"x","passwords":{"admin":"fixed"},"secrets":{"admin":"S3cret-Word!42-S3cret-Word!42-longer"}}|a password too long
BAD
ctl 1 1003 "profile import: no such file" profile import "$WORK/nosuch.json"
ctl 3 1106 "no such profile" -j profile export x
ctl 3 1106 "no such revision" profile export office --revision 99
ctl 2 1006 "a revision that is no number" -j profile export office --revision newest

# cert
make_pki "$WORK/pki" provisionserver.corp.example
cd "$WORK/pki" || exit 1
cp bundle.pem good.pem
cp leaf.key good.key
make_leaf old.corp.example -1 serverAuth,2.16.840.1.113741.1.2.3 2>>openssl.log && cp bundle.pem old.pem && cp leaf.key old.key
make_leaf web.corp.example 365 serverAuth 2>>openssl.log && cp bundle.pem web.pem && cp leaf.key web.key
echo 'Pfx-Pass!42' >pass
echo 'Wrong-Pass!42' >wrong
openssl pkcs12 -export -in good.pem -inkey good.key -passout file:pass -out good.pfx 2>>openssl.log
ctl 1 1601 "cert check without one" -j cert check
ctl 1 1604 "cert add: expired" -j cert add old.pem --key old.key
ctl 1 1607 "cert add: for another use" cert add web.pem --key web.key
ctl 1 1605 "cert add: without its chain" -j cert add leaf.pem --key leaf.key
ctl 1 1609 "cert add: without its key" -j cert add good.pem
like "$err" "no private key" "says so"
ctl 1 1606 "cert add: with the key of another" -j cert add leaf.pem --key good.key
ctl 1 1609 "cert add: an empty file" cert add /dev/null
ctl 1 1003 "cert add: no such file" cert add nosuch.pem
ctl 1 1609 "cert add: the wrong password" -j cert add good.pfx --password-file wrong
ctl 0 0 "cert list" -j cert list
has 'length == 0' "nothing of it was added"
ctl 1 0 "cert check of a bad one" -j cert check old.pem --key old.key
members "findings good root_sha256 sha256 subject"
has '.good == false and any(.findings[]; .code == 1604)' "names the broken rule"
make_leaf $'evil\033[31m\302\233.corp' 365 serverAuth,2.16.840.1.113741.1.2.3 2>>openssl.log
ctl 1 0 "cert check of one whose name has escapes" -j cert check bundle.pem --key leaf.key
ctl 0 0 "cert check for people" cert check good.pfx --password-file pass
like "$out" "0 of 0 devices seen trust" "counts devices"
ctl 0 0 "cert add" -j cert add good.pfx --password-file pass
ctl 0 0 "cert list" -j cert list
members "cn issuer not_after sha256 state subject"
sha=$(jq -r '.[0].sha256' <<<"$out")
ctl 0 0 "cert check of those in use" -j cert check
has '.[0].good' "finds it good"
ctl 0 0 "cert disable" -j cert disable "${sha:0:8}"
ctl 0 0 "cert enable, in capitals" -j cert enable "${sha^^}"
has .changed "changes it"
ctl 3 1106 "no such certificate" cert disable 00000000
ctl 2 1006 "too short a thumbprint" -j cert disable 1234
ctl 3 1106 "cert export-ca before there is one" -j cert export-ca
cd "$SRC" || exit 1

# staged: bad lines are told by number; a bad file leaves nothing behind.
u=${none/1/2}
printf 'uuid,fqdn,profile\n%s,pc.corp.example,office\nx,y,z\n"open\n%s,bad_,office\n\n%s,a.b,nosuch\n' "$u" "$none" "$none" >"$WORK/some.csv"
ctl 5 1703 "staged import of which some is bad" -j staged import "$WORK/some.csv"
has '.staged == 1 and .refused == 4 and [.errors[] | [.line, .code]] == [[3, 1006], [4, 1006], [5, 1703], [7, 1106]]' "tells each line"
is "$(grep -c '^line [3457]: ' <<<"$err")" 4 "for people too"
ctl 0 0 "staged list" -j staged list
members "fqdn note ou profile staged_at staged_by uuid"
ctl 0 0 "staged remove" -j staged remove "$u"
ctl 3 1106 "staged remove again" -j staged remove "$u"
ctl 5 1703 "staged import --check" -j staged import --check "$WORK/some.csv"
has '.good == 1 and .refused == 4 and [.errors[] | [.line, .code]] == [[3, 1006], [4, 1006], [5, 1703], [7, 1106]]' "tells the same"
has '.lines == [{line: 2, uuid: "'"$u"'", fqdn: "pc.corp.example", text: "new", queued: false}]' "and what would be done"
ctl 5 1703 "staged import --check for people" staged import --check "$WORK/some.csv"
like "$out" "line 2: $u pc.corp.example: new" "tells line by line"
ctl 0 0 "staged list" -j staged list
has 'length == 0' "and stores nothing"
printf '\xef\xbb\xbfuuid;note;fqdn;profile\r\n%s;"a;""b""";pc.corp.example;office\r\n' "$u" >"$WORK/excel.csv"
ctl 0 0 "a file as a spreadsheet writes it" -j staged import "$WORK/excel.csv"
ctl 0 0 "staged list" -j staged list
has '.[0].note == "a;\"b\""' "is read"
ctl 0 0 "a check of it" staged import --check "$WORK/excel.csv"
like "$out" "as it is staged already" "tells that it is there"
ctl 0 0 "staged remove" -j staged remove "$u"
ctl 5 1105 "a UUID twice" -j staged import - <<<"uuid,fqdn,profile"$'\n'"$u,first.b,office"$'\n'"$u,second.b,office"
has '[.errors[].line] == [3]' "is refused the second time"
ctl 0 0 "staged remove" -j staged remove "$u"
good=$none,pc.corp.example,office
ctl 2 1006 "an unknown column" -j staged import - <<<"uuid,fqdn,profil"$'\n'"$good"
ctl 2 1006 "an empty file" -j staged import /dev/null
ctl 2 1006 "a zero byte in it" -j staged import <(printf 'uuid,fqdn,profile\n%s\n\0' "$good")
ctl 2 1006 "half a JSON array" -j staged import - <<<"[{\"uuid\":\"$none\",\"fqdn\":\"pc.corp.example\",\"profile\":\"office\"},"
ctl 1 1006 "JSON with an unknown member" -j staged import - <<<"[{\"uuid\":\"$none\",\"fqdn\":\"a.b\",\"profile\":\"office\",\"OU\":\"x\"}]"
ctl 1 1006 "JSON with a number for a text" -j staged import - <<<"[{\"uuid\":\"$none\",\"fqdn\":\"a.b\",\"profile\":\"office\",\"ou\":5}]"
ctl 2 1004 "staged add without --profile" -j staged add "$none" a.b
ctl 2 1006 "staged add of a bad UUID" -j staged add x a.b --profile office
ctl 1 1703 "staged add of a bad FQDN" staged add "$none" pc --profile office
ctl 1 1306 "staged add of a UUID many boards have" staged add ffffffff-ffff-ffff-ffff-ffffffffffff a.b --profile office
ctl 0 0 "staged list" -j staged list
has 'length == 0' "nothing of it was staged"

# hello decode: hex, a file, a capture.
hello=$SRC/tests/fuzz/seeds/hello/h2
hex=$(od -An -v -tx1 "$hello" | tr -d ' \n')
ctl 0 0 "hello decode of hex" -j hello decode "$hex"
members "admin_credentials_set hashes interface_version pid retry_count source trailing uuid"
want=$(jq -c '.[0] | del(.source)' <<<"$out")
perl -e 'local $/; my $h = <>; my $n = length $h;
	print pack("VvvVVVV", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101), pack("VVVV", 1, 0, 40 + $n, 40 + $n),
		pack("CCnNCCnNN", 0x45, 0, 40 + $n, 0, 64, 6, 0, 0x7f000001, 0x7f000002), pack("nnNNCCnnn", 4000, 9971, 1, 0, 0x50, 0x18, 0, 0, 0), $h' "$hello" >"$WORK/hello.pcap"
for file in "$hello" "$WORK/hello.pcap"; do
	ctl 0 0 "hello decode of ${file##*/}" -j hello decode "$file"
	is "$(jq -c '.[0] | del(.source)' <<<"$out")" "$want" "gives the same"
done
has '.[0].source == "127.0.0.1:4000"' "and where it came from"
ctl 1 0 "hello decode of half a hello" -j hello decode "${hex:0:20}"
has '.[0].code == 1301' "tells the code"
ctl 2 1006 "hello decode of neither" -j hello decode nosuch
head -c 30 "$WORK/hello.pcap" >"$WORK/cut.pcap"
ctl 0 0 "hello decode of a capture without a packet" -j hello decode "$WORK/cut.pcap"
head -c 8 "$WORK/hello.pcap" >"$WORK/cut.pcap"
ctl 2 1006 "hello decode of half a capture's head" -j hello decode "$WORK/cut.pcap"

# dialect
ctl 0 0 "dialect" dialect
printf '%s\n' "$out" >"$WORK/dialect"
like "$out" '^operation set_rng_key' "prints the table"
ctl 0 0 "dialect of what it printed" dialect "$WORK/dialect"
is "$out" "$(<"$WORK/dialect")" "is the same"
printf '# ours\noperation set_rng_key\nnames SetSeed SetRngKey\n' >"$WORK/ours"
ctl 0 0 "dialect with corrections" -j dialect "$WORK/ours"
members "grade names operation path releases repeat request response"
has 'any(.[]; .operation == "set_rng_key" and .names == ["SetSeed", "SetRngKey"])' "has them"
printf 'operation set_rng_key\nname SetSeed\n' >"$WORK/ours"
ctl 1 1002 "dialect of a wrong file" -j dialect "$WORK/ours"
like "$err" 'ours, line 2: "name" does not belong' "says where and what"
ctl 1 1003 "dialect of no file" dialect "$WORK/nosuch"

# explain, and all that was printed.
ctl 0 0 "explain" -j explain
members "code title"
ctl 0 0 "explain of a code" -j explain 1401
members "code text title"
ctl 0 0 "explain of a status of AMT" -j explain 1
ctl 3 1106 "explain of no code" -j explain 99999
for code in "" abc 1401x -1 4294967298; do ctl 2 1006 "explain of \"$code\"" explain -- "$code"; done
said_well
finish
