-- SPDX-License-Identifier: Apache-2.0
-- 0011_retire
-- Why    configured devices are configured again, taken over from another service, and unprovisioned.
-- Locks  job, certificate for columns with constant defaults: no rewrite.

ALTER TABLE muster.job
	ADD full_unprovision boolean NOT NULL DEFAULT false,
	ADD forced     boolean NOT NULL DEFAULT false,
	ADD sent       boolean NOT NULL DEFAULT false,
	ADD from_state text NOT NULL DEFAULT 'waiting',
	DROP CONSTRAINT job_kind,
	ADD CONSTRAINT job_kind CHECK (kind IN ('configure', 'take-over', 'unprovision'));
COMMENT ON COLUMN muster.job.full_unprovision IS 'unprovision: to the state of the factory; else back to setup.';
COMMENT ON COLUMN muster.job.forced IS 'unprovision: also when the device has no way back.';
COMMENT ON COLUMN muster.job.sent IS 'unprovision: written before the request leaves, so that a lost answer is looked into and not repeated blindly.';
COMMENT ON COLUMN muster.job.from_state IS 'What the device was when it was queued.';

ALTER TABLE muster.certificate ADD ended_at timestamptz, ADD end_reason text NOT NULL DEFAULT '';
COMMENT ON COLUMN muster.certificate.ended_at IS 'When the device was unprovisioned, or got another certificate.';

INSERT INTO muster.device_edge VALUES
	('configured', 'ready', 'to be configured again, or unprovisioned'),
	('detected', 'ready', 'to be taken over'),
	('ready', 'configured', 'the job was cancelled before it began'),
	('ready', 'detected', 'the job was cancelled before it began'),
	('ready', 'setup', 'the job was cancelled before it began'),
	('ready', 'unprovisioned', 'the job was cancelled before it began'),
	('configuring', 'setup', 'partially unprovisioned'),
	('configuring', 'unprovisioned', 'fully unprovisioned');

-- Puts a job of any kind in the queue. p_keep_pin: nobody but the device or we know of it, so the certificate it
-- showed before must be the one it shows now; else an operator knows that it may be another. Internal.
CREATE FUNCTION muster.job_add(p_device bigint, p_kind text, p_by text, p_why text, p_keep_pin boolean, p_full boolean,
	p_forced boolean) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	id bigint;
BEGIN
	INSERT INTO muster.job (device_id, kind, state, asked_by, why, run_at, give_up_at, full_unprovision, forced, from_state)
	SELECT p_device, p_kind, 'queued', p_by, p_why,
	       -- A device that has just refused passwords may have locked: it is left alone for as long as between attempts.
	       greatest(now(), (SELECT max(j.ended_at) + make_interval(secs => muster.setting_number('login_spacing_s')::integer)
		FROM muster.job j WHERE j.device_id = p_device AND j.last_code = 1407)),
	       now() + make_interval(hours => muster.setting_number('retry_limit_h')::integer), p_full, p_forced, d.state
	  FROM muster.device d WHERE d.device_id = p_device
	RETURNING job_id INTO id;
	UPDATE muster.device SET state = 'ready', reason_code = 0, reason = p_why,
		pin = CASE WHEN p_keep_pin THEN pin END WHERE device_id = p_device;
	PERFORM pg_notify('muster_job', '');
	RETURN id;
END
$$;

CREATE OR REPLACE FUNCTION muster.job_queue(p_device bigint, p_by text, p_why text, p_keep_pin boolean) RETURNS bigint
LANGUAGE sql AS $$
	SELECT muster.job_add(p_device, 'configure', p_by, p_why, p_keep_pin, false, false)
$$;

-- The job that was last, once more, and its kind with what was asked. Internal.
CREATE FUNCTION muster.job_again(p_device bigint, p_by text, p_why text, p_keep_pin boolean) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	j muster.job;
	id bigint;
BEGIN
	SELECT * INTO j FROM muster.job WHERE device_id = p_device ORDER BY job_id DESC LIMIT 1;
	IF NOT FOUND THEN
		RETURN muster.job_queue(p_device, p_by, p_why, p_keep_pin);
	END IF;
	id := muster.job_add(p_device, j.kind, p_by, p_why, p_keep_pin OR j.kind = 'unprovision', j.full_unprovision, j.forced);
	-- What was sent before may have been done.
	UPDATE muster.job SET sent = j.sent, from_state = j.from_state WHERE job_id = id;
	RETURN id;
END
$$;

