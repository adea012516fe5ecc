#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# ctl_setupbin: pre-shared keys and USB keys by musterctl, without a database: keys checked and printed, lists
# read, setup.bin made, explained and put into images, which fsck.fat and mtools then read. The files are
# those of the protocol document; MeshCentral's are in tests/peers.sh.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
begin ctl_setupbin 22
cd "$WORK" || exit 1
printf 'not used\n%s\n' "$(openssl rand -hex 32)" >engine.key # said_well looks for its second line
k1=NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ k2=B1C2D2E7F3GCH4JIK5LOM6NTP7Q0R8S5
secrets="NKLD|NKLDG5DC|B1C2|P@ssw0rd"
hash=a9598a367b9f517818d807b234fbe803e1c6425b8c46f697b5aa1a17fdfd7a8b

# psk check
ctl 0 0 "psk check of a PID" -j psk check hllq-045q
members "code good kind pid text"
has '.[0] | .good and .pid == "HLLQ-045Q"' "shows it with its hyphen"
ctl 1 1901 "psk check of a mistyped PID" -j psk check 0000-037N
like "$err" "check character of its first seven is M" "says what would fit"
ctl 2 1004 "a PPS as an argument" psk check $k1
unlike "$err" "$secrets" "is refused without being repeated"
ctl 0 0 "psk check of a pair typed in" -j psk check <<<"0000-037M
$k1"
has 'map(.kind) == ["pid", "pps"]' "both are told"
ctl 1 1901 "a PPS with a typing error" -j psk check <<<"${k1/E9YZ/E9ZZ}"
like "$err" "mistyped in group 4 \(check character 0\)" "names the group"
ctl 2 1006 "nothing typed" psk check </dev/null
ctl 2 1006 "a line that is no key" psk check < <(head -c 300 /dev/zero | tr '\0' A)

# psk check --list
cat >keys.csv <<-CSV
	Serial;PID;Passphrase;Old password;MEBx password;UUID
	a;0000-037M;$k1;admin;P@ssw0rd1;03A85F1C-2B4D-11DC-8E60-0013D4AABBCC
	b;HLLQ-045Q;$k2;;P@ssw0rd2;
CSV
ctl 0 0 "a list with other headings" -j psk check --list keys.csv
members "columns detail errors form good ignored refused shared used"
has '.good == 2 and .refused == 0 and .ignored == "Serial" and .columns.new_password == "MEBx password"' "says how it was understood"
ctl 0 0 "for people" psk check --list keys.csv
like "$out" "pps +from Passphrase" "the same"
iconv -t UTF-16 keys.csv >utf16.csv
ctl 0 0 "the list in UTF-16" psk check --list utf16.csv
{
	cat keys.csv
	echo "c;HLLQ-045P;$k2;;;"
	echo "d;0000-037M;$k1;;;"
	echo "e;HLLQ-045Q;$k1;;;"
	echo "f;HLLQ-045Q"
} >bad.csv
ctl 5 1901 "a list with bad lines" -j psk check --list - <bad.csv
has '.good == 3 and .refused == 3 and .shared == 1 and (.errors | map(.line)) == [4, 6, 7]' "tells each of them"
ctl 1 1903 "a list whose columns are not known" -j psk check --list - <<<"name,code
0000-037M,$k1"
ctl 0 0 "and with its columns given" psk check --list - --columns pid=name,pps=2 <<<"name,code
0000-037M,$k1"
ctl 2 1004 "columns that make no sense" psk check --list keys.csv --columns pid
ctl 2 1004 "a PID and a list" psk check HLLQ-045Q --list keys.csv
ctl 1 1003 "no such list" psk check --list nosuch.csv
ctl 1 1903 "an empty list" -j psk check --list /dev/null
seq 1100 >numbers
ctl 1 1901 "a list with very many bad lines" -j psk check --list - < <(echo pid,pps; sed 's/$/,x/' numbers)
has '.refused == 1100 and (.errors | length) == 1000' "is told in part"
like "$err" "100 more lines are refused" "and says so"

# psk sheet
status 0 "psk sheet" musterctl psk sheet keys.csv
is "$(tr -cd '\f' <<<"$out" | wc -c)" 1 "a page each"
is "$(awk 'length > 80' <<<"$out")" "" "of at most 80 columns"
is "$(tr '\f' '\n' <<<"$out" | grep -cE 'PID +(0000-037M|HLLQ-045Q)$')" 2 "with its PID"
like "$out" "1: NKLD  -  2: G5DC" "and its PPS in groups"
status 0 "psk sheet --json" musterctl -j psk sheet keys.csv
is "$(jq -r 'map(.pps + .new_password) | join(" ")' <<<"$out")" "${k1//-/}P@ssw0rd1 ${k2}P@ssw0rd2" "the same"
ctl 1 1903 "psk sheet of a list with bad lines" psk sheet bad.csv
is "$out" "" "prints nothing"

