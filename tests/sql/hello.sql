-- SPDX-License-Identifier: Apache-2.0
-- hello: what a batch of hellos makes of devices in each state.
BEGIN;
\ir lib.psql
SELECT plan(94);

-- A device never seen before.
SELECT is(t.hello(1), 913, 'an unknown device is told apart by code 913');
SELECT is(t.state(1), 'waiting 913', 'an unknown device waits');
SELECT is((t.dev(1)).reason, 'no staged device for this UUID: approve it with a profile and an FQDN', 'a waiting device says what it waits for');
SELECT is(t.log(1), ARRAY['3 0 Incoming connection from 10.0.0.1:16994',
	'3 913 Waiting: no staged device for this UUID: approve it with a profile and an FQDN'], 'the connection is logged before what follows from it');
SELECT is(t.live(1), NULL, 'a waiting device has no job');
SELECT results_eq('SELECT hello_count, hello_retry, hello_version, hello_admin_set, address, hello_first_at, hello_last_at FROM t.dev(1)',
	$$VALUES (1::bigint, 1::bigint, 1::smallint, false, '10.0.0.1'::inet, now(), now())$$, 'what the hello said is kept');
SELECT is((SELECT node_id FROM muster.event_log WHERE uuid = t.u(1) AND text LIKE 'Incoming%'), t.node(), 'the log says which engine heard it');

SELECT is(t.hello(1, '10.0.0.99', p_retry => 2), NULL, 'a device that goes on waiting is not decided again');
SELECT is(t.state(1), 'waiting 913', 'a device that goes on waiting stays as it was');
SELECT is((t.dev(1)).address, '10.0.0.99', 'a hello from another address updates the device');
SELECT is((t.dev(1)).hello_count, 2::bigint, 'hellos are counted');
SELECT is((t.dev(1)).hello_retry, 2::bigint, 'the device''s own count of its hellos is kept');
SELECT is(cardinality(t.log(1)), 3, 'a hello that changes nothing adds only its connection to the log');
SELECT is((SELECT count(*) FROM muster.device WHERE uuid = t.u(1)), 1::bigint, 'a UUID has one row, however often it says hello');

-- The same device twice in one batch, with another between.
CREATE FUNCTION t.two() RETURNS TABLE (uuid uuid, code integer) LANGUAGE sql AS $$
	SELECT * FROM muster.hello_batch(t.node(), ARRAY[now() - interval '3 s', now() - interval '2 s', now() - interval '1 s'],
		ARRAY[t.u(2), t.u(3), t.u(2)], ARRAY['10.0.0.2', '10.0.0.3', '10.0.0.4']::inet[], ARRAY[1, 2, 3], ARRAY[1, 1, 1]::smallint[],
		ARRAY[7, 1, 8]::bigint[], ARRAY[false, true, true], ARRAY[NULL, NULL, NULL]::text[],
		(SELECT ARRAY[hashes, hashes, hashes] FROM t.world))
$$;
SELECT bag_eq('SELECT * FROM t.two()', 'VALUES (t.u(2), 913), (t.u(3), 913)', 'each device of a batch is answered once');
SELECT results_eq('SELECT hello_count, hello_first_at, hello_last_at, address, hello_retry, hello_admin_set FROM t.dev(2)',
	$$VALUES (2::bigint, now() - interval '3 s', now() - interval '1 s', '10.0.0.4'::inet, 8::bigint, true)$$,
	'of two hellos in a batch both count and the later one''s facts stay');
SELECT results_eq($$SELECT at, text FROM muster.event_log WHERE uuid IN (t.u(2), t.u(3)) AND text LIKE 'Incoming%' ORDER BY event_id$$,
	$$VALUES (now() - interval '3 s', 'Incoming connection from 10.0.0.2:1'), (now() - interval '2 s', 'Incoming connection from 10.0.0.3:2'),
		(now() - interval '1 s', 'Incoming connection from 10.0.0.4:3')$$, 'every connection of a batch is logged at its own time, in order');
SELECT is_empty($$SELECT * FROM muster.hello_batch(t.node(), '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')$$, 'an empty batch is no error');

-- IPv6.
SELECT is(t.hello(4, '2001:db8::7'), 913, 'a hello over IPv6 is a hello');
SELECT is((t.dev(4)).address, '2001:db8::7', 'an IPv6 address is kept');
SELECT is((t.log(4))[1], '3 0 Incoming connection from [2001:db8::7]:16994', 'an IPv6 address is logged in brackets');

