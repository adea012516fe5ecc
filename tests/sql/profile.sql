-- SPDX-License-Identifier: Apache-2.0
-- profile: several people edit one profile; a list of devices is checked, and staged as a whole or not at all.
BEGIN;
\ir lib.psql
SELECT plan(36);

-- profile_save with the revision that was edited.
SET SESSION AUTHORIZATION t_operator;
SELECT is(muster.profile_save('edit', '{"n": 1}', NULL, NULL, 0), 1, 'a new profile begins from revision 0');
SELECT throws_ok($$SELECT muster.profile_save('edit', '{"n": 2}', NULL, NULL, 0)$$, '23505', 'there is a profile "edit" already', 'there is one of each name');
SELECT is(muster.profile_save('edit', '{"n": 2}', NULL, NULL, 1), 2, 'an edit of the newest revision is saved');
SELECT throws_ok($$SELECT muster.profile_save('edit', '{"n": 3}', NULL, NULL, 1)$$, '23505', 'revision 2 was saved meanwhile by t_operator', 'an edit of an older one is not');
SELECT throws_ok($$SELECT muster.profile_save('edit', '{"n": 3}', NULL, NULL, 3)$$, '23505', NULL, 'nor one of a revision that is not there');
SELECT throws_ok($$SELECT muster.profile_save('none', '{"n": 3}', NULL, NULL, 3)$$, '23505', NULL, 'nor one of a profile that is not there');
SELECT is((SELECT count(*) FROM muster.profile WHERE name = 'none'), 0::bigint, 'and that leaves no profile behind');
SELECT is(muster.profile_save('edit', '{"n": 2}', NULL, NULL, 2), 2, 'an edit that changes nothing makes no revision');
SELECT is(muster.profile_save('edit', '{"n": 4}', NULL, NULL), 3, 'without a base the newest is taken');

-- Passwords of ACL entries that are gone are not kept for ever.
SELECT is(muster.profile_save('acl', '{"acl": [{"user": "eve"}, {"user": "bob"}]}', ARRAY['admin', 'acl/eve', 'acl/bob'], ARRAY['a', 'e', 'b']::bytea[]), 1, 'a profile with an ACL');
SELECT is(muster.profile_save('acl', '{"acl": [{"user": "bob"}]}', NULL, NULL), 2, 'an entry is removed');
RESET SESSION AUTHORIZATION;
SELECT results_eq($$SELECT s.name FROM muster.profile_secret s JOIN muster.profile_revision r USING (profile_revision_id) JOIN muster.profile p USING (profile_id)
	WHERE p.name = 'acl' AND revision = 2 ORDER BY 1$$, $$VALUES ('acl/bob'), ('admin')$$, 'its password is not taken over, the others are');

-- staged_import.
SELECT t.hello(310), t.device(311, 'configured') \g /dev/null
SET SESSION AUTHORIZATION t_operator;
CREATE FUNCTION pg_temp.import(p_mode text, VARIADIC p_fqdn text[]) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT concat_ws(' ', nr, code, text, CASE WHEN queued THEN '+' END)
	  FROM muster.staged_import((SELECT array_agg(t.u(309 + i::integer) ORDER BY i) FROM generate_subscripts(p_fqdn, 1) AS i), p_fqdn,
		(SELECT array_agg('edit'::text) FROM unnest(p_fqdn)), (SELECT array_agg(''::text) FROM unnest(p_fqdn)),
		(SELECT array_agg(''::text) FROM unnest(p_fqdn)), p_mode)
$$;
SELECT results_eq($$SELECT pg_temp.import('check', 'w.example.com', 'x.example.com', 'y.example.com')$$,
	$$VALUES ('1 0 new +'), ('2 0 new'), ('3 0 new')$$, 'a check says what would be done');
SELECT is((SELECT count(*) FROM muster.staged_device), 0::bigint, 'and stages nothing');
SELECT is(t.state(310), 'waiting 913', 'and queues nothing');
SELECT is((SELECT count(*) FROM muster.job WHERE state = 'queued'), 0::bigint, 'not even a job');
SELECT results_eq($$SELECT pg_temp.import('all', 'w.example.com', 'no fqdn', 'y.example.com')$$,
	$$VALUES ('1 0 new +'), ('2 1105 "no fqdn" is not an FQDN'), ('3 0 new')$$, 'all with one that is refused says which');
