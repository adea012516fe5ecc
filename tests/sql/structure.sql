-- SPDX-License-Identifier: Apache-2.0
-- structure: what the schema consists of, and what holds for every object in it.
BEGIN;
\ir lib.psql
SELECT plan(122);

-- Columns in their order; a question mark: may be NULL.
CREATE TABLE t.columns (tab, cols) AS VALUES
	('activity', 'minute timestamptz, node_id integer, hellos bigint, refused bigint'),
	('audit_end', 'one boolean, audit_id bigint, hash bytea'),
	('audit_log', 'audit_id bigint, at timestamptz, who text, from_addr inet?, what text, object text,'
		' before jsonb?, after jsonb?, prev_hash bytea, hash bytea'),
	('ca', 'ca_id integer, certificate text, sealed_key bytea, subject text, sha256 bytea,'
		' not_after timestamptz, created_at timestamptz, until_at timestamptz?'),
	('certificate', 'certificate_id bigint, device_id bigint, ca_id integer, serial text, sha256 bytea, subject text,'
		' der bytea, not_after timestamptz, issued_at timestamptz, job_id bigint?, ended_at timestamptz?, end_reason text'),
	('credential', 'credential_id bigint, device_id bigint, kind text, state text, sealed bytea,'
		' since_at timestamptz, job_id bigint?, note text'),
	('device', 'device_id bigint, uuid uuid, state text, state_at timestamptz, reason_code integer, reason text,'
		' fqdn text?, ou text?, profile_id integer?, mapped_by text?, address inet?,'
		' hello_version smallint?, hello_count bigint, hello_first_at timestamptz?,'
		' hello_last_at timestamptz?, hello_retry bigint?, hello_admin_set boolean?, hello_pid text?,'
		' hash_set_id bigint?, amt_version text?, amt_build text?, model text?, serial text?, mac text?,'
		' control_mode smallint?, tls boolean?, pin bytea?, tls_certificate bytea?,'
		' profile_revision_id integer?, configured_at timestamptz?, verified_at timestamptz?'),
	('device_count', 'state text, n bigint'),
	('device_edge', 'from_state text, to_state text, why text'),
	('engine_key', 'key_id text, public_key bytea, since_at timestamptz, until_at timestamptz?'),
	('engine_node', 'node_id integer, name text, version text, pid integer?, started_at timestamptz?,'
		' heartbeat_at timestamptz?, stopped_at timestamptz?, workers integer, busy integer,'
		' hellos bigint, refused bigint, trace_dir text, trace_bytes bigint'),
	('event_log', 'at timestamptz, event_id bigint, level smallint, uuid uuid?, node_id integer?, job_id bigint?,'
		' code integer, text text'),
	('hash_set', 'hash_set_id bigint, digest bytea, entries bytea, count integer'),
	('hello_rejected', 'hello_rejected_id bigint, at timestamptz, address inet, port integer, code integer, reason text,'
		' count bigint, bytes bytea'),
	('job', 'job_id bigint, device_id bigint, kind text, state text, run_at timestamptz, attempt integer,'
		' login_round integer, give_up_at timestamptz, node_id integer?, lease_until timestamptz?, asked_by text,'
		' asked_at timestamptz, why text, started_at timestamptz?, ended_at timestamptz?,'
		' last_code integer, last_text text, full_unprovision boolean, forced boolean, sent boolean, from_state text'),
	('profile', 'profile_id integer, name text, created_at timestamptz, created_by text'),
	('profile_revision', 'profile_revision_id integer, profile_id integer, revision integer, body jsonb,'
		' created_at timestamptz, created_by text'),
	('profile_secret', 'profile_revision_id integer, name text, sealed bytea'),
	('reveal', 'reveal_id bigint, credential_id bigint, asked_by text, asked_at timestamptz, reason text, public_key bytea,'
		' expires_at timestamptz, answered_at timestamptz?, sealed bytea?, code integer, says text, read_at timestamptz?'),
	('saved_filter', 'login text, screen text, name text, filter jsonb'),
	('schema_migration', 'version integer, name text, checksum text, applied_at timestamptz, applied_by text'),
	('setting', 'name text, value text, kind text, least bigint?, most bigint?, standard text, unit text,'
		' description text, changed_at timestamptz, changed_by text'),
	('setup_certificate', 'setup_certificate_id integer, sha256 bytea, domain text, subject text, issuer text, chain bytea,'
		' sealed_key bytea, not_before timestamptz, not_after timestamptz, root_sha1 bytea,'
		' root_sha256 bytea, root_sha384 bytea, enabled boolean, added_at timestamptz, added_by text'),
	('staged_device', 'uuid uuid, fqdn text, profile_id integer, ou text?, note text, created_at timestamptz,'
		' created_by text'),
	('step_result', 'job_id bigint, attempt integer, seq smallint, step text, title text, outcome text, code integer,'
		' detail text, started_at timestamptz, took_ms integer');
