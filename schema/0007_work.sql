-- SPDX-License-Identifier: Apache-2.0
-- 0007_work
-- Why    operators move jobs in the queue, see what happens per minute, and are told what is missing; lists
--        of devices are sorted by change of state, and by FQDN within a state.
-- Locks  device, while its indexes are made and its rows are counted once; else new tables, functions.

CREATE INDEX device_by_change ON muster.device (state_at, device_id);
-- Devices that say hello every minute have no FQDN yet, as a rule: their hellos do not touch it.
CREATE INDEX device_by_name ON muster.device (state, lower(fqdn)) WHERE fqdn IS NOT NULL;

/*
 * device_command: hold, release, retry (now), cancel (a job that is queued) or accept (again, after code
 * 102), for many devices. Answers one row a device; code 0 means done.
 */
CREATE OR REPLACE FUNCTION muster.device_command(p_uuid uuid[], p_command text, p_why text)
RETURNS TABLE (uuid uuid, code integer, text text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	d muster.device;
	id uuid;
	who text := session_user;
	because text := coalesce(': ' || nullif(left(p_why, 200), ''), '');
BEGIN
	IF p_command IS NULL OR p_command NOT IN ('hold', 'release', 'retry', 'cancel', 'accept') THEN
		RAISE EXCEPTION 'no such command: %', p_command USING ERRCODE = 'invalid_parameter_value';
	END IF;
	PERFORM FROM muster.device WHERE device.uuid = ANY (p_uuid) ORDER BY device.uuid FOR NO KEY UPDATE;
	FOREACH id IN ARRAY p_uuid LOOP
		uuid := id;
		code := 0;
		text := p_command || ' done';
		SELECT * INTO d FROM muster.device WHERE device.uuid = id FOR NO KEY UPDATE;
		IF d.device_id IS NULL THEN
			code := 1106; text := 'no device has this UUID';
		ELSIF d.state = 'configuring' THEN
			code := 137; text := 'an engine is working on it: try again when the attempt has ended';
		ELSIF p_command = 'hold' AND d.state NOT IN ('held', 'setup', 'unprovisioned') THEN
			UPDATE muster.job SET state = 'cancelled', ended_at = clock_timestamp(), last_code = 1813,
				last_text = 'held by ' || who WHERE device_id = d.device_id AND state = 'queued';
			UPDATE muster.device SET state = 'held', reason_code = 1813, reason = 'held by ' || who || because
			 WHERE device_id = d.device_id;
		ELSIF p_command = 'release' AND d.state = 'held' THEN
			UPDATE muster.device SET state = 'waiting', reason_code = 1812, reason = 'released by ' || who
			 WHERE device_id = d.device_id;
		ELSIF p_command = 'cancel' AND d.state = 'ready' THEN
			UPDATE muster.job SET state = 'cancelled', ended_at = clock_timestamp(), last_code = 1812,
				last_text = 'cancelled by ' || who WHERE device_id = d.device_id AND state = 'queued';
			PERFORM muster.job_cancelled(d.device_id, 'job cancelled by ' || who || because);
		ELSIF p_command = 'accept' AND (d.state IN ('configured', 'detected') OR (d.state = 'failed' AND d.configured_at IS NOT NULL)) THEN
			UPDATE muster.device SET state = 'waiting', reason_code = 1812, reason = 'accepted again by ' || who
			 WHERE device_id = d.device_id;
		ELSIF p_command = 'retry' AND d.state = 'ready' THEN
			UPDATE muster.job SET run_at = now() WHERE device_id = d.device_id AND state = 'queued';
			PERFORM pg_notify('muster_job', '');
		ELSIF p_command = 'retry' AND d.state = 'failed' AND d.fqdn IS NOT NULL AND d.profile_id IS NOT NULL THEN
			PERFORM muster.job_again(d.device_id, who, 'retried by ' || who, false);
		ELSE
			code := 1105; text := format('cannot %s a device that is %s', p_command, d.state);
		END IF;
		IF code = 0 THEN
			PERFORM muster.event_add(3::smallint, id, NULL, 0, format('Operator %s: %s%s', who, p_command, because));
			PERFORM muster.audit_write(p_command, id::text, jsonb_build_object('state', d.state, 'reason', d.reason),
				jsonb_build_object('why', p_why));
		END IF;
		RETURN NEXT;
	END LOOP;
END
$$;

-- job_delay: the next attempt of queued jobs is so many minutes from now. One row a device; code 0: done.
CREATE FUNCTION muster.job_delay(p_uuid uuid[], p_minutes integer)
RETURNS TABLE (uuid uuid, code integer, text text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	d muster.device;
	id uuid;
	at timestamptz;
	had timestamptz;
BEGIN
	IF p_minutes IS NULL OR p_minutes < 1 OR p_minutes > 10080 THEN
		RAISE EXCEPTION 'a delay is from 1 to 10080 minutes (a week)' USING ERRCODE = 'check_violation';
	END IF;
	at := date_trunc('second', now() + make_interval(mins => p_minutes));
	PERFORM FROM muster.device WHERE device.uuid = ANY (p_uuid) ORDER BY device.uuid FOR NO KEY UPDATE;
	FOREACH id IN ARRAY p_uuid LOOP
		uuid := id;
		SELECT * INTO d FROM muster.device WHERE device.uuid = id;
		SELECT j.run_at INTO had FROM muster.job j WHERE j.device_id = d.device_id AND j.state = 'queued' FOR NO KEY UPDATE;
		IF d.device_id IS NULL THEN
			code := 1106; text := 'no device has this UUID';
		ELSIF d.state = 'configuring' THEN
			code := 137; text := 'an engine is working on it: try again when the attempt has ended';
		ELSIF had IS NULL THEN
			code := 1105; text := format('cannot delay a device that is %s', d.state);
		ELSE
			code := 0; text := format('next attempt in %s minutes', p_minutes);
			-- A job that is put off is tried as long after as it would have been before.
			UPDATE muster.job j SET run_at = at, give_up_at = greatest(j.give_up_at, at + (j.give_up_at - greatest(had, now())))
			 WHERE j.device_id = d.device_id AND j.state = 'queued';
			PERFORM muster.event_add(3::smallint, id, NULL, 0, format('Operator %s: next attempt in %s minutes', session_user, p_minutes));
			PERFORM muster.audit_write('delay', id::text, jsonb_build_object('run_at', had), jsonb_build_object('run_at', at));
		END IF;
		RETURN NEXT;
	END LOOP;
END
$$;

/*
 * Devices by state, for the console: counting a million rows takes longer than the console may wait. The
 * sum of n over a state's rows is its count. Who changes a state appends a row and waits for nobody;
 * muster.device_count_fold() makes few rows of many.
 */
CREATE TABLE muster.device_count (
	state text NOT NULL,
	n     bigint NOT NULL
);
COMMENT ON TABLE muster.device_count IS 'Devices by state: the sum of n over the rows of a state. Kept by triggers.';
GRANT SELECT ON muster.device_count TO muster_operator;

CREATE FUNCTION muster.device_count_added() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO muster.device_count (state, n) SELECT d.state, count(*) FROM added d GROUP BY d.state;
	RETURN NULL;
END
$$;
CREATE FUNCTION muster.device_count_removed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO muster.device_count (state, n) SELECT d.state, -count(*) FROM removed d GROUP BY d.state;
	RETURN NULL;
END
$$;
CREATE FUNCTION muster.device_count_moved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO muster.device_count (state, n) VALUES (OLD.state, -1), (NEW.state, 1);
	RETURN NULL;
END
$$;
CREATE FUNCTION muster.device_count_emptied() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	DELETE FROM muster.device_count;
	RETURN NULL;
END
$$;
CREATE TRIGGER device_count_added AFTER INSERT ON muster.device
	REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.device_count_added();
CREATE TRIGGER device_count_removed AFTER DELETE ON muster.device
	REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION muster.device_count_removed();
-- Most updates of a device, hellos above all, leave its state as it is: those cost nothing.
CREATE TRIGGER device_count_moved AFTER UPDATE OF state ON muster.device
	FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION muster.device_count_moved();
CREATE TRIGGER device_count_emptied AFTER TRUNCATE ON muster.device
	FOR EACH STATEMENT EXECUTE FUNCTION muster.device_count_emptied();
INSERT INTO muster.device_count (state, n) SELECT d.state, count(*) FROM muster.device d GROUP BY d.state;

-- Done with heartbeats, by one engine at a time; a change that is not committed yet is left for the next one.
CREATE FUNCTION muster.device_count_fold() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF pg_try_advisory_xact_lock(7031, 4) THEN
		WITH gone AS (DELETE FROM muster.device_count RETURNING state, n)
		INSERT INTO muster.device_count (state, n) SELECT g.state, sum(g.n) FROM gone g GROUP BY g.state HAVING sum(g.n) <> 0;
	END IF;
END
$$;

-- Hellos per minute, as engines report them with their heartbeats.
CREATE TABLE muster.activity (
	minute  timestamptz NOT NULL,
	node_id integer NOT NULL REFERENCES muster.engine_node,
	hellos  bigint NOT NULL,
	refused bigint NOT NULL,
	PRIMARY KEY (minute, node_id)
);
COMMENT ON TABLE muster.activity IS 'Hellos of each minute and engine; kept for a week.';
GRANT SELECT ON muster.activity TO muster_operator, muster_engine;

CREATE OR REPLACE FUNCTION muster.node_beat(p_node integer, p_workers integer, p_busy integer, p_hellos bigint,
	p_refused bigint, p_stopping boolean) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	UPDATE muster.engine_node
	   SET heartbeat_at = now(), workers = p_workers, busy = p_busy, hellos = hellos + p_hellos,
	       refused = refused + p_refused, stopped_at = CASE WHEN p_stopping THEN now() END
	 WHERE node_id = p_node;
	INSERT INTO muster.activity AS a (minute, node_id, hellos, refused)
	SELECT date_trunc('minute', now()), p_node, p_hellos, p_refused WHERE p_hellos > 0 OR p_refused > 0
	ON CONFLICT (minute, node_id) DO UPDATE SET hellos = a.hellos + excluded.hellos, refused = a.refused + excluded.refused;
	SELECT muster.device_count_fold();
$$;

-- What the console's first screen shows, in one round trip. Nothing here may cost more the more devices there
-- are: what is counted row by row is counted no further than 100000.
CREATE OR REPLACE FUNCTION muster.overview() RETURNS TABLE (key text, value bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	WITH states AS (
		SELECT e.s, coalesce((SELECT sum(c.n) FROM muster.device_count c WHERE c.state = e.s), 0)::bigint AS n
		  FROM unnest(ARRAY['waiting', 'ready', 'configuring', 'configured', 'failed', 'setup', 'unprovisioned', 'held',
			'detected']) AS e (s)
	)
	SELECT 'state:' || s, n FROM states
	UNION ALL SELECT 'jobs:queued', n FROM states WHERE s = 'ready'
	UNION ALL SELECT 'jobs:due', count(*) FROM (SELECT FROM muster.job WHERE state = 'queued' AND run_at <= now() LIMIT 100000) d
	UNION ALL SELECT 'jobs:oldest_s', coalesce(extract(epoch FROM now() - min(run_at))::bigint, 0)
		FROM muster.job WHERE state = 'queued' AND run_at <= now()
	UNION ALL SELECT 'profiles', count(*) FROM muster.profile
	UNION ALL SELECT 'setup_certificates', count(*) FROM muster.setup_certificate WHERE enabled AND not_after > now()
	UNION ALL SELECT 'staged', count(*) FROM (SELECT FROM muster.staged_device LIMIT 100000) s
	UNION ALL SELECT 'rejected_hour', coalesce(sum(count), 0)::bigint FROM muster.hello_rejected WHERE at > now() - interval '1 hour'
$$;

-- The last so many minutes (at most a day), the one that is not over included, the newest last.
CREATE FUNCTION muster.activity_list(p_minutes integer)
RETURNS TABLE (minute timestamptz, hellos bigint, refused bigint, done bigint, failed bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	WITH span AS (
		SELECT date_trunc('minute', now()) - make_interval(mins => least(greatest(p_minutes, 1), 1440) - 1) AS since,
		       date_trunc('minute', now()) + interval '1 minute' AS until
	), h AS (
		SELECT minute, sum(hellos)::bigint AS hellos, sum(refused)::bigint AS refused FROM muster.activity, span
		 WHERE minute >= since AND minute < until GROUP BY minute
	), j AS (
		SELECT date_trunc('minute', ended_at) AS minute, count(*) FILTER (WHERE state = 'done') AS done,
		       count(*) FILTER (WHERE state = 'failed') AS failed
		  FROM muster.job, span WHERE ended_at >= since AND ended_at < until GROUP BY 1
	)
	SELECT m, coalesce(h.hellos, 0), coalesce(h.refused, 0), coalesce(j.done, 0), coalesce(j.failed, 0)
	  FROM span, generate_series(since, date_trunc('minute', now()), interval '1 minute') AS m
	  LEFT JOIN h ON h.minute = m LEFT JOIN j ON j.minute = m ORDER BY m
$$;

-- What a service needs before it can configure a device, and what it should have. place: the screen where it is put right, or help.
CREATE FUNCTION muster.readiness() RETURNS TABLE (item text, state text, says text, place text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	n bigint;
	t timestamptz;
	s text;
BEGIN
	item := 'Engine key'; place := 'help';
	SELECT count(*) INTO n FROM muster.engine_key WHERE until_at IS NULL;
	state := CASE WHEN n > 0 THEN 'ok' ELSE 'missing' END;
	says := CASE WHEN n > 0 THEN 'passwords can be sealed' ELSE 'run "musterctl key init" on the engine''s host' END;
	RETURN NEXT;

	item := 'Engine'; place := 'help';
	SELECT count(*) INTO n FROM muster.engine_node
	 WHERE stopped_at IS NULL AND heartbeat_at > now() - make_interval(secs => muster.setting_number('lease_s'));
	state := CASE WHEN n > 0 THEN 'ok' ELSE 'missing' END;
	says := CASE WHEN n > 0 THEN n || ' running' ELSE 'none runs: start musterd' END;
	RETURN NEXT;

	item := 'Setup certificate'; place := 'help';
	SELECT count(*), max(not_after) INTO n, t FROM muster.setup_certificate WHERE enabled AND not_after > now();
	state := CASE WHEN n = 0 THEN 'missing' WHEN t < now() + interval '60 days' THEN 'weak' ELSE 'ok' END;
	says := CASE WHEN n = 0 THEN 'none is valid: run "musterctl cert add FILE"'
		ELSE format('%s valid, the last one until %s', n, to_char(t, 'YYYY-MM-DD')) END;
	RETURN NEXT;

	item := 'Profile'; place := 'profiles';
	SELECT count(*) INTO n FROM muster.profile;
	state := CASE WHEN n > 0 THEN 'ok' ELSE 'missing' END;
	says := CASE WHEN n > 0 THEN n || CASE n WHEN 1 THEN ' profile' ELSE ' profiles' END ELSE 'none: make one' END;
	RETURN NEXT;

	item := 'Staged devices'; place := 'staged';
	SELECT count(*) INTO n FROM (SELECT FROM muster.staged_device LIMIT 100000) s;
	state := CASE WHEN n > 0 THEN 'ok' ELSE 'weak' END;
	says := CASE WHEN n > 0 THEN n || CASE n WHEN 100000 THEN ' and more' ELSE '' END || ' wait for their hello' ELSE 'none: each device waits for an approval' END;
	RETURN NEXT;

	item := 'People'; place := 'users';
	SELECT count(*) INTO n FROM muster.user_list() u WHERE NOT u.superuser AND u.can_login;
	state := CASE WHEN n > 0 THEN 'ok' ELSE 'weak' END;
	says := CASE WHEN n > 0 THEN n || ' with a role' ELSE 'only superusers may log in: give people roles' END;
	RETURN NEXT;

	item := 'Hellos'; place := 'pending';
	SELECT max(hello_last_at) INTO t FROM muster.device;
	state := CASE WHEN t > now() - interval '1 day' THEN 'ok' ELSE 'weak' END;
	says := CASE WHEN t IS NULL THEN format('none yet; devices look for provisionserver:%s', muster.setting_number('hello_port'))
		ELSE 'last ' || to_char(t, 'YYYY-MM-DD HH24:MI') END;
	RETURN NEXT;

	item := 'Event log'; place := 'settings';
	SELECT value INTO s FROM muster.setting WHERE name = 'log_level';
	n := muster.setting_number('log_retention_days');
	state := CASE WHEN s = 'verbose' AND n > 30 THEN 'weak' ELSE 'ok' END;
	says := CASE WHEN s = 'verbose' AND n > 30 THEN format('verbose and kept for %s days: shorten that', n)
		ELSE format('level %s, kept for %s days', s, n) END;
	RETURN NEXT;
END
$$;

GRANT EXECUTE ON FUNCTION muster.job_delay(uuid[], integer), muster.activity_list(integer), muster.readiness() TO muster_operator;

-- Debug trace: the conversations with devices, in files of the engines.
INSERT INTO muster.setting (name, value, kind, least, most, standard, unit, description)
SELECT s.name, s.standard, s.kind, s.least, s.most, s.standard, s.unit, s.description
  FROM (VALUES
	('trace', 'text', NULL::bigint, NULL::bigint, '', '', 'Devices whose conversations engines write to files: empty for none, all, or UUIDs with blanks between.')
  ) AS s (name, kind, least, most, standard, unit, description);

-- What setting_set cannot know of one setting.
CREATE FUNCTION muster.setting_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.name = 'trace' AND NEW.value !~* '^(all|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}( [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})*)?$' THEN
		RAISE EXCEPTION 'trace must be empty, all, or UUIDs with a blank between' USING ERRCODE = 'check_violation';
	END IF;
	RETURN NEW;
END
$$;
CREATE TRIGGER setting_check BEFORE UPDATE OF value ON muster.setting FOR EACH ROW EXECUTE FUNCTION muster.setting_check();

ALTER TABLE muster.engine_node ADD COLUMN trace_dir text NOT NULL DEFAULT '', ADD COLUMN trace_bytes bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN muster.engine_node.trace_dir IS 'Where the engine writes its debug trace; empty while it writes none.';
CREATE FUNCTION muster.node_trace(p_node integer, p_dir text, p_bytes bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	UPDATE muster.engine_node SET trace_dir = left(p_dir, 500), trace_bytes = p_bytes WHERE node_id = p_node
$$;
GRANT EXECUTE ON FUNCTION muster.node_trace(integer, text, bigint) TO muster_engine;
