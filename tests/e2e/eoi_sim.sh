#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# eoi_sim: the simulator's AMT 2.0 to 3.1 against strangers that know nothing of muster: amttool (SOAP),
# openssl s_client (TLS-PSK), curl with the bodies of protocol/eoi.md 9.2. What amttool prints is held
# against protocol/eoi.md 11.5, with the defects of 11.4 in mind.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
begin eoi_sim 33
B=$BASE FIRST='P@ssw0rd' NEW='N3w-Admin!42'

# Hellos are kept here, one line of hex each.
perl -MIO::Socket::INET -e '
	$| = 1;
	my $l = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => shift, Listen => 32, ReuseAddr => 1) or die;
	print "ready\n";
	while (my $s = $l->accept) { local $/; print $s->peerhost, " ", unpack("H*", <$s>), "\n"; }' $PORT >>"$WORK/hellos" 2>/dev/null &
PID[sink]=$!
wait_for 10 grep -q ready "$WORK/hellos"

hex() { printf %s "$1" | od -An -v -tx1 | tr -d ' \n'; }
hyphens() { sed -E 's/(....)/\1-/g; s/-$//' <<<"$1"; }
hello_of() { grep "^$1 " "$WORK/hellos" | tail -1 | cut -d' ' -f2; }
said_hello() { [ -n "$(hello_of "$1")" ]; }

# --- hellos ------------------------------------------------------------------------------------

sim_start old --releases 2.0,2.1,2.2,2.5,2.6,3.0,3.1,8.1 --devices 8 --base "$B.1"
for n in 1 2 4 6 7 8; do wait_for 10 said_hello "$B.$n"; done
for n in 1 2 4; do
	pid=$(dump old "$B.$n" .pid)
	like "$(hello_of "$B.$n")" "^01000200.{40}$(hex "$pid")\$" "$(dump old "$B.$n" .release) says hello with its PID"
done
for n in 6 7 8; do like "$(hello_of "$B.$n")" '^00000300' "$(dump old "$B.$n" .release) says hello with its hashes"; done
is "$(hello_of "$B.6" | cut -c 49-50)" 04 "3.0 has the four roots of its time"
for n in 3 5; do
	release=$(dump old "$B.$n" .release)
	! said_hello "$B.$n" && is "$(dump old "$B.$n" '"\(.provisioning_state) \(.network_off)"')" "0 true" "$release is silent until its host starts it"
	! (exec 3<>"/dev/tcp/$B.$n/16993") 2>/dev/null
	ok "$release: its port is closed"
	sim old "hello $B.$n" >/dev/null
	wait_for 10 said_hello "$B.$n"
	like "$(hello_of "$B.$n")" '^00000300.{40}05' "$release then says hello with its five hashes"
	(exec 3<>"/dev/tcp/$B.$n/16993") 2>/dev/null
	ok "$release: its port is open"
done
sim_stop old

# Nobody comes: told to, the device closes its interface, until it is switched off and on.
sim_start window --releases 2.1,3.0 --devices 2 --base "$B.11" --time-scale 0.00002 --fault close-window
closed() { [ "$(dump window "$B.$1" .network_off)" = true ]; }
for n in 11 12; do
	wait_for 60 closed $n
	ok "$(dump window "$B.$n" .release) closes its interface in the end"
done
had=$(dump window "$B.12" .counters.hellos)
sim window "reboot $B.12" >/dev/null
wait_for 60 closed 12
[ "$(dump window "$B.12" .counters.hellos)" -gt "$had" ]
ok "a power cycle opens it, and another window ends"
sim_stop window

# --- TLS-PSK -----------------------------------------------------------------------------------

sim_start psk --releases 2.0,2.6,3.1,8.1 --devices 4 --psk --base "$B.21"
pid=$(dump psk "$B.21" .pid) pps=$(dump psk "$B.21" .pps)