CREATE FUNCTION t.columns_of(p_table name) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT string_agg(attname || ' ' || replace(format_type(atttypid, atttypmod), 'timestamp with time zone', 'timestamptz')
			|| CASE WHEN attnotnull THEN '' ELSE '?' END, ', ' ORDER BY attnum)
	  FROM pg_attribute
	 WHERE attrelid = ('muster.' || quote_ident(p_table))::regclass AND attnum > 0 AND NOT attisdropped
$$;
CREATE VIEW t.tables AS SELECT oid, relname FROM pg_class
 WHERE relnamespace = 'muster'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition;
SELECT set_eq('SELECT relname::text FROM t.tables', 'SELECT tab FROM t.columns', 'the schema has the tables listed here and no other');
SELECT is(t.columns_of(tab), cols, format('table %s has its columns', tab)) FROM t.columns ORDER BY tab;

-- Keys: the primary key first, then what is unique, then what refers to another table.
CREATE TABLE t.keys (tab, name, def) AS VALUES
	('activity', 'activity_pkey', 'PRIMARY KEY (minute, node_id)'),
	('activity', 'activity_node_id_fkey', 'FOREIGN KEY (node_id) REFERENCES engine_node(node_id)'),
	('audit_end', 'audit_end_pkey', 'PRIMARY KEY (one)'),
	('audit_log', 'audit_log_pkey', 'PRIMARY KEY (audit_id)'),
	('audit_log', 'audit_log_no_fork', 'UNIQUE (prev_hash)'),
	('ca', 'ca_pkey', 'PRIMARY KEY (ca_id)'),
	('ca', 'ca_sha256_key', 'UNIQUE (sha256)'),
	('certificate', 'certificate_pkey', 'PRIMARY KEY (certificate_id)'),
	('certificate', 'certificate_serial', 'UNIQUE (ca_id, serial)'),
	('certificate', 'certificate_sha256_key', 'UNIQUE (sha256)'),
	('certificate', 'certificate_ca_id_fkey', 'FOREIGN KEY (ca_id) REFERENCES ca(ca_id)'),
	('certificate', 'certificate_device_id_fkey', 'FOREIGN KEY (device_id) REFERENCES device(device_id)'),
	('credential', 'credential_pkey', 'PRIMARY KEY (credential_id)'),
	('credential', 'credential_device_id_fkey', 'FOREIGN KEY (device_id) REFERENCES device(device_id)'),
	('device', 'device_pkey', 'PRIMARY KEY (device_id)'),
	('device', 'device_uuid_key', 'UNIQUE (uuid)'),
	('device', 'device_hash_set_id_fkey', 'FOREIGN KEY (hash_set_id) REFERENCES hash_set(hash_set_id)'),
	('device', 'device_profile_id_fkey', 'FOREIGN KEY (profile_id) REFERENCES profile(profile_id)'),
	('device', 'device_profile_revision_id_fkey', 'FOREIGN KEY (profile_revision_id) REFERENCES profile_revision(profile_revision_id)'),
	('device_edge', 'device_edge_pkey', 'PRIMARY KEY (from_state, to_state)'),
	('engine_key', 'engine_key_pkey', 'PRIMARY KEY (key_id)'),
	('engine_node', 'engine_node_pkey', 'PRIMARY KEY (node_id)'),
	('engine_node', 'engine_node_name_key', 'UNIQUE (name)'),
	('event_log', 'event_log_pkey', 'PRIMARY KEY (at, event_id)'),
	('hash_set', 'hash_set_pkey', 'PRIMARY KEY (hash_set_id)'),
	('hash_set', 'hash_set_digest_key', 'UNIQUE (digest)'),
	('hello_rejected', 'hello_rejected_pkey', 'PRIMARY KEY (hello_rejected_id)'),
	('job', 'job_pkey', 'PRIMARY KEY (job_id)'),
	('job', 'job_device_id_fkey', 'FOREIGN KEY (device_id) REFERENCES device(device_id)'),
	('job', 'job_node_id_fkey', 'FOREIGN KEY (node_id) REFERENCES engine_node(node_id)'),
	('profile', 'profile_pkey', 'PRIMARY KEY (profile_id)'),
	('profile', 'profile_name_key', 'UNIQUE (name)'),
	('profile_revision', 'profile_revision_pkey', 'PRIMARY KEY (profile_revision_id)'),
	('profile_revision', 'profile_revision_number', 'UNIQUE (profile_id, revision)'),
	('profile_revision', 'profile_revision_profile_id_fkey', 'FOREIGN KEY (profile_id) REFERENCES profile(profile_id)'),
	('profile_secret', 'profile_secret_pkey', 'PRIMARY KEY (profile_revision_id, name)'),
	('profile_secret', 'profile_secret_profile_revision_id_fkey', 'FOREIGN KEY (profile_revision_id) REFERENCES profile_revision(profile_revision_id)'),
	('reveal', 'reveal_pkey', 'PRIMARY KEY (reveal_id)'),
	('reveal', 'reveal_credential_id_fkey', 'FOREIGN KEY (credential_id) REFERENCES credential(credential_id)'),
	('saved_filter', 'saved_filter_pkey', 'PRIMARY KEY (login, screen, name)'),
	('schema_migration', 'schema_migration_pkey', 'PRIMARY KEY (version)'),
	('setting', 'setting_pkey', 'PRIMARY KEY (name)'),
	('setup_certificate', 'setup_certificate_pkey', 'PRIMARY KEY (setup_certificate_id)'),
	('setup_certificate', 'setup_certificate_sha256_key', 'UNIQUE (sha256)'),
	('staged_device', 'staged_device_pkey', 'PRIMARY KEY (uuid)'),
	('staged_device', 'staged_device_profile_id_fkey', 'FOREIGN KEY (profile_id) REFERENCES profile(profile_id)'),
	('step_result', 'step_result_pkey', 'PRIMARY KEY (job_id, attempt, seq)'),
	('step_result', 'step_result_job_id_fkey', 'FOREIGN KEY (job_id) REFERENCES job(job_id)');
