-- SPDX-License-Identifier: Apache-2.0
-- 0002_device
-- Why    profiles, devices and their states, hellos, credentials, certificates.
-- Locks  none: new tables.
CREATE TABLE muster.profile (
	profile_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name       text NOT NULL UNIQUE,
	created_at timestamptz NOT NULL DEFAULT now(),
	created_by text NOT NULL DEFAULT session_user,
	CONSTRAINT profile_name CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9 ._-]{0,62}$')
);
COMMENT ON TABLE muster.profile IS 'What a device shall become; the content is in the revisions.';

CREATE TABLE muster.profile_revision (
	profile_revision_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	profile_id integer NOT NULL REFERENCES muster.profile,
	revision   integer NOT NULL,
	body       jsonb NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now(),
	created_by text NOT NULL DEFAULT session_user,
	CONSTRAINT profile_revision_number UNIQUE (profile_id, revision),
	CONSTRAINT profile_revision_object CHECK (jsonb_typeof(body) = 'object'),
	CONSTRAINT profile_revision_no_secret
		CHECK (NOT body ? 'secrets' AND NOT body::text ~* '"password"\s*:\s*["0-9]'),
	CONSTRAINT profile_revision_modes CHECK (coalesce(body #>> '{passwords,admin}', 'random') IN ('random', 'fixed')
		AND coalesce(body #>> '{passwords,mebx}', 'random') IN ('random', 'fixed', 'keep'))
);
COMMENT ON TABLE muster.profile_revision IS 'Immutable: an edit makes a new revision. Holds no password.';

CREATE TABLE muster.profile_secret (
	profile_revision_id integer NOT NULL REFERENCES muster.profile_revision,
	name   text NOT NULL,
	sealed bytea NOT NULL,
	PRIMARY KEY (profile_revision_id, name)
);
COMMENT ON TABLE muster.profile_secret IS 'Sealed passwords of a revision: admin, mebx, acl/USER.';

CREATE FUNCTION muster.no_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION '% rows never change', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER profile_revision_immutable BEFORE UPDATE OR DELETE ON muster.profile_revision
	FOR EACH ROW EXECUTE FUNCTION muster.no_change();

CREATE TABLE muster.hash_set (
	hash_set_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	digest      bytea NOT NULL UNIQUE,
	entries     bytea NOT NULL,
	count       integer NOT NULL,
	CONSTRAINT hash_set_digest CHECK (length(digest) = 32)
);
COMMENT ON TABLE muster.hash_set IS 'Root hashes as offered in a hello (type, length, hash ...); devices of one model share a row.';

CREATE TABLE muster.device_edge (
	from_state text NOT NULL,
	to_state   text NOT NULL,
	why        text NOT NULL,
	PRIMARY KEY (from_state, to_state)
);
COMMENT ON TABLE muster.device_edge IS 'The state changes that exist; any other is refused.';
INSERT INTO muster.device_edge VALUES
	('waiting', 'ready', 'approved, or found in the staged devices'),
	('waiting', 'held', 'held by an operator'),
	('held', 'waiting', 'released by an operator'),
	('ready', 'configuring', 'a worker has the job'),
	('ready', 'held', 'held by an operator'),
	('ready', 'waiting', 'the job was cancelled'),
	('ready', 'failed', 'all attempts used'),
	('configuring', 'ready', 'to be tried again'),
	('configuring', 'configured', 'configured and verified'),
	('configuring', 'failed', 'an operator must act first'),
	('configuring', 'detected', 'configured by somebody else'),
	('failed', 'ready', 'to be tried again'),
	('failed', 'held', 'held by an operator'),
	('failed', 'waiting', 'mapping or profile removed'),
	('configured', 'waiting', 'accepted again by an operator'),
	('configured', 'held', 'held by an operator'),
	('detected', 'waiting', 'accepted again by an operator'),
	('detected', 'held', 'held by an operator'),
	('setup', 'ready', 'approved'),
	('setup', 'waiting', 'said hello again'),
	('unprovisioned', 'ready', 'approved'),
	('unprovisioned', 'waiting', 'said hello again');

CREATE TABLE muster.device (
	device_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	uuid            uuid NOT NULL UNIQUE,
	state           text NOT NULL,
	state_at        timestamptz NOT NULL DEFAULT now(),
	reason_code     integer NOT NULL DEFAULT 0,
	reason          text NOT NULL DEFAULT '',
	fqdn            text,
	ou              text,
	profile_id      integer REFERENCES muster.profile,
	mapped_by       text,
	address         inet,
	hello_version   smallint,
	hello_count     bigint NOT NULL DEFAULT 0,
	hello_first_at  timestamptz,
	hello_last_at   timestamptz,
	hello_retry     bigint,
	hello_admin_set boolean,
	hello_pid       text,
	hash_set_id     bigint REFERENCES muster.hash_set,
	amt_version     text,
	amt_build       text,
	model           text,
	serial          text,
	mac             text,
	control_mode    smallint,
	tls             boolean,
	pin             bytea,
	tls_certificate bytea,
	profile_revision_id integer REFERENCES muster.profile_revision,
	configured_at   timestamptz,
	verified_at     timestamptz,
	CONSTRAINT device_state CHECK (state IN ('waiting', 'ready', 'configuring', 'configured', 'failed',
		'setup', 'unprovisioned', 'held', 'detected')),
	CONSTRAINT device_fqdn CHECK (fqdn ~ '^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+$'
		AND length(fqdn) <= 253),
	CONSTRAINT device_ou CHECK (length(ou) <= 500)
);
CREATE UNIQUE INDEX device_fqdn_one ON muster.device (lower(fqdn));
CREATE INDEX device_by_state ON muster.device (state, hello_last_at, device_id);
CREATE INDEX device_by_hello ON muster.device (hello_last_at, device_id);
CREATE INDEX device_by_profile ON muster.device (profile_id);
COMMENT ON TABLE muster.device IS 'One row per UUID, for ever.';
COMMENT ON COLUMN muster.device.pin IS 'SHA-256 of the certificate the device showed while it was set up.';
COMMENT ON COLUMN muster.device.tls_certificate IS 'SHA-256 of the certificate issued to it.';

CREATE FUNCTION muster.device_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.state <> OLD.state THEN
		IF NOT EXISTS (SELECT FROM muster.device_edge
				WHERE from_state = OLD.state AND to_state = NEW.state) THEN
			RAISE EXCEPTION 'a device does not go from % to %', OLD.state, NEW.state
				USING ERRCODE = 'check_violation';
		END IF;
		NEW.state_at := clock_timestamp();
	END IF;
	RETURN NEW;
END
$$;
CREATE TRIGGER device_state_guard BEFORE UPDATE OF state ON muster.device
	FOR EACH ROW EXECUTE FUNCTION muster.device_state_guard();
CREATE TRIGGER device_change AFTER INSERT OR UPDATE ON muster.device
	FOR EACH STATEMENT EXECUTE FUNCTION muster.tell_change();

CREATE TABLE muster.staged_device (
	uuid       uuid PRIMARY KEY,
	fqdn       text NOT NULL,
	profile_id integer NOT NULL REFERENCES muster.profile,
	ou         text,
	note       text NOT NULL DEFAULT '',
	created_at timestamptz NOT NULL DEFAULT now(),
	created_by text NOT NULL DEFAULT session_user,
	CONSTRAINT staged_device_fqdn CHECK (fqdn ~ '^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+$'
		AND length(fqdn) <= 253),
	CONSTRAINT staged_device_ou CHECK (length(ou) <= 500),
	CONSTRAINT staged_device_note CHECK (length(note) <= 500)
);
CREATE UNIQUE INDEX staged_device_fqdn_one ON muster.staged_device (lower(fqdn));
COMMENT ON TABLE muster.staged_device IS 'What a device shall be, known before it says hello.';
CREATE TRIGGER staged_device_change AFTER INSERT OR UPDATE OR DELETE ON muster.staged_device
	FOR EACH STATEMENT EXECUTE FUNCTION muster.tell_change();

CREATE TABLE muster.credential (
	credential_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	device_id bigint NOT NULL REFERENCES muster.device,
	kind      text NOT NULL,
	state     text NOT NULL,
	sealed    bytea NOT NULL,
	since_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
	job_id    bigint,
	note      text NOT NULL DEFAULT '',
	CONSTRAINT credential_kind CHECK (kind IN ('admin', 'mebx')),
	CONSTRAINT credential_state CHECK (state IN ('pending', 'current', 'previous'))
);
CREATE UNIQUE INDEX credential_one_pending ON muster.credential (device_id, kind) WHERE state = 'pending';
CREATE UNIQUE INDEX credential_one_current ON muster.credential (device_id, kind) WHERE state = 'current';
CREATE INDEX credential_by_device ON muster.credential (device_id, kind, since_at);
COMMENT ON TABLE muster.credential IS
	'Passwords that may open a device. A row is written before its password leaves for the device, and none is ever deleted.';

CREATE FUNCTION muster.credential_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'a credential is never deleted' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER credential_keep BEFORE DELETE ON muster.credential
	FOR EACH ROW EXECUTE FUNCTION muster.credential_keep();
CREATE TRIGGER credential_keep_all BEFORE TRUNCATE ON muster.credential
	FOR EACH STATEMENT EXECUTE FUNCTION muster.credential_keep();

CREATE TABLE muster.setup_certificate (
	setup_certificate_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	sha256     bytea NOT NULL UNIQUE,
	domain     text NOT NULL,
	subject    text NOT NULL,
	issuer     text NOT NULL,
	chain      bytea NOT NULL,
	sealed_key bytea NOT NULL,
	not_before timestamptz NOT NULL,
	not_after  timestamptz NOT NULL,
	root_sha1   bytea NOT NULL,
	root_sha256 bytea NOT NULL,
	root_sha384 bytea NOT NULL,
	enabled    boolean NOT NULL DEFAULT true,
	added_at   timestamptz NOT NULL DEFAULT now(),
	added_by   text NOT NULL DEFAULT session_user
);
COMMENT ON TABLE muster.setup_certificate IS
	'Certificates with which devices let the engine in; chain is PEM, leaf first, root last.';
CREATE TRIGGER setup_certificate_change AFTER INSERT OR UPDATE OR DELETE ON muster.setup_certificate
	FOR EACH STATEMENT EXECUTE FUNCTION muster.tell_config();

CREATE TABLE muster.ca (
	ca_id       integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	certificate text NOT NULL,
	sealed_key  bytea NOT NULL,
	subject     text NOT NULL,
	sha256      bytea NOT NULL UNIQUE,
	not_after   timestamptz NOT NULL,
	created_at  timestamptz NOT NULL DEFAULT now(),
	until_at    timestamptz
);
CREATE UNIQUE INDEX ca_one ON muster.ca ((true)) WHERE until_at IS NULL;
COMMENT ON TABLE muster.ca IS 'The built-in CA, which issues the TLS certificates of devices.';

CREATE TABLE muster.certificate (
	certificate_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	device_id  bigint NOT NULL REFERENCES muster.device,
	ca_id      integer NOT NULL REFERENCES muster.ca,
	serial     text NOT NULL,
	sha256     bytea NOT NULL UNIQUE,
	subject    text NOT NULL,
	der        bytea NOT NULL,
	not_after  timestamptz NOT NULL,
	issued_at  timestamptz NOT NULL DEFAULT now(),
	job_id     bigint,
	CONSTRAINT certificate_serial UNIQUE (ca_id, serial)
);
CREATE INDEX certificate_by_device ON muster.certificate (device_id, issued_at);
COMMENT ON TABLE muster.certificate IS 'Certificates issued to devices; recorded before they are sent.';

CREATE TABLE muster.hello_rejected (
	hello_rejected_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at      timestamptz NOT NULL,
	address inet NOT NULL,
	port    integer NOT NULL,
	code    integer NOT NULL,
	reason  text NOT NULL,
	count   bigint NOT NULL DEFAULT 1,
	bytes   bytea NOT NULL,
	CONSTRAINT hello_rejected_bytes CHECK (length(bytes) <= 1024)
);
CREATE INDEX hello_rejected_at ON muster.hello_rejected (at);
COMMENT ON TABLE muster.hello_rejected IS 'Connections that brought no usable hello, sampled with their first bytes.';
CREATE TRIGGER hello_rejected_change AFTER INSERT ON muster.hello_rejected
	FOR EACH STATEMENT EXECUTE FUNCTION muster.tell_change();

GRANT SELECT ON muster.profile, muster.profile_revision, muster.hash_set, muster.device,
	muster.device_edge, muster.staged_device, muster.certificate, muster.hello_rejected
	TO muster_operator, muster_engine;
GRANT SELECT (profile_revision_id, name) ON muster.profile_secret TO muster_operator;
GRANT SELECT ON muster.profile_secret TO muster_engine;
GRANT SELECT (credential_id, device_id, kind, state, since_at, job_id, note) ON muster.credential TO muster_operator;
GRANT SELECT ON muster.credential TO muster_engine;
GRANT SELECT (setup_certificate_id, sha256, domain, subject, issuer, chain, not_before, not_after, root_sha1,
	root_sha256, root_sha384, enabled, added_at, added_by) ON muster.setup_certificate TO muster_operator;
GRANT SELECT ON muster.setup_certificate, muster.ca TO muster_engine;
GRANT SELECT (ca_id, certificate, subject, sha256, not_after, created_at, until_at) ON muster.ca TO muster_operator;