SELECT is((SELECT count(*) FROM muster.staged_device), 0::bigint, 'and stages nothing');
SELECT is(t.state(310), 'waiting 913', 'and queues nothing');
SELECT results_eq($$SELECT pg_temp.import('good', 'w.example.com', 'no fqdn', 'W.example.com')$$,
	$$VALUES ('1 0 new +'), ('2 1105 "no fqdn" is not an FQDN'), ('3 1105 FQDN W.example.com belongs to another device')$$, 'good says the same');
SELECT is((SELECT count(*) FROM muster.staged_device), 1::bigint, 'and stages what is good');
SELECT is(t.state(310), 'ready 0', 'and queues it');
SELECT results_eq($$SELECT pg_temp.import('all', 'w.example.com', 'x.example.com', 'y.example.com')$$,
	$$VALUES ('1 0 as it is staged already'), ('2 0 new'), ('3 0 new')$$, 'what is staged already is told');
SELECT is((SELECT count(*) FROM muster.staged_device), 3::bigint, 'all are staged');
SELECT results_eq($$SELECT pg_temp.import('check', 'w.example.com', 'x2.example.com')$$,
	$$VALUES ('1 0 as it is staged already'), ('2 0 changes: was x.example.com, profile edit')$$, 'what would be replaced is told');
SELECT results_eq($$SELECT pg_temp.import('check', 'w.example.com', 'Y.example.com')$$,
	$$VALUES ('1 0 as it is staged already'), ('2 1105 FQDN Y.example.com is staged for another device')$$, 'an FQDN is staged once');
SELECT results_eq($$SELECT code, text FROM muster.staged_import(ARRAY[t.u(320), t.u(320), t.u(321), t.u(322), t.u(323)],
	ARRAY['a.b', 'c.d', 'e.f', 'g.h', 'i.j'], ARRAY['edit', 'edit', 'nosuch', 'edit', 'edit'], ARRAY['', '', '', repeat('x', 501), ''],
	ARRAY['', '', '', '', repeat('x', 501)], 'all')$$,
	$$VALUES (0, 'new'), (1105, 'this UUID is in the list twice'), (1106, 'no profile is called "nosuch"'), (1105, 'the OU has more than 500 characters'),
		(1105, 'the note has more than 500 characters')$$, 'each fault has its text');
SELECT is_empty($$SELECT * FROM muster.staged_import('{}', '{}', '{}', '{}', '{}', 'all')$$, 'an empty list is no error');
SELECT results_eq($$SELECT code FROM muster.staged_import(ARRAY[t.u(330)], '{}', '{}', '{}', '{}', 'all')$$, $$VALUES (1106)$$, 'arrays of other lengths stage nothing');
SELECT throws_ok($$SELECT muster.staged_import('{}', '{}', '{}', '{}', '{}', 'some')$$, '22023', NULL, 'a mode that is none is an error');
SELECT throws_ok($$SELECT muster.staged_import('{}', '{}', '{}', '{}', '{}', NULL)$$, '22023', NULL, 'so is none');
RESET SESSION AUTHORIZATION;
SELECT is((SELECT count(*) FROM muster.audit_log WHERE what = 'staged_add'), 4::bigint, 'the audit log has what was stored, and nothing that was checked');
SELECT is((SELECT count(DISTINCT hash) FROM muster.audit_log), (SELECT count(*) FROM muster.audit_log), 'its chain is whole');
SET SESSION AUTHORIZATION t_viewer;
SELECT throws_ok($$SELECT muster.staged_import('{}', '{}', '{}', '{}', '{}', 'check')$$, '42501', NULL, 'a log viewer may not even check');
SELECT throws_ok($$SELECT muster.profile_save('x', '{}', NULL, NULL, 0)$$, '42501', NULL, 'nor save a profile');
RESET SESSION AUTHORIZATION;
SELECT is((SELECT count(*) FROM muster.staged_device WHERE created_by = 't_operator'), 3::bigint, 'who staged is who asked');
SELECT * FROM finish();
ROLLBACK;
