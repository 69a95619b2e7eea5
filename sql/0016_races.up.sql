-- A speciality has the length of any line.
ALTER TABLE users DROP CONSTRAINT users_speciality_check,
  ADD CONSTRAINT users_speciality_check CHECK (char_length(speciality) <= 200);

-- A visit that is just being completed is waited for: its copy shows the new name too.
CREATE OR REPLACE FUNCTION patients_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM visits WHERE patient_id = NEW.id AND status = 'OPEN' ORDER BY id FOR NO KEY UPDATE;
  UPDATE visits SET updated_at = now() WHERE patient_id = NEW.id AND status = 'COMPLETED';
  RETURN NULL;
END $$;

-- Raises the version of a completed visit's copy. One that is just being completed is waited for.
CREATE OR REPLACE FUNCTION visit_touched() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM visits WHERE id = NEW.visit_id FOR NO KEY UPDATE;
  UPDATE visits SET updated_at = now() WHERE id = NEW.visit_id AND status = 'COMPLETED';
  RETURN NULL;
END $$;

-- Refuses, to be tried again, when a number has come to mean another patient than the one that was
-- locked for it: a merge that was undone.
CREATE FUNCTION require_survivor(asked bigint, locked bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF survivor(asked) IS DISTINCT FROM locked THEN
    RAISE EXCEPTION 'merged or unmerged meanwhile' USING ERRCODE = '40001';
  END IF;
END $$;
