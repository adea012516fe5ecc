-- SPDX-License-Identifier: Apache-2.0
-- audit: the hash chain, recomputed from nothing. Two sessions at once are in race.sql.
BEGIN;
\ir lib.psql
SELECT plan(24);

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
SELECT * FROM finish();
ROLLBACK;
