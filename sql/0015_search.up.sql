-- Search: a sigma at the end of a Greek word is a sigma. Chinese, Japanese and Korean names, which are
-- written without spaces, are found by any part of them.

CREATE OR REPLACE FUNCTION folded(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT btrim(regexp_replace(regexp_replace(regexp_replace(
    translate(lower(public.unaccent('public.unaccent'::regdictionary, normalize($1, NFKC))), 'ς', 'σ'),
    '[-\u2010-\u2015_/]', ' ', 'g'),
    '[[:punct:]\u0300-\u036F\u2016-\u201F\u2026\u00B4\u02BC]', '', 'g'), '\s+', ' ', 'g'))
$$;

-- Each sign of those scripts is a word of its own: so the part of a name stays indexed, however short.
CREATE FUNCTION searchable(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN btrim(regexp_replace(regexp_replace(folded($1),
  '([\u3005-\u3007\u3040-\u30FF\u3400-\u4DBF\u4E00-\u9FFF\uAC00-\uD7A3\uF900-\uFAFF\U00020000-\U0003FFFD])',
  ' \1 ', 'g'), '\s+', ' ', 'g'));

ALTER TABLE patients DROP COLUMN name_key, DROP COLUMN search;
ALTER TABLE patients
  ADD COLUMN name_key text NOT NULL GENERATED ALWAYS AS (folded(name)) STORED,
  ADD COLUMN search text NOT NULL
    GENERATED ALWAYS AS (' ' || searchable(name) || ' ' || coalesce(digits(phone), '')) STORED;
COMMENT ON COLUMN patients.search IS 'Starts with a space, so that the start of a word can be searched';
CREATE INDEX patients_search ON patients USING gin (search public.gin_trgm_ops)
  WITH (fastupdate = off);
CREATE INDEX patients_name_key ON patients (name_key);

ALTER TABLE medicines DROP COLUMN search;
ALTER TABLE medicines
  ADD COLUMN search text NOT NULL GENERATED ALWAYS AS (' ' || searchable(name) || ' '
    || coalesce(searchable(generic_name), '') || ' ' || coalesce(searchable(manufacturer), '')) STORED;
CREATE INDEX medicines_search ON medicines USING gin (search public.gin_trgm_ops)
  WITH (fastupdate = off);
