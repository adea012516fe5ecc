-- SPDX-License-Identifier: Apache-2.0
-- queue: claiming, leases, the ends of an attempt, and what an engine that lost a job can no longer do.
BEGIN;
\ir lib.psql
SELECT plan(211);

-- Claims, by hand or from one call: the numbers of the devices, in the order of the answer.
CREATE FUNCTION t.claim(p_most integer, p_node integer DEFAULT t.node()) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(ltrim(right(d.uuid::text, 12), '0'), ' ' ORDER BY c.o), '')
	  FROM muster.job_claim(p_node, p_most, 60) WITH ORDINALITY AS c (job_id, device_id, attempt, login_round, o)
	  JOIN muster.device d USING (device_id)
$$;
-- Ends the live job of device n as its holder would.
CREATE FUNCTION t.end(n integer, p_outcome text, p_code integer DEFAULT 0, p_text text DEFAULT '', p_run_at timestamptz DEFAULT NULL,
	p_state text DEFAULT NULL, p_revision integer DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
	SELECT muster.job_end(job_id, node_id, attempt, p_outcome, p_code, p_text, p_run_at, p_state, p_revision, true)
	  FROM muster.job WHERE job_id = t.live(n)
$$;

SELECT is(t.claim(10), '', 'an empty queue gives nothing');

-- One live job.
SELECT t.device(1, 'ready') AS d1, t.device(2, 'configuring') AS d2, t.device(3, 'configured') AS d3 \gset
SELECT throws_ok(format($$INSERT INTO muster.job (device_id, kind, state, asked_by, why, give_up_at) VALUES (%s, 'configure', 'queued', 'x', 'x', now())$$, :d1),
	'23505', NULL, 'a device with a queued job gets no second one');
SELECT throws_ok(format($$INSERT INTO muster.job (device_id, kind, state, asked_by, why, give_up_at) VALUES (%s, 'configure', 'queued', 'x', 'x', now())$$, :d2),
	'23505', NULL, 'a device with a running job gets no second one');
SELECT lives_ok(format($$INSERT INTO muster.job (device_id, kind, state, asked_by, why, give_up_at)
	SELECT %s, 'configure', s, 'x', 'x', now() FROM unnest('{done,done,failed,cancelled}'::text[]) s$$, :d3), 'a device has any number of ended jobs');
SELECT throws_ok(format($$INSERT INTO muster.job (device_id, kind, state, asked_by, why, give_up_at) VALUES (%s, 'dance', 'done', 'x', 'x', now())$$, :d3),
	'23514', NULL, 'a job has one of the known kinds');
SELECT throws_ok(format($$INSERT INTO muster.job (device_id, kind, state, asked_by, why, give_up_at) VALUES (%s, 'configure', 'lost', 'x', 'x', now())$$, :d3),
	'23514', NULL, 'a job has one of the known states');
SELECT throws_ok(format($$INSERT INTO muster.job (device_id, kind, state, asked_by, why, give_up_at) VALUES (%s, 'configure', 'running', 'x', 'x', now())$$, :d3),
	'23514', NULL, 'a running job has a lease');
SELECT throws_ok(format($$INSERT INTO muster.job (device_id, kind, state, asked_by, why, give_up_at, lease_until) VALUES (%s, 'configure', 'queued', 'x', 'x', now(), now())$$, :d3),
	'23514', NULL, 'a job that does not run has no lease');

-- Claiming: the oldest due first, no more than asked for.
SELECT t.device(n, 'ready') FROM generate_series(4, 8) AS n \g /dev/null
UPDATE muster.job SET run_at = now() - make_interval(mins => m) FROM (VALUES (1, 3), (4, 1), (5, 5), (6, 4), (7, -1), (8, 2)) AS v (n, m)
 WHERE job_id = t.live(v.n);
SELECT is(t.claim(0), '', 'a claim for no jobs gets none');
SELECT is(t.claim(2), '5 6', 'a claim gets the jobs that are due longest, in that order');
SELECT is(t.claim(10), '1 8 4', 'the next claim gets the rest in order, and no job that is not due');
SELECT is(t.claim(10), '', 'a job is claimed once');
SELECT results_eq('SELECT state, attempt, node_id, lease_until FROM muster.job WHERE job_id = t.live(5)',
	$$VALUES ('running', 1, t.node(), now() + interval '60 s')$$, 'a claimed job runs, with an attempt and a lease');
SELECT isnt((SELECT started_at FROM muster.job WHERE job_id = t.live(5)), NULL, 'a claimed job says when it started');
SELECT is(t.state(5), 'configuring 0', 'its device is configuring');
SELECT is((t.dev(5)).reason, 'attempt 1', 'its device says which attempt it is');
SELECT is(t.state(7), 'ready 0', 'a device whose job is not due stays ready');
UPDATE muster.job SET run_at = now() WHERE job_id = t.live(7);
SELECT is(t.claim(1), '7', 'a job is due at the second it is due');
UPDATE muster.device SET state = 'ready' WHERE uuid = t.u(7);
UPDATE muster.job SET state = 'queued', lease_until = NULL, attempt = 2 WHERE job_id = t.live(7);
SELECT results_eq('SELECT job_id, device_id, attempt, login_round FROM muster.job_claim(t.node(), 5, 60)',
	$$SELECT t.live(7), device_id, 3, 0 FROM t.dev(7)$$, 'a claim tells the job, the device, the attempt and the round of passwords');

-- Leases.
UPDATE muster.job SET lease_until = now() + interval '1 s' WHERE state = 'running';
CREATE FUNCTION t.attempts(VARIADIC p_jobs bigint[]) RETURNS integer[] LANGUAGE sql AS $$
	SELECT array_agg(j.attempt ORDER BY o) FROM unnest(p_jobs) WITH ORDINALITY AS u (id, o) JOIN muster.job j ON j.job_id = u.id
$$;
SELECT set_eq('SELECT muster.job_renew(t.node(), ARRAY[t.live(5), t.live(6)], t.attempts(t.live(5), t.live(6)), 90)', 'SELECT unnest(ARRAY[t.live(5), t.live(6)])', 'an engine renews the leases of its jobs');
SELECT is((SELECT lease_until FROM muster.job WHERE job_id = t.live(5)), now() + interval '90 s', 'a renewed lease is longer');
SELECT is((SELECT lease_until FROM muster.job WHERE job_id = t.live(8)), now() + interval '1 s', 'a lease that was not named is not renewed');
SELECT is_empty('SELECT muster.job_renew(t.other(), ARRAY[t.live(5), t.live(6)], t.attempts(t.live(5), t.live(6)), 90)', 'another engine cannot renew a lease');
SELECT t.device(9, 'ready') AS d9 \gset
SELECT is_empty('SELECT muster.job_renew(t.node(), ARRAY[t.live(9)], t.attempts(t.live(9)), 90)', 'a queued job has no lease to renew');
SELECT is_empty('SELECT muster.job_renew(t.node(), ''{}'', ''{}'', 90)', 'nothing is renewed when nothing is named');
UPDATE muster.job SET lease_until = now() - interval '1 s' WHERE job_id = t.live(8);
SELECT is((SELECT count(*) FROM muster.job_renew(t.node(), ARRAY[t.live(8)], t.attempts(t.live(8)), 60)), 1::bigint, 'a lease that ran out but that nobody took over can be renewed');

-- Taking over.
SELECT is(muster.job_take_over(), 0, 'nothing is taken over while every lease holds');
UPDATE muster.job SET lease_until = now() - interval '1 s' WHERE job_id IN (t.live(5), t.live(8));
SELECT is(muster.job_take_over(), 2, 'jobs whose lease ran out are taken over');
SELECT is(muster.job_take_over(), 0, 'and only once');
SELECT is(t.job(5), 'queued 1805', 'a job that was taken over is queued again');
SELECT is(t.state(5), 'ready 1805', 'its device is ready again');
SELECT is((t.log(5))[1], '2 1805 Engine test engine lost its hold on the job; taken over', 'the log names the engine that lost it');
SELECT is((SELECT run_at FROM muster.job WHERE job_id = t.live(5)), now(), 'it is due at once');
SELECT is(t.state(6), 'configuring 0', 'a job whose lease holds is not taken over');
SELECT t.live(5) AS lost, device_id AS lost_device FROM t.dev(5) \gset

-- What the engine that lost it can no longer do: job 5, attempt 1 of "test engine".
CREATE FUNCTION t.all_refused(p_case text, p_job bigint, p_node integer, p_attempt integer) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	me text := format('%s, %s, %s', p_job, p_node, p_attempt);
	w record;
BEGIN
	FOR w IN SELECT * FROM (VALUES
			('end the job as done', format('SELECT muster.job_end(%s, ''done'', 0, '''', NULL, NULL, NULL, true)', me)),
			('end the job as failed', format('SELECT muster.job_end(%s, ''failed'', 1, ''x'', NULL, ''failed'', NULL, NULL)', me)),
			('put the job off', format('SELECT muster.job_end(%s, ''retry'', 1, ''x'', now(), NULL, NULL, NULL)', me)),
			('hand the job back', format('SELECT muster.job_end(%s, ''back'', 0, '''', NULL, NULL, NULL, NULL)', me)),
			('write a pending credential', format('SELECT muster.credential_pending(%s, ''admin'', ''\x01'')', me)),
			('settle a credential', format('SELECT muster.credential_settle(%s, 1)', me)),
			('refuse a credential', format('SELECT muster.credential_refused(%s, ''admin'', ''x'')', me)),
			('pin a certificate', format('SELECT muster.device_pin(%s, ''\x01'')', me)),
			('write facts', format('SELECT muster.device_facts(%s, ''1'', ''2'', ''m'', ''s'', ''a'', 1::smallint)', me)),
			('record a certificate', format('SELECT muster.certificate_add(%s, 1, ''01'', ''\x01'', ''s'', ''\x01'', now())', me))
		) AS v (what, sql) LOOP
		RETURN NEXT throws_ok(w.sql, 'MU805', format('job %s is no longer held by this engine', p_job), format('%s cannot %s', p_case, w.what));
	END LOOP;
END
$$;
SELECT t.all_refused('an engine whose job was taken over', :lost, t.node(), 1);
SELECT is(t.claim(1, t.other()), '5', 'another engine gets the job');
SELECT is((SELECT attempt FROM muster.job WHERE job_id = :lost), 2, 'with the next attempt');
SELECT t.all_refused('a lost attempt', :lost, t.node(), 1);
SELECT t.all_refused('another engine', :lost, t.node(), 2);
SELECT t.all_refused('an old attempt of the same engine', :lost, t.other(), 1);
SELECT t.all_refused('the holder of a job that does not exist', 0, t.node(), 1);
SELECT is_empty(format('SELECT muster.job_renew(t.node(), ARRAY[%s]::bigint[], t.attempts(%s), 60)', :lost, :lost), 'an engine is told that it lost the job when it renews');
SELECT is(t.state(5), 'configuring 0', 'none of this has changed the device');
SELECT is_empty(format('SELECT FROM muster.credential WHERE device_id = %s', :lost_device), 'none of this has written a credential');

-- Handed back by an engine that stops.
SELECT is(t.end(5, 'back', 0, 'engine stops'), 'back', 'a job is handed back');
SELECT is(t.job(5) || ', ' || t.state(5), 'queued 0, ready 0', 'a job that was handed back is queued');
SELECT is((SELECT run_at FROM muster.job WHERE job_id = :lost), now(), 'a job that was handed back is due at once');
SELECT is(t.claim(1, t.other()), '5', 'a job that was handed back can be claimed');
SELECT t.all_refused('an engine that handed the job back and got it again', :lost, t.other(), 2);
SELECT t.end(5, 'retry', 1401, 'x', now() + interval '1 hour') \g /dev/null

-- Done.
SELECT profile_revision_id AS revision FROM muster.profile_revision \gset
SELECT muster.staged_add(t.u(6), t.name(6), 'office', 'OU=pcs', NULL), muster.staged_add(t.u(8), t.name(8), 'office', NULL, NULL) \g /dev/null
SELECT is(t.end(6, 'done', p_revision => :revision), 'done', 'a job is done');
SELECT is(t.job(6) || ', ' || t.state(6), 'done 0, configured 0', 'its device is configured');
SELECT results_eq('SELECT reason, profile_revision_id, tls, configured_at IS NOT NULL, verified_at IS NOT NULL FROM t.dev(6)',
	format($$VALUES ('configured and verified', %s, true, true, true)$$, :revision), 'a configured device remembers the revision it runs');
SELECT is((SELECT lease_until IS NULL AND ended_at IS NOT NULL FROM muster.job j JOIN t.dev(6) d USING (device_id)), true, 'a job that is done has ended');
SELECT is_empty('SELECT FROM muster.staged_device WHERE uuid = t.u(6)', 'a device that is configured is no longer staged');
SELECT is((SELECT count(*) FROM muster.staged_device WHERE uuid = t.u(8)), 1::bigint, 'other staged devices stay');
SELECT is(t.end(6, 'done'), NULL, 'a job that has ended is not live');
SELECT job_id AS ended FROM muster.job JOIN t.dev(6) USING (device_id) \gset
SELECT t.all_refused('the engine of a job that has ended', :ended, t.node(), 1);

-- Staged anew while it was configured: the new wish must not get lost.
SELECT t.device(10, 'configuring') AS d10 \gset
SELECT muster.staged_add(t.u(10), 'another.example.com', 'office', NULL, NULL) \g /dev/null
SELECT t.end(10, 'done', p_revision => :revision) \g /dev/null
SELECT is((SELECT fqdn FROM muster.staged_device WHERE uuid = t.u(10)), 'another.example.com',
	'what was staged for a device while it was configured differently stays staged');

-- To be tried again.
SELECT is(t.end(1, 'retry', 1401, 'no answer', now() + interval '5 min'), 'retry', 'an attempt failed and is to be repeated');
SELECT is(t.job(1) || ', ' || t.state(1), 'queued 1401, ready 1401', 'its device is ready again and says why');
SELECT results_eq('SELECT run_at, attempt, last_text, lease_until, ended_at FROM muster.job WHERE job_id = t.live(1)',
	$$VALUES (now() + interval '5 min', 1, 'no answer', NULL::timestamptz, NULL::timestamptz)$$, 'the job waits for its time and keeps the count');
SELECT is((t.dev(1)).reason, 'no answer', 'the device says what went wrong');
SELECT is(t.claim(10), '8 9', 'a job that waits is not claimed');
UPDATE muster.job SET run_at = now() WHERE job_id = t.live(1);
SELECT is(t.claim(10), '1', 'when its time has come it is');
SELECT is((SELECT attempt FROM muster.job WHERE job_id = t.live(1)), 2, 'as the second attempt');

-- Given up.
UPDATE muster.job SET give_up_at = now() + interval '1 hour' WHERE job_id = t.live(1);
SELECT is(t.end(1, 'retry', 1401, 'no answer', now() + interval '1 hour'), 'retry', 'a job is tried up to its last hour');
UPDATE muster.job SET run_at = now() WHERE job_id = t.live(1);
SELECT t.claim(10) \g /dev/null
SELECT is(t.end(1, 'retry', 1401, 'no answer', now() + interval '61 min'), 'failed', 'a job that would pass its last hour is given up');
SELECT is(t.job(1) || ', ' || t.state(1), 'failed 1810, failed 1810', 'its device has failed with code 1810');
SELECT is((t.dev(1)).reason, 'gave up after 3 attempts; the last one: no answer (1401)', 'it says how often it was tried and what went wrong last');
SELECT is((t.log(1))[1], '1 1810 All attempts used: gave up after 3 attempts; the last one: no answer (1401)', 'the log says so as an error');
SELECT is(t.live(1), NULL, 'a job that was given up is not live');
UPDATE muster.job SET lease_until = now() - interval '1 s', give_up_at = now() - interval '1 min' WHERE job_id = t.live(8);
SELECT is(muster.job_take_over(), 1, 'a job whose last hour has passed is taken over too');
SELECT is(t.job(8) || ', ' || t.state(8), 'failed 1810, failed 1810', 'and given up, so that a job that kills every engine ends');

-- Failed.
SELECT is(t.end(7, 'failed', 1604, 'no certificate fits'), 'failed', 'a job fails');
SELECT is(t.job(7) || ', ' || t.state(7), 'failed 1604, failed 1604', 'its device has failed with that code');
SELECT is((t.dev(7)).reason, 'no certificate fits', 'its device says why');
SELECT is(t.end(4, 'failed', 1420, 'somebody else''s', p_state => 'detected'), 'failed', 'a job fails because somebody else configured the device');
SELECT is(t.job(4) || ', ' || t.state(4), 'failed 1420, detected 1420', 'its device is detected');

-- Words that mean nothing.
SELECT throws_ok($$SELECT t.end(2, 'perhaps')$$, NULL, NULL, 'an unknown outcome is refused');
SELECT throws_ok($$SELECT t.end(2, NULL)$$, NULL, NULL, 'no outcome is refused');
SELECT throws_ok($$SELECT t.end(2, 'failed', 1, 'x', p_state => 'ready')$$, NULL, NULL, 'a failed job does not make its device ready');
SELECT throws_ok($$SELECT t.end(2, 'failed', 1, 'x', p_state => 'configured')$$, NULL, NULL, 'a failed job does not make its device configured');
SELECT throws_ok($$SELECT t.end(2, 'failed', 1, 'x', p_state => 'waiting')$$, NULL, NULL, 'a failed job does not make its device waiting');
SELECT throws_ok($$SELECT t.end(2, 'retry', 1, 'x', NULL)$$, NULL, NULL, 'a retry needs a time');
SELECT is(t.job(2) || ', ' || t.state(2), 'running 0, configuring 0', 'the job is still held');

-- Facts and certificates of the job's device.
SELECT job_id AS job, device_id AS dev FROM muster.job JOIN t.dev(2) USING (device_id) \gset
SELECT muster.device_facts(:job, t.node(), 1, '9.0.1', '1234', 'model', 'serial', '00:11:22:33:44:55', 2::smallint), muster.device_pin(:job, t.node(), 1, sha256('pin')) \g /dev/null
SELECT results_eq('SELECT amt_version, amt_build, model, serial, mac, control_mode, pin FROM t.dev(2)',
	$$VALUES ('9.0.1', '1234', 'model', 'serial', '00:11:22:33:44:55', 2::smallint, sha256('pin'))$$, 'the holder of a job writes what the device told');
SELECT muster.ca_add('pem', '\x01', 'CN=CA', sha256('ca'), now() + interval '10 years') AS ca \gset
SELECT is((SELECT ca_id FROM muster.ca WHERE until_at IS NULL), :ca, 'the first engine that needs a CA makes it');
SELECT is(muster.ca_add('other', '\x02', 'CN=CA2', sha256('ca2'), now() + interval '10 years'), :ca, 'the next one gets the same');
SELECT is((SELECT certificate FROM muster.ca), 'pem', 'and does not change it');
SELECT throws_ok($$INSERT INTO muster.ca (certificate, sealed_key, subject, sha256, not_after) VALUES ('x', '', 'x', '\x01', now())$$, '23505', NULL, 'there is one CA at a time');
SELECT muster.certificate_add(:job, t.node(), 1, (SELECT ca_id FROM muster.ca), '01', sha256('leaf'), 'CN=pc2', '\x30', now() + interval '1 year') \g /dev/null
SELECT results_eq('SELECT device_id, serial, job_id FROM muster.certificate', format($$VALUES (%s::bigint, '01', %s::bigint)$$, :dev, :job), 'an issued certificate is recorded');
SELECT is((t.dev(2)).tls_certificate, sha256('leaf'), 'and is the one its device shall show');
SELECT throws_ok(format($$SELECT muster.certificate_add(%s, t.node(), 1, (SELECT ca_id FROM muster.ca), '01', sha256('leaf2'), 'CN=pc2', '\x30', now())$$, :job),
	'23505', NULL, 'a CA gives a serial number once');

-- Steps.
CREATE FUNCTION t.step(p_attempt integer, p_seq integer, p_outcome text, p_title text DEFAULT 'Connect') RETURNS void LANGUAGE sql AS $$
	SELECT muster.step_write(ARRAY[t.live(2)], ARRAY[p_attempt], ARRAY[p_seq]::smallint[], ARRAY['connect'], ARRAY[p_title], ARRAY[p_outcome],
		ARRAY[0], ARRAY['x'], ARRAY[now()], ARRAY[12])
$$;
SELECT t.step(1, 1, 'done'), t.step(1, 2, 'failed'), t.step(1, 1, 'failed', 'Twice') \g /dev/null
SELECT results_eq(format('SELECT attempt, seq, title, outcome, took_ms FROM muster.step_result WHERE job_id = %s ORDER BY attempt, seq', :job),
	$$VALUES (1, 1::smallint, 'Connect', 'done', 12), (1, 2::smallint, 'Connect', 'failed', 12)$$, 'a step is written once, however often it is sent');
SELECT throws_ok($$SELECT t.step(1, 3, 'maybe')$$, '23514', NULL, 'a step is done, skipped, failed or unknown');
-- An engine that stops hands the job back in the middle; the steps of the attempt after it are not lost.
SELECT t.end(2, 'back', 0, 'engine stops') \g /dev/null
SELECT t.claim(1) \g /dev/null
SELECT t.step(attempt, 1, 'done', 'After') FROM muster.job WHERE job_id = t.live(2) \g /dev/null
SELECT is((SELECT count(*) FROM muster.step_result WHERE job_id = :job AND title = 'After'), 1::bigint, 'the steps of an attempt after a hand-back are written');

-- Engines sign on and off; a key has an end when the next one begins.
SELECT is(muster.node_start('test engine', '2', 77), t.node(), 'an engine that starts again is the same engine');
SELECT muster.node_beat(t.node(), 10, 3, 100, 5, false), muster.node_beat(t.node(), 10, 4, 20, 1, false) \g /dev/null
SELECT results_eq('SELECT version, pid, workers, busy, hellos, refused, stopped_at FROM muster.engine_node WHERE node_id = t.node()',
	$$VALUES ('2', 77, 10, 4, 120::bigint, 6::bigint, NULL::timestamptz)$$, 'a heartbeat adds up what was counted since the last one');
SELECT muster.node_beat(t.node(), 0, 0, 0, 0, true) \g /dev/null
SELECT isnt((SELECT stopped_at FROM muster.engine_node WHERE node_id = t.node()), NULL, 'an engine signs off');
SELECT muster.node_start('test engine', '2', 78) \g /dev/null
SELECT is((SELECT stopped_at FROM muster.engine_node WHERE node_id = t.node()), NULL, 'and on again');
SELECT muster.engine_key_set('0123456789abcdef', sha256('a')), muster.engine_key_set('0123456789abcdef', sha256('a')), muster.engine_key_set('fedcba9876543210', sha256('b')) \g /dev/null
SELECT results_eq('SELECT key_id, until_at IS NULL FROM muster.engine_key ORDER BY since_at, key_id', $$VALUES ('0123456789abcdef', false), ('fedcba9876543210', true)$$,
	'one engine key seals new secrets; the one before it has an end');
SELECT throws_ok($$SELECT muster.engine_key_set('fedcba9876543210', sha256('c'))$$, NULL, NULL, 'a key''s id does not stand for another key');
SELECT throws_ok($$SELECT muster.engine_key_set('x', sha256('c'))$$, '23514', NULL, 'a key''s id is 16 hex digits');
SELECT throws_ok($$SELECT muster.engine_key_set('aaaaaaaaaaaaaaaa', '\x01')$$, '23514', NULL, 'a public key has 32 bytes');

-- job_delay: the next attempt of a queued job later. "code text".
CREATE FUNCTION t.delay(n integer, p_minutes integer) RETURNS text LANGUAGE sql AS $$
	SELECT code || ' ' || text FROM muster.job_delay(ARRAY[t.u(n)], p_minutes)
$$;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA t TO PUBLIC;
SELECT t.device(20, 'ready'), t.device(21, 'configuring'), t.device(22, 'waiting'), t.device(23, 'configured'), t.device(24, 'held', 1813), t.device(25, 'failed', 1810), t.device(26, 'ready') \g /dev/null
UPDATE muster.job SET run_at = now() + interval '30 min', give_up_at = now() + interval '90 min' WHERE job_id = t.live(20);
SET SESSION AUTHORIZATION t_operator;
SELECT is(t.delay(20, 60), '0 next attempt in 60 minutes', 'an operator delays a queued job');
RESET SESSION AUTHORIZATION;
SELECT results_eq('SELECT run_at, give_up_at FROM muster.job WHERE job_id = t.live(20)',
	$$VALUES (date_trunc('second', now()) + interval '60 min', date_trunc('second', now()) + interval '120 min')$$,
	'it is due then, and tried as long after as it would have been');
SELECT is(t.log(20), '{"3 0 Operator t_operator: next attempt in 60 minutes"}', 'the log says so');
SELECT is(t.audit(t.u(20)::text), '{"t_operator delay"}', 'so does the audit log');
SELECT is((SELECT (after ->> 'run_at')::timestamptz - (before ->> 'run_at')::timestamptz BETWEEN interval '29 min' AND interval '30 min' FROM muster.audit_log WHERE object = t.u(20)::text), true,
	'with the time before and after');
SELECT t.claim(10) \g /dev/null
SELECT is(t.state(20) || ', ' || t.state(26), 'ready 0, configuring 0', 'a job that is delayed is not claimed, another one is');
SET SESSION AUTHORIZATION t_operator;
SELECT is(t.delay(20, 1), '0 next attempt in 1 minutes', 'a delay may be shorter than the one before');
RESET SESSION AUTHORIZATION;
SELECT results_eq('SELECT run_at, give_up_at FROM muster.job WHERE job_id = t.live(20)',
	$$VALUES (date_trunc('second', now()) + interval '1 min', date_trunc('second', now()) + interval '120 min')$$, 'a job is never given up earlier for it');
SET SESSION AUTHORIZATION t_operator;
SELECT is(t.delay(20, 10080), '0 next attempt in 10080 minutes', 'a week at most');
SELECT throws_ok(format('SELECT t.delay(20, %s)', coalesce(m::text, 'NULL')), '23514', 'a delay is from 1 to 10080 minutes (a week)', format('no delay: %s', coalesce(m::text, 'NULL')))
  FROM unnest(ARRAY[0, -1, 10081, 2147483647, NULL]) m;
SELECT is(t.delay(21, 5), '137 an engine is working on it: try again when the attempt has ended', 'a job under work is not delayed');
SELECT is(t.delay(n, 5), format('1105 cannot delay a device that is %s', s), format('a device that is %s has no job to delay', s))
  FROM (VALUES (22, 'waiting'), (23, 'configured'), (24, 'held'), (25, 'failed')) v (n, s);
SELECT results_eq('SELECT uuid, code FROM muster.job_delay(ARRAY[t.u(22), t.u(20), t.u(99), t.u(20)], 5)', 'VALUES (t.u(22), 1105), (t.u(20), 0), (t.u(99), 1106), (t.u(20), 0)',
	'of many each is answered, in order; those that are refused leave the others');
SELECT is_empty($$SELECT * FROM muster.job_delay('{}', 5)$$, 'nothing to delay is no error');
RESET SESSION AUTHORIZATION;
SELECT is((SELECT run_at FROM muster.job WHERE job_id = t.live(20)), date_trunc('second', now()) + interval '5 min', 'named twice, a job is delayed once');
SELECT is(t.job(21) || ', ' || t.state(21) || ', ' || t.state(22), 'running 0, configuring 0, waiting 0', 'what is refused changes nothing');
UPDATE muster.job SET run_at = now() - interval '1 min' WHERE job_id = t.live(20);
SELECT t.claim(10) \g /dev/null
SELECT is(t.state(20), 'configuring 0', 'when its time has come it is claimed');

-- Activity: hellos of each minute, as engines report them.
DELETE FROM muster.activity;
SET SESSION AUTHORIZATION muster_engine;
SELECT muster.node_beat(t.node(), 1, 0, 5, 1, false), muster.node_beat(t.node(), 1, 0, 7, 0, false), muster.node_beat(t.other(), 1, 0, 0, 2, false), muster.node_beat(t.other(), 1, 0, 0, 0, false) \g /dev/null
RESET SESSION AUTHORIZATION;
SELECT results_eq('SELECT minute, node_id, hellos, refused FROM muster.activity ORDER BY node_id', $$VALUES (date_trunc('minute', now()), t.node(), 12::bigint, 1::bigint), (date_trunc('minute', now()), t.other(), 0, 2)$$,
	'heartbeats of a minute add up, for each engine');
DELETE FROM muster.activity;
SELECT muster.node_beat(t.node(), 1, 0, 0, 0, false) \g /dev/null
SELECT is_empty('SELECT * FROM muster.activity', 'a heartbeat with nothing to tell writes no row');
SELECT throws_ok('SELECT muster.node_beat(0, 1, 0, 1, 0, false)', '23503', NULL, 'an engine that is not known reports nothing');
INSERT INTO muster.activity SELECT date_trunc('minute', now()) - make_interval(mins => m), n, h, r FROM (VALUES (0, t.node(), 3, 0), (0, t.other(), 4, 1), (2, t.node(), 10, 5), (3, t.node(), 99, 99)) v (m, n, h, r);
DELETE FROM muster.step_result; DELETE FROM muster.certificate; UPDATE muster.credential SET job_id = NULL; DELETE FROM muster.job;
INSERT INTO muster.job (device_id, kind, state, asked_by, why, give_up_at, ended_at)
SELECT device_id, 'configure', s, 'x', 'x', now(), date_trunc('minute', now()) - make_interval(mins => m) FROM t.dev(23), (VALUES ('done', 0), ('done', 1), ('done', 1), ('failed', 1), ('cancelled', 1), ('done', 3), ('failed', 9)) v (s, m);
SET SESSION AUTHORIZATION t_operator;
SELECT results_eq('SELECT extract(epoch FROM date_trunc(''minute'', now()) - minute)::integer / 60, hellos, refused, done, failed FROM muster.activity_list(3)',
	'VALUES (2, 10::bigint, 5::bigint, 0::bigint, 0::bigint), (1, 0, 0, 2, 1), (0, 7, 1, 1, 0)', 'each of the last minutes has a row, the newest last, all engines together, with the jobs that ended');
SELECT is((SELECT count(*) FROM muster.activity_list(n)), w::bigint, format('activity of %s minutes', coalesce(n::text, 'NULL')))
  FROM (VALUES (1, 1), (60, 60), (1440, 1440), (1441, 1440), (2147483647, 1440), (0, 1), (-5, 1), (NULL, 1)) v (n, w);
SET TimeZone = 'Asia/Kathmandu';
SELECT is((SELECT max(minute) FROM muster.activity_list(5)), date_trunc('minute', now()), 'a minute is one in any time zone');
RESET TimeZone;
RESET SESSION AUTHORIZATION;

-- readiness: what is there, and what is missing.
CREATE FUNCTION t.ready() RETURNS text LANGUAGE sql AS $$ SELECT string_agg(item || ' ' || state, ', ') FROM muster.readiness() $$;
GRANT EXECUTE ON FUNCTION t.ready() TO PUBLIC;
INSERT INTO muster.setup_certificate (sha256, domain, subject, issuer, chain, sealed_key, not_before, not_after, root_sha1, root_sha256, root_sha384)
VALUES (sha256('c'), 'example.com', 's', 'i', '\x00', '\x01', now(), now() + interval '1 year', '\x01', '\x02', '\x03');
UPDATE muster.device SET hello_last_at = now();
SET SESSION AUTHORIZATION t_operator;
SELECT is(t.ready(), 'Engine key ok, Engine ok, Setup certificate ok, Profile ok, Staged devices ok, People ok, Hellos ok, Event log ok', 'nothing is missing');
SELECT is((SELECT count(*) FROM muster.readiness() WHERE coalesce(says, '') = '' OR place NOT IN ('help', 'overview', 'profiles', 'staged', 'users', 'pending', 'settings')), 0::bigint, 'each says something, and names a place');
RESET SESSION AUTHORIZATION;
UPDATE muster.setup_certificate SET not_after = now() + interval '59 days';
UPDATE muster.setting SET value = 'verbose' WHERE name = 'log_level';
UPDATE muster.device SET hello_last_at = now() - interval '2 days';
UPDATE muster.engine_node SET heartbeat_at = now() - interval '1 hour';
UPDATE muster.engine_key SET until_at = now();
SELECT is(t.ready(), 'Engine key missing, Engine missing, Setup certificate weak, Profile ok, Staged devices ok, People ok, Hellos weak, Event log weak',
	'no key that seals, no engine that lives, a certificate that ends soon, no hello for a day, a verbose log kept long');
UPDATE muster.setting SET value = '30' WHERE name = 'log_retention_days';
UPDATE muster.setup_certificate SET enabled = false;
UPDATE muster.engine_node SET heartbeat_at = now(), stopped_at = now();
SELECT is(t.ready(), 'Engine key missing, Engine missing, Setup certificate missing, Profile ok, Staged devices ok, People ok, Hellos weak, Event log ok',
	'a certificate that is off is none, nor is an engine that stopped; a verbose log kept short is no trouble');
UPDATE muster.setup_certificate SET enabled = true, not_after = now();
SELECT is((SELECT state FROM muster.readiness() WHERE item = 'Setup certificate'), 'missing', 'nor is a certificate that has ended');
SELECT muster.user_set(login, NULL) FROM muster.user_list() WHERE NOT superuser \g /dev/null
SELECT is((SELECT state FROM muster.readiness() WHERE item = 'People'), 'weak', 'superusers are no people with a role');
-- As a database is when it was just made.
SET session_replication_role = replica;
DELETE FROM muster.profile; DELETE FROM muster.staged_device; DELETE FROM muster.device; DELETE FROM muster.engine_node; DELETE FROM muster.engine_key; DELETE FROM muster.setup_certificate;
SET session_replication_role = origin;
UPDATE muster.setting SET value = standard;
SELECT results_eq('SELECT item, state, says FROM muster.readiness()', $$VALUES
	('Engine key', 'missing', 'run "musterctl key init" on the engine''s host'),
	('Engine', 'missing', 'none runs: start musterd'),
	('Setup certificate', 'missing', 'none is valid: run "musterctl cert add FILE"'),
	('Profile', 'missing', 'none: make one'),
	('Staged devices', 'weak', 'none: each device waits for an approval'),
	('People', 'weak', 'only superusers may log in: give people roles'),
	('Hellos', 'weak', 'none yet; devices look for provisionserver:9971'),
	('Event log', 'ok', 'level info, kept for 90 days')$$, 'an empty database says what to do first');
SELECT * FROM finish();
ROLLBACK;
