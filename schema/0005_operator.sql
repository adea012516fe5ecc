-- SPDX-License-Identifier: Apache-2.0
-- 0005_operator
-- Why    what operators do: each function checks, audits and acts in one transaction.
-- Locks  none: functions.

/*
 * approve: give devices a profile, an FQDN and an OU, and queue them. p_fqdn is parallel to p_uuid,
 * or one pattern for all: {uuid} stands for the last 12 hex digits, {n} for a running number; NULL
 * keeps what the device has. Answers one row a device; code 0 means queued. A device that is
 * refused is left as it was.
 */
CREATE FUNCTION muster.approve(p_uuid uuid[], p_profile text, p_fqdn text[], p_ou text)
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
	-- In the order in which hello_batch locks them, and before the audit log is.
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
			code := 103; text := 'already in the queue';
		ELSIF d.state IN ('configured', 'detected') THEN
			code := 102; text := 'already provisioned: accept it again first';
		ELSIF d.state = 'held' THEN
			code := 1813; text := 'held: release it first';
		ELSIF d.hello_version = 2 THEN
			code := 1308; text := 'asks for PSK configuration, which is not served yet';
		ELSIF coalesce((SELECT s.count FROM muster.hash_set s WHERE s.hash_set_id = d.hash_set_id), 0) = 0
			AND d.address IS NOT NULL THEN
			code := 1305; text := 'its hello offers no root hash, so no certificate can open it';
		ELSIF d.address IS NULL THEN
			code := 1401; text := 'has not said hello yet: stage it instead';
		ELSIF coalesce(profile, d.profile_id) IS NULL THEN
			code := 1702; text := 'no profile given';
		ELSIF want IS NULL THEN
			code := 913; text := 'no FQDN given';
		ELSIF want !~ '^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+$' OR length(want) > 253 THEN
			code := 1703; text := format('"%s" is not an FQDN', left(want, 80));
		ELSIF EXISTS (SELECT FROM muster.device o WHERE lower(o.fqdn) = lower(want) AND o.device_id <> d.device_id) THEN
			code := 1703; text := format('FQDN %s belongs to another device', want);
		ELSE
			BEGIN
				UPDATE muster.device SET fqdn = want, ou = coalesce(p_ou, ou), profile_id = coalesce(profile, profile_id),
					mapped_by = session_user WHERE device_id = d.device_id;
			EXCEPTION WHEN unique_violation THEN -- taken by somebody at this very moment
				code := 1703; text := format('FQDN %s belongs to another device', want);
				RETURN NEXT;
				CONTINUE;
			END;
			PERFORM muster.job_queue(d.device_id, session_user::text, 'approved by ' || session_user, false);
			PERFORM muster.event_add(3::smallint, id, NULL, 0, format('Approved by %s: FQDN %s', session_user, want));
			PERFORM muster.audit_write('approve', id::text,
				jsonb_build_object('state', d.state, 'fqdn', d.fqdn, 'profile_id', d.profile_id, 'ou', d.ou),
				jsonb_build_object('fqdn', want, 'profile', p_profile, 'ou', p_ou));
			text := 'queued as ' || want;
		END IF;
		RETURN NEXT;
	END LOOP;
END
$$;

/*
 * device_command: hold, release, retry (now) or accept (again, after code 102), for many devices.
 * Answers one row a device; code 0 means done.
 */
