#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# create: "musterctl db create" and "db upgrade" by a login that is no superuser, on a server that an older muster
# made its roles on, and again at any time; what rights are left behind.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
begin create 11
ROLES='maker ada bob muster_owner muster_keeper'
pg_start || note "$(<"$WORK/pg.log")"
root() { psql -XAtq -v ON_ERROR_STOP=1 -h "$WORK/pg/sock" -U muster -d "${2:-postgres}" -c "$1" 2>&1; }
as() { psql -XAtq -h "$WORK/pg/sock" -U "$1" -d "$2" -c "$3" 2>&1; }
root "CREATE ROLE maker LOGIN CREATEROLE CREATEDB"
# Who belongs to whom and may pass it on.
grants() { root "SELECT member::regrole || ' in ' || roleid::regrole || CASE WHEN admin_option THEN ' may give' ELSE '' END FROM pg_auth_members
	WHERE roleid >= 16384 AND member::regrole::text IN ('maker', 'muster_owner', 'muster_engine', 'muster_keeper')
	   OR roleid::regrole::text IN ('muster_owner', 'muster_keeper', 'muster_engine') ORDER BY 1" | paste -sd,; }
keeps='muster_keeper in muster_administrator may give,muster_keeper in muster_enterprise_administrator may give'
keeps+=',muster_keeper in muster_log_viewer may give,muster_keeper in muster_operator may give'

# An older muster made its roles and a database of version 5.
mkdir -p "$WORK/old/schema"
cp "$SRC"/schema/000[1-5]_*.sql "$WORK/old/schema"
sed '/-- Owns the one function/,/WITH ADMIN OPTION;/d' "$SRC/schema/bootstrap.sql" >"$WORK/old/schema/bootstrap.sql"
MUSTER_DATADIR=$WORK/old ctl 0 0 "an older muster makes its database, by a login that is no superuser" -d "$(conn old maker)" db create --grant ada
is "$(root "SELECT count(*) FROM pg_roles WHERE rolname = 'muster_keeper'")" 0 "it knew no muster_keeper"
ctl 1 1107 "db upgrade" -j -d "$(conn old maker)" db upgrade
like "$err" 'muster_keeper is missing: run "musterctl db create" again' "says what to do"
is "$(root "SELECT max(version) FROM muster.schema_migration" old)" 5 "and changes nothing"
is "$(grants)" "" "nor leaves a right behind"
ctl 0 0 "db create again" -j -d "$(conn old maker)" db create --grant ada
is "$(jq .schema_version <<<"$out")" "$(printf '%s\n' "$SRC"/schema/0*.sql | sed -nE '$s:.*/0*([0-9]+)_.*:\1:p')" "upgrades"
is "$(grants)" "$keeps" "and leaves nobody a member of the owner or the keeper"
ctl 0 0 "db upgrade with nothing to do" -d "$(conn old maker)" db upgrade
is "$(grants)" "$keeps" "changes nothing of that"

# A new database on the same server, by the same login; another by a superuser.
ctl 0 0 "another database" -d "$(conn new maker)" db create --grant ada
ctl 0 0 "a third one, by a superuser" -d "$(conn third muster)" db create --grant ada
is "$(grants)" "$keeps" "the roles are as they were"
for db in old new third; do
	is "$(as ada $db "SELECT muster.user_set('bob', 'operator')")" "$([ $db = old ] && echo "login made, role given" || echo "nothing to do")" "$db: the Enterprise Administrator gives a role"
	is "$(root "SELECT string_agg(proname || ' ' || proowner::regrole, ',') FROM pg_proc WHERE pronamespace = 'muster'::regnamespace AND proowner <> 'muster_owner'::regrole" $db)" \
		"user_set muster_keeper" "$db: the keeper owns one function"
	is "$(as bob $db "SELECT count(*) FROM muster.device")" 0 "$db: the role counts in every database of the server"
	like "$(as bob $db "SELECT muster.user_set('bob', 'administrator')")" "permission denied" "$db: and gives no more than it is"
done
like "$(as maker new 'SELECT 1 FROM muster.device')" "permission denied" "who made the database has no right at its tables"
ctl 4 1104 "db create by a login that may make no role" -d "$(conn fourth bob)" db create
ctl 4 1104 "db upgrade by a login that may make no role" -d "$(conn old bob)" db upgrade
finish