-- Staged before it says hello.
DO $$ BEGIN PERFORM muster.staged_add(t.u(10), t.name(10), 'office', 'OU=x', 'note'); END $$;
SELECT is(t.hello(10), 0, 'a staged device is queued at its first hello');
SELECT is(t.state(10), 'ready 0', 'a staged device is ready');
SELECT is(t.job(10), 'queued 0', 'a staged device has a job in the queue');
SELECT results_eq($$SELECT fqdn, ou, mapped_by, (SELECT name FROM muster.profile p WHERE p.profile_id = d.profile_id) FROM t.dev(10) d$$,
	$$VALUES (t.name(10), 'OU=x', 'staged devices', 'office')$$, 'a staged device gets its FQDN, OU and profile');
SELECT results_eq('SELECT kind, attempt, run_at, asked_by, give_up_at FROM muster.job WHERE job_id = t.live(10)',
	$$VALUES ('configure', 0, now(), 'hello', now() + interval '24 hours')$$, 'the job is due at once and tried for retry_limit_h');
SELECT is((t.log(10))[1], '3 0 Incoming connection from 10.0.0.1:16994', 'the connection of a staged device is logged first');
SELECT is((SELECT count(*) FROM muster.staged_device WHERE uuid = t.u(10)), 1::bigint, 'the staged row stays until the device is configured');
SELECT is(t.hello(10), 103, 'a second hello of a queued device is code 103');
SELECT is(t.job(10), 'queued 0', 'a second hello makes no second job');
SELECT is((t.log(10))[4], '4 103 Request already in the queue', 'code 103 is a status, logged as verbose');

-- Staged after, without the help of staged_add: the two may miss each other when they happen at the same time.
INSERT INTO muster.staged_device (uuid, fqdn, profile_id) SELECT t.u(1), t.name(1), profile_id FROM muster.profile WHERE name = 'office';
SELECT is(t.hello(1), 0, 'a waiting device that was staged meanwhile is queued at its next hello');
SELECT is(t.state(1), 'ready 0', 'a waiting device that was staged meanwhile is ready');

-- PSK, and no hashes.
SELECT is(t.hello(20, p_version => 2, p_pid => '4444KRAM'), 1308, 'a PSK hello is code 1308');
SELECT is(t.state(20), 'waiting 1308', 'a device that asks for PSK waits');
SELECT is((t.dev(20)).reason, 'PSK hello with PID 4444-KRAM: configuration by PSK is not served yet', 'the reason names the PID');
SELECT is(t.hello(20, p_version => 2, p_pid => '4444KRAM'), 1308, 'a PSK hello is decided each time');
SELECT is(cardinality(t.log(20)), 3, 'but says why only once');
SELECT is(t.hello(20), 913, 'the same device with hashes waits for approval');
SELECT is(t.state(20), 'waiting 913', 'the reason follows the newest hello');
SELECT is(t.hello(20, p_version => 2, p_pid => '4444KRAM'), 1308, 'a device waiting for approval that asks for PSK now is code 1308');
SELECT lives_ok('SELECT t.hello(21, p_version => 2, p_pid => NULL)', 'a PSK hello without a PID does not break the batch');
SELECT is(t.state(21), 'waiting 1308', 'a PSK hello without a PID waits like one with it');
DO $$ BEGIN PERFORM muster.staged_add(t.u(22), t.name(22), 'office', NULL, NULL); END $$;
SELECT is(t.hello(22, p_version => 2, p_pid => '4444KRAM'), 1308, 'a staged device that asks for PSK is not queued');
SELECT is(t.hello(23, p_set => (SELECT no_hashes FROM t.world)), 1305, 'a hello with no root hash is code 1305');
SELECT is(t.state(23), 'waiting 1305', 'a device that offers no root hash waits');
SELECT is(t.hello(24, p_set => NULL), 1305, 'a hello without a hash set is code 1305');
SELECT is(t.hello(22), 0, 'a staged device that stopped asking for PSK is queued');

