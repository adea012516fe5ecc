-- SPDX-License-Identifier: Apache-2.0
-- audit: the hash chain, recomputed from nothing. Two sessions at once are in race.sql.
BEGIN;
\ir lib.psql
SET CONSTRAINTS ALL IMMEDIATE; -- the end of the chain is written with each row, not at the end of the test
SELECT plan(47);

-- The chain as a verifier with only SELECT sees it: every row that does not follow from the one before it.
CREATE VIEW t.broken AS
SELECT audit_id FROM (SELECT a.*, lag(hash, 1, ''::bytea) OVER (ORDER BY audit_id) AS want_prev,
		muster.audit_row_hash(a) AS want_hash FROM muster.audit_log a) x
 WHERE prev_hash <> want_prev OR hash <> want_hash;
CREATE FUNCTION t.last() RETURNS muster.audit_log LANGUAGE sql STABLE AS 'SELECT a FROM muster.audit_log a ORDER BY audit_id DESC LIMIT 1';

SET SESSION AUTHORIZATION t_admin;
SELECT muster.setting_set('workers', '11'), muster.setting_set('workers', '12'), muster.setting_set('poll_s', '9') \g /dev/null
SET SESSION AUTHORIZATION t_operator;
SELECT muster.profile_save('p', '{"a": {"b": [1, 2.50, "ü | \" \\ ", null]}}', NULL, NULL), muster.staged_add(t.u(1), 'a.b', 'p', E'OU=\n|', NULL) \g /dev/null
RESET SESSION AUTHORIZATION;
SELECT cmp_ok((SELECT count(*) FROM muster.audit_log), '>=', 6::bigint, 'there is a chain');
SELECT is_empty('SELECT * FROM t.broken', 'every row carries the hash of the one before it, and its own');
SELECT is((SELECT prev_hash FROM muster.audit_log ORDER BY audit_id LIMIT 1), ''::bytea, 'the first row follows from nothing');
SELECT is((SELECT count(DISTINCT hash) FROM muster.audit_log), (SELECT count(*) FROM muster.audit_log), 'no two rows have the same hash');
SELECT is((SELECT count(*) FROM muster.audit_log WHERE length(hash) <> 32), 0::bigint, 'a hash is a SHA-256');
SELECT is((SELECT count(*) FROM muster.audit_log a JOIN muster.audit_log b ON b.audit_id > a.audit_id AND b.at < a.at), 0::bigint, 'time does not run backwards in it');
SELECT is((t.last()).who, 't_operator', 'it names the login');
SELECT is((t.last()).from_addr, NULL, 'a login by the unix socket has no address');

-- It does not depend on how the session writes values.
SET DateStyle = 'German'; SET TimeZone = 'Asia/Kathmandu'; SET IntervalStyle = 'sql_standard'; SET bytea_output = 'escape'; SET extra_float_digits = -5;
SELECT is_empty('SELECT * FROM t.broken', 'it verifies under other settings of the session');
SELECT muster.setting_set('workers', '13') \g /dev/null
SELECT muster.event_log_maintain() \g /dev/null
RESET DateStyle; RESET TimeZone; RESET IntervalStyle; RESET bytea_output; RESET extra_float_digits;
SELECT is_empty('SELECT * FROM t.broken', 'a row written under other settings verifies');

