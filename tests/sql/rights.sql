-- SPDX-License-Identifier: Apache-2.0
-- rights: what each role may do, by the catalog and by trying, and what nobody may do.
BEGIN;
\ir lib.psql
\ir matrix.psql
SELECT plan(1021);

CREATE FUNCTION t.rights_at(p_role name, p_table text) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
	tab regclass := ('muster.' || p_table)::regclass;
	hidden text;
	most boolean;
	got text := '';
	p text;
BEGIN
	SELECT string_agg(attname, '-' ORDER BY attnum) FILTER (WHERE NOT has_column_privilege(p_role, tab, attnum, 'select')),
	       bool_or(has_column_privilege(p_role, tab, attnum, 'select'))
	  INTO hidden, most FROM pg_attribute WHERE attrelid = tab AND attnum > 0 AND NOT attisdropped;
	IF most THEN
		got := 'r' || coalesce('-' || hidden, '');
	END IF;
	FOREACH p IN ARRAY ARRAY['insert', 'update', 'delete', 'truncate', 'references', 'trigger'] LOOP
		IF has_table_privilege(p_role, tab, p)
				OR p IN ('insert', 'update', 'references') AND has_any_column_privilege(p_role, tab, p) THEN
			got := got || '+' || p;
		END IF;
	END LOOP;
	RETURN coalesce(nullif(got, ''), '-');
END
$$;
SELECT set_eq($$SELECT relname::text FROM pg_class WHERE relnamespace = 'muster'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
	AND NOT relispartition$$, 'SELECT tab FROM t.table_rights', 'the rights at every table are listed here');
SELECT is(t.rights_at(r.role, x.tab), split_part(x.want, ' ', r.place), format('%s at table %s', r.role, x.tab))
  FROM t.table_rights x CROSS JOIN t.roles r ORDER BY x.tab, r.place;

SELECT is_empty(format($$SELECT c.oid::regclass FROM pg_class c WHERE c.relnamespace = 'muster'::regnamespace AND c.relispartition
	AND has_table_privilege(%L, c.oid, 'select, insert, update, delete, truncate, references, trigger')$$, role),
	role || ' reaches the lines of the event log only through the event log') FROM t.roles ORDER BY place;
SELECT is_empty(format($$SELECT c.oid::regclass FROM pg_class c WHERE c.relnamespace = 'muster'::regnamespace 
	AND CASE c.relkind WHEN 'S' THEN has_sequence_privilege(%L, c.oid, 'select, usage, update') END$$, role),
	role || ' has no right at any sequence') FROM t.roles ORDER BY place;
SELECT is(has_schema_privilege(role, 'muster', 'usage'), role <> 't_nobody',
	role || CASE WHEN role <> 't_nobody' THEN ' sees the schema' ELSE ' does not see the schema' END) FROM t.roles ORDER BY place;
SELECT is(has_schema_privilege(role, 'muster', 'create') OR has_schema_privilege(role, 'public', 'create')
	OR has_database_privilege(role, current_database(), 'create'), false, role || ' may create nothing') FROM t.roles ORDER BY place;

SELECT bag_eq($$SELECT proname::text FROM pg_proc WHERE pronamespace = 'muster'::regnamespace$$, 'SELECT fun FROM t.function_rights',
	'the rights at every function are listed here, and no name has two functions');
SELECT is((SELECT has_function_privilege(r.role, oid, 'execute') FROM pg_proc
		WHERE pronamespace = 'muster'::regnamespace AND proname = x.fun), split_part(x.want, ' ', r.place) = 'x',
	format('%s %s execute %s', r.role, CASE split_part(x.want, ' ', r.place) WHEN 'x' THEN 'may' ELSE 'may not' END, x.fun))
  FROM t.function_rights x CROSS JOIN t.roles r ORDER BY x.fun, r.place;

-- The owner owns all but what the keeper runs, and may not even call that.
SELECT set_eq($$SELECT proname::text FROM pg_proc WHERE pronamespace = 'muster'::regnamespace AND NOT has_function_privilege('muster_owner', oid, 'execute')$$,
	ARRAY['user_set'], 'muster_owner may execute every function but user_set');