# shake IDENTITY KEY [OPTION...]: a handshake; the alert, or the suite.
shake() {
	timeout 20 openssl s_client -connect "$B.${HOST:-21}:16993" -tls1 -cipher 'PSK-AES128-CBC-SHA:PSK-AES256-CBC-SHA:@SECLEVEL=0' \
		-psk_identity "$1" -psk "$(hex "$2")" </dev/null >"$WORK/shake" 2>&1
	sed -nE 's/.*SSL alert number ([0-9]+).*/alert \1/p; t; s/.*Cipher is (PSK[^ ]*).*/\1/p' "$WORK/shake" | sort -r | head -1
}
is "$(shake "$pid" "$pps")" PSK-AES128-CBC-SHA "PID and PPS make a session"
like "$(<"$WORK/shake")" 'Protocol *: TLSv1$' "of TLS 1.0"
unlike "$(<"$WORK/shake")" 'BEGIN CERTIFICATE' "without a certificate"
is "$(shake "$pid" "${pps:1}A")" "alert 20" "a wrong key: bad record mac"
is "$(shake 0000037M "$pps")" "alert 115" "an unknown PID: unknown PSK identity"
is "$(shake "$(hyphens "$pid")" "$pps")" "alert 115" "the PID with its hyphen is another"
is "$(shake "$pid" "$(hyphens "$pps")")" "alert 20" "the PPS with its hyphens is another"
sim psk "fault $B.21 hide-identity*1" >/dev/null
is "$(shake 0000037M "$pps")" "alert 20" "firmware that hides what it knows answers as to a wrong key"
sim psk "fault $B.21 rc4-only*1" >/dev/null
is "$(shake "$pid" "$pps")" "alert 40" "firmware with RC4 alone: handshake failure"
sim psk "fault $B.21 pid-hyphens" >/dev/null
is "$(shake "$(hyphens "$pid")" "$pps")" PSK-AES128-CBC-SHA "firmware whose identity has a hyphen"
sim psk "fault $B.21 pps-hyphens" >/dev/null
is "$(shake "$(hyphens "$pid")" "$(hyphens "$pps")")" PSK-AES128-CBC-SHA "firmware whose key has hyphens too"
sim psk "clear $B.21" >/dev/null
for n in 22 23 24; do
	HOST=$n
	is "$(shake "$(dump psk "$B.$n" .pid)" "$(dump psk "$B.$n" .pps)")" PSK-AES128-CBC-SHA "$(dump psk "$B.$n" .release) takes its pair too"
done
sim psk "fault $B.24 pki-hello" >/dev/null
sim psk "hello $B.24" >/dev/null
is "$(shake "$(dump psk "$B.24" .pid)" "$(dump psk "$B.24" .pps)")" "alert 40" "one that asks by certificate in spite of its pair takes no PSK"
unset HOST