# setupbin make: the files of the protocol document.
sum() { sha256sum "$1" | cut -d ' ' -f 1; }
ctl 0 0 "setupbin make of a list" -j setupbin make s4.bin --list keys.csv
members "bytes file format image records"
has '.format == "1" and .records == 2' "in the least format that does"
is "$(sum s4.bin)" faa0723a8eac2604d1db051fc823f466b8d79ebeb5d1cc0f331ba66487d1a4e2 "byte for byte, TV-S4"
is "$(stat -c %a s4.bin)" 600 "for its owner alone"
ctl 1 1003 "a file that is there" setupbin make s4.bin --list keys.csv
ctl 0 0 "by standard input" setupbin make s2.bin --list - manageability=amt server-address=192.168.1.20 server-port=9971 < <(sed 3d keys.csv)
is "$(sum s2.bin)" d37e9a6bb813d77f7a78f3d27a0b093b6e09d618c2a5828e3728392e238f6aa3 "TV-S2"
echo "new-password=P@ssw0rd1" >values
ctl 0 0 "for configuration by certificate" -j setupbin make s3.bin --values values --reuse --scramble manageability=amt hello=start \
	pki-dns-suffix=example.com server-fqdn=scs.example.com own-hashes=on "own-hash=sha256:$hash:muster CA" server-address=192.168.1.20 server-port=9971
is "$(sum s3.bin)" 799329facf53a5c10463f8b6fce9962be2343f63a80d230ea63311ca4be66372 "TV-S3"
musterctl setupbin make - --list keys.csv 2>"$WORK/stderr" | cmp - s4.bin
ok "to standard output"
make_pki "$WORK/pki" x.example
ctl 0 0 "with the hash of a root" setupbin make root.bin --values values --root pki/root.pem
ctl 0 0 "which is that of openssl" -j setupbin show root.bin
is "$(jq -r '.record[0].variables[] | select(.name == "own-hash").value' <<<"$out")" "sha256:$(openssl x509 -in pki/root.pem -outform DER | sum -):root of pki" "with its name"
ctl 0 0 "in format 2" setupbin make root2.bin --values values --root pki/root.pem --format 2
ctl 0 0 "it is SHA-1" -j setupbin show root2.bin
has '.record[0].variables[2].value | startswith("sha1:")' "there"

while IFS='|' read -r status code what arguments; do
	# shellcheck disable=SC2086 # words on purpose
	ctl "$status" "$code" "setupbin make: $what" -j setupbin make no.bin $arguments
done <<-'BAD'
	2|1004|a password as an argument|new-password=P@ssw0rd1
	2|1006|an unknown variable|nosuch=1
	2|1004|no value|--values values hello
	1|1902|a bad value|--values values hello=maybe
	1|1902|no new password|hello=start
	1|1902|a PID alone|--values values pid=HLLQ-045Q
	1|1902|what is not in the format|--values values --format 2 kvm=on
	1|1902|what nobody knows the layout of|--values values vlan=5
	1|1903|two records, not consumed|--list keys.csv --reuse
	2|1004|format 1, not consumed|--values values --format 1 --reuse
	2|1004|an unknown format|--values values --format 5
	2|1004|standard input twice|--list - --values -
	2|1004|no partition of no image|--values values --no-partition
	1|1903|a list with bad lines|--list bad.csv
	1|1609|a root that is none|--values values --root values
	1|1609|a root that is not its own issuer|--values values --root pki/leaf.pem
	1|1003|no such values|--values nosuch
BAD
[ ! -e no.bin ]
ok "none of these left a file"
printf '%s\n' pid,pps,new_password "0000-037M,$k1,weak" >weak.csv
ctl 1 1902 "a weak password in the list" setupbin make no.bin --list weak.csv
like "$err" "^line 2: New MEBx password: 4 bytes, want 8 to 32 \\(1902\\)" "names the line"

