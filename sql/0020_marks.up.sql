-- Search: Arabic and Hebrew names are found with and without their vowel signs, and however the letters are
-- written that people do not tell apart when they type: alef with and without hamza, yeh, kaf, teh marbuta.

CREATE OR REPLACE FUNCTION folded(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT btrim(regexp_replace(regexp_replace(regexp_replace(
    translate(lower(public.unaccent('public.unaccent'::regdictionary, normalize($1, NFKC))),
      E'\u03C2\u0622\u0623\u0625\u0671\u0649\u06CC\u06A9\u0629\u0640',
      E'\u03C3\u0627\u0627\u0627\u0627\u064A\u064A\u0643\u0647'),
    '[-\u2010-\u2015\u05BE_/]', ' ', 'g'),
    '[[:punct:]\u0300-\u036F\u0591-\u05C7\u0610-\u061A\u064B-\u065F\u0670\u06D6-\u06ED\u2016-\u201F\u2026\u00B4\u02BC]',
    '', 'g'), '\s+', ' ', 'g'))
$$;

-- What was stored under the old rule.
UPDATE patients SET name = name WHERE name_key <> folded(name);
UPDATE medicines SET name = name WHERE search <> ' ' || searchable(name) || ' '
  || coalesce(searchable(generic_name), '') || ' ' || coalesce(searchable(manufacturer), '');
