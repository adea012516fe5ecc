-- SPDX-License-Identifier: Apache-2.0
-- trace: who switches the debug trace of what, at which level, and what the setting says then.
BEGIN;
\ir lib.psql
SELECT plan(45);
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA t TO PUBLIC;
SELECT muster.node_start('one', '1', 1), muster.node_start('Two.b', '1', 2) \g /dev/null
CREATE FUNCTION t.setting() RETURNS text LANGUAGE sql AS $$ SELECT value FROM muster.setting WHERE name = 'trace' $$;

-- In this order, each after the one before.
CREATE TABLE t.steps (n integer GENERATED ALWAYS AS IDENTITY, what text[], level text, want text, why text);
INSERT INTO t.steps (what, level, want, why) VALUES
	(ARRAY[t.u(1)::text], 'V', t.u(1)::text, 'a device'),
	(ARRAY[upper(t.u(1)::text)], 'V', t.u(1)::text, 'the same again'),
	(ARRAY[t.u(2)::text], 'E', t.u(1) || ' ' || t.u(2) || ':E', 'another one at another level'),
	(ARRAY[t.u(1)::text], 'W', t.u(1) || ':W ' || t.u(2) || ':E', 'the first at another level, where it stands'),
	(ARRAY['all'], 'E', t.u(1) || ':W ' || t.u(2) || ':E all:E', 'all others'),
	(ARRAY['engine=one', 'ALL'], 'W', t.u(1) || ':W ' || t.u(2) || ':E all:W engine=one:W', 'an engine, and all, at once'),
	(ARRAY['engine=Two.b'], 'V', t.u(1) || ':W ' || t.u(2) || ':E all:W engine=one:W engine=Two.b', 'an engine with a capital letter'),
	(ARRAY['engine=Two.b', t.u(3)::text], '', t.u(1) || ':W ' || t.u(2) || ':E all:W engine=one:W', 'one off, and one that was not on'),
	(ARRAY['all', t.u(1)::text, t.u(1)::text], '', t.u(2) || ':E engine=one:W', 'several off'),
	('{}', 'V', t.u(2) || ':E engine=one:W', 'nothing named'),
	(NULL, '', '', 'all off'),
	(NULL, '', '', 'all off again');
GRANT SELECT ON t.steps TO PUBLIC;
SET SESSION AUTHORIZATION t_admin;
SELECT is(muster.trace_set(what, level), want, why) FROM t.steps ORDER BY n;
RESET SESSION AUTHORIZATION;
SELECT is(t.setting(), '', 'it is the setting');
SELECT is((SELECT count(*) FROM muster.audit_log WHERE what = 'setting_set' AND object = 'trace' AND who = 't_admin'), 9::bigint, 'each change is in the audit log');
SELECT results_eq($$SELECT before, after FROM muster.audit_log WHERE object = 'trace' ORDER BY audit_id DESC LIMIT 1$$,
	format('VALUES (to_jsonb(%L::text), to_jsonb(''''::text))', t.u(2) || ':E engine=one:W'), 'with what was before');

-- Refused, and nothing changed.
SET SESSION AUTHORIZATION t_admin;
SELECT throws_ok($$SELECT muster.trace_set('{engine=none}', 'V')$$, 'P0002', 'no engine is called "none"', 'an engine that is not there');
SELECT lives_ok($$SELECT muster.trace_set('{engine=none}', '')$$, 'which may be switched off');
SELECT throws_ok($$SELECT muster.trace_set('{all}', 'X')$$, '23514', 'a level is V, W or E', 'a level that is none');
SELECT throws_ok($$SELECT muster.trace_set('{all}', NULL)$$, '23514', NULL, 'no level');
SELECT throws_ok($$SELECT muster.trace_set('{nonsense}', 'V')$$, '23514', NULL, 'what is no device');
SELECT throws_ok($$SELECT muster.trace_set('{""}', 'V')$$, '23514', NULL, 'an empty name');
SELECT throws_ok($$SELECT muster.trace_set('{all engine=one}', 'V')$$, '23514', NULL, 'two in one');
SELECT throws_ok($$SELECT muster.trace_set(ARRAY(SELECT t.u(i)::text FROM generate_series(1, 14) i), 'V')$$, '23514',
	'too many to trace one by one: switch some off, or trace all', 'too many');
SELECT lives_ok($$SELECT muster.trace_set(ARRAY(SELECT t.u(i)::text FROM generate_series(1, 12) i), 'W')$$, 'but twelve are taken');
SELECT muster.trace_set(NULL, '') \g /dev/null

-- By hand, as a setting.
CREATE TEMP TABLE by_hand (value text, good boolean);
INSERT INTO by_hand VALUES ('', true), ('all', true), ('all:V', true), ('all:w', true), (t.u(1)::text, true), (upper(t.u(1)::text) || ':E', true),
	('engine=one', true), ('engine=any.one-2_b:W all:E ' || t.u(1), true), ('all ' || t.u(1), true),
	(' ', false), ('all ', false), ('all  engine=one', false), ('all:X', false), ('all:', false), ('alle', false), ('all,engine=one', false),
	('engine=', false), ('engine=a b', false), (E'all\n', false), ('all:E all:V', false), (t.u(1) || ' ' || upper(t.u(1)::text) || ':E', false);
SELECT CASE WHEN good THEN lives_ok(format('SELECT muster.setting_set(''trace'', %L)', value), format('trace may be %s', to_jsonb(value)))
	ELSE throws_ok(format('SELECT muster.setting_set(''trace'', %L)', value), '23514', NULL, format('trace may not be %s', to_jsonb(value))) END FROM by_hand;
SELECT * FROM finish();
ROLLBACK;
