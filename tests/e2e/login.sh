#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# login: who gets in, and as whom: peer on the unix socket, SCRAM over TLS, Kerberos with a KDC of its own.
# Each login then has exactly the rights of its role, whichever way it came in.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
begin login 12
me=$(id -un) owner=$me
[ "$(id -u)" != 0 ] || owner=postgres
roles="log-viewer operator administrator enterprise-administrator"
REALM=MUSTER.TEST

# --- the servers -----------------------------------------------------------------------------

# free_port: from a number on; next: the one to begin with.
next=$((PORT + 20))
free_port() {
	while (exec 3<>"/dev/tcp/127.0.0.1/$next") 2>/dev/null; do next=$((next + 1)); done
	free=$next next=$((next + 1))
}

# A certificate for localhost, from a CA of its own, and another CA that has nothing to do with it.
tls_make() {
	mkdir -p "$WORK/tls"
	(
		cd "$WORK/tls" &&
			openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj "/CN=CA of the database" -keyout ca.key -out ca.pem &&
			openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj "/CN=another CA" -keyout other.key -out other.pem &&
			openssl req -newkey rsa:2048 -nodes -subj "/CN=localhost" -keyout server.key -out server.csr &&
			printf 'subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n' >server.ext &&
			openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile server.ext -out server.pem
	) >"$WORK/tls.log" 2>&1
	chmod 600 "$WORK/tls/server.key"
	[ "$owner" = "$me" ] || chown "$owner" "$WORK/tls/server.key"
}

kadmin_local() { kadmin.local -r $REALM -q "$1" >>"$WORK/kdc/kadmin.log" 2>&1; }

# A realm with the principal of the database server and those of people; nothing of the system's is used.
kdc_start() {
	mkdir -p "$WORK/kdc" "$WORK/rcache"
	chmod 1777 "$WORK/rcache"
	free_port
	cat >"$WORK/krb5.conf" <<-CONF
		[libdefaults]
		default_realm = $REALM
		dns_lookup_kdc = false
		dns_lookup_realm = false
		dns_canonicalize_hostname = false
		rdns = false
		udp_preference_limit = 1
		[realms]
		$REALM = {
		kdc = 127.0.0.1:$free
		}
	CONF
	cat >"$WORK/kdc/kdc.conf" <<-CONF
		[realms]
		$REALM = {
		database_name = $WORK/kdc/principal
		key_stash_file = $WORK/kdc/stash
		acl_file = $WORK/kdc/acl
		kdc_listen = 127.0.0.1:$free
		kdc_tcp_listen = 127.0.0.1:$free
		}
		[logging]
		kdc = FILE:$WORK/kdc/kdc.log
		default = FILE:$WORK/kdc/other.log
	CONF
	export KRB5_CONFIG=$WORK/krb5.conf KRB5_KDC_PROFILE=$WORK/kdc/kdc.conf KRB5RCACHEDIR=$WORK/rcache KRB5CCNAME=FILE:$WORK/cc-none
	kdb5_util create -s -r $REALM -P "$(openssl rand -hex 16)" >"$WORK/kdc/create.log" 2>&1 || return 1
	kadmin_local "addprinc -randkey postgres/localhost" && kadmin_local "ktadd -k $WORK/postgres.keytab postgres/localhost" || return 1
	[ "$owner" = "$me" ] || chown "$owner" "$WORK/postgres.keytab"
	krb5kdc -n -r $REALM >"$WORK/kdc/krb5kdc.log" 2>&1 &
	PID[kdc]=$!
	wait_for 20 kdc_answers $free
}
kdc_answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# PostgreSQL on loopback with TLS and a keytab; who is let in how is written here, line by line.
pg_prepare() {
	pg_start && pg_stop || return 1
	free_port
	export PGPORT=$free
	cat >>"$WORK/pg/data/postgresql.conf" <<-CONF
		listen_addresses = '127.0.0.1'
		port = $PGPORT
		ssl = on
		ssl_cert_file = '$WORK/tls/server.pem'
		ssl_key_file = '$WORK/tls/server.key'
		krb_server_keyfile = 'FILE:$WORK/postgres.keytab'
	CONF
	cat >"$WORK/pg/data/pg_hba.conf" <<-CONF
		local    all     all                                                            peer map=muster
		hostssl  muster  s_log-viewer,s_operator,s_administrator,s_enterprise-administrator  127.0.0.1/32  scram-sha-256
		host     muster  k_log-viewer,k_operator,k_administrator,k_enterprise-administrator  127.0.0.1/32  gss include_realm=0 krb_realm=$REALM
	CONF
}

# --- what a login may do -----------------------------------------------------------------------

