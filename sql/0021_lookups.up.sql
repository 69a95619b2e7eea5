-- How common a part of a name is decides how it is looked for: a rare one by the index, a common one
-- by reading patients in their order until a page is full. With a hundred samples a name of a
-- hundred patients could seem to be that of a thousand, and half of the table was read for it.
ALTER TABLE patients ALTER COLUMN search SET STATISTICS 1000;

-- A number with a country's code and one with a trunk's 0 are one number: their ends are compared.
CREATE INDEX patients_phone_end ON patients (right(phone_key, 8));
DROP INDEX patients_phone_key;

ANALYZE patients;

-- A history is paragraphs with empty lines between them. Whether it has others, one after the other.
CREATE FUNCTION has_paragraphs(history text, others text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN strpos(E'\n\n' || coalesce(history, '') || E'\n\n', E'\n\n' || others || E'\n\n') > 0;

-- A history with other paragraphs, or none, in the place of some, which are taken where they stand
-- nearest to the end.
CREATE FUNCTION exchange_paragraphs(history text, old text, new text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  padded text := E'\n\n' || history || E'\n\n';
  wanted text := E'\n\n' || old || E'\n\n';
  place integer := strpos(reverse(padded), reverse(wanted));
BEGIN
  IF place IS NULL OR place = 0 THEN
    RETURN history;
  END IF;
  place := char_length(padded) - place - char_length(wanted) + 2;
  padded := left(padded, place - 1) || E'\n\n' || coalesce(new || E'\n\n', '')
    || substr(padded, place + char_length(wanted));
  RETURN nullif(substr(padded, 3, greatest(char_length(padded) - 4, 0)), '');
END $$;

-- A survivor's history without what merges have added.
CREATE FUNCTION without_paragraphs(history text, added text[]) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  one text;
BEGIN
  FOREACH one IN ARRAY ARRAY(SELECT a FROM unnest(added) a ORDER BY char_length(a) DESC) LOOP
    history := exchange_paragraphs(history, one, NULL);
  END LOOP;
  RETURN history;
END $$;

-- A survivor's history without what one merge has added, with what others have added, and with what
-- others bring too and was a part of it.
CREATE FUNCTION parted_history(history text, added text, others text[], shared text[]) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  whole text := history;
  kept text[] := '{}';
  one text;
  is_kept boolean;
BEGIN
  -- The longest first, as one may be a part of another; what is kept is put aside.
  FOR one, is_kept IN SELECT * FROM (SELECT DISTINCT o, true FROM unnest(others) o
      UNION ALL SELECT added, false) u (text, is_kept)
      ORDER BY char_length(u.text) DESC, u.is_kept DESC, u.text LOOP
    IF is_kept THEN
      kept := kept || one;
      history := exchange_paragraphs(history, one, chr(1) || cardinality(kept) || chr(1));
    ELSE
      history := exchange_paragraphs(history, one, NULL);
    END IF;
  END LOOP;
  FOR i IN 1 .. cardinality(kept) LOOP
    history := replace(history, chr(1) || i || chr(1), kept[i]);
  END LOOP;
  FOR one IN SELECT o FROM unnest(kept || shared) o ORDER BY char_length(o) DESC, o LOOP
    IF has_paragraphs(whole, one) AND NOT has_paragraphs(history, one) THEN
      history := concat_ws(E'\n\n', history, one);
    END IF;
  END LOOP;
  RETURN history;
END $$;

-- Histories that merges found as a part of a paragraph, and did not add, are added now: undoing another
-- merge would lose them.
UPDATE patients s SET medical_history = s.medical_history || E'\n\n' || found.histories,
  updated_at = now(), version = s.version + 1
FROM (SELECT m.survivor_id, string_agg(DISTINCT m.united ->> 'medical_history', E'\n\n') AS histories
  FROM patient_merges m JOIN patients p ON p.id = m.survivor_id
  WHERE m.undone_at IS NULL AND jsonb_typeof(m.united -> 'medical_history') = 'string'
  AND strpos(p.medical_history, m.united ->> 'medical_history') > 0
  AND NOT has_paragraphs(p.medical_history, m.united ->> 'medical_history')
  GROUP BY m.survivor_id) AS found
WHERE s.id = found.survivor_id
  AND char_length(s.medical_history) + char_length(found.histories) + 2 <= 20000;
