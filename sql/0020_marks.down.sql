CREATE OR REPLACE FUNCTION folded(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT btrim(regexp_replace(regexp_replace(regexp_replace(
    translate(lower(public.unaccent('public.unaccent'::regdictionary, normalize($1, NFKC))), 'ς', 'σ'),
    '[-\u2010-\u2015_/]', ' ', 'g'),
    '[[:punct:]\u0300-\u036F\u2016-\u201F\u2026\u00B4\u02BC]', '', 'g'), '\s+', ' ', 'g'))
$$;
UPDATE patients SET name = name WHERE name_key <> folded(name);
UPDATE medicines SET name = name WHERE search <> ' ' || searchable(name) || ' '
  || coalesce(searchable(generic_name), '') || ' ' || coalesce(searchable(manufacturer), '');
