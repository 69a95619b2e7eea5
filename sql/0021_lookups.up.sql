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

-- A history without others' paragraphs, each as it stands nearest to the end.
CREATE FUNCTION without_paragraphs(history text, others text[]) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  padded text := E'\n\n' || history || E'\n\n';
  other text;
  place integer;
BEGIN
  FOREACH other IN ARRAY others LOOP
    other := E'\n\n' || other || E'\n\n';
    place := strpos(reverse(padded), reverse(other));
    IF place > 0 THEN
      place := char_length(padded) - place - char_length(other) + 2;
      padded := left(padded, place - 1) || E'\n\n' || substr(padded, place + char_length(other));
    END IF;
  END LOOP;
  RETURN nullif(substr(padded, 3, greatest(char_length(padded) - 4, 0)), '');
END $$;
