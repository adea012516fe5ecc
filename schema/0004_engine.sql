-- SPDX-License-Identifier: Apache-2.0
-- 0004_engine
-- Why    what only the engine may do: take in hellos, hold jobs, write credentials, settle outcomes.
-- Locks  none: functions.

-- Puts a job for a device in the queue; the device must be able to go to ready. p_keep_pin: nobody
-- but the device asked, so the certificate it showed before must be the one it shows now. Internal.
CREATE FUNCTION muster.job_queue(p_device bigint, p_by text, p_why text, p_keep_pin boolean) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	id bigint;
BEGIN
	INSERT INTO muster.job (device_id, kind, state, asked_by, why, give_up_at)
	VALUES (p_device, 'configure', 'queued', p_by, p_why,
		now() + make_interval(hours => muster.setting_number('retry_limit_h')::integer))
	RETURNING job_id INTO id;
	-- A device that was reset by hand has another certificate now, and an operator knows of it.
	UPDATE muster.device SET state = 'ready', reason_code = 0, reason = p_why,
		pin = CASE WHEN p_keep_pin THEN pin END WHERE device_id = p_device;
	PERFORM pg_notify('muster_job', '');
	RETURN id;
END
$$;

-- Staged data becomes the device's own. Internal. False: another device has the FQDN.
CREATE FUNCTION muster.device_map_staged(p_device bigint, s muster.staged_device) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (SELECT FROM muster.device WHERE lower(fqdn) = lower(s.fqdn) AND device_id <> p_device) THEN
		RETURN false;
	END IF;
	UPDATE muster.device SET fqdn = s.fqdn, ou = s.ou, profile_id = s.profile_id, mapped_by = 'staged devices'
	 WHERE device_id = p_device;
	RETURN true;
EXCEPTION WHEN unique_violation THEN -- taken by somebody at this very moment
	RETURN false;
END
$$;

-- The reason of code 913, in the two places that give it. Internal.
CREATE FUNCTION muster.not_staged() RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT 'no staged device for this UUID: approve it with a profile and an FQDN'
$$;

-- Decides what a hello means for one device that has no live job. Internal. Returns the code of
-- what it waits for, 0 when it was queued.
CREATE FUNCTION muster.hello_decide(d muster.device) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	s muster.staged_device;
	code integer := 0;
	text_ text;
BEGIN
	SELECT * INTO s FROM muster.staged_device WHERE uuid = d.uuid;
	IF d.hello_version = 2 THEN
		code := 1308;
		text_ := 'PSK hello with PID ' || coalesce(left(d.hello_pid, 4) || '-' || right(d.hello_pid, 4), 'unknown') || ': configuration by PSK is not served yet';
	ELSIF coalesce((SELECT count FROM muster.hash_set WHERE hash_set_id = d.hash_set_id), 0) = 0 THEN
		code := 1305;
		text_ := 'the hello offers no root hash';
	ELSIF s.uuid IS NOT NULL AND NOT muster.device_map_staged(d.device_id, s) THEN
		code := 1703;
		text_ := 'staged FQDN ' || s.fqdn || ' belongs to another device';
	ELSIF s.uuid IS NULL AND (d.fqdn IS NULL OR d.profile_id IS NULL) THEN
		code := 913;
		text_ := muster.not_staged();
	ELSIF s.uuid IS NULL THEN
		code := 1812;
		text_ := 'approve it to configure it again';
	END IF;
	IF code = 0 THEN
		PERFORM muster.job_queue(d.device_id, 'hello', 'said hello; found in the staged devices', true);
		PERFORM muster.event_add(3::smallint, d.uuid, NULL, 0, 'Queued: found in the staged devices as ' || s.fqdn);
		RETURN 0;
	END IF;
	IF d.state <> 'waiting' OR d.reason_code <> code OR d.reason <> text_ THEN
		UPDATE muster.device SET state = 'waiting', reason_code = code, reason = text_ WHERE device_id = d.device_id;
		PERFORM muster.event_add(3::smallint, d.uuid, NULL, code, 'Waiting: ' || text_);
	END IF;
	RETURN code;
END
$$;