CREATE VIEW t.keys_now AS
SELECT c.relname::text AS tab, k.conname::text AS name, replace(pg_get_constraintdef(k.oid), 'muster.', '') AS def
  FROM pg_constraint k JOIN t.tables c ON c.oid = k.conrelid WHERE k.contype IN ('p', 'u', 'f');
SELECT is((SELECT string_agg(name || ' ' || def, E'\n' ORDER BY name) FROM t.keys_now WHERE tab = c.tab),
	(SELECT string_agg(name || ' ' || def, E'\n' ORDER BY name) FROM t.keys WHERE tab = c.tab),
	format('table %s has its keys', tab)) FROM t.columns c ORDER BY tab;

-- Rules for what a row may hold, by name: the other tests try them.
CREATE TABLE t.checks (tab, names) AS VALUES
	('audit_end', 'audit_end_one'),
	('credential', 'credential_kind credential_state'),
	('device', 'device_fqdn device_ou device_state'),
	('engine_key', 'engine_key_id engine_key_length'),
	('event_log', 'event_log_level'),
	('hash_set', 'hash_set_digest'),
	('hello_rejected', 'hello_rejected_bytes'),
	('job', 'job_kind job_lease job_state'),
	('profile', 'profile_name'),
	('profile_revision', 'profile_revision_modes profile_revision_no_secret profile_revision_object'),
	('reveal', 'reveal_key'),
	('saved_filter', 'saved_filter_name saved_filter_screen saved_filter_size'),
	('setting', 'setting_kind'),
	('staged_device', 'staged_device_fqdn staged_device_note staged_device_ou'),
	('step_result', 'step_result_outcome');
