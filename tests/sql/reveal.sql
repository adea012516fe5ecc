-- SPDX-License-Identifier: Apache-2.0
-- reveal: who asks for a password and gets the answer, once and in time; what the engine is asked; what is logged.
BEGIN;
\ir lib.psql
\ir matrix.psql
SELECT plan(63);
CREATE ROLE t_admin2 LOGIN IN ROLE muster_administrator;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA t TO PUBLIC;
SELECT t.device(1, 'configured') AS device, t.device(2, 'configured') AS device_2 \gset
INSERT INTO muster.credential (device_id, kind, state, sealed) VALUES (:device, 'admin', 'current', 'sealed 1') RETURNING credential_id AS c1 \gset
INSERT INTO muster.credential (device_id, kind, state, sealed) VALUES (:device, 'mebx', 'previous', 'sealed 2') RETURNING credential_id AS c2 \gset
CREATE FUNCTION t.ask(p_credential bigint, p_reason text DEFAULT 'device in repair') RETURNS bigint LANGUAGE sql AS $$
	SELECT muster.reveal_ask(p_credential, p_reason, sha256('key'))
$$;
-- What is read, in words.
CREATE FUNCTION t.read(p_reveal bigint) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', state, convert_from(sealed, 'UTF8'), code, says) FROM muster.reveal_read(p_reveal)
$$;
CREATE FUNCTION t.row(p_reveal bigint) RETURNS muster.reveal LANGUAGE sql STABLE SECURITY DEFINER AS $$
	SELECT r FROM muster.reveal r WHERE reveal_id = p_reveal
$$;

-- Asking.
SET SESSION AUTHORIZATION t_admin;
SELECT t.ask(:c1, '  device in repair ') AS r1 \gset
SELECT isnt(:r1::bigint, NULL, 'an Administrator asks for a password');
SELECT is(t.read(:r1), 'waiting 0 ', 'and waits for the answer');
SELECT throws_ok(format('SELECT t.ask(%s, %L)', :c1, r), '23514', 'a reason has 5 to 500 characters', format('no reason: %s', left(coalesce(to_jsonb(r)::text, 'NULL'), 20)))
  FROM unnest(ARRAY[NULL, '', 'why', '         ', ' why  ', repeat('x', 501)]) r;
SELECT throws_ok('SELECT t.ask(0)', 'P0002', 'no such password', 'a password that is not there');
SELECT throws_ok('SELECT t.ask(NULL)', 'P0002', 'no such password', 'no password');
SELECT throws_ok(format('SELECT muster.reveal_ask(%s, ''device in repair'', %L)', :c1, k), CASE WHEN k IS NULL THEN '23502' ELSE '23514' END, NULL,
	format('no key: %s', coalesce(to_jsonb(k)::text, 'NULL'))) FROM unnest(ARRAY[NULL, '', '\x01', repeat('k', 33)]::bytea[]) k;
RESET SESSION AUTHORIZATION;
SELECT results_eq(format($$SELECT asked_by COLLATE "C", reason COLLATE "C", credential_id, public_key, answered_at, sealed, expires_at BETWEEN now() + interval '119 s' AND clock_timestamp() + interval '120 s'
	FROM t.row(%s)$$, :r1), format($$VALUES ('t_admin' COLLATE "C", 'device in repair' COLLATE "C", %s::bigint, sha256('key'), NULL::timestamptz, NULL::bytea, true)$$, :c1),
	'a question has who, why, for which key, and two minutes');
SELECT is(t.audit(t.u(1)::text), '{"t_admin reveal"}', 'it is in the audit log, what was refused is not');
SELECT is((SELECT after FROM muster.audit_log WHERE what = 'reveal'), '{"kind": "admin", "state": "current", "reason": "device in repair"}', 'with the reason');
SELECT is(t.log(1), '{"2 0 Operator t_admin asked for the admin password (current): device in repair"}', 'and in the event log as a warning');

-- The engine's part.
SET SESSION AUTHORIZATION muster_engine;
SELECT results_eq('SELECT * FROM muster.reveal_next(10)', format($$VALUES (%s::bigint, t.u(1), 'admin', 'sealed 1'::bytea, sha256('key'))$$, :r1),
	'the engine gets what is asked for: the sealed password and the key to seal it for');
SELECT muster.reveal_answer(:r1, 'for the key', 0, '') \g /dev/null
SELECT is_empty('SELECT * FROM muster.reveal_next(10)', 'what was answered is not asked again');
SELECT muster.reveal_answer(:r1, 'another', 1, 'twice'), muster.reveal_answer(0, 'x', 0, 'x') \g /dev/null
RESET SESSION AUTHORIZATION;
SELECT is((t.row(:r1)).sealed, 'for the key'::bytea, 'the first answer counts');