# A run's first steps in one session: the challenge does not end it.
SAI=/SecurityAdministrationService
envelope() { echo "<?xml version=\"1.0\" encoding=\"UTF-8\"?><SOAP-ENV:Envelope xmlns:SOAP-ENV=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:x=\"http://schemas.intel.com/platform/client/$1/2004/01\"><SOAP-ENV:Body>$2</SOAP-ENV:Body></SOAP-ENV:Envelope>"; }
body=$(envelope SecurityAdministration '<x:GetCoreVersion></x:GetCoreVersion>')
post() { printf 'POST %s HTTP/1.1\r\nHost: device\r\nContent-Type: text/xml; charset=utf-8\r\n%sContent-Length: %d\r\n\r\n%s' $SAI "$1" "${#body}" "$body"; }
session() {
	coproc TLS { timeout 30 openssl s_client -quiet -connect "$B.21:16993" -tls1 -cipher 'PSK-AES128-CBC-SHA:@SECLEVEL=0' -psk_identity "$pid" -psk "$(hex "$pps")" 2>/dev/null; }
	local line nonce realm response ha2 n
	post '' >&"${TLS[1]}"
	while read -r -t 15 line <&"${TLS[0]}" && [ "${line%$'\r'}" != "" ]; do
		[[ $line == WWW-Authenticate* ]] && nonce=$(sed -E 's/.*nonce="([^"]*)".*/\1/' <<<"$line") realm=$(sed -E 's/.*realm="([^"]*)".*/\1/' <<<"$line")
		[[ $line == Content-Length* ]] && n=${line//[^0-9]/}
	done
	read -r -t 15 -N "$n" line <&"${TLS[0]}"
	ha2=$(printf 'POST:%s' $SAI | md5sum | cut -d' ' -f1)
	response=$(printf '%s:%s:00000001:c0ffee:auth:%s' "$(ha1 admin "$realm" "$FIRST")" "$nonce" "$ha2" | md5sum | cut -d' ' -f1)
	post "Authorization: Digest username=\"admin\", realm=\"$realm\", nonce=\"$nonce\", uri=\"$SAI\", qop=auth, nc=00000001, cnonce=\"c0ffee\", response=\"$response\""$'\r\n' >&"${TLS[1]}"
	while read -r -t 15 line <&"${TLS[0]}"; do
		echo "${line%$'\r'}"
		[[ $line != 0$'\r' ]] || break
	done
	exec {TLS[1]}>&-
}
said=$(session)
like "$said" '^HTTP/1.1 200 OK$' "a session carries a login and a call after its challenge"
like "$said" '<g:Status>0</g:Status><g:Version>2.0.5</g:Version>' "and its answer"
for line in 'Content-Type: text/xml; charset=UTF-8' 'Cache-Control: no-cache' 'Expires: Thu, 26 Oct 1995 00:00:00 GMT' 'Transfer-Encoding: chunked' \
	'Server: Intel\(R\) Active Management Technology 2.0.5' 'Date: .* 2004 .* GMT'; do like "$said" "^$line\$" "with the header $line"; done
sim_stop psk

# --- setup by certificate --------------------------------------------------------------------------

make_pki "$WORK/pki" provision.corp.example
make_pki "$WORK/other" provision.other.example
cat "$WORK/pki/leaf.pem" "$WORK/pki/inter.pem" "$WORK/pki/root.pem" >"$WORK/chain.pem"
cat "$WORK/other/leaf.pem" "$WORK/other/inter.pem" "$WORK/other/root.pem" >"$WORK/other.pem"
sim_start pki --releases 2.2,2.6,3.0 --devices 3 --root "$WORK/pki/root.pem" --base "$B.31"
# by_cert HOST CHAIN KEY: the version a device tells over such a session.
by_cert() {
	curl -s -v --insecure --tlsv1.0 --tls-max 1.0 --ciphers 'AES128-SHA:AES256-SHA:@SECLEVEL=0' --cert "$2" --key "$3" --digest -u admin:admin \
		--data-binary "$(envelope SecurityAdministration '<x:GetCoreVersion/>')" "https://$B.$1:16993$SAI" 2>"$WORK/curl.err" | sed -nE 's/.*Version>([0-9.]+)<.*/\1/p'
}
is "$(by_cert 31 "$WORK/chain.pem" "$WORK/pki/leaf.key")" "" "2.2: nobody has started it"
sim pki "hello *" >/dev/null
for n in 31 32 33; do
	release=$(dump pki "$B.$n" .release)
	sleep 0.2
	wait_for 10 bash -c "exec 3<>/dev/tcp/$B.$n/16993" 2>/dev/null
	is "$(by_cert $n "$WORK/chain.pem" "$WORK/pki/leaf.key")" "$release" "$release takes a setup certificate"
	is "$(by_cert $n "$WORK/other.pem" "$WORK/other/leaf.key")" "" "$release: and none of another root"
	is "$(openssl s_client -connect "$B.$n:16993" -tls1 -cipher 'AES128-SHA:@SECLEVEL=0' </dev/null 2>/dev/null | openssl x509 -noout -text |
		sed -nE 's/.*Public-Key: \(([0-9]+) bit.*/\1/p; s/^    Signature Algorithm: (.*)/\1/p' | sort -u | tr '\n' ' ')" "1024 sha1WithRSAEncryption " "$release shows a certificate of its time"
done
sim_stop pki

# --- amttool: protocol/eoi.md 11.5 --------------------------------------------------------------