SELECT is((SELECT string_agg(conname, ' ' ORDER BY conname) FROM pg_constraint
		WHERE contype = 'c' AND conrelid = ('muster.' || c.tab)::regclass), k.names, format('table %s has its named rules', c.tab))
  FROM t.columns c LEFT JOIN t.checks k USING (tab) ORDER BY tab;

-- Indexes beside those of the keys.
CREATE TABLE t.indexes (name, def) AS VALUES
	('audit_log_by_object', 'audit_log (object, audit_id)'),
	('audit_log_denied', 'audit_log (who, at) WHERE (what = ''denied'')'),
	('ca_one', 'UNIQUE ca ((true)) WHERE (until_at IS NULL)'),
	('certificate_by_device', 'certificate (device_id, issued_at)'),
	('credential_by_device', 'credential (device_id, kind, since_at)'),
	('credential_one_current', 'UNIQUE credential (device_id, kind) WHERE (state = ''current'')'),
	('credential_one_pending', 'UNIQUE credential (device_id, kind) WHERE (state = ''pending'')'),
	('device_by_change', 'device (state_at, device_id)'),
	('device_by_hello', 'device (hello_last_at, device_id)'),
	('device_by_name', 'device (state, lower(fqdn)) WHERE (fqdn IS NOT NULL)'),
	('device_by_profile', 'device (profile_id)'),
	('device_by_state', 'device (state, hello_last_at, device_id)'),
	('device_fqdn_one', 'UNIQUE device (lower(fqdn))'),
	('engine_key_one', 'UNIQUE engine_key ((true)) WHERE (until_at IS NULL)'),
	('event_log_bad', 'event_log (at, event_id) WHERE (level <= 2)'),
	('event_log_by_uuid', 'event_log (uuid, at, event_id)'),
	('hello_rejected_at', 'hello_rejected (at)'),
	('job_by_device', 'job (device_id, job_id)'),
	('job_by_end', 'job (ended_at) WHERE (ended_at IS NOT NULL)'),
	('job_due', 'job (run_at, job_id) WHERE (state = ''queued'')'),
	('job_leases', 'job (lease_until) WHERE (state = ''running'')'),
	('job_one_live', 'UNIQUE job (device_id) WHERE (state = ANY (ARRAY[''queued'', ''running'']))'),
	('reveal_by_credential', 'reveal (credential_id)'),
	('reveal_open', 'reveal (expires_at) WHERE ((sealed IS NOT NULL) OR (answered_at IS NULL))'),
	('staged_device_fqdn_one', 'UNIQUE staged_device (lower(fqdn))');
SELECT bag_eq(
	$$SELECT i.relname::text, replace(replace(regexp_replace(pg_get_indexdef(x.indexrelid),
			'^CREATE (UNIQUE )?INDEX \S+ ON (ONLY )?muster\.', '\1'), 'USING btree ', ''), '::text', '')
	    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
	   WHERE x.indrelid IN (SELECT oid FROM t.tables) AND NOT EXISTS (SELECT FROM pg_constraint k
			WHERE k.conindid = i.oid AND k.contype IN ('p', 'u'))$$,
	'SELECT name, def FROM t.indexes', 'the indexes are those listed here');
SELECT is_empty('SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid', 'every index is valid');