-- Reading: who asked, once.
SET SESSION AUTHORIZATION t_admin2;
SELECT throws_ok(format('SELECT t.read(%s)', :r1), 'P0002', 'no such question of yours', 'another Administrator does not get the answer');
SET SESSION AUTHORIZATION t_enterprise;
SELECT throws_ok(format('SELECT t.read(%s)', :r1), 'P0002', 'no such question of yours', 'nor does an Enterprise Administrator');
SELECT throws_ok('SELECT t.read(0)', 'P0002', 'no such question of yours', 'a question nobody asked is the same');
SELECT throws_ok(format('SELECT sealed FROM muster.reveal WHERE reveal_id = %s', :r1), '42501', NULL, 'nobody reads the answer from the table');
SET SESSION AUTHORIZATION t_admin;
SELECT throws_ok(format('SELECT sealed FROM muster.reveal WHERE reveal_id = %s', :r1), '42501', NULL, 'not even who asked');
SET ROLE muster_operator;
SELECT throws_ok(format('SELECT t.read(%s)', :r1), '42501', NULL, 'nor who asked, as a lesser role');
RESET ROLE;
SELECT is(t.read(:r1), 'ready for the key 0 ', 'who asked gets the answer');
SELECT is(t.read(:r1), 'expired 0 ', 'once');
RESET SESSION AUTHORIZATION;
SELECT results_eq(format('SELECT sealed IS NULL, read_at IS NOT NULL FROM t.row(%s)', :r1), 'VALUES (true, true)', 'the answer is gone then');
SELECT is(t.audit(:'r1'), '{"t_admin reveal_read"}', 'reading is in the audit log');
SELECT is((SELECT count(*) FROM muster.audit_log WHERE before::text || after::text LIKE '%sealed%' OR before::text || after::text LIKE '%for the key%'), 0::bigint, 'without what was read');

-- Refused by the engine.
SET SESSION AUTHORIZATION t_admin;
SELECT t.ask(:c2) AS r2 \gset
SET SESSION AUTHORIZATION muster_engine;
SELECT is((SELECT kind FROM muster.reveal_next(10)), 'mebx', 'any password of a device can be asked for');
SELECT muster.reveal_answer(:r2, NULL, 1203, repeat('x', 300)) \g /dev/null
SET SESSION AUTHORIZATION t_admin;
SELECT is(t.read(:r2), 'refused 1203 ' || repeat('x', 240), 'an engine that cannot open it says so');
SELECT is(t.read(:r2), 'refused 1203 ' || repeat('x', 240), 'as often as it is asked');
RESET SESSION AUTHORIZATION;
SELECT is(t.audit(:'r2'), '{}', 'nothing was read');

-- Too late: nobody answered, nobody fetched, answered too late.
SET SESSION AUTHORIZATION t_admin;
SELECT t.ask(:c1) AS r3, t.ask(:c1) AS r4, t.ask(:c1) AS r5, t.ask(:c1) AS r6 \gset
SET SESSION AUTHORIZATION muster_engine;
SELECT results_eq('SELECT reveal_id FROM muster.reveal_next(2)', format('VALUES (%s::bigint), (%s)', :r3, :r4), 'the oldest first, no more than asked for');
SELECT muster.reveal_answer(:r4, 'late', 0, '') \g /dev/null
RESET SESSION AUTHORIZATION;
UPDATE muster.reveal SET expires_at = clock_timestamp() WHERE reveal_id IN (:r3, :r4, :r5);
SET SESSION AUTHORIZATION t_admin;
SELECT is(t.read(:r3), 'expired 0 ', 'a question that nobody answered expires');
SELECT is(t.read(:r4), 'expired 0 ', 'an answer that nobody fetched expires');
SET SESSION AUTHORIZATION muster_engine;
SELECT muster.reveal_answer(:r5, 'too late', 0, '') \g /dev/null
SELECT results_eq('SELECT reveal_id FROM muster.reveal_next(10)', format('VALUES (%s::bigint)', :r6), 'the engine is not asked for what has expired');
RESET SESSION AUTHORIZATION;
SELECT results_eq(format('SELECT reveal_id, sealed IS NULL, answered_at IS NOT NULL, says COLLATE "C" FROM muster.reveal WHERE reveal_id BETWEEN %s AND %s ORDER BY 1', :r3, :r6),
	format($$VALUES (%s::bigint, true, true, 'no engine answered in time' COLLATE "C"), (%s, true, true, ''), (%s, true, true, 'no engine answered in time'), (%s, true, false, '')$$, :r3, :r4, :r5, :r6),
	'what has expired is closed, and no answer stays');
SELECT is((SELECT count(*) FROM muster.audit_log WHERE what = 'reveal_read'), 1::bigint, 'one answer was read in all');

-- Who may.
SELECT is(t.try(login, format('SELECT muster.reveal_ask(%s, ''device in repair'', %L)', :c1, sha256('key'))), CASE WHEN login IN ('t_admin', 't_enterprise') THEN 'ok' ELSE '42501' END,
	format('%s %s ask', login, CASE WHEN login IN ('t_admin', 't_enterprise') THEN 'may' ELSE 'may not' END)) FROM t.roles ORDER BY place;
SELECT is(t.try(login, format('SELECT muster.reveal_read(%s)', :r6)), CASE login WHEN 't_admin' THEN 'ok' WHEN 't_enterprise' THEN 'P0002' ELSE '42501' END,
	format('%s %s the answer for t_admin', login, CASE login WHEN 't_admin' THEN 'gets' ELSE 'does not get' END)) FROM t.roles ORDER BY place;
SELECT is(t.try(login, 'SELECT muster.reveal_next(1)') || ' ' || t.try(login, format('SELECT muster.reveal_answer(%s, ''x'', 0, ''x'')', :r6)),
	CASE login WHEN 'muster_engine' THEN 'ok ok' ELSE '42501 42501' END, format('%s %s', login, CASE login WHEN 'muster_engine' THEN 'answers' ELSE 'does not answer' END)) FROM t.roles ORDER BY place;
SELECT * FROM finish();
ROLLBACK;