CREATE FUNCTION muster.device_command(p_uuid uuid[], p_command text, p_why text)
RETURNS TABLE (uuid uuid, code integer, text text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	d muster.device;
	id uuid;
	who text := session_user;
BEGIN
	IF p_command IS NULL OR p_command NOT IN ('hold', 'release', 'retry', 'accept') THEN
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
			UPDATE muster.device SET state = 'held', reason_code = 1813,
				reason = 'held by ' || who || coalesce(': ' || nullif(left(p_why, 200), ''), '') WHERE device_id = d.device_id;
		ELSIF p_command = 'release' AND d.state = 'held' THEN
			UPDATE muster.device SET state = 'waiting', reason_code = 1812, reason = 'released by ' || who
			 WHERE device_id = d.device_id;
		ELSIF p_command = 'accept' AND d.state IN ('configured', 'detected') THEN
			UPDATE muster.device SET state = 'waiting', reason_code = 1812, reason = 'accepted again by ' || who
			 WHERE device_id = d.device_id;
		ELSIF p_command = 'retry' AND d.state = 'ready' THEN
			UPDATE muster.job SET run_at = now() WHERE device_id = d.device_id AND state = 'queued';
			PERFORM pg_notify('muster_job', '');
		ELSIF p_command = 'retry' AND d.state = 'failed' AND d.fqdn IS NOT NULL AND d.profile_id IS NOT NULL THEN
			PERFORM muster.job_queue(d.device_id, who, 'retried by ' || who, false);
		ELSE
			code := 1105; text := format('cannot %s a device that is %s', p_command, d.state);
		END IF;
		IF code = 0 THEN
			PERFORM muster.event_add(3::smallint, id, NULL, 0, format('Operator %s: %s', who, p_command));
			PERFORM muster.audit_write(p_command, id::text, jsonb_build_object('state', d.state, 'reason', d.reason),
				jsonb_build_object('why', p_why));
		END IF;
		RETURN NEXT;
	END LOOP;
END
$$;

CREATE FUNCTION muster.staged_add(p_uuid uuid, p_fqdn text, p_profile text, p_ou text, p_note text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	s muster.staged_device;
	old jsonb := (SELECT to_jsonb(o) FROM muster.staged_device o WHERE o.uuid = p_uuid);
	d muster.device;
BEGIN
	SELECT * INTO d FROM muster.device o WHERE o.uuid = p_uuid FOR NO KEY UPDATE;
	SELECT p_uuid, p_fqdn, p.profile_id, p_ou, coalesce(p_note, ''), now(), session_user
	  INTO s FROM muster.profile p WHERE p.name = p_profile;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'no profile is called "%"', p_profile USING ERRCODE = 'no_data_found';
	END IF;
	IF EXISTS (SELECT FROM muster.device o WHERE lower(o.fqdn) = lower(p_fqdn) AND o.uuid <> p_uuid) THEN
		RAISE EXCEPTION 'FQDN % belongs to another device', p_fqdn USING ERRCODE = 'unique_violation';
	END IF;
	INSERT INTO muster.staged_device SELECT s.*
	ON CONFLICT (uuid) DO UPDATE SET fqdn = excluded.fqdn, profile_id = excluded.profile_id, ou = excluded.ou,
		note = excluded.note, created_at = excluded.created_at, created_by = excluded.created_by;
	PERFORM muster.audit_write('staged_add', p_uuid::text, old, to_jsonb(s));
	IF d.state IN ('waiting', 'failed', 'setup', 'unprovisioned') AND d.address IS NOT NULL THEN
		RETURN CASE muster.hello_decide(d) WHEN 0 THEN 'queued' ELSE 'staged' END;
	END IF;
	RETURN 'staged';
END
$$;

CREATE FUNCTION muster.staged_remove(p_uuid uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	old jsonb := (SELECT to_jsonb(o) FROM muster.staged_device o WHERE o.uuid = p_uuid);
BEGIN
	IF old IS NULL THEN
		RETURN false;
	END IF;
	DELETE FROM muster.staged_device WHERE uuid = p_uuid;
	PERFORM muster.audit_write('staged_remove', p_uuid::text, old, NULL);
	RETURN true;
END
$$;

/*
 * profile_save: a new revision of a profile, or a new profile. p_secret and p_sealed are parallel: passwords sealed
 * for "profile/NAME/SECRET". A secret that is not given is taken over from the revision before.
 * Returns the revision number; an unchanged profile makes no new revision.
 */
CREATE FUNCTION muster.profile_save(p_name text, p_body jsonb, p_secret text[], p_sealed bytea[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	id integer;
	old muster.profile_revision;
	new_id integer;
	number integer;
BEGIN
	INSERT INTO muster.profile (name) VALUES (p_name) ON CONFLICT (name) DO NOTHING;
	SELECT profile_id INTO id FROM muster.profile WHERE name = p_name FOR NO KEY UPDATE;
	SELECT * INTO old FROM muster.profile_revision WHERE profile_id = id ORDER BY revision DESC LIMIT 1;
	IF old.body = p_body AND coalesce(cardinality(p_secret), 0) = 0 THEN
		RETURN old.revision;
	END IF;
	number := coalesce(old.revision, 0) + 1;
	INSERT INTO muster.profile_revision (profile_id, revision, body) VALUES (id, number, p_body)
	RETURNING profile_revision_id INTO new_id;
	INSERT INTO muster.profile_secret
	SELECT new_id, s.name, s.sealed FROM unnest(p_secret, p_sealed) AS s (name, sealed);
	INSERT INTO muster.profile_secret
	SELECT new_id, s.name, s.sealed FROM muster.profile_secret s
	 WHERE s.profile_revision_id = old.profile_revision_id ON CONFLICT DO NOTHING;
	PERFORM muster.audit_write('profile_save', p_name, old.body, p_body);
	PERFORM pg_notify('muster_change', 'profile');
	RETURN number;
END
$$;

-- Devices that failed for want of a fitting certificate are tried again. Internal.
CREATE FUNCTION muster.setup_certificate_retry(p_why text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	d bigint;
BEGIN
	FOR d IN SELECT device_id FROM muster.device
			WHERE state = 'failed' AND (reason_code BETWEEN 1601 AND 1608 OR reason_code = 1403)
			ORDER BY uuid FOR NO KEY UPDATE LOOP
		PERFORM muster.job_queue(d, session_user::text, p_why, true);
	END LOOP;
END
$$;

/*
 * setup_certificate_add: the key is sealed for "setup_certificate/SHA256". Devices that failed for
 * want of a fitting certificate are tried again.
 */
CREATE FUNCTION muster.setup_certificate_add(p_sha256 bytea, p_domain text, p_subject text, p_issuer text, p_chain bytea,
	p_sealed bytea, p_not_before timestamptz, p_not_after timestamptz, p_sha1_root bytea, p_sha256_root bytea,
	p_sha384_root bytea) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	id integer;
	d bigint;
BEGIN
	INSERT INTO muster.setup_certificate (sha256, domain, subject, issuer, chain, sealed_key, not_before, not_after,
		root_sha1, root_sha256, root_sha384)
	VALUES (p_sha256, p_domain, p_subject, p_issuer, p_chain, p_sealed, p_not_before, p_not_after, p_sha1_root,
		p_sha256_root, p_sha384_root)
	ON CONFLICT (sha256) DO UPDATE SET domain = excluded.domain, chain = excluded.chain, sealed_key = excluded.sealed_key, enabled = true,
		root_sha1 = excluded.root_sha1, root_sha256 = excluded.root_sha256, root_sha384 = excluded.root_sha384
	RETURNING setup_certificate_id INTO id;
	PERFORM muster.setup_certificate_retry('a setup certificate was added');
	PERFORM muster.audit_write('setup_certificate_add', encode(p_sha256, 'hex'), NULL,
		jsonb_build_object('domain', p_domain, 'subject', p_subject, 'not_after', p_not_after));
	RETURN id;
END
$$;

CREATE FUNCTION muster.setup_certificate_enable(p_sha256 bytea, p_enabled boolean) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	UPDATE muster.setup_certificate SET enabled = p_enabled WHERE sha256 = p_sha256 AND enabled <> p_enabled;
	IF NOT FOUND THEN
		RETURN false;
	END IF;
	IF p_enabled THEN
		PERFORM muster.setup_certificate_retry('a setup certificate was switched on');
	END IF;
	PERFORM muster.audit_write('setup_certificate_enable', encode(p_sha256, 'hex'), NULL, to_jsonb(p_enabled));
	RETURN true;
END
$$;

-- What the console's first screen shows, in one round trip.
CREATE FUNCTION muster.overview() RETURNS TABLE (key text, value bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	SELECT 'state:' || e.s, coalesce(c.n, 0)
	  FROM unnest(ARRAY['waiting', 'ready', 'configuring', 'configured', 'failed', 'setup', 'unprovisioned', 'held',
		'detected']) AS e (s) LEFT JOIN (SELECT d.state, count(*) AS n FROM muster.device d GROUP BY 1) c ON c.state = e.s
	UNION ALL SELECT 'jobs:queued', count(*) FROM muster.job WHERE state = 'queued'
	UNION ALL SELECT 'jobs:due', count(*) FROM muster.job WHERE state = 'queued' AND run_at <= now()
	UNION ALL SELECT 'jobs:oldest_s', coalesce(extract(epoch FROM now() - min(run_at))::bigint, 0)
		FROM muster.job WHERE state = 'queued' AND run_at <= now()
	UNION ALL SELECT 'profiles', count(*) FROM muster.profile
	UNION ALL SELECT 'setup_certificates', count(*) FROM muster.setup_certificate WHERE enabled AND not_after > now()
	UNION ALL SELECT 'staged', count(*) FROM muster.staged_device
	UNION ALL SELECT 'rejected_hour', coalesce(sum(count), 0)::bigint FROM muster.hello_rejected WHERE at > now() - interval '1 hour'
$$;

GRANT EXECUTE ON FUNCTION muster.approve(uuid[], text, text[], text), muster.device_command(uuid[], text, text),
	muster.staged_add(uuid, text, text, text, text), muster.staged_remove(uuid),
	muster.profile_save(text, jsonb, text[], bytea[]), muster.overview() TO muster_operator;
GRANT EXECUTE ON FUNCTION muster.setup_certificate_add(bytea, text, text, text, bytea, bytea, timestamptz, timestamptz,
	bytea, bytea, bytea), muster.setup_certificate_enable(bytea, boolean) TO muster_administrator;
