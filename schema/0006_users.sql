-- SPDX-License-Identifier: Apache-2.0
-- 0006_users
-- Why    who may do what is given and taken in muster itself; what was refused is in the audit log;
--        the end of the audit log is known, so that cutting it off is found.
-- Locks  audit_log, shortly.
DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'muster_keeper') THEN
		RAISE EXCEPTION 'the role muster_keeper is missing: run "musterctl db create" again, it adds the role and upgrades';
	END IF;
END
$$;

-- The highest role a login was given itself; NULL: none.
CREATE FUNCTION muster.user_role(p_login name) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT r.rolname::text FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles u ON u.oid = m.member
	 WHERE u.rolname = p_login AND r.rolname IN ('muster_log_viewer', 'muster_operator', 'muster_administrator',
		'muster_enterprise_administrator')
	 ORDER BY array_position(ARRAY['muster_enterprise_administrator', 'muster_administrator', 'muster_operator',
		'muster_log_viewer']::name[], r.rolname) LIMIT 1
$$;

-- Logins that have a role of muster, or are bound by none because they are superusers.
CREATE FUNCTION muster.user_list() RETURNS TABLE (login text, role text, superuser boolean, can_login boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	SELECT u.rolname::text, coalesce(muster.user_role(u.rolname), ''), u.rolsuper, u.rolcanlogin FROM pg_roles u
	 WHERE u.rolname !~ '^(pg_|muster_)' AND (u.rolsuper OR muster.user_role(u.rolname) IS NOT NULL)
	 ORDER BY u.rolname
$$;

/*
 * user_set: gives a login exactly this role of muster (NULL: none), and makes the login when there is
 * none: without a password, so only peer, Kerberos or a certificate let it in until somebody sets one.
 * Answers what was done.
 */
CREATE FUNCTION muster.user_set(p_login text, p_role text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	had text;
	u pg_roles;
	r text;
	made boolean := false;
BEGIN
	IF p_login ~ '^(pg_|muster_)' OR p_login IN ('postgres', 'public', 'none') THEN
		RAISE EXCEPTION '"%" is not a login of a person', p_login USING ERRCODE = 'check_violation';
	END IF;
	IF p_role IS NOT NULL AND p_role NOT IN ('log_viewer', 'operator', 'administrator', 'enterprise_administrator') THEN
		RAISE EXCEPTION 'no role is called "%"', left(p_role, 60) USING ERRCODE = 'no_data_found';
	END IF;
	PERFORM pg_advisory_xact_lock(7031, 4);
	SELECT * INTO u FROM pg_roles WHERE rolname = p_login;
	had := muster.user_role(p_login);
	IF u.oid IS NULL AND p_role IS NULL THEN
		RAISE EXCEPTION 'no login is called "%"', left(p_login, 63) USING ERRCODE = 'no_data_found';
	END IF;
	IF u.oid IS NULL AND (p_login IS NULL OR p_login !~ '^[a-z_][a-z0-9_.@-]{0,62}$') THEN
		RAISE EXCEPTION 'a login has small letters, digits and _ . @ -, at most 63, and begins with a letter or _'
			USING ERRCODE = 'check_violation';
	END IF;
	IF u.rolsuper THEN
		RAISE EXCEPTION '% is a superuser of PostgreSQL: no role of muster binds it', p_login USING ERRCODE = 'check_violation';
	END IF;
	IF had = 'muster_' || p_role OR (had IS NULL AND p_role IS NULL) THEN
		RETURN 'nothing to do';
	END IF;
	IF had = 'muster_enterprise_administrator' AND NOT EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
			JOIN pg_roles o ON o.oid = m.member WHERE g.rolname = had AND o.rolcanlogin AND o.rolname <> p_login) THEN
		RAISE EXCEPTION '% is the last Enterprise Administrator', p_login USING ERRCODE = 'check_violation';
	END IF;
	IF u.oid IS NULL THEN
		EXECUTE format('CREATE ROLE %I LOGIN', p_login);
		made := true;
	END IF;
	FOREACH r IN ARRAY ARRAY['muster_log_viewer', 'muster_operator', 'muster_administrator', 'muster_enterprise_administrator'] LOOP
		IF r = 'muster_' || p_role THEN
			EXECUTE format('GRANT %I TO %I', r, p_login);
		ELSIF EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles o ON o.oid = m.member
				WHERE g.rolname = r AND o.rolname = p_login) THEN
			EXECUTE format('REVOKE %I FROM %I', r, p_login);
		END IF;
	END LOOP;
	IF muster.user_role(p_login) IS DISTINCT FROM 'muster_' || p_role THEN
		RAISE EXCEPTION '% was given its role by somebody whose grants muster may not take back', p_login
			USING ERRCODE = 'insufficient_privilege';
	END IF;
	PERFORM muster.audit_write('user_set', p_login, to_jsonb(had), to_jsonb('muster_' || p_role));
	PERFORM pg_notify('muster_change', 'user');
	RETURN CASE WHEN p_role IS NULL THEN 'has no role any more' WHEN made THEN 'login made, role given' ELSE 'role given' END;