CREATE TABLE t.triggers (tab, name, def) AS VALUES
	('audit_log', 'audit_append_only', 'BEFORE DELETE OR UPDATE FOR EACH ROW audit_no_change'),
	('audit_log', 'audit_log_end', 'AFTER INSERT DEFERRABLE INITIALLY DEFERRED FOR EACH ROW audit_log_end'),
	('audit_log', 'audit_no_truncate', 'BEFORE TRUNCATE FOR EACH STATEMENT audit_no_change'),
	('credential', 'credential_keep', 'BEFORE DELETE FOR EACH ROW credential_keep'),
	('credential', 'credential_keep_all', 'BEFORE TRUNCATE FOR EACH STATEMENT credential_keep'),
	('device', 'device_change', 'AFTER INSERT OR UPDATE FOR EACH STATEMENT tell_change'),
	('device', 'device_count_added', 'AFTER INSERT REFERENCING NEW TABLE AS added FOR EACH STATEMENT device_count_added'),
	('device', 'device_count_emptied', 'AFTER TRUNCATE FOR EACH STATEMENT device_count_emptied'),
	('device', 'device_count_moved', 'CREATE TRIGGER device_count_moved AFTER UPDATE OF state ON muster.device FOR EACH ROW'
		' WHEN ((old.state <> new.state)) EXECUTE FUNCTION muster.device_count_moved()'),
	('device', 'device_count_removed', 'AFTER DELETE REFERENCING OLD TABLE AS removed FOR EACH STATEMENT device_count_removed'),
	('device', 'device_state_guard', 'BEFORE UPDATE OF state FOR EACH ROW device_state_guard'),
	('engine_node', 'engine_node_change', 'AFTER INSERT OR UPDATE FOR EACH STATEMENT tell_change'),
	('event_log', 'event_log_change', 'AFTER INSERT FOR EACH STATEMENT tell_change'),
	('hello_rejected', 'hello_rejected_change', 'AFTER INSERT FOR EACH STATEMENT tell_change'),
	('job', 'job_change', 'AFTER INSERT OR UPDATE FOR EACH STATEMENT tell_change'),
	('profile_revision', 'profile_revision_immutable', 'BEFORE DELETE OR UPDATE FOR EACH ROW no_change'),
	('setting', 'setting_check', 'BEFORE UPDATE OF value FOR EACH ROW setting_check'),
	('setting', 'setting_change', 'AFTER UPDATE FOR EACH STATEMENT tell_config'),
	('setup_certificate', 'setup_certificate_change', 'AFTER INSERT OR DELETE OR UPDATE FOR EACH STATEMENT tell_config'),
	('staged_device', 'staged_device_change', 'AFTER INSERT OR DELETE OR UPDATE FOR EACH STATEMENT tell_change'),
	('step_result', 'step_result_change', 'AFTER INSERT FOR EACH STATEMENT tell_change');
SELECT bag_eq(
	$$SELECT c.relname::text, g.tgname::text, regexp_replace(pg_get_triggerdef(g.oid),
			'CREATE (?:CONSTRAINT )?TRIGGER \S+ (.*) ON muster\.\S+ (.*FOR EACH \S+) EXECUTE FUNCTION muster\.(.*)\(\)', '\1 \2 \3')
	    FROM pg_trigger g JOIN t.tables c ON c.oid = g.tgrelid WHERE NOT g.tgisinternal AND g.tgenabled = 'O'$$,
	'SELECT tab, name, def FROM t.triggers', 'the triggers are those listed here, and they are on');

-- A foreign key wants an index where rows of the other table are deleted, or where it is searched.
CREATE TABLE t.unindexed (name, why) AS VALUES
	('activity_node_id_fkey', 'no engine is ever deleted; activity is found by its minute'),
	('device_hash_set_id_fkey', 'no hash set is ever deleted'),
	('device_profile_revision_id_fkey', 'no revision is ever deleted'),
	('job_node_id_fkey', 'no engine is ever deleted; running jobs are found by their lease'),
	('staged_device_profile_id_fkey', 'no profile is ever deleted');