-- By trying.
SELECT t.device(1, 'configuring') AS device_1 \gset
SELECT t.device(2, 'configured') AS device_2 \gset
INSERT INTO muster.credential (device_id, kind, state, sealed)
VALUES (:device_1, 'admin', 'current', '\x5ea1ed'), (:device_1, 'admin', 'pending', '\x5ea1ed'), (:device_2, 'admin', 'current', '\x5ea1ed');
INSERT INTO muster.setup_certificate (sha256, domain, subject, issuer, chain, sealed_key, not_before, not_after, root_sha1, root_sha256, root_sha384)
VALUES (sha256('c'), 'example.com', 's', 'i', '\x00', '\x5ea1ed', now(), now() + interval '1 year', '\x01', '\x02', '\x03');
INSERT INTO muster.ca (certificate, sealed_key, subject, sha256, not_after) VALUES ('pem', '\x5ea1ed', 'CA', sha256('ca'), now() + interval '1 year');
ANALYZE muster.credential;

-- Ways to a sealed secret.
CREATE TABLE t.ways (what, sql) AS VALUES
	('a credential''s secret',           'SELECT sealed FROM muster.credential'),
	('all of a credential',              'SELECT * FROM muster.credential'),
	('a credential as one value',        'SELECT c FROM muster.credential c'),
	('a credential as JSON',             'SELECT to_jsonb(c) FROM muster.credential c'),
	('a credential''s secret by a test', 'SELECT count(*) FROM muster.credential WHERE sealed = ''\x00'''),
	('a credential''s secret by order',  'SELECT credential_id FROM muster.credential ORDER BY sealed'),
	('a credential''s secret by hash',   'SELECT max(length(sealed)) FROM muster.credential'),
	('a profile''s secret',              'SELECT sealed FROM muster.profile_secret'),
	('all of a profile''s secret',       'SELECT * FROM muster.profile_secret'),
	('a setup certificate''s key',       'SELECT sealed_key FROM muster.setup_certificate'),
	('all of a setup certificate',       'SELECT * FROM muster.setup_certificate'),
	('the CA''s key',                    'SELECT sealed_key FROM muster.ca'),
	('all of the CA',                    'SELECT * FROM muster.ca'),
	('every secret by key rotation',     'SELECT * FROM muster.sealed_all()');
SELECT is(t.try(r.login, w.sql), '42501', format('%s does not read %s', r.login, w.what))
  FROM t.ways w CROSS JOIN t.roles r WHERE r.role <> 'muster_engine' ORDER BY w.what, r.place;
SELECT is(t.try('muster_engine', w.sql), 'ok', format('the engine reads %s', w.what)) FROM t.ways w ORDER BY w.what;
SET ROLE muster_operator;
SELECT is_empty($$SELECT * FROM pg_stats WHERE schemaname = 'muster' AND attname LIKE 'sealed%'$$,
	'no secret shows in the planner''s statistics');
RESET ROLE;

