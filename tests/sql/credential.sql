-- SPDX-License-Identifier: Apache-2.0
-- credential: the life of a device's passwords, none of which is ever lost.
BEGIN;
\ir lib.psql
SELECT plan(44);

SELECT t.device(1, 'configuring') AS dev, t.device(2, 'configuring') AS dev2 \gset
SELECT t.live(1) AS job, t.live(2) AS job2 \gset
CREATE FUNCTION t.pending(p_kind text, p_sealed text, n integer DEFAULT 1) RETURNS bigint LANGUAGE sql AS $$
	SELECT muster.credential_pending(job_id, node_id, attempt, p_kind, convert_to(p_sealed, 'UTF8')) FROM muster.job WHERE job_id = t.live(n)
$$;
CREATE FUNCTION t.settle(p_sealed text, n integer DEFAULT 1) RETURNS void LANGUAGE sql AS $$
	SELECT muster.credential_settle(j.job_id, j.node_id, j.attempt, c.credential_id)
	  FROM muster.job j, muster.credential c WHERE j.job_id = t.live(n) AND c.sealed = convert_to(p_sealed, 'UTF8')
$$;
-- All passwords of device n in the order they were written: "kind state password".
CREATE FUNCTION t.all(n integer DEFAULT 1) RETURNS text[] LANGUAGE sql STABLE AS $$
	SELECT coalesce(array_agg(concat_ws(' ', kind, c.state, convert_from(sealed, 'UTF8')) ORDER BY credential_id), '{}')
	  FROM muster.credential c JOIN muster.device USING (device_id) WHERE uuid = t.u(n)
$$;
CREATE FUNCTION t.end(n integer, p_outcome text) RETURNS text LANGUAGE sql AS $$
	SELECT muster.job_end(job_id, node_id, attempt, p_outcome, 1401, 'x', now(), NULL, NULL, true) FROM muster.job WHERE job_id = t.live(n)
$$;

-- The write-ahead.
SELECT isnt(t.pending('admin', 'one'), NULL, 'a password is written before it leaves for the device');
SELECT is(t.all(), '{"admin pending one"}', 'it is pending');
SELECT is((SELECT job_id FROM muster.credential WHERE device_id = :dev), :job::bigint, 'it knows the job it was made in');
SELECT isnt(t.pending('mebx', 'mebx one'), NULL, 'another kind has its own');
SELECT isnt(t.pending('admin', 'two'), NULL, 'a second password replaces the pending one');
SELECT is(t.all(), '{"admin previous one","mebx pending mebx one","admin pending two"}', 'the one before it is kept as previous: the device may have taken it');
SELECT is((SELECT note FROM muster.credential WHERE sealed = 'one'), 'replaced before it was confirmed', 'and says why');
SELECT throws_ok($$SELECT t.pending('shoe size', 'x')$$, '23514', NULL, 'a credential has a known kind');
SELECT throws_ok($$SELECT t.pending('admin', NULL)$$, '23502', NULL, 'a credential has a value');
SELECT is(t.all(), '{"admin previous one","mebx pending mebx one","admin pending two"}', 'what was refused changed nothing');

-- One pending and one current of each kind.
SELECT throws_ok(format($$INSERT INTO muster.credential (device_id, kind, state, sealed) VALUES (%s, 'admin', 'pending', 'x')$$, :dev), '23505', NULL,
	'a kind has one pending password');
SELECT lives_ok($$SELECT t.settle('two')$$, 'the device took the pending one');
SELECT is(t.all(), '{"admin previous one","mebx pending mebx one","admin current two"}', 'it is current, and no other kind is touched');
SELECT throws_ok(format($$INSERT INTO muster.credential (device_id, kind, state, sealed) VALUES (%s, 'admin', 'current', 'x')$$, :dev), '23505', NULL,
	'a kind has one current password');
SELECT throws_ok(format($$INSERT INTO muster.credential (device_id, kind, state, sealed) VALUES (%s, 'admin', 'maybe', 'x')$$, :dev), '23514', NULL,
	'a credential is pending, current or previous');

-- Refused.
SELECT t.pending('admin', 'three') \g /dev/null
SELECT lives_ok(format($$SELECT muster.credential_refused(%s, t.node(), 1, 'admin', repeat('x', 300))$$, :job), 'the device did not take it');
SELECT is(t.all(), '{"admin previous one","mebx pending mebx one","admin current two","admin previous three"}',
	'a refused password is kept, and the current one stays current');
SELECT is((SELECT length(note) FROM muster.credential WHERE sealed = 'three'), 200, 'a long reason is cut');
SELECT lives_ok(format($$SELECT muster.credential_refused(%s, t.node(), 1, 'admin', 'x')$$, :job), 'with nothing pending there is nothing to refuse');