sim_start tool --releases 2.1,2.6,3.0,4.0,3.0 --devices 5 --no-crypto --base "$B.41" --lockout-s 0
# tool HOST ARGUMENT...: standard error stays in $WORK/tool.err.
tool() { AMT_PASSWORD=${PASSWORD:-$FIRST} timeout 60 amttool "$B.$1" "${@:2}" 2>"$WORK/tool.err"; }
for n in 41 42 43 44; do
	said=$(tool $n info)
	is "$(<"$WORK/tool.err")" "" "amttool has nothing to complain of, $(dump tool "$B.$n" .release)"
	is "$(sed '1d; s/  */ /g; s/ *$//' <<<"$said")" "AMT version: $(dump tool "$B.$n" .release)
Hostname: .
Powerstate: S0
Remote Control Capabilities:
 IanaOemNumber 157
 OemDefinedCapabilities IDER SOL BiosSetup BiosPause
 SpecialCommandsSupported PXE-boot HD-boot HD-boot-safemode diag-boot cd-boot
 SystemCapabilitiesSupported powercycle powerdown powerup reset
 SystemFirmwareCapabilities 0" "and prints what the device is"
done
had=$(dump tool "$B.43" '.counters | "\(.authenticated) \(.logins_failed) \(.requests)"')
said=$(PASSWORD=wrong tool 43 info)
like "$said" '^AMT version: *$' "with a wrong password it has no version"
is "$had $(dump tool "$B.43" '.counters | "\(.authenticated) \(.logins_failed) \(.requests)"')" "5 0 8 5 5 16" "five calls refused, three without a login"
is "$(tool 41 netinfo)" "" "2.1 has no interfaces to ask for"
like "$(<"$WORK/tool.err")" 'version mismatch' "as amttool says"
said=$(tool 42 netinfo | tr -s ' ')
like "$said" '^ ?LocalAddress '"$B.42"'$' "netinfo: the address"
like "$said" '^ ?InterfaceMode SHARED_MAC_ADDRESS$' "netinfo: from DHCP"
is "$(tool 42 netconf x 0 15 10.0.0.5 255.0.0.0 10.0.0.1)" "result: pt_status: success" "netconf"
said=$(tool 42 netinfo | tr -s ' ')
for fact in 'LocalAddress 10.0.0.5' 'SubnetMask 255.0.0.0' 'DefaultGatewayAddress 10.0.0.1' 'PrimaryDnsAddress 10.0.0.1' 'SecondaryDnsAddress 0.0.0.0' \
	'InterfaceMode SEPARATE_MAC_ADDRESS' 'LinkPolicy 15' 'DhcpEnabled false'; do like "$said" "^ ?$fact\$" "netinfo: $fact"; done
is "$(dump tool "$B.42" '.settings["AMT_EthernetPortSettings.IPAddress"]')" 10.0.0.5 "the same by WS-Management's name"
is "$(tool 42 netconf x 0 15 10.0.0.5 255.255.255.0 10.0.0.1)" "result: pt_status: invalid netmask" "amttool packs 255.255.255.0 wrongly, and is told"
is "$(tool 42 netconf x 7 15)" "result: pt_status: invalid handle" "an interface that is not there"
sim tool "power $B.43 S5" >/dev/null
like "$(tool 43 info | tr -s ' ')" '^Powerstate: S5 \(soft-off\)$' "a PC that is off"
like "$(echo y | tool 43 powerup pxe)" 'result: pt_status: success' "powerup pxe"
is "$(dump tool "$B.43" '.power | "\(.state) \(.command) \(.special)"')" "S0 17 1" "is on, from the network"
like "$(echo y | tool 43 powerup)" 'result: pt_status: not permitted' "what is on is not switched on"
like "$(echo y | tool 43 reset bios)" 'result: pt_status: success' "reset bios"
is "$(dump tool "$B.43" '.power | "\(.state) \(.command) \(.special) \(.oem)"')" "S0 16 193 1" "into its setup"
like "$(echo y | tool 43 powerdown)" 'result: pt_status: success' "powerdown"
is "$(dump tool "$B.43" .power.state)" S5 "is off"
sim tool "fault $B.43 fault:GetCoreVersion=Any*1" >/dev/null
tool 43 info >/dev/null
like "$(<"$WORK/tool.err")" 'soap fault|uninitialized' "a SOAP fault is one for amttool"
sim tool "fault $B.43 odd-xml" >/dev/null
sim tool "fault $B.43 status-code" >/dev/null
said=$(tool 43 info)
like "$said" 'AMT version:  3.0.5' "other prefixes, another name of the status, chunks of one byte: the same to amttool"
sim tool "clear $B.43" >/dev/null