SELECT set_eq(
	$$SELECT k.conname::text FROM pg_constraint k WHERE k.contype = 'f' AND k.conrelid IN (SELECT oid FROM t.tables)
	     AND NOT EXISTS (SELECT FROM pg_index x WHERE x.indrelid = k.conrelid AND x.indpred IS NULL
			AND (x.indkey::int2[])[0:cardinality(k.conkey) - 1] OPERATOR(pg_catalog.@>) k.conkey)$$,
	'SELECT name FROM t.unindexed', 'every foreign key has an index, or a reason to have none');

-- What holds for every object.
SELECT is_empty($$SELECT relname FROM t.tables WHERE obj_description(oid, 'pg_class') IS NULL$$,
	'every table says what it is for');
SELECT is((SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'muster'), 'muster_owner',
	'muster_owner owns the schema');
SELECT is((SELECT datdba::regrole::text FROM pg_database WHERE datname = current_database()), 'muster_owner',
	'muster_owner owns the database');
SELECT is_empty($$SELECT oid::regclass FROM pg_class WHERE relnamespace = 'muster'::regnamespace
	AND relowner <> 'muster_owner'::regrole$$, 'muster_owner owns every table, index and sequence');
SELECT is_empty($$SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'muster'::regnamespace
	AND proowner <> CASE proname WHEN 'user_set' THEN 'muster_keeper' ELSE 'muster_owner' END::regrole$$,
	'muster_owner owns every function but the one that makes logins');
SELECT set_eq($$SELECT objid::regprocedure::text FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = 'muster_keeper'::regrole
	AND deptype = 'o' AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())$$, ARRAY['muster.user_set(text,text)'],
	'muster_keeper owns that one and nothing else');
SELECT results_eq($$SELECT rolcanlogin, rolinherit, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication FROM pg_roles WHERE rolname = 'muster_keeper'$$,
	'VALUES (false, false, false, true, false, false, false)', 'muster_keeper cannot log in, makes logins, has no other power and no right of the roles it gives');
SELECT is_empty($$SELECT member::regrole FROM pg_auth_members WHERE roleid = 'muster_keeper'::regrole$$, 'nobody is a member of muster_keeper');
SELECT is_empty($$SELECT member::regrole FROM pg_auth_members WHERE roleid = 'muster_owner'::regrole$$, 'nobody is a member of muster_owner');
SELECT is_empty($$SELECT roleid::regrole FROM pg_auth_members WHERE member IN ('muster_owner'::regrole, 'muster_engine'::regrole)$$,
	'the owner and the engine are members of nothing');
SELECT is_empty($$SELECT typname FROM pg_type WHERE typnamespace = 'muster'::regnamespace
	AND typowner <> 'muster_owner'::regrole$$, 'muster_owner owns every type');
SELECT is((SELECT rolcanlogin OR rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication FROM pg_roles
	WHERE rolname = 'muster_owner'), false, 'muster_owner cannot log in and has no power of the cluster');
SELECT is_empty($$SELECT rolname FROM pg_roles WHERE rolname LIKE 'muster\_%' AND rolname <> 'muster_keeper'
	AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication)$$,
	'no other role of muster has a power of the cluster');
SELECT set_eq($$SELECT rolname::text FROM pg_roles WHERE rolname LIKE 'muster\_%' AND rolcanlogin$$,
	ARRAY['muster_engine'], 'of the roles of muster only the engine logs in');
SELECT set_eq($$SELECT roleid::regrole || ' < ' || member::regrole FROM pg_auth_members
	WHERE roleid::regrole::text LIKE 'muster\_%' AND member::regrole::text LIKE 'muster\_%' AND member <> 'muster_keeper'::regrole$$,
	ARRAY['muster_log_viewer < muster_operator', 'muster_operator < muster_administrator',
		'muster_administrator < muster_enterprise_administrator'],
	'each role contains the next one, and nobody contains the owner or the engine');
SELECT set_eq($$SELECT roleid::regrole || ' by ' || member::regrole FROM pg_auth_members WHERE admin_option AND roleid::regrole::text LIKE 'muster\_%'$$,
	ARRAY['muster_log_viewer by muster_keeper', 'muster_operator by muster_keeper', 'muster_administrator by muster_keeper',
		'muster_enterprise_administrator by muster_keeper'], 'only muster_keeper may pass a role of muster on');

