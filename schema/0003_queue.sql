-- SPDX-License-Identifier: Apache-2.0
-- 0003_queue
-- Why    jobs, their steps, and the event log.
-- Locks  none: new tables.
CREATE TABLE muster.job (
	job_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	device_id   bigint NOT NULL REFERENCES muster.device,
	kind        text NOT NULL,
	state       text NOT NULL,
	run_at      timestamptz NOT NULL DEFAULT now(),
	attempt     integer NOT NULL DEFAULT 0,
	login_round integer NOT NULL DEFAULT 0,
	give_up_at  timestamptz NOT NULL,
	node_id     integer REFERENCES muster.engine_node,
	lease_until timestamptz,
	asked_by    text NOT NULL,
	asked_at    timestamptz NOT NULL DEFAULT now(),
	why         text NOT NULL,
	started_at  timestamptz,
	ended_at    timestamptz,
	last_code   integer NOT NULL DEFAULT 0,
	last_text   text NOT NULL DEFAULT '',
	CONSTRAINT job_kind CHECK (kind IN ('configure')),
	CONSTRAINT job_state CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
	CONSTRAINT job_lease CHECK ((state = 'running') = (lease_until IS NOT NULL))
);
CREATE UNIQUE INDEX job_one_live ON muster.job (device_id) WHERE state IN ('queued', 'running');
CREATE INDEX job_due ON muster.job (run_at, job_id) WHERE state = 'queued';
CREATE INDEX job_leases ON muster.job (lease_until) WHERE state = 'running';
CREATE INDEX job_by_device ON muster.job (device_id, job_id);
CREATE INDEX job_by_end ON muster.job (ended_at) WHERE ended_at IS NOT NULL;
COMMENT ON COLUMN muster.job.login_round IS 'Attempts that used up their tries at passwords; the next one goes on with further ones.';
COMMENT ON TABLE muster.job IS 'The queue. At most one live job a device: that is errors 103 and 137.';
CREATE TRIGGER job_change AFTER INSERT OR UPDATE ON muster.job
	FOR EACH STATEMENT EXECUTE FUNCTION muster.tell_change();

CREATE TABLE muster.step_result (
	job_id     bigint NOT NULL REFERENCES muster.job,
	attempt    integer NOT NULL,
	seq        smallint NOT NULL,
	step       text NOT NULL,
	title      text NOT NULL,
	outcome    text NOT NULL,
	code       integer NOT NULL DEFAULT 0,
	detail     text NOT NULL DEFAULT '',
	started_at timestamptz NOT NULL,
	took_ms    integer NOT NULL,
	PRIMARY KEY (job_id, attempt, seq),
	CONSTRAINT step_result_outcome CHECK (outcome IN ('done', 'skipped', 'failed', 'unknown'))
);
COMMENT ON TABLE muster.step_result IS 'What each step of an attempt did, and how long it took.';
CREATE TRIGGER step_result_change AFTER INSERT ON muster.step_result
	FOR EACH STATEMENT EXECUTE FUNCTION muster.tell_change();

CREATE SEQUENCE muster.event_log_id;
CREATE TABLE muster.event_log (
	at       timestamptz NOT NULL,
	event_id bigint NOT NULL DEFAULT nextval('muster.event_log_id'),
	level    smallint NOT NULL,
	uuid     uuid,
	node_id  integer,
	job_id   bigint,
	code     integer NOT NULL DEFAULT 0,
	text     text NOT NULL,
	CONSTRAINT event_log_level CHECK (level BETWEEN 1 AND 4),
	PRIMARY KEY (at, event_id)
) PARTITION BY RANGE (at);
CREATE INDEX event_log_by_uuid ON muster.event_log (uuid, at, event_id);
CREATE INDEX event_log_bad ON muster.event_log (at, event_id) WHERE level <= 2;
COMMENT ON TABLE muster.event_log IS 'What happened. Levels: 1 error, 2 warning, 3 info, 4 verbose.';
CREATE TRIGGER event_log_change AFTER INSERT ON muster.event_log
	FOR EACH STATEMENT EXECUTE FUNCTION muster.tell_change();
CREATE TABLE muster.event_log_other PARTITION OF muster.event_log DEFAULT;
COMMENT ON TABLE muster.event_log_other IS 'Lines of days that have no partition of their own.';

-- Days ahead get their partition, days past the retention lose theirs. Returns days dropped.
CREATE FUNCTION muster.event_log_maintain() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	day date := (now() AT TIME ZONE 'UTC')::date;
	keep date := day - (SELECT value::integer FROM muster.setting WHERE name = 'log_retention_days');
	part text;
	dropped integer := 0;
BEGIN
	PERFORM pg_advisory_xact_lock(7031, 2);
	FOR i IN 0..7 LOOP
		part := 'event_log_' || to_char(day + i, 'YYYYMMDD');
		IF to_regclass('muster.' || part) IS NULL AND NOT EXISTS (SELECT FROM muster.event_log_other
				WHERE at >= (day + i)::timestamp AT TIME ZONE 'UTC'
				  AND at < (day + i + 1)::timestamp AT TIME ZONE 'UTC') THEN
			EXECUTE format('CREATE TABLE muster.%I PARTITION OF muster.event_log FOR VALUES FROM (%L) TO (%L)',
				part, (day + i)::text || ' 00:00:00+00', (day + i + 1)::text || ' 00:00:00+00');
		END IF;
	END LOOP;
	FOR part IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
			WHERE i.inhparent = 'muster.event_log'::regclass AND c.relname ~ '^event_log_[0-9]{8}$'
			  AND to_date(right(c.relname, 8), 'YYYYMMDD') < keep LOOP
		EXECUTE format('DROP TABLE muster.%I', part);
		dropped := dropped + 1;
	END LOOP;
	DELETE FROM muster.event_log_other WHERE at < keep::timestamp AT TIME ZONE 'UTC';
	DELETE FROM muster.hello_rejected WHERE at < keep::timestamp AT TIME ZONE 'UTC';
	RETURN dropped;
END
$$;
SELECT muster.event_log_maintain();

GRANT SELECT ON muster.event_log TO muster_log_viewer, muster_engine;
GRANT SELECT ON muster.job, muster.step_result TO muster_operator, muster_engine;
GRANT EXECUTE ON FUNCTION muster.event_log_maintain() TO muster_engine;

-- One line, from a function of the database itself. In plpgsql, as all that is called often: it keeps
-- its plans for the session, where a function in SQL is planned anew with every call.
CREATE FUNCTION muster.event_add(p_level smallint, p_uuid uuid, p_job bigint, p_code integer, p_text text)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO muster.event_log (at, level, uuid, job_id, code, text)
	VALUES (clock_timestamp(), p_level, p_uuid, p_job, p_code, p_text);
END
$$;

-- Engine: lines of its log writer, in order.
CREATE FUNCTION muster.event_write(p_node integer, p_at timestamptz[], p_level smallint[], p_uuid uuid[],
	p_job bigint[], p_code integer[], p_text text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO muster.event_log (at, level, uuid, node_id, job_id, code, text)
	SELECT l.at, l.level, l.uuid, p_node, l.job, l.code, l.text
	  FROM unnest(p_at, p_level, p_uuid, p_job, p_code, p_text)
	       WITH ORDINALITY AS l (at, level, uuid, job, code, text, n)
	 ORDER BY l.n;
END
$$;
GRANT EXECUTE ON FUNCTION muster.event_write(integer, timestamptz[], smallint[], uuid[], bigint[], integer[], text[])
	TO muster_engine;
