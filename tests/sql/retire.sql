-- SPDX-License-Identifier: Apache-2.0
-- retire: configured devices again: reprovision, unprovision, take-over; who may, what is refused, what remains.
BEGIN;
\ir lib.psql
SELECT plan(59);
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA t TO PUBLIC;
SELECT t.device(1, 'configured'), t.device(2, 'configured'), t.device(3, 'configured'), t.waiting(4), t.device(5, 'ready'),
       t.device(6, 'configuring'), t.device(7, 'detected'), t.device(8, 'failed', 1810), t.device(9, 'failed', 1604), t.device(10, 'held', 1813),
       t.device(11, 'configured'), t.device(12, 'configured') \g /dev/null
UPDATE muster.device SET configured_at = now(), pin = '\x02', tls = true WHERE uuid IN (t.u(1), t.u(2), t.u(3), t.u(8), t.u(11), t.u(12));
DO $$ BEGIN PERFORM muster.profile_save('kiosk', '{}', ARRAY['admin'], ARRAY['\x01'::bytea]); END $$;

-- reprovision
CREATE FUNCTION t.again(n integer, p_fqdn text, p_profile text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
	SELECT code || ' ' || text FROM muster.device_reprovision(ARRAY[t.u(n)], p_profile, CASE WHEN p_fqdn IS NOT NULL THEN ARRAY[p_fqdn] END, NULL)
$$;
GRANT EXECUTE ON FUNCTION t.again TO PUBLIC;
SET SESSION AUTHORIZATION t_operator;
SELECT is(t.again(1, 'new.example.com', 'kiosk'), '0 queued as new.example.com', 'an operator reprovisions a configured device');
SELECT is(t.again(99, NULL), '1106 no device has this UUID', 'a UUID nobody knows is code 1106');
SELECT is(t.again(4, NULL), '1105 cannot reprovision a device that is waiting', 'one that waits is approved instead');
SELECT alike(t.again(5, NULL), '137 a job is queued: %', 'one with a job is code 137, and says which job');
SELECT alike(t.again(6, NULL), '137 a job is running: %', 'one that an engine works on too');
SELECT is(t.again(2, 'pc3.example.com'), '1703 FQDN pc3.example.com belongs to another device', 'the FQDN of another device is code 1703');
SELECT is(t.again(2, 'no fqdn'), '1703 "no fqdn" is not an FQDN', 'and so is what is none');
SELECT throws_ok($$SELECT t.again(2, NULL, 'nosuch')$$, 'P0002', 'no profile is called "nosuch"', 'a profile nobody knows is an error');
RESET SESSION AUTHORIZATION;
SELECT results_eq('SELECT state, fqdn, pin FROM t.dev(1)', $$VALUES ('ready', 'new.example.com', '\x02'::bytea)$$, 'it is ready, with its new name, and must show the certificate it had');
SELECT results_eq('SELECT kind, from_state FROM muster.job WHERE job_id = t.live(1)', $$VALUES ('configure', 'configured')$$, 'its job knows that it is configured');
SELECT is(t.audit(t.u(1)::text), '{"t_operator reprovision"}', 'the audit log says so');

-- cancel: before it began it is what it was
CREATE FUNCTION t.cancel(n integer) RETURNS text LANGUAGE sql AS $$ SELECT code || ' ' || text FROM muster.device_command(ARRAY[t.u(n)], 'cancel', '') $$;
SELECT is(t.cancel(1), '0 cancel done', 'the job is cancelled');
SELECT is(t.state(1), 'configured 0', 'and the device is configured, as it was');
SELECT is(t.again(1, NULL), '0 queued as new.example.com', 'it is queued again');
UPDATE muster.job SET attempt = 2 WHERE job_id = t.live(1);
SELECT is(t.cancel(1), '0 cancel done', 'a job that was tried is cancelled');
SELECT alike((t.dev(1)).reason, '%after 2 attempts: how far they came is in the log', 'and the device has failed, for nobody knows how far it came');
SELECT is(t.state(1), 'failed 1812', 'with a code');

-- unprovision
CREATE FUNCTION t.away(n integer, p_full boolean DEFAULT false, p_force boolean DEFAULT false) RETURNS text LANGUAGE sql AS $$
	SELECT code || ' ' || text FROM muster.device_unprovision(ARRAY[t.u(n)], p_full, p_force, 'sold')
$$;
GRANT EXECUTE ON FUNCTION t.away TO PUBLIC;
SET SESSION AUTHORIZATION t_operator;
SELECT is(t.away(2), '0 queued: partial unprovision', 'an operator unprovisions partially');
SELECT throws_ok('SELECT t.away(3, true)', '42501', 'full unprovision is for Administrators', 'but not fully');
SELECT throws_ok('SELECT t.away(3, false, true)', '42501', 'force is for Administrators', 'and not by force');
SELECT throws_ok('SELECT t.away(3, NULL)', '22023', 'full and force are true or false', 'NULL is no answer');
RESET SESSION AUTHORIZATION;
SELECT is(t.state(3), 'configured 0', 'what was refused is as it was');
SET SESSION AUTHORIZATION t_admin;
SELECT is(t.away(3, true), '0 queued: full unprovision', 'an Administrator unprovisions fully');
SELECT is(t.away(11, false, true), '0 queued: partial unprovision', 'and by force');
SELECT is(t.away(4), '1105 cannot unprovision a device that is waiting', 'one that is not configured is refused');
SELECT is(t.away(9), '1105 cannot unprovision a device that is failed', 'and one that failed before it ever was');
SELECT is(t.away(8), '0 queued: partial unprovision', 'but not one that failed later');
SELECT alike(t.away(2), '137 a job is queued: partial unprovision by t_operator: sold', 'an unfinished unprovision is code 137');
SELECT alike(t.again(2, NULL), '137 a job is queued: partial unprovision%', 'also for a reprovision');
RESET SESSION AUTHORIZATION;
SELECT is((SELECT string_agg(full_unprovision::text || forced::text, ' ' ORDER BY job_id) FROM muster.job WHERE kind = 'unprovision'),
	'falsefalse truefalse falsetrue falsefalse', 'the jobs say what was asked');

-- the engine's end of it
CREATE FUNCTION t.run(n integer, p_outcome text, p_code integer DEFAULT 0) RETURNS text LANGUAGE sql AS $$
	UPDATE muster.job SET state = 'running', attempt = attempt + 1, node_id = t.node(), lease_until = now() + interval '1 min' WHERE job_id = t.live(n);
	UPDATE muster.device SET state = 'configuring' WHERE uuid = t.u(n);
	SELECT muster.job_end(job_id, t.node(), attempt, p_outcome, p_code, '', now(), 'failed', NULL, true) FROM muster.job WHERE job_id = t.live(n)
$$;
INSERT INTO muster.credential (device_id, kind, state, sealed)
SELECT d.device_id, k, 'current', '\x01' FROM muster.device d, unnest('{admin,mebx}'::text[]) k WHERE d.uuid IN (t.u(2), t.u(3), t.u(12));
INSERT INTO muster.ca (certificate, sealed_key, subject, sha256, not_after) VALUES ('x', '\x01', 'x', sha256('ca'), now());
INSERT INTO muster.certificate (device_id, ca_id, serial, sha256, subject, der, not_after)
SELECT device_id, ca_id, uuid::text, sha256(uuid::text::bytea), 'x', '\x01', now() FROM muster.device, muster.ca WHERE uuid IN (t.u(2), t.u(3));
SELECT is(t.run(2, 'done'), 'done', 'a partial unprovision is done');
SELECT results_eq('SELECT state, fqdn, profile_id IS NOT NULL, tls, pin, profile_revision_id, configured_at FROM t.dev(2)',
	$$VALUES ('setup', 'pc2.example.com', true, NULL::boolean, NULL::bytea, NULL::integer, NULL::timestamptz)$$, 'the device is in setup, and keeps its name and profile');
SELECT is((SELECT string_agg(kind || ' ' || c.state, ', ' ORDER BY kind) FROM muster.credential c JOIN muster.device USING (device_id) WHERE uuid = t.u(2)),
	'admin current, mebx current', 'it keeps its passwords');
SELECT is((SELECT end_reason FROM muster.certificate JOIN muster.device USING (device_id) WHERE uuid = t.u(2)), 'unprovisioned', 'its certificate has ended');
SELECT is(t.run(3, 'done'), 'done', 'a full unprovision is done');
SELECT results_eq('SELECT state, fqdn, profile_id, ou, mapped_by FROM t.dev(3)', $$VALUES ('unprovisioned', NULL::text, NULL::integer, NULL::text, NULL::text)$$,
	'nothing belongs to the device any more');
SELECT is((SELECT string_agg(kind || ' ' || c.state, ', ' ORDER BY kind) FROM muster.credential c JOIN muster.device USING (device_id) WHERE uuid = t.u(3)),
	'admin previous, mebx current', 'its passwords are kept, that of the MEBx as the current one');
SELECT is(t.hello(3), 913, 'its next hello is that of a device nobody knows');
SELECT is(t.hello(2), 1812, 'that of the other waits for approval');

-- a lost answer, and all attempts used
UPDATE muster.job SET state = 'running', attempt = 1, node_id = t.node(), lease_until = now() + interval '1 min' WHERE job_id = t.live(11);
UPDATE muster.device SET state = 'configuring' WHERE uuid = t.u(11);
SELECT lives_ok($$SELECT muster.job_sent(t.live(11), t.node(), 1)$$, 'the engine says that the request leaves');
SELECT throws_ok($$SELECT muster.job_sent(t.live(11), t.other(), 1)$$, 'MU805', NULL, 'only the engine that holds the job may');
UPDATE muster.job SET give_up_at = now() WHERE job_id = t.live(11);
SELECT is(muster.job_end(t.live(11), t.node(), 1, 'retry', 1807, 'lost', now() + interval '1 min', NULL, NULL, true), 'failed', 'its attempts are used');
SELECT is(t.hello(11), 0, 'a hello of it takes the job up again');
SELECT results_eq('SELECT kind, sent, forced, from_state FROM muster.job WHERE job_id = t.live(11)', $$VALUES ('unprovision', true, true, 'configured')$$,
	'as the same kind, and what was sent may have been done');

-- take-over
CREATE FUNCTION t.take(n integer, p_fqdn text, p_profile text, p_sealed bytea[] DEFAULT ARRAY['\x01'::bytea, '\x02'], p_address inet DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
	SELECT code || ' ' || text FROM muster.device_take_over(t.u(n), p_profile, p_fqdn, NULL, p_sealed, p_address)
$$;
GRANT EXECUTE ON FUNCTION t.take TO PUBLIC;
SET SESSION AUTHORIZATION t_operator;
SELECT throws_ok($$SELECT t.take(7, NULL, NULL)$$, '42501', NULL, 'an operator takes nothing over');
SET SESSION AUTHORIZATION t_admin;
SELECT is(t.take(7, 'taken.example.com', 'kiosk'), '0 queued as taken.example.com', 'an Administrator does');
SELECT is(t.take(12, NULL, NULL), '1105 cannot take over a device that is configured', 'but not what is ours');
SELECT is(t.take(4, NULL, NULL), '1702 no profile given', 'a profile is needed');
SELECT is(t.take(4, NULL, 'kiosk'), '913 no FQDN given', 'and an FQDN');
SELECT is(t.take(4, 'pc12.example.com', 'kiosk'), '1703 FQDN pc12.example.com belongs to another device', 'of its own');
SELECT is(t.take(99, NULL, NULL), '1106 no device has this UUID: give its address', 'of a device that is known, or whose address is');
SELECT is(t.take(98, 'pc98.example.com', 'kiosk', p_address => '10.0.0.98'), '0 queued as pc98.example.com', 'a device that never said hello is taken over at its address');
SELECT throws_ok($$SELECT t.take(4, 'x.example.com', 'kiosk', array_fill('\x01'::bytea, ARRAY[7]))$$, '22023', 'at most six passwords', 'more passwords than a device lets one try are refused');
RESET SESSION AUTHORIZATION;
SELECT is((SELECT array_agg(encode(sealed, 'hex') || ' ' || c.state ORDER BY since_at DESC) FROM muster.credential c JOIN muster.device USING (device_id) WHERE uuid = t.u(7)),
	'{"01 previous","02 previous"}', 'the first password given is the first to be tried');
SELECT is((SELECT after ->> 'passwords' FROM muster.audit_log WHERE object = t.u(7)::text AND what = 'take_over'), '2', 'the audit log says how many, and not which');
SELECT is(t.run(7, 'failed', 1407), 'failed', 'none of them opens it');
SELECT is((SELECT kind FROM muster.job JOIN muster.device USING (device_id) WHERE uuid = t.u(7)), 'take-over', 'its job is of its own kind');
SELECT is(t.take(7, NULL, NULL), '0 queued as taken.example.com', 'it is tried with others');
SELECT cmp_ok((SELECT run_at FROM muster.job WHERE job_id = t.live(7)), '>', now() + interval '50 s', 'but not at once, for it may have locked');
SELECT * FROM finish();
ROLLBACK;
