-- SPDX-License-Identifier: Apache-2.0
-- users: giving and taking the roles of muster. Two at once are in race.sql.
BEGIN;
\ir lib.psql
\ir matrix.psql
SELECT plan(102);

CREATE FUNCTION t.roles_of(p_login text) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT coalesce(string_agg(m.roleid::regrole::text, ' ' ORDER BY m.roleid::regrole::text), '') FROM pg_auth_members m JOIN pg_roles u ON u.oid = m.member
	 WHERE u.rolname = p_login
$$;
CREATE ROLE u_group NOLOGIN;
CREATE ROLE u_super LOGIN SUPERUSER;
CREATE ROLE "Ada L" LOGIN;
CREATE ROLE u_two LOGIN IN ROLE muster_log_viewer, muster_administrator;
CREATE ROLE u_other LOGIN IN ROLE pg_monitor;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA t TO PUBLIC;

-- Give, change, take.
SET SESSION AUTHORIZATION t_enterprise;
SELECT is(muster.user_set('u_new', 'operator'), 'login made, role given', 'an Enterprise Administrator makes a login and gives it a role');
SELECT is(t.roles_of('u_new'), 'muster_operator', 'it has that role');
SELECT is(muster.user_set('u_new', 'operator'), 'nothing to do', 'given again there is nothing to do');
SELECT is(muster.user_set('u_new', 'administrator'), 'role given', 'a higher role');
SELECT is(t.roles_of('u_new'), 'muster_administrator', 'takes the place of the one before');
SELECT is(muster.user_set('u_new', 'log_viewer'), 'role given', 'so does a lower one');
SELECT is(t.roles_of('u_new'), 'muster_log_viewer', 'and nothing of the higher one stays');
SELECT is(muster.user_set('u_new', NULL), 'has no role any more', 'a role is taken');
SELECT is(t.roles_of('u_new'), '', 'and is gone');
SELECT is(muster.user_set('u_new', NULL), 'nothing to do', 'taken again there is nothing to do');
SELECT is(muster.user_set('u_new', 'enterprise_administrator'), 'role given', 'the highest role can be given');
SELECT is(muster.user_set('u_two', 'operator'), 'role given', 'a login with two roles');
SELECT is(t.roles_of('u_two'), 'muster_operator', 'has one then');
SELECT is(muster.user_set('u_other', 'operator'), 'role given', 'a login of the database that has other rights');
SELECT is(t.roles_of('u_other'), 'muster_operator pg_monitor', 'keeps them');
SELECT is(muster.user_set('u_group', 'log_viewer'), 'role given', 'a group can be given a role');
SELECT is(muster.user_set('Ada L', 'log_viewer'), 'role given', 'a login that is there has any name');
SELECT is(t.roles_of('Ada L'), 'muster_log_viewer', 'and gets the role');
SELECT is(muster.user_set('t_enterprise', 'operator'), 'role given', 'one may step down');
SELECT throws_ok($$SELECT muster.user_set('t_enterprise', 'enterprise_administrator')$$, '42501', NULL, 'and not up again');
RESET SESSION AUTHORIZATION;
SELECT is(t.roles_of('t_enterprise'), 'muster_operator', 'who stepped down is an Operator');
SELECT muster.user_set('t_enterprise', 'enterprise_administrator') \g /dev/null

-- The login that was made.
SELECT results_eq($$SELECT rolcanlogin, rolinherit, rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls, rolpassword IS NULL FROM pg_authid WHERE rolname = 'u_new'$$,
	'VALUES (true, true, false, true)', 'a login that is made has no power of the cluster and no password');
SELECT is(t.try('u_new', 'SELECT count(*) FROM muster.audit_log'), 'ok', 'it may what its role may');

-- The audit log.
SELECT results_eq($$SELECT who COLLATE "C", what COLLATE "C", before, after FROM muster.audit_log WHERE object = 'u_new' ORDER BY audit_id$$,
	$$VALUES ('t_enterprise' COLLATE "C", 'user_set' COLLATE "C", NULL::jsonb, '"muster_operator"'::jsonb),
		('t_enterprise', 'user_set', '"muster_operator"', '"muster_administrator"'), ('t_enterprise', 'user_set', '"muster_administrator"', '"muster_log_viewer"'),
		('t_enterprise', 'user_set', '"muster_log_viewer"', NULL), ('t_enterprise', 'user_set', NULL, '"muster_enterprise_administrator"')$$,
	'the audit log says who gave and took which role; what changed nothing is not there');