/*
 * hello_batch: a batch of hellos, made durable in one transaction. The arrays are parallel, one
 * element a hello. Devices are created or updated (address, time, retry count), each connection is
 * logged, and what follows from it is decided: already provisioned (102), already in the queue
 * (103), found in the staged devices (a job), or waiting. Returns a code for each device about which
 * something was decided; a device that goes on waiting is left out.
 */
CREATE FUNCTION muster.hello_batch(p_node integer, p_at timestamptz[], p_uuid uuid[], p_address inet[],
	p_port integer[], p_version smallint[], p_retry bigint[], p_admin boolean[], p_pid text[], p_set bigint[])
RETURNS TABLE (uuid uuid, code integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	all_ids bigint[];
	new_ids bigint[]; -- unknown until now; they wait, with their reason
	ids bigint[];     -- those to decide about
	d muster.device;
BEGIN
	INSERT INTO muster.event_log (at, level, uuid, node_id, text)
	SELECT h.at, 3, h.uuid, p_node, 'Incoming connection from '
	       || CASE family(h.address) WHEN 6 THEN '[' || host(h.address) || ']' ELSE host(h.address) END || ':' || h.port
	  FROM unnest(p_at, p_uuid, p_address, p_port) AS h (at, uuid, address, port);

	-- Most hellos are of devices nobody knows and nobody staged: those are inserted with their reason.
	WITH h AS (
		SELECT DISTINCT ON (u.uuid) u.*, count(*) OVER (PARTITION BY u.uuid) AS n, min(u.at) OVER (PARTITION BY u.uuid) AS first_at
		  FROM unnest(p_at, p_uuid, p_address, p_version, p_retry, p_admin, p_pid, p_set)
		       WITH ORDINALITY AS u (at, uuid, address, version, retry, admin, pid, set_id, o)
		 ORDER BY u.uuid, u.o DESC
	), r AS (
		SELECT h.*, CASE WHEN h.version IS DISTINCT FROM 2 AND s.count > 0 THEN 913 ELSE 0 END AS reason_code
		  FROM h LEFT JOIN muster.hash_set s ON s.hash_set_id = h.set_id
	), up AS (
		INSERT INTO muster.device AS dev (uuid, state, reason_code, reason, address, hello_version, hello_count,
			hello_first_at, hello_last_at, hello_retry, hello_admin_set, hello_pid, hash_set_id)
		SELECT r.uuid, 'waiting', r.reason_code, CASE r.reason_code WHEN 913 THEN muster.not_staged() ELSE '' END,
		       r.address, r.version, r.n, r.first_at, r.at, r.retry, r.admin, r.pid, r.set_id
		  FROM r ORDER BY r.uuid
		ON CONFLICT (uuid) DO UPDATE SET
			-- A refused hello (102) says nothing about the device that is configured.
			address = CASE WHEN dev.state IN ('configured', 'detected') THEN dev.address ELSE excluded.address END,
			hello_version = excluded.hello_version, hello_count = dev.hello_count + excluded.hello_count,
			hello_first_at = coalesce(dev.hello_first_at, excluded.hello_first_at),
			hello_last_at = excluded.hello_last_at, hello_retry = excluded.hello_retry,
			hello_admin_set = excluded.hello_admin_set, hello_pid = excluded.hello_pid,
			hash_set_id = CASE WHEN dev.state IN ('configured', 'detected') THEN dev.hash_set_id ELSE excluded.hash_set_id END
		RETURNING dev.device_id, dev.reason_code, dev.xmax = 0 AS inserted
	)
	SELECT array_agg(up.device_id), array_agg(up.device_id) FILTER (WHERE up.inserted AND up.reason_code = 913)
	  INTO all_ids, new_ids FROM up;

	-- A waiting device that stays so needs no decision.
	SELECT array_agg(dv.device_id) INTO ids FROM muster.device dv
	 WHERE dv.device_id = ANY (all_ids)
	   AND (dv.state <> 'waiting' OR dv.reason_code NOT IN (913, 1812) OR dv.hello_version = 2
		OR EXISTS (SELECT FROM muster.staged_device s WHERE s.uuid = dv.uuid));

	new_ids := ARRAY(SELECT n FROM unnest(new_ids) AS n WHERE n <> ALL (coalesce(ids, '{}')));
	INSERT INTO muster.event_log (at, level, uuid, code, text)
	SELECT clock_timestamp(), 3, dv.uuid, 913, 'Waiting: ' || dv.reason FROM muster.device dv WHERE dv.device_id = ANY (new_ids)
	 ORDER BY dv.device_id;
	RETURN QUERY SELECT dv.uuid, dv.reason_code FROM muster.device dv WHERE dv.device_id = ANY (new_ids);

	FOR d IN SELECT * FROM muster.device WHERE device_id = ANY (ids) ORDER BY device_id FOR NO KEY UPDATE LOOP
		uuid := d.uuid;
		IF d.state IN ('configured', 'detected') THEN
			code := 102;
			PERFORM muster.event_add(2::smallint, d.uuid, NULL, 102,
				'Device already provisioned: hello refused. Reset by hand? Then accept it again.');
		ELSIF d.state IN ('ready', 'configuring') THEN
			code := 103;
			PERFORM muster.event_add(4::smallint, d.uuid, NULL, 103, 'Request already in the queue');
			-- The device is there, perhaps at another address: do not let it wait for the schedule.
			UPDATE muster.job SET run_at = now()
			 WHERE device_id = d.device_id AND state = 'queued' AND run_at > now()
			   AND last_code IN (1401, 1402, 1405, 1406);
			IF FOUND THEN
				PERFORM pg_notify('muster_job', '');
			END IF;
		ELSIF d.state = 'held' THEN
			code := 1813;
		ELSIF d.state = 'failed' AND d.reason_code <> 1810 THEN
			code := d.reason_code;
		ELSIF d.state = 'failed' THEN
			code := 0;
			PERFORM muster.job_again(d.device_id, 'hello', 'said hello again after all attempts were used', true);
			PERFORM muster.event_add(3::smallint, d.uuid, NULL, 0, 'Queued: said hello again after all attempts were used');
		ELSE
			code := muster.hello_decide(d);
		END IF;
		RETURN NEXT;
	END LOOP;
END
$$;

-- Which of these UUIDs have no device yet: asked when there are too many unknown devices.
CREATE FUNCTION muster.hello_unknown(p_uuid uuid[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	SELECT DISTINCT u FROM unnest(p_uuid) AS u WHERE NOT EXISTS (SELECT FROM muster.device d WHERE d.uuid = u)
$$;

CREATE FUNCTION muster.hash_set_id(p_digest bytea, p_entries bytea, p_count integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	id bigint;
BEGIN
	SELECT hash_set_id INTO id FROM muster.hash_set WHERE digest = p_digest;
	IF NOT FOUND THEN
		INSERT INTO muster.hash_set (digest, entries, count) VALUES (p_digest, p_entries, p_count)
		ON CONFLICT (digest) DO UPDATE SET count = excluded.count
		RETURNING hash_set_id INTO id;
	END IF;
	RETURN id;
END
$$;

CREATE FUNCTION muster.hello_reject(p_node integer, p_at timestamptz, p_address inet, p_port integer,
	p_code integer, p_reason text, p_bytes bytea, p_count bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO muster.event_log (at, level, node_id, code, text)
	VALUES (p_at, 2, p_node, p_code, format('Hello refused from %s:%s: %s%s',
		CASE family(p_address) WHEN 6 THEN '[' || host(p_address) || ']' ELSE host(p_address) END, p_port, p_reason,
		CASE WHEN p_count > 1 THEN format(' (%s times)', p_count) ELSE '' END));
	INSERT INTO muster.hello_rejected (at, address, port, code, reason, count, bytes)
	VALUES (p_at, p_address, p_port, p_code, p_reason, p_count, p_bytes);
END
$$;

-- Jobs whose engine let its lease run out go back into the queue. Returns how many.
CREATE FUNCTION muster.job_take_over() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	j record;
	n integer := 0;
BEGIN
	FOR j IN SELECT jb.job_id, jb.device_id, jb.attempt, jb.give_up_at, d.uuid, n2.name FROM muster.job jb
			JOIN muster.device d USING (device_id) LEFT JOIN muster.engine_node n2 USING (node_id)
			WHERE jb.state = 'running' AND jb.lease_until < now()
			ORDER BY jb.job_id LIMIT 500 FOR NO KEY UPDATE OF jb, d SKIP LOCKED LOOP
		PERFORM muster.event_add(2::smallint, j.uuid, j.job_id, 1805,
			format('Engine %s lost its hold on the job; taken over', j.name));
		n := n + 1;
		IF j.give_up_at < now() THEN
			PERFORM muster.event_add(1::smallint, j.uuid, j.job_id, 1810, 'All attempts used: the engine went away each time');
			UPDATE muster.job SET state = 'failed', lease_until = NULL, ended_at = clock_timestamp(), last_code = 1810,
				last_text = 'gave up: engine lost its hold' WHERE job_id = j.job_id;
			UPDATE muster.device SET state = 'failed', reason_code = 1810,
				reason = format('gave up after %s attempts; the last one: engine lost its hold (1805)', j.attempt)
			 WHERE device_id = j.device_id;
			CONTINUE;
		END IF;
		UPDATE muster.job SET state = 'queued', run_at = now(), lease_until = NULL, last_code = 1805,
			last_text = 'engine lost its hold' WHERE job_id = j.job_id;
		UPDATE muster.device SET state = 'ready', reason_code = 1805, reason = 'taken over from an engine that is gone'
		 WHERE device_id = j.device_id;
	END LOOP;
	RETURN n;
END
$$;

CREATE FUNCTION muster.job_claim(p_node integer, p_most integer, p_lease_s integer)
RETURNS TABLE (job_id bigint, device_id bigint, attempt integer, login_round integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH due AS (
		SELECT j.job_id FROM muster.job j JOIN muster.device d USING (device_id)
		 WHERE j.state = 'queued' AND j.run_at <= now()
		 ORDER BY j.run_at, j.job_id LIMIT p_most FOR NO KEY UPDATE OF j, d SKIP LOCKED
	), mine AS (
		UPDATE muster.job j SET state = 'running', attempt = j.attempt + 1, node_id = p_node,
			lease_until = now() + make_interval(secs => p_lease_s), started_at = clock_timestamp()
		  FROM due WHERE j.job_id = due.job_id
		RETURNING j.job_id, j.device_id, j.attempt, j.login_round
	), dev AS (
		UPDATE muster.device d SET state = 'configuring', reason_code = 0, reason = 'attempt ' || mine.attempt
		  FROM mine WHERE d.device_id = mine.device_id
	)
	SELECT * FROM mine;
END
$$;

-- Renews the leases of running jobs, given with the attempts that hold them; what is missing from
-- the answer is lost.
CREATE FUNCTION muster.job_renew(p_node integer, p_jobs bigint[], p_attempts integer[], p_lease_s integer) RETURNS SETOF bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	UPDATE muster.job j SET lease_until = now() + make_interval(secs => p_lease_s)
	  FROM unnest(p_jobs, p_attempts) AS h (id, attempt)
	 WHERE j.job_id = h.id AND j.attempt = h.attempt AND j.node_id = p_node AND j.state = 'running'
	RETURNING j.job_id
$$;

-- Checks that the caller still holds the job. Internal.
CREATE FUNCTION muster.job_mine(p_job bigint, p_node integer, p_attempt integer) RETURNS muster.job
LANGUAGE plpgsql AS $$
DECLARE
	j muster.job;
BEGIN
	SELECT * INTO j FROM muster.job WHERE job_id = p_job FOR NO KEY UPDATE;
	IF NOT FOUND OR j.state <> 'running' OR j.node_id <> p_node OR j.attempt <> p_attempt THEN
		RAISE EXCEPTION 'job % is no longer held by this engine', p_job USING ERRCODE = 'MU805';
	END IF;
	RETURN j;
END
$$;

/*
 * credential_pending: the write-ahead. The password becomes the device's pending one, and the
 * pending one before it, if there is one, is kept as previous. Must be committed before the
 * password leaves for the device.
 */
CREATE FUNCTION muster.credential_pending(p_job bigint, p_node integer, p_attempt integer, p_kind text, p_sealed bytea)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	j muster.job := muster.job_mine(p_job, p_node, p_attempt);
	id bigint;
BEGIN
	UPDATE muster.credential SET state = 'previous', note = 'replaced before it was confirmed'
	 WHERE device_id = j.device_id AND kind = p_kind AND state = 'pending';
	INSERT INTO muster.credential (device_id, kind, state, sealed, job_id)
	VALUES (j.device_id, p_kind, 'pending', p_sealed, p_job) RETURNING credential_id INTO id;
	RETURN id;
END
$$;

-- credential_settle: the device took this one; whatever was current or pending is previous now.
CREATE FUNCTION muster.credential_settle(p_job bigint, p_node integer, p_attempt integer, p_credential bigint)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	j muster.job := muster.job_mine(p_job, p_node, p_attempt);
	c muster.credential;
BEGIN
	SELECT * INTO STRICT c FROM muster.credential WHERE credential_id = p_credential AND device_id = j.device_id;
	UPDATE muster.credential SET state = 'previous', note = 'replaced'
	 WHERE device_id = c.device_id AND kind = c.kind AND state IN ('current', 'pending')
	   AND credential_id <> c.credential_id;
	UPDATE muster.credential SET state = 'current', note = '' WHERE credential_id = c.credential_id AND state <> 'current';
END
$$;

-- credential_refused: the device did not take the pending one; it is kept all the same.
CREATE FUNCTION muster.credential_refused(p_job bigint, p_node integer, p_attempt integer, p_kind text, p_note text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	j muster.job := muster.job_mine(p_job, p_node, p_attempt);
BEGIN
	UPDATE muster.credential SET state = 'previous', note = left(p_note, 200)
	 WHERE device_id = j.device_id AND kind = p_kind AND state = 'pending';
END
$$;

-- device_pin: the certificate shown during setup, kept for every reconnect of the run.
CREATE FUNCTION muster.device_pin(p_job bigint, p_node integer, p_attempt integer, p_pin bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	j muster.job := muster.job_mine(p_job, p_node, p_attempt);
BEGIN
	UPDATE muster.device SET pin = p_pin WHERE device_id = j.device_id;
END
$$;

CREATE FUNCTION muster.device_facts(p_job bigint, p_node integer, p_attempt integer, p_version text, p_build text,
	p_model text, p_serial text, p_mac text, p_mode smallint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	j muster.job := muster.job_mine(p_job, p_node, p_attempt);
BEGIN
	UPDATE muster.device SET amt_version = p_version, amt_build = p_build, model = p_model, serial = p_serial,
		mac = p_mac, control_mode = p_mode WHERE device_id = j.device_id;
END
$$;

CREATE FUNCTION muster.certificate_add(p_job bigint, p_node integer, p_attempt integer, p_ca integer, p_serial text,
	p_sha256 bytea, p_subject text, p_der bytea, p_not_after timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	j muster.job := muster.job_mine(p_job, p_node, p_attempt);
BEGIN
	INSERT INTO muster.certificate (device_id, ca_id, serial, sha256, subject, der, not_after, job_id)
	VALUES (j.device_id, p_ca, p_serial, p_sha256, p_subject, p_der, p_not_after, p_job);
	UPDATE muster.device SET tls_certificate = p_sha256 WHERE device_id = j.device_id;
END
$$;

CREATE FUNCTION muster.step_write(p_job bigint[], p_attempt integer[], p_seq smallint[], p_step text[],
	p_title text[], p_outcome text[], p_code integer[], p_detail text[], p_started timestamptz[], p_took integer[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO muster.step_result
	SELECT * FROM unnest(p_job, p_attempt, p_seq, p_step, p_title, p_outcome, p_code, p_detail, p_started, p_took)
	ON CONFLICT DO NOTHING;
END
$$;

-- A device is what its profile says, and opens with what was pending. Internal.
CREATE FUNCTION muster.device_configured(p_device bigint, p_revision integer, p_tls boolean) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE muster.credential SET state = 'previous', note = 'replaced'
	 WHERE device_id = p_device AND state = 'current' AND kind IN (SELECT c.kind FROM muster.credential c
		WHERE c.device_id = p_device AND c.state = 'pending');
	UPDATE muster.credential SET state = 'current', note = '' WHERE device_id = p_device AND state = 'pending';
	UPDATE muster.device SET state = 'configured', reason_code = 0, reason = 'configured and verified',
		profile_revision_id = p_revision, tls = p_tls, configured_at = clock_timestamp(),
		verified_at = clock_timestamp() WHERE device_id = p_device;
	UPDATE muster.certificate c SET ended_at = clock_timestamp(), end_reason = 'replaced' FROM muster.device d
	 WHERE d.device_id = p_device AND c.device_id = p_device AND c.ended_at IS NULL AND c.sha256 IS DISTINCT FROM d.tls_certificate;
	DELETE FROM muster.staged_device s USING muster.device d
	 WHERE d.device_id = p_device AND s.uuid = d.uuid AND lower(s.fqdn) = lower(d.fqdn) AND s.profile_id = d.profile_id
	   AND s.ou IS NOT DISTINCT FROM d.ou;
END
$$;

/*
 * job_end: one attempt is over. p_outcome:
 *   done    configured and verified: pending credentials become current in this transaction; or unprovisioned
 *   retry   back into the queue for p_run_at, or failed (1810) when give_up_at would pass
 *   back    handed back by an engine that stops: due at once
 *   failed  an operator must act; p_state is failed or detected
 */
CREATE FUNCTION muster.job_end(p_job bigint, p_node integer, p_attempt integer, p_outcome text, p_code integer,
	p_text text, p_run_at timestamptz, p_state text, p_revision integer, p_tls boolean) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	j muster.job := muster.job_mine(p_job, p_node, p_attempt);
	u uuid := (SELECT d.uuid FROM muster.device d WHERE d.device_id = j.device_id);
	outcome text := p_outcome;
	code integer := p_code;
	reason_ text := p_text;
BEGIN
	IF outcome IS NULL OR outcome NOT IN ('done', 'retry', 'back', 'failed') OR p_state NOT IN ('failed', 'detected') THEN
		RAISE EXCEPTION 'no such end of a job: % %', p_outcome, p_state USING ERRCODE = 'invalid_parameter_value';
	END IF;
	IF outcome = 'retry' AND p_run_at > j.give_up_at THEN
		outcome := 'failed';
		code := 1810;
		reason_ := format('gave up after %s attempts; the last one: %s (%s)', j.attempt, p_text, p_code);
		PERFORM muster.event_add(1::smallint, u, p_job, 1810, 'All attempts used: ' || reason_);
	END IF;
	IF outcome = 'done' THEN
		UPDATE muster.job SET state = 'done', lease_until = NULL, ended_at = clock_timestamp(), last_code = 0,
			last_text = '' WHERE job_id = p_job;
		IF j.kind = 'unprovision' THEN
			PERFORM muster.device_retired(j.device_id, j.full_unprovision);
		ELSE
			PERFORM muster.device_configured(j.device_id, p_revision, p_tls);
		END IF;
	ELSIF outcome IN ('retry', 'back') THEN
		UPDATE muster.job SET state = 'queued', lease_until = NULL,
			run_at = CASE outcome WHEN 'back' THEN now() ELSE p_run_at END,
			login_round = login_round + CASE code WHEN 1408 THEN 1 ELSE 0 END,
			last_code = code, last_text = reason_ WHERE job_id = p_job;
		UPDATE muster.device SET state = 'ready', reason_code = code, reason = reason_ WHERE device_id = j.device_id;
		PERFORM pg_notify('muster_job', '');
	ELSE
		UPDATE muster.job SET state = 'failed', lease_until = NULL, ended_at = clock_timestamp(), last_code = code,
			last_text = reason_ WHERE job_id = p_job;
		UPDATE muster.device SET state = coalesce(p_state, 'failed'), reason_code = code, reason = reason_
		 WHERE device_id = j.device_id;
	END IF;
	RETURN outcome;
END
$$;

-- The built-in CA is made by the first engine that needs one.
CREATE FUNCTION muster.ca_add(p_certificate text, p_sealed bytea, p_subject text, p_sha256 bytea, p_not_after timestamptz)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	id integer;
BEGIN
	PERFORM pg_advisory_xact_lock(7031, 3);
	SELECT ca_id INTO id FROM muster.ca WHERE until_at IS NULL;
	IF NOT FOUND THEN
		INSERT INTO muster.ca (certificate, sealed_key, subject, sha256, not_after)
		VALUES (p_certificate, p_sealed, p_subject, p_sha256, p_not_after) RETURNING ca_id INTO id;
	END IF;
	RETURN id;
END
$$;

/*
 * sealed_all, sealed_replace: every sealed box with the text it is bound to, and its replacement,
 * for "musterctl key rotate".
 */
CREATE FUNCTION muster.sealed_all() RETURNS TABLE (place text, id bigint, name text, aad text, sealed bytea)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	SELECT 'credential', c.credential_id, '', 'credential/' || d.uuid || '/' || c.kind, c.sealed
	  FROM muster.credential c JOIN muster.device d USING (device_id)
	UNION ALL
	SELECT 'profile_secret', s.profile_revision_id, s.name, 'profile/' || p.name || '/' || s.name, s.sealed
	  FROM muster.profile_secret s JOIN muster.profile_revision r USING (profile_revision_id)
	  JOIN muster.profile p USING (profile_id)
	UNION ALL
	SELECT 'setup_certificate', setup_certificate_id, '', 'setup_certificate/' || encode(sha256, 'hex'), sealed_key
	  FROM muster.setup_certificate
	UNION ALL
	SELECT 'ca', ca_id, '', 'ca/' || encode(sha256, 'hex'), sealed_key FROM muster.ca
$$;

CREATE FUNCTION muster.sealed_replace(p_place text, p_id bigint, p_name text, p_old bytea, p_sealed bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	CASE p_place
	WHEN 'credential' THEN UPDATE muster.credential SET sealed = p_sealed WHERE credential_id = p_id AND sealed = p_old;
	WHEN 'profile_secret' THEN UPDATE muster.profile_secret SET sealed = p_sealed
		WHERE profile_revision_id = p_id AND name = p_name AND sealed = p_old;
	WHEN 'setup_certificate' THEN UPDATE muster.setup_certificate SET sealed_key = p_sealed
		WHERE setup_certificate_id = p_id AND sealed_key = p_old;
	WHEN 'ca' THEN UPDATE muster.ca SET sealed_key = p_sealed WHERE ca_id = p_id AND sealed_key = p_old;
	END CASE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'no such sealed secret at % %, or it was changed meanwhile', p_place, p_id USING ERRCODE = 'no_data_found';
	END IF;
END
$$;

REVOKE ALL ON FUNCTION muster.job_queue(bigint, text, text, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
	muster.hello_batch(integer, timestamptz[], uuid[], inet[], integer[], smallint[], bigint[], boolean[], text[], bigint[]),
	muster.hash_set_id(bytea, bytea, integer),
	muster.hello_unknown(uuid[]),
	muster.hello_reject(integer, timestamptz, inet, integer, integer, text, bytea, bigint),
	muster.job_take_over(),
	muster.job_claim(integer, integer, integer),
	muster.job_renew(integer, bigint[], integer[], integer),
	muster.credential_pending(bigint, integer, integer, text, bytea),
	muster.credential_settle(bigint, integer, integer, bigint),
	muster.credential_refused(bigint, integer, integer, text, text),
	muster.device_pin(bigint, integer, integer, bytea),
	muster.device_facts(bigint, integer, integer, text, text, text, text, text, smallint),
	muster.certificate_add(bigint, integer, integer, integer, text, bytea, text, bytea, timestamptz),
	muster.step_write(bigint[], integer[], smallint[], text[], text[], text[], integer[], text[], timestamptz[], integer[]),
	muster.job_end(bigint, integer, integer, text, integer, text, timestamptz, text, integer, boolean),
	muster.ca_add(text, bytea, text, bytea, timestamptz),
	muster.sealed_all(),
	muster.sealed_replace(text, bigint, text, bytea, bytea)
	TO muster_engine;
