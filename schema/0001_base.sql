-- SPDX-License-Identifier: Apache-2.0
-- 0001_base
-- Why    what everything else stands on: the schema, settings, engines, and the audit log.
-- Locks  none: a new schema.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA muster TO muster_log_viewer, muster_engine;

-- Nothing is open to everybody: each grant is written where the thing is made.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

GRANT SELECT ON muster.schema_migration TO muster_log_viewer, muster_engine;

CREATE TABLE muster.setting (
	name        text PRIMARY KEY,
	value       text NOT NULL,
	kind        text NOT NULL,
	least       bigint,
	most        bigint,
	standard    text NOT NULL,
	unit        text NOT NULL DEFAULT '',
	description text NOT NULL,
	changed_at  timestamptz NOT NULL DEFAULT now(),
	changed_by  text NOT NULL DEFAULT 'muster',
	CONSTRAINT setting_kind CHECK (kind IN ('number', 'text', 'switch', 'numbers'))
);
COMMENT ON TABLE muster.setting IS 'What an Administrator may tune; every engine follows a change at once.';
GRANT SELECT ON muster.setting TO muster_operator, muster_engine;

INSERT INTO muster.setting (name, value, kind, least, most, standard, unit, description)
SELECT s.name, s.standard, s.kind, s.least, s.most, s.standard, s.unit, s.description
  FROM (VALUES
	('workers', 'number', 1, 2000, '10', '', 'Worker threads of each engine: devices configured at the same time.'),
	('poll_s', 'number', 1, 3600, '5', 's', 'How often the queue is looked at when nothing tells of new work.'),
	('lease_s', 'number', 10, 3600, '60', 's', 'How long an engine holds a job without renewing it before another takes it over.'),
	('connect_timeout_s', 'number', 1, 120, '15', 's', 'How long to wait for a device to accept a connection.'),
	('call_timeout_s', 'number', 1, 600, '60', 's', 'How long to wait for one answer of a device.'),
	('run_timeout_s', 'number', 10, 86400, '1200', 's', 'How long one attempt at a device may take in all.'),
	('commit_wait_s', 'number', 0, 120, '10', 's', 'How long a device is left alone after "Commit changes" before it is looked at again.'),
	('retry_minutes', 'numbers', 0, 1440, '1 2 5 15 60', 'min', 'Waits between attempts; the last one repeats.'),
	('retry_limit_h', 'number', 1, 720, '24', 'h', 'How long a job is tried before it fails for good.'),
	('login_spacing_s', 'number', 0, 3600, '60', 's', 'Least wait before the next attempt when a device refused passwords and more are to be tried.'),
	('hello_port', 'number', 1, 65535, '9971', '', 'TCP port on which devices say hello. An engine follows at its next start.'),
	('hello_rate', 'number', 1, 1000000, '600', '/min', 'Hellos accepted from one address in a minute.'),
	('hello_unknown_cap', 'number', 1, 100000000, '200000', '', 'Devices in state waiting; beyond it hellos of unknown devices are refused.'),
	('hello_deadline_s', 'number', 1, 300, '30', 's', 'Time a device has to send its whole hello.'),
	('certificate_days', 'number', 1, 7300, '1095', 'd', 'How long a TLS certificate issued to a device is valid.'),
	('legacy_tls', 'switch', NULL, NULL, 'on', '', 'Talk TLS 1.0 and 1.1 to the AMT releases that know nothing newer.'),
	('log_level', 'text', NULL, NULL, 'info', '', 'Least important lines kept in the event log: error, warning, info or verbose.'),
	('log_retention_days', 'number', 1, 3650, '90', 'd', 'Days of event log kept; older days are dropped.')
  ) AS s (name, kind, least, most, standard, unit, description);