-- What is refused.
CREATE TABLE t.refused (login, role, want, says, what) AS VALUES
	('postgres', 'operator', '23514', '"postgres" is not a login of a person', 'PostgreSQL''s own login'),
	('public', 'operator', '23514', '"public" is not a login of a person', 'everybody'),
	('none', 'operator', '23514', '"none" is not a login of a person', 'nobody'),
	('pg_read_all_data', 'operator', '23514', '"pg_read_all_data" is not a login of a person', 'a role of PostgreSQL'),
	('pg_new', 'operator', '23514', '"pg_new" is not a login of a person', 'a name PostgreSQL keeps for itself'),
	('muster_owner', 'operator', '23514', '"muster_owner" is not a login of a person', 'the owner'),
	('muster_keeper', 'operator', '23514', '"muster_keeper" is not a login of a person', 'the keeper'),
	('muster_keeper', NULL, '23514', '"muster_keeper" is not a login of a person', 'taking from the keeper'),
	('muster_engine', 'enterprise_administrator', '23514', '"muster_engine" is not a login of a person', 'the engine'),
	('muster_operator', 'administrator', '23514', '"muster_operator" is not a login of a person', 'a role of muster'),
	('muster_operator', NULL, '23514', '"muster_operator" is not a login of a person', 'taking a role from a role'),
	('muster_new', 'operator', '23514', '"muster_new" is not a login of a person', 'a name muster keeps for itself'),
	('u_super', 'operator', '23514', 'u_super is a superuser of PostgreSQL: no role of muster binds it', 'a superuser'),
	('muster', NULL, '23514', 'muster is a superuser of PostgreSQL: no role of muster binds it', 'taking from a superuser'),
	('u_nosuch', NULL, 'P0002', 'no login is called "u_nosuch"', 'taking from nobody'),
	('u_new', 'owner', 'P0002', 'no role is called "owner"', 'a role that is not for people'),
	('u_new', 'engine', 'P0002', 'no role is called "engine"', 'the engine''s role'),
	('u_new', 'keeper', 'P0002', 'no role is called "keeper"', 'the keeper''s role'),
	('u_new', 'muster_operator', 'P0002', 'no role is called "muster_operator"', 'a role by its name in the database'),
	('u_new', 'Operator', 'P0002', 'no role is called "Operator"', 'a role in other letters'),
	('u_new', '', 'P0002', 'no role is called ""', 'an empty role'),
	('u_new', 'pg_execute_server_program', 'P0002', 'no role is called "pg_execute_server_program"', 'a role of PostgreSQL as role'),
	(NULL, 'operator', '23514', NULL, 'no login'),
	('', 'operator', '23514', NULL, 'an empty login'),
	('Ada', 'operator', '23514', NULL, 'a new login in capitals'),
	('1st', 'operator', '23514', NULL, 'a new login that begins with a digit'),
	('a b', 'operator', '23514', NULL, 'a new login with a blank'),
	(E'ada\n', 'operator', '23514', NULL, 'a new login with a line end'),
	('a"; DROP ROLE u_new; --', 'operator', '23514', NULL, 'a new login that is SQL'),
	('ä', 'operator', '23514', NULL, 'a new login with another letter'),
	(repeat('a', 64), 'operator', '23514', NULL, 'a new login that is too long');
GRANT SELECT ON t.refused TO PUBLIC;
SET SESSION AUTHORIZATION t_enterprise;
SELECT throws_ok(format('SELECT muster.user_set(%L, %L)', login, role), want, says, 'refused: ' || what) FROM t.refused;
SELECT is(muster.user_set(l, 'log_viewer'), 'login made, role given', format('a login may be called %s', left(l, 20)))
  FROM unnest(ARRAY['_x', 'ada.l', 'ada-l_2', 'ada@corp.example', 'user', 'current_user', 'session_user', repeat('a', 63)]) l;
RESET SESSION AUTHORIZATION;
SELECT is((SELECT count(*) FROM muster.audit_log JOIN t.refused ON object = login WHERE object <> 'u_new'), 0::bigint, 'what was refused is not in the audit log as done');
SELECT is(t.roles_of('muster_engine') || t.roles_of('muster_owner') || t.roles_of('u_super'), '', 'and nothing was given');
SELECT is(t.roles_of('t_enterprise'), 'muster_enterprise_administrator', 'a login called current_user is not the one who asks');

-- A grant with the right to pass it on is no other role; it is taken whole.
GRANT muster_operator TO "ada.l" WITH ADMIN OPTION;
SELECT muster.user_set('ada.l', NULL) \g /dev/null
SELECT is(t.roles_of('ada.l'), '', 'a role that could be passed on is taken too');

