-- An appointment follows its token until its visit is completed: whoever has been seen has been seen,
-- whatever becomes of the token. And what comes back may not overlap.
CREATE OR REPLACE FUNCTION queue_tokens_appointment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  followed text := CASE
    WHEN EXISTS (SELECT FROM visits
      WHERE appointment_id = NEW.appointment_id AND status = 'COMPLETED') THEN 'COMPLETED'
    WHEN NEW.status IN ('WAITING', 'SKIPPED') THEN 'CHECKED_IN'
    ELSE NEW.status END;
BEGIN
  -- What comes back takes its time again (rule 9). The constraint does not look at one that may overlap.
  IF EXISTS (SELECT FROM appointments a JOIN appointments b ON b.patient_id = a.patient_id
      AND b.date = a.date AND b.start_time < a.end_time AND b.end_time > a.start_time
      WHERE a.id = NEW.appointment_id AND a.status IN ('CANCELLED', 'NO_SHOW', 'COMPLETED')
      AND followed IN ('CHECKED_IN', 'WITH_DOCTOR') AND b.id <> a.id
      AND b.status IN ('SCHEDULED', 'CHECKED_IN', 'WITH_DOCTOR')
      AND NOT (a.may_overlap AND b.may_overlap)) THEN
    RAISE EXCEPTION USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'appointments_no_overlap',
      MESSAGE = 'an appointment that comes back overlaps another one';
  END IF;
  UPDATE appointments SET version = version + 1, updated_at = now(),
    changed_by = CASE WHEN NEW.auto_closed THEN 'clinicd' ELSE 'queue' END, status = followed,
    cancel_reason = CASE followed WHEN 'CANCELLED' THEN cancel_reason END
  WHERE id = NEW.appointment_id AND status IS DISTINCT FROM followed;
  RETURN NULL;
END $$;