SELECT is_empty($$SELECT c.oid::regclass, a.privilege_type FROM pg_class c,
	aclexplode(coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner))) a
	WHERE c.relnamespace = 'muster'::regnamespace AND c.relkind IN ('r', 'p', 'S', 'v', 'm', 'f') AND a.grantee = 0$$,
	'PUBLIC has no right at any table or sequence');
SELECT is_empty($$SELECT a.attrelid::regclass, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid,
	aclexplode(a.attacl) x WHERE c.relnamespace = 'muster'::regnamespace AND x.grantee = 0$$,
	'PUBLIC has no right at any column');
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
	WHERE p.pronamespace = 'muster'::regnamespace AND a.grantee = 0$$, 'PUBLIC may execute no function');
SELECT is_empty($$SELECT n.nspname, a.privilege_type FROM pg_namespace n, aclexplode(n.nspacl) a
	WHERE n.nspname IN ('muster', 'public') AND a.grantee = 0$$, 'PUBLIC may not even look into the schemas muster and public');
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc p, aclexplode(p.proacl) a
	WHERE p.pronamespace = 'muster'::regnamespace AND a.is_grantable AND a.grantee <> p.proowner$$,
	'nobody may pass a right at a function on');
SELECT is_empty($$SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'muster'::regnamespace AND prosecdef
	AND proconfig IS DISTINCT FROM ARRAY['search_path=pg_catalog, pg_temp']$$,
	'every function that runs as its owner looks for names in pg_catalog first and pg_temp last');
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'muster'::regnamespace AND NOT p.prosecdef
	AND EXISTS (SELECT FROM aclexplode(p.proacl) a WHERE a.grantee NOT IN (p.proowner, 'muster_keeper'::regrole)) AND p.proname <> 'audit_row_text'$$,
	'a function that does not run as its owner is nobody else''s to call, but one that reads no table');
SELECT is((SELECT proconfig[1] FROM pg_proc WHERE oid = 'muster.audit_row_text'::regproc), 'search_path=pg_catalog, pg_temp',
	'that one too looks for names in pg_catalog first');
SELECT is_empty($$SELECT oid::regclass FROM pg_class WHERE relnamespace = 'muster'::regnamespace AND relkind IN ('v', 'm', 'f')$$,
	'there are no views: nothing is read by the rights of its maker but through functions');
SELECT set_eq($$SELECT c.relname || ': ' || pg_get_expr(p.polqual, p.polrelid) FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relrowsecurity$$,
	ARRAY['saved_filter: (login = SESSION_USER)'], 'who reads the saved filters sees the own ones only');
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
	WHERE p.pronamespace = 'muster'::regnamespace AND l.lanname NOT IN ('sql', 'plpgsql')$$,
	'every function is written in SQL or PL/pgSQL');

-- The event log.
SELECT is((SELECT relkind::text FROM pg_class WHERE oid = 'muster.event_log'::regclass), 'p', 'the event log is partitioned');
SELECT is(pg_get_partkeydef('muster.event_log'::regclass), 'RANGE (at)', 'the event log is partitioned by time');
SELECT is((SELECT count(*) FROM generate_series(0, 7) AS d (n)
	WHERE to_regclass('muster.event_log_' || to_char((now() AT TIME ZONE 'UTC')::date + d.n, 'YYYYMMDD')) IS NOT NULL), 8::bigint,
	'the event log has a partition for today and each of the next 7 days');
SELECT is((SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE oid = 'muster.event_log_other'::regclass), 'DEFAULT',
	'a line of any other day has a place too');