# setupbin show
ctl 0 0 "setupbin show" -j setupbin show s3.bin
members "bytes consumed_on_use findings format outcome record record_bytes records used version"
has '(.consumed_on_use | not) and .record[0].scrambled and (.record[0].variables | length) == 10 and .findings == []' "reads a scrambled file"
has '[.record[0].variables[] | select(.hidden)] | length == 2' "passwords are hidden"
has '.outcome[0] == "Every device takes record 1, and it stays."' "and tells what a device does"
ctl 0 0 "for people" setupbin show s4.bin
unlike "$out" "$secrets" "without secrets"
like "$out" "2/1 +PID +HLLQ045Q" "with the rest"
status 0 "with them when asked" musterctl -j setupbin show s4.bin --show-secrets
is "$(jq -c '[.record[].variables[] | select(.name == "pps").value]' <<<"$out")" "[\"${k1//-/}\",\"$k2\"]" "all of them"
ctl 0 0 "one record" -j setupbin show s4.bin --record 2
has '.record | length == 1 and .[0].number == 2' "alone"
ctl 2 1006 "a record that is not there" setupbin show s4.bin --record 3
cp s4.bin used.bin
printf '\1' | dd of=used.bin bs=1 seek=32 conv=notrunc status=none
printf '\0' | dd of=used.bin bs=1 seek=516 conv=notrunc status=none
ctl 0 0 "a file that was used once" -j setupbin show used.bin
has '.used == 1 and (.record[0].valid | not) and .outcome[0] == "The next device takes record 2 and marks it as used, also when it then refuses it."' "names the next record"
ctl 0 0 "and is a list of keys too" -j psk check --list used.bin
has '.form == "setup.bin" and .good == 2 and .used == 1' "with its used record"
head -c 1500 s4.bin >cut.bin
ctl 1 0 "a file that is cut off" -j setupbin show cut.bin
has '(.findings | any(.level == "fault")) and (.record | length) == 2' "is shown as far as it goes"
printf '\33[31m\302\2334711' | dd of=cut.bin bs=1 seek=$((0x220)) conv=notrunc status=none
is "$(grep -cE "$secrets" "$WORK/said")" 0 "no secret was printed unasked"
ctl 1 0 "a file with escapes in it" -j setupbin show cut.bin --show-secrets
ctl 1 0 "for people" setupbin show cut.bin --show-secrets
ctl 1 1902 "no setup.bin" -j setupbin show keys.csv
ctl 1 1902 "an empty file" setupbin show /dev/null
ctl 1 1003 "no such file" setupbin show nosuch.bin
ctl 0 0 "setupbin variables" -j setupbin variables
members "means module name secret since title values variable written"
ctl 0 0 "for people" setupbin variables
like "$out" "^pki-dns-suffix +2/3 " "with their numbers"

# Images
perl -e 'print "pid,pps,new_password\n"; my @d = (0 .. 9, "A" .. "Z"); my $s = "B1C2D2E7F3GCH4JIK5LOM6NTP7Q0R8S5";
	for my $i (0 .. 2999) { my $p = sprintf "%07d", $i; my $n = 0; $n += ord for split //, $p; print "$p$d[$n % 36],$s,P\@ssw0rd1\n" }' >many.csv
ctl 0 0 "setupbin make of 3000 keys" setupbin make many.bin --list many.csv
for layout in "" --no-partition; do
	for list in keys many; do
		[ $list = keys ] && want=s4.bin || want=many.bin
		what="image of $want, ${layout:---partition}"
		rm -f usb.img fs.img back.bin
		# shellcheck disable=SC2086 # none or one word
		ctl 0 0 "$what" setupbin make usb.img --list $list.csv --image $layout
		dd if=usb.img of=fs.img bs=512 skip=$([ -n "$layout" ] && echo 0 || echo 63) status=none
		status 0 "$what: fsck.fat finds nothing" fsck.fat -nv fs.img
		like "$out" "16 bit entries" "$what: it is FAT16"
		like "$out" "fs.img: 1 files, " "$what: with one file"
		at=$([ -n "$layout" ] || echo @@32256)
		status 0 "$what: mdir reads it" mdir -i usb.img$at ::
		like "$out" "^SETUP +BIN +$(stat -c %s $want) " "$what: the name is right"
		status 0 "$what: mcopy reads the file" mcopy -i usb.img$at ::SETUP.BIN back.bin
		cmp back.bin $want
		ok "$what: it comes back byte for byte"
		is "$(mshowfat -i usb.img$at ::SETUP.BIN)" "::/SETUP.BIN <2-$((1 + ($(stat -c %s $want) + 1023) / 1024))>" "$what: first, and in one piece"
	done
done

said_well
finish