CREATE TABLE muster.engine_node (
	node_id      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name         text NOT NULL UNIQUE,
	version      text NOT NULL DEFAULT '',
	pid          integer,
	started_at   timestamptz,
	heartbeat_at timestamptz,
	stopped_at   timestamptz,
	workers      integer NOT NULL DEFAULT 0,
	busy         integer NOT NULL DEFAULT 0,
	hellos       bigint NOT NULL DEFAULT 0,
	refused      bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE muster.engine_node IS 'Engines that served this database; a heartbeat older than a lease means gone.';
GRANT SELECT ON muster.engine_node TO muster_operator, muster_engine;

CREATE TABLE muster.engine_key (
	key_id     text PRIMARY KEY,
	public_key bytea NOT NULL,
	since_at   timestamptz NOT NULL DEFAULT now(),
	until_at   timestamptz,
	CONSTRAINT engine_key_length CHECK (length(public_key) = 32),
	CONSTRAINT engine_key_id CHECK (key_id ~ '^[0-9a-f]{16}$')
);
CREATE UNIQUE INDEX engine_key_one ON muster.engine_key ((true)) WHERE until_at IS NULL;
COMMENT ON TABLE muster.engine_key IS 'Public halves of engine keys; the one without until_at seals new secrets.';
GRANT SELECT ON muster.engine_key TO muster_operator, muster_engine;

CREATE TABLE muster.audit_log (
	audit_id  bigint PRIMARY KEY,
	at        timestamptz NOT NULL,
	who       text NOT NULL,
	from_addr inet,
	what      text NOT NULL,
	object    text NOT NULL,
	before    jsonb,
	after     jsonb,
	prev_hash bytea NOT NULL,
	hash      bytea NOT NULL,
	CONSTRAINT audit_log_no_fork UNIQUE (prev_hash)
);
CREATE SEQUENCE muster.audit_log_id OWNED BY muster.audit_log.audit_id;
COMMENT ON TABLE muster.audit_log IS 'Who did what; each row carries the hash of the one before it.';
GRANT SELECT ON muster.audit_log TO muster_administrator;

CREATE FUNCTION muster.audit_no_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'the audit log is append only' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON muster.audit_log
	FOR EACH ROW EXECUTE FUNCTION muster.audit_no_change();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON muster.audit_log
	FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_no_change();

CREATE FUNCTION muster.audit_row_hash(r muster.audit_log) RETURNS bytea LANGUAGE sql STABLE AS $$
	SELECT sha256(r.prev_hash || convert_to(jsonb_build_array(r.audit_id,
		to_char(r.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), r.who, host(r.from_addr), r.what, r.object,
		r.before::text, r.after::text)::text, 'UTF8'))
$$;

-- One writer at a time, so that the chain has no forks. Internal: no role may call it.
CREATE FUNCTION muster.audit_write(p_what text, p_object text, p_before jsonb, p_after jsonb)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	r muster.audit_log;
BEGIN
	PERFORM pg_advisory_xact_lock(7031, 1);
	r.audit_id := nextval('muster.audit_log_id');
	r.at := clock_timestamp();
	r.who := session_user;
	r.from_addr := inet_client_addr();
	r.what := p_what;
	r.object := p_object;
	r.before := p_before;
	r.after := p_after;
	r.prev_hash := coalesce((SELECT hash FROM muster.audit_log ORDER BY audit_id DESC LIMIT 1), ''::bytea);
	r.hash := muster.audit_row_hash(r);
	INSERT INTO muster.audit_log SELECT r.*;
END
$$;

-- Tells consoles and engines which table changed; many changes in one transaction tell once.
CREATE FUNCTION muster.tell_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_notify('muster_change', TG_TABLE_NAME);
	RETURN NULL;
END
$$;
-- As tell_change, and engines load settings and certificates again.
CREATE FUNCTION muster.tell_config() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_notify('muster_change', TG_TABLE_NAME);
	PERFORM pg_notify('muster_config', TG_TABLE_NAME);
	RETURN NULL;
END
$$;
CREATE TRIGGER setting_change AFTER UPDATE ON muster.setting
	FOR EACH STATEMENT EXECUTE FUNCTION muster.tell_config();

CREATE FUNCTION muster.setting_number(p_name text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	SELECT value::bigint FROM muster.setting WHERE name = p_name
$$;

CREATE FUNCTION muster.setting_set(p_name text, p_value text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	s muster.setting;
	n text;
BEGIN
	SELECT * INTO s FROM muster.setting WHERE name = p_name FOR UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'no setting is called "%"', p_name USING ERRCODE = 'no_data_found';
	END IF;
	IF p_value IS NULL THEN
		RAISE EXCEPTION '% needs a value', p_name USING ERRCODE = 'check_violation';
	END IF;
	IF s.kind IN ('number', 'numbers') THEN
		IF p_value !~ '^[0-9]{1,12}( [0-9]{1,12}){0,15}$' OR (s.kind = 'number' AND p_value LIKE '% %') THEN
			RAISE EXCEPTION '% must be %', p_name,
				CASE s.kind WHEN 'number' THEN 'a whole number' ELSE 'whole numbers with a blank between' END
				USING ERRCODE = 'check_violation';
		END IF;
		FOREACH n IN ARRAY string_to_array(p_value, ' ') LOOP
			IF n::bigint < s.least OR n::bigint > s.most THEN
				RAISE EXCEPTION '% must be from % to %', p_name, s.least, s.most
					USING ERRCODE = 'check_violation';
			END IF;
		END LOOP;
	ELSIF s.kind = 'switch' AND p_value NOT IN ('on', 'off') THEN
		RAISE EXCEPTION '% must be on or off', p_name USING ERRCODE = 'check_violation';
	ELSIF s.name = 'log_level' AND p_value NOT IN ('error', 'warning', 'info', 'verbose') THEN
		RAISE EXCEPTION 'log_level must be error, warning, info or verbose' USING ERRCODE = 'check_violation';
	ELSIF length(p_value) > 500 THEN
		RAISE EXCEPTION '% is longer than 500 characters', p_name USING ERRCODE = 'check_violation';
	END IF;
	IF s.value IS DISTINCT FROM p_value THEN
		UPDATE muster.setting SET value = p_value, changed_at = now(), changed_by = session_user
		 WHERE name = p_name;
		PERFORM muster.audit_write('setting_set', p_name, to_jsonb(s.value), to_jsonb(p_value));
	END IF;
END
$$;
GRANT EXECUTE ON FUNCTION muster.setting_set(text, text) TO muster_administrator;
GRANT EXECUTE ON FUNCTION muster.setting_number(text) TO muster_operator, muster_engine;

-- Engine: sign on (a restart keeps the node and its jobs' history), heartbeat, sign off.
CREATE FUNCTION muster.node_start(p_name text, p_version text, p_pid integer) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	INSERT INTO muster.engine_node AS n (name, version, pid, started_at, heartbeat_at)
	VALUES (p_name, p_version, p_pid, now(), now())
	ON CONFLICT (name) DO UPDATE SET version = excluded.version, pid = excluded.pid,
		started_at = now(), heartbeat_at = now(), stopped_at = NULL, workers = 0, busy = 0
	RETURNING node_id
$$;
CREATE FUNCTION muster.node_beat(p_node integer, p_workers integer, p_busy integer, p_hellos bigint,
	p_refused bigint, p_stopping boolean) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	UPDATE muster.engine_node
	   SET heartbeat_at = now(), workers = p_workers, busy = p_busy, hellos = hellos + p_hellos,
	       refused = refused + p_refused, stopped_at = CASE WHEN p_stopping THEN now() END
	 WHERE node_id = p_node
$$;
GRANT EXECUTE ON FUNCTION muster.node_start(text, text, integer),
	muster.node_beat(integer, integer, integer, bigint, bigint, boolean) TO muster_engine;
CREATE TRIGGER engine_node_change AFTER INSERT OR UPDATE ON muster.engine_node
	FOR EACH STATEMENT EXECUTE FUNCTION muster.tell_change();

-- A new engine key, by "musterctl key init" and "key rotate" under the engine's role.
CREATE FUNCTION muster.engine_key_set(p_key_id text, p_public bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	UPDATE muster.engine_key SET until_at = now() WHERE until_at IS NULL AND key_id <> p_key_id;
	INSERT INTO muster.engine_key (key_id, public_key) VALUES (p_key_id, p_public)
	ON CONFLICT (key_id) DO UPDATE SET until_at = NULL WHERE engine_key.public_key = excluded.public_key;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'key % is another key', p_key_id USING ERRCODE = 'unique_violation';
	END IF;
	PERFORM muster.audit_write('engine_key_set', p_key_id, NULL, NULL);
END
$$;
GRANT EXECUTE ON FUNCTION muster.engine_key_set(text, bytea) TO muster_engine;
