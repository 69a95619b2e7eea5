DROP FUNCTION require_survivor(bigint, bigint);

CREATE OR REPLACE FUNCTION visit_touched() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE visits SET updated_at = now() WHERE id = NEW.visit_id AND status = 'COMPLETED';
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION patients_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE visits SET updated_at = now() WHERE patient_id = NEW.id AND status = 'COMPLETED';
  RETURN NULL;
END $$;

UPDATE users SET speciality = left(speciality, 100) WHERE char_length(speciality) > 100;
ALTER TABLE users DROP CONSTRAINT users_speciality_check,
  ADD CONSTRAINT users_speciality_check CHECK (char_length(speciality) <= 100);