-- What each may do, and its neighbour below may not.
CREATE TABLE t.tries (login, sql, want) AS VALUES
	('t_nobody',      'SELECT count(*) FROM muster.event_log', '42501'),
	('t_viewer',      'SELECT count(*) FROM muster.event_log', 'ok'),
	('t_viewer',      'SELECT count(*) FROM muster.event_log_other', '42501'),
	('t_viewer',      'SELECT count(*) FROM muster.device', '42501'),
	('t_viewer',      'SELECT count(*) FROM muster.setting', '42501'),
	('t_viewer',      'SELECT * FROM muster.overview()', '42501'),
	('t_operator',    'SELECT count(*) FROM muster.device', 'ok'),
	('t_operator',    'SELECT kind, state, since_at FROM muster.credential', 'ok'),
	('t_operator',    'SELECT * FROM muster.overview()', 'ok'),
	('t_operator',    $$SELECT muster.profile_save('lab', '{}', NULL, NULL)$$, 'ok'),
	('t_operator',    $$SELECT muster.setting_set('workers', '20')$$, '42501'),
	('t_operator',    'SELECT count(*) FROM muster.audit_log', '42501'),
	('t_admin',       $$SELECT muster.setting_set('workers', '20')$$, 'ok'),
	('t_admin',       'SELECT count(*) FROM muster.audit_log', 'ok'),
	('t_enterprise',  $$SELECT muster.setting_set('workers', '20')$$, 'ok'),
	('t_enterprise',  'SELECT count(*) FROM muster.audit_log', 'ok'),
	('muster_engine', 'SELECT * FROM muster.job_claim(1, 1, 60)', 'ok'),
	('t_enterprise',  'SELECT * FROM muster.job_claim(1, 1, 60)', '42501'),
	('muster_engine', $$SELECT * FROM muster.approve('{}', NULL, NULL, NULL)$$, '42501'),
	('muster_engine', $$SELECT muster.setting_set('workers', '20')$$, '42501'),
	-- Nobody writes a table, whatever the way.
	('t_enterprise',  'UPDATE muster.device SET state = ''ready''', '42501'),
	('t_enterprise',  'DELETE FROM muster.device', '42501'),
	('t_enterprise',  'TRUNCATE muster.device CASCADE', '42501'),
	('t_enterprise',  'INSERT INTO muster.staged_device (uuid, fqdn, profile_id) VALUES (gen_random_uuid(), ''a.b'', 1)', '42501'),
	('t_enterprise',  'UPDATE muster.credential SET note = note RETURNING sealed', '42501'),
	('t_enterprise',  'UPDATE muster.setting SET value = ''1''', '42501'),
	('t_enterprise',  'DELETE FROM muster.audit_log', '42501'),
	('t_enterprise',  'INSERT INTO muster.device_edge VALUES (''held'', ''configured'', ''x'')', '42501'),
	('t_enterprise',  'SELECT 1 FROM muster.device FOR UPDATE', '42501'),
	('t_enterprise',  'LOCK TABLE muster.device IN ACCESS EXCLUSIVE MODE', '42501'),
	('t_enterprise',  'SELECT nextval(''muster.audit_log_id'')', '42501'),
	('muster_engine', 'UPDATE muster.device SET state = ''ready''', '42501'),
	('muster_engine', 'UPDATE muster.job SET lease_until = now()', '42501'),
	('muster_engine', 'DELETE FROM muster.credential', '42501'),
	('muster_engine', 'UPDATE muster.credential SET sealed = ''\x00''', '42501'),
	('muster_engine', 'INSERT INTO muster.event_log (at, level, text) VALUES (now(), 3, ''x'')', '42501'),
	('muster_engine', 'DELETE FROM muster.event_log', '42501'),
	-- Nor changes the schema.
	('t_enterprise',  'CREATE TABLE muster.mine ()', '42501'),
	('t_enterprise',  'CREATE FUNCTION muster.mine() RETURNS integer LANGUAGE sql AS ''SELECT 1''', '42501'),
	('t_enterprise',  'CREATE TABLE public.mine ()', '42501'),
	('t_enterprise',  'CREATE SCHEMA mine', '42501'),
	('t_enterprise',  'DROP TRIGGER audit_append_only ON muster.audit_log', '42501'),
	('t_enterprise',  'ALTER TABLE muster.audit_log DISABLE TRIGGER ALL', '42501'),
	('t_enterprise',  'CREATE TRIGGER mine AFTER INSERT ON muster.device EXECUTE FUNCTION muster.tell_change()', '42501'),
	('t_enterprise',  'ALTER FUNCTION muster.overview() RESET ALL', '42501'),
	('t_enterprise',  'SET session_replication_role = replica', '42501'),
	('muster_engine', 'ALTER TABLE muster.credential DISABLE TRIGGER ALL', '42501'),
	-- Nor becomes somebody else.
	('t_operator',    'SET ROLE muster_operator', 'ok'),
	('t_operator',    'SET ROLE muster_administrator', '42501'),
	('t_operator',    'SET ROLE muster_engine', '42501'),
	('t_admin',       'SET ROLE muster_enterprise_administrator', '42501'),
	('t_viewer',      'SET ROLE muster_owner', '42501'),
	('t_operator',    'SET ROLE muster_owner', '42501'),
	('t_admin',       'SET ROLE muster_owner', '42501'),
	('t_enterprise',  'SET ROLE muster_owner', '42501'),
	('t_enterprise',  'SET ROLE muster_engine', '42501'),
	('muster_engine', 'SET ROLE muster_owner', '42501'),
	('muster_engine', 'SET ROLE muster_operator', '42501'),
	('t_enterprise',  'GRANT muster_enterprise_administrator TO t_nobody', '42501'),
	('t_enterprise',  'ALTER ROLE muster_engine PASSWORD ''x''', '42501');