# rights CONNECTION: the exit status of a command for each role, from that of all to that of the highest; and
# of a change that an Administrator may make.
rights() {
	local command result=
	for command in "log --lines 1" "setting list" "audit list --lines 1" "user list" "setting set workers 12"; do
		# shellcheck disable=SC2086 # words on purpose
		timeout 60 musterctl -d "$1" $command >/dev/null 2>>"$WORK/rights.log"
		result+="$? "
	done
	echo "${result% }"
}
declare -A RIGHTS=([log-viewer]="0 4 4 4 4" [operator]="0 0 4 4 4" [administrator]="0 0 0 4 0" [enterprise-administrator]="0 0 0 0 0")
# whom CONNECTION: the login as the database sees it, and how the connection is protected.
whom() {
	psql -XAtq -d "$1" -c "SELECT session_user, (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()),
		(SELECT gss_authenticated || ' ' || encrypted FROM pg_stat_gssapi WHERE pid = pg_backend_pid())" 2>&1
}

tls_make
ok "certificates" || note "$(tail -3 "$WORK/tls.log")"
kdc_start
ok "a KDC" || note "$(tail -n 3 "$WORK"/kdc/*.log)"
pg_prepare
ok "PostgreSQL with TLS and a keytab" || note "$(<"$WORK/pg.log")"
db_start
ctl 0 0 "the first Enterprise Administrator" user set "s_enterprise-administrator" enterprise-administrator
for role in $roles; do
	ctl 0 0 "s_$role" user set "s_$role" "$role"
	ctl 0 0 "k_$role" user set "k_$role" "$role"
	# Every login has a password, so that none gets in by Kerberos' lines with one.
	sql "ALTER ROLE \"s_$role\" PASSWORD 'pw-Pass!s_$role'; ALTER ROLE \"k_$role\" PASSWORD 'pw-Pass!k_$role'"
	printf '*:*:*:s_%s:pw-Pass!s_%s\n' "$role" "$role" >>"$WORK/pgpass"
done
chmod 600 "$WORK/pgpass"

# --- peer --------------------------------------------------------------------------------------

here=$(conn muster "$me")
for role in $roles; do
	musterctl user set "$me" "$role" >/dev/null
	is "$(rights "$here")" "${RIGHTS[$role]}" "peer: the user of the operating system as $role has its rights, no more"
done
is "$(whom "$here")" "$me|f|false false" "peer: as itself"
musterctl user remove "$me" >/dev/null
is "$(rights "$here")" "4 4 4 4 4" "peer: without a role it may do nothing"
ctl 4 1104 "peer: as somebody else" -j -d "$(conn muster s_administrator)" log
if [ "$(id -u)" = 0 ]; then
	err=$(cd / && runuser -u nobody -- env PGPORT="$PGPORT" psql -XAtq -d "$(conn muster muster)" -c 'SELECT 1' 2>&1)
	like "$err" "Peer authentication failed" "peer: another user of the operating system is not let in as the owner"
else
	note "not root: that another user of the operating system is not let in by peer is not tried"
fi

# --- SCRAM over TLS ----------------------------------------------------------------------------

# over LOGIN OPTION...: the connection string over TCP.
over() { echo "host=localhost hostaddr=127.0.0.1 dbname=muster user=$1 gssencmode=disable ${*:2}"; }
full="sslmode=verify-full sslrootcert=$WORK/tls/ca.pem"
pass="passfile=$WORK/pgpass"
for role in $roles; do
	is "$(rights "$(over "s_$role" "$full" "$pass")")" "${RIGHTS[$role]}" "SCRAM: $role has its rights, no more"
done
is "$(whom "$(over s_operator "$full" "$pass")")" "s_operator|t|false false" "SCRAM: over TLS"
printf '*:*:*:*:wrong-Pass!\n' >"$WORK/wrong"
chmod 600 "$WORK/wrong"
ctl 4 1104 "SCRAM: wrong password" -j -d "$(over s_operator "$full" "passfile=$WORK/wrong")" log
ctl 4 1104 "SCRAM: the password of another" -d "$(over s_operator "$full" "password=pw-Pass!s_administrator")" log
ctl 4 1104 "SCRAM: no password" -d "$(over s_operator "$full" "passfile=$WORK/nosuch")" log
ctl 4 1104 "SCRAM: a plain connection is refused" -j -d "$(over s_operator sslmode=disable "$pass")" log
ctl 4 1104 "SCRAM: a login that is not listed" -d "$(over muster "$full" "password=x")" log
ctl 6 1102 "TLS: another CA" -j -d "$(over s_operator "sslmode=verify-full sslrootcert=$WORK/tls/other.pem" "$pass")" log
like "$err" "certificate verify failed" "it is told"
ctl 6 1102 "TLS: another name" -d "$(over s_operator "$full" "$pass" host=db.corp.example)" log
like "$err" 'certificate for .localhost. does not match host name' "it is told"
ctl 6 1102 "TLS: no CA to check with" -d "$(over s_operator "sslmode=verify-full sslrootcert=$WORK/nosuch.pem" "$pass")" log

