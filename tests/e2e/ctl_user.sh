#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# ctl_user: musterctl user, under each role: who may give roles, what is refused, what is in the audit log;
# and that each refused attempt of any command is in the audit log too.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
begin ctl_user 20
# shellcheck disable=SC2034 # for pg_start
ROLES="boss second jane nobody.at.all"
db_start
sql "REVOKE muster_enterprise_administrator FROM muster" # who made the database got it
# ctl_as LOGIN and then as ctl: musterctl under this login.
ctl_as() {
	local login=$1 want=$2 code=$3 what=$4
	shift 4
	if [ "$1" = -j ]; then
		shift
		ctl "$want" "$code" "$what" -j -d "$(conn muster "$login")" "$@"
	else
		ctl "$want" "$code" "$what" -d "$(conn muster "$login")" "$@"
	fi
}
role_of() { sql "SELECT coalesce(muster.user_role('$1'), '')"; }
audit() { sql "SELECT coalesce(string_agg(who || ' ' || what || ' ' || object, ', ' ORDER BY audit_id), '') FROM muster.audit_log WHERE audit_id > $mark"; }
mark() { mark=$(sql "SELECT max(audit_id) FROM muster.audit_log"); }

ctl 0 0 "the first Enterprise Administrator" -j user set boss enterprise-administrator
members "done login role"
is "$(role_of boss)" muster_enterprise_administrator "has the role"

# An Enterprise Administrator gives and takes.
mark
ctl_as boss 0 0 "a new login" -j user set jane operator
has '.done == "login made, role given" and .login == "jane" and .role == "operator"' "is made"
is "$(sql "SELECT rolcanlogin, rolsuper, rolpassword IS NULL FROM pg_authid WHERE rolname = 'jane'")" "t|f|t" "without a password"
ctl_as jane 0 0 "it may log in and look" -j setting list
ctl_as boss 0 0 "another role" user set jane log-viewer
is "$out" "jane: role given" "is told"
is "$(role_of jane)" muster_log_viewer "it has exactly that one"
ctl_as boss 0 0 "the same role again" user set jane log-viewer
like "$out" "nothing to do" "is nothing to do"
ctl_as boss 0 0 "user list" -j user list
members "can_login login role superuser"
has 'map(select(.login == "jane").role) == ["log-viewer"] and map(select(.login == "boss").role) == ["enterprise-administrator"]' "has both"
has 'map(select(.login == "muster").superuser) == [true]' "and the superuser"
has 'map(.login) | map(select(startswith("muster_") or startswith("pg_"))) == []' "and nobody who is no person"
ctl_as boss 0 0 "user list for people" user list
like "$out" "^jane +log-viewer" "shows the role"
like "$out" "^muster .*superuser of PostgreSQL" "and who is bound by none"
ctl_as boss 0 0 "user remove" -j user remove jane
has '.role == null' "takes the role"
is "$(sql "SELECT count(*) FROM pg_roles WHERE rolname = 'jane'") $(role_of jane)" "1 " "the login stays"
ctl_as jane 4 1104 "it may do nothing any more" setting list
is "$(audit)" "boss user_set jane, boss user_set jane, boss user_set jane" "each change is in the audit log, nothing else is"

# What cannot be.
mark
ctl_as boss 1 1105 "the last Enterprise Administrator is not lowered" -j user set boss administrator
has '.error.text == "boss is the last Enterprise Administrator"' "and it says why"
ctl_as boss 1 1105 "nor removed" user remove boss
ctl 1 1105 "not by a superuser either" user remove boss
is "$(role_of boss)" muster_enterprise_administrator "the role is still there"
ctl_as boss 2 1006 "no such role" -j user set jane king
ctl_as boss 2 1006 "a role of PostgreSQL" user set jane muster_owner
ctl_as boss 3 1106 "the role of nobody" user remove no-such-login
for login in muster_owner muster_engine pg_monitor postgres public Jane "a b" "x;DROP ROLE boss" "" "$(printf '%064d' 0)"; do
	ctl_as boss 1 1105 "no login of a person: \"${login:0:20}\"" user set "$login" operator
done
ctl_as boss 1 1105 "a superuser" user set muster operator
ctl_as boss 2 1004 "a role is needed" user set jane
is "$(audit)" "" "of that the audit log has nothing"
ctl_as boss 0 0 "a second one" user set second enterprise-administrator
ctl_as second 0 0 "then the first can go" user remove boss
ctl_as second 1 1105 "and the second is the last" user remove second
ctl_as second 0 0 "and the first can come back" user set boss enterprise-administrator

# Lesser roles may not, and it is in the audit log.
for role in log-viewer operator administrator; do
	ctl_as boss 0 0 "jane is $role" user set jane $role
	mark
	ctl_as jane 4 1104 "$role may not list logins" user list
	ctl_as jane 4 1104 "$role may not give a role" -j user set jane enterprise-administrator
	ctl_as jane 4 1104 "$role may not take a role" user remove boss
	is "$(audit)" "jane denied user_list, jane denied user_set, jane denied user_set" "$role was refused: it is in the audit log"
done
is "$(role_of jane)" muster_administrator "nothing changed"

# Refused attempts of other commands.
ctl_as boss 0 0 "jane is an Operator" user set jane operator
sql "ALTER TABLE muster.audit_log DISABLE TRIGGER USER; UPDATE muster.audit_log SET at = at - interval '2 hours'; ALTER TABLE muster.audit_log ENABLE TRIGGER USER"
mark
before=$(sql "SELECT value FROM muster.setting WHERE name = 'workers'")
ctl_as jane 4 1104 "an Operator's setting set" setting set workers 3
ctl_as jane 4 1104 "an Operator's audit list" -j audit list
ctl_as jane 4 1104 "an Operator's audit verify, within a transaction" audit verify
is "$(sql "SELECT value FROM muster.setting WHERE name = 'workers'")" "$before" "changes nothing"
is "$(audit)" "jane denied setting_set, jane denied audit_list, jane denied audit_chain" "each is in the audit log, once"
ctl_as jane 3 1106 "what is refused for its value" staged add 11111111-2222-4333-8444-555555555555 a.b --profile nosuch
ctl_as nobody.at.all 4 1104 "a login that does not exist" setting list
is "$(sql "SELECT count(*) FROM muster.audit_log WHERE audit_id > $mark AND what = 'denied'")" 3 "is no refused attempt of a statement"
for _ in $(seq 1 40); do musterctl -d "$(conn muster jane)" setting set workers 3 2>/dev/null; done
is "$(sql "SELECT count(*) FROM muster.audit_log WHERE audit_id > $mark AND what = 'denied'")" 30 "nobody fills the audit log with them: 30 an hour"
said_well
finish
