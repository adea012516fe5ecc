-- SPDX-License-Identifier: Apache-2.0
-- 0010_trace
-- Why    the debug trace has levels, for a device, for what an engine talks to, or for all.
-- Locks  none on busy tables.

UPDATE muster.setting
   SET description = 'Debug trace: who has what is said to devices written to files of the engines: all, engine=NAME or UUIDs with blanks between, each with :W or :E for less.'
 WHERE name = 'trace';

-- What setting_set cannot know of one setting.
CREATE OR REPLACE FUNCTION muster.setting_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.name <> 'trace' OR NEW.value = '' THEN
		RETURN NEW;
	END IF;
	IF EXISTS (SELECT FROM regexp_split_to_table(NEW.value, ' ') AS entry
		WHERE entry !~* '^(all|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|engine=[a-z0-9._-]{1,64})(:[VWE])?$') THEN
		RAISE EXCEPTION 'trace must be empty, or all, engine=NAME or UUIDs with a blank between, each with :V, :W or :E or without'
			USING ERRCODE = 'check_violation';
	END IF;
	IF EXISTS (SELECT FROM regexp_split_to_table(lower(NEW.value), ' ') AS entry
		GROUP BY split_part(entry, ':', 1) HAVING count(*) > 1) THEN
		RAISE EXCEPTION 'trace names each device and each engine once' USING ERRCODE = 'check_violation';
	END IF;
	RETURN NEW;
END
$$;

-- Switches the debug trace of what is named: "all", "engine=NAME" or a UUID; level V, W, E, or '' for off. NULL is all
-- there is. Returns the setting. In one transaction, so that two who switch at once do not undo each other.
CREATE FUNCTION muster.trace_set(p_what text[], p_level text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	old    text;
	level  text := CASE p_level WHEN 'V' THEN '' ELSE ':' || p_level END;
	wanted text[] := ARRAY(SELECT DISTINCT CASE WHEN w LIKE 'engine=%' THEN w ELSE lower(w) END FROM unnest(p_what) AS w);
	said   text;
	result text[] := '{}';
BEGIN
	IF p_level IS NULL OR p_level NOT IN ('V', 'W', 'E', '') THEN
		RAISE EXCEPTION 'a level is V, W or E' USING ERRCODE = 'check_violation';
	END IF;
	SELECT value INTO old FROM muster.setting WHERE name = 'trace' FOR UPDATE;
	FOREACH said IN ARRAY wanted LOOP
		IF said IS NULL OR said !~ '^(all|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|engine=[^ :]+)$' THEN
			RAISE EXCEPTION 'all, engine=NAME or a UUID is traced' USING ERRCODE = 'check_violation';
		END IF;
		IF said LIKE 'engine=%' AND p_level <> '' AND NOT EXISTS (SELECT FROM muster.engine_node WHERE 'engine=' || name = said) THEN
			RAISE EXCEPTION 'no engine is called "%"', substr(said, 8) USING ERRCODE = 'no_data_found';
		END IF;
	END LOOP;
	FOREACH said IN ARRAY CASE WHEN p_what IS NULL OR old = '' THEN '{}' ELSE string_to_array(old, ' ') END LOOP
		IF lower(split_part(said, ':', 1)) <> ALL (ARRAY(SELECT lower(w) FROM unnest(wanted) AS w)) THEN
			result := result || said;
		ELSIF p_level <> '' THEN
			result := result || (split_part(said, ':', 1) || level);
		END IF;
	END LOOP;
	FOREACH said IN ARRAY CASE WHEN p_level = '' THEN '{}' ELSE wanted END LOOP
		IF lower(said) <> ALL (ARRAY(SELECT lower(split_part(r, ':', 1)) FROM unnest(result) AS r)) THEN
			result := result || (said || level);
		END IF;
	END LOOP;
	IF length(array_to_string(result, ' ')) > 500 THEN
		RAISE EXCEPTION 'too many to trace one by one: switch some off, or trace all' USING ERRCODE = 'check_violation';
	END IF;
	PERFORM muster.setting_set('trace', array_to_string(result, ' '));
	RETURN array_to_string(result, ' ');
END
$$;
GRANT EXECUTE ON FUNCTION muster.trace_set(text[], text) TO muster_administrator;