SELECT is(t.try(login, sql), want, format('%s: %s: %s', login, sql, CASE want WHEN 'ok' THEN 'allowed' ELSE 'refused' END)) FROM t.tries;
SELECT is(t.try('muster_engine', format('INSERT INTO muster.%I DEFAULT VALUES', tab)), '42501',
	'the engine does not insert into ' || tab) FROM t.table_rights ORDER BY tab;

-- A SET ROLE does not hide who it was.
SET SESSION AUTHORIZATION t_admin;
SET ROLE muster_operator;
SELECT lives_ok($$SELECT muster.profile_save('signed', '{}', NULL, NULL)$$, 'a login acts under a lesser role');
RESET SESSION AUTHORIZATION;
SELECT is(t.audit('signed'), '{"t_admin profile_save"}', 'the audit log names the login, not the role it took');

/*
 * Names that lie: everything our functions use, made again by an operator in a schema in front and
 * among temporary tables. Each stand-in raises MU666, so a function that picks one does not end well.
 */
CREATE SCHEMA evil AUTHORIZATION t_operator;
CREATE FUNCTION t.trap() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'picked the wrong one' USING ERRCODE = 'MU666';
END
$$;
GRANT EXECUTE ON FUNCTION t.trap() TO PUBLIC;
DO $$
DECLARE
	f text;
	n text;
BEGIN
	FOREACH f IN ARRAY ARRAY['lower(text)', 'now()', 'format(text, text)', 'format(text, text, text)', 'replace(text, text, text)',
			'right(text, integer)', 'left(text, integer)', 'length(text)', 'nextval(regclass)', 'sha256(bytea)', 'convert_to(text, name)',
			'to_jsonb(text)', 'pg_notify(text, text)', 'cardinality(anyarray)', 'clock_timestamp()', 'host(inet)',
			'family(inet)', 'encode(bytea, text)', 'array_agg(bigint)', 'string_to_array(text, text)',
			'inet_client_addr()', 'pg_advisory_xact_lock(integer, integer)', 'setting_number(text)', 'audit_write(text, text, jsonb, jsonb)',
			'job_queue(bigint, text, text, boolean)', 'event_add(smallint, uuid, bigint, integer, text)',
			'user_role(name)', 'reveal_expire()', 'btrim(text)', 'date_trunc(text, timestamptz)', 'to_char(timestamptz, text)',
			'jsonb_build_object(text, text)'] LOOP
		EXECUTE format('CREATE FUNCTION evil.%s RETURNS %s LANGUAGE sql AS %L', f,
			CASE WHEN f LIKE 'cardinality%' THEN 'integer' WHEN f LIKE 'now%' OR f LIKE 'clock%' OR f LIKE 'date_trunc%' THEN 'timestamptz' ELSE 'text' END,
			CASE WHEN f LIKE 'cardinality%' THEN 'SELECT t.trap()::integer' WHEN f LIKE 'now%' OR f LIKE 'clock%' OR f LIKE 'date_trunc%' THEN 'SELECT t.trap()::timestamptz'
				ELSE 'SELECT t.trap()' END);
		EXECUTE format('ALTER FUNCTION evil.%s OWNER TO t_operator', f);
	END LOOP;
	CREATE FUNCTION evil.trap2(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT t.trap()::boolean';
	CREATE FUNCTION evil.trap2(uuid, uuid) RETURNS boolean LANGUAGE sql AS 'SELECT t.trap()::boolean';
	CREATE FUNCTION evil.trap2(bigint, bigint) RETURNS boolean LANGUAGE sql AS 'SELECT t.trap()::boolean';
	CREATE FUNCTION evil.trap3(text, text) RETURNS text LANGUAGE sql AS 'SELECT t.trap()';
	CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.trap2);
	CREATE OPERATOR evil.= (LEFTARG = uuid, RIGHTARG = uuid, FUNCTION = evil.trap2);
	CREATE OPERATOR evil.= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = evil.trap2);
	CREATE OPERATOR evil.<> (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.trap2);
	CREATE OPERATOR evil.~ (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.trap2);
	CREATE OPERATOR evil.|| (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.trap3);
	CREATE DOMAIN evil.text AS pg_catalog.text CHECK (false);
	CREATE DOMAIN evil.uuid AS pg_catalog.uuid CHECK (false);
	CREATE DOMAIN evil.jsonb AS pg_catalog.jsonb CHECK (false);
	GRANT ALL ON SCHEMA evil TO PUBLIC;
	FOR n IN SELECT tab FROM t.table_rights UNION ALL VALUES ('pg_roles'), ('pg_auth_members'), ('pg_inherits') LOOP
		EXECUTE format('CREATE TABLE evil.%I (evil boolean)', n);
		EXECUTE format('CREATE TEMP TABLE %I (evil boolean)', n);
	END LOOP;