# --- a run by curl: protocol/eoi.md 9.2 ----------------------------------------------------------

# call HOST PASSWORD SERVICE BODY: the answer's status and the rest of it.
call() {
	curl -s --digest -u "admin:$2" -H 'Expect:' -H 'Content-Type: text/xml; charset=utf-8' -H 'SOAPAction: "any"' \
		--data-binary "$(envelope "$3" "$4")" "http://$B.$1:16992/$3Service" | sed -E 's/.*Response><g:Status>([0-9]+)<\/g:Status>(.*)<\/g:[A-Za-z0-9]*Response>.*/\1 \2/'
}
# step WANT HOST SERVICE BODY DESCRIPTION
step() { like "$(call "$2" "${PASSWORD:-$FIRST}" "$3" "$4")" "^$1" "$5"; }
D=43
realm=$(call $D "$FIRST" SecurityAdministration '<x:GetDigestRealm></x:GetDigestRealm>' | sed -E 's/.*DigestRealm>(.*)<.*/\1/')
is "$realm" "Intel(R) AMT (ID:$(dump tool $B.$D .uuid | tr a-f A-F))" "the realm names the device"
digest() { printf '%s:%s:%s' "$1" "$realm" "$2" | openssl md5 -binary | base64; }
S=SecurityAdministration N=NetworkAdministration T=NetworkTime now=$(date +%s)
step '2057 ' $D $S '<x:CommitChanges></x:CommitChanges>' "nothing to commit yet"
step '0 ' $D $S '<x:SetRngKey><x:RngKey>AAAAAAAAAAAAAAAAAAAAAAAAAAA=</x:RngKey></x:SetRngKey>' "Set rng key"
ta0=$(call $D "$FIRST" $T '<x:GetLowAccuracyTimeSynch></x:GetLowAccuracyTimeSynch>' | sed -E 's/.*Ta0>([0-9]+)<.*/\1/')
[ "$ta0" -gt 1072915200 ] && [ "$ta0" -lt $((now - 86400)) ]
ok "the clock of the device is years behind" || note "$ta0"
step '34 ' $D $T "<x:SetHighAccuracyTimeSynch><x:Ta0>$ta0</x:Ta0><x:Tm1>86400</x:Tm1><x:Tm2>86400</x:Tm2></x:SetHighAccuracyTimeSynch>" "a time of 1970 is refused"
step '0 ' $D $T "<x:SetHighAccuracyTimeSynch><x:Ta0>$ta0</x:Ta0><x:Tm1>$now</x:Tm1><x:Tm2>$now</x:Tm2></x:SetHighAccuracyTimeSynch>" "Synchronize clock"
like "$(curl -s -i "http://$B.$D:16992/" | grep ^Date)" " $(date -u +%Y) " "the clock is that of the server"
step '0 ' $D $N '<x:SetDomainName><x:DomainName>pro.intel.com</x:DomainName></x:SetDomainName>' "Set domain name"
step '0 ' $D $N '<x:SetHostName><x:HostName>dell755</x:HostName></x:SetHostName>' "Set the host name"
step '0 ' $D $N '<x:SetPingResponse><x:PingResponse>true</x:PingResponse></x:SetPingResponse>' "Set Ping Response"
step '0 ' $D $S '<x:SetTlsOptions><x:NetworkInterface><x:TlsAuthentication>NoAuthentication</x:TlsAuthentication></x:NetworkInterface><x:LocalInterface><x:TlsAuthentication>NoAuthentication</x:TlsAuthentication></x:LocalInterface></x:SetTlsOptions>' "Set TLS options"
step '0 ' $D $S '<x:SetEnabledInterfaces><x:EnabledInterfaces>WebUI</x:EnabledInterfaces><x:EnabledInterfaces>SerialOverLAN</x:EnabledInterfaces></x:SetEnabledInterfaces>' "Set enabled interfaces"
step '0 ' $D $S '<x:SetKerberosOptions><x:KerberosRealmName></x:KerberosRealmName></x:SetKerberosOptions>' "Set Kerberos options"
step '2068 ' $D $N '<x:Remove8021XWiredProfile></x:Remove8021XWiredProfile>' "Remove existing 802.1x wired profile: there is none"
step '0 <g:TotalCount>0<' $D $S '<x:EnumerateUserAclEntries><x:StartIndex>1</x:StartIndex></x:EnumerateUserAclEntries>' "no users yet"
step '0 <g:Handle>1<' $D $S "<x:AddUserAclEntryEx><x:EntryEx><x:DigestUser><x:Username>helpdesk</x:Username><x:DigestPassword>$(digest helpdesk 'H3lpDesk!')</x:DigestPassword></x:DigestUser><x:AccessPermission>NetworkAccessPermission</x:AccessPermission><x:Realms><x:Realm>5</x:Realm><x:Realm>2</x:Realm></x:Realms></x:EntryEx></x:AddUserAclEntryEx>" "Set ACL"
package=$(call $D "$FIRST" $S '<x:EnumeratePowerPackages></x:EnumeratePowerPackages>' | grep -oE 'PackageId>[^<]+' | sed -n '3s/.*>//p')
step '0 ' $D $S "<x:SetActivePowerPackage><x:PackageId>$package</x:PackageId></x:SetActivePowerPackage>" "Set power policies"
step '42 ' $D $S '<x:SetTLSPSK><x:PID>HLLQ045P</x:PID><x:PPS>B1C2D2E7F3GCH4JIK5LOM6NTP7Q0R8S5</x:PPS></x:SetTLSPSK>' "a PID with a wrong check character is refused"
step '0 ' $D $S '<x:SetTLSPSK><x:PID>HLLQ045Q</x:PID><x:PPS>B1C2D2E7F3GCH4JIK5LOM6NTP7Q0R8S5</x:PPS></x:SetTLSPSK>' "Generate a new PID"
step '0 ' $D $S "<x:SetAdminAclEntryEx><x:EntryEx><x:Username>admin</x:Username><x:DigestPassword>$(digest admin "$NEW")</x:DigestPassword></x:EntryEx></x:SetAdminAclEntryEx>" "Change admin password"
is "$(dump tool "$B.$D" '.waits | join(" ")')" "admin acl psk power_scheme settings" "all that waits for the commit"
like "$(call $D "$NEW" $S '<x:GetCoreVersion></x:GetCoreVersion>')" 'Log on failed' "the new password does not open it yet"
step '0 ' $D $S '<x:CommitChanges></x:CommitChanges>' "Commit changes"
up() { (exec 3<>"/dev/tcp/$B.$D/16992") 2>/dev/null; }
wait_for 10 up
is "$(dump tool "$B.$D" '"\(.provisioning_state) \(.waits | length) \(.pid) \(.record.method) \(.interfaces.webui) \(.interfaces.sol) \(.interfaces.ider)"')" \
	"2 0 HLLQ045Q psk true true false" "the device is configured"