-- Already configured, by us or by somebody else.
SELECT t.device(30, 'configured') AS d, t.device(31, 'detected', 1420) AS e \gset
SELECT is(t.hello(30), 102, 'a configured device is refused with code 102');
SELECT is(t.state(30), 'configured 0', 'a refused device stays configured');
SELECT is((t.log(30))[2], '2 102 Device already provisioned: hello refused. Reset by hand? Then accept it again.', 'code 102 is a warning in the log');
SELECT is(t.live(30), NULL, 'a refused device gets no job');
SELECT is((t.dev(30)).hello_count, 2::bigint, 'a refused hello is counted');
SELECT is(t.hello(31), 102, 'a device configured by somebody else is refused with code 102');
SELECT is(t.state(31), 'detected 1420', 'a device configured by somebody else stays detected');
DO $$ BEGIN PERFORM muster.staged_add(t.u(30), t.name(30), 'office', NULL, NULL); END $$;
SELECT is(t.hello(30), 102, 'staging does not open a configured device again');
DO $$ BEGIN PERFORM muster.staged_remove(t.u(30)); END $$;

-- In the queue or being configured.
SELECT t.device(40, 'ready') AS d, t.device(41, 'ready') AS e, t.device(42, 'configuring') AS f \gset
UPDATE muster.job SET run_at = now() + interval '1 hour', last_code = CASE job_id WHEN t.live(40) THEN 1401 ELSE 1604 END
 WHERE job_id IN (t.live(40), t.live(41));
SELECT is(t.hello(40, '10.0.0.40'), 103, 'a queued device is code 103');
SELECT is((SELECT run_at FROM muster.job WHERE job_id = t.live(40)), now(), 'a hello of a device that could not be reached makes its job due');
SELECT is((t.dev(40)).address, '10.0.0.40', 'the job will call back the new address');
SELECT is(t.hello(41), 103, 'a device that waits for another reason is code 103');
SELECT is((SELECT run_at FROM muster.job WHERE job_id = t.live(41)), now() + interval '1 hour', 'and keeps its time');
SELECT is(t.hello(42), 103, 'a device being configured is code 103');
SELECT is(t.job(42), 'running 0', 'a hello does not touch a running job');
SELECT is(t.state(42), 'configuring 0', 'a hello does not touch a device being configured');
CREATE TABLE t.codes (n integer, code integer) ;
INSERT INTO t.codes SELECT 50 + row_number() OVER (), c FROM unnest(ARRAY[1402, 1405, 1406]) AS c;
SELECT t.device(n, 'ready') FROM t.codes \g /dev/null
UPDATE muster.job SET run_at = now() + interval '1 hour', last_code = c.code FROM t.codes c WHERE job_id = t.live(c.n);
SELECT t.hello(n) FROM t.codes \g /dev/null
SELECT is((SELECT run_at FROM muster.job WHERE job_id = t.live(n)), now(), format('a hello makes a job due that waits after code %s', code)) FROM t.codes;

-- Held.
SELECT t.device(60, 'held', 1813) AS d \gset
SELECT is(t.hello(60), 1813, 'a held device is code 1813');
SELECT is(t.state(60), 'held 1813', 'a held device stays held');
DO $$ BEGIN PERFORM muster.staged_add(t.u(60), t.name(60), 'office', NULL, NULL); END $$;
SELECT is(t.hello(60), 1813, 'staging does not release a held device');
DO $$ BEGIN PERFORM muster.device_command(ARRAY[t.u(60)], 'release', NULL); END $$;
DO $$ BEGIN PERFORM t.hello(60); END $$;
SELECT is(t.state(60), 'ready 0', 'a staged device that was released is queued, at its next hello at the latest');

-- Failed.
SELECT t.device(70, 'failed', 1810) AS d, t.device(71, 'failed', 1604) AS e \gset
SELECT is(t.hello(70), 0, 'a device that was given up is queued again by its hello');
SELECT is(t.state(70), 'ready 0', 'a device that was given up is ready again');
SELECT is((SELECT why FROM muster.job WHERE job_id = t.live(70)), 'said hello again after all attempts were used', 'its new job says why');
SELECT is(t.hello(71), 1604, 'a device that waits for an operator answers with its reason');
SELECT is(t.state(71), 'failed 1604', 'a device that waits for an operator stays failed');
SELECT is(t.live(71), NULL, 'a device that waits for an operator gets no job');

-- Said hello after it was reset.
SELECT t.device(80, 'setup') AS d, t.device(81, 'unprovisioned') AS e \gset
SELECT is(t.hello(80), 1812, 'a device that fell back to setup waits for approval');
SELECT is(t.state(80), 'waiting 1812', 'a device that fell back to setup waits');
SELECT is(t.hello(81), 1812, 'an unprovisioned device waits for approval');
SELECT is(t.hello(81), NULL, 'and is not decided again');

