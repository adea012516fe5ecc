-- SPDX-License-Identifier: Apache-2.0
-- race: two or three sessions at once. They commit, so all of it happens in a database of its own.
SET client_min_messages = warning;
\c postgres
CREATE DATABASE muster_race TEMPLATE muster OWNER muster_owner;
\c muster_race
\ir lib.psql
SELECT plan(71);

-- Sessions, called by a letter. t.run: what a statement answers, or its SQLSTATE. t.send starts one,
-- t.get waits for its answer, t.waits: it waits for a lock now.
CREATE TABLE t.pids (s text PRIMARY KEY, pid integer);
CREATE FUNCTION t.run(s text, p_sql text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	got text;
BEGIN
	IF p_sql ~* '^(begin|commit|rollback|set|listen)' THEN
		RETURN tap.dblink_exec(s, p_sql);
	END IF;
	SELECT string_agg(x, ' ') INTO got FROM tap.dblink(s, p_sql) AS r (x text);
	RETURN coalesce(got, '');
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END
$$;
CREATE FUNCTION t.open(s text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM tap.dblink_connect(s, format('host=%s port=%s dbname=%s user=%s', current_setting('unix_socket_directories'), current_setting('port'),
		current_database(), session_user));
	PERFORM tap.dblink_exec(s, 'SET statement_timeout = ''10s''; SET search_path = tap, pg_catalog');
	INSERT INTO t.pids VALUES (s, t.run(s, 'SELECT pg_backend_pid()::text')::integer);
END
$$;
CREATE FUNCTION t.send(s text, p_sql text) RETURNS void LANGUAGE sql AS 'SELECT tap.dblink_send_query(s, p_sql)';
CREATE FUNCTION t.get(s text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	got text;
BEGIN
	SELECT string_agg(x, ' ') INTO got FROM tap.dblink_get_result(s) AS r (x text);
	PERFORM FROM tap.dblink_get_result(s) AS r (x text);
	RETURN coalesce(got, '');
EXCEPTION WHEN OTHERS THEN
	got := SQLSTATE;
	PERFORM FROM tap.dblink_get_result(s) AS r (x text);
	RETURN got;
END
$$;
CREATE FUNCTION t.waits(p_s text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 1..200 LOOP
		IF cardinality(pg_blocking_pids((SELECT pid FROM t.pids WHERE s = p_s))) > 0 THEN
			RETURN true;
		ELSIF tap.dblink_is_busy(p_s) = 0 THEN
			RETURN false;
		END IF;
		PERFORM pg_sleep(0.01);
	END LOOP;
	RETURN false;
END
$$;
SELECT t.open('a'), t.open('b'), t.open('c') \g /dev/null
CREATE FUNCTION t.claim(p_node integer, p_most integer) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(n, ' '), '') FROM (SELECT ltrim(right(d.uuid::text, 12), '0') AS n FROM muster.job_claim(p_node, p_most, 60) c
		JOIN muster.device d USING (device_id) ORDER BY d.uuid) x
$$;
-- Everything in the queue out of the way of the next fact.
CREATE PROCEDURE t.clear() LANGUAGE sql AS $$
	UPDATE muster.job SET state = 'cancelled', lease_until = NULL, ended_at = now() WHERE state IN ('queued', 'running')
$$;

-- Claims.
SELECT t.device(n, 'ready') FROM generate_series(1, 6) n \g /dev/null
SELECT t.run('a', 'BEGIN') \g /dev/null
SELECT is(t.run('a', 'SELECT t.claim(t.node(), 2)'), '1 2', 'an engine claims two jobs');
SELECT is(t.run('b', 'SELECT t.claim(t.other(), 3)'), '3 4 5', 'another one gets the next three at once, without waiting for the first');
SELECT t.run('a', 'COMMIT') \g /dev/null
SELECT is(t.run('b', 'SELECT t.claim(t.other(), 9)'), '6', 'no job is claimed twice');
CALL t.clear();

SELECT t.device(n, 'ready') FROM generate_series(11, 12) n \g /dev/null
SELECT t.run('a', 'BEGIN'), t.run('a', 'SELECT code FROM muster.device_command(ARRAY[t.u(11)], ''hold'', NULL)'), t.run('b', 'SET lock_timeout = ''2s''') \g /dev/null
SELECT is(t.run('b', 'SELECT t.claim(t.node(), 9)'), 'c', 'a claim does not wait for a device an operator is just holding, and takes the others');
SELECT is(t.run('a', 'COMMIT'), 'COMMIT', 'the operator is not disturbed');
SELECT is(t.job(11) || ', ' || t.state(11), 'cancelled 1813, held 1813', 'the device is held and its job cancelled');
CALL t.clear();

SELECT t.device(13, 'ready') \g /dev/null
SELECT t.run('a', 'BEGIN'), t.run('a', 'SELECT t.claim(t.node(), 9)'), t.run('b', 'SET lock_timeout = 0'),
       t.send('b', 'SELECT code::text FROM muster.device_command(ARRAY[t.u(13)], ''hold'', NULL)') \g /dev/null
SELECT is(t.waits('b'), true, 'holding a device that is just being claimed waits');
SELECT t.run('a', 'COMMIT') \g /dev/null
SELECT is(t.get('b'), '137', 'and is refused then with code 137');
SELECT is(t.state(13), 'configuring 0', 'the device is being configured');
CALL t.clear();

-- A claim and a batch of hellos of the same devices, in whatever order they lock them.
SELECT t.device(n, 'ready') FROM generate_series(21, 22) n \g /dev/null
UPDATE muster.job SET run_at = now() - make_interval(secs => CASE job_id WHEN t.live(21) THEN 10 ELSE 5 END) WHERE job_id IN (t.live(21), t.live(22));
SELECT t.run('a', 'BEGIN'), t.run('a', 'SELECT t.hello(22)::text'), t.send('b', 'SELECT t.claim(t.node(), 9)'), t.waits('b') \g /dev/null
SELECT is(t.run('a', 'SELECT t.hello(21)::text'), '103', 'a batch of hellos is taken while its devices are being claimed');
SELECT is(t.run('a', 'COMMIT'), 'COMMIT', 'and is committed');
SELECT alike(t.get('b'), '15%', 'the claim succeeds too');
CALL t.clear();
SELECT t.device(n, 'configuring') FROM generate_series(23, 24) n \g /dev/null
UPDATE muster.job SET lease_until = now() - interval '1 s' WHERE job_id IN (t.live(23), t.live(24));
SELECT t.run('a', 'BEGIN'), t.run('a', 'SELECT t.hello(24)::text'), t.send('b', 'SELECT muster.job_take_over()::text'), t.waits('b') \g /dev/null
SELECT is(t.run('a', 'SELECT t.hello(23)::text'), '103', 'a batch of hellos is taken while its devices are being taken over');
SELECT is(t.run('a', 'COMMIT'), 'COMMIT', 'and is committed');
SELECT alike(t.get('b'), '_', 'the take-over succeeds too');
SELECT t.run('b', 'SELECT muster.job_take_over()::text') \g /dev/null
SELECT is(t.job(23) || ', ' || t.job(24), 'queued 1805, queued 1805', 'what one take-over leaves the next one takes');
CALL t.clear();

-- Two batches of the same devices in opposite order.
CREATE FUNCTION t.batch(p_from integer, p_to integer) RETURNS text LANGUAGE sql AS $$
	SELECT count(b.code)::text FROM (SELECT array_agg(now()) AS at, array_agg(t.u(n) ORDER BY o) AS u, array_agg('10.1.0.0'::inet) AS a, array_agg(1) AS p,
			array_agg(1::smallint) AS v, array_agg(1::bigint) AS r, array_agg(false) AS s, array_agg(NULL::text) AS pid, array_agg(w.hashes) AS h
		  FROM generate_series(p_from, p_to, sign(p_to - p_from)::integer) WITH ORDINALITY AS g (n, o), t.world w) x,
		muster.hello_batch(t.node(), at, u, a, p, v, r, s, pid, h) b
$$;
SELECT t.device(n, 'configured') FROM generate_series(1001, 1100) n \g /dev/null
SELECT t.run('c', 'BEGIN'), t.run('c', 'SELECT FROM muster.device WHERE uuid = t.u(1050) FOR UPDATE'), t.send('a', 'SELECT t.batch(1001, 1100)'), t.send('b', 'SELECT t.batch(1100, 1001)') \g /dev/null
SELECT is(t.waits('a') AND t.waits('b'), true, 'two batches of the same devices in opposite order wait');
SELECT t.run('c', 'COMMIT') \g /dev/null
SELECT is(t.get('a') || ' ' || t.get('b'), '100 100', 'for each other, and both end well');
SELECT t.send('a', 'SELECT t.batch(2001, 2400)'), t.send('b', 'SELECT t.batch(2400, 2001)') \g /dev/null
SELECT is(t.get('a')::integer + t.get('b')::integer, 400, 'of two batches of the same new devices each device is decided by one');
SELECT is((SELECT sum(hello_count) FROM muster.device WHERE uuid BETWEEN t.u(2001) AND t.u(2400)), 800::numeric, 'and no hello is lost');

-- A lost lease.
SELECT t.device(31, 'configuring') \g /dev/null
UPDATE muster.job SET lease_until = now() - interval '1 s' WHERE job_id = t.live(31);
SELECT t.run('a', 'BEGIN'), t.run('a', 'SELECT muster.job_take_over()::text'),
       t.send('b', format('SELECT muster.job_renew(t.node(), ARRAY[%s]::bigint[], ARRAY[(SELECT attempt FROM muster.job WHERE job_id = %s)], 60)::text', t.live(31), t.live(31))),
       t.send('c', format('SELECT muster.job_end(%s, t.node(), 1, ''done'', 0, '''', NULL, NULL, NULL, true)', t.live(31))) \g /dev/null
SELECT is(t.waits('b') AND t.waits('c'), true, 'an engine whose job is just being taken over waits');
SELECT t.run('a', 'COMMIT') \g /dev/null
SELECT is(t.get('b'), '', 'its renewal is refused then');
SELECT is(t.get('c'), 'MU805', 'and it cannot end the job');
SELECT is(t.job(31) || ', ' || t.state(31), 'queued 1805, ready 1805', 'the job is in the queue');
CALL t.clear();
SELECT t.device(32, 'configuring') \g /dev/null
UPDATE muster.job SET lease_until = now() - interval '1 s' WHERE job_id = t.live(32);
SELECT t.run('b', 'BEGIN'), t.run('b', format('SELECT muster.job_renew(t.node(), ARRAY[%s]::bigint[], ARRAY[(SELECT attempt FROM muster.job WHERE job_id = %s)], 60)::text', t.live(32), t.live(32))) \g /dev/null
SELECT is(t.run('a', 'SELECT muster.job_take_over()::text'), '0', 'a job that is just being renewed is not taken over');
SELECT t.run('b', 'COMMIT') \g /dev/null
SELECT is(t.run('a', 'SELECT muster.job_take_over()::text'), '0', 'nor afterwards');
CALL t.clear();

-- One live job a device, whoever asks.
SELECT t.waiting(41) \g /dev/null
INSERT INTO muster.staged_device (uuid, fqdn, profile_id) SELECT t.u(41), t.name(41), profile_id FROM muster.profile WHERE name = 'office';
SELECT t.run('a', 'BEGIN'), t.run('a', 'SELECT code::text FROM muster.approve(ARRAY[t.u(41)], ''office'', ARRAY[''pc41.example.com''], NULL)'), t.send('b', 'SELECT t.hello(41)::text') \g /dev/null
SELECT is(t.waits('b'), true, 'a hello of a device that is just being approved waits');
SELECT t.run('a', 'COMMIT') \g /dev/null
SELECT is(t.get('b'), '103', 'and finds it in the queue');
CALL t.clear();

-- Staged and heard at the same time: neither sees the other.
SELECT t.run('a', 'BEGIN'), t.run('a', 'SELECT muster.staged_add(t.u(51), t.name(51), ''office'', NULL, NULL)'), t.run('b', 'SELECT t.hello(51)::text'), t.run('a', 'COMMIT') \g /dev/null
SELECT is(t.state(51), 'waiting 913', 'a device that was staged while it said hello waits');
SELECT t.run('b', 'SELECT t.hello(51)::text') \g /dev/null
SELECT is(t.state(51), 'ready 0', 'but only until its next hello');
SELECT t.run('b', 'BEGIN'), t.run('b', 'SELECT t.hello(52)::text'), t.run('a', 'SELECT muster.staged_add(t.u(52), t.name(52), ''office'', NULL, NULL)'), t.run('b', 'COMMIT'),
       t.run('b', 'SELECT t.hello(52)::text') \g /dev/null
SELECT is(t.state(52), 'ready 0', 'nor does it matter which of the two began');
CALL t.clear();

-- One FQDN, two who want it.
SELECT t.waiting(61), t.waiting(62), t.waiting(63) \g /dev/null
INSERT INTO muster.staged_device (uuid, fqdn, profile_id) SELECT t.u(63), 'same.example.com', profile_id FROM muster.profile WHERE name = 'office';
SELECT t.run('a', 'BEGIN'), t.run('a', 'SELECT code::text FROM muster.approve(ARRAY[t.u(61)], ''office'', ARRAY[''same.example.com''], NULL)'),
       t.send('b', 'SELECT string_agg(code::text, '','') FROM muster.approve(ARRAY[t.u(62), t.u(64)], ''office'', ARRAY[''same.example.com''], NULL)'),
       t.send('c', 'SELECT t.hello(63)::text') \g /dev/null
SELECT is(t.waits('b') AND t.waits('c'), true, 'who wants an FQDN that is just being given away waits');
SELECT t.run('a', 'COMMIT') \g /dev/null
SELECT is(t.get('b'), '1703,1106', 'the operator is told with code 1703, and the rest of the approval goes on');
SELECT is(t.get('c'), '1703', 'the hello is told with code 1703, and its batch is not lost');
SELECT is(t.state(63), 'waiting 1703', 'the device waits with that reason');
CALL t.clear();

-- Operators do not hold each other up, nor hellos.
SELECT t.waiting(71), t.waiting(72), t.waiting(73) \g /dev/null
SELECT t.run('c', 'BEGIN'), t.run('c', 'SELECT FROM muster.device WHERE uuid = t.u(72) FOR UPDATE'),
       t.send('a', 'SELECT string_agg(code::text, '','') FROM muster.approve(ARRAY[t.u(71), t.u(72)], ''office'', ARRAY[''n{n}.example.com''], NULL)'), t.run('b', 'SET lock_timeout = ''1s''') \g /dev/null
SELECT is(t.waits('a'), true, 'an approval of many waits for a device that somebody else has');
SELECT is(t.run('b', 'SELECT code::text FROM muster.approve(ARRAY[t.u(73)], ''office'', ARRAY[''n3.example.com''], NULL)'), '0', 'and nobody waits for the approval meanwhile');
SELECT t.run('c', 'COMMIT') \g /dev/null
SELECT is(t.get('a'), '0,0', 'in the end it is done');
CALL t.clear();
SELECT t.device(74, 'failed', 1604), t.waiting(75) \g /dev/null
SELECT t.run('c', 'BEGIN'), t.run('c', 'SELECT FROM muster.device WHERE uuid = t.u(74) FOR UPDATE'), t.run('a', 'SET lock_timeout = 0'),
       t.send('a', $$SELECT muster.setup_certificate_add(sha256('x'), 'd', 's', 'i', 'c', 'k', now(), now(), '1', '2', '3')::text$$) \g /dev/null
SELECT is(t.waits('a'), true, 'adding a setup certificate waits for a failed device that somebody else has');
SELECT is(t.run('b', 'SELECT code::text FROM muster.approve(ARRAY[t.u(75)], ''office'', ARRAY[''n5.example.com''], NULL)'), '0', 'and nobody waits for the certificate meanwhile');
SELECT t.run('c', 'COMMIT'), t.get('a') \g /dev/null
SELECT is(t.state(74), 'ready 0', 'in the end it is done');
CALL t.clear();
INSERT INTO muster.staged_device (uuid, fqdn, profile_id) SELECT t.u(76), t.name(76), profile_id FROM muster.profile WHERE name = 'office';
SELECT t.run('a', 'BEGIN'), t.run('a', 'SELECT muster.profile_save(''office'', ''{"edited": true}'', NULL, NULL)::text') \g /dev/null
SELECT is(t.run('b', 'SELECT t.hello(76)::text'), '0', 'a hello does not wait for an operator who is just saving its profile');
SELECT t.run('a', 'ROLLBACK'), t.run('b', 'SET lock_timeout = 0') \g /dev/null
CALL t.clear();

-- The audit log.
CREATE VIEW t.broken AS
SELECT audit_id FROM (SELECT a.*, lag(hash, 1, ''::bytea) OVER (ORDER BY audit_id) AS want_prev, muster.audit_row_hash(a) AS want_hash FROM muster.audit_log a) x
 WHERE prev_hash <> want_prev OR hash <> want_hash;
CREATE FUNCTION t.write(p_who text, p_times integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 1..p_times LOOP
		PERFORM muster.audit_write('test', p_who, NULL, to_jsonb(i));
	END LOOP;
END
$$;
CREATE PROCEDURE t.writes(p_who text, p_times integer) LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 1..p_times LOOP
		PERFORM muster.audit_write('test', p_who, NULL, to_jsonb(i));
		COMMIT;
	END LOOP;
END
$$;
SELECT t.send('a', 'CALL t.writes(''a'', 200)'), t.send('b', 'CALL t.writes(''b'', 200)'), t.send('c', 'SELECT t.write(''c'', 200)') \g /dev/null
SELECT t.get('a'), t.get('b'), t.get('c') \g /dev/null
SELECT results_eq($$SELECT object, count(*) FROM muster.audit_log WHERE what = 'test' GROUP BY object ORDER BY object$$, $$VALUES ('a', 200::bigint), ('b', 200), ('c', 200)$$,
	'three write the audit log at once and no line is lost');
SELECT is_empty('SELECT * FROM t.broken', 'the chain has no fork');
SELECT results_eq('SELECT audit_id, hash FROM muster.audit_end', 'SELECT audit_id, hash FROM muster.audit_log ORDER BY audit_id DESC LIMIT 1', 'and its end is on record');
SELECT t.run('a', 'BEGIN ISOLATION LEVEL REPEATABLE READ'), t.run('a', 'SELECT count(*)::text FROM muster.setting'), t.run('b', 'SELECT t.write(''b'', 1)::text') \g /dev/null
SELECT matches(t.run('a', 'SELECT muster.setting_set(''workers'', ''77'')::text'), '^(40001|23505|25001)$', 'a transaction that cannot see the newest line is refused');
SELECT t.run('a', 'ROLLBACK') \g /dev/null
SELECT is_empty('SELECT * FROM t.broken', 'and makes no fork either');

-- The counts of devices: nobody waits for anybody, and they are right at every moment.
CREATE VIEW t.counted AS SELECT state, sum(n)::bigint AS n FROM muster.device_count GROUP BY state HAVING sum(n) <> 0;
CREATE VIEW t.there AS SELECT state, count(*) AS n FROM muster.device GROUP BY state;
SELECT bag_eq('SELECT * FROM t.counted', 'SELECT * FROM t.there', 'after all of this the counts of devices are right');
SELECT t.device(n, 'waiting') FROM generate_series(171, 174) n \g /dev/null
SELECT t.run(s, 'BEGIN'), t.run(s, 'SET lock_timeout = ''2s''') FROM unnest('{a,b}'::text[]) s \g /dev/null
CREATE FUNCTION t.move(n integer, p_state text) RETURNS text LANGUAGE sql AS $$
	UPDATE muster.device SET state = p_state WHERE uuid = t.u(n) RETURNING 'moved'
$$;
SELECT is(t.run('a', 'SELECT t.move(171, ''held'')'), 'moved', 'a session changes the state of a device');
SELECT is(t.run('b', 'SELECT t.move(172, ''held'')'), 'moved', 'another one does too, and does not wait for the first');
SELECT muster.device_count_fold() \g /dev/null
SELECT is(t.run('b', 'SELECT muster.device_count_fold()::text'), '', 'rows are folded while both are at work');
SELECT bag_eq('SELECT * FROM t.counted', 'SELECT * FROM t.there', 'what is not committed is not counted');
SELECT t.send('c', 'SELECT muster.device_count_fold()::text'), t.waits('c') \g /dev/null
SELECT is(t.get('c'), '', 'a session does not wait for the one that is folding');
SELECT t.run('a', 'COMMIT'), t.run('b', 'ROLLBACK') \g /dev/null
SELECT bag_eq('SELECT * FROM t.counted', 'SELECT * FROM t.there', 'what was rolled back is not counted either, and no fold is lost');
DELETE FROM muster.device WHERE uuid IN (t.u(173), t.u(174));
SELECT muster.device_count_fold() \g /dev/null
SELECT is((SELECT count(*) || ' ' || count(DISTINCT state) FROM muster.device_count), (SELECT count(*) || ' ' || count(*) FROM t.there), 'a row a state is left');

-- Who waits is told.
SELECT t.run('c', 'LISTEN muster_job'), t.run('c', 'LISTEN muster_change'), t.run('c', 'LISTEN muster_config') \g /dev/null
-- A round trip first: what was sent to a session arrives with its next answer at the latest.
CREATE FUNCTION t.told() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM t.run('c', 'SELECT 1');
	RETURN (SELECT coalesce(string_agg(DISTINCT notify_name || ' ' || extra, ', ' ORDER BY notify_name || ' ' || extra), '') FROM tap.dblink_get_notify('c'));
END
$$;
SELECT muster.staged_add(t.u(81), t.name(81), 'office', NULL, NULL) \g /dev/null
SELECT is(t.told(), 'muster_change audit_log, muster_change staged_device', 'consoles are told that a device was staged');
SELECT t.hello(81) \g /dev/null
SELECT is(t.told(), 'muster_change device, muster_change event_log, muster_change job, muster_job ', 'engines are told of a new job, consoles of what changed');
SELECT t.hello(82) \g /dev/null
SELECT is(t.told(), 'muster_change device, muster_change event_log', 'a device that waits is no news for engines');
SELECT t.run('a', 'BEGIN'), t.run('a', 'SELECT code::text FROM muster.approve(ARRAY[t.u(82)], ''office'', ARRAY[''told.example.com''], NULL)'), t.run('a', 'ROLLBACK') \g /dev/null
SELECT is(t.told(), '', 'nobody is told of what was rolled back');
SELECT muster.job_claim(t.node(), 9, 60) \g /dev/null
SELECT t.told() \g /dev/null
SELECT muster.job_end(t.live(81), t.node(), 1, 'retry', 1401, 'x', now(), NULL, NULL, true) \g /dev/null
SELECT is(t.told(), 'muster_change device, muster_change job, muster_job ', 'engines are told of a job that came back');
SELECT muster.setting_set('workers', '78') \g /dev/null
SELECT is(t.told(), 'muster_change audit_log, muster_change setting, muster_config setting', 'engines are told of a setting, consoles too');

-- Two take the last two Enterprise Administrators away at once. Roles are the cluster's: they are put back below.
CREATE ROLE r_one LOGIN IN ROLE muster_enterprise_administrator;
CREATE ROLE r_two LOGIN IN ROLE muster_enterprise_administrator;
REVOKE muster_enterprise_administrator FROM muster, t_enterprise;
SELECT t.run('a', 'BEGIN'), t.run('a', 'SELECT muster.user_set(''r_one'', NULL)'), t.send('b', 'SELECT muster.user_set(''r_two'', ''operator'')') \g /dev/null
SELECT is(t.waits('b'), true, 'who takes an Enterprise Administrator away while another one is being taken away waits');
SELECT t.run('a', 'COMMIT') \g /dev/null
SELECT is(t.get('b'), '23514', 'and is refused then');
SELECT is(muster.user_role('r_one'), NULL, 'the first has no role any more');
SELECT is(muster.user_role('r_two'), 'muster_enterprise_administrator', 'the last Enterprise Administrator stays');
SELECT t.run('a', 'SELECT muster.user_set(''r_one'', ''enterprise_administrator'')') \g /dev/null
SELECT t.run('a', 'BEGIN ISOLATION LEVEL REPEATABLE READ'), t.run('a', 'SELECT count(*)::text FROM muster.setting'), t.run('b', 'SELECT muster.user_set(''r_two'', NULL)') \g /dev/null
SELECT matches(t.run('a', 'SELECT muster.user_set(''r_one'', NULL)'), '^(23514|23505|40001)$', 'a transaction that cannot see who was taken away meanwhile is refused');
SELECT t.run('a', 'ROLLBACK') \g /dev/null
SELECT is(muster.user_role('r_one'), 'muster_enterprise_administrator', 'there too the last one stays');
-- Two give the same new login a role.
SELECT t.run('a', 'BEGIN'), t.run('a', 'SELECT muster.user_set(''r_new'', ''operator'')'), t.send('b', 'SELECT muster.user_set(''r_new'', ''log_viewer'')') \g /dev/null
SELECT is(t.waits('b'), true, 'who gives a login a role that is just being made waits');
SELECT t.run('a', 'COMMIT') \g /dev/null
SELECT is(t.get('b'), 'role given', 'and finds it made');
SELECT is(muster.user_role('r_new'), 'muster_log_viewer', 'who gave a role last is right');
SELECT is_empty('SELECT * FROM t.broken', 'all of it is in the audit log, and its chain is whole');
GRANT muster_enterprise_administrator TO muster, t_enterprise;
DROP ROLE r_one, r_two, r_new;
SELECT * FROM finish();
SELECT tap.dblink_disconnect(s) FROM t.pids \g /dev/null
\c postgres
DROP DATABASE muster_race WITH (FORCE);