is "$(PASSWORD=$NEW tool $D info | tr -s ' ' | sed -n '2,3p')" "AMT version: 3.0.5
Hostname: dell755.pro.intel.com" "amttool with the new password"
like "$(tool $D info)" '^AMT version: *$' "and with the old one not"
like "$(curl -s --digest -u 'helpdesk:H3lpDesk!' --data-binary "$(envelope RemoteControl '<x:GetSystemPowerState/>')" "http://$B.$D:16992/RemoteControlService")" '<g:Status>0<' "the user may do what its realm allows"
like "$(curl -s --digest -u 'helpdesk:H3lpDesk!' --data-binary "$(envelope $S '<x:Unprovision/>')" "http://$B.$D:16992/${S}Service")" '<g:Status>16<' "and nothing else"

# --- the way back, and what is not committed -------------------------------------------------------

: >"$WORK/hellos"
PASSWORD=$NEW step '0 ' $D $S '<x:PartialUnprovision></x:PartialUnprovision>' "partial unprovision"
wait_for 10 said_hello "$B.$D"
like "$(hello_of "$B.$D")" "$(hex HLLQ045Q)\$" "it says hello with the pair it was given"
is "$(dump tool "$B.$D" '"\(.host).\(.domain) \(.provisioning_state)"')" "dell755.pro.intel.com 1" "and kept its name"
D=45 pid=$(dump tool "$B.45" .pid)
# hung up while it was at it: the device restarts, and is as before
for body in '<x:SetTLSPSK><x:PID>HLLQ045Q</x:PID><x:PPS>B1C2D2E7F3GCH4JIK5LOM6NTP7Q0R8S5</x:PPS></x:SetTLSPSK>' \
	"<x:SetAdminAclEntryEx><x:EntryEx><x:Username>admin</x:Username><x:DigestPassword>$(digest admin "$NEW")</x:DigestPassword></x:EntryEx></x:SetAdminAclEntryEx>"; do
	call $D "$FIRST" $S "$body" >/dev/null
