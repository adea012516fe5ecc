-- SPDX-License-Identifier: Apache-2.0
-- bootstrap: the roles muster needs, made once per PostgreSQL cluster by "musterctl db create".
-- Run again at any time: it adds only what is missing.
--
-- muster_owner owns every object and nobody logs in as it. Each of the four operator roles contains
-- the next one. A login gets its rights by being made a member of one of them.
DO $$
DECLARE
	r text;
BEGIN
	FOREACH r IN ARRAY ARRAY['muster_owner', 'muster_log_viewer', 'muster_operator',
		'muster_administrator', 'muster_enterprise_administrator'] LOOP
		IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r) THEN
			EXECUTE format('CREATE ROLE %I NOLOGIN', r);
		END IF;
	END LOOP;
	IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'muster_engine') THEN
		CREATE ROLE muster_engine LOGIN;
	END IF;
	GRANT muster_log_viewer TO muster_operator;
	GRANT muster_operator TO muster_administrator;
	GRANT muster_administrator TO muster_enterprise_administrator;
	-- Owns the one function that makes logins and gives them roles, and nothing else; it has no member.
	-- NOINHERIT: it gives the four roles and has no right of theirs itself.
	IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'muster_keeper') THEN
		CREATE ROLE muster_keeper NOLOGIN NOINHERIT CREATEROLE;
	END IF;
	GRANT muster_log_viewer, muster_operator, muster_administrator, muster_enterprise_administrator
		TO muster_keeper WITH ADMIN OPTION;
END
$$;
