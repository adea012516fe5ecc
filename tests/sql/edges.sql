-- SPDX-License-Identifier: Apache-2.0
-- edges: of every pair of device states, exactly the listed changes are possible.
BEGIN;
\ir lib.psql
SELECT plan(92);

CREATE TABLE t.edges (from_state text, to_states text[]);
INSERT INTO t.edges VALUES
	('waiting',       '{ready,held}'),
	('ready',         '{configuring,held,waiting,failed,configured,detected,setup,unprovisioned}'),
	('configuring',   '{ready,configured,failed,detected,setup,unprovisioned}'),
	('configured',    '{waiting,held,ready}'),
	('failed',        '{ready,held,waiting}'),
	('setup',         '{ready,waiting}'),
	('unprovisioned', '{ready,waiting}'),
	('held',          '{waiting}'),
	('detected',      '{waiting,held,ready}');
SELECT set_eq('SELECT from_state, to_state FROM muster.device_edge', 'SELECT from_state, unnest(to_states) FROM t.edges', 'the changes that exist are listed here');
SELECT set_eq('SELECT from_state FROM t.edges',
	$$SELECT (regexp_matches(pg_get_constraintdef(oid), '''(\w+)''', 'g'))[1] FROM pg_constraint WHERE conname = 'device_state'$$, 'every state has a row here');
SELECT is_empty($$SELECT * FROM muster.device_edge WHERE why = ''$$, 'every change says why it happens');
SELECT is_empty($$SELECT from_state FROM t.edges WHERE to_states = '{}'$$, 'no state is a dead end');

-- Each pair is tried at a device of its own.
CREATE TABLE t.pairs AS
SELECT row_number() OVER (ORDER BY a.o, b.o)::integer AS n, a.s AS from_state, b.s AS to_state, a.s = b.s OR b.s = ANY (e.to_states) AS goes
  FROM unnest('{waiting,ready,configuring,configured,failed,setup,unprovisioned,held,detected}'::text[]) WITH ORDINALITY AS a (s, o)
  CROSS JOIN unnest('{waiting,ready,configuring,configured,failed,setup,unprovisioned,held,detected}'::text[]) WITH ORDINALITY AS b (s, o)
  JOIN t.edges e ON e.from_state = a.s;
SELECT t.device(n, from_state) FROM t.pairs \g /dev/null
UPDATE muster.device SET state_at = '2020-01-01';
SELECT CASE WHEN goes THEN lives_ok(format('UPDATE muster.device SET state = %L WHERE uuid = t.u(%s)', to_state, n),
		CASE WHEN from_state = to_state THEN format('a device may stay %s', to_state) ELSE format('a device goes from %s to %s', from_state, to_state) END)
	ELSE throws_ok(format('UPDATE muster.device SET state = %L WHERE uuid = t.u(%s)', to_state, n), '23514', format('a device does not go from %s to %s', from_state, to_state),
		format('a device does not go from %s to %s', from_state, to_state)) END
  FROM t.pairs ORDER BY n;
SELECT is_empty('SELECT d.uuid FROM muster.device d JOIN t.pairs p ON d.uuid = t.u(p.n) WHERE d.state <> CASE WHEN p.goes THEN p.to_state ELSE p.from_state END',
	'a refused change leaves the state');
SELECT is_empty($$SELECT d.uuid FROM muster.device d JOIN t.pairs p ON d.uuid = t.u(p.n) WHERE (d.state_at > '2020-01-01') <> (p.goes AND p.from_state <> p.to_state)$$,
	'the time of a state is that of its last change');
SELECT throws_ok($$UPDATE muster.device SET state = 'broken' WHERE uuid = t.u(1)$$, '23514', NULL, 'a state nobody knows is refused');
SELECT throws_ok($$UPDATE muster.device SET state = NULL WHERE uuid = t.u(1)$$, '23502', NULL, 'a device has a state');
SELECT throws_ok($$UPDATE muster.device SET state = 'configured' WHERE state = 'waiting'$$, '23514', NULL, 'many devices at once are guarded too');
SELECT throws_ok($$INSERT INTO muster.device (uuid, state) VALUES (t.u(99), 'waiting') ON CONFLICT (uuid) DO UPDATE SET state = 'configured';
	INSERT INTO muster.device (uuid, state) VALUES (t.u(99), 'waiting') ON CONFLICT (uuid) DO UPDATE SET state = 'configured'$$, '23514', NULL,
	'an upsert is guarded too');
SELECT lives_ok($$UPDATE muster.device SET reason = 'x' WHERE uuid = t.u(2)$$, 'what does not touch the state needs no listed change');
SELECT * FROM finish();
ROLLBACK;
