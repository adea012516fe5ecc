-- SPDX-License-Identifier: Apache-2.0
-- 0009_profile
-- Why    profiles are edited in the console by several people; a list of devices is checked before it is staged.
-- Locks  none that wait: functions only.

/*
 * profile_save: a new revision of a profile, or a new profile. p_secret and p_sealed are parallel: passwords sealed
 * for "profile/NAME/SECRET". A secret that is not given is taken over from the revision before, unless it is that of
 * an ACL entry the profile has no more. p_base is the revision that was edited (0: a new profile, NULL: whichever is the
 * newest); when another one was saved meanwhile nothing is stored.
 * Returns the revision number; an unchanged profile makes no new revision.
 */
DROP FUNCTION muster.profile_save(text, jsonb, text[], bytea[]);
CREATE FUNCTION muster.profile_save(p_name text, p_body jsonb, p_secret text[], p_sealed bytea[], p_base integer DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	id integer;
	old muster.profile_revision;
	new_id integer;
	number integer;
BEGIN
	INSERT INTO muster.profile (name) VALUES (p_name) ON CONFLICT (name) DO NOTHING;
	SELECT profile_id INTO id FROM muster.profile WHERE name = p_name FOR NO KEY UPDATE;
	SELECT * INTO old FROM muster.profile_revision WHERE profile_id = id ORDER BY revision DESC LIMIT 1;
	IF p_base = 0 AND old.revision IS NOT NULL THEN
		RAISE EXCEPTION 'there is a profile "%" already', p_name USING ERRCODE = 'unique_violation';
	ELSIF p_base <> coalesce(old.revision, 0) THEN
		RAISE EXCEPTION 'revision % was saved meanwhile by %', old.revision, old.created_by USING ERRCODE = 'unique_violation';
	ELSIF old.body = p_body AND coalesce(cardinality(p_secret), 0) = 0 THEN
		RETURN old.revision;
	END IF;
	number := coalesce(old.revision, 0) + 1;
	INSERT INTO muster.profile_revision (profile_id, revision, body) VALUES (id, number, p_body)
	RETURNING profile_revision_id INTO new_id;
	INSERT INTO muster.profile_secret
	SELECT new_id, s.name, s.sealed FROM unnest(p_secret, p_sealed) AS s (name, sealed);
	INSERT INTO muster.profile_secret
	SELECT new_id, s.name, s.sealed FROM muster.profile_secret s
	 WHERE s.profile_revision_id = old.profile_revision_id
	   AND (s.name NOT LIKE 'acl/%' OR NOT p_body ? 'acl' OR p_body -> 'acl' @> jsonb_build_array(jsonb_build_object('user', substr(s.name, 5))))
	ON CONFLICT DO NOTHING;
	PERFORM muster.audit_write('profile_save', p_name, old.body, p_body);
	PERFORM pg_notify('muster_change', 'profile');
	RETURN number;
END
$$;

/*
 * staged_import: stage a list; the arrays are parallel. p_mode: 'all' stages every device or, when one is refused, none;
 * 'good' stages those that are not refused; 'check' stages none. All three do what staging does and answer one row a
 * device, in the order given: what was done, or in the way of it; code 0: nothing in the way. What must not be is
 * undone before the answer, so a check says exactly what an import will say.
 */
CREATE FUNCTION muster.staged_import(p_uuid uuid[], p_fqdn text[], p_profile text[], p_ou text[], p_note text[], p_mode text)
RETURNS TABLE (nr integer, code integer, text text, queued boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	r record;
	codes integer[] := '{}';
	texts text[] := '{}';
	ready boolean[] := '{}';
	refused bigint := 0;
	c integer;
	t text;
	q boolean;
	broken text;
BEGIN
	IF p_mode IS NULL OR p_mode NOT IN ('all', 'good', 'check') THEN
		RAISE EXCEPTION 'no such mode: %', p_mode USING ERRCODE = 'invalid_parameter_value';
	END IF;
	PERFORM FROM muster.device WHERE device.uuid = ANY (p_uuid) ORDER BY device.uuid FOR NO KEY UPDATE;
	BEGIN
		FOR r IN
			SELECT x.i, x.u, x.f, x.p, nullif(x.o, '') AS o, coalesce(x.n, '') AS n,
			       row_number() OVER (PARTITION BY x.u ORDER BY x.i) AS times,
			       s.uuid IS NOT NULL AS had, s.fqdn, b.name AS profile, s.ou, s.note
			  FROM unnest(p_uuid, p_fqdn, p_profile, p_ou, p_note) WITH ORDINALITY AS x (u, f, p, o, n, i)
			  LEFT JOIN muster.staged_device s ON s.uuid = x.u LEFT JOIN muster.profile b ON b.profile_id = s.profile_id
			 ORDER BY x.i
		LOOP
			c := 0;
			q := false;
			BEGIN
				IF r.times > 1 THEN
					RAISE EXCEPTION 'this UUID is in the list twice' USING ERRCODE = 'unique_violation';
				END IF;
				q := muster.staged_add(r.u, r.f, r.p, r.o, r.n) = 'queued';
				t := CASE
					WHEN NOT r.had THEN 'new'
					WHEN (r.fqdn, r.profile, r.ou, r.note) IS NOT DISTINCT FROM (r.f, r.p, r.o, r.n) THEN 'as it is staged already'
					ELSE format('changes: was %s, profile %s', r.fqdn, r.profile) END;
			EXCEPTION
			WHEN no_data_found THEN
				c := 1106; t := SQLERRM;
			WHEN unique_violation OR check_violation OR not_null_violation THEN
				GET STACKED DIAGNOSTICS broken = CONSTRAINT_NAME;
				c := 1105;
				t := CASE broken
					WHEN 'staged_device_fqdn_one' THEN format('FQDN %s is staged for another device', r.f)
					WHEN 'staged_device_fqdn' THEN format('"%s" is not an FQDN', left(r.f, 60))
					WHEN 'staged_device_ou' THEN 'the OU has more than 500 characters'
					WHEN 'staged_device_note' THEN 'the note has more than 500 characters'
					ELSE SQLERRM END;
			END;
			refused := refused + CASE c WHEN 0 THEN 0 ELSE 1 END;
			codes := codes || c;
			texts := texts || t;
			ready := ready || q;
		END LOOP;
		IF p_mode = 'check' OR (p_mode = 'all' AND refused > 0) THEN
			RAISE EXCEPTION 'undone' USING ERRCODE = 'MU900';
		END IF;
	EXCEPTION WHEN SQLSTATE 'MU900' THEN
		NULL;
	END;
	RETURN QUERY SELECT y.i::integer, y.c, y.t, y.q FROM unnest(codes, texts, ready) WITH ORDINALITY AS y (c, t, q, i) ORDER BY y.i;
END
$$;

GRANT EXECUTE ON FUNCTION muster.profile_save(text, jsonb, text[], bytea[], integer),
	muster.staged_import(uuid[], text[], text[], text[], text[], text) TO muster_operator;
