-- SPDX-License-Identifier: Apache-2.0
-- data: the small world the console's tests look at. test.reset() makes it anew, always the same:
-- devices are numbered from 1, times are fixed. Everything is done by the functions that the engine
-- and the operators use; only the times are set by hand.
SET client_min_messages = warning;
\o /dev/null
CREATE SCHEMA test;

-- Device 7 is 00000007-0000-4000-8000-000000000007.
CREATE FUNCTION test.u(n integer) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
	SELECT (lpad(to_hex(n), 8, '0') || '-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid
$$;
CREATE FUNCTION test.at(s double precision) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
	SELECT '2026-01-15 08:00:00+00'::timestamptz + make_interval(secs => s)
$$;
CREATE FUNCTION test.node() RETURNS integer LANGUAGE sql STABLE AS 'SELECT min(node_id) FROM muster.engine_node';

CREATE FUNCTION test.hello(n integer, p_address inet DEFAULT NULL, p_version integer DEFAULT 1, p_hashes integer DEFAULT 3,
	p_pid text DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM muster.hello_batch(test.node(), ARRAY[test.at(n)], ARRAY[test.u(n)],
		ARRAY[coalesce(p_address, '10.20.0.0'::inet + n)], ARRAY[50000 + n % 1000], ARRAY[p_version]::smallint[],
		ARRAY[1]::bigint[], ARRAY[false], ARRAY[p_pid],
		ARRAY[CASE WHEN p_hashes >= 0 THEN muster.hash_set_id(sha256(p_hashes::text::bytea), '\x00', p_hashes) END]);
END
$$;

CREATE FUNCTION test.job(n integer) RETURNS muster.job LANGUAGE sql STABLE AS $$
	SELECT j FROM muster.job j JOIN muster.device d USING (device_id) WHERE d.uuid = test.u(n) ORDER BY j.job_id DESC LIMIT 1
$$;
CREATE FUNCTION test.state(n integer) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT state || ' ' || reason_code FROM muster.device WHERE uuid = test.u(n)
$$;
-- An attempt of device n ends.
CREATE FUNCTION test.ends(n integer, p_outcome text, p_code integer, p_text text, p_state text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	j muster.job := test.job(n);
BEGIN
	PERFORM muster.job_end(j.job_id, j.node_id, j.attempt, p_outcome, p_code, p_text, now() + interval '2 minutes', p_state,
		CASE p_outcome WHEN 'done' THEN (SELECT max(profile_revision_id) FROM muster.profile_revision) END,
		CASE p_outcome WHEN 'done' THEN true END);
END
$$;
-- A line of the log, now.
CREATE FUNCTION test.line(n integer, p_level integer, p_code integer, p_text text) RETURNS void LANGUAGE sql AS $$
	SELECT muster.event_write(test.node(), ARRAY[clock_timestamp()], ARRAY[p_level]::smallint[], ARRAY[test.u(n)],
		ARRAY[NULL]::bigint[], ARRAY[p_code], ARRAY[p_text])
$$;

CREATE FUNCTION test.steps(n integer) RETURNS void LANGUAGE sql AS $$
	SELECT muster.step_write(array_agg((test.job(n)).job_id), array_agg(1), array_agg(o::smallint), array_agg(id), array_agg(title),
		array_agg(outcome), array_agg(code), array_agg(detail), array_agg(test.at(20 + o * 0.7)), array_agg(took))
	  FROM (VALUES
		(1, 'connect', 'Connect to the device', 'done', 0, 'TLS 1.2, certificate pinned', 212),
		(2, 'login', 'Log in', 'done', 0, '', 88),
		(3, 'facts', 'Read the facts', 'done', 0, 'AMT 12.0.45', 341),
		(4, 'rng', 'Seed the random number generator', 'skipped', 0, 'AMT 12.0.45 has none', 0),
		(5, 'clock', 'Set the clock', 'done', 0, '2 s off', 97),
		(6, 'host-name', 'Set the host name', 'done', 0, 'pc1.corp.example', 120),
		(7, 'tls', 'Set up TLS', 'done', 0, '', 1520),
		(8, 'acl', 'Grant realms', 'done', 0, '2 users', 260),
		(9, 'commit', 'Commit the changes', 'unknown', 1406, 'connection lost before the answer', 5003),
		(10, 'verify', 'Verify', 'done', 0, '', 640)
	  ) AS s (o, id, title, outcome, code, detail, took)
$$;

CREATE FUNCTION test.reset() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	i integer;
BEGIN
	SET LOCAL session_replication_role = replica; -- the tables that keep everything let go, this once
	TRUNCATE muster.device, muster.staged_device, muster.profile, muster.engine_node, muster.event_log,
		muster.hello_rejected, muster.hash_set, muster.audit_log, muster.setup_certificate, muster.device_count,
		muster.activity RESTART IDENTITY CASCADE;
	PERFORM setval('muster.event_log_id', 1, false);
	UPDATE muster.audit_end SET audit_id = 0, hash = '';
	SET LOCAL session_replication_role = origin;
	PERFORM muster.node_start('engine one', '0.1.0', 1234);
	PERFORM muster.profile_save('office', '{"tls": true}', ARRAY['admin'], ARRAY['\x01'::bytea]);
	PERFORM muster.profile_save('kiosk', '{"tls": true}', ARRAY['admin'], ARRAY['\x01'::bytea]);
	INSERT INTO muster.setup_certificate (sha256, domain, subject, issuer, chain, sealed_key, not_before, not_after, root_sha1,
		root_sha256, root_sha384) VALUES (sha256('c'), 'corp.example', 'CN=setup', 'CN=root', '', '', test.at(0),
		test.at(0) + interval '80 years', '', '', '');
	FOR i IN 1..5 LOOP
		PERFORM muster.staged_add(test.u(i), format('pc%s.corp.example', i), 'office', 'OU=pcs,DC=corp,DC=example', '');
		PERFORM test.hello(i);
	END LOOP;
	PERFORM muster.staged_add(test.u(11), 'pc11.corp.example', 'kiosk', NULL, '');
	PERFORM test.hello(11);
	PERFORM muster.job_claim(test.node(), 10, 60);
	PERFORM muster.device_facts((test.job(1)).job_id, test.node(), 1, '12.0.45', '1509', 'OptiPlex 7060', 'SN0001',
		'02:00:00:00:00:01', 2::smallint);
	PERFORM test.steps(1);
	PERFORM test.ends(1, 'done', 0, '');
	PERFORM test.ends(2, 'failed', 1602, 'the device offers 3 root hashes, none is that of CN=root', 'failed');
	PERFORM test.ends(3, 'retry', 1401, '10.20.0.3:16993: connection refused');
	PERFORM test.ends(4, 'back', 0, 'engine stops');
	PERFORM muster.device_command(ARRAY[test.u(4)], 'hold', 'on the repair desk');
	PERFORM test.ends(11, 'failed', 1802, 'admin password is not one of ours', 'detected');
	PERFORM test.hello(6);
	PERFORM test.hello(7, 'fd00:20::7');
	PERFORM test.hello(8, NULL, 2, -1, 'AB12CD34');
	PERFORM test.hello(9, NULL, 1, 0);
	PERFORM muster.staged_add(test.u(10), 'pc10.corp.example', 'office', NULL, '');
	UPDATE muster.staged_device SET fqdn = 'pc1.corp.example' WHERE uuid = test.u(10);
	PERFORM test.hello(10);
	PERFORM test.hello(12);
	PERFORM muster.event_write(test.node(), array_agg(test.at(0)), array_agg(level::smallint), array_agg(test.u(device)),
		array_agg(NULL::bigint), array_agg(code), array_agg(text))
	  FROM (VALUES
		(1, 3, 0, 'Incoming connection from 10.20.0.1:50001'), (1, 3, 0, 'Start configuration, attempt 1'),
		(1, 4, 0, 'TLS 1.2, certificate pinned'), (1, 3, 0, 'AMT 12.0.45, OptiPlex 7060'), (1, 3, 0, 'Set the host name: pc1.corp.example'),
		(1, 3, 0, 'Grant realms: 2 users'), (1, 2, 1406, 'Commit the changes: connection lost before the answer'),
		(1, 3, 0, 'Verified: the device is as the profile says'), (1, 3, 0, 'Configuration completed'),
		(2, 1, 1602, 'Root of the setup certificate not trusted by the device'),
		(3, 2, 1401, 'Cannot contact back AMT: 10.20.0.3:16993: connection refused')
	  ) AS l (device, level, code, text);
	-- One time for everything: what the pictures show must not depend on when they are made.
	ALTER TABLE muster.event_log DISABLE TRIGGER USER;
	UPDATE muster.event_log SET at = test.at(event_id * 1.25);
	ALTER TABLE muster.event_log ENABLE TRIGGER USER;
	UPDATE muster.job SET run_at = test.at(300), give_up_at = now() + interval '1 year', lease_until = lease_until + interval '1 day';
	UPDATE muster.job SET ended_at = test.at(60) WHERE ended_at IS NOT NULL;
	UPDATE muster.setting SET value = standard, changed_by = 'muster', changed_at = test.at(0);
	UPDATE muster.job SET run_at = '2099-01-15 08:02:00+00' WHERE state = 'queued';
	UPDATE muster.device SET state_at = test.at(100 + device_id), configured_at = test.at(60) + (configured_at - configured_at);
	UPDATE muster.engine_node SET workers = 10, busy = 1, hellos = 12, started_at = test.at(0), heartbeat_at = now();
	ANALYZE muster.event_log;
END
$$;

-- A large site: devices from 1001 on, all waiting; and lines of the log, one a second from 2025 on.
CREATE FUNCTION test.many_devices(n integer) RETURNS void LANGUAGE sql AS $$
	INSERT INTO muster.device (uuid, state, reason_code, reason, address, hello_version, hello_count, hello_first_at, hello_last_at,
		hash_set_id)
	SELECT test.u(1000 + i), 'waiting', 913, 'no staged device for this UUID: approve it with a profile and an FQDN',
	       '10.30.0.0'::inet + i, 1, 1, test.at(0), test.at(0), (SELECT hash_set_id FROM muster.hash_set WHERE count = 3)
	  FROM generate_series(1, n) AS i ORDER BY i
$$;
CREATE FUNCTION test.many_lines(n integer) RETURNS void LANGUAGE sql AS $$
	INSERT INTO muster.event_log (at, level, uuid, text)
	SELECT '2025-01-01 00:00:00+00'::timestamptz + make_interval(secs => i), 3, test.u(1 + i % 12), 'Line ' || i
	  FROM generate_series(1, n) AS i
$$;
GRANT USAGE ON SCHEMA test TO PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA test TO PUBLIC;
SELECT test.reset();