END
$$;

-- The audit log is written by the owner's rights, for whoever runs what writes it.
ALTER FUNCTION muster.audit_write(text, text, jsonb, jsonb) SECURITY DEFINER;
ALTER FUNCTION muster.audit_write(text, text, jsonb, jsonb) SET search_path = pg_catalog, pg_temp;

-- It runs as the one role that may make logins; the owner of the tables may not. To hand the function
-- over the owner is a member of that role, for as long as this transaction takes.
GRANT USAGE, CREATE ON SCHEMA muster TO muster_keeper;
GRANT EXECUTE ON FUNCTION muster.user_role(name), muster.audit_write(text, text, jsonb, jsonb) TO muster_keeper;
GRANT EXECUTE ON FUNCTION muster.user_list(), muster.user_set(text, text) TO muster_enterprise_administrator;
SET LOCAL ROLE NONE;
GRANT muster_keeper TO muster_owner;
SET LOCAL ROLE muster_owner;
ALTER FUNCTION muster.user_set(text, text) OWNER TO muster_keeper;
SET LOCAL ROLE NONE;
REVOKE muster_keeper FROM muster_owner;
SET LOCAL ROLE muster_owner;
REVOKE CREATE ON SCHEMA muster FROM muster_keeper;

-- What the database refused, told by the program that was refused. At most 30 rows an hour and login.
CREATE FUNCTION muster.audit_denied(p_what text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	me text := session_user;
BEGIN
	IF (SELECT count(*) FROM (SELECT FROM muster.audit_log WHERE what = 'denied' AND who = me
			AND at > now() - interval '1 hour' LIMIT 30) a) < 30 THEN
		PERFORM muster.audit_write('denied', left(p_what, 200), NULL, NULL);
	END IF;
END
$$;
CREATE INDEX audit_log_denied ON muster.audit_log (who, at) WHERE what = 'denied';
CREATE INDEX audit_log_by_object ON muster.audit_log (object, audit_id);

-- Where the chain ends. A row that is cut off at the end breaks no link, but leaves the end behind.
CREATE TABLE muster.audit_end (
	one      boolean PRIMARY KEY DEFAULT true,
	audit_id bigint NOT NULL,
	hash     bytea NOT NULL,
	CONSTRAINT audit_end_one CHECK (one)
);
COMMENT ON TABLE muster.audit_end IS 'The newest row of the audit log.';
INSERT INTO muster.audit_end (audit_id, hash)
	SELECT coalesce(max(audit_id), 0), coalesce((array_agg(hash ORDER BY audit_id DESC))[1], ''::bytea) FROM muster.audit_log;
GRANT SELECT ON muster.audit_end TO muster_administrator;

/*
 * The next row follows the end on record, not the newest row there is: a row that was cut off is missed
 * for ever. The end's row is also the lock of the one writer: who may lock it is nobody but the owner.
 * It is written once a transaction, however many rows that has; until then the newest row is our own.
 */
CREATE OR REPLACE FUNCTION muster.audit_write(p_what text, p_object text, p_before jsonb, p_after jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	r muster.audit_log;
	own muster.audit_log;
	e muster.audit_end;
BEGIN
	SELECT * INTO STRICT e FROM muster.audit_end FOR UPDATE;
	r.audit_id := nextval('muster.audit_log_id');
	r.at := clock_timestamp();
	r.who := session_user;
	r.from_addr := inet_client_addr();
	r.what := p_what;
	r.object := p_object;
	r.before := p_before;
	r.after := p_after;
	SELECT * INTO own FROM muster.audit_log ORDER BY audit_id DESC LIMIT 1;
	r.prev_hash := CASE WHEN own.audit_id > e.audit_id THEN own.hash ELSE e.hash END;
	r.hash := muster.audit_row_hash(r);
	INSERT INTO muster.audit_log SELECT r.*;
END
$$;
CREATE FUNCTION muster.audit_log_end() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF NEW.audit_id = (SELECT max(audit_id) FROM muster.audit_log) THEN
		UPDATE muster.audit_end SET audit_id = NEW.audit_id, hash = NEW.hash;
		PERFORM pg_notify('muster_change', 'audit_log');
	END IF;
	RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER audit_log_end AFTER INSERT ON muster.audit_log DEFERRABLE INITIALLY DEFERRED
	FOR EACH ROW EXECUTE FUNCTION muster.audit_log_end();

-- The bytes that a row's hash is made of beside the hash before it, so that a program can make it again.
CREATE FUNCTION muster.audit_row_text(r muster.audit_log) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT jsonb_build_array(r.audit_id, to_char(r.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), r.who,
		host(r.from_addr), r.what, r.object, r.before::text, r.after::text)::text
$$;
CREATE OR REPLACE FUNCTION muster.audit_row_hash(r muster.audit_log) RETURNS bytea LANGUAGE sql STABLE AS $$
	SELECT sha256(r.prev_hash || convert_to(muster.audit_row_text(r), 'UTF8'))
$$;

-- What a login likes to look for, by screen.
CREATE TABLE muster.saved_filter (
	login  text NOT NULL DEFAULT session_user,
	screen text NOT NULL,
	name   text NOT NULL,
	filter jsonb NOT NULL,
	PRIMARY KEY (login, screen, name),
	CONSTRAINT saved_filter_name CHECK (name ~ '^[^[:cntrl:]]{1,40}$'),
	CONSTRAINT saved_filter_screen CHECK (screen ~ '^[a-z-]{1,30}$'),
	CONSTRAINT saved_filter_size CHECK (pg_column_size(filter) < 4000)
);
COMMENT ON TABLE muster.saved_filter IS 'Filters people gave a name.';
ALTER TABLE muster.saved_filter ENABLE ROW LEVEL SECURITY;
CREATE POLICY saved_filter_own ON muster.saved_filter USING (login = session_user);
GRANT SELECT ON muster.saved_filter TO muster_log_viewer;
CREATE FUNCTION muster.saved_filter_set(p_screen text, p_name text, p_filter jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF p_filter IS NULL THEN
		DELETE FROM muster.saved_filter WHERE login = session_user AND screen = p_screen AND name = p_name;
		RETURN;
	END IF;
	IF (SELECT count(*) FROM muster.saved_filter WHERE login = session_user AND (screen, name) <> (p_screen, p_name)) >= 100 THEN
		RAISE EXCEPTION 'a login keeps at most 100 filters' USING ERRCODE = 'check_violation';
	END IF;
	INSERT INTO muster.saved_filter (login, screen, name, filter) VALUES (session_user, p_screen, p_name, p_filter)
	ON CONFLICT (login, screen, name) DO UPDATE SET filter = excluded.filter;
END
$$;

GRANT EXECUTE ON FUNCTION muster.audit_denied(text), muster.saved_filter_set(text, text, jsonb) TO muster_log_viewer;
GRANT EXECUTE ON FUNCTION muster.audit_row_text(muster.audit_log) TO muster_administrator;