-- An answer was lost: whatever opened the device is settled.
SELECT t.pending('admin', 'four') \g /dev/null
SELECT lives_ok($$SELECT t.settle('one')$$, 'an older password turned out to open the device');
SELECT is(t.all(), '{"admin current one","mebx pending mebx one","admin previous two","admin previous three","admin previous four"}',
	'it is current; the pending and the current one are kept as previous');
SELECT t.pending('admin', 'five') \g /dev/null
SELECT lives_ok($$SELECT t.settle('one')$$, 'the current password turned out to open the device still');
SELECT is((t.all())[6], 'admin previous five', 'the pending one, which did not get there, is previous: it must not become current when the job is done');
SELECT throws_ok($$SELECT t.settle('one', 2)$$, 'P0002', NULL, 'a job settles only credentials of its own device');
SELECT throws_ok(format('SELECT muster.credential_settle(%s, t.node(), 1, 0)', :job), 'P0002', NULL, 'a credential that does not exist cannot be settled');

-- The end of the job.
SELECT t.pending('admin', 'six') \g /dev/null
SELECT is(t.end(1, 'done'), 'done', 'the job is done');
SELECT is(t.all(), '{"admin previous one","mebx current mebx one","admin previous two","admin previous three","admin previous four","admin previous five","admin current six"}',
	'with the device configured every pending password is current, in the same transaction');
SELECT is((SELECT note FROM muster.credential WHERE sealed = 'six'), '', 'a current password has no remark');

SELECT t.pending('admin', 'a', 2) \g /dev/null
SELECT is(t.end(2, 'retry'), 'retry', 'an attempt that ends in the middle');
SELECT is(t.all(2), '{"admin pending a"}', 'leaves the pending password pending: the next one must look');
UPDATE muster.job SET state = 'running', attempt = 2, node_id = t.node(), lease_until = now() WHERE job_id = t.live(2);
UPDATE muster.device SET state = 'configuring' WHERE uuid = t.u(2);
SELECT is(t.end(2, 'failed'), 'failed', 'a job that fails');
SELECT is(t.all(2), '{"admin pending a"}', 'leaves it pending too');
SELECT t.device(3, 'configuring') AS dev3 \gset
SELECT t.pending('admin', 'b', 3) \g /dev/null
SELECT is(t.end(3, 'back'), 'back', 'a job that is handed back');
SELECT is(t.all(3), '{"admin pending b"}', 'leaves it pending too');
SELECT t.device(4, 'configuring') AS dev4 \gset
INSERT INTO muster.credential (device_id, kind, state, sealed) VALUES (:dev4, 'admin', 'current', 'old');
SELECT is(t.end(4, 'done'), 'done', 'a job that wrote no password');
SELECT is(t.all(4), '{"admin current old"}', 'leaves the current one current');

-- Operators do not touch it.
SELECT muster.device_command(ARRAY[t.u(1)], 'accept', NULL), muster.device_command(ARRAY[t.u(1)], 'hold', NULL) \g /dev/null
SELECT is(cardinality(t.all()), 7, 'accepting or holding a device keeps every password');
SELECT throws_ok('DELETE FROM muster.credential', '42501', NULL, 'no password is ever deleted');
SELECT throws_ok(format('DELETE FROM muster.device WHERE device_id = %s', :dev), NULL, NULL, 'nor is a device that has one');

-- Key rotation.
SELECT muster.setup_certificate_add(sha256('c'), 'a.b', 's', 'i', '\x00', 'key', now(), now() + interval '1 day', '\x01', '\x02', '\x03'),
       muster.ca_add('pem', 'cakey', 'CA', sha256('ca'), now()) \g /dev/null
SELECT bag_eq($$SELECT place, aad, convert_from(sealed, 'UTF8') FROM muster.sealed_all() WHERE place <> 'credential' OR sealed = 'six'$$,
	$$VALUES ('credential', 'credential/00000000-0000-4000-8000-000000000001/admin', 'six'), ('profile_secret', 'profile/office/admin', E'\001'),
		('setup_certificate', 'setup_certificate/' || encode(sha256('c'), 'hex'), 'key'), ('ca', 'ca/' || encode(sha256('ca'), 'hex'), 'cakey')$$,
	'key rotation gets every sealed secret with the text it is bound to');
SELECT is((SELECT count(*) FROM muster.sealed_all() WHERE place = 'credential'), (SELECT count(*) FROM muster.credential), 'previous passwords are among them');
SELECT lives_ok($$SELECT muster.sealed_replace(place, id, name, sealed, 'new') FROM muster.sealed_all()$$, 'key rotation replaces them');
SELECT is((SELECT count(*) FROM muster.sealed_all() WHERE sealed <> 'new'), 0::bigint, 'all of them');
SELECT throws_ok($$SELECT muster.sealed_replace('ca', 0, '', 'x', 'y')$$, 'P0002', NULL, 'a secret that does not exist cannot be replaced');
SELECT * FROM finish();
ROLLBACK;
