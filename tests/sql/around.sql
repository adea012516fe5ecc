-- SPDX-License-Identifier: Apache-2.0
-- around: the ways around the functions, tried by every login. What may be done is in matrix.psql; all else is refused.
BEGIN;
\ir lib.psql
\ir matrix.psql
SELECT plan(743);
SET client_min_messages = error;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA t TO PUBLIC;
SELECT t.device(1, 'configuring') AS device_1, t.device(2, 'ready') AS device_2 \gset
INSERT INTO muster.credential (device_id, kind, state, sealed) VALUES (:device_1, 'admin', 'current', '\x5ea1ed') RETURNING credential_id AS credential \gset
DO $$ BEGIN PERFORM muster.setting_set('workers', '11'); END $$;
SET CONSTRAINTS ALL IMMEDIATE;

-- Every function by every login, with nothing given: who may not is refused before it begins, who may is not.
CREATE FUNCTION t.called_with_nothing(p_login text, p_fun text) RETURNS text LANGUAGE sql AS $$
	SELECT t.try(p_login, format('SELECT muster.%I(%s)', proname, (SELECT coalesce(string_agg('NULL::' || format_type(y, NULL), ', ' ORDER BY o), '')
		FROM unnest(proargtypes::oid[]) WITH ORDINALITY AS a (y, o)))) FROM pg_proc WHERE pronamespace = 'muster'::regnamespace AND proname = p_fun
$$;
CREATE VIEW t.called AS
SELECT r.login, p.proname::text AS fun, t.called_with_nothing(r.login, p.proname::text) AS got, coalesce(split_part(f.want, ' ', r.place), '-') = 'x' AS may
  FROM t.roles r CROSS JOIN pg_proc p LEFT JOIN t.function_rights f ON f.fun = p.proname
 WHERE p.pronamespace = 'muster'::regnamespace;
SELECT is_empty(format('SELECT fun, got FROM t.called WHERE login = %L AND NOT may AND got <> ''42501''', login), login || ' executes no function that it may not') FROM t.roles ORDER BY place;
SELECT is_empty(format('SELECT fun, got FROM t.called WHERE login = %L AND may AND got = ''42501''', login), login || ' executes every function that it may') FROM t.roles ORDER BY place;

-- Every table by every login, in every way that changes something.
CREATE TABLE t.changes (sql) AS VALUES
	('INSERT INTO %s DEFAULT VALUES'), ('UPDATE %s SET %s = %2$s'), ('DELETE FROM %s'), ('TRUNCATE %s CASCADE'), ('SELECT FROM %s FOR UPDATE'), ('SELECT FROM %s FOR KEY SHARE'),
	('MERGE INTO %s x USING (SELECT 1) y ON false WHEN NOT MATCHED THEN INSERT DEFAULT VALUES'),
	('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE'), ('LOCK TABLE %s IN SHARE MODE'), ('COPY %s FROM ''/dev/null'''), ('COPY %s TO ''/dev/null'''), ('COPY %s TO PROGRAM ''true'''),
	('CREATE TRIGGER mine BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION muster.no_change()'), ('CREATE RULE mine AS ON UPDATE TO %s DO INSTEAD NOTHING'),
	('CREATE INDEX ON %s ((true))'), ('CREATE POLICY mine ON %s USING (true)'), ('CREATE STATISTICS mine ON tableoid, ctid FROM %s'),
	('ALTER TABLE %s DISABLE TRIGGER ALL'), ('ALTER TABLE %s DISABLE ROW LEVEL SECURITY'), ('ALTER TABLE %s OWNER TO CURRENT_USER'), ('ALTER TABLE %s ADD mine integer'), ('ALTER TABLE %s SET SCHEMA pg_temp'),
	('ALTER TABLE %s RENAME TO mine'), ('DROP TABLE %s CASCADE'), ('COMMENT ON TABLE %s IS ''mine'''), 
	-- No error, but without effect, where one has a right oneself.
	('DO $x$ BEGIN GRANT ALL ON %s TO PUBLIC; IF NOT has_table_privilege(''t_nobody'', %1$L, ''select'') THEN RAISE insufficient_privilege; END IF; END $x$'),
	('DO $x$ BEGIN REVOKE ALL ON %s FROM muster_engine, muster_log_viewer, muster_operator; IF has_table_privilege(''muster_engine'', %1$L, ''select'') OR has_table_privilege(''t_admin'', %1$L, ''select'') OR has_any_column_privilege(''t_admin'', %1$L, ''select'') THEN RAISE insufficient_privilege; END IF; END $x$'),
	('CREATE TEMP TABLE mine () INHERITS (%s)'), ('CREATE TEMP TABLE mine (x %s REFERENCES %1$s)'), ('VACUUM %s'), ('CLUSTER %s'), ('REINDEX TABLE %s'), ('REFRESH MATERIALIZED VIEW %s');