done
is "$(dump tool "$B.45" .pid)" HLLQ045Q "a pair that waits is shown"
sim tool "reboot $B.45" >/dev/null
wait_for 10 up
is "$(dump tool "$B.45" '"\(.pid) \(.admin_set)"')" "$pid false" "a restart drops what was not committed"
sim tool "fault $B.45 at-once:SetTLSPSK" >/dev/null
call $D "$FIRST" $S '<x:SetTLSPSK><x:PID>HLLQ045Q</x:PID><x:PPS>B1C2D2E7F3GCH4JIK5LOM6NTP7Q0R8S5</x:PPS></x:SetTLSPSK>' >/dev/null
: >"$WORK/hellos"
sim tool "reboot $B.45" >/dev/null
wait_for 10 up
wait_for 10 said_hello "$B.45"
like "$(hello_of "$B.45")" "$(hex HLLQ045Q)\$" "what is stored at once is there after a restart"

# --- faults ----------------------------------------------------------------------------------------

sim tool "fault $B.45 401-forever*1" >/dev/null
step '0 ' $D $S '<x:GetCoreVersion/>' "a login refused once"
sim tool "fault $B.45 rechallenge:1*1" >/dev/null
step '<html>' $D $S '<x:GetCoreVersion/>' "a challenge in the middle, which curl takes for a refusal"
step '0 ' $D $S '<x:GetCoreVersion/>' "and no more after that"
sim tool "fault $B.45 half-body*1" >/dev/null
curl -s --digest -u "admin:$FIRST" --data-binary "$(envelope $S '<x:GetCoreVersion/>')" "http://$B.45:16992/${S}Service" >/dev/null
is $? 18 "half an answer is one for curl"
sim tool "fault $B.45 drop-after:GetCoreVersion*1" >/dev/null
curl -s --digest -u "admin:$FIRST" -H 'Connection: close' --data-binary "$(envelope $S '<x:GetCoreVersion/>')" "http://$B.45:16992/${S}Service" >/dev/null
is $? 52 "and so is none"
is "$(curl -s -o /dev/null -w '%{http_code} %{redirect_url}' "http://$B.45:16992/")" "303 http://$B.45:16992/logon.htm" "a browser is sent to the log-on page"
is "$(curl -s -o /dev/null -w '%{http_code}' -d '' "http://$B.45:16992/${S}Service")" 401 "an empty request is asked for a login"
is "$(curl -s -o /dev/null -w '%{http_code}' -d x "http://$B.45:16992/wsman")" 404 "3.0 has no WS-Management"
is "$(curl -s -o /dev/null -w '%{http_code}' -d x "http://$B.45:16992/WirelessConfigurationService")" 404 "and no wireless service"
finish