END
$$;
CREATE FUNCTION t.unpinned() RETURNS text LANGUAGE sql SECURITY DEFINER AS $$ SELECT replace('a', 'b', 'c') $$;
GRANT EXECUTE ON FUNCTION t.unpinned() TO PUBLIC;
SELECT is(t.try('t_operator', 'SELECT t.unpinned()', 'evil, pg_temp, muster, pg_catalog'), 'MU666',
	'the trap works: a function without a pinned path would fall into it');
SELECT t.waiting(11) AS waiting \gset
SELECT t.device(12, 'failed', 1810) AS failed \gset
SELECT t.device(13, 'held', 1813) AS held \gset
SELECT t.device(14, 'ready') AS queued \gset
SELECT t.device(15, 'configured'), t.device(16, 'configured'), t.device(17, 'detected') \g /dev/null
SELECT job_id AS job FROM muster.job WHERE device_id = :device_1 \gset
CREATE TABLE t.calls (login, sql) AS VALUES
	('t_operator', $$SELECT 1 / (code = 0)::pg_catalog.int4 FROM muster.approve(ARRAY[t.u(11)], 'office', ARRAY['pc{uuid}.a.b'], 'OU=x')$$),
	('t_operator', $$SELECT code FROM muster.device_command(ARRAY[t.u(12)], 'retry', 'x')$$),
	('t_operator', $$SELECT code FROM muster.device_command(ARRAY[t.u(12)], 'hold', 'x')$$),
	('t_operator', $$SELECT code FROM muster.device_command(ARRAY[t.u(13)], 'release', 'x')$$),
	('t_operator', $$SELECT code FROM muster.device_command(ARRAY[t.u(2)], 'accept', 'x')$$),
	('t_operator', $$SELECT muster.staged_add(t.u(11), 'new.a.b', 'office', NULL, NULL)$$),
	('t_operator', $$SELECT 1 / (code = 0)::pg_catalog.int4 FROM muster.staged_import(ARRAY[t.u(19)], ARRAY['list.a.b'], ARRAY['office'], ARRAY[''], ARRAY[''], 'all')$$),
	('t_operator', $$SELECT muster.staged_remove(t.u(11))$$),
	('t_operator', $$SELECT muster.profile_save('evil', '{"a": 1}', ARRAY['admin'], ARRAY['\x00'::pg_catalog.bytea])$$),
	('t_operator', $$SELECT 1 / (code = 0)::pg_catalog.int4 FROM muster.device_reprovision(ARRAY[t.u(15)], 'office', ARRAY['again.a.b'], 'OU=x')$$),
	('t_operator', $$SELECT 1 / (code = 0)::pg_catalog.int4 FROM muster.device_unprovision(ARRAY[t.u(16)], false, false, 'x')$$),
	('t_admin', $$SELECT 1 / (code = 0)::pg_catalog.int4 FROM muster.device_take_over(t.u(17), 'office', 'taken.a.b', NULL, ARRAY['\x01'::pg_catalog.bytea], NULL)$$),
	('t_operator', 'SELECT muster.overview()'),
	('t_operator', $$SELECT muster.setting_number('workers')$$),
	('t_admin', $$SELECT muster.setting_set('retry_minutes', '1 2 3')$$),
	('t_admin', $$SELECT muster.trace_set('{all}', 'E')$$),
	('t_admin', $$SELECT muster.setup_certificate_add('\x01', 'd', 's', 'i', 'c', 'k', pg_catalog.now(), pg_catalog.now(), '\x01', '\x02', '\x03')$$),
	('t_admin', $$SELECT muster.setup_certificate_enable(pg_catalog.sha256('c'), false)$$),
	('muster_engine', $$SELECT muster.hello_batch(NULL, ARRAY[pg_catalog.now()], ARRAY[t.u(11)], ARRAY['10.0.0.1'::pg_catalog.inet], ARRAY[1],
		ARRAY[1]::pg_catalog.int2[], ARRAY[1]::pg_catalog.int8[], ARRAY[false], ARRAY[NULL]::pg_catalog.text[], ARRAY[NULL]::pg_catalog.int8[])$$),
	('muster_engine', 'SELECT muster.job_claim(t.node(), 1, 60)'),
	('muster_engine', $$SELECT muster.event_log_maintain()$$),
	('t_operator', $$SELECT 1 / (code = 0)::pg_catalog.int4 FROM muster.job_delay(ARRAY[t.u(14)], 5)$$),
	('t_operator', $$SELECT code FROM muster.device_command(ARRAY[t.u(14)], 'cancel', 'x')$$),
	('t_operator', 'SELECT muster.activity_list(60)'),
	('t_operator', 'SELECT muster.readiness()'),
	('t_operator', $$SELECT muster.saved_filter_set('devices', 'mine', '{}')$$),
	('t_operator', $$SELECT muster.audit_denied('x')$$),
	('t_admin', $$SELECT muster.audit_row_text(a) FROM muster.audit_log a$$),
	('t_admin', $$SELECT muster.reveal_read(muster.reveal_ask((SELECT pg_catalog.min(credential_id) FROM muster.credential), 'a reason', pg_catalog.sha256('k')))$$),
	('muster_engine', 'SELECT muster.reveal_next(5)'),
	('muster_engine', $$SELECT muster.reveal_answer(1, 'x', 0, 'x')$$),
	('muster_engine', 'SELECT muster.node_beat(t.node(), 1, 1, 1, 1, false)'),
	('t_enterprise', 'SELECT muster.user_list()'),
	('t_enterprise', $$SELECT muster.user_set('someone', 'operator')$$),
	('t_enterprise', $$SELECT muster.user_set('t_operator', NULL)$$);