CREATE FUNCTION t.changed(p_login text, p_table text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(x.sql || ': ' || x.got, '; ') FROM (
		SELECT c.sql, t.try(p_login, format(c.sql, 'muster.' || quote_ident(p_table), (SELECT quote_ident(attname) FROM pg_attribute
			WHERE attrelid = ('muster.' || quote_ident(p_table))::regclass AND attnum > 0 AND attidentity = '' ORDER BY attnum LIMIT 1))) AS got FROM t.changes c) x
	 WHERE x.got NOT IN ('42501',
		'25001', -- VACUUM, CLUSTER: not in a transaction, whoever asks
		'42601', '42809', '42704', '42P16', '0A000') -- not for this kind of object, whoever asks
$$;
SELECT is(t.changed(r.login, c.relname), NULL, format('%s changes nothing of %s', r.login, c.relname)) FROM t.roles r,
	pg_class c WHERE c.relnamespace = 'muster'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY r.place, c.relname;
SELECT is(t.changed(r.login, 'event_log_' || to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD')), NULL, r.login || ' changes nothing of a day of the event log') FROM t.roles r ORDER BY place;
-- That a superuser is not refused shows that each of these statements is one.
SELECT is_empty($$SELECT sql, got FROM (SELECT c.sql, t.try('muster', format(c.sql, 'muster.saved_filter', 'login')) AS got FROM t.changes c) x WHERE got = '42501'$$, 'it is the rights that refuse them');

-- What is no table.
CREATE TABLE t.tricks (sql, want) AS VALUES
	-- Another role.
	('SET ROLE muster_owner', '42501'), ('SET ROLE muster_keeper', '42501'), ('SET ROLE muster', '42501'), ('SET ROLE pg_read_server_files', '42501'),
	('SET LOCAL ROLE muster_owner', '42501'), ('SELECT set_config(''role'', ''muster_owner'', false)', '42501'),
	('GRANT muster_keeper TO CURRENT_USER', '42501'), ('GRANT muster_owner TO CURRENT_USER', '42501'), ('GRANT muster_enterprise_administrator TO t_nobody', '42501'), ('GRANT pg_write_server_files TO CURRENT_USER', '42501'),
	('CREATE ROLE mine', '42501'), ('DROP ROLE t_viewer', '42501'), ('ALTER ROLE t_viewer SUPERUSER', '42501'), ('ALTER ROLE CURRENT_USER CREATEROLE', '42501'), ('ALTER ROLE CURRENT_USER BYPASSRLS', '42501'),
	('ALTER ROLE muster_keeper LOGIN', '42501'), ('ALTER ROLE muster_owner PASSWORD ''x''', '42501'), ('ALTER ROLE muster_administrator RENAME TO mine', '42501'), ('REASSIGN OWNED BY muster_owner TO CURRENT_USER', '42501'), ('DROP OWNED BY muster_owner', '42501'),
	-- Settings.
	('ALTER ROLE muster_operator SET search_path = mine', '42501'), ('ALTER ROLE muster_owner SET search_path = mine', '42501'), ('ALTER ROLE ALL SET search_path = mine', '42501'), ('ALTER DATABASE muster SET search_path = mine', '42501'),
	('ALTER ROLE CURRENT_USER SET session_replication_role = replica', '42501'), ('SET session_replication_role = replica', '42501'), ('SET session_preload_libraries = ''x''', '42501'), ('SET log_statement = none', '42501'),
	('SET lo_compat_privileges = on', '42501'), ('ALTER SYSTEM SET log_statement = none', '(42501|25001)'), ('ALTER ROLE CURRENT_USER SET muster.level = x', '42501'), ('SET muster.level = x', 'ok'), ('ALTER ROLE CURRENT_USER SET search_path = mine', 'ok'),
	-- Functions of the schema.
	('ALTER FUNCTION muster.user_set(text, text) SECURITY INVOKER', '42501'), ('ALTER FUNCTION muster.overview() OWNER TO CURRENT_USER', '42501'), ('ALTER FUNCTION muster.overview() SET search_path = mine', '42501'),
	('CREATE OR REPLACE FUNCTION muster.setting_number(p_name text) RETURNS bigint LANGUAGE sql AS ''SELECT 1::bigint''', '42501'), ('DROP FUNCTION muster.audit_write(text, text, jsonb, jsonb)', '42501'),
	('DO $x$ BEGIN GRANT EXECUTE ON FUNCTION muster.sealed_all() TO PUBLIC; IF NOT has_function_privilege(''t_nobody'', ''muster.sealed_all()'', ''execute'') THEN RAISE insufficient_privilege; END IF; END $x$', '42501'), ('CREATE FUNCTION muster.mine() RETURNS integer LANGUAGE sql AS ''SELECT 1''', '42501'), ('CREATE FUNCTION pg_catalog.mine() RETURNS integer LANGUAGE sql AS ''SELECT 1''', '42501'),
	('CREATE FUNCTION public.mine() RETURNS integer LANGUAGE sql AS ''SELECT 1''', '42501'), ('CREATE OPERATOR pg_catalog.= (LEFTARG = text, RIGHTARG = uuid, FUNCTION = texteq)', '42501'),
	('CREATE CAST (text AS uuid) WITH INOUT AS IMPLICIT', '42501'), ('CREATE CAST (jsonb AS text) WITHOUT FUNCTION AS IMPLICIT', '42501'), ('CREATE FUNCTION pg_temp.mine() RETURNS integer LANGUAGE c AS ''x''', '42501'),
	('CREATE SCHEMA mine', '42501'), ('ALTER SCHEMA muster OWNER TO CURRENT_USER', '42501'), ('DROP SCHEMA muster CASCADE', '42501'), ('ALTER SCHEMA muster RENAME TO mine', '42501'), ('CREATE EXTENSION file_fdw', '42501'), ('CREATE LANGUAGE mine HANDLER plpgsql_call_handler', '42501'),
	('ALTER DATABASE muster OWNER TO CURRENT_USER', '42501'), ('CREATE EVENT TRIGGER mine ON ddl_command_start EXECUTE FUNCTION muster.no_change()', '42501'), ('CREATE PUBLICATION mine FOR ALL TABLES', '42501'),
	('CREATE FOREIGN DATA WRAPPER mine', '42501'), ('CREATE DATABASE mine', '(42501|25001)'), ('ALTER DEFAULT PRIVILEGES FOR ROLE muster_owner GRANT ALL ON TABLES TO PUBLIC', '42501'), ('SECURITY LABEL ON TABLE muster.device IS ''x''', '(42501|22023|55000)'),
	('SELECT nextval(''muster.audit_log_id'')', '42501'), ('SELECT setval(''muster.audit_log_id'', 1)', '42501'), ('SELECT nextval(''muster.event_log_id'')', '42501'),
	-- Files and programs of the server, and other people's sessions.
	('SELECT pg_read_file(''/etc/passwd'')', '42501'), ('SELECT pg_ls_dir(''.'')', '42501'), ('COPY (SELECT 1) TO PROGRAM ''true''', '42501'), ('COPY (SELECT 1) TO ''/dev/null''', '42501'),
	('SELECT lo_import(''/etc/passwd'')', '42501'), ('SELECT lo_export(1, ''/dev/null'')', '42501'), ('SELECT pg_reload_conf()', '42501'), ('SELECT pg_promote()', '42501'),
	('LOAD ''mine''', '(42501|58P01)'), ('SELECT * FROM pg_authid', '42501'), ('SELECT * FROM pg_statistic', '42501'), ('SELECT * FROM pg_largeobject', '42501'), ('CHECKPOINT', '42501'),
	-- What is everybody's, and harms nobody: the listeners look into the tables, and the tables say what is so.
	('NOTIFY muster_job', 'ok'), ('NOTIFY muster_change, ''device''', 'ok'), ('NOTIFY muster_config, ''setting''', 'ok'), ('NOTIFY muster_reveal', 'ok'), ('LISTEN muster_change', 'ok');
SELECT matches(t.try(r.login, k.sql), '^' || CASE WHEN r.login = 't_nobody' AND k.sql ~ 'muster\.(overview|audit|setting_number|sealed|user_set|mine|event_log_id)' THEN '42501' ELSE k.want END || '$',
	format('%s: %s', r.login, k.sql)) FROM t.tricks k CROSS JOIN t.roles r WHERE r.login <> 'muster_keeper' ORDER BY k.sql, r.place;

-- As the owner: what a function of the owner could do with its rights, if somebody found a way to lead it astray. It makes no role and gives none.
SELECT is(t.try('muster_owner', s), '42501', 'the owner: ' || s) FROM unnest(ARRAY['CREATE ROLE mine', 'GRANT muster_operator TO t_nobody', 'GRANT muster_enterprise_administrator TO muster_owner', 'REVOKE muster_operator FROM t_operator',
	'SET ROLE muster_keeper', 'SET ROLE muster_enterprise_administrator', 'ALTER FUNCTION muster.user_set(text, text) RENAME TO mine', 'ALTER ROLE t_nobody CREATEROLE',
	'ALTER FUNCTION muster.overview() OWNER TO muster_keeper', 'COPY (SELECT 1) TO PROGRAM ''true''', 'SET session_replication_role = replica', 'ALTER ROLE muster_owner LOGIN']) s;
-- As the keeper: it gives roles, and reads and writes nothing.
SELECT is(t.try('muster_keeper', s), '42501', 'the keeper: ' || s) FROM unnest(ARRAY['SELECT FROM muster.device', 'SELECT FROM muster.event_log', 'SELECT FROM muster.audit_log', 'SELECT FROM muster.audit_end', 'SELECT * FROM muster.overview()',
	'SELECT * FROM muster.sealed_all()', 'SELECT muster.setting_set(''workers'', ''1'')', 'CREATE FUNCTION muster.mine() RETURNS integer LANGUAGE sql AS ''SELECT 1''', 'CREATE TABLE muster.mine ()', 'SET session_replication_role = replica',
	'ALTER ROLE t_nobody SUPERUSER', 'ALTER TABLE muster.audit_log DISABLE TRIGGER ALL']) s;

-- Saved filters: one's own.
SET SESSION AUTHORIZATION t_viewer;
SELECT muster.saved_filter_set('devices', 'mine', '{"state": "failed"}'), muster.saved_filter_set('devices', 'other', '{}') \g /dev/null
SET SESSION AUTHORIZATION t_admin;
SELECT muster.saved_filter_set('devices', 'mine', '{"state": "held"}') \g /dev/null
-- Told of each row it sees, before the rows that are not one's own are taken out, if that can be had.
CREATE FUNCTION pg_temp.spy(x text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS $$ BEGIN PERFORM set_config('muster.spied', current_setting('muster.spied', true) || ' ' || x, true); RETURN true; END $$;
SET LOCAL muster.spied = '';
SELECT results_eq('SELECT login COLLATE "C", filter FROM muster.saved_filter WHERE pg_temp.spy(login)', $$VALUES ('t_admin' COLLATE "C", '{"state": "held"}'::jsonb)$$, 'a login sees its own filters');
SELECT is(current_setting('muster.spied'), ' t_admin', 'and no function of its own sees others');
SET row_security = off;
SELECT throws_ok('SELECT * FROM muster.saved_filter', '42501', NULL, 'row security cannot be put aside');
RESET row_security;
SET ROLE muster_log_viewer;
SELECT is((SELECT string_agg(DISTINCT login, ' ') FROM muster.saved_filter), 't_admin', 'nor by a SET ROLE');
RESET ROLE;
SELECT muster.saved_filter_set('devices', 'other', NULL) \g /dev/null
SELECT is_empty('SELECT FROM pg_stats WHERE tablename = ''saved_filter''', 'nor by the planner''s statistics');
RESET SESSION AUTHORIZATION;
SELECT set_eq('SELECT login || '' '' || name FROM muster.saved_filter', ARRAY['t_viewer mine', 't_viewer other', 't_admin mine'], 'forgetting a filter forgets one''s own');
SET SESSION AUTHORIZATION t_viewer;
SELECT throws_ok(format('SELECT muster.saved_filter_set(%L, %L, %L)', s, n, f), w, NULL, 'no filter: ' || left(concat_ws(' ', to_jsonb(s), to_jsonb(n)), 30)) FROM (VALUES ('devices', '', '{}', '23514'), ('devices', E'a\nb', '{}', '23514'),
	('devices', repeat('x', 41), '{}', '23514'), ('Devices', 'x', '{}', '23514'), ('', 'x', '{}', '23514'), (NULL, 'x', '{}', '23502'), ('devices', NULL, '{}', '23502'),
	('devices', 'big', (SELECT jsonb_agg(n) FROM generate_series(1, 1000) n)::text, '23514')) v (s, n, f, w);
SELECT muster.saved_filter_set('log', 'f' || n, '{}') FROM generate_series(1, 98) n \g /dev/null
SELECT throws_ok($$SELECT muster.saved_filter_set('log', 'one more', '{}')$$, '23514', 'a login keeps at most 100 filters', 'a login keeps 100 filters');
SELECT lives_ok($$SELECT muster.saved_filter_set('log', 'f1', '{"a": 1}')$$, 'and may change each of them');
RESET SESSION AUTHORIZATION;
SELECT is((SELECT count(*) FROM muster.saved_filter WHERE login = 't_viewer'), 100::bigint, 'no more');

/*
 * Names that lie, for every function that runs as somebody else: each login has a schema in front of all others, with a table for every
 * table and a function for every function, of muster and of PostgreSQL, that our functions could mean. rights.sql does it with real work.
 */
CREATE SCHEMA evil;
GRANT ALL ON SCHEMA evil TO PUBLIC;
CREATE FUNCTION t.trap() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'picked the wrong one' USING ERRCODE = 'MU666'; END $$;
GRANT EXECUTE ON FUNCTION t.trap() TO PUBLIC;
DO $$
DECLARE
	f record;
	n text;
BEGIN
	FOR n IN SELECT relname FROM pg_class WHERE relnamespace IN ('muster'::regnamespace, 'pg_catalog'::regnamespace) AND relkind IN ('r', 'p', 'v') AND relname !~ '^pg_(toast|temp)' LOOP
		EXECUTE format('CREATE TABLE evil.%I (evil boolean)', n);
	END LOOP;
	-- What a function of muster names, as far as SQL can make a stand-in for it.
	FOR f IN SELECT DISTINCT ON (p.proname, p.proargtypes) p.proname, pg_get_function_identity_arguments(p.oid) AS args, p.proretset, format_type(p.prorettype, NULL) AS ret FROM pg_proc p
			WHERE p.prokind = 'f' AND p.pronamespace IN ('muster'::regnamespace, 'pg_catalog'::regnamespace) AND p.prorettype NOT IN ('trigger'::regtype, 'internal'::regtype)
			  AND NOT ('internal'::regtype = ANY (p.proargtypes::oid[])) AND p.provariadic = 0
			  AND EXISTS (SELECT FROM pg_proc m WHERE m.pronamespace = 'muster'::regnamespace AND m.prosrc ~ ('\m' || p.proname || '\(')) LOOP
		BEGIN
			EXECUTE format('CREATE FUNCTION evil.%I(%s) RETURNS text LANGUAGE plpgsql AS ''BEGIN RETURN t.trap(); END''',
				f.proname, regexp_replace(f.args, '\m(OUT \S+ [^,]+|p_\w+|r|s|d)\M ?', '', 'g'));
		EXCEPTION WHEN OTHERS THEN NULL; -- of a kind that SQL cannot make
		END;
	END LOOP;
	FOR f IN SELECT DISTINCT o.oprname, o.oprleft::regtype AS l, o.oprright::regtype AS r FROM pg_operator o WHERE o.oprname IN ('=', '<>', '<', '>', '<=', '>=', '||', '~', '!~', '+', '-', '#>>', '->>', '?')
			AND o.oprleft IN ('text'::regtype, 'name'::regtype, 'uuid'::regtype, 'bigint'::regtype, 'integer'::regtype, 'bytea'::regtype, 'timestamptz'::regtype, 'jsonb'::regtype) LOOP
		EXECUTE format('CREATE FUNCTION evil.op_%s(%s, %s) RETURNS boolean LANGUAGE plpgsql AS ''BEGIN RETURN t.trap(); END''', nextval('muster.event_log_id'), f.l, f.r);
		EXECUTE format('CREATE OPERATOR evil.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = evil.op_%s)', f.oprname, f.l, f.r, currval('muster.event_log_id'));
	END LOOP;
	FOR n IN SELECT tab FROM t.table_rights UNION ALL VALUES ('pg_roles'), ('pg_auth_members'), ('pg_inherits') LOOP
		EXECUTE format('CREATE TEMP TABLE %I (evil boolean)', n);
	END LOOP;
	FOREACH n IN ARRAY ARRAY['text', 'uuid', 'jsonb', 'bytea', 'int8', 'int4', 'bool', 'name'] LOOP
		EXECUTE format('CREATE DOMAIN evil.%I AS pg_catalog.%1$I CHECK (false)', n);
	END LOOP;
END
$$;
SELECT cmp_ok((SELECT count(*) FROM pg_proc WHERE pronamespace = 'evil'::regnamespace), '>', 60::bigint, 'there are stand-ins');
SELECT is(t.try('t_operator', $$SELECT lower('A'::pg_catalog.text)$$, 'evil, muster, pg_catalog'), 'MU666', 'the trap works');
CREATE FUNCTION t.led_astray(p_login text, p_path text) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT x.proname || ': ' || x.plain || ' becomes ' || x.evil FROM (
		SELECT p.proname, t.try(p_login, c.sql) AS plain, t.try(p_login, c.sql, p_path) AS evil
		  FROM pg_proc p, LATERAL (SELECT format('SELECT muster.%I(%s)', p.proname, (SELECT coalesce(string_agg('NULL::' || CASE WHEN y < 16384 AND format_type(y, NULL) !~ '"' THEN 'pg_catalog.' ELSE '' END || format_type(y, NULL), ', ' ORDER BY o), '')
			FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS a (y, o))) AS sql) c
		 WHERE p.pronamespace = 'muster'::regnamespace AND p.prosecdef AND p.prorettype <> 'trigger'::regtype AND has_function_privilege(p_login, p.oid, 'execute')) x
	 WHERE x.plain <> x.evil
$$;
SELECT is_empty(format('SELECT t.led_astray(%L, %L)', login, p), format('%s leads no function astray by the path %s', login, p))
  FROM t.roles, unnest(ARRAY['evil, pg_temp, muster, pg_catalog', 'pg_temp, evil, pg_catalog', '"$user", evil, public']) p WHERE login NOT IN ('t_nobody', 'muster_keeper') ORDER BY place, p;
SELECT is_empty('SELECT FROM evil.device UNION ALL SELECT FROM pg_temp.audit_log UNION ALL SELECT FROM evil.audit_end', 'nothing was written into the stand-ins');
SELECT is((SELECT count(*) FROM (SELECT a.*, lag(hash, 1, ''::bytea) OVER (ORDER BY audit_id) AS before_it FROM muster.audit_log a) x WHERE prev_hash <> before_it), 0::bigint, 'and the audit log is whole');

-- By connections of their own, where nobody is a superuser underneath: what psql says, a line a statement.
\set said `for u in t_viewer t_operator t_admin t_enterprise t_nobody muster_engine; do for r in muster muster_owner muster_keeper muster_engine t_enterprise; do [ $u = $r ] || psql -XAtq -U $u -d muster -c "SET SESSION AUTHORIZATION $r" -c "SELECT 'became ' || session_user WHERE session_user <> '$u'" 2>&1; done; done`
SELECT is((SELECT count(*) FILTER (WHERE l LIKE '%permission denied to set session authorization%') || ' ' || count(*) FILTER (WHERE l LIKE 'became%') FROM regexp_split_to_table(:'said', E'\n') l), '23 0', 'no login becomes somebody else by SET SESSION AUTHORIZATION');
\set said `psql -XAtq -U t_operator -d muster -c 'ALTER ROLE CURRENT_USER SET role = muster_owner' -c 'ALTER ROLE CURRENT_USER SET search_path = evil' 2>/dev/null; psql -XAtq -U t_operator -d muster -c 'SELECT current_user, session_user' 2>/dev/null; psql -XAtq -U muster -d muster -c 'ALTER ROLE t_operator RESET ALL'`
SELECT is(:'said'::text, 't_operator|t_operator', 'nor by a setting of its own that is taken at login');
\set said `PGOPTIONS='-c role=muster_owner' psql -XAtq -U t_operator -d muster -c 'SELECT current_user' 2>&1`
SELECT isnt(:'said'::text, 'muster_owner', 'nor by an option of the connection');
\set said `PGOPTIONS='-c session_replication_role=replica' psql -XAtq -U t_enterprise -d muster -c 'SHOW session_replication_role' 2>&1`
SELECT isnt(:'said'::text, 'replica', 'triggers cannot be put aside at login');
\set said `psql -XAtq -U muster_keeper -d muster -c 'SELECT 1' 2>&1; psql -XAtq -U muster_owner -d muster -c 'SELECT 1' 2>&1`
SELECT is((SELECT count(*) FROM regexp_matches(:'said', 'role "muster_(keeper|owner)" is not permitted to log in', 'g')), 2::bigint, 'nobody logs in as the keeper or the owner');
\set said `psql -XAtq -U t_nobody -d muster -c 'SELECT 1' 2>&1`
SELECT alike(:'said'::text, '%permission denied for database%', 'a login without a role does not get into the database');
SELECT * FROM finish();
ROLLBACK;