-- May this device get this FQDN? '' when it may. Internal.
CREATE FUNCTION muster.fqdn_refusal(p_device bigint, p_fqdn text) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT CASE
		WHEN p_fqdn !~ '^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+$' OR length(p_fqdn) > 253
			THEN format('"%s" is not an FQDN', left(p_fqdn, 80))
		WHEN EXISTS (SELECT FROM muster.device o WHERE lower(o.fqdn) = lower(p_fqdn) AND o.device_id <> p_device)
			THEN format('FQDN %s belongs to another device', p_fqdn)
		ELSE '' END
$$;

/*
 * device_reprovision: configured devices are configured again, with another profile, FQDN or OU, or with the
 * newest revision of what they have. p_fqdn as for approve. Answers one row a device; code 0 means queued.
 */
CREATE FUNCTION muster.device_reprovision(p_uuid uuid[], p_profile text, p_fqdn text[], p_ou text)
RETURNS TABLE (uuid uuid, code integer, text text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	d muster.device;
	profile integer;
	want text;
	n integer := 0;
	id uuid;
BEGIN
	SELECT p.profile_id INTO profile FROM muster.profile p WHERE p.name = p_profile;
	IF p_profile IS NOT NULL AND profile IS NULL THEN
		RAISE EXCEPTION 'no profile is called "%"', p_profile USING ERRCODE = 'no_data_found';
	END IF;
	PERFORM FROM muster.device WHERE device.uuid = ANY (p_uuid) ORDER BY device.uuid FOR NO KEY UPDATE;
	FOREACH id IN ARRAY p_uuid LOOP
		n := n + 1;
		uuid := id;
		code := 0;
		text := '';
		SELECT * INTO d FROM muster.device WHERE device.uuid = id FOR NO KEY UPDATE;
		want := CASE WHEN cardinality(p_fqdn) = 1 THEN p_fqdn[1] ELSE p_fqdn[n] END;
		want := replace(replace(want, '{uuid}', right(replace(id::text, '-', ''), 12)), '{n}', n::text);
		want := coalesce(nullif(want, ''), d.fqdn);
		IF d.device_id IS NULL THEN
			code := 1106; text := 'no device has this UUID';
		ELSIF d.state IN ('configuring', 'ready') THEN
			code := 137; text := muster.job_busy(d.device_id);
		ELSIF d.state <> 'configured' THEN
			code := 1105; text := format('cannot reprovision a device that is %s', d.state);
		ELSIF muster.fqdn_refusal(d.device_id, want) <> '' THEN
			code := 1703; text := muster.fqdn_refusal(d.device_id, want);
		ELSE
			BEGIN
				UPDATE muster.device SET fqdn = want, ou = coalesce(p_ou, ou), profile_id = coalesce(profile, profile_id),
					mapped_by = CASE WHEN lower(fqdn) = lower(want) THEN mapped_by ELSE session_user END
				 WHERE device_id = d.device_id;
			EXCEPTION WHEN unique_violation THEN -- taken by somebody at this very moment
				code := 1703; text := format('FQDN %s belongs to another device', want);
				RETURN NEXT;
				CONTINUE;
			END;
			PERFORM muster.job_add(d.device_id, 'configure', session_user::text, 'reprovision by ' || session_user, true, false, false);
			PERFORM muster.event_add(3::smallint, id, NULL, 0, format('Reprovision by %s: FQDN %s', session_user, want));
			PERFORM muster.audit_write('reprovision', id::text,
				jsonb_build_object('fqdn', d.fqdn, 'profile_id', d.profile_id, 'ou', d.ou),
				jsonb_build_object('fqdn', want, 'profile', p_profile, 'ou', p_ou));
			text := 'queued as ' || want;
		END IF;
		RETURN NEXT;
	END LOOP;
END
$$;

-- What is going on with a device that is in the queue, in words for code 137. Internal.
CREATE FUNCTION muster.job_busy(p_device bigint) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT format('a job is %s: %s', j.state, j.why) FROM muster.job j
	 WHERE j.device_id = p_device AND j.state IN ('queued', 'running')
$$;

/*
 * device_unprovision: back to setup (partial: it keeps its admin password, its names and its pre-shared key, and
 * says hello again), or to the state of the factory (p_full). p_force: also when the device would have no way
 * back. Full and forced ones are for Administrators. Answers one row a device; code 0 means queued.
 */
CREATE FUNCTION muster.device_unprovision(p_uuid uuid[], p_full boolean, p_force boolean, p_why text)
RETURNS TABLE (uuid uuid, code integer, text text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	d muster.device;
	id uuid;
	what text := CASE WHEN p_full THEN 'full unprovision' ELSE 'partial unprovision' END;
	because text := coalesce(': ' || nullif(left(p_why, 200), ''), '');
BEGIN
	IF p_full IS NULL OR p_force IS NULL THEN
		RAISE EXCEPTION 'full and force are true or false' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	IF (p_full OR p_force) AND NOT pg_has_role(session_user, 'muster_administrator', 'member') THEN
		RAISE EXCEPTION '% is for Administrators', CASE WHEN p_full THEN what ELSE 'force' END USING ERRCODE = 'insufficient_privilege';
	END IF;
	PERFORM FROM muster.device WHERE device.uuid = ANY (p_uuid) ORDER BY device.uuid FOR NO KEY UPDATE;
	FOREACH id IN ARRAY p_uuid LOOP
		uuid := id;
		code := 0;
		text := 'queued: ' || what;
		SELECT * INTO d FROM muster.device WHERE device.uuid = id FOR NO KEY UPDATE;
		IF d.device_id IS NULL THEN
			code := 1106; text := 'no device has this UUID';
		ELSIF d.state IN ('configuring', 'ready') THEN
			code := 137; text := muster.job_busy(d.device_id);
		ELSIF d.state <> 'configured' AND NOT (d.state = 'failed' AND d.configured_at IS NOT NULL) THEN
			code := 1105; text := format('cannot unprovision a device that is %s', d.state);
		ELSE
			PERFORM muster.job_add(d.device_id, 'unprovision', session_user::text, what || ' by ' || session_user || because, true,
				p_full, p_force);
			PERFORM muster.event_add(3::smallint, id, NULL, 0, format('Operator %s: %s%s', session_user, what, because));
			PERFORM muster.audit_write('unprovision', id::text, jsonb_build_object('state', d.state, 'fqdn', d.fqdn),
				jsonb_build_object('full', p_full, 'force', p_force, 'why', p_why));
		END IF;
		RETURN NEXT;
	END LOOP;
END
$$;

/*
 * device_take_over: a device that another service configured becomes ours. p_sealed: passwords of admin it may
 * have, sealed as credentials of the device, the likeliest first; at most six, for each costs a try before the
 * device locks. They are kept, as all credentials are. p_address: where it is, for a configured device says no
 * hello; NULL: where it was seen.
 */
CREATE FUNCTION muster.device_take_over(p_uuid uuid, p_profile text, p_fqdn text, p_ou text, p_sealed bytea[], p_address inet)
RETURNS TABLE (uuid uuid, code integer, text text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	d muster.device;
	profile integer;
	want text;
BEGIN
	uuid := p_uuid;
	code := 0;
	SELECT p.profile_id INTO profile FROM muster.profile p WHERE p.name = p_profile;
	IF p_profile IS NOT NULL AND profile IS NULL THEN
		RAISE EXCEPTION 'no profile is called "%"', p_profile USING ERRCODE = 'no_data_found';
	END IF;
	IF coalesce(cardinality(p_sealed), 0) NOT BETWEEN 0 AND 6 OR array_position(p_sealed, NULL) IS NOT NULL THEN
		RAISE EXCEPTION 'at most six passwords' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	SELECT * INTO d FROM muster.device WHERE device.uuid = p_uuid FOR NO KEY UPDATE;
	want := coalesce(nullif(p_fqdn, ''), d.fqdn);
	IF d.device_id IS NULL AND p_address IS NULL THEN
		code := 1106; text := 'no device has this UUID: give its address';
	ELSIF d.state IN ('configuring', 'ready') THEN
		code := 137; text := muster.job_busy(d.device_id);
	ELSIF d.state NOT IN ('detected', 'waiting', 'failed') THEN
		code := 1105; text := format('cannot take over a device that is %s', d.state);
	ELSIF coalesce(p_address, d.address) IS NULL THEN
		code := 1401; text := 'its address is not known: give it';
	ELSIF coalesce(profile, d.profile_id) IS NULL THEN
		code := 1702; text := 'no profile given';
	ELSIF want IS NULL THEN
		code := 913; text := 'no FQDN given';
	ELSIF muster.fqdn_refusal(d.device_id, want) <> '' THEN
		code := 1703; text := muster.fqdn_refusal(d.device_id, want);
	ELSE
		IF d.device_id IS NULL THEN
			INSERT INTO muster.device (uuid, state, reason) VALUES (p_uuid, 'detected', 'told by ' || session_user) RETURNING * INTO d;
		END IF;
		UPDATE muster.device SET fqdn = want, ou = coalesce(p_ou, ou), profile_id = coalesce(profile, profile_id),
			address = coalesce(p_address, address), mapped_by = session_user WHERE device_id = d.device_id;
		-- The likeliest is the youngest, for that is the order in which they are tried.
		INSERT INTO muster.credential (device_id, kind, state, sealed, since_at, note)
		SELECT d.device_id, 'admin', 'previous', s.box, clock_timestamp() - make_interval(secs => s.n * 0.001), 'given by ' || session_user
		  FROM unnest(p_sealed) WITH ORDINALITY AS s (box, n);
		PERFORM muster.job_add(d.device_id, 'take-over', session_user::text, 'take-over by ' || session_user, false, false, false);
		PERFORM muster.event_add(3::smallint, p_uuid, NULL, 0, format('Take-over by %s: FQDN %s', session_user, want));
		PERFORM muster.audit_write('take_over', p_uuid::text, jsonb_build_object('state', d.state, 'fqdn', d.fqdn),
			jsonb_build_object('fqdn', want, 'profile', p_profile, 'ou', p_ou, 'address', host(p_address), 'passwords', coalesce(cardinality(p_sealed), 0)));
		text := 'queued as ' || want;
	END IF;
	RETURN NEXT;
EXCEPTION WHEN unique_violation THEN -- the FQDN was taken by somebody at this very moment
	code := 1703; text := format('FQDN %s belongs to another device', want);
	RETURN NEXT;
END
$$;

-- job_sent: the request to unprovision is about to leave.
CREATE FUNCTION muster.job_sent(p_job bigint, p_node integer, p_attempt integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	j muster.job := muster.job_mine(p_job, p_node, p_attempt);
BEGIN
	UPDATE muster.job SET sent = true WHERE job_id = j.job_id;
END
$$;

-- What a device leaves behind when it is unprovisioned. Internal.
CREATE FUNCTION muster.device_retired(p_device bigint, p_full boolean) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	UPDATE muster.certificate SET ended_at = clock_timestamp(), end_reason = 'unprovisioned'
	 WHERE device_id = p_device AND ended_at IS NULL;
	-- Partially: the device keeps its admin password, its names and its pre-shared key. Source: protocol/wsman.md 7.24.
	UPDATE muster.device SET state = CASE WHEN p_full THEN 'unprovisioned' ELSE 'setup' END, reason_code = 0,
		reason = CASE WHEN p_full THEN 'fully unprovisioned' ELSE 'partially unprovisioned: says hello again' END,
		pin = NULL, tls_certificate = NULL, tls = NULL, profile_revision_id = NULL, configured_at = NULL, verified_at = NULL,
		fqdn = CASE WHEN NOT p_full THEN fqdn END, ou = CASE WHEN NOT p_full THEN ou END,
		profile_id = CASE WHEN NOT p_full THEN profile_id END, mapped_by = CASE WHEN NOT p_full THEN mapped_by END
	 WHERE device_id = p_device;
	IF p_full THEN
		-- Whether the MEBx password outlives it is not certain: it stays the current one. Source: the same.
		UPDATE muster.credential SET state = 'previous', note = 'before the device was fully unprovisioned'
		 WHERE device_id = p_device AND kind <> 'mebx' AND state IN ('pending', 'current');
	END IF;
END
$$;

-- The last job of a device was cancelled while it was queued: what the device is now. Internal.
CREATE FUNCTION muster.job_cancelled(p_device bigint, p_reason text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	j muster.job;
BEGIN
	SELECT * INTO j FROM muster.job WHERE device_id = p_device ORDER BY job_id DESC LIMIT 1;
	IF j.from_state NOT IN ('configured', 'detected', 'setup', 'unprovisioned') THEN
		UPDATE muster.device SET state = 'waiting', reason_code = 1812, reason = p_reason WHERE device_id = p_device;
	ELSIF j.attempt = 0 THEN
		UPDATE muster.device SET state = j.from_state, reason_code = 0, reason = p_reason WHERE device_id = p_device;
	ELSE
		UPDATE muster.device SET state = 'failed', reason_code = 1812,
			reason = format('%s after %s attempts: how far they came is in the log', p_reason, j.attempt) WHERE device_id = p_device;
	END IF;
END
$$;

GRANT EXECUTE ON FUNCTION muster.device_reprovision(uuid[], text, text[], text), muster.device_unprovision(uuid[], boolean, boolean, text)
	TO muster_operator;
GRANT EXECUTE ON FUNCTION muster.device_take_over(uuid, text, text, text, bytea[], inet) TO muster_administrator;
GRANT EXECUTE ON FUNCTION muster.job_sent(bigint, integer, integer) TO muster_engine;