SELECT is_empty($$SELECT fun FROM t.function_rights f JOIN pg_proc p ON p.proname = fun AND p.pronamespace = 'muster'::regnamespace
	WHERE f.want ~ '^(x|- x|- - x|- - - x)' AND NOT EXISTS (SELECT FROM t.calls WHERE sql LIKE '%muster.' || fun || '(%')$$, 'every function that people may call is called here');
SELECT is(t.try(login, sql, 'evil, pg_temp, muster, pg_catalog'), 'ok', format('a lying name does not lead astray: %s', left(sql, 60))) FROM t.calls;
SELECT is(t.try('muster_engine', format('SELECT muster.job_end(%s, %s, 1, ''done'', 0, '''', NULL, NULL, NULL, true)', :job, t.node()),
	'evil, pg_temp, muster, pg_catalog'), 'ok', 'a lying name does not lead astray: job_end');
SELECT is_empty('SELECT * FROM evil.device UNION ALL SELECT * FROM pg_temp.job UNION ALL SELECT * FROM pg_temp.audit_log', 'nothing was written into the stand-ins');
DROP SCHEMA evil CASCADE;

-- What even the owner cannot do.
SELECT is((SELECT count(*) > 0 FROM muster.audit_log), true, 'there is an audit log to spoil');
SET CONSTRAINTS ALL IMMEDIATE;
SET ROLE muster_owner;
SET search_path = tap, pg_catalog;
SELECT throws_ok('UPDATE muster.audit_log SET who = ''somebody''', '42501', 'the audit log is append only', 'the owner does not edit the audit log');
SELECT throws_ok('DELETE FROM muster.audit_log', '42501', 'the audit log is append only', 'the owner does not delete from the audit log');
SELECT throws_ok('TRUNCATE muster.audit_log', '42501', 'the audit log is append only', 'the owner does not empty the audit log');
SELECT throws_ok('DELETE FROM muster.credential', '42501', 'a credential is never deleted', 'the owner does not delete a credential');
SELECT throws_ok('TRUNCATE muster.credential, muster.reveal', '42501', 'a credential is never deleted', 'the owner does not empty the credentials');
SELECT throws_ok('TRUNCATE muster.device CASCADE', '42501', 'a credential is never deleted', 'the owner does not empty the devices with their credentials');
SELECT throws_ok('DELETE FROM muster.device', '23503', NULL, 'the owner does not delete a device that has a credential');
SELECT throws_ok('UPDATE muster.profile_revision SET body = ''{}''', '42501', 'profile_revision rows never change', 'the owner does not change a revision');
RESET ROLE;
SELECT * FROM finish();
ROLLBACK;
