ALTER TABLE medicines DROP COLUMN search;
ALTER TABLE patients DROP COLUMN name_key, DROP COLUMN search;
DROP FUNCTION searchable(text);
CREATE OR REPLACE FUNCTION folded(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT btrim(regexp_replace(regexp_replace(regexp_replace(
    lower(public.unaccent('public.unaccent'::regdictionary, normalize($1, NFKC))),
    '[-\u2010-\u2015_/]', ' ', 'g'),
    '[[:punct:]\u0300-\u036F\u2016-\u201F\u2026\u00B4\u02BC]', '', 'g'), '\s+', ' ', 'g'))
$$;
ALTER TABLE patients
  ADD COLUMN name_key text NOT NULL GENERATED ALWAYS AS (folded(name)) STORED,
  ADD COLUMN search text NOT NULL
    GENERATED ALWAYS AS (' ' || folded(name) || ' ' || coalesce(digits(phone), '')) STORED;
COMMENT ON COLUMN patients.search IS 'Starts with a space, so that the start of a word can be searched';
CREATE INDEX patients_search ON patients USING gin (search public.gin_trgm_ops)
  WITH (fastupdate = off);
CREATE INDEX patients_name_key ON patients (name_key);
ALTER TABLE medicines
  ADD COLUMN search text NOT NULL GENERATED ALWAYS AS (' ' || folded(name) || ' '
    || coalesce(folded(generic_name), '') || ' ' || coalesce(folded(manufacturer), '')) STORED;
CREATE INDEX medicines_search ON medicines USING gin (search public.gin_trgm_ops)
  WITH (fastupdate = off);
