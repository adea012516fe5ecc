-- SPDX-License-Identifier: Apache-2.0
-- operator: what operators and administrators do, with every refusal, and what the audit log says of it.
BEGIN;
\ir lib.psql
SELECT plan(290);
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA t TO PUBLIC;

-- approve: one device. "code text".
CREATE FUNCTION t.approve(n integer, p_fqdn text, p_profile text DEFAULT 'office', p_ou text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
	SELECT code || ' ' || text FROM muster.approve(ARRAY[t.u(n)], p_profile, ARRAY[p_fqdn], p_ou)
$$;
SELECT t.waiting(1), t.waiting(2), t.waiting(3), t.waiting(4, 1308), t.waiting(5, 1305), t.waiting(6), t.device(10, 'ready'), t.device(11, 'configuring'),
       t.device(12, 'configured'), t.device(13, 'detected'), t.device(14, 'held', 1813), t.device(15, 'failed', 1604), t.device(16, 'setup'),
       t.device(17, 'unprovisioned'), t.device(18, 'waiting', 1812) \g /dev/null
UPDATE muster.device SET hello_version = 2 WHERE uuid = t.u(4);
UPDATE muster.device SET hash_set_id = (SELECT no_hashes FROM t.world) WHERE uuid = t.u(5);
UPDATE muster.device SET address = NULL WHERE uuid = t.u(6);
SET SESSION AUTHORIZATION t_operator;
SELECT is(t.approve(1, 'one.example.com', p_ou => 'OU=x'), '0 queued as one.example.com', 'an operator approves a waiting device');
RESET SESSION AUTHORIZATION;
SELECT is(t.state(1), 'ready 0', 'an approved device is ready');
SELECT is(t.job(1), 'queued 0', 'an approved device has a job');
SELECT results_eq('SELECT fqdn, ou, mapped_by, reason FROM t.dev(1)', $$VALUES ('one.example.com', 'OU=x', 't_operator', 'approved by t_operator')$$,
	'an approved device has its FQDN and OU, and says who approved it');
SELECT is((SELECT asked_by FROM muster.job WHERE job_id = t.live(1)), 't_operator', 'its job says who asked for it');
SELECT is(t.log(1), '{"3 0 Approved by t_operator: FQDN one.example.com"}', 'the log says who approved it');
SELECT results_eq('SELECT who, what, before, after FROM muster.audit_log WHERE object = t.u(1)::text',
	$$VALUES ('t_operator', 'approve', '{"ou": null, "fqdn": null, "state": "waiting", "profile_id": null}'::jsonb,
		'{"ou": "OU=x", "fqdn": "one.example.com", "profile": "office"}'::jsonb)$$, 'the audit log says who approved it, and what it was before');

SET SESSION AUTHORIZATION t_operator;
SELECT is(t.approve(99, 'a.b'), '1106 no device has this UUID', 'a UUID nobody knows is code 1106');
SELECT is(t.approve(10, 'a.b'), '103 already in the queue', 'a queued device is code 103');
SELECT is(t.approve(11, 'a.b'), '103 already in the queue', 'a device being configured is code 103');
SELECT is(t.approve(12, 'a.b'), '102 already provisioned: accept it again first', 'a configured device is code 102');
SELECT is(t.approve(13, 'a.b'), '102 already provisioned: accept it again first', 'a device somebody else configured is code 102');
SELECT is(t.approve(14, 'a.b'), '1813 held: release it first', 'a held device is code 1813');
SELECT is(t.approve(4, 'a.b'), '1308 asks for PSK configuration, which is not served yet', 'a device that asks for PSK is code 1308');
SELECT alike(t.approve(5, 'a.b'), '1305 %', 'a device that offers no root hash is code 1305');
SELECT is(t.approve(6, 'a.b'), '1401 has not said hello yet: stage it instead', 'a device that never said hello is code 1401');
SELECT is(t.approve(2, 'a.b', NULL), '1702 no profile given', 'without a profile it is code 1702');
SELECT is(t.approve(2, NULL), '913 no FQDN given', 'without an FQDN it is code 913');
SELECT is(t.approve(2, ''), '913 no FQDN given', 'an empty FQDN is none');
SELECT is(t.approve(2, f), format('1703 "%s" is not an FQDN', left(f, 80)), format('%s is code 1703', left(to_jsonb(f)::text, 80)))
  FROM unnest(ARRAY['pc', 'pc.', '.pc.b', 'pc..b', '-pc.b', 'pc-.b', 'p c.b', 'pc_1.b', 'pc.b'' OR 1=1', 'pc.{x}.b', 'pc.b ', E'pc.b\n', 'ü.b',
	repeat('a', 64) || '.b', repeat('abcdefg.', 32) || 'b']) AS f;
SELECT is(t.approve(2, 'PC12.example.com'), '1703 FQDN PC12.example.com belongs to another device', 'an FQDN another device has is code 1703, in any case of letters');
SELECT throws_ok($$SELECT t.approve(2, 'a.b', 'nosuch')$$, 'P0002', 'no profile is called "nosuch"', 'a profile nobody knows is an error');
RESET SESSION AUTHORIZATION;
SELECT is((SELECT string_agg(state, ' ' ORDER BY uuid) FROM muster.device WHERE uuid IN (t.u(2), t.u(4), t.u(5), t.u(6), t.u(10), t.u(11), t.u(12), t.u(13), t.u(14))),
	'waiting waiting waiting waiting ready configuring configured detected held', 'a device that is refused stays as it was');
SELECT is((t.dev(2)).fqdn, NULL, 'a device that is refused gets no FQDN');
SELECT is((SELECT count(*) FROM muster.audit_log WHERE what = 'approve'), 1::bigint, 'a refusal changes nothing and is not in the audit log');
SET SESSION AUTHORIZATION t_operator;
SELECT is(t.approve(15, NULL, NULL), '0 queued as pc15.example.com', 'a failed device is approved again with what it has');
SELECT is(t.approve(16, NULL, NULL), '0 queued as pc16.example.com', 'a device in setup is approved');
SELECT is(t.approve(17, NULL, NULL), '0 queued as pc17.example.com', 'an unprovisioned device is approved');
SELECT is(t.approve(18, 'PC18.example.com', NULL), '0 queued as PC18.example.com', 'a device keeps an FQDN that is its own, in other letters');
RESET SESSION AUTHORIZATION;
SELECT is((t.dev(15)).ou, 'OU=pcs', 'what is not given stays');

-- approve: many. Patterns, and a partial failure.
SELECT t.waiting(n) FROM generate_series(20, 25) n \g /dev/null
SET SESSION AUTHORIZATION t_operator;
SELECT results_eq($$SELECT uuid, code, text FROM muster.approve(ARRAY[t.u(20), t.u(12), t.u(21), t.u(99), t.u(20)], 'office', ARRAY['pc-{n}.lab.example.com'], NULL)$$,
	$$VALUES (t.u(20), 0, 'queued as pc-1.lab.example.com'), (t.u(12), 102, 'already provisioned: accept it again first'), (t.u(21), 0, 'queued as pc-3.lab.example.com'),
		(t.u(99), 1106, 'no device has this UUID'), (t.u(20), 103, 'already in the queue')$$, 'many are answered one by one, in order; those that are refused leave the others');
SELECT is((SELECT text FROM muster.approve(ARRAY[t.u(22)], 'office', ARRAY['pc{uuid}.example.com'], NULL)), 'queued as pc000000000016.example.com',
	'{uuid} is the last 12 hex digits of the UUID');
SELECT is((SELECT array_agg(code) FROM muster.approve(ARRAY[t.u(23), t.u(24)], 'office', ARRAY['same.example.com'], NULL)), '{0,1703}', 'one FQDN goes to one device');
SELECT is((SELECT array_agg(text) FROM muster.approve(ARRAY[t.u(24), t.u(25)], 'office', ARRAY['x.example.com', 'y.example.com'], NULL)),
	'{"queued as x.example.com","queued as y.example.com"}', 'each device may have its own FQDN');
SELECT is_empty($$SELECT * FROM muster.approve('{}', 'office', NULL, NULL)$$, 'nobody to approve is no error');
SELECT is((SELECT code FROM muster.approve(ARRAY[NULL::uuid], 'office', NULL, NULL)), 1106, 'no UUID is code 1106');
RESET SESSION AUTHORIZATION;
SELECT is((SELECT count(*) FROM muster.audit_log WHERE what = 'approve' AND object = t.u(20)::text), 1::bigint, 'each approved device has its own line in the audit log');

-- device_command: every verb at every state. Code, and the state after.
CREATE TABLE t.commands (n integer GENERATED ALWAYS AS IDENTITY (START 100), verb text, before text, code integer, after text);
INSERT INTO t.commands (verb, before, code, after) VALUES
	('hold',    'waiting',       0,    'held 1813'),
	('hold',    'ready',         0,    'held 1813'),
	('hold',    'configuring',   137,  'configuring 1'),
	('hold',    'configured',    0,    'held 1813'),
	('hold',    'failed',        0,    'held 1813'),
	('hold',    'setup',         1105, 'setup 1'),
	('hold',    'unprovisioned', 1105, 'unprovisioned 1'),
	('hold',    'held',          1105, 'held 1'),
	('hold',    'detected',      0,    'held 1813'),
	('release', 'waiting',       1105, 'waiting 1'),
	('release', 'ready',         1105, 'ready 1'),
	('release', 'configuring',   137,  'configuring 1'),
	('release', 'configured',    1105, 'configured 1'),
	('release', 'failed',        1105, 'failed 1'),
	('release', 'setup',         1105, 'setup 1'),
	('release', 'unprovisioned', 1105, 'unprovisioned 1'),
	('release', 'held',          0,    'waiting 1812'),
	('release', 'detected',      1105, 'detected 1'),
	('retry',   'waiting',       1105, 'waiting 1'),
	('retry',   'ready',         0,    'ready 1'),
	('retry',   'configuring',   137,  'configuring 1'),
	('retry',   'configured',    1105, 'configured 1'),
	('retry',   'failed',        0,    'ready 0'),
	('retry',   'setup',         1105, 'setup 1'),
	('retry',   'unprovisioned', 1105, 'unprovisioned 1'),
	('retry',   'held',          1105, 'held 1'),
	('retry',   'detected',      1105, 'detected 1'),
	('accept',  'waiting',       1105, 'waiting 1'),
	('accept',  'ready',         1105, 'ready 1'),
	('accept',  'configuring',   137,  'configuring 1'),
	('accept',  'configured',    0,    'waiting 1812'),
	('accept',  'failed',        1105, 'failed 1'),
	('accept',  'setup',         1105, 'setup 1'),
	('accept',  'unprovisioned', 1105, 'unprovisioned 1'),
	('accept',  'held',          1105, 'held 1'),
	('accept',  'detected',      0,    'waiting 1812');
INSERT INTO t.commands (verb, before, code, after) VALUES
	('cancel',  'waiting',       1105, 'waiting 1'),
	('cancel',  'ready',         0,    'waiting 1812'),
	('cancel',  'configuring',   137,  'configuring 1'),
	('cancel',  'configured',    1105, 'configured 1'),
	('cancel',  'failed',        1105, 'failed 1'),
	('cancel',  'setup',         1105, 'setup 1'),
	('cancel',  'unprovisioned', 1105, 'unprovisioned 1'),
	('cancel',  'held',          1105, 'held 1'),
	('cancel',  'detected',      1105, 'detected 1');
SELECT t.device(n, before, 1) FROM t.commands \g /dev/null
UPDATE muster.job SET run_at = now() + interval '1 hour' WHERE state = 'queued' AND device_id IN (SELECT device_id FROM muster.device JOIN t.commands ON uuid = t.u(n));
GRANT SELECT ON t.commands TO PUBLIC;
CREATE TABLE t.got (n integer, code integer, text text);
GRANT ALL ON t.got TO PUBLIC;
SET SESSION AUTHORIZATION t_operator;
INSERT INTO t.got SELECT c.n, x.code, x.text FROM t.commands c, muster.device_command(ARRAY[t.u(c.n)], c.verb, 'because') x;
RESET SESSION AUTHORIZATION;
SELECT is(g.code || ' -> ' || t.state(c.n), c.code || ' -> ' || c.after, format('%s a device that is %s: %s', c.verb, c.before,
	CASE c.code WHEN 0 THEN 'done' ELSE 'refused with code ' || c.code END)) FROM t.commands c JOIN t.got g USING (n) ORDER BY n;
SELECT is(t.audit(t.u(c.n)::text), CASE c.code WHEN 0 THEN ARRAY['t_operator ' || c.verb] ELSE '{}' END, format('%s a device that is %s: %s', c.verb, c.before,
	CASE c.code WHEN 0 THEN 'in the audit log' ELSE 'not in the audit log' END)) FROM t.commands c ORDER BY n;
SELECT is((SELECT text FROM t.got JOIN t.commands USING (n) WHERE verb = 'retry' AND before = 'held'), 'cannot retry a device that is held', 'a refusal says what does not go');
SELECT is(t.job(101), 'cancelled 1813', 'holding a queued device cancels its job');
SELECT is((SELECT lease_until IS NULL AND ended_at IS NOT NULL FROM muster.job JOIN t.dev(101) USING (device_id)), true, 'a cancelled job has ended');
SELECT is(t.job(102), 'running 0', 'a running job is not cancelled');
SELECT is(t.job(137) || ', ' || (SELECT last_text FROM muster.job JOIN t.dev(137) USING (device_id)), 'cancelled 1812, cancelled by t_operator', 'cancel ends a queued job');
SELECT is((t.dev(137)).reason, 'job cancelled by t_operator: because', 'its device says who cancelled it and why');
SELECT is(t.log(137), '{"3 0 Operator t_operator: cancel: because"}', 'the log says so too');
SELECT is(t.job(138), 'running 0', 'cancel leaves a running job alone');
SELECT t.hello(137) \g /dev/null
SELECT is(t.state(137), 'waiting 1812', 'a device whose job was cancelled waits for an approval, also after its next hello');
SELECT is((t.dev(100)).reason, 'held by t_operator: because', 'a held device says who held it and why');
SELECT is((SELECT run_at FROM muster.job WHERE job_id = t.live(119)), now(), 'a retried device that waits for its time is due at once');
SELECT is(t.job(122), 'queued 0', 'a retried device that failed has a new job');
SELECT is((SELECT why FROM muster.job WHERE job_id = t.live(122)), 'retried by t_operator', 'which says why');
SELECT is((SELECT after FROM muster.audit_log WHERE object = t.u(100)::text), '{"why": "because"}', 'the audit log keeps the reason given');
SELECT is((SELECT before FROM muster.audit_log WHERE object = t.u(101)::text), '{"state": "ready", "reason": ""}', 'and what the device was before');
SELECT is(t.log(100), '{"3 0 Operator t_operator: hold: because"}', 'the log says what the operator did, and why');
UPDATE muster.device SET pin = '\x01', tls_certificate = '\x02' WHERE uuid IN (t.u(12), t.u(2));
SELECT t.device(150, 'failed', 1604) \g /dev/null
UPDATE muster.device SET fqdn = NULL WHERE uuid = t.u(150);
SET SESSION AUTHORIZATION t_operator;
SELECT is((SELECT code FROM muster.device_command(ARRAY[t.u(150)], 'retry', NULL)), 1105, 'a failed device without an FQDN cannot be retried');
SELECT is((SELECT array_agg(code) FROM muster.device_command(ARRAY[t.u(98), t.u(12), t.u(11)], 'accept', NULL)), '{1106,0,137}',
	'of many devices each is answered; those that are refused leave the others');
SELECT throws_ok($$SELECT muster.device_command('{}', 'explode', NULL)$$, '22023', 'no such command: explode', 'an unknown command is an error');
SELECT throws_ok($$SELECT muster.device_command(ARRAY[t.u(12)], NULL, NULL)$$, '22023', NULL, 'no command is an error');
RESET SESSION AUTHORIZATION;
SELECT is((t.dev(12)).tls_certificate, '\x02'::bytea, 'a device that is accepted again is still known by the certificate it was given');
SELECT is(t.approve(2, 'pin.example.com'), '0 queued as pin.example.com', 'a device that showed a certificate once is queued');
SELECT is((t.dev(2)).pin, NULL, 'its next job pins the certificate it shows then');

-- staged_add, staged_remove.
SELECT t.waiting(200), t.device(201, 'configured'), t.waiting(202, 1308), t.device(203, 'setup') \g /dev/null
UPDATE muster.device SET hello_version = 2 WHERE uuid = t.u(202);
SET SESSION AUTHORIZATION t_operator;
SELECT is(muster.staged_add(t.u(210), 'new.example.com', 'office', 'OU=x', 'for Ada'), 'staged', 'a device is staged before it says hello');
SELECT is(muster.staged_add(t.u(210), 'newer.example.com', 'office', NULL, NULL), 'staged', 'staging it again replaces what was staged');
SELECT is(muster.staged_add(t.u(200), 'now.example.com', 'office', 'OU=y', NULL), 'queued', 'a waiting device that is staged is queued at once');
SELECT is(muster.staged_add(t.u(201), t.name(201), 'office', NULL, NULL), 'staged', 'a configured device can be staged');
SELECT is(muster.staged_add(t.u(202), t.name(202), 'office', NULL, NULL), 'staged', 'a device that asks for PSK is staged, not queued');
SELECT is(muster.staged_add(t.u(203), t.name(203), 'office', NULL, NULL), 'queued', 'a device in setup that is staged is queued');
SELECT throws_ok($$SELECT muster.staged_add(t.u(211), 'x.example.com', 'nosuch', NULL, NULL)$$, 'P0002', 'no profile is called "nosuch"', 'a profile nobody knows is an error');
SELECT throws_ok(format($$SELECT muster.staged_add(t.u(211), %L, 'office', NULL, NULL)$$, upper(t.name(201))), '23505', 'FQDN PC201.EXAMPLE.COM belongs to another device',
	'an FQDN another device has cannot be staged');
SELECT throws_ok($$SELECT muster.staged_add(t.u(211), 'NEWER.example.com', 'office', NULL, NULL)$$, '23505', NULL, 'an FQDN that is staged for another device cannot be staged');
SELECT throws_ok($$SELECT muster.staged_add(t.u(211), 'no fqdn', 'office', NULL, NULL)$$, '23514', NULL, 'only an FQDN can be staged');
SELECT throws_ok($$SELECT muster.staged_add(t.u(211), 'a.b', 'office', repeat('x', 501), NULL)$$, '23514', NULL, 'an OU has at most 500 characters');
SELECT throws_ok($$SELECT muster.staged_add(t.u(211), 'a.b', 'office', NULL, repeat('x', 501))$$, '23514', NULL, 'a note has at most 500 characters');
SELECT throws_ok($$SELECT muster.staged_add(NULL, 'a.b', 'office', NULL, NULL)$$, '23502', NULL, 'what is staged has a UUID');
RESET SESSION AUTHORIZATION;
SELECT results_eq('SELECT fqdn, ou, note, created_by FROM muster.staged_device WHERE uuid = t.u(210)', $$VALUES ('newer.example.com', NULL::text, '', 't_operator')$$,
	'the newest is what is staged');
SELECT is(t.audit(t.u(210)::text), '{"t_operator staged_add","t_operator staged_add"}', 'staging is in the audit log');
SELECT results_eq($$SELECT before ->> 'fqdn', after ->> 'fqdn' FROM muster.audit_log WHERE object = t.u(210)::text ORDER BY audit_id$$,
	$$VALUES (NULL, 'new.example.com'), ('new.example.com', 'newer.example.com')$$, 'with what was staged before');
SELECT is(t.state(200) || ', ' || t.job(200), 'ready 0, queued 0', 'a waiting device that is staged is ready');
SELECT is((t.dev(200)).fqdn, 'now.example.com', 'with what was staged');
SELECT is(t.state(202), 'waiting 1308', 'a device that asks for PSK goes on waiting');
SELECT is(t.state(201), 'configured 0', 'a configured device stays configured');
SET SESSION AUTHORIZATION t_operator;
SELECT is(muster.staged_remove(t.u(210)), true, 'what was staged is removed');
SELECT is(muster.staged_remove(t.u(210)), false, 'and is gone then');
RESET SESSION AUTHORIZATION;
SELECT is((t.audit(t.u(210)::text))[3:], '{"t_operator staged_remove"}', 'removing is in the audit log, once');

-- profile_save.
SET SESSION AUTHORIZATION t_operator;
SELECT is(muster.profile_save('lab', '{"tls": true}', ARRAY['admin', 'acl/eve'], ARRAY['a1', 'e1']::bytea[]), 1, 'a new profile has revision 1');
SELECT is(muster.profile_save('lab', '{"tls": true}', NULL, NULL), 1, 'an unchanged profile makes no new revision');
SELECT is(muster.profile_save('lab', '{"tls": true}', '{}', '{}'), 1, 'nor with no secrets given');
SELECT is(muster.profile_save('lab', '{ "tls" :true }', NULL, NULL), 1, 'nor written otherwise');
SELECT is(muster.profile_save('lab', '{"tls": false}', NULL, NULL), 2, 'an edit makes a new revision');
SELECT is(muster.profile_save('lab', '{"tls": false}', ARRAY['admin'], ARRAY['a3']::bytea[]), 3, 'a new password makes a new revision');
SELECT throws_ok(format($$SELECT muster.profile_save('lab', %L, NULL, NULL)$$, body), '23514', NULL, format('a body with a clear password is refused: %s', body))
  FROM unnest(ARRAY['{"password": "x"}', '{"acl": [{"user": "eve", "password": "P@ssw0rd"}]}', '{"wifi": {"password" :  ""}}', '{"password": 12345678}',
	'{"secrets": {}}', '{"acl": [{"Password": "P@ssw0rd"}]}', '{"passwords": {"admin": "P@ssw0rd"}}', '{"passwords": {"mebx": "P@ssw0rd"}}']) AS body;
SELECT lives_ok(format($$SELECT muster.profile_save('modes', %L, NULL, NULL)$$, body), format('how a password is made is no password: %s', body))
  FROM unnest(ARRAY['{"passwords": {"admin": "random", "mebx": "keep"}}', '{"passwords": {"admin": "fixed", "mebx": "fixed"}}', '{"passwords": {}}', '{"password": null}']) AS body;
SELECT throws_ok(format($$SELECT muster.profile_save('lab', %L, NULL, NULL)$$, body), '23514', NULL, format('a body is an object: %s', body))
  FROM unnest(ARRAY['[]', '1', '"x"', 'null']) AS body;
SELECT lives_ok($$SELECT muster.profile_save('lab', '{"about": "the \"password\": \"rule\""}', NULL, NULL)$$, 'a text about passwords is no password');
SELECT throws_ok(format('SELECT muster.profile_save(%L, ''{}'', NULL, NULL)', n), '23514', NULL, format('%s is no name of a profile', to_jsonb(n)))
  FROM unnest(ARRAY['', ' x', '-x', 'a/b', 'ü', E'a\nb', repeat('x', 64)]) AS n;
SELECT throws_ok($$SELECT muster.profile_save('lab', '{"x": 1}', ARRAY['admin', 'admin'], ARRAY['1', '2']::bytea[])$$, '23505', NULL, 'a secret is given once');
SELECT throws_ok($$SELECT muster.profile_save('lab', '{"x": 1}', ARRAY['admin', 'mebx'], ARRAY['1']::bytea[])$$, '23502', NULL, 'a named secret has a value');
RESET SESSION AUTHORIZATION;
SELECT results_eq($$SELECT revision, body, r.created_by FROM muster.profile_revision r JOIN muster.profile p USING (profile_id) WHERE p.name = 'lab' AND revision <= 3 ORDER BY revision$$,
	$$VALUES (1, '{"tls": true}'::jsonb, 't_operator'), (2, '{"tls": false}', 't_operator'), (3, '{"tls": false}', 't_operator')$$, 'every revision is kept, with who made it');
SELECT results_eq($$SELECT r.revision, s.name, convert_from(s.sealed, 'UTF8') COLLATE "default" FROM muster.profile_secret s JOIN muster.profile_revision r USING (profile_revision_id)
		JOIN muster.profile p USING (profile_id) WHERE p.name = 'lab' AND r.revision <= 3 ORDER BY 1, 2$$,
	$$VALUES (1, 'acl/eve', 'e1'), (1, 'admin', 'a1'), (2, 'acl/eve', 'e1'), (2, 'admin', 'a1'), (3, 'acl/eve', 'e1'), (3, 'admin', 'a3')$$,
	'a secret that is not given is taken over, one that is given replaces');
SELECT is((SELECT count(*) FROM muster.profile WHERE name = 'ü'), 0::bigint, 'a profile that is refused is not there');
SELECT is(t.audit('lab'), ARRAY['t_operator profile_save', 't_operator profile_save', 't_operator profile_save', 't_operator profile_save'],
	'the audit log has one line a revision');
SELECT is((SELECT count(*) FROM muster.audit_log WHERE before::text || after::text LIKE '%' || encode('a1', 'hex') || '%'), 0::bigint, 'and no sealed secret');
SELECT throws_ok($$UPDATE muster.profile_revision SET body = '{}'$$, '42501', NULL, 'a revision never changes');
SELECT throws_ok($$DELETE FROM muster.profile_revision$$, '42501', NULL, 'a revision is never deleted');

-- setting_set.
CREATE TABLE t.values (name text, value text, good boolean);
INSERT INTO t.values VALUES
	('workers', '1', true), ('workers', '2000', true), ('workers', '0', false), ('workers', '2001', false), ('workers', '-1', false),
	('workers', '', false), ('workers', 'ten', false), ('workers', '1.5', false), ('workers', ' 5', false), ('workers', '5 ', false), ('workers', E'5\n', false),
	('workers', '1 2', false), ('workers', '99999999999999999999999', false), ('workers', '0x10', false), ('workers', NULL, false),
	('hello_port', '65535', true), ('hello_port', '65536', false), ('commit_wait_s', '0', true),
	('retry_minutes', '1', true), ('retry_minutes', '1 2 3', true), ('retry_minutes', '0 1440', true), ('retry_minutes', '1 1441', false),
	('retry_minutes', '1  2', false), ('retry_minutes', '1,2', false), ('retry_minutes', '', false), ('retry_minutes', '1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16', true),
	('retry_minutes', '1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17', false), ('retry_minutes', NULL, false),
	('legacy_tls', 'on', true), ('legacy_tls', 'off', true), ('legacy_tls', 'On', false), ('legacy_tls', 'true', false), ('legacy_tls', '', false), ('legacy_tls', NULL, false),
	('log_level', 'error', true), ('log_level', 'verbose', true), ('log_level', 'debug', false), ('log_level', '', false), ('log_level', NULL, false);
GRANT SELECT ON t.values TO PUBLIC;
SET SESSION AUTHORIZATION t_admin;
SELECT CASE WHEN good THEN lives_ok(format('SELECT muster.setting_set(%L, %L)', name, value), format('%s may be %s', name, coalesce(to_jsonb(value)::text, 'NULL')))
	ELSE throws_ok(format('SELECT muster.setting_set(%L, %L)', name, value), '23514', NULL, format('%s may not be %s', name, coalesce(to_jsonb(value)::text, 'NULL'))) END FROM t.values;
SELECT throws_ok($$SELECT muster.setting_set('workers', '2001')$$, '23514', 'workers must be from 1 to 2000', 'a refusal says what is allowed');
SELECT throws_ok($$SELECT muster.setting_set('nosuch', '1')$$, 'P0002', 'no setting is called "nosuch"', 'a setting nobody knows is an error');
SELECT lives_ok($$SELECT muster.setting_set('poll_s', '7')$$, 'an administrator changes a setting');
SELECT lives_ok($$SELECT muster.setting_set('poll_s', '7')$$, 'to the same value too');
RESET SESSION AUTHORIZATION;
SELECT results_eq($$SELECT value, standard, changed_by FROM muster.setting WHERE name = 'poll_s'$$, $$VALUES ('7', '5', 't_admin')$$, 'a setting says who changed it, and its standard');
SELECT results_eq($$SELECT who, what, before, after FROM muster.audit_log WHERE object = 'poll_s'$$, $$VALUES ('t_admin', 'setting_set', '"5"'::jsonb, '"7"'::jsonb)$$,
	'a change is in the audit log with both values; a change to the same value is none');
SELECT is(muster.setting_number('poll_s'), 7::bigint, 'engines read the new value');
SELECT is_empty($$SELECT name, s FROM muster.setting, LATERAL unnest(CASE WHEN kind LIKE 'number%' THEN string_to_array(standard, ' ')::bigint[] END) AS s
	WHERE s NOT BETWEEN least AND most$$, 'every standard obeys its own bounds');
SELECT is_empty($$SELECT name FROM muster.setting WHERE description = '' OR (kind LIKE 'number%') <> (least IS NOT NULL AND most IS NOT NULL)$$, 'every setting is described, and every number has bounds');

-- setup_certificate_add, setup_certificate_enable.
CREATE FUNCTION t.certificate(p_sha text, p_domain text DEFAULT 'example.com', p_key text DEFAULT 'key') RETURNS integer LANGUAGE sql AS $$
	SELECT muster.setup_certificate_add(sha256(p_sha::bytea), p_domain, 'CN=s', 'CN=i', 'chain', p_key::bytea, now(), now() + interval '1 year', '\x01', '\x02', '\x03')
$$;
SELECT t.device(300, 'failed', 1601), t.device(301, 'failed', 1608), t.device(302, 'failed', 1403), t.device(303, 'failed', 1405), t.device(304, 'waiting', 1601) \g /dev/null
SET SESSION AUTHORIZATION t_admin;
SELECT isnt(t.certificate('one'), NULL, 'an administrator adds a setup certificate');
RESET SESSION AUTHORIZATION;
SELECT is(array[t.state(300), t.state(301), t.state(302), t.state(303), t.state(304)], '{ready 0,ready 0,ready 0,failed 1405,waiting 1601}',
	'devices that failed for want of a fitting certificate are queued, and no others');
SELECT is((SELECT why FROM muster.job WHERE job_id = t.live(300)), 'a setup certificate was added', 'their jobs say why');
SET SESSION AUTHORIZATION t_admin;
SELECT is(muster.setup_certificate_enable(sha256('one'), false), true, 'a setup certificate is switched off');
SELECT is(muster.setup_certificate_enable(sha256('one'), false), false, 'switching it off again changes nothing');
SELECT is(muster.setup_certificate_enable(sha256('two'), false), false, 'one that nobody knows cannot be switched off');
SELECT is(t.certificate('one', 'other.example.com', 'key2'), (SELECT setup_certificate_id FROM muster.setup_certificate), 'the same certificate again is the same row');
RESET SESSION AUTHORIZATION;
SELECT results_eq($$SELECT domain, convert_from(sealed_key, 'UTF8') COLLATE "default", enabled, added_by FROM muster.setup_certificate$$, $$VALUES ('other.example.com', 'key2', true, 't_admin')$$,
	'added again it has the new key and domain and is on');
SELECT is(t.audit(encode(sha256('one'), 'hex')), '{"t_admin setup_certificate_add","t_admin setup_certificate_enable","t_admin setup_certificate_add"}',
	'all of it is in the audit log');
SELECT is((SELECT count(*) FROM muster.audit_log WHERE after::text LIKE '%' || encode('key2', 'hex') || '%'), 0::bigint, 'without the key');
SELECT t.device(305, 'failed', 1604) \g /dev/null
UPDATE muster.setup_certificate SET enabled = false;
SET SESSION AUTHORIZATION t_admin;
SELECT is(muster.setup_certificate_enable(sha256('one'), true), true, 'a setup certificate is switched on');
RESET SESSION AUTHORIZATION;
SELECT is(t.state(305), 'ready 0', 'devices that failed for want of it are queued');

-- overview.
CREATE TABLE t.before AS SELECT * FROM muster.overview();
SELECT bag_eq('SELECT key FROM t.before', $$SELECT 'state:' || s FROM unnest('{waiting,ready,configuring,configured,failed,setup,unprovisioned,held,detected}'::text[]) s
	UNION ALL VALUES ('jobs:queued'), ('jobs:due'), ('jobs:oldest_s'), ('profiles'), ('setup_certificates'), ('staged'), ('rejected_hour')$$, 'the overview has these numbers');
SELECT is_empty($$SELECT b.key FROM t.before b WHERE b.key LIKE 'state:%' AND b.value <> (SELECT count(*) FROM muster.device d WHERE 'state:' || d.state = b.key)$$, 'it counts devices by state');
SELECT is((SELECT sum(value) FROM t.before WHERE key LIKE 'state:%'), (SELECT count(*) FROM muster.device)::numeric, 'no device is missing from it');
SELECT t.device(400, 'ready'), t.device(401, 'ready'), t.device(402, 'held'), muster.hello_reject(t.node(), now(), '10.0.0.1', 1, 1304, 'x', '', 5),
       muster.hello_reject(t.node(), now() - interval '2 hours', '10.0.0.1', 1, 1304, 'x', '', 100), muster.profile_save('third', '{}', NULL, NULL) \g /dev/null
UPDATE muster.job SET run_at = now() + interval '1 hour' WHERE job_id = t.live(400);
UPDATE muster.job SET run_at = now() - interval '1 hour' WHERE job_id = t.live(401);
SET SESSION AUTHORIZATION t_operator;
CREATE TEMP TABLE after AS SELECT * FROM muster.overview();
RESET SESSION AUTHORIZATION;
SELECT bag_eq($$SELECT a.key, a.value - b.value FROM after a JOIN t.before b USING (key) WHERE a.value <> b.value$$,
	$$VALUES ('state:ready', 2::bigint), ('state:held', 1), ('jobs:queued', 2), ('jobs:due', 1), ('jobs:oldest_s', 3600), ('rejected_hour', 5), ('profiles', 1)$$,
	'it counts jobs, the wait of the oldest, and what was rejected in the last hour');
SELECT * FROM finish();
ROLLBACK;