-- The last Enterprise Administrator.
REVOKE muster_enterprise_administrator FROM muster;
SELECT muster.user_set('u_new', 'administrator') \g /dev/null
SELECT set_eq($$SELECT member::regrole::text FROM pg_auth_members WHERE roleid = 'muster_enterprise_administrator'::regrole$$, ARRAY['t_enterprise', 'muster_keeper'],
	'there is one Enterprise Administrator');
SET SESSION AUTHORIZATION t_enterprise;
SELECT throws_ok(format('SELECT muster.user_set(''t_enterprise'', %L)', r), '23514', 't_enterprise is the last Enterprise Administrator', format('the last one stays: %s', coalesce(r, 'none')))
  FROM unnest(ARRAY['log_viewer', 'operator', 'administrator', NULL]) r;
SELECT is(muster.user_set('t_enterprise', 'enterprise_administrator'), 'nothing to do', 'who stays as he is stays');
SELECT is(muster.user_set('u_group', 'enterprise_administrator'), 'role given', 'a group that cannot log in');
SELECT throws_ok($$SELECT muster.user_set('t_enterprise', NULL)$$, '23514', NULL, 'is not somebody else');
SELECT is(muster.user_set('u_new', 'enterprise_administrator'), 'role given', 'with another one');
SELECT is(muster.user_set('t_enterprise', NULL), 'has no role any more', 'the first one may go');
RESET SESSION AUTHORIZATION;
SELECT is(t.roles_of('t_enterprise'), '', 'and is gone');
GRANT muster_enterprise_administrator TO t_enterprise, muster;

-- Who may. The function runs as the keeper, whoever calls it, and only the highest role may call it.
SELECT is(t.try(login, $$SELECT muster.user_set('u_new', 'operator')$$), CASE login WHEN 't_enterprise' THEN 'ok' ELSE '42501' END,
	format('%s %s give a role', login, CASE login WHEN 't_enterprise' THEN 'may' ELSE 'may not' END)) FROM t.roles WHERE role <> 'muster_keeper' ORDER BY place;
SELECT is(t.try(login, format('SELECT muster.user_set(%L, ''enterprise_administrator'')', login)), '42501',
	format('%s does not raise itself', login)) FROM t.roles WHERE login NOT IN ('t_enterprise', 'muster_keeper') ORDER BY place;
SELECT is(t.try(login, 'SELECT * FROM muster.user_list()'), CASE login WHEN 't_enterprise' THEN 'ok' ELSE '42501' END,
	format('%s %s list the users', login, CASE login WHEN 't_enterprise' THEN 'may' ELSE 'may not' END)) FROM t.roles ORDER BY place;
SELECT is(t.try('muster_owner', $$SELECT muster.user_set('u_new', 'operator')$$), '42501', 'not even the owner of the tables may give a role');

-- The list.
SELECT muster.user_set('u_new', 'operator'), muster.user_set('u_group', NULL), muster.user_set('u_two', NULL) \g /dev/null
SET SESSION AUTHORIZATION t_enterprise;
CREATE TEMP TABLE list AS SELECT * FROM muster.user_list();
RESET SESSION AUTHORIZATION;
SELECT bag_eq($$SELECT login, role, superuser, can_login FROM list WHERE login LIKE 'u\_%' OR login LIKE 't\_%' OR login LIKE '%muster%' OR login LIKE 'Ada%'$$,
	$$VALUES ('u_new', 'muster_operator', false, true), ('u_other', 'muster_operator', false, true), ('u_super', '', true, true), ('Ada L', 'muster_log_viewer', false, true),
		('t_viewer', 'muster_log_viewer', false, true), ('t_operator', 'muster_operator', false, true), ('t_admin', 'muster_administrator', false, true),
		('t_enterprise', 'muster_enterprise_administrator', false, true), ('muster', 'muster_enterprise_administrator', true, true)$$,
	'the list has who has a role, and superusers; not who has none, nor muster''s own roles');
SELECT results_eq('SELECT login FROM list', 'SELECT login FROM list ORDER BY login COLLATE "C"', 'it is in order');
SELECT is((SELECT role FROM list WHERE login = 'current_user'), 'muster_log_viewer', 'names that are words of SQL are names');

-- What a role that was given means at once, and one that was taken.
SELECT is(t.try('u_new', 'SELECT count(*) FROM muster.device'), 'ok', 'a role that was given counts at once');
SELECT muster.user_set('u_new', NULL) \g /dev/null
SELECT is(t.try('u_new', 'SELECT count(*) FROM muster.device'), '42501', 'a role that was taken is gone at once');
SELECT * FROM finish();
ROLLBACK;
