-- SPDX-License-Identifier: Apache-2.0
-- 0008_reveal
-- Why    an Administrator may see a password of a device, with a reason: the engine opens it and seals it
--        anew for a key that only the asking program has, for two minutes.
-- Locks  none: a new table.
CREATE TABLE muster.reveal (
	reveal_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	credential_id bigint NOT NULL REFERENCES muster.credential,
	asked_by      text NOT NULL,
	asked_at      timestamptz NOT NULL DEFAULT now(),
	reason        text NOT NULL,
	public_key    bytea NOT NULL,
	expires_at    timestamptz NOT NULL,
	answered_at   timestamptz,
	sealed        bytea,
	code          integer NOT NULL DEFAULT 0,
	says          text NOT NULL DEFAULT '',
	read_at       timestamptz,
	CONSTRAINT reveal_key CHECK (length(public_key) = 32)
);
CREATE INDEX reveal_by_credential ON muster.reveal (credential_id);
CREATE INDEX reveal_open ON muster.reveal (expires_at) WHERE sealed IS NOT NULL OR answered_at IS NULL;
COMMENT ON TABLE muster.reveal IS 'Who asked for which password, and why. The answer is gone once it was read or has expired.';
GRANT SELECT (reveal_id, credential_id, asked_by, asked_at, reason, expires_at, answered_at, code, says, read_at)
	ON muster.reveal TO muster_administrator;
GRANT SELECT ON muster.reveal TO muster_engine;

CREATE FUNCTION muster.reveal_ask(p_credential bigint, p_reason text, p_public bytea) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	c record;
	id bigint;
BEGIN
	IF coalesce(length(btrim(p_reason)), 0) < 5 OR length(p_reason) > 500 THEN
		RAISE EXCEPTION 'a reason has 5 to 500 characters' USING ERRCODE = 'check_violation';
	END IF;
	SELECT k.credential_id, k.kind, k.state, d.uuid INTO c FROM muster.credential k JOIN muster.device d USING (device_id)
	 WHERE k.credential_id = p_credential;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'no such password' USING ERRCODE = 'no_data_found';
	END IF;
	INSERT INTO muster.reveal (credential_id, asked_by, reason, public_key, expires_at)
	VALUES (c.credential_id, session_user, btrim(p_reason), p_public, clock_timestamp() + interval '2 minutes') RETURNING reveal_id INTO id;
	PERFORM muster.audit_write('reveal', c.uuid::text, NULL, jsonb_build_object('kind', c.kind, 'state', c.state, 'reason', btrim(p_reason)));
	PERFORM muster.event_add(2::smallint, c.uuid, NULL, 0,
		format('Operator %s asked for the %s password (%s): %s', session_user, c.kind, c.state, btrim(p_reason)));
	PERFORM pg_notify('muster_reveal', '');
	RETURN id;
END
$$;

-- What has expired is closed, and its answer gone. Internal. By the clock: a long transaction keeps nothing open.
CREATE FUNCTION muster.reveal_expire() RETURNS void LANGUAGE sql AS $$
	UPDATE muster.reveal SET sealed = NULL, answered_at = coalesce(answered_at, clock_timestamp()),
		says = CASE WHEN answered_at IS NULL THEN 'no engine answered in time' ELSE says END
	 WHERE expires_at <= clock_timestamp() AND (sealed IS NOT NULL OR answered_at IS NULL)
$$;

-- Engine: what is asked for and not answered.
CREATE FUNCTION muster.reveal_next(p_most integer)
RETURNS TABLE (reveal_id bigint, uuid uuid, kind text, sealed bytea, public_key bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM muster.reveal_expire();
	RETURN QUERY SELECT r.reveal_id, d.uuid, k.kind, k.sealed, r.public_key FROM muster.reveal r
		JOIN muster.credential k USING (credential_id) JOIN muster.device d USING (device_id)
		WHERE r.answered_at IS NULL ORDER BY r.reveal_id LIMIT p_most FOR NO KEY UPDATE OF r SKIP LOCKED;
END
$$;
CREATE FUNCTION muster.reveal_answer(p_reveal bigint, p_sealed bytea, p_code integer, p_says text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	UPDATE muster.reveal SET answered_at = clock_timestamp(), sealed = p_sealed, code = p_code, says = left(p_says, 240)
	 WHERE reveal_id = p_reveal AND answered_at IS NULL AND expires_at > clock_timestamp();
	PERFORM pg_notify('muster_change', 'reveal');
END
$$;

-- The answer, to who asked, once. state: waiting, ready, refused, expired.
CREATE FUNCTION muster.reveal_read(p_reveal bigint) RETURNS TABLE (state text, sealed bytea, code integer, says text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	r muster.reveal;
BEGIN
	SELECT * INTO r FROM muster.reveal v WHERE v.reveal_id = p_reveal AND v.asked_by = session_user FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'no such question of yours' USING ERRCODE = 'no_data_found';
	END IF;
	state := CASE WHEN r.expires_at <= clock_timestamp() OR r.read_at IS NOT NULL THEN 'expired' WHEN r.answered_at IS NULL THEN 'waiting'
		WHEN r.sealed IS NULL THEN 'refused' ELSE 'ready' END;
	sealed := CASE state WHEN 'ready' THEN r.sealed END;
	code := r.code;
	says := r.says;
	IF state = 'ready' THEN
		UPDATE muster.reveal v SET sealed = NULL, read_at = clock_timestamp() WHERE v.reveal_id = p_reveal;
		PERFORM muster.audit_write('reveal_read', p_reveal::text, NULL, NULL);
	END IF;
	RETURN NEXT;
END
$$;

GRANT EXECUTE ON FUNCTION muster.reveal_ask(bigint, text, bytea), muster.reveal_read(bigint) TO muster_administrator;
GRANT EXECUTE ON FUNCTION muster.reveal_next(integer), muster.reveal_answer(bigint, bytea, integer, text) TO muster_engine;

-- As before; activity is kept for a week, and answers that nobody fetched are gone.
CREATE OR REPLACE FUNCTION muster.event_log_maintain() RETURNS integer
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
	DELETE FROM muster.activity WHERE minute < now() - interval '7 days';
	PERFORM muster.reveal_expire();
	RETURN dropped;
END
$$;