-- What cannot be done quietly. The triggers stand in the way; somebody who is the server's superuser puts them aside.
CREATE FUNCTION t.spoil(p_what text, p_sql text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	n bigint;
BEGIN
	BEGIN
		ALTER TABLE muster.audit_log DISABLE TRIGGER USER;
		EXECUTE p_sql;
		SELECT count(*) INTO n FROM t.broken;
		RAISE EXCEPTION USING ERRCODE = 'T0K01';
	EXCEPTION WHEN SQLSTATE 'T0K01' THEN NULL;
	END;
	RETURN NEXT cmp_ok(n, '>', 0::bigint, p_what || ' breaks the chain');
END
$$;
SELECT audit_id AS row FROM muster.audit_log WHERE what = 'profile_save' AND object = 'p' \gset
SELECT t.spoil('another name', format('UPDATE muster.audit_log SET who = ''t_viewer'' WHERE audit_id = %s', :row));
SELECT t.spoil('another time', format('UPDATE muster.audit_log SET at = at + interval ''1 us'' WHERE audit_id = %s', :row));
SELECT t.spoil('another address', format('UPDATE muster.audit_log SET from_addr = ''10.0.0.1'' WHERE audit_id = %s', :row));
SELECT t.spoil('another object', format('UPDATE muster.audit_log SET object = ''q'' WHERE audit_id = %s', :row));
SELECT t.spoil('another value', format('UPDATE muster.audit_log SET after = ''{}'' WHERE audit_id = %s', :row));
SELECT t.spoil('an empty value for none', format('UPDATE muster.audit_log SET before = ''null'' WHERE audit_id = %s', :row));
SELECT t.spoil('a word moved from one column to the next', format('UPDATE muster.audit_log SET what = ''profile_save|p'', object = '''' WHERE audit_id = %s', :row));
SELECT t.spoil('a bar moved from one column to the next', $$UPDATE muster.audit_log SET what = 'x|y', object = 'z' WHERE audit_id = (SELECT max(audit_id) FROM muster.audit_log);
	UPDATE muster.audit_log a SET hash = muster.audit_row_hash(a) WHERE audit_id = (SELECT max(audit_id) FROM muster.audit_log);
	UPDATE muster.audit_log SET what = 'x', object = 'y|z' WHERE audit_id = (SELECT max(audit_id) FROM muster.audit_log)$$);
SELECT t.spoil('a row gone from the middle', format('DELETE FROM muster.audit_log WHERE audit_id = %s', :row));
SELECT t.spoil('two rows exchanged', format('UPDATE muster.audit_log SET audit_id = -1 WHERE audit_id = %s; UPDATE muster.audit_log SET audit_id = %s WHERE audit_id = %s;
	UPDATE muster.audit_log SET audit_id = %s WHERE audit_id = -1', :row, :row, :row + 1, :row + 1));
SELECT t.spoil('a row put in', format('INSERT INTO muster.audit_log SELECT audit_id + 1000, at, who, from_addr, what, object, before, after, ''\x00'', hash
	FROM muster.audit_log WHERE audit_id = %s', :row));
SELECT throws_ok('DELETE FROM muster.audit_log', '42501', NULL, 'with the triggers in place nothing of this can be done');
SELECT throws_ok('INSERT INTO muster.audit_log SELECT audit_id + 1000, at, who, from_addr, what, object, before, after, prev_hash, hash FROM t.last()', '23505', NULL,
	'two rows cannot follow the same row');

-- What is rolled back leaves no gap that breaks it.
SAVEPOINT before;
SELECT muster.setting_set('workers', '14') \g /dev/null
ROLLBACK TO before;
SELECT muster.setting_set('workers', '15') \g /dev/null
SELECT is_empty('SELECT * FROM t.broken', 'a change that was rolled back leaves the chain whole');

-- The text a hash is made of, for a program that makes it again: from nothing but what an Administrator reads.
SET SESSION AUTHORIZATION t_admin;
CREATE TEMP TABLE seen AS SELECT a.audit_id, a.prev_hash, a.hash, muster.audit_row_text(a) AS row_text, lag(a.hash, 1, ''::bytea) OVER (ORDER BY a.audit_id) AS before_it FROM muster.audit_log a;
RESET SESSION AUTHORIZATION;
SELECT is_empty($$SELECT audit_id FROM seen WHERE hash <> sha256(prev_hash || convert_to(row_text, 'UTF8')) OR prev_hash <> before_it$$,
	'an Administrator can make every hash again from the text of the row and the hash before it');
SELECT is((SELECT count(*) FROM seen), (SELECT count(*) FROM muster.audit_log), 'of all rows');
SELECT is_empty('SELECT a.audit_id FROM muster.audit_log a WHERE muster.audit_row_hash(a) <> sha256(a.prev_hash || convert_to(muster.audit_row_text(a), ''UTF8''))', 'the database makes it of the same text');
SELECT is((SELECT muster.audit_row_text(ROW(7, '2026-01-02 03:04:05.678901+00', 'eve', '10.0.0.1', 'what', 'o"b', '{"b": 1, "a": null}', NULL, '', '')::muster.audit_log)),
	'[7, "2026-01-02 03:04:05.678901", "eve", "10.0.0.1", "what", "o\"b", "{\"a\": null, \"b\": 1}", null]', 'that text is a JSON array of the columns in order, the time in UTC');
SET TimeZone = 'Asia/Kathmandu'; SET DateStyle = 'German';
SELECT is_empty($$SELECT a.audit_id FROM muster.audit_log a JOIN seen USING (audit_id) WHERE muster.audit_row_text(a) <> row_text$$, 'it does not depend on the session');
RESET TimeZone; RESET DateStyle;

-- The end of the chain.
CREATE FUNCTION t.end_is_right() RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT (e.audit_id, e.hash) IS NOT DISTINCT FROM (SELECT (a.audit_id, a.hash) FROM muster.audit_log a ORDER BY audit_id DESC LIMIT 1) FROM muster.audit_end e
$$;
SELECT is(t.end_is_right(), true, 'the end on record is the newest row');
SELECT muster.setting_set('workers', '16') \g /dev/null
SELECT is(t.end_is_right(), true, 'also after one more');
SAVEPOINT before;
SELECT muster.setting_set('workers', '17') \g /dev/null
ROLLBACK TO before;
SELECT is(t.end_is_right(), true, 'and after one that was rolled back');
SELECT is((SELECT count(*) FROM muster.audit_end), 1::bigint, 'there is one end');
SELECT throws_ok('INSERT INTO muster.audit_end (one, audit_id, hash) VALUES (true, 1, ''\x00'')', '23505', NULL, 'and never two');
SELECT throws_ok('INSERT INTO muster.audit_end (one, audit_id, hash) VALUES (false, 1, ''\x00'')', '23514', NULL, 'in no way');
CREATE FUNCTION t.cut(p_rows integer) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	chain bigint;
	right_ boolean;
BEGIN
	BEGIN
		ALTER TABLE muster.audit_log DISABLE TRIGGER USER;
		DELETE FROM muster.audit_log WHERE audit_id IN (SELECT audit_id FROM muster.audit_log ORDER BY audit_id DESC LIMIT p_rows);
		SELECT count(*), t.end_is_right() INTO chain, right_ FROM t.broken;
		RAISE EXCEPTION USING ERRCODE = 'T0K01';
	EXCEPTION WHEN SQLSTATE 'T0K01' THEN NULL;
	END;
	RETURN NEXT is(chain || ' ' || right_, '0 false', format('the chain is whole without its newest %s rows, but its end is not the one on record', p_rows));
END
$$;
SELECT t.cut(1);
SELECT t.cut(3);
SELECT is(t.end_is_right(), true, 'put back, it is right again');
-- A row written after others were cut off follows what is not there any more.
CREATE FUNCTION t.cut_and_write() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	chain bigint;
BEGIN
	ALTER TABLE muster.audit_log DISABLE TRIGGER USER;
	DELETE FROM muster.audit_log WHERE audit_id IN (SELECT audit_id FROM muster.audit_log ORDER BY audit_id DESC LIMIT 2);
	ALTER TABLE muster.audit_log ENABLE TRIGGER USER;
	PERFORM muster.audit_write('test', 'after the cut', NULL, NULL);
	SELECT count(*) INTO chain FROM t.broken;
	RAISE EXCEPTION USING ERRCODE = 'T0K01', MESSAGE = chain || ' ' || t.end_is_right();
EXCEPTION WHEN SQLSTATE 'T0K01' THEN
	RETURN split_part(SQLERRM, ' ', 1);
END
$$;
SELECT is(t.cut_and_write(), 1::bigint, 'rows cut off are still missed when others were written after them');
SAVEPOINT before;
DELETE FROM muster.audit_end;
SELECT throws_ok('SELECT muster.setting_set(''workers'', ''18'')', 'P0002', NULL, 'without its end nothing is written, and nothing done');
ROLLBACK TO before;
SELECT is((SELECT string_agg(has_table_privilege(r, 'muster.audit_end', 'select')::text, ' ') FROM unnest(ARRAY['t_operator', 't_admin', 't_enterprise', 'muster_engine']) r),
	'false true true false', 'who reads the audit log reads its end');

-- Refusals, told by the program that was refused: by anybody who has a role, at most 30 an hour.
CREATE FUNCTION t.denied(p_times integer) RETURNS void LANGUAGE sql AS $$ SELECT muster.audit_denied('try ' || n) FROM generate_series(1, p_times) n $$;
GRANT EXECUTE ON FUNCTION t.denied(integer) TO PUBLIC;
SET SESSION AUTHORIZATION t_viewer;
SELECT muster.audit_denied(repeat('x', 300)) \g /dev/null
SELECT t.denied(40) \g /dev/null
SELECT throws_ok('SELECT muster.audit_write(''approve'', ''x'', NULL, NULL)', '42501', NULL, 'who may tell of a refusal may write nothing else');
SET SESSION AUTHORIZATION t_operator;
SELECT t.denied(2) \g /dev/null
SET SESSION AUTHORIZATION t_nobody;
SELECT throws_ok('SELECT muster.audit_denied(''x'')', '42501', NULL, 'who has no role tells nothing');
RESET SESSION AUTHORIZATION;
SELECT results_eq($$SELECT who COLLATE "C", count(*), min(length(object)), max(length(object)) FROM muster.audit_log WHERE what = 'denied' GROUP BY who COLLATE "C" ORDER BY 1$$,
	$$VALUES ('t_operator' COLLATE "C", 2::bigint, 5, 5), ('t_viewer', 30, 5, 200)$$, 'each login has 30 refusals an hour on record, each at most 200 characters');
SELECT throws_ok('SELECT muster.audit_denied(NULL)', '23502', NULL, 'a refusal has a text');
ALTER TABLE muster.audit_log DISABLE TRIGGER audit_append_only;
UPDATE muster.audit_log SET at = at - interval '61 min' WHERE what = 'denied' AND who = 't_viewer';
ALTER TABLE muster.audit_log ENABLE TRIGGER audit_append_only;
SET SESSION AUTHORIZATION t_viewer;
SELECT t.denied(2) \g /dev/null
RESET SESSION AUTHORIZATION;
SELECT is((SELECT count(*) FROM muster.audit_log WHERE what = 'denied' AND who = 't_viewer'), 32::bigint, 'after an hour there is room again');
SET enable_seqscan = off;
CREATE FUNCTION t.plan(p_sql text) RETURNS SETOF text LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY EXECUTE 'EXPLAIN ' || p_sql; END $$;
SELECT is((SELECT count(*) FROM t.plan($$SELECT FROM muster.audit_log WHERE what = 'denied' AND who = 't_viewer'::text AND at > now() - interval '1 hour' LIMIT 30$$) p WHERE p LIKE '%audit_log_denied%') > 0,
	true, 'they are counted by their index');
RESET enable_seqscan;
SELECT * FROM finish();
ROLLBACK;