INSERT INTO muster.event_log (at, level, text) VALUES (now(), 3, 'today'), (now() + interval '40 days', 3, 'later');
SELECT results_eq($$SELECT text, tableoid::regclass::text FROM muster.event_log WHERE text IN ('today', 'later') ORDER BY at$$,
	$$VALUES ('today', 'muster.event_log_' || to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD')), ('later', 'muster.event_log_other')$$,
	'a line goes to the partition of its day');
SELECT throws_ok($$INSERT INTO muster.event_log (at, level, text) VALUES (now(), 5, 'x')$$, '23514', NULL,
	'a line has a level from 1 to 4');

-- Days past the retention go, days ahead come.
UPDATE muster.setting SET value = '2' WHERE name = 'log_retention_days';
DO $$
DECLARE
	day date := (now() AT TIME ZONE 'UTC')::date - 5;
BEGIN
	EXECUTE format('CREATE TABLE muster.event_log_%s PARTITION OF muster.event_log FOR VALUES FROM (%L) TO (%L)',
		to_char(day, 'YYYYMMDD'), day || ' 00:00:00+00', day + 1 || ' 00:00:00+00');
	EXECUTE format('DROP TABLE muster.event_log_%s', to_char(day + 12, 'YYYYMMDD'));
END
$$;
INSERT INTO muster.event_log (at, level, text) VALUES (now() - interval '5 days', 3, 'old'), (now() - interval '9 days', 3, 'older'),
	(now() - interval '1 day', 3, 'yesterday');
INSERT INTO muster.hello_rejected (at, address, port, code, reason, bytes)
VALUES (now() - interval '9 days', '10.0.0.1', 1, 1304, 'old', ''), (now(), '10.0.0.1', 1, 1304, 'new', '');
INSERT INTO muster.activity (minute, node_id, hellos, refused)
SELECT date_trunc('minute', now()) - d, t.node(), 1, 0 FROM unnest(ARRAY['8 days', '6 days', '0 days']::interval[]) d;
SELECT t.device(1, 'configured') AS device \gset
INSERT INTO muster.credential (device_id, kind, state, sealed) VALUES (:device, 'admin', 'current', '\x01') RETURNING credential_id AS credential \gset
INSERT INTO muster.reveal (credential_id, asked_by, reason, public_key, expires_at, answered_at, sealed)
SELECT :credential, r, 'reason', sha256('k'), now() + CASE r WHEN 'still' THEN interval '1 min' ELSE interval '-1 s' END, CASE r WHEN 'never' THEN NULL ELSE now() END,
       CASE r WHEN 'never' THEN NULL ELSE 'answer'::bytea END FROM unnest(ARRAY['gone', 'never', 'still']) r;
SELECT is(muster.event_log_maintain(), 1, 'a day past the retention is dropped');
SELECT results_eq($$SELECT text FROM muster.event_log WHERE text IN ('old', 'older', 'yesterday', 'today')  ORDER BY at$$,
	$$VALUES ('yesterday'), ('today')$$, 'lines past the retention are gone, also those that had no partition, and the others stay');
SELECT is((SELECT count(*) FROM pg_inherits WHERE inhparent = 'muster.event_log'::regclass), 9::bigint, 'a missing day ahead is made again');
SELECT results_eq('SELECT reason FROM muster.hello_rejected', $$VALUES ('new')$$, 'rejected hellos past the retention are gone');
SELECT is((SELECT relowner::regrole::text FROM pg_class WHERE relname = 'event_log_' || to_char((now() AT TIME ZONE 'UTC')::date + 7, 'YYYYMMDD')),
	'muster_owner', 'a partition made by the engine''s maintenance belongs to muster_owner');
SELECT is((SELECT count(*) FROM muster.activity), 2::bigint, 'activity older than a week is gone');
SELECT results_eq('SELECT asked_by, sealed IS NULL, answered_at IS NULL, says FROM muster.reveal ORDER BY asked_by',
	$$VALUES ('gone', true, false, ''), ('never', true, false, 'no engine answered in time'), ('still', false, false, '')$$,
	'an answer that nobody fetched in time is gone, a question that nobody answered is closed, and another one stays');
SELECT is(muster.event_log_maintain(), 0, 'maintenance done twice changes nothing');
SELECT lives_ok($$INSERT INTO muster.event_log (at, level, text) VALUES (now() + interval '8 days', 3, 'clock'); $$,
	'a line from a clock that is 8 days fast is kept');

SELECT * FROM finish();
ROLLBACK;
