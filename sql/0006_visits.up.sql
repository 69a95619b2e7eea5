-- Visits, clinical notes, prescriptions, and what MongoDB is still to be told.

-- What changed and is still to be carried to MongoDB. A row is removed when it was carried, so one
-- that commits late is found all the same. What is carried is read from the tables then.
CREATE TABLE outbox (
  id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic     text NOT NULL CHECK (topic IN ('visit_history', 'stock_movements', 'daily_summaries')),
  entity_id bigint NOT NULL,
  at        timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN outbox.entity_id IS
  'A visit, a movement, or for a daily summary the days from 2000-01-01 to its date';

CREATE TABLE visits (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  patient_id      bigint NOT NULL REFERENCES patients,
  doctor_id       bigint NOT NULL REFERENCES users,
  appointment_id  bigint REFERENCES appointments,
  token_date      date,
  token_number    integer,
  date            date NOT NULL DEFAULT current_date,
  status          text NOT NULL DEFAULT 'OPEN' CHECK (status IN ('OPEN', 'COMPLETED')),
  vitals          jsonb,
  chief_complaint text CHECK (char_length(chief_complaint) <= 20000),
  diagnosis       text CHECK (char_length(diagnosis) <= 20000),
  diagnosis_codes text[] NOT NULL DEFAULT '{}',
  treatment_plan  text CHECK (char_length(treatment_plan) <= 20000),
  signed_by       bigint REFERENCES users,
  completed_at    timestamptz,
  version         bigint NOT NULL DEFAULT 1,
  history_version bigint NOT NULL DEFAULT 1,
  created_at      timestamptz NOT NULL DEFAULT now(),
  updated_at      timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT visits_token FOREIGN KEY (token_date, token_number) REFERENCES queue_tokens,
  CONSTRAINT visits_token_whole CHECK ((token_date IS NULL) = (token_number IS NULL)),
  CONSTRAINT visits_signed CHECK
    ((status = 'COMPLETED') = (completed_at IS NOT NULL AND signed_by IS NOT NULL))
);
COMMENT ON COLUMN visits.history_version IS
  'Raised with everything that the copy in visit_history shows; the copy is replaced by a higher one';
CREATE UNIQUE INDEX visits_token_key ON visits (token_date, token_number);
CREATE UNIQUE INDEX visits_appointment_key ON visits (appointment_id);
-- A patient has one open visit with a doctor.
CREATE UNIQUE INDEX visits_open_key ON visits (patient_id, doctor_id) WHERE status = 'OPEN';
CREATE INDEX visits_patient ON visits (patient_id, id);
CREATE INDEX visits_doctor ON visits (doctor_id, date, id);
CREATE INDEX visits_date ON visits (date, id);
CREATE INDEX visits_open ON visits (date, id) WHERE status = 'OPEN';

-- A completed visit is locked on every path (rule 27). A merge of patients may move it.
CREATE FUNCTION visits_locked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (OLD.status = 'COMPLETED' AND
    (NEW.id, NEW.doctor_id, NEW.appointment_id, NEW.token_date, NEW.token_number, NEW.date,
     NEW.status, NEW.vitals, NEW.chief_complaint, NEW.diagnosis, NEW.diagnosis_codes,
     NEW.treatment_plan, NEW.signed_by, NEW.completed_at, NEW.created_at)
    IS DISTINCT FROM
    (OLD.id, OLD.doctor_id, OLD.appointment_id, OLD.token_date, OLD.token_number, OLD.date,
     OLD.status, OLD.vitals, OLD.chief_complaint, OLD.diagnosis, OLD.diagnosis_codes,
     OLD.treatment_plan, OLD.signed_by, OLD.completed_at, OLD.created_at))
  THEN
    RAISE EXCEPTION 'the visit is locked' USING ERRCODE = '23514', CONSTRAINT = 'visits_locked';
  END IF;
  NEW.history_version := OLD.history_version + 1;
  RETURN NEW;
END $$;
CREATE TRIGGER visits_locked BEFORE UPDATE OR DELETE ON visits
  FOR EACH ROW EXECUTE FUNCTION visits_locked();

CREATE FUNCTION visits_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outbox (topic, entity_id) VALUES ('visit_history', NEW.id);
  RETURN NULL;
END $$;
CREATE TRIGGER visits_history AFTER UPDATE ON visits
  FOR EACH ROW WHEN (NEW.status = 'COMPLETED') EXECUTE FUNCTION visits_history();

CREATE TABLE clinical_notes (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  visit_id    bigint NOT NULL REFERENCES visits,
  author_id   bigint NOT NULL REFERENCES users,
  category    text NOT NULL CHECK (category IN ('SYMPTOM', 'OBSERVATION', 'DIAGNOSIS', 'TREATMENT')),
  text        text NOT NULL CHECK (char_length(text) BETWEEN 1 AND 20000),
  is_addendum boolean NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX clinical_notes_visit ON clinical_notes (visit_id, id);

-- Notes are never changed. One after the visit's completion is an addendum, and the copy gets it.
CREATE FUNCTION clinical_notes_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    RAISE EXCEPTION 'notes are kept' USING ERRCODE = '23514', CONSTRAINT = 'clinical_notes_kept';
  END IF;
  SELECT status = 'COMPLETED' INTO NEW.is_addendum FROM visits WHERE id = NEW.visit_id
    FOR NO KEY UPDATE;
  RETURN NEW;
END $$;
CREATE TRIGGER clinical_notes_kept BEFORE INSERT OR UPDATE OR DELETE ON clinical_notes
  FOR EACH ROW EXECUTE FUNCTION clinical_notes_kept();

-- Raises the version of a completed visit's copy.
CREATE FUNCTION visit_touched() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE visits SET updated_at = now() WHERE id = NEW.visit_id AND status = 'COMPLETED';
  RETURN NULL;
END $$;
CREATE TRIGGER clinical_notes_touch AFTER INSERT ON clinical_notes
  FOR EACH ROW WHEN (NEW.is_addendum) EXECUTE FUNCTION visit_touched();