-- Somebody else's FQDN.
INSERT INTO muster.staged_device (uuid, fqdn, profile_id) SELECT t.u(90), upper(t.name(30)), profile_id FROM muster.profile WHERE name = 'office';
SELECT is(t.hello(90), 1703, 'a staged FQDN that another device has is code 1703');
SELECT is((t.dev(90)).reason, 'staged FQDN PC30.EXAMPLE.COM belongs to another device', 'the reason names the FQDN');
UPDATE muster.staged_device SET fqdn = t.name(31) WHERE uuid = t.u(90);
SELECT is(t.hello(90) || ' ' || (SELECT reason FROM muster.device WHERE uuid = t.u(90)), '1703 staged FQDN PC30.EXAMPLE.COM belongs to another device',
	'with another FQDN of another device it is code 1703 again');
SELECT is((t.dev(90)).reason, 'staged FQDN pc31.example.com belongs to another device', 'and the reason names the new one');
UPDATE muster.staged_device SET fqdn = t.name(90) WHERE uuid = t.u(90);
SELECT is(t.hello(90), 0, 'with a free FQDN it is queued');

-- A thousand at once.
CREATE FUNCTION t.thousand() RETURNS TABLE (uuid uuid, code integer) LANGUAGE sql AS $$
	SELECT b.* FROM (SELECT array_agg(now()) AS at, array_agg(t.u(n)) AS u, array_agg('10.1.0.0'::inet + n) AS a, array_agg(n) AS p,
			array_agg(1::smallint) AS v, array_agg(1::bigint) AS r, array_agg(false) AS s, array_agg(NULL::text) AS pid,
			array_agg(w.hashes) AS h FROM generate_series(1001, 2000) AS n, t.world w) x,
		muster.hello_batch(t.node(), at, u, a, p, v, r, s, pid, h) b
$$;
SELECT is((SELECT count(*) FILTER (WHERE code = 913) || ' of ' || count(*) FROM t.thousand()), '1000 of 1000', 'a batch of 1000 new devices is taken');
SELECT is((SELECT count(*) FROM t.thousand()), 0::bigint, 'the same batch again has nothing to decide');
SELECT results_eq($$SELECT count(*), min(hello_count), max(hello_count), count(DISTINCT address) FROM muster.device WHERE address <<= '10.1.0.0/16'$$,
	'VALUES (1000::bigint, 2::bigint, 2::bigint, 1000::bigint)', 'no hello of a big batch is lost');

-- Root hashes are stored once, and connections that brought no hello are kept.
SELECT is(muster.hash_set_id(sha256('three'), '\x00', 3), (SELECT hashes FROM t.world), 'the same root hashes have one row');
SELECT throws_ok($$SELECT muster.hash_set_id('\x00', '\x00', 1)$$, '23514', NULL, 'a digest has 32 bytes');
SELECT muster.hello_reject(t.node(), now(), '10.9.0.1', 5, 1304, 'too short', '\x0001', 1), muster.hello_reject(t.node(), now(), '2001:db8::9', 6, 1301, 'rate', '', 20) \g /dev/null
SELECT results_eq($$SELECT address, port, code, reason, count, bytes FROM muster.hello_rejected WHERE address IN ('10.9.0.1', '2001:db8::9') ORDER BY port$$,
	$$VALUES ('10.9.0.1'::inet, 5, 1304, 'too short', 1::bigint, '\x0001'::bytea), ('2001:db8::9', 6, 1301, 'rate', 20, '')$$,
	'a connection that brought no hello is kept with its bytes');
SELECT results_eq($$SELECT level, code, text FROM muster.event_log WHERE text LIKE 'Hello refused%' ORDER BY event_id$$,
	$$VALUES (2::smallint, 1304, 'Hello refused from 10.9.0.1:5: too short'), (2::smallint, 1301, 'Hello refused from [2001:db8::9]:6: rate (20 times)')$$,
	'and logged as a warning, IPv6 in brackets');
SELECT throws_ok($$SELECT muster.hello_reject(t.node(), now(), '10.9.0.1', 5, 1304, 'long', decode(repeat('00', 1025), 'hex'), 1)$$, '23514', NULL,
	'at most 1024 of its bytes are kept');
SELECT * FROM finish();
ROLLBACK;
