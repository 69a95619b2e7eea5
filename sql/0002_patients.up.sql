-- Patients, and the search over them.

CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;
CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA public;

-- A name as search sees it: without case, accents, punctuation and repeated spaces. A dash
-- parts words, other punctuation does not.
CREATE FUNCTION folded(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT btrim(regexp_replace(regexp_replace(regexp_replace(
    lower(public.unaccent('public.unaccent'::regdictionary, normalize($1, NFKC))),
    '[-\u2010-\u2015_/]', ' ', 'g'),
    '[[:punct:]\u0300-\u036F\u2016-\u201F\u2026\u00B4\u02BC]', '', 'g'), '\s+', ' ', 'g'))
$$;

CREATE FUNCTION digits(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT regexp_replace($1, '[^0-9]', '', 'g')
$$;

CREATE TABLE patients (
  id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name               text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  phone              text CHECK (char_length(phone) <= 40),
  date_of_birth      date,
  estimated_age      integer CHECK (estimated_age BETWEEN 0 AND 130),
  estimated_on       date,
  sex                text NOT NULL DEFAULT 'UNKNOWN'
                       CHECK (sex IN ('FEMALE', 'MALE', 'OTHER', 'UNKNOWN')),
  email              text CHECK (char_length(email) <= 254),
  address            text CHECK (char_length(address) <= 1000),
  allergies          text[] NOT NULL DEFAULT '{}',
  chronic_conditions text[] NOT NULL DEFAULT '{}',
  medical_history    text CHECK (char_length(medical_history) <= 20000),
  emergency_contact  jsonb,
  verified           boolean NOT NULL DEFAULT true,
  registered_by      text NOT NULL,
  archived_at        timestamptz,
  version            bigint NOT NULL DEFAULT 1,
  created_at         timestamptz NOT NULL DEFAULT now(),
  updated_at         timestamptz NOT NULL DEFAULT now(),
  name_key           text NOT NULL GENERATED ALWAYS AS (folded(name)) STORED,
  phone_key          text GENERATED ALWAYS AS (digits(phone)) STORED,
  search             text NOT NULL
    GENERATED ALWAYS AS (' ' || folded(name) || ' ' || coalesce(digits(phone), '')) STORED,
  CONSTRAINT patients_one_age CHECK (date_of_birth IS NULL OR estimated_age IS NULL),
  CONSTRAINT patients_estimate CHECK ((estimated_age IS NULL) = (estimated_on IS NULL)),
  CONSTRAINT patients_born CHECK (date_of_birth >= DATE '1850-01-01')
);
COMMENT ON COLUMN patients.estimated_age IS
  'Years on estimated_on, for a patient whose birth date nobody knows';
COMMENT ON COLUMN patients.search IS 'Starts with a space, so that the start of a word can be searched';

-- fastupdate: its pending list makes a search cost many times as much after some thousand inserts.
CREATE INDEX patients_search ON patients USING gin (search public.gin_trgm_ops)
  WITH (fastupdate = off);
CREATE INDEX patients_name_key ON patients (name_key);
CREATE INDEX patients_phone_key ON patients (phone_key);
CREATE INDEX patients_date_of_birth ON patients (date_of_birth);
