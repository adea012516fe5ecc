-- SPDX-License-Identifier: Apache-2.0
-- fill: many devices, and a queued job for each; psql -v from=N -v to=N -v jobs=N (devices up to that number). As the owner, who is the
-- superuser of a private cluster: triggers and references are left out, for speed.
SET session_replication_role = replica;
SET synchronous_commit = off;
INSERT INTO muster.device (uuid, state, reason_code, reason, fqdn, address, hello_version, hello_count, hello_first_at,
	hello_last_at, hello_retry, amt_version, model, serial, mac)
SELECT gen_random_uuid(), CASE WHEN i <= :jobs THEN 'ready' WHEN i % 10 = 0 THEN 'waiting' WHEN i % 97 = 0 THEN 'failed'
	ELSE 'configured' END,
	CASE WHEN i <= :jobs THEN 0 WHEN i % 10 = 0 THEN 913 WHEN i % 97 = 0 THEN 1405 ELSE 0 END,
	CASE WHEN i <= :jobs THEN 'approved' WHEN i % 10 = 0 THEN 'no staged device for this UUID: approve it with a profile and an FQDN'
	WHEN i % 97 = 0 THEN 'connection lost' ELSE 'configured and verified' END,
	CASE WHEN i <= :jobs OR i % 10 <> 0 THEN 'pc' || i || '.corp.example' END,
	'10.0.0.0'::inet + i, 1, 1 + i % 5, now() - make_interval(secs => (:to - i) % 86400), now() - make_interval(secs => (:to - i) % 86400),
	1, '16.1.25', 'bench', 's' || i, '02:00:00:00:00:00'
  FROM generate_series(:from::bigint, :to::bigint) AS i;
INSERT INTO muster.job (device_id, kind, state, run_at, give_up_at, asked_by, why)
SELECT device_id, 'configure', 'queued', now() - interval '1 hour' + device_id * interval '1 ms', now() + interval '1 day', 'bench', 'bench'
  FROM muster.device WHERE state = 'ready' AND NOT EXISTS (SELECT FROM muster.job j WHERE j.device_id = device.device_id);
