-- Slots, appointments and their history.

CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;

-- Times are of the clinic's wall clock: a change of daylight saving moves no slot (rule 11).
CREATE TABLE slots (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  doctor_id    bigint NOT NULL REFERENCES users,
  date         date NOT NULL,
  start_time   time(0) NOT NULL,
  end_time     time(0) NOT NULL,
  is_blocked   boolean NOT NULL DEFAULT false,
  block_reason text CHECK (char_length(block_reason) <= 200),
  version      bigint NOT NULL DEFAULT 1,
  created_at   timestamptz NOT NULL DEFAULT now(),
  updated_at   timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT slots_order CHECK (start_time < end_time),
  CONSTRAINT slots_block_reason CHECK (is_blocked OR block_reason IS NULL),
  -- The end is exclusive (rule 8).
  CONSTRAINT slots_no_overlap EXCLUDE USING gist (
    doctor_id WITH =, tsrange(date + start_time, date + end_time) WITH &&)
);
CREATE INDEX slots_doctor ON slots (doctor_id, date, start_time, id);
CREATE INDEX slots_date ON slots (date, start_time, id);

CREATE TABLE appointments (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  patient_id    bigint NOT NULL REFERENCES patients,
  slot_id       bigint NOT NULL REFERENCES slots,
  doctor_id     bigint NOT NULL REFERENCES users,
  date          date NOT NULL,
  start_time    time(0) NOT NULL,
  end_time      time(0) NOT NULL,
  status        text NOT NULL DEFAULT 'SCHEDULED' CHECK (status IN
                  ('SCHEDULED', 'CHECKED_IN', 'WITH_DOCTOR', 'COMPLETED', 'CANCELLED', 'NO_SHOW')),
  reason        text CHECK (char_length(reason) <= 1000),
  notes         text CHECK (char_length(notes) <= 1000),
  cancel_reason text CHECK (char_length(cancel_reason) <= 1000),
  may_overlap   boolean NOT NULL DEFAULT false,
  created_by    text NOT NULL,
  changed_by    text NOT NULL,
  version       bigint NOT NULL DEFAULT 1,
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now(),
  -- A patient's live appointments do not overlap (rule 9). One that was told to is left out here;
  -- whoever books looks for it under the patient's lock.
  CONSTRAINT appointments_no_overlap EXCLUDE USING gist (
    patient_id WITH =, tsrange(date + start_time, date + end_time) WITH &&)
    WHERE (status IN ('SCHEDULED', 'CHECKED_IN', 'WITH_DOCTOR') AND NOT may_overlap)
);
COMMENT ON COLUMN appointments.date IS 'The slot''s date and times are copied here for the constraint';
-- One appointment a slot, but for those that gave it back (rule 7).
CREATE UNIQUE INDEX appointments_slot ON appointments (slot_id)
  WHERE status NOT IN ('CANCELLED', 'NO_SHOW');
CREATE INDEX appointments_slot_all ON appointments (slot_id);
CREATE INDEX appointments_patient ON appointments (patient_id, id);
CREATE INDEX appointments_doctor ON appointments (doctor_id, date, start_time, id);
CREATE INDEX appointments_date ON appointments (date, start_time, id);
-- What the close of the day looks for.
CREATE INDEX appointments_open ON appointments (date) WHERE status = 'SCHEDULED';

-- Every appointment's history, kept by the database.
CREATE TABLE appointment_events (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  appointment_id bigint NOT NULL REFERENCES appointments,
  at             timestamptz NOT NULL DEFAULT clock_timestamp(),
  changed_by     text NOT NULL,
  status         text NOT NULL,
  slot_id        bigint NOT NULL REFERENCES slots,
  reason         text
);
CREATE INDEX appointment_events_appointment ON appointment_events (appointment_id, id);

CREATE FUNCTION appointments_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' OR (NEW.status, NEW.slot_id) IS DISTINCT FROM (OLD.status, OLD.slot_id) THEN
    INSERT INTO appointment_events (appointment_id, changed_by, status, slot_id, reason)
    VALUES (NEW.id, NEW.changed_by, NEW.status, NEW.slot_id,
            CASE WHEN NEW.status = 'CANCELLED' THEN NEW.cancel_reason END);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER appointments_changed AFTER INSERT OR UPDATE ON appointments
  FOR EACH ROW EXECUTE FUNCTION appointments_changed();

-- The token of an appointment, and where an appointment's patient stands in line (rule 26).
ALTER TABLE queue_tokens
  ADD COLUMN appointment_id bigint REFERENCES appointments,
  ADD COLUMN due_at timestamptz;
COMMENT ON COLUMN queue_tokens.due_at IS 'The start of the appointment''s slot';
-- An appointment is checked in once.
CREATE UNIQUE INDEX queue_tokens_appointment ON queue_tokens (appointment_id)
  WHERE status NOT IN ('CANCELLED', 'NO_SHOW');
CREATE INDEX queue_tokens_appointment_all ON queue_tokens (appointment_id)
  WHERE appointment_id IS NOT NULL;

-- An appointment follows its token, whoever moves that (rule 24).
CREATE FUNCTION queue_tokens_appointment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE appointments SET version = version + 1, updated_at = now(), changed_by = 'queue',
    status = CASE NEW.status WHEN 'WAITING' THEN 'CHECKED_IN' WHEN 'SKIPPED' THEN 'CHECKED_IN'
      ELSE NEW.status END,
    cancel_reason = CASE NEW.status WHEN 'CANCELLED' THEN cancel_reason END
  WHERE id = NEW.appointment_id AND status IS DISTINCT FROM
    CASE NEW.status WHEN 'WAITING' THEN 'CHECKED_IN' WHEN 'SKIPPED' THEN 'CHECKED_IN'
      ELSE NEW.status END;
  RETURN NULL;
END $$;
CREATE TRIGGER queue_tokens_appointment_new AFTER INSERT ON queue_tokens
  FOR EACH ROW WHEN (NEW.appointment_id IS NOT NULL) EXECUTE FUNCTION queue_tokens_appointment();
CREATE TRIGGER queue_tokens_appointment_moved AFTER UPDATE OF status ON queue_tokens
  FOR EACH ROW WHEN (NEW.appointment_id IS NOT NULL AND NEW.status IS DISTINCT FROM OLD.status)
  EXECUTE FUNCTION queue_tokens_appointment();