# --- Kerberos ----------------------------------------------------------------------------------

# ticket PRINCIPAL: makes it with a password, and logs it in.
ticket() {
	kadmin_local "addprinc -pw pw-Pass!$1 $1"
	kinit -c "FILE:$WORK/cc-$1" "$1" <<<"pw-Pass!$1" >>"$WORK/kinit.log" 2>&1
}
gss() { echo "host=localhost hostaddr=127.0.0.1 dbname=muster user=$1 ${*:2}"; }
for role in $roles; do
	ticket "k_$role"
	ok "Kerberos: a ticket for k_$role" || note "$(tail -2 "$WORK/kinit.log")"
	is "$(KRB5CCNAME=FILE:$WORK/cc-k_$role rights "$(gss "k_$role")")" "${RIGHTS[$role]}" "Kerberos: $role has its rights, no more"
done
export KRB5CCNAME=FILE:$WORK/cc-k_operator
is "$(whom "$(gss k_operator gssencmode=require)")" "k_operator|f|true true" "Kerberos: the connection is encrypted by it"
is "$(whom "$(gss k_operator gssencmode=disable "$full")")" "k_operator|t|true false" "Kerberos: and can be by TLS"
klist -s && klist 2>/dev/null | grep -q "postgres/localhost@$REALM"
ok "Kerberos: by a ticket for the database server"
# The console, which never waits, takes the same ways in.
export TMUX_TMPDIR=$WORK TERM=xterm-256color
unset TMUX
tm() { tmux -L login -f /dev/null "$@"; }
leave() {
	local status=$?
	tm kill-server 2>/dev/null
	(exit $status)
	cleanup
}
trap leave EXIT
console_shows() { tm capture-pane -p -t "$1" 2>/dev/null | grep -qE -- "$2"; }
# console NAME CONNECTION TABS: the console of an Operator comes up live, with these numbered screens and no others.
console() {
	tm new-session -d -s "$1" -x 100 -y 24 "muster -d '$2'; sleep 60"
	wait_for 20 console_shows "$1" "^ muster +1 Overview.* live"
	ok "$1: the console is live" || note "$(tm capture-pane -p -t "$1")"
	like "$(tm capture-pane -p -t "$1")" "$3" "$1: with the screens of the role"
	tm send-keys -t "$1" F10
}
console kerberos "$(gss k_operator)" "7 Log +0 Set[a-z]* +live"
console scram "$(over s_administrator "$full" "$pass")" "7 Log +8 Aud[a-z]* +0 Set[a-z]* +live"
tm kill-server

ctl 4 1104 "Kerberos: as somebody else" -j -d "$(gss k_enterprise-administrator)" user list
ctl 4 1104 "Kerberos: with a password in its place" -d "$(gss s_operator gssencmode=disable sslmode=disable "$pass")" log
export KRB5CCNAME=FILE:$WORK/cc-none
ctl 4 1104 "Kerberos: without a ticket" -j -d "$(gss k_operator)" log
ctl 4 1104 "Kerberos: without a ticket, with the password" -d "$(gss k_operator gssencmode=disable "$full" "password=pw-Pass!k_operator")" log
ticket stranger
KRB5CCNAME=FILE:$WORK/cc-stranger ctl 4 1104 "Kerberos: a principal who is no login" -d "$(gss stranger)" log
kinit -c "FILE:$WORK/cc-wrong" k_operator <<<"wrong-Pass!" >>"$WORK/kinit.log" 2>&1
is $? 1 "Kerberos: no ticket for a wrong password"

kinit -c "FILE:$WORK/cc-late" k_operator <<<"pw-Pass!k_operator" >>"$WORK/kinit.log" 2>&1
kill "${PID[kdc]}" && wait "${PID[kdc]}" 2>/dev/null
unset 'PID[kdc]'
KRB5CCNAME=FILE:$WORK/cc-late ctl 6 1102 "Kerberos: no KDC, and no ticket for the database server yet" -j -d "$(gss k_operator)" log
KRB5CCNAME=FILE:$WORK/cc-k_operator ctl 0 0 "Kerberos: a ticket that was got before goes on" -j -d "$(gss k_operator)" setting list

# Who came in which way is who the audit log names, with the address.
KRB5CCNAME=FILE:$WORK/cc-k_administrator musterctl -d "$(gss k_administrator)" setting set workers 17 >/dev/null
is "$(sql "SELECT who, host(from_addr), what, after FROM muster.audit_log ORDER BY audit_id DESC LIMIT 1")" 'k_administrator|127.0.0.1|setting_set|"17"' "the audit log names the login by Kerberos, and its address"
is "$(sql "SELECT count(*) > 0 FROM muster.audit_log WHERE what = 'denied' AND who = 's_log-viewer'")" t "and what was refused"
ctl 0 0 "the audit log is whole" audit verify
said_well
finish
